"""Listening on this machine: a few processes that each hold the model, started when they are needed and replaced when
they die.

A process that is killed or hangs costs a recording the window it was at, on a fresh process; nothing else. Its words so far
are kept here, as is the sound that hasn't been dealt with.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bot.log import get
from bot.speech.contract import EarProblem, Listened, Report, Segment, Word
from bot.speech.models import Model
from bot.speech.process import Dead, ListeningProcess
from bot.speech.tape import Tape
from bot.speech.wire import BYTES_PER_MS, Window

log = get("ear")
WINDOW = 600_000  # ms: the features of an hour would take gigabytes


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited. silence: seconds in which a process neither says nor takes anything, after which it hangs;
    base, factor: the whole of a recording may take `base` seconds and `factor` times its length. deaths: processes that one
    recording may cost before it is the one to blame. jobs: recordings after which a process is replaced (what the libraries
    hold grows with time)."""

    silence: float = 180.0
    base: float = 300.0
    factor: float = 12.0
    deaths: int = 3
    jobs: int = 200


class LocalEar:
    """An `Ear` of `processes` processes with `threads` threads each (0: as many as there are processors). window: how much
    of a sound is dealt with at a time (ms); what a process needs grows with it, and pauses to cut in must be found."""

    def __init__(
        self, model: Model, processes: int = 1, threads: int = 0, patience: Patience | None = None, window: int = WINDOW
    ) -> None:
        self._model, self._patience, self._window = model, patience or Patience(), window
        self._all = [_Place(model, threads) for _ in range(processes)]
        self._free: asyncio.Queue[_Place] = asyncio.Queue()
        self._stopped = False
        for place in self._all:
            self._free.put_nowait(place)

    @property
    def pids(self) -> list[int]:
        """The processes that are there now."""
        return [p.process.pid for p in self._all if p.process is not None and p.process.alive]

    async def start(self) -> None:
        for place in self._all:
            place.warm()

    async def stop(self) -> None:
        self._stopped = True
        for place in self._all:
            await place.clear()

    async def listen(
        self, pcm: AsyncIterator[bytes], ms: int, language: str = "", report: Report | None = None
    ) -> Listened:
        tape, heard = Tape(pcm), _SoFar(self._model.name, ms, language, report)
        try:
            if await tape.piece(0) is None:  # a sound that can't even begin costs no process anything
                return heard.whole()
            place = await self._free.get()
            try:
                async with asyncio.timeout(self._patience.base + self._patience.factor * ms / 1000):
                    await self._through(place, tape, heard)
            except TimeoutError:
                raise EarProblem("it took too long") from None
            finally:
                self._free.put_nowait(place)
        finally:
            await tape.close()
        return heard.whole()

    async def _through(self, place: "_Place", tape: Tape, heard: "_SoFar") -> None:
        for death in range(1, self._patience.deaths + 1):
            process, whole = await place.ready(self._patience.jobs), False
            try:
                await self._on(process, tape, heard)
                whole = True
                return
            except Dead:
                log.warning("listening_process_died", deaths=death)
            finally:
                if not whole:  # also when nobody wants it any more: a process in the middle of something can't be asked
                    await place.clear()
                    if not self._stopped:
                        place.warm()
        raise EarProblem("it cost too many processes", again=False)

    async def _on(self, process: ListeningProcess, tape: Tape, heard: "_SoFar") -> None:
        """One try, from what hasn't been dealt with to the end."""
        process.jobs += 1
        feed = _Feed(process, tape)
        sending = asyncio.create_task(feed.all(heard.job(self._window)), name="sending sound")
        try:
            while True:
                line = await self._line(process, feed, sending)
                if line.get("done"):
                    return
                if (window := line.get("window")) is not None:
                    tape.done_with(window["bytes"])
                    heard.add(window)
                await heard.told(line.get("at", 0))
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _line(self, process: ListeningProcess, feed: "_Feed", sending: "asyncio.Task[None]") -> dict[str, Any]:
        """What it says next. Raises the sound's own problem, if it has one, and `Dead` when nothing moves."""
        reading = asyncio.create_task(process.line(), name="listening")
        try:
            while True:
                moved, waits = feed.moved, {reading} if sending.done() else {reading, sending}
                done, _ = await asyncio.wait(waits, timeout=self._patience.silence, return_when=asyncio.FIRST_COMPLETED)
                if reading.done():
                    return reading.result()
                if sending.done():
                    sending.result()
                if not done and feed.moved == moved and not feed.waits:
                    raise Dead
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


class _Feed:
    """Sends what is left of a tape into a process. moved: grows with each piece; waits: for the sound itself."""

    def __init__(self, process: ListeningProcess, tape: Tape) -> None:
        self._process, self._tape = process, tape
        self.moved = 0
        self.waits = False

    async def all(self, job: bytes) -> None:
        first = self._tape.first
        await self._process.send(job)
        while True:
            self.waits = True
            piece = await self._tape.piece(first + self.moved)
            self.waits = False
            await self._process.send(piece or b"")
            self.moved += 1
            if piece is None:
                return


class _Place:
    """Room for one process. It is there, on its way, or was just ended."""

    def __init__(self, model: Model, threads: int) -> None:
        self._model, self._threads = model, threads
        self.process: ListeningProcess | None = None
        self._coming: asyncio.Task[ListeningProcess] | None = None

    def warm(self) -> None:
        """Have one started, unless it is there or on its way."""
        if self._coming is None and (self.process is None or not self.process.alive):
            self._coming = asyncio.create_task(ListeningProcess.begin(self._model, self._threads), name="load model")

    async def ready(self, jobs: int) -> ListeningProcess:
        """A process that can take a job. Raises `EarProblem` when none can be started."""
        if self.process is not None and (self.process.jobs >= jobs or not self.process.alive):
            await self.clear()
        if self.process is None:
            self.warm()
        if self._coming is not None:
            coming = self._coming
            try:
                self.process = await asyncio.shield(coming)
            finally:
                if coming.done():
                    self._coming = None
        if self.process is None:
            raise EarProblem("no process could be started")
        return self.process

    async def clear(self) -> None:
        """End what is there or on its way."""
        coming, self._coming = self._coming, None
        if coming is not None:
            coming.cancel()
            (came,) = await asyncio.gather(coming, return_exceptions=True)
            if isinstance(came, ListeningProcess):
                await came.end()
        process, self.process = self.process, None
        if process is not None:
            await process.end()


class _SoFar:
    """What has been heard of one recording."""

    def __init__(self, engine: str, ms: int, language: str, report: Report | None) -> None:
        self._engine, self._ms, self._report, self._wanted = engine, ms, report, language
        self._at = 0  # ms that have been dealt with
        self._words: list[Word] = []
        self._segments: list[Segment] = []
        self._speech: list[tuple[int, int]] = []
        self._languages: dict[str, list[float]] = {}

    def job(self, window: int) -> bytes:
        """What a process is told before the sound."""
        sure = {k: max(v) for k, v in self._languages.items()}
        found = max(sure, key=lambda k: sure[k], default="")
        return json.dumps({"language": self._wanted or found, "window": window}).encode()

    def add(self, window: Window) -> None:
        at = self._at
        self._segments += [Segment(at + s, at + e, text, lp, ns, c) for s, e, text, lp, ns, c in window["segments"]]
        self._words += [Word(text, at + s, at + e, sure) for text, s, e, sure in window["words"]]
        for s, e in window["speech"]:
            if self._speech and at + s - self._speech[-1][1] <= 1:  # a cut in the middle of speech
                self._speech[-1] = (self._speech[-1][0], at + e)
            else:
                self._speech.append((at + s, at + e))
        if window["language"]:
            self._languages.setdefault(window["language"], []).append(window["language_sure"])
        self._at = at + window["bytes"] // BYTES_PER_MS

    async def told(self, ms: int) -> None:
        if self._report is not None and self._ms:
            await self._report(min(1.0, (self._at + ms) / self._ms))

    def whole(self) -> Listened:
        """The language is the one heard in most windows; how sure, the mean over those."""
        language = max(self._languages, key=lambda k: sum(self._languages[k]), default="")
        sures = self._languages.get(language, [0.0])
        return Listened(
            " ".join(s.text for s in self._segments), tuple(self._words), tuple(self._segments), tuple(self._speech),
            language, sum(sures) / len(sures), self._ms or self._at, self._engine,
        )  # fmt: skip
