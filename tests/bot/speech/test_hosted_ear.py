"""Listening on a server that speaks the OpenAI API: what is sent, what comes back, and what servers leave out."""

import io
import wave
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.settings import Settings
from bot.speech.contract import EarProblem
from bot.speech.ear import LocalEar
from bot.work.ears import ear_of
from bot.work.heard_there import gathered
from bot.work.hosted_ear import HostedEar
from tests.fakes.openai import FakeOpenAI, error, honest

SENTENCE = "we shipped the parser"
WHOLE: dict[str, Any] = {
    "task": "transcribe", "language": "english", "duration": 2.0, "text": SENTENCE,
    "words": [{"word": w, "start": 0.5 * n, "end": 0.5 * n + 0.4} for n, w in enumerate(SENTENCE.split())],
    "segments": [
        {"id": 0, "seek": 0, "start": 0.0, "end": 2.0, "text": " " + SENTENCE, "tokens": [1], "temperature": 0.0,
         "avg_logprob": -0.2, "compression_ratio": 1.1, "no_speech_prob": 0.01}
    ],
}  # fmt: skip


class Server:
    """What a server knows: forms of answers, the fullest first."""

    def __init__(self, *known: str) -> None:
        self.known, self.got = known, list[dict[str, Any]]()

    def hears(self, body: dict[str, Any], file: bytes) -> dict[str, Any] | None:
        with wave.open(io.BytesIO(file)) as sound:
            self.got.append({**body, "ms": sound.getnframes() // 16, "rate": sound.getframerate()})
        if body["response_format"] == "json":
            return {"text": SENTENCE} if "json" in self.known else None
        wanted = "words" if body.get("timestamp_granularities") else "segments"
        if wanted not in self.known:
            return None
        return WHOLE if wanted == "words" else {k: v for k, v in WHOLE.items() if k != "words"}


async def sound(ms: int) -> AsyncIterator[bytes]:
    for at in range(0, ms, 10_000):
        yield bytes(min(10_000, ms - at) * 32)


async def hear(server: Server, ms: int = 2000, language: str = "en") -> tuple[Any, FakeOpenAI]:
    async with FakeOpenAI(honest, hears=server.hears).running() as fake:
        ear = HostedEar(fake.base_url, "key", "any")
        try:
            return await ear.listen(sound(ms), ms, language), fake
        finally:
            await ear.stop()
            assert fake.violations == []


async def test_words_come_with_their_times():
    server = Server("words")
    found, _ = await hear(server)
    assert found.text == SENTENCE
    assert [(w.text, w.start, w.end) for w in found.words][1] == ("shipped", 500, 900)
    assert (found.language, found.ms, found.engine, found.speech) == ("en", 2000, "any", ((0, 2000),))
    assert [s.logprob for s in found.segments] == [-0.2]
    assert (server.got[0]["language"], server.got[0]["rate"], server.got[0]["ms"]) == ("en", 16_000, 2000)


async def test_a_server_that_names_another_language_is_believed_when_it_heard_enough():
    class Spanish(Server):
        def hears(self, body: dict[str, Any], file: bytes) -> dict[str, Any] | None:
            return {**WHOLE, "language": "spanish", "text": self.known[0], "words": [], "segments": []}

    for text, sure in ((SENTENCE + " again", 1.0), ("si claro", 0.0)):
        found, _ = await hear(Spanish(text))
        assert (found.language, found.language_sure) == ("es", sure)
    found, _ = await hear(Server("words"))
    assert (found.language, found.language_sure) == ("en", 0.0)


async def test_a_server_without_times_of_words_or_any_is_asked_for_less_and_the_rest_filled_in():
    for known in ("segments", "json"):
        server = Server(known)
        found, _ = await hear(server)
        assert [w.text for w in found.words] == SENTENCE.split()
        assert found.words[0].start == 0
        assert found.words[-1].end == 2000
        assert all(a.end <= b.start for a, b in zip(found.words, found.words[1:], strict=False))
    with pytest.raises(EarProblem) as refused:
        await hear(Server())
    assert not refused.value.again


async def test_a_long_recording_is_sent_in_pieces_and_its_times_go_on():
    server = Server("words")
    found, _ = await hear(server, 640_000, "")
    lengths = [g["ms"] for g in server.got]
    assert sum(lengths) == found.ms == 640_000
    assert len(lengths) == 3
    assert all("language" not in g for g in server.got)
    assert [s.start for s in found.segments] == [0, lengths[0], lengths[0] + lengths[1]]


def test_whatever_a_server_makes_up_is_words_or_none():
    odd: dict[str, Any] = {
        "text": "half a \ud83d sign",
        "segments": ["no", None, {"text": 7, "start": "x"}],
        "words": {},
    }
    assert [s.text for s in gathered(odd, 0, 2000)[0]] == [""]
    odd |= {"segments": None, "words": [{"word": "half\ud83d", "start": 1e300}, 3]}
    segments, words = gathered(odd, 0, 2000)
    assert [s.text for s in segments] == ["half a ? sign"]
    assert [(w.text, w.start) for w in words] == [("half?", 0)]


@pytest.mark.parametrize(("status", "again"), [(429, True), (503, True), (401, False), (404, False), (302, False)])
async def test_trouble_of_a_server_is_told_apart(status: int, again: bool):
    headers = {"Location": "http://127.0.0.1:9/v1/audio/transcriptions"} if status == 302 else {}
    async with FakeOpenAI(honest, hears=Server("words").hears).running() as fake:
        fake.refusals = [(status, headers, error("no"))]
        ear = HostedEar(fake.base_url, "key", "any")
        with pytest.raises(EarProblem) as failed:
            await ear.listen(sound(1000), 1000)
        await ear.stop()
    assert failed.value.again == again
    assert len(fake.requests) == 1  # a redirect is not followed, and nothing is tried behind our back


def test_what_listens_follows_the_settings(tmp_path: Any, beeps: Any):
    def chosen(**settings: Any) -> object:
        return ear_of(Settings(home=tmp_path, **settings))

    assert chosen() is None
    assert chosen(speech_model="base") is None  # not fetched yet: answers are written, and the doctor says why
    assert isinstance(chosen(speech_model=str(beeps)), LocalEar)
    server = {"transcribe_base_url": "http://127.0.0.1:9/v1", "transcribe_model": "any"}
    assert isinstance(chosen(speech_model=str(beeps), **server), HostedEar)
