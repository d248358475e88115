"""Captions of a recording: its words, as they count, in lines that can be read while it plays (WebVTT)."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

Times = Sequence[tuple[int, int, int, int]]  # (first character, the one after the last, from ms, to ms) of each word
_CHARACTERS = 42  # of a line that can be read at a glance
_LONGEST_MS = 6_000
_PAUSE_MS = 900  # a pause ends a line


def webvtt(text: str, times: Times) -> str:
    """The captions of `text`, whose words were spoken at `times`. Without times there is nothing to show."""
    cues = [
        f"{_at(line[0][2])} --> {_at(line[-1][3])}\n{escape(text[line[0][0] : line[-1][1]], quote=False)}"
        for line in _lines(times)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _lines(times: Times) -> list[list[tuple[int, int, int, int]]]:
    lines: list[list[tuple[int, int, int, int]]] = [[times[0]]] if times else []
    for before, word in pairwise(times):
        first = lines[-1][0]
        full = word[1] - first[0] > _CHARACTERS or word[3] - first[2] > _LONGEST_MS or word[2] - before[3] > _PAUSE_MS
        if full:
            lines.append([word])
        else:
            lines[-1].append(word)
    return lines


def _at(ms: int) -> str:
    seconds, rest = divmod(max(ms, 0), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
