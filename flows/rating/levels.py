"""From indicators to a level, from samples to a band, from competencies to a composite. Plain arithmetic, no model.

Rules and thresholds: our scoring protocol, sections 3 to 6. An abstention is a value and never a low level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.kits.model import Competency, LevelRule

Verdict = Literal["met", "partly", "not_met", "no_evidence"]
POINTS: dict[Verdict, float] = {"met": 1.0, "partly": 0.5, "not_met": 0.0, "no_evidence": 0.0}


def level_of(verdicts: Mapping[str, Verdict], table: Sequence[LevelRule]) -> int | None:
    """The level the kit's table gives to these indicators (met 1, partly one half); None where the table has no row."""
    points = sum(POINTS[v] for v in verdicts.values())
    return max((rule.level for rule in table if points >= rule.min_met), default=None)


def middle(levels: Sequence[int]) -> int:
    """The median; of an even number of levels the lower of the middle two. `ValueError` when there is none."""
    if not levels:
        raise ValueError("the median of no levels was asked for")
    return sorted(levels)[(len(levels) - 1) // 2]


@dataclass(frozen=True, slots=True)
class Settled:
    """What several runs agree on. `level` is None exactly when `reason` says why nothing is scored."""

    level: int | None
    band: tuple[int, int] | None
    stable: bool
    reason: str = ""


def settle(
    levels: Sequence[int | None], neutral: int | None = None, rejected: int = 0, nothing_left: bool = False
) -> Settled:
    """One level from the samples' levels.

    `levels`: one per sample, None where the model saw insufficient evidence. `neutral`: the level of the
    length-neutral run, if there was one; `nothing_left`: it was made, and saw insufficient evidence. `rejected`: in how
    many samples a quote failed its check.
    """
    if not levels:
        return Settled(None, None, False, "schema_failure")
    if rejected * 2 > len(levels):
        return Settled(None, None, False, "quotes_rejected")
    known = [level for level in levels if level is not None]
    if (len(levels) - len(known)) * 3 >= len(levels):
        return Settled(None, None, False, "insufficient_evidence")
    runs = known if neutral is None else [*known, neutral]
    band = (min(runs), max(runs))
    if band[1] - band[0] >= 2 or nothing_left:
        return Settled(None, band, False, "unstable")
    return Settled(middle(known), band, len(known) > 1)


@dataclass(frozen=True, slots=True)
class Composite:
    """The weighted mean, unrounded (a bias audit needs it so). None when nothing was scored."""

    value: float | None
    below_minimum: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()


def composite(levels: Mapping[str, float | None], competencies: Mapping[str, Competency]) -> Composite:
    """The weighted mean of the competencies that have a level; an abstention is left out, never counted as 1."""
    scored = {key: level for key in competencies if (level := levels.get(key)) is not None}
    unscored = tuple(key for key in competencies if key not in scored)
    if not scored:
        return Composite(None, (), unscored)
    weight = sum(competencies[key].weight for key in scored)
    value = sum(competencies[key].weight * level for key, level in scored.items()) / weight
    below = tuple(key for key, level in scored.items() if level < competencies[key].minimum)
    return Composite(value, below, unscored)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far raters are apart on one competency. `divergent`: by two levels or more, so they should talk."""

    low: int
    high: int
    median: int
    raters: int

    @property
    def width(self) -> int:
        return self.high - self.low

    @property
    def divergent(self) -> bool:
        return self.width >= 2


def spread(levels: Mapping[str, int | None]) -> Spread | None:
    """The spread of raters' levels (rater -> level; None: no basis to rate). None when nobody gave one."""
    given = [level for level in levels.values() if level is not None]
    return Spread(min(given), max(given), middle(given), len(given)) if given else None


def distinguished(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Do two bands differ? Overlapping bands are "not distinguished" in any comparison."""
    return a[1] < b[0] or b[1] < a[0]
