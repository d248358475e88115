"""A small OpenAI-compatible server on 127.0.0.1, checked in both directions against the published specification.

`answer` is the model: it gets the request body and returns the text of the completion. `forms` are the response
formats the server knows; another one gets the 400 that real servers send. Refusals queue up in `refusals`. `hold` keeps
every answer back until it is set; `most` is how many requests have been waiting at the same time. `speech` speaks: it
gets the body of a speech request and returns the bytes of the sound. `hears` transcribes: it gets the fields and the file,
and returns the answer (None: it doesn't know that form).
"""

import asyncio
import contextlib
import email
import email.policy
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.shared import shared

PATH, SPEECH, HEARING = "/chat/completions", "/audio/speech", "/audio/transcriptions"


@dataclass(frozen=True)
class Ended:
    """A completion that ended in another way: a refusal, a filter, or a cut at the length (`finish`)."""

    content: str | None = None
    finish: str = "stop"
    refusal: str | None = None


Answer = Callable[[dict[str, Any]], str | Ended]


def _wirespec() -> Any:
    folder = str(shared("wirespec"))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import wirespec

    return wirespec


def error(message: str, kind: str = "invalid_request_error", code: str | None = None) -> dict[str, Any]:
    """An error body as the platform words it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


@dataclass
class FakeOpenAI:
    """The server. At the end of a test `violations` must be empty."""

    answer: Answer
    speech: Callable[[dict[str, Any]], bytes] | None = None
    hears: Callable[[dict[str, Any], bytes], dict[str, Any] | None] | None = None
    forms: tuple[str, ...] = ("json_schema", "json_object", "text")
    refusals: list[tuple[int, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    base_url: str = ""
    hold: asyncio.Event | None = None
    waiting: int = 0
    most: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def held(self, many: int) -> None:
        """Wait until `many` requests are held back at the same time."""
        async with asyncio.timeout(20):
            while self.waiting < many:
                self._news.clear()
                await self._news.wait()

    async def _completions(self, request: Request) -> JSONResponse:
        body = await request.json()
        self.requests.append(body)
        wrong = _wirespec().check_openai_request("POST", PATH, body)
        self.violations += wrong
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        self._news.set()
        await (self.hold.wait() if self.hold is not None else asyncio.sleep(0))
        self.waiting -= 1
        form = body.get("response_format", {"type": "text"})["type"]
        if wrong:
            status, headers, reply = 400, {}, error("; ".join(wrong))
        elif self.refusals:
            status, headers, reply = self.refusals.pop(0)
        elif form not in self.forms:
            status, headers, reply = 400, {}, error(f"response_format {form} is not supported")
        else:
            status, headers, reply = 200, {}, self._completion(body)
        if status == 200:
            self.violations += [f"fake: {e}" for e in _wirespec().check_openai_response("POST", PATH, status, reply)]
        return JSONResponse(reply, status, headers)

    async def _speech(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        wrong = _wirespec().check_openai_request("POST", SPEECH, body)
        self.violations += wrong
        if wrong or self.speech is None:
            return JSONResponse(error("; ".join(wrong) or "no voice"), 400)
        if self.refusals:
            status, headers, reply = self.refusals.pop(0)
            return JSONResponse(reply, status, headers)
        return Response(self.speech(body), media_type="audio/wav")

    async def _hears(self, request: Request) -> Response:
        body, file = _parts(request.headers["content-type"], await request.body())
        self.requests.append(body)
        sent = {**body, "file": "<part>"}
        wrong = _wirespec().check_openai_request("POST", "/v1" + HEARING, sent, content_type="multipart/form-data")
        self.violations += wrong
        if self.refusals:
            status, headers, reply = self.refusals.pop(0)
            return JSONResponse(reply, status, headers)
        answer = None if wrong or self.hears is None else self.hears(body, file)
        if answer is None:
            return JSONResponse(error("; ".join(wrong) or "response_format is not supported"), 400)
        return JSONResponse(answer)

    def _completion(self, body: dict[str, Any]) -> dict[str, Any]:
        said = self.answer(body)
        ended = Ended(said) if isinstance(said, str) else said
        message = {"role": "assistant", "content": ended.content, "refusal": ended.refusal}
        choice = {"index": 0, "message": message, "finish_reason": ended.finish, "logprobs": None}
        usage = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
        return {
            "id": f"chatcmpl-{len(self.requests)}", "object": "chat.completion", "created": 1_700_000_000,
            "model": body["model"], "choices": [choice], "usage": usage,
        }  # fmt: skip

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["FakeOpenAI"]:
        """Serve until the block ends."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        calls = {PATH: self._completions, SPEECH: self._speech, HEARING: self._hears}
        app = Starlette(routes=[Route(f"/v1{path}", call, methods=["POST"]) for path, call in calls.items()])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield self  # the socket listens already: an early call waits in its queue until the server takes it
        finally:
            server.should_exit = True
            if self.hold is not None:
                self.hold.set()
            await task
            listener.close()


def _parts(kind: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """The fields of a form and its file."""
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + data, policy=email.policy.HTTP)
    body, file = dict[str, Any](), b""
    for part in message.iter_parts():  # pyright: ignore[reportAttributeAccessIssue]
        name, content = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
        if part.get_filename():
            file = content
        elif name.endswith("[]"):
            body.setdefault(name[:-2], []).append(content.decode())
        else:
            body[name] = content.decode()
    return body, file


def read(body: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a judge request shows the model: its indicators and the candidate's numbered sentences."""
    lines = body["messages"][1]["content"].split("\n")
    material, said = json.loads(lines[0]), json.loads(lines[2])
    assert lines[1] == lines[3] == material["delimiter"]
    return material.get("indicators", []), said["candidate_sentences"]


def reading(indicators: list[dict[str, Any]], **more: Any) -> str:
    """A completion that fits the schema."""
    return json.dumps({"indicators": indicators, "contradictions": [], "insufficient_evidence": False, **more})


def entry(id: str, status: str = "no_evidence", ids: tuple[int, ...] = (), quote: str = "") -> dict[str, Any]:
    """One indicator of a completion."""
    return {"id": id, "sentence_ids": list(ids), "quote": quote, "status": status}


def honest(body: dict[str, Any]) -> str:
    """A model that marks the n-th indicator met with the n-th sentence, whole; without a sentence there is nothing."""
    indicators, said = read(body)
    by_name = sorted(i["id"] for i in indicators)
    entries = [
        entry(id, "met", (said[n]["id"],), said[n]["text"]) if n < len(said) else entry(id)
        for n, id in enumerate(by_name)
    ]
    return reading(entries)
