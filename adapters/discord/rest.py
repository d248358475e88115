"""Calls to Discord through discord.py's own HTTP client: one try each, and every trouble by one name.

discord.py keeps the token, the buckets and the session. Its retries are switched off, because they would hold a lane
for half a minute behind the outbox's back: a trace refuses the first 429 or 5xx before discord.py sees it.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any, cast

import aiohttp
import discord
from aiolimiter import AsyncLimiter
from discord.http import HTTPClient, Route

from adapters.contract import Outcome
from adapters.layout import content, file_name
from flows.cards import File

Json = dict[str, Any]

log = logging.getLogger("parley.discord")

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"

# Discord takes 50 calls a second of one bot (developer reference, "Rate Limits"): so at the rate of 40, ten at once.
_SLICE = 0.25
LONGEST_WAIT = 2.0  # for our own pace; the outbox waits for the rest
# JSON error codes that mean: nobody can be reached there (developer reference, "Opcodes and Status Codes")
BLOCKED = {10003, 10004, 10013, 20026, 40001, 50001, 50007, 50013, 50278}
TOO_FAST = 40003  # direct messages are opened too fast


class Trouble(Exception):
    """A call that failed: what that means for a message, a short code, and how long to wait (ms)."""

    def __init__(self, outcome: Outcome, code: str, after_ms: int = 0) -> None:
        super().__init__(code)
        self.outcome, self.code, self.after_ms = outcome, code, after_ms


class Busy(aiohttp.ClientError):
    """The platform said 429 or 5xx. A ClientError, so that discord.py's gateway waits and tries again."""

    def __init__(self, status: int, after: float, everywhere: bool) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.after, self.everywhere = status, after, everywhere


def one_try() -> aiohttp.TraceConfig:
    """A trace that ends a call at its first 429 or 5xx."""
    trace = aiohttp.TraceConfig()

    async def end(_: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
        status, headers = params.response.status, params.response.headers
        if status == 429 or status >= 500:
            after = headers.get("X-RateLimit-Reset-After") or headers.get("Retry-After") or "0"
            raise Busy(status, _seconds(after), "X-RateLimit-Global" in headers)

    trace.on_request_end.append(end)
    return trace


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 1.0


class Rest:
    """All calls of one connection. `paused`: until when (event loop's clock) everything has to wait."""

    def __init__(self, http: HTTPClient, timeout: float, rate: int) -> None:
        self._http, self._timeout = http, timeout
        self._pace = AsyncLimiter(max(1, rate * _SLICE), max(_SLICE, 1 / rate))
        self._paused = 0.0

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Json | None = None,
        files: Sequence[File] = (),
        **ids: str,
    ) -> Any:
        """One call; the reply as JSON. Raises `Trouble`. ids fill the path and choose discord.py's bucket."""
        wait = self._paused - asyncio.get_running_loop().time()
        if wait > 0:
            raise Trouble(Outcome.LATER, "429", int(wait * 1000) + 1)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._pace.acquire()
        except TimeoutError:
            raise Trouble(Outcome.LATER, "pace", 1000) from None
        return await self._try(method, path, body, query, ids, files)

    async def answer(self, interaction: str, token: str, body: Json, files: Sequence[File] = ()) -> None:
        """The first answer to an interaction; those don't count against the limit of all calls."""
        ids = {"webhook_id": interaction, "webhook_token": token}
        await self._try("POST", "/interactions/{webhook_id}/{webhook_token}/callback", body, None, ids, files)

    async def _try(
        self, method: str, path: str, body: Any, query: Json | None, ids: dict[str, str], files: Sequence[File]
    ) -> Any:
        given: Any = {"form": _form(body, files)} if files else {} if body is None else {"json": body}
        given |= {"params": query} if query else {}
        try:
            async with asyncio.timeout(self._timeout):
                return await self._http.request(Route(method, path, **ids), **given)
        except Busy as busy:
            raise self._busy(busy) from None
        except discord.RateLimited as limited:
            raise Trouble(Outcome.LATER, "429", int(limited.retry_after * 1000)) from None
        except discord.HTTPException as refused:
            raise _refused(refused) from None
        except TimeoutError:
            raise Trouble(Outcome.LATER, "timeout") from None
        except (OSError, aiohttp.ClientError) as broken:
            raise Trouble(Outcome.LATER, type(broken).__name__) from None
        except RuntimeError as closed:  # the session was closed under the call: we are stopping
            raise Trouble(Outcome.LATER, type(closed).__name__) from None

    def _busy(self, busy: Busy) -> Trouble:
        if busy.everywhere:
            self._paused = asyncio.get_running_loop().time() + busy.after
        return Trouble(Outcome.LATER, str(busy.status), int(busy.after * 1000))


def _form(body: Any, files: Sequence[File]) -> list[Json]:
    """A call with files, as parts: what is said about them, then each under its number."""
    parts: list[Json] = [{"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"}]
    for n, file in enumerate(files):
        named = {"filename": file_name(file), "content_type": file.mime or "application/octet-stream"}
        parts.append({"name": f"files[{n}]", "value": content(file), **named})
    return parts


def _refused(error: discord.HTTPException) -> Trouble:
    code = error.code or error.status
    if error.code == TOO_FAST:
        return Trouble(Outcome.LATER, str(code), 60_000)
    if error.code in BLOCKED or error.status in (401, 403):
        return Trouble(Outcome.BLOCKED, str(code))
    return Trouble(Outcome.FAILED, str(code))


async def history(rest: Rest, channel: str, after: int, most: int = 1000) -> list[Json]:
    """The messages of a channel that are newer than the snowflake `after`, oldest first; at most `most`."""
    found = list[Json]()
    while len(found) < most:
        query = {"after": str(after), "limit": "100"}
        page = cast("list[Json]", await rest.call("GET", MESSAGES, query=query, channel_id=channel))
        found += sorted(page, key=lambda m: int(m["id"]))
        if len(page) < 100:
            break
        after = int(found[-1]["id"])
    return found
