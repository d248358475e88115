"""Interview days (slots.md section 7): what is asked for, and the board of a day: which session fits when, with whom.

Sessions start on ticks of 15 minutes. Every UTC offset in use is a multiple of 15 minutes, so the ticks of UTC are the
ticks of every local clock too, in both passes of a fold (rule 5), and no zone is needed here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from calendar_sync.intervals import Interval, Minute, clip, merged

TICK = 15
MOST = 10  # sessions: the sets of done ones double with each
LOAD_AT = 24  # where the load begins in a cost, see loop_search


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation of the day: everybody of `fixed`, and `need` people of `pool`. `minutes`: its length.

    `anybody`: it needs no particular person (to ask what would be if it did not).
    """

    id: str
    minutes: int
    pool: tuple[str, ...] = ()
    need: int = 1
    fixed: tuple[str, ...] = ()
    anybody: bool = False

    @property
    def seats(self) -> int:
        """How many people of the pool it takes: none if there is no pool."""
        return self.need if self.pool else 0


@dataclass(frozen=True, slots=True)
class Loop:
    """What is to be arranged. All lengths are minutes; the order in which the sessions are given settles ties.

    `order`: (earlier, later) pairs of session ids, on whatever days. `break_min`, `break_max`: between two sessions of
    one day. `lunch`: minutes in one piece without a session inside the lunch window of the day, once a day; the break
    which holds it may be longer than `break_max` by this much. `distinct`: nobody picked from a pool sits in two sessions
    (people who are fixed to several sessions sit in these).
    """

    sessions: tuple[Session, ...]
    order: tuple[tuple[str, str], ...] = ()
    break_min: int = 0
    break_max: int = 60
    lunch: int = 0
    distinct: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """A local date as real minutes: `hours` in which sessions may lie, and the window for lunch. `date`: its name."""

    date: str
    hours: Interval
    lunch: Interval | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Who has time. A person who is not in `people` has none (fail closed, rule 11).

    `days`: in order, apart from each other, each date once. `load`: (bookings + credit) / weight of section 6, 0 or more; unset = 0.
    """

    days: tuple[Day, ...]
    candidate: Sequence[Interval]
    people: Mapping[str, Sequence[Interval]]
    load: Mapping[str, float] = field(default_factory=dict[str, float])


def fault(loop: Loop) -> str:
    """The first thing that is wrong with the loop itself, as a sentence that says what to change; "" if nothing is."""
    ids = [s.id for s in loop.sessions]
    if not ids:
        return "This interview day has no session yet: add at least one."
    if len(ids) > MOST:
        return (
            f"An interview day of {len(ids)} sessions can't be searched: use at most {MOST}, or make two loops of it."
        )
    if twice := next((i for i in ids if ids.count(i) > 1), None):
        return f"Two sessions are called {twice}: give one of them another name."
    for s in loop.sessions:
        if s.minutes <= 0:
            return f"The session {s.id} is {s.minutes} minutes long: give it a length of at least 5 minutes."
        if s.need < 0 or (s.seats == 0 and not s.fixed and not s.anybody):
            return f"Nobody is asked to be in the session {s.id}: name a person, or how many of a pool it needs."
    if not 0 <= loop.break_min <= loop.break_max:
        return f"Breaks of {loop.break_min} to {loop.break_max} minutes are not possible: put the shorter one first."
    if loop.lunch < 0:
        return f"Lunch can't take {loop.lunch} minutes: write 0 for a day without lunch."
    if unknown := next((i for pair in loop.order for i in pair if i not in ids), None):
        return f"The order names a session {unknown}, and there is none: take it out, or correct the name."
    return _circle(ids, loop)


def _circle(ids: list[str], loop: Loop) -> str:
    left = list(ids)
    while left:
        first = [i for i in left if not any(b == i and a in left for a, b in loop.order)]
        if not first:
            return f"The order goes round in a circle ({', '.join(left)}): take one of its rules out."
        left = [i for i in left if i not in first]
    return ""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of a loop as bits. `bits`: a power of two for each, by sorted id, so no order of input matters."""

    names: dict[int, str]
    bits: dict[str, int]
    load: dict[int, int]  # in thousandths: sums of whole numbers do not depend on their order
    free: dict[str, list[Interval]]
    pools: tuple[tuple[int, ...], ...]  # of each session, the least loaded first, then a stable hash (section 6)


def staff(loop: Loop, times: Times) -> Staff:
    """Everybody who could sit in the loop. With `distinct`, who is fixed anywhere is picked from no pool."""
    everybody = sorted({p for s in loop.sessions for p in (*s.pool, *s.fixed)})
    bits = {p: 1 << n for n, p in enumerate(everybody)}
    load = {bits[p]: round(times.load.get(p, 0) * 1000) for p in everybody}
    fixed = {p for s in loop.sessions for p in s.fixed}

    def pool(s: Session) -> tuple[int, ...]:
        left = set(s.pool) - (fixed if loop.distinct else set(s.fixed))
        return tuple(bits[p] for p in sorted(left, key=lambda p: (load[bits[p]], _hash(s.id, p))))

    free = {p: merged(times.people.get(p, ())) for p in everybody}
    return Staff({b: p for p, b in bits.items()}, bits, load, free, tuple(pool(s) for s in loop.sessions))


def _hash(session: str, person: str) -> bytes:
    return sha256(f"{session}\0{person}".encode()).digest()


def starts(free: list[Interval], hours: Interval, minutes: int) -> int:
    """The ticks at which `minutes` fit into one piece of `free` inside `hours`; bit 0 is the first tick in `hours`."""
    first, bits = ceil_tick(hours[0]), 0
    for lo, hi in clip(free, *hours):
        a, b = (ceil_tick(lo) - first) // TICK, (hi - minutes - first) // TICK
        if b >= a:
            bits |= ((1 << (b - a + 1)) - 1) << a
    return bits


def ceil_tick(at: Minute) -> Minute:
    """The first tick at or after `at`."""
    return -(-at // TICK) * TICK


def bits_of(mask: int) -> list[int]:
    """The numbers of the bits that are set, rising."""
    found: list[int] = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


@dataclass(frozen=True, slots=True)
class Board:
    """One day. `starts`: for each session the ticks at which enough people and the candidate are free.

    `people[session][tick]`: the bits of the free people of its pool, in the order of `Staff.pools`. `least`: what the
    lightest crew at that tick costs (see loop_search), whoever is taken.
    """

    day: Day
    first: Minute
    starts: tuple[int, ...]
    people: tuple[dict[int, list[int]], ...]
    least: tuple[dict[int, int], ...]


def board(loop: Loop, crowd: Staff, candidate: list[Interval], day: Day) -> Board:
    """O(sessions x (pool intervals + ticks x pool))."""
    fits: dict[tuple[int, int], int] = {}

    def free(person: int, minutes: int) -> int:
        if (person, minutes) not in fits:
            fits[person, minutes] = starts(crowd.free[crowd.names[person]], day.hours, minutes)
        return fits[person, minutes]

    masks: list[int] = []
    people: list[dict[int, list[int]]] = []
    least: list[dict[int, int]] = []
    for s, pool in zip(loop.sessions, crowd.pools, strict=True):
        open_ = starts(candidate, day.hours, s.minutes)
        for p in s.fixed:
            open_ &= free(crowd.bits[p], s.minutes)
        seats = [(p, free(p, s.minutes)) for p in pool]
        there = {t: [p for p, mask in seats if mask >> t & 1] for t in bits_of(open_)}
        there = {t: crew for t, crew in there.items() if len(crew) >= s.seats}
        masks.append(sum(1 << t for t in there))
        people.append(there)
        least.append({t: sum(crowd.load[p] for p in crew[: s.seats]) << LOAD_AT for t, crew in there.items()})
    return Board(day, ceil_tick(day.hours[0]), tuple(masks), tuple(people), tuple(least))
