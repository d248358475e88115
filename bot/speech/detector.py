# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (faster-whisper comes without types.)
"""Who speaks when: the voice detector that comes with faster-whisper, on a sound that comes in windows.

faster-whisper gives it the whole sound at once, which takes twenty times the memory of the sound. It is a network with a
memory of what it has heard, so here it is asked piece by piece and remembers: the answer is the same as in one piece.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from faster_whisper.vad import get_vad_model

from bot.speech.features import Samples
from bot.speech.windows import Stretch
from bot.speech.wire import RATE

FRAME = 512  # samples that it judges together, 32 ms
_BEFORE = 64  # samples before a frame that it looks at once more
_BLOCK = 960 * FRAME  # half a minute at a time
# Shorter pauses than the library's own, since pauses are told from these stretches; `windows.heard` joins them again.
_SPEAKS, _SILENT = 0.5, 0.35
_PAUSE, _SHORTEST, _PAD = RATE // 4, RATE * 60 // 1000, RATE * 30 // 1000

_Memory = tuple[Samples, Samples, Samples]  # what it remembers: its two states, and the samples before


class Detector:
    """Of one sound. Windows follow each other: what isn't dealt with in one is the beginning of the next."""

    def __init__(self) -> None:
        nothing: Samples = np.zeros((1, 1, 128), np.float32)
        self._marks: list[_Memory] = [(nothing, nothing, np.zeros(_BEFORE, np.float32))]  # before each block
        self._found: list[Stretch] = []
        self._on = False  # does somebody speak when the window begins?

    def speech(self, sound: Samples) -> list[Stretch]:
        """The stretches of a window in which somebody speaks."""
        del self._marks[1:]
        sure: list[float] = []
        for begin in range(0, len(sound), _BLOCK):
            some, after = _heard(sound[begin : begin + _BLOCK], self._marks[-1])
            sure += some
            self._marks.append(after)
        self._found = _stretches(sure, len(sound), self._on)
        return self._found.copy()

    def next_at(self, sound: Samples, end: int) -> None:
        """The next window begins at sample `end` of this one, a multiple of FRAME."""
        block = end // _BLOCK
        mark = self._marks[block]
        if end > block * _BLOCK:
            _, mark = _heard(sound[block * _BLOCK : end], mark)
        self._marks = [mark]
        self._on = any(s < end < e for s, e in self._found)


def _heard(sound: Samples, memory: _Memory) -> tuple[list[float], _Memory]:
    """How sure it is in each frame, and what it remembers at the end."""
    h, c, before = memory
    whole = np.concatenate([before, sound, np.zeros(-len(sound) % FRAME, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(whole, _BEFORE + FRAME)[::FRAME]
    session: Any = get_vad_model().session
    sure, h, c = session.run(None, {"input": frames, "h": h, "c": c})
    return sure.ravel().tolist(), (h, c, whole[-_BEFORE:])


def _stretches(sure: Iterable[float], length: int, on: bool) -> list[Stretch]:
    """From frames to stretches: somebody stops speaking where a pause begins that is long enough."""
    found: list[Stretch] = []
    start, quiet = 0 if on else -1, -1  # where somebody began to speak; since when it may be a pause
    for at, p in enumerate(sure):
        now = at * FRAME
        if p >= _SPEAKS:
            start, quiet = (now if start < 0 else start), -1
        elif p < _SILENT and start >= 0:
            quiet = now if quiet < 0 else quiet
            if now - quiet >= _PAUSE:
                if quiet - start > _SHORTEST:
                    found.append((start, quiet))
                start = quiet = -1
    if start >= 0 and length - start > _SHORTEST:
        found.append((start, length))
    return [(max(0, s - _PAD), min(length, e + _PAD)) for s, e in found]
