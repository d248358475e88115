"""May these words count at once? Plain arithmetic on what the model said about itself and on the loudness of the sound.

A recording that can't be made out is never a bad answer: either nothing is made of it (`why`), or its words are shown to the
person first (`doubt`). Nothing here looks at how somebody speaks.
"""

from collections import Counter
from dataclasses import dataclass

from bot.speech.contract import Listened, Segment, Word

SHORTEST_MS = 400  # shorter than any answer: a slip of the finger
SPEECH_MS = 200  # less speech than a "yes" in the whole recording: the detector found a click or a breath
UNLIKELY = -1.0  # mean log-probability below which Whisper itself takes a segment for a failure
NOBODY = 0.6  # no-speech probability above which, if unlikely too, it takes a segment for none
REPEATS = 2.4  # compression above which it takes a text for going round in circles
UNSURE = 0.5  # a word is unsure below it
UNSURE_SHARE = 0.4  # with this share of them the sense may be another one
OTHER_LANGUAGE = 0.6  # how sure it must be of another language; below, an accent would be called one
OTHER_SPEECH_MS = 3_000  # and how much speech there must be: one word sounds alike in many languages
CLIPPED = 0.01  # share of samples at full scale; from a hundredth on consonants are lost
_GRAM, _GRAMS = 3, 5  # the same three words this often, and in half of the text, are the model's and not the person's
_GRAM_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """why: no words come of it (silence, too_short). doubt: they may be wrong (clipping, wrong_language, low_confidence,
    repetition). Both "" for words that count."""

    why: str = ""
    doubt: str = ""


def judge(heard: Listened, clipped: float = 0.0, language: str = "") -> Verdict:
    """What may be made of a recording. clipped: the share of its samples at full scale, 0 where that isn't known; language:
    the expected one, "" for any."""
    if heard.ms < SHORTEST_MS:
        return Verdict("too_short")
    spoken = sum(end - start for start, end in heard.speech)
    # Words without speech are invented: a model that hears silence likes to say "Thank you for watching".
    if spoken < SPEECH_MS or not heard.text.strip() or _nobody(heard.segments):
        return Verdict("silence")
    return Verdict(doubt=_doubt(heard, clipped, language, spoken))


def _doubt(heard: Listened, clipped: float, language: str, spoken: int) -> str:
    """The first reason that fits, the one that says most about what to do."""
    other = language and heard.language and heard.language != language
    if other and heard.language_sure > OTHER_LANGUAGE and spoken >= OTHER_SPEECH_MS:
        return "wrong_language"
    if _repeats(heard):
        return "repetition"
    unsure = _unsure(heard.segments, heard.words)
    if clipped >= CLIPPED and unsure:
        return "clipping"
    return "low_confidence" if unsure else ""


def _nobody(segments: tuple[Segment, ...]) -> bool:
    return bool(segments) and all(s.no_speech > NOBODY and s.logprob < UNLIKELY for s in segments)


def _repeats(heard: Listened) -> bool:
    if any(s.compression > REPEATS for s in heard.segments):
        return True
    words = [w.strip(".,;:!?").casefold() for w in heard.text.split()]
    grams = Counter(zip(words, words[1:], words[2:], strict=False))
    many = max(grams.values(), default=0)
    return many >= _GRAMS and many * _GRAM >= _GRAM_SHARE * len(words)


def _unsure(segments: tuple[Segment, ...], words: tuple[Word, ...]) -> bool:
    """Is too much of it a guess? Segments count by their length, so that one mumbled word is no reason."""
    length = sum(max(1, s.end - s.start) for s in segments)
    mean = sum(s.logprob * max(1, s.end - s.start) for s in segments) / length if length else 0.0
    guessed = sum(w.sure < UNSURE for w in words)
    return mean < UNLIKELY or (bool(words) and guessed / len(words) >= UNSURE_SHARE)
