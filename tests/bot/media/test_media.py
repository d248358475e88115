"""Keeping, playing and deleting; and what happens when the process that opens a file, or the disk, fails."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.media.contract import Blob, MediaProblem
from bot.media.folder import Folder
from bot.media.media import Media
from bot.media.openers import Openers
from bot.settings import Settings
from tests.bot.media.recordings import MEGABYTE, arrive, ffmpeg, opened, pieces

ROOT = Path(__file__).resolve().parents[3]
HOUR = 3_600_000


async def heard(media: Media, blob: Blob, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in media.stream(blob, start, end)])


def files(home: Path) -> list[Path]:
    return sorted(x for x in (home / "media").rglob("*") if x.is_file())


def openers() -> list[psutil.Process]:
    """The processes of ours that open files."""
    return [c for c in psutil.Process().children() if "bot.media.opener" in c.cmdline()]


def opener() -> psutil.Process:
    found = openers()
    assert len(found) == 1
    return found[0]


def two_openers() -> list[int]:
    until = time.monotonic() + 30
    while len(found := openers()) < 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    return [x.pid for x in found]


async def test_the_same_recording_of_one_person_is_kept_once(voice: Path, tmp_path: Path, media: Media) -> None:
    first, again = await opened(media, voice / "voice.ogg"), await opened(media, voice / "voice.ogg")
    assert (first.kept.name, first.kept.key) == (again.kept.name, again.kept.key)
    assert len(files(tmp_path)) == 1
    other = await opened(media, voice / "voice.ogg", subject="p_2")
    assert other.kept.name != first.kept.name
    assert other.kept.key != first.kept.key
    assert len({x.stat().st_size for x in files(tmp_path)}) == 1
    for file in (tmp_path / "media").rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600)
    for file in files(tmp_path):
        assert b"OggS" not in file.read_bytes()
        assert b"Opus" not in file.read_bytes()


async def test_a_player_jumps_about_and_gets_what_is_there(voice: Path, tmp_path: Path, media: Media) -> None:
    ffmpeg("-stream_loop", "11", "-i", voice / "voice.wav", "-c:a", "libopus", tmp_path / "long.ogg")
    kept = (await opened(media, tmp_path / "long.ogg")).kept
    whole = await heard(media, kept)
    assert len(whole) == kept.size > 3 * 65_536
    for start, end in ((0, 1), (65_535, 65_537), (100_000, None), (kept.size - 1, kept.size + 50), (kept.size, None)):
        assert await heard(media, kept, start, end) == whole[start:end]
    with pytest.raises(MediaProblem, match="trouble"):
        await heard(media, replace(kept, key=bytes(32)))
    await media.delete(kept.name)
    await media.delete(kept.name)
    for name in (kept.name, "../../parley.db"):
        with pytest.raises(MediaProblem, match="gone"):
            await heard(media, replace(kept, name=name))
    assert files(tmp_path) == []


async def test_a_clip_is_what_was_said_then(voice: Path, tmp_path: Path, media: Media) -> None:
    beep = "aevalsrc='if(between(t,3,4),0.5*sin(2*PI*440*t),0)':s=48000:d=6"
    ffmpeg("-f", "lavfi", "-i", beep, tmp_path / "beep.wav")
    kept = (await opened(media, tmp_path / "beep.wav")).kept
    clip = await media.clip(kept, 2_500, 4_500)
    assert clip.data.startswith(b"OggS")
    assert clip.seconds == pytest.approx(2, abs=0.02)
    loud = [n for n, point in enumerate(clip.waveform) if point > 100]
    assert (loud[0], loud[-1]) == (5, 14)
    assert (await media.clip(kept)).seconds == pytest.approx(6, abs=0.1)
    with pytest.raises(MediaProblem, match="too_short"):
        await media.clip(kept, 60_000, 61_000)
    sound = b"".join([piece async for piece in media.pcm(kept)])
    assert len(sound) == pytest.approx(6 * 32_000, abs=3_000)


async def test_our_own_speech_says_that_it_is_automated(voice: Path, tmp_path: Path, media: Media) -> None:
    spoken = await media.encode((voice / "voice.wav").read_bytes())
    (tmp_path / "spoken.ogg").write_bytes(spoken.data)
    words = ["ffprobe", "-v", "error", "-show_streams", "-show_format", str(tmp_path / "spoken.ogg")]
    about = (await asyncio.to_thread(subprocess.run, words, capture_output=True, check=True)).stdout
    assert b"Automated voice" in about
    assert spoken.seconds == pytest.approx(4.9, abs=0.3)
    with pytest.raises(MediaProblem, match="unreadable"):
        await media.encode(b"this is no sound")
    assert files(tmp_path) == []


async def test_what_a_crash_left_is_swept_and_nothing_else(voice: Path, tmp_path: Path, media: Media) -> None:
    ours, lost = await opened(media, voice / "voice.ogg"), await opened(media, voice / "film.mp4")
    assert lost.thumbnail is not None
    arrived = await arrive(media, voice / "voice.ogg")
    left = tmp_path / "media" / "coming" / "left by a crash"
    left.write_bytes(b"x")
    later = round(left.stat().st_mtime * 1000) + 2 * HOUR
    assert await media.sweep({ours.kept.name}, 3 * HOUR, later) == 0
    assert await media.sweep({ours.kept.name}, HOUR, later) == 3  # the film, its picture, and what was left
    assert {x.name for x in files(tmp_path)} == {ours.kept.name, arrived.file.name}


@pytest.mark.parametrize("blow", [signal.SIGSTOP, signal.SIGKILL])
async def test_a_decoder_that_hangs_or_dies_is_the_files_fault(
    blow: signal.Signals, voice: Path, tmp_path: Path
) -> None:
    """And the process is gone afterwards."""
    media = Media(Folder(tmp_path / "kept"), tmp_path / "coming", b"secret", Openers(patience=0.5))
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1800", tmp_path / "long.flac")
    arrived = await arrive(media, tmp_path / "long.flac")
    async with aclosing(media.sound(arrived, HOUR)) as sound:
        await anext(sound)
        process = opener()
        limits = await asyncio.to_thread(Path(f"/proc/{process.pid}/limits").read_text)
        process.send_signal(blow)
        with pytest.raises(MediaProblem, match="corrupt"):
            async for _ in sound:
                pass
    assert not process.is_running()
    rows = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert rows["Max open files"] == ["0", "0"]
    assert rows["Max core file size"] == ["0", "0"]
    assert int(rows["Max address space"][0]) < 1_500_000_000
    assert int(rows["Max cpu time"][0]) < HOUR


async def test_whoever_stops_listening_stops_the_process(tmp_path: Path, media: Media) -> None:
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "600", tmp_path / "long.flac")
    arrived = await arrive(media, tmp_path / "long.flac")
    async with aclosing(media.sound(arrived, HOUR)) as sound:
        await anext(sound)
        process = opener()
    assert not process.is_running()


async def test_spares_wait_and_are_used_for_one_file_each(voice: Path, media: Media) -> None:
    await media.start()
    spares = await asyncio.to_thread(two_openers)
    arrived = await arrive(media, voice / "voice.ogg")
    async with aclosing(media.sound(arrived, HOUR)) as sound:
        await anext(sound)
        assert {x.pid for x in openers()} >= set(spares)
    assert {x.pid for x in openers()}.isdisjoint(spares[:1])
    os.kill(spares[1], signal.SIGKILL)  # a spare that is lost costs nothing
    assert (await opened(media, voice / "voice.ogg")).ms > 4_000
    await media.stop()
    assert openers() == []


def run(script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_locked_process_can_reach_nothing() -> None:
    """No file, no socket, no other process, no memory without end."""
    said = run("""
        import ctypes, os, socket
        from bot.media import guard

        def refused(name, act):
            try:
                act()
            except (OSError, MemoryError) as error:
                print(name, type(error).__name__)

        guard.lock(10, 1_000_000)
        refused("file", lambda: open("/etc/hostname"))
        refused("write", lambda: open("/tmp/written", "w"))
        refused("socket", lambda: socket.socket())
        refused("memory", lambda: bytearray(1_500_000_000))
        if os.getuid() != 0:
            refused("fork", os.fork)
    """)
    assert {line.split()[0] for line in said.splitlines()} >= {"file", "write", "socket", "memory"}


def test_a_full_disk_is_our_trouble_and_leaves_nothing(voice: Path, tmp_path: Path) -> None:
    """On a disk of its own that is really full where the system lets us have one; else by the limit of a file's size."""
    said = run(
        """
        import asyncio, ctypes, os, resource, sys
        from pathlib import Path
        from bot.media.contract import MediaProblem
        from bot.media.media import Media
        from bot.settings import Settings

        home, voice = Path(sys.argv[1]), Path(sys.argv[2])
        libc = ctypes.CDLL(None)
        own = libc.unshare(0x00020000) == 0 and libc.mount(None, b"/", None, 0x44000, None) == 0
        own = own and libc.mount(b"tmpfs", str(home).encode(), b"tmpfs", 0, b"size=400k") == 0
        if not own:
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

        async def pieces(data):
            for at in range(0, len(data), 10_000):
                yield data[at : at + 10_000]

        async def main():
            media = Media.at(Settings(home=home))
            try:
                await media.receive(pieces(bytes(3_000_000)), 9_000_000)
            except MediaProblem as problem:
                print("receive", problem.why)
            arrived = await media.receive(pieces(voice.read_bytes()), 9_000_000)
            if own:
                with open(home / "ballast", "wb", buffering=0) as ballast:
                    try:
                        while True:
                            ballast.write(bytes(4096))
                    except OSError:
                        pass
                try:
                    await media.open(arrived, "p_1", video=False, longest_ms=600_000)
                except MediaProblem as problem:
                    print("open", problem.why)
                os.remove(home / "ballast")
            await media.open(arrived, "p_1", video=False, longest_ms=600_000)  # with room again it works
            await media.discard(arrived)
            print("files", len([x for x in (home / "media").rglob("*") if x.is_file()]), own)

        asyncio.run(main())
        """,
        str(tmp_path),
        str(voice / "voice.ogg"),
    )
    lines = [line for line in said.splitlines() if not line.startswith("{")]
    assert "receive trouble" in lines
    assert lines[-1].startswith("files 1")
    if lines[-1].endswith("True"):
        assert "open trouble" in lines


async def test_many_at_once_are_all_opened(voice: Path, tmp_path: Path, media: Media) -> None:
    got = await asyncio.gather(*(opened(media, voice / "voice.ogg", subject=f"p_{n}") for n in range(4)))
    assert len({x.kept.name for x in got}) == 4 == len(files(tmp_path))


async def test_settings_choose_the_place(tmp_path: Path) -> None:
    media = Media.at(Settings(home=tmp_path))
    arrived = await media.receive(pieces(b"some bytes"), MEGABYTE)
    assert arrived.file.parent == tmp_path / "media" / "coming"
    await media.discard(arrived)
    await media.discard(arrived)
    assert files(tmp_path) == []
