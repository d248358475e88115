"""What the renderers share: cleaning text for show and cutting it where a reader would.

Pure. What a card looks like is each platform's own business; see `adapters/<platform>/render.py`.
"""

import re
from collections.abc import Callable

from flows.rating.text import display

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
