"""Invitations as .ics files, for calendars that can't be written to (RFC 5546: REQUEST, then updates, then CANCEL)."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from calendar_sync.calendar import Event as Booking
from calendar_sync.entry import invitation_uid
from calendar_sync.ics_zones import iana
from calendar_sync.intervals import Minute

Method = Literal["REQUEST", "CANCEL"]

__all__ = ["Method", "invitation", "invitation_uid"]


def invitation(event: Booking, method: Method, sequence: int, *, now: Minute, organizer: str) -> bytes:
    """One .ics file. `sequence` must grow with each version, a CANCEL's too; `organizer` is a mail address.

    Raises ValueError for a zone that is not in the IANA list.
    """
    zone = iana(event.zone)
    if zone is None:
        raise ValueError(f"{event.zone!r} is not a time zone. Please use a name like Europe/Berlin.")
    calendar = Calendar()
    _add(calendar, "prodid", "-//Parley//Parley//EN")
    _add(calendar, "version", "2.0")
    _add(calendar, "method", method)
    start, end = _local(event.start, zone), _local(event.end, zone)
    if zone.key not in ("UTC", "Etc/UTC"):
        margin = timedelta(days=400)
        first, last = (start - margin).date(), (end + margin).date()
        calendar.add_component(Timezone.from_tzinfo(zone, zone.key, first, last))
    calendar.add_component(_event(event, method, sequence, start, end, now, organizer))
    return calendar.to_ical()


def _add(part: Any, name: str, value: object) -> None:
    """icalendar's `add`, whose values have no type."""
    part.add(name, value)


def _event(
    event: Booking, method: Method, sequence: int, start: datetime, end: datetime, now: Minute, organizer: str
) -> Event:
    entry = Event()
    _add(entry, "uid", invitation_uid(event.id))
    _add(entry, "sequence", sequence)
    _add(entry, "dtstamp", datetime.fromtimestamp(now * 60, UTC))
    _add(entry, "dtstart", start)
    _add(entry, "dtend", end)
    _add(entry, "summary", event.summary)
    for name, text in (("description", event.description), ("location", event.location)):
        if text:
            _add(entry, name, text)
    _add(entry, "status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    _add(entry, "transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    _add(entry, "organizer", vCalAddress(f"mailto:{organizer}"))
    for address in event.attendees:
        attendee = vCalAddress(f"mailto:{address}")
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        if method == "REQUEST":
            attendee.params["PARTSTAT"] = "NEEDS-ACTION"
            attendee.params["RSVP"] = "TRUE"
        _add(entry, "attendee", attendee)
    return entry


def _local(minute: Minute, zone: ZoneInfo) -> datetime:
    """In the zone people read; in UTC where the local time comes twice, because a file can't say which one is meant."""
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(zone)
    return local if local.fold == 0 else local.astimezone(UTC)
