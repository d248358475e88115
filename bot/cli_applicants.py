"""`parley demo --applicants N`: shows what a recruiter does from N applicants to a decision about each, and how long it takes."""

import asyncio
import signal
import subprocess
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bot import applicants
from bot.applicants import Run, Step
from bot.kits import KitLibrary
from bot.made_up import made_up
from bot.player import free_port, kit_name, server, until_up
from flows.kits.model import Kit
from flows.words import applicants_en as words

_END_SECONDS = 15


def play(count: int, kit: str, home: Path, port: int, console: Console) -> Run:
    """Play the whole way on a demo server in a process of its own, and leave it running until Ctrl+C.

    Raises `PlayProblem`, `KitProblem`.
    """
    chosen = KitLibrary().load(kit)
    port = port or free_port()
    process = server(kit_name(kit), home, port)
    base = f"http://127.0.0.1:{port}"
    try:
        console.print(words.EVERYBODY_MADE_UP)
        run = asyncio.run(_run(base, chosen, count, console))
        console.print(table(run))
        console.print(words.look(f"{base}/sandbox", str(home)), soft_wrap=True)
        process.wait()
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        stop(process)
    return run


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server; what it stored stays."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


async def _run(base: str, kit: Kit, count: int, console: Console) -> Run:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        await until_up(client)

    def tell(step: Step) -> None:
        console.print(f"{words.STEPS[step.key]}: {step.seconds:.2f} s", markup=False, highlight=False)

    return await applicants.play(base, kit, made_up(kit, count), tell)


def table(run: Run) -> Table:
    """Every step with what it took."""
    found = Table(*words.COLUMNS, box=None)
    for step in run.steps:
        found.add_row(words.STEPS[step.key], str(step.actions or ""), f"{step.seconds:.2f}", step.seen[:90])
    found.add_row(words.ALL, str(run.actions), f"{sum(s.seconds for s in run.steps):.1f}", words.requests(run.requests))
    return found
