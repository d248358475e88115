"""A model's reading of an answer, checked word for word, and what several readings say together.

Every quote is located in the candidate's own text or it does not count. Rules: our scoring protocol, sections 3 to 5.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr, ValidationError

from flows.kits.model import Competency
from flows.rating.evidence import MIN_WORDS, Span, span_from
from flows.rating.levels import POINTS, Verdict, level_of, settle
from flows.rating.text import contains, folded, locate

MIN_QUOTE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered sentence of the candidate. `text` is theirs, `clean` is the copy the model reads."""

    id: int
    span: Span
    text: str
    clean: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One indicator in one sample, after the check. `quote` is the candidate's text at `span`, or empty."""

    indicator: str
    status: Verdict
    quote: str = ""
    span: Span | None = None
    question_id: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading by the model, verified. `rejected`: quotes that failed. Contradictions are sentence ids."""

    checked: tuple[Checked, ...]
    rejected: int = 0
    insufficient: bool = False
    contradictions: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """The model's answer can't be used: no score, and never a guess. `why` holds none of its words."""

    why: Literal["not_json", "not_the_schema", "wrong_indicators", "leak"]


def sample_from(data: dict[str, Any]) -> Sample:
    """A sample out of JSON (`dataclasses.asdict` is the other way)."""
    entries: list[dict[str, Any]] = [{**c, "span": span_from(c["span"])} for c in data["checked"]]
    checked = tuple(Checked(**entry) for entry in entries)
    contradictions = tuple(tuple(ids) for ids in data["contradictions"])
    return Sample(checked, data["rejected"], data["insufficient"], contradictions)


class _Raw(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _RawIndicator(_Raw):
    id: StrictStr
    sentence_ids: tuple[StrictInt, ...]
    quote: StrictStr
    status: Verdict


class _RawContradiction(_Raw):
    sentence_ids: tuple[StrictInt, ...]


class _RawReading(_Raw):
    indicators: tuple[_RawIndicator, ...]
    contradictions: tuple[_RawContradiction, ...]
    insufficient_evidence: StrictBool


def strict_object(raw: str) -> dict[str, Any] | None:
    """One JSON object and nothing around it but a code fence; None otherwise. Nothing is ever read out of prose."""
    text = raw.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        text = text[text.index("\n") + 1 : -3]
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], value) if isinstance(value, dict) else None


def verify(
    raw: str,
    *,
    keys: Sequence[str],
    lines: Sequence[Line],
    forbidden: Sequence[str],
    canary: str,
    question_id: str = "",
) -> Sample | Malformed:
    """A model's answer, checked word for word.

    `forbidden`: texts that are not the candidate's (question, interviewer, rubric); a quote out of them does not count.
    A quote must stand in a sentence the model cited, with at least four words; otherwise its indicator becomes
    `no_evidence` and `rejected` counts it.
    """
    if canary and canary in raw:
        return Malformed("leak")
    data = strict_object(raw)
    if data is None:
        return Malformed("not_json")
    try:
        reading = _RawReading.model_validate(data)
    except ValidationError:
        return Malformed("not_the_schema")
    if sorted(i.id for i in reading.indicators) != sorted(keys):
        return Malformed("wrong_indicators")
    by_id = {line.id: line for line in lines}
    others = [folded(text) for text in forbidden]
    checked = {i.id: _check(i, by_id, others, question_id) for i in reading.indicators}
    return Sample(
        checked=tuple(checked[key][0] for key in keys),
        rejected=sum(rejected for _, rejected in checked.values()),
        insufficient=reading.insufficient_evidence,
        contradictions=tuple(c.sentence_ids for c in reading.contradictions if all(n in by_id for n in c.sentence_ids)),
    )


def _check(
    raw: _RawIndicator, by_id: Mapping[int, Line], others: Sequence[tuple[str, ...]], question_id: str
) -> tuple[Checked, bool]:
    """One indicator with its quote located, and whether a quote was rejected."""
    nothing = Checked(raw.id, "no_evidence", question_id=question_id)
    wanted = folded(raw.quote)
    if raw.status == "no_evidence":
        return nothing, False
    if not wanted and raw.status == "not_met":
        return replace(nothing, status="not_met"), False
    if len(wanted) < MIN_QUOTE_WORDS or any(contains(wanted, other) >= 0 for other in others):
        return nothing, True
    for number in raw.sentence_ids:
        place = _place(raw.quote, by_id[number]) if number in by_id else None
        if place is not None:
            span, quote = place
            return Checked(raw.id, raw.status, quote, span, question_id), False
    return nothing, True


def _place(quote: str, line: Line) -> tuple[Span, str] | None:
    """Where the quote stands in the candidate's own text; the whole sentence where only the clean copy has it whole."""
    found = locate(quote, line.text)
    if found is not None:
        start, end = found
        return replace(line.span, start=line.span.start + start, end=line.span.start + end), line.text[start:end]
    return (line.span, line.text) if locate(quote, line.clean) is not None else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the samples say together. `level` is None exactly when `reason` is set."""

    level: int | None
    band: tuple[int, int] | None
    stable: bool
    reason: str
    checked: tuple[Checked, ...]
    quotes_rejected: int = 0


def merge(samples: Sequence[Sample]) -> Sample:
    """The samples of several answers on one competency as one: of each indicator the better reading."""
    best: dict[str, Checked] = {}
    for sample in samples:
        for c in sample.checked:
            known = best.get(c.indicator)
            if known is None or POINTS[c.status] > POINTS[known.status]:
                best[c.indicator] = c
    # An indicator that only thin answers could show was not looked at; counting it as missing would be a low score.
    looked_at = {c.indicator for s in samples if not s.insufficient for c in s.checked}
    return Sample(tuple(best.values()), sum(s.rejected for s in samples), not set(best) <= looked_at)


def sample_level(sample: Sample, competency: Competency) -> int | None:
    """The level of one reading by the kit's table; None where the evidence is insufficient."""
    if sample.insufficient:
        return None
    return level_of({c.indicator: c.status for c in sample.checked}, competency.levels)


def combine(
    samples: Sequence[Sample], competency: Competency, words: int, neutral_run: Sample | None = None
) -> Judgement:
    """One judgement out of K readings of the same answers. `words`: how many the candidate said (level 1 needs 25)."""
    settled = settle(
        [sample_level(s, competency) for s in samples],
        None if neutral_run is None else sample_level(neutral_run, competency),
        sum(s.rejected > 0 for s in samples),
    )
    rejected = sum(s.rejected for s in samples)
    reason = settled.reason
    if settled.level == 1 and (words < MIN_WORDS or rejected):
        # The lowest level is a claim too. It needs an answer to look at, and readings without a false quote.
        reason = "too_short" if words < MIN_WORDS else "quotes_rejected"
    level = None if reason else settled.level
    return Judgement(level, settled.band, settled.stable and not reason, reason, _agreed(samples), rejected)


def _agreed(samples: Sequence[Sample]) -> tuple[Checked, ...]:
    """Each indicator with the middle status of the samples, and the first verified quote for that status."""
    keys = list(dict.fromkeys(c.indicator for s in samples for c in s.checked))
    agreed: list[Checked] = []
    for key in keys:
        readings = sorted((c for s in samples for c in s.checked if c.indicator == key), key=lambda c: POINTS[c.status])
        status = readings[(len(readings) - 1) // 2].status
        agreed.append(next(c for c in readings if c.status == status))
    return tuple(agreed)
