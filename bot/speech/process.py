"""One listening process, seen from outside: started, spoken to, ended."""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import bot
from bot.speech.contract import EarProblem
from bot.speech.models import Model
from bot.speech.wire import frame

_LOADING = 300.0  # seconds; the largest model from a slow disk
_LINE = 8_000_000  # bytes: the words of ten minutes are some hundred kilobytes


class Dead(Exception):
    """The process has ended, or says what it must not."""


class ListeningProcess:
    """A child with one model. Raises `Dead` from everything once it is gone."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self.jobs = 0

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.returncode is None

    @classmethod
    async def begin(cls, model: Model, threads: int) -> "ListeningProcess":
        """Start one, and wait until its model is loaded. Raises `EarProblem` when that fails."""
        root = str(Path(bot.__file__).parent.parent)
        # Its environment is made here: nothing of ours (keys, tokens) is known to it, and the model's library can't ask
        # its hub for what a folder lacks.
        env = {"PATH": os.defpath, "PYTHONPATH": root, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.speech.child", str(model.folder.absolute()), str(threads), str(os.getpid()),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=env, cwd=root, limit=_LINE,
        )  # fmt: skip
        made = cls(child)
        try:
            async with asyncio.timeout(_LOADING):
                line = await made.line()
            if not line.get("ready"):
                raise Dead
        except (Dead, TimeoutError) as problem:
            await made.end()
            raise EarProblem("the model could not be loaded") from problem
        except asyncio.CancelledError:
            await made.end()
            raise
        return made

    async def send(self, data: bytes) -> None:
        """One frame; returns when there is room for the next."""
        pipe = self._child.stdin
        if pipe is None or pipe.is_closing():
            raise Dead
        try:
            pipe.write(frame(data))
            await pipe.drain()
        except (ConnectionError, RuntimeError):
            raise Dead from None

    async def line(self) -> dict[str, Any]:
        """What it says next."""
        try:
            said = await self._child.stdout.readline() if self._child.stdout else b""
            if not said.endswith(b"\n"):
                raise Dead
            return json.loads(said)
        except (ValueError, ConnectionError):
            raise Dead from None

    async def end(self) -> None:
        """Kill it, whatever it does. Twice is once."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
        if self._child.stdin is not None:
            self._child.stdin.close()
        await self._child.wait()
