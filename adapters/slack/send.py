"""Sending: a message of the outbox as Slack messages, and what became of it.

A message in several parts is continued where it stopped. After a failure that leaves open whether Slack took it, the
chat's history is asked before anything is sent again: each part carries our id as message metadata. Documents come last,
and are known there by their names.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from secrets import token_hex
from typing import Any, TypeVar

from aiolimiter import AsyncLimiter

from adapters.contract import Delivered, Outcome, Outgoing, Unavailable
from adapters.layout import is_picture, unshown
from adapters.slack import render
from adapters.slack.clients import Clients, Refused, log
from adapters.slack.history import Begun, mark, sent_before, thread_of
from adapters.slack.parse import name
from adapters.slack.render import Message
from adapters.slack.sounds import share as share_sounds
from adapters.slack.uploads import REFUSED, Uploads
from flows.cards import Card, File, from_json

T = TypeVar("T")
_BURST = 3
_PATIENCE = 2.0  # seconds to wait for a turn before saying LATER
_REMEMBERED = 5000
_UNREADY_MS, _UNREADY_TRIES = 1000, 4  # a picture can be shown only some moments after it was uploaded
_ABOUT_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format"})
# What Slack says where nothing can hang from a message: it is gone, or of a kind that has no threads, or the channel is.
_NO_THREAD = frozenset(
    {
        *("thread_not_found", "message_not_found", "cannot_reply_to_message", "invalid_thread_ts"),
        "restricted_action_non_threadable_channel",
    }
)
_THERE = "F"  # stands for the id of a file that needs none here


class Sender:
    """Delivers, edits, looks up. Remembers a little, none of it needed after a restart."""

    def __init__(self, clients: Clients, pace: float = 1.0) -> None:
        self._clients, self._pace = clients, pace
        self._limiters: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self._direct: OrderedDict[str, str] = OrderedDict()  # address -> the id of its private channel
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._uploads = Uploads(clients)
        self._doubtful: OrderedDict[str, None] = (
            OrderedDict()
        )  # messages that may have been sent although we weren't told
        self._cut: OrderedDict[str, None] = OrderedDict()  # threads that can't be written to

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        """See the contract."""
        receipts: list[Delivered] = []
        for out in lane:
            receipts.append(await self._one(out))
            if receipts[-1].outcome is not Outcome.SENT:
                break
        return receipts

    async def look_up(self, out: Outgoing) -> Delivered | None:
        """A half-sent message is remembered, so that `deliver` sends the rest only."""
        if out.card is None or out.act == "edit":
            return None  # an edit may be repeated
        try:
            team, channel = await self.channel(out.address)
            found = await self._found(out, team, channel)
        except Refused as refused:
            _keep(self._doubtful, out.id, None)
            return self._receipt(out, refused)
        except Unavailable:
            _keep(self._doubtful, out.id, None)
            return Delivered(out.id, Outcome.LATER)
        card = from_json(out.card)
        whole = len(found.parts) >= len(_parts(out, (_THERE,) * len(card.files)))
        if whole and (found.papers or not _papers(card)):
            return Delivered(out.id, Outcome.SENT, name(team, channel, "+".join(found.parts)))
        if found.parts:
            _keep(self._begun, out.id, found)
        return None

    async def channel(self, address: str) -> tuple[str, str]:
        """(workspace, channel id) of an address. Raises `Refused`, `Unavailable`."""
        team, _, where = address.partition("/")
        if where[:1] not in ("U", "W"):
            return team, where
        if address not in self._direct:
            opened = await self._clients.call(team, "conversations.open", users=where)
            _keep(self._direct, address, str(opened["channel"]["id"]))
        return team, self._direct[address]

    def met(self, address: str, channel: str) -> None:
        """A person's private channel, learned from an event."""
        _keep(self._direct, address, channel)

    async def _one(self, out: Outgoing) -> Delivered:
        try:
            return await (self._edit(out) if out.act == "edit" else self._send(out))
        except Refused as refused:
            if refused.doubtful and out.act != "edit":
                _keep(self._doubtful, out.id, None)
            return self._receipt(out, refused)
        except Unavailable:
            return Delivered(out.id, Outcome.LATER)
        except (ValueError, TypeError, LookupError):
            log.error("slack_unsendable %s", out.id)
            return Delivered(out.id, Outcome.FAILED, problem="unsendable")

    def _receipt(self, out: Outgoing, refused: Refused) -> Delivered:
        if refused.outcome is Outcome.BLOCKED:
            self._direct.pop(out.address, None)
        if refused.outcome is Outcome.FAILED:
            log.error("slack_refused %s %s", out.id, refused.code)
        problem = "" if refused.outcome is Outcome.LATER else refused.code
        return Delivered(out.id, refused.outcome, after_ms=refused.after_ms, problem=problem)

    async def _send(self, out: Outgoing) -> Delivered:
        team, channel = await self.channel(out.address)
        card = _card(out)
        if out.id in self._doubtful:
            _keep(self._begun, out.id, await self._found(out, team, channel))
            del self._doubtful[out.id]
        begun = self._begun.get(out.id, Begun())
        files = await self._uploads.ids(team, out.id, card.files)
        there = await self._all_parts(out, card, files, team, channel, list(begun.parts))
        if not begun.papers:
            await self._share(team, channel, card, files, self._thread(out, channel))
        self._begun.pop(out.id, None)
        await share_sounds(self._uploads, team, channel, out.id, out.sounds, self._thread(out, channel))
        return Delivered(out.id, Outcome.SENT, name(team, channel, "+".join(there)))

    async def _all_parts(
        self, out: Outgoing, card: Card, files: tuple[str, ...], team: str, channel: str, there: list[str]
    ) -> list[str]:
        """Post what is missing. Returns the ts of all parts."""
        shown = _parts(out, files)
        for number in range(len(there), len(shown)):
            try:
                there.append(await self._post(out, team, channel, shown[number], number))
            except Refused as refused:
                if not _shows_picture(shown[number]) or refused.code not in _ABOUT_BLOCKS:
                    raise
                self._not_shown(out, team, card)
                return await self._all_parts(out, card, _without_pictures(card, files), team, channel, there)
            _keep(self._begun, out.id, Begun(tuple(there)))
        return there

    def _not_shown(self, out: Outgoing, team: str, card: Card) -> None:
        """Slack refused blocks with a picture. Raises `Refused` while it may be that the picture isn't ready."""
        pictures = [f for f in card.files if is_picture(f)]
        if (tries := self._uploads.unready(team, out.id, pictures)) < _UNREADY_TRIES:
            raise Refused("ratelimited", _UNREADY_MS * tries)
        log.warning("slack_picture_refused %s", out.id)

    async def _share(self, team: str, channel: str, card: Card, files: tuple[str, ...], thread: str = "") -> None:
        """Documents, below the card. Where Slack doesn't want them there a sentence says so."""
        found = zip(files, card.files, strict=True)
        papers = list(dict.fromkeys((id, f) for id, f in found if id and not is_picture(f)))
        if not papers:
            return
        try:
            await self._uploads.share(team, channel, papers, thread)
        except Refused as refused:
            if refused.outcome is Outcome.LATER:
                raise
            log.warning("slack_share_refused %s", refused.code)
            for shown in render.messages(Card("\n".join(unshown(f) for _, f in papers))):
                args = {"channel": channel, **body(shown), **_thread(thread)}
                await self._clients.call(team, "chat.postMessage", **args)

    async def _post(self, out: Outgoing, team: str, channel: str, shown: Message, part: int) -> str:
        """One part; returns its ts."""
        await self._turn(channel)
        id = out.target if out.act == "edit" else out.id
        args = {"channel": channel, **body(shown), "metadata": mark(id, part), **_thread(self._thread(out, channel))}
        try:
            reply = await self._clients.call(team, "chat.postMessage", **args)
        except Refused as refused:
            if refused.code in _NO_THREAD and args.pop("thread_ts", ""):  # somebody has deleted what it hung from
                _keep(self._cut, f"{channel}:{thread_of(out, channel)}", None)
            elif refused.code == "not_in_channel":
                # A public channel can be joined without being asked to; in a private one the refusal stands.
                await self._clients.call(team, "conversations.join", channel=channel)
            else:
                raise
            reply = await self._clients.call(team, "chat.postMessage", **args)
        return str(reply["ts"])

    def _thread(self, out: Outgoing, channel: str) -> str:
        """The ts of the message in whose thread it stands; "" outside of any, and where that message is gone."""
        ts = thread_of(out, channel)
        return "" if f"{channel}:{ts}" in self._cut else ts

    async def _edit(self, out: Outgoing) -> Delivered:
        """Show a message in a new state. A document that it had before is there already, and stays."""
        team, channel, old = _where(out.ref)
        card, before = _card(out), from_json(out.shown or {})
        new = {f for f in card.files if is_picture(f) or (out.card is not None and f not in before.files)}
        named = [f for f in card.files if f in new]
        ids = dict(zip(named, await self._uploads.ids(team, out.id, named), strict=True))
        files = tuple(ids.get(f, _THERE) for f in card.files)
        try:
            there = await self._change(out, team, channel, old, _parts(out, files))
        except Refused as refused:
            if refused.code not in _ABOUT_BLOCKS or not any(map(is_picture, new)):
                raise
            self._not_shown(out, team, card)
            there = await self._change(out, team, channel, old, _parts(out, _without_pictures(card, files)))
        await self._share(team, channel, Card("", files=tuple(ids)), tuple(ids.values()), self._thread(out, channel))
        return Delivered(out.id, Outcome.SENT, name(team, channel, "+".join(there)))

    async def _change(self, out: Outgoing, team: str, channel: str, old: list[str], shown: list[Message]) -> list[str]:
        """More parts than before are added below, superfluous ones are taken away. Returns the ts of all."""
        there: list[str] = list(old[: len(shown)])
        for number, ts in enumerate(there):
            args = body(shown[number])
            for key in ("unfurl_links", "unfurl_media", "mrkdwn"):
                args.pop(key)
            await self._clients.call(
                team, "chat.update", channel=channel, ts=ts, **args, metadata=mark(out.target, number)
            )  # fmt: skip
        more = enumerate(shown[len(there) :], len(there))
        there += [await self._post(out, team, channel, one, number) for number, one in more]
        for ts in old[len(shown) :]:
            await self._clients.call(team, "chat.delete", channel=channel, ts=ts)
        return there

    async def say(self, address: str, card: Card, token: str = "") -> None:
        """A courtesy, outside of the outbox. Raises `Refused`, `Unavailable`."""
        team, channel = await self.channel(address)
        id = f"said/{token_hex(8)}"
        files = await self._uploads.ids(team, id, card.files)
        for _ in range(_UNREADY_TRIES):
            try:
                await self._say(team, channel, card, token, files)
                break
            except Refused as refused:
                if refused.code not in _ABOUT_BLOCKS or not any(map(is_picture, card.files)):
                    raise
            await asyncio.sleep(_UNREADY_MS / 1000)
        else:
            await self._say(team, channel, card, token, _without_pictures(card, files))
        await self._share(team, channel, card, files)

    async def _say(self, team: str, channel: str, card: Card, token: str, files: tuple[str, ...]) -> None:
        for shown in render.messages(card, token, files=files):
            await self._clients.call(team, "chat.postMessage", channel=channel, **body(shown))

    async def _found(self, out: Outgoing, team: str, channel: str) -> Begun:
        return await sent_before(self._clients, team, channel, out, {f.name for f in _papers(_card(out))})

    async def _turn(self, channel: str) -> None:
        """Wait for a turn in this channel, but never for long: others wait behind us."""
        limiter = self._limiters.get(channel) or AsyncLimiter(_BURST, _BURST / self._pace)
        _keep(self._limiters, channel, limiter)
        started = time.monotonic()
        try:
            await asyncio.wait_for(limiter.acquire(), _PATIENCE)
        except TimeoutError:
            raise Refused("ratelimited", int((time.monotonic() - started) * 500)) from None


def body(shown: Message) -> dict[str, Any]:
    """A message's arguments, with everything off that would read its text as more than text."""
    return {"text": shown.text, "blocks": shown.blocks, **render.INERT}


def _thread(ts: str) -> dict[str, str]:
    return {"thread_ts": ts} if ts else {}


def _card(out: Outgoing) -> Card:
    """What to show. Raises `ValueError` for a message without anything to show."""
    data = out.card if out.card is not None else out.shown
    if data is None:
        raise ValueError("an edit with nothing to show")
    return from_json(data)


def _parts(out: Outgoing, files: tuple[str, ...]) -> list[Message]:
    """The messages it becomes."""
    if out.card is not None:
        return render.messages(_card(out), out.token, out.aids, files)
    return render.settled(_card(out), out.chosen, files)


def _papers(card: Card) -> list[File]:
    return [f for f in card.files if not is_picture(f)]


def _without_pictures(card: Card, files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(REFUSED if is_picture(f) else id for f, id in zip(card.files, files, strict=True))


def _shows_picture(shown: Message) -> bool:
    return any(block["type"] == "image" for block in shown.blocks)


def _where(ref: str) -> tuple[str, str, list[str]]:
    """(workspace, channel, ts of the parts). Raises `ValueError`."""
    head, _, numbers = ref.rpartition(":")
    team, slash, channel = head.removeprefix("slack:").partition("/")
    if not slash or not numbers:
        raise ValueError("no such message of Slack")
    return team, channel, numbers.split("+")


def _keep(held: "OrderedDict[str, T]", key: str, value: T) -> None:
    """Remember, and forget the oldest when it becomes too much."""
    held[key] = value
    held.move_to_end(key)
    while len(held) > _REMEMBERED:
        held.popitem(last=False)
