"""A process that listens: `python -m bot.speech.child FOLDER THREADS`. It loads one model and takes one job after another.

It ends when whoever started it has ended, in the middle of a job too.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.speech.wire import BYTES_PER_MS, HEAD

if TYPE_CHECKING:
    from bot.speech.listening import Listener

_LOOKS = 0.5  # seconds between two looks whether our parent is still there


def _read(source: BinaryIO) -> bytes:
    """One frame. Raises `EOFError` when nobody will send another."""
    head = source.read(HEAD.size)
    size = HEAD.unpack(head)[0] if len(head) == HEAD.size else -1
    data = source.read(size) if size > 0 else b""
    if len(data) != size:
        raise EOFError
    return data


def _fill(source: BinaryIO, sound: bytearray, size: int) -> bool:
    """Read until a window of that size is full or the sound is over; does it go on?"""
    while len(sound) < size:
        piece = _read(source)
        if not piece:
            return False
        sound += piece
    return True


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _job(listener: "Listener", source: BinaryIO, language: str, size: int) -> None:
    import numpy as np

    from bot.speech.detector import Detector

    sound, more, detector = bytearray(), True, Detector()
    while more or sound:
        more = more and _fill(source, sound, size)
        if len(sound) < 2:
            break
        samples = np.frombuffer(sound, "<i2", len(sound) // 2).astype(np.float32)
        samples /= 32768.0  # in place: ten minutes are not held twice
        window = listener.window(samples, more, detector, language, lambda ms: _say({"at": ms}))
        del samples
        language = language or (window["language"] if window["language_sure"] > 0.5 else "")
        del sound[: window["bytes"] if more else len(sound)]
        _say({"window": window})
    _say({"done": True})


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS)
    os._exit(0)


def main(folder: str, threads: str, parent: str) -> None:
    """Listen until nobody sends anything more."""
    threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()
    from bot.speech.listening import Listener

    listener = Listener(Path(folder), int(threads) or os.cpu_count() or 1)
    _say({"ready": True})
    source = sys.stdin.buffer
    while True:
        try:
            head = json.loads(_read(source))
            _job(listener, source, str(head["language"]), int(head["window"]) * BYTES_PER_MS)
        except EOFError:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
