"""Profiles: sealed, checked, and typed in by people."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.keyring import Erased
from bot.scheduling import profiles
from bot.scheduling.hours_text import away_text, hours_text, read_away_text, read_hours_text
from bot.scheduling.profiles import Override, Profile, Rule, Trip, default
from bot.store.rows import DataKey, Interviewer
from bot.store.store import Store
from calendar_sync.facts import Limits
from calendar_sync.hours import working
from calendar_sync.zones import ConfigProblem, day_of
from tests.bot.scheduling.team import MONDAY, NOW, T, Team, at

FULL = Profile(
    "Europe/Paris",
    (Rule((1, 2), "09:00", "12:00"), Rule((5,), "22:00", "02:00+1")),
    (Override("2026-12-01", (("10:00", "11:00"),)), Override("2026-12-02")),
    (("2026-12-24", "2027-01-02"),),
    (Trip("2026-11-25", "2026-11-26", "Asia/Tokyo"),),
    "DE",
    "BY",
    Limits(2, 4, 120, None),
    ("sql",),
    ("tech", "sales"),
    3,
    50,
    1,
    ("focus time",),
    (("tech", "shadow"),),
)


async def test_a_profile_is_kept_sealed_and_its_stamp_changes(store: Store) -> None:
    team = await Team.gathered(store)
    ben = await team.interviewer("Ben", FULL)
    assert await store.read(lambda tx: profiles.load(tx, team.keys, T, ben)) == FULL
    row = (await store.read(lambda tx: tx.find(Interviewer, {"id": ben})))[0]
    assert b"Paris" not in row["profile"]
    stamps = {row["stamp"]}
    for change in (team.profile(ben, FULL), team.pause(ben), team.pause(ben, "active"), team.calendar(ben)):
        await change
        stamps.add((await store.read(lambda tx: tx.find(Interviewer, {"id": ben})))[0]["stamp"])
    assert len(stamps) == 5
    after = (await store.read(lambda tx: tx.find(Interviewer, {"id": ben})))[0]
    assert (after["created_at"], after["state"]) == (NOW, "active")
    await store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": T, "subject_id": ben}))
    team.keys.forget(T, ben)
    with pytest.raises(Erased):
        await store.read(lambda tx: profiles.load(tx, team.keys, T, ben))
    assert await store.read(lambda tx: profiles.load(tx, team.keys, T, "p_nobody")) is None


def test_its_hours_are_those_of_the_engine() -> None:
    hours = profiles.hours_of(FULL, "Ben", 2026)
    assert working(hours, at(0, 0), at(1, 0)) == ((at(0, 8), at(0, 11)),)
    assert working(hours, at(8, 0), at(9, 0)) == ((at(8, 9), at(8, 10)),), "another date than usual"
    assert day_of("2026-12-28") in hours.away
    assert day_of("2027-01-06") in hours.away, "Epiphany, which is a holiday in Bavaria"
    assert profiles.from_json(profiles.to_json(FULL)) == FULL
    assert profiles.from_json({"zone": "UTC"}) == Profile("UTC")


@pytest.mark.parametrize(
    ("profile", "field", "part"),
    [
        (replace(default("UTC"), zone="Mars/Base"), "zone", "Mars/Base"),
        (Profile("UTC"), "weekly", "no hours yet"),
        (Profile("UTC", (Rule((1,), "17:00", "09:00"),)), "weekly", "which is not later"),
        (Profile("UTC", (Rule((8,), "09:00", "17:00"),)), "weekly", "weekday 8"),
        (replace(default("UTC"), overrides=(Override("2026-02-30"),)), "overrides", "2026-02-30"),
        (replace(default("UTC"), away=(("2026-12-24", "2026-12-01"),)), "away", "Swap the dates"),
        (replace(default("UTC"), travel=(Trip("2026-12-01", "2026-12-02", "X"),)), "travel", '"X"'),
        (replace(default("UTC"), country="XX"), "country", "XX"),
        (replace(default("UTC"), limits=Limits(per_day=0)), "limits", "Pause"),
        (replace(default("UTC"), weight=0), "weight", "above 0"),
        (replace(default("UTC"), level=-1), "level", "0 or more"),
        (replace(default("UTC"), training=(("tech", "watch"),)), "training", "watch"),
    ],
)
def test_what_is_wrong_is_said(profile: Profile, field: str, part: str) -> None:
    found = profiles.problems(profile)
    assert list(found) == [field]
    assert part in found[field]


def test_usual_hours_are_fine() -> None:
    assert profiles.problems(default("Europe/Paris")) == profiles.problems(FULL) == {}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mon-Fri 9-17, Sat 10:00-13:00", "Mon-Fri 09:00-17:00, Sat 10:00-13:00"),
        ("monday to friday 9am to 5:30pm", "Mon-Fri 09:00-17:30"),
        ("Mon, Wed & Fri 9-5", "Mon & Wed & Fri 09:00-17:00"),
        ("weekdays 8.30–16", "Mon-Fri 08:30-16:00"),
        ("Mon-Fri 9-12, 13-17", "Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00"),
        ("Fri-Mon 10-12", "Mon & Fri-Sun 10:00-12:00"),
        ("every day 18-24", "Mon-Sun 18:00-24:00"),
        ("Sat 8pm-12am", "Sat 20:00-24:00"),
        ("Mon 22:00-06:00+1", "Mon 22:00-06:00+1"),
        ("off", ""),
    ],
)
def test_hours_as_people_type_them(text: str, read: str) -> None:
    weekly = read_hours_text(text)
    assert hours_text(weekly) == read
    assert not weekly or profiles.problems(Profile("UTC", weekly)) == {}
    assert hours_text(read_hours_text(read or "off")) == read, "what is shown can be typed again"


@pytest.mark.parametrize(
    "text", ["", "foo", "9-17", "Mon", "Mon 25-26", "Mon 9", "Mon 9:77-12", "Blursday 9-17", "9am-5pm"]
)
def test_what_can_not_be_read_as_hours_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ConfigProblem, match="Mon-Fri 9-17"):
        read_hours_text(text)


@given(st.text(max_size=40))
def test_any_text_is_hours_or_a_kind_no(text: str) -> None:
    said = [_no(read_hours_text, text), _no(partial(read_away_text, today=MONDAY), text)]
    assert all(not problem or "Write" in problem or "Swap" in problem for problem in said)


def _no(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except ConfigProblem as problem:
        return problem.say
    return ""


@given(st.lists(st.tuples(st.sets(st.integers(1, 7), min_size=1), st.integers(0, 47), st.integers(1, 24)), min_size=1))
def test_hours_come_back_as_they_went(rules: list[tuple[set[int], int, int]]) -> None:
    def clock(n: int) -> str:
        return f"{n // 2:02}:{n % 2 * 30:02}"

    weekly = tuple(Rule(tuple(sorted(days)), clock(lo), clock(min(lo + n, 48))) for days, lo, n in rules)
    assert read_hours_text(hours_text(weekly)) == weekly


@pytest.mark.parametrize(
    ("text", "first", "last", "said"),
    [
        ("24 Dec - 2 Jan", "2026-12-24", "2027-01-02", "24 December to 2 January"),
        ("Dec 24 to Jan 2", "2026-12-24", "2027-01-02", "24 December to 2 January"),
        ("24-28 December", "2026-12-24", "2026-12-28", "24 to 28 December"),
        ("2027-01-15", "2027-01-15", "2027-01-15", "15 January"),
        ("3rd March 2028", "2028-03-03", "2028-03-03", "3 March"),
        ("29 February", "2028-02-29", "2028-02-29", "29 February"),
        ("tomorrow", "2026-11-24", "2026-11-24", "24 November"),
        ("today until 1 Dec", "2026-11-23", "2026-12-01", "23 November to 1 December"),
    ],
)
def test_days_off_as_people_type_them(text: str, first: str, last: str, said: str) -> None:
    away = read_away_text(text, MONDAY)
    assert away == ((first, last),)
    assert away_text(away) == said


@pytest.mark.parametrize("text", ["", "soon", "30 Feb", "5 Dec 2026 - 1 Dec 2026", "1 Jan 2027 - 1 Jan 2030", "32 Dec"])
def test_what_can_not_be_read_as_days_off(text: str) -> None:
    with pytest.raises(ConfigProblem):
        read_away_text(text, MONDAY)
