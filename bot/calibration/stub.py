"""A model that isn't one: an OpenAI-compatible server in this process, so that the real client runs without a network."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson

_MOST = 4_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as our protocol words it. `indicators`: (key, text), empty for a follow-up; `said`: (id, sentence)."""

    indicators: tuple[tuple[str, str], ...]
    said: tuple[tuple[int, str], ...]
    canary: str

    @property
    def follow_up(self) -> bool:
        return not self.indicators


Brain = Callable[[Asked], str]


def asked_in(body: dict[str, Any]) -> Asked:
    """What a request shows a model; `ValueError` for one that isn't ours."""
    system, user = body["messages"][0]["content"], body["messages"][1]["content"]
    lines = user.split("\n")
    material, said = orjson.loads(lines[0]), orjson.loads(lines[2])
    indicators = tuple((i["id"], i["text"]) for i in material.get("indicators", ()))
    canary = system.split("\n\n")[-1].rpartition(": ")[2].split("\n")[0]
    return Asked(indicators, tuple((s["id"], s["text"]) for s in said["candidate_sentences"]), canary)


class StubServer:
    """Listens on 127.0.0.1 and answers every completion with what `brain` says. `calls` counts them."""

    def __init__(self, brain: Brain) -> None:
        self._brain = brain
        self.calls = 0
        self.base_url = ""
        self._talks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator["StubServer"]:
        """Serve until the block ends."""
        server = await asyncio.start_server(self._begin, "127.0.0.1", 0, limit=_MOST)
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield self
        finally:
            server.close()
            for task in self._talks:  # a client keeps its connections, and would keep the loop
                task.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open for many requests."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
                length = next(int(value) for name, _, value in lines if name == b"content-length")
                reply = self._reply(await reader.readexactly(length))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ")
                writer.write(str(len(reply)).encode() + b"\r\n\r\n" + reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has hung up
        finally:
            writer.close()

    def _reply(self, raw: bytes) -> bytes:
        self.calls += 1
        body = cast("dict[str, Any]", orjson.loads(raw))
        message = {"role": "assistant", "content": self._brain(asked_in(body)), "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        head = {"id": f"chatcmpl-{self.calls}", "object": "chat.completion", "created": 0, "model": body["model"]}
        return orjson.dumps({**head, "choices": [choice], "usage": usage})
