"""May words count: the table of reasons, on what a model says about itself."""

from dataclasses import replace

import pytest

from bot.speech.contract import Listened, Segment, Word
from bot.speech.gates import Verdict, judge

TEXT = "we moved the queue first because it held everybody up"
WORDS = tuple(Word(w, 400 * n, 400 * n + 400, 0.9) for n, w in enumerate(TEXT.split()))
GOOD = Listened(TEXT, WORDS, (Segment(0, 4000, TEXT, -0.3, 0.1, 1.2),), ((0, 4000),), "en", 0.95, 4200, "any")
FINE, LOUD = 0.0, 0.05
ROUND = "thank you for watching " * 12
OTHER = replace(GOOD, language="es", language_sure=0.9)


def segment(**about: float) -> Listened:
    return replace(GOOD, segments=(replace(GOOD.segments[0], **about),))


def unsure(many: int) -> Listened:
    return replace(GOOD, words=tuple(replace(w, sure=0.3 if n < many else 0.9) for n, w in enumerate(WORDS)))


@pytest.mark.parametrize(
    ("heard", "clipped", "language", "why", "doubt"),
    [
        (GOOD, FINE, "en", "", ""),
        (GOOD, FINE, "", "", ""),
        (replace(GOOD, ms=300), FINE, "en", "too_short", ""),
        (replace(GOOD, speech=()), FINE, "en", "silence", ""),  # words without speech are the model's own
        (replace(GOOD, speech=((0, 120),)), FINE, "en", "silence", ""),
        (replace(GOOD, text=" ", words=(), segments=()), FINE, "en", "silence", ""),
        (segment(no_speech=0.9, logprob=-1.4), FINE, "en", "silence", ""),
        (segment(no_speech=0.9), FINE, "en", "", ""),  # sure of its words, so somebody spoke
        (segment(logprob=-1.2), FINE, "en", "", "low_confidence"),
        (segment(logprob=-1.2), LOUD, "en", "", "clipping"),
        (GOOD, LOUD, "en", "", ""),  # distorted, and understood all the same
        (unsure(2), FINE, "en", "", ""),
        (unsure(5), FINE, "en", "", "low_confidence"),
        (segment(compression=2.6), FINE, "en", "", "repetition"),
        (replace(GOOD, text=ROUND), FINE, "en", "", "repetition"),
        (replace(GOOD, text="very, very, very, very, very good, I thought, and so did they all"), FINE, "en", "", ""),
        (OTHER, FINE, "en", "", "wrong_language"),
        (OTHER, FINE, "", "", ""),  # any language is fine
        (replace(OTHER, language_sure=0.5), FINE, "en", "", ""),  # an accent is no other language
        (replace(OTHER, speech=((0, 900),)), FINE, "en", "", ""),  # one word sounds alike in many
    ],
)
def test_what_is_made_of_a_recording(heard: Listened, clipped: float, language: str, why: str, doubt: str):
    assert judge(heard, clipped, language) == Verdict(why, doubt)


def test_one_mumbled_segment_among_many_is_no_reason():
    mumbled = Segment(4000, 4400, "hm", -2.5, 0.1, 1.0)
    assert judge(replace(GOOD, segments=(*GOOD.segments, mumbled)), FINE, "en") == Verdict()
