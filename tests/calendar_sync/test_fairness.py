"""Who is picked, and the reason that is stored with it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.fairness import Candidacy, assign, credit

people = st.lists(
    st.builds(
        Candidacy,
        st.sampled_from("abcdef"),
        st.integers(0, 5),
        st.sampled_from([50, 100, 200]),
        st.sampled_from([None, 1, 2, 3]),
        st.sampled_from([None, 1, 2]),
    ),
    min_size=1,
    unique_by=lambda p: p.id,
)


@given(people, st.randoms())
def test_the_same_people_give_the_same_choice(crew: list[Candidacy], dice: object):
    before = assign("s1", crew)
    dice.shuffle(crew)  # pyright: ignore
    assert assign("s1", crew) == before


@given(people)
def test_nobody_of_the_same_priority_has_a_lower_load(crew: list[Candidacy]):
    chosen = next(p for p in crew if p.id == assign("s1", crew).id)
    rank = max(2 if p.priority is None else p.priority for p in crew)
    assert (2 if chosen.priority is None else chosen.priority) == rank
    assert all(chosen.load <= p.load for p in crew if (2 if p.priority is None else p.priority) == rank)


@pytest.mark.parametrize(
    ("ada", "ben", "chosen", "because"),
    [
        (Candidacy("ada", 5, priority=3), Candidacy("ben"), "ada", "priority"),
        (Candidacy("ada", 5), Candidacy("ben", 3), "ben", "load"),
        (Candidacy("ada", 3, weight=200), Candidacy("ben", 2), "ada", "load"),
        (Candidacy("ada", 0, credit=2.5), Candidacy("ben", 2), "ben", "load"),
        (Candidacy("ada", last=10), Candidacy("ben"), "ben", "never"),
        (Candidacy("ada", last=10), Candidacy("ben", last=11), "ada", "longest_ago"),
    ],
)
def test_the_first_criterion_that_differs_decides(ada: Candidacy, ben: Candidacy, chosen: str, because: str):
    choice = assign("s1", [ada, ben])
    assert (choice.id, choice.because) == (chosen, because)
    assert (choice.total, choice.free) == (ada.count + ben.count, 2)


def test_a_tie_falls_differently_for_different_sessions_and_one_person_is_no_contest():
    crew = [Candidacy("ada"), Candidacy("ben")]
    picked = {assign(f"s{n}", crew).id for n in range(20)}
    assert picked == {"ada", "ben"}
    assert assign("s1", crew).because == "tie"
    assert assign("s1", crew[:1]).because == "only"


def test_nobody_and_no_weight_are_refused():
    with pytest.raises(ValueError, match="Nobody"):
        assign("s1", [])
    with pytest.raises(ValueError, match="ada"):
        assign("s1", [replace(Candidacy("ada"), weight=0)])


def test_credit_is_what_the_others_got_on_average():
    assert credit([2, 4]) == 3
    assert credit([]) == 0
