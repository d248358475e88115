"""Is an answer about its question at all? Told by the words they share, or by sentence embeddings where there are any.

People tell of their own work without repeating the question, so what the question is looking for (its purpose, the
indicators and the phrasings that show them) counts as its topic too, and an answer that shows an indicator is never off it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import sqrt

from flows.kits.model import Competency, Question
from flows.rating.stopwords import STOPWORDS
from flows.rating.text import folded, stem

OFF_TOPIC = 0.15  # a cosine below this, and nothing else in common

# Cosines between sentences, by position: (texts, texts) -> one row for each of the first. Deterministic, -1 to 1.
Near = Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[float]]]


def off_topic(
    question: Question, competency: Competency, keys: Sequence[str], sentences: Sequence[str], language: str,
    near: Near | None = None,
) -> bool:  # fmt: skip
    """Is no sentence of the answer near the question, nor near anything that the question looks for?"""
    indicators = [competency.indicators[key] for key in keys]
    wanted = [question.ask, question.purpose, *question.probes.values(), *(i.text for i in indicators)]
    if not sentences:
        return False
    if near is not None:
        return max(max(row) for row in near(sentences, wanted)) < OFF_TOPIC
    cues = [cue for i in indicators for cue in i.cues]
    clarified = [text for c in question.clarifications for text in (c.asks, c.say)]
    topic = _terms([*wanted, *cues, *clarified], language)
    said = _terms(sentences, language)
    return max(cosine(said, topic), cosine(said, _terms([question.ask], language))) < OFF_TOPIC


def _terms(texts: Sequence[str], language: str) -> Counter[str]:
    stop = STOPWORDS.get(language, frozenset())
    return Counter(stem(w, language) for text in texts for w in folded(text) if w not in stop)


def cosine(a: Counter[str], b: Counter[str]) -> float:
    """The cosine of two bags of words, 0 to 1; 0 where one is empty."""
    dot = sum(n * b[term] for term, n in a.items())
    size = sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    return dot / size if size else 0.0
