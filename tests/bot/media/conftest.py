from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.media.media import Media
from bot.settings import Settings
from tests.bot.media.recordings import ffmpeg, speech


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same speech as voice.wav, voice.ogg (Opus) and film.mp4 (with a moving picture)."""
    folder = tmp_path_factory.mktemp("voice")
    wav = speech(folder / "voice.wav")
    ffmpeg("-i", wav, "-c:a", "libopus", folder / "voice.ogg")
    picture = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=5", "-i", wav, "-shortest", "-pix_fmt", "yuv420p")
    tags = ("-metadata", "title=Ada Lovelace", "-metadata", "location=+51.5-000.1/")
    ffmpeg(*picture, *tags, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", folder / "film.mp4")
    return folder


@pytest.fixture
async def media(tmp_path: Path) -> AsyncIterator[Media]:
    media = Media.at(Settings(home=tmp_path))
    yield media
    await media.stop()
