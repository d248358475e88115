"""Who is picked: everybody once, nobody left over who was needed, and fair."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scheduling import choosing
from bot.scheduling.choosing import Opening, pick, possible
from bot.scheduling.plans import Group, Session
from bot.store.store import Store
from calendar_sync.fairness import Candidacy
from flows.scheduling import SlotBooked
from tests.bot.scheduling.team import T, Team, at, plan

PEOPLE = "abcde"


def an_opening(part: str, need: int, who: set[str]) -> Opening:
    return Opening(part, need, tuple(sorted(who)))


OPENINGS = st.lists(
    st.builds(an_opening, st.sampled_from("xyz"), st.integers(1, 2), st.sets(st.sampled_from(PEOPLE))),
    min_size=1,
    max_size=3,
)


def by_trying(openings: list[Opening]) -> bool:
    seats = [o for o in openings for _ in range(o.need)]
    return any(all(p in o.who for p, o in zip(some, seats, strict=True)) for some in permutations(PEOPLE, len(seats)))


@given(OPENINGS)
def test_whether_it_is_possible_equals_trying_everything(openings: list[Opening]) -> None:
    assert possible(openings) == by_trying(openings)


@given(OPENINGS, st.lists(st.integers(0, 5), min_size=5, max_size=5), st.sets(st.sampled_from(PEOPLE)))
def test_everybody_sits_once_and_every_seat_is_taken(
    openings: list[Opening], counts: list[int], keep: set[str]
) -> None:
    who = {p: Candidacy(p, n) for p, n in zip(PEOPLE, counts, strict=True)}
    picked = pick("ap_1", openings, who, {o.part: keep for o in openings})
    assert (picked is None) == (not by_trying(openings))
    if picked is None:
        return
    sitting = [p for _, p, *_ in picked]
    assert len(set(sitting)) == len(sitting) == sum(o.need for o in openings)
    assert pick("ap_1", openings, who, {o.part: keep for o in openings}) == picked
    seats = [(o.part, o) for o in openings]
    assert all(any(part == where and p in o.who for where, o in seats) for part, p, *_ in picked)


def test_the_least_loaded_is_picked_and_whoever_sat_there_keeps_it() -> None:
    who = {p: Candidacy(p, n) for p, n in zip("abc", (3, 1, 2), strict=True)}
    opening = [Opening("x", 1, ("a", "b", "c"))]
    assert pick("ap_1", opening, who, {}) == [("x", "b", "load", 1, 6, 3)]
    assert pick("ap_1", opening, who, {"x": ["a"]}) == [("x", "a", "kept", 3, 6, 3)]
    assert pick("ap_1", opening, who, {"y": ["a"]}) == [("x", "b", "load", 1, 6, 3)]


@pytest.fixture
async def team(store: Store) -> Team:
    return await Team.gathered(store)


async def test_load_is_spread_over_the_pool(team: Team) -> None:
    ids = [await team.interviewer(name, pools=("tech",)) for name in ("Ben", "Cleo", "Dan")]
    half = await team.interviewer("Eve", pools=("tech",), weight=50)
    for n in range(7):
        row = await team.appointment(plan(Session("one", "", 60, groups=(Group(1, "tech"),))), f"C{n}")
        assert isinstance(await team.books(row, at(n % 5, 9 + n)), SlotBooked)
    people, _ = await team.store.read(lambda tx: team.availability.people(tx, T, None, now=team.now))
    load = await team.store.read(lambda tx: choosing.candidacies(tx, T, people, people, at(0, 9)))
    assert [load[id].count for id in ids] == [2, 2, 2]
    assert load[half].count == 1, "half the weight, half the interviews"
    later = await team.store.read(lambda tx: choosing.candidacies(tx, T, people, people, at(30, 9)))
    assert all(c.count == 0 for c in later.values()), "by the date of the meeting, two weeks around"


async def test_somebody_new_is_credited_with_what_the_others_had(team: Team) -> None:
    ben = await team.interviewer("Ben", pools=("tech",))
    for n in range(4):
        row = await team.appointment(plan(Session("one", "", 60, (ben,))), f"C{n}")
        assert isinstance(await team.books(row, at(n, 9)), SlotBooked)
    team.clock.at = at(4, 0) * 60_000
    away = await team.interviewer("Cleo", pools=("tech",), away=(("2026-11-23", "2026-11-24"),))
    people, _ = await team.store.read(lambda tx: team.availability.people(tx, T, None, now=team.now))
    load = await team.store.read(lambda tx: choosing.candidacies(tx, T, people, people, at(4, 9)))
    assert (load[ben].count, load[ben].credit) == (4, 0)
    assert (load[away].count, load[away].credit) == (0, 2), "for the two days on which they were away"
