"""How much an interviewer may do (slots.md, rule 7), as the instants at which nothing more may start."""

from collections import defaultdict
from collections.abc import Iterable

from calendar_sync.facts import Booking, Hold, Interviewer, Limits, Session
from calendar_sync.hours import Hours
from calendar_sync.intervals import Interval, Minute
from calendar_sync.zones import week

_NONE = Limits()


def stricter(a: Limits, b: Limits) -> Limits:
    """Of each limit the lower one: a session type and a person may both set one."""
    if b == _NONE:
        return a

    def least(x: int | None, y: int | None) -> int | None:
        return y if x is None else x if y is None else min(x, y)

    return Limits(
        least(a.per_day, b.per_day),
        least(a.per_week, b.per_week),
        least(a.minutes_per_day, b.minutes_per_day),
        least(a.minutes_per_week, b.minutes_per_week),
    )


def refused(
    person: Interviewer, session: Session, holds: Iterable[Hold], window: Interval, moving: str
) -> list[Interval]:
    """Where in the window nobody may start, because the date or the week would have more than the limit."""
    limits = stricter(session.limits, person.limits)
    if limits == _NONE:
        return []
    if _full((0, 0), session.duration, limits.per_day, limits.minutes_per_day) or _full(
        (0, 0), session.duration, limits.per_week, limits.minutes_per_week
    ):
        return [window]
    days = tally(person.hours, counted(person, moving), holds)
    weeks = dict[int, tuple[int, int]]()
    for day, (number, minutes) in days.items():
        n = week(day, session.week_start)
        weeks[n] = (weeks.get(n, (0, 0))[0] + number, weeks.get(n, (0, 0))[1] + minutes)
    closed = {d for d, t in days.items() if _full(t, session.duration, limits.per_day, limits.minutes_per_day)}
    for n, t in weeks.items():
        if _full(t, session.duration, limits.per_week, limits.minutes_per_week):
            closed |= set(range(n * 7 - 4 + session.week_start, n * 7 + 3 + session.week_start))
    return [(person.hours.first(d), person.hours.first(d + 1)) for d in sorted(closed)]


def counted(person: Interviewer, moving: str = "") -> list[Booking]:
    """The bookings that count: accepted, of any session type, without the one that is being moved."""
    return [b for b in person.bookings if b.status == "accepted" and b.counts and not (moving and b.id == moving)]


def tally(hours: Hours, bookings: Iterable[Booking], holds: Iterable[Hold] = ()) -> dict[int, tuple[int, int]]:
    """date -> (number, minutes), by the interviewer's own date of the start."""
    days = defaultdict[int, tuple[int, int]](lambda: (0, 0))
    for start, end in [(b.start, b.end) for b in bookings] + [(h.start, h.end) for h in holds]:
        day = hours.date_of(start)
        days[day] = (days[day][0] + 1, days[day][1] + end - start)
    return dict(days)


def _full(so_far: tuple[int, int], duration: Minute, most: int | None, most_minutes: int | None) -> bool:
    number, minutes = so_far
    return (most is not None and number + 1 > most) or (most_minutes is not None and minutes + duration > most_minutes)
