"""When one reader of a booking is reminded of it. Pure: what is due follows from the booking and the reader's zone.

Instants that something happens at are milliseconds since the epoch (`_ms`), as timers are; a booking is in minutes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from calendar_sync.intervals import Interval, Minute
from calendar_sync.zones import DAY, ConfigProblem, zone

OFFSETS = (1440, 60)  # a day and an hour before
QUIET = ("22:00", "08:00")
NO_QUIET = ("00:00", "00:00")
_MINUTE = 60_000
_WORTH = 45  # a reminder moved to the morning still leaves this long before the start
_EARLY = 5  # otherwise it comes this long before the quiet hours begin
_TOGETHER = 15  # reminders of one booking that are closer than this are one
_FRESH = 10  # nobody needs to be reminded of what was agreed this short a time ago
_LAST = 5  # a snoozed reminder comes back at least this long before the start


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder. `offset`: the minutes before the start it was set for, its name; `at_ms`: when it comes."""

    offset: int
    at_ms: int


def due(
    start: Minute,
    end: Minute,
    zone: str,
    now_ms: int,
    offsets: Iterable[int] = OFFSETS,
    quiet: tuple[str, str] = QUIET,
) -> list[Due]:
    """The reminders of a booking made at `now_ms`, earliest first, for a reader who lives in `zone`.

    Offsets are minutes before the start, quiet hours "HH:MM" of that zone (equal ones: none). Of two reminders that
    fall together, the one nearer to the start stays. Raises ConfigProblem for an unknown zone or quiet hours.
    """
    if end <= start:
        return []
    found: list[Due] = []
    for offset in sorted({o for o in offsets if o > 0}):
        at = _awake(start - offset, start, zone, quiet)
        if at is None or at >= start or at * _MINUTE < now_ms + _FRESH * _MINUTE:
            continue
        if all(abs(at * _MINUTE - other.at_ms) >= _TOGETHER * _MINUTE for other in found):
            found.append(Due(offset, at * _MINUTE))
    return sorted(found, key=lambda d: d.at_ms)


def snoozed(now_ms: int, minutes: int, start: Minute) -> int | None:
    """When a reminder put off at `now_ms` comes back: after `minutes`, though not within five minutes of the start.

    None when that leaves no time to put it off. Quiet hours don't count: whoever puts it off is awake and asked for it.
    """
    back = min(now_ms + minutes * _MINUTE, (start - _LAST) * _MINUTE)
    return back if back >= now_ms + _MINUTE else None


def quiet(now_ms: int, zone: str, hours: tuple[str, str] = QUIET) -> bool:
    """Whether an instant lies in the quiet hours of a zone: from the first time on, until before the second."""
    return _quiet_at(now_ms // _MINUTE, zone, hours) is not None


def after_quiet(now_ms: int, zone: str, hours: tuple[str, str] = QUIET) -> int:
    """The first instant from this one on that lies outside of the quiet hours of a zone."""
    asleep = _quiet_at(now_ms // _MINUTE, zone, hours)
    return now_ms if asleep is None else asleep[1] * _MINUTE


def _awake(at: Minute, start: Minute, name: str, hours: tuple[str, str]) -> Minute | None:
    """`at`, moved out of the quiet hours; None when they leave no room on either side."""
    asleep = _quiet_at(at, name, hours)
    if asleep is None:
        return at
    begins, ends = asleep
    if ends <= start - _WORTH:
        return ends
    before = begins - _EARLY
    return before if _quiet_at(before, name, hours) is None else None


def _quiet_at(at: Minute, name: str, hours: tuple[str, str]) -> Interval | None:
    """The quiet hours that an instant lies in."""
    here = zone(name)
    begins, ends = (_minutes(text) for text in hours)
    if begins == ends:
        return None
    length = (ends - begins) % DAY
    day = here.date_of(at)
    for date in (day - 1, day):
        wall = date * DAY + begins
        lo, hi = here.start_of(wall), here.end_of(wall + length)
        if lo <= at < hi:
            return lo, hi
    return None


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if len(text) == 5 and hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60:
        found = int(hours) * 60 + int(minutes)
        if found <= DAY:
            return found % DAY
    raise ConfigProblem("bad_quiet_hours", f'"{text}" is no time of day for quiet hours. Write it as 22:00.')
