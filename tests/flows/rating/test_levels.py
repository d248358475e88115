"""Levels, bands, composites and spreads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rating.levels import POINTS, Settled, composite, distinguished, level_of, middle, settle, spread
from tests.flows.rating.small_kit import KIT, OWNERSHIP

VERDICTS = st.dictionaries(st.sampled_from(list(OWNERSHIP.indicators)), st.sampled_from(list(POINTS)), min_size=1)


@pytest.mark.parametrize(
    ("verdicts", "level"),
    [
        (["met"] * 4, 5), (["met"] * 3 + ["not_met"], 4), (["met", "met", "partly", "no_evidence"], 3),
        (["partly"] * 2, 2), (["partly"], 1), ([], 1),
    ],
)  # fmt: skip
def test_the_kits_table_gives_the_level_and_partly_counts_half(verdicts: list[str], level: int):
    assert level_of(dict(enumerate(verdicts)), OWNERSHIP.levels) == level


def test_a_table_without_a_row_for_it_gives_no_level():
    assert level_of({"asks": "not_met"}, OWNERSHIP.levels[:2]) is None


@given(VERDICTS)
def test_more_evidence_never_lowers_the_level(verdicts: dict[str, str]):
    base = level_of(verdicts, OWNERSHIP.levels)
    better = level_of(dict.fromkeys(verdicts, "met"), OWNERSHIP.levels)
    assert base is not None
    assert better is not None
    assert better >= base


@pytest.mark.parametrize(
    ("levels", "neutral", "rejected", "expected"),
    [
        ([3, 3, 3], None, 0, Settled(3, (3, 3), True)),
        ([2, 3, 3, 3, 2], 3, 0, Settled(3, (2, 3), True)),
        ([3, 3, 3], 4, 0, Settled(3, (3, 4), True)),
        ([3, 3, 3], 5, 0, Settled(None, (3, 5), False, "unstable")),
        ([2, 3, 4, 3, 3], None, 0, Settled(None, (2, 4), False, "unstable")),
        ([3, None, 3], None, 0, Settled(None, None, False, "insufficient_evidence")),
        ([3, None, 3, 3], None, 0, Settled(3, (3, 3), True)),
        ([3, 3, 3], None, 1, Settled(3, (3, 3), True)),
        ([3, 3, 3], None, 2, Settled(None, None, False, "quotes_rejected")),
        ([3], None, 0, Settled(3, (3, 3), False)),
        ([], None, 0, Settled(None, None, False, "schema_failure")),
    ],
)
def test_runs_settle_on_a_level_with_a_band_or_say_why_not(
    levels: list[int | None], neutral: int | None, rejected: int, expected: Settled
):
    assert settle(levels, neutral, rejected) == expected


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=7), st.one_of(st.none(), st.integers(1, 5)))
def test_a_level_or_a_reason_and_the_level_is_inside_its_band(levels: list[int | None], neutral: int | None):
    s = settle(levels, neutral)
    assert (s.level is None) == bool(s.reason)
    if s.level is not None:
        assert s.band is not None
        assert s.band[0] <= s.level <= s.band[1] <= s.band[0] + 1


def test_the_composite_is_weighted_unrounded_and_leaves_out_what_was_not_scored():
    both = composite({"ownership": 4, "care": 3}, KIT.competencies)
    assert both.value == pytest.approx(3.75)
    assert composite({"ownership": 3.5, "care": None}, KIT.competencies).value == pytest.approx(3.5)
    one = composite({"care": 2}, KIT.competencies)
    assert (one.value, one.unscored) == (2.0, ("ownership",))
    assert composite({}, KIT.competencies).value is None
    assert composite({"ownership": 1, "care": 5}, KIT.competencies).below_minimum == ("ownership",)
    assert composite({"ownership": 2, "care": 1}, KIT.competencies).below_minimum == ()


def test_raters_two_levels_apart_should_talk():
    assert spread({"a": None}) is None
    near, far = spread({"a": 3, "b": 4, "c": None}), spread({"a": 2, "b": 4, "c": 4})
    assert near is not None
    assert far is not None
    assert (near.width, near.divergent, near.raters) == (1, False, 2)
    assert (far.low, far.high, far.median, far.divergent) == (2, 4, 4, True)


def test_overlapping_bands_are_not_distinguished():
    assert not distinguished((2, 3), (3, 4))
    assert distinguished((2, 3), (4, 4))
    assert distinguished((5, 5), (3, 4))


def test_the_median_of_an_even_number_is_a_level_that_was_given():
    assert middle([4, 2]) == 2
    assert middle([1, 3, 2]) == 2
    with pytest.raises(ValueError, match="no levels"):
        middle([])
