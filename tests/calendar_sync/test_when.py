"""Times in words: weekdays, dates, offsets and the nights on which a clock shows an hour twice."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync import when
from calendar_sync.zones import ConfigProblem, day_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TUESDAY = "2026-12-01T09:00Z"
ZONES = [
    *("UTC", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Kiritimati"),
    *("America/New_York", "America/Havana", "America/Santiago", "Africa/Cairo", "Antarctica/Troll", "Etc/GMT+3"),
]
YEARS = st.integers(int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) // 60, 33_000_000)


def at(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp()) // 60


def ms(iso: str) -> int:
    return at(iso) * 60_000


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Paris", "Tuesday 1 December, 10:00 (Paris, UTC+1)"),
        ("Europe/London", "Tuesday 1 December, 09:00 (London, UTC+0)"),
        ("UTC", "Tuesday 1 December, 09:00 (UTC)"),
        ("Etc/GMT-2", "Tuesday 1 December, 11:00 (UTC+2)"),
        ("Asia/Kathmandu", "Tuesday 1 December, 14:45 (Kathmandu, UTC+5:45)"),
        ("Australia/Lord_Howe", "Tuesday 1 December, 20:00 (Lord Howe, UTC+11)"),
        ("Pacific/Chatham", "Tuesday 1 December, 22:45 (Chatham, UTC+13:45)"),
        ("Pacific/Kiritimati", "Tuesday 1 December, 23:00 (Kiritimati, UTC+14)"),
        ("Pacific/Pago_Pago", "Monday 30 November, 22:00 (Pago Pago, UTC-11)"),
        ("America/St_Johns", "Tuesday 1 December, 05:30 (St John's, UTC-3:30)"),
        ("America/Sao_Paulo", "Tuesday 1 December, 06:00 (São Paulo, UTC-3)"),
        ("America/Argentina/Buenos_Aires", "Tuesday 1 December, 06:00 (Buenos Aires, UTC-3)"),
        ("US/Eastern", "Tuesday 1 December, 04:00 (US Eastern, UTC-5)"),
    ],
)
def test_one_instant_for_readers_in_many_places(zone: str, words: str):
    assert when.spoken(at(TUESDAY), zone) == words


def test_a_zone_that_is_none_is_named():
    with pytest.raises(ConfigProblem, match="Europe/Pariss"):
        when.spoken(0, "Europe/Pariss")


def test_the_year_stands_there_when_it_is_another_one():
    january = at("2027-01-05T09:00Z")
    assert when.spoken(january, "UTC", ms("2026-12-30T12:00Z")) == "Tuesday 5 January 2027, 09:00 (UTC)"
    assert when.spoken(january, "UTC", ms("2027-01-01T00:00Z")) == "Tuesday 5 January, 09:00 (UTC)"
    assert when.day_label(day_of("2027-01-05"), "UTC", ms("2026-12-30T12:00Z")) == "Tue 5 Jan 2027"


def test_which_year_is_the_current_one_depends_on_the_reader():
    eve = ms("2026-12-31T11:00Z")  # already the new year on Kiritimati
    january = at("2027-01-05T09:00Z")
    assert when.spoken(january, "Pacific/Kiritimati", eve) == "Tuesday 5 January, 23:00 (Kiritimati, UTC+14)"
    assert when.spoken(january, "Europe/Paris", eve) == "Tuesday 5 January 2027, 10:00 (Paris, UTC+1)"


@pytest.mark.parametrize(
    ("zone", "utc", "words"),
    [
        (
            "America/New_York",
            "2026-11-01T05:30Z",
            "Sunday 1 November, 01:30, the first one that night (New York, UTC-4)",
        ),
        (
            *("America/New_York", "2026-11-01T06:30Z"),
            "Sunday 1 November, 01:30, the second one that night (New York, UTC-5)",
        ),
        ("America/New_York", "2026-11-01T07:00Z", "Sunday 1 November, 02:00 (New York, UTC-5)"),
        ("America/New_York", "2026-11-01T04:59Z", "Sunday 1 November, 00:59 (New York, UTC-4)"),
        # Lord Howe goes back by half an hour, so only half an hour is shown twice.
        (
            "Australia/Lord_Howe",
            "2027-04-03T14:45Z",
            "Sunday 4 April, 01:45, the first one that night (Lord Howe, UTC+11)",
        ),
        (
            *("Australia/Lord_Howe", "2027-04-03T15:15Z"),
            "Sunday 4 April, 01:45, the second one that night (Lord Howe, UTC+10:30)",
        ),
        ("Australia/Lord_Howe", "2027-04-03T15:30Z", "Sunday 4 April, 02:00 (Lord Howe, UTC+10:30)"),
        # Chatham changes at 03:45; Santiago and Havana at midnight.
        (
            "Pacific/Chatham",
            "2027-04-03T14:15Z",
            "Sunday 4 April, 03:00, the second one that night (Chatham, UTC+12:45)",
        ),
        ("America/Havana", "2026-11-01T05:00Z", "Sunday 1 November, 00:00, the second one that night (Havana, UTC-5)"),
        (
            "America/Santiago",
            "2027-04-04T03:30Z",
            "Saturday 3 April, 23:30, the second one that night (Santiago, UTC-4)",
        ),
        # In spring nothing is shown twice.
        ("Europe/Paris", "2027-03-28T01:00Z", "Sunday 28 March, 03:00 (Paris, UTC+2)"),
        ("Africa/Cairo", "2027-04-29T22:00Z", "Friday 30 April, 01:00 (Cairo, UTC+3)"),
    ],
)
def test_nights_on_which_clocks_change(zone: str, utc: str, words: str):
    assert when.spoken(at(utc), zone) == words


@given(YEARS, st.sampled_from(ZONES))
def test_what_is_said_is_what_the_library_says(minute: int, name: str):
    local = (EPOCH + timedelta(minutes=minute)).astimezone(ZoneInfo(name))
    words = when.spoken(minute, name)
    assert f"{local.day} " in words
    assert f"{local:%H:%M}" in words
    assert words.split()[0] == when.WEEKDAYS[local.weekday()]
    assert words.split()[2].rstrip(",") == when.MONTHS[local.month - 1]
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    assert ("that night" in words) == twice
    assert ("the second" in words) == (twice and local.fold == 1)


@given(YEARS, YEARS, st.sampled_from(ZONES))
def test_two_instants_never_share_their_words(a: int, b: int, name: str):
    assert (when.spoken(a, name, 0) == when.spoken(b, name, 0)) == (a == b)


@pytest.mark.parametrize(
    ("start", "end", "zone", "words"),
    [
        (TUESDAY, "2026-12-01T09:45Z", "Europe/Paris", "Tuesday 1 December, 10:00 to 10:45 (Paris, UTC+1)"),
        (
            *("2026-12-01T22:30Z", "2026-12-01T23:15Z", "Europe/Paris"),
            "Tuesday 1 December, 23:30 to Wednesday 2 December, 00:15 (Paris, UTC+1)",
        ),
        (
            "2026-12-01T22:00Z",
            "2026-12-01T23:00Z",
            "Europe/Paris",
            "Tuesday 1 December, 23:00 to midnight (Paris, UTC+1)",
        ),
        (
            *("2026-12-01T22:00Z", "2026-12-02T23:00Z", "Europe/Paris"),
            "Tuesday 1 December, 23:00 to Thursday 3 December, 00:00 (Paris, UTC+1)",
        ),
        (
            *("2026-10-25T00:30Z", "2026-10-25T01:30Z", "Europe/Paris"),
            "Sunday 25 October, 02:30, the first one that night, to 02:30, the second one that night "
            "(Paris, UTC+2, then UTC+1)",
        ),
        (
            *("2027-03-28T00:30Z", "2027-03-28T01:30Z", "Europe/Paris"),
            "Sunday 28 March, 01:30 to 03:30 (Paris, UTC+1, then UTC+2)",
        ),
        # In Cairo the last Friday of April begins at 01:00.
        (
            *("2027-04-29T21:00Z", "2027-04-29T22:00Z", "Africa/Cairo"),
            "Thursday 29 April, 23:00 to midnight (Cairo, UTC+2, then UTC+3)",
        ),
    ],
)
def test_ranges(start: str, end: str, zone: str, words: str):
    assert when.spoken_range(at(start), at(end), zone) == words


def test_a_range_over_the_turn_of_the_year_names_the_other_year():
    words = when.spoken_range(at("2026-12-31T23:30Z"), at("2027-01-01T00:30Z"), "UTC", ms("2026-12-01T00:00Z"))
    assert words == "Thursday 31 December, 23:30 to Friday 1 January 2027, 00:30 (UTC)"


def test_days():
    first = day_of("2026-11-30")
    assert when.day_label(first + 1, "Europe/Paris") == "Tue 1 Dec"
    assert when.long_day(first) == "Monday 30 November"
    assert when.day_span(first, first + 4) == "30 November to 4 December"
    assert when.day_span(first + 1, first + 7) == "1 to 7 December"
    assert when.day_span(first, first) == "30 November"
    assert when.day_span(day_of("2026-12-20"), day_of("2027-12-24")) == "20 December to 24 December"


def test_clock_and_zone_label():
    assert when.clock(at(TUESDAY), "Asia/Kathmandu") == "14:45"
    assert when.zone_label("Europe/Paris", at(TUESDAY)) == "Paris time (UTC+1)"
    assert when.zone_label("Europe/Paris", at("2026-07-01T00:00Z")) == "Paris time (UTC+2)"
    assert when.zone_label("UTC", 0) == "UTC"
    assert when.zone_label("Etc/GMT+3", 0) == "UTC-3"


def test_two_readers():
    assert when.two(at(TUESDAY), "Europe/Paris", "Asia/Kolkata") == "10:00 Paris / 14:30 Kolkata"
    assert when.two(at(TUESDAY), "Europe/Paris", "Europe/Paris") == "10:00 Paris"
    assert when.two(at(TUESDAY), "Europe/Paris", "UTC") == "10:00 Paris / 09:00 UTC"
    evening = at("2026-12-02T01:00Z")
    words = when.two(evening, "America/New_York", "Asia/Kolkata")
    assert words == "Tue 1 Dec, 20:00 New York / Wed 2 Dec, 06:30 Kolkata"
    fold = at("2026-11-01T06:30Z")
    assert when.two(fold, "America/New_York", "Europe/Paris") == "01:30 New York (UTC-5) / 07:30 Paris"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("2026-12-01T09:00Z", "now"),
        ("2026-12-01T09:01Z", "in 1 minute"),
        ("2026-12-01T09:25Z", "in 25 minutes"),
        ("2026-12-01T10:00Z", "in 1 hour"),
        ("2026-12-01T11:15Z", "in 2 hours and 15 minutes"),
        ("2026-12-01T12:00Z", "today at 13:00"),
        ("2026-12-01T23:00Z", "tomorrow at 00:00"),
        ("2026-12-02T09:00Z", "tomorrow at 10:00"),
        ("2026-12-03T09:00Z", "on Thursday at 10:00"),
        ("2026-12-07T09:00Z", "on Monday at 10:00"),
        ("2026-12-08T09:00Z", "on Tuesday 8 December at 10:00"),
        ("2027-01-08T09:00Z", "on Friday 8 January 2027 at 10:00"),
        ("2026-12-01T08:50Z", "10 minutes ago"),
        ("2026-12-01T05:00Z", "today at 06:00"),
        ("2026-11-30T09:00Z", "yesterday at 10:00"),
        ("2026-11-27T09:00Z", "on Friday 27 November at 10:00"),
    ],
)
def test_how_far_away(target: str, words: str):
    assert when.relative(at(target), "Europe/Paris", ms(TUESDAY)) == words


def test_how_far_away_counts_real_minutes_on_a_night_of_change():
    """From 23:30 to 03:00 it is two and a half hours on the night in spring; in autumn 02:30 says which one it is."""
    spring = when.relative(at("2027-03-28T01:00Z"), "Europe/Paris", ms("2027-03-27T22:30Z"))
    assert spring == "in 2 hours and 30 minutes"
    words = when.relative(at("2026-10-25T01:30Z"), "Europe/Paris", ms("2026-10-24T12:00Z"))
    assert words == "tomorrow at 02:30, the second one that night"


def test_every_zone_there_is_has_a_label_without_an_underscore():
    names = sorted(available_timezones() - {"localtime", "Factory"})
    assert len(names) > 400
    for name in names:
        label = when.zone_label(name, at(TUESDAY))
        assert re.fullmatch(r"([^_/]+ time \(UTC[+-]\d+(:\d\d)?\)|UTC([+-]\d+)?)", label), (name, label)
