"""Wishes in a candidate's own words: what is understood, how it is said back, and that nothing else is offered."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calendar_sync import wishes
from calendar_sync.zones import day_of, weekday, zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TODAY = day_of("2026-11-25")  # a Wednesday
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati"]


def at(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp()) // 60


def said(text: str, today: int = TODAY) -> str | None:
    wish = wishes.read(text, "Europe/Paris", today)
    return wish.said if wish else None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Those of everybody
        ("weekday mornings", "mornings, Monday to Friday"),
        ("next week except Wednesday", "the week of 30 November, but not Wednesday"),
        ("Friday after 3pm", "after 15:00, Friday"),
        ("Mon/Tue 14-17", "14:00 to 17:00, Monday and Tuesday"),
        ("any day after 18:00", "after 18:00"),
        ("not before 10", "any time, but not before 10:00"),
        ("in the first week of December", "1 to 7 December"),
        ("tomorrow afternoon", "afternoon, Thursday 26 November"),
        ("5 Dec 10:00", "10:00 to 12:00, Saturday 5 December"),
        ("any time", "any time"),
        ("asap please", "any time"),
        # Several choices
        ("Monday morning or Thursday afternoon", "mornings, Monday; or afternoons, Thursday"),
        ("mornings on Monday, afternoons on Tuesday", "mornings, Monday; or afternoons, Tuesday"),
        ("mornings on Monday and Tuesday, Friday evening", "mornings, Monday and Tuesday; or evenings, Friday"),
        ("Tue, Thu after 4:30pm or Sat", "after 16:30, Tuesday and Thursday; or Saturday"),
        (
            "today after 4, tomorrow before 12",
            "after 16:00, Wednesday 25 November; or before 12:00, Thursday 26 November",
        ),
        ("Friday or 5 December after 3pm", "after 15:00, Friday or Saturday 5 December"),
        (
            "after 5pm on weekdays or any time at the weekend",
            "after 17:00, Monday to Friday; or Saturday and Sunday",
        ),
        (
            "Tuesday this week or Monday next week",
            "Tuesday, 25 to 29 November; or Monday in the week of 30 November",
        ),
        (
            "I would like Tuesday from 2 to 4 and Wednesday from 9 until noon",
            "14:00 to 16:00, Tuesday; or 09:00 to 12:00, Wednesday",
        ),
        # What does not suit
        ("anything but Friday", "any time, but not Friday"),
        ("not on Fridays, mornings are best", "mornings, but not Friday"),
        ("I can't do Mondays, Tuesday works", "Tuesday, but not Monday"),
        ("not Monday, Tuesday", "any time, but not Monday or Tuesday"),
        ("Monday is not possible", "any time, but not Monday"),
        ("Monday is bad but Tuesday is better", "Tuesday, but not Monday"),
        ("Wednesday doesn’t work, Thursday is fine", "Thursday, but not Wednesday"),
        ("I'm busy on Mondays and Tuesdays until 5", "any time, but not before 17:00, Monday or Tuesday"),
        ("I'm away until 3 December", "any time, but not before 4 December"),
        ("I work until 17:00 so evenings only", "evenings, but not before 17:00"),
        ("No, Friday would be better", "Friday"),
        ("Monday no problem", "Monday"),
        ("I have 3, not Monday", "any time, but not Monday"),
        ("before, not Monday", "any time, but not Monday"),
        ("Monday doesn't work for me but Tuesday at 10 does", "10:00 to 12:00, Tuesday, but not Monday"),
        ("I'm not available before 10 on Mondays", "any time, but not before 10:00, Monday"),
        ("29 Dec to 3 Jan", "29 December to 3 January"),
        ("next weekend", "Saturday 5 December or Sunday 6 December"),
        ("this weekend", "Saturday 28 November or Sunday 29 November"),
        ("any day of the week", "any time"),
        ("no evenings, no weekends", "any time, but not evenings, and not Saturday or Sunday"),
        ("except Monday and not before 11", "any time, but not Monday, and not before 11:00"),
        ("Not before 10am and not after 4pm", "any time, but not before 10:00, and not after 16:00"),
        ("not before Thursday", "any time, but not before 26 November"),
        ("not until Thursday", "any time, but not before 26 November"),
        ("weekdays except Monday mornings", "Monday to Friday, but not mornings, Monday"),
        # Times
        ("between 9 and 12", "09:00 to 12:00"),
        ("9-5", "09:00 to 17:00"),
        ("10 to 2 on Thursday", "10:00 to 14:00, Thursday"),
        ("weekdays 6-8pm", "18:00 to 20:00, Monday to Friday"),
        ("11-1pm Mon", "11:00 to 13:00, Monday"),
        ("9 to 11 a.m.", "09:00 to 11:00"),
        ("after 10 and before 4", "10:00 to 16:00"),
        ("after 3pm on Tuesday, before 6", "15:00 to 18:00, Tuesday"),
        ("mornings on Monday, evenings too", "mornings and evenings, Monday"),
        ("before 10 or after 16", "before 10:00 and after 16:00"),
        ("Monday, Wednesday and Friday mornings between 9 and 11", "09:00 to 11:00, Monday, Wednesday and Friday"),
        ("Tuesdays 10:00–12:00 and 14:00–16:00", "10:00 to 12:00 and 14:00 to 16:00, Tuesday"),
        ("15h30", "15:30 to 17:30"),
        ("03:30 on Monday", "03:30 to 05:30, Monday"),
        ("half past three on Monday", "15:30 to 17:30, Monday"),
        ("noon on 2 Dec", "12:00 to 14:00, Wednesday 2 December"),
        ("from 10 onwards", "after 10:00"),
        ("10 at the earliest", "after 10:00"),
        ("Friday until 3pm", "before 15:00, Friday"),
        ("Tuesday 10", "10:00 to 12:00, Tuesday"),  # the 10th is a Thursday
        ("after lunch on Monday", "after 14:00, Monday"),
        ("office hours", "09:00 to 17:00"),
        # Days
        ("from Monday to Wednesday", "Monday to Wednesday"),
        ("Fri-Mon", "Friday to Monday"),
        ("Monday through Thursday", "Monday to Thursday"),
        ("weekends only", "Saturday and Sunday"),
        ("Monday 30", "Monday 30 November"),
        ("next Friday", "Friday 27 November or Friday 4 December"),
        ("this Friday at 3", "15:00 to 17:00, Friday 27 November"),
        ("next week Tuesday or Wednesday", "Tuesday and Wednesday in the week of 30 November"),
        ("the week of 7 December", "the week of 7 December"),
        ("week commencing 7th December", "the week of 7 December"),
        ("in two weeks", "the week of 7 December"),
        ("the week after next", "the week of 7 December"),
        ("end of next week", "3 to 4 December"),
        ("later this week", "26 to 27 November"),
        ("within the next 3 days", "25 to 28 November"),
        ("after Wednesday", "from 26 November"),
        ("until Friday", "until 27 November"),
        ("between 3 and 10 December", "3 to 10 December"),
        ("from 3 Dec to 10 Dec", "3 to 10 December"),
        ("Dec 3-10, after 2", "after 14:00, 3 to 10 December"),
        ("3-5, 7 and 9 Dec", "3 to 5 December, Monday 7 December or Wednesday 9 December"),
        ("the 5th or 6th after lunch", "after 14:00, Saturday 5 December or Sunday 6 December"),
        ("30/11 at 10", "10:00 to 12:00, Monday 30 November"),
        ("Wed 2/12", "Wednesday 2 December"),
        ("12/24", "Thursday 24 December"),
        ("3.12. 14:00", "14:00 to 16:00, Thursday 3 December"),
        ("2026-12-03", "Thursday 3 December"),
        ("2/12/2026", "Wednesday 2 December"),  # not the past 12 February
        ("5 January", "Tuesday 5 January"),
        ("mid-December", "11 to 20 December"),
        ("early December", "1 to 10 December"),
        ("next month", "1 to 31 December"),
        ("the second week of January", "8 to 14 January"),
        ("last week of February", "the week of 22 February"),
        ("this afternoon", "afternoon, Wednesday 25 November"),
        ("tonight", "evening, Wednesday 25 November"),
        ("the day after tomorrow", "Friday 27 November"),
    ],
)
def test_how_it_is_understood(text: str, words: str):
    assert said(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "none of these work for me, sorry",
        "I have 2 kids and 30 minutes",
        "on 31 Feb",
        "13/24",
        "22-2",
        "ok?",
        "I may",
    ],
)
def test_nothing_is_understood(text: str):
    assert wishes.read(text, "Europe/Paris", TODAY) is None


def test_this_week_at_a_weekend_may_be_the_one_that_begins_on_monday():
    assert said("this week", day_of("2026-11-28")) == "28 November to 6 December"
    assert said("next week", day_of("2026-11-28")) == "the week of 30 November"


def test_intervals_are_in_the_candidates_zone():
    wish = wishes.read("Friday after 3pm", "Asia/Kathmandu", TODAY)
    assert wish
    found = wish.intervals(at("2026-11-25T00:00Z"), at("2026-12-10T00:00Z"))
    assert found == [
        (at("2026-11-27T15:00+05:45"), at("2026-11-28T00:00+05:45")),
        (at("2026-12-04T15:00+05:45"), at("2026-12-05T00:00+05:45")),
    ]


def test_intervals_without_what_does_not_suit():
    wish = wishes.read("tomorrow, but not between 12 and 14", "Europe/Paris", TODAY)
    assert wish
    assert wish.intervals(at("2026-11-01T00:00Z"), at("2027-01-01T00:00Z")) == [
        (at("2026-11-26T00:00+01:00"), at("2026-11-26T12:00+01:00")),
        (at("2026-11-26T14:00+01:00"), at("2026-11-27T00:00+01:00")),
    ]
    assert wish.intervals(at("2027-01-01T00:00Z"), at("2026-01-01T00:00Z")) == []


def test_nights_on_which_clocks_change():
    lord_howe = wishes.read("4 April before 3am", "Australia/Lord_Howe", day_of("2027-03-25"))
    assert lord_howe
    ((start, end),) = lord_howe.intervals(at("2027-04-01T00:00Z"), at("2027-04-10T00:00Z"))
    assert end - start == 210, "half an hour of that night comes twice"
    cairo = wishes.read("30 April before 1am", "Africa/Cairo", day_of("2027-04-01"))
    assert cairo
    assert cairo.intervals(at("2027-04-01T00:00Z"), at("2027-05-10T00:00Z")) == [], "that day begins at 01:00"


DAY_PHRASES = {
    "Monday": lambda day: weekday(day) == 1,
    "Tue or Thu": lambda day: weekday(day) in (2, 4),
    "weekdays": lambda day: weekday(day) <= 5,
    "Sat-Sun": lambda day: weekday(day) >= 6,
    "tomorrow": lambda day: day == TODAY + 1,
    "next week": lambda day: day_of("2026-11-30") <= day <= day_of("2026-12-06"),
    "5 and 6 Dec": lambda day: day_of("2026-12-05") <= day <= day_of("2026-12-06"),
    "3-10 December": lambda day: day_of("2026-12-03") <= day <= day_of("2026-12-10"),
    "after 10 December": lambda day: day > day_of("2026-12-10"),
    "the first week of December": lambda day: day_of("2026-12-01") <= day <= day_of("2026-12-07"),
    "any day but Wednesday": lambda day: weekday(day) != 3,
}
PART_PHRASES = {
    "": (0, 1440),
    "mornings": (420, 720),
    "after 3pm": (900, 1440),
    "before 10": (0, 600),
    "14-17": (840, 1020),
    "between 9:30 and 11": (570, 660),
    "at 10:00": (600, 720),
}


@given(
    st.sampled_from(sorted(DAY_PHRASES)), st.sampled_from(sorted(PART_PHRASES)), st.sampled_from(ZONES), st.booleans(),
    st.integers(-3, 30), st.integers(1, 60),
)  # fmt: skip
def test_it_lies_within_what_was_named(days: str, part: str, name: str, first: bool, lo: int, length: int):
    text = f"{part} {days}" if first else f"{days}, {part}"
    wish = wishes.read(text, name, TODAY)
    assert wish, text
    begin = zone(name).first(TODAY + lo)
    end = zone(name).first(TODAY + lo + length)
    found = wish.intervals(begin, end)
    wanted = [day for day in range(TODAY + lo, TODAY + lo + length) if DAY_PHRASES[days](day)]
    a, b = PART_PHRASES[part]
    seen: set[int] = set()
    for start, stop in found:
        assert begin <= start < stop <= end
        for minute in range(start, stop, 15):
            local = (EPOCH + timedelta(minutes=minute)).astimezone(ZoneInfo(name))
            day = day_of(local.date().isoformat())
            assert day in wanted, text
            assert a <= local.hour * 60 + local.minute < b, text
            seen.add(day)
    assert seen == set(wanted), text


FRAGMENTS = st.sampled_from(
    [
        "Monday",
        "Tue",
        "wed-fri",
        "weekend",
        "next",
        "this",
        "last",
        "week",
        "month",
        "of",
        "the",
        "1st",
        "5",
        "10",
        "12",
        "24",
        "31",
        "3pm",
        "9am",
        "14:00",
        "25:99",
        "12/24",
        "2026-02-30",
        "5.12.",
        "Dec",
        "may",
        "February",
        "first",
        "second",
        "half",
        "early",
        "end",
        "between",
        "and",
        "or",
        "not",
        "until",
        "from",
        "to",
        "-",
        ",",
        ".",
        ";",
        "but",
        "after",
        "before",
        "any",
        "except",
        "mornings",
        "lunch",
        "evening",
        "tomorrow",
        "in",
        "two",
        "days",
        "weeks",
        "at",
        "noon",
        "midnight",
        "busy",
        "fine",
        "can't",
        "work",
        "2026",
        "onwards",
        "0",
        "00",
        "99",
    ]
)


@given(
    st.one_of(st.text(), st.lists(FRAGMENTS, max_size=14).map(" ".join)),
    st.sampled_from(ZONES),
    st.integers(15000, 40000),
)
@example("between", "UTC", TODAY)
@example("not not not", "UTC", TODAY)
@example("from to until - Monday to", "UTC", TODAY)
@example("0/0 00.00. 99/99 in 99 weeks", "UTC", TODAY)
def test_any_text_has_an_answer(text: str, name: str, today: int):
    wish = wishes.read(text, name, today)
    if wish is None:
        return
    assert wish.said
    lo = zone(name).first(today)
    found = wish.intervals(lo, lo + 14 * 1440)
    assert all(lo <= a < b <= lo + 14 * 1440 for a, b in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))


@given(st.lists(FRAGMENTS, max_size=200))
def test_a_long_text_is_read_quickly_and_only_to_its_limit(words: list[str]):
    text = " ".join(words)
    assert wishes.read(text, "UTC", TODAY) == wishes.read(text[:500], "UTC", TODAY)


UNWANTED = {
    "Mondays": lambda day, minute: weekday(day) == 1,
    "on Tuesday or Thursday": lambda day, minute: weekday(day) in (2, 4),
    "mornings": lambda day, minute: 420 <= minute < 720,
    "before 10": lambda day, minute: minute < 600,
    "after 4pm": lambda day, minute: minute >= 960,
    "Friday afternoon": lambda day, minute: weekday(day) == 5 and 720 <= minute < 1080,
    "5 December": lambda day, minute: day == day_of("2026-12-05"),
    "until 30 November": lambda day, minute: day < day_of("2026-11-30"),
}


@given(st.sampled_from(["weekdays", "any day", "next week", "Mon-Wed 9-17", ""]), st.sampled_from(sorted(UNWANTED)))
def test_what_does_not_suit_is_never_in_it(wanted: str, unwanted: str):
    """And all the rest is: what is left out is exactly what was named."""
    with_it = wishes.read(wanted or "any time", "UTC", TODAY)
    without = wishes.read(f"{wanted}, but not {unwanted}", "UTC", TODAY)
    assert with_it
    assert without
    lo, hi = TODAY * 1440, (TODAY + 21) * 1440
    kept = {m for a, b in without.intervals(lo, hi) for m in range(a, b, 30)}
    expected = {m for a, b in with_it.intervals(lo, hi) for m in range(a, b, 30)}
    assert kept == {m for m in expected if not UNWANTED[unwanted](m // 1440, m % 1440)}
