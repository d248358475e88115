"""The words of a recording: how a person corrects them, and what a correction changed."""

import re
from difflib import SequenceMatcher

from flows.steps import Wrong
from flows.typed import visible
from flows.words import voice_en as words

_LONGEST = 40_000
_ARROW = re.compile(r"\s*(?:->|=>|→|➔)\s*")


def corrected(heard: str, said: str) -> str | Wrong:
    """What was heard, as it should be. said: the whole text anew, or lines that say `wrong -> right` only."""
    lines = [line for line in said.splitlines() if line.strip()]
    if not lines:
        return Wrong(words.FIX_EMPTY)
    if not all(len(_ARROW.split(line)) == 2 for line in lines):
        whole = said.strip()
        return whole if len(whole) <= _LONGEST else Wrong(words.FIX_LONG)
    text = heard
    for line in lines:
        wrong, right = (_bare(part) for part in _ARROW.split(line))
        found = re.compile(rf"(?<!\w){re.escape(wrong)}(?!\w)", re.IGNORECASE) if wrong else None
        if found is None or not found.search(text):
            return Wrong(words.not_in_there(wrong))
        text = found.sub(lambda _, right=right: right, text)
    text = re.sub(r"[ \t]{2,}", " ", text).strip()
    return text if visible(text) else Wrong(words.FIX_EMPTY)


def _bare(part: str) -> str:
    return part.strip().strip("\"'\u201c\u201d\u2018\u2019").strip()


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """(what was heard, what it was corrected to) for each place that differs, in order; words, not characters."""
    a, b = before.split(), after.split()
    found = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return [(" ".join(a[i:j]), " ".join(b[k:m])) for tag, i, j, k, m in found if tag != "equal"]
