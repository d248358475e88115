"""Sentences that talk to the machine and not to the interviewer. A flag annotates for a person, and nothing else.

It never lowers a level, ends an interview or accuses anyone: an honest answer about prompt injection gets one too.
Patterns are our own; what they catch and what they catch wrongly is measured in `tests/flows/rating/test_flags.py`.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flows.rating.cues import own_act
from flows.rating.text import Hidden, Sentence, scorer_copy, sentences


@dataclass(frozen=True, slots=True)
class Flag:
    """One remark: `kind` says which pattern, `start` and `end` are offsets of the sentence in the text."""

    kind: str
    start: int
    end: int


# Where an order begins: a sentence, a clause, or after a word that turns to the reader. "I had to ignore ..." does not.
_ORDER = r"(?:^|[.:;,!?\n(\"“\[—–-]\s*|\b(?:please|pls|now|just|also|then|and|must|should|will|shall)\s+)"
_MACHINE = (
    r"(?:scor(?:er|ers|ing)\b|grad(?:er|ers|ing)\b|evaluators?|assessors?|raters?|judges?|assistant|chat\s?bots?|"
    r"language models?|llms?|a\s?\.?i\b\.?)"
)
_TOP = (
    r"(?:[5-9]|10|[1-9]\d+|100|five|ten)\s*(?:/|out of)\s*(?:5|10|100|five|ten)\b"
    r"|\bfull (?:marks?|scores?|points?)|\b(?:top|highest|maximum|max|perfect|best)(?: possible)? (?:scores?|marks?|"
    r"ratings?|levels?|points?)|\b(?:the )?(?:maximum|highest)\b"
)
_SCORE_WORD = r"(?:scores?|marks?|ratings?|levels?|points?|grades?)"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "override",
        _ORDER + r"(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?\n]{0,30}\b"
        r"(?:previous|prior|above|earlier|preceding|all|your|the|any)\b[^.!?\n]{0,30}"
        r"\b(?:instruct\w*|rubrics?|prompts?|rules|anchors?|schema|guidelines?|criteria)",
    ),
    (
        "asks_score",
        _ORDER + r"(?:give|put|assign|award|return|record|output|reply|set|mark|rate|vote|grant|report)\b"
        rf"[^.!?\n]{{0,50}}(?:{_TOP}|\b{_SCORE_WORD}\W{{0,4}}(?:of |to |= ?)?(?:\d|five|ten)\b)",
    ),
    ("asks_score", _ORDER + r"(?:give|put|vote|record|choose|pick)(?: (?:me|it|this|us))? ?(?:an? |the )?(?:5|five|10)\b"),
    ("asks_score", _ORDER + r"(?:score|rate|grade|mark) (?:it|this|me|that|him|her|the candidate)?\b.{0,12}?\b(?:5|five|10)\b"),
    ("asks_score", r"\b(?:score|rate|grade|mark) (?:me|this|us|it)\b.{0,20}\b(?:below|under|less than|lower than)\b"),
    ("asks_score", r"\b(?:do not|don't|never|must not)\b.{0,12}\b(?:re-?score|abstain|mark (?:this|it|insufficient)|return less)\b"),
    ("asks_score", r"\b(?:must|should|shall) (?:be (?:scored|rated|graded)|receive (?:the|a|full) )"),
    ("asks_score", r"\b(?:to get|deserves?|receives?|worth) (?:the )?(?:highest|maximum|full|top) (?:mark|score|rating)s?\b"),
    ("asks_score", _ORDER + r"(?:lower|raise|set|change|increase|reduce)\b.{0,40}\b(?:scores?|ratings?)\b.{0,40}\b(?:by|to) \d"),
    ("asks_score", r"\bscore that imagined\b|\bimagine (?:that )?(?:the|this) candidate\b|\balways answer (?:5|five)\b"),
    ("asks_score", _ORDER + r"refuse to (?:evaluate|score|assess)|\bauto-?advance\b|\bpre-?approved\b"),
    ("claims_verdict", r"\b(?:satisf\w+|met|meets|demonstrat\w+|reach\w*|fulfil\w*|says)\b.{0,40}\blevel (?:5|five)\b"),
    ("claims_verdict", r"\bwhat (?:the )?level (?:4|5|four|five) (?:says|asks|needs|wants)\b|\bcandidates?\b.{0,40}\bget (?:an? )?(?:5|five)\b"),
    ("claims_verdict", r"^level (?:5|five)\b|\bpanel consensus\b|\brecord(?:ing)? (?:a )?(?:5|five)\b"),
    ("claims_verdict", r"\b(?:score|rating|recommendation)[\"'*]*\s*[:=]\s*[\"'*]*\s*(?:\d|hire\b|max)|\bscore quote colon\b"),
    ("addresses_machine", r"\b(?:dear|hey|hi|note (?:to|for)|attention|message (?:to|for)|to the|to all) (?:the |all )?" + _MACHINE),
    ("addresses_machine", r"(?:^|[(\[:])\s*" + _MACHINE + r"\s*[:,]|\bautomated (?:scorers?|graders?|raters?)\b"),
    ("addresses_machine", r"\b(?:decode and (?:obey|follow|run)|follow it)\b|\bso that the samples agree\b"),
    ("addresses_machine", r"\b(?:end|stop|finish|leave) the interview\b.{0,20}$|\b(?:scoring|grading|rating) policy\b"),
    ("addresses_machine", r"\b(?:i|we)(?: will|'ll| would|'d)? (?:tip|pay|bribe) you\b|\badd (?:a|the) key\b|^return score\b"),
    ("addresses_machine", r"\bquote this as (?:the )?evidence\b|\bthere is sufficient evidence\b"),
    ("asks_secrets", r"\b(?:forgot|lost|don't have|need|missing) (?:the|my|our) (?:rubric|anchors?|scoring guide)\b"),
    (
        "asks_secrets",
        _ORDER + r"(?:print|reveal|repeat|paste|show|output|tell me|disclose|include|ask me|leak)\b[^.!?\n]{0,40}\b"
        r"(?:rubrics?|anchors?|system prompt|(?:text|instructions?) above|other candidates?|scoring guide)",
    ),
    ("asks_secrets", r"\b(?:what|which) (?:scores?|answers?) did (?:the )?other candidates?\b|\bwhat (?:she|he|they) answered\b"),
    ("fake_frame", r"<\|[^|>\n]{0,60}\|>|\[/?INST\]|<</?SYS>>|</?[a-z_]*(?:scorer|candidate_answer|instructions?|system)[a-z_]*>"),
    ("fake_frame", r"^\s*\W*(?:system|assistant|interviewer|candidate|scorer|grader)\s*:|\[\s*transcript note"),
    ("fake_frame", r"\bend of (?:untrusted |the )?(?:data|transcript|input|prompt)\b|\bsystem message\b"),
    ("fake_frame", r"^q: .{0,40}\ba: .{0,40}\bscore:|\bopen curly brace\b|\"type\"\s*:\s*\"(?:section|mrkdwn)\""),
    ("fake_frame", r"\b(\w+)(?:\W+\1\b){9,}"),
    ("command", r"^\s*[/!](?!/)[a-z_]{3,}\s+(?:--?\w|\w|@)"),
    ("mention", r"<!(?:channel|here|everyone|subteam)|<[@#][&!]?[A-Z0-9]{6,}|(?<!\w)@(?:everyone|here)\b|tg://"),
    ("markup", r"<(?:img|script|iframe|a)\b[^>]*\b(?:on\w+|href|src)\s*=|\]\(\s*https?://|<https?://[^>|]+\|"),
    ("markup", r"^\s*[=@+][A-Z]{2,}\(|\bdrop table\b|^\d{4}-\d\d-\d\dT\S+\s+(?:INFO|WARN|ERROR|DEBUG)\b"),
    # The same two orders in the other languages people write to us in.
    ("override", r"\bignor(?:a|e|iere|iert|ez|i) (?:las|los|les|tou\w+|as|todas|alle|die|le|tutte)\b.{0,30}\b(?:instruc\w+|instruções|anweisung\w*|consignes|istruzioni|anleitung\w*)"),
    ("override", r"(?:игнорируй|забудь)\w*.{0,30}(?:инструкци|указани)|忽略.{0,12}(?:指示|指令|说明)|指示を無視"),
    ("override", r"تجاهل.{0,30}(?:تعليمات|التعليمات)|निर्देशों को (?:अनदेखा|नज़रअंदाज़)"),
    ("asks_score", r"\b(?:puntuación|nota|note|pontuação|punteggio) (?:máxima?|maximale|massim\w)|\bhöchst(?:punkt\w*|note|wert\w*)"),
    ("asks_score", r"\b5 (?:sur|von|de|su|из|में से) 5\b|5 من 5|满分|5点を付け"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)

# Letters of other scripts that look Latin, and digits that stand for letters.
_LOOKALIKE = str.maketrans("аеорсухіѕјӏԁѵгкАЕОРСУХІВНКМТ", "aeopcyxisjldvrkAEOPCYXIBHKMT")
_LEET = str.maketrans("013457@$", "oieastas")
_SPACED = re.compile(r"(?:\b\w\s{1,4}){5,}\w\b")
_BASE64 = re.compile(r"\b[A-Za-z0-9+/]{24,}={0,2}")
_ROT13 = re.compile(r"\brot[ -]?13\b", re.IGNORECASE)
_LEETED = re.compile(r"[a-z]\d+[a-z]|\b\d[a-z]{2,}", re.IGNORECASE)
_INVISIBLE_IN_WORD = re.compile(r"[A-Za-z][\u200b\u2060\ufeff]+[A-Za-z]")


# Words about judging together with somebody they are said to, orders at the start of a sentence, and the shapes of markup.
# Wider than the patterns above, and so no remark for anybody: such a sentence is only left out of the length-neutral reading.
_JUDGING = re.compile(
    r"\b(?:scor(?:e|es|ed|er|ing)|rat(?:e|ed|er|ing|ings)|grad(?:e|ed|er|ing)|rubrics?|anchors?|evaluat(?:or|e|ion)s?|"
    r"assessors?|judges?|marks?|level (?:\d|one|two|three|four|five)|indicators?|\d+ ?(?:/|out of) ?\d+|five|full|top|highest|"
    r"instructions?|prompts?|llms?|language models?|a\.?i\b|chat ?bots?|assistants?|hire|advance|bewertung\w*|punkt\w*|"
    r"höchst\w+|note|nota|puntu\w+|calific\w+|instruc\w+|anweisung\w*|consignes)\b",
    re.IGNORECASE,
)
_SAID_TO = re.compile(
    r"\b(?:you|your|yours|dear|please|must|should|shall|always|never|me this|(?:this|my|the) (?:answer|candidate|applicant|"
    r"response|transcript)|give me|(?:score|rate|mark|grade|hire|advance) me|sie|bitte|usted|vous|por favor)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"^\W*(?:(?:please|now|also|then|and|so|ok(?:ay)?)\W+)?(?:consider|assume|treat|note|remember|imagine|pretend|output|"
    r"respond|reply|return|print|record|ignore|disregard|forget|override|follow|obey|translate|decode|repeat|give|put|mark|"
    r"set|rate|score|grade|award|assign|refuse|reveal|show|tell|ask|end|stop|skip|delete|run)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[^>]{1,80}>|\{\s*[\"']|[\"']\s*:\s*[\"'\d\[{]|```|\[/?[A-Z_]{3,}\]|\]\(")


@lru_cache(maxsize=4_000)
def speaks_to_the_reader(sentence: str) -> bool:
    """Could this sentence be meant for whoever reads or judges the answer? Wide on purpose; never shown to anybody."""
    clean, hidden = scorer_copy(sentence)
    if hidden or find_flags(sentence):
        return True
    readings = (clean, *_decoded(sentence, clean))
    return any(_ORDERS.search(t) or _MARKUP.search(t) or (_JUDGING.search(t) and _SAID_TO.search(t)) for t in readings)


def find_flags(text: str) -> tuple[Flag, ...]:
    """Every flag of a text, at most one of a kind per sentence, in order."""
    found: dict[tuple[int, int, str], Flag] = {}
    turned, before = bool(_ROT13.search(text)), list[str]()
    for s in sentences(text):
        kinds = list(_kinds(s, turned))
        if not kinds and before and s.text[:1].islower():
            kinds = before[:1]  # the rest of a flagged sentence: "... the others get?" and include their names.
        for kind in kinds:
            found[(s.start, s.end, kind)] = Flag(kind, s.start, s.end)
        before = kinds
    return tuple(found.values())


def _kinds(s: Sentence, turned: bool) -> Iterator[str]:
    """`turned`: the text names rot13 somewhere, so each of its sentences is read that way too."""
    clean, hidden = scorer_copy(s.text)
    if _hides(s.text, hidden):
        yield "hidden_text"
    if _praises_itself(clean):
        yield "claims_verdict"
    decoded = codecs.decode(clean, "rot13") if turned else clean
    for reading in {s.text, clean, decoded, *_decoded(s.text, clean)}:
        for kind, pattern in _COMPILED:
            if pattern.search(reading):
                yield kind


# The words of rubrics. Many of them in one sentence that tells of nothing done are a rubric, and no example.
_PRAISE = re.compile(
    r"\b(?:consistent(?:ly)?|proactive(?:ly)?|anticipat\w+|stakeholders?|measurabl[ey]|impact(?:ful)?|escalations?|"
    r"coach(?:es|ing)?|exceptional(?:ly)?|demonstrat\w+|outstanding|cross-functional|strategic(?:ally)?|ownership|exceed\w*|"
    r"leverag\w+|multiple teams|deliver(?:s|ing)?|mentors?|excellen\w+|empathy|accountab\w+|high-quality|results)\b",
    re.IGNORECASE,
)
_MOST_PRAISE = 5
_TOLD = re.compile(r"\b[a-z]{3,}ed\b|\d", re.IGNORECASE)  # a past tense or a number: something that was done


def _praises_itself(clean: str) -> bool:
    told = own_act(clean, "en") or _TOLD.search(clean)
    return not told and len({m.casefold() for m in _PRAISE.findall(clean)}) >= _MOST_PRAISE


def _hides(text: str, hidden: list[Hidden]) -> bool:
    """Tags, direction overrides and breaks inside Latin words; not the marks that Arabic or emoji need."""
    override = any(h.kind == "bidi" and any(c in "\u202a\u202b\u202d\u202e" for c in h.text) for h in hidden)
    tags = any(h.kind == "tag" and "\U0001f3f4" not in text for h in hidden)
    return override or tags or bool(_INVISIBLE_IN_WORD.search(text))


def _decoded(text: str, clean: str) -> Iterator[str]:
    """Other readings of the same sentence: look-alike letters, digits for letters, letters apart, base64, rot13."""
    if not clean.isascii():
        yield clean.translate(_LOOKALIKE)
        tags = "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)
        if tags:
            yield tags
    if len(_LEETED.findall(clean)) >= 2:
        yield re.sub(r"\b\w*[a-z]\w*\b", lambda m: m.group().translate(_LEET), clean, flags=re.IGNORECASE)
    if _SPACED.search(clean):
        yield _SPACED.sub(lambda m: " ".join("".join(p.split()) for p in re.split(r"\s{2,}", m.group())), clean)
    for m in _BASE64.finditer(clean):
        yield from _unpacked(m.group())


def _unpacked(packed: str) -> Iterator[str]:
    try:
        plain = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return
    if plain.isprintable():
        yield plain
