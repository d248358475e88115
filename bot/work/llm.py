"""The one way to a language model: an OpenAI-compatible server, asked in the strictest form it knows.

Slow and fallible by nature, so what goes wrong is a value (`Failed`) and never an exception.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.completion_create_params import ResponseFormat

Mode = Literal["json_schema", "json_object", "text"]
MODES: tuple[Mode, ...] = ("json_schema", "json_object", "text")
MAX_OUTPUT_TOKENS = 1_500
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Failed:
    """A call or a reading that gave nothing to use; `reason` is one of `FAILURES`."""

    reason: str


@dataclass(slots=True)
class Budget:
    """Tokens of one interview. Reserved before a call, corrected by what the server says it used."""

    limit: int
    spent: int = 0
    calls: int = 0

    def reserve(self, tokens: int) -> bool:
        """False, and nothing reserved, when the call would go past the limit."""
        if self.spent + tokens > self.limit:
            return False
        self.spent += tokens
        self.calls += 1
        return True


class ModelClient:
    """A model behind an OpenAI-compatible `base_url`.

    `max_retries`: reading is safe to repeat, so the SDK's retries (429 with Retry-After, 5xx, broken connections) stay
    on here, unlike everywhere we send messages to people.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        seed: int,
        temperature: float,
        timeout: float,
        max_retries: int,
    ) -> None:
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key, timeout=timeout, max_retries=max_retries)
        self.model, self.host = model, urlsplit(base_url).hostname or ""
        self.seed, self.temperature = seed, temperature
        self._mode: Mode | None = None
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def ask(
        self,
        messages: Sequence[dict[str, str]],
        name: str,
        schema: dict[str, Any],
        budget: Budget,
        retries: int | None = None,
    ) -> str | Failed:
        """One completion as text, in the strictest form the server knows; the form that worked is remembered."""
        estimate = sum(len(m["content"]) for m in messages) // 3 + MAX_OUTPUT_TOKENS // 3
        if not budget.reserve(estimate):
            return Failed("over_budget")
        for mode in MODES if self._mode is None else (self._mode,):
            try:
                async with self._gate:
                    text, used = await self._complete(messages, name, schema, mode, retries)
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                continue  # this server does not know this form of answer: try the next
            except openai.OpenAIError:
                return Failed("model_unreachable")
            self._mode = mode
            budget.spent += used - estimate if used else 0
            return text if text else Failed("schema_failure")
        return Failed("model_unreachable")

    async def _complete(
        self, messages: Sequence[dict[str, str]], name: str, schema: dict[str, Any], mode: Mode, retries: int | None
    ) -> tuple[str, int]:
        sent = [dict(m) for m in messages]
        shape: ResponseFormat | openai.Omit = openai.omit
        if mode == "json_schema":
            shape = {"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": True}}
        else:
            sent[0]["content"] += f"\nThe schema: {json.dumps(schema)}"
            shape = {"type": "json_object"} if mode == "json_object" else openai.omit
        client = self._client if retries is None else self._client.with_options(max_retries=retries)
        completion = await client.chat.completions.create(
            model=self.model, messages=cast(list[ChatCompletionMessageParam], sent), response_format=shape,
            temperature=self.temperature, seed=self.seed, max_completion_tokens=MAX_OUTPUT_TOKENS,
        )  # fmt: skip
        message = completion.choices[0].message if completion.choices else None
        return (message.content or "" if message else ""), (completion.usage.total_tokens if completion.usage else 0)
