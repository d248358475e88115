"""Calendar feeds (.ics): what is busy in a window, however damaged the file (slots.md, section 8, ICS import).

One bad event never costs the calendar: it is reported, and its local date is blocked when its start can be made out.
What a cap cut off is blocked too, because what can't be told is never free.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Literal
from zoneinfo import ZoneInfo

from calendar_sync.calendar import Busy
from calendar_sync.ics_event import Entry, read, start_date, start_of, uid_of
from calendar_sync.ics_rules import Budget, Unreadable
from calendar_sync.ics_series import Instance, expand
from calendar_sync.ics_split import Pieces, near, plain, split
from calendar_sync.ics_zones import Zones, iana
from calendar_sync.intervals import Interval, Minute, clip, merged, subtract

FeedState = Literal["ok", "partial", "failed"]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Caps:
    """What one feed may cost: bytes, seconds, instances per rule and per feed, steps of all rules together."""

    bytes: int = 10_000_000
    seconds: float = 5.0
    per_rule: int = 3_000
    instances: int = 50_000
    walked: int = 400_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose feed it is, and how to read it.

    `zone`: the owner's, for all-day events and floating times. `addresses`: the owner's, lower case, to see what they
    declined. `movable`: phrases of events that may be booked over when nothing else is left. `own`: UIDs of our own
    invitations, which are never counted a second time.
    """

    zone: ZoneInfo
    addresses: frozenset[str] = frozenset()
    movable: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    tentative_blocks: bool = True
    caps: Caps = field(default_factory=Caps)
    prefilter: bool = True


@dataclass(slots=True)
class Feed:
    """What was read. `blocked`: time that is busy because something there could not be read; `error` is a code."""

    state: FeedState = "ok"
    instances: list[Instance] = field(default_factory=list[Instance])
    blocked: list[Interval] = field(default_factory=list[Interval])
    problems: list[str] = field(default_factory=list[str])
    unknown_zones: list[str] = field(default_factory=list[str])
    error: str = ""


def import_feed(data: bytes, lo: Minute, hi: Minute, reader: Reader, clock: Callable[[], float] = monotonic) -> Feed:
    """Read a feed for the window [lo, hi). Never raises for what is in the file: see `Feed.state` and `problems`."""
    caps = reader.caps
    if len(data) > caps.bytes:
        return _failed("too_large", f"The calendar has more than {caps.bytes // 1_000_000} MB.", lo, hi)
    data = plain(data)
    pieces = split(data)
    if not pieces.calendar:
        return _failed("not_a_calendar", "The address answers with something that is not a calendar.", lo, hi)
    budget = Budget(clock, clock() + caps.seconds, caps.per_rule, caps.instances, caps.walked)
    return _Import(pieces, lo, hi, reader, budget).run()


def busy_of(feed: Feed, lo: Minute, hi: Minute, reader: Reader) -> Busy:
    """What the feed takes of [lo, hi). Movable time is what no fixed event takes as well."""
    fixed, soft = list(feed.blocked), list[Interval]()
    phrases = [p.casefold() for p in reader.movable if p.strip()]
    for one in feed.instances:
        if blocks(one, reader):
            movable = any(p in one.summary.casefold() for p in phrases)
            (soft if movable else fixed).append((one.start // 60, -(-one.end // 60)))
    taken = clip(merged(fixed), lo, hi)
    return Busy(feed.state, taken, subtract(clip(merged(soft), lo, hi), taken), sentence(feed))


def blocks(one: Instance, reader: Reader) -> bool:
    """Whether an instance takes time (rule 3)."""
    free = one.transp == "TRANSPARENT" or one.status == "CANCELLED" or one.declined or one.end <= one.start
    return not free and (reader.tentative_blocks or one.status != "TENTATIVE")


def sentence(feed: Feed) -> str:
    """For the owner: what could not be read; "" when all is well."""
    said = feed.problems[:_SHOWN]
    if len(feed.problems) > _SHOWN:
        said.append(f"And {len(feed.problems) - _SHOWN} more like these.")
    if feed.unknown_zones:
        names = ", ".join(feed.unknown_zones[:_SHOWN])
        said.append(f"The calendar uses a time zone that it does not define ({names}); it is read like your own zone.")
    return " ".join(said)


def _failed(code: str, say: str, lo: Minute, hi: Minute) -> Feed:
    say += " Until it can be read, all of this time counts as busy. Please check the address of the feed."
    return Feed("failed", blocked=[(lo, hi)], problems=[say], error=code)


class _Import:
    """One feed being read."""

    def __init__(self, pieces: Pieces, lo: Minute, hi: Minute, reader: Reader, budget: Budget) -> None:
        self.pieces, self.lo, self.hi, self.reader, self.budget = pieces, lo, hi, reader, budget
        self.zones = Zones(pieces.zones, iana(pieces.floating_zone) or reader.zone)
        self.feed = Feed()

    def run(self) -> Feed:
        events = self.pieces.events
        if self.reader.prefilter:
            events = near(events, _utc(self.lo), _utc(self.hi))
        for n, block in enumerate(self.pieces.unfinished):
            if n % 64 == 0 and self.budget.late():
                self._gave_up(len(self.pieces.unfinished) - n)
                break
            self._unreadable(block, "it has no end")
        if not self.pieces.whole:
            self.feed.problems.append("The calendar breaks off before its end.")
        groups = self._grouped(events)
        for done, group in enumerate(groups):
            if self.budget.late():
                self._gave_up(len(groups) - done)
                break
            self._group(group)
        self.feed.instances.sort(key=lambda i: (i.start, i.end, i.uid))
        self.feed.blocked = clip(merged(self.feed.blocked), self.lo, self.hi)
        self.feed.unknown_zones = list(self.zones.unknown)
        if self.feed.problems:
            self.feed.state = "partial"
        return self.feed

    def _grouped(self, events: list[bytes]) -> list[list[Entry]]:
        """The readable events by UID; one without a UID stands alone. Stops when the time is up."""
        groups: dict[str, list[Entry]] = {}
        owner = frozenset(a.lower() for a in self.reader.addresses)
        for n, block in enumerate(events):
            if n % 64 == 0 and self.budget.late():
                self._gave_up(len(events) - n)
                break
            try:
                entry = read(block, self.zones, self.reader.zone, owner)
            except Unreadable as e:
                self._unreadable(block, str(e))
                continue
            if entry.uid not in self.reader.own:
                groups.setdefault(entry.uid or f"\n{n}", []).append(entry)
        return list(groups.values())

    def _group(self, group: list[Entry]) -> None:
        try:
            self.feed.instances += expand(group, self.lo * 60, self.hi * 60, self.budget, self._capped)
        except Unreadable as e:
            start = group[0].start
            self._report(group[0].uid, start.wall.date(), str(e))
            self._block(start.wall.date())

    def _capped(self, entry: Entry, since: int) -> None:
        say = "it repeats so often that only the first times were read; the rest counts as busy"
        self._report(entry.uid, entry.start.wall.date(), say)
        self.feed.blocked.append((max(since // 60, self.lo), self.hi))

    def _gave_up(self, left: int) -> None:
        self.feed.problems.append(f"The calendar takes too long to read: {left} of its events were left out.")
        self.feed.blocked.append((self.lo, self.hi))

    def _unreadable(self, block: bytes, why: str) -> None:
        start = start_of(block, self.zones, self.reader.zone)
        day = start_date(block)
        if start is not None:
            try:
                at = datetime.fromtimestamp(start.seconds(), UTC).astimezone(self.reader.zone).date()
            except (Unreadable, OverflowError, ValueError, OSError):
                at = start.wall.date()
            day = at
        self._report(uid_of(block), day, why)
        if day is not None:
            self._block(day)

    def _report(self, uid: str, day: date | None, why: str) -> None:
        which = f"The event of {day.isoformat()}" if day else f"The event {uid[:60]!r}" if uid else "An event"
        self.feed.problems.append(f"{which} can't be read: {why}.")

    def _block(self, day: date) -> None:
        """Block a whole date of the owner."""
        try:
            begin = datetime(day.year, day.month, day.day, tzinfo=self.reader.zone)
            end = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.reader.zone)
            self.feed.blocked.append((int(begin.timestamp()) // 60, -(-int(end.timestamp()) // 60)))
        except (OverflowError, ValueError):
            return  # the first or last day that a date can be: in no window


def _utc(minute: Minute) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC).replace(tzinfo=None)
