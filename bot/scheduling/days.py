"""Interview days: which sessions can be when, from the same facts and holds as a single session (slots.md, section 7).

A slot of a loop is the start of each of its sessions, in the order of the plan; who sits in them is chosen when it is
held. It is then looked at again with the same `Board` that it was found on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.scheduling import crews, roster
from bot.scheduling.availability import AWAKE, Availability, Seeker, free_bits, intervals_of, taken, window_of
from bot.scheduling.choosing import Opening, possible
from bot.scheduling.crews import Crew
from bot.scheduling.plans import Plan
from bot.scheduling.roster import MINUTE, Person
from bot.store.store import Tx
from calendar_sync import facts, loops
from calendar_sync.bits import Span
from calendar_sync.facts import Hold, Limits
from calendar_sync.hours import Hours, working
from calendar_sync.intervals import Interval, Minute, covers, intersect, merged, subtract
from calendar_sync.limits import refused
from calendar_sync.loop_board import TICK
from calendar_sync.zones import DAY, date_text, zone

LUNCH = (11 * 60 + 30, 14 * 60 + 30)  # by the plan's own clock
_AHEAD = 6  # days that are searched together where a loop may take several


@dataclass(frozen=True, slots=True)
class Board:
    """Everything about a loop now. `free`: when each person has time; `loose`: also over their movable events.

    candidate: when they have time at all; awake: of that, what is day where they are.
    """

    plan: Plan
    crews: Mapping[str, Crew]
    people: Mapping[str, Person]
    days: tuple[loops.Day, ...]
    earliest: Minute
    candidate: list[Interval]
    awake: list[Interval]
    free: Mapping[str, list[Interval]]
    loose: Mapping[str, list[Interval]]

    @property
    def loop(self) -> loops.Loop:
        return crews.loop_of(self.plan, self.crews)


def board(availability: Availability, tx: Tx, seeker: Seeker, now: int, keep: bool = True) -> Board:
    """Look at everybody of a loop. keep: as for `Availability.look`."""
    plan = seeker.plan
    people, _ = availability.wanted(tx, seeker, now=now, keep=keep)
    seated = {s.key: crews.crew_of(s, people) for s in plan.sessions}
    everybody = sorted({p for crew in seated.values() for p in crew.everybody})
    held = roster.live_holds(tx, seeker.tenant_id, everybody, now)
    holds = tuple(h for h in held if h.by != seeker.appointment)
    lo, hi = window_of(plan, now)
    earliest = -(-now // MINUTE) + plan.notice
    span = Span.over(lo, hi, 5)
    here = {p: people[p] for p in everybody if p in people and _there(people[p], now)}
    free = {p: _free(plan, seated, person, span, holds, seeker.moving) for p, person in here.items()}
    loose = {
        p: _free(plan, seated, _loosened(person), span, holds, seeker.moving) if person.firm is not None else free[p]
        for p, person in here.items()
    }
    whole = subtract([(earliest, hi)], merged(taken(tx, seeker, now))) if earliest < hi else []
    awake = intersect(whole, list(working(Hours(seeker.zone or plan.zone, ((AWAKE,),) * 7), lo, hi)))
    return Board(plan, seated, people, tuple(_days(plan, earliest, hi)), earliest, whole, awake, free, loose)


def _there(person: Person, now: int) -> bool:
    return person.stamp.state == "active" and person.stamp.known(now)


def _loosened(person: Person) -> Person:
    return replace(person, facts=replace(person.facts, busy=person.firm or ()))


def _free(
    plan: Plan, seated: Mapping[str, Crew], person: Person, span: Span, holds: Sequence[Hold], moving: str
) -> list[Interval]:
    """When somebody has time for what they would do in the loop, without the dates that it would make too full.

    Who is fixed does all their sessions, on one date at worst; who is in pools does one of them, the longest at worst.
    """
    who = person.facts.id
    fixed = [c.session.minutes for c in seated.values() if who in c.fixed]
    maybe = [c.session.minutes for c in seated.values() if any(who in some for _, some in c.groups)]
    number, minutes = (len(fixed), sum(fixed)) if fixed else (1, max(maybe, default=0))
    session = facts.Session(plan.zone, max(minutes, 5), plan.step, before=plan.before, after=plan.after)
    mine = [h for h in holds if h.interviewers is None or who in h.interviewers]
    free = free_bits(person, session, span, mine, moving)
    fewer = _fewer(person.facts.limits, number - 1)
    closed = refused(replace(person.facts, limits=fewer), session, mine, (span.base, span.end), moving)
    return intervals_of(free & ~span.touched(closed), span)


def _fewer(limits: Limits, by: int) -> Limits:
    """The limits that leave room for so many more."""
    day, week = limits.per_day, limits.per_week
    return replace(limits, per_day=None if day is None else day - by, per_week=None if week is None else week - by)


def _days(plan: Plan, earliest: Minute, hi: Minute) -> Iterator[loops.Day]:
    there = zone(plan.zone)
    for day in range(there.date_of(earliest), there.date_of(hi) + 1):
        lo = -(-max(there.first(day), earliest) // TICK) * TICK
        end = min(there.first(day + 1), hi)
        if lo < end:
            lunch = (there.start_of(day * DAY + LUNCH[0]), there.end_of(day * DAY + LUNCH[1]))
            yield loops.Day(date_text(day), (lo, end), lunch)


# -- what can be offered --------------------------------------------------------------------------------------


def options(
    board: Board, load: Mapping[str, float], most: int, wish: Sequence[Interval] | None = None
) -> list[loops.Plan]:
    """The best plan of each day, at most so many; over movable events, and at night, only where there are no others."""
    asked = [board.awake, board.candidate]
    if wish is not None:
        asked = [intersect(some, list(wish)) for some in asked]
    for free in (board.free, board.loose) if board.loose != board.free else (board.free,):
        for candidate in asked:
            if found := _some(board, loops.Times(board.days, candidate, free, load), most):
                return found
    return []


def _some(board: Board, times: loops.Times, most: int) -> list[loops.Plan]:
    """Day by day, so that nothing is searched that nobody will see."""
    found: list[loops.Plan] = []
    after = ""
    for n, day in enumerate(times.days):
        if len(found) == most or day.date <= after:
            continue
        last = n + (1 if board.plan.most_days == 1 else _AHEAD)
        plan = loops.soonest(board.loop, replace(times, days=times.days[n:last]), board.plan.most_days)
        if plan is not None:
            found.append(plan)
            after = plan.dates[0]
    return found


def starts_of(board: Board, plan: loops.Plan) -> tuple[Minute, ...]:
    """A plan as a slot."""
    at = {held.session: held.start for held in plan.sessions}
    return tuple(at[s.key] for s in board.plan.sessions)


# -- what can be held -------------------------------------------------------------------------------------------


def openings(board: Board, starts: Sequence[Minute], anyway: bool = False) -> list[Opening] | None:
    """Who could sit in a slot of a loop; None where it can't be, or can't be any more.

    anyway: with a person's whole time, whether or not there are plans over which nothing needs to be moved.
    """
    if not _in_order(board.plan, starts):
        return None
    found = _openings(board, starts, board.free)
    if found is None and board.loose != board.free and (anyway or not _any(board)):
        found = _openings(board, starts, board.loose)
    return found


def _any(board: Board) -> bool:
    return bool(_some(board, loops.Times(board.days, board.candidate, board.free), 1))


def _openings(board: Board, starts: Sequence[Minute], free: Mapping[str, list[Interval]]) -> list[Opening] | None:
    found: list[Opening] = []
    for session, start in zip(board.plan.sessions, starts, strict=True):
        end, crew = start + session.minutes, board.crews[session.key]
        everybody = [board.candidate, *(free.get(p, []) for p in crew.fixed)]
        if not all(covers(some, start, end) for some in everybody):
            return None
        for need, who in crew.groups:
            here = tuple(p for p in who if covers(free.get(p, []), start, end) and not _fixed_elsewhere(board, p))
            found.append(Opening(session.key, need, here))
    return found if possible(found) else None


def _fixed_elsewhere(board: Board, person: str) -> bool:
    return any(person in crew.fixed for crew in board.crews.values())


def _in_order(plan: Plan, starts: Sequence[Minute]) -> bool:
    """Whether these starts are a day as the plan wants it; lunch and the longest break are comfort, and not asked again."""
    if len(starts) != len(plan.sessions):
        return False
    at = {s.key: (start, start + s.minutes) for s, start in zip(plan.sessions, starts, strict=True)}
    spans = sorted(at.values())
    apart = all(b[0] >= a[1] + plan.breaks[0] for a, b in pairwise(spans))
    there = zone(plan.zone)
    dates = {there.date_of(start) for start, _ in spans}
    return apart and all(at[a][1] <= at[b][0] for a, b in plan.order) and len(dates) <= max(plan.most_days, 1)
