"""What a server holds in memory when many people have just spoken to it."""

import asyncio
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

import common
from client import Chat
from turns import DirectLink, stage

MANY = 10_000
AT_ONCE = 32
TURNS_EACH = 1


def main() -> None:
    # A process of its own, so that nothing of the other benchmarks is counted.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with common.folder() as home:
        process = context.Process(target=_measured, args=(home, theirs))
        process.start()
        theirs.close()
        idle, full, seconds = ours.recv()
        process.join()
    common.context("memory_open_conversations", conversations=MANY, seconds=seconds)
    baseline = "the same server before anybody came, MB"
    aim = "under 300 MB, all within the last minute"
    figure = common.Figure("memory_open_conversations", full, "MB resident", baseline, idle, aim, full < 300)
    figure.print()


def _measured(home: Path, answer: Connection) -> None:
    answer.send(asyncio.run(_talk(home)))


async def _talk(home: Path) -> tuple[float, float, float]:
    async with stage(home) as on:
        idle = _resident()
        people = list[dict[str, str]]()
        for _ in range(0, MANY, 500):
            people += await on.app.store.commit(
                lambda tx: [common.invite(on.app, tx, on.cast, "Ada Lovelace") for _ in range(500)]
            )
        await on.app.runner.recover()
        await on.app.runner.quiet()
        chats = list[Chat]()

        async def come(who: dict[str, str]) -> None:
            chat = Chat(DirectLink(on.app, who), common.ANSWER)
            await chat.open()
            await chat.until(lambda: bool(chat.token))
            await chat.acknowledge()
            chats.append(chat)

        for i in range(0, MANY, AT_ONCE):
            await asyncio.gather(*(come(p) for p in people[i : i + AT_ONCE]))
        began = perf_counter()
        for i in range(0, MANY, AT_ONCE):
            await asyncio.gather(*(c.turn() for c in chats[i : i + AT_ONCE]))
        seconds = perf_counter() - began
        full = _resident()
        await asyncio.gather(*(c.finish() for c in chats))
        return idle, full, seconds


def _resident() -> float:
    """Megabytes of memory that this process has in use (Linux)."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
