"""When a session can be: the one function behind what is shown and what is booked (slots.md, sections 1 and 3).

`find` works from plain facts; `calendar_sync.kept` answers the same question from availability it has kept. Both bring
each person's free cells to `offered`, where everything else is decided.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from calendar_sync.bits import Span, at_least, fits, grid, runs
from calendar_sync.facts import Ask, Booking, BookingWindow, Hold, Interviewer, Session
from calendar_sync.hours import working
from calendar_sync.intervals import Interval, Minute, clip, merged
from calendar_sync.limits import refused
from calendar_sync.zones import DAY, ConfigProblem, Zone, weekday, zone


@dataclass(frozen=True, slots=True)
class Offer:
    """The answer. `unknown`: ids whose calendars are not trusted, so they count as busy and somebody must be told."""

    span: Span
    bits: int
    people: tuple[tuple[str, int], ...]  # id -> the starts at which this person is free for the whole session
    unknown: tuple[str, ...] = ()

    @property
    def starts(self) -> list[Minute]:
        """Every start, in order."""
        return self.span.times(self.bits)

    def has(self, start: Minute) -> bool:
        """Whether this start is offered: what a booking asks, of the very answer that is shown."""
        n = self.span.at(start)
        return n >= 0 and bool(self.bits >> n & 1)

    def who(self, start: Minute) -> list[str]:
        """The people who are free for the whole session, in the order they were given."""
        n = self.span.at(start)
        return [id for id, bits in self.people if n >= 0 and bits >> n & 1]


def find(ask: Ask) -> Offer:
    """Every possible start in the window. Raises ConfigProblem for a session that can't be meant."""
    ask.session.check()
    lo, hi = ask.window
    free = {p.id: hours_in(p, lo, hi) for p in ask.interviewers}
    edges = [edge for ranges in free.values() if ranges for edge in (ranges[0][0], ranges[-1][1])]
    span = span_for(ask.session, min(edges), max(edges)) if edges else Span(0, 0, 1)
    return offered(ask, span, lambda p: span.inside(free[p.id]) & ~blocked(p, ask.session, span, ask.moving))


def span_for(session: Session, lo: Minute, hi: Minute) -> Span:
    """Five-minute cells where they are exact, else one-minute cells."""
    span = Span.over(lo, hi, 5)
    return span if in_cells(session, 5) and fits(session.zone, span) else Span.over(lo, hi, 1)


def in_cells(session: Session, cell: int) -> bool:
    """Whether every length of the session is a multiple of `cell`."""
    return not any(n % cell for n in (session.duration, session.step, session.offset, session.before, session.after))


def hours_in(person: Interviewer, lo: Minute, hi: Minute) -> list[Interval]:
    """A person's hours, before anything is taken from them."""
    if person.free is not None:
        return clip(merged(person.free), lo, hi)
    return list(working(person.hours, lo, hi))


def blocked(person: Interviewer, session: Session, span: Span, moving: str = "") -> int:
    """The cells that external events and own bookings take, with their buffers (rule 6)."""
    taken = span.touched(person.busy, session.after, session.before)
    own = [widened(b, session) for b in person.bookings if b.status == "accepted" and not (moving and b.id == moving)]
    return taken | span.touched(own) if own else taken


def widened(own: Booking | Hold, session: Session) -> Interval:
    """What one of our own takes from a session: between two of ours, the larger of the two buffers."""
    return own.start - max(session.after, own.before), own.end + max(own.after, session.before)


def offered(ask: Ask, span: Span, free_of: Callable[[Interviewer], int]) -> Offer:
    """The decision, from each person's free cells (hours without busy time and bookings) to the starts."""
    session, holds = ask.session, ask.live
    lo, hi = ask.window
    earliest = max(lo, -(-ask.now // 60_000) + session.notice)
    people: list[tuple[str, int]] = []
    for person in ask.interviewers:
        starts = _starts(person, ask, span, free_of(person), holds) if person.known else 0
        people.append((person.id, starts))
    bits = _together(ask, [starts for _, starts in people])
    bits &= grid(session.zone, session.step, session.offset, span)
    bits &= span.inside([(earliest, hi - session.duration + span.cell)])
    bits = _in_booking_window(ask, span, bits)
    return Offer(span, bits, tuple(people), tuple(p.id for p in ask.interviewers if not p.known))


def _starts(person: Interviewer, ask: Ask, span: Span, free: int, holds: tuple[Hold, ...]) -> int:
    session = ask.session
    mine = [h for h in holds if h.interviewers is None or person.id in h.interviewers]
    if mine:
        free &= ~span.touched(widened(h, session) for h in mine)
    starts = runs(free, -(-session.duration // span.cell))
    if starts and (closed := refused(person, session, mine, (span.base, span.end), ask.moving)):
        starts &= ~span.touched(closed)
    return starts


def _together(ask: Ask, starts: list[int]) -> int:
    """The modes (rule 9). People of nobody, and a group of nobody, are never free."""
    people = ask.interviewers
    if not people:
        return 0
    if ask.mode == "single":
        if len(people) != 1:
            raise ConfigProblem(
                "not_single", f'{len(people)} people are named for one seat. Write the mode "any", "all" or "groups".'
            )
        return starts[0]
    if ask.mode == "any":
        return reduce(int.__or__, starts)
    if ask.mode == "all":
        return reduce(int.__and__, starts)
    need = dict(ask.session.need)
    groups: dict[str, list[int]] = {name: [] for name in need}
    both = -1
    for person, bits in zip(people, starts, strict=True):
        if person.fixed:
            both &= bits
        else:
            groups.setdefault(person.group, []).append(bits)
    for name, masks in groups.items():
        both &= at_least(masks, need.get(name, 1))
    return max(both, 0)  # -1: nobody at all is needed, so nobody would come


def _in_booking_window(ask: Ask, span: Span, bits: int) -> int:
    """Rule 8: which dates may be booked, in the window's own zone."""
    rule = ask.booking_window
    if rule is None or not bits:
        return bits
    there = zone(rule.zone or ask.session.zone)
    if rule.kind == "date_range":
        return bits & _dates(there, span, rule.first, rule.last)
    today = there.date_of(ask.now // 60_000)
    if rule.kind == "rolling_days":
        return bits & _dates(there, span, -(10**6), _last(rule, today))
    dates = sorted({there.date_of(t) for t in span.times(bits)})
    bookable = [d for d in dates if not (rule.business_only and weekday(d) > 5)]
    if len(bookable) <= rule.days:
        return bits
    return bits & (_dates(there, span, -(10**6), bookable[rule.days - 1]) if rule.days > 0 else 0)


def _last(rule: BookingWindow, today: int) -> int:
    """The date `days` dates after today; weekends are passed over without being counted where only business days count."""
    if not rule.business_only:
        return today + rule.days
    day, left = today, rule.days
    while left > 0:
        day += 1
        left -= weekday(day) <= 5
    return day


def _dates(there: Zone, span: Span, first: int, last: int) -> int:
    """The cells of the dates `first` to `last`, both included."""
    lo = max(span.base, there.first(first)) if first * DAY > span.base - 2 * DAY else span.base
    hi = min(span.end, there.first(last + 1)) if last * DAY < span.end + 2 * DAY else span.end
    return span.inside([(lo, hi)])


def ranges(ask_mode: str, people: Iterable[tuple[Interviewer, list[Interval]]], need: dict[str, int]) -> list[Interval]:
    """The ranges in which a mode could meet, for any length: none contains another, and people's are never joined."""
    crew = list(people)
    if not crew:
        return []
    if ask_mode == "any":
        return _shared([r for _, r in crew], 1)
    if ask_mode in ("all", "single"):
        return _shared([r for _, r in crew], len(crew))
    fixed = [r for p, r in crew if p.fixed]
    groups: dict[str, list[list[Interval]]] = {name: [] for name in need}
    for person, free in crew:
        if not person.fixed:
            groups.setdefault(person.group, []).append(free)
    families = [_shared(fixed, len(fixed))] if fixed else []
    families += [_shared(g, need.get(name, 1)) for name, g in groups.items() if need.get(name, 1) > 0]
    return reduce(_meet, families) if families else []


def _shared(people: list[list[Interval]], k: int) -> list[Interval]:
    """The widest ranges that `k` of the people each have as a whole."""
    found: list[Interval] = []
    for start in sorted({s for free in people for s, _ in free}):
        ends = sorted((e for free in people for s, e in free if s <= start < e), reverse=True)
        if len(ends) >= k:
            found.append((start, ends[k - 1]))
    return _widest(found)


def _meet(a: list[Interval], b: list[Interval]) -> list[Interval]:
    return _widest([(max(s, t), min(e, f)) for s, e in a for t, f in b if max(s, t) < min(e, f)])


def _widest(found: list[Interval]) -> list[Interval]:
    """Without the ranges that lie in another one."""
    kept: list[Interval] = []
    for s, e in sorted(set(found), key=lambda r: (r[0], -r[1])):
        if not kept or e > kept[-1][1]:
            kept.append((s, e))
    return kept
