"""Cutting an answer into sentences. People in chats write lists, one long breath, or without any full stop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.rating.characters import words, words_at_most

LONG = 40  # words; a longer stretch is cut where a listener would breathe
_BREATH, _PIECE = 12, 30

_LINE = re.compile(r"[^\n\r\v\f\u0085\u2028\u2029]+")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u2023\u25aa\u25cf\u25e6\u2013\u2014>]+\s+|\(?\d{1,2}[.)]\s+|[a-h]\)\s+)?")
_END = re.compile(
    '(?:[.!?\u2026\u061f\u06d4\u0964]+["\'\u201d\u2019\u00bb)\\]]*(?=\\s|$)|[\u3002\uff01\uff1f]+[\u300d\u300f"]*)'
)
_BEFORE = re.compile(r"(\S+)$")
_NEXT = re.compile(r"\s*(\S+)")


def _set(listing: str) -> frozenset[str]:
    return frozenset(listing.split())


_ABBREVIATIONS = _set(
    "e.g i.e eg ie etc vs approx appr dr mr mrs ms prof st nr inc ltd dept resp min jan feb apr jun jul aug sep sept "
    "oct nov a.m p.m u.s u.k z.b d.h u.a bzw usw ca evtl ggf inkl zzgl vgl sog tel bspw o.ä u.u i.d.r s.o z.t m.e"
)
_MONTHS = _set("januar februar märz april mai juni juli august september oktober november dezember")
_CONNECTORS = _set("and then so but because after when while which und dann aber also weil danach deshalb nachdem als")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: `text` is the source from `start` to `end` (characters, end exclusive)."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order; never overlapping, never blank, each `text[start:end]`."""
    found: list[Sentence] = []
    for line in _LINE.finditer(text):
        bullet = _BULLET.match(text, line.start(), line.end())
        start = bullet.end() if bullet else line.start()
        for a, b in _in_line(text, start, line.end()):
            found += _trimmed(text, a, b)
    return found


def _in_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in _END.finditer(text, start, end):
        if stop.start() > start and _ends_here(text, start, stop):
            yield from _breaths(text, start, stop.end())
            start = stop.end()
    if start < end:
        yield from _breaths(text, start, end)


def _ends_here(text: str, start: int, stop: re.Match[str]) -> bool:
    """Is this stop the end of a sentence, and not of an abbreviation, an initial or an ordinal ("am 3. Mai")?"""
    if stop.group() != ".":
        return True
    before = _BEFORE.search(text[max(start, stop.start() - 20) : stop.start()])
    after = _NEXT.match(text, stop.end())
    last = before.group(1).lstrip("(\"'\u201e\u201c").lower() if before else ""
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last != "i"):
        return False
    following = after.group(1) if after else ""
    ordinal = last.isdigit() and (following[:1].islower() or following.lower().strip(".,;:") in _MONTHS)
    return not ordinal


def _breaths(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a very long stretch before a connecting word or after a comma, and at `_PIECE` words at the latest."""
    piece = text[start:end]
    found = [] if len(piece) <= LONG or words_at_most(piece) <= LONG else words(piece)
    if len(found) <= LONG:
        yield start, end
        return
    cut, count = start, 0
    for i, word in enumerate(found):
        comma = i > 0 and any(c in ",;:\u060c\uff0c\u3001" for c in text[start + found[i - 1].end : start + word.start])
        enough_left = len(found) - i >= 4
        if enough_left and (count >= _PIECE or (count >= _BREATH and (comma or word.text in _CONNECTORS))):
            yield cut, start + word.start
            cut, count = start + word.start, 0
        count += 1
    yield cut, end


def _trimmed(text: str, start: int, end: int) -> list[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Sentence(start, end, text[start:end])] if start < end else []
