"""Whatever is sent instead of a recording: one reason, quickly, and nothing of it stays."""

import asyncio
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import log
from bot.media.contract import MediaProblem, Opened
from bot.media.media import Media
from bot.settings import Settings
from flows.words.voice_en import not_heard
from tests.bot.media.bad_files import BAD, FIGURES, ODD, prepare
from tests.bot.media.recordings import LONGEST, MEGABYTE, arrive, opened, pieces, why


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_has_one_reason_and_leaves_nothing(
    name: str, voice: Path, tmp_path: Path, media: Media
) -> None:
    make, reason = BAD[name]
    make(voice, tmp_path / name)
    if reason == "empty":
        with pytest.raises(MediaProblem, match="empty"):
            await arrive(media, tmp_path / name)
    else:
        assert await why(media, tmp_path / name) == (reason, FIGURES.get(reason, ()))
    assert [x for x in (tmp_path / "media").rglob("*") if x.is_file()] == []
    assert not_heard(reason, FIGURES.get(reason, ())).text


async def test_what_is_there_of_a_cut_file_is_used_and_the_rest_told(voice: Path, tmp_path: Path, media: Media) -> None:
    prepare(voice)
    for name in ("half_a_file.mp3", "half_a_film.mp4"):
        ODD[name](voice, tmp_path / name)
        got = await opened(media, tmp_path / name)
        assert 1_000 < got.ms < 4_000
        assert got.missing == pytest.approx(4_900 - got.ms, abs=500)
        assert "cut_off" in got.hints


async def test_too_large_is_told_before_all_of_it_came(media: Media, tmp_path: Path) -> None:
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            taken += 100_000
            yield bytes(100_000)

    with pytest.raises(MediaProblem) as told:
        await media.receive(endless(), 3 * MEGABYTE)
    assert (told.value.why, told.value.figures) == ("too_large", (3,))
    assert taken < 3.2 * MEGABYTE
    assert list((tmp_path / "media" / "coming").iterdir()) == []


async def test_a_sender_who_goes_away_leaves_nothing(media: Media, tmp_path: Path) -> None:
    async def breaks():
        yield bytes(400_000)
        raise ConnectionResetError

    async def waits():
        yield bytes(400_000)
        await asyncio.Event().wait()

    with pytest.raises(ConnectionResetError):
        await media.receive(breaks(), MEGABYTE)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(media.receive(waits(), MEGABYTE), 0.05)
    assert list((tmp_path / "media" / "coming").iterdir()) == []


@pytest.fixture(scope="module")
def originals(voice: Path) -> list[bytes]:
    return [(voice / name).read_bytes() for name in ("voice.ogg", "film.mp4", "voice.wav")]


async def mutated(home: Path, original: bytes, changes: list[tuple[int, int]], end: int) -> None:
    """A damaged file is used, or told of: neither a fault of ours nor anything else comes of it."""
    told = io.StringIO()
    log.configure("warning", told)
    data = bytearray(original)
    for at, byte in changes:
        data[at % len(data)] = byte
    media = Media.at(Settings(home=home))
    arrived = await media.receive(pieces(bytes(data[: len(data) - end % len(data)])), MEGABYTE)
    opening = media.open(arrived, "p_1", video=True, longest_ms=LONGEST)
    got = (await asyncio.gather(opening, return_exceptions=True))[0]
    await media.discard(arrived)
    log.configure("warning")
    if isinstance(got, MediaProblem):
        assert got.why in ("empty", "unreadable", "no_audio", "odd_format", "too_long", "too_short", "corrupt")
    else:
        assert isinstance(got, Opened), got
        assert 300 <= got.ms <= LONGEST + 1_000
    assert "media." not in told.getvalue()


CHANGES = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), min_size=1, max_size=30)
TEMPORARY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=4, deadline=None, suppress_health_check=TEMPORARY)
@given(st.integers(0, 2), CHANGES, st.integers(0, 2_000))
def test_mutated_files(tmp_path: Path, originals: list[bytes], which: int, changes: list, end: int) -> None:
    asyncio.run(mutated(tmp_path, originals[which], changes, end))


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=TEMPORARY)
@given(st.integers(0, 2), CHANGES, st.integers(0, 200_000))
def test_many_mutated_files(tmp_path: Path, originals: list[bytes], which: int, changes: list, end: int) -> None:
    asyncio.run(mutated(tmp_path, originals[which], changes, end))
