"""How a recording sounds, technically, measured while it streams by. Nothing here knows of speech or of whoever speaks."""

from array import array
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.media.contract import Sound
from bot.media.decode import Samples

RATE = 48_000
_STEP = RATE // 10  # samples in 100 ms
_BATCH = 50 * _STEP
_FULL, _RUN = 32_760, 3  # this close to full scale, this often in a row: cut off by the microphone
_SILENT = -50.0  # dBFS
_FLOOR = -100.0  # dBFS of nothing at all
_POINTS = 256
_QUIET_RMS, _QUIET_LOUDNESS = -45.0, -30.0
_CLIPPED = 0.001
_NOISE, _DISTANCE = -45.0, 12.0
# The two filters of ITU-R BS.1770 at 48 kHz: numerators and denominators.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


@lru_cache(maxsize=1)
def _gain(length: int) -> NDArray[np.complex128]:
    """What the filters do to each frequency of `length` samples."""
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    gain = np.ones(len(z), np.complex128)
    for above, below in (_SHELF, _HIGH_PASS):
        gain *= np.polyval(above[::-1], z) / np.polyval(below[::-1], z)
    return gain


class Meter:
    """Feed it samples at 48 kHz. Memory: a few seconds of them, and two numbers for each 100 ms."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.int16)
        self._parts, self._waiting = list[Samples](), 0
        self._power, self._loud = array("d"), array("d")  # of each 100 ms, full scale being 1
        self._clipped, self._total = 0, 0
        self._before = np.zeros(RATE)

    def feed(self, piece: Samples) -> None:
        self._parts.append(piece)
        self._waiting += len(piece)
        if self._waiting >= _BATCH:
            self._work()

    def sound(self) -> Sound:
        """The measures of everything that was fed."""
        self._work()
        steps = np.frombuffer(self._power, np.float64)
        levels = _db(steps)
        return Sound(
            rms=round(float(_db(steps.mean() if len(steps) else 0.0)), 1),
            loudness=self._loudness(),
            clipped=round(self._clipped / max(1, self._total), 5),
            noise=round(float(np.percentile(levels, 10)), 1) if len(levels) else _FLOOR,
            silent=round(float((levels < _SILENT).mean()), 3) if len(levels) else 1.0,
        )

    def waveform(self) -> bytes:
        """Loudness 0 to 255, relative to the loudest point; see `bot.media.contract.Opened`."""
        self._work()
        level = np.sqrt(np.frombuffer(self._power, np.float64))
        if not len(level):
            return b""
        each = -(-len(level) // _POINTS)
        points = np.maximum.reduceat(level, np.arange(0, len(level), each))
        loudest = max(float(points.max()), 10 ** (_SILENT / 20))
        return np.round(points / loudest * 255).astype(np.uint8).tobytes()

    def _work(self) -> None:
        whole = np.concatenate([self._rest, *self._parts])
        self._parts, self._waiting = [], 0
        end = len(whole) // _STEP * _STEP
        self._rest = whole[end:].copy()
        if end:
            self._clipped += _in_runs(np.abs(whole[:end].astype(np.int32)) >= _FULL)
            self._total += end
            signal = whole[:end] / 32_768.0
            self._power.extend((signal.reshape(-1, _STEP) ** 2).mean(axis=1))
            self._loud.extend((self._weighted(signal).reshape(-1, _STEP) ** 2).mean(axis=1))

    def _weighted(self, signal: NDArray[np.float64]) -> NDArray[np.float64]:
        """The signal as loud as people hear it. It is filtered among its frequencies, together with the second before it: by
        then the filters have forgotten what came earlier."""
        both = np.concatenate([self._before, signal])
        self._before = both[-RATE:]
        return np.fft.irfft(np.fft.rfft(both) * _gain(len(both)), len(both))[RATE:]

    def _loudness(self) -> float | None:
        """Integrated loudness by EBU R128: blocks of 400 ms, each 100 ms, with its two gates."""
        steps = np.frombuffer(self._loud, np.float64)
        if len(steps) < 4:
            return None
        blocks = np.convolve(steps, np.full(4, 0.25), "valid")
        blocks = blocks[_lufs(blocks) > -70.0]
        if not len(blocks):
            return None
        blocks = blocks[_lufs(blocks) > _lufs(blocks.mean()) - 10.0]
        return round(float(_lufs(blocks.mean())), 1)


def hints(sound: Sound) -> list[str]:
    """What could be better about it, and can be changed by whoever records."""
    quiet = sound.rms < _QUIET_RMS or (sound.loudness is not None and sound.loudness < _QUIET_LOUDNESS)
    noisy = sound.noise > _NOISE and sound.rms - sound.noise < _DISTANCE
    found = {"too_quiet": quiet, "clipped": sound.clipped > _CLIPPED, "noisy": noisy}
    return [code for code, there in found.items() if there]


def _in_runs(full: NDArray[np.bool_]) -> int:
    """How many of these are true in a row of at least `_RUN`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.view(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= _RUN].sum())


def _db(power: NDArray[np.float64] | np.float64 | float) -> NDArray[np.float64]:
    return 10 * np.log10(np.maximum(np.asarray(power, np.float64), 10 ** (_FLOOR / 10)))


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return _db(power) - 0.691
