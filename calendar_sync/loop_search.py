"""The exact search for interview days (slots.md section 7): depth first, with a bound that ignores distinctness.

A state is where the candidate stands: (day, set of done sessions, end of the last one, had lunch, days left). What
follows depends on nothing else except who is already taken, so both the bound and the search are kept by state.

A cost is one whole number made of fields: day of the end, days used, span, load, first start. Each step adds to it,
and comparing two numbers compares the fields from the left.
"""

from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations

from calendar_sync.intervals import Minute
from calendar_sync.loop_board import LOAD_AT, TICK, Board, Loop, Staff, bits_of, ceil_tick

State = tuple[int, int, int, bool, int]
Bare = tuple[int, int, int, State]  # cost with the lightest crew, session (-1: none), tick, state after
Step = tuple[int, int, int, int, State]  # a lower bound of the cost of everything through it, and a bare step
Placed = tuple[int, int, Minute, tuple[int, ...]]  # board, session, start, people of the pool
SLACK = (15, 45, 135, 1 << 80)
BETWEEN = -1  # instead of an end: no session of this day yet
UNIT_LOAD = 1 << LOAD_AT  # the first start, in minutes, lies below
UNIT_SPAN = UNIT_LOAD << 40
UNIT_USED = UNIT_SPAN << 24
UNIT_DAY = UNIT_USED << 8
NEVER = UNIT_DAY << 16


@dataclass(frozen=True, slots=True)
class Found:
    """The cheapest way on from a state: `plan` is a linked list (what is next, the rest), None at the end."""

    cost: int
    plan: "tuple[Placed, Found] | None" = None


@dataclass(slots=True)
class Search:
    """One search for a plan that ends on the last of `boards` and uses at most `most_days` of them."""

    loop: Loop
    crowd: Staff
    boards: list[Board]
    floors: dict[State, int] = field(default_factory=dict[State, int])
    known: dict[State, list[Step]] = field(default_factory=dict[State, list[Step]])
    above: dict[State, int] = field(default_factory=dict[State, int])
    crews: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    exact: dict[tuple[State, int], Found] = field(default_factory=dict[tuple[State, int], Found])
    proved: dict[tuple[State, int], int] = field(default_factory=dict[tuple[State, int], int])
    all: int = 0
    slack: int = 0  # a break that is longer than the least by this much is above the limit anyway
    # Of each set of done sessions: which may be next, the cost of the minutes to come, who could be in them.
    ready: list[list[int]] = field(default_factory=list[list[int]])
    length: list[int] = field(default_factory=list[int])
    members: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        ids = [s.id for s in self.loop.sessions]
        self.all = (1 << len(ids)) - 1
        before = [sum({1 << ids.index(a) for a, b in self.loop.order if b == i}) for i in ids]
        pools = [sum(pool) for pool in self.crowd.pools]
        for done in range(self.all + 1):
            todo = [n for n in range(len(ids)) if not done >> n & 1]
            self.ready.append([n for n in todo if before[n] & ~done == 0])
            self.length.append(sum(self.loop.sessions[n].minutes for n in todo) * UNIT_SPAN)
            self.members.append(reduce(lambda a, b: a | b, (pools[n] for n in todo), 0))

    def run(self, most_days: int) -> list[Placed] | None:
        """The cheapest plan, or None if there is none."""
        root = (0, 0, BETWEEN, False, most_days)
        breaks = self.loop.break_min * (len(self.loop.sessions) - 1)
        floor, found = (len(self.boards) - 1) * UNIT_DAY + UNIT_USED + self.length[0] + breaks * UNIT_SPAN, None
        for slack in SLACK:  # most plans are close to the shortest day: look there first
            self.slack = slack
            self.known.clear()
            found = found or self.rest(root, 0, min(floor + slack * UNIT_SPAN, NEVER))
        if found is None:
            return None
        plan: list[Placed] = []
        while found.plan is not None:
            placed, found = found.plan
            plan.append(placed)
        return plan

    def rest(self, state: State, taken: int, limit: int) -> Found | None:
        """The cheapest rest below `limit` while the people `taken` have a session; the first of equals."""
        if state[1] == self.all:
            cost = self.floor(state, limit)
            return Found(cost) if cost < limit else None
        taken &= self.members[state[1]]
        key = (state, taken)
        if known := self.exact.get(key):
            return known if known.cost < limit else None
        if self.proved.get(key, 0) >= limit:
            return None
        best, top = None, limit
        for bound, cost, session, at, then in self.choices(state, taken, limit):
            if bound >= top:
                break
            better = self.through(cost, session, at, state[0], then, taken, top)
            if better is not None:
                best, top = better, better.cost
        if best is None:
            self.proved[key] = limit
        else:
            self.exact[key] = best
        return best

    def through(self, cost: int, session: int, at: int, day: int, then: State, taken: int, limit: int) -> Found | None:
        """The cheapest rest below `limit` that begins with this step: each crew that is free, the lightest first."""
        if session < 0:
            tail = self.rest(then, taken, limit - cost)
            return tail and Found(cost + tail.cost, tail.plan)
        best: Found | None = None
        here, need, load = self.boards[day], self.loop.sessions[session].seats, self.crowd.load
        there = [p for p in here.people[session][at] if not p & taken]
        cost -= here.least[session][at]
        crews = sorted(combinations(there, need), key=lambda crew: sum(load[p] for p in crew))
        for crew in crews:
            paid = cost + sum(load[p] for p in crew) * UNIT_LOAD
            if paid + self.floor(then, limit - paid) >= limit:
                break
            now = taken | sum(crew) if self.loop.distinct else 0
            if paid + self.bound(then, now, limit - paid) >= limit:
                continue
            tail = self.rest(then, now, limit - paid)
            if tail is not None:
                placed = (day, session, here.first + at * TICK, crew)
                best = Found(paid + tail.cost, (placed, tail))
                limit = best.cost
        return best

    def choices(self, state: State, taken: int, limit: int) -> list[Step]:
        """The steps from a state, as (lower bound of everything through it, own cost, session, tick, state after)."""
        found: list[Step] = []
        for quick, cost, session, at, then in self.steps(state):
            if quick >= limit:
                break
            found.append((cost + self.bound(then, taken, limit - cost), cost, session, at, then))
        return sorted((f for f in found if f[0] < limit), key=lambda f: (f[0], f[3], f[2]))

    def bound(self, state: State, taken: int, limit: int) -> int:
        """No rest costs less: the floor, its load raised to the lightest crew that can be formed at any time."""
        floor = self.floor(state, limit)
        if floor >= limit or not self.loop.distinct:
            return floor
        crew = self.crew(state[1], taken & self.members[state[1]])
        return NEVER if crew < 0 else max(floor, floor // UNIT_SPAN * UNIT_SPAN + crew * UNIT_LOAD)

    def floor(self, state: State, limit: int) -> int:
        """The cheapest rest if everybody could sit in every session: the DP over (set, end). From `limit` on: `limit`
        or more, for then nobody wants to know exactly."""
        known = self.floors.get(state)
        if known is not None:
            return known
        if state[1] == self.all:
            self.floors[state] = 0 if self.fed(state) else NEVER
            return self.floors[state]
        if self.above.get(state, 0) >= limit:
            return limit
        least = limit
        for quick, cost, _, _, then in self.steps(state):
            if quick >= least:
                break
            least = min(least, cost + self.floor(then, least - cost))
        if least < limit or limit >= NEVER:
            self.floors[state] = least
        else:
            self.above[state] = limit
        return least

    def steps(self, state: State) -> list[Step]:
        """What may follow, whoever is taken, sorted by the cost with nothing but the minutes of the rest."""
        if state not in self.known:
            found = self.opening(state) if state[2] == BETWEEN else self.going_on(state)
            self.known[state] = sorted((c + self.length[then[1]], c, n, t, then) for c, n, t, then in found)
        return self.known[state]

    def going_on(self, state: State) -> list[Bare]:
        """The next session of the day, or the end of the day."""
        day, done, end, lunched, left = state
        here, loop = self.boards[day], self.loop
        found: list[Bare] = []
        if left and day + 1 < len(self.boards) and self.fed(state):
            found.append((UNIT_DAY, -1, 0, (day + 1, done, BETWEEN, False, left)))
        longest = min(loop.break_max + (0 if lunched else loop.lunch), loop.break_min + self.slack)
        lo = (ceil_tick(end + loop.break_min) - here.first) // TICK
        hi = (end + longest - here.first) // TICK
        window = ((1 << max(hi - lo + 1, 0)) - 1) << lo
        for n in self.ready[done]:
            minutes, least = loop.sessions[n].minutes, here.least[n]
            for t in bits_of(here.starts[n] & window):
                start = here.first + t * TICK
                eaten = lunched or self.eats(here, end, start)
                if start - end > loop.break_max and (lunched or not eaten):
                    continue
                stop = start + minutes
                found.append(((stop - end) * UNIT_SPAN + least[t], n, t, (day, done | 1 << n, stop, eaten, left)))
        return found

    def opening(self, state: State) -> list[Bare]:
        """The first session of a day, or none that day. The last day that may be used is the last board."""
        day, done, _, _, left = state
        last, here = day + 1 == len(self.boards), self.boards[day]
        found: list[Bare] = []
        if not last:
            found.append((UNIT_DAY, -1, 0, (day + 1, done, BETWEEN, False, left)))
        if not last and left < 2:
            return found
        for n in self.ready[done]:
            for t in bits_of(here.starts[n]):
                start = here.first + t * TICK
                stop = start + self.loop.sessions[n].minutes
                cost = UNIT_USED + (stop - start) * UNIT_SPAN + here.least[n][t] + t * TICK
                eaten = here.day.lunch is None or self.eats(here, here.day.lunch[0], start)
                found.append((cost, n, t, (day, done | 1 << n, stop, eaten, left - 1)))
        return found

    def fed(self, state: State) -> bool:
        """Whether lunch is had, or still to be had after the last session of the day."""
        here, end = self.boards[state[0]], state[2]
        return state[3] or end == BETWEEN or here.day.lunch is None or self.eats(here, end, here.day.lunch[1])

    def eats(self, here: Board, lo: Minute, hi: Minute) -> bool:
        """Whether lunch lies in [lo, hi). A day without a window has no lunch."""
        window, lunch = here.day.lunch, self.loop.lunch
        return lunch == 0 or window is None or min(hi, window[1]) - max(lo, window[0]) >= lunch

    def crew(self, done: int, taken: int) -> int:
        """The lowest load of different people for all sessions to come, at whatever time; -1 if they don't suffice.

        People that can be seated together are the independent sets of a transversal matroid, so taking the lightest
        person that still fits in (by an augmenting path) is exact.
        """
        key = (done, taken)
        if key in self.crews:
            return self.crews[key]
        todo = [n for n in range(len(self.loop.sessions)) if not done >> n & 1]
        held: dict[int, list[int]] = {n: [] for n in todo}
        seats, load = sum(self.loop.sessions[n].seats for n in todo), 0
        free = [p for p in self.crowd.names if p & self.members[done] and not p & taken]
        for person in sorted(free, key=lambda p: self.crowd.load[p]):
            if seats and self.seat(person, held, set()):
                seats, load = seats - 1, load + self.crowd.load[person]
        self.crews[key] = -1 if seats else load
        return self.crews[key]

    def seat(self, person: int, held: dict[int, list[int]], seen: set[int]) -> bool:
        """Find a seat for the person, moving others if need be (Kuhn's augmenting path)."""
        for n, sitting in held.items():
            if n in seen or person not in self.crowd.pools[n]:
                continue
            seen.add(n)
            if len(sitting) < self.loop.sessions[n].seats:
                sitting.append(person)
                return True
            for i, other in enumerate(sitting):
                if self.seat(other, held, seen):
                    sitting[i] = person
                    return True
        return False
