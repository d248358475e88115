"""Listening on this machine, with a real (tiny) model in real processes: what is heard, and what a dying process costs."""

import asyncio
import itertools
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.contract import MediaProblem
from bot.speech.contract import EarProblem, Listened
from bot.speech.ear import LocalEar, Patience
from bot.speech.models import Model
from bot.speech.windows import Places, cut, heard
from bot.speech.wire import RATE
from tests.speech_model import SPANISH, beeping, sentence


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


async def test_a_long_sound_is_read_in_windows_that_are_cut_in_pauses(ear: LocalEar):
    rest = bytes(round(1.7 * RATE) * 2)
    many = [beeping(sentence(n)).tobytes() + rest for n in range(123450, 123460)] * 16  # 11 minutes
    seen: list[float] = []

    async def report(part: float) -> None:
        seen.append(part)

    async def sound() -> AsyncIterator[bytes]:
        for piece in many:
            yield piece

    ms = sum(map(len, many)) // 32
    found = await ear.listen(sound(), ms, "en", report)
    assert len(found.speech) == len(many)
    assert seen == sorted(seen)
    assert len(seen) >= 15
    assert seen[-1] == 1.0
    assert found.ms == ms
    assert len(found.words) > len(many) * 4  # without the pauses, beeps and slots no longer fall together


def test_features_made_piece_by_piece_are_those_of_the_library():
    from faster_whisper.feature_extractor import FeatureExtractor

    from bot.speech.features import Sparing

    sound = beeping(sentence(123456) * 30).astype(np.float32) / 32768  # 72 s: three pieces
    assert np.allclose(Sparing()(sound), FeatureExtractor()(sound), atol=1e-4)


def _stretches(steps: list[int]) -> list[tuple[int, int]]:
    edges = [sum(steps[: n + 1]) for n in range(len(steps))]
    return list(zip(edges[::2], edges[1::2], strict=False))


@given(st.lists(st.integers(1, 40 * RATE), max_size=40).map(_stretches), st.integers(0, 60 * RATE))
def test_a_cut_is_never_in_the_middle_of_speech_and_all_of_it_is_heard(speech: list[tuple[int, int]], more: int):
    length = max((e for _, e in speech), default=0) + more
    at = cut(speech, length)
    if at is not None:
        assert length - 60 * RATE <= at <= length
        assert not any(s < at < e for s, e in speech)
    parts = heard(speech, length)
    assert all(any(a <= s and e <= b for a, b in parts) for s, e in speech)
    assert all(b < c for (_, b), (c, _) in itertools.pairwise(parts))
    places, joined = Places(parts), 0
    for start, end in parts:
        middle = (joined + (end - start) / 2) / RATE
        assert abs(places.ms(middle, middle) - (start + end) * 500 / RATE) <= 1
        joined += end - start


# -- processes ------------------------------------------------------------------------------------------------------


async def test_a_hung_process_is_replaced(beeps: Path):
    ear = LocalEar(Model("beeps", beeps), 1, 1, Patience(silence=1.5))
    await hear(ear, sentence(1))
    first = ear.pids[0]
    os.kill(first, signal.SIGSTOP)
    assert (await hear(ear, sentence(42))).text == said(42)
    assert first not in ear.pids
    assert not psutil.pid_exists(first)
    await ear.stop()


async def test_a_recording_that_kills_every_process_fails_and_the_next_is_heard(beeps: Path):
    async def murderous() -> AsyncIterator[bytes]:
        sound = beeping(sentence(1)).tobytes()
        yield sound[:1000]
        for _ in range(2):
            await until(lambda: bool(ear.pids))
            os.kill(pid := ear.pids[0], signal.SIGKILL)
            await until(lambda: pid not in ear.pids)
        yield sound[1000:]

    ear = LocalEar(Model("beeps", beeps), 1, 1, Patience(deaths=2))
    with pytest.raises(EarProblem) as failed:
        await ear.listen(murderous(), 2400, "en")
    assert not failed.value.again
    assert (await hear(ear, sentence(7))).text == said(7)
    await ear.stop()


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


async def test_a_process_is_renewed_after_some_recordings(beeps: Path):
    ear = LocalEar(Model("beeps", beeps), 1, 1, Patience(jobs=2))
    seen: set[int] = set()
    for n in range(4):
        await hear(ear, sentence(n))
        seen |= set(ear.pids)
    await ear.stop()
    assert len(seen) == 2
    assert not any(psutil.pid_exists(pid) for pid in seen)


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
