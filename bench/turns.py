"""Turns of the real interview through the real web adapter: how many a second, and how long one takes.

A turn is one happening (a message, a tap) taken from receive to all of its messages `sent`: journal, outbox, inbox,
utterance, timers and conversation written and sealed, the question shown to the page, acknowledged by it, and
marked. The client is a process of its own and speaks HTTP; it works through conversations whose journals have 20 to
60 entries, its acknowledgements ride on its next event, and the clock stops when nothing is left to be sent.
"""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

import client
import common
import orjson
import uvicorn
from client import Chat
from recorder import Recorder

from adapters.web.parse import EventsIn
from bot.app import App
from bot.store.rows import Conversation, Outbox
from bot.store.store import Tx
from bot.web.demo import Cast
from bot.web.host import host

T = TypeVar("T")
PREPARED = 12  # turns before: the invitation and the beginning of the interview
MEASURED = 14  # turns of each conversation that are measured; its journal then has grown from 20 to about 60
FEWEST, MOST = 20, 60
SECONDS = 5  # of the open loop
FLOOR_CHATS = 64
CHATS = {1: 16, 8: 40, 64: 128}


class DirectLink:
    """A page without HTTP: the adapter's own stream, and the port's own `receive`."""

    def __init__(self, app: App, who: dict[str, str]) -> None:
        self.app, self.thread, self.session = app, who["thread"], who["session"]
        self.listening: asyncio.Task[None] | None = None

    async def open(self, heard: Callable[[str, Any], None], after: int) -> None:
        caller = await self.app.port.caller(self.session)
        assert caller is not None
        self.caller, opened = caller, asyncio.Event()
        self.listening = asyncio.create_task(self._listen(heard, after, opened))
        await opened.wait()

    async def _listen(self, heard: Callable[[str, Any], None], after: int, opened: asyncio.Event) -> None:
        kind = ""
        async for frames in self.app.web.listen(self.caller, self.thread, after):
            opened.set()
            for line in frames.split(b"\n"):
                if line.startswith(b"event: "):
                    kind = line[7:].decode()
                elif line.startswith(b"data: "):
                    heard(kind, orjson.loads(line[6:]))

    async def send(self, event: dict[str, Any], seen: list[str]) -> None:
        body = EventsIn.model_validate({"events": [event], "seen": seen})
        self.app.web.seen(self.thread, seen)
        await self.app.port.receive(self.caller, self.thread, "person", body.events[0])

    async def see(self, seen: list[str]) -> None:
        self.app.web.seen(self.thread, seen)

    async def close(self) -> None:
        if self.listening is not None:
            self.listening.cancel()
            await asyncio.gather(self.listening, return_exceptions=True)


def on_our_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run on the loop that `parley serve` runs on (uvloop where it is installed)."""
    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        return runner.run(work)


@dataclass(slots=True)
class Stage:
    """A served Parley, and candidates who are in the middle of their interviews."""

    app: App
    cast: Cast
    port: int
    path: Path

    async def candidates(self, many: int, prepared: int = PREPARED) -> list[dict[str, Any]]:
        """Invite candidates and play each up to where the measuring begins."""
        people = await self.app.store.commit(lambda tx: self._invite(tx, many))
        await self.app.runner.recover()
        for start in range(0, many, 32):
            await asyncio.gather(*(self._prepare(p, prepared) for p in people[start : start + 32]))
        await self.drained(people)
        return people

    def _invite(self, tx: Tx, many: int) -> list[dict[str, Any]]:
        return [common.invite(self.app, tx, self.cast, "Ada Lovelace") for _ in range(many)]

    async def _prepare(self, who: dict[str, Any], turns: int) -> None:
        chat = Chat(DirectLink(self.app, who), common.ANSWER)
        await chat.open()
        await chat.until(lambda: bool(chat.token))
        for _ in range(turns):
            await chat.turn()
        await chat.finish()
        who |= chat.place()

    async def drained(self, people: list[dict[str, Any]]) -> None:
        """Wait until every message to these candidates is `sent`."""
        threads = {p["thread"] for p in people}
        while True:
            open_ = [s for s in ("pending", "sending") if await self._any(s, threads)]
            if not open_:
                return
            await asyncio.sleep(0.002)

    async def _any(self, state: str, threads: set[str]) -> bool:
        rows = await self.app.store.read(lambda tx: tx.find(Outbox, {"state": state}))
        return any(r["thread_id"] in threads for r in rows)

    async def journals(self, people: list[dict[str, Any]]) -> list[int]:
        """How long the journals of these candidates' interviews are now, shortest first."""
        tenant, found = self.app.tenant_id, list[int]()
        for p in people:
            where = {"tenant_id": tenant, "thread_id": p["thread"], "flow": "interview"}
            rows = await self.app.store.read(lambda tx, w=where: tx.find(Conversation, w))
            found += [r["entries"] for r in rows]
        assert len(found) == len(people), "a candidate has no interview"
        return sorted(found)


@asynccontextmanager
async def stage(home: Path) -> AsyncIterator[Stage]:
    """Parley, served by uvicorn on a free port of this machine."""
    app, cast = common.parley(home)
    server = uvicorn.Server(
        uvicorn.Config(host(app), "127.0.0.1", 0, log_config=None, log_level="error", access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Stage(app, cast, port, app.settings.database_path)
    finally:
        app.web.hang_up()
        server.should_exit = True
        await serving


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one run. `entries`: (fewest, most) in a journal, over the whole run."""

    turns: int
    seconds: float
    took: list[float]
    entries: tuple[int, int]

    @property
    def rate(self) -> float:
        return self.turns / self.seconds


async def over_http(on: Stage, many: int, begin: Callable[[], None] = lambda: None, **orders: Any) -> Ran:
    """Let a client process talk; `orders`: in_flight, or rate for an open loop. `begin`: called just before."""
    people = await on.candidates(many)
    before = await on.journals(people)
    begin()
    process = await asyncio.create_subprocess_exec(
        sys.executable, client.__file__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    told = {"port": on.port, "people": people, "answer": common.ANSWER, "turns": MEASURED, **orders}
    said, _ = await process.communicate(orjson.dumps(told))
    if process.returncode:
        raise SystemExit("the client process failed; what it said stands above")
    answer = orjson.loads(said)
    await on.drained(people)
    # Both processes read the same monotonic clock.
    return await _ran(on, people, before, perf_counter() - answer["began"], answer["took"])


async def inside(on: Stage, many: int, in_flight: int) -> Ran:
    """The same without HTTP and in one process, to see what the turn itself costs."""
    people = await on.candidates(many)
    before, chats = await on.journals(people), list[Chat]()
    for p in people:
        chats.append(client.resumed(DirectLink(on.app, p), common.ANSWER, p))
        await chats[-1].open()
    began = perf_counter()
    _, took = await client.closed_loop(chats, in_flight, MEASURED)
    await on.drained(people)
    seconds = perf_counter() - began
    await asyncio.gather(*(c.finish() for c in chats))
    return await _ran(on, people, before, seconds, took)


async def _ran(on: Stage, people: list[dict[str, Any]], before: list[int], seconds: float, took: list[float]) -> Ran:
    entries = (before[0], (await on.journals(people))[-1])
    if entries[0] < FEWEST or entries[1] > MOST:
        raise SystemExit(f"The journals had {entries[0]} to {entries[1]} entries instead of {FEWEST} to {MOST}.")
    return Ran(len(took), seconds, took, entries)


async def main(names: set[str]) -> None:
    rate = 0.0
    with common.folder() as home:
        async with stage(home) as on:
            common.context("turns", file_system=common.file_system(home), **common.pragmas(on.path))
            if names & {"turns", "turns_p99"}:
                rate = await _turns(on)
            if "turns_p99" in names:
                await _p99(on, rate / 2)
            if "turns_inside" in names:
                await _inside(on)
    if "turns_floor" in names:
        await _floor()


async def _turns(on: Stage) -> float:
    """Closed loops with 1, 8 and 64 in flight; the rate of the last."""
    rate, baseline = 0.0, "one-row commits/s of bare sqlite3 on the same file, synchronous=FULL"
    for in_flight, many in CHATS.items():
        before, cpu = common.Commits.now(on.path), [0.0]
        ran = await over_http(on, many, lambda cpu=cpu: cpu.__setitem__(0, process_time()), in_flight=in_flight)
        spent = (process_time() - cpu[0]) / ran.turns * 1000
        commits, rate = before.and_after(on.path), ran.rate
        facts = {f"p{p}_ms": common.percentile(ran.took, p) * 1000 for p in (50, 99)} | {"cpu_ms_per_turn": spent}
        common.context(f"turns_{in_flight}", turns=ran.turns, seconds=ran.seconds, entries=ran.entries, **facts)
        name, aim, met = f"turns_{in_flight}", "", None
        if in_flight == 64:
            name, aim, met = "turns", "a ratio of 0.25", rate / commits.rate >= 0.25
        unit = f"turns/s, {in_flight} in flight"
        common.Figure(name, rate, unit, baseline, commits.rate, aim, met, commits.noisy).print()
    return rate


async def _p99(on: Stage, rate: float) -> None:
    """An open loop: turns are due at a fixed rate, however long the earlier ones take."""
    before = common.Commits.now(on.path)
    ran = await over_http(on, max(64, round(rate * SECONDS / MEASURED)), rate=rate)
    commits, ms = before.and_after(on.path), common.percentile(ran.took, 99) * 1000
    context = {"rate": rate, "turns": ran.turns, "p50_ms": common.percentile(ran.took, 50) * 1000}
    common.context("turns_p99", **context, entries=ran.entries)
    unit, baseline = "ms, open loop at half the rate", "p99 of a one-row commit of bare sqlite3, ms"
    common.Figure("turns_p99", ms, unit, baseline, commits.slowest, "under 50 ms", ms < 50, commits.noisy).print()


async def _inside(on: Stage) -> None:
    before = common.Commits.now(on.path)
    ran = await inside(on, CHATS[64], 64)
    commits, baseline = before.and_after(on.path), "one-row commits/s of bare sqlite3 on the same file"
    unit = "turns/s without HTTP, 64 in flight, client in the same process"
    common.Figure("turns_inside", ran.rate, unit, baseline, commits.rate, noisy=commits.noisy).print()


async def _floor() -> None:
    """The same statements, rows and groups as in a run of its own, said again by bare sqlite3 on the same disk."""
    with common.folder() as home:
        recorder, copies = Recorder(), [home / "floor-1.db", home / "floor-2.db"]
        with recorder.attached():
            async with stage(home) as on:

                def begin() -> None:
                    for copy in copies:
                        conn = sqlite3.connect(on.path)
                        conn.execute("VACUUM INTO ?", (str(copy),))
                        conn.close()
                    recorder.on = True

                before = common.Commits.now(on.path)
                ran = await over_http(on, FLOOR_CHATS, begin, in_flight=64)
                recorder.on = False
                commits = before.and_after(on.path)
        took = [recorder.replay(copy) for copy in copies]
        noisy = commits.noisy or max(took) > (1 + common.MOST_NOISE) * min(took)
        groups = sum(1 for _, sql, _, _ in recorder.said if sql == "COMMIT")
        facts = {"turns": ran.turns, "statements": len(recorder.said), "commits": groups, "replay_seconds": took}
        common.context("turns_floor", **facts)
        floor = ran.turns / (sum(took) / 2)
        aim, baseline = "a ratio of 0.10", "turns/s of the same statements, rows and groups by bare sqlite3"
        met = ran.rate / floor >= 0.1
        common.Figure("turns_floor", ran.rate, "turns/s, 64 in flight", baseline, floor, aim, met, noisy).print()
