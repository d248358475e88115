"""Recordings to test with, made by espeak-ng and ffmpeg, and a media store in a folder of the test's own."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

from bot.media.contract import Arrived, MediaProblem, Opened
from bot.media.media import Media

TEXT = "I told her so and sent a new one the same day. Then I asked what had happened."
LONGEST = 60_000  # ms
MEGABYTE = 1_000_000


def ffmpeg(*words: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, words)], check=True, stdin=subprocess.DEVNULL)


def speech(to: Path) -> Path:
    """About five seconds of somebody speaking, as WAV."""
    subprocess.run(["espeak-ng", "-w", str(to), TEXT], check=True)
    return to


def contents(file: Path) -> bytes:
    return file.read_bytes()


async def pieces(data: bytes, each: int = 10_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), each):
        yield data[at : at + each]


async def arrive(media: Media, file: Path) -> Arrived:
    return await media.receive(pieces(contents(file)), 100 * MEGABYTE)


async def opened(media: Media, file: Path, subject: str = "p_1", video: bool = True) -> Opened:
    """What becomes of a file that somebody sent."""
    arrived = await arrive(media, file)
    try:
        return await media.open(arrived, subject, video=video, longest_ms=LONGEST)
    finally:
        await media.discard(arrived)


async def why(media: Media, file: Path) -> tuple[str, tuple[float, ...]]:
    """Why it isn't opened, and why its sound isn't given; they must say the same."""

    async def heard(arrived: Arrived) -> None:
        async with aclosing(media.sound(arrived, LONGEST)) as sound:
            async for _ in sound:
                pass

    arrived = await arrive(media, file)
    both = await asyncio.gather(
        media.open(arrived, "p_1", video=True, longest_ms=LONGEST), heard(arrived), return_exceptions=True
    )
    await media.discard(arrived)
    for problem in both:
        assert isinstance(problem, MediaProblem), problem
    reasons = {(p.why, p.figures) for p in both if isinstance(p, MediaProblem)}
    assert len(reasons) == 1, reasons
    return reasons.pop()
