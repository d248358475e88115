"""The slot engine against brute force over single minutes, and what must hold whatever the question is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.bits import Span, at_least, runs
from calendar_sync.facts import Ask, Booking, Hold, Interviewer, Limits, Session
from calendar_sync.hours import read_hours
from calendar_sync.seats import qualified, reverse_shadowed, shadowed
from calendar_sync.slots import find, hours_in, ranges
from calendar_sync.zones import ConfigProblem
from tests.calendar_sync.worlds import asks, brute, hours, minute

WEEK = [{"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "11:00"}]
ADA, BEN = (Interviewer(name, read_hours(name, "UTC", WEEK)) for name in ("ada", "ben"))
MONDAY = minute("2027-01-11T00:00Z")
ASK = Ask(Session("UTC", 30, 30), (ADA,), minute("2027-01-05T00:00Z") * 60_000, (MONDAY, MONDAY + 1440))


@settings(max_examples=80, deadline=None)
@given(asks())
def test_equals_brute_force(ask: Ask):
    assert find(ask).starts == brute(ask)


@settings(max_examples=40, deadline=None)
@given(asks(five=True))
def test_five_minute_cells_equal_brute_force(ask: Ask):
    offer = find(ask)
    assert offer.span.cell == 5 or not offer.starts
    assert offer.starts == brute(ask)


@settings(max_examples=40, deadline=None)
@given(asks(), hours("2026-11-02"))
def test_one_more_interviewer_never_removes_a_start(ask: Ask, more: object):
    crew = (*ask.interviewers, Interviewer("new", more, group=ask.interviewers[0].group))  # pyright: ignore
    mode = "any" if ask.mode in ("single", "all") else ask.mode
    ask = replace(ask, mode=mode, booking_window=None)
    if mode == "groups" and all(p.fixed or p.group != crew[-1].group for p in ask.interviewers):
        return  # the new one would open a new group, which is one more thing to be met
    assert set(find(ask).starts) <= set(find(replace(ask, interviewers=crew)).starts)


@settings(max_examples=40, deadline=None)
@given(asks(), st.data())
def test_more_in_the_way_never_adds_a_start_and_a_lapsed_hold_is_as_if_it_had_not_been(ask: Ask, data: st.DataObject):
    ask = replace(ask, booking_window=None)  # "the first dates with a start" may well be others then
    before = find(ask).starts
    start = data.draw(st.integers(ask.window[0], ask.window[1] - 60))
    first, rest = ask.interviewers[0], ask.interviewers[1:]
    worse = [
        replace(ask, interviewers=(replace(first, busy=(*first.busy, (start, start + 45))), *rest)),
        replace(ask, interviewers=(replace(first, bookings=(*first.bookings, Booking(start, start + 45))), *rest)),
        replace(ask, holds=(*ask.holds, Hold(start, start + 45, "you", ask.now + 1))),
        replace(ask, interviewers=(replace(first, limits=Limits(1, 1)), *rest)),
        replace(ask, interviewers=(replace(first, known=False), *rest)),
    ]
    for asked in worse:
        assert set(find(asked).starts) <= set(before)
    lapsed = Hold(start, start + 45, "you", ask.now)
    assert find(replace(ask, holds=(*ask.holds, lapsed))).starts == before


@settings(max_examples=40, deadline=None)
@given(asks(), st.randoms())
def test_the_order_of_input_is_irrelevant(ask: Ask, dice: object):
    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        shuffled = list(items)
        dice.shuffle(shuffled)  # pyright: ignore
        return tuple(shuffled)

    crew = [replace(p, busy=mixed(p.busy), bookings=mixed(p.bookings)) for p in ask.interviewers]  # pyright: ignore
    other = replace(ask, interviewers=mixed(tuple(crew)), holds=mixed(ask.holds))  # pyright: ignore
    one, two = find(ask), find(other)
    assert one.starts == two.starts
    assert all(sorted(one.who(t)) == sorted(two.who(t)) for t in one.starts)


@settings(max_examples=40, deadline=None)
@given(asks())
def test_who_is_free_is_who_alone_would_be_offered(ask: Ask):
    offer = find(ask)
    alone = {p.id: find(replace(ask, interviewers=(p,), mode="any", booking_window=None)) for p in ask.interviewers}
    for t in offer.starts:
        assert offer.has(t)
        assert offer.who(t) == [id for id, one in alone.items() if one.has(t)]


@given(st.lists(st.tuples(st.integers(-20, 300), st.integers(1, 30)), max_size=8), st.integers(1, 9))
def test_cells(raw: list[tuple[int, int]], length: int):
    taken = [(s, s + n) for s, n in raw]
    span = Span(0, 60, 5)
    inside = {m for s, e in taken for m in range(s, e)}
    touched = span.touched(taken)
    assert span.times(touched) == [c for c in range(0, 300, 5) if inside & set(range(c, c + 5))]
    free = ~touched & ((1 << 60) - 1)
    for c in range(60):
        assert bool(runs(free, length) >> c & 1) is (
            c + length <= 60 and all(free >> n & 1 for n in range(c, c + length))
        )


@given(st.lists(st.integers(0, 255), max_size=9), st.integers(1, 10))
def test_k_of_a_pool(masks: list[int], k: int):
    found = at_least(masks, k)
    assert found == sum(1 << n for n in range(8) if sum(m >> n & 1 for m in masks) >= k)


def test_ranges_of_several_people_are_not_joined_and_k_of_a_pool_meet():
    crew = [replace(ADA, free=((0, 60), (100, 130))), replace(BEN, free=((30, 90),)), replace(BEN, free=((40, 200),))]
    rows = [(p, hours_in(p, 0, 300)) for p in crew]
    assert ranges("any", rows, {}) == [(0, 60), (30, 90), (40, 200)]
    assert ranges("all", rows, {}) == [(40, 60)]
    assert ranges("groups", rows, {"default": 2}) == [(30, 60), (40, 90), (100, 130)]
    assert ranges("groups", rows, {"nobody": 1}) == []


def test_a_booking_that_is_moved_is_in_nobodys_way():
    booked = replace(ADA, bookings=(Booking(MONDAY + 540, MONDAY + 600, id="b1"),))
    ask = replace(ASK, interviewers=(booked,), session=replace(ASK.session, limits=Limits(per_day=1)))
    assert find(ask).starts == []
    assert find(replace(ask, moving="b1")).starts == find(ASK).starts
    assert find(replace(ask, moving="b2")).starts == []


def test_a_persons_own_limit_and_the_sessions_the_lower_counts():
    booked = replace(ADA, bookings=(Booking(MONDAY + 540, MONDAY + 570),))
    for own, session, n in ((2, 1, 0), (1, 2, 0), (2, 2, 3), (None, 1, 0), (1, None, 0)):
        crew = (replace(booked, limits=Limits(per_day=own)),)
        ask = replace(ASK, interviewers=crew, session=replace(ASK.session, limits=Limits(per_day=session)))
        assert len(find(ask).starts) == n
    never = replace(ASK, session=replace(ASK.session, limits=Limits(minutes_per_day=20)))
    assert find(never).starts == []


def test_nobody_to_meet_is_no_time_at_all():
    for mode in ("any", "all", "groups", "single"):
        assert find(replace(ASK, interviewers=(), mode=mode)).starts == []
    nothing = replace(ASK, mode="groups", session=replace(ASK.session, need=(("default", 0),)))
    assert find(nothing).starts == []
    assert find(ASK).starts != []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"duration": 0}, "bad_duration"),
        ({"step": -5}, "bad_step"),
        ({"notice": -1}, "bad_notice"),
        ({"week_start": 0}, "bad_week_start"),
        ({"zone": "Mars/Base"}, "unknown_zone"),
    ],
)
def test_a_session_that_cant_be_meant(wrong: dict[str, object], code: str):
    with pytest.raises(ConfigProblem) as caught:
        find(replace(ASK, session=replace(ASK.session, **wrong)))  # pyright: ignore
    assert caught.value.code == code


def test_two_people_for_one_seat_is_a_sentence():
    with pytest.raises(ConfigProblem, match='"any"'):
        find(replace(ASK, interviewers=(ADA, BEN)))


def test_skills_and_levels_are_a_filter():
    crew = (
        replace(ADA, skills=frozenset({"sql", "python"}), level=3),
        replace(BEN, skills=frozenset({"sql"}), level=1),
    )
    assert [p.id for p in qualified(crew, ["sql"])] == ["ada", "ben"]
    assert [p.id for p in qualified(crew, ["sql", "python"])] == ["ada"]
    assert [p.id for p in qualified(crew, [], 2)] == ["ada"]
    assert qualified(crew, ["rust"]) == ()


def test_a_shadow_is_one_more_seat_and_nobody_takes_two():
    late = replace(BEN, busy=((MONDAY + 540, MONDAY + 600),))
    session, crew = shadowed(ASK.session, (replace(ADA, fixed=True), late), (late,))
    assert [p.id for p in crew] == ["ada", "ben"]
    together = find(replace(ASK, session=session, interviewers=crew, mode="groups"))
    assert together.starts == [MONDAY + 600, MONDAY + 630]
    session, crew = reverse_shadowed(ASK.session, (late,), (ADA, late))
    assert find(replace(ASK, session=session, interviewers=crew, mode="groups")).starts == together.starts
    session, crew = reverse_shadowed(ASK.session, (late,), (late,))
    assert find(replace(ASK, session=session, interviewers=crew, mode="groups")).starts == []


@pytest.mark.parametrize("session", [(0, 0), (10, 25), (25, 10)])
@pytest.mark.parametrize("own", [(0, 0), (10, 25), (30, 5)])
def test_between_two_of_ours_the_larger_buffer_counts(session: tuple[int, int], own: tuple[int, int]):
    before, after = session
    booked = Booking(MONDAY + 600, MONDAY + 615, before=own[0], after=own[1])
    fine = replace(ASK.session, step=5, before=before, after=after)
    for ask in (
        replace(ASK, session=fine, interviewers=(replace(ADA, bookings=(booked,)),)),
        replace(ASK, session=fine, holds=(Hold(booked.start, booked.end, "you", ASK.now + 1, None, *own),)),
    ):
        last, first = booked.start - max(after, own[0]) - 30, booked.end + max(own[1], before)
        wanted = [t for t in range(MONDAY + 540, MONDAY + 631, 5) if t <= last or t >= first]
        assert find(ask).starts == wanted
        assert brute(ask) == wanted
