"""The figures of one unit of a team's own data, the verdict, and where they are kept."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from bot.calibration.chance import folds, resamples
from bot.calibration.own import MATCHING, Rated, Unit
from bot.store.rows import Measurement
from bot.store.store import Tx
from flows.rating import agreement
from flows.rating.agreement import Interval

NEEDED = 30  # answers that two people rated
FOLDS, RESAMPLES = 5, 1000
NEVER = 2.0  # a cut point that no similarity reaches


@dataclass(frozen=True, slots=True)
class Figures:
    """One unit. Without `NEEDED` answers there is nothing but their number. `cuts`: where levels 2 to 5 begin, measured
    on the mean best similarity; empty for a model, which gives levels itself."""

    unit: Unit
    answers: int
    abstained: float = 0.0
    people: Interval | None = None
    qwk: Interval | None = None
    length: Interval | None = None
    gain: Interval | None = None
    mae: float | None = None
    bands: Mapping[str, tuple[float | None, int]] | None = None
    partial: float | None = None
    verdict: str = ""
    cuts: tuple[float, ...] = ()

    @property
    def missing(self) -> int:
        """How many more answers have to be rated by two people."""
        return max(0, NEEDED - self.answers)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Rows:
    """One row per (answer, rater): positions of an answer's rows stand in `of`."""

    human: list[int]
    scorer: list[int]
    length: list[int]
    words: list[float]
    of: list[list[int]]


def figures(unit: Unit, rated: Sequence[Rated], seed: int = 0) -> Figures:
    """Measure one unit. An answer that the scorer left to people is in `abstained` and in no other figure but `people`."""
    scored = [r for r in rated if (r.value if unit.scorer == MATCHING else r.level) is not None]
    abstained = 1 - len(scored) / len(rated) if rated else 0.0
    if len(rated) < NEEDED or len(scored) < NEEDED:
        return Figures(unit, len(scored), abstained)
    rows = _rows(unit, scored, seed)
    draws = list(resamples(len(scored), RESAMPLES, seed))
    again = [[i for a in draw for i in rows.of[a]] for draw in draws]
    qwk, length = _kappa(rows, rows.scorer, again), _kappa(rows, rows.length, again)
    gain = _gain(rows, again)
    bands = agreement.by_band(rows.human, rows.scorer)
    return Figures(
        unit,
        len(scored),
        abstained,
        _people(rated, seed),
        qwk,
        length,
        gain,
        agreement.mean_error(rows.human, rows.scorer),
        bands,
        agreement.partial(rows.scorer, rows.words, rows.human),
        agreement.verdict(qwk, gain, bands),
        _begin([v for r in scored if (v := r.value) is not None for _ in r.humans], rows.human)
        if unit.scorer == MATCHING
        else (),
    )


def _rows(unit: Unit, scored: Sequence[Rated], seed: int) -> _Rows:
    parts = folds(len(scored), FOLDS, seed)
    counts = itertools.accumulate((len(r.humans) for r in scored), initial=0)
    of = [list(range(start, start + len(r.humans))) for start, r in zip(counts, scored, strict=False)]
    human = [level for r in scored for level in r.humans]
    words = [float(r.words) for r in scored for _ in r.humans]
    by_row = [[i for a in part for i in of[a]] for part in parts]
    length = agreement.cross_levels(words, human, by_row)
    if unit.scorer == MATCHING:
        values = [r.value or 0.0 for r in scored for _ in r.humans]
        return _Rows(human, agreement.cross_levels(values, human, by_row), length, words, of)
    return _Rows(human, [r.level or 1 for r in scored for _ in r.humans], length, words, of)


def _kappa(rows: _Rows, levels: Sequence[int], again: Sequence[Sequence[int]]) -> Interval | None:
    def figure(pick: Sequence[int]) -> float | None:
        return agreement.weighted_kappa([rows.human[i] for i in pick], [levels[i] for i in pick])

    return agreement.over_rows(len(rows.human), figure, again)


def _gain(rows: _Rows, again: Sequence[Sequence[int]]) -> Interval | None:
    def figure(pick: Sequence[int]) -> float | None:
        human = [rows.human[i] for i in pick]
        ours = agreement.weighted_kappa(human, [rows.scorer[i] for i in pick])
        plain = agreement.weighted_kappa(human, [rows.length[i] for i in pick])
        return None if ours is None or plain is None else ours - plain

    return agreement.over_rows(len(rows.human), figure, again)


def _people(rated: Sequence[Rated], seed: int) -> Interval | None:
    """The agreement of people with each other: every pair of raters of an answer, both ways round."""

    def figure(pick: Sequence[int]) -> float | None:
        pairs = [pair for i in pick for pair in itertools.permutations(rated[i].humans, 2)]
        return agreement.weighted_kappa([a for a, _ in pairs], [b for _, b in pairs])

    return agreement.over_rows(len(rated), figure, resamples(len(rated), RESAMPLES, seed))


def _begin(values: Sequence[float], levels: Sequence[int]) -> tuple[float, ...]:
    """The cut points of all rows as beginnings: half way between the last value below and the first one above."""
    ordered = sorted(set(values))
    found: list[float] = []
    for cut in agreement.cut_points(values, levels):
        above = next((v for v in ordered if v > cut), NEVER)
        found.append(0.0 if cut == -math.inf else NEVER if above == NEVER else (cut + above) / 2)
    return tuple(found)


def keep(tx: Tx, tenant_id: str, measured: Sequence[Figures], at: int) -> int:
    """Store what was measured; how many units had enough answers. An older figure of the same unit is replaced."""
    enough = [f for f in measured if f.verdict]
    for f in enough:
        u = f.unit
        row = {"tenant_id": tenant_id, "kit_name": u.kit, "kit_version": u.version, "question": u.question}
        row |= {"competency": u.competency, "scorer": u.scorer, "verdict": f.verdict, "at": at}
        tx.put(Measurement, {**row, "figures": orjson.dumps(f.to_json()).decode()})
    return len(enough)
