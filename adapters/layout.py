"""What the renderers share: cleaning text for show, cutting it where a reader would, and how parts of a card read.

Pure. What a card looks like is each platform's own business; see `adapters/<platform>/render.py`.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.cards import Card, File, Option, Score
from flows.rating.text import display
from flows.words import en, score_en

# In order of preference: a paragraph, a line, a sentence, a word.
_SEAMS = (re.compile(r"\n{2,}"), re.compile(r"\n"), re.compile(r"(?<=[.!?\u2026])\s+"), re.compile(r"\s+"))


def clean(text: str) -> str:
    """A person's or a model's words for show: nothing invisible, nothing that turns the line around."""
    return display(text)


def utf16(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts."""
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


def parts(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """The text in pieces of at most `limit`, cut at a paragraph where possible, else at a line, a sentence, a word,
    and inside a word only where it alone is too long. Nothing but white space at the seams is dropped; at least one
    piece, perhaps empty. `measure` must not shrink when text is added."""
    left, found = text, list[str]()
    while measure(left) > limit:
        at, after = _cut(left, limit, measure)
        found.append(left[:at])
        left = left[after:]
    return [*found, left] if left or not found else found


def _cut(text: str, limit: int, measure: Callable[[str], int]) -> tuple[int, int]:
    """(end of this piece, start of the next one)."""
    most = _longest(text, limit, measure)
    for seam in _SEAMS:
        # A seam in the first third would leave a scrap behind; a coarser text is then cut at the next finer seam.
        found = [m for m in seam.finditer(text, 0, most + 1) if most // 3 <= m.start() <= most]
        if found:
            return found[-1].start(), found[-1].end()
    return most, most


def _longest(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many characters fit, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle - 1)
    return low


def shortened(text: str, limit: int, measure: Callable[[str], int] = len) -> str:
    """At most `limit`, with an ellipsis where something was left out: for labels and titles."""
    if measure(text) <= limit:
        return text
    return text[: _longest(text, limit - measure("\u2026"), measure)].rstrip() + "\u2026"


def one_line(text: str) -> str:
    """A label: cleaned, on one line."""
    return " ".join(clean(text).split())


# -- choices --------------------------------------------------------------------------------------------

_LONG = 36  # characters of a label that are seen on a telephone, whatever the platform allows


@dataclass(frozen=True, slots=True)
class Choices:
    """How a card's options are shown. labels: on the buttons or in the menu, in order; numbered: whether they begin with
    their number. listed: what stands in the message, (label, meaning) each. hints: those that the menu says itself."""

    labels: tuple[str, ...]
    listed: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    numbered: bool = False


def choices(options: Sequence[Option], hint_room: int = 0, number: bool = False) -> Choices:
    """Every option is said whole once, and every hint once. Where a label is too long for a button all are listed with
    their numbers, so that no two buttons look alike. hint_room: how long a hint the widget itself can show (0: none);
    number: list them anyway."""
    labels, hints = [one_line(o.label) for o in options], [one_line(o.hint) for o in options]
    if number or any(len(label) > _LONG for label in labels):
        named = tuple(f"{n}. {label}" for n, label in enumerate(labels, 1))
        short = tuple(f"{n}. {shortened(label, _LONG)}" for n, label in enumerate(labels, 1))
        return Choices(short, tuple(zip(named, hints, strict=True)), numbered=True)
    shown = tuple(label or "\u2026" for label in labels)
    if max(map(len, hints), default=0) <= hint_room:
        return Choices(shown, hints=tuple(hints))
    return Choices(shown, tuple((label, hint) for label, hint in zip(shown, hints, strict=True) if hint))


def chosen(card: Card, option: str) -> str:
    """The mark of an answered question; "" where the choice isn't one of the card's: then only the buttons go."""
    label = next((one_line(o.label) for o in card.options if o.id == option), "")
    return f"\u2713 {label}" if label else ""


def aid(name: str) -> tuple[str, str]:
    """What a name among `Outgoing.aids` is as a button: (option, label)."""
    for own in (en.DONE, en.ASK_BACK):
        if name == own.id:
            return own.id, own.label
    return f"~{name}", en.TOOLS.get(name, name)


def progress(done: int, of: int) -> str:
    """How far it is: a bar where it stays short, and "3 of 5"."""
    bar = "\u25b0" * done + "\u25b1" * (of - done) + " " if 0 <= done <= of <= 12 else ""
    return f"{bar}{done} of {of}"


# -- files ----------------------------------------------------------------------------------------------


def is_picture(file: File) -> bool:
    """Shown inside the message; everything else is a document to open or to keep."""
    return file.mime.startswith("image/")


def content(file: File) -> bytes:
    """A file's bytes; none for what isn't base64, which no platform can be given."""
    try:
        return b64decode(file.data, validate=True)
    except ValueError:
        return b""


def file_name(file: File) -> str:
    """Its name as a platform may be told it: one line, and no folder."""
    return one_line(file.name).replace("/", "_").replace("\\", "_") or "file"


def unshown(file: File) -> str:
    """The sentence that stands for a file which a platform doesn't take."""
    if is_picture(file):
        return (
            f"There is a picture here that I couldn\u2019t show: {one_line(file.alt).rstrip('.') or file_name(file)}."
        )
    return f"I couldn\u2019t attach {file_name(file)} here; please ask for it if you need it."


# -- scorecards -----------------------------------------------------------------------------------------


_GROUPED = 4  # so many raters without reasons are grouped by level


def people(score: Score) -> list[tuple[str, str]]:
    """(rater, level and reason). Where two raters share a name nobody can tell whose reason it is: it stands after them.
    Many levels without reasons are one row each, with all who gave it."""
    if not score.notes and len(score.levels) >= _GROUPED:
        return _by_level(score)
    names = [name for name, _ in score.levels]
    why = {name: reason for name, reason in score.notes if names.count(name) == 1}
    rows = [(one_line(name), score_en.level(level, clean(why.get(name, "")))) for name, level in score.levels]
    return rows + [(one_line(name), clean(reason)) for name, reason in score.notes if name not in why]


def _by_level(score: Score) -> list[tuple[str, str]]:
    given: dict[int | None, list[str]] = {}
    for name, level in score.levels:
        given.setdefault(level, []).append(one_line(name))
    ordered = sorted(given, key=lambda level: -1 if level is None else level, reverse=True)
    return [(score_en.level(level, ""), ", ".join(given[level])) for level in ordered]


def heading(score: Score) -> str:
    """A competency, and how far apart its levels are."""
    title = one_line(score.title)
    return f"{title} \u00b7 {one_line(score.spread)}" if score.spread else title


def machine(score: Score) -> list[tuple[str, str]]:
    """(label, words) of what the machine found: one line with a sign for each indicator, and what nobody saw."""
    said = clean(score.machine)
    if score.marks:
        signs = "".join(score_en.MARKS[mark.status][0] for mark in score.marks)
        said = f"{signs} {said}".strip()
    rows = [(score_en.BY_MACHINE if score.marks else score_en.EVIDENCE, said)] if said else []
    if score.missing:
        rows.append((score_en.NOT_FOUND, "; ".join(map(one_line, score.missing))))
    return rows
