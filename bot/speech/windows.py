"""Where a long sound is cut, and which parts of it are listened to. Plain arithmetic on samples."""

from collections.abc import Sequence

from bot.speech.wire import RATE

Stretch = tuple[int, int]

_TAIL = 60 * RATE  # a cut is looked for in the last minute, or in the second half of a short window
_JOIN = RATE // 2  # a pause shorter than this stays in what the model hears: words around it belong together
_PAD = RATE * 2 // 5  # beginnings and ends of words are softer than what the detector calls speech


def cut(speech: Sequence[Stretch], length: int) -> int | None:
    """Where to cut a window of `length`: the middle of the longest pause near its end. None: nobody pauses there."""
    begin = length - min(_TAIL, length // 2)
    edges = [(s, e) for s, e in speech if e > begin]
    last = max((e for _, e in speech if e <= begin), default=0)
    ends = [max(last, begin), *(e for _, e in edges)]
    starts = [*(max(s, begin) for s, _ in edges), length]
    pauses = [(b - a, (a + b) // 2) for a, b in zip(ends, starts, strict=True) if b > a]
    found = max(pauses, default=(0, 0))[1]
    return found or None


def heard(speech: Sequence[Stretch], length: int) -> list[Stretch]:
    """What the model listens to: the stretches of speech with a little around them, joined where the pause is short."""
    parts: list[Stretch] = []
    for start, end in speech:
        wide = (max(0, start - _PAD), min(length, end + _PAD))
        if parts and (start - (parts[-1][1] - _PAD) < _JOIN or wide[0] <= parts[-1][1]):
            parts[-1] = (parts[-1][0], wide[1])
        else:
            parts.append(wide)
    return parts


class Places:
    """Where a moment of the joined parts stands in the sound they were taken from."""

    def __init__(self, parts: Sequence[Stretch]) -> None:
        self._parts: list[
            tuple[float, float, float]
        ] = []  # joined start, joined end, silence left out before (seconds)
        at = 0
        for start, end in parts:
            self._parts.append((at / RATE, (at + end - start) / RATE, (start - at) / RATE))
            at += end - start

    def ms(self, seconds: float, middle: float) -> int:
        """A moment in ms. middle: that of the word it belongs to, which decides in which part it is."""
        for start, end, before in self._parts:
            if middle < end or end == self._parts[-1][1]:
                return round((min(max(seconds, start), end) + before) * 1000)
        return 0
