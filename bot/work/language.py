"""Which language an answer is written in. A guess that is not safe is no guess: short texts give None."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, cast

from flows.rating.text import scorer_copy, words

MIN_WORDS = 8
MIN_CHARS = 24  # for scripts that count a character as a word
MIN_PROBABILITY = 0.8

# Languages people are interviewed in. The full list of the model invents Latin and Volapük from chat English.
_KNOWN = (
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip


class _Identifier(Protocol):
    labels: list[str]

    def set_languages(self, langs: Sequence[str]) -> None: ...
    def classify(self, instance: str) -> tuple[str, float]: ...


def _load() -> _Identifier:
    # Imported where it is needed: it brings numpy along, which would double the time that Parley takes to start.
    from py3langid.langid import (  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
        MODEL_FILE,
        LanguageIdentifier,
    )

    loaded = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # pyright: ignore[reportUnknownMemberType]
    return cast(_Identifier, loaded)


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(_load().labels)


@lru_cache(maxsize=16)
def _identifier(languages: tuple[str, ...]) -> _Identifier:
    """The model, restricted; loading it takes about a tenth of a second, once per set of languages."""
    identifier = _load()
    identifier.set_languages(languages)
    return identifier


def load() -> None:
    """Load the model now, which takes some tenths of a second: for a thread, ahead of the first answer."""
    _identifier(_KNOWN)
    _labels()


def detect(text: str, languages: Sequence[str]) -> str | None:
    """The ISO 639-1 code of the language, or None where it can't be told.

    `languages`: those of the kit. A longer text is compared with all known languages, so that one outside the kit is
    recognised. A short or doubtful one is only told apart among the kit's own, and only where the kit has several.
    """
    clean = scorer_copy(text)[0]
    count, own = len(words(clean)), tuple(sorted({c for c in languages if c in _labels()}))
    if count >= MIN_WORDS and len(clean) >= MIN_CHARS:
        code, probability = _identifier(tuple(sorted({*_KNOWN, *own}))).classify(clean)
        if probability >= MIN_PROBABILITY:
            return code
    if count < 3 or len(own) < 2:
        return None
    code, probability = _identifier(own).classify(clean)
    return code if probability >= MIN_PROBABILITY else None
