"""Reminders: a day and an hour before, never at night, never stale, never twice at once."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.reminding import NO_QUIET, OFFSETS, QUIET, due, quiet, snoozed
from calendar_sync.zones import ConfigProblem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000
ZONES = [
    *("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana"),
    *("Africa/Cairo", "Antarctica/Troll", "America/Santiago", "Asia/Kathmandu", "Pacific/Kiritimati"),
]
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


def at(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp()) // 60


def wall(at_ms: int, zone: str) -> datetime:
    return (EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))


def paris(start: str, booked: str = "2026-01-01T00:00Z", offsets: Iterable[int] = OFFSETS) -> list[tuple[int, str]]:
    """(offset, day and time in Paris) of each reminder."""
    begins = at(start)
    found = due(begins, begins + 45, "Europe/Paris", at(booked) * MINUTE, offsets)
    return [(d.offset, f"{wall(d.at_ms, 'Europe/Paris'):%d %H:%M}") for d in found]


def test_a_day_and_an_hour_before():
    assert paris("2026-12-03T10:00+01:00") == [(1440, "02 10:00"), (60, "03 09:00")]


@pytest.mark.parametrize(
    ("start", "reminders"),
    [
        ("2026-12-03T09:00+01:00", [(1440, "02 09:00"), (60, "03 08:00")]),  # the quiet hours end as it comes
        ("2026-12-03T08:45+01:00", [(1440, "02 08:45"), (60, "03 08:00")]),  # 45 minutes are left
        ("2026-12-03T08:44+01:00", [(1440, "02 08:44"), (60, "02 21:55")]),  # 44 are not enough
        ("2026-12-03T23:00+01:00", [(1440, "03 08:00"), (60, "03 21:55")]),  # a start at night
        ("2026-12-03T07:00+01:00", [(1440, "02 08:00"), (60, "02 21:55")]),
    ],
)
def test_not_in_the_quiet_hours(start: str, reminders: list[tuple[int, str]]):
    assert paris(start) == reminders


def test_booked_at_short_notice():
    start = "2026-12-03T10:00+01:00"
    assert paris(start, "2026-12-02T09:49+01:00") == [(1440, "02 10:00"), (60, "03 09:00")]
    assert paris(start, "2026-12-02T09:51+01:00") == [(60, "03 09:00")], "nine minutes after the booking"
    assert paris(start, "2026-12-03T09:30+01:00") == []
    assert paris(start, "2026-12-03T11:00+01:00") == []


def test_two_that_fall_together_are_one():
    assert paris("2026-12-03T16:00+01:00", offsets=(600, 720)) == [(600, "03 08:00")]
    assert paris("2026-12-03T10:00+01:00", offsets=(60, 60, 50)) == [(50, "03 09:10")]
    assert paris("2026-12-03T10:00+01:00", offsets=(0, -60)) == []


def test_an_hour_is_an_hour_on_the_night_of_a_change():
    """On 28 March 2027 Paris skips 02:00 to 03:00, which a day before is no different from any other."""
    assert paris("2027-03-28T10:00+02:00") == [(1440, "27 09:00"), (60, "28 09:00")]
    awake = due(at("2027-03-28T01:30Z"), at("2027-03-28T02:00Z"), "Europe/Paris", 0, (60,), NO_QUIET)
    assert f"{wall(awake[0].at_ms, 'Europe/Paris'):%d %H:%M}" == "28 01:30"


def test_what_is_over_or_has_no_length_is_not_reminded_of():
    assert due(1000, 1000, "UTC", 0) == []


STARTS = st.integers(at("2026-09-01T00:00Z"), at("2027-05-01T00:00Z"))
NOTICE = st.integers(-120, 5000)
OFFERED = st.lists(st.integers(-10, 4000), max_size=5)
HOURS = st.one_of(st.just(QUIET), st.just(NO_QUIET), st.tuples(TIMES, TIMES))


@given(STARTS, NOTICE, OFFERED, st.sampled_from(ZONES), HOURS)
def test_laws(start: int, notice: int, offsets: list[int], zone: str, hours: tuple[str, str]):
    now = (start - notice) * MINUTE + 17
    found = due(start, start + 30, zone, now, offsets, hours)
    times = [d.at_ms for d in found]
    assert times == sorted(times)
    assert len({d.offset for d in found}) == len(found)
    assert {d.offset for d in found} <= set(offsets)
    assert all(b - a >= 15 * MINUTE for a, b in pairwise(times))
    for d in found:
        planned = (start - d.offset) * MINUTE
        assert now + 10 * MINUTE <= d.at_ms < start * MINUTE
        assert not quiet(d.at_ms, zone, hours)
        if d.at_ms == planned:
            continue
        assert quiet(planned, zone, hours), "moved for no reason"
        if d.at_ms > planned:
            assert quiet(d.at_ms - MINUTE, zone, hours)
            assert d.at_ms <= (start - 45) * MINUTE
        else:
            assert quiet(d.at_ms + 5 * MINUTE, zone, hours)


@given(STARTS, NOTICE, OFFERED, st.sampled_from(ZONES), HOURS)
def test_none_is_forgotten(start: int, notice: int, offsets: list[int], zone: str, hours: tuple[str, str]):
    """A planned moment that is neither quiet nor too soon is kept, or stands close to one that is."""
    now = (start - notice) * MINUTE
    found = due(start, start + 30, zone, now, offsets, hours)
    for offset in offsets:
        planned = (start - offset) * MINUTE
        if offset > 0 and planned >= now + 10 * MINUTE and not quiet(planned, zone, hours):
            assert any(abs(d.at_ms - planned) < 15 * MINUTE for d in found)


@given(STARTS, st.sampled_from(ZONES), TIMES, TIMES)
def test_quiet_is_what_the_clock_on_the_wall_says(minute: int, zone: str, begins: str, ends: str):
    """On all days but those of a change: there, times between the two may come twice or not at all."""
    here = wall(minute * MINUTE, zone)
    near = {wall((minute + n * 720) * MINUTE, zone).utcoffset() for n in range(-4, 5)}
    if len(near) > 1:
        return
    now, a, b = here.time(), time.fromisoformat(begins), time.fromisoformat(ends)
    expected = a <= now < b if a <= b else now >= a or now < b
    assert quiet(minute * MINUTE, zone, (begins, ends)) == expected


@pytest.mark.parametrize(
    ("utc", "zone", "expected"),
    [
        ("2026-10-25T05:59Z", "Europe/Paris", True),  # 06:59 of the longer night, quiet until 08:00
        ("2026-10-25T06:59Z", "Europe/Paris", True),
        ("2026-10-25T07:00Z", "Europe/Paris", False),
        ("2027-03-28T05:59Z", "Europe/Paris", True),
        ("2027-03-28T06:00Z", "Europe/Paris", False),
        ("2026-12-01T15:15Z", "Asia/Kathmandu", False),  # 21:00
        ("2026-12-01T16:15Z", "Asia/Kathmandu", True),  # 22:00
        ("2026-12-01T08:15Z", "Pacific/Chatham", True),  # 22:00
        ("2026-12-01T08:14Z", "Pacific/Chatham", False),
    ],
)
def test_quiet_on_nights_of_change_and_far_away(utc: str, zone: str, expected: bool):
    assert quiet(at(utc) * MINUTE, zone) is expected


@pytest.mark.parametrize("text", ["22", "25:00", "22:60", "22.00", "", "-1:00", "24:01", "²2:00"])
def test_quiet_hours_that_are_none(text: str):
    with pytest.raises(ConfigProblem, match="Write it as 22:00"):
        quiet(0, "UTC", (text, "08:00"))


def test_24_00_is_the_end_of_a_day():
    assert quiet(at("2026-12-01T23:59Z") * MINUTE, "UTC", ("22:00", "24:00"))
    assert not quiet(at("2026-12-02T00:00Z") * MINUTE, "UTC", ("22:00", "24:00"))


def test_snoozing():
    start, now = at("2026-12-03T10:00Z"), at("2026-12-03T09:00Z") * MINUTE
    assert snoozed(now, 30, start) == now + 30 * MINUTE
    assert snoozed(now, 120, start) == (start - 5) * MINUTE, "not after the start, and with time to join"
    assert snoozed((start - 6) * MINUTE, 30, start) == (start - 5) * MINUTE
    assert snoozed((start - 5) * MINUTE, 30, start) is None
    assert snoozed((start + 5) * MINUTE, 30, start) is None


@given(STARTS, st.integers(-100, 5000), st.integers(1, 5000))
def test_a_snoozed_one_comes_back_later_and_in_time(start: int, before: int, minutes: int):
    now = (start - before) * MINUTE
    back = snoozed(now, minutes, start)
    assert (back is None) == (before < 6)
    if back is not None:
        assert now < back <= min(now + minutes * MINUTE, (start - 5) * MINUTE)
