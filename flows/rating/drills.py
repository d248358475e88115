"""What drills say about agreement: about one person for that person, about a team without names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from flows.rating.agreement import weighted_kappa

ENOUGH = 3  # raters of a drill, before anybody hears anything

# Drill -> person -> level; None: no basis to rate.
Ratings = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One person. `others`: the median of the others in the drill asked about (None: fewer than three rated it).

    `near`: the share of drills in which they were at most one level away; `lean`: their mean difference, positive where
    they give more. Both None before there is a drill to tell from; `drills`: how many there are.
    """

    others: float | None
    near: float | None
    lean: float | None
    drills: int


@dataclass(frozen=True, slots=True)
class Team:
    """A team. `near`: the share of pairs of ratings at most one level apart; `kappa`: QWK over these pairs."""

    drills: int
    ratings: int
    near: float | None
    kappa: float | None


def median(levels: Iterable[int]) -> float:
    """The middle, half way between the middle two of an even number; there must be at least one."""
    ordered = sorted(levels)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def standing(ratings: Ratings, person: str, drill: str = "") -> Standing:
    """How a person compares with the median of the others, drill by drill."""
    apart: list[float] = []
    here: float | None = None
    for name, levels in ratings.items():
        given = {p: level for p, level in levels.items() if level is not None}
        others = [level for p, level in given.items() if p != person]
        if len(given) < ENOUGH or person not in given:
            continue
        apart.append(given[person] - median(others))
        here = median(others) if name == drill else here
    if not apart:
        return Standing(None, None, None, 0)
    near = sum(abs(d) <= 1 for d in apart) / len(apart)
    return Standing(here, near, sum(apart) / len(apart), len(apart))


def team(ratings: Ratings) -> Team:
    """The agreement of everybody with everybody, over drills that at least three people rated."""
    given = [[level for level in levels.values() if level is not None] for levels in ratings.values()]
    counted = [levels for levels in given if len(levels) >= ENOUGH]
    pairs = [pair for levels in counted for pair in combinations(levels, 2)]
    if not pairs:
        return Team(0, 0, None, None)
    both = [*pairs, *((b, a) for a, b in pairs)]
    near = sum(abs(a - b) <= 1 for a, b in pairs) / len(pairs)
    kappa = weighted_kappa([a for a, _ in both], [b for _, b in both])
    return Team(len(counted), sum(map(len, counted)), near, kappa)
