"""From starting the process to the first reply on a candidate's screen."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import client
import common

from bot.store.store import Tx

T = TypeVar("T")
ROUNDS = 3
IMPORTS = "import fastapi, uvicorn, sqlmodel, sqlalchemy, cryptography, pydantic_settings, apscheduler, httpx, openai"


def main() -> None:
    took, fresh, bare = list[float](), list[float](), list[float]()
    for _ in range(ROUNDS):
        with common.folder() as home:
            who = _prepared(home)
            took.append(asyncio.run(_first_reply(home, who)))
        at = perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True)
        bare.append(perf_counter() - at)
        with common.folder() as home:
            fresh.append(asyncio.run(_listening(home)))
    noisy = max(bare) > (1 + common.MOST_NOISE) * min(bare)
    baseline, base = "a Python that only imports the same libraries, s", sorted(bare)[ROUNDS // 2]
    for name, rounds, unit in (
        ("startup", took, "s to the first reply"),
        ("startup_fresh", fresh, "s until an empty folder is served"),
    ):
        common.context(name, rounds=rounds, baseline_rounds=bare)
        seconds = sorted(rounds)[ROUNDS // 2]
        common.Figure(name, seconds, unit, baseline, base, "under 2 s", seconds < 2, noisy).print()


def _prepared(home: Path) -> dict[str, str]:
    """A data folder with one candidate who was invited and has not come yet."""
    app, cast = common.parley(home)

    def unit(tx: Tx) -> dict[str, str]:
        return common.invite(app, tx, cast, "Ada Lovelace")

    who = app.store.commit_now(unit)
    asyncio.run(app.store.close())
    return who


@contextmanager
def _served(home: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A process of `parley serve` on a free port, from the moment that it is started."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    settings = {"PARLEY_HOME": str(home), "PARLEY_PORT": str(port), "PARLEY_HOST": "127.0.0.1"}
    settings["PARLEY_LOG_LEVEL"] = "error"
    command = [sys.executable, "-m", "bot", "serve"]
    process = subprocess.Popen(command, cwd=common.ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
    try:
        yield port, process
    finally:
        process.terminate()
        process.wait(15)


async def _connected(process: subprocess.Popen[bytes], connect: Callable[[], Awaitable[T]]) -> T:
    """What `connect` gives, as soon as the process listens."""
    while True:
        try:
            return await connect()
        except ConnectionRefusedError:
            if process.poll() is not None:
                raise SystemExit("The server ended instead of starting.") from None
            await asyncio.sleep(0.01)


async def _first_reply(home: Path, who: dict[str, str]) -> float:
    """Start `parley serve`, open the chat as soon as it listens, and answer: seconds until the next message."""
    began = perf_counter()
    with _served(home) as (port, process):
        chat = client.Chat(client.HttpLink(port, who["thread"], who["session"]), common.ANSWER, prompt=True)
        await _connected(process, chat.open)
        await chat.until(lambda: bool(chat.token))
        await chat.turn()
        seconds = perf_counter() - began
        await chat.finish()
        return seconds


async def _listening(home: Path) -> float:
    """Start `parley serve` in an empty folder: key and database are made; seconds until it says that it is healthy."""
    began = perf_counter()
    with _served(home) as (port, process):
        reader, writer = await _connected(process, lambda: asyncio.open_connection("127.0.0.1", port))
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        if b" 200 " not in await reader.readline():
            raise SystemExit("The server is not healthy.")
        writer.close()
        return perf_counter() - began
