"""The processes that open recordings (`opener`), as this one sees them: started ahead, used for one file, and never waited
for in vain."""

import asyncio
import base64
import json
import os
import socket
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from bot import log
from bot.media.contract import MediaProblem

_LOG = log.get("bot.media")
_HEADER = struct.Struct(">cI")  # as in `opener`, which isn't imported here: it loads the libraries
_LARGEST = 1 << 24
_ROOT = Path(__file__).resolve().parents[2]
_START = 30.0  # seconds for a process to come up
_STARTS = 3
_REST = 1.0  # seconds

Job = dict[str, Any]


class Opener:
    """One such process."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process, self._control = process, control
        assert process.stdout is not None
        self._out = process.stdout

    @classmethod
    async def start(cls) -> "Opener":
        """Start one; it loads its libraries while nobody waits for it."""
        ours, theirs = socket.socketpair()
        # Nothing of our environment goes there: it holds secrets.
        known = {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.media.opener"),
                stdin=theirs.fileno(),
                stdout=PIPE,
                stderr=DEVNULL,
                env=known,
            )
        except OSError as error:
            ours.close()
            raise MediaProblem("trouble") from error
        finally:
            theirs.close()
        return cls(process, ours)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def messages(self, job: Job, files: tuple[int, ...], patience: float) -> AsyncGenerator[tuple[bytes, bytes]]:
        """Give it its job; what it says: data (b"d"), and at last its result (b"r"). patience: seconds without a word
        from it after which it hangs. Raises `MediaProblem`: what it found, or corrupt when the file was too much for it."""
        try:
            await asyncio.wait_for(self._message(), _START)
            socket.send_fds(self._control, [json.dumps(job).encode()], files)
            kind, _ = await asyncio.wait_for(self._message(), _START)  # it has the job, and nothing else any more
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise _NotStarted from error
        while kind != b"r":
            try:
                kind, body = await asyncio.wait_for(self._message(), patience)
            except (TimeoutError, asyncio.IncompleteReadError) as error:
                _LOG.warning("media.opener_lost", kind="hung" if isinstance(error, TimeoutError) else "died")
                raise MediaProblem("corrupt") from error
            if kind == b"e":
                problem = json.loads(body)
                raise MediaProblem(problem["why"], *problem.get("figures", ()))
            if kind == b"x":
                _LOG.error("media.opener_fault", **{"kind": "fault", "where": json.loads(body)["at"]})
                raise MediaProblem("corrupt")
            if kind in (b"d", b"r"):
                yield kind, body

    async def close(self) -> None:
        """End it, whatever it is doing."""
        self._control.close()
        if self.alive:
            with suppress(ProcessLookupError):
                self._process.kill()
        # Its pipe is read to its end, or it would stay open until somebody collects it.
        while await self._out.read(1 << 20):
            pass
        await self._process.wait()

    async def _message(self) -> tuple[bytes, bytes]:
        kind, length = _HEADER.unpack(await self._out.readexactly(_HEADER.size))
        if length > _LARGEST:
            raise asyncio.IncompleteReadError(b"", None)
        return kind, await self._out.readexactly(length)


class _NotStarted(Exception):
    """A process didn't come up, through no fault of the file."""


class Openers:
    """So many at a time, with `spares` that are up already. patience: see `Opener.messages`."""

    def __init__(self, spares: int = 2, patience: float = 30.0) -> None:
        self._wanted, self.patience = spares, patience
        self._running = False
        self._spares = list[Opener]()
        self._filling: asyncio.Task[None] | None = None
        processors = os.cpu_count() or 1
        # What is handed on as it comes waits for whoever takes it; it must not keep the others waiting.
        self._whole, self._streamed = asyncio.Semaphore(max(2, processors)), asyncio.Semaphore(max(6, 3 * processors))

    async def start(self) -> None:
        """Keep spares from now on."""
        self._running = True
        self._filling = asyncio.create_task(self._fill(), name="media spares")

    async def stop(self) -> None:
        self._running = False
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        await asyncio.gather(*(spare.close() for spare in self._spares))
        self._spares.clear()

    async def result(self, job: Job, files: tuple[int, ...]) -> tuple[Job, bytes]:
        """Have a job done: its result, and the data that came with it."""
        data = list[bytes]()
        async with self._whole, aclosing(self._said(job, files)) as said:
            async for kind, body in said:
                if kind == b"r":
                    return json.loads(body), b"".join(data)
                data.append(body)
        raise MediaProblem("corrupt")

    async def data(self, job: Job, files: tuple[int, ...]) -> AsyncGenerator[bytes]:
        """The data of a job, as it comes."""
        async with self._streamed, aclosing(self._said(job, files)) as said:
            async for kind, body in said:
                if kind == b"d":
                    yield body

    async def _said(self, job: Job, files: tuple[int, ...]) -> AsyncGenerator[tuple[bytes, bytes]]:
        for _ in range(_STARTS):
            opener = await self._take()
            try:
                async with aclosing(opener.messages(job, files, self.patience)) as messages:
                    async for message in messages:
                        yield message
                return
            except _NotStarted:
                _LOG.error("media.opener_not_started")
            finally:
                await opener.close()
        raise MediaProblem("trouble")

    async def _take(self) -> Opener:
        while self._spares:
            spare = self._spares.pop(0)
            if spare.alive:
                self._refill()
                return spare
            await spare.close()
        self._refill()
        return await Opener.start()

    def _refill(self) -> None:
        if self._running and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._later(), name="media spares")

    async def _later(self) -> None:
        # A start takes as much of a processor as opening a voice note does, and that has come first.
        await asyncio.sleep(_REST)
        await self._fill()

    async def _fill(self) -> None:
        with suppress(MediaProblem):  # whoever needs one says so
            while self._running and len(self._spares) < self._wanted:
                self._spares.append(await Opener.start())


def key(data: bytes) -> str:
    """A key as a job names it."""
    return base64.b64encode(data).decode()


def read(text: str) -> bytes:
    """Bytes of a result."""
    return base64.b64decode(text)
