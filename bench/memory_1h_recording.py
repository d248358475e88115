"""What an hour's recording takes in memory, beside ten minutes of the same, on the way that a server takes with it.

A file arrives, is opened in one child process, made anew and kept, and is listened to in another. Each of the three (the
server, what opens, what listens) is watched by itself; the figure is what all of them have at most above what they had with
the model loaded. The model has *base* dimensions and random weights, and writes nothing: memory is what is measured.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import common
import psutil
import whisper_base

from bot.media.media import Media
from bot.settings import Settings
from bot.speech.ear import LocalEar, Patience
from bot.speech.models import Model
from tests import speech_model

MINUTES, SHORT = 60, 10
AIM_MB, FLAT = 300, 1.25  # flat: an hour takes at most that much more than ten minutes
_LIMIT = 200_000_000
Figures = dict[str, float]


def main() -> None:
    with common.folder() as home:
        asyncio.run(_main(home, speech_model.build(home / "model", "there was an outage and we mended it")))


async def _main(home: Path, folder: Path) -> None:
    media = Media.at(Settings(home=home))
    ear = LocalEar(Model("tiny", folder), 1, 0, Patience(silence=600, base=3600))
    await media.start()
    try:
        await _heard(media, ear, _file(home, 1), 1)  # what is loaded once
        idle = _now(ear)
        short, short_s = await _watched(media, ear, home, SHORT)
        long, long_s = await _watched(media, ear, home, MINUTES)
    finally:
        await ear.stop()
        await media.stop()
    above, above_short = _above(long, idle), _above(short, idle)
    common.context(
        "memory_1h_recording", idle_mb=idle, ten_minutes_mb=short, hour_mb=long, ten_minutes_s=short_s, hour_s=long_s
    )
    met = above < AIM_MB and above <= max(above_short * FLAT, above_short + 20)
    common.Figure(
        "memory_1h_recording", above, "MB above the loaded model", f"{SHORT} minutes of the same", above_short,
        f"flat, under {AIM_MB} MB", met,
    ).print()  # fmt: skip


async def _watched(media: Media, ear: LocalEar, home: Path, minutes: int) -> tuple[Figures, float]:
    """The most that each process has while a recording is dealt with, MB; and the seconds."""
    most: Figures = {}

    async def watch() -> None:
        while True:
            for who, size in _now(ear).items():
                most[who] = max(most.get(who, 0.0), size)
            await asyncio.sleep(0.1)

    file, began = _file(home, minutes), perf_counter()
    watching = asyncio.create_task(watch())
    await _heard(media, ear, file, minutes)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return most, perf_counter() - began


async def _heard(media: Media, ear: LocalEar, file: Path, minutes: int) -> None:
    """Opened and listened to at the same time, as a worker does."""
    longest = (MINUTES + 5) * 60_000
    arrived = await media.receive(_pieces(file), _LIMIT)
    listening = asyncio.create_task(ear.listen(media.sound(arrived, longest), minutes * 60_000, "en"))
    await media.open(arrived, "p_1", video=False, longest_ms=longest)
    heard = await listening
    await media.discard(arrived)
    if not heard.speech or heard.speech[-1][1] < minutes * 60_000 * 0.98:
        raise SystemExit("not all of it was listened to")


def _file(home: Path, minutes: int) -> Path:
    """A recording as phones make them: Opus, of the same minute again and again."""
    minute, made = home / "minute.wav", home / f"{minutes}.ogg"
    minute.write_bytes(speech_model.wav(whisper_base.speech(60.0)))
    command = ["ffmpeg", "-v", "error", "-y", "-stream_loop", str(minutes - 1), "-i", str(minute)]
    command += ["-c:a", "libopus", "-b:a", "32k", "-compression_level", "0", str(made)]
    subprocess.run(command, check=True)
    return made


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(262_144):
            yield piece


def _now(ear: LocalEar) -> Figures:
    """MB that are resident: of this process, of what listens, and of what opens."""
    own = psutil.Process()
    found = {"server": own.memory_info().rss / 1e6, "listening": 0.0, "opening": 0.0}
    for child in own.children(recursive=True):
        try:
            found["listening" if child.pid in ear.pids else "opening"] += child.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            continue
    return found


def _above(most: Figures, idle: Figures) -> float:
    return sum(size - idle[who] for who, size in most.items())


if __name__ == "__main__":
    main()
