"""Putting a card's files into Slack: an address for each, its bytes there, and then Slack is told that it is whole.

A picture stays unshared: the card shows it by its id. A document is shared into the channel, below its card. Until then
nobody but us can see either, so that a crash in between leaves nothing behind in any chat.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

import aiohttp

from adapters.contract import Outcome
from adapters.layout import content, file_name, is_picture, one_line
from adapters.slack.clients import Clients, Refused, log, wait_of
from flows.cards import File

REFUSED = ""  # the id of a file that Slack doesn't take
_REMEMBERED = 1000
_TRIES = 3  # of one file, where Slack doesn't even answer; then the card goes without it


class Uploads:
    """Remembers what is there already, so that a message tried again (or changed) doesn't bring its files again; none of
    it is needed after a restart."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._ids: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._failed: OrderedDict[tuple[str, str, str], int] = OrderedDict()

    async def ids(self, team: str, message: str, files: Sequence[File]) -> tuple[str, ...]:
        """Slack's id of each file of a message, `REFUSED` for those it doesn't take. Raises `Refused` where it is to be
        tried again later, and `Unavailable`."""
        return tuple([await self._id(team, message, file) for file in files])

    async def share(self, team: str, channel: str, files: Sequence[tuple[str, File]], thread: str = "") -> None:
        """Show documents in a channel, or in one of its threads, in one message. Raises `Refused`, `Unavailable`."""
        key, named = (team, channel, "+".join(id for id, _ in files)), [_title(id, file) for id, file in files]
        try:
            where = {"channel_id": channel, **({"thread_ts": thread} if thread else {})}
            await self._clients.call(team, "files.completeUploadExternal", files=named, **where)
        except Refused as refused:
            if refused.doubtful:
                self._fail(key)
            elif key in self._failed and refused.outcome is not Outcome.LATER:
                return  # done the first time, without our hearing of it: it can be done only once
            raise

    def unready(self, team: str, message: str, pictures: Sequence[File]) -> int:
        """Slack would not show these in a message: how often that was so. The second time they are put there anew, as
        somebody may have deleted what we remember."""
        tries = self._fail((team, message, "unready"))
        if tries == 2:
            for file in pictures:
                self._ids.pop(_key(team, message, file), None)
        return tries

    async def _id(self, team: str, message: str, file: File) -> str:
        key = _key(team, message, file)
        if key not in self._ids:
            try:
                self._ids[key] = await self._put(team, file)
            except Refused as refused:
                if refused.after_ms or (refused.outcome is Outcome.LATER and self._fail(key) < _TRIES):
                    raise
                log.warning("slack_file_refused %s", refused.code)
                return REFUSED
            while len(self._ids) > _REMEMBERED:
                self._ids.popitem(last=False)
        return self._ids[key]

    def _fail(self, key: tuple[str, str, str]) -> int:
        self._failed[key] = self._failed.get(key, 0) + 1
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)
        return self._failed[key]

    async def _put(self, team: str, file: File) -> str:
        data = content(file)
        if not data:
            raise Refused("empty_file")
        place = await self._clients.call(
            team, "files.getUploadURLExternal", filename=file_name(file), length=str(len(data))
        )
        await self._send(str(place["upload_url"]), data)
        id = str(place["file_id"])
        if is_picture(file):
            await self._clients.call(team, "files.completeUploadExternal", files=[_title(id, file)])
        return id

    async def _send(self, url: str, data: bytes) -> None:
        """The address itself is the permission: no token goes along."""
        session, proxy = self._clients.session, self._clients.config.proxy or None
        if session is None:
            raise Refused("network")
        try:
            async with session.post(url, data=data, proxy=proxy, allow_redirects=False) as reply:
                status, headers = reply.status, reply.headers
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Refused("network") from None
        if status == 429:
            raise Refused("ratelimited", wait_of(headers))
        if status >= 500:
            raise Refused("server")
        if status != 200:
            raise Refused("upload_refused")


def _title(id: str, file: File) -> dict[str, str]:
    """A sound is called what it says; anything else by its name."""
    shown = file.alt if file.mime.startswith("audio/") else file.name
    return {"id": id, "title": one_line(shown) or file_name(file)}


def _key(team: str, message: str, file: File) -> tuple[str, str, str]:
    """A picture can be shown by any number of messages; a document is shared once."""
    whole = "\0".join((file.name, file.mime, file.data))
    return team, "" if is_picture(file) else message, hashlib.sha256(whole.encode()).hexdigest()
