"""The evidence map: where an answer shows an indicator, found by matching words. No model, no understanding, no number.

Also here: which follow-up to ask when no model is configured. All plain data; every quote is `text[start:end]` of the
utterance it names. Thresholds and reasons: our scoring protocol, sections 4 and 6.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from flows.kits.model import Competency, Indicator, Kit, Question
from flows.rating.cues import Star, measured, own_act, star
from flows.rating.flags import find_flags
from flows.rating.text import content_of, content_stems, folded, grams, sentences, stem
from flows.rating.topic import Near, off_topic

Status = Literal["found", "unclear", "missing"]
FOUND, UNCLEAR = 0.5, 0.35
MIN_WORDS = 25
_HINT = 0.45  # a fitting form without fitting words is worth a look: "unclear", never "found"
_GAP = 3  # words that may stand between the words of a cue

Utterances = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a candidate said to one question: (utterance id, final text) in order. `skipped`: they passed on it. `ai`:
    what they disclosed about AI tools, for people only. `unheard`: there are no words, since those of a recording could
    not be made out; a reason, as cards name it."""

    question_id: str
    utterances: tuple[tuple[str, str], ...] = ()
    skipped: bool = False
    ai: str = ""
    unheard: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in an utterance: offsets in characters, end exclusive."""

    utterance_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FlagSpan:
    """A flagged sentence: an annotation for a person, nothing is taken off for it."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class IndicatorEvidence:
    """One indicator in one answer. `quote` is the candidate's own words at `span`; both empty when missing."""

    key: str
    status: Status
    similarity: float
    span: Span | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """One competency in one answer. `abstain`: reasons why nobody should read a result out of this map."""

    indicators: tuple[IndicatorEvidence, ...]
    star: Star
    words: int
    language: str | None
    abstain: tuple[str, ...] = ()
    flags: tuple[FlagSpan, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` is the inverse."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "EvidenceMap":
        """The inverse of `to_json`, also after a round trip through JSON text."""
        return cls(
            indicators=tuple(
                IndicatorEvidence(i["key"], i["status"], i["similarity"], span_from(i["span"]), i["quote"])
                for i in data["indicators"]
            ),
            star=Star(**data["star"]),
            words=data["words"],
            language=data["language"],
            abstain=tuple(data["abstain"]),
            flags=tuple(FlagSpan(f["kind"], Span(**f["span"])) for f in data["flags"]),
        )


def span_from(data: dict[str, Any] | None) -> Span | None:
    """A span out of JSON; None stays None."""
    return None if data is None else Span(**data)


@dataclass(frozen=True, slots=True)
class _Line:
    """One sentence, prepared for matching."""

    span: Span
    text: str
    tokens: tuple[str, ...]
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Phrase:
    tokens: tuple[str, ...]
    content: frozenset[str]


def evidence_map(
    competency: Competency, keys: Sequence[str], utterances: Utterances, language: str | None, languages: Sequence[str],
    question: Question | None = None, near: Near | None = None,
) -> EvidenceMap:  # fmt: skip
    """What an answer shows of `keys`, the indicators of `competency` that its question can show.

    `language`: the detected one, None where it could not be told. `languages`: those of the kit, the first is assumed
    when none was detected. `question`: tells whether the answer is about it. `near`: cosines by sentence embeddings, where
    they are installed. A key the competency does not have raises `KeyError`.
    """
    speech = language or (languages[0] if languages else "en")
    lines = _lines(utterances, speech)
    indicators = [competency.indicators[key] for key in keys]
    text = "\n".join(t for _, t in utterances)
    flags = flag_spans(utterances)
    count = distinct_words(line.tokens for line in lines)
    found = tuple(_best(key, competency.indicators[key], lines, speech, near) for key in keys)
    elsewhere = (
        question is not None
        and all(i.status == "missing" for i in found)
        and off_topic(question, competency, keys, [line.text for line in lines], speech, near)
    )
    reasons = (
        ("too_short", count < MIN_WORDS),
        ("unsupported_language", language is not None and language not in languages),
        ("rubric_copied", rubric_copied((i.text for i in indicators), text)),
        ("injection_flag", bool(flags)),
        ("off_topic", elsewhere),
    )
    return EvidenceMap(
        indicators=found,
        star=star(text, speech),
        words=count,
        language=language,
        abstain=tuple(reason for reason, holds in reasons if holds),
        flags=flags,
    )


def flag_spans(utterances: Utterances) -> tuple[FlagSpan, ...]:
    """The flags of all utterances, each with its place."""
    return tuple(FlagSpan(f.kind, Span(uid, f.start, f.end)) for uid, text in utterances for f in find_flags(text))


def distinct_words(lines: Iterable[tuple[str, ...]]) -> int:
    """How many words an answer has; a sentence said twice counts once, so that repeating is worth nothing."""
    return sum(len(line) for line in set(lines))


def rubric_copied(rubric: Iterable[str], answer: str) -> bool:
    """Do more than 60 % of the indicators' runs of five words occur in the answer?"""
    wanted = frozenset[tuple[str, ...]]().union(*(grams(folded(text), 5) for text in rubric))
    return bool(wanted) and len(wanted & grams(folded(answer), 5)) > 0.6 * len(wanted)


def _lines(utterances: Utterances, language: str) -> list[_Line]:
    return [
        _Line(Span(uid, s.start, s.end), s.text, tokens, content_of(tokens, language))
        for uid, text in utterances
        for s in sentences(text)
        for tokens in (folded(s.text),)
    ]


def _best(
    key: str, indicator: Indicator, lines: Sequence[_Line], language: str, near: Near | None = None
) -> IndicatorEvidence:
    """The sentence that shows the indicator best; of equals the first, so that repeating changes nothing."""
    texts = (indicator.text, *indicator.cues)
    phrases = _phrases(texts, language)
    hints = _hints(indicator.text)
    cosines = near([line.text for line in lines], texts) if near is not None and lines else ()
    best, similarity = None, 0.0
    for n, line in enumerate(lines):
        value = max((_cover(line, phrase, language) for phrase in phrases), default=0.0)
        value = max(value, *cosines[n]) if cosines else value
        if value < _HINT and _form_fits(hints, line.text, language):
            value = _HINT
        if value > similarity:
            best, similarity = line, value
    if best is None or similarity < UNCLEAR:
        return IndicatorEvidence(key, "missing", round(similarity, 3))
    status: Status = "found" if similarity >= FOUND else "unclear"
    return IndicatorEvidence(key, status, round(similarity, 3), best.span, best.text)


@lru_cache(maxsize=2_000)
def _phrases(texts: tuple[str, ...], language: str) -> tuple[_Phrase, ...]:
    return tuple(
        _Phrase(tuple(stem(t, language) for t in folded(text)), content_stems(text, language)) for text in texts if text
    )


def _cover(line: _Line, phrase: _Phrase, language: str) -> float:
    """The share of a phrase's content words in a sentence, 0 to 1.

    One shared word out of two is chance: half a phrase counts as found only with two words, and a phrase with
    fewer than two content words ("I decided") only when all its words come in order.
    """
    shared = len(phrase.content & line.stems)
    if len(phrase.content) < 2:
        possible = shared == len(phrase.content) and bool(phrase.tokens)
        return 1.0 if possible and _in_order(phrase.tokens, line.tokens, language) else 0.0
    cover = shared / len(phrase.content)
    return cover if shared >= 2 else min(cover, _HINT)


def _in_order(wanted: tuple[str, ...], tokens: tuple[str, ...], language: str) -> bool:
    """Do the words come in this order, with at most `_GAP` other words between two of them?"""
    stems = [stem(t, language) for t in tokens]
    for first in (i for i, t in enumerate(stems) if t == wanted[0]):
        at = first
        for word in wanted[1:]:
            window = stems[at + 1 : at + 2 + _GAP]
            if word not in window:
                break
            at += 1 + window.index(word)
        else:
            return True
    return False


@lru_cache(maxsize=2_000)
def _hints(indicator: str) -> frozenset[str]:
    """What kind of sentence an indicator asks for, where its text says so."""
    tokens = frozenset(folded(indicator))
    own = "themselves" in tokens or {"first", "person"} <= tokens or bool(tokens & {"selbst", "eigene", "eigenen"})
    number = bool(tokens & {"number", "numbers", "measured", "measurable", "figure", "zahl", "messbares", "gemessenes"})
    return frozenset(name for name, holds in (("own", own), ("number", number)) if holds)


def _form_fits(hints: frozenset[str], text: str, language: str) -> bool:
    return ("own" in hints and own_act(text, language)) or ("number" in hints and measured(text, language))


FOLLOW_UP_SHARE = 0.4


def most_on_one(kit: Kit) -> int:
    """How many follow-ups one competency may have in a whole interview: 40 % of all that the kit allows, at least one."""
    return max(1, int(FOLLOW_UP_SHARE * sum(q.max_follow_ups for q in kit.questions)))


def first_missing(
    question: Question,
    kit: Kit,
    answer_text: str,
    already_asked: Collection[str],
    asked: Mapping[str, int] | None = None,
    language: str | None = None,
) -> str | None:
    """The first indicator the answer does not show, in the kit's order: its probe is the follow-up to ask.

    `already_asked`: indicators probed at this question. `asked`: competency -> follow-ups so far in the whole
    interview. None when nothing is missing, no probe is left, or a cap is reached: the question's `max_follow_ups`,
    and 40 % of all follow-ups the kit allows (at least one) on one competency.
    """
    if len(already_asked) >= question.max_follow_ups:
        return None
    speech = language or kit.languages[0]
    cap = most_on_one(kit)
    lines: list[_Line] | None = None
    for name, keys in question.competencies.items():
        if (asked or {}).get(name, 0) >= cap:
            continue
        for key in keys:
            if key in already_asked or key not in question.probes:
                continue
            lines = _lines((("", answer_text),), speech) if lines is None else lines
            if _best(key, kit.competencies[name].indicators[key], lines, speech).status == "missing":
                return key
    return None
