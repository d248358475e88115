"""Text with entities: built from pieces, made harmless, cut into messages. Offsets are UTF-16 units, as Telegram counts.

Telegram makes links, mentions, hashtags and commands active by itself wherever it finds them, and leaves alone only what
lies in a code entity that came along (tdlib, MessageEntity.cpp: merge_entities). So every word that could become active is
shown as code. Nothing is inserted into anybody's words: what is copied from the chat is what was written.
"""

import re
from dataclasses import dataclass, field

from telegram import MessageEntity

from adapters.layout import clean, parts, utf16
from flows.cards import File

LIMIT, CAPTION = 4096, 1024
_MOST_ENTITIES = 90  # Telegram keeps 100 of a message; what comes after would become active again

# A run of characters without space that holds anything Telegram might make active. Wider than Telegram's own rules: a
# word too many in code is harmless, one too few is not.
_HASH = r"\w\u200c\u00b7\u0d80-\u0dff"
_ACTIVE = re.compile(
    r"@\w"  # mentions, addresses
    r"|(?<![\w/<>])/\w"  # commands
    rf"|\#[{_HASH}]*[^\W\d_]"  # hashtags
    r"|\$(?:1INCH|[A-Z])"  # cashtags
    r"|://"
    r"|[^\s.]\.[^\W\d_](?:[^\W\d_]|-|[^\x00-\x7f])"  # names with a dot, also punycode
    r"|\d\.\d{1,3}\.\d"  # addresses made of numbers
)
_RUN = re.compile(r"\S+")
_OPENING, _CLOSING = "([{\u201c\u2018\"'", ")]}\u201d\u2019\"'.,;:!?\u2026"


@dataclass(frozen=True, slots=True)
class Part:
    """One message: a text with its entities, or a file with the text as its caption (which may be empty)."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    file: File | None = None


def joined(above: Part, below: Part) -> Part:
    """Both texts as one message, without a file."""
    if not above.text:
        return below
    by = utf16(above.text) + 2
    moved = tuple(MessageEntity(e.type, e.offset + by, e.length, url=e.url) for e in below.entities)
    return Part(f"{above.text}\n\n{below.text}", (*above.entities, *moved))


@dataclass(slots=True)
class Composer:
    """Collects text and marks. Marks are (start, end, kind, url), in characters."""

    text: str = ""
    marks: list[tuple[int, int, str, str]] = field(default_factory=lambda: [])

    def add(self, text: str, kind: str = "", url: str = "") -> "Composer":
        """More text, cleaned; in `kind` (a MessageEntity type) if given."""
        start = len(self.text)
        self.text += _whole(clean(text))
        if kind and len(self.text) > start:
            self.marks.append((start, len(self.text), kind, url))
        return self

    def label(self, text: str, end: str = "") -> "Composer":
        """Something bold; a command is code as a whole, since Telegram would make a link of its beginning."""
        return (
            self.add(text, MessageEntity.CODE).add(end)
            if text.startswith("/")
            else self.add(text + end, MessageEntity.BOLD)
        )

    def gap(self, lines: int = 2) -> "Composer":
        """So many line breaks between what is there and what comes; none at the beginning."""
        self.text = self.text.rstrip("\n")
        end = len(self.text)
        self.marks = [(a, min(b, end), kind, url) for a, b, kind, url in self.marks if a < end]
        if self.text:
            self.text += "\n" * lines
        return self

    def mark(self, start: int, kind: str) -> None:
        """Everything since `start`."""
        if len(self.text.rstrip()) > start:
            self.marks.append((start, len(self.text.rstrip()), kind, ""))

    def parts(self, limit: int = LIMIT) -> list[Part]:
        """Messages of at most `limit` units each; at least one, never an empty one."""
        text = self.text.rstrip()
        found, at = list[Part](), 0
        links = [(a, b) for a, b, kind, _ in self.marks if kind == MessageEntity.TEXT_LINK]
        ours = [(a, b) for a, b, kind, _ in self.marks if kind == MessageEntity.CODE]
        marks = [m for m in self.marks if m[2] != MessageEntity.CODE]
        codes = sorted([*ours, *_codes(text, [*links, *ours])])
        for piece in parts(text, limit, utf16):
            at = text.index(piece, at)
            start, end = at + len(piece) - len(piece.lstrip()), at + len(piece.rstrip())
            at += len(piece)
            if start < end:
                found.append(_part(text, start, end, marks, codes))
        return found or [Part("\u2026")]


def _whole(text: str) -> str:
    """Without what UTF-8 can't carry, and without line breaks of another kind than one."""
    return (
        re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text).replace("\x00", "").encode("utf-8", "replace").decode()
    )


def _codes(text: str, but: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches that must be code, in order; but not our own links, which are active on purpose, nor code."""
    if not _ACTIVE.search(text):
        return []
    found = list[tuple[int, int]]()
    for run in _RUN.finditer(text):
        word = run.group()
        if _ACTIVE.search(text, *run.span()) and not any(a < run.end() and run.start() < b for a, b in but):
            start = run.start() + len(word) - len(word.lstrip(_OPENING))
            end = max(run.end() - len(word) + len(word.rstrip(_CLOSING)), start)
            found.append((start, end) if start < end else run.span())
    return found


def _part(
    text: str, start: int, end: int, marks: list[tuple[int, int, str, str]], codes: list[tuple[int, int]]
) -> Part:
    """The text between two places as a message: marks are cut to it, and make room for code."""
    code = [(max(a, start), min(b, end)) for a, b in codes if a < end and b > start]
    inside = [(max(a, start), min(b, end), kind, url) for a, b, kind, url in marks if a < end and b > start]
    spans = [x for mark in inside for x in _around(mark, code, text)]
    if len(spans) + len(code) > _MOST_ENTITIES:
        code, spans = [(start, end)], []
    spans += [(a, b, MessageEntity.CODE, "") for a, b in code]
    spans = [(a, b, kind, url) for a, b, kind, url in spans if text[a:b].strip()]
    spans.sort(key=lambda s: (s[0], -s[1], s[2] != MessageEntity.BLOCKQUOTE))
    return Part(text[start:end], tuple(_entity(text, start, span) for span in spans))


def _around(mark: tuple[int, int, str, str], code: list[tuple[int, int]], text: str) -> list[tuple[int, int, str, str]]:
    """Code can't be bold or italic at the same time; a quotation may hold it."""
    start, end, kind, url = mark
    if kind in (MessageEntity.BLOCKQUOTE, MessageEntity.TEXT_LINK):
        return [mark]
    found = list[tuple[int, int, str, str]]()
    for a, b in code:
        if a < end and b > start:
            found.append((start, min(a, end), kind, url))
            start = max(start, b)
    found.append((start, end, kind, url))
    return [s for s in found if s[0] < s[1]]


def _entity(text: str, base: int, span: tuple[int, int, str, str]) -> MessageEntity:
    start, end, kind, url = span
    return MessageEntity(kind, utf16(text[base:start]), utf16(text[start:end]), url=url or None)
