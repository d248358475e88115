"""Whatever phones, chats and browsers record is opened, heard and kept, and nothing of the sender's file stays in it."""

import subprocess
from pathlib import Path

import pytest

from bot.media.contract import Blob
from bot.media.media import Media
from tests.bot.media.recordings import ffmpeg, opened

SOUNDS = {
    "opus.ogg": ("-c:a", "libopus"),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "opus.webm": ("-c:a", "libopus"),
    "aac.m4a": ("-c:a", "aac"),
    "early.m4a": ("-c:a", "aac", "-movflags", "+faststart"),
    "pieces.m4a": ("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
    "plain.wav": ("-ar", "8000"),
    "pure.flac": ("-ac", "2"),
    "mp3.mp3": ("-c:a", "libmp3lame"),
    "bare.aac": ("-c:a", "aac"),
    "most.wav": ("-af", "aformat=sample_rates=192000,pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0"),
    "unnamed.wav": ("-af", "pan=octagonal|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0"),
}
FILMS = {
    "h264.mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
    "pieces.mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
    "hevc.mov": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "aac"),
    "vp8.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
}


def described(data: bytes) -> str:
    """What ffprobe says of a file."""
    words = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-"]
    return subprocess.run(words, input=data, capture_output=True, check=True).stdout.decode()


async def kept_bytes(media: Media, blob: Blob | None) -> bytes:
    assert blob is not None
    return b"".join([piece async for piece in media.stream(blob)])


RARE = {
    "early.m4a",
    "pieces.m4a",
    "bare.aac",
    "unnamed.wav",
    "vorbis.ogg",
    "pure.flac",
    "pieces.mp4",
    "vp8.webm",
}  # their nearest relatives are tried with every change


def often_and_seldom(names: dict[str, tuple[str, ...]]) -> list[object]:
    return [pytest.param(n, marks=pytest.mark.slow) if n in RARE else n for n in names]


@pytest.mark.parametrize("name", often_and_seldom(SOUNDS))
async def test_sounds_are_kept_as_opus(name: str, voice: Path, tmp_path: Path, media: Media) -> None:
    file = tmp_path / name
    ffmpeg("-i", voice / "voice.wav", *SOUNDS[name], "-metadata", "title=Ada Lovelace", file)
    got = await opened(media, file)
    assert got.kept.mime == "audio/ogg"
    assert got.ms == pytest.approx(4_900, abs=400)
    assert got.missing == 0
    assert got.picture is None
    assert "cut_off" not in got.hints
    assert got.sound.rms > -40
    assert 45 <= len(got.waveform) <= 55
    assert max(got.waveform) == 255
    if name in ("opus.ogg", "aac.m4a"):
        data = await kept_bytes(media, got.kept)
        assert len(data) == got.kept.size
        about = described(data)
        assert "codec_name=opus" in about
        assert "channels=1" in about
        assert "Ada" not in about


@pytest.mark.parametrize("name", often_and_seldom(FILMS))
async def test_films_are_kept_without_what_is_written_in_them(
    name: str, voice: Path, tmp_path: Path, media: Media
) -> None:
    file = tmp_path / name
    ffmpeg("-i", voice / "film.mp4", *FILMS[name], file)
    got = await opened(media, file)
    assert got.kept.mime == ("video/webm" if name.endswith("webm") else "video/mp4")
    assert got.picture is not None
    assert (got.picture.width, got.picture.height) == (320, 180)
    assert got.picture.black == got.picture.dark == 0
    data, jpeg = await kept_bytes(media, got.kept), await kept_bytes(media, got.thumbnail)
    assert jpeg.startswith(b"\xff\xd8\xff")
    about = described(data)
    assert about.count("codec_type=") == 2
    assert b"Ada" not in data
    assert "51.5" not in about


async def test_without_leave_for_the_picture_only_the_sound_is_kept(voice: Path, media: Media) -> None:
    got = await opened(media, voice / "film.mp4", video=False)
    assert (got.kept.mime, got.picture, got.thumbnail) == ("audio/ogg", None, None)
    assert "codec_type=video" not in described(await kept_bytes(media, got.kept))


async def test_a_picture_is_judged_by_its_light_alone(voice: Path, tmp_path: Path, media: Media) -> None:
    looks = {
        "black": ("color=black:s=160x90:r=10:d=5", "null"),
        "frozen": ("color=gray:s=160x90:r=10:d=5", "null"),
        "dark": ("testsrc=s=160x90:r=10:d=5", "eq=brightness=-0.45"),
    }
    for name, (source, change) in looks.items():
        file = tmp_path / f"{name}.mp4"
        ffmpeg("-f", "lavfi", "-i", source, "-i", voice / "voice.wav", "-vf", change, "-shortest", "-g", "10", file)
        got = await opened(media, file)
        assert name in got.hints
        assert got.picture is not None
        assert getattr(got.picture, name) > 0.9


async def test_a_picture_larger_than_4k_costs_the_picture_only(voice: Path, tmp_path: Path, media: Media) -> None:
    file = tmp_path / "huge.mp4"
    huge = ("-f", "lavfi", "-i", "color=black:s=6000x4000:r=1:d=1", "-i", voice / "voice.wav", "-pix_fmt", "yuv420p")
    ffmpeg(*huge, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", file)
    got = await opened(media, file)
    assert got.kept.mime == "audio/ogg"
    assert got.picture is None


async def test_sound_that_changes_its_form_in_the_middle_is_heard_to_its_end(
    voice: Path, tmp_path: Path, media: Media
) -> None:
    both = tmp_path / "both.aac"
    for name, form in {"one.aac": ("-ac", "1", "-ar", "44100"), "two.aac": ("-ac", "2", "-ar", "22050")}.items():
        ffmpeg("-i", voice / "voice.wav", *form, tmp_path / name)
    both.write_bytes((tmp_path / "one.aac").read_bytes() + (tmp_path / "two.aac").read_bytes())
    assert (await opened(media, both)).ms == pytest.approx(9_800, abs=800)


def loudness(file: Path) -> float:
    """What ffmpeg measures."""
    words = ["ffmpeg", "-nostats", "-i", str(file), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    return float(said.rpartition("I:")[2].split()[0])


async def test_loudness_is_that_of_ebu_r128(voice: Path, tmp_path: Path, media: Media) -> None:
    got = await opened(media, voice / "voice.wav")
    assert got.sound.loudness == pytest.approx(loudness(voice / "voice.wav"), abs=0.2)
    loud, quiet = tmp_path / "loud.flac", tmp_path / "quiet.flac"
    ffmpeg("-i", voice / "voice.wav", "-af", "volume=25dB", loud)
    ffmpeg("-i", voice / "voice.wav", "-af", "volume=-30dB", quiet)
    assert "clipped" in (await opened(media, loud)).hints
    assert (await opened(media, quiet)).hints == ("too_quiet",)
