"""A calendar file as bytes: cut into events, and those that can't matter for a window dropped before they are parsed.

Splitting by bytes means that one damaged event costs only itself, and that most of a large file is never parsed
(slots.md, section 8, ICS import 1 and 2).
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

# All of these are used on text in upper case with a line feed before it: searching for b"\n..." is several times faster
# than for a line start in either case, and this runs over megabytes.
_MARK = re.compile(rb"\n(BEGIN|END):(VCALENDAR|VEVENT|VTIMEZONE)[ \t]*\r?(?=\n|\Z)")
_LATER = re.compile(rb"\n(?:DTSTART|DTEND|RRULE|EXRULE|RDATE|RECURRENCE-ID)[;:]")
_REPEATS = (b"\nRRULE", b"\nEXRULE", b"\nRDATE", b"\nRECURRENCE-ID")
_STAMP = rb'(?:;[^":\r\n]*)?:(\d{8})(?:T\d{6}Z?)?[ \t]*\r?\n(?![ \t])'
_START, _END = re.compile(rb"\nDTSTART" + _STAMP), re.compile(rb"\nDTEND" + _STAMP)
_UNTIL = re.compile(rb"\nRRULE:(?:[^\r\n]*;)?UNTIL=(\d{8})(?:T\d{6}Z?)?(?:;[^\r\n]*)?\r?(?=\n|\Z)")
_HEADER_ZONE = re.compile(rb"^X-WR-TIMEZONE(?:;[^:\r\n]*)?:([^\r\n]*)", re.M | re.I)
# An instant and its local date differ by less than two days in every zone.
_SLACK = timedelta(days=2)


@dataclass(slots=True)
class Pieces:
    """What a file is made of. `unfinished` holds events that begin and do not end; `whole`: the file has its end."""

    events: list[bytes] = field(default_factory=list[bytes])
    zones: list[bytes] = field(default_factory=list[bytes])
    unfinished: list[bytes] = field(default_factory=list[bytes])
    calendar: bool = False
    whole: bool = True
    floating_zone: str = ""


def plain(data: bytes) -> bytes:
    """The same text as UTF-8 with line feeds: files come with a byte order mark, in UTF-16 or with bare returns."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def split(data: bytes) -> Pieces:
    """Cut a file at the lines that begin and end its parts; one pass, however deeply they are nested."""
    pieces = Pieces()
    inside = False
    kind, at = b"", 0
    data = b"\n" + data
    for mark in _MARK.finditer(data.upper()):
        begins, what = mark[1] == b"BEGIN", mark[2]
        if what == b"VCALENDAR":
            if kind:
                _unfinished(pieces, kind, data[at : mark.start() + 1])
                kind = b""
            inside, pieces.calendar = begins, pieces.calendar or begins
        elif begins and inside:
            if kind:
                _unfinished(pieces, kind, data[at : mark.start() + 1])
            kind, at = what, mark.end()
        elif kind == what:
            (pieces.events if what == b"VEVENT" else pieces.zones).append(data[at : mark.start() + 1].lstrip(b"\r\n"))
            kind = b""
    if kind:
        _unfinished(pieces, kind, data[at:])
    pieces.whole = not inside
    if zone := _HEADER_ZONE.search(data):
        pieces.floating_zone = zone[1].decode("utf-8", "replace").strip()
    return pieces


def _unfinished(pieces: Pieces, kind: bytes, block: bytes) -> None:
    if kind == b"VEVENT":
        pieces.unfinished.append(block.lstrip(b"\r\n"))


def near(events: list[bytes], lo: datetime, hi: datetime) -> list[bytes]:
    """The events that may matter between two UTC instants (naive); what can't be judged at a glance stays.

    Events that share a UID stay together: a later version may have moved one out of the window.
    """
    first, last = lo.date(), hi.date()
    texts = [b"\n" + e.upper() for e in events]
    names = [_uid(t) for t in texts]
    often = Counter(names)
    return [
        event
        for event, text, name in zip(events, texts, names, strict=True)
        if (name and often[name] > 1) or not _far(text, first, last)
    ]


def _uid(text: bytes) -> bytes:
    """The first line of the UID: enough to see who may belong together."""
    at = text.find(b"\nUID")
    return text[at + 1 : text.find(b"\n", at + 1)].partition(b":")[2].strip() if at >= 0 else b""


def _far(text: bytes, lo: date, hi: date) -> bool:
    """Whether an event is readable at a glance and lies wholly outside [lo, hi]."""
    nested = text.find(b"\nBEGIN:")
    if nested >= 0:
        # Alarms usually come last. Times of the event behind one need a proper look, and so does a DURATION, which may
        # be the alarm's or the event's.
        behind, text = text[nested:], text[: nested + 1]
        if _LATER.search(behind) or (b"\nDTEND" not in text and b"\nDURATION" in behind):
            return False
    start, end = _START.search(text), _END.search(text)
    if start is None or text.count(b"\nDTSTART") > 1 or b"\nDURATION" in text:
        return False
    if text.count(b"\nDTEND") != (end is not None):
        return False
    begins = _date(start[1])
    ends = _date(end[1]) if end else begins
    if begins is None or ends is None or ends < begins:
        return False
    repeats = sum(text.count(r) for r in _REPEATS)
    if repeats:
        return repeats == 1 and _ended(text, begins, ends, lo)
    return begins > hi + _SLACK or ends < lo - _SLACK


def _ended(text: bytes, begins: date, ends: date, lo: date) -> bool:
    """Whether the one rule of an event ended so early that its last instance is over before `lo`."""
    until = _UNTIL.search(text)
    last = _date(until[1]) if until else None
    return last is not None and b"RSCALE" not in text and max(last, begins) < lo - _SLACK - (ends - begins)


def _date(digits: bytes) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
