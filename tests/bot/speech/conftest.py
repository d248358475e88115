"""The tiny model that the tests listen with, and a process that holds it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.speech.ear import LocalEar
from bot.speech.models import Model
from tests import speech_model

REAL = "PARLEY_WHISPER_MODEL"  # the folder of a real model, where there is one


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """What only a real model can hear is asked only where there is one."""
    return True if collection_path.name == "test_accuracy.py" and not os.environ.get(REAL) else None


@pytest.fixture(scope="session")
def beeps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that hears the words of `speech_model.beeping`."""
    return speech_model.build(tmp_path_factory.mktemp("models") / "beeps")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(beeps: Path) -> AsyncIterator[LocalEar]:
    """One process for a whole file. Windows are short, so that a sound of half a minute is read in two."""
    made = LocalEar(Model("beeps", beeps), 1, 1, window=20_000)
    try:
        yield made
    finally:
        await made.stop()
