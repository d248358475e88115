"""The tiny models that the tests listen with, written once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.speech.ear import LocalEar
from bot.speech.models import Model
from tests import speech_model

SCRIPT = "I led the move to the new queue and it took us two weeks"


@pytest.fixture(scope="session")
def beeps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that hears the words of `speech_model.beeping`."""
    return speech_model.build(tmp_path_factory.mktemp("models") / "beeps")


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that hears SCRIPT in everything."""
    return speech_model.build(tmp_path_factory.mktemp("models") / "scripted", SCRIPT)


@pytest.fixture
async def ear(beeps: Path) -> AsyncIterator[LocalEar]:
    made = LocalEar(Model("beeps", beeps), 1, 1)
    try:
        yield made
    finally:
        await made.stop()
