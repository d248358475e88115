"""Sending: a message of the outbox as Slack messages, and what became of it.

A message in several parts is continued where it stopped. After a failure that leaves open whether Slack took it, the
chat's history is asked before anything is sent again: each part carries our id as message metadata.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, TypeVar

from aiolimiter import AsyncLimiter

from adapters.contract import Delivered, Outcome, Outgoing, Unavailable
from adapters.slack import render
from adapters.slack.clients import Clients, Refused, log
from adapters.slack.parse import entries, name, part
from adapters.slack.render import Message
from flows.cards import from_json

T = TypeVar("T")
EVENT = "parley_message"  # type of our metadata
_BURST = 3
_PATIENCE = 2.0  # seconds to wait for a turn before saying LATER
_REMEMBERED = 5000
_LOOK_BACK_MS = 120_000  # our clock and Slack's may differ
_PAGE, _PAGES = 100, 3


class Sender:
    """Delivers, edits, looks up. Remembers a little, none of it needed after a restart."""

    def __init__(self, clients: Clients, pace: float = 1.0) -> None:
        self._clients, self._pace = clients, pace
        self._limiters: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self._direct: OrderedDict[str, str] = OrderedDict()  # address -> the id of its private channel
        self._begun: OrderedDict[str, list[str]] = OrderedDict()  # message id -> ts of the parts that are there
        self._doubtful: OrderedDict[str, None] = (
            OrderedDict()
        )  # messages that may have been sent although we weren't told

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
        if len(found) >= len(_parts(out)):
            return Delivered(out.id, Outcome.SENT, name(team, channel, "+".join(found)))
        if found:
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
        shown = _parts(out)
        if out.id in self._doubtful:
            _keep(self._begun, out.id, await self._found(out, team, channel))
            del self._doubtful[out.id]
        there = list(self._begun.get(out.id, []))
        for number in range(len(there), len(shown)):
            there.append(await self._post(team, channel, shown[number], out.id, number))
            _keep(self._begun, out.id, list(there))
        self._begun.pop(out.id, None)
        return Delivered(out.id, Outcome.SENT, name(team, channel, "+".join(there)))

    async def _post(self, team: str, channel: str, shown: Message, id: str, part: int) -> str:
        """One part; returns its ts."""
        await self._turn(channel)
        args = {"channel": channel, **body(shown), "metadata": _mark(id, part)}
        try:
            reply = await self._clients.call(team, "chat.postMessage", **args)
        except Refused as refused:
            if refused.code != "not_in_channel":
                raise
            # A public channel can be joined without being asked to; in a private one the refusal stands.
            await self._clients.call(team, "conversations.join", channel=channel)
            reply = await self._clients.call(team, "chat.postMessage", **args)
        return str(reply["ts"])

    async def _edit(self, out: Outgoing) -> Delivered:
        """Show a message in a new state. More parts than before are added below, superfluous ones are taken away."""
        team, channel, old = _where(out.ref)
        shown = _parts(out)
        there: list[str] = list(old[: len(shown)])
        for number, ts in enumerate(there):
            args = body(shown[number])
            for key in ("unfurl_links", "unfurl_media", "mrkdwn"):
                args.pop(key)
            await self._clients.call(
                team, "chat.update", channel=channel, ts=ts, **args, metadata=_mark(out.target, number)
            )  # fmt: skip
        more = enumerate(shown[len(there) :], len(there))
        there += [await self._post(team, channel, one, out.target, number) for number, one in more]
        for ts in old[len(shown) :]:
            await self._clients.call(team, "chat.delete", channel=channel, ts=ts)
        return Delivered(out.id, Outcome.SENT, name(team, channel, "+".join(there)))

    async def _found(self, out: Outgoing, team: str, channel: str) -> list[str]:
        """The ts of the parts that are in the chat, from the first one on without a gap."""
        parts: dict[int, str] = {}
        oldest, cursor = f"{max(0, out.at - _LOOK_BACK_MS) / 1000:.6f}", ""
        for _ in range(_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            reply = await self._clients.call(
                team, "conversations.history", channel=channel, oldest=oldest, limit=_PAGE, include_all_metadata=1, **more
            )  # fmt: skip
            for message in entries(reply, "messages"):
                mark = part(message, "metadata")
                held = part(mark, "event_payload")
                if mark.get("event_type") == EVENT and held.get("id") == out.id:
                    parts[int(held.get("part", 0))] = str(message["ts"])
            cursor = str(part(reply, "response_metadata").get("next_cursor") or "")
            if not cursor:
                break
        found: list[str] = []
        while len(found) in parts:
            found.append(parts[len(found)])
        return found

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


def _parts(out: Outgoing) -> list[Message]:
    """What to show. Raises `ValueError` for a message without anything to show."""
    if out.card is not None:
        return render.messages(from_json(out.card), out.token, out.aids)
    if out.shown is None:
        raise ValueError("an edit with nothing to show")
    return render.settled(from_json(out.shown), out.chosen)


def _where(ref: str) -> tuple[str, str, list[str]]:
    """(workspace, channel, ts of the parts). Raises `ValueError`."""
    head, _, numbers = ref.rpartition(":")
    team, slash, channel = head.removeprefix("slack:").partition("/")
    if not slash or not numbers:
        raise ValueError("no such message of Slack")
    return team, channel, numbers.split("+")


def _mark(id: str, part: int) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"id": id, "part": part}}


def _keep(held: "OrderedDict[str, T]", key: str, value: T) -> None:
    """Remember, and forget the oldest when it becomes too much."""
    held[key] = value
    held.move_to_end(key)
    while len(held) > _REMEMBERED:
        held.popitem(last=False)
