"""Reading what somebody sent. A file's address contains the bot's token: it is never logged, posted or raised."""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cache
from pathlib import Path
from typing import Literal

import httpx
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.contract import Fetch, Unfetchable
from adapters.telegram import words

log = logging.getLogger("parley.telegram")

LIMIT = 20 << 20  # of Telegram's own servers; a Bot API server of one's own has none
_PIECE = 256 << 10
_SECONDS = 60  # for a small file
_MOST_SECONDS = 900.0  # for a recording: 20 MB over a slow line
_SILENCE = 30.0  # seconds without a byte
_IDENTITY = {"accept-encoding": "identity"}  # what is counted is what came, not what it unpacks to


@cache
def tls() -> ssl.SSLContext:
    """One for all connections: each of its own costs 50 ms and half a megabyte."""
    return httpx.create_ssl_context()


def too_large(limit: int) -> Unfetchable:
    return Unfetchable(words.TOO_LARGE.format(limit=max(limit >> 20, 1)), "too_large", limit)


def ref_of(file_id: str, unique_id: str, size: int) -> dict[str, str]:
    """All that `pieces` needs, for as long as Telegram keeps the file: plain strings, no address."""
    return {"file_id": file_id, "unique_id": unique_id, "size": str(size)}


def fetch_of(bot: Bot, ref: dict[str, str], local: bool) -> Fetch:
    """How to read one small file whole."""

    async def fetch(limit: int) -> bytes:
        try:
            async with asyncio.timeout(_SECONDS), aclosing(pieces(bot, ref, limit, local)) as found:
                return b"".join([piece async for piece in found])
        except TimeoutError:
            raise _problem("later") from None

    return fetch


async def pieces(bot: Bot, ref: dict[str, str], limit: int, local: bool) -> AsyncGenerator[bytes, None]:
    """The bytes of a file, piece by piece; raises `Unfetchable`. Telegram isn't even asked for one that it would refuse.

    local: the Bot API server is our own and names files by their path on this machine, whatever their size.
    """
    most = limit if local else min(limit, LIMIT)
    size = ref.get("size", "")
    if size.isdecimal() and int(size) > most:
        raise too_large(most)
    path = await _path(bot, ref.get("file_id", ""), most)
    here = local and path.startswith("/")
    if local and not here:
        log.warning("the Bot API server names a file that isn't on this machine, or that we may not read")
    source = _from_disk(path) if here else _download(path)
    came = 0
    async with aclosing(source) as found:
        async for piece in found:
            came += len(piece)  # what a size claims is not what comes
            if came > most:
                raise too_large(most)
            yield piece


async def _path(bot: Bot, file_id: str, most: int) -> str:
    """Where the file is: an address that is good for an hour, or a path."""
    if not file_id:
        raise _problem("gone")
    try:
        found = await bot.get_file(file_id)
    except InvalidToken:
        raise _problem("login") from None
    except BadRequest as no:
        raise (too_large(min(most, LIMIT)) if "too big" in no.message.lower() else _problem("gone")) from None
    except TelegramError:
        raise _problem("later") from None
    return found.file_path or ""


def _problem(why: Literal["gone", "login", "later"]) -> Unfetchable:
    return Unfetchable(words.FILE_GONE if why == "gone" else words.FILE_LATER, why)


async def _from_disk(path: str) -> AsyncGenerator[bytes, None]:
    try:
        file = await asyncio.to_thread(Path(path).open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
        finally:
            file.close()
    except OSError:
        raise _problem("gone") from None


async def _download(url: str) -> AsyncGenerator[bytes, None]:
    now = asyncio.get_running_loop().time
    end = now() + _MOST_SECONDS
    try:
        async with (
            httpx.AsyncClient(verify=tls(), follow_redirects=False, timeout=_SILENCE, headers=_IDENTITY) as client,
            client.stream("GET", url) as reply,
        ):
            _look_at(reply)
            async for piece in reply.aiter_bytes():  # as they come: waiting for a full one is waiting past any end
                if now() > end:  # somebody who lets it trickle
                    raise _problem("later")
                yield piece
    except (httpx.HTTPError, httpx.InvalidURL):
        raise _problem("later") from None


def _look_at(reply: httpx.Response) -> None:
    """Is it the file? A page of HTML is what something between us and Telegram has to say."""
    code, page = reply.status_code, reply.headers.get("content-type", "").startswith("text/html")
    if code in (401, 403):
        raise _problem("login")
    if code == 429 or code >= 500 or (code == 200 and page):
        raise _problem("later")
    if code != 200:
        raise _problem("gone")
