"""A model's reading of an answer, checked word for word, and what several readings say together.

Every quote is located in the candidate's own text or it does not count. Rules: our scoring protocol, sections 3 to 5.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr, ValidationError

from flows.rating.evidence import Span, span_from
from flows.rating.levels import Verdict
from flows.rating.text import contains, folded, locate

MIN_QUOTE_WORDS = 4
WHOLE_LINE = 5  # words; a shorter text of somebody else ("How did it end?") may stand inside a quote by chance


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


@lru_cache(maxsize=1_000)
def _known(text: str) -> tuple[str, ...]:
    """The folded words of a kit's or an interviewer's text: the same ones are asked for with every answer."""
    return folded(text)


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
    others = [_known(text) for text in forbidden]
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
    if len(wanted) < MIN_QUOTE_WORDS or any(_borrowed(wanted, other) for other in others):
        return nothing, True
    for number in raw.sentence_ids:
        place = _place(raw.quote, by_id[number]) if number in by_id else None
        if place is not None:
            span, quote = place
            return Checked(raw.id, raw.status, quote, span, question_id), False
    return nothing, True


def _borrowed(quote: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Is a quote part of somebody else's text, or is the whole of that text (a line of the rubric, say) part of it?"""
    if len(quote) <= len(other):
        return contains(quote, other) >= 0
    return len(other) >= WHOLE_LINE and contains(other, quote) >= 0


def _place(quote: str, line: Line) -> tuple[Span, str] | None:
    """Where the quote stands in the candidate's own text; the whole sentence where only the clean copy has it whole."""
    found = locate(quote, line.text)
    if found is not None:
        start, end = found
        return replace(line.span, start=line.span.start + start, end=line.span.start + end), line.text[start:end]
    return (line.span, line.text) if locate(quote, line.clean) is not None else None
