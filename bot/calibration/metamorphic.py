"""Tests that change an interview in one way and say what a scorer must do: move, stay, or admit that it knows nothing.

The file has `context` turns and `test` rows; the rubric (low, medium, high anchors per dimension) comes from the
interviews of the same job family. A scorer's reading of one dimension is an expected level from 1 to 5 and, for each
anchor, how likely it is: for a model closeness to the mean of its samples, for the evidence map its share of similarity.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from bot.calibration.files import CalibrationProblem, Line
from bot.calibration.scorers import MOST_INDICATORS, TOPIC, Scorer, acts, built_kit, measure, share_table
from flows.rating.card import CompetencyResult, MachineCard
from flows.rating.levels import level_of
from flows.rating.reading import Sample

LEVELS = {"low": 1, "medium": 3, "high": 5}
STILL = 0.5  # a change that does not count, in levels
GATES = {"evidence": 0.90, "no-change": 0.95, "prior": 0.95}
NO_CHANGE = ("aggrandising", "repetition", "irrelevance")
Rubric = dict[str, str]


@dataclass(frozen=True, slots=True)
class Belief:
    """A reading of one dimension. `level` is None where the scorer says that it can't tell."""

    level: float | None
    chance: dict[str, float]
    insufficient: bool


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite, or all of a group: passed of n, and the gate where it has one."""

    name: str
    passed: int
    n: int
    gate: float | None = None

    @property
    def share(self) -> float:
        return self.passed / self.n if self.n else 0.0

    @property
    def good(self) -> bool:
        return self.gate is None or self.share >= self.gate


@dataclass(frozen=True, slots=True)
class MetamorphicReport:
    """`unread`: rows in which the scorer gave no level before or after, although one was asked for; they did not pass."""

    scorer: str
    suites: tuple[Suite, ...]
    gates: tuple[Suite, ...]
    unread: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"form": "metamorphic", **asdict(self)}


def is_metamorphic(rows: Sequence[Line]) -> bool:
    return any(row.get("kind") == "test" and "suite" in row for row in rows)


def rubrics_of(interviews: Iterable[Line]) -> dict[str, dict[str, Rubric]]:
    """Job family -> dimension -> anchors, out of a file of interviews."""
    found: dict[str, dict[str, Rubric]] = {}
    for row in interviews:
        if isinstance(row.get("rubric"), dict):
            found.setdefault(family(str(row["resume_id"])), cast("dict[str, Rubric]", row["rubric"]))
    return found


def family(resume: str) -> str:
    """ "gd_1" is of the family "gd"."""
    return resume.rpartition("_")[0] or resume


def rubric_file(path: Path) -> Path:
    """Where the interviews with the rubrics are: beside the tests."""
    beside = path.parent / "btr_interviews.jsonl"
    if not beside.exists():
        raise CalibrationProblem(
            f"The rubrics of {path.name} stand in the interviews. Name their file with --rubrics, or put "
            f"{beside.name} beside it."
        )
    return beside


async def bench(
    rows: Sequence[Line], rubrics: Mapping[str, dict[str, Rubric]], scorer: Scorer, *, limit: int = 0,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> MetamorphicReport:  # fmt: skip
    """Run every test (or the first `limit` of each suite)."""
    context = _contexts(rows)
    tests = _chosen([r for r in rows if r.get("kind") == "test"], limit)
    passed: dict[str, list[bool]] = {}
    beliefs: dict[tuple[str, str, int], Belief] = {}
    unread = 0
    for done, test in enumerate(tests):
        report(done, len(tests))
        outcome = await _run(test, context.get(str(test["resume_id"]), []), rubrics, scorer, beliefs)
        unread += outcome is None
        passed.setdefault(str(test["suite"]), []).append(bool(outcome))
    suites = tuple(Suite(name, sum(p), len(p)) for name, p in sorted(passed.items()))
    groups = {gate: [s for s in suites if _group(s.name) == gate] for gate in GATES}
    gates = tuple(
        Suite(name, sum(s.passed for s in group), sum(s.n for s in group), GATES[name])
        for name, group in groups.items()
        if group
    )
    return MetamorphicReport(scorer.name, suites, gates, unread)


def _group(suite: str) -> str:
    return "prior" if suite == "uniform-prior" else "no-change" if suite in NO_CHANGE else "evidence"


def _chosen(tests: Sequence[Line], limit: int) -> list[Line]:
    taken, found = dict[str, int](), list[Line]()
    for test in tests:
        suite = str(test["suite"])
        taken[suite] = taken.get(suite, 0) + 1
        if not limit or taken[suite] <= limit:
            found.append(test)
    return found


def _contexts(rows: Sequence[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for row in sorted((r for r in rows if r.get("kind") == "context"), key=lambda r: r["turn"]):
        found.setdefault(str(row["resume_id"]), []).append(row)
    return found


async def _run(
    test: Line, context: Sequence[Line], rubrics: Mapping[str, dict[str, Rubric]], scorer: Scorer,
    beliefs: dict[tuple[str, str, int], Belief],
) -> bool | None:  # fmt: skip
    """Did it pass? None: the scorer gave no level where the test asks for one."""
    resume, suite = str(test["resume_id"]), str(test["suite"])
    other = test.get("rubric")
    rubric = rubrics.get(str(other) if other else family(resume))
    if rubric is None:
        raise CalibrationProblem(f"There is no rubric for {other or family(resume)}. Is --rubrics the right file?")
    added = [
        {"role": "interviewer", "message": test.get("interviewer_turn", "")},
        {"role": "applicant", "message": test.get("applicant_turn", "")},
    ]

    async def read(dimension: str, turns: Sequence[Line]) -> Belief:
        key = (resume, f"{other or ''}/{dimension}", len(turns))
        if len(turns) > len(context):
            return await _belief(rubric[dimension], turns, scorer)
        if key not in beliefs:
            beliefs[key] = await _belief(rubric[dimension], turns, scorer)
        return beliefs[key]

    if _group(suite) == "prior":
        # Nothing was said about this rubric: the conversation is not about that job.
        return (await read(str(test["dimension"]), context)).insufficient
    if _group(suite) == "no-change":
        pairs = [(await read(d, context), await read(d, [*context, *added])) for d in rubric]
        return _stays(pairs)
    wanted = test["belief_update"]
    dimension = str(wanted["dimension"])
    before, after = await read(dimension, context), await read(dimension, [*context, *added])
    if after.level is None and before.level is None:
        return None
    moved = after.chance[wanted["level"]] - before.chance[wanted["level"]]
    return moved > 1e-9 if wanted["direction"] == "up" else moved < -1e-9


def _stays(pairs: Sequence[tuple[Belief, Belief]]) -> bool | None:
    """Is every dimension's change below half a level? Where it said both times that it can't tell, nothing has."""
    for before, after in pairs:
        unread = [b for b in (before, after) if b.level is None and not b.insufficient]
        if unread or (before.level is None) != (after.level is None):
            return None
        if before.level is not None and after.level is not None and abs(after.level - before.level) >= STILL:
            return False
    return True


async def _belief(anchors: Rubric, turns: Sequence[Line], scorer: Scorer) -> Belief:
    said = [str(t["message"]) for t in turns if t["role"] == "applicant" and t["message"]]
    asked = [str(t["message"]) for t in turns if t["role"] == "interviewer" and t["message"]]
    lines = {f"{name}{n}": text for name in LEVELS for n, text in enumerate(acts([anchors[name]], "en"))}
    ask = "Please tell me about your work."
    texts = {LEVELS[name]: anchors[name] for name in LEVELS}
    if scorer.level:
        # Only what the middle and the top ask for can be met; a low anchor says what is not there.
        high = dict([(k, t) for k, t in lines.items() if not k.startswith("low")][:MOST_INDICATORS])
        card = await scorer.card(built_kit(ask, "en", high, texts), said, "en", asked)
        return _of_samples(card)
    card = await scorer.card(built_kit(ask, "en", lines, texts), said, "en", asked)
    return _of_map(card, lines)


def _of_map(card: MachineCard, lines: Mapping[str, str]) -> Belief:
    """Each anchor's share of the similarity. No sentence found for any of them: it can't be told."""
    parts = {name: measure(card, [k for k in lines if k.startswith(name)]) for name in LEVELS}
    whole = sum(parts.values())
    chance = {name: part / whole if whole else 1 / 3 for name, part in parts.items()}
    found = any(m.status == "found" for m in card.results[0].marks)
    level = sum(LEVELS[name] * chance[name] for name in LEVELS)
    return Belief(level, chance, insufficient=not found)


def _of_samples(card: MachineCard) -> Belief:
    """The mean level of a model's samples, before the median, and how close it is to each anchor's level."""
    result: CompetencyResult = card.results[0]
    samples = [s for answer in card.answers if answer.competency == TOPIC for s in answer.samples]
    # A model that is down or can't be read knows nothing either, and gets no credit for it.
    insufficient = not card.fallback and result.reason in ("insufficient_evidence", "no_answer")
    levels = [level for level in (_level(s) for s in samples) if level is not None]
    if not levels:
        return Belief(None, dict.fromkeys(LEVELS, 0.0), insufficient)
    mean = sum(levels) / len(levels)
    chance = {name: 1 - abs(mean - at) / 4 for name, at in LEVELS.items()}
    return Belief(mean, chance, insufficient)


def _level(sample: Sample) -> int | None:
    if sample.insufficient:
        return None
    return level_of({c.indicator: c.status for c in sample.checked}, share_table(len(sample.checked)))
