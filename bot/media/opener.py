"""The process that opens what strangers send: `python -m bot.media.opener`. One job each, then it ends.

It comes up, loads the libraries and waits. The job arrives on its standard input, a socket, with the files as open
descriptors and their keys; then `guard.lock` takes everything away that decoding doesn't need. What it has to say goes to
its standard output, in messages: a letter, a length of four bytes, and as many bytes (`MESSAGE`).
"""

import base64
import errno
import json
import os
import socket
import struct
import sys
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO, RawIOBase
from types import TracebackType
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame

from bot.media import guard, measure, picture, remake
from bot.media.contract import MediaProblem
from bot.media.decode import BROKEN, Sound, samples
from bot.media.measure import RATE, Meter
from bot.media.sealed import Bytes, Damaged, SealedReader, SealedWriter

MESSAGE = struct.Struct(">cI")
READY, ALIVE, DATA, RESULT, PROBLEM, FAULT = b"+", b".", b"d", b"r", b"e", b"x"
HEARD_AT = 16_000
SHORTEST_MS = 300
_PIECE = 2 * HEARD_AT  # samples that are handed over at once
_STEP = RATE // 10
_CUT_OFF = 1_000  # ms
_SIGNS = 100  # steps between two signs of life


def main() -> None:
    guard.die_with_parent()
    sys.excepthook = _fault
    _warm()
    send(READY)
    control = socket.socket(fileno=0)
    data, files, _, _ = socket.recv_fds(control, 65_536, 3)
    if not data:
        return  # not needed any more
    job = json.loads(data)
    control.close()
    if job["do"] == "open":
        os.nice(5)  # whoever listens meanwhile (`sound`) has somebody waiting
    guard.lock(job["cpu_seconds"], job["file_bytes"])
    send(ALIVE)  # from here on it is the file's fault if this ends
    try:
        result = _JOBS[job["do"]](job, SealedReader(files[0], _key(job["key"])), *files[1:])
        send(RESULT, json.dumps(result).encode())
    except MediaProblem as problem:
        send(PROBLEM, json.dumps({"why": problem.why, "figures": problem.figures}).encode())
    except (MemoryError, *BROKEN):
        send(PROBLEM, b'{"why": "corrupt"}')
    except Damaged:
        send(PROBLEM, b'{"why": "trouble"}')
    except OSError as error:
        # Too large for its limit is the file's fault; everything else is the disk's.
        send(PROBLEM, b'{"why": "corrupt"}' if error.errno == errno.EFBIG else b'{"why": "trouble"}')


def send(kind: bytes, body: bytes = b"") -> None:
    data = memoryview(MESSAGE.pack(kind, len(body)) + body)
    while data:
        data = data[os.write(1, data) :]


def _sound(job: dict[str, Any], file: SealedReader) -> dict[str, Any]:
    """The sound as `MediaStore.pcm` gives it."""
    sound = Sound(file, job["longest_ms"])
    for frame in sound.mono(HEARD_AT, _PIECE):
        # The last piece tells that there is too little: it isn't handed over then.
        if sound.ms >= SHORTEST_MS:
            send(DATA, samples(frame).astype("<i2").tobytes())
    _long_enough(sound)
    return {"ms": sound.ms}


def _open(job: dict[str, Any], file: SealedReader, kept: int, thumbnail: int) -> dict[str, Any]:
    """Make anew what is kept of it: in the file `kept`, with a picture of it in `thumbnail`."""
    Sound(file, job["longest_ms"]).close()  # whatever can't be used isn't copied first
    film = _copy(file, kept, job) if job["video"] else None
    sound, meter = Sound(file, job["longest_ms"]), Meter()
    if film is None:
        size = _encode(sound, meter, kept, _key(job["kept_key"]))
    else:
        size = film[2]
        for frame in _steps(sound):
            meter.feed(samples(frame))
    _long_enough(sound)
    measured, missing = meter.sound(), sound.missing
    looks, jpeg = picture.look(file, film[1]) if film else (None, b"")
    if jpeg:
        with SealedWriter(thumbnail, _key(job["thumbnail_key"])) as target:
            target.write(jpeg)
    hints = [*measure.hints(measured), *picture.hints(looks), *(["cut_off"] if missing > _CUT_OFF else [])]
    return {
        "mime": film[0] if film else remake.OGG,
        "size": size,
        "ms": sound.ms,
        "missing": missing,
        "sound": asdict(measured),
        "waveform": base64.b64encode(meter.waveform()).decode(),
        "picture": asdict(looks) if looks else None,
        "thumbnail_size": len(jpeg),
        "hints": hints,
    }


def _clip(job: dict[str, Any], file: SealedReader) -> dict[str, Any]:
    """A part of it as Opus, sent as it is made."""
    start, end = job["start_ms"], job["end_ms"] or 1 << 40
    sound, meter = Sound(file), Meter()
    if start:
        sound.seek(start)
    opus, taken = remake.Opus(_Out(), job["automated"]), 0
    for frame in _between(sound, start, end):
        meter.feed(samples(frame))
        opus.add(frame)
        taken += frame.samples
    if not taken:
        raise MediaProblem("too_short")
    opus.close()
    return {"seconds": taken / RATE, "waveform": base64.b64encode(meter.waveform()).decode()}


def _copy(file: SealedReader, kept: int, job: dict[str, Any]) -> tuple[str, float, int] | None:
    """The film as it is, without its metadata: (media type, seconds between whole pictures, size), or None."""
    target = SealedWriter(kept, _key(job["kept_key"]))
    film = remake.remux(file, target)
    if film is None:
        target.abandon()
        os.ftruncate(kept, 0)
        return None
    target.close()
    send(ALIVE)
    return *film, target.size


def _encode(sound: Sound, meter: Meter, kept: int, key: bytes) -> int:
    target = SealedWriter(kept, key)
    opus = remake.Opus(target)
    for frame in _steps(sound):
        meter.feed(samples(frame))
        opus.add(frame)
    opus.close()
    target.close()
    return target.size


def _steps(sound: Sound) -> Iterator[AudioFrame]:
    for n, frame in enumerate(sound.mono(RATE, _STEP)):
        if n % _SIGNS == 0:
            send(ALIVE)
        yield frame


def _between(sound: Sound, start_ms: int, end_ms: int) -> Iterator[AudioFrame]:
    """The frames from one time to another, to the sample."""
    at = -1
    for frame in _steps(sound):
        if at < 0:
            at = round(sound.begins * RATE)
        first, last = max(0, start_ms * RATE // 1000 - at), end_ms * RATE // 1000 - at
        at += frame.samples
        if last <= 0:
            return
        piece = samples(frame)[first:last]
        if len(piece):
            part = AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="mono")
            part.sample_rate = RATE
            yield part


def _long_enough(sound: Sound) -> None:
    if sound.ms < SHORTEST_MS:
        raise MediaProblem("too_short")


def _key(text: str) -> bytes:
    return base64.b64decode(text)


class _Out(RawIOBase):
    """What is written to it is sent."""

    def writable(self) -> bool:
        return True

    def write(self, data: Bytes, /) -> int:
        view = bytes(memoryview(data))
        send(DATA, view)
        return len(view)


def _warm() -> None:
    """Load whatever the libraries load on first use: later there are no files, and somebody waits."""
    meter, opus = Meter(), remake.Opus(BytesIO())
    frame = AudioFrame.from_ndarray(np.zeros((1, RATE), np.int16), format="s16", layout="mono")
    frame.sample_rate = RATE
    meter.feed(samples(frame))
    opus.add(frame)
    opus.close()
    json.dumps(asdict(meter.sound()))
    meter.waveform()
    picture.warm()


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A mistake of ours, for the log: what it is and where, and never what it was about."""
    last = traceback.extract_tb(trace, -1)
    where = f"{os.path.basename(last[0].filename)}:{last[0].lineno}" if last else ""
    send(FAULT, json.dumps({"error": kind.__name__, "at": where}).encode())


_JOBS: dict[str, Any] = {"sound": _sound, "open": _open, "clip": _clip}

if __name__ == "__main__":
    main()
