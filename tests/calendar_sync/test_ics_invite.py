"""Invitations, read back by the library and by our own import."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from calendar_sync.calendar import Event
from calendar_sync.ics import Reader, blocks, import_feed
from calendar_sync.ics_invite import Method, invitation, invitation_uid

NOW = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) // 60


def booking(start: str, zone: str = "Europe/Berlin", version: int = 1) -> Event:
    at = int(datetime.fromisoformat(start).timestamp()) // 60
    return Event(
        *("bk-1", version, at, at + 60, zone, "Interview, part 1; Ada"),
        description="Bring:\nnothing",
        location="https://meet.example.org/x",
        attendees=("ada@example.org", "ben@example.org"),
    )


def parsed(event: Event, method: Method, sequence: int) -> tuple[icalendar.Calendar, Any]:
    data = invitation(event, method, sequence, now=NOW, organizer="bot@example.org")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    icalendar.use_zoneinfo()
    read = icalendar.Calendar.from_ical(data)
    assert isinstance(read, icalendar.Calendar)
    return read, read.walk("VEVENT")[0]


def test_an_update_replaces_and_a_cancel_removes():
    sent = [parsed(booking("2026-03-10T09:00:00+00:00"), "REQUEST", 0)]
    sent.append(parsed(booking("2026-03-11T09:00:00+00:00", version=2), "REQUEST", 1))
    sent.append(parsed(booking("2026-03-11T09:00:00+00:00", version=3), "CANCEL", 2))
    assert [str(c["METHOD"]) for c, _ in sent] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(e["UID"]) for _, e in sent} == {invitation_uid("bk-1")}
    assert [int(e["SEQUENCE"]) for _, e in sent] == [0, 1, 2]
    assert [str(e["STATUS"]) for _, e in sent] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    for _, entry in sent:
        assert [str(a) for a in entry["ATTENDEE"]] == ["mailto:ada@example.org", "mailto:ben@example.org"]
        assert str(entry["ORGANIZER"]) == "mailto:bot@example.org"
        assert entry["DTSTAMP"].dt == datetime(2026, 3, 1, tzinfo=UTC)
    assert sent[0][1]["ATTENDEE"][0].params["PARTSTAT"] == "NEEDS-ACTION"
    assert str(sent[0][1]["SUMMARY"]) == "Interview, part 1; Ada"
    assert str(sent[0][1]["DESCRIPTION"]) == "Bring:\nnothing"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "start", ["2026-03-29T01:00:00+00:00", "2026-10-25T01:15:00+00:00", "2026-07-01T12:00:00+00:00"]
)
def test_the_time_is_the_same_to_every_reader(zone: str, start: str):
    one = booking(start, zone)
    read, entry = parsed(one, "REQUEST", 0)
    assert entry["DTSTART"].dt.astimezone(UTC) == datetime.fromisoformat(start)
    zones = {str(z["TZID"]) for z in read.walk("VTIMEZONE")}
    assert zones == (set() if zone == "UTC" else {zone})
    for definition in read.walk("VTIMEZONE"):
        own: Any = definition
        theirs = datetime.fromtimestamp(one.start * 60, UTC).astimezone(ZoneInfo(zone))
        assert theirs.replace(tzinfo=own.to_tz(lookup_tzid=False)).utcoffset() == theirs.utcoffset() or theirs.fold
    feed = import_feed(read.to_ical(), one.start - 600, one.end + 600, Reader(ZoneInfo("Asia/Tokyo")))
    assert [(i.start // 60, i.end // 60) for i in feed.instances] == [(one.start, one.end)]


def test_a_cancelled_one_takes_no_time():
    one = booking("2026-03-10T09:00:00+00:00")
    data = invitation(one, "CANCEL", 1, now=NOW, organizer="bot@example.org")
    reader = Reader(ZoneInfo("UTC"))
    feed = import_feed(data, one.start, one.end, reader)
    assert [blocks(i, reader) for i in feed.instances] == [False]


def test_a_zone_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="Mars/Olympus"):
        invitation(booking("2026-03-10T09:00:00+00:00", "Mars/Olympus"), "REQUEST", 0, now=NOW, organizer="a@b.c")
