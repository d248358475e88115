"""The machine's scorecard: what a scorer found, for people to read after the reveal. Kinds: evidence map, or model.

A card is sealed like a human one. It never decides anything, and an abstention says why instead of a low level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from flows.kits.model import Competency, Kit
from flows.rating.cues import Star
from flows.rating.evidence import Answered, EvidenceMap, FlagSpan, Span, Status, evidence_map, span_from
from flows.rating.reading import Sample, sample_from

__all__ = ["AnswerResult", "Answered", "CompetencyResult", "MachineCard", "MachineMark", "evidence_card", "not_scored"]

Kind = Literal["evidence-map", "llm-evidence"]

REASONS = {
    "too_short": "too short",
    "no_answer": "no answer",
    "unsupported_language": "language not in the kit",
    "rubric_copied": "repeats the rubric",
    "injection_flag": "a sentence speaks to the machine; please read it yourself",
    "injection_moved_score": "a flagged sentence would change the level",
    "insufficient_evidence": "not enough evidence",
    "unstable": "the runs disagree",
    "quotes_rejected": "quotes could not be verified",
    "schema_failure": "the model's answers could not be read",
    "model_unreachable": "the model could not be reached",
    "over_budget": "the token budget of this interview is used up",
}


def not_scored(reason: str) -> str:
    """How a card says that nothing is scored, and why."""
    return f"not scored: {REASONS.get(reason, reason.replace('_', ' '))}"


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


@dataclass(frozen=True, slots=True)
class CompetencyResult:
    """One competency. `level`, `band` and `stable` are of a model's card only; `reason` says why there is none."""

    competency: str
    title: str
    phrase: str
    marks: tuple[MachineMark, ...]
    level: int | None = None
    band: tuple[int, int] | None = None
    stable: bool = False
    reason: str = ""
    quotes_rejected: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """The indicators nobody saw evidence of, as the kit words them."""
        return tuple(m.text for m in self.marks if m.status == "missing")


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """One (question, competency): the checklist and remarks, and the model's samples as they were verified."""

    question_id: str
    competency: str
    words: int
    language: str | None
    star: Star
    abstain: tuple[str, ...] = ()
    flags: tuple[FlagSpan, ...] = ()
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class MachineCard:
    """A whole interview. `fallback` says why a configured model's card is an evidence map after all."""

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
        whole: dict[str, Any] = {**data, "results": results, "answers": answers}
        return cls(**whole)


def _mark_from(data: dict[str, Any]) -> MachineMark:
    whole: dict[str, Any] = {**data, "span": span_from(data["span"])}
    return MachineMark(**whole)


def _result_from(data: dict[str, Any]) -> CompetencyResult:
    band = None if data["band"] is None else (data["band"][0], data["band"][1])
    whole: dict[str, Any] = {**data, "marks": tuple(_mark_from(m) for m in data["marks"]), "band": band}
    return CompetencyResult(**whole)


def _answer_from(data: dict[str, Any]) -> AnswerResult:
    whole: dict[str, Any] = {
        **data,
        "star": Star(**data["star"]),
        "abstain": tuple(data["abstain"]),
        "flags": tuple(FlagSpan(f["kind"], Span(**f["span"])) for f in data["flags"]),
        "samples": tuple(sample_from(s) for s in data["samples"]),
    }
    return AnswerResult(**whole)


def evidence_card(
    kit: Kit, answers: Sequence[Answered], languages: Mapping[str, str | None], fallback: str = ""
) -> MachineCard:
    """The card without a model. `languages`: question id -> detected language (absent or None: not known)."""
    said = {a.question_id: a for a in answers if not a.skipped}
    results: list[CompetencyResult] = []
    found: list[AnswerResult] = []
    for name, competency in kit.competencies.items():
        maps: dict[str, EvidenceMap] = {}
        for question in kit.questions:
            if name in question.competencies and question.id in said:
                keys, utterances = question.competencies[name], said[question.id].utterances
                language = languages.get(question.id)
                maps[question.id] = evidence_map(competency, keys, utterances, language, kit.languages)
        results.append(_by_matching(name, competency, maps))
        found += [answer_result(question_id, name, m) for question_id, m in maps.items()]
    return MachineCard("evidence-map", kit.kit, kit.version, tuple(results), tuple(found), fallback=fallback)


def answer_result(question_id: str, competency: str, m: EvidenceMap, samples: tuple[Sample, ...] = ()) -> AnswerResult:
    """The record of one (question, competency) out of its evidence map."""
    return AnswerResult(question_id, competency, m.words, m.language, m.star, m.abstain, m.flags, samples)


def _by_matching(name: str, competency: Competency, maps: Mapping[str, EvidenceMap]) -> CompetencyResult:
    """Indicators found over all answers. It abstains when every answer that could show the competency does."""
    marks = best_marks(competency, maps)
    seen = sum(m.status == "found" for m in marks)
    reasons = [m.abstain for m in maps.values()]
    reason = "no_answer" if not reasons else (reasons[0][0] if all(reasons) else "")
    matched = f"{seen} of {len(marks)} indicators found, by text matching"
    phrase = not_scored(reason) if reason else matched
    return CompetencyResult(name, competency.title or name, phrase, marks, reason=reason)


def best_marks(competency: Competency, maps: Mapping[str, EvidenceMap]) -> tuple[MachineMark, ...]:
    """Every indicator of a competency with its best evidence over all answers (question id -> map)."""
    best = {key: MachineMark(key, indicator.text, "missing") for key, indicator in competency.indicators.items()}
    for question_id, m in maps.items():
        for i in m.indicators:
            if i.similarity > best[i.key].similarity:
                best[i.key] = replace(
                    best[i.key], status=i.status, quote=i.quote, span=i.span, question_id=question_id,
                    similarity=i.similarity,
                )  # fmt: skip
    return tuple(best.values())
