"""Reading what somebody attached. An attachment's address is signed and lives for about a day; the message that it came
with names it anew for as long as it is there."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import aiohttp

from adapters.contract import Fetch, Outcome, Unfetchable
from adapters.discord.rest import MESSAGE, Rest, Trouble, log
from adapters.recordings import Odd, counted

_ORIGINS = tuple(f"https://{host}" for host in ("cdn.discordapp.com", "media.discordapp.com", "media.discordapp.net"))
_PIECE = 1 << 16
_MOST_SECONDS, _CONNECT, _SILENCE = 900.0, 10.0, 30.0  # for one file, until it is found, and without a byte of it
_EXPIRED = (401, 403, 404, 410)
_NO_RIGHT = ("401", "403", "40001", "50001", "50013")  # the token isn't good (any more), or no access to the chat
_IDENTITY = {"Accept-Encoding": "identity"}  # what is counted is what came, not what it unpacks to
_SENTENCES = {
    "too_large": "That file is too large for me. Please send a smaller one.",
    "gone": "I couldn't fetch that file. Please send it once more.",
    "later": "Discord doesn't give me that file just now. Please send it once more in a minute.",
    "login": "Discord doesn't let me have that file at the moment. Please write it instead.",
    "page": "What came instead of the file is a web page. Please send the file once more.",
}


class Files:
    """Reads from Discord's own hosts, and from that of `api_url` where it isn't Discord's. Never anywhere else, and
    nowhere that we are sent to."""

    def __init__(self, api_url: str) -> None:
        own = urlsplit(api_url)
        self._origins = (*_ORIGINS, *((f"{own.scheme}://{own.netloc}",) if own.hostname else ()))

    def fetcher(self, url: str, size: int) -> Fetch:
        """How to read an attachment whole, soon."""

        async def fetch(limit: int) -> bytes:
            if size > limit:
                raise _problem("too_large")
            async with contextlib.aclosing(self.read(None, {"url": url}, limit)) as found:
                return b"".join([piece async for piece in found])

        return fetch

    async def read(self, rest: Rest | None, ref: dict[str, str], limit: int) -> AsyncGenerator[bytes]:
        """The bytes of an attachment, piece by piece (`adapters.discord.parse.ref_of`). Raises `Unfetchable`, also in the
        middle."""
        timeout = aiohttp.ClientTimeout(total=_MOST_SECONDS, sock_connect=_CONNECT, sock_read=_SILENCE)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=_IDENTITY) as session,
                await self._opened(session, rest, ref) as reply,
            ):
                if (reply.content_length or 0) > limit:
                    raise _problem("too_large")
                async with contextlib.aclosing(counted(reply.content.iter_chunked(_PIECE), limit)) as found:
                    async for piece in found:
                        yield piece
        except Odd as odd:
            raise _problem("gone" if odd.why == "empty" else odd.why) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise _problem("later") from None

    async def _opened(
        self, session: aiohttp.ClientSession, rest: Rest | None, ref: dict[str, str]
    ) -> aiohttp.ClientResponse:
        """At the address that it came with, or else at the one that it has now."""
        reply = await self._get(session, ref.get("url", ""))
        if reply is None and ref.get("message"):
            reply = await self._get(session, await _address(rest, ref))
        if reply is None:
            raise _problem("gone")
        return reply

    async def _get(self, session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse | None:
        """The answer at an address; None where it has expired."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise _problem("gone")
        reply = await session.get(url, allow_redirects=False)
        if reply.status == 200 and reply.content_type != "text/html":
            return reply
        reply.close()
        if reply.status == 200:
            raise _problem("page")
        if reply.status in _EXPIRED:
            return None
        raise _problem("later" if reply.status == 429 or reply.status >= 500 else "gone")


async def _address(rest: Rest | None, ref: dict[str, str]) -> str:
    """Where an attachment is now, as its message says."""
    if rest is None:
        raise _problem("later")
    try:
        message = await rest.call("GET", MESSAGE, channel_id=ref["channel"], message_id=ref["message"])
    except Trouble as trouble:
        log.warning("an attachment can't be looked up: %s", trouble.code)
        late = trouble.outcome is Outcome.LATER
        raise _problem("later" if late else "login" if trouble.code in _NO_RIGHT else "gone") from None
    there = cast("list[dict[str, Any]]", message.get("attachments") or [])
    found = next((a for a in there if str(a["id"]) == ref.get("file")), None)
    if found is None:
        raise _problem("gone")
    return str(found["url"])


def _problem(why: Literal["gone", "too_large", "later", "login", "page"]) -> Unfetchable:
    return Unfetchable(_SENTENCES[why], "gone" if why == "page" else why)
