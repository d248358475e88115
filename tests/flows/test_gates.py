"""Reading a place, and the gates of AI scoring on both sides of every boundary (R8, R9)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.interviews import place
from flows.interviews.gates import Gate, OnFile, business_days, gates

TODAY = date(2027, 3, 19)  # a Friday
FINE = OnFile("yes", date(2027, 1, 4), True, date(2026, 9, 1), "DPIA-7", "Mira Okafor", True, False)
PLACES = ["DE", "US-NYC", "US-IL", "US-CO", "US-CA", "US", "US-TX", "GB", "BR", "unknown", "", "ZZ"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Berlin", "DE"),
        ("I live in Berlin, Germany.", "DE"),
        ("münchen", "DE"),
        ("NYC", "US-NYC"),
        ("Brooklyn", "US-NYC"),
        ("New York, USA", "US-NYC"),
        ("new york", "US-NYC"),
        ("Illinois", "US-IL"),
        ("Springfield, IL", "US-IL"),
        ("Chicago Illinois", "US-IL"),
        ("Los Angeles, CA", "US-CA"),
        ("Paris, Texas", "US-TX"),
        ("Paris", "FR"),
        ("UK", "GB"),
        ("the US", "unknown"),
        ("US", "US"),
        ("the United States", "US"),
        ("prefer not to say", "unknown"),
        ("that's none of us", "unknown"),
        ("Berlin and New York", "unknown"),
        ("Atlantis", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_a_person_types_is_read_as_a_code(typed: str, code: str):
    assert place.read(typed) == code


@pytest.mark.parametrize("typed", ["10115 Berlin", "60601", "SW1A 1AA"])
def test_a_postal_code_is_recognised_so_that_it_can_be_left_unread(typed: str):
    assert place.postal(typed)
    assert not place.postal("Berlin, Germany")


@given(st.text())
def test_any_text_is_read_as_a_known_code_or_unknown(typed: str):
    code = place.read(typed)
    assert code == place.UNKNOWN or place.title(code)


def test_all_of_the_eea_and_every_state_are_in_the_table():
    assert len(place.EEA) == 30
    states = {code for code in place.CODES if code.startswith("US-")} - {"US-NYC", "US-DC"}
    assert len(states) == 50


@pytest.mark.parametrize("where", PLACES)
def test_with_everything_on_file_the_gate_is_open_everywhere(where: str):
    assert gates(where, where, TODAY, FINE) == Gate(True)


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("missing", [{"consent": "no"}, {"consent": None}, {"notice": None}])
def test_without_consent_or_notice_it_is_closed_everywhere(where: str, missing: dict[str, None]):
    gate = gates(where, where, TODAY, replace(FINE, **missing))
    assert not gate.open
    assert gate.reasons


# -- New York City: R8, R9 ---------------------------------------------------------------------------


def nyc(today: date, notice: date, holidays: frozenset[date] = frozenset()) -> bool:
    return gates("US-NYC", "DE", today, replace(FINE, notice=notice, audit=today), holidays).open


def test_nyc_opens_on_the_tenth_business_day_after_the_notice():
    monday = date(2027, 3, 1)
    assert not nyc(date(2027, 3, 12), monday)  # Friday: 9 business days
    assert not nyc(date(2027, 3, 14), monday)  # Sunday: still 9
    assert nyc(date(2027, 3, 15), monday)  # Monday: 10


def test_a_holiday_moves_the_day_and_a_holiday_on_a_weekend_does_not():
    monday, due = date(2027, 3, 1), date(2027, 3, 15)
    assert not nyc(due, monday, frozenset({date(2027, 3, 9)}))
    assert nyc(due + timedelta(1), monday, frozenset({date(2027, 3, 9)}))
    assert nyc(due, monday, frozenset({date(2027, 3, 13)}))


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 40), st.sets(st.integers(0, 40)))
def test_business_days_count_one_by_one(start: date, days: int, holidays: set[int]):
    off = frozenset(start + timedelta(h) for h in holidays)
    until = start + timedelta(days)
    step = business_days(start, until + timedelta(1), off) - business_days(start, until, off)
    following = until + timedelta(1)
    assert step == (following.weekday() < 5 and following not in off)
    assert business_days(until, start, off) == 0


def test_nyc_audit_of_365_days_is_open_and_of_366_is_closed():
    for days, is_open in ((0, True), (365, True), (366, False), (-1, False)):
        gate = gates("US-NYC", "GB", TODAY, replace(FINE, audit=TODAY - timedelta(days)))
        assert gate.open is is_open, days
    assert not gates("GB", "US-NYC", TODAY, replace(FINE, audit=None)).open


# -- the others ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "missing"),
    [
        ("US-IL", {"explained": False}),
        ("US-CO", {"adverse_notice": False}),
        ("US-CA", {"opted_out": True}),
        ("FR", {"impact_assessment": ""}),
        ("NO", {"oversight": ""}),
        ("US", {"explained": False}),
    ],
)
def test_each_place_asks_for_its_own_and_counts_as_home_or_as_role_site(where: str, missing: dict[str, bool]):
    lacking = replace(FINE, **missing)
    assert not gates(where, "GB", TODAY, lacking).open
    assert not gates("GB", where, TODAY, lacking).open
    assert gates("GB", "BR", TODAY, lacking).open
    for unknown in ("unknown", "", "ZZ"):
        assert not gates(unknown, "GB", TODAY, lacking).open


@pytest.mark.parametrize(("where", "missing"), [("US-CO", {"adverse_notice": False}), ("US-CA", {"opted_out": True})])
def test_the_new_state_laws_begin_with_2027(where: str, missing: dict[str, bool]):
    lacking = replace(FINE, notice=date(2026, 11, 1), **missing)
    assert gates(where, where, date(2026, 12, 31), lacking).open
    assert not gates(where, where, date(2027, 1, 1), lacking).open


@given(st.sampled_from(PLACES), st.sampled_from(PLACES), st.dates(date(2026, 6, 1), date(2028, 1, 1)))
def test_an_unknown_place_is_never_laxer_than_a_known_one(home: str, site: str, today: date):
    strict = gates("unknown", site, today, FINE)
    known = gates(home, site, today, FINE)
    assert set(known.reasons) <= set(strict.reasons)
