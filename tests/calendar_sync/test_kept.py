"""Kept availability: after any sequence of events it is what a rebuild gives, and it answers as the plain engine does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.facts import Ask, Booking, Session
from calendar_sync.kept import Kept
from calendar_sync.slots import find
from calendar_sync.zones import ConfigProblem
from tests.calendar_sync.worlds import asks

PROFILES = ((0, 0), (10, 15), (0, 30))
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["book", "cancel", "sync", "midnight", "ask"]), st.integers(0, 10_000), st.integers(0, 9)
    ),
    max_size=12,
)


def of(ask: Ask, days: int = 6) -> Kept:
    kept = Kept(ask.window[0] // 1440 - 1, days)
    for person in ask.interviewers:
        kept.put(person)
    return kept


@settings(max_examples=50, deadline=None)
@given(asks(five=True))
def test_answers_as_the_plain_engine_does(ask: Ask):
    plain, kept = find(ask), of(ask).find(ask)
    assert kept.starts == plain.starts
    assert kept.unknown == plain.unknown
    assert all(kept.who(t) == plain.who(t) for t in plain.starts)


@settings(max_examples=50, deadline=None)
@given(asks(five=True), EVENTS)
def test_after_any_sequence_it_is_as_if_built_anew(ask: Ask, events: list[tuple[str, int, int]]):
    kept, today = of(ask), ask.window[0] // 1440 - 1
    ids = [p.id for p in ask.interviewers]
    for n, (what, at, size) in enumerate(events):
        who = ids[n % len(ids)]
        start = ask.window[0] - 1000 + at
        if what == "book":
            kept.book(who, Booking(start, start + 1 + size * 13, before=size * 5, id=f"new{n}"))
        elif what == "cancel" and kept.facts(who).bookings:
            kept.cancel(who, kept.facts(who).bookings[size % len(kept.facts(who).bookings)].id)
        elif what == "sync":
            kept.put(replace(kept.facts(who), busy=((start, start + 50),)))
        elif what == "midnight":
            today += size
            kept.tick(today)
        else:
            assert all(kept.bits(i, *PROFILES[size % 3]) >= 0 for i in ids)
    again = Kept(today, 6)
    for i in ids:
        again.put(kept.facts(i))
    assert again.span == kept.span
    assert all(kept.bits(i, *p) == again.bits(i, *p) for i in ids for p in PROFILES)


@settings(max_examples=40, deadline=None)
@given(asks(five=True))
def test_a_reschedule_and_the_plain_engine_agree(ask: Ask):
    kept = of(ask)
    for person in ask.interviewers:
        for booking in person.bookings:
            moving = replace(ask, moving=booking.id)
            assert kept.find(moving).starts == find(moving).starts


@settings(max_examples=20, deadline=None)
@given(asks(five=True))
def test_people_by_id_and_people_who_left(ask: Ask):
    kept = of(ask)
    ids = [p.id for p in ask.interviewers]
    assert kept.find(replace(ask, interviewers=()), ids).starts == kept.find(ask).starts
    kept.drop(ids[0])
    with pytest.raises(KeyError):
        kept.find(ask)
    kept.drop(ids[0])


def test_a_clock_that_goes_back_changes_nothing():
    kept = Kept(20_000, 6)
    kept.tick(19_990)
    assert kept.span.base == 20_000 * 1440


def test_lengths_that_do_not_fit_the_cells_are_a_sentence():
    ask = Ask(Session("UTC", 32, 30), (), 0, (0, 1440), "any")
    with pytest.raises(ConfigProblem, match=r"duration is 32 min\. Write a multiple of 5, such as 35"):
        Kept(0).find(ask)
