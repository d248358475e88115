"""Interview days: the best plan of each day, the best over several days, and what stands in the way of one.

Pure; slots.md section 7. Times are minutes since the epoch (UTC). "Best" is the lowest (day of the end, days used, span,
load, first start); among equals the session that is listed first, and then the stable hash of section 6. The same
input, in whatever order, gives the same plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from calendar_sync.intervals import Interval, Minute, merged
from calendar_sync.loop_board import TICK, Board, Day, Loop, Session, Staff, Times, board, fault, staff, starts
from calendar_sync.loop_search import Placed, Search

__all__ = [
    "Day",
    "Held",
    "Loop",
    "Never",
    "NoPlan",
    "Plan",
    "Relief",
    "Seat",
    "Session",
    "Times",
    "best",
    "each_day",
    "soonest",
]

What = Literal["distinct", "order", "break_min", "break_max", "lunch", "candidate", "people", "days"]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits in a session, and why. `free`: how many of the pool had time then; `lighter`: who of them has a lower
    load and was not taken, because that person sits in another session or would have made the day longer or heavier."""

    person: str
    load: float
    fixed: bool
    free: int = 1
    lighter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One session of a plan: [start, end), with its people, the fixed ones first."""

    session: str
    date: str
    start: Minute
    end: Minute
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Sessions in the order of time. `span`: minutes from first start to last end, summed over the days used;
    `load`: of everybody, fixed people included."""

    sessions: tuple[Held, ...]
    span: int
    load: float

    @property
    def dates(self) -> tuple[str, ...]:
        """The days used, in order."""
        return tuple(dict.fromkeys(h.date for h in self.sessions))


@dataclass(frozen=True, slots=True)
class Never:
    """A session that fits at no time of any day, whatever the other sessions do.

    `candidate`: the candidate has no stretch that long. `fixed`: the fixed `people` are each never free then.
    `together`: they are, but never at the same time. `pool`: at most `free` of the `need` people have time at once.
    """

    session: str
    reason: Literal["candidate", "fixed", "together", "pool"]
    people: tuple[str, ...] = ()
    free: int = 0
    need: int = 0


@dataclass(frozen=True, slots=True)
class Relief:
    """One constraint, and the plan there would be without it alone.

    `about`: the pair for `order`, the session for `people` (anybody could hold it), else empty. `days`: one day more.
    """

    what: What
    about: tuple[str, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class NoPlan:
    """Why there is none. Both may be empty: then more than one constraint stands in the way."""

    never: tuple[Never, ...]
    reliefs: tuple[Relief, ...]


def each_day(loop: Loop, times: Times) -> list[Plan | None]:
    """For each of `times.days`: the best plan that lies wholly on that day. Raises ValueError for a faulty loop."""
    crowd, boards = _prepare(loop, times)
    return [_plan(loop, crowd, [b], Search(loop, crowd, [b]).run(1)) for b in boards]


def best(loop: Loop, times: Times, most_days: int = 1) -> Plan | NoPlan:
    """The best plan over at most `most_days` of the days, in their order; a session is never split.

    Raises ValueError with a sentence for the recruiter when the loop itself is faulty. Without a plan, each constraint is
    taken away once and the search repeated: up to a few seconds for large panels that share few people.
    """
    found = _first(loop, times, most_days)
    return found or NoPlan(tuple(_never(loop, times)), tuple(_reliefs(loop, times, most_days)))


def soonest(loop: Loop, times: Times, most_days: int = 1) -> Plan | None:
    """As `best`, without looking for the reasons where there is none. Raises ValueError for a faulty loop."""
    return _first(loop, times, most_days)


def _prepare(loop: Loop, times: Times) -> tuple[Staff, list[Board]]:
    if problem := fault(loop):
        raise ValueError(problem)
    if below := next((p for p, load in times.load.items() if load < 0), None):
        raise ValueError(f"The load of {below} is below zero: use 0 or more.")
    crowd, candidate = staff(loop, times), merged(times.candidate)
    return crowd, [board(loop, crowd, candidate, day) for day in times.days]


def _first(loop: Loop, times: Times, most_days: int) -> Plan | None:
    """The day of the end comes first, so the days are opened one by one: most plans end on one of the first."""
    crowd, boards = _prepare(loop, times)
    for n in range(1, len(boards) + 1):
        if placed := Search(loop, crowd, boards[:n]).run(most_days):
            return _plan(loop, crowd, boards, placed)
    return None


def _plan(loop: Loop, crowd: Staff, boards: list[Board], placed: list[Placed] | None) -> Plan | None:
    if placed is None:
        return None
    held = tuple(_held(loop, crowd, boards[p[0]], p) for p in placed)
    days = [[h for h in held if h.date == date] for date in dict.fromkeys(h.date for h in held)]
    return Plan(held, sum(d[-1].end - d[0].start for d in days), round(sum(s.load for h in held for s in h.seats), 3))


def _held(loop: Loop, crowd: Staff, here: Board, placed: Placed) -> Held:
    _, n, start, crew = placed
    session, there = loop.sessions[n], here.people[n][(start - here.first) // TICK]
    fixed = [Seat(p, crowd.load[crowd.bits[p]] / 1000, True) for p in session.fixed]

    def seat(person: int) -> Seat:
        load = crowd.load[person]
        lighter = tuple(crowd.names[p] for p in there if crowd.load[p] < load and p not in crew)
        return Seat(crowd.names[person], load / 1000, False, len(there), lighter)

    return Held(session.id, here.day.date, start, start + session.minutes, (*fixed, *map(seat, crew)))


def _never(loop: Loop, times: Times) -> Iterable[Never]:
    """The sessions that fit nowhere, each with the first reason that holds."""
    crowd, boards = _prepare(loop, times)
    for n, s in enumerate(loop.sessions):
        if not any(b.starts[n] for b in boards):
            yield _reason(s, crowd, crowd.pools[n], merged(times.candidate), times.days)


def _reason(s: Session, crowd: Staff, pool: tuple[int, ...], candidate: list[Interval], days: tuple[Day, ...]) -> Never:
    def ticks(free: list[Interval]) -> list[int]:
        return [starts(free, d.hours, s.minutes) for d in days]

    def shared(a: list[int], b: list[int]) -> list[int]:
        return [x & y for x, y in zip(a, b, strict=True)]

    asked = ticks(candidate)
    if not any(asked):
        return Never(s.id, "candidate")
    alone = {p: shared(asked, ticks(crowd.free[p])) for p in s.fixed}
    if nowhere := tuple(p for p in s.fixed if not any(alone[p])):
        return Never(s.id, "fixed", nowhere)
    for p in s.fixed:
        asked = shared(asked, alone[p])
    if not any(asked):
        return Never(s.id, "together", s.fixed)
    free = [shared(asked, ticks(crowd.free[crowd.names[p]])) for p in pool]
    most = max(
        sum(f[d] >> t & 1 for f in free)
        for d, mask in enumerate(asked)
        for t in range(mask.bit_length())
        if mask >> t & 1
    )
    some = tuple(sorted(crowd.names[p] for p, f in zip(pool, free, strict=True) if any(f)))
    return Never(s.id, "pool", some, most, s.seats)


def _reliefs(loop: Loop, times: Times, most_days: int) -> Iterable[Relief]:
    for what, about, eased, when, days in _eased(loop, times, most_days):
        if plan := _first(eased, when, days):
            yield Relief(what, about, plan)


def _eased(loop: Loop, times: Times, most: int) -> Iterable[tuple[What, tuple[str, ...], Loop, Times, int]]:
    """The same question with one constraint less; only constraints that are there."""
    if loop.distinct and len(loop.sessions) > 1:
        yield "distinct", (), replace(loop, distinct=False), times, most
    for pair in loop.order:
        yield "order", pair, replace(loop, order=tuple(p for p in loop.order if p != pair)), times, most
    if loop.break_min:
        yield "break_min", (), replace(loop, break_min=0), times, most
    longest = max((d.hours[1] - d.hours[0] for d in times.days), default=0)
    if loop.break_max < longest:
        yield "break_max", (), replace(loop, break_max=longest), times, most
    if loop.lunch:
        yield "lunch", (), replace(loop, lunch=0), times, most
    yield "candidate", (), loop, replace(times, candidate=[d.hours for d in times.days]), most
    for n, s in enumerate(loop.sessions):
        anybody = Session(s.id, s.minutes, anybody=True)
        yield (
            "people",
            (s.id,),
            replace(loop, sessions=(*loop.sessions[:n], anybody, *loop.sessions[n + 1 :])),
            times,
            most,
        )
    if most < min(len(times.days), len(loop.sessions)):
        yield "days", (), loop, times, most + 1
