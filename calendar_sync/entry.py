"""The text of our own entries in a calendar: written, named, and found again (RFC 5545; slots.md, section 8).

An entry is the file `parley-<id>.ics` with a UID of ours. `X-PARLEY-VERSION` and `X-PARLEY-TIMES` say what we last
wrote, so a later look tells an entry moved by somebody else from one moved by us.
"""

import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from calendar_sync.calendar import Event, Outside
from calendar_sync.intervals import Minute


def text_of(event: Event, sequence: int, email: str, stamp: Minute) -> str:
    """The entry as RFC 5545 has it, in UTC: a time zone's rules may change after the booking, the instant may not.

    SCHEDULE-AGENT=CLIENT: Parley tells the guests, so the server must not write to them as well.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Parley//Interviews//EN",
        "BEGIN:VEVENT",
        f"UID:{uid_of(event.id)}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{utc(stamp)}",
        f"DTSTART:{utc(event.start)}",
        f"DTEND:{utc(event.end)}",
        f"SUMMARY:{_escaped(event.summary)}",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        f"X-PARLEY:{uid_of(event.id)}",
        f"X-PARLEY-VERSION:{event.version}",
        f"X-PARLEY-TIMES:{event.start}/{event.end}",
    ]
    lines += [f"DESCRIPTION:{_escaped(event.description)}"] if event.description else []
    lines += [f"LOCATION:{_escaped(event.location)}"] if event.location else []
    if email and event.attendees:
        lines.append(f"ORGANIZER;SCHEDULE-AGENT=CLIENT:mailto:{_plain(email)}")
        lines += [f"ATTENDEE;SCHEDULE-AGENT=CLIENT;ROLE=REQ-PARTICIPANT:mailto:{_plain(a)}" for a in event.attendees]
    return "".join(_folded(line) for line in [*lines, "END:VEVENT", "END:VCALENDAR"])


def _folded(line: str) -> str:
    """At most 75 bytes a line, never cut inside a character (RFC 5545, 3.1)."""
    parts, room = [""], 75
    for char in line:
        size = len(char.encode())
        if size > room:
            parts.append(" ")
            room = 74
        parts[-1] += char
        room -= size
    return "\r\n".join(parts) + "\r\n"


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "".join(c for c in re.sub(r"\r\n|\r|\n", r"\\n", text) if c >= " " or c == "\t")


def _plain(address: str) -> str:
    """An address inside a property: whatever could end the line or the parameter is left out."""
    return re.sub(r"[\x00-\x20\x7f;:,\"]", "", address)


def look(id: str, text: str, start: Minute | None, end: Minute | None, owner: str) -> Outside:
    """What became of an entry, from its text and its present times. Times we can't read (None) count as moved.

    Declined: by the owner, or by anybody when the owner's address is not known.
    """
    lines = content(text)
    if prop(lines, "STATUS").upper() == "CANCELLED":
        return Outside(id, "cancelled")
    declined = (re.fullmatch(r"ATTENDEE\b.*;PARTSTAT=DECLINED\b.*:(?:mailto:)?([^:]+)", line, re.I) for line in lines)
    who = tuple(m[1] for m in declined if m)
    if who and (not owner or owner.lower() in [w.lower() for w in who]):
        return Outside(id, "declined", start, end, who)
    same = start is not None and prop(lines, "X-PARLEY-TIMES") == f"{start}/{end}"
    return Outside(id, "unchanged" if same else "moved", start, end, who)


# -- names ----------------------------------------------------------------------------------------------


def file_of(id: str) -> str:
    """A file name that needs no escaping anywhere, and gives the id back: `_` is what `%` is in a URL."""
    safe = re.sub(r"[_.~]", lambda m: f"%{ord(m[0]):02X}", quote(id, safe=""))
    return f"parley-{safe.replace('%', '_')}.ics"


def id_of(name: str) -> str:
    """The booking's id of one of our files; "" for all others."""
    match = re.fullmatch(r"parley-([A-Za-z0-9_-]+)\.ics", name)
    id = unquote(match[1].replace("_", "%")) if match else ""
    return id if id and file_of(id) == name else ""


def uid_of(id: str) -> str:
    return file_of(id).removesuffix(".ics") + "@parley"


def invitation_uid(id: str) -> str:
    """The UID of a booking's invitations (`ics_invite`): the same for every version, so that updates replace and cancels
    remove."""
    return f"{id}@parley"


def is_ours(text: str, name: str) -> bool:
    """Ours by UID, or by our mark where we put it (some servers write a UID of their own). A copy that somebody made
    of our entry has our mark, too, but elsewhere: it is theirs, and takes time."""
    lines = content(text)
    ours = re.compile(r"parley-[\w-]+@parley")
    return bool(ours.fullmatch(prop(lines, "UID")) or (id_of(name) and ours.fullmatch(prop(lines, "X-PARLEY"))))


def whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else -1


def utc(minute: Minute) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y%m%dT%H%M%SZ")


def content(text: str) -> list[str]:
    """The content lines of the first event. Only a line feed ends one: U+2028 in a name must not begin a property."""
    lines = re.sub(r"\r?\n[ \t]", "", text).replace("\r\n", "\n").split("\n")
    start = next((n for n, line in enumerate(lines) if line.upper() == "BEGIN:VEVENT"), len(lines))
    return lines[start:]


def prop(lines: list[str], name: str) -> str:
    """The value of a property without quoted parameters; "" when it is not there."""
    found = (re.fullmatch(rf"{name}(?:;[^:]*)?:(.*)", line, re.IGNORECASE) for line in lines)
    return next((m[1].strip() for m in found if m), "")
