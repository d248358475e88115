"""The web as a platform: who is listening, handing messages over, and the HTTP interface of a chat.

A message counts as delivered when a listening page has acknowledged it by id. Nobody listening is not a failure: the
message waits, in order, until somebody opens the chat again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol, cast

import orjson
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from adapters.contract import Capabilities, Delivered, Door, Outcome, Outgoing, Unfetchable, Who
from adapters.web import render
from adapters.web.parse import EventsIn, SaidIn
from adapters.web.route import JsonRoute

COOKIE = "parley_session"
_PING_SECONDS = 20
_BUFFER = 2_000


class Caller(Protocol):
    """Who makes a request, from a verified session."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def person_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def thread_id(self) -> str: ...
    @property
    def channels(self) -> tuple[tuple[str, str], ...]: ...


class Port(Protocol):
    """What the web needs of the bot. `thread_id` is always checked against the caller first (`kind_of`)."""

    async def caller(self, secret: str) -> Caller | None: ...
    async def kind_of(self, caller: Caller, thread_id: str) -> str | None: ...
    async def receive(self, caller: Caller, thread_id: str, kind: str, event: Any) -> dict[str, str]: ...
    async def history(self, caller: Caller, thread_id: str, after: int) -> list[dict[str, Any]]: ...
    async def asked(self, tenant_id: str, thread_id: str) -> dict[str, Any] | None: ...
    async def card_of(self, tenant_id: str, message_id: str) -> dict[str, Any] | None: ...
    def title_of(self, caller: Caller, thread_id: str) -> str: ...
    def kick(self, thread_id: str) -> None: ...


@dataclass(slots=True, eq=False)
class _Listener:
    """One open stream. `after`: everything up to this position was shown when it connected."""

    tenant_id: str
    person_id: str
    after: int
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(_BUFFER))


@dataclass(slots=True)
class _Waiting:
    """A message on its way to the pages. `frame`: what to tell a page that connects meanwhile."""

    seq: int
    frame: bytes
    seen: "asyncio.Future[bool]"

    def end(self, seen: bool) -> None:
        if not self.seen.done():
            self.seen.set_result(seen)


class WebAdapter:
    """The web page as a `ChatAdapter`."""

    name = "web"
    capabilities: Capabilities = render.CAPABILITIES

    def __init__(self) -> None:
        self.port: Port | None = None  # set by the wiring: the inbox needs the outbox, which needs us
        self.speaks = False  # whether there is a voice that reads aloud; set by the wiring
        self._listeners: dict[str, list[_Listener]] = {}
        # chat -> message -> who waits for it: more than one, when a message and a change of it go out together.
        self._unseen: dict[str, dict[str, list[_Waiting]]] = {}
        self._asked: dict[str, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- the contract -------------------------------------------------------------------------------

    def ready(self, thread_id: str) -> bool:
        return bool(self._listeners.get(thread_id))

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        """Push to everybody who listens and wait until one of them has shown it."""
        thread_id = lane[0].thread_id
        if not self._listeners.get(thread_id):
            return [Delivered(lane[0].id, Outcome.AWAY)]
        waiting = [(m, await self._push(thread_id, m)) for m in lane]
        receipts = list[Delivered]()
        for out, seen in waiting:
            if not await seen:
                receipts.append(Delivered(out.id, Outcome.AWAY))
                break
            receipts.append(Delivered(out.id, Outcome.SENT, out.id))
        return receipts

    async def look_up(self, message: Outgoing) -> Delivered | None:
        """A page says on connecting how far it has got: what lies before that was delivered."""
        listeners = self._listeners.get(message.thread_id, ())
        if any(message.seq <= x.after for x in listeners):
            return Delivered(message.id, Outcome.SENT, message.id)
        return None

    async def catch_up(self, since: int) -> None:
        """Nothing to fetch: a page keeps what was not accepted and sends it again by itself."""

    def drained(self, thread_id: str) -> None:
        if self._listeners.get(thread_id):
            self._later(self._publish_asked(thread_id))

    async def read(self, ref: dict[str, str], limit: int) -> AsyncIterator[bytes]:
        raise Unfetchable("That recording can't be fetched.")
        yield b""

    def typing(self, thread_id: str, address: str) -> None:
        self._emit(thread_id, "typing", {"on": True})

    def private(self, who: Who) -> str:
        """A page is known by its session and not by an envelope; nobody asks this of it."""
        return who.user

    async def name_of(self, workspace: str, user: str) -> str:
        """On a page nobody is picked by their account."""
        return ""

    def door(self, secret: str) -> Door | None:
        """The invitation's own page is the door, and it stands open to whoever sees it."""
        return None

    async def start(self) -> None:
        """The web host serves the routes; there is nothing to connect."""

    async def stop(self) -> None:
        self.hang_up()

    async def mirror(self, message: Outgoing) -> None:
        """Show a message that was delivered on another platform to whoever has the page open beside it."""
        if self._listeners.get(message.thread_id):
            card = message.card if message.card is not None else message.shown
            edit = message.act == "edit"
            frame = (
                _frame("update", render.update(message, card, self.speaks))
                if edit
                else _frame("message", render.message(message, speaks=self.speaks))
            )
            self._send(message.thread_id, frame)
            self.drained(message.thread_id)

    def hang_up(self) -> None:
        """Wake everybody who waits for a page, and end the streams."""
        for listeners in list(self._listeners.values()):
            for listener in listeners:
                self._offer(listener, b"")

    # -- listeners ----------------------------------------------------------------------------------

    def seen(self, thread_id: str, ids: Sequence[str]) -> None:
        """A page has shown these messages."""
        unseen = self._unseen.get(thread_id)
        if not unseen:
            return
        for message_id in ids:
            for waiting in unseen.pop(message_id, ()):
                waiting.end(True)

    def echo(self, thread_id: str, message: dict[str, Any]) -> None:
        """Show what a person (`by`) wrote on every screen that has this chat open; on their own ones as theirs."""
        for listener in list(self._listeners.get(thread_id, ())):
            who = "me" if listener.person_id == message.get("by") else "person"
            self._offer(listener, _frame("message", {**message, "from": who}))

    async def listen(self, caller: Caller, thread_id: str, after: int) -> AsyncIterator[bytes]:
        """The stream of one page: what it missed, then everything new."""
        assert self.port is not None
        listener = _Listener(caller.tenant_id, caller.person_id, after)
        self._listeners.setdefault(thread_id, []).append(listener)
        self._catch_up(thread_id, listener)
        try:
            yield b"retry: 1000\n\n"
            for m in await self.port.history(caller, thread_id, after):
                yield _frame("message" if m["state"] != "gone" else "update", m)
            self._asked.pop(thread_id, None)
            self.port.kick(thread_id)
            while True:
                try:
                    # Not `wait_for`: on Python 3.11 that is a task for each frame, and may swallow a cancellation.
                    async with asyncio.timeout(_PING_SECONDS):
                        frames = [await listener.queue.get()]
                except TimeoutError:
                    frames = [b": still here\n\n"]
                # What is waiting by now goes out in one piece: a turn's messages are one write, not four.
                while not listener.queue.empty():
                    frames.append(listener.queue.get_nowait())
                if b"" in frames:
                    return
                yield b"".join(frames)
        finally:
            self._leave(thread_id, listener)

    def _leave(self, thread_id: str, listener: _Listener) -> None:
        listeners = self._listeners.get(thread_id, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._listeners.pop(thread_id, None)
            self._asked.pop(thread_id, None)
            for waiting in chain.from_iterable(self._unseen.pop(thread_id, {}).values()):
                waiting.end(False)

    def _catch_up(self, thread_id: str, listener: _Listener) -> None:
        """What was on its way when this page connected may have gone down a dead line: tell this page too."""
        on_the_way = chain.from_iterable(self._unseen.get(thread_id, {}).values())
        for waiting in sorted(on_the_way, key=lambda w: w.seq):
            if waiting.seq <= listener.after:
                waiting.end(True)
            else:
                self._offer(listener, waiting.frame)

    async def _push(self, thread_id: str, out: Outgoing) -> "asyncio.Future[bool]":
        """Hand one message to the listeners; the future tells whether somebody has shown it."""
        seen = asyncio.get_running_loop().create_future()
        if not self._listeners.get(thread_id):
            seen.set_result(False)
            return seen
        shown_as = out.target if out.act == "edit" else out.id
        if out.act == "edit":
            assert self.port is not None
            tenant = self._listeners[thread_id][0].tenant_id
            card = out.card if out.card is not None else await self.port.card_of(tenant, out.target)
            frame = _frame("update", render.update(out, card, self.speaks))
        else:
            frame = _frame("message", render.message(out, speaks=self.speaks))
        if not self._listeners.get(thread_id):  # they may have left while the card was read
            seen.set_result(False)
            return seen
        self._unseen.setdefault(thread_id, {}).setdefault(shown_as, []).append(_Waiting(out.seq, frame, seen))
        self._send(thread_id, frame)
        return seen

    def _emit(self, thread_id: str, kind: str, data: object) -> None:
        if self._listeners.get(thread_id):
            self._send(thread_id, _frame(kind, data))

    def _send(self, thread_id: str, frame: bytes) -> None:
        for listener in list(self._listeners.get(thread_id, ())):
            self._offer(listener, frame)

    @staticmethod
    def _offer(listener: _Listener, frame: bytes) -> None:
        try:
            listener.queue.put_nowait(frame)
        except asyncio.QueueFull:
            # A page that does not read: let it go, it will come back and say how far it got.
            listener.queue = asyncio.Queue(_BUFFER)
            listener.queue.put_nowait(b"")

    async def _publish_asked(self, thread_id: str) -> None:
        listeners = self._listeners.get(thread_id)
        if not listeners or self.port is None:
            return
        asked = await self.port.asked(listeners[0].tenant_id, thread_id)
        frame = _frame("asked", asked)
        if thread_id in self._listeners and self._asked.get(thread_id) != frame:  # they may have left meanwhile
            self._asked[thread_id] = frame
            self._send(thread_id, frame)

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _frame(kind: str, data: object) -> bytes:
    head = b"event: " + kind.encode() + b"\n"
    seq = _position(cast("dict[str, Any]", data)) if isinstance(data, dict) else 0
    if seq:
        head += f"id: {seq}\n".encode()
    return head + b"data: " + orjson.dumps(data) + b"\n\n"


def _position(message: dict[str, Any]) -> int:
    """How far a page has got that was shown this message; 0 where it says nothing.

    Only Parley's messages are delivered in order. What a person wrote can be shown before an earlier message of
    Parley's that is still on its way: were it a position, that message would count as shown and never come.
    """
    return message["seq"] if message.get("from") == "parley" else 0


def _json(data: object) -> Response:
    return Response(orjson.dumps(data), media_type="application/json")


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    code: str
    message: str


class ProblemOut(BaseModel):
    error: Problem


class AcceptedOut(BaseModel):
    """Which events are durably stored. `problems`: field key -> what is wrong with it, for a form that was sent."""

    accepted: list[str]
    problems: dict[str, str] = Field(default_factory=dict)


class SeenIn(BaseModel):
    ids: list[str] = Field(max_length=500)


def refuse(status: int, code: str, message: str) -> HTTPException:
    """An error answer that says what to do."""
    return HTTPException(status, {"code": code, "message": message})


async def caller_of(adapter: WebAdapter, request: Request) -> Caller:
    """Who makes a request, by its session; refused without one."""
    assert adapter.port is not None
    secret = request.cookies.get(COOKIE, "")
    bearer = request.headers.get("authorization", "")
    if bearer.startswith("Bearer "):
        secret = bearer[7:]
    found = await adapter.port.caller(secret) if secret else None
    if found is None:
        raise refuse(401, "signed_out", "This page has lost its sign-in. Please open it again from your own link.")
    return found


def router(adapter: WebAdapter) -> APIRouter:
    """The HTTP interface of a chat, as documented in docs/reference/web-api.md and /openapi.json."""
    api = APIRouter(prefix="/api/v1", tags=["chat"], responses={401: {"model": ProblemOut}, 404: {"model": ProblemOut}})

    async def kind_of(who: Caller, thread_id: str) -> str:
        assert adapter.port is not None
        kind = await adapter.port.kind_of(who, thread_id)
        if kind is None:
            raise refuse(404, "not_found", "There is no such chat here.")
        return kind

    async def me(request: Request) -> Response:
        """Who this session belongs to, and which chats they have."""
        who = await caller_of(adapter, request)
        channels = [{"id": c, "name": n} for c, n in who.channels]
        return _json({"name": who.name, "role": who.role, "thread": who.thread_id, "channels": channels})

    async def thread(thread_id: str, request: Request) -> Response:
        """A chat: everything that was said in it, what it waits for, and the position of the stream."""
        who = await caller_of(adapter, request)
        kind = await kind_of(who, thread_id)
        assert adapter.port is not None
        messages = await adapter.port.history(who, thread_id, 0)
        asked = await adapter.port.asked(who.tenant_id, thread_id)
        cursor = max(map(_position, messages), default=0)
        title = adapter.port.title_of(who, thread_id)
        data = {
            "id": thread_id,
            "kind": kind,
            "title": title,
            "messages": messages,
            "asked": asked,
            "cursor": str(cursor),
        }
        return _json(data)

    async def stream(thread_id: str, request: Request, after: int = Query(0, ge=0)) -> Response:
        """Server-sent events: `message`, `update`, `asked`, `typing`. Acknowledge every message of Parley's."""
        who = await caller_of(adapter, request)
        await kind_of(who, thread_id)
        last = request.headers.get("last-event-id", "")
        after = max(after, int(last)) if last.isdigit() else after
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(adapter.listen(who, thread_id, after), media_type="text/event-stream", headers=headers)

    async def events(thread_id: str, body: EventsIn, request: Request) -> Response:
        """Hand over what a person did. An answer of 200 means that it is durably stored."""
        who = await caller_of(adapter, request)
        kind = await kind_of(who, thread_id)
        assert adapter.port is not None
        adapter.seen(thread_id, body.seen)
        accepted, problems = list[str](), dict[str, str]()
        for event in body.events:
            if kind == "channel" and not isinstance(event, SaidIn) and event.kind != "tapped":
                raise refuse(422, "not_here", "Only messages and buttons work in a channel.")
            problems |= await adapter.port.receive(who, thread_id, kind, event)
            accepted.append(event.id)
        return _json({"accepted": accepted, "problems": problems} if problems else {"accepted": accepted})

    async def seen(thread_id: str, body: SeenIn, request: Request) -> Response:
        """Acknowledge messages that were shown."""
        who = await caller_of(adapter, request)
        await kind_of(who, thread_id)
        adapter.seen(thread_id, body.ids)
        return Response(status_code=204)

    stream_answer: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}
    api.add_api_route("/me", me, methods=["GET"])
    api.add_api_route("/threads/{thread_id}", thread, methods=["GET"])
    api.add_api_route("/threads/{thread_id}/stream", stream, methods=["GET"], responses=stream_answer)
    lean: dict[str, Any] = {"methods": ["POST"], "route_class_override": JsonRoute}
    api.add_api_route("/threads/{thread_id}/events", events, response_model=AcceptedOut, **lean)
    api.add_api_route("/threads/{thread_id}/seen", seen, status_code=204, **lean)
    return api
