"""Listening on this machine, with a real (tiny) model in real processes: what is heard, and what a dying process costs."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from bot.media.contract import MediaProblem
from bot.speech.contract import EarProblem, Listened
from bot.speech.detector import Detector
from bot.speech.ear import LocalEar, Patience
from bot.speech.features import Samples
from bot.speech.models import Model
from bot.speech.windows import heard
from bot.speech.wire import RATE
from tests.speech_model import SPANISH, beeping, sentence

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one process listens in all of them


async def pieces(sound: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(sound), size):
        yield sound[at : at + size]


async def hear(ear: LocalEar, words: list[str | None], language: str = "en") -> Listened:
    sound = beeping(words).tobytes()
    return await ear.listen(pieces(sound), len(sound) // 32, language)


def said(n: int) -> str:
    return " ".join(w for w in sentence(n) if w)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  (a process elsewhere)
            await asyncio.sleep(0.01)


class Held:
    """A sound that stops in the middle until it is let go."""

    def __init__(self, words: list[str | None]) -> None:
        self.sound = beeping(words).tobytes()
        self.half, self.go = asyncio.Event(), asyncio.Event()

    async def pieces(self) -> AsyncIterator[bytes]:
        yield self.sound[:60_000]
        self.half.set()
        await self.go.wait()
        yield self.sound[60_000:]


# -- what is heard --------------------------------------------------------------------------------------------------


async def test_every_word_is_heard_at_its_time(ear: LocalEar):
    words: list[str | None] = [*sentence(123456), None, None, *sentence(7890, 4)]
    found = await hear(ear, words)
    places = [n for n, w in enumerate(words) if w]
    assert found.text == " ".join(w for w in words if w)
    assert [w.text for w in found.words] == [words[n] for n in places]
    for word, n in zip(found.words, places, strict=True):
        assert abs(word.start - 400 * n) <= 20
        assert abs(word.end - 400 * (n + 1)) <= 40
        assert word.sure > 0.9
    assert (found.ms, found.language, found.engine) == (400 * len(words), "en", "beeps")
    assert found.speech == ((0, found.ms),)  # the voice below the beeps never stops


async def test_nobody_speaks_in_silence_or_in_a_tone(ear: LocalEar):
    t = np.arange(3 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 3800 * t) * 32767).astype(np.int16)
    for sound in (bytes(3 * RATE * 2), tone.tobytes(), b"", b"\0"):
        found = await ear.listen(pieces(sound), 3000, "en")
        assert (found.text, found.words, found.speech) == ("", (), ())


async def test_another_language_is_noticed(ear: LocalEar):
    spanish = await hear(ear, [*sentence(123), SPANISH])
    assert spanish.language == "es"
    assert spanish.language_sure > 0.6
    assert (await hear(ear, sentence(123), "en")).language == "en"


def pause(ms: int) -> bytes:
    return bytes(ms * 32)


def detected(sound: bytes) -> list[tuple[int, int]]:
    """The stretches of speech by the library's own detector, on all of a sound in one piece (samples)."""
    vad: Any = import_module("faster_whisper.vad")
    ours = {"threshold": 0.5, "min_silence_duration_ms": 250, "min_speech_duration_ms": 60, "speech_pad_ms": 30}
    return [(s["start"], s["end"]) for s in vad.get_speech_timestamps(floats(sound), vad.VadOptions(**ours))]


def floats(sound: bytes) -> Samples:
    return np.frombuffer(sound, np.int16).astype(np.float32) / np.float32(32768)


async def test_words_behind_a_cut_stand_where_they_are_said(ear: LocalEar):
    """Nobody pauses, so it is cut where it is quietest: between two slots here, since the model's begin anew behind it."""
    slot = 42
    words: list[str | None] = [*sentence(123456), *sentence(7890), *sentence(246813)] * 4
    words[slot - 1 : slot + 1] = [None, None]
    at, first = slot * 400 * 32, 20_100 * 32  # tenths of a second are counted back from where the first piece ends
    sound = bytearray(beeping(words).tobytes())
    sound[at - 1600 : at + 1600] = pause(100)
    seen: list[float] = []

    async def report(part: float) -> None:
        seen.append(part)

    async def two() -> AsyncIterator[bytes]:
        yield bytes(sound[:first])
        yield bytes(sound[first:])

    ms = len(sound) // 32
    found = await ear.listen(two(), ms, "en", report)
    assert [w.text for w in found.words] == [w for w in words if w]
    places = [400 * n for n, w in enumerate(words) if w]
    assert all(abs(w.start - place) <= 60 for w, place in zip(found.words, places, strict=True))
    assert (found.ms, found.speech) == (ms, ((0, ms),))  # a cut in the middle of speech is no pause
    assert seen == sorted(seen)
    assert {slot * 400 / ms, 1.0} <= set(seen)


async def test_words_after_a_pause_stand_where_they_are_said(ear: LocalEar):
    """Pauses are left out before the model listens. It can't tell beeps that lie across two of its slots, so whoever speaks
    again says as much before the first beep as makes them meet."""
    one, two = sentence(123456), sentence(246813)

    def made(before: int) -> bytes:
        lead = beeping([None]).tobytes()[: before * 32]
        return b"".join((beeping(one).tobytes(), pause(1500), lead, beeping(two).tobytes(), pause(1000)))

    def amiss(before: int) -> int:
        sound = floats(made(before))
        (_, end), (start, _) = heard(Detector().speech(sound), len(sound))
        joined = (3900 + before) * 16 - (start - end)
        return abs((joined + 3200) % 6400 - 3200)

    before = min(range(0, 400, 16), key=amiss)
    sound = made(before)
    found = await ear.listen(pieces(sound), len(sound) // 32, "en")
    assert [w.text for w in found.words] == [*one, *two]
    places = [400 * n for n in range(6)] + [3900 + before + 400 * n for n in range(6)]
    assert all(abs(w.start - place) <= 60 for w, place in zip(found.words, places, strict=True))
    whole = detected(sound)
    assert found.speech == tuple((round(s / 16), round(e / 16)) for s, e in whole)


@pytest.mark.slow
async def test_stretches_of_eleven_minutes_are_those_of_the_detector_on_all_of_it(beeps: Path):
    sound = b"".join(beeping(sentence(123450 + n % 10)).tobytes() + pause(1700) for n in range(160))
    whole = detected(sound)
    ear = LocalEar(Model("beeps", beeps), 1, 1)
    found = await ear.listen(pieces(sound), len(sound) // 32, "en")
    await ear.stop()
    assert found.speech == tuple((round(s / 16), round(e / 16)) for s, e in whole)


# -- processes ------------------------------------------------------------------------------------------------------


async def test_processes_that_are_old_hang_or_die_are_replaced(beeps: Path):
    ear = LocalEar(Model("beeps", beeps), 1, 1, Patience(silence=1.0, deaths=2, jobs=2))
    seen: list[int] = []
    for n in range(3):
        assert (await hear(ear, sentence(n))).text == said(n)
        seen += ear.pids
    assert seen[0] == seen[1] != seen[2]  # replaced after two recordings
    os.kill(seen[2], signal.SIGSTOP)
    assert (await hear(ear, sentence(42))).text == said(42)
    assert seen[2] not in ear.pids

    async def murderous() -> AsyncIterator[bytes]:
        sound = beeping(sentence(1)).tobytes()
        yield sound[:1000]
        for _ in range(2):
            await until(lambda: bool(ear.pids))
            seen.append(pid := ear.pids[0])
            os.kill(pid, signal.SIGKILL)
            await until(lambda: pid not in ear.pids)
        yield sound[1000:]

    with pytest.raises(EarProblem) as failed:
        await ear.listen(murderous(), 2400, "en")
    assert not failed.value.again
    assert (await hear(ear, sentence(7))).text == said(7)
    seen += ear.pids
    await ear.stop()
    assert not any(psutil.pid_exists(pid) for pid in seen)


async def test_cancelling_frees_the_place_and_a_sound_that_breaks_says_why(ear: LocalEar):
    held = Held(sentence(1))
    job = asyncio.create_task(ear.listen(held.pieces(), 2400, "en"))
    await held.half.wait()
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(4000)
        raise MediaProblem("corrupt")

    with pytest.raises(MediaProblem):
        await ear.listen(broken(), 2400, "en")
    assert (await hear(ear, sentence(99))).text == said(99)


async def test_a_process_ends_with_whoever_started_it(beeps: Path):
    source = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom bot.speech.process import ListeningProcess\n"
        "from bot.speech.models import Model\n"
        "async def main():\n"
        "    child = await ListeningProcess.begin(Model('m', Path(sys.argv[1])), 1)\n"
        "    print(child.pid, flush=True)\n    await asyncio.sleep(60)\nasyncio.run(main())"
    )
    command = (sys.executable, "-c", source, str(beeps))
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    await parent.communicate()
    await until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


async def test_a_model_that_cannot_be_loaded_is_a_problem_of_ours(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(b"no model")
    ear = LocalEar(Model("none", tmp_path), 1, 1)
    with pytest.raises(EarProblem):
        await hear(ear, sentence(1))
    await ear.stop()


async def _under_fire(beeps: Path, recordings: int, kills: int) -> None:
    """Many recordings at once, while somebody kills the processes: each is heard once, as what it is."""
    ear, chance = LocalEar(Model("beeps", beeps), 2, 1, Patience(deaths=50)), random.Random(6)
    numbers = chance.sample(range(1_000_000), recordings)
    found: dict[int, list[str]] = {}
    shots = 0

    async def one(n: int) -> None:
        found.setdefault(n, []).append((await hear(ear, sentence(n))).text)

    async def fire() -> None:
        nonlocal shots
        while shots < kills:
            await asyncio.sleep(chance.uniform(0.02, 0.1))
            if ear.pids:
                os.kill(chance.choice(ear.pids), signal.SIGKILL)
                shots += 1

    shooting = asyncio.create_task(fire())
    await asyncio.gather(*map(one, numbers))
    shooting.cancel()
    await asyncio.gather(shooting, return_exceptions=True)
    await ear.stop()
    assert shots == kills
    assert found == {n: [said(n)] for n in numbers}


async def test_processes_are_killed_while_they_listen_and_every_recording_is_heard_once(beeps: Path):
    await _under_fire(beeps, 12, 3)


@pytest.mark.slow
async def test_twenty_kills_over_a_hundred_recordings(beeps: Path):
    await _under_fire(beeps, 100, 20)
