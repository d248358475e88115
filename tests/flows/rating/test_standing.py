"""Who stands above whom, and ties: groups are well defined, and nothing unknown counts as low."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rating.standing import (
    Cell,
    Standing,
    above,
    cell,
    groups,
    margin,
    propose,
    shared,
    told_apart,
    unknown,
    whole,
)
from tests.flows.rating.small_kit import KIT, OWNERSHIP

FOUR = dict.fromkeys("abcd", 0.25)
BANDS = st.none() | st.tuples(st.integers(1, 5), st.integers(1, 5)).map(lambda b: (min(b), max(b)))


def at(label: str, *bands: "tuple[int, int] | int | None") -> Standing:
    """Somebody with these bands in a, b, c, d; an int is a band of one level."""
    cells: list[Cell] = []
    for key, band in zip("abcd", bands, strict=False):
        low, high = (None, None) if band is None else (band, band) if isinstance(band, int) else band
        cells.append(Cell(key.upper(), low, high, "unknown" if band is None else "rated", key))
    return Standing(label, tuple(cells), label)


PEOPLE = st.lists(st.lists(BANDS, min_size=4, max_size=4), max_size=14).map(
    lambda rows: [at(f"p{n}", *bands) for n, bands in enumerate(rows)]
)


def labels(found: "list[tuple[Standing, ...]]") -> list[list[str]]:
    return [[s.label for s in group] for group in found]


def test_a_cell_has_the_range_and_the_median_of_people_and_the_machine_only_beside_it():
    found = cell("ownership", OWNERSHIP, {"priya": 3, "tom": 5, "leila": None}, (1, 2))
    assert (found.low, found.high, found.median, found.raters, found.state) == (3, 5, 3, 2, "rated")
    assert found.machine == (1, 2)
    nobody = cell("ownership", OWNERSHIP, {"priya": None}, (4, 5))
    assert (nobody.band, nobody.state, nobody.machine) == (None, "unknown", (4, 5))
    assert cell("ownership", OWNERSHIP, {"priya": 1}).state == "below"
    assert cell("care", KIT.competencies["care"], {"priya": 1}).state == "rated", "it has no minimum"


def test_one_level_in_one_of_four_is_a_tie_and_two_are_not():
    one, two = at("one", 4, 3, 3, 3), at("two", 4, 4, 3, 3)
    assert labels(groups([at("none", 3, 3, 3, 3), one], FOUR)) == [["none", "one"]]
    assert labels(groups([at("none", 3, 3, 3, 3), two], FOUR)) == [["two"], ["none"]]
    assert margin([1.0]) == 0.5, "a single level is half a level wide, each way"
    assert margin([0.25] * 4) == 0.25


def test_a_wide_band_ties_where_its_middle_would_not():
    wide, low = at("wide", (3, 5), (3, 5), (3, 5), (3, 5)), at("low", 3, 3, 3, 3)
    assert labels(groups([wide, low], FOUR)) == [["wide", "low"]]


def test_what_nobody_rated_is_left_out_and_widens_the_rest():
    half = at("half", 5, 5, None, None)
    full = at("full", 5, 5, 1, 1)
    assert labels(groups([full, half], FOUR)) == [["half"], ["full"]], "it doesn't count as 1"
    known, less = whole(at("x", 4, 4, 4, 4), FOUR), whole(half, FOUR)
    assert known is not None
    assert less is not None
    assert less[1] - less[0] > known[1] - known[0]
    nobody = at("nobody", None, None, None, None)
    assert unknown([half, nobody], FOUR) == (nobody,)
    assert labels(groups([nobody, half], FOUR)) == [["half"]]


def test_a_shortlist_ends_at_an_edge_and_never_cuts_a_tie():
    ties = [
        (at("a", 5, 5, 5, 5),),
        (at("b", 4, 4, 4, 4), at("c", 4, 4, 4, 4), at("d", 4, 4, 4, 4)),
        (at("e", 1, 1, 1, 1),),
    ]
    three = propose(ties, 3)
    assert ([len(g) for g in three.clear], [s.label for s in three.edge]) == ([1], ["b", "c", "d"])
    four = propose(ties, 4)
    assert (four.size, four.edge) == (4, ())
    none = propose(ties[1:], 2)
    assert (none.size, len(none.edge)) == (0, 3)
    assert propose(ties, 50).size == 5


def test_only_shared_competencies_are_compared_and_overlap_is_not_told_apart():
    a, b = at("a", 4, (2, 3), None), at("b", 3, 3)
    assert shared([a, b]) == ("a", "b")
    assert told_apart([a, b], "a")
    assert not told_apart([a, b], "b")
    assert not told_apart([a, b], "c"), "what is unknown is not different"
    assert shared([]) == ()


@given(PEOPLE)
def test_everybody_known_is_in_one_group_and_nobody_in_a_group_is_above_another(people: list[Standing]):
    found = groups(people, FOUR)
    flat = [s.label for g in found for s in g]
    assert sorted(flat) == sorted(s.label for s in people if s.known)
    assert len(flat) == len(set(flat))
    for group in found:
        for a, b in itertools.permutations(group, 2):
            first, second = whole(a, FOUR), whole(b, FOUR)
            assert first is not None
            assert second is not None
            assert not above(first, second)


@given(PEOPLE)
def test_everybody_in_a_later_group_is_below_somebody_of_the_one_before(people: list[Standing]):
    found = groups(people, FOUR)
    for higher, lower in itertools.pairwise(found):
        for one in lower:
            below = whole(one, FOUR)
            assert below is not None
            assert any(above(stands, below) for s in higher if (stands := whole(s, FOUR)) is not None)


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_in_which_people_come_changes_no_group(people: list[Standing], chance: Random):
    mixed = list(people)
    chance.shuffle(mixed)
    assert [{s.label for s in g} for g in groups(people, FOUR)] == [{s.label for s in g} for g in groups(mixed, FOUR)]


@given(PEOPLE)
def test_to_stand_above_is_an_order(people: list[Standing]):
    bands = [w for s in people if (w := whole(s, FOUR)) is not None]
    for a, b, c in itertools.islice(itertools.product(bands, repeat=3), 400):
        assert not above(a, a)
        assert not (above(a, b) and above(b, a))
        assert not (above(a, b) and above(b, c)) or above(a, c)


@pytest.mark.parametrize("top", [0, 1])
def test_the_machines_band_moves_nobody(top: int):
    people = [at("a", 3, 3, 3, 3), at("b", 4, 4, 4, 4)]
    cells = tuple(Cell(c.competency_title, c.low, c.high, c.state, c.key, machine=(5, 5)) for c in people[0].cells)
    assert labels(groups([Standing("a", cells), people[1]], FOUR))[top] == [["b"], ["a"]][top]
