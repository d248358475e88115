"""Entries of Google Calendar and what they mean to us, both ways: pure mapping (see `calendar_sync.google`).

An entry of ours is known in two ways. Its id spells the booking and the version it was made for, so that making it twice
is a 409 and a deleted one, of which Google keeps little more than the id, is still recognised. Its private properties
hold the version and the times as we wrote them, so that a move by somebody else shows without any memory here.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from calendar_sync.calendar import CalendarTrouble, Event, Kept, Outside, OutsideStatus
from calendar_sync.google_auth import GONE, LATER, Json
from calendar_sync.intervals import Interval, Minute

_MARK = "parle"  # an id may hold a-v and 0-9 only, so there is no "y"


def event_ref(booking: str, version: int) -> str:
    """Google's event id for a booking and the version it is first made for: a-v and 0-9 only, and readable backwards."""
    return _MARK + base64.b32hexencode(f"{version}:{booking}".encode()).decode().rstrip("=").lower()


def booking_of(item: Json) -> str:
    """The booking of an entry of ours, "" of anybody else's. Attendees' copies keep only the id, so it counts too."""
    return _private(item).get("parley", "") or _spelled(str(item.get("id", "")))[1]


@dataclass(slots=True)
class Seen:
    """The entries of one calendar that take time, by what they mean to us."""

    ours: list[Interval]
    movable: list[Interval]
    firm: list[Interval]

    def add(self, item: Json, zone: str, phrases: Iterable[str]) -> None:
        if item.get("status") == "cancelled" or item.get("transparency") == "transparent":
            return
        if any(a.get("self") and a.get("responseStatus") == "declined" for a in item.get("attendees", [])):
            return
        when = _times(item, zone)
        if when is None:
            raise CalendarTrouble("unreadable", LATER, 60_000)
        title = str(item.get("summary", "")).casefold()
        if booking_of(item):
            self.ours.append(when)
        elif any(phrase.casefold() in title for phrase in phrases if phrase):
            self.movable.append(when)
        else:
            self.firm.append(when)


def _spelled(ref: str) -> tuple[int, str]:
    """(version, booking) of an event id; (0, "") if it is not one of ours."""
    code = ref.removeprefix(_MARK).upper()
    if code == ref.upper():
        return 0, ""
    try:
        text = base64.b32hexdecode(code + "=" * (-len(code) % 8)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return 0, ""
    version, colon, booking = text.partition(":")
    return (int(version), booking) if colon and version.isdecimal() else (0, "")


def _private(item: Json) -> dict[str, str]:
    return dict(item.get("extendedProperties", {}).get("private", {}))


def version_of(item: Json) -> int:
    """Of an entry as it is now: what we last wrote, else what its id was made for."""
    written = _private(item).get("parley_version", "")
    return int(written) if written.isdecimal() else _spelled(str(item.get("id", "")))[0]


def body_of(event: Event, old: Json) -> Json:
    """Our fields over what is there (update replaces everything, so what others added must be sent along)."""
    moved = _times(old, "UTC") != (event.start, event.end)
    before = {str(a.get("email", "")).lower(): a for a in old.get("attendees", [])}
    ours: Json = {
        "summary": event.summary,
        "description": event.description,
        "location": event.location,
        "start": {"dateTime": rfc(event.start), "timeZone": event.zone},
        "end": {"dateTime": rfc(event.end), "timeZone": event.zone},
        # A yes or no was to the old time: whoever answered is asked again after a move.
        "attendees": [
            {"email": mail} if moved else before.get(mail.lower(), {"email": mail}) for mail in event.attendees
        ]
        + [a for a in before.values() if a.get("resource")],  # a room that somebody booked stays booked
        "extendedProperties": {
            **old.get("extendedProperties", {}),
            "private": {
                **_private(old),
                "parley": event.id,
                "parley_version": str(event.version),
                "parley_start": str(event.start),
                "parley_end": str(event.end),
            },
        },
    }
    return {**old, **ours}


def wish(*of: str) -> Json:
    """A wish for a Meet link. The request id is new for each new state of the event: Google ignores a repeated one."""
    key = hashlib.sha256("\0".join(of).encode()).hexdigest()[:32]
    return {"createRequest": {"requestId": key, "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


def wish_state(item: Json) -> str:
    return str(item.get("conferenceData", {}).get("createRequest", {}).get("status", {}).get("statusCode", ""))


def link_of(item: Json) -> str:
    points = item.get("conferenceData", {}).get("entryPoints", [])
    return next((str(p["uri"]) for p in points if p.get("entryPointType") == "video" and p.get("uri")), "")


def kept_of(item: Json, problem: str = "") -> Kept:
    return Kept(str(item.get("id", "")), str(item.get("etag", "")), link_of(item), problem)


def outside_of(booking: str, item: Json) -> Outside:
    when = _times(item, "UTC")
    start, end = when or (None, None)
    no = tuple(str(a.get("email", "")) for a in item.get("attendees", []) if a.get("responseStatus") == "declined")
    status: OutsideStatus = "declined" if no else "unchanged"
    if item.get("status") == "cancelled":
        status = "cancelled"
    elif _moved(item, when):
        status = "moved"
    return Outside(booking, status, start, end, no)


def _moved(item: Json, when: Interval | None) -> bool:
    ours = _private(item)
    written = (ours.get("parley_start", ""), ours.get("parley_end", ""))
    return when is not None and all(written) and written != (str(when[0]), str(when[1]))


def free_busy_problem(name: str, answer: Json) -> str:
    """Errors of one calendar come inside a 200; so does its absence. Both mean unknown."""
    about = answer.get("calendars", {}).get(name, {})
    reasons = {str(error.get("reason", "")) for error in about.get("errors", [])}
    if not reasons:
        return "" if "busy" in about else LATER
    return GONE if "notFound" in reasons else LATER


def _times(item: Json, zone: str) -> Interval | None:
    """(start, end) in minutes, seconds rounded outwards; a whole day begins at its first instant in `zone`."""
    try:
        return outwards(_moment(item["start"], zone), _moment(item["end"], zone))
    except (KeyError, TypeError, ValueError):
        return None


def _moment(side: Json, zone: str) -> str:
    if "dateTime" in side:
        return str(side["dateTime"])
    return datetime.combine(date.fromisoformat(side["date"]), time(), ZoneInfo(zone)).isoformat()


def outwards(start: str, end: str) -> Interval:
    first, last = datetime.fromisoformat(start).timestamp(), datetime.fromisoformat(end).timestamp()
    return int(first // 60), int(-(-last // 60))


def rfc(minute: Minute) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
