"""The line to a model's server: what comes back is bounded, and candidates' words go to the configured host and nowhere else."""

from collections.abc import AsyncIterator
from typing import cast

import httpx2  # what the SDK itself speaks with
import openai

MOST_BYTES = 2_000_000  # of one answer; a completion has some kilobytes


class TooMuch(httpx2.TransportError):
    """The server sends more than any completion has, or packs it so that its size can't be known."""


def line(timeout: float, most: int = MOST_BYTES) -> httpx2.AsyncClient:
    """A client that follows no redirect (it would carry a candidate's answer to somebody else) and reads `most` bytes
    of an answer at the most. timeout: seconds of silence."""

    async def bounded(answer: httpx2.Response) -> None:
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise TooMuch("packed")
        answer.stream = _Counted(cast("httpx2.AsyncByteStream", answer.stream), most)

    hooks = {"response": [bounded]}
    headers = {"Accept-Encoding": "identity"}
    return openai.DefaultAsyncHttpxClient(
        timeout=timeout, follow_redirects=False, event_hooks=hooks, headers=headers
    )  # fmt: skip


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, most: int) -> None:
        self._stream, self._most = stream, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._stream:
            read += len(piece)
            if read > self._most:
                raise TooMuch("too long")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
