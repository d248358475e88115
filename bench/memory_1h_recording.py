"""What a process that listens holds while it hears an hour, beside what it holds with its model loaded.

The model has *base* dimensions and random weights. It ends each window at once, since memory is what is measured: how it
grows from the first ten minutes to the last.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import common
import psutil
import whisper_base

from bot.speech.ear import LocalEar, Patience
from bot.speech.models import Model

MINUTES = 60
AIM_MB = 300


def main() -> None:
    with common.folder() as home:
        asyncio.run(_main(whisper_base.build(home / "base", short=True)))


async def _main(folder: Path) -> None:
    ear = LocalEar(Model("base", folder), 1, 0, Patience(silence=3600, base=36_000))
    minute, peaks = whisper_base.speech(60.0), [0.0]
    try:
        await ear.listen(_minutes(minute, 0), 1000)
        process = psutil.Process(ear.pids[0])
        loaded = process.memory_info().rss / 1e6

        async def report(part: float) -> None:
            peaks.append(process.memory_info().rss / 1e6)

        watching = asyncio.create_task(_watch(process, peaks))
        await ear.listen(_minutes(minute, MINUTES), MINUTES * 60_000, "en", report)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    finally:
        await ear.stop()
    common.context(
        "memory_1h_recording", loaded_mb=loaded, at_ends_of_windows_mb=peaks[1:][:: max(1, len(peaks) // 12)]
    )
    peak = max(peaks)
    common.Figure(
        "memory_1h_recording", peak, "MB at most", "the same process with its model loaded, MB", loaded,
        f"under {AIM_MB} MB above the model", peak - loaded < AIM_MB,
    ).print()  # fmt: skip


async def _minutes(minute: bytes, many: int) -> AsyncIterator[bytes]:
    yield minute[:32_000]
    for _ in range(many):
        yield minute


async def _watch(process: psutil.Process, peaks: list[float]) -> None:
    while True:
        peaks.append(process.memory_info().rss / 1e6)
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
