"""How Parley and a process that listens talk: frames of sound into it, lines of JSON out of it.

In: a frame is its length (4 bytes, big endian) and that many bytes. A job begins with a frame of JSON ({"language",
"window": how much sound is dealt with at a time, ms}), then come frames of sound (16 kHz, mono, signed 16 bit, little
endian), then an empty one. Out: {"ready": true} once the model is loaded; then, for each window of a job, {"at": ms} now and
then and {"window": ...} (see `Window`); {"done": true} after the last one. A window that has come out has been dealt with:
what was heard in it needn't be sent again to another process.
"""

import struct
from typing import Any, TypedDict

RATE = 16_000
BYTES_PER_MS = RATE * 2 // 1000
HEAD = struct.Struct(">I")
MOST = 8_000_000  # bytes of one frame


class Window(TypedDict):
    """What was heard in one window. All times in ms from its beginning.

    bytes: how much sound it is. speech: stretches in which somebody speaks. segments: [start, end, text, logprob,
    no_speech, compression]; words: [text, start, end, sure]. language: "" where nobody speaks. engine: what listened.
    """

    bytes: int
    speech: list[tuple[int, int]]
    segments: list[tuple[int, int, str, float, float, float]]
    words: list[tuple[str, int, int, float]]
    language: str
    language_sure: float


def frame(data: bytes) -> bytes:
    """As it goes into the process."""
    return HEAD.pack(len(data)) + data


def window(line: dict[str, Any]) -> Window | None:
    """The window in a line; None where it is about something else."""
    return line.get("window")
