"""Reading aloud: with the real espeak-ng, with a program that stands in for Piper, and with an OpenAI-compatible server."""

import asyncio
import io
import os
import stat
import sys
import time
import wave
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.sounds import voice_of
from bot.speech.contract import EarProblem
from bot.speech.voices import Espeak, Piper, readable, whole_wav
from bot.work.hosted_voice import hosted_voice
from tests.fakes.openai import FakeOpenAI, error, honest

ASK = "Tell me about an outage that you solved."


def seconds(made: bytes) -> float:
    """How long a WAV file is by its header, which must say all that there is."""
    with wave.open(io.BytesIO(made)) as sound:
        assert sound.getnframes() * sound.getsampwidth() * sound.getnchannels() <= len(made) - 44
        assert len(sound.readframes(sound.getnframes())) == sound.getnframes() * sound.getsampwidth()
        return sound.getnframes() / sound.getframerate()


def program(folder: Path, source: str) -> str:
    """A program in Python."""
    path = folder / "piper"
    path.write_text(f"#!{sys.executable}\n{source}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_what_is_read_aloud_is_words_only_and_ends_with_a_sentence():
    assert readable("**Hi** <b>Ada</b>,\n\nsee https://x.y/z\nTell me [[h@lo]] \U0001f600 it & more") == (
        "Hi Ada, see. Tell me h@lo it & more"
    )
    long = "One sentence of some length stands here. " * 60
    assert len(readable(long)) <= 1_200
    assert readable(long).endswith("here.")
    assert readable("a" * 5_000, 100) == "a" * 100
    assert readable(" <br/> \u200b\x00\n") == ""


async def test_espeak_says_it_in_the_language_asked_for_or_not_at_all():
    voice = Espeak()
    english, german = await voice.say(ASK, "en"), await voice.say(ASK, "de-AT")
    assert 1.5 < seconds(english) < 5
    assert 1.5 < seconds(german) < 6
    assert english != german
    for language in ("xx", "../../etc", "-h"):
        with pytest.raises(EarProblem, match="no such language"):
            await voice.say(ASK, language)


async def test_no_word_stands_in_an_argument(tmp_path: Path):
    """Arguments can be read by everybody on the machine; and a text that looks like an option is still only said."""
    seen = tmp_path / "seen"
    spy = program(tmp_path, f"import sys, subprocess\nopen({str(seen)!r}, 'w').write(repr(sys.argv[1:]))\n"
                            "sys.exit(subprocess.run(['espeak-ng', *sys.argv[1:]]).returncode)")  # fmt: skip
    assert seconds(await Espeak(spy).say("--version Ada Okoye", "en")) > 1
    assert "Ada" not in seen.read_text()
    assert "--version" not in seen.read_text()


async def test_a_program_that_hangs_is_ended_and_one_that_is_missing_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.speech.voices.SECONDS", 0.5)
    pid = tmp_path / "pid"
    hangs = program(tmp_path, f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    began = time.monotonic()
    with pytest.raises(EarProblem, match="too slow"):
        await Espeak(hangs).say(ASK, "en")
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    with pytest.raises(EarProblem, match="not installed"):
        await Espeak(str(tmp_path / "nothing")).say(ASK, "en")


@pytest.fixture
def alba(tmp_path: Path) -> Path:
    """The files of a Piper voice, as far as we read them."""
    model = tmp_path / "en_GB-alba.onnx"
    model.write_bytes(b"")
    Path(f"{model}.json").write_text('{"language": {"code": "en_GB"}}')
    return model


async def test_piper_speaks_the_language_of_its_voice_only(tmp_path: Path, alba: Path):
    """Called as its versions are: a model, a file to write, the words as one line of its input."""
    stand_in = program(tmp_path, "import sys, subprocess\n"
        "a = sys.argv[1:]\nlines = sys.stdin.read().splitlines()\nassert len(lines) == 1 and a[0] == '--model'\n"
        "subprocess.run(['espeak-ng', '-w', a[a.index('--output_file') + 1], '--stdin'], input=lines[0].encode(), check=True)")  # fmt: skip
    model = tmp_path / "en_GB-alba.onnx"
    model.write_bytes(b"")
    model.with_suffix(".onnx.json").write_text('{"language": {"code": "en_GB"}}')
    voice = Piper(model, stand_in)
    assert seconds(await voice.say("One line.\n\nAnd another one.", "en-US")) > 1
    with pytest.raises(EarProblem, match="another language"):
        await voice.say(ASK, "de")
    with pytest.raises(EarProblem, match="nothing was said"):
        await Piper(alba, program(tmp_path, "import sys\nsys.exit(1)")).say(ASK, "en")


async def test_a_server_is_asked_once_and_its_trouble_is_a_problem(tmp_path: Path):
    spoken = await Espeak().say(ASK, "en")
    streamed = spoken[:4] + b"\xff" * 4 + spoken[8:40] + b"\xff" * 4 + spoken[44:]  # as servers write it
    async with FakeOpenAI(honest, speech=lambda body: streamed).running() as server:
        voice = hosted_voice(
            Settings(home=tmp_path, voice_base_url=server.base_url, voice_server_model="kokoro", voice_name="af_heart")
        )
        assert await voice.say(f"<b>{ASK}</b>", "en") == spoken
        (asked,) = server.requests
        assert asked == {"model": "kokoro", "voice": "af_heart", "input": ASK, "response_format": "wav"}
        server.refusals.append((500, {}, error("down")))
        with pytest.raises(EarProblem, match="server"):
            await voice.say(ASK, "en")
        assert len(server.requests) == 2
        server.speech = lambda body: b"<html>not a sound</html>"
        with pytest.raises(EarProblem, match="no sound"):
            await voice.say(ASK, "en")
        server.speech = lambda body: streamed + bytes(20_000_000)
        with pytest.raises(EarProblem, match="server"):
            await voice.say(ASK, "en")
        await voice.aclose()
    assert not server.violations


def test_what_speaks_follows_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def name(**settings: Any) -> str:
        voice = voice_of(Settings(home=tmp_path, **settings))
        return voice.name if voice else ""

    assert name() == "espeak-ng"
    assert name(voice="off") == "" == name(voice="piper") == name(voice="server")
    assert name(voice_model="x/alba.onnx") == "piper alba" == name(voice="piper", voice_model="x/alba.onnx")
    assert name(voice="espeak", voice_model="x/alba.onnx") == "espeak-ng"
    assert name(voice_model="x/alba.onnx", voice_base_url="http://127.0.0.1:1/v1") == "server tts default"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert name() == ""


def test_a_file_that_is_no_sound_is_refused():
    for bad in (b"", b"RIFF", b"\x00" * 100, b"RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\x7f" + bytes(60)):
        with pytest.raises(EarProblem):
            whole_wav(bad)


async def test_several_at_once_share_the_machine():
    made = await asyncio.gather(*(Espeak().say(f"Number {n}.", "en") for n in range(6)))
    assert len(set(made)) == 6
