"""Agreement, against numbers worked out by hand and against another way to compute the same."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rating import agreement
from flows.rating.agreement import ASSIST, OFF, USABLE, Interval

LEVELS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=60)
THREE = st.lists(st.tuples(*[st.floats(-50, 50).map(lambda v: round(v, 2))] * 3), min_size=5, max_size=40)


def by_matrices(a: Sequence[int], b: Sequence[int]) -> float:
    """QWK as textbooks give it: weights, observed and expected matrices."""
    observed = np.zeros((5, 5))
    for x, y in zip(a, b, strict=True):
        observed[x - 1, y - 1] += 1
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / len(a)
    at = np.arange(5)
    weights = (at[:, None] - at[None, :]) ** 2 / 16
    return float(1 - (weights * observed).sum() / (weights * expected).sum())


def test_kappa_by_hand():
    # Differences 0, 0, 1, -1: observed 2/4. Means 2.5 and 2.5, squares 7.5 and 7.5: expected 15 - 12.5 = 2.5.
    assert agreement.weighted_kappa([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(1 - 0.5 / 2.5)
    assert agreement.weighted_kappa([1, 5, 3], [1, 5, 3]) == 1
    assert agreement.weighted_kappa([1, 5], [5, 1]) == pytest.approx(-1)


def test_figures_without_meaning_are_none():
    assert agreement.weighted_kappa([], []) is None
    assert agreement.weighted_kappa([3, 3], [3, 3]) is None
    assert agreement.mean_error([], []) is None
    assert agreement.correlation([1, 2], [1, 2]) is None
    assert agreement.spearman([1, 1, 1], [1, 2, 3]) is None
    assert agreement.over_questions([None, None], [[0, 1]]) is None
    with pytest.raises(ValueError, match="3 values cannot be compared with 2"):
        agreement.weighted_kappa([1, 2, 3], [1, 2])


@given(LEVELS)
def test_kappa_is_that_of_the_matrices(pairs: list[tuple[int, int]]):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    found = agreement.weighted_kappa(a, b)
    if found is not None:
        assert found == pytest.approx(by_matrices(a, b), abs=1e-9)
        assert found == pytest.approx(agreement.weighted_kappa(b, a))


def test_ranks_and_spearman_by_hand():
    assert agreement.ranks([10, 20, 20, 5]) == [2, 3.5, 3.5, 1]
    # d = 0, 1, -1, 0: 1 - 6*2/(4*15)
    assert agreement.spearman([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)


@given(THREE)
def test_partial_correlation_is_that_of_the_residuals(rows: list[tuple[float, float, float]]):
    x, y, z = (np.array([row[i] for row in rows]) for i in range(3))
    found = agreement.partial(x.tolist(), y.tolist(), z.tolist())
    if min(x.std(), y.std(), z.std()) < 0.5 or found is None:
        return
    plane = np.column_stack([z, np.ones(len(rows))])
    rest = [v - plane @ np.linalg.lstsq(plane, v, rcond=None)[0] for v in (x, y)]
    if min(r.std() for r in rest) > 0.05:
        assert found == pytest.approx(float(np.corrcoef(*rest)[0, 1]), abs=1e-6)


def test_length_explains_nothing_when_people_see_it_too():
    human = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    length = [level * 10 + (i % 3) for i, level in enumerate(human)]
    followed = agreement.partial([float(v) for v in human], length, [float(v) for v in human])
    assert followed is None, "once the human level is known, nothing is left to explain"


def test_bands():
    found = agreement.by_band([1, 2, 3, 3, 5], [1, 3, 3, 2, 5])
    assert found == {"low": (0.5, 2), "middle": (0.5, 2), "high": (1.0, 1)}


def test_cut_points_match_the_distribution():
    values, levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1, 1, 3, 3, 5, 5]
    cuts = agreement.cut_points(values, levels)
    assert cuts == (0.2, 0.2, 0.4, 0.4)
    assert [agreement.cut_level(v, cuts) for v in values] == levels
    assert agreement.cut_points([1.0, 2.0], [5, 5]) == (-math.inf,) * 4
    assert agreement.cut_points([1.0, 2.0], [1, 1]) == (math.inf,) * 4
    assert agreement.cut_level(0, (-math.inf,) * 4) == 5


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 5)), min_size=1, max_size=40, unique_by=lambda p: p[0]))
def test_as_many_of_each_level_as_people_gave(rows: list[tuple[float, int]]):
    values, levels = [v for v, _ in rows], [n for _, n in rows]
    cuts = agreement.cut_points(values, levels)
    assert list(cuts) == sorted(cuts)
    assert sorted(agreement.cut_level(v, cuts) for v in values) == sorted(levels)


def test_a_row_never_sets_its_own_cut_points():
    values, levels = [0.1, 0.2, 0.3, 0.9], [1, 1, 1, 5]
    # Without the last row nobody has a 5, so nothing can reach it.
    assert agreement.cross_levels(values, levels, [[0, 1, 2], [3]])[3] == 1
    assert agreement.cross_levels(values, levels, [[0], [1], [2], [3]])[0] == 1


def test_intervals_of_resamples():
    assert agreement.percentile([1, 2, 3, 4], 0.5) == 2.5
    found = agreement.interval(0.5, [v / 100 for v in range(101)])
    assert found == Interval(0.5, pytest.approx(0.025), pytest.approx(0.975))
    assert agreement.interval(0.5, [None, None, 0.1]) is None
    whole = agreement.over_rows(3, lambda pick: float(sum(pick)), [[0, 0, 0], [2, 2, 2]])
    assert whole is not None
    assert whole.value == 3
    assert 0 < whole.low < whole.high < 6
    assert agreement.over_questions([0.2, None, 0.6], [[0, 1, 2]]) == Interval(pytest.approx(0.4), 0.4, 0.4)


def test_the_curve_keeps_the_surest():
    human, scorer, sure = [1, 5, 1, 5], [1, 5, 5, 1], [1.0, 1.0, 0.1, 0.1]
    found = agreement.curve(human, scorer, sure, steps=2)
    assert [share for share, _ in found] == [1.0, 0.5]
    assert found[0][1] == pytest.approx(0)
    assert found[1][1] == 1


EVEN = {"low": (0.8, 20), "middle": (0.7, 20), "high": (0.8, 20)}


@pytest.mark.parametrize(
    ("qwk", "gain", "bands", "says"),
    [
        (Interval(0.7, 0.61, 0.8), Interval(0.2, 0.05, 0.3), EVEN, USABLE),
        (Interval(0.7, 0.59, 0.8), Interval(0.2, 0.05, 0.3), EVEN, ASSIST),
        (Interval(0.7, 0.61, 0.8), Interval(0.2, -0.01, 0.3), EVEN, ASSIST),
        (Interval(0.7, 0.61, 0.8), Interval(0.2, 0.05, 0.3), {**EVEN, "middle": (0.6, 20)}, ASSIST),
        (Interval(0.7, 0.61, 0.8), Interval(0.2, 0.05, 0.3), {**EVEN, "high": (None, 0)}, ASSIST),
        (Interval(0.2, -0.01, 0.4), Interval(0.2, 0.05, 0.3), EVEN, OFF),
        (Interval(0.3, 0.1, 0.4), Interval(-0.2, -0.3, -0.05), EVEN, OFF),
        (None, None, EVEN, OFF),
    ],
)
def test_the_verdict(
    qwk: Interval | None, gain: Interval | None, bands: dict[str, tuple[float | None, int]], says: str
) -> None:
    assert agreement.verdict(qwk, gain, bands) == says
