"""A kit before it meets people: what its questions can show, and whether matching and a model tell good from weak.

Six synthetic candidates (see `rehearsal_people`) answer it. A finding names what to change in the kit.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot.calibration.files import CalibrationProblem
from bot.calibration.rehearsal_people import (
    INJECTING,
    MANNERS,
    RAMBLING,
    SECOND,
    STRONG,
    TERSE,
    WEAK,
    answer,
    speaks,
)
from flows.kits.lint import lint
from flows.kits.model import Kit
from flows.rating.card import Answered, CompetencyResult, MachineCard, evidence_card
from flows.words import calibration_en as words

if TYPE_CHECKING:
    from bot.work.assess import Assessor

APART = 0.5  # the share of indicators by which strong must be ahead of weak
LENIENT = 0.25  # what a vague answer may show by chance
HELD_OUT = "other words"  # strong again, read by a kit that does not know the phrases it used
_SAME = 0.25  # a difference between two ways to say the same
_UNCOUNTED = ("injection_flag", "rubric_copied", "unsupported_language")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to change. `bad`: the kit should not be used like this."""

    bad: bool
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One competency. `found`: manner -> share of its indicators found (None: the map abstains); `levels`: a model's."""

    competency: str
    title: str
    found: dict[str, float | None]
    levels: dict[str, int | None] = field(default_factory=lambda: {})

    @property
    def apart(self) -> float:
        """How far strong is ahead of weak, as a share of the indicators."""
        return (self.found[STRONG] or 0.0) - (self.found[WEAK] or 0.0)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The report."""

    kit: str
    version: int
    language: str
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    model: str = ""

    @property
    def good(self) -> bool:
        return not any(f.bad for f in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"good": self.good, **asdict(self)}


def rehearse(kit: Kit) -> Rehearsal:
    """Rehearse with the evidence map: some milliseconds of computing. `CalibrationProblem`: no language in common."""
    language = _language(kit)
    cards = {manner: _map(kit, manner, language) for manner in MANNERS}
    cards[HELD_OUT] = _map(_without_first_cues(kit), STRONG, language, kit)
    rows = _rows(kit, cards)
    findings = (*_linted(kit), *_coverage(kit, cards[STRONG]), *_map_findings(rows, cards))
    return Rehearsal(kit.kit, kit.version, language, rows, findings)


async def rehearse_with(
    kit: Kit, assessor: "Assessor", model: str, report: Callable[[int, int], None] = lambda done, of: None
) -> Rehearsal:
    """The same, and a model reads the six too."""
    by_map = rehearse(kit)
    cards: dict[str, MachineCard] = {}
    for done, manner in enumerate(MANNERS):
        report(done, len(MANNERS))
        cards[manner] = await assessor.assess(kit, said_by(manner, kit, by_map.language))
    if cards[STRONG].fallback:
        raise CalibrationProblem(words.model_useless(cards[STRONG].fallback))
    levels = {m: {r.competency: r.level for r in card.results} for m, card in cards.items()}
    rows = tuple(
        Row(r.competency, r.title, r.found, {m: levels[m][r.competency] for m in MANNERS}) for r in by_map.rows
    )
    findings = (*by_map.findings, *_model_findings(rows))
    return Rehearsal(by_map.kit, by_map.version, by_map.language, rows, findings, model)


def said_by(manner: str, kit: Kit, language: str) -> list[Answered]:
    """A whole interview of one of the six."""
    return [Answered(q.id, ((f"{manner}-{q.id}", answer(manner, kit, q, language)),)) for q in kit.questions]


def _language(kit: Kit) -> str:
    language = speaks(kit)
    if language is None:
        raise CalibrationProblem(words.no_tongue(", ".join(kit.languages)))
    return language


def _map(kit: Kit, manner: str, language: str, spoken: Kit | None = None) -> MachineCard:
    """What matching with `kit` sees in somebody who answers `spoken` (the same kit, if it isn't named)."""
    return evidence_card(kit, said_by(manner, spoken or kit, language), {q.id: language for q in kit.questions})


def _without_first_cues(kit: Kit) -> Kit:
    """The kit without the phrases that the synthetic candidates use."""
    competencies = {
        name: c.model_copy(
            update={"indicators": {k: i.model_copy(update={"cues": i.cues[1:]}) for k, i in c.indicators.items()}}
        )
        for name, c in kit.competencies.items()
    }
    return kit.model_copy(update={"competencies": competencies})


def _rows(kit: Kit, cards: Mapping[str, MachineCard]) -> tuple[Row, ...]:
    return tuple(
        Row(name, c.title or name, {m: _share(card.result(name)) for m, card in cards.items()})
        for name, c in kit.competencies.items()
    )


def _share(result: CompetencyResult) -> float | None:
    if result.reason in _UNCOUNTED:
        return None
    return sum(m.status == "found" for m in result.marks) / len(result.marks) if result.marks else 0.0


def _linted(kit: Kit) -> list[Finding]:
    return [Finding(True, f"{p.message} {p.remedy}".strip()) for p in lint(kit) if p.severity == "error"]


def _coverage(kit: Kit, strong: MachineCard) -> list[Finding]:
    """Indicators that no question asks for, that no answer can show, and questions that can't be followed up."""
    found: list[Finding] = []
    for name, competency in kit.competencies.items():
        asked = {key for q in kit.questions for key in q.competencies.get(name, ())}
        shown = {m.key for m in strong.result(name).marks if m.status == "found"}
        title = competency.title or name
        for key, indicator in competency.indicators.items():
            if key not in asked:
                found.append(Finding(True, words.never_asked(title, indicator.text)))
            elif not indicator.cues:
                found.append(Finding(False, words.no_cues(title, indicator.text)))
            elif key not in shown:
                found.append(Finding(False, words.never_shown(title, indicator.text)))
    for question in kit.questions:
        keys = [key for keys in question.competencies.values() for key in keys]
        if missing := [key for key in keys if key not in question.probes]:
            found.append(Finding(False, words.no_probe(question.id, ", ".join(missing))))
    return found


def _map_findings(rows: tuple[Row, ...], cards: Mapping[str, MachineCard]) -> list[Finding]:
    found: list[Finding] = []
    for row in rows:
        share = row.found
        if row.apart < APART:
            found.append(Finding(True, words.not_apart(row.title)))
        if share[HELD_OUT] == 0.0 and share[STRONG]:
            found.append(Finding(False, words.only_own_words(row.title)))
        if (share[WEAK] or 0.0) > LENIENT:
            texts = [m.text for m in cards[WEAK].result(row.competency).marks if m.status == "found"]
            found.append(Finding(True, words.lenient(row.title, "; ".join(texts))))
        if _differ(share[RAMBLING], share[TERSE]):
            found.append(Finding(False, words.likes_length(row.title)))
        if _differ(share[SECOND], share[STRONG]):
            found.append(Finding(False, words.likes_grammar(row.title)))
        if share[INJECTING] is not None and (share[INJECTING] or 0.0) > (share[WEAK] or 0.0):
            found.append(Finding(True, words.obeys(row.title)))
    return found


def _differ(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) > _SAME


def _model_findings(rows: tuple[Row, ...]) -> list[Finding]:
    found: list[Finding] = []
    for row in rows:
        strong, weak, orders = row.levels[STRONG], row.levels[WEAK], row.levels[INJECTING]
        if strong is not None and weak is not None and strong - weak < 2:
            found.append(Finding(True, words.model_not_apart(row.title, strong, weak)))
        if orders is not None and orders > (weak or 1):
            found.append(Finding(True, words.model_obeys(row.title)))
        for manner, other, say in ((RAMBLING, TERSE, words.model_length), (SECOND, STRONG, words.model_grammar)):
            a, b = row.levels[manner], row.levels[other]
            if a is not None and b is not None and abs(a - b) > 1:
                found.append(Finding(False, say(row.title)))
    return found
