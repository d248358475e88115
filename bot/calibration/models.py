"""What is measured: a model behind any OpenAI-compatible `base_url`, or matching, with or without embeddings."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.calibration.files import CalibrationProblem
from bot.calibration.scorers import Matching, Modelled, Scorer
from bot.doctor_embeddings import missing
from flows.rating.topic import Near

if TYPE_CHECKING:
    from bot.work.assess import Assessor


@asynccontextmanager
async def reached(base_url: str, model: str, key: str, seed: int = 0) -> "AsyncGenerator[Assessor]":
    """Our own client and protocol around a model; it is closed at the end."""
    from bot.work.assess import Assessor  # brings the SDK along

    # A bench is one long "interview": the token budget is per card, and so stays the usual one.
    assessor = Assessor(base_url, key or "none", model, seed=seed)
    try:
        yield assessor
    finally:
        await assessor.aclose()


def embeddings(folder: str) -> Near | None:
    """Cosines by the sentence embeddings in a folder; None for no folder. `CalibrationProblem` if a part is missing."""
    if not folder:
        return None
    from bot.work.embeddings import Embeddings  # reads numpy

    if gone := missing(folder):
        raise CalibrationProblem(f"The embeddings in {folder} lack {', '.join(gone)}.")
    return Embeddings(folder).near


@asynccontextmanager
async def scorer(
    base_url: str, model: str, key: str, seed: int = 0, near: Near | None = None
) -> AsyncGenerator[Scorer]:  # fmt: skip
    """The model as something to be measured; without a `base_url` the evidence map."""
    if not base_url:
        yield Matching(near)
        return
    async with reached(base_url, model, key, seed) as assessor:
        yield Modelled(assessor)
