"""kill -9 while people talk over Telegram, Slack or Discord: is anything lost, twice or out of order?

`python bench/chaos_platforms.py telegram slack discord --seed 7 --people 40 --kills 12`. Runs `python -m bot serve`
against a platform of this process (`wires.py`), lets invited people talk, and ends the bot at seeded moments: an event was
just handed out; a message has come and is not taken; it was taken and the bot does not know; any time. The platform sends
some events twice and some in another order. `chaos_platforms_judge.py` says what must be true at the end.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.chaos_platforms_judge import is_courtesy, judge  # noqa: E402 - run by its path: the root comes first
from bench.chaos_server import Server, free_port, until  # noqa: E402
from bench.platform_stage import placed, reachable  # noqa: E402
from bench.wires import COMING, WIRES, Ears, Seen, Slack, Trouble, Wire  # noqa: E402

# What a willing candidate chooses where the interview offers buttons; the first that is offered wins.
CHOICES = ("yes", "now", "none", "go", "submit", "no_more", "no", "thanks", "pass", "start", "back")
AIMS = ("taken", "sending", "handed", "taken", "any")
PHASES = ("before_commit", "after_commit", "in_sending", "after_send")
_AGAIN_SECONDS = 4.0  # after so long without an effect a person presses once more
_SETTLE_SECONDS = 60.0


class Person:
    """Somebody in a private chat with Parley."""

    def __init__(self, number: int, secret: str, run: "Run") -> None:
        self.number, self.secret, self.run, self.random = number, secret, run, Random(f"{run.report.seed}/{number}")
        self.said: list[str] = []
        self.open: Seen | None = None
        self.presses = self.presses_again = self.silences = 0
        self.silent = ""
        self._played: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        await self.run.wire.say(self.number, self.run.wire.hello(self.secret))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def heard(self, seen: Seen) -> None:
        """A question was put. What was asked before is of no interest any more, nor is the same question again."""
        if not seen.token:
            return
        self.open = seen
        if seen.token != self.silent:
            self.silent = ""
        if seen.token not in self._played and self.run.acting:
            self._played.add(seen.token)
            task = asyncio.create_task(self._play(seen))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _play(self, seen: Seen) -> None:
        """Answer in one or two messages, or press a button; sometimes just fall silent after an answer."""
        await asyncio.sleep(self.run.think * self.random.uniform(0.1, 1.9))
        if "done" not in seen.options and seen.options:
            await self._press(seen, next((c for c in CHOICES if c in seen.options), seen.options[0]))
            return
        for _ in range(self.random.choice((1, 1, 2)) if seen.options else 1):
            n = len(self.said) + 1
            words = f"c{self.number} {n}: I looked the order up and called back by noon." if seen.options else "London"
            self.said.append(words)
            await self.run.wire.say(self.number, words)
            await asyncio.sleep(self.run.think * self.random.uniform(0.05, 0.4))
        if "done" not in seen.options:
            return
        if self.random.random() < 0.2:
            self.silent, self.silences = seen.token, self.silences + 1
        else:
            await self._press(seen, "done")

    async def _press(self, seen: Seen, option: str) -> None:
        """Press, and where the platform forgets presses, press again when nothing has come of it."""
        self.presses += 1
        while True:
            now = self.open if self.open is not None and self.open.token == seen.token else seen
            await self.run.wire.press(self.number, now, option)
            if self.run.wire.patient:
                return
            await asyncio.sleep(_AGAIN_SECONDS)
            while self.run.down:
                await asyncio.sleep(0.2)
            if self.open is None or self.open.token != seen.token:
                return
            self.presses_again += 1


@dataclass(slots=True)
class Kill:
    """One kill. The phases are counts: events that were not stored yet; events stored and not handled; messages that were
    being sent and did not arrive; messages that arrived and were not yet marked as sent."""

    n: int
    at: float
    aimed: str
    before_commit: int = 0
    after_commit: int = 0
    in_sending: int = 0
    after_send: int = 0
    down_seconds: float = 0.0

    def line(self) -> str:
        counts = "  ".join(f"{p.replace('_', ' ')} {getattr(self, p):3d}" for p in PHASES)
        return f"kill {self.n:3d} at {self.at:5.1f} s  {self.aimed:8s}  {counts}  down {self.down_seconds:3.1f} s"


@dataclass(slots=True)
class Report:
    """What a run found. `violations` are sentences; empty is good."""

    platform: str
    seed: int
    people: int
    kills: list[Kill] = field(default_factory=lambda: [])
    figures: dict[str, int] = field(default_factory=lambda: {})
    violations: list[str] = field(default_factory=lambda: [])
    seconds: float = 0.0

    @property
    def phases(self) -> dict[str, int]:
        """In how many kills each phase was hit."""
        return {p: sum(getattr(k, p) > 0 for k in self.kills) for p in PHASES}

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "kills": len(self.kills), "phases": self.phases, "good": not self.violations}


class Run:
    """One platform, one folder, many people."""

    def __init__(self, platform: str, home: Path, seed: int, people: int, quiet: int, think: float) -> None:
        self.wire: Wire = WIRES[platform]()
        self.home, self.quiet, self.think, self.random = home, quiet, think, Random(seed)
        self.report = Report(platform, seed, people)
        self.wire.ears = Ears(moment=self._moment, seen=self._seen)
        self.wire.trouble = Trouble(Random(seed + 1), again=0.1, shuffled=0.1)
        self.database = home / "parley.db"
        self.people: list[Person] = []
        self.sent: dict[tuple[int, str], Seen] = {}  # (person, number) -> the message as it first was
        self._nameless: set[tuple[int, str]] = set()
        self.acting, self.down, self.began = True, True, monotonic()
        self._aim: tuple[str, int, float] | None = None
        self._struck = asyncio.Event()

    async def go(self, kills: int, tell: Callable[[str], None]) -> Report:
        # Half of them come with their invitation, half in the middle of an interview that they began on the web.
        fresh = self.report.people // 2
        secrets = await placed(self.home, fresh, self.report.people - fresh, 8, self.quiet)
        async with self.wire.running():
            for number, secret in enumerate(secrets):
                self.wire.meet(number)
                self.people.append(Person(number, secret, self))
            self.server = Server(self.home, free_port(self.random), self.wire.settings())
            try:
                await self._up()
                for person in self.people:
                    await person.begin()
                for n in range(1, kills + 1):
                    self.report.kills.append(await self._kill(n))
                    tell(self.report.kills[-1].line())
                await asyncio.sleep(1)
                await self._settle()
            finally:
                for person in self.people:
                    await person.stop()
                self.server.stop()
                await self.server.gone()
            judge(self)
        self.report.seconds = round(monotonic() - self.began, 1)
        return self.report

    async def _up(self) -> None:
        await self.server.start()
        await until(self.wire.connected, 20, "the bot did not come back to the platform")
        self.down = False
        if isinstance(self.wire, Slack):
            self.wire.away = False

    def _seen(self, what: str, seen: Seen, at: float) -> None:
        if what == "send":
            self.sent.setdefault((seen.person, seen.number), seen)
            self.people[seen.person].heard(seen)

    # -- killing --------------------------------------------------------------------------------------

    def _moment(self, what: str) -> bool:
        if self._struck.is_set():
            return what in COMING.values()  # it is dead already: what it still had on the wire never arrives
        if self._aim is None or self._aim[0] != what:
            return False
        what, left, delay = self._aim
        self._aim = (what, left - 1, delay) if left else None
        if left:
            return False
        if delay:
            asyncio.get_running_loop().call_later(delay, self._strike)
            return False
        self._strike()
        return True

    def _strike(self) -> None:
        if not self._struck.is_set():
            self._struck.set()
            self.down = True
            self.server.strike()
            if isinstance(self.wire, Slack):
                self.wire.away, self.wire.lives = True, self.wire.lives + 1

    async def _kill(self, n: int) -> Kill:
        self._struck.clear()
        await asyncio.sleep(self.random.uniform(1, 2))
        aimed = AIMS[(n - 1) % len(AIMS)]
        if aimed != "any":
            # What was just handed out takes a moment to be read, stored and answered: any of these is hit.
            delay = self.random.uniform(0, 0.02) if aimed == "handed" else 0.0
            self._aim = (aimed, self.random.randrange(1 + self.report.people // 8), delay)
            try:
                await asyncio.wait_for(self._struck.wait(), 4)
            except TimeoutError:
                self._aim = None
        self._strike()
        kill, since = Kill(n, round(monotonic() - self.began, 1), aimed), monotonic()
        await self.server.gone()
        self._classify(kill)
        self._struck.clear()
        await self._up()
        kill.down_seconds = round(monotonic() - since, 1)
        return kill

    def _classify(self, kill: Kill) -> None:
        """Compare what the dead process left in the database with what people have done and seen."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db, db:
            stored = {e for (e,) in db.execute("SELECT event_id FROM inbox")}
            kill.before_commit = sum(not any(s.endswith(f"/{e}") for s in stored) for e in self.wire.made[-40:])
            kill.after_commit = db.execute("SELECT count(*) FROM inbox WHERE state = 'pending'").fetchone()[0]
            sending = db.execute("SELECT count(*) FROM outbox WHERE state = 'sending' AND act = 'send'").fetchone()[0]
            names = {n for (n,) in db.execute("SELECT platform_id FROM outbox WHERE platform_id <> ''")}
        # What arrived and has no name in the database; direct replies never have one.
        numbers = {number for name in names for number in name.rpartition(":")[2].split("+")}
        nameless = {k for k, m in self.sent.items() if k[1] not in numbers and not is_courtesy(m)} - self._nameless
        self._nameless |= nameless
        kill.after_send = min(len(nameless), sending)
        kill.in_sending = sending - kill.after_send

    # -- the end --------------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Nobody begins anything new; everything under way comes to its end."""
        self.acting = False
        checks = {
            "a press came to nothing": lambda: not any(p._tasks for p in self.people),
            "a pause did not end an answer": lambda: not any(p.silent for p in self.people),
            "letters or messages were left over": self._nothing_left,
        }
        for what, done in checks.items():
            try:
                await until(done, _SETTLE_SECONDS, what)
            except TimeoutError as late:
                self.report.violations.append(f"{late}, {_SETTLE_SECONDS:.0f} s after the last kill")

    def _nothing_left(self) -> bool:
        if not reachable(self.database, self.wire, self.people):
            return False
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db, db:
            stored = {e for (e,) in db.execute("SELECT event_id FROM inbox")}
            whose = "thread_id IN (SELECT id FROM thread WHERE platform = ?)"
            left = db.execute(
                f"SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending') AND {whose} "
                f"UNION ALL SELECT count(*) FROM inbox WHERE state = 'pending' AND {whose}",
                (self.wire.name, self.wire.name),
            )
            words = [e for e in self.wire.made if e.startswith("m/")]
            return not any(n for (n,) in left) and all(any(s.endswith(f"/{e}") for s in stored) for e in words)


def run(
    platform: str,
    seed: int,
    people: int,
    kills: int,
    *,
    quiet: int = 5,
    think: float = 1.0,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Let `people` talk on a platform through `kills` kills. quiet: seconds; think: mean seconds before an answer."""
    with tempfile.TemporaryDirectory(prefix="parley-chaos-") as home:
        return asyncio.run(Run(platform, Path(home), seed, people, quiet, think).go(kills, tell))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("platforms", nargs="*", default=list(WIRES))
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--people", type=int, default=40)
    options.add_argument("--kills", type=int, default=12)
    options.add_argument("--think", type=float, default=1.0, help="mean seconds before a candidate answers")
    given, good = options.parse_args(), True
    for platform in given.platforms:
        report = run(
            platform, given.seed, given.people, given.kills, think=given.think, tell=lambda x: print(x, flush=True)
        )
        print(json.dumps(report.to_json()), flush=True)
        good = good and not report.violations
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
