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
import psutil
import whisper_base

from bot.speech.ear import LocalEar
from bot.speech.models import Model

Took = tuple[float, float]  # seconds, and seconds of processor time
SECONDS, ROUNDS = (30.0, 60.0), 3
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
    ours, theirs = list[Took](), list[Took]()
    try:
        await ear.listen(_pieces(sounds[0][:64_000]), 2_000)  # loaded, and warm
        list(bare.transcribe(np.zeros(32_000, np.float32), **OPTIONS)[0])
        for sound in sounds * ROUNDS:
            began = _spent(ear)
            samples = np.frombuffer(sound, "<i2").astype(np.float32) / 32768
            list(bare.transcribe(samples, **OPTIONS)[0])
            between = _spent(ear)
            await ear.listen(_pieces(sound), len(sound) // 32)
            theirs.append(_since(began, between))
            ours.append(_since(between, _spent(ear)))
    finally:
        await ear.stop()
    # Time that others had the processors is no time of ours: where the two ratios differ, the machine was busy.
    ratio, cpu_ratio = (median(b[n] / o[n] for b, o in zip(theirs, ours, strict=True)) for n in (0, 1))
    common.context(
        "transcribe", files_s=SECONDS, rounds=ROUNDS, threads=threads, load=os.getloadavg()[0],
        ours_s=[o[0] for o in ours], bare_s=[b[0] for b in theirs], ratio_of_processor_time=cpu_ratio,
    )  # fmt: skip
    bare_speed = sum(SECONDS) * ROUNDS / sum(b[0] for b in theirs)
    common.Figure(
        "transcribe", bare_speed * ratio, "seconds heard a second", "bare faster-whisper, same sound and model",
        bare_speed, "a ratio of 0.95", ratio >= 0.95,
    ).print()  # fmt: skip


def _spent(ear: LocalEar) -> Took:
    """Now, and the processor time of this process and of what listens."""
    times = [psutil.Process(pid).cpu_times() for pid in (os.getpid(), *ear.pids)]
    return perf_counter(), sum(t.user + t.system for t in times)


def _since(began: Took, now: Took) -> Took:
    return now[0] - began[0], now[1] - began[1]


async def _pieces(sound: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(sound), 160_000):
        yield sound[at : at + 160_000]


if __name__ == "__main__":
    main()
