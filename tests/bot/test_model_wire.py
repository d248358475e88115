"""A server that means no good: it sends without end, packs, drips, or points at somebody else. None of it holds anybody up."""

import asyncio
import contextlib
import gzip
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from bot.work import wire
from bot.work.assess import Assessor
from tests.bot.test_assess import ANSWERS
from tests.flows.rating.small_kit import KIT

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
Bad = Callable[[asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(answer: Bad) -> AsyncGenerator[tuple[str, list[bytes]]]:
    """(address, what was asked) of a server that answers with `answer`, whatever the question."""
    asked: list[bytes] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            await answer(writer)
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", asked
    finally:
        server.close()


async def read_at(url: str) -> str:
    """What the reading of an interview falls back for."""
    assessor = Assessor(url, "k", "m", timeout=0.5, max_retries=0, samples=1, more=0)
    card = await assessor.assess(KIT, ANSWERS[:1])
    await assessor.aclose()
    assert all(r.level is None for r in card.results)
    return card.fallback


async def without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")
    sent = 0
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()
        sent += 65_536
        assert sent < 40 * wire.MOST_BYTES, "somebody reads all of it"


async def packed(writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(b" " * 50_000_000)
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def drips(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("bad", [without_end, packed, drips])
async def test_an_answer_without_end_is_given_up(bad: Bad):
    async with serving(bad) as (url, _):
        began = time.monotonic()
        assert await read_at(url) == "model_unreachable"
    assert time.monotonic() - began < 20


async def test_nobody_elses_server_is_asked_where_one_points_there():
    async def nothing(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(nothing) as (elsewhere, asked):

        async def points(writer: asyncio.StreamWriter) -> None:
            place = f"Location: {elsewhere}/chat/completions\r\n".encode()
            writer.write(
                b"HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nContent-Length: 0\r\n" + place + b"\r\n"
            )
            await writer.drain()

        async with serving(points) as (url, _):
            assert await read_at(url) == "model_unreachable"
    assert asked == []
