"""Working hours: gaps, folds, ends, overrides, journeys, and the sentences for what can't be meant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.hours import public_holidays, read_hours, working
from calendar_sync.zones import DAY, ConfigProblem, date_text, day_of, week, weekday, zone

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Havana",
    "Africa/Cairo",
    "Antarctica/Troll",
    "America/Santiago",
    "Asia/Beirut",
    "Atlantic/Azores",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp()) // 60


def hours_of(start: str, end: str, day: str, tz: str = "America/New_York") -> list[str]:
    """The working hours of one date, as UTC times."""
    hours = read_hours("Ada", tz, overrides=[{"date": day, "intervals": [[start, end]]}])
    found = working(hours, (day_of(day) - 2) * DAY, (day_of(day) + 3) * DAY)
    return [(EPOCH + timedelta(minutes=t)).strftime("%dT%H:%M") for pair in found for t in pair]


@given(st.sampled_from(ZONES), st.integers(at("2024-01-01T00:00Z"), at("2029-01-01T00:00Z")))
def test_offset_is_the_librarys(name: str, minute: int):
    local = (EPOCH + timedelta(minutes=minute)).astimezone(ZoneInfo(name))
    assert timedelta(minutes=zone(name).offset(minute)) == local.utcoffset()
    assert date_text(zone(name).date_of(minute)) == local.date().isoformat()


@pytest.mark.parametrize("name", ZONES)
def test_every_wall_time_of_a_change(name: str):
    """Against the plain reading of rules 2 and 3: look at every minute around each change of a year."""
    there, lo, hi = zone(name), at("2026-01-01T00:00Z"), at("2027-06-01T00:00Z")
    pieces = there.pieces(lo, hi)
    assert pieces[0][0] == lo
    assert pieces[-1][1] == hi
    for change, _, _ in pieces[1:]:
        shown: dict[int, list[int]] = {}
        for t in range(change - 600, change + 600):
            shown.setdefault(t + there.offset(t), []).append(t)
        before, after = there.offset(change - 1), there.offset(change)
        for wall in range(change + min(before, after) - 200, change + max(before, after) + 200):
            seen = shown.get(wall) or [wall - before]  # in a gap: moved on by the gap
            assert there.start_of(wall) == seen[0]
            assert there.end_of(wall) == seen[-1]
        for day in {(change + before) // DAY, (change + after) // DAY}:
            if shown.get(day * DAY) or (change - 500 + before) // DAY < day:
                assert there.first(day) == min(t for w, ts in shown.items() if w // DAY == day for t in ts)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("02:30", "05:00", ["14T07:30", "14T09:00"]),
        ("01:00", "02:30", ["14T06:00", "14T07:30"]),
        ("02:00", "03:00", []),
        ("02:30", "02:45", ["14T07:30", "14T07:45"]),
        ("00:00", "24:00", ["14T05:00", "15T04:00"]),
    ],
)
def test_a_gap_moves_times_on(start: str, end: str, found: list[str]):
    assert hours_of(start, end, "2027-03-14") == found


def test_the_end_of_a_date_is_the_first_instant_of_the_next():
    assert hours_of("18:00", "24:00", "2026-10-31", "America/Havana") == ["31T22:00", "01T04:00"]
    assert hours_of("22:00", "23:59", "2027-04-29", "Africa/Cairo") == ["29T20:00", "29T22:00"]


def test_overnight_is_two_intervals():
    weekly = [{"days": [6, 7], "from": "22:00", "to": "06:00+1"}]
    twice = [{"days": [6, 7], "from": "22:00", "to": "24:00"}, {"days": [7, 1], "from": "00:00", "to": "06:00"}]
    for rest in (
        {},
        {"away": ["2027-01-17"]},
        {"overrides": [{"date": "2027-01-17", "intervals": [["10:00", "11:00"]]}]},
    ):
        a, b = read_hours("Ada", "Europe/Berlin", weekly, **rest), read_hours("Ada", "Europe/Berlin", twice, **rest)
        lo = day_of("2027-01-14") * DAY
        assert working(a, lo, lo + 7 * DAY) == working(b, lo, lo + 7 * DAY) != ()


def test_an_override_may_go_on_overnight_unless_the_next_date_says_otherwise():
    assert hours_of("22:00", "02:00+1", "2027-01-15", "UTC") == ["15T22:00", "16T02:00"]
    overrides = [{"date": "2027-01-15", "intervals": [["22:00", "02:00+1"]]}, {"date": "2027-01-16", "intervals": []}]
    lo = day_of("2027-01-15") * DAY
    assert working(read_hours("Ada", "UTC", overrides=overrides), lo, lo + 3 * DAY) == ((lo + 22 * 60, lo + DAY),)


def test_a_journey_sets_the_zone_of_its_dates_whatever_the_order():
    travel = [
        {"from_date": "2027-01-12", "to_date": "2027-01-13", "tz": "America/New_York"},
        {"from_date": "2027-01-13", "tz": "Asia/Kolkata"},
    ]
    weekly = [{"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "17:00"}]
    there = read_hours("Ada", "Europe/Berlin", weekly, travel=travel)
    assert there == read_hours("Ada", "Europe/Berlin", weekly, travel=travel[::-1])
    lo = at("2027-01-11T00:00Z")
    assert working(there, lo, lo + 3 * DAY) == (
        (at("2027-01-11T08:00Z"), at("2027-01-11T16:00Z")),
        (at("2027-01-12T14:00Z"), at("2027-01-12T22:00Z")),
        (at("2027-01-13T03:30Z"), at("2027-01-13T11:30Z")),
    )
    assert date_text(there.date_of(at("2027-01-12T20:00Z"))) == "2027-01-13"  # it has begun in Kolkata


def test_holidays_are_dates_to_be_away():
    free = public_holidays("DE", [2027], "BY")
    assert {"2027-10-03", "2027-01-06"} <= free
    assert "2027-01-06" not in public_holidays("DE", [2027], "BE")
    weekly = [{"days": [3], "from": "09:00", "to": "17:00"}]
    lo = at("2027-01-06T00:00Z")
    assert working(read_hours("Ada", "Europe/Berlin", weekly, away=free), lo, lo + DAY) == ()
    with pytest.raises(ConfigProblem, match="DE-XX"):
        public_holidays("DE", [2027], "XX")


@pytest.mark.parametrize(
    ("rule", "code", "says"),
    [
        ({"from": "17:00", "to": "09:00"}, "end_before_start", ["Ada", "Monday", "17:00", "09:00", '"09:00+1"']),
        ({"from": "17:00", "to": "00:00"}, "end_before_start", ['"24:00"']),
        ({"from": "09:00", "to": "09:00"}, "end_before_start", ["09:00"]),
        ({"from": "05:00", "to": "06:00+1"}, "longer_than_a_day", ["05:00", "06:00+1"]),
        ({"from": "9:00", "to": "17:00"}, "bad_time", ['"9:00"', "09:30"]),
        ({"from": "09:00", "to": "24:30"}, "bad_time", ["24:30"]),
        ({"from": "24:00", "to": "06:00+1"}, "bad_time", ["24:00"]),
        ({"days": [0]}, "bad_weekday", ["Ada", "0", "Monday"]),
    ],
)
def test_what_cant_be_meant_is_a_sentence(rule: dict[str, Any], code: str, says: list[str]):
    with pytest.raises(ConfigProblem) as caught:
        read_hours("Ada", "UTC", [{"days": [1], "from": "09:00", "to": "17:00", **rule}])
    assert caught.value.code == code
    assert all(part in caught.value.say for part in says), caught.value.say


def test_zones_dates_and_journeys_that_do_not_exist():
    for code, kwargs in (
        ("unknown_zone", {"home": "Europe/Atlantis"}),
        ("bad_date", {"home": "UTC", "away": ["2027-02-29"]}),
        (
            "end_before_start",
            {"home": "UTC", "travel": [{"from_date": "2027-02-02", "to_date": "2027-02-01", "tz": "UTC"}]},
        ),
    ):
        with pytest.raises(ConfigProblem) as caught:
            read_hours("Ada", **kwargs)
        assert caught.value.code == code


def test_weekdays_and_weeks():
    monday = day_of("2027-01-11")
    assert [weekday(monday + n) for n in range(7)] == [1, 2, 3, 4, 5, 6, 7]
    assert week(monday) == week(monday + 6) == week(monday - 1) + 1
    assert week(monday - 1, 7) == week(monday + 5, 7) == week(monday + 6, 7) - 1


@pytest.mark.parametrize("name", ZONES)
def test_a_calm_day_has_one_offset_from_the_day_before_to_the_day_after(name: str):
    there = zone(name)
    for day in range(day_of("2026-01-01"), day_of("2027-06-01")):
        pieces = there.pieces((day - 1) * DAY, (day + 2) * DAY)
        assert there.calm(day) == (pieces[0][2] if len(pieces) == 1 else None)
