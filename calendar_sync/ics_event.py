"""One event of a calendar file: its properties read strictly, and only those that decide what is busy.

The lines are read here and not by icalendar, because one unreadable alarm or address must not cost an event, and because
parsing every property of a large calendar takes seconds (slots.md, section 8, ICS import 1, 3, 4 and 6).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from calendar_sync.ics_rules import Rule, Unreadable, rule
from calendar_sync.ics_zones import Zones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOLD = re.compile(r"\r?\n[ \t]")
_DATED = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
_ONCE = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID")
_TEXT = ("DURATION", "RRULE", "EXRULE", "UID", "SUMMARY", "STATUS", "TRANSP", "SEQUENCE", "ATTENDEE")
_MOST_DATES = 5_000
_NAME = re.compile(r"[A-Za-z-]+(?=[;:])")
_PARAM = re.compile(r';([^=;:"]+)=("[^"]*"|[^;"]*)')
_PARAMS = re.compile(r'(?:;[^=;:"]+=(?:"[^"]*"|[^;"]*))*')
_PLAIN = re.compile(r'((?:;[^=;:]+=(?:"[^"]*"|[^;:"]*)(?:,"[^"]*")*)*):(.*)')
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[Tt](\d\d)(\d\d)(\d\d)([Zz]?))?")
_LENGTH = re.compile(
    r"\+?P(?=.)(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.I
)
_START_DATE = re.compile(r"^DTSTART[;:].*?(?<!\d)(\d{4})(\d\d)(\d\d)(?!\d)", re.M | re.I)


@dataclass(frozen=True, slots=True)
class When:
    """A time as written: the wall clock (naive; midnight for a date) and its zone. `day`: it is a date."""

    wall: datetime
    zone: tzinfo
    day: bool

    def seconds(self) -> int:
        """Seconds since the epoch. A local time that does not exist moves forward, one that comes twice is the first."""
        return instant(self.wall, self.zone)


@dataclass(frozen=True, slots=True)
class Length:
    """How long each instance takes: whole days by the calendar, then exact seconds."""

    days: int
    seconds: int


@dataclass(slots=True)
class Entry:
    """One VEVENT. `future`: as an override it also changes all later instances."""

    uid: str
    sequence: int
    start: When
    length: Length
    rules: list[Rule]
    exrules: list[Rule]
    rdates: list[tuple[When, Length | None]]
    exdates: list[When]
    replaces: When | None
    future: bool
    summary: str
    status: str
    transp: str
    declined: bool


def instant(wall: datetime, zone: tzinfo) -> int:
    """Seconds since the epoch of a wall-clock time. Raises Unreadable at the ends of the calendar."""
    try:
        return int((wall.replace(tzinfo=zone) - EPOCH).total_seconds())
    except (OverflowError, ValueError):
        raise Unreadable("its time is out of range") from None


def read(block: bytes, zones: Zones, owner_zone: tzinfo, owner: frozenset[str]) -> Entry:
    """Read one event (the lines between BEGIN and END). Raises Unreadable; the message ends a sentence."""
    props = _properties(block)
    if any(v.count(",") > _MOST_DATES for n in ("RDATE", "EXDATE") for _, v in props.get(n, ())):
        raise Unreadable("it lists too many dates")
    for name in _ONCE:
        if len(props.get(name, ())) > 1:
            raise Unreadable(f"it has two {name}")
    if "DTSTART" not in props:
        raise Unreadable("it has no start")
    start = _one(props["DTSTART"][0], zones, owner_zone)
    future = False
    replaces = None
    if "RECURRENCE-ID" in props:
        params, value = props["RECURRENCE-ID"][0]
        replaces = _when(params, value, zones, owner_zone, start.zone)
        future = params.get("RANGE", "").upper() == "THISANDFUTURE"
    return Entry(
        uid=_text(props, "UID"),
        sequence=_sequence(_text(props, "SEQUENCE")),
        start=start,
        length=_length(props, start, zones, owner_zone),
        rules=[rule(v) for _, v in props.get("RRULE", ())],
        exrules=[rule(v) for _, v in props.get("EXRULE", ())],
        rdates=[r for p, v in props.get("RDATE", ()) for r in _rdates(p, v, zones, owner_zone, start)],
        exdates=[
            _when(p, one, zones, owner_zone, start.zone) for p, v in props.get("EXDATE", ()) for one in _several(v)
        ],
        replaces=replaces,
        future=future,
        summary=_text(props, "SUMMARY"),
        status=_text(props, "STATUS").upper(),
        transp=_text(props, "TRANSP").upper() or "OPAQUE",
        declined=any(_declines(p, v, owner) for p, v in props.get("ATTENDEE", ())),
    )


def uid_of(block: bytes) -> str:
    """The UID of an event that may not be readable otherwise; "" without one."""
    try:
        return _text(_properties(block, ("UID",)), "UID")
    except Unreadable:
        return ""


def start_date(block: bytes) -> date | None:
    """The date that an otherwise unreadable event seems to begin on."""
    found = _START_DATE.search(_unfolded(block))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def start_of(block: bytes, zones: Zones, owner_zone: tzinfo) -> When | None:
    """The start of an event that can't be read as a whole."""
    try:
        return _one(_properties(block, ("DTSTART",))["DTSTART"][0], zones, owner_zone)
    except (Unreadable, KeyError):
        return None


_Params = dict[str, str]
_Props = dict[str, list[tuple[_Params, str]]]


def _unfolded(block: bytes) -> str:
    return _FOLD.sub("", block.decode("utf-8", "replace"))


def _properties(block: bytes, names: tuple[str, ...] = _DATED + _TEXT) -> _Props:
    """The wanted properties of the event itself; those of alarms inside it are someone else's."""
    found: _Props = {}
    depth = 0
    for raw in _unfolded(block).split("\n"):
        line = raw.rstrip("\r")
        at = _NAME.match(line)
        if at is None:
            continue
        name = at[0].upper()
        if name in ("BEGIN", "END"):
            depth = max(depth + (1 if name == "BEGIN" else -1), 0)
        elif depth == 0 and name in names:
            found.setdefault(name, []).append(_parts(name, line[at.end() :]))
    return found


def _parts(name: str, rest: str) -> tuple[_Params, str]:
    """Parameters and value. A date has no colon, but zone names do (`TZID=tzone://Microsoft/Custom`)."""
    if name in _DATED:
        head, _, value = rest.rpartition(":")
        whole = _PARAMS.fullmatch(head)
    else:
        found = _PLAIN.fullmatch(rest)
        whole, head, value = found, found[1] if found else "", found[2] if found else rest.rpartition(":")[2]
    if whole is None and name in (*_DATED, "DURATION", "RRULE", "EXRULE"):
        raise Unreadable(f"its {name} is damaged")
    return {k.upper(): v.strip('"') for k, v in _PARAM.findall(head)}, value.strip()


def _text(props: _Props, name: str) -> str:
    return props[name][-1][1] if name in props else ""


def _sequence(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _declines(params: _Params, value: str, owner: frozenset[str]) -> bool:
    address = value.lower().removeprefix("mailto:").strip()
    return params.get("PARTSTAT", "").upper() == "DECLINED" and address in owner


def _several(value: str) -> list[str]:
    return [v for v in value.split(",") if v.strip()]


def _one(prop: tuple[_Params, str], zones: Zones, owner_zone: tzinfo) -> When:
    return _when(prop[0], prop[1], zones, owner_zone, zones.floating)


def _when(params: _Params, value: str, zones: Zones, owner_zone: tzinfo, otherwise: tzinfo) -> When:
    """A date or a time. `otherwise`: the zone of a time that names none. Eight digits are a date, whatever VALUE says."""
    wall, day, utc = stamp(value)
    if day:
        return When(wall, owner_zone, True)
    if utc:
        return When(wall, UTC, False)
    return When(wall, zones.named(params["TZID"]) if "TZID" in params else otherwise, False)


def stamp(text: str) -> tuple[datetime, bool, bool]:
    """A value as written: the wall clock, whether it is a date, whether it is UTC. Raises Unreadable."""
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        raise Unreadable(f"{text.strip()[:40]!r} is not a time")
    year, month, day, hour, minute, second = (int(g or 0) for g in found.groups()[:6])
    try:
        # A leap second is written as 60.
        wall = datetime.combine(date(year, month, day), time(hour, minute, 59 if second == 60 else second))
    except ValueError:
        raise Unreadable(f"{text.strip()[:40]!r} does not exist") from None
    return wall, found[4] is None, bool(found[7])


def _length(props: _Props, start: When, zones: Zones, owner_zone: tzinfo) -> Length:
    if "DTEND" in props:
        params, value = props["DTEND"][0]
        return _until(start, _when(params, value, zones, owner_zone, start.zone))
    if "DURATION" in props:
        return _whole_days(_duration(props["DURATION"][0][1]), start)
    return Length(1, 0) if start.day else Length(0, 0)


def _until(start: When, end: When) -> Length:
    """The length between two times. Days are counted by the calendar; an all-day event takes at least one."""
    if start.day:
        days = (end.wall.date() - start.wall.date()).days + (end.wall.time() != time())
        if days < 0:
            raise Unreadable("it ends before it starts")
        return Length(max(days, 1), 0)
    # A date as the end of a timed event is that midnight in the zone of the start.
    seconds = instant(end.wall, start.zone if end.day else end.zone) - start.seconds()
    if seconds < 0:
        raise Unreadable("it ends before it starts")
    return Length(0, seconds)


def _duration(text: str) -> Length:
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise Unreadable(f"its length {text[:40]!r} can't be understood")
    weeks, days, hours, minutes, seconds = (int(g or 0) for g in found.groups())
    return Length(weeks * 7 + days, hours * 3600 + minutes * 60 + seconds)


def _whole_days(length: Length, start: When) -> Length:
    return Length(max(length.days + -(-length.seconds // 86400), 1), 0) if start.day else length


def _rdates(
    params: _Params, value: str, zones: Zones, owner_zone: tzinfo, start: When
) -> list[tuple[When, Length | None]]:
    found: list[tuple[When, Length | None]] = []
    for one in _several(value):
        begin, slash, end = one.partition("/")
        when = _when(params, begin, zones, owner_zone, start.zone)
        length = None
        if slash:
            length = (
                _duration(end) if "P" in end.upper() else _until(when, _when(params, end, zones, owner_zone, when.zone))
            )
        found.append((when, length))
    return found


def later(wall: datetime, zone: tzinfo, length: Length) -> int:
    """The end, in seconds since the epoch, of an instance that starts at a wall-clock time."""
    try:
        return instant(wall + timedelta(days=length.days), zone) + length.seconds
    except OverflowError:
        raise Unreadable("its end is out of range") from None
