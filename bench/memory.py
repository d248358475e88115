"""What a server holds in memory when many people have just spoken to it, and what an open page costs.

The candidates are a process of their own (`client.py`). `memory_open_conversations`: each opens the chat, reads, says
something in the middle of the interview, reads on and leaves, as people do who have a phone. `memory_open_pages`: they
stay, each with an open stream.
"""

import asyncio
import multiprocessing
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import client
import common
import orjson
from turns import Stage, on_our_loop, stage

from bot.scene import After

MANY, PAGES = 10_000, 2_000  # multiples of BATCH
AT_ONCE, BATCH = 16, 100
MINUTE = 60.0


def main(names: set[str]) -> None:
    if "memory_open_conversations" in names:
        ran = _run(MANY, stay=False)
        context = {k: ran[k] for k in ("seconds", "cpu_seconds", "held")}
        # On a slow machine the visits take longer than a minute: how many were within it is told with the figure.
        within = min(MANY, round(MANY / ran["seconds"] * MINUTE))
        common.context("memory_open_conversations", conversations=MANY, spoke_within_the_last_minute=within, **context)
        # Too much is too much; little is only "met" when everybody did speak within the minute.
        met = False if ran["full"] >= 300 else True if within == MANY else None
        _figure("memory_open_conversations", ran["full"], ran["idle"], "under 300 MB", met)
    if "memory_open_pages" in names:
        ran = _run(PAGES, stay=True)
        each = (ran["full"] - ran["idle"]) / PAGES
        facts = {"pages": PAGES, "kb_for_each": each * 1024, "extrapolated_mb_for_10000": ran["idle"] + each * 10_000}
        common.context("memory_open_pages", **facts, seconds=ran["seconds"], held=ran["held"])
        _figure("memory_open_pages", ran["full"], ran["idle"], "", None)


def _figure(bench: str, full: float, idle: float, aim: str, met: bool | None) -> None:
    baseline = "the same server before anybody came, MB"
    common.Figure(bench, full, "MB resident", baseline, idle, aim, met).print()


def _run(many: int, stay: bool) -> dict[str, Any]:
    # A process of its own, so that nothing of the other benchmarks is counted.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with common.folder() as home:
        process = context.Process(target=_measured, args=(home, theirs, many, stay))
        process.start()
        theirs.close()
        ran: dict[str, Any] = ours.recv()
        process.join()
    return ran


def _measured(home: Path, answer: Connection, many: int, stay: bool) -> None:
    answer.send(on_our_loop(_talk(home, many, stay)))


async def _talk(home: Path, many: int, stay: bool) -> dict[str, Any]:
    async with stage(home) as on:
        people = await _invited(on, many)
        idle = _resident()
        began, cpu = perf_counter(), process_time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, client.__file__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        orders = {"port": on.port, "people": people, "answer": common.ANSWER, "visits": AT_ONCE, "stay": stay}
        process.stdin.write(orjson.dumps(orders) + b"\n")
        spoken = await process.stdout.readline()
        if spoken != b"spoken\n":
            raise SystemExit("the client process failed; what it said stands above")
        seconds, full = perf_counter() - began, _resident()
        spent = process_time() - cpu
        held = _held(on)
        process.stdin.close()
        await process.wait()
        return {"idle": idle, "full": full, "seconds": seconds, "cpu_seconds": spent, "held": held}


async def _invited(on: Stage, many: int) -> list[dict[str, str]]:
    people = list[dict[str, str]]()
    for _ in range(0, many, BATCH):
        batch = await on.app.store.commit(
            lambda tx: [common.invite(on.app, tx, on.cast, "Ada Lovelace") for _ in range(BATCH)]
        )
        # Only their own mail: `recover` would look at every chat that was invited before.
        on.app.runner.committed("", After(mail=dict.fromkeys(p["thread"] for p in batch)))
        await on.app.runner.quiet()
        people += batch
    return people


def _held(on: Stage) -> dict[str, int]:
    """How many of what grows with the chats are kept in memory."""
    app = on.app
    parts: dict[str, Any] = {"chats": app.intake._cache, "lanes": app.outbox._lanes, "keys": app.keys._keys}  # pyright: ignore[reportPrivateUsage]
    return {name: len(part) for name, part in parts.items()}


def _resident() -> float:
    """Megabytes of memory that this process has in use (Linux)."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
