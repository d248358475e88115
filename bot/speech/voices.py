"""Voices on this machine: espeak-ng, and a Piper voice. Both are programs of their own that read from their standard input.

What they read is words that may be a candidate's: never in an argument, where every process of the machine can see it.
"""

import asyncio
import contextlib
import json
import re
import shutil
import struct
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, cast

from bot.settings import Settings
from bot.speech.contract import EarProblem, Voice

LONGEST = 1_200  # characters that are read aloud: a minute and a half; the whole text stands above it anyway
SECONDS = 30.0  # that one synthesis may take
_MOST_BYTES = 64_000_000  # of a WAV file
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_ESPEAK = {"en": "en-us", "zh": "cmn", "no": "nb", "fr": "fr-fr", "tl": "fil", "pt-br": "pt-br", "zh-hk": "yue"}
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,200}>")
_SIGNS = re.compile(r"[*_`~#|\\<>{}\[\]^]+")
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)]?(?=\s|$)")


def readable(text: str, longest: int = LONGEST) -> str:
    """A text as it is read aloud, in one line: without markup, addresses, pictures and signs that no voice can say, and
    cut at the end of a sentence."""
    said = _TAG.sub(" ", _ADDRESS.sub(" ", unicodedata.normalize("NFC", text)))
    # Where a paragraph ends a voice pauses, whether it ends with a full stop or not.
    said = re.sub(r"(?<=[^\s.!?:;,])[^\S\n]*\n+", ". ", said.strip())
    said = _SIGNS.sub(" ", "".join(c if _sayable(c) else " " for c in said))
    return _cut(re.sub(r"\s+([.,!?;:])", r"\1", " ".join(said.split())), longest)


def _sayable(char: str) -> bool:
    """No control characters, nothing unassigned, no pictures."""
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "So")


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, longest + 1) if m.end() <= longest]
    space = text.rfind(" ", 0, longest)
    return text[: ends[-1] if ends else space if space > 0 else longest].rstrip()


class Espeak:
    """espeak-ng: small, quick, in a hundred languages."""

    name = "espeak-ng"

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program

    async def say(self, text: str, language: str) -> bytes:
        """See `bot.speech.contract.Voice`. A language that it doesn't speak is a problem: another one's voice isn't used."""
        spoken = language.casefold().replace("_", "-") or "en"
        if not _LANGUAGE.fullmatch(spoken):
            raise EarProblem("no such language", again=False)
        plain = _ESPEAK.get(spoken, spoken)
        for voice in dict.fromkeys((plain, _ESPEAK.get(spoken.partition("-")[0], spoken.partition("-")[0]))):
            made = await _run((self._program, "-b", "1", "-v", voice, "-s", "160", "--stdin", "--stdout"), _words(text))
            if made:
                return whole_wav(made)
        raise EarProblem("no such language", again=False)


class Piper:
    """A voice of Piper: a model file, which speaks one language."""

    def __init__(self, model: Path, program: str = "piper") -> None:
        self._program, self._model = program, model.expanduser()
        self.name = f"piper {model.stem}"

    async def say(self, text: str, language: str) -> bytes:
        """See `bot.speech.contract.Voice`."""
        speaks = await asyncio.to_thread(_language_of, self._model)
        if speaks and language and speaks != language.casefold().partition("-")[0]:
            raise EarProblem("another language", again=False)
        with tempfile.TemporaryDirectory(
            prefix="parley-voice-"
        ) as folder:  # its versions differ in what "stdout" means
            made = Path(folder, "speech.wav")
            await _run((self._program, "--model", str(self._model), "--output_file", str(made)), _words(text))
            return whole_wav(await asyncio.to_thread(_read, made))


def _read(made: Path) -> bytes:
    try:
        with made.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError:
        raise EarProblem("nothing was said") from None


def _language_of(model: Path) -> str:
    """The language of a Piper voice, by the file that comes with it; "" where it doesn't say."""
    try:
        told: Any = json.loads(Path(f"{model}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    about: Any = cast("dict[str, Any]", told).get("language") if isinstance(told, dict) else None
    code: Any = cast("dict[str, Any]", about).get("code") if isinstance(about, dict) else about
    return re.split("[-_]", code)[0].casefold() if isinstance(code, str) else ""


def _words(text: str) -> bytes:
    said = readable(text)
    if not said:
        raise EarProblem("nothing to say", again=False)
    return f"{said}\n".encode()


async def _run(command: tuple[str, ...], said: bytes) -> bytes:
    """What a program writes when it is given `said`; empty when it refuses. It never outlives this call."""
    pipe, quiet = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=quiet)
    except OSError:
        raise EarProblem("not installed", again=False) from None
    try:
        async with asyncio.timeout(SECONDS):
            made, _ = await process.communicate(said)
    except TimeoutError:
        raise EarProblem("too slow") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if len(made) > _MOST_BYTES:
        raise EarProblem("too much", again=False)
    return made if process.returncode == 0 else b""


def whole_wav(made: bytes) -> bytes:
    """A WAV file whose header says how long it is: what was written into a pipe doesn't. Raises `EarProblem`."""
    if len(made) < 44 or made[:4] != b"RIFF" or made[8:12] != b"WAVE":
        raise EarProblem("no sound")
    at = 12
    while at + 8 <= len(made):
        kind, size = made[at : at + 4], int.from_bytes(made[at + 4 : at + 8], "little")
        if kind == b"data":
            rest = min(size, len(made) - at - 8)
            head = made[:4] + struct.pack("<I", at + rest) + made[8 : at + 4] + struct.pack("<I", rest)
            return head + made[at + 8 : at + 8 + rest]
        at += 8 + size + size % 2
    raise EarProblem("no sound")


def local_voice(settings: Settings) -> Voice | None:
    """The voice on this machine that the settings ask for; None when there is none, or a server is to speak."""
    if settings.voice == "piper" or (settings.voice == "auto" and settings.voice_model):
        return Piper(Path(settings.voice_model)) if settings.voice_model else None
    espeak = settings.voice == "espeak" or (settings.voice == "auto" and bool(shutil.which("espeak-ng")))
    return Espeak() if espeak else None
