"""The gateway of the fake Discord: sessions, sequence numbers, RESUME, and what only a socket can do wrong."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_payloads import Json

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT


@dataclass
class Session:
    """What the bot was sent, so that a RESUME can be answered."""

    id: str
    intents: int
    frames: list[Json] = field(default_factory=lambda: [])


@dataclass
class Gateway:
    """One bot's gateway. `check(frame, sent_by)` remembers violations; `held` frames wait for `release`."""

    check: Callable[[Json, str], None]
    url: Callable[[], str]
    token: str
    guilds: dict[str, Json]
    allowed: int = ~PRIVILEGED  # intents that are switched on for this bot
    heartbeat_ms: int = 41250
    refuse: list[int] = field(default_factory=lambda: [])  # close codes of the next attempts to identify
    sessions: dict[str, Session] = field(default_factory=lambda: {})
    current: Session | None = None
    socket: web.WebSocketResponse | None = None
    identified: int = 0
    resumed: int = 0
    holding: bool = False
    held: list[Json] = field(default_factory=lambda: [])

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await self._send(socket, {"op": 10, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                self.check(frame, "bot")
                await self._answer(socket, frame)
        if self.socket is socket:
            self.socket = None
        return socket

    async def _answer(self, socket: web.WebSocketResponse, frame: Json) -> None:
        match frame["op"]:
            case 1:
                await self._send(socket, {"op": 11, "s": None, "t": None})
            case 2:
                await self._identify(socket, frame["d"])
            case 6:
                await self._resume(socket, frame["d"])
            case _:
                pass

    async def _identify(self, socket: web.WebSocketResponse, asked: Json) -> None:
        self.identified += 1
        if self.refuse:
            await socket.close(code=self.refuse.pop(0))
            return
        if asked["token"] != self.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if asked["intents"] & ~self.allowed & PRIVILEGED:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        session = Session(f"session{len(self.sessions) + 1}", asked["intents"])
        self.sessions[session.id] = self.current = session
        self.socket = socket
        ready = {
            "v": 10,
            "user": payloads.me(),
            "guilds": [{"id": g, "unavailable": True} for g in self.guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url(),
            "application": {"id": payloads.BOT, "flags": 0, "flags_new": "0"},
        }
        await self._dispatch("READY", ready)
        for guild in self.guilds.values():
            await self._dispatch("GUILD_CREATE", guild)

    async def _resume(self, socket: web.WebSocketResponse, asked: Json) -> None:
        session = self.sessions.get(asked["session_id"])
        if session is None or asked["token"] != self.token:
            await self._send(socket, {"op": 9, "d": False, "s": None, "t": None})
            return
        self.resumed += 1
        self.current, self.socket = session, socket
        for frame in [f for f in session.frames if f["s"] > asked["seq"]]:
            await self._send(socket, frame)
        await self._dispatch("RESUMED", {})

    async def event(self, name: str, data: Json, intent: int) -> None:
        """Something happened. It reaches the bot if it asked for such events; now, or when it resumes."""
        if self.current is None or not self.current.intents & intent:
            return
        if self.holding:
            self.held.append({"t": name, "d": data})
            return
        await self._dispatch(name, data)

    async def interaction(self, data: Json) -> None:
        """An interaction needs no intent."""
        if self.current is not None:
            await self._dispatch("INTERACTION_CREATE", data)

    async def _dispatch(self, name: str, data: Json) -> None:
        session = self.current
        assert session is not None
        frame = {"op": 0, "t": name, "s": len(session.frames) + 1, "d": data}
        session.frames.append(frame)
        if self.socket is not None:
            await self._send(self.socket, frame)

    async def release(self, order: Callable[[list[Json]], list[Json]] = lambda held: held) -> None:
        """Send what was held, in another order if so wished."""
        held, self.held, self.holding = self.held, [], False
        for frame in order(held):
            await self._dispatch(frame["t"], frame["d"])

    async def again(self, name: str) -> None:
        """The last event of this name once more, as happens after a RESUME."""
        assert self.current is not None
        last = next(f for f in reversed(self.current.frames) if f["t"] == name)
        await self._dispatch(name, last["d"])

    async def raw(self, frame: Any) -> None:
        """Something that Discord should not send: it is not checked."""
        assert self.socket is not None
        await self.socket.send_json(frame)

    async def reconnect(self) -> None:
        """Op 7: the bot should reconnect and resume."""
        assert self.socket is not None
        socket, self.socket = self.socket, None
        await self._send(socket, {"op": 7, "s": None, "t": None})

    async def invalidate(self, resumable: bool = False) -> None:
        """Op 9: the session is over (or may be resumed)."""
        assert self.socket is not None
        assert self.current is not None
        socket, self.socket = self.socket, None
        if not resumable:
            self.sessions.pop(self.current.id)
            self.current = None
        await self._send(socket, {"op": 9, "d": resumable, "s": None, "t": None})

    async def disconnect(self, code: int = 4000, forget: bool = False) -> None:
        """Close the socket. forget: the session can't be resumed either."""
        socket, self.socket = self.socket, None
        if forget and self.current is not None:
            self.sessions.pop(self.current.id)
            self.current = None
        if socket is not None:
            await socket.close(code=code)

    async def _send(self, socket: web.WebSocketResponse, frame: Json) -> None:
        self.check(frame, "discord")
        if not socket.closed:
            await socket.send_json(frame)
