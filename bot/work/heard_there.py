"""What a transcription server answers, as words and segments with times."""

from typing import Any, cast

from bot.speech.contract import Segment, Word

# Whisper servers answer with the English name of a language, others with its code.
_NAMED = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "indonesian": "id",
    "italian": "it", "japanese": "ja", "korean": "ko", "norwegian": "no", "polish": "pl", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "slovak": "sk", "spanish": "es", "swedish": "sv", "thai": "th", "turkish": "tr",
    "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip
LANGUAGES = {**_NAMED, **{code: code for code in _NAMED.values()}}
_LIKELY = 0.9  # a server doesn't say how sure it is of a word


def gathered(answer: dict[str, Any], at: int, length: int) -> tuple[list[Segment], list[Word]]:
    """The segments and words of a piece that begins at `at` and is `length` long (ms). No words: it has none with times."""
    segments = [_segment(s, at, length) for s in _entries(answer.get("segments"))]
    text = _text(answer.get("text"))
    if not segments and text:
        segments = [Segment(at, at + length, text, 0.0, 0.0, 1.0)]
    words: list[Word] = []
    for w in _entries(answer.get("words")):
        start, end = _within(w.get("start"), length), _within(w.get("end"), length)
        if said := _text(w.get("word")):
            words.append(Word(said, at + start, at + max(start, end), _LIKELY))
    return segments, words


def spread(segments: list[Segment]) -> list[Word]:
    """Words of segments, each as long as its letters say."""
    words: list[Word] = []
    for s in segments:
        said = s.text.split()
        letters, done = sum(map(len, said)), 0
        for word in said:
            start = s.start + (s.end - s.start) * done // letters
            done += len(word)
            words.append(Word(word, start, s.start + (s.end - s.start) * done // letters, _LIKELY))
    return words


def _segment(s: dict[str, Any], at: int, length: int) -> Segment:
    start, end = _within(s.get("start"), length), _within(s.get("end"), length)
    about = (_number(s.get("avg_logprob"), 0.0), _number(s.get("no_speech_prob"), 0.0))
    return Segment(
        at + start, at + max(start, end), _text(s.get("text")), *about, _number(s.get("compression_ratio"), 1.0)
    )


def _entries(value: Any) -> list[dict[str, Any]]:
    found: list[Any] = cast("list[Any]", value) if isinstance(value, list) else []
    return [entry for entry in found if isinstance(entry, dict)]


def _text(value: Any) -> str:
    """What can be stored and shown: of a sign that came in half a question mark is left."""
    return value.encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""


def _within(seconds: Any, length: int) -> int:
    """A time of the server in ms, inside of its piece."""
    return min(length, max(0, round(_number(seconds, 0.0) * 1000)))


def _number(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and value == value and abs(value) < 1e6 else otherwise
