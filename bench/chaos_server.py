"""The real process that the chaos run ends again and again."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from bench.chaos_wire import Refused, fetch

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
_STEP = 0.02


class Server:
    """`python -m bot serve` on a folder and a port. more: settings besides."""

    def __init__(self, home: Path, port: int, more: dict[str, str] | None = None) -> None:
        self.home, self.port, self.more = home, port, more or {}
        self.log = home / "chaos.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
        ours |= {"PARLEY_HOME": str(self.home), "PARLEY_PORT": str(self.port), "PARLEY_LOG_LEVEL": "warning"}
        ours |= self.more
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", cwd=ROOT, env=ours, stdout=log, stderr=log
            )
        await until(self._answers, START_SECONDS, "the server did not come up")

    def strike(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)

    async def gone(self) -> None:
        if self._process is not None:
            await self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)

    async def _answers(self) -> bool:
        if self._process is None or self._process.returncode is not None:
            raise RuntimeError(f"the server ended: {self.log.read_text()[-2000:]}")
        try:
            return (await fetch(self.port, "", "/healthz"))["status"] == "ok"
        except (OSError, asyncio.IncompleteReadError, Refused):
            return False


async def until(done: Callable[[], Any], seconds: float, otherwise: str) -> None:
    """Wait for a condition. Raises `TimeoutError` with what was waited for."""
    ends = monotonic() + seconds
    while True:
        found = done()
        if await found if asyncio.iscoroutine(found) else found:
            return
        if monotonic() > ends:
            raise TimeoutError(otherwise)
        await asyncio.sleep(_STEP)


def free_port(chance: Random) -> int:
    """Below the ports that outgoing connections get: a client that knocks at a dead server must not find itself."""
    for port in chance.sample(range(20_000, 32_000), 200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")
