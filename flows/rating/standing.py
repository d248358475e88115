"""Candidates beside each other: bands by competency, and groups of those whom the ratings do not tell apart.

**A band** of a competency is the lowest to the highest level that people gave. What nobody rated is unknown: it is left
out, and never counts as low. The machine's band stands beside it and is never mixed in.

**The whole** of somebody is the weighted mean of their bands, widened by what a whole number hides: a 3 stands for
anything that rounds to 3, half a level each way, and over several competencies such errors partly cancel out. So the
margin is half a level for one competency, a quarter for four, more again where some are unknown (`margin`). With four
competencies of one weight two people who differ by one level in one of them are not distinguished; by two levels, they are.

**Groups** (`groups`) are made from those wholes, which are intervals: a stands above b when all of a's lies above all of
b's. The first group is everybody whom nobody stands above; the second, everybody of the rest whom nobody of the rest
stands above; and so on. Two things follow, and both are promised to whoever reads a shortlist:

- nobody in a group stands above anybody else in it, so it is a tie and has no order inside;
- everybody in a later group is below somebody in the group before.

Not promised is that everybody in a group stands above everybody in the next: neighbours may overlap at the edge, which is
why a shortlist shows its edge. "Overlaps with" alone makes no groups: through a chain of overlaps three hundred people are
one group. Cutting at fixed marks does, but then a hundredth of a level decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from flows.kits.model import Competency
from flows.rating.levels import distinguished, spread

State = Literal["rated", "below", "unknown"]
Band = tuple[int, int]
Whole = tuple[float, float]

_HALF = 0.5  # of a level: what rounding to a whole one hides, each way


@dataclass(frozen=True, slots=True)
class Cell:
    """One competency of one candidate. `low` to `high`: the levels people gave, 1 to 5; None exactly when unknown.

    `state`: "rated"; "below", when the median lies below the kit's minimum; or "unknown". `key`: the competency's in the
    kit. `median`: of an even number of raters the lower middle one. `machine`: the machine's band, for showing only.
    """

    competency_title: str
    low: int | None
    high: int | None
    state: State = "unknown"
    key: str = ""
    median: int | None = None
    raters: int = 0
    machine: Band | None = None

    @property
    def band(self) -> Band | None:
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Standing:
    """One candidate: what they are called here (a neutral label where names are hidden), and a cell per competency of
    the kit, in its order. `id`: the interview's."""

    label: str
    cells: tuple[Cell, ...]
    id: str = ""

    def cell(self, key: str) -> Cell | None:
        """The cell of a competency; None where this candidate's kit has none of that key."""
        return next((c for c in self.cells if c.key == key), None)

    @property
    def known(self) -> bool:
        """Has anybody rated anything?"""
        return any(c.low is not None for c in self.cells)


def cell(key: str, competency: Competency, levels: Mapping[str, int | None], machine: Band | None = None) -> Cell:
    """The cell of one competency from raters' levels (rater -> level; None: no basis to rate)."""
    title, over = competency.title or key, spread(levels)
    if over is None:
        return Cell(title, None, None, "unknown", key, machine=machine)
    state: State = "below" if over.median < competency.minimum else "rated"
    return Cell(title, over.low, over.high, state, key, over.median, over.raters, machine)


def margin(weights: Sequence[float]) -> float:
    """How far a mean of whole levels with these weights may be off, each way: independent errors of half a level."""
    return _HALF * sqrt(sum(w * w for w in weights)) / sum(weights)


def whole(standing: Standing, weights: Mapping[str, float]) -> Whole | None:
    """Where somebody stands over all that is known of them, as [low, high); None when nothing is. weights: competency ->
    weight; a competency that has none is left out."""
    known = [(band, weights[c.key]) for c in standing.cells if (band := c.band) is not None and c.key in weights]
    if not known:
        return None
    used = [w for _, w in known]
    low = sum(band[0] * w for band, w in known) / sum(used)
    high = sum(band[1] * w for band, w in known) / sum(used)
    wide = margin(used)
    # Sums of tenths are not exact, and a tie must not hang on the last digit.
    return round(low - wide, 6), round(high + wide, 6)


def above(a: Whole, b: Whole) -> bool:
    """Does all of `a` lie above all of `b`? (Each is without its upper end, as 2.5 up to 3.5 rounds to 3.)"""
    return a[0] >= b[1]


def groups(standings: Iterable[Standing], weights: Mapping[str, float]) -> list[tuple[Standing, ...]]:
    """Everybody of whom something is known, in groups that are ties, the highest first. Inside a group the order is that
    of `standings`, which means nothing. Whoever is unknown altogether is in no group (`unknown`)."""
    left: list[tuple[Standing, Whole]] = []
    for standing in standings:
        stands = whole(standing, weights)
        if stands is not None:
            left.append((standing, stands))
    found: list[tuple[Standing, ...]] = []
    while left:
        top = max(stands[0] for _, stands in left)
        found.append(tuple(s for s, stands in left if stands[1] > top))
        left = [(s, stands) for s, stands in left if stands[1] <= top]
    return found


def unknown(standings: Iterable[Standing], weights: Mapping[str, float]) -> tuple[Standing, ...]:
    """Those of whom nothing is known that could be compared."""
    return tuple(s for s in standings if whole(s, weights) is None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom a shortlist of some length would hold: `clear` stands out, `edge` is the group in which the length ends, and
    no rating says who of it should be in (empty when the groups happen to come out even)."""

    clear: tuple[tuple[Standing, ...], ...]
    edge: tuple[Standing, ...]

    @property
    def size(self) -> int:
        return sum(len(g) for g in self.clear)


def propose(found: Sequence[tuple[Standing, ...]], wanted: int) -> Proposal:
    """Whole groups as long as they fit into `wanted` places; the group that no longer does is the edge, in full."""
    clear: list[tuple[Standing, ...]] = []
    room = wanted
    for group in found:
        if room == 0:
            break
        if len(group) > room:
            return Proposal(tuple(clear), group)
        clear.append(group)
        room -= len(group)
    return Proposal(tuple(clear), ())


def shared(standings: Sequence[Standing]) -> tuple[str, ...]:
    """The competencies that all of these have, in the order of the first one's kit: only those can be compared."""
    if not standings:
        return ()
    return tuple(c.key for c in standings[0].cells if all(s.cell(c.key) is not None for s in standings))


def told_apart(standings: Sequence[Standing], key: str) -> bool:
    """Do the bands of any two of these differ in a competency? If not, they are not distinguished in it."""
    bands = [c.band for s in standings if (c := s.cell(key)) is not None and c.band is not None]
    return any(distinguished(a, b) for n, a in enumerate(bands) for b in bands[n + 1 :])
