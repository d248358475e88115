"""A Discord for tests: REST and gateway on 127.0.0.1, checked in both directions by wirespec.

In a test `async with FakeDiscord().running() as fake`; on its own `python -m tests.fakes.discord --port 9002`, where
`tests/fakes/discord_control.py` says what can be asked of it. It keeps the rules that no schema expresses: 3 seconds for
the first answer to an interaction, 15 minutes for its token, one first answer, nonces of a few minutes, buckets.
"""

import asyncio
import base64
import contextlib
import datetime as dt
import json
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT, Gateway
from tests.fakes.discord_payloads import BOT, GUILD, Json
from tests.shared import shared

EPOCH = 1420070400000
API = "/api/v10"
Upload = tuple[str, str, bytes]  # name, media type, bytes
TOKEN = "discord-test-token"
FIRST_ANSWER, TOKEN_LIFE, NONCE_LIFE = 3.0, 900.0, 180.0
VOICE = 1 << 13  # flag of a voice message
MESSAGE, MODAL, DEFER, DEFER_UPDATE, UPDATE, COMPLETE = 4, 9, 5, 6, 7, 8
# kind of interaction -> the answers that it may get
ANSWERS = {
    2: {MESSAGE, DEFER, MODAL},
    3: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    4: {COMPLETE},
    5: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}
ROUTES: list[tuple[str, str, str]] = [
    ("GET", r"/users/@me", "me"),
    ("GET", r"/oauth2/applications/@me", "application"),
    ("POST", r"/users/@me/channels", "open_dm"),
    ("GET", r"/channels/(\d+)", "channel"),
    ("GET", r"/channels/(\d+)/messages", "history"),
    ("POST", r"/channels/(\d+)/messages", "post"),
    ("GET", r"/channels/(\d+)/messages/(\d+)", "one"),
    ("PATCH", r"/channels/(\d+)/messages/(\d+)", "patch"),
    ("DELETE", r"/channels/(\d+)/messages/(\d+)", "remove"),
    ("POST", r"/channels/(\d+)/messages/(\d+)/threads", "thread"),
    ("POST", r"/channels/(\d+)/typing", "typing"),
    ("PUT", r"/applications/(\d+)/commands", "commands"),
    ("GET", r"/guilds/(\d+)", "guild"),
    ("GET", r"/users/(\d+)", "user"),
    ("POST", r"/interactions/(\d+)/([^/]+)/callback", "callback"),
    ("POST", r"/webhooks/(\d+)/([^/]+)", "follow_up"),
    ("PATCH", r"/webhooks/(\d+)/([^/]+)/messages/@original", "original"),
]


def wirespec() -> Any:
    """The oracle; it lives outside of the repository."""
    folder = str(shared("wirespec"))
    if folder not in sys.path:
        sys.path.append(folder)
    import wirespec as module  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

    return module  # pyright: ignore[reportUnknownVariableType]


class Refused(Exception):
    """What Discord answers instead of doing as it was told."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message}


@dataclass
class Interaction:
    """One interaction, and what the bot made of it."""

    id: str
    kind: int
    token: str
    channel: str
    user: str
    born: float
    payload: Json
    answer: Json | None = None
    followups: list[Json] = field(default_factory=lambda: [])
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    followed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def modal(self) -> Json:
        assert self.answer is not None
        assert self.answer["type"] == MODAL, self.answer
        return self.answer["data"]

    def shown(self) -> list[Json]:
        """Messages that its user alone sees, oldest first."""
        first = [self.answer["data"]] if self.answer and self.answer["type"] == MESSAGE else []
        return [*first, *self.followups]


@dataclass
class FakeDiscord:
    """See the module. `script[route]`: failures of the next calls of a route, for example
    `{"status": 429, "retry_after": 0.5}`, `{"status": 500}`, `{"status": 403, "code": 50007}`, `{"act": "hang"}`,
    `{"act": "drop"}`, `{"act": "taken"}` (done, but the connection breaks before the answer), `{"html": true}`."""

    port: int = 0
    token: str = TOKEN
    bucket: tuple[int, float] = (1000, 5.0)  # calls per seconds for messages of one channel
    violations: list[str] = field(default_factory=lambda: [])
    counts: Counter[str] = field(default_factory=lambda: Counter[str]())
    script: dict[str, list[Json]] = field(default_factory=lambda: {})
    users: dict[str, Json] = field(default_factory=lambda: {})
    channels: dict[str, Json] = field(default_factory=lambda: {})
    messages: dict[str, list[Json]] = field(default_factory=lambda: {})
    interactions: dict[str, Interaction] = field(default_factory=lambda: {})
    registered: list[Json] = field(default_factory=lambda: [])
    closed: set[str] = field(default_factory=lambda: set())  # users whose direct messages are closed
    strangers: set[str] = field(default_factory=lambda: set())  # users who share no guild with the bot
    files: dict[str, bytes] = field(default_factory=lambda: {})
    guilds: dict[str, Json] = field(default_factory=lambda: {})
    skew: float = 0.0
    no_files: tuple[int, int, str] | None = None  # status, code and message for every call that brings files
    no_threads: bool = False  # the bot may start none
    no_voice: bool = False  # the bot may send no voice messages
    signature: int = 1  # of the addresses of files; those with an older one have expired
    odd_files: dict[str, Json] = field(default_factory=lambda: {})  # id -> redirect, status, chunked, html
    downloads: list[str] = field(default_factory=lambda: [])  # ids of the files whose bytes were asked for
    said_to: list[tuple[str, Any]] = field(
        default_factory=lambda: []
    )  # path and body of every call that brought a body

    def __post_init__(self) -> None:
        self.spec = wirespec()
        self._uploaded = dict[str, Upload]()  # what came with the call that is being carried out
        self._last, self._nonces, self._windows = (
            0,
            dict[tuple[str, str], tuple[str, float]](),
            dict[str, list[float]](),
        )
        self._changed = asyncio.Event()
        self.gateway = Gateway(self._check_frame, lambda: self.gateway_url, self.token, self.guilds)

    # -- running

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gw"

    def application(self) -> web.Application:
        app = web.Application(client_max_size=30 << 20)
        app.router.add_get("/gw", self.gateway.handle)
        app.router.add_get("/gw/", self.gateway.handle)
        app.router.add_get("/cdn/{name}", self._cdn)
        app.router.add_route("*", API + "/{path:.*}", self._rest)
        return app

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["FakeDiscord"]:
        runner = web.AppRunner(self.application(), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        assert site._server is not None  # pyright: ignore[reportPrivateUsage]
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # no public way to the port
        try:
            yield self
        finally:
            await self.gateway.disconnect()
            await runner.cleanup()

    def now(self) -> float:
        return time.time() + self.skew

    def advance(self, seconds: float) -> None:
        """Let time pass, for the rules of time."""
        self.skew += seconds

    def snowflake(self) -> str:
        self._last = max(self._last + 1, (int(self.now() * 1000) - EPOCH) << 22)
        return str(self._last)

    def _stamp(self) -> str:
        return dt.datetime.fromtimestamp(self.now(), dt.UTC).isoformat()

    async def until(self, true: Any, seconds: float = 5) -> None:
        """Wait until `true()`; it is asked again whenever something has changed here."""
        async with asyncio.timeout(seconds):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    def _check_frame(self, frame: Json, sent_by: str) -> None:
        self.counts[f"gateway {sent_by}"] += 1
        who = "fake: " if sent_by == "discord" else ""
        self.violations += [
            f"{who}{frame.get('t') or frame.get('op')}: {e}" for e in self.spec.check_discord_gateway(frame, sent_by)
        ]
        self._changed.set()

    # -- REST

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        id = request.match_info["name"]
        self.downloads.append(id)
        body, odd = self.files.get(id), self.odd_files.get(id, {})
        if "redirect" in odd:
            return web.Response(status=302, headers={"Location": odd["redirect"]})
        if body is None or request.query.get("ex") != str(self.signature):
            return web.Response(status=404, text="This content is no longer available.")
        if "status" in odd:
            return web.Response(status=odd["status"])
        if not odd.get("chunked"):
            return web.Response(body=body, content_type="text/html" if odd.get("html") else "application/octet-stream")
        reply = web.StreamResponse()
        reply.enable_chunked_encoding()
        await reply.prepare(request)
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(body), 1 << 14):
                await reply.write(body[at : at + (1 << 14)])
        return reply

    def _signed(self, message: Json) -> Json:
        """The message with addresses of its files that are good now."""
        now = [{**a, "url": self._url(a["id"]), "proxy_url": self._url(a["id"])} for a in message["attachments"]]
        return {**message, "attachments": now}

    def _url(self, id: str) -> str:
        return f"http://127.0.0.1:{self.port}/cdn/{id}?ex={self.signature}"

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        for method, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                return await self._call(request, path, name, found.groups())
        self.violations.append(f"{request.method} {path}: no such route in the fake")
        return self._reply(request.method, path, 404, {"code": 0, "message": "404: Not Found"})

    async def _call(self, request: web.Request, path: str, name: str, args: tuple[str, ...]) -> web.StreamResponse:
        self.counts[f"{request.method} {name}"] += 1
        body, files = await _everything(request)
        if body is not None:
            self.said_to.append((path, body))
        failure = self.script[name].pop(0) if self.script.get(name) else {}
        if failure and failure.get("act") != "taken":
            return await self._fail(request, path, failure)
        headers: dict[str, str] = {}
        try:
            self._authorised(request, name)
            headers = self._bucket(name, args)
            wrong = self.spec.check_discord_request(request.method, path, body, dict(request.query), list(files))
            wrong += _unmatched(body, files)
            if wrong:
                self.violations += [f"{request.method} {path}: {e}" for e in wrong]
                raise Refused(400, 50035, "Invalid Form Body")
            if files and self.no_files:
                raise Refused(*self.no_files)
            self._uploaded = files
            status, answer = await getattr(self, f"_{name}")(body, dict(request.query), *args)
        except Refused as refused:
            status, answer = refused.status, refused.body
        self._changed.set()
        if failure:
            await self._fail(request, path, {"act": failure.get("then", "drop")})
        return self._reply(request.method, path, status, answer, headers)

    def _reply(self, method: str, path: str, status: int, body: Any, headers: Json | None = None) -> web.Response:
        self.violations += [
            f"fake: {method} {path}: {e}" for e in self.spec.check_discord_response(method, path, status, body)
        ]
        if status == 429:
            headers = {"Via": "1.1 google", "Retry-After": str(max(1, round(body["retry_after"]))), **(headers or {})}
            if body["global"]:
                headers["X-RateLimit-Global"] = "true"
        # The content type has to be exactly this: with a charset discord.py takes the body for text.
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return web.Response(status=status, body=data, headers={**kind, **(headers or {})})

    async def _fail(self, request: web.Request, path: str, failure: Json) -> web.StreamResponse:
        self._changed.set()
        if failure.get("act") == "hang":
            await asyncio.Event().wait()  # until the client gives up
        if failure.get("act") == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if failure.get("html"):
            return web.Response(status=failure.get("status", 502), text="<html>no</html>", content_type="text/html")
        body: Json = {"code": failure.get("code", 0), "message": failure.get("message", "no")}
        if failure["status"] == 429:
            body = {**body, "retry_after": failure.get("retry_after", 0.5), "global": failure.get("global", False)}
        return self._reply(request.method, path, failure["status"], body)

    def _authorised(self, request: web.Request, name: str) -> None:
        if (
            name not in ("callback", "follow_up", "original")
            and request.headers.get("Authorization") != f"Bot {self.token}"
        ):
            raise Refused(401, 0, "401: Unauthorized")

    def _bucket(self, name: str, args: tuple[str, ...]) -> dict[str, str]:
        if name not in ("post", "patch"):
            return {}
        limit, seconds = self.bucket
        key = f"{name}:{args[0]}"
        window = [t for t in self._windows.get(key, []) if t > self.now() - seconds]
        over = len(window) >= limit
        self._windows[key] = window if over else [*window, self.now()]
        after = max(0.01, (self._windows[key][0] if self._windows[key] else self.now()) + seconds - self.now())
        if over:
            self.counts["429"] += 1
            refused = Refused(429, 0, "You are being rate limited.")
            refused.body |= {"retry_after": after, "global": False}
            raise refused
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - len(self._windows[key])),
            "X-RateLimit-Reset": f"{self.now() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"bucket-{name}",
        }

    async def _me(self, body: Any, query: Json) -> tuple[int, Any]:
        return 200, payloads.me()

    async def _application(self, body: Any, query: Json) -> tuple[int, Any]:
        return 200, payloads.application()

    async def _guild(self, body: Any, query: Json, guild: str) -> tuple[int, Any]:
        raise Refused(404, 10004, "Unknown Guild")

    async def _user(self, body: Any, query: Json, user: str) -> tuple[int, Any]:
        if user not in self.users:
            raise Refused(404, 10013, "Unknown User")
        return 200, self.users[user]

    async def _commands(self, body: Any, query: Json, app: str) -> tuple[int, Any]:
        self.registered = body
        added = {"application_id": BOT, "version": "1", "default_member_permissions": None}
        return 200, [{**command, "id": self.snowflake(), **added} for command in body]

    async def _open_dm(self, body: Any, query: Json) -> tuple[int, Any]:
        recipient = str(body["recipient_id"])
        if recipient not in self.users:
            raise Refused(400, 50033, "Invalid Recipient(s)")
        return 200, self.channels[self.dm_of(recipient)]

    async def _channel(self, body: Any, query: Json, channel: str) -> tuple[int, Any]:
        return 200, self._known(channel)

    def _known(self, channel: str) -> Json:
        if channel not in self.channels:
            raise Refused(404, 10003, "Unknown Channel")
        return self.channels[channel]

    async def _history(self, body: Any, query: Json, channel: str) -> tuple[int, Any]:
        self._known(channel)
        after, limit = int(query.get("after", 0)), int(query.get("limit", 50))
        found = [m for m in self.messages.get(channel, []) if int(m["id"]) > after]
        chosen = found[:limit] if "after" in query else found[-limit:]
        seen = map(self._signed, reversed(chosen))
        return 200, [{k: v for k, v in m.items() if k not in ("nonce", "guild_id")} for m in seen]

    async def _one(self, body: Any, query: Json, channel: str, message: str) -> tuple[int, Any]:
        self._known(channel)
        return 200, self._signed(self.message(channel, message))

    async def _post(self, body: Any, query: Json, channel: str) -> tuple[int, Any]:
        where = self._known(channel)
        if where.get("thread_metadata", {}).get("locked"):
            raise Refused(400, 160005, "This thread is locked")
        if where["type"] == 1:
            recipient = where["recipients"][0]["id"]
            if recipient in self.strangers:
                raise Refused(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
            if recipient in self.closed:
                raise Refused(403, 50007, "Cannot send messages to this user")
        nonce = body.get("nonce")
        if nonce and body.get("enforce_nonce"):
            known = self._nonces.get((channel, nonce))
            if known and known[1] > self.now() - NONCE_LIFE:
                self.counts["nonce hit"] += 1
                return 200, next(m for m in self.messages[channel] if m["id"] == known[0])
        if (body.get("flags") or 0) & VOICE:
            self._voice(body)
        message = payloads.message(self.snowflake(), channel, self._bot(), body.get("content") or "", self._stamp())
        message |= {"components": self._numbered(body.get("components") or []), "flags": body.get("flags") or 0}
        message["mention_everyone"] = False
        message["attachments"] = self._kept(body, [])
        if answers := body.get("message_reference"):
            there = [m for m in self.messages.get(channel, []) if m["id"] == str(answers["message_id"])]
            if not there and answers.get("fail_if_not_exists", True):
                raise Refused(400, 50035, "Invalid Form Body")
            named = {"type": 0, "channel_id": channel, "message_id": str(answers["message_id"])}
            message |= {"type": 19, "message_reference": named} if there else {}
        if nonce:
            message["nonce"] = nonce
            self._nonces[channel, nonce] = message["id"], self.now()
        self._remember_mentions(body)
        self.messages.setdefault(channel, []).append(message)
        await self.gateway.event("MESSAGE_CREATE", message, DIRECT_MESSAGES if where["type"] == 1 else GUILD_MESSAGES)
        return 200, message

    def _voice(self, body: Json) -> None:
        """A voice message is one sound with its length and its waveform, and nothing else (resources/message.mdx)."""
        if self.no_voice:
            raise Refused(403, 50173, "You cannot send voice messages in this channel.")
        if body.get("content") or body.get("components") or body.get("embeds"):
            raise Refused(400, 50159, "Voice messages do not support additional content.")
        if [kind for _, kind, _ in self._uploaded.values()] != ["audio/ogg"]:
            raise Refused(400, 50160, "Voice messages must have a single audio attachment.")
        about = body["attachments"][0]
        points = base64.b64decode(about.get("waveform") or "", validate=True)
        if not 0 < len(points) <= 256 or not about.get("duration_secs", 0) > 0:
            raise Refused(400, 50161, "Voice messages must have supporting metadata.")

    def _kept(self, body: Json, before: list[Json]) -> list[Json]:
        """The attachments that a message has now: those named again by their id, and what was uploaded with the call."""
        found = list[Json]()
        for named in body.get("attachments") or []:
            old = next((a for a in before if a["id"] == str(named["id"])), None)
            if old is None:
                name, media_type, data = self._uploaded[f"files[{named['id']}]"]
                old = self.attach(named.get("filename") or name, media_type, data)
            found.append({**old, **{k: named[k] for k in ("description", "duration_secs", "waveform") if k in named}})
        return found

    def uploads(self, message: Json) -> list[tuple[str, bytes]]:
        """The files of a message: (name, bytes), in order."""
        return [(a["filename"], self.files[a["id"]]) for a in message["attachments"]]

    def _remember_mentions(self, body: Json) -> None:
        if (body.get("allowed_mentions") or {}).get("parse") != []:
            self.violations.append("a message without allowed_mentions.parse == []: somebody's words could ping")

    def _bot(self) -> Json:
        return payloads.user(BOT, "Parley", bot=True)

    def _numbered(self, components: list[Json]) -> list[Json]:
        copied = json.loads(json.dumps(components))
        for number, node in enumerate(payloads.everything(copied), 1):
            node["id"] = number
            if node["type"] == 3:
                node |= {"min_values": node.get("min_values", 1), "max_values": node.get("max_values", 1)}
        return copied

    async def _patch(self, body: Any, query: Json, channel: str, message: str) -> tuple[int, Any]:
        found = self.message(channel, message)
        if found["author"]["id"] != BOT:
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        if found["flags"] & VOICE:
            raise Refused(400, 50162, "Voice messages cannot be edited.")
        if "content" in body:
            found["content"] = body["content"] or ""
        if "components" in body:
            found["components"] = self._numbered(body["components"] or [])
        if "flags" in body:
            found["flags"] = body["flags"]
        if "attachments" in body:
            found["attachments"] = self._kept(body, found["attachments"])
        found["edited_timestamp"] = self._stamp()
        return 200, found

    async def _remove(self, body: Any, query: Json, channel: str, message: str) -> tuple[int, Any]:
        self.messages[channel].remove(self.message(channel, message))
        return 204, None

    def message(self, channel: str, id: str) -> Json:
        found = [m for m in self.messages.get(channel, []) if m["id"] == id]
        if not found:
            raise Refused(404, 10008, "Unknown Message")
        return found[0]

    async def _thread(self, body: Any, query: Json, channel: str, message: str) -> tuple[int, Any]:
        """A thread is started from a message and bears its number; from each message there is one at the most."""
        if self._known(channel)["type"] != 0:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        self.message(channel, message)
        if self.no_threads:
            raise Refused(403, 50013, "Missing Permissions")
        if message in self.channels:
            raise Refused(400, 160004, "A thread has already been created for this message")
        found = payloads.thread(message, self.channels[channel], body["name"], self._stamp())
        self.channels[message] = found
        await self.gateway.event("THREAD_CREATE", {**found, "newly_created": True}, GUILDS)
        return 201, found

    async def _typing(self, body: Any, query: Json, channel: str) -> tuple[int, Any]:
        self._known(channel)
        return 204, None

    # -- interactions

    async def _callback(self, body: Any, query: Json, id: str, token: str) -> tuple[int, Any]:
        found = self.interactions.get(token)
        if found is None or found.id != id or self.now() - found.born > FIRST_ANSWER:
            self.counts["late answers"] += 1
            raise Refused(404, 10062, "Unknown interaction")
        if found.answer is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if body["type"] not in ANSWERS[found.kind]:
            self.violations.append(f"an interaction of kind {found.kind} can't be answered by {body['type']}")
            raise Refused(400, 50035, "Invalid Form Body")
        if body["type"] in (MESSAGE, UPDATE):
            self._remember_mentions(body["data"])
            body["data"] |= {"id": self.snowflake(), "attachments": self._kept(body["data"], [])}
        found.answer = body
        found.answered.set()
        return 204, None

    def _alive(self, token: str) -> Interaction:
        found = self.interactions.get(token)
        if found is None or self.now() - found.born > TOKEN_LIFE:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if found.answer is None:
            raise Refused(404, 10015, "Unknown Webhook")
        return found

    async def _follow_up(self, body: Any, query: Json, app: str, token: str) -> tuple[int, Any]:
        found = self._alive(token)
        self._remember_mentions(body)
        message = payloads.message(
            self.snowflake(), found.channel, self._bot(), body.get("content") or "", self._stamp()
        )
        message |= {"components": self._numbered(body.get("components") or []), "flags": body.get("flags") or 0}
        message["attachments"] = self._kept(body, [])
        found.followups.append(message)
        found.followed.set()
        return 200, {**message, "webhook_id": BOT, "application_id": BOT}

    async def _original(self, body: Any, query: Json, app: str, token: str) -> tuple[int, Any]:
        return await self._follow_up(body, query, app, token)

    # -- people

    def person(self, name: str, id: str = "") -> str:
        """A new user; returns the id."""
        id = id or str(800000000000000001 + len(self.users))
        self.users[id] = payloads.user(id, name)
        return id

    def guild(self, name: str = "Team", id: str = GUILD) -> str:
        """A guild with one channel; returns the channel's id. Before the bot connects."""
        channel = str(int(id) + 1000)
        self.channels[channel] = payloads.text_channel(channel, id, "hiring")
        self.guilds[id] = payloads.guild(id, name, [self.channels[channel]])
        return channel

    def dm_of(self, user: str) -> str:
        """The direct message channel of a user and the bot."""
        for id, channel in self.channels.items():
            if channel["type"] == 1 and channel["recipients"][0]["id"] == user:
                return id
        id = str(600000000000000001 + len(self.channels))
        self.channels[id] = payloads.dm(id, self.users[user])
        return id

    async def say(
        self,
        user: str,
        text: str,
        channel: str = "",
        reply_to: str = "",
        mention: bool = False,
        files: tuple[tuple[str, str, bytes], ...] = (),
        **extra: Any,
    ) -> str:
        """A person writes, in the direct message channel unless told otherwise; returns the message's id."""
        channel = channel or self.dm_of(user)
        message = payloads.message(self.snowflake(), channel, self.users[user], text, self._stamp())
        if reply_to:
            message |= {"type": 19, "message_reference": {"type": 0, "channel_id": channel, "message_id": reply_to}}
            message["referenced_message"] = self.message(channel, reply_to)
        if mention or (reply_to and message["referenced_message"]["author"]["id"] == BOT):
            message["mentions"] = [self._bot()]
        message["attachments"] = [self.attach(*file) for file in files]
        message |= extra
        self.messages.setdefault(channel, []).append(message)
        await self._message_event("MESSAGE_CREATE", message)
        return message["id"]

    def attach(self, name: str, media_type: str, data: bytes) -> Json:
        id = self.snowflake()
        self.files[id] = data
        return payloads.attachment(id, self._url(id), name, media_type, len(data))

    async def speak(self, user: str, data: bytes, seconds: float = 4.0, channel: str = "") -> str:
        """A person records a voice message; returns the message's id."""
        about = {"duration_secs": seconds, "waveform": base64.b64encode(bytes(range(0, 200, 10))).decode()}
        sound = {**self.attach("voice-message.ogg", "audio/ogg", data), **about}
        return await self.say(user, "", channel, attachments=[sound], flags=VOICE)

    async def _message_event(self, name: str, message: Json) -> None:
        channel = self.channels[message["channel_id"]]
        intent = DIRECT_MESSAGES if channel["type"] == 1 else GUILD_MESSAGES
        seen = dict(message)
        if channel["type"] != 1:
            seen |= {"guild_id": channel["guild_id"], "member": payloads.member()}
            asked = self.gateway.current.intents if self.gateway.current else 0
            if not asked & MESSAGE_CONTENT and all(m["id"] != BOT for m in message["mentions"]):
                seen["content"] = ""
        await self.gateway.event(name, seen, intent)

    async def edit(self, channel: str, id: str, text: str) -> None:
        message = self.message(channel, id)
        message |= {"content": text, "edited_timestamp": self._stamp()}
        await self._message_event("MESSAGE_UPDATE", message)

    async def delete(self, channel: str, id: str) -> None:
        message = self.message(channel, id)
        self.messages[channel].remove(message)
        place = self.channels[channel]
        where = {"guild_id": place["guild_id"]} if "guild_id" in place else {}
        intent = GUILD_MESSAGES if where else DIRECT_MESSAGES
        await self.gateway.event("MESSAGE_DELETE", {"id": id, "channel_id": channel, **where}, intent)

    async def drop_channel(self, channel: str) -> None:
        await self.gateway.event("CHANNEL_DELETE", self.channels.pop(channel), GUILDS)

    async def drop_guild(self, guild: str) -> None:
        await self.gateway.event("GUILD_DELETE", {"id": guild}, GUILDS)

    async def _interact(self, kind: int, user: str, data: Json, channel: str = "", **extra: Any) -> Interaction:
        id = self.snowflake()
        channel = channel or self.dm_of(user)
        payload = payloads.interaction(id, kind, f"tok-{id}", self.channels[channel], self.users[user], data) | extra
        found = Interaction(id, kind, payload["token"], channel, user, self.now(), payload)
        self.interactions[found.token] = found
        await self.gateway.interaction(payload)
        return found

    async def tap(self, user: str, custom_id: str, channel: str = "", values: list[str] | None = None) -> Interaction:
        """Press a button, or choose in a select. The newest message that carries it is the one that is meant."""
        where = channel or self.dm_of(user)
        private = [m for i in self.interactions.values() if i.user == user for m in i.shown()]
        carrying = [
            m
            for m in (*self.messages.get(where, []), *private)
            if any(c.get("custom_id") == custom_id for c in payloads.everything(m.get("components") or []))
        ]
        shown = max(carrying, key=lambda m: int(m["id"])) if carrying else None
        message = payloads.message(self.snowflake(), where, self._bot(), "", self._stamp())
        if shown is not None:
            message |= {"id": shown["id"], "content": shown.get("content") or "", "flags": shown.get("flags") or 0}
        data: Json = {"custom_id": custom_id, "component_type": 2, "id": 2}
        if values is not None:
            data |= {"component_type": 3, "values": values}
        return await self._interact(3, user, data, channel, message=message)

    async def slash(
        self,
        user: str,
        name: str,
        options: list[Json] | None = None,
        channel: str = "",
        complete: bool = False,
        **data: Any,
    ) -> Interaction:
        """A slash command; complete: it is still being typed."""
        body: Json = {"id": "910000000000000001", "name": name, "type": 1, **data}
        if options:
            body["options"] = options
        return await self._interact(4 if complete else 2, user, body, channel)

    async def submit(self, opened: Interaction, fields: dict[str, str]) -> Interaction:
        """Fill in the modal that answered an interaction and send it off. Fields by custom_id; what is left out is
        sent as it was prefilled. Refuses what a client would refuse."""
        modal, filled = opened.modal, list[Json]()
        for number, label in enumerate(modal["components"]):
            if label["type"] != 18:
                continue
            part = label["component"]
            given = fields.get(part["custom_id"], prefilled(part))
            assert given or not part.get("required", True), f"{part['custom_id']} is required"
            assert len(given) <= part.get("max_length", 4000)
            value = {"values": given.split(",") if given else []} if part["type"] in (3, 5, 8) else {"value": given}
            if part["type"] == 21:
                value = {"value": given or None}
            inner = {"type": part["type"], "id": 100 + number, "custom_id": part["custom_id"], **value}
            filled.append({"type": 18, "id": number + 1, "component": inner})
        data = {"custom_id": modal["custom_id"], "components": filled, "resolved": {}}
        extra = {"message": opened.payload["message"]} if "message" in opened.payload else {}
        return await self._interact(5, opened.user, data, opened.channel, **extra)

    # -- looking

    def state(self, channel: str) -> list[Json]:
        """The messages of a channel as people see them."""
        return self.messages.get(channel, [])

    def said(self, channel: str) -> list[str]:
        """What the bot has said in a channel."""
        return [m["content"] for m in self.state(channel) if m["author"]["id"] == BOT]


async def _everything(request: web.Request) -> tuple[Any, dict[str, Upload]]:
    """The JSON of a call, and the files that came with it, by the names of their parts."""
    if not request.can_read_body:
        return None, {}
    if not request.content_type.startswith("multipart/"):
        return json.loads(await request.text()), {}
    body, files = None, dict[str, Upload]()
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.content_type, value.file.read())
        elif name == "payload_json":
            body = json.loads(value)
    return body, files


def _unmatched(body: Any, files: dict[str, Upload]) -> list[str]:
    """Files that nothing names, files without a byte."""
    wrong = [f"{name}: an empty file" for name, (_, _, data) in files.items() if not data]
    message = body.get("data", body) if isinstance(body, dict) else {}
    named = {
        f"files[{a['id']}]" for a in message.get("attachments") or () if str(a["id"]).isdigit() and int(a["id"]) < 99
    }
    return wrong + [f"{name}: not among the attachments" for name in files if name not in named]


def prefilled(part: Json) -> str:
    """What a field of a modal is filled in with."""
    chosen = [o["value"] for o in part.get("options", ()) if o.get("default")]
    chosen += [o["id"] for o in part.get("default_values", ())]
    return ",".join(chosen) or part.get("value") or ""


if __name__ == "__main__":
    from tests.fakes.discord_control import main

    main()
