"""A voice behind an OpenAI-compatible server: `POST /audio/speech`."""

import asyncio

import openai

from bot.settings import Settings
from bot.speech.contract import EarProblem
from bot.speech.voices import readable, whole_wav
from bot.work import wire

_MOST_BYTES = 16_000_000  # of one answer; a minute and a half of speech has a fourth of it
_SECONDS = 30.0


class HostedVoice:
    """See `bot.speech.contract.Voice`. One try: whoever waits for a question has its text already."""

    def __init__(self, base_url: str, api_key: str, model: str, voice: str) -> None:
        # The client refuses an empty key; local servers ignore it.
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=_SECONDS, max_retries=0,
            http_client=wire.line(_SECONDS, _MOST_BYTES), default_headers={"Accept-Encoding": "identity"},
        )  # fmt: skip
        self._model, self._voice = model, voice
        self.name = f"server {model} {voice}"

    async def say(self, text: str, language: str) -> bytes:
        """See `bot.speech.contract.Voice`. language: the server finds it in the text by itself."""
        said = readable(text)
        if not said:
            raise EarProblem("nothing to say", again=False)
        try:
            async with asyncio.timeout(_SECONDS):
                made = await self._client.audio.speech.create(
                    model=self._model, voice=self._voice, input=said, response_format="wav"
                )
                return whole_wav(made.content)
        except (openai.OpenAIError, TimeoutError):
            raise EarProblem("server") from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()


def hosted_voice(settings: Settings) -> HostedVoice:
    """The voice of the server that the settings name."""
    key = settings.voice_api_key.get_secret_value()
    return HostedVoice(
        settings.voice_base_url, key, settings.voice_server_model or "tts", settings.voice_name or "default"
    )
