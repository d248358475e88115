"""People on a bad line: a client of the web wire that is cut off at any moment and goes on where it was.

It does what the page's own `wire.js` does: an outbound queue whose events keep their ids until they are accepted,
acknowledgements that ride on the next call, a stream that is opened again with `after=`, and ids shown before ignored.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.chaos_wire import Json, Line

BATCH = 20
PAUSE = 0.15
PATIENCE = 30.0
# What a willing candidate chooses where the interview offers buttons; the first that is offered wins.
CHOICES = ("yes", "now", "none", "go", "submit", "no_more", "no", "thanks", "pass", "start", "back")
_CUT = (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError)


@dataclass(slots=True)
class World:
    """What all clients of a run share. `moment` is told what a client has just done; True: the server was ended there,
    and what is under way on this client's line is cut with it."""

    port: int
    moment: Callable[[str], bool] = lambda _: False
    down: bool = False
    life: int = 0  # which process of the server this is
    acting: bool = True
    think: float = 1.0
    lines: int = 0  # connections on which something is under way
    lost: list[tuple[str, str]] = field(default_factory=lambda: [])  # (thread, event) written, never answered
    refused: list[str] = field(default_factory=lambda: [])


class Person:
    """One chat, open on one page. `play` is what they do when a question is put to them."""

    def __init__(self, world: World, name: str, session: str, thread: str, bad_line: bool = True) -> None:
        self.world, self.name, self.session, self.thread, self.bad_line = world, name, session, thread, bad_line
        self.random, self.path = Random(name), f"/api/v1/threads/{thread}"
        self.cursor: str | None = None
        self.queue: list[Json] = []
        self.events: dict[str, Json] = {}  # everything ever sent, by event id
        self.accepted: set[str] = set()
        self.while_down = 0
        self.shown: dict[str, int] = {}  # Parley's messages: id -> position, in the order of the first sighting
        self.positions: set[int] = set()  # of everything that arrived, updates too
        self.again = 0
        self.cards: dict[str, Json] = {}
        self.texts: list[str] = []
        self.silent = ""  # the question that a quiet pause is to answer
        self.silences = 0
        self._unseen: dict[str, None] = {}
        self._handled: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._work, self._posting = asyncio.Event(), asyncio.Lock()
        self._line: Line | None = None
        self._life = 0
        self._left: list[Line] = []

    def start(self) -> None:
        self._spawn(self._stream_for_ever())
        self._spawn(self._post_for_ever())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._left:
            line.close()
        self._hang_up()
        await asyncio.sleep(0)  # the loop lets go of the sockets in its next round

    def send(self, **event: Any) -> None:
        """Queue one event; it keeps its id until it is accepted."""
        full = {"id": f"{self.name}-{len(self.events) + 1:04d}", **event}
        self.events[full["id"]] = full
        self.queue.append(full)
        self.while_down += self.world.down
        self._work.set()

    @property
    def said(self) -> list[str]:
        return [e["text"] for e in self.events.values() if e["kind"] == "said"]

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- sending --------------------------------------------------------------------------------------

    async def _post_for_ever(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            if not await self.drain():
                await asyncio.sleep(PAUSE)
                self._work.set()

    async def drain(self) -> bool:
        """Send what waits, one batch after the other. False: the line was cut, the queue keeps the rest."""
        async with self._posting:
            while self.queue or self._unseen:
                events, seen = self.queue[:BATCH], list(self._unseen)
                try:
                    await self._deliver(events, seen)
                except _CUT:
                    self._hang_up()
                    return False
        return True

    async def _deliver(self, events: list[Json], seen: list[str]) -> None:
        if self._line is None or self._life != self.world.life:
            self._hang_up()
            self._line, self._life = await Line.open(self.world.port, self.session), self.world.life
        path, body = ("/events", {"events": events, "seen": seen}) if events else ("/seen", {"ids": seen})
        # What is written to a server that is gone already was never in its hands.
        alive = lost = not self.world.down
        self.world.lines += alive
        try:
            await self._line.write("POST", self.path + path, body)
            for moment in ["written"] * bool(events) + ["acknowledged"] * bool(seen):
                self.world.moment(moment)
            async with asyncio.timeout(PATIENCE):
                status, _, answer = await self._line.answer()
            lost = False
        finally:
            self.world.lines -= alive
            if lost:
                self.world.lost += [(self.thread, e["id"]) for e in events]
        if status == 200:
            self.accepted |= set(json.loads(answer)["accepted"])
        elif status >= 500:
            raise OSError(status)
        elif status != 204:
            self.world.refused.append(f"{self.name}: {status} {answer.decode()[:200]} for {events}")
        self.queue = self.queue[len(events) :]
        for message in seen:
            self._unseen.pop(message, None)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    # -- reading --------------------------------------------------------------------------------------

    async def _stream_for_ever(self) -> None:
        while True:
            # Words from before go first, so that the history already contains them.
            if await self.drain():
                with contextlib.suppress(*_CUT):
                    await self._stream()
            await asyncio.sleep(PAUSE * (0.75 + self.random.random() / 2))

    async def _stream(self) -> None:
        line = await Line.open(self.world.port, self.session)
        self.world.lines += 1
        keep = False
        try:
            if self.cursor is None:
                await self._history(line)
            await line.write("GET", f"{self.path}/stream?after={self.cursor}")
            if (await line.head())[0] != 200:
                raise OSError("no stream")
            async for kind, position, data in line.frames():
                self._arrived(kind, data)
                if position:
                    self.cursor = position
                if kind == "message" and self.bad_line and (luck := self.random.random()) < 0.03:
                    # Cut off; or the connection is left hanging half open; or the page is loaded anew.
                    keep = luck < 0.01
                    self.cursor = None if luck > 0.02 else self.cursor
                    return
        finally:
            self.world.lines -= 1
            self._left.append(line) if keep else line.close()

    async def _history(self, line: Line) -> None:
        await line.write("GET", self.path)
        async with asyncio.timeout(PATIENCE):
            status, _, body = await line.answer()
        if status != 200:
            raise OSError(status)
        state = json.loads(body)
        for message in state["messages"]:
            self._show(message, counts=False)
        self.cursor = state["cursor"]
        self._asked(state["asked"])

    def _arrived(self, kind: str, data: Any) -> None:
        if kind in ("message", "update"):
            if data["from"] == "me":
                if data.get("event") not in self.accepted and self.world.moment("echoed"):
                    self._hang_up()
                return
            if self.world.moment("read"):
                raise ConnectionResetError
            self._show(data, counts=kind == "message")
            self._unseen[data["id"]] = None
            self._work.set()
        elif kind == "asked":
            self._asked(data)

    def _show(self, message: Json, counts: bool) -> None:
        if message["from"] != "parley":
            return
        self.positions.add(message["seq"])
        self.cards[message.get("token") or message["id"]] = message["card"]
        if message["id"] not in self.shown:
            self.shown[message["id"]] = message["seq"]
            self.texts.append(json.dumps(message["card"]))
        else:
            self.again += counts

    # -- answering ------------------------------------------------------------------------------------

    def _asked(self, asked: Json | None) -> None:
        token = asked["token"] if asked else ""
        if self.silent and token != self.silent:
            self.silent = ""
        if asked and self.world.acting and token not in self._handled:
            self._handled.add(token)
            self._spawn(self._play(asked))

    async def _play(self, asked: Json) -> None:
        """What a willing candidate does: answers in one or two messages, and sometimes just falls silent after."""
        await asyncio.sleep(self.world.think * self.random.uniform(0.1, 1.9))
        token = asked["token"]
        options = [o["id"] for o in self.cards.get(token, {}).get("options", ())]
        if not asked["done"]:
            if options:
                self.send(kind="tapped", token=token, option=next((c for c in CHOICES if c in options), options[0]))
            else:
                self.send(kind="said", text="London", asked=token)
            return
        for _ in range(self.random.choice((1, 1, 2))):
            n = len(self.events) + 1
            self.send(kind="said", asked=token, text=f"{self.name} {n}: I looked the order up and called back by noon.")
            await asyncio.sleep(self.world.think * self.random.uniform(0, 0.4))
        if self.random.random() < 0.25:
            self.silent, self.silences = token, self.silences + 1
        else:
            self.send(kind="tapped", token=token, option="done")
