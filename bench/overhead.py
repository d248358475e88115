"""From an event that the platform hands out to the reply that it gets: Parley beside the bare library of the platform.

The platform is a local server in this process (`wires.py`); the bot is another process: `parley serve`, in which every
candidate is in the middle of an interview, or an echo of a few lines (`bare.py`). Both are told the same number of words
at the same rate, each of which is answered with one message, and then have the same number of buttons pressed. Parley
stores, seals and decides before it replies, and marks what it has sent; the echo keeps nothing.
"""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import common
import turns

from bench.chaos_server import Server, free_port, until
from bench.platform_stage import placed
from bench.wires import WIRES, Ears, Seen, Slack, Telegram, Wire
from tests.fakes.telegram import REAL

RATES = {1: 8, 100: 300}  # events a second -> how many
TURNS = (10, 30)  # presses a second, how many: an answer is sent off, the choice is marked, the next question is put
WORD = "repeat"  # what is answered with one message: the open question, or an echo
PEOPLE = 200  # so many that no chat gets more than its own limit allows
PREPARED = 6  # turns on the web before: the invitation, and the first steps of the interview
BARE = {"telegram": "python-telegram-bot's Application", "slack": "slack_bolt's AsyncApp", "discord": "discord.Client"}
CHOICES = ("yes", "now", "none", "go", "some")
_PAUSE = 0.3  # seconds between what somebody says and their press of "that's my answer"
_LONGEST = 20.0


class Caller:
    """Somebody who answers one question after the other. took: (since handed out, since pressed) to the first reply."""

    def __init__(self, wire: Wire, number: int) -> None:
        self.wire, self.number = wire, number
        self.open: Seen | None = None
        self.ready = asyncio.Event()
        self.pressed = self.handed = 0.0
        self.first: tuple[float, float] | None = None
        self.replied: asyncio.Future[float] | None = None
        self.talking: asyncio.Task[None] | None = None
        self.pressing = False

    def heard(self, what: str, seen: Seen, at: float) -> None:
        question = what == "send" and bool(seen.token) and not (self.open and self.open.number == seen.number)
        if self.replied is not None and not self.replied.done() and self.handed:
            self.first = self.first or (at - self.handed, at - self.pressed)
            if question or not self.pressing:
                self.replied.set_result(at)
        if not question:
            return
        fresh, self.open = self.open is None or self.open.token != seen.token, seen
        if not fresh:
            return
        if "done" in seen.options:
            self.talking = asyncio.create_task(self._talk())
        elif seen.options:
            self.ready.set()
        else:
            self.talking = asyncio.create_task(self.wire.say(self.number, "London"))

    async def _talk(self) -> None:
        await self.wire.say(self.number, common.ANSWER)
        await asyncio.sleep(_PAUSE)
        self.ready.set()

    async def ask(self) -> tuple[float, float, float]:
        """Say a word that is answered with one message: (handed out to reply, said to reply, the same) in seconds."""
        self.ready.clear()
        self._begin()
        await self.wire.say(self.number, WORD)
        at = await self._replied()
        self.ready.set()
        assert self.first is not None
        return *self.first, at - self.handed

    async def turn(self) -> tuple[float, float, float]:
        """Press; (handed out to first reply, pressed to first reply, handed out to the next question) in seconds."""
        assert self.open is not None
        seen, options = self.open, self.open.options
        choice = "done" if "done" in options else next((c for c in CHOICES if c in options), options[0])
        self.ready.clear()
        self._begin(pressing=True)
        await self.wire.press(self.number, seen, choice)
        at = await self._replied()
        assert self.first is not None
        return *self.first, at - self.handed

    def _begin(self, pressing: bool = False) -> None:
        self.first, self.handed, self.pressing = None, 0.0, pressing
        self.replied = asyncio.get_running_loop().create_future()
        self.pressed = perf_counter()

    async def _replied(self) -> float:
        assert self.replied is not None
        async with asyncio.timeout(_LONGEST):
            at = await self.replied
        self.replied = None
        return at


class Crowd:
    """The people of one bot."""

    def __init__(self, wire: Wire, numbers: range) -> None:
        self.wire, self.callers = wire, {n: Caller(wire, n) for n in numbers}
        wire.ears = Ears(handed=self._handed, seen=self._seen)
        for number in numbers:
            wire.meet(number)

    def _handed(self, person: int, at: float) -> None:
        caller = self.callers[person]
        caller.handed = caller.handed or at

    def _seen(self, what: str, seen: Seen, at: float) -> None:
        self.callers[seen.person].heard(what, seen, at)

    async def arrive(self, words: list[str], rate: float) -> None:
        """Everybody says their first words; returns when everybody can press something."""
        for caller, said in zip(self.callers.values(), words, strict=True):
            await self.wire.say(caller.number, said)
            await asyncio.sleep(1 / rate)
        async with asyncio.timeout(_LONGEST):
            await asyncio.gather(*(c.ready.wait() for c in self.callers.values()))
        await asyncio.sleep(1)

    async def act(self, rate: float, count: int, press: bool) -> "Acted":
        """`count` presses or words, `rate` a second, everybody in turn."""
        took, tasks = list[tuple[float, float, float]](), list[asyncio.Task[None]]()

        async def one(caller: Caller) -> None:
            took.append(await (caller.turn() if press else caller.ask()))

        waiting, began = list(self.callers.values()), perf_counter()
        for n in range(count):
            await asyncio.sleep(max(0.0, began + n / rate - perf_counter()))
            while (caller := next((c for c in waiting if c.ready.is_set()), None)) is None:
                await asyncio.sleep(
                    0.005
                )  # everybody waits for an answer: the bot doesn't keep up, and the rate says so
            waiting.remove(caller)
            waiting.append(caller)
            tasks.append(asyncio.create_task(one(caller)))
        seconds = perf_counter() - began
        await asyncio.gather(*tasks)
        return Acted(took, count / seconds)


@dataclass(frozen=True, slots=True)
class Acted:
    """took: as `Caller.turn` gives them. rate: what really was done a second."""

    took: list[tuple[float, float, float]]
    rate: float

    def ms(self, column: int, p: float) -> float:
        return common.percentile([x[column] for x in self.took], p) * 1000


@asynccontextmanager
async def served(home: Path, *wires: Wire, paced: bool = False) -> AsyncIterator[None]:
    """`parley serve`, connected to these platforms."""
    settings = {k: v for wire in wires for k, v in wire.settings().items()}
    if not paced:  # else that would be all that is measured at 100 events a second; each chat's own limit stays
        settings |= {"PARLEY_TELEGRAM_RATE": "1000", "PARLEY_DISCORD_RATE": "1000"}
    server = Server(home, free_port(random.Random()), settings)
    await server.start()
    try:
        for wire in wires:
            await until(wire.connected, _LONGEST, f"{wire.name} was not connected")
        yield
        wrong = [x for x in server.log.read_text().splitlines() if '"error"' in x or x.startswith("Traceback")]
        if wrong:
            raise SystemExit(f"the server's log: {wrong[0][:300]}")
    finally:
        server.stop()
        await server.gone()


@asynccontextmanager
async def echo(wire: Wire) -> AsyncIterator[None]:
    """The bare library in a process of its own."""
    here = Path(__file__).with_name("bare.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(here), wire.name, env={**os.environ, **wire.settings()}
    )
    try:
        await until(wire.connected, _LONGEST, "the bare library did not connect")
        yield
    finally:
        process.terminate()
        await process.wait()


async def measure(name: str) -> None:
    """Both bots on one platform, at all rates; prints what came of it."""
    bare, ours = dict[int, Acted](), dict[int, Acted]()
    with common.folder() as home:
        secrets = await placed(home, 0, PEOPLE, PREPARED)
        before = common.Commits.now(home / "parley.db")
        wire = WIRES[name]()
        async with wire.running():
            async with echo(wire):
                crowd = Crowd(wire, range(PEOPLE, 2 * PEOPLE))
                await crowd.arrive(["Hello"] * PEOPLE, 100)
                wire.let_pass()
                for rate, count in RATES.items():
                    bare[rate] = await crowd.act(rate, count, press=False)
                bare_turns = await crowd.act(*TURNS, press=True)
            _gone(wire)
            async with served(home, wire):
                crowd = Crowd(wire, range(PEOPLE))
                await crowd.arrive([wire.hello(s) for s in secrets], 60)
                for rate, count in RATES.items():
                    ours[rate] = await crowd.act(rate, count, press=False)
                our_turns = await crowd.act(*TURNS, press=True)
        commits = before.and_after(home / "parley.db")
    for rate in RATES:
        _print(name, rate, ours[rate], bare[rate], commits.noisy)
    facts = {f"p{p}_to_first_ms": our_turns.ms(0, p) for p in (50, 99)}
    facts |= {f"p{p}_to_next_question_ms": our_turns.ms(2, p) for p in (50, 99)}
    common.context(f"overhead_{name}_press", **facts, bare_p50_ms=bare_turns.ms(0, 50), per_second=TURNS[0])
    facts = {"people": PEOPLE, "wirespec_checks": wire.checks(), "wirespec_violations": len(wire.violations)}
    common.context(
        f"overhead_{name}",
        **facts,
        overall_limit="1000/s",
        checked="arrivals only",
        violations=wire.violations[:3],
    )


def _gone(wire: Wire) -> None:
    if isinstance(wire, Telegram):
        wire.fake.waiting = False
    if isinstance(wire, Slack):
        wire.lives += 1


def _print(name: str, rate: int, ours: Acted, bare: Acted, noisy: bool) -> None:
    facts = {f"p{p}_from_the_person_ms": ours.ms(1, p) for p in (50, 99)}
    facts |= {f"bare_p{p}_from_the_person_ms": bare.ms(1, p) for p in (50, 99)}
    facts |= {"made_per_second": ours.rate, "bare_made_per_second": bare.rate}
    more = ours.ms(0, 50) - bare.ms(0, 50)
    common.context(f"overhead_{name}", events=len(ours.took), per_second=rate, overhead_p50_ms=more, **facts)
    for p in (50, 99):
        aim, met = ("less than 10 ms more", more < 10) if p == 50 else ("", None)
        unit, baseline = f"ms, p{p}, {rate} events/s", f"p{p} of an echo by {BARE[name]}, ms"
        common.Figure(f"overhead_{name}", ours.ms(0, p), unit, baseline, bare.ms(0, p), aim, met, noisy).print()


# -- starvation -----------------------------------------------------------------------------------------

INTERVIEWS, BESIDE, SECONDS = 500, 12, 25.0


async def starvation() -> None:
    """500 interviews at Telegram, as fast as it allows, and a few at Slack beside them."""
    with common.folder() as home:
        secrets = await placed(home, 0, INTERVIEWS + BESIDE, 3)
        before = common.Commits.now(home / "parley.db")
        telegram, slack = Telegram(REAL), Slack()
        async with telegram.running(), slack.running(), served(home, telegram, slack, paced=True):
            telegram.let_pass()
            slack.let_pass()
            beside, many = Crowd(slack, range(BESIDE)), Crowd(telegram, range(INTERVIEWS))
            await beside.arrive([slack.hello(s) for s in secrets[INTERVIEWS:]], 4)
            alone = await beside.act(4, 40, press=False)
            waits = Waits(many)
            talking = asyncio.create_task(waits.talk([telegram.hello(s) for s in secrets[:INTERVIEWS]]))
            await asyncio.sleep(2)
            began, sent = perf_counter(), waits.replies
            crowded = await beside.act(4, round(4 * SECONDS), press=False)
            rate = (waits.replies - sent) / (perf_counter() - began)
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            left = waits.longest()
        commits = before.and_after(home / "parley.db")

    refused = sum(code == 429 for _, code, _ in telegram.fake.refusals)
    facts = {"interviews": INTERVIEWS, "telegram_messages_per_second": rate, "telegram_429": refused}
    facts |= {"never_answered": waits.unheard, "longest_wait_s": left, "p50_wait_s": common.percentile(waits.took, 50)}
    facts |= {
        "wirespec_violations": len(telegram.violations) + len(slack.violations),
        "slack_events": len(crowded.took),
    }
    common.context("starvation", **facts)
    for p in (50, 99):
        aim, met = ("less than 10 ms more", crowded.ms(0, 50) - alone.ms(0, 50) < 10) if p == 50 else ("", None)
        unit = f"ms, p{p} of Slack's replies while Telegram is busy"
        common.Figure(
            "starvation", crowded.ms(0, p), unit, "the same alone, ms", alone.ms(0, p), aim, met, commits.noisy
        ).print()
    # 500 chats at 28 messages a second are due every 18 s, one message each; an answer is an edit and a question.
    share = INTERVIEWS / 28
    aim, met = "less than three fair shares, nobody unheard", left < 3 * share and not waits.unheard
    common.Figure(
        "starvation_longest_wait", left, "s until a reply", "an equal share of 28/s, s", share, aim, met
    ).print()


class Waits:
    """How long people wait for Parley's next word, from what they did last."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.since, self.took, self.replies = crowd, dict[int, float](), list[float](), 0
        crowd.wire.ears = Ears(seen=self._seen)

    def _seen(self, what: str, seen: Seen, at: float) -> None:
        self.replies += 1
        if seen.person in self.since:
            self.took.append(at - self.since.pop(seen.person))
        if what == "send" and seen.token:
            self.crowd.callers[seen.person].open = seen
            self.crowd.callers[seen.person].ready.set()

    @property
    def unheard(self) -> int:
        return sum(c.open is None for c in self.crowd.callers.values())

    def longest(self) -> float:
        """Also of those who still wait."""
        return max([*self.took, *(perf_counter() - t for t in self.since.values())])

    async def talk(self, words: list[str]) -> None:
        """Everybody comes at once, and answers each question as soon as it is there."""
        for caller, said in zip(self.crowd.callers.values(), words, strict=True):
            self.since[caller.number] = perf_counter()
            await self.crowd.wire.say(caller.number, said)
        await asyncio.gather(*(self._answer(c) for c in self.crowd.callers.values()))

    async def _answer(self, caller: Caller) -> None:
        while True:
            await caller.ready.wait()
            caller.ready.clear()
            seen = caller.open
            assert seen is not None
            await asyncio.sleep(0.5)
            if "done" in seen.options or not seen.options:
                await self.crowd.wire.say(caller.number, common.ANSWER)
            if seen.options:
                choice = "done" if "done" in seen.options else next((c for c in CHOICES if c in seen.options), "")
                self.since.setdefault(caller.number, perf_counter())
                await self.crowd.wire.press(caller.number, seen, choice or seen.options[0])


NAMES: dict[str, Callable[[], Any]] = {
    **{f"overhead_{name}": lambda name=name: measure(name) for name in WIRES},
    "starvation": starvation,
}


def main(names: set[str]) -> None:
    """Run the chosen ones, in order."""
    for name, work in NAMES.items():
        if name in names:
            turns.on_our_loop(work())
