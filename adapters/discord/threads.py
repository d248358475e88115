"""Threads: where a message below another one is posted, and which channel a thread hangs in.

A thread that was started from a message bears that message's number, so that nothing has to be remembered to find it
again. Where none can be had (a direct message, no permission) a message below another one is a reply to it.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from adapters.contract import Outcome
from adapters.discord.parse import message_parts
from adapters.discord.rest import Rest, Trouble, log
from adapters.layout import one_line, shortened

Json = dict[str, Any]

KINDS = (10, 11, 12)  # of channels that are threads
_A_WEEK = 10_080  # minutes without a word, then Discord folds it away
_NAME, _NAMELESS = 100, "Thread"
_THERE_ALREADY = "160004"
# Nobody can write to it (any more): unknown, no access, no permission, archived for good, locked.
_CLOSED = frozenset({"10003", "50001", "50013", "50083", "160005"})
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Below:
    """Where a message goes: its channel, and for a reply what it answers."""

    channel: str
    more: Json


class Threads:
    """Knows, as far as it has met them, which threads are open and where they hang. None of it is needed after a
    restart."""

    def __init__(self) -> None:
        self._parents = OrderedDict[str, str]()  # channel -> the one it hangs in; "" for one that is no thread
        self._flat = OrderedDict[str, None]()  # messages that no thread could be started from
        self._asking = asyncio.Lock()

    async def below(self, rest: Rest, channel: str, under: str, topic: str, private: bool) -> Below:
        """Where to post a message of `channel` that is to stand below another one. Raises `Trouble` only for what is to
        be tried again."""
        found = message_parts(under)
        if found is None or found[0] != channel:
            return Below(channel, {})
        root = found[1][0]
        reply = Below(channel, {"message_reference": {"message_id": root, "fail_if_not_exists": False}})
        if private or root in self._flat or not await self._started(rest, channel, root, topic):
            return reply
        return Below(root, {})

    def closed(self, thread: str, trouble: Trouble) -> bool:
        """Is it the thread that can't be written to? Then it is not tried again."""
        if trouble.code not in _CLOSED:
            return False
        log.warning("thread %s is closed: %s", thread, trouble.code)
        _keep(self._flat, thread, None)
        return True

    def met(self, channels: list[Json]) -> None:
        """Channels and threads as the gateway describes them: none of these has to be asked about."""
        for channel in channels:
            _keep(self._parents, str(channel["id"]), hangs_in(channel))

    async def parent(self, rest: Rest | None, channel: str) -> str:
        """The channel that a thread hangs in; "" for one that is no thread, and where that can't be told now."""
        if channel in self._parents or rest is None:
            return self._parents.get(channel, "")
        async with self._asking:  # first come, first served: what was written there stays in order
            if channel not in self._parents:
                try:
                    found = await rest.call("GET", "/channels/{channel_id}", channel_id=channel)
                except Trouble as trouble:
                    log.warning("channel %s can't be looked up: %s", channel, trouble.code)
                    return ""
                self.met([found])
            return self._parents[channel]

    async def _started(self, rest: Rest, channel: str, root: str, topic: str) -> bool:
        """Is there a thread now? Only the first message below another one has to ask."""
        if root in self._parents:
            return True
        body = {"name": shortened(one_line(topic), _NAME) or _NAMELESS, "auto_archive_duration": _A_WEEK}
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        try:
            await rest.call("POST", path, body, channel_id=channel, message_id=root)
        except Trouble as trouble:
            if trouble.outcome is Outcome.LATER:
                raise
            if trouble.code != _THERE_ALREADY:
                log.warning("no thread below message %s: %s", root, trouble.code)
                _keep(self._flat, root, None)
                return False
        _keep(self._parents, root, channel)
        return True


def hangs_in(channel: Json) -> str:
    """The channel that this one, as Discord describes it, is a thread of; "" for one that is none."""
    return str(channel.get("parent_id") or "") if channel.get("type") in KINDS else ""


def _keep(known: OrderedDict[str, Any], key: str, value: Any) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
