"""kill -9 of the real process, again and again, while many interviews are going on: is anything lost, twice or late?

`python bench/chaos.py --seed 7 --conversations 200 --kills 30`. Starts `python -m bot serve`, invites candidates by the
recruiter's own commands, lets each talk over HTTP and server-sent events, and ends the process at seeded moments: when
a request has just been written, an echo or a message been read, an acknowledgement been sent. Prints a line for each kill
with the phases that it hit, then one JSON object. Exit status 1 when anything went wrong (`chaos_judge.py` says what).

The seed fixes who says what and which moments are aimed at; how the operating system interleaves them it cannot fix.
"""

import argparse
import asyncio
import json
import re
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

from bench.chaos_client import Person, World  # noqa: E402 - run by its path: the root comes first
from bench.chaos_judge import judge  # noqa: E402
from bench.chaos_server import START_SECONDS, Server, free_port, until  # noqa: E402
from bench.chaos_wire import fetch, redeem  # noqa: E402

KIT = "customer-support"
ROLE = "Support engineer"
PHASES = ("before_commit", "after_commit", "in_sending", "after_send")
TRIGGERS = ("written", "echoed", "read", "acknowledged", "any")
_SETTLE_SECONDS = 90.0


@dataclass(slots=True)
class Kill:
    """One kill. The phases are counts: events lost before their commit; events stored whose answer never came;
    messages found in `sending` that nobody had seen; messages seen that were not yet marked as sent."""

    n: int
    at: float
    aimed: str
    before_commit: int = 0
    after_commit: int = 0
    in_sending: int = 0
    after_send: int = 0
    said_while_down: int = 0
    down_seconds: float = 0.0

    def line(self) -> str:
        counts = "  ".join(f"{p.replace('_', ' ')} {getattr(self, p):3d}" for p in PHASES)
        return (
            f"kill {self.n:3d} at {self.at:6.1f} s  {self.aimed:12s}  {counts}  "
            f"down {self.down_seconds:4.1f} s, {self.said_while_down:3d} said meanwhile"
        )


@dataclass(slots=True)
class Report:
    """What a run found. `violations` are sentences; empty is good."""

    seed: int
    conversations: int
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


class Chaos:
    """One run in one folder."""

    def __init__(self, home: Path, seed: int, conversations: int, quiet: int, think: float) -> None:
        self.random, self.quiet = Random(seed), quiet
        self.report = Report(seed, conversations)
        self.world = World(free_port(self.random), self._moment, think=think)
        self.server, self.database = Server(home, self.world.port), home / "parley.db"
        self.people: list[Person] = []
        self.recruiter: Person | None = None
        self.began = monotonic()
        self.reminders: set[str] = set()  # chats whose reminder was brought forward
        self._aim: tuple[str, int, float] | None = None
        self._struck = asyncio.Event()

    async def go(self, kills: int, tell: Callable[[str], None]) -> Report:
        try:
            await self._invite(self.report.conversations)
            for person in self.people:
                person.start()
            for n in range(1, kills + 1):
                self.report.kills.append(await self._kill(n, kills))
                tell(self.report.kills[-1].line())
            await self._settle()
            await judge(self)
        finally:
            for person in [*self.people, *([self.recruiter] if self.recruiter else ())]:
                await person.stop()
            self.server.stop()
            await self.server.gone()
        self.report.seconds = round(monotonic() - self.began, 1)
        return self.report

    # -- setting the stage ----------------------------------------------------------------------------

    async def _invite(self, how_many: int) -> None:
        """The recruiter opens a requisition and invites everybody; everybody opens their link."""
        await self.server.start()
        link = re.search(r"/i/[\w-]+", self.server.log.read_text())
        assert link, "serve prints the first recruiter's sign-in link"
        session = await redeem(self.world.port, link[0])
        me = await fetch(self.world.port, session, "/api/v1/me")
        self.recruiter = recruiter = Person(self.world, "recruiter", session, me["thread"], bad_line=False)
        recruiter.start()
        recruiter.send(kind="said", text=f"/interview new {ROLE} kit {KIT} in London")
        await until(lambda: recruiter.texts, START_SECONDS, "the recruiter got no answer")
        self._shorten_the_pause()
        for n in range(how_many):
            recruiter.send(kind="said", text=f"/interview invite Candidate {n:03d}")
        await until(lambda: len(recruiter.texts) > how_many, _SETTLE_SECONDS, "not everybody was invited")
        links = [found[0] for t in recruiter.texts if (found := re.search(r"/i/[\w-]+", t))]
        for n, link in enumerate(links):
            session = await redeem(self.world.port, link)
            thread = (await fetch(self.world.port, session, "/api/v1/me"))["thread"]
            name = f"c{self.report.seed}-{n:03d}"
            self.people.append(Person(self.world, name, session, thread))

    def _shorten_the_pause(self) -> None:
        """A kit's pause is a minute. Nobody waits for that here: the requisition's own copy is changed before its first use."""
        with closing(sqlite3.connect(self.database)) as db, db:
            db.execute("UPDATE requisition SET kit = json_set(kit, '$.quiet_seconds', ?)", (self.quiet,))

    # -- killing --------------------------------------------------------------------------------------

    def _moment(self, what: str) -> bool:
        """A client did something. If this is what was aimed at, the process ends here, or very soon."""
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
            self.world.lost.clear()
            self.server.strike()
            self.world.down = True
            self._struck.set()

    async def _kill(self, n: int, of: int) -> Kill:
        chance = self.random
        await asyncio.sleep(chance.uniform(0.2, 1.2))
        aimed = TRIGGERS[n % len(TRIGGERS)]
        self._struck.clear()
        if aimed != "any":
            skipped = chance.randrange(1 + self.report.conversations // 10)
            later = chance.choice((0.0, chance.uniform(0, 0.01)))
            # What was just read is followed by more at once: only a line that is cut on the spot loses anything.
            self._aim = (aimed, skipped, 0.0 if aimed in ("echoed", "read") else later)
            try:
                await asyncio.wait_for(self._struck.wait(), 5)
            except TimeoutError:
                self._aim = None
        self._strike()
        kill = Kill(n, round(monotonic() - self.began, 1), aimed)
        said, since = sum(p.while_down for p in self.people), monotonic()
        await self.server.gone()
        await until(lambda: self.world.lines <= 0, 20, "a client did not notice that the line was cut")
        self._classify(kill)
        self._bring_reminders_forward(n, of)
        self.world.life += 1
        await self.server.start()
        self.world.down = False
        kill.down_seconds = round(monotonic() - since, 1)
        kill.said_while_down = sum(p.while_down for p in self.people) - said
        return kill

    def _classify(self, kill: Kill) -> None:
        """Compare what the dead process left in the database with what the clients know."""
        people = {p.thread: p for p in [*self.people, *([self.recruiter] if self.recruiter else ())]}
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db, db:
            for thread, event in self.world.lost:
                found = db.execute("SELECT 1 FROM inbox WHERE event_id = ?", (f"{thread}/{event}",)).fetchone()
                kill.after_commit += found is not None
                kill.before_commit += found is None
            rows = db.execute("SELECT thread_id, seq, state FROM outbox WHERE state IN ('pending', 'sending')")
            for thread, seq, state in rows.fetchall():
                seen = thread in people and seq in people[thread].positions
                kill.after_send += seen
                kill.in_sending += not seen and state == "sending"

    def _bring_reminders_forward(self, n: int, of: int) -> None:
        """An invitation is reminded of after days. Some rows are set to now while nobody looks: they fire at the start."""
        due = [p.thread for i, p in enumerate(self.people) if i % (of + 2) == n]
        at = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?"
        owner = "SELECT interview_id FROM conversation WHERE thread_id = ? AND interview_id <> ''"
        with closing(sqlite3.connect(self.database)) as db, db:
            for thread in due:
                moved = db.execute(
                    f"UPDATE timer SET due_at = {at} WHERE about = 'remind' AND owner_id IN ({owner})",
                    (self.random.randrange(3000), thread),
                )
                if moved.rowcount:
                    self.reminders.add(thread)

    # -- the end --------------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Nobody begins anything new; everything under way comes to its end."""
        self.world.acting = False
        checks = {
            "an event was not accepted": lambda: not any(p.queue for p in self.people),
            "a pause did not end an answer": lambda: not any(p.silent for p in self.people),
            "letters or messages were left over": self._nothing_left,
        }
        for what, done in checks.items():
            try:
                await until(done, _SETTLE_SECONDS, what)
            except TimeoutError as late:
                self.report.violations.append(f"{late}, {_SETTLE_SECONDS:.0f} s after the last kill")

    def _nothing_left(self) -> bool:
        chats = {p.thread for p in self.people}
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db, db:
            left = db.execute(
                "SELECT thread_id FROM outbox WHERE state IN ('pending', 'sending') "
                "UNION ALL SELECT thread_id FROM inbox WHERE state = 'pending'"
            )
            return not any(thread in chats for (thread,) in left.fetchall())


def run(
    seed: int,
    conversations: int,
    kills: int,
    *,
    quiet: int = 5,
    think: float = 2.0,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Play `conversations` interviews through `kills` kills. quiet: seconds; think: mean seconds before an answer."""
    with tempfile.TemporaryDirectory(prefix="parley-chaos-") as home:
        return asyncio.run(Chaos(Path(home), seed, conversations, quiet, think).go(kills, tell))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--conversations", type=int, default=200)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--think", type=float, default=2.0, help="mean seconds before a candidate answers")
    given = options.parse_args()
    report = run(given.seed, given.conversations, given.kills, think=given.think, tell=lambda x: print(x, flush=True))
    print(json.dumps(report.to_json()))
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
