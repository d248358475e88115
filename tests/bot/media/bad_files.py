"""Files that are no recordings, or not what they claim to be, as people and others send them."""

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.bot.media.recordings import ffmpeg

Make = Callable[[Path, Path], None]  # (the folder of good recordings, the file to make)


def _bytes(data: bytes) -> Make:
    return lambda _, file: file.write_bytes(data) and None


def _part(of: str, share: float) -> Make:
    def make(voice: Path, file: Path) -> None:
        whole = (voice / of).read_bytes()
        file.write_bytes(whole[: int(len(whole) * share)])

    return make


def _by_ffmpeg(*words: str, source: str = "") -> Make:
    def make(voice: Path, file: Path) -> None:
        ffmpeg(*(("-i", voice / source) if source else ()), *words, file)

    return make


def _archive(_: Path, file: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("answer.txt", "no sound here")
    file.write_bytes(data.getvalue())


def _claims_ten_hours(voice: Path, file: Path) -> None:
    """The header of FLAC says how many samples there are, in 36 bits."""
    ffmpeg("-i", voice / "voice.wav", file)
    data = bytearray(file.read_bytes())
    facts = int.from_bytes(data[18:26], "big") >> 36 << 36
    data[18:26] = (facts | 36_000 * 22_050).to_bytes(8, "big")
    file.write_bytes(data)


def _endless(_: Path, file: Path) -> None:
    """Silence, a thousand times smaller than its samples, whose header doesn't say how long it is."""
    words = ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1200", "-c:a", "flac", "-frame_size", "32768"]
    made = subprocess.run(["ffmpeg", "-v", "error", *words, "-f", "flac", "-"], check=True, capture_output=True)
    file.write_bytes(made.stdout)


def _names_another(text: str) -> Make:
    return lambda voice, file: file.write_text(text.format(voice=voice)) and None


# name -> (how it is made, why it isn't taken)
BAD: dict[str, tuple[Make, str]] = {
    "zero_bytes.ogg": (_bytes(b""), "empty"),
    "one_byte.ogg": (_bytes(b"O"), "unreadable"),
    "renamed_text.ogg": (_bytes(b"I would have called the customer.\n"), "unreadable"),
    "login_page.m4a": (_bytes(b"<!DOCTYPE html><html><body>Sign in</body></html>"), "unreadable"),
    "answer.json": (_bytes(b'{"ok": false, "error": "not_authed"}'), "unreadable"),
    "paper.pdf": (_bytes(b"%PDF-1.7\n1 0 obj\n"), "unreadable"),
    "archive.ogg": (_archive, "unreadable"),
    "image_as_audio.mp3": (
        _by_ffmpeg("-f", "lavfi", "-i", "testsrc=d=1", "-frames:v", "1", "-f", "image2", "-c:v", "png"),
        "unreadable",
    ),
    "concat_trick.ogg": (_names_another("ffconcat version 1.0\nfile {voice}/voice.wav\n"), "unreadable"),
    "playlist_trick.mp3": (
        _names_another("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{voice}/voice.wav\n#EXT-X-ENDLIST\n"),
        "unreadable",
    ),
    "cut_before_its_index.mp4": (_part("film.mp4", 0.6), "corrupt"),
    "header_alone.wav": (_part("voice.wav", 44 / 220_000), "corrupt"),
    "silent_film.mp4": (_by_ffmpeg("-an", "-c", "copy", source="film.mp4"), "no_audio"),
    "telephone_at_4khz.wav": (_by_ffmpeg("-ar", "4000", source="voice.wav"), "odd_format"),
    "apple.aiff": (_by_ffmpeg(source="voice.wav"), "odd_format"),
    "a_click.ogg": (_by_ffmpeg("-t", "0.15", "-c:a", "libopus", source="voice.wav"), "too_short"),
    "ten_hours.flac": (_claims_ten_hours, "too_long"),
    "bomb_of_silence.flac": (_endless, "too_long"),
}
FIGURES = {"too_long": (1.0,)}
# Odd, and yet recordings: name -> how they are made.
ODD: dict[str, Make] = {
    "half_a_file.mp3": _part("voice.mp3", 0.5),
    "half_a_film.mp4": _part("early.mp4", 0.7),
    "eight_channels_192khz.flac": _by_ffmpeg(
        *("-ar", "192000", "-af", "pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0"), source="voice.wav"
    ),
    "film_named.txt": _part("film.mp4", 1),
    "bomb_of_pixels.mp4": _by_ffmpeg(
        *("-filter_complex", "color=black:s=8192x8192:r=1:d=1[v]", "-map", "[v]", "-map", "0:a", "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
        source="voice.wav",
    ),
}


def prepare(voice: Path) -> None:
    """What else is cut into pieces, beside `voice.wav`, `voice.ogg` and `film.mp4`."""
    ffmpeg("-i", voice / "voice.wav", voice / "voice.mp3")
    ffmpeg("-i", voice / "film.mp4", "-c", "copy", "-movflags", "+faststart", voice / "early.mp4")
