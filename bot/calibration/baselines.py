"""What every scorer is printed beside: the length of an answer, and TF-IDF. If it isn't better, it understands nothing."""

import math
from collections import Counter
from collections.abc import Sequence

from bot.calibration.scorers import acts
from flows.rating.text import content_of, folded, sentences

Vector = dict[str, float]


def lengths(answers: Sequence[str]) -> list[float]:
    """How many words each answer has."""
    return [float(len(folded(a))) for a in answers]


def tf_idf(answers: Sequence[str], references: Sequence[str], lang: str) -> list[float]:
    """For each answer: the best cosine per reference sentence, averaged. Weights come from these sentences alone."""
    wanted = [_stems(text, lang) for text in acts(references, lang)]
    said = [[_stems(s.text, lang) for s in sentences(a)] for a in answers]
    documents = [set(line) for lines in (*said, wanted) for line in lines]
    seen = Counter(word for document in documents for word in document)
    rare = {word: math.log((1 + len(documents)) / (1 + n)) + 1 for word, n in seen.items()}
    points = [_vector(line, rare) for line in wanted]
    return [_cover(points, [_vector(line, rare) for line in lines]) for lines in said]


def _stems(text: str, lang: str) -> list[str]:
    return sorted(content_of(folded(text), lang))


def _vector(stems: Sequence[str], rare: dict[str, float]) -> Vector:
    vector = {word: n * rare[word] for word, n in Counter(stems).items()}
    size = math.sqrt(sum(x * x for x in vector.values()))
    return {word: x / size for word, x in vector.items()} if size else {}


def _cover(points: Sequence[Vector], lines: Sequence[Vector]) -> float:
    best = (max((_cosine(p, line) for line in lines), default=0.0) for p in points)
    return sum(best) / len(points) if points else 0.0


def _cosine(a: Vector, b: Vector) -> float:
    return sum(x * b.get(word, 0.0) for word, x in a.items())
