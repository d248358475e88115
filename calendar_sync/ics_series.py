"""The instances of one event with its overrides, inside a window (slots.md, section 8, ICS import 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from calendar_sync.ics_event import Entry, Length, When, instant, later, stamp
from calendar_sync.ics_rules import Budget, Capped, Rule, Unreadable, starts

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instance:
    """One occurrence. `start` and `end`: seconds since the epoch."""

    start: int
    end: int
    all_day: bool
    transp: str
    status: str
    summary: str
    declined: bool
    uid: str


# Called with the entry and the instant (seconds) from which on a rule was not read any further.
OnCap = Callable[[Entry, int], None]


def expand(group: list[Entry], lo: int, hi: int, budget: Budget, capped: OnCap) -> list[Instance]:
    """All instances of the entries of one UID that overlap [lo, hi), in seconds. Raises Unreadable."""
    masters = [e for e in group if e.replaces is None]
    overrides = [e for e in group if e.replaces is not None]
    found = [_instance(e, e.start.wall, e.start.zone, e.length) for e in _newest(overrides)]
    if masters:
        newest = max(m.sequence for m in masters)
        kept = {(m.start.wall, m.length.days, m.length.seconds): m for m in masters if m.sequence == newest}
        for master in kept.values():
            found += _series(master, _newest(overrides), lo, hi, budget, capped)
    return [i for i in found if i.start < hi and (i.end > lo or i.start == i.end >= lo)]


def _newest(overrides: list[Entry]) -> list[Entry]:
    """One override per replaced instance: the highest SEQUENCE, of equal ones the last in the file."""
    best: dict[tuple[int, bool], Entry] = {}
    for entry in overrides:
        if entry.replaces is None:
            continue
        key = (entry.replaces.seconds(), entry.future)
        if key not in best or entry.sequence >= best[key].sequence:
            best[key] = entry
    return list(best.values())


def _series(master: Entry, overrides: list[Entry], lo: int, hi: int, budget: Budget, capped: OnCap) -> list[Instance]:
    replaced = {_wall(e.replaces, master): e for e in overrides if e.replaces is not None}
    onward = sorted((wall, n) for n, (wall, e) in enumerate(replaced.items()) if e.future)
    entries = list(replaced.values())
    moves = [abs(e.start.wall - wall) for wall, e in replaced.items() if e.future]
    longest = max([master.length, *(e.length for e in entries), *(x for _, x in master.rdates if x)], key=_span)
    slack = min(_span(longest), timedelta(days=20_000)) + 2 * _DAY + max(moves, default=timedelta(0))
    window = (_clock(lo, master.start.zone) - slack, _clock(hi, master.start.zone) + slack)
    found: list[Instance] = []
    for wall, length in sorted(_starts(master, window, budget, capped).items()):
        if wall in replaced:
            continue
        base, at = master, wall
        before = [n for since, n in onward if since < wall]
        if before:
            # THISANDFUTURE: this instance moves with the override that is nearest before it, and takes its properties.
            base = entries[before[-1]]
            at = wall + (base.start.wall - _wall(base.replaces, master))
        found.append(_instance(base, at, base.start.zone, base.length if before or length is None else length))
    return found


def _starts(
    master: Entry, window: tuple[datetime, datetime], budget: Budget, capped: OnCap
) -> dict[datetime, Length | None]:
    """The wall-clock starts of a series: DTSTART, RRULE and RDATE without EXRULE and EXDATE."""
    found: dict[datetime, Length | None] = {master.start.wall: None}
    for one in master.rules:
        found |= dict.fromkeys(_ruled(one, master, window, budget, capped))
    for when, length in master.rdates:
        found[_wall(when, master)] = length
    gone = {_wall(w, master) for w in master.exdates if not w.day or master.start.day}
    days = {w.wall.date() for w in master.exdates if w.day and not master.start.day}
    for one in master.exrules:
        gone |= set(_ruled(one, master, window, budget, capped))
    return {w: length for w, length in found.items() if w not in gone and w.date() not in days}


def _ruled(
    one: Rule, master: Entry, window: tuple[datetime, datetime], budget: Budget, capped: OnCap
) -> list[datetime]:
    found: list[datetime] = []
    try:
        for start in starts(one, master.start.wall, _until(one, master), *window, budget):
            found += [start]
    except Capped:
        last = found[-1] if found else max(window[0], master.start.wall)
        capped(master, instant(last, master.start.zone))
    return found


def _until(one: Rule, master: Entry) -> datetime | None:
    """The last wall-clock start a rule allows, inclusive. A date allows all of it; only `Z` is UTC."""
    if not one.until:
        return None
    wall, day, utc = stamp(one.until)
    if day or master.start.day:
        return wall.replace(hour=23, minute=59, second=59)
    return _wall(When(wall, UTC, False), master) if utc else wall


def _wall(when: When | None, master: Entry) -> datetime:
    """A time on the wall clock of a series. For an all-day series, and for a date, it is the date as written."""
    if when is None:
        return master.start.wall
    if master.start.day:
        return when.wall.replace(hour=0, minute=0, second=0)
    if when.day or when.zone == master.start.zone:
        return when.wall
    return _clock(when.seconds(), master.start.zone)


def _clock(seconds: int, zone: tzinfo) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    except (OverflowError, ValueError, OSError):
        raise Unreadable("its time is out of range") from None


def _span(length: Length) -> timedelta:
    return timedelta(days=length.days, seconds=length.seconds)


def _instance(entry: Entry, wall: datetime, zone: tzinfo, length: Length) -> Instance:
    end = later(wall, zone, length)
    return Instance(
        instant(wall, zone), end, entry.start.day, entry.transp, entry.status, entry.summary, entry.declined, entry.uid
    )
