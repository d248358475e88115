"""Draws that anybody can repeat: the same seed gives the same figures, on every machine."""

import random
from collections.abc import Iterator


def resamples(rows: int, times: int, seed: int) -> Iterator[list[int]]:
    """`times` bootstrap resamples of `rows` positions, with replacement."""
    chance = random.Random(seed)  # noqa: S311 - statistics, not secrets
    for _ in range(times):
        yield [chance.randrange(rows) for _ in range(rows)]


def sample(rows: int, count: int, seed: int) -> list[int]:
    """`count` different positions out of `rows`."""
    return random.Random(seed).sample(range(rows), count)  # noqa: S311 - statistics, not secrets


def folds(rows: int, parts: int, seed: int) -> list[list[int]]:
    """A partition of the positions into `parts` of nearly the same size."""
    order = sample(rows, rows, seed)
    return [order[part::parts] for part in range(min(parts, rows))]
