"""How fast recordings are heard, beside bare faster-whisper on the same decoded sound in the same run.

The model has *base* dimensions and random weights. Loading is excluded on both sides; ours goes through the process, the
voice detection and the windows that a server uses. The two take turns, so that a busy machine disturbs both alike.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import common
import whisper_base

from bot.speech.ear import LocalEar
from bot.speech.models import Model

SECONDS, ROUNDS = (30.0, 60.0), 2
OPTIONS: dict[str, Any] = {
    "beam_size": 5, "temperature": [0.0, 0.4], "max_new_tokens": 160, "word_timestamps": True,
    "condition_on_previous_text": False, "vad_filter": True, "vad_parameters": {"min_silence_duration_ms": 500},
}  # fmt: skip


def main() -> None:
    with common.folder() as home:
        asyncio.run(_main(whisper_base.build(home / "base")))


async def _main(folder: Path) -> None:
    import numpy as np
    from faster_whisper import WhisperModel

    threads = os.cpu_count() or 1
    bare = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    ear = LocalEar(Model("base", folder), 1, threads)
    sounds = [whisper_base.speech(s) for s in SECONDS]
    ours, theirs = [], []
    try:
        await ear.listen(_pieces(sounds[0][:64_000]), 2_000)  # loaded, and warm
        list(bare.transcribe(np.zeros(32_000, np.float32), **OPTIONS)[0])
        for _ in range(ROUNDS):
            for sound in sounds:
                began = perf_counter()
                samples = np.frombuffer(sound, "<i2").astype(np.float32) / 32768
                list(bare.transcribe(samples, **OPTIONS)[0])
                between = perf_counter()
                await ear.listen(_pieces(sound), len(sound) // 32)
                theirs.append(between - began)
                ours.append(perf_counter() - between)
    finally:
        await ear.stop()
    common.context("transcribe", files_s=SECONDS, rounds=ROUNDS, threads=threads, ours_s=ours, bare_s=theirs)
    ratio = median(b / o for b, o in zip(theirs, ours, strict=True))
    heard = sum(SECONDS) * ROUNDS
    bare_speed = heard / sum(theirs)
    baseline = "bare faster-whisper, same sound and model"
    common.Figure(
        "transcribe",
        bare_speed * ratio,
        "seconds heard a second",
        baseline,
        bare_speed,
        "a ratio of 0.95",
        ratio >= 0.95,
    ).print()


async def _pieces(sound: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(sound), 160_000):
        yield sound[at : at + 160_000]


if __name__ == "__main__":
    main()
