"""Everybody in one town: the whole application, connected by the real client libraries to local Slack, Telegram and Discord.

A `Seat` is a person on one platform who does what a person can do there. Nothing of ours is replaced; the platforms
check every call in both directions.
"""

import asyncio
import base64
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr
from sqlalchemy import func, select

from adapters.contract import button
from adapters.slack.app import SlackAdapter
from adapters.telegram.app import TelegramAdapter
from adapters.web.parse import EditedIn, SaidIn, TappedIn
from bot import people
from bot.app import App, build
from bot.clock import DemoClock, SystemClock
from bot.inbox import utterance_id
from bot.settings import Settings
from bot.store import queries
from bot.store.rows import Inbox, Interview, Outbox, Thread, Work
from bot.store.store import Row, Tx, table
from bot.web import demo
from flows.kits.model import Kit
from tests.bot.stagehand import ANSWERS, PLAN
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import TEAM, FakeSlack
from tests.fakes.telegram import FakeTelegram
from tests.flows.rating.small_kit import KIT

PLATFORMS = ("web", "telegram", "slack", "discord")
_PATIENCE = 30.0
_KEY = SecretStr(base64.b64encode(b"a key for tests only, 32 bytes!!").decode())


@dataclass
class Town:
    """The application and its platforms."""

    app: App
    slack: FakeSlack
    telegram: FakeTelegram
    discord: FakeDiscord
    clock: DemoClock
    hall: str  # the hiring channel's chat
    requisition: str
    team: dict[str, str] = field(default_factory=lambda: {})  # name -> person id
    people: int = 0

    # -- waiting --------------------------------------------------------------------------------------

    async def until(self, true: Callable[[], Any], what: str = "") -> Any:
        """Wait for a condition, which may be asynchronous; what it found."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                found = true()
                found = await found if isinstance(found, Awaitable) else found
                if found:
                    return found
                await asyncio.sleep(0.005)

    async def does(self, source: str, act: Callable[[], Any], chat: str = "") -> None:
        """Something that a person does: returns when it was taken and all that followed in `chat` (or, without one,
        anywhere) has arrived."""
        before = await self.app.store.read(lambda tx: _letters(tx, source))
        done = act()
        if isinstance(done, Awaitable):
            await done
        await self.until(lambda: self._taken(source, before))
        await self.calm(chat)

    async def _taken(self, source: str, before: int) -> bool:
        return await self.app.store.read(lambda tx: _letters(tx, source)) > before

    async def calm(self, chat: str = "") -> None:
        """Nothing is under way any more (in one chat, or anywhere), except for pages that nobody has open."""
        await self.until(lambda: self.app.store.read(lambda tx: _calm(tx, chat, self.clock.now())))

    async def goes_to(self, at: int) -> None:
        """Let everything happen up to an instant (ms), one timer after the other, as it would."""
        while True:
            timer = await self.app.runner.next_timer()
            due = min(timer["due_at"] if timer else at, at)
            self.clock.forward(max(0, due - self.clock.now()))
            self.app.runner.pulse.moved()
            await self.app.runner.fire_due()
            await self.calm()
            if timer is None or timer["due_at"] > at:
                return

    # -- people ---------------------------------------------------------------------------------------

    async def invited(self, name: str) -> tuple[str, str]:
        """A new candidate, as the desk invites one: (interview id, secret of the link)."""
        found = await self.app.store.commit(lambda tx: self._invite(tx, name))
        await self.app.runner.recover()
        await self.calm()
        return found

    def _invite(self, tx: Tx, name: str) -> tuple[str, str]:
        cast = demo.Cast(requisition_id=self.requisition)
        path = demo._invite(self.app, tx, cast, name)  # pyright: ignore[reportPrivateUsage]
        assert cast.candidate is not None
        return cast.candidate["interview"], path.rpartition("/")[2]

    def seat(self, platform: str) -> "Seat":
        self.people += 1
        return {"web": WebSeat, "telegram": TelegramSeat, "slack": SlackSeat, "discord": DiscordSeat}[platform](
            self, self.people
        )

    async def colleague(self, name: str, platform: str) -> Any:
        """A member of the demo's team, known on a platform from now on by the code that `parley setup` prints."""
        app = self.app
        person = await app.store.read(lambda tx: tx.find(Thread, {"id": self.team[name]})[0]["person_id"])
        at = app.clock.now()
        code = await app.store.commit(
            lambda tx: people.issue_link(tx, app.ids, app.tenant_id, "member", person, "", at, 1)
        )
        seat = self.seat(platform)
        await seat.arrive(code)
        assert seat.person_id == person
        return seat

    async def newest_interview(self) -> str:
        rows = await self.app.store.read(lambda tx: tx.find(Interview, {}, "-created_at", 1))
        return rows[0]["id"]

    def violations(self) -> list[str]:
        return [*self.slack.violations, *self.telegram.violations, *self.discord.violations]

    def checked(self) -> dict[str, int]:
        """Calls that were checked, per platform and method."""
        every = (("slack", self.slack.checked), ("telegram", self.telegram.counts), ("discord", self.discord.counts))
        return {f"{name} {method}": n for name, counts in every for method, n in counts.items()}


class Seat:
    """One person on one platform. After `arrive` they are known to Parley."""

    platform = ""

    def __init__(self, town: Town, number: int) -> None:
        self.town, self.number, self.person_id, self.thread_id = town, number, "", ""
        self.said: dict[str, str] = {}  # the platform's name of a message -> its text

    async def arrive(self, secret: str, person_id: str = "") -> None:
        await self.town.does(self.platform, lambda: self._bring(secret))
        self.person_id = person_id or await self.town.app.store.read(self._me)
        self.thread_id = await self.town.app.store.read(
            lambda tx: people.thread_of(tx, self.town.app.tenant_id, self.person_id)
        )

    def _me(self, tx: Tx) -> str:
        space = TEAM if self.platform == "slack" else ""
        found = people.identified(tx, self.town.app.tenant_id, self.platform, space, self.user)
        assert found, f"nobody on {self.platform} is {self.user}"
        return found

    @property
    def user(self) -> str:
        return str(self.number)

    async def waiting(self) -> Any:
        return await self.town.app.intake.waiting(self.town.app.tenant_id, self.thread_id)

    async def says(self, text: str) -> str:
        """Write a message; the platform's name of it."""
        named: list[str] = []
        await self.town.does(self.platform, lambda: self._say(text, named), self.thread_id)
        self.said[named[0]] = text
        return named[0]

    async def rewords(self, message: str, text: str) -> None:
        await self.town.does(self.platform, lambda: self._reword(message, text), self.thread_id)

    async def taps(self, option: str, token: str = "") -> None:
        token = token or (await self.waiting()).token
        await self.town.does(self.platform, lambda: self._tap(token, option), self.thread_id)

    async def plays(self, until: str = "", **plan: str) -> list[str]:
        """Answer as the plan says, until a question whose key begins with `until`; the keys of what was answered. plan:
        overrides, with "_" for "."."""
        done, does = list[str](), {**PLAN, **{k.replace("_", "."): v for k, v in plan.items()}}
        while (waiting := await self.waiting()) is not None and not (until and waiting.key.startswith(until)):
            assert len(done) < 60, f"this never ends: {done}"
            key = waiting.key.partition("#")[0]
            done.append(waiting.key)
            if waiting.done is not None:
                await self.says(ANSWERS.get(key, "I would tell you more here, if this were a real interview."))
                await self.taps("done", waiting.token)
            elif key == "residence":
                await self.says(does[key])
            else:
                await self.taps(does[key], waiting.token)
        return done

    def shown(self) -> list[str]:
        """What Parley's messages in this chat say now."""
        raise NotImplementedError

    def _bring(self, secret: str) -> Any:
        raise NotImplementedError

    def _say(self, text: str, named: list[str]) -> Any:
        raise NotImplementedError

    def _reword(self, message: str, text: str) -> Any:
        raise NotImplementedError

    def _tap(self, token: str, option: str) -> Any:
        raise NotImplementedError


class TelegramSeat(Seat):
    platform = "telegram"

    def _bring(self, secret: str) -> Any:
        return self.town.telegram.start(self.number, secret)

    def _say(self, text: str, named: list[str]) -> Any:
        named.append(str(self.town.telegram.say(self.number, text)))

    def _reword(self, message: str, text: str) -> Any:
        self.town.telegram.edit(self.number, int(message), text)

    def _tap(self, token: str, option: str) -> Any:
        self.town.telegram.tap(self.number, data=button(token, option))

    async def speaks(self, data: bytes, seconds: int, kind: str = "voice", **more: Any) -> None:
        """Record something in the chat; returns when all that followed has arrived."""
        record = partial(self.town.telegram.record, self.number, data, kind, seconds, **more)
        await self.town.does(self.platform, record, self.thread_id)

    def shown(self) -> list[str]:
        return self.town.telegram.seen(self.number)

    # -- a member of a small team -------------------------------------------------------------------------

    async def orders(self, line: str, group: int = 0) -> str:
        """`/interview LINE`, here or in a group; what was said in answer, which is for this person alone."""
        telegram, before = self.town.telegram, len(self.shown())
        order = partial(telegram.say, group or self.number, f"/interview {line}", user=self.number)
        await self.town.does("telegram", order, self.thread_id)
        await self.town.until(lambda: len(self.shown()) > before)
        return str(telegram.messages(self.number)[-1])

    async def presses(self, option: str, chat: int) -> None:
        """The newest button there that stands for an option."""
        telegram = self.town.telegram
        keys = [k for m in reversed(telegram.messages(chat)) for k in telegram.buttons(chat, m["message_id"])]
        data = next(k["callback_data"] for k in keys if k.get("callback_data", "").endswith(f":{option}"))
        tap = partial(telegram.tap, chat, data=data, user=self.number)
        await self.town.does("telegram", tap, self.thread_id)

    async def rates_field_by_field(self, level: str = "4") -> None:
        """Fill in the open scorecard as somebody does who has no form: one question after the other."""
        await self.taps("~fill")
        while (waiting := await self.waiting()) is not None and waiting.key.startswith("form"):
            last = self.town.telegram.messages(self.number)[-1]
            keys = [k["callback_data"] for k in self.town.telegram.buttons(self.number, last["message_id"])]
            chosen = next((k for k in keys if k.endswith((f".{level}", ".yes"))), None)
            if chosen is not None:
                await self.taps(chosen.rpartition(":")[2])
            else:
                await self.says("Says what was done.")
        await self.taps("submit")


class SlackSeat(Seat):
    platform = "slack"

    def __init__(self, town: Town, number: int) -> None:
        super().__init__(town, number)
        town.slack.user(self.user, f"Person {number}")

    @property
    def user(self) -> str:
        return f"U{self.number}"

    async def _bring(self, secret: str) -> None:
        await self.town.slack.say(self.user, f"start {secret}")

    async def _say(self, text: str, named: list[str]) -> None:
        named.append(await self.town.slack.say(self.user, text))

    async def _reword(self, message: str, text: str) -> None:
        await self.town.slack.edit(self.user, message, text)

    async def _tap(self, token: str, option: str) -> None:
        wanted = button(token, option)
        for message in reversed(self.town.slack.parleys(self.user)):
            if f'"{wanted}"' in str(message).replace("'", '"'):
                await self.town.slack.tap(self.user, message, wanted)
                return
        raise LookupError(f"nothing is called {wanted} in {self.shown()[-3:]}")

    async def speaks(self, data: bytes, seconds: int, text: str = "") -> str:
        """Record a clip; the message's ts. Returns when all that followed has arrived."""
        slack, clips = self.town.slack, [self.town.slack.clip(data, seconds)]
        await self.town.does(self.platform, lambda: slack.say(self.user, text, files=clips), self.thread_id)
        return next(m["ts"] for m in reversed(slack.messages(self.user)) if m["user"] == self.user)

    def sounds(self) -> list[bytes]:
        """What Parley has sent to be listened to, oldest first."""
        return [data for m in self.town.slack.parleys(self.user) for _, data in self.town.slack.uploads(m)]

    def shown(self) -> list[str]:
        return [str(m.get("blocks") or m.get("text")) for m in self.town.slack.parleys(self.user)]

    # -- a member of the team ---------------------------------------------------------------------------

    @property
    def aside(self) -> dict[str, Any]:
        """The last message that only this person saw."""
        return [m for m in self.town.slack.ephemeral if m["to"] == self.user][-1]

    async def orders(self, line: str, channel: str = "") -> str:
        """`/interview LINE`; what was shown in answer, to this person alone."""
        before = len(self.town.slack.ephemeral)
        await self.town.does("slack", lambda: self.town.slack.slash(self.user, line, channel), self.thread_id)
        await self.town.until(lambda: len(self.town.slack.ephemeral) > before)
        return str(self.aside)

    async def presses(self, option: str, channel: str = "") -> str:
        """A button of that answer."""
        message, before = self.aside, len(self.town.slack.ephemeral)
        value = next(v for v in strings(message["blocks"]) if v.endswith(f":{option}"))
        await self.town.does("slack", lambda: self.town.slack.tap(self.user, message, value), self.thread_id)
        await self.town.until(lambda: len(self.town.slack.ephemeral) > before or self.town.slack.modal(self.user))
        return str(self.aside)

    async def rates_from_post(self, channel: str, post: dict[str, Any], level: str = "4") -> None:
        slack = self.town.slack
        value = next(v for v in strings(post["blocks"]) if v.endswith(":rate"))
        await self.town.does("slack", lambda: slack.tap(self.user, post, value), self.thread_id)
        await self.town.until(lambda: (slack.modal(self.user) or {}).get("view", {}).get("submit"), "a form")
        await self.town.does("slack", lambda: slack.submit(self.user, ratings(level)), self.thread_id)
        await self.taps("submit")


class DiscordSeat(Seat):
    platform = "discord"

    def __init__(self, town: Town, number: int) -> None:
        super().__init__(town, number)
        self._id = str(700_000_000_000_000_000 + number)
        town.discord.users[self._id] = payloads.user(self._id, f"Person {number}")

    @property
    def user(self) -> str:
        return self._id

    async def _bring(self, secret: str) -> None:
        await self.town.discord.say(self.user, f"start {secret}")

    async def _say(self, text: str, named: list[str]) -> None:
        named.append(await self.town.discord.say(self.user, text))

    async def _reword(self, message: str, text: str) -> None:
        await self.town.discord.edit(self.town.discord.dm_of(self.user), message, text)

    async def _tap(self, token: str, option: str) -> None:
        await self.town.discord.tap(self.user, button(token, option))

    async def speaks(self, data: bytes, seconds: int) -> None:
        """Record a voice message; returns when all that followed has arrived."""
        await self.town.does(self.platform, lambda: self.town.discord.speak(self.user, data, seconds), self.thread_id)

    def sounds(self) -> list[bytes]:
        """What Parley has sent to be listened to, oldest first."""
        discord = self.town.discord
        spoken = [m for m in discord.state(discord.dm_of(self.user)) if m["author"]["id"] == payloads.BOT]
        return [data for m in spoken for _, data in discord.uploads(m)]

    def shown(self) -> list[str]:
        return self.town.discord.said(self.town.discord.dm_of(self.user))

    async def rates_from_tasks(self, candidate: str, level: str = "2") -> None:
        discord = self.town.discord
        tasks = await discord.slash(self.user, "interview", [{"type": 1, "name": "tasks", "options": []}])
        await self.town.until(tasks.shown)
        assert candidate in str(tasks.shown())
        rate = next(v for v in strings(tasks.shown()) if v.startswith("do:rate:"))
        opened = await discord.tap(self.user, rate)
        await self.town.until(lambda: opened.answer)
        await self.town.does("discord", lambda: discord.submit(opened, ratings(level)), self.thread_id)
        await self.taps("submit")


class WebSeat(Seat):
    """A browser, as the page's own requests: no page is drawn here (tests/browser does that)."""

    platform = "web"

    def __init__(self, town: Town, number: int) -> None:
        super().__init__(town, number)
        self.who: Any = None
        self.events = 0
        self._page: asyncio.Task[None] | None = None

    async def arrive(self, secret: str, person_id: str = "") -> None:
        from bot.web.pages import _arrival  # pyright: ignore[reportPrivateUsage]

        app = self.town.app
        used = await app.store.commit(lambda tx: people.redeem(tx, app.ids, secret, app.clock.now()))
        assert not isinstance(used, people.Refused), used
        await app.intake.receive(_arrival(app, used[0]))
        self.who = await app.port.caller(used[1])
        self.person_id, self.thread_id = self.who.person_id, self.who.thread_id
        connected = asyncio.Event()
        self._page = asyncio.create_task(self._read(connected), name="a page")
        await connected.wait()
        await self.town.calm()

    async def leave(self) -> None:
        if self._page is not None:
            self._page.cancel()
            await asyncio.gather(self._page, return_exceptions=True)

    async def _read(self, connected: asyncio.Event) -> None:
        import orjson

        async for written in self.town.app.web.listen(self.who, self.thread_id, 0):
            connected.set()
            frames = [f for f in written.split(b"\n\n") if f.startswith((b"event: message", b"event: update"))]
            self.town.app.web.seen(self.thread_id, [orjson.loads(f.partition(b"data: ")[2])["id"] for f in frames])

    def _next(self) -> str:
        self.events += 1
        return f"event-{self.number}-{self.events}"

    async def _does(self, event: Any) -> None:
        await self.town.app.port.receive(self.who, self.thread_id, "person", event)

    async def _say(self, text: str, named: list[str]) -> None:
        waiting = await self.waiting()
        event = SaidIn(id=self._next(), kind="said", text=text, asked=waiting.token if waiting else None)
        named.append(utterance_id(self.thread_id, event.id))
        await self._does(event)

    async def _reword(self, message: str, text: str) -> None:
        await self._does(EditedIn(id=self._next(), kind="edited", target=message, text=text))

    async def _tap(self, token: str, option: str) -> None:
        await self._does(TappedIn(id=self._next(), kind="tapped", token=token, option=option))

    async def history(self) -> list[dict[str, Any]]:
        return await self.town.app.port.history(self.who, self.thread_id, 0)


def ratings(level: str) -> dict[str, str]:
    """A filled-in scorecard of the small kit."""
    fields = {f"{k}.level": level for k in KIT.competencies} | {
        f"{k}.why": "Says what was done." for k in KIT.competencies
    }
    return {**fields, "recommendation": "yes"}


def strings(part: Any) -> list[str]:
    """Every text anywhere in a payload."""
    if isinstance(part, str):
        return [part]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [found for p in inner for found in strings(p)]


# -- building ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def town(home: Path, at: int | None = None, kit: Kit = KIT, **more: Any) -> AsyncGenerator[Town]:
    """All platforms and the demo's team, who hire with `kit`. Everything is taken down at the end; violations fail.

    at: what our clock says at the beginning, in ms, so that it isn't night by chance (None: the present). Ours goes on
    from there, and `Town.goes_to` moves it; the platforms' clocks are their own. more: further settings.
    """
    slack, telegram, discord = FakeSlack(), FakeTelegram(), FakeDiscord()
    guild = discord.guild()
    async with AsyncExitStack() as stack:
        for fake in (slack, telegram, discord):
            await stack.enter_async_context(fake.running())
        slack.channel("C1")
        settings = Settings(
            home=home,
            master_key=_KEY,
            public_url="https://parley.example",
            slack_bot_token=SecretStr(slack.workspaces[TEAM]["token"]),
            slack_app_token=SecretStr(slack.app_token),
            slack_api_url=f"{slack.base}/api/",
            telegram_token=SecretStr(telegram.token),
            telegram_api_url=telegram.base,
            discord_token=SecretStr(discord.token),
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
            **more,
        )
        clock = DemoClock()
        clock.offset = 0 if at is None else at - SystemClock().now()
        app = build(settings, clock=clock)
        _hurry(app)
        stage = app.store.commit_now(lambda tx: demo.set_stage(app, tx, kit))
        await app.start()
        stack.push_async_callback(app.stop)
        made = Town(app, slack, telegram, discord, clock, stage.channel["id"], stage.requisition_id)
        made.team = {p["name"]: p["thread"] for p in stage.people}
        await made.until(lambda: discord.counts["PUT commands"] and slack.connections)
        assert guild
        yield made
    assert made.violations() == []


def _hurry(app: App) -> None:
    """The same adapters without the pace that the real platforms ask for: these people answer at once."""
    slack, telegram = cast("SlackAdapter", app.platforms[0]), cast("TelegramAdapter", app.platforms[1])
    app.platforms[0] = SlackAdapter(replace(slack.config, pace=1000), app.reception)
    app.platforms[1] = TelegramAdapter(replace(telegram.config, overall=1000, burst=1000), app.reception)
    app.outbox.adapters.update((a.name, a) for a in app.platforms)


def _letters(tx: Tx, source: str) -> int:
    t = table(Inbox)
    return tx.query(select(func.count().label("n")).where(t.c.source == source))[0]["n"]


def _calm(tx: Tx, chat: str, now: int) -> bool:
    """No timer is due, no letter, no work and no message is left over; a page that nobody has open is no haste."""
    if any(t["thread_id"] == chat or not chat for t in queries.due_timers(tx, now, 100)):
        return False
    here = {"thread_id": chat} if chat else {}
    if tx.find(Inbox, {"state": "pending", **here}, "", 1):
        return False
    if any(tx.find(Work, {"state": state, **here}, "", 1) for state in ("pending", "running")):
        return False
    left: list[Row] = [r for state in ("pending", "sending") for r in tx.find(Outbox, {"state": state, **here})]
    homes = {r["lane"] for r in left}
    return all(tx.find(Thread, {"id": lane})[0]["platform"] == "web" for lane in homes)
