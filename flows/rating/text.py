"""Text as the scorers see it: the one module to import from. Sentences, folded words, a clean copy, stems.

Offsets are indices into the Python string that was passed in, so `text[s.start:s.end] == s.text` always holds.
"""

from functools import lru_cache
from typing import Protocol

from flows.rating.characters import Hidden, Word, contains, display, folded, grams, locate, scorer_copy, unseen, words
from flows.rating.sentences import Sentence, sentences
from flows.rating.stopwords import STOPWORDS

__all__ = [
    "Hidden",
    "Sentence",
    "Word",
    "contains",
    "content_of",
    "content_stems",
    "display",
    "folded",
    "grams",
    "load",
    "locate",
    "scorer_copy",
    "sentences",
    "stem",
    "unseen",
    "words",
]


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...


def _stemmer(name: str) -> _Stemmer:
    # Imported when the first word is stemmed: it brings thirty languages, a tenth of Parley's time to start.
    import snowballstemmer  # pyright: ignore[reportMissingTypeStubs] - the package ships no types

    return snowballstemmer.stemmer(name)  # pyright: ignore[reportUnknownMemberType] - the package ships no types


_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip


def load(language: str = "en") -> None:
    """Load the stemmers now, which takes some tenths of a second: for a thread, ahead of the first word."""
    stem("words", language)


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of one folded word; the word itself in a language without a stemmer. Cached: stemming is the slow part."""
    if language not in _SNOWBALL or not word.isalpha():
        return word
    # A new one each time (it costs under a microsecond): a stemmer keeps the word it works on, so threads can't share.
    return _stemmer(_SNOWBALL[language]).stemWord(word)


def content_stems(text: str, language: str) -> frozenset[str]:
    """The stems of the words that carry meaning. Stopwords are known for English and German; numbers count."""
    return content_of(folded(text), language)


def content_of(tokens: tuple[str, ...], language: str) -> frozenset[str]:
    """The same for a text that is folded already."""
    stop = STOPWORDS.get(language, frozenset())
    return frozenset([stem(w, language) for w in tokens if w not in stop])
