"""The three platforms as a benchmark or a chaos run needs them: a fake server with people in it, and a word at each moment.

A `Wire` is a fake of `tests/fakes` in this process, while Parley runs in another. It tells when the platform hands an
event out, when a call of the bot arrives and when it was carried out, and shows what people see as `Seen`, the same for
all three. Somebody who hears of a moment may end Parley's process there: then the call is not answered any more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import Any, ClassVar

from adapters.contract import pressed
from tests.fakes import discord_payloads
from tests.fakes import slack as slack_fake
from tests.fakes import telegram as telegram_fake
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord import Refused as DiscordRefused
from tests.fakes.discord_payloads import BOT
from tests.fakes.slack import TEAM, FakeSlack, Refusal, Sent, controls, seen_text
from tests.fakes.telegram import FakeTelegram, Rates
from tests.fakes.telegram import Refused as TelegramRefused

Json = dict[str, Any]
_ARRIVED: ContextVar[float] = ContextVar("arrived", default=0.0)
_HOLD_SECONDS = 0.08
COMING = {"send": "sending", "edit": "editing"}
TAKEN = {"send": "taken", "edit": "edited"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of Parley's as a person sees it. number: the platform's; pressable: (token, option) of every control."""

    person: int
    number: str
    text: str
    pressable: tuple[tuple[str, str], ...]

    @property
    def token(self) -> str:
        return self.pressable[0][0] if self.pressable else ""

    @property
    def options(self) -> list[str]:
        """What answers the question, without its helpers."""
        return [o for _, o in self.pressable if not o.startswith("~")]


@dataclass(slots=True)
class Ears:
    """Who listens. moment: "handed" (an event goes out), "sending" or "editing" (a call has come), "taken" or "edited" (it was
    carried out, and is not answered yet); True: the bot's process was ended there. seen: a message was sent ("send") or changed ("edit"),
    with the instant at which the call came in."""

    moment: Callable[[str], bool] = lambda _: False
    handed: Callable[[int, float], None] = lambda *_: None
    seen: Callable[[str, Seen, float], None] = lambda *_: None


@dataclass(slots=True)
class Trouble:
    """What the platform does wrong, as shares of what people say. Chances come from `random`."""

    random: Random = field(default_factory=lambda: Random(0))
    again: float = 0.0
    shuffled: float = 0.0
    duplicates: int = 0
    reordered: int = 0


class _Anything:
    """A specification without rules."""

    def __getattr__(self, name: str) -> Callable[..., list[str]]:
        return lambda *_: []


class Wire:
    """One platform. `made`: ids of all events that people have caused, as they end in the bot's own ids."""

    name: ClassVar[str]
    keyed: ClassVar[bool] = True  # whether a message that may have arrived can be looked up
    patient: ClassVar[bool] = False  # whether a press is kept for a bot that is away

    def __init__(self) -> None:
        self.ears, self.trouble = Ears(), Trouble()
        self.made: list[str] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    def settings(self) -> dict[str, str]:
        """What `parley serve` has to be told."""
        raise NotImplementedError

    def running(self) -> AbstractAsyncContextManager[Any]:
        raise NotImplementedError

    def meet(self, person: int) -> None:
        """Somebody is there, and known to the platform."""

    def address(self, person: int) -> tuple[str, str, str]:
        """(workspace, user, address of their private chat), as the adapter has them."""
        raise NotImplementedError

    def connected(self) -> bool:
        """Is the bot there to take events?"""
        raise NotImplementedError

    def hello(self, secret: str) -> str:
        """What to say to bring an invitation."""
        return f"start {secret}"

    async def say(self, person: int, text: str) -> None:
        raise NotImplementedError

    async def press(self, person: int, on: Seen, option: str) -> None:
        raise NotImplementedError

    def shown(self, person: int) -> list[Seen]:
        """All messages of the bot in this chat, in order."""
        raise NotImplementedError

    def let_pass(self) -> None:
        """From now on nothing is compared with the specification: that would cost more than what is measured."""
        raise NotImplementedError

    @property
    def violations(self) -> list[str]:
        raise NotImplementedError

    def checks(self) -> int:
        """How many calls and events were compared with the specification."""
        raise NotImplementedError

    def again(self) -> bool:
        """By chance: is this event sent twice?"""
        twice = self.trouble.random.random() < self.trouble.again
        self.trouble.duplicates += twice
        return twice

    def held(self, often: int = 1) -> bool:
        """By chance: is its order changed?"""
        found = self.trouble.random.random() < self.trouble.shuffled * often
        self.trouble.reordered += found
        return found

    def soon(self, work: Awaitable[Any]) -> None:
        async def later() -> None:
            await asyncio.sleep(_HOLD_SECONDS)
            await work

        task = asyncio.create_task(later())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


# -- Telegram -------------------------------------------------------------------------------------------

_FIRST_CHAT = 5000


class _Telegram(FakeTelegram):
    def __init__(self, wire: "Telegram", rates: Rates | None) -> None:
        super().__init__(rates=rates)
        self.wire = wire
        self.out: set[int] = set()  # updates handed out
        self.waiting = False

    async def _api(self, request: Any) -> Any:
        _ARRIVED.set(perf_counter())
        return await super()._api(request)

    def _batch(self, limit: int) -> list[Json]:
        wire, trouble = self.wire, self.wire.trouble
        self.reorder = len(self.pending) > 1 and trouble.shuffled > 0 and wire.held(5)
        found, now = super()._batch(limit), perf_counter()
        if found and trouble.again and wire.again() and self.confirmed:
            found = [*found, {k: v for k, v in self.confirmed[-1].items() if k != "_again"}]
        for update in found:
            if update["update_id"] not in self.out:
                self.out.add(update["update_id"])
                body = update.get("callback_query") or update.get("message") or {}
                wire.ears.handed(body["from"]["id"] - _FIRST_CHAT, now)
        if found:
            wire.ears.moment("handed")
        return found

    async def get_updates(self, p: Json) -> list[Json]:
        self.waiting = True
        return await super().get_updates(p)

    async def _answer(self, method: str, p: Json, parts: dict[str, Any]) -> Any:
        if method not in ("sendMessage", "editMessageText", "editMessageReplyMarkup"):
            return await super()._answer(method, p, parts)
        at, what = _ARRIVED.get(), "send" if method == "sendMessage" else "edit"
        if self.wire.ears.moment(COMING[what]):
            raise TelegramRefused(502, "Bad Gateway")
        result = await super()._answer(method, p, parts)
        number = str(p["message_id"] if method != "sendMessage" else result["message_id"])
        chat = int(p["chat_id"])
        self.wire.ears.seen(what, self.wire.one(chat, self.chats[chat].messages[int(number)]), at)
        self.wire.ears.moment(TAKEN[what])
        return result


class Telegram(Wire):
    name = "telegram"
    keyed, patient = False, True

    def __init__(self, rates: Rates | None = None) -> None:
        super().__init__()
        self.fake = _Telegram(self, rates)

    def settings(self) -> dict[str, str]:
        return {"PARLEY_TELEGRAM_TOKEN": self.fake.token, "PARLEY_TELEGRAM_API_URL": self.fake.base}

    def running(self) -> AbstractAsyncContextManager[Any]:
        return self.fake.running()

    def address(self, person: int) -> tuple[str, str, str]:
        return "", str(_FIRST_CHAT + person), str(_FIRST_CHAT + person)

    def connected(self) -> bool:
        return self.fake.waiting

    def hello(self, secret: str) -> str:
        return f"/start {secret}"

    async def say(self, person: int, text: str) -> None:
        chat = _FIRST_CHAT + person
        self.made.append(f"m/{chat}/{self.fake.say(chat, text)}")

    async def press(self, person: int, on: Seen, option: str) -> None:
        query = self.fake.press(_FIRST_CHAT + person, int(on.number), f"{on.token}:{option}")
        self.made.append(f"c/{query}")

    def one(self, chat: int, message: Json) -> Seen:
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        found = tuple(p for row in rows for b in row if (p := pressed(b.get("callback_data", ""))))
        return Seen(chat - _FIRST_CHAT, str(message["message_id"]), message["text"], found)

    def shown(self, person: int) -> list[Seen]:
        chat = _FIRST_CHAT + person
        return [self.one(chat, m) for m in self.fake.messages(chat)] if chat in self.fake.chats else []

    def let_pass(self) -> None:
        telegram_fake.wirespec = _Anything

    @property
    def violations(self) -> list[str]:
        return self.fake.violations

    def checks(self) -> int:
        return self.fake.counts.total() + self.fake.updates_checked


# -- Discord --------------------------------------------------------------------------------------------

_FIRST_USER = 810000000000000000


class _Discord(FakeDiscord):
    wire: "Discord"

    async def _call(self, request: Any, path: str, name: str, args: tuple[str, ...]) -> Any:
        _ARRIVED.set(perf_counter())
        return await super()._call(request, path, name, args)

    async def _post(self, body: Any, query: Json, channel: str) -> tuple[int, Any]:
        return await self._told("send", channel, super()._post(body, query, channel))

    async def _patch(self, body: Any, query: Json, channel: str, message: str) -> tuple[int, Any]:
        return await self._told("edit", channel, super()._patch(body, query, channel, message))

    async def _callback(self, body: Any, query: Json, id: str, token: str) -> tuple[int, Any]:
        at, result = _ARRIVED.get(), await super()._callback(body, query, id, token)
        if body["type"] == 4:  # a message: what the bare library answers with
            found = self.interactions[token]
            shown = {"id": body["data"]["id"], "content": "", "components": body["data"].get("components") or []}
            self.wire.ears.seen("send", self.wire.one(int(found.user) - _FIRST_USER, shown), at)
        return result

    async def _told(self, what: str, channel: str, work: Any) -> tuple[int, Any]:
        at = _ARRIVED.get()
        if self.wire.ears.moment(COMING[what]):
            work.close()
            raise DiscordRefused(502, 0, "Bad Gateway")
        status, message = await work
        person = int(self.channels[channel]["recipients"][0]["id"]) - _FIRST_USER
        self.wire.ears.seen(what, self.wire.one(person, message), at)
        self.wire.ears.moment(TAKEN[what])
        return status, message


class Discord(Wire):
    name = "discord"

    def __init__(self) -> None:
        super().__init__()
        self.fake = _Discord(bucket=(100_000, 5.0))
        self.fake.wire = self

    def settings(self) -> dict[str, str]:
        ours = {"PARLEY_DISCORD_API_URL": self.fake.api_url, "PARLEY_DISCORD_GATEWAY_URL": self.fake.gateway_url}
        return {**ours, "PARLEY_DISCORD_TOKEN": self.fake.token}

    def running(self) -> AbstractAsyncContextManager[Any]:
        return self.fake.running()

    def meet(self, person: int) -> None:
        self.fake.person(f"Person {person}", str(_FIRST_USER + person))

    def address(self, person: int) -> tuple[str, str, str]:
        user = str(_FIRST_USER + person)
        return "", user, f"user/{user}"

    def connected(self) -> bool:
        return self.fake.gateway.socket is not None and not self.fake.gateway.socket.closed

    async def say(self, person: int, text: str) -> None:
        user = str(_FIRST_USER + person)
        gateway, hold = self.fake.gateway, self.held()
        gateway.holding = gateway.holding or hold
        with suppress(ConnectionError):
            number = await self.fake.say(user, text)
            self.made.append(f"m/{self.fake.dm_of(user)}/{number}")
            self._handed(person)
            if hold:
                self.soon(self._release())
            elif self.again() and not gateway.holding:
                await gateway.again("MESSAGE_CREATE")

    async def _release(self) -> None:
        with suppress(ConnectionError):
            await self.fake.gateway.release(lambda held: self.trouble.random.sample(held, len(held)))

    async def press(self, person: int, on: Seen, option: str) -> None:
        with suppress(ConnectionError):
            found = await self.fake.tap(str(_FIRST_USER + person), f"{on.token}:{option}")
            self.made.append(found.id)
            self._handed(person)

    def _handed(self, person: int) -> None:
        self.ears.handed(person, perf_counter())
        self.ears.moment("handed")

    def one(self, person: int, message: Json) -> Seen:
        controls_ = [c.get("custom_id", "") for c in discord_payloads.everything(message.get("components") or [])]
        found = tuple(p for c in controls_ if (p := pressed(c)))
        return Seen(person, message["id"], message.get("content") or "", found)

    def shown(self, person: int) -> list[Seen]:
        channel = self.fake.dm_of(str(_FIRST_USER + person))
        return [self.one(person, m) for m in self.fake.state(channel) if m["author"]["id"] == BOT]

    def let_pass(self) -> None:
        self.fake.spec = _Anything()

    @property
    def violations(self) -> list[str]:
        return self.fake.violations

    def checks(self) -> int:
        return self.fake.counts.total()


# -- Slack ----------------------------------------------------------------------------------------------


class _Slack(FakeSlack):
    wire: "Slack"

    async def _api(self, request: Any) -> Any:
        _ARRIVED.set(perf_counter())
        return await super()._api(request)

    def _do(self, method: str, args: Json, request: Any) -> Json:
        if method not in ("chat.postMessage", "chat.update"):
            return super()._do(method, args, request)
        at, what = _ARRIVED.get(), "send" if method == "chat.postMessage" else "edit"
        if self.wire.ears.moment(COMING[what]):
            raise Refusal("internal_error")
        result = super()._do(method, args, request)
        channel = self.channels[result["channel"]]
        message = next(m for m in channel["messages"] if m["ts"] == result["ts"])
        self.wire.ears.seen(what, self.wire.one(int(channel["user"][2:]), message), at)
        self.wire.ears.moment(TAKEN[what])
        return result

    async def _transmit(self, sent: Sent) -> None:
        await super()._transmit(sent)
        body = sent.payload.get("event") or sent.payload
        user = body["user"] if isinstance(body["user"], str) else body["user"]["id"]
        if sent.attempt == 0:
            self.wire.ears.handed(int(user[2:]), perf_counter())
            self.wire.ears.moment("handed")

    async def _in_time(self, sent: Sent) -> None:
        """An interaction that a kill has cut off is no fault of the acknowledgement."""
        lives, there = self.wire.lives, self.wire.connected() and not self.wire.away
        with suppress(TimeoutError):
            await sent.ack(3.0)
            return
        if there and self.wire.lives == lives:
            self.violations.append(f"{sent.kind} {sent.payload.get('type', '')}: not acknowledged within 3 s")
        else:
            self.wire.cut_off += 1


class Slack(Wire):
    """lives, away: told by whoever ends the bot. cut_off: interactions that were lost with it."""

    name = "slack"

    def __init__(self) -> None:
        super().__init__()
        self.fake = _Slack(retry_seconds=1.5)
        self.fake.wire = self
        self.lives, self.away, self.cut_off = 0, False, 0

    def settings(self) -> dict[str, str]:
        tokens = {"PARLEY_SLACK_BOT_TOKEN": f"xoxb-{TEAM}", "PARLEY_SLACK_APP_TOKEN": self.fake.app_token}
        return {**tokens, "PARLEY_SLACK_API_URL": f"{self.fake.base}/api/"}

    def running(self) -> AbstractAsyncContextManager[Any]:
        return self.fake.running()

    def meet(self, person: int) -> None:
        self.fake.user(f"U0{person}", f"Person {person}")

    def address(self, person: int) -> tuple[str, str, str]:
        return TEAM, f"U0{person}", f"{TEAM}/U0{person}"

    def connected(self) -> bool:
        return any(not s.closed for s in self.fake._sockets)

    async def say(self, person: int, text: str) -> None:
        message, event = self.fake.written(f"U0{person}", text)
        self.made.append(f"m/{event['channel']}/{message['ts']}")
        if self.held():
            self.soon(self.fake.event(event))
            return
        sent = await self.fake.event(event)
        if self.again():
            await self.fake.repeat(sent)

    async def press(self, person: int, on: Seen, option: str) -> None:
        user = f"U0{person}"
        message = next(m for m in self.fake.messages(user) if m["ts"] == on.number)
        trigger = self.fake.trigger(user)
        with suppress(LookupError):  # the button has just gone
            await self.fake.tap(user, message, f"{on.token}:{option}", trigger)
            self.made.append(trigger)

    def one(self, person: int, message: Json) -> Seen:
        blocks = message.get("blocks", [])
        found = tuple(p for _, value in controls(blocks) if (p := pressed(value or "")))
        return Seen(person, message["ts"], seen_text(blocks) or message.get("text", ""), found)

    def shown(self, person: int) -> list[Seen]:
        return [self.one(person, m) for m in self.fake.parleys(f"U0{person}")]

    def let_pass(self) -> None:
        slack_fake._wirespec = _Anything

    @property
    def violations(self) -> list[str]:
        return self.fake.violations

    def checks(self) -> int:
        return self.fake.checked.total()


WIRES: dict[str, Callable[[], Wire]] = {"telegram": Telegram, "slack": Slack, "discord": Discord}
