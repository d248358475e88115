"""Characters and words: what a scorer may see, what a reader may see, and words that compare.

Offsets are indices into the Python string that was passed in.
Hidden characters: Unicode TR 36 and 39; the stripping rules are those of our scoring protocol.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HiddenKind = Literal["role_tag", "zero_width", "bidi", "tag", "control"]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something a reader would not see (or a role tag) that the scorer's copy loses. `at` is its offset."""

    kind: HiddenKind
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Word:
    """One folded word (NFKC, casefold, nothing invisible) and where it stands in the source."""

    text: str
    start: int
    end: int


# --- hidden characters -----------------------------------------------------------------------------------------------

_ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_TAG = "\U000e0000-\U000e007f\U000e0100-\U000e01ef"
_CONTROL = "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufff9-\ufffb"
_HIDDEN = _ZERO_WIDTH + _BIDI + _TAG + _CONTROL

_ROLES = "system|assistant|user|human|developer|tool|scorer|grader|evaluator|interviewer|candidate"
_ROLE_TAG = re.compile(
    r"<\|[^|>\n]{0,60}\|>|\[/?INST\]|<</?SYS>>|<!--|-->"
    rf"|</?\s*(?:{_ROLES})(?:[_ -][a-z_]{{0,30}})?\s*/?>"
    rf"|^[ \t>*#]*(?:{_ROLES})[ \t]*:(?=\s|$)",
    re.IGNORECASE | re.MULTILINE,
)
_STRIP: tuple[tuple[HiddenKind, re.Pattern[str]], ...] = (
    ("zero_width", re.compile(f"[{_ZERO_WIDTH}]+")),
    ("bidi", re.compile(f"[{_BIDI}]+")),
    ("tag", re.compile(f"[{_TAG}]+")),
    ("control", re.compile(f"[{_CONTROL}]+")),
)
_ANY_HIDDEN = re.compile(f"[{_HIDDEN}]")
_JOINERS = "\u200c\u200d"
_JOINED_SCRIPTS = ("ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM")


def scorer_copy(text: str) -> tuple[str, list[Hidden]]:
    """The text as a model may read it, and what it lost. The caller keeps the original; offsets do not carry over."""
    hidden: list[Hidden] = []
    for kind, pattern in _STRIP:
        hidden += [Hidden(kind, m.group(), m.start()) for m in pattern.finditer(text)]
    clean = _ANY_HIDDEN.sub("", text)
    # Stripped until nothing is left: "<|<|x|>|>" must not turn into a tag by being cleaned once.
    while _ROLE_TAG.search(clean):
        hidden += [Hidden("role_tag", m.group(), m.start()) for m in _ROLE_TAG.finditer(clean)]
        clean = _ROLE_TAG.sub(" ", clean)
    return clean.strip(), sorted(hidden, key=lambda h: h.at)


def display(text: str) -> str:
    """The text for a reader: no bidi, zero-width, tag or control characters; line breaks, tabs and emoji stay.

    A joiner stays where writing needs it: inside an emoji sequence and between letters of Arabic or Indic scripts.
    """
    if not _ANY_HIDDEN.search(text):
        return text
    return "".join(c for i, c in enumerate(text) if not _ANY_HIDDEN.match(c) or _needed_joiner(text, i))


def unseen(text: str) -> list[tuple[int, int]]:
    """Runs of characters that `display` leaves out, as (start, end) offsets, in order."""
    runs: list[tuple[int, int]] = []
    for m in _ANY_HIDDEN.finditer(text):
        i = m.start()
        if _needed_joiner(text, i):
            continue
        if runs and runs[-1][1] == i:
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return runs


def _needed_joiner(text: str, i: int) -> bool:
    if text[i] not in _JOINERS or not 0 < i < len(text) - 1:
        return False
    before, after = text[i - 1], text[i + 1]
    if text[i] == "\u200d" and _emoji(before) and _emoji(after):
        return True
    return all(unicodedata.name(c, "").startswith(_JOINED_SCRIPTS) for c in (before, after))


def _emoji(char: str) -> bool:
    return char == "\ufe0f" or unicodedata.category(char) in ("So", "Sk")


# --- words -----------------------------------------------------------------------------------------------------------

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# Python's \w leaves out combining marks; without them Hindi and Arabic words would fall apart.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e00-\u0e7f"
_WORD = re.compile(f"[{_CJK}]|(?:[^\\W_{_CJK}]|[{_MARKS}{_HIDDEN}])+")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019\u02bc](?=\w)")


def words(text: str) -> list[Word]:
    """The folded words of a text, in order. A Chinese or Japanese character counts as a word."""
    found = ((fold_word(m.group()), m) for m in _WORD.finditer(_joined(text)))
    return [Word(folded, m.start(), m.end()) for folded, m in found if folded]


def words_at_most(text: str) -> int:
    """No text has more `words` than this; for most it is their number. A quarter of the work of finding them."""
    return len(_WORD.findall(text))


def _joined(text: str) -> str:
    """ "don't" is one word. One character for one, so that offsets stay."""
    return _APOSTROPHE.sub("\u2060", text) if "'" in text or "\u2019" in text or "\u02bc" in text else text


def fold_word(token: str) -> str:
    """One word, comparable: nothing invisible, NFKC, casefold."""
    if token.isascii() and token.isalnum():
        return token.lower()
    return unicodedata.normalize("NFKC", _ANY_HIDDEN.sub("", token)).casefold()


def folded(text: str) -> tuple[str, ...]:
    """The words of a text for comparing: whitespace and punctuation are gone, case and width do not matter."""
    return tuple(w for w in map(fold_word, _WORD.findall(_joined(text))) if w)


def contains(part: Sequence[str], whole: Sequence[str]) -> int:
    """Where the words `part` begin in the words `whole`, or -1. An empty part is nowhere."""
    n = len(part)
    if n == 0:
        return -1
    head, rest = part[0], list(part)
    return next((i for i in range(len(whole) - n + 1) if whole[i] == head and list(whole[i : i + n]) == rest), -1)


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Where the words of `quote` stand in `text` (offsets of `text`), whatever the punctuation and case; else None."""
    source = words(text)
    wanted = folded(quote)
    at = contains(wanted, [w.text for w in source])
    return None if at < 0 else (source[at].start, source[at + len(wanted) - 1].end)


def grams(tokens: Sequence[str], n: int) -> frozenset[tuple[str, ...]]:
    """All runs of `n` words."""
    return frozenset(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
