# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# (faster-whisper comes without types.)
"""The model's view of a sound, made piece by piece: all at once, ten minutes of it take half a gigabyte."""

from typing import Any

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

_FRAMES = 3000  # of one piece: half a minute
Samples = np.ndarray[Any, np.dtype[np.float32]]


class Sparing(FeatureExtractor):
    """The same features as faster-whisper's own."""

    def __call__(self, waveform: Samples, padding: int = 160, chunk_length: int | None = None) -> Samples:
        if chunk_length is not None:
            self.n_samples = chunk_length * self.sampling_rate
            self.nb_max_frames = self.n_samples // self.hop_length
        half, hop = self.n_fft // 2, self.hop_length
        sound = np.pad(np.pad(waveform, (0, padding)), (half, half), mode="reflect")
        frames = (len(sound) - self.n_fft) // hop
        shape = np.hanning(self.n_fft + 1)[:-1].astype(np.float32)
        out = np.empty((self.mel_filters.shape[0], frames), np.float32)
        for first in range(0, frames, _FRAMES):
            last = min(first + _FRAMES, frames)
            rows = np.lib.stride_tricks.sliding_window_view(sound, self.n_fft)[first * hop : last * hop : hop]
            power = np.abs(np.fft.rfft(rows[: last - first] * shape).astype(np.complex64)) ** 2
            out[:, first:last] = np.log10(np.clip(self.mel_filters @ power.T, 1e-10, None))
        np.maximum(out, out.max() - 8.0, out=out)
        out += 4.0
        out /= 4.0
        return out
