"""Reading a file that somebody sent. Its address contains the bot's token: it is never logged, posted or raised."""

import asyncio
import ssl
from functools import cache
from pathlib import Path

import httpx
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.contract import Fetch, Unfetchable
from adapters.telegram import words

LIMIT = 20 << 20  # of Telegram's own servers; a Bot API server of one's own has none
_SECONDS = 60


@cache
def tls() -> ssl.SSLContext:
    """One for all connections: each of its own costs 50 ms and half a megabyte."""
    return httpx.create_ssl_context()


def too_large(limit: int) -> Unfetchable:
    return Unfetchable(words.TOO_LARGE.format(limit=max(limit >> 20, 1)))


def fetch_of(bot: Bot, file_id: str, size: int, local: bool) -> Fetch:
    """How to read one file. local: the Bot API server is our own and names files by their path on this machine."""

    async def fetch(limit: int) -> bytes:
        most = limit if local else min(limit, LIMIT)
        if size > most:
            raise too_large(most)
        try:
            found = await bot.get_file(file_id)
        except BadRequest as no:
            raise (too_large(LIMIT) if "too big" in no.message.lower() else Unfetchable(words.FILE_GONE)) from None
        except TelegramError:
            raise Unfetchable(words.FILE_LATER) from None
        path = found.file_path or ""
        if local and path.startswith("/"):
            return await asyncio.to_thread(_from_disk, path, most)
        return await _download(path, most)

    return fetch


def _from_disk(path: str, limit: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        raise Unfetchable(words.FILE_GONE) from None
    if len(data) > limit:
        raise too_large(limit)
    return data


async def _download(url: str, limit: int) -> bytes:
    """The bytes, counted while they arrive: what a size claims is not what comes."""
    data = bytearray()
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(verify=tls(), follow_redirects=False) as client,
            client.stream("GET", url) as reply,
        ):
            if reply.status_code != 200 or reply.headers.get("content-type", "").startswith("text/html"):
                raise Unfetchable(words.FILE_GONE if reply.status_code < 500 else words.FILE_LATER)
            async for chunk in reply.aiter_bytes():
                data += chunk
                if len(data) > limit:
                    raise too_large(limit)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        raise Unfetchable(words.FILE_LATER) from None
    return bytes(data)
