"""Reading a file that somebody shared. The bearer token goes to Slack's own file hosts only, and to no redirect."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Literal
from urllib.parse import urlsplit

import aiohttp

from adapters.contract import Fetch, Outcome, Unavailable, Unfetchable
from adapters.recordings import Odd, counted
from adapters.slack import words
from adapters.slack.clients import Clients, Refused, log
from adapters.slack.parse import Payload, ref_of, undescribed, url_of

_PIECE = 1 << 16
_PATIENCE = 1.5  # an acknowledgement is due within three seconds
_MOST_SECONDS, _SILENCE = 900.0, 30.0  # for one file, and without a byte of it
_WAITS = (0.0, 1.0, 2.0)  # seconds before each look at a file that isn't ready yet
_MOVED = (301, 302, 303, 307, 308)
_MISSING = (403, 404, 410)
_IDENTITY = {"Accept-Encoding": "identity"}  # what is counted is what came, not what it unpacks to


class Files:
    """Makes the `fetch` of an `Upload`, and reads recordings."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        api = urlsplit(clients.config.api_url)
        # A server of one's own serves its files itself.
        own = () if api.hostname == "slack.com" else (f"{api.scheme}://{api.netloc}",)
        self._origins = (*clients.config.file_origins, *own)

    def fetcher(self, team: str, file: Payload) -> Fetch:
        """How to read this file whole, later."""

        async def fetch(limit: int) -> bytes:
            async with contextlib.aclosing(self.read(ref_of(team, file), limit)) as found:
                return b"".join([piece async for piece in found])

        return fetch

    async def read(self, ref: dict[str, str], limit: int) -> AsyncGenerator[bytes]:
        """The bytes of a file, piece by piece. Raises `Unfetchable`, also in the middle."""
        try:
            reply = await self._opened(ref, limit)
            try:
                async with contextlib.aclosing(_pieces(reply, ref, limit)) as found:
                    async for piece in found:
                        yield piece
            finally:
                reply.close()
        except (Unavailable, aiohttp.ClientError, TimeoutError):
            raise _problem("later") from None

    async def describe(self, team: str, message: Payload) -> None:
        """Ask what the files of a message are, where Slack didn't say so with it. Raises `Unavailable`."""
        with contextlib.suppress(Refused, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                for file in undescribed(message):
                    file |= await self._info(team, str(file["id"]))

    async def _info(self, team: str, id: str) -> Payload:
        return (await self._clients.call(team, "files.info", file=id)).get("file") or {}

    async def _opened(self, ref: dict[str, str], limit: int) -> aiohttp.ClientResponse:
        """Where it was when it came, or else where Slack says it is now."""
        reply = await self._get(ref, ref["url"]) if ref.get("url") else None
        reply = reply or await self._get(ref, await self._address(ref, limit))
        if reply is None:
            raise _problem("later")
        return reply

    async def _address(self, ref: dict[str, str], limit: int) -> str:
        """Asked of Slack. A file that has just been shared may have none for some moments."""
        for wait in _WAITS:
            await asyncio.sleep(wait)
            try:
                file = await self._info(ref.get("team", ""), ref.get("file", ""))
            except Refused as refused:
                if refused.outcome is Outcome.BLOCKED and refused.code != "not_installed":
                    raise _no_right(ref) from None
                raise _problem("later" if refused.outcome is Outcome.LATER else "gone") from None
            size = file.get("size")
            if isinstance(size, int) and size > limit:
                raise _problem("too_large")
            if file.get("mode") == "tombstone":
                raise _problem("gone")
            if size != 0 and (url := url_of(file)):
                return url
        raise _problem("later")

    async def _get(self, ref: dict[str, str], url: str) -> aiohttp.ClientResponse | None:
        """The answer at this address; None where nothing is (any more)."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise _problem("gone")
        home, session = await self._clients.of(ref.get("team", "")), self._clients.session
        if home is None or session is None:
            raise _problem("gone" if home is None else "later")
        config = self._clients.config
        timeout = aiohttp.ClientTimeout(total=_MOST_SECONDS, sock_connect=config.timeout, sock_read=_SILENCE)
        headers = {"Authorization": f"Bearer {home.installation.token}", **_IDENTITY}
        reply = await session.get(
            url, headers=headers, allow_redirects=False, proxy=config.proxy or None, timeout=timeout
        )
        if reply.status == 200 and reply.content_type != "text/html":
            return reply
        reply.close()
        # Without the right to read files Slack answers 200 with its sign-in page, or sends us there.
        if reply.status == 200 or reply.status in _MOVED:
            raise _no_right(ref)
        if reply.status not in _MISSING:
            raise _problem("later" if reply.status == 429 or reply.status >= 500 else "gone")
        return None


async def _pieces(reply: aiohttp.ClientResponse, ref: dict[str, str], limit: int) -> AsyncGenerator[bytes]:
    if (reply.content_length or 0) > limit:
        raise _problem("too_large")
    try:
        async with contextlib.aclosing(counted(reply.content.iter_chunked(_PIECE), limit)) as found:
            async for piece in found:
                yield piece
    except Odd as odd:
        # Slack takes no empty files: there is nothing in it yet.
        raise (_no_right(ref) if odd.why == "page" else _problem("later" if odd.why == "empty" else odd.why)) from None


def _no_right(ref: dict[str, str]) -> Unfetchable:
    log.error("slack_file_login %s: the workspace doesn't let us read files (files:read)", ref.get("team", ""))
    return Unfetchable(words.FILE_LOGIN, "login")


def _problem(why: Literal["gone", "too_large", "later"]) -> Unfetchable:
    sentences = {"gone": words.FILE_GONE, "too_large": words.FILE_TOO_LARGE, "later": words.FILE_LATER}
    return Unfetchable(sentences[why], why)
