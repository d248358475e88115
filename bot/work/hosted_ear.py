"""Listening on a server that speaks the OpenAI API: `POST /audio/transcriptions`.

A recording is sent in pieces of some minutes, cut where it is quiet: servers take 25 MB at a time, and an hour would wait for
its last word. What a server can't say (times of words, times at all) is filled in, so that a player has something to follow.
"""

import array
import asyncio
import io
import sys
import wave
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, cast

import openai
from openai import BaseModel

from bot.settings import Settings
from bot.speech.contract import EarProblem, Listened, Report, Segment, Word
from bot.work import wire
from bot.work.heard_there import LANGUAGES, gathered, spread

RATE, BYTES_PER_MS = 16_000, 32
_PIECE = 300_000 * BYTES_PER_MS  # five minutes, 10 MB
_TAIL = 15_000 * BYTES_PER_MS  # where a quiet moment is looked for
_MOMENT = RATE // 10
_SECONDS = 300.0  # for one piece
_ENOUGH = 5  # words by which a language is told from another
# What servers know, the fullest first: times of words, times of segments, the text alone.
_FORMS: tuple[dict[str, Any], ...] = (
    {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]},
    {"response_format": "verbose_json"},
    {"response_format": "json"},
)


class HostedEar:
    """See `bot.speech.contract.Ear`."""

    def __init__(self, base_url: str, api_key: str, model: str) -> None:
        # The client refuses an empty key; local servers ignore it. It doesn't try again by itself: the work does.
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=_SECONDS, max_retries=0,
            http_client=wire.line(_SECONDS), default_headers={"Accept-Encoding": "identity"},
        )  # fmt: skip
        self._model, self._form = model, 0

    async def start(self) -> None:
        """Nothing to do: a server is asked when there is something to hear."""

    async def stop(self) -> None:
        await self._client.close()

    async def listen(
        self, pcm: AsyncIterator[bytes], ms: int, language: str = "", report: Report | None = None
    ) -> Listened:
        words: list[Word] = []
        segments: list[Segment] = []
        found, at = Counter[str](), 0
        async for piece in _pieces(pcm):
            length = len(piece) // BYTES_PER_MS
            answer = await self._asked(await asyncio.to_thread(_wav, piece), language)
            some, more = gathered(answer, at, length)
            segments += some
            words += more or spread(some)
            if code := LANGUAGES.get(str(answer.get("language") or "").casefold()):
                found[code] += sum(len(s.text.split()) for s in some)
            at += length
            if report is not None and ms:
                await report(min(1.0, at / ms))
        # The server says when it heard something and not when somebody speaks: its segments stand for that.
        speech = tuple((s.start, s.end) for s in segments if s.text)
        text = " ".join(s.text for s in segments if s.text)
        heard = found.most_common(1)[0][0] if found else ""
        # How sure it was of a language a server doesn't say. Another one than it was told it names only when it has heard
        # that; of a few words it could be any.
        sure = 1.0 if heard and heard != language and found[heard] >= _ENOUGH else 0.0
        return Listened(text, tuple(words), tuple(segments), speech, heard, sure, at or ms, self._model)

    async def _asked(self, file: bytes, language: str) -> dict[str, Any]:
        """One piece, in the fullest form that the server knows; that form is remembered."""
        # What comes depends on the form; it is read as plain values, whatever the server leaves out.
        client = cast("Any", self._client.audio.transcriptions)
        for form in range(self._form, len(_FORMS)):
            try:
                async with asyncio.timeout(_SECONDS):
                    answer: BaseModel = await client.create(
                        model=self._model, file=("answer.wav", file, "audio/wav"),
                        language=language or openai.omit, **_FORMS[form],
                    )  # fmt: skip
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                continue
            except openai.APIStatusError as problem:
                again = problem.status_code in (408, 409, 429) or problem.status_code >= 500
                raise EarProblem(f"server {problem.status_code}", again) from None
            except (openai.OpenAIError, TimeoutError):
                raise EarProblem("server unreachable") from None
            self._form = form
            return answer.model_dump()
        raise EarProblem("server refuses", again=False)


async def _pieces(pcm: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A sound in pieces that end where it is quiet."""
    held = bytearray()
    async for some in pcm:
        held += some
        while len(held) >= _PIECE:
            end = await asyncio.to_thread(_quiet, bytes(held[_PIECE - _TAIL : _PIECE])) + _PIECE - _TAIL
            yield bytes(held[:end])
            del held[:end]
    if len(held) >= BYTES_PER_MS:
        yield bytes(held)


def _quiet(sound: bytes) -> int:
    """The middle of the quietest moment, in bytes."""
    values = array.array("h", sound)
    if sys.byteorder == "big":
        values.byteswap()
    loud = [sum(map(abs, values[n : n + _MOMENT])) for n in range(0, len(values) - _MOMENT + 1, _MOMENT)]
    return (loud.index(min(loud)) * _MOMENT + _MOMENT // 2) * 2


def _wav(sound: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound)
    return out.getvalue()


def hosted_ear(settings: Settings) -> HostedEar:
    """The server that the settings name."""
    key = settings.transcribe_api_key.get_secret_value()
    return HostedEar(settings.transcribe_base_url, key, settings.transcribe_model)
