"""What becomes of files that are no recordings, or not what they claim: what the person is told, after how long, and how
much memory the process takes that opens it. Each file in a process of its own, as a server with default settings.

The baseline is a good voice note of five seconds, opened and kept in the same way.
"""

import asyncio
import json
import resource
import signal
import subprocess
import sys
import tempfile
from contextlib import aclosing
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil

# This file is run by its path, so the root comes first. `common` is loaded later: a process is counted with what the one
# that started it held, and that is to be little.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.media.contract import Arrived, MediaProblem, Opened
from bot.media.folder import Folder
from bot.media.media import Media
from bot.media.openers import Openers
from flows.words.voice_en import not_heard
from tests.bot.media import bad_files
from tests.bot.media.recordings import ffmpeg, pieces, speech

NAME = "bad_recordings"
LONGEST = 300_000  # ms; as somebody may set it who doesn't want to wait for bombs
TEN_HOURS = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "36000", "-c:a", "flac", "-frame_size", "65535")
HANGS, FULL, TWICE, GOOD = "it hangs the decoder", "the disk is full", "the same file twice", "voice.ogg"


def main() -> None:
    import common

    with tempfile.TemporaryDirectory() as folder:
        voice = Path(folder)
        speech(voice / "voice.wav")
        ffmpeg("-i", voice / "voice.wav", "-c:a", "libopus", voice / GOOD)
        picture = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=5", "-i", voice / "voice.wav", "-shortest")
        ffmpeg(*picture, "-pix_fmt", "yuv420p", voice / "film.mp4")
        bad_files.prepare(voice)
        good = _one(voice / GOOD, "")
        ran = [_bad(voice, name) for name in [*bad_files.BAD, *bad_files.ODD]]
        ran += [_one(voice / "bad-bomb_of_silence.flac", HANGS), _one(voice / GOOD, FULL), _one(voice / GOOD, TWICE)]
        for row in (good, *ran):
            common.context(NAME, **row)
    slowest, largest = max(row["seconds"] for row in ran), max(row["peak_mb"] for row in ran)
    common.context(NAME, files=len(ran), largest_peak_mb=largest)
    baseline = "a good voice note of 5 s, opened and kept"
    common.Figure(NAME, slowest, "s, the slowest", baseline, good["seconds"]).print()


def _bad(voice: Path, name: str) -> dict[str, Any]:
    file = voice / f"bad-{name}"
    if name == "ten_hours.flac":
        ffmpeg(*TEN_HOURS, file)  # the tests only claim it in the header
    else:
        (bad_files.BAD[name][0] if name in bad_files.BAD else bad_files.ODD[name])(voice, file)
    return _one(file, "", name)


def _one(file: Path, how: str, name: str = "") -> dict[str, Any]:
    """In a process of its own, so that its children's memory is this file's."""
    done = subprocess.run([sys.executable, __file__, str(file), how], capture_output=True, text=True, check=True)
    return {"file": name or how or file.name, **json.loads(done.stdout.splitlines()[-1])}


async def _told(home: Path, data: bytes, how: str) -> dict[str, Any]:
    patience = 1.0 if how == HANGS else 30.0  # who waits half a minute for a hung decoder sees the same
    media = Media(Folder(home / "kept"), home / "coming", b"bench", Openers(patience=patience))
    if how == FULL:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    began = perf_counter()
    try:
        arrived = await media.receive(pieces(data), 500_000_000)
        if how == HANGS:
            await _hang(media, arrived)
        told = _said(first := await _opened(media, arrived))
        if how == TWICE and (await _opened(media, arrived)).kept.name == first.kept.name:
            told += "; kept once"
    except MediaProblem as problem:
        told = not_heard(problem.why, tuple(problem.figures)).text
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"told": told, "seconds": round(seconds, 3), "peak_mb": round(peak, 1)}


async def _opened(media: Media, arrived: Arrived) -> Opened:
    return await media.open(arrived, "p_1", video=True, longest_ms=LONGEST)


def _said(got: Opened) -> str:
    missing = f", {got.missing / 1000:.1f} s missing" if got.missing else ""
    return f"(heard: {got.ms / 1000:.1f} s kept as {got.kept.mime}{missing})"


async def _hang(media: Media, arrived: Arrived) -> None:
    """Listen to it, and have the process that decodes it stop dead."""
    async with aclosing(media.sound(arrived, LONGEST)) as sound:
        await anext(sound)
        psutil.Process().children()[0].send_signal(signal.SIGSTOP)
        async for _ in sound:
            pass


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(asyncio.run(_told(Path(place), Path(sys.argv[1]).read_bytes(), sys.argv[2]))))
