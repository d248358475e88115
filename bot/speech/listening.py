# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (faster-whisper comes without types.)
"""Listening to one window of a sound, in a process of its own: who speaks when, and what is said.

Windows are not read several at a time (faster-whisper's batches): that takes three times the memory, and what a person
waits for is a note of a minute or two, which is hardly longer than one batch.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from bot.speech.detector import FRAME, Detector
from bot.speech.features import Samples, Sparing
from bot.speech.windows import Places, Stretch, cut, heard
from bot.speech.wire import RATE, Window

_SURE = 0.6  # from here on the sound decides which language it is, and not what was expected
# The usual ladder of six temperatures takes minutes on a sound that the model can't make out; two are enough to say so.
_OPTIONS: dict[str, Any] = {
    "beam_size": 5, "temperature": [0.0, 0.4], "max_new_tokens": 160, "word_timestamps": True,
    "condition_on_previous_text": False, "vad_filter": False,
}  # fmt: skip
_QUIET = RATE // 10  # without a pause the cut is made at the quietest tenth of a second
_TAIL = 20 * RATE


class Listener:
    """A loaded model. threads: 0 for all processors."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        kwargs: dict[str, Any] = self._model.feat_kwargs
        self._model.feature_extractor = Sparing(**kwargs)
        there, wanted = self._model.feature_extractor.mel_filters.shape[0], int(self._model.model.n_mels)
        if there != wanted:
            raise ValueError(f"preprocessor_config.json is missing or wrong: the model wants {wanted} bands")

    def window(
        self, sound: Samples, more: bool, detector: Detector, language: str, told: Callable[[int], None]
    ) -> Window:
        """What is said in a window. more: the sound goes on behind it, so that a part of it may be left for the next one.
        detector: that of this sound. told(ms): how far we are."""
        speech = detector.speech(sound)
        end = len(sound)
        if more:
            end = (cut(speech, len(sound)) or _quietest(sound)) // FRAME * FRAME  # whole ms too
            speech = [(s, min(e, end)) for s, e in speech if s < end]
            detector.next_at(sound, end)
        found = Window(bytes=end * 2, speech=[(_ms(s), _ms(e)) for s, e in speech], segments=[], words=[],
                       language="", language_sure=0.0)  # fmt: skip
        if speech:
            self._read(sound, heard(speech, end), language, found, told)
        return found

    def _read(
        self, sound: Samples, parts: list[Stretch], language: str, found: Window, told: Callable[[int], None]
    ) -> None:
        places = Places(parts)
        joined = np.concatenate([sound[s:e] for s, e in parts])
        segments, info = self._model.transcribe(joined, **_OPTIONS)
        if language and info.language != language and info.language_probability < _SURE:
            segments, _ = self._model.transcribe(joined, language=language, **_OPTIONS)
            found["language"], found["language_sure"] = language, 1 - float(info.language_probability)
        else:
            found["language"], found["language_sure"] = info.language, float(info.language_probability)
        for s in segments:
            middle = (s.start + s.end) / 2
            start, end = places.ms(s.start, s.start), places.ms(s.end, middle)
            text = s.text.strip()
            if not text:
                continue
            found["segments"].append(
                (start, max(start, end), text, round(s.avg_logprob, 3), round(s.no_speech_prob, 3),
                 round(s.compression_ratio, 3))
            )  # fmt: skip
            for w in s.words or ():
                if w.word.strip():
                    middle = (w.start + w.end) / 2
                    times = (places.ms(w.start, middle), places.ms(w.end, middle))
                    found["words"].append((w.word.strip(), *times, round(float(w.probability), 3)))
            told(end)


def _ms(samples: int) -> int:
    return round(samples * 1000 / RATE)


def _quietest(sound: Samples) -> int:
    """The middle of the quietest moment near the end."""
    begin = len(sound) - min(_TAIL, len(sound) // 2)
    tail = sound[begin : begin + (len(sound) - begin) // _QUIET * _QUIET].reshape(-1, _QUIET)
    return begin + int(np.argmin((tail * tail).sum(axis=1))) * _QUIET + _QUIET // 2
