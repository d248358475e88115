"""Which parts of a sound are listened to, and the model's view of them: the same in pieces as in one."""

import itertools
from importlib import import_module
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.detector import FRAME, Detector
from bot.speech.windows import Places, cut, heard
from bot.speech.wire import RATE
from tests.bot.speech.test_ear import detected, floats, pause
from tests.speech_model import beeping, sentence


def test_who_speaks_when_is_the_same_in_windows_as_in_one():
    made = b"".join(beeping(sentence(n)).tobytes() + pause(300 + 97 * n) for n in range(20))  # 72 s
    sound, whole = floats(made), detected(made)
    assert len(whole) > 10
    assert Detector().speech(sound) == whole
    detector, found, begin = Detector(), list[tuple[int, int]](), 0
    for n in (3, 12):
        end = (whole[n][1] + whole[n + 1][0]) // 2 // FRAME * FRAME
        window = sound[begin : end + 5 * RATE]
        found += [(begin + s, begin + e) for s, e in detector.speech(window) if begin + s < end]
        detector.next_at(window, end - begin)
        begin = end
    found += [(begin + s, begin + e) for s, e in detector.speech(sound[begin:])]
    assert found == whole


def test_features_made_piece_by_piece_are_those_of_the_library():
    from bot.speech.features import Sparing

    library: Any = import_module("faster_whisper.feature_extractor")

    sound = floats(beeping(sentence(123456) * 30).tobytes())  # 72 s: three pieces
    assert np.allclose(Sparing()(sound), library.FeatureExtractor()(sound), atol=1e-4)


def _stretches(steps: list[int]) -> list[tuple[int, int]]:
    edges = [sum(steps[: n + 1]) for n in range(len(steps))]
    return list(zip(edges[::2], edges[1::2], strict=False))


@given(st.lists(st.integers(1, 40 * RATE), max_size=40).map(_stretches), st.integers(0, 60 * RATE))
def test_a_cut_is_never_in_the_middle_of_speech_and_all_of_it_is_heard(speech: list[tuple[int, int]], more: int):
    length = max((e for _, e in speech), default=0) + more
    at = cut(speech, length)
    if at is not None:
        assert length - 60 * RATE <= at <= length
        assert not any(s < at < e for s, e in speech)
    parts = heard(speech, length)
    assert all(any(a <= s and e <= b for a, b in parts) for s, e in speech)
    assert all(b < c for (_, b), (c, _) in itertools.pairwise(parts))
    places, joined = Places(parts), 0
    for start, end in parts:
        middle = (joined + (end - start) / 2) / RATE
        assert abs(places.ms(middle, middle) - (start + end) * 500 / RATE) <= 1
        joined += end - start
