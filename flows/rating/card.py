"""The machine's scorecard: what a scorer found, for people to read after the reveal. Kinds: evidence map, or model.

A card is sealed like a human one. It never decides anything, and an abstention says why instead of a low level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from flows.kits.model import Competency, Kit
from flows.rating.cues import Star
from flows.rating.evidence import Answered, EvidenceMap, FlagSpan, Span, Status, evidence_map, span_from
from flows.rating.levels import composite
from flows.rating.matching import Trust, levels_by_matching
from flows.rating.reading import Sample, sample_from
from flows.rating.topic import Near
from flows.words import scoring_en as words
from flows.words.scoring_en import not_scored

__all__ = ["AnswerResult", "Answered", "CompetencyResult", "MachineCard", "MachineMark", "evidence_card", "not_scored"]

Kind = Literal["evidence-map", "llm-evidence"]
UNTRUSTED = ("injection_flag", "rubric_copied", "unsupported_language")  # why an answer's marks may be anything
MIDDLE = (3,)  # where models are weakest: people look at these first


@dataclass(frozen=True, slots=True)
class MachineMark:
    """One indicator over the whole interview: its status, and the candidate's own words where there are any."""

    key: str
    text: str
    status: Status
    quote: str = ""
    span: Span | None = None
    question_id: str = ""
    similarity: float = 0.0
    grow: str = ""


@dataclass(frozen=True, slots=True)
class CompetencyResult:
    """One competency, with all that is needed to show it when the kit has changed since.

    `level` is None exactly when `reason` is set, or when text matching has no calibration. `band` and `stable` are of a
    model's card only. `moved`: the levels with and without flagged sentences, where they differ. `weight`: the
    kit's.
    """

    competency: str
    title: str
    phrase: str
    marks: tuple[MachineMark, ...]
    level: int | None = None
    band: tuple[int, int] | None = None
    stable: bool = False
    reason: str = ""
    quotes_rejected: int = 0
    moved: tuple[int, int | None] | None = None
    weight: float = 0.0

    @property
    def abstained(self) -> bool:
        """Was there something about the answers that nobody should read a result out of?"""
        return self.reason not in ("", "insufficient_calibration", "calibration_off")

    @property
    def look_first(self) -> bool:
        """Should people look at this before the rest: a middle level, a band that is not one level, or none at all?"""
        return self.level is None or self.level in MIDDLE or (self.band is not None and self.band[0] != self.band[1])

    @property
    def missing(self) -> tuple[str, ...]:
        """The indicators nobody saw evidence of, as the kit words them."""
        return tuple(m.text for m in self.marks if m.status == "missing")


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """One (question, competency): the checklist and remarks, and the model's samples as they were verified.

    `neutral`: the length-neutral reading. `without`: those without the flagged sentences. `level`: of this answer alone,
    by calibrated text matching. `ai`: what the candidate disclosed about AI tools; people see it, no scorer does.
    """

    question_id: str
    competency: str
    words: int
    language: str | None
    star: Star
    abstain: tuple[str, ...] = ()
    flags: tuple[FlagSpan, ...] = ()
    samples: tuple[Sample, ...] = ()
    neutral: Sample | None = None
    without: tuple[Sample, ...] = ()
    level: int | None = None
    ai: str = ""


@dataclass(frozen=True, slots=True)
class MachineCard:
    """A whole interview. `fallback` says why a configured model's card is an evidence map after all; `stopped_by` is the
    id of whoever stopped the model's reading. `overall`: the weighted mean, unrounded, for the bias audit; never shown.
    """

    kind: Kind
    kit: str
    kit_version: int
    results: tuple[CompetencyResult, ...]
    answers: tuple[AnswerResult, ...]
    model: str = ""
    host: str = ""
    prompt_hash: str = ""
    seed: int | None = None
    temperature: float | None = None
    tokens: int = 0
    fallback: str = ""
    stopped_by: str = ""
    overall: float | None = None
    below_minimum: tuple[str, ...] = ()

    @property
    def queue_first(self) -> tuple[str, ...]:
        """The competencies that people should look at first. To be used after the reveal only."""
        return tuple(r.competency for r in self.results if r.look_first)

    def result(self, competency: str) -> CompetencyResult:
        """The result of one competency; `KeyError` when the card has none."""
        for result in self.results:
            if result.competency == competency:
                return result
        raise KeyError(competency)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` is the inverse."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "MachineCard":
        """The inverse of `to_json`, also after a round trip through JSON text."""
        results = tuple(_result_from(r) for r in data["results"])
        answers = tuple(_answer_from(a) for a in data["answers"])
        below = tuple(data.get("below_minimum", ()))
        whole: dict[str, Any] = {**data, "results": results, "answers": answers, "below_minimum": below}
        return cls(**whole)


def with_overall(card: MachineCard, kit: Kit) -> MachineCard:
    """The card with its weighted mean over the competencies that have a level, and those below the kit's minimum."""
    whole = composite({r.competency: r.level for r in card.results}, kit.competencies)
    return replace(card, overall=whole.value, below_minimum=whole.below_minimum)


def _mark_from(data: dict[str, Any]) -> MachineMark:
    whole: dict[str, Any] = {**data, "span": span_from(data["span"])}
    return MachineMark(**whole)


def _result_from(data: dict[str, Any]) -> CompetencyResult:
    band = None if data["band"] is None else (data["band"][0], data["band"][1])
    moved = (data["moved"][0], data["moved"][1]) if data.get("moved") else None
    marks = tuple(_mark_from(m) for m in data["marks"])
    whole: dict[str, Any] = {**data, "marks": marks, "band": band, "moved": moved}
    return CompetencyResult(**whole)


def _answer_from(data: dict[str, Any]) -> AnswerResult:
    whole: dict[str, Any] = {
        **data,
        "star": Star(**data["star"]),
        "abstain": tuple(data["abstain"]),
        "flags": tuple(FlagSpan(f["kind"], Span(**f["span"])) for f in data["flags"]),
        "samples": tuple(sample_from(s) for s in data["samples"]),
        "neutral": sample_from(data["neutral"]) if data.get("neutral") else None,
        "without": tuple(sample_from(s) for s in data.get("without", ())),
    }
    return AnswerResult(**whole)


def evidence_card(
    kit: Kit, answers: Sequence[Answered], languages: Mapping[str, str | None], fallback: str = "",
    trust: Trust | None = None, near: Near | None = None, stopped_by: str = "",
) -> MachineCard:  # fmt: skip
    """The card without a model. `languages`: question id -> detected language (absent or None: not known).

    `trust`: what the team's calibration allows; without it there is no number. `near`: cosines by embeddings.
    """
    results: list[CompetencyResult] = []
    found: list[AnswerResult] = []
    for name in kit.competencies:
        maps = competency_maps(kit, name, answers, languages, near)
        result, levels = _by_matching(kit, name, maps, trust or {}, unheard(kit, name, answers))
        results.append(result)
        found += [replace(answer_result(q, name, m), level=levels.get(q)) for q, m in maps.items()]
    told = tuple(with_disclosed(found, answers))
    card = MachineCard("evidence-map", kit.kit, kit.version, tuple(results), told, fallback=fallback)
    return with_overall(replace(card, stopped_by=stopped_by), kit)


def competency_maps(
    kit: Kit, name: str, answers: Sequence[Answered], languages: Mapping[str, str | None], near: Near | None = None
) -> dict[str, EvidenceMap]:
    """Question id -> the map of its answer, for every question that was answered and can show the competency `name`."""
    said = {a.question_id: a for a in answers if not a.skipped}
    return {
        q.id: evidence_map(
            kit.competencies[name],
            q.competencies[name],
            said[q.id].utterances,
            languages.get(q.id),
            kit.languages,
            q,
            near,
        )
        for q in kit.questions
        if name in q.competencies and q.id in said
    }


def unheard(kit: Kit, name: str, answers: Sequence[Answered]) -> dict[str, str]:
    """Indicator of the competency `name` -> why it could not be looked for in an answer: nobody could hear that one."""
    why = {a.question_id: a.unheard for a in answers if a.unheard}
    return {key: why[q.id] for q in kit.questions if q.id in why for key in q.competencies.get(name, ())}


def why_unheard(marks: Sequence[MachineMark], unheard: Mapping[str, str]) -> str:
    """Why a competency is not scored because of answers that nobody could hear; "" where all that they could have shown
    was found elsewhere. An answer that was not heard never makes a low level."""
    return next((unheard[m.key] for m in marks if m.key in unheard and m.status != "found"), "")


def with_disclosed(results: Sequence[AnswerResult], answers: Sequence[Answered]) -> list[AnswerResult]:
    """The results with what the candidate said about AI tools."""
    said = {a.question_id: a.ai for a in answers}
    return [replace(r, ai=said.get(r.question_id, "")) for r in results]


def answer_result(question_id: str, competency: str, m: EvidenceMap, samples: tuple[Sample, ...] = ()) -> AnswerResult:
    """The record of one (question, competency) out of its evidence map."""
    return AnswerResult(question_id, competency, m.words, m.language, m.star, m.abstain, m.flags, samples)


def _by_matching(
    kit: Kit, name: str, maps: Mapping[str, EvidenceMap], trust: Trust, unheard: Mapping[str, str]
) -> tuple[CompetencyResult, dict[str, int]]:
    """Indicators found over all answers, and a level where the team's calibration has earned it.

    An answer that is merely short shows what it shows, and decides nothing alone; one that nobody can trust never counts
    beside others. It abstains when all answers do, and when it would make a difference what stands in such a one.
    """
    competency = kit.competencies[name]
    counted = {q: m for q, m in maps.items() if not set(UNTRUSTED) & set(m.abstain)}
    marks = best_marks(competency, counted or maps)
    reason = why_unheard(marks, unheard) or _why_not(competency, maps, counted, marks)
    level, by_question = levels_by_matching(name, maps, trust)
    level = None if reason else level
    matched = words.matched(sum(m.status == "found" for m in marks), len(marks))
    phrase = not_scored(reason) if reason else matched if level is None else words.by_matching(level)
    # Without a calibration the phrase is the whole result; the reason is kept for whoever counts what was scored.
    reason = reason or ("insufficient_calibration" if level is None else "")
    title, weight = competency.title or name, competency.weight
    result = CompetencyResult(name, title, phrase, marks, level, reason=reason, weight=weight)
    return result, by_question


def _why_not(
    competency: Competency, maps: Mapping[str, EvidenceMap], counted: Mapping[str, EvidenceMap],
    marks: Sequence[MachineMark],
) -> str:  # fmt: skip
    """Why nothing is scored; "" where something is. marks: those of the answers that count."""
    if all(m.abstain for m in maps.values()):
        return next((m.abstain[0] for m in maps.values()), "no_answer")
    closed = {q: m for q, m in maps.items() if q not in counted}
    seen = {i.key for m in counted.values() for i in m.indicators}
    unseen = {i.key for m in closed.values() for i in m.indicators} - seen
    # Leaving such an answer out must not lower anything: where it would, people read instead.
    with_them = [m.status for m in best_marks(competency, {**counted, **closed})]
    if unseen or with_them != [m.status for m in marks]:
        return next(r for r in UNTRUSTED for m in closed.values() if r in m.abstain)
    return ""


def best_marks(competency: Competency, maps: Mapping[str, EvidenceMap]) -> tuple[MachineMark, ...]:
    """Every indicator of a competency with its best evidence over all answers (question id -> map)."""
    best = {key: MachineMark(key, i.text, "missing", grow=i.grow) for key, i in competency.indicators.items()}
    for question_id, m in maps.items():
        for i in m.indicators:
            if i.similarity > best[i.key].similarity:
                best[i.key] = replace(
                    best[i.key], status=i.status, quote=i.quote, span=i.span, question_id=question_id,
                    similarity=i.similarity,
                )  # fmt: skip
    return tuple(best.values())
