"""A scorer on answers that people graded, beside length and TF-IDF: the protocol for SAF, on any file of its form.

Per question: answers are cut into sentences, the best match per reference sentence is averaged; 20 answers set the cut
points by matching the distribution of five levels; QWK on the rest; mean over 20 draws (seeds 0 to 19), then over the
questions. `too_short` is switched off: more than half of SAF's answers have under 25 words. Where a model reads, its
levels are taken as they are, and what it leaves to people is left out of every column and counted.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.calibration.baselines import lengths, tf_idf
from bot.calibration.chance import resamples, sample
from bot.calibration.files import CalibrationProblem, Graded
from bot.calibration.scorers import Scorer, measure, reference_kit
from bot.calibration.variations import Variation, pooled, variations
from flows.kits.model import Kit
from flows.rating import agreement
from flows.rating.agreement import Interval
from flows.rating.card import MachineCard

LABELLED, DRAWS, RESAMPLES = 20, 20, 400
FEWEST = LABELLED + 5
LENGTH, TF_IDF = "length only", "TF-IDF"
_AT_ONCE = 8
_HALVES = (1.5, 2.5, 3.5, 4.5)  # cut points for levels that a model gave


@dataclass(frozen=True, slots=True)
class Column:
    """One scorer (or baseline) on one question. `gain`: QWK minus that of length, on the same rows."""

    qwk: Interval | None
    gain: Interval | None
    mae: float | None
    spearman: float | None
    partial: float | None
    bands: dict[str, tuple[float | None, int]]
    curve: list[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """One question. `scored`: the share of answers that the scorer did not leave to people, and `left` why."""

    question: str
    lang: str
    answers: int
    scored: float
    left: dict[str, int]
    columns: dict[str, Column]
    variations: tuple[Variation, ...] = ()


@dataclass(frozen=True, slots=True)
class LanguageFigures:
    """The mean over a language's questions, its interval over resampled questions."""

    lang: str
    questions: int
    answers: int
    scored: float
    columns: dict[str, Column]


@dataclass(frozen=True, slots=True)
class GradedReport:
    """Everything measured, and `skipped`: questions with fewer answers than the protocol needs."""

    scorer: str
    questions: tuple[QuestionFigures, ...]
    languages: tuple[LanguageFigures, ...]
    skipped: tuple[str, ...]
    seed: int
    variations: tuple[Variation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        protocol = {"labelled": LABELLED, "draws": DRAWS, "resamples": RESAMPLES, "too_short": "off"}
        return {"form": "graded", "protocol": protocol, **asdict(self)}


async def bench(
    answers: dict[str, list[Graded]], scorer: Scorer, *, seed: int = 0, limit: int = 0,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> GradedReport:  # fmt: skip
    """Measure a scorer. `limit`: at most so many answers of each question; `report(questions done, of how many)`."""
    chosen = {q: rows[: limit or None] for q, rows in answers.items()}
    enough = {q: rows for q, rows in chosen.items() if len(rows) >= FEWEST}
    if not enough:
        raise CalibrationProblem(
            f"No question has {FEWEST} answers: {LABELLED} set the cut points, and the rest are measured."
        )
    found: list[QuestionFigures] = []
    for done, (question, rows) in enumerate(enough.items()):
        report(done, len(enough))
        found.append(await _question(question, rows, scorer, seed))
    changed = pooled([v for f in found for v in f.variations])
    languages = tuple(_language(lang, found, seed) for lang in dict.fromkeys(f.lang for f in found))
    return GradedReport(scorer.name, tuple(found), languages, tuple(set(chosen) - set(enough)), seed, changed)


def level_of_score(score: float) -> int:
    """A grade from 0 to 1 as one of five levels."""
    return 1 + round(score * 4)


async def _question(question: str, rows: list[Graded], scorer: Scorer, seed: int) -> QuestionFigures:
    kit = reference_kit(rows[0].question, rows[0].lang, rows[0].reference, scorer.level)
    values, left = list[float | None](), dict[str, int]()
    for card in await _cards(kit, rows, scorer):
        value, reason = _level(card) if scorer.level else (measure(card), "")
        values.append(value)
        if reason:
            left[reason] = left.get(reason, 0) + 1
    kept = [(r, v) for r, v in zip(rows, values, strict=True) if v is not None]
    texts = [r.answer for r, _ in kept]
    long = lengths(texts)
    measures = {
        scorer.name: [v for _, v in kept],
        LENGTH: long,
        TF_IDF: tf_idf(texts, rows[0].reference, rows[0].lang),
    }
    columns = _columns(measures, [r.score for r, _ in kept], long, scorer, seed) if len(kept) >= FEWEST else {}
    # A model's samples are not repeated for this: `parley kit rehearse` shows it the same content in several ways.
    own = [] if scorer.level else await variations(kit, rows, measures[scorer.name], _levels(rows), scorer, seed)
    return QuestionFigures(question, rows[0].lang, len(rows), len(kept) / len(rows), left, columns, tuple(own))


def _levels(rows: Sequence[Graded]) -> list[int]:
    return [level_of_score(r.score) for r in rows]


async def _cards(kit: Kit, rows: Sequence[Graded], scorer: Scorer) -> list[MachineCard]:
    """The cards of all answers, a few at a time: a model takes seconds for each."""
    found: list[MachineCard] = []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        found += await asyncio.gather(*(scorer.card(kit, [row.answer], row.lang) for row in part))
    return found


def _level(card: MachineCard) -> tuple[float | None, str]:
    """A model's level; a level 1 that only `too_short` held back counts here, and every other reason leaves it out."""
    result = card.results[0]
    if card.fallback:
        return None, card.fallback
    if result.level is None and result.reason == "too_short":
        return 1.0, ""
    return (None, result.reason) if result.level is None else (float(result.level), "")


@dataclass(frozen=True, slots=True)
class _Draw:
    """One draw: the positions that are measured, the levels of people and of each scorer, and each one's margins."""

    rest: list[int]
    human: list[int]
    levels: dict[str, list[int]]
    sure: dict[str, list[float]]


def _columns(
    measures: dict[str, list[float]], scores: Sequence[float], long: Sequence[float], scorer: Scorer, seed: int
) -> dict[str, Column]:
    human = [level_of_score(s) for s in scores]
    fixed = {scorer.name} if scorer.level else set[str]()
    draws = [_draw(measures, human, fixed, number + seed) for number in range(DRAWS)]
    picks = list(resamples(len(draws[0].rest), RESAMPLES, seed))
    base = [_kappa(draws[b % DRAWS], LENGTH, pick) for b, pick in enumerate(picks)]
    columns: dict[str, Column] = {}
    for name, values in measures.items():
        again = [_kappa(draws[b % DRAWS], name, pick) for b, pick in enumerate(picks)]
        qwk = agreement.mean_of(_kappa(d, name) for d in draws)
        plain = agreement.mean_of(_kappa(d, LENGTH) for d in draws)
        gain = [None if a is None or b is None else a - b for a, b in zip(again, base, strict=True)]
        columns[name] = Column(
            qwk=agreement.interval(qwk, again),
            gain=agreement.interval(None if qwk is None or plain is None else qwk - plain, gain),
            mae=agreement.mean_of(agreement.mean_error(d.human, d.levels[name]) for d in draws),
            spearman=agreement.spearman(values, scores),
            partial=agreement.mean_of(
                agreement.partial(d.levels[name], [long[i] for i in d.rest], d.human) for d in draws
            ),
            bands=_mean_bands([agreement.by_band(d.human, d.levels[name]) for d in draws]),
            curve=_mean_curve([agreement.curve(d.human, d.levels[name], d.sure[name]) for d in draws]),
        )
    return columns


def _draw(measures: dict[str, list[float]], human: Sequence[int], fixed: set[str], seed: int) -> _Draw:
    labelled = sample(len(human), LABELLED, seed)
    rest = [i for i in range(len(human)) if i not in frozenset(labelled)]
    levels, sure = dict[str, list[int]](), dict[str, list[float]]()
    for name, values in measures.items():
        own = agreement.cut_points([values[i] for i in labelled], [human[i] for i in labelled])
        cuts = _HALVES if name in fixed else own
        levels[name] = [agreement.cut_level(values[i], cuts) for i in rest]
        sure[name] = [agreement.margin(values[i], cuts) for i in rest]
    return _Draw(rest, [human[i] for i in rest], levels, sure)


def _kappa(draw: _Draw, name: str, pick: Sequence[int] | None = None) -> float | None:
    human, levels = draw.human, draw.levels[name]
    if pick is None:
        return agreement.weighted_kappa(human, levels)
    return agreement.weighted_kappa([human[i] for i in pick], [levels[i] for i in pick])


def _mean_bands(bands: Sequence[dict[str, tuple[float | None, int]]]) -> dict[str, tuple[float | None, int]]:
    return {
        name: (agreement.mean_of(b[name][0] for b in bands), round(sum(b[name][1] for b in bands) / len(bands)))
        for name in agreement.BANDS
    }


def _mean_curve(curves: Sequence[list[tuple[float, float | None]]]) -> list[tuple[float, float | None]]:
    return [(steps[0][0], agreement.mean_of(s[1] for s in steps)) for steps in zip(*curves, strict=True)]


def _language(lang: str, found: Sequence[QuestionFigures], seed: int) -> LanguageFigures:
    mine = [f for f in found if f.lang == lang]
    measured = [f for f in mine if f.columns]
    names = list(measured[0].columns) if measured else []
    answers = sum(f.answers for f in mine)
    scored = sum(f.scored * f.answers for f in mine) / answers
    columns = {name: _over([f.columns[name] for f in measured], seed) for name in names}
    return LanguageFigures(lang, len(mine), answers, scored, columns)


def _over(columns: Sequence[Column], seed: int) -> Column:
    """The mean of one scorer over questions."""
    picks = list(resamples(len(columns), 2000, seed))
    return replace(
        columns[0],
        qwk=agreement.over_questions([c.qwk.value if c.qwk else None for c in columns], picks),
        gain=agreement.over_questions([c.gain.value if c.gain else None for c in columns], picks),
        mae=agreement.mean_of(c.mae for c in columns),
        spearman=agreement.mean_of(c.spearman for c in columns),
        partial=agreement.mean_of(c.partial for c in columns),
        bands={
            name: (agreement.mean_of(c.bands[name][0] for c in columns), sum(c.bands[name][1] for c in columns))
            for name in agreement.BANDS
        },
        curve=_mean_curve([c.curve for c in columns]),
    )
