"""Pace, pauses, fillers and length of what was said, from the words with their times and the stretches of speech.

Words and their times come from the model that listened, which leaves fillers out: there were at least as many as are
counted. Pauses come from the voice detector on the sound itself. Times are milliseconds from the recording's beginning.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.delivery.fillers import FILLERS

PAUSE, LONG_PAUSE = 250, 2_000
FEWEST_WORDS, SHORTEST = 15, 10_000  # below, a pace would say more about chance than about speaking
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Take:
    """One recording. words: (word, start, end) in order; speech: (start, end) of each stretch; ms: its whole length;
    language: what was spoken ("en"), or ""."""

    words: tuple[tuple[str, int, int], ...]
    speech: tuple[tuple[int, int], ...]
    ms: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What can be said about one or several recordings.

    ms: their length. words: without fillers. pace: words a minute, None where too little was said. pauses: gaps of a
    quarter of a second and more; long_pauses: those of two seconds and more; longest: of them, in ms (0: none). lead_in:
    from the beginning to the first word, in ms. fillers: at least so many, None where the language has no list; heard:
    which ones, the most frequent first.
    """

    ms: int
    words: int
    pace: int | None
    pauses: int
    long_pauses: int
    longest: int
    lead_in: int
    fillers: int | None
    heard: tuple[str, ...] = ()


def measure(takes: Sequence[Take]) -> Delivery:
    """The measures of an answer in one recording or several, one after the other; at least one."""
    said = [_told(take) for take in takes]
    spoken = sum(len(words) for words, _, _ in said)
    gaps = [gap for take in takes for gap in _gaps(take.speech)]
    fillers = [f for _, found, _ in said for f in found]
    counted = all(take.language in FILLERS for take in takes)
    span = sum(ms for _, _, ms in said)
    return Delivery(
        ms=sum(take.ms for take in takes),
        words=spoken,
        pace=round(spoken * 60_000 / span) if spoken >= FEWEST_WORDS and span >= SHORTEST else None,
        pauses=len(gaps),
        long_pauses=sum(1 for gap in gaps if gap >= LONG_PAUSE),
        longest=max(gaps, default=0),
        lead_in=_lead_in(takes[0]),
        fillers=len(fillers) if counted else None,
        heard=tuple(sorted(dict.fromkeys(fillers), key=lambda f: -fillers.count(f))) if counted else (),
    )


def _told(take: Take) -> tuple[list[str], list[str], int]:
    """(words without fillers, fillers, milliseconds from the first word's beginning to the last one's end)."""
    known = FILLERS.get(take.language, frozenset())
    bare = [(_AROUND.sub("", text.casefold()), start, end) for text, start, end in take.words]
    bare = [w for w in bare if w[0]]
    words, fillers = [w for w, _, _ in bare if w not in known], [w for w, _, _ in bare if w in known]
    return words, fillers, bare[-1][2] - bare[0][1] if bare else 0


def _gaps(speech: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Between one stretch of speech and the next; silence before the first and after the last is no pause."""
    for (_, end), (start, _) in pairwise(sorted(speech)):
        if start - end >= PAUSE:
            yield start - end


def _lead_in(take: Take) -> int:
    starts = [start for start, _ in take.speech] or [start for _, start, _ in take.words]
    return min(starts, default=0)
