"""Sending: a card becomes messages, in parts where it is long, each under a nonce of ours."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, cast

from adapters.contract import Delivered, Outcome, Outgoing, position
from adapters.discord import voice
from adapters.discord.parse import message_name, message_parts, part, snowflake
from adapters.discord.render import files_of, render, settled, without_files
from adapters.discord.rest import MESSAGE, MESSAGES, Rest, Trouble, history, log
from adapters.discord.threads import Below, Threads
from flows.cards import Card, File, from_json

Json = dict[str, Any]
T = TypeVar("T")

_MARGIN_MS = 5_000  # between our clock and Discord's
_REMEMBERED = 1000


def nonce(id: str, part: int | str) -> str:
    """Our name of one part, in at most 25 characters. Discord keeps it unique for some minutes."""
    name = f"{id}.{part}"
    return name if len(name) <= 25 else hashlib.sha256(name.encode()).hexdigest()[:25]


class Sender:
    """Delivers; knows which direct message channel belongs to whom, and what was sent of an unfinished message."""

    def __init__(self) -> None:
        self.rest: Rest | None = None
        self._channels = OrderedDict[str, str]()  # user -> direct message channel
        self.threads = Threads()
        self._parts = OrderedDict[str, list[str]]()  # message -> numbers of the parts that are sent already

    def learn(self, user: str, channel: str) -> None:
        """A person's direct message channel, from an event."""
        _keep(self._channels, user, channel)

    def user_of(self, channel: str) -> str:
        """Whose channel it is, as far as it was learned."""
        return next((u for u, c in self._channels.items() if c == channel), "")

    async def channel(self, address: str) -> str:
        """The channel of an address. A direct message channel is opened once; Discord answers with the same one.

        People have always acted first (a command, a button, a message): the bot knows nobody else's address.
        """
        kind, _, number = address.partition("/")
        if not number.isdigit() or not (kind == "user" or kind.isdigit()):
            raise Trouble(Outcome.FAILED, "address")
        if kind != "user":
            return number
        if number not in self._channels:
            opened = await self._rest().call("POST", "/users/@me/channels", {"recipient_id": number})
            self.learn(number, str(opened["id"]))
        return self._channels[number]

    def known_channel(self, address: str) -> str:
        """The channel of an address, if it needs no call; else ""."""
        kind, _, number = address.partition("/")
        return self._channels.get(number, "") if kind == "user" else number

    def _rest(self) -> Rest:
        if self.rest is None:
            raise Trouble(Outcome.LATER, "not connected", 1000)
        return self.rest

    async def deliver(self, out: Outgoing) -> Delivered:
        """One message; never raises for what Discord or a person can cause."""
        try:
            name = await (self._edit(out) if out.act == "edit" else self._send(out))
        except Trouble as trouble:
            if trouble.outcome is Outcome.FAILED:
                log.error("message %s can't be delivered: %s", out.id, trouble.code)
            problem = "" if trouble.outcome is Outcome.LATER else trouble.code
            return Delivered(out.id, trouble.outcome, "", trouble.after_ms, problem)
        self._parts.pop(out.id, None)
        return Delivered(out.id, Outcome.SENT, name)

    async def _send(self, out: Outgoing) -> str:
        channel = await self.channel(out.address)
        if not out.under:
            return await self._send_to(out, Below(channel, {}))
        private = not out.address[:1].isdigit()
        below = await self.threads.below(self._rest(), channel, out.under, out.topic, private)
        try:
            return await self._send_to(out, below)
        except Trouble as trouble:
            if below.channel == channel or not self.threads.closed(below.channel, trouble):
                raise
        self._parts.pop(out.id, None)
        below = await self.threads.below(self._rest(), channel, out.under, out.topic, private)
        return await self._send_to(out, below)

    async def _send_to(self, out: Outgoing, place: Below) -> str:
        async def send(card: Card) -> list[str]:
            sent = list(self._parts.get(out.id, []))  # a part that Discord took is not said again
            first, *rest = render(card, out.token, out.aids)
            await self._post(out.id, place.channel, [{**first, **place.more}, *rest], sent, card)
            return sent

        numbers = await _with_or_without(_card(out.card), send)
        if out.sounds and self.rest is not None:
            await voice.say(self.rest, place.channel, out.sounds, lambda part: nonce(out.id, part))
        return message_name(place.channel, *numbers)

    async def say(self, address: str, card: Card, token: str) -> None:
        """A courtesy, outside of the outbox. Raises `Trouble`."""
        channel = await self.channel(address)

        async def send(card: Card) -> list[str]:
            for message in render(card, token):
                await self._rest().call("POST", MESSAGES, message, files=_files(message, card), channel_id=channel)
            return []

        await _with_or_without(card, send)

    async def _post(self, id: str, channel: str, messages: list[Json], sent: list[str], card: Card) -> None:
        for n in range(len(sent), len(messages)):
            body = {**messages[n], "nonce": nonce(id, n), "enforce_nonce": True}
            reply = await self._rest().call("POST", MESSAGES, body, files=_files(body, card), channel_id=channel)
            sent.append(str(reply["id"]))
            _keep(self._parts, id, list(sent))

    async def _edit(self, out: Outgoing) -> str:
        found = message_parts(out.ref)
        if found is None:
            raise Trouble(Outcome.FAILED, "ref")
        channel, numbers = found
        if out.card is None:
            messages = settled(_card(out.shown), out.chosen)
            await self._patch(channel, numbers[-1], messages[-1])
            return out.ref
        numbers = await _with_or_without(_card(out.card), lambda card: self._replace(out, channel, numbers, card))
        return message_name(channel, *numbers)

    async def _replace(self, out: Outgoing, channel: str, numbers: list[str], card: Card) -> list[str]:
        """The new state in the old places; a part more is sent, a part less is deleted."""
        messages = render(card, out.token, out.aids)
        for number, message in zip(numbers, messages, strict=False):
            # Of the files that were there before none stays: those of the new state come with it.
            await self._patch(channel, number, {"attachments": [], **message}, _files(message, card))
        for number in numbers[len(messages) :]:
            await self._rest().call("DELETE", MESSAGE, channel_id=channel, message_id=number)
        more = list(self._parts.get(out.id, []))
        await self._post(out.id, channel, messages[len(numbers) :], more, card)
        return [*numbers[: len(messages)], *more]

    async def _patch(self, channel: str, number: str, message: Json, files: Sequence[File] = ()) -> None:
        await self._rest().call("PATCH", MESSAGE, message, files=files, channel_id=channel, message_id=number)

    async def look_up(self, out: Outgoing) -> Delivered | None:
        """Which parts of a message are in the channel's history? All: it was delivered. Some: the rest is sent later.

        History may leave the nonce out; then our own words after the message was made are taken for it.
        """
        if out.act == "edit":
            return None  # an edit can be made again without harm
        below = message_parts(out.under)
        try:
            places = [*(below[1][:1] if below else ()), await self.channel(out.address)]
        except Trouble as trouble:
            log.warning("message %s can't be looked up: %s", out.id, trouble.code)
            return None
        for channel in places:  # its thread first, if it belongs into one
            if (found := await self._seen(out, channel)) is not None:
                return found
        return None

    async def _seen(self, out: Outgoing, channel: str) -> Delivered | None:
        try:
            said = await history(self._rest(), channel, snowflake(out.at - _MARGIN_MS))
        except Trouble as trouble:
            log.warning("message %s can't be looked up: %s", out.id, trouble.code)
            return None
        # Of two messages that look alike only one below the last delivered one can be this one.
        ours = [m for m in said if part(m, "author").get("bot") and int(m["id"]) > position(out.after)]
        card, numbers = _card(out.card), list[str]()
        for state in (card, without_files(card)):  # the second for files that were refused
            messages = render(state, out.token, out.aids)
            numbers = _found(out.id, messages, ours)
            if len(numbers) == len(messages):
                return Delivered(out.id, Outcome.SENT, message_name(channel, *numbers))
        if numbers:
            _keep(self._parts, out.id, numbers)
        return None


def _found(id: str, messages: list[Json], said: list[Json]) -> list[str]:
    """The numbers of the first parts that are there, in order."""
    numbers, left = list[str](), list(said)
    for n, message in enumerate(messages):
        match = next((m for m in left if m.get("nonce") == nonce(id, n)), None)
        match = match or next((m for m in left if not m.get("nonce") and _same(m, message)), None)
        if match is None:
            break
        numbers.append(str(match["id"]))
        left = left[left.index(match) + 1 :]
    return numbers


def _same(there: Json, ours: Json) -> bool:
    """The same words and the same buttons: a question's token makes it unlike every other one."""
    return there.get("content") == ours["content"] and _ids(there.get("components")) == _ids(ours["components"])


def _ids(rows: Any) -> list[str]:
    parts = [c for row in cast("list[Json]", rows or []) for c in row.get("components", ())]
    return [str(c.get("custom_id") or c.get("url")) for c in parts]


async def _with_or_without(card: Card, work: Callable[[Card], Awaitable[list[str]]]) -> list[str]:
    """Where a card is refused for good it is tried once more without its files: they may be why, and must not cost it."""
    try:
        return await work(card)
    except Trouble as trouble:
        if not card.files or trouble.outcome is Outcome.LATER:
            raise
        log.warning("a file was refused: %s", trouble.code)
    return await work(without_files(card))


def _files(message: Json, card: Card) -> tuple[File, ...]:
    """The files that go with this message: with the last of a card's."""
    return files_of(card) if message.get("attachments") else ()


def _card(data: Json | None) -> Card:
    return from_json(data or {})


def _keep(known: OrderedDict[str, T], key: str, value: T) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
