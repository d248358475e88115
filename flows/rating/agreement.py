"""How well two ratings agree: kappa, error, correlation, intervals. Plain arithmetic on plain numbers.

Levels are whole numbers. Chance comes in as an argument: a resample is a list of positions that the caller drew. Where a
figure has no meaning (too few rows, no variation) it is None and never a number.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Levels = Sequence[int]
Values = Sequence[float]
Draws = Iterable[Sequence[int]]
BANDS = {"low": (1, 2), "middle": (3,), "high": (4, 5)}
USABLE_QWK, MIDDLE_LOSS = 0.60, 0.15
USABLE, ASSIST, OFF = "usable", "assist-only", "off"


def weighted_kappa(a: Levels, b: Levels) -> float | None:
    """The quadratic weighted kappa (QWK): 1 for the same levels, 0 for chance. None when neither side varies."""
    _same(a, b)
    n = len(a)
    if n == 0:
        return None
    observed = sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) / n
    mean_a, mean_b = sum(a) / n, sum(b) / n
    # The mean squared difference over all pairs, without walking through them.
    expected = sum(x * x for x in a) / n + sum(y * y for y in b) / n - 2 * mean_a * mean_b
    return None if expected <= 1e-12 else 1 - observed / expected


def mean_error(a: Levels, b: Levels) -> float | None:
    """The mean absolute difference, in levels."""
    _same(a, b)
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a) if a else None


def correlation(x: Values, y: Values) -> float | None:
    """Pearson's r; None for fewer than three rows or where one side does not vary."""
    _same(x, y)
    n = len(x)
    if n < 3:
        return None
    mean_x, mean_y = sum(x) / n, sum(y) / n
    spread_x = sum((v - mean_x) ** 2 for v in x)
    spread_y = sum((v - mean_y) ** 2 for v in y)
    if spread_x <= 1e-12 or spread_y <= 1e-12:
        return None
    together = sum((v - mean_x) * (w - mean_y) for v, w in zip(x, y, strict=True))
    return together / math.sqrt(spread_x * spread_y)


def ranks(values: Values) -> list[float]:
    """The rank of each value from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    found, at = [0.0] * len(values), 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for i in order[at : end + 1]:
            found[i] = (at + end) / 2 + 1
        at = end + 1
    return found


def spearman(x: Values, y: Values) -> float | None:
    """The correlation of the ranks."""
    return correlation(ranks(x), ranks(y))


def partial(x: Values, y: Values, given: Values) -> float | None:
    """The correlation of x and y once `given` is known: does a score still follow length when the human level is?"""
    xy, xg, yg = correlation(x, y), correlation(x, given), correlation(y, given)
    if xy is None:
        return None
    if xg is None or yg is None:  # what does not vary explains nothing
        return xy
    left = (1 - xg * xg) * (1 - yg * yg)
    return None if left <= 1e-12 else (xy - xg * yg) / math.sqrt(left)


def by_band(human: Levels, scorer: Levels) -> dict[str, tuple[float | None, int]]:
    """(share of rows in which the scorer gave exactly the human's level, rows) for low, middle and high human levels."""
    _same(human, scorer)
    found: dict[str, tuple[float | None, int]] = {}
    for name, levels in BANDS.items():
        rows = [h == s for h, s in zip(human, scorer, strict=True) if h in levels]
        found[name] = (sum(rows) / len(rows) if rows else None, len(rows))
    return found


# --- from a measure to a level ---------------------------------------------------------------------------------------


def cut_points(values: Values, levels: Levels) -> tuple[float, ...]:
    """Four cut points, ascending, so that `values` fall into the levels 1 to 5 as often as `levels` do.

    They match distributions and fit nothing else: with twenty rows a fit would learn the noise. -inf: the lowest levels
    do not occur; inf: the highest don't.
    """
    _same(values, levels)
    ordered, taken, cuts = sorted(values), 0, list[float]()
    for level in range(1, 5):
        taken += sum(v == level for v in levels)
        cuts.append(-math.inf if taken == 0 else math.inf if taken == len(ordered) else ordered[taken - 1])
    return tuple(cuts)


def cut_level(value: float, cuts: Sequence[float]) -> int:
    """The level of a value: 1 plus the cut points it is above."""
    return 1 + sum(value > cut for cut in cuts)


def margin(value: float, cuts: Sequence[float]) -> float:
    """How far a value is from the nearest cut point: a small margin is a doubtful level."""
    return min((abs(value - cut) for cut in cuts if math.isfinite(cut)), default=math.inf)


def cross_levels(values: Values, levels: Levels, folds: Draws) -> list[int]:
    """A level for every value, with cut points from the rows outside its fold. `folds`: a partition of the rows."""
    _same(values, levels)
    found = [0] * len(values)
    for fold in folds:
        held = frozenset(fold)
        rest = [i for i in range(len(values)) if i not in held]
        cuts = cut_points([values[i] for i in rest], [levels[i] for i in rest])
        for i in fold:
            found[i] = cut_level(values[i], cuts)
    return found


def curve(human: Levels, scorer: Levels, sure: Values, steps: int = 5) -> list[tuple[float, float | None]]:
    """(share scored, QWK of it) when only the surest rows are scored, from all of them down to 1/steps."""
    _same(human, scorer)
    order = sorted(range(len(sure)), key=lambda i: -sure[i])
    found: list[tuple[float, float | None]] = []
    for step in range(steps, 0, -1):
        kept = order[: round(len(order) * step / steps)]
        found.append((step / steps, weighted_kappa([human[i] for i in kept], [scorer[i] for i in kept])))
    return found


# --- intervals -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def percentile(values: Values, share: float) -> float:
    """The value below which `share` of them lie, interpolated; `values` must not be empty."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def interval(value: float | None, resampled: Iterable[float | None]) -> Interval | None:
    """The middle 95 % of a figure over its resamples; None when the figure has no meaning or half of them have none."""
    everything = list(resampled)
    known = [v for v in everything if v is not None]
    if value is None or not known or 2 * len(known) < len(everything):
        return None
    return Interval(value, percentile(known, 0.025), percentile(known, 0.975))


def over_rows(rows: int, figure: Callable[[Sequence[int]], float | None], draws: Draws) -> Interval | None:
    """A figure of rows (given their positions), with its interval over resampled rows."""
    return interval(figure(range(rows)), (figure(d) for d in draws))


def mean_of(values: Iterable[float | None]) -> float | None:
    """The mean of those that are known."""
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def over_questions(figures: Sequence[float | None], draws: Draws) -> Interval | None:
    """The mean figure of several questions, with its interval over resampled questions."""
    return interval(mean_of(figures), (mean_of(figures[i] for i in d) for d in draws))


# --- may it be used? -------------------------------------------------------------------------------------------------


def verdict(qwk: Interval | None, gain: Interval | None, bands: Mapping[str, tuple[float | None, int]]) -> str:
    """usable, assist-only or off. `gain`: QWK minus that of length alone; `bands`: see `by_band`.

    usable: better than length (interval above 0), QWK surely at least .60, the middle at most .15 below the ends. off:
    not surely better than chance, or surely worse than length. An empty middle or end can't be vouched for.
    """
    if qwk is None or qwk.low <= 0 or (gain is not None and gain.high < 0):
        return OFF
    if gain is None or gain.low <= 0 or qwk.low < USABLE_QWK:
        return ASSIST
    middle, ends = bands["middle"][0], [bands[name][0] for name in ("low", "high")]
    if middle is None or any(e is None for e in ends):
        return ASSIST
    level = mean_of(ends)
    return USABLE if level is not None and middle >= level - MIDDLE_LOSS else ASSIST


def _same(a: Sequence[object], b: Sequence[object]) -> None:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} values cannot be compared with {len(b)}")
