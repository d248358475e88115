"""From starting the process to the first reply on a candidate's screen."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import client
import common

from bot.store.store import Tx

ROUNDS = 3
IMPORTS = "import fastapi, uvicorn, sqlmodel, sqlalchemy, cryptography, pydantic_settings, apscheduler, httpx, openai"


def main() -> None:
    took, bare = list[float](), list[float]()
    for _ in range(ROUNDS):
        with common.folder() as home:
            who = _prepared(home)
            took.append(asyncio.run(_first_reply(home, who)))
        at = perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True)
        bare.append(perf_counter() - at)
    seconds = sorted(took)[ROUNDS // 2]
    common.context("startup", rounds=took)
    baseline = "a Python that only imports the same libraries, s"
    base = sorted(bare)[ROUNDS // 2]
    common.Figure("startup", seconds, "s to the first reply", baseline, base, "under 2 s", seconds < 2).print()


def _prepared(home: Path) -> dict[str, str]:
    """A data folder with one candidate who was invited and has not come yet."""
    app, cast = common.parley(home)

    def unit(tx: Tx) -> dict[str, str]:
        return common.invite(app, tx, cast, "Ada Lovelace")

    who = app.store.commit_now(unit)
    asyncio.run(app.store.close())
    return who


async def _first_reply(home: Path, who: dict[str, str]) -> float:
    """Start `parley serve`, open the chat as soon as it listens, and answer: seconds until the next message."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    settings = {"PARLEY_HOME": str(home), "PARLEY_PORT": str(port), "PARLEY_HOST": "127.0.0.1"}
    settings["PARLEY_LOG_LEVEL"] = "error"
    began = perf_counter()
    command = [sys.executable, "-m", "bot", "serve"]
    process = subprocess.Popen(command, cwd=common.ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
    try:
        chat = client.Chat(client.HttpLink(port, who["thread"], who["session"]), common.ANSWER, prompt=True)
        while True:
            try:
                await chat.open()
                break
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise SystemExit("The server ended instead of starting.") from None
                await asyncio.sleep(0.01)
        await chat.until(lambda: bool(chat.token))
        await chat.turn()
        seconds = perf_counter() - began
        await chat.finish()
        return seconds
    finally:
        process.terminate()
        process.wait(15)
