"""The one way to a language model: an OpenAI-compatible server, asked in the strictest form it knows.

Slow and fallible by nature, so what goes wrong is a value (`Failed`) and never an exception.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.chat.completion_create_params import ResponseFormat

from bot.metrics import MODEL_CALLS, MODEL_TOKENS
from bot.work import wire

Mode = Literal["json_schema", "json_object", "text"]
MODES: tuple[Mode, ...] = ("json_schema", "json_object", "text")
MAX_OUTPUT_TOKENS = 1_500


@dataclass(frozen=True, slots=True)
class Failed:
    """A call or a reading that gave nothing to use; `reason` is one of `FAILURES` (`bot.work.assess`)."""

    reason: str


@dataclass(slots=True)
class Budget:
    """Tokens of one interview. Reserved before a call, corrected by what the server says it used.

    `whole`: the budget that this one is a part of, so that what one reading took is known while others go on.
    """

    limit: int
    spent: int = 0
    whole: "Budget | None" = None

    def part(self) -> "Budget":
        """A budget for one reading, counted here too."""
        return Budget(self.limit, 0, self)

    def reserve(self, tokens: int) -> bool:
        """False, and nothing reserved, when the call would go past the limit."""
        if self.whole is not None and not self.whole.reserve(tokens):
            return False
        if self.spent + tokens > self.limit:
            return False
        self.spent += tokens
        return True

    def correct(self, tokens: int) -> None:
        """Add (or give back) the difference to what was reserved."""
        self.spent += tokens
        if self.whole is not None:
            self.whole.correct(tokens)


class ModelClient:
    """A model behind an OpenAI-compatible `base_url`. `at_once`: how many readings are under way at a time; a call that
    somebody is waiting for (`urgent` in `ask`) is made at once.

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
        at_once: int = 8,
    ) -> None:
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key, timeout=timeout, max_retries=max_retries, http_client=wire.line(timeout),
            default_headers={"Accept-Encoding": "identity"},
        )  # fmt: skip
        # `timeout` is about silence: a server that sends a byte now and then would otherwise keep its place for ever.
        self._longest = timeout * (max_retries + 2)
        self.model, self.host = model, urlsplit(base_url).hostname or ""
        self.seed, self.temperature = seed, temperature
        self._mode: Mode | None = None
        self._gate = asyncio.Semaphore(at_once)

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
        urgent: bool = False,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> str | Failed:
        """One completion as text, in the strictest form the server knows; the form that worked is remembered.

        `urgent`: somebody is waiting in a conversation, so it does not queue behind readings. `before`: awaited when it
        is this call's turn; what it raises ends it before anything is sent.
        """
        async with contextlib.nullcontext() if urgent else self._gate:
            if before is not None:
                await before()
            answer = await self._asked(messages, name, schema, budget, retries)
        MODEL_CALLS.labels(result=answer.reason if isinstance(answer, Failed) else "answered").inc()
        return answer

    async def _asked(
        self, messages: Sequence[dict[str, str]], name: str, schema: dict[str, Any], budget: Budget, retries: int | None
    ) -> str | Failed:  # fmt: skip
        estimate = sum(len(m["content"]) for m in messages) // 3 + MAX_OUTPUT_TOKENS // 3
        if not budget.reserve(estimate):
            return Failed("over_budget")
        for mode in MODES if self._mode is None else (self._mode,):
            try:
                async with asyncio.timeout(self._longest):
                    answer, used = await self._complete(messages, name, schema, mode, retries)
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                continue  # this server does not know this form of answer: try the next
            except (openai.OpenAIError, TimeoutError):
                return Failed("model_unreachable")
            self._mode = mode
            budget.correct(used - estimate if used else 0)
            MODEL_TOKENS.inc(used or estimate)
            return answer
        return Failed("model_unreachable")

    async def _complete(
        self, messages: Sequence[dict[str, str]], name: str, schema: dict[str, Any], mode: Mode, retries: int | None
    ) -> tuple[str | Failed, int]:
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
        return _answer(completion), (completion.usage.total_tokens if completion.usage else 0)


def _answer(completion: ChatCompletion) -> str | Failed:
    """What the model said, or why that is nothing to use. Half an answer is none: its end may have mattered."""
    choice = completion.choices[0] if completion.choices else None
    if choice is None:
        return Failed("schema_failure")
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return Failed("refused")
    if choice.finish_reason == "length":
        return Failed("truncated")
    return choice.message.content or Failed("schema_failure")
