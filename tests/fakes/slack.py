"""A small Slack on 127.0.0.1: the Web API, Socket Mode, signed HTTP events, OAuth, files, modals and the Home tab.

    fake = FakeSlack()
    async with fake.running():
        fake.user("U1", "Ana")
        ts = await fake.say("U1", "hello")          # a direct message to the app
        await fake.tap("U1", fake.messages("U1")[-1], "Yes")
    assert fake.violations == []

What is right and wrong it knows from wirespec alone: every call and everything it sends is checked, and what is wrong
is remembered in `violations`. Time it keeps itself: a trigger lives three seconds and works once, a response url half
an hour and five times, an interaction wants its acknowledgement within three seconds, eight messages to one channel in
four seconds are too many. `script("chat.postMessage", "429", ...)` makes the next calls fail.

`python -m tests.fakes.slack --port 8090` serves the same with a control API: see `CONTROLS`.
"""

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import json
import sys
import time
from base64 import b64decode
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.shared import shared

APP = "A0PARLEY"
TEAM = "T0MAIN"
TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS, RESPONSE_USES = 1800.0, 5
PACE, PACE_SECONDS = 8, 4.0
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in | Slack</title></head></html>"
Json = dict[str, Any]
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
# What a file says besides, none of which matters here.
_FILE: Json = {
    "mode": "hosted", "groups": [], "channels": [], "created": 1, "editable": False, "username": "", "is_public": False,
    "permalink": "", "pretty_type": "", "is_external": False, "external_type": "", "display_as_bot": False,
    "public_url_shared": False,
}  # fmt: skip


def _wirespec() -> Any:
    folder = str(shared("wirespec"))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import wirespec

    return wirespec


class Refusal(Exception):
    """The Web API answers `ok: false` with this error."""


@dataclass
class Sent:
    """Something that was sent to the app. `reply`: what came back in the acknowledgement; None until then."""

    kind: str
    payload: Json
    envelope_id: str = ""
    attempt: int = 0
    reply: Any = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    async def ack(self, seconds: float = 5) -> Any:
        """Wait for the acknowledgement; returns its payload. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            await self.acknowledged.wait()
        return self.reply


@dataclass
class FakeSlack:
    """The platform. See the module."""

    signing_secret: str = "shhh"
    app_token: str = "xapp-1"
    client_id: str = "11.22"
    client_secret: str = "hush"
    events_url: str = ""  # set: events go there by HTTP, signed; else over Socket Mode
    retry_seconds: float | None = None  # how soon an unacknowledged event is sent again by itself; None: on `redeliver`
    violations: list[str] = field(default_factory=lambda: [])
    checked: Counter[str] = field(default_factory=lambda: Counter[str]())  # calls and frames that were checked
    calls: list[tuple[str, Json]] = field(default_factory=lambda: [])
    workspaces: dict[str, Json] = field(default_factory=lambda: {})  # team -> token, bot_user, bot_id, revoked
    people: dict[str, Json] = field(default_factory=lambda: {})
    channels: dict[str, Json] = field(default_factory=lambda: {})
    ephemeral: list[Json] = field(default_factory=lambda: [])
    views: dict[str, Json] = field(default_factory=lambda: {})  # view id -> {"user", "view", "errors", "open"}
    homes: dict[str, Json] = field(default_factory=lambda: {})
    statuses: list[Json] = field(default_factory=lambda: [])
    sent: list[Sent] = field(default_factory=lambda: [])
    logins: dict[str, tuple[str, str]] = field(default_factory=lambda: {})  # OAuth code -> (team, user)
    connections: int = 0  # Socket Mode connections ever made
    base: str = ""
    skew: float = 0.0  # seconds that the fake's clock is ahead
    lacking: set[str] = field(default_factory=lambda: set())  # scopes that the installation doesn't have
    downloads: list[str] = field(default_factory=lambda: [])  # ids of the files whose bytes were asked for
    unready: int = 0  # how often a picture that was just uploaded can't be shown yet

    def __post_init__(self) -> None:
        self._scripts: dict[str, deque[Json]] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._triggers: dict[str, tuple[float, str, bool]] = {}
        self._responses: dict[str, Json] = {}
        self._files: dict[str, Json] = {}
        self._envelopes: dict[str, Sent] = {}  # also those sent again: an answer to an earlier delivery counts
        self._recent: dict[str, deque[float]] = {}
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0
        self.workspace(TEAM)

    # -- what is there ---------------------------------------------------------------------------------

    def now(self) -> float:
        return time.time() + self.skew

    def _next(self, prefix: str = "") -> str:
        self._number += 1
        return f"{prefix}{self._number:06d}"

    def _ts(self) -> str:
        return f"{int(self.now())}.{self._next()}"

    def workspace(self, team: str, token: str = "") -> Json:
        """A workspace that has the app installed."""
        whole = {"id": team, "name": f"{team} Ltd", "token": token or f"xoxb-{team}", "bot_user": f"UBOT{team}"}
        self.workspaces[team] = {**whole, "bot_id": f"B{team}", "revoked": False}
        return self.workspaces[team]

    def user(self, user: str, name: str = "", team: str = TEAM, **flags: Any) -> str:
        """A person. flags: is_restricted, is_ultra_restricted, is_stranger, deleted."""
        self.people[user] = {"id": user, "team_id": team, "name": name or user.lower(), **flags}
        return user

    def channel(
        self, channel: str, team: str = TEAM, members: Iterable[str] = (), member: bool = True, **more: Any
    ) -> str:
        """A channel; `member`: the app is in it. more: private."""
        self.channels[channel] = {
            "id": channel, "team": team, "members": set(members), "in": member, "archived": False, "messages": [], "user": "",
            "private": False, **more,
        }  # fmt: skip
        return channel

    def direct(self, user: str, team: str = TEAM) -> str:
        """The id of the app's private chat with a person."""
        found = f"D{team}{user}"
        if found not in self.channels:
            self.channel(found, team, [user])
            self.channels[found]["user"] = user
        return found

    def messages(self, where: str, team: str = TEAM) -> list[Json]:
        """The messages of a channel, or of the app's private chat with a person."""
        channel = self.channels[where] if where in self.channels else self.channels[self.direct(where, team)]
        return channel["messages"]

    def parleys(self, where: str) -> list[Json]:
        """The app's own messages there."""
        return [m for m in self.messages(where) if m.get("bot_id")]

    def modal(self, user: str) -> Json | None:
        """The modal a person sees now."""
        found = [v for v in self.views.values() if v["user"] == user and v["open"]]
        return found[-1] if found else None

    def file(
        self, name: str, content: bytes, mimetype: str = "text/csv", login_page: bool = False, **more: Any
    ) -> Json:
        """A file for `say(files=...)`. login_page: Slack answers with its sign-in page instead."""
        id = self._next("F")
        url = f"{self.base}/files/{id}/{name}"
        shown = {
            "id": id, "name": name, "title": name, "mimetype": mimetype, "filetype": name.rpartition(".")[2],
            "size": len(content),
            **_FILE, "url_private": url, "url_private_download": url, **more,
        }  # fmt: skip
        self._files[id] = {"content": LOGIN_PAGE if login_page else content, "html": login_page, "shown": shown}
        return shown

    def clip(
        self, content: bytes, seconds: float = 4.0, video: bool = False, ready_after: int = 0, **more: Any
    ) -> Json:
        """What a person records in the chat. ready_after: so many looks at it find no bytes yet, nor their address."""
        kind, name = ("slack_video", "video_message.mp4") if video else ("slack_audio", "audio_message.m4a")
        about = {"subtype": kind, "duration_ms": round(seconds * 1000), "media_display_type": kind.partition("_")[2]}
        # As Slack does it: the media type of a sound says video.
        shown = self.file(name, content, "video/quicktime", **about, **more)
        self._files[shown["id"]]["looks"] = ready_after
        return {k: v for k, v in shown.items() if not (ready_after and k.startswith("url_"))}

    def blank(self, file: Json) -> Json:
        """The file as an event of another organisation's message brings it: asked for, Slack tells the rest."""
        kept = {k: "" if isinstance(v, str) else v for k, v in file.items() if k not in ("subtype", "duration_ms")}
        about = {"id": file["id"], "mode": file["mode"], "size": 0, "file_access": "check_file_info"}
        return {k: v for k, v in (kept | about).items() if not k.startswith(("url_", "media_"))}

    def change_file(self, id: str, **how: Any) -> None:
        """Its bytes from now on: redirect (an address), chunked (without a length), status, gone."""
        if how.pop("gone", False):
            del self._files[id]
        else:
            self._files[id] |= how

    def script(self, method: str, *failures: str | Json) -> None:
        """What the next calls of a method meet: "ok", "429", "500", "timeout", "drop", "error:NAME", or one of
        "500", "timeout", "drop" after "taken:" when the call is carried out first."""
        queue = self._scripts.setdefault(method, deque())
        queue.extend({"what": f} if isinstance(f, str) else f for f in failures)

    async def until(self, true: Any, seconds: float = 5) -> Any:
        """Wait until `true(self)`; returns it. Raises `TimeoutError` with what is there instead."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := true(self)):
                    self._changed.clear()
                    await self._changed.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"not so after {seconds} s; {json.dumps(self.state(), default=str)}") from None

    # -- what people do --------------------------------------------------------------------------------

    async def say(
        self,
        user: str,
        text: str,
        channel: str = "",
        thread_ts: str = "",
        files: Iterable[Json] = (),
        mention: bool = False,
    ) -> str:
        """Somebody writes. Without `channel`: to the app. Returns the message's ts."""
        message, event = self.written(user, text, channel, thread_ts, files)
        if mention:
            channel = event["channel"]
            bot = self.workspaces[self.channels[channel]["team"]]["bot_user"]
            message["text"] = event["text"] = f"<@{bot}> {event['text']}"
            named = {k: v for k, v in event.items() if k not in ("channel_type", "parent_user_id", "subtype")}
            await self.event({**named, "type": "app_mention"}, self.channels[channel]["team"])
        await self.event(event, self.channels[event["channel"]]["team"])
        return message["ts"]

    def written(
        self, user: str, text: str, channel: str = "", thread_ts: str = "", files: Iterable[Json] = ()
    ) -> tuple[Json, Json]:
        """A person's message and its event, which nobody was told of yet: as while the app is away."""
        files = list(files)
        team = self.people[user]["team_id"]
        where = channel or self.direct(user, team if team in self.workspaces else TEAM)
        home = self.channels[where]
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        ts = self._ts()
        message: Json = {"type": "message", "user": user, "text": safe, "ts": ts, "team": team}
        event: Json = {**message, "channel": where, "event_ts": ts, "channel_type": "im" if home["user"] else "channel"}
        if team != home["team"]:
            event["user_team"] = team
        if thread_ts:
            message["thread_ts"] = event["thread_ts"] = thread_ts
            parent = next((m for m in home["messages"] if m["ts"] == thread_ts), {})
            event["parent_user_id"] = parent.get("user", "")
        if files:
            message |= {"files": files, "subtype": "file_share"}
            event |= {"files": files, "subtype": "file_share"}
        home["messages"].append(message)
        return message, event

    async def edit(self, where: str, ts: str, text: str) -> Sent:
        """Somebody rewords their message."""
        channel, message = self._find(where, ts)
        before = self._inner(channel, message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self._ts()}}
        after = {**self._inner(channel, message), "edited": message["edited"]}
        return await self.event(
            self._change(channel, "message_changed", message=after, previous_message=before), channel["team"]
        )

    async def delete(self, where: str, ts: str) -> Sent:
        """Somebody takes their message back."""
        channel, message = self._find(where, ts)
        channel["messages"].remove(message)
        gone = self._change(channel, "message_deleted", deleted_ts=ts, previous_message=self._inner(channel, message))
        return await self.event(gone, channel["team"])

    def _find(self, where: str, ts: str) -> tuple[Json, Json]:
        channel = self.channels[where] if where in self.channels else self.channels[self.direct(where)]
        return channel, next(m for m in channel["messages"] if m["ts"] == ts)

    def _inner(self, channel: Json, message: Json) -> Json:
        kind = "im" if channel["user"] else "channel"
        return {**message, "channel": channel["id"], "channel_type": kind, "event_ts": message["ts"]}

    def _change(self, channel: Json, subtype: str, **more: Any) -> Json:
        ts, kind = self._ts(), "im" if channel["user"] else "channel"
        head = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel["id"], "channel_type": kind}
        return {**head, "ts": ts, "event_ts": ts, **more}

    async def tap(self, user: str, message: Json, what: str, trigger: str = "") -> Sent:
        """Press a button or choose an option, named by its label or its value, on a message, an ephemeral one, in a modal
        or on Home."""
        kind, action = self._action(message.get("blocks") or message.get("view", {}).get("blocks", []), what)
        channel = message.get("channel") or next((c for c, d in self.channels.items() if message in d["messages"]), "")
        team = self.channels[channel]["team"] if channel else TEAM
        payload = {**self._person(user, team), "type": "block_actions", "trigger_id": trigger or self.trigger(user)}
        payload |= {"actions": [{**action, "type": kind, "action_ts": self._ts()}], "state": {"values": {}}}
        if channel:
            shown = {
                k: v
                for k, v in message.items()
                if k in ("type", "user", "ts", "text", "bot_id", "thread_ts", "metadata")
            }
            payload |= {
                "container": {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": "to" in message},
                "channel": {"id": channel, "name": "somewhere"},
                "message": {"type": "message", **shown, "blocks": message["blocks"]},
                "response_url": self._response_url(channel, user),
            }  # fmt: skip
        else:  # Home, or the modal that a person sees
            id = message.get("id", "VHOME")
            payload |= {
                "response_url": "",
                "container": {"type": "view", "view_id": id},
                "view": self._shown_view(id, message["view"], team),
            }
        return await self.send("interactive", payload)

    def _action(self, blocks: list[Json], what: str) -> tuple[str, Json]:
        for at, block in enumerate(blocks):
            for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
                head = {"action_id": element.get("action_id", ""), "block_id": block.get("block_id") or f"b{at}"}
                if element["type"] == "button" and what in (element["text"]["text"], element.get("value")):
                    return "button", {**head, "text": element["text"], "value": element.get("value")}
                for option in element.get("options", []):
                    if what in (option["text"]["text"], option["value"]):
                        more = {"placeholder": element.get("placeholder")}
                        return element["type"], {
                            **head,
                            "selected_option": option,
                            **({} if element["type"] == "overflow" else more),
                        }
        raise LookupError(f"nothing called {what!r}; there is {[c for c, _ in controls(blocks)]}")

    async def slash(
        self, user: str, text: str, channel: str = "", command: str = "/interview", trigger: str = ""
    ) -> Sent:
        """Somebody types a command. Its reply in the acknowledgement becomes an ephemeral message."""
        home = self.people[user]["team_id"]
        where = channel or self.direct(user, home if home in self.workspaces else TEAM)
        team = self.channels[where]["team"]
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        payload = {
            "command": command, "text": safe, "user_id": user, "user_name": self.people[user]["name"], "channel_id": where,
            "channel_name": "directmessage" if self.channels[where]["user"] else "general", "team_id": team, "team_domain": "t",
            "trigger_id": trigger or self.trigger(user), "response_url": self._response_url(where, user), "token": "t",
            "api_app_id": APP, "is_enterprise_install": "false",
        }  # fmt: skip
        return await self.send("slash_commands", payload)

    async def submit(self, user: str, values: dict[str, str]) -> Sent:
        """Send off the modal that a person sees: values by field (for selects the option's value; lists: comma-separated)."""
        held = self.modal(user)
        assert held is not None, "no modal is open"
        state: Json = {}
        for block in held["view"]["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                entered = _entered(element, values.get(block["block_id"], ""))
                state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **entered}}
        view = {**self._shown_view(held["id"], held["view"], held["team"]), "state": {"values": state}}
        person = self._person(user, held["team"])
        payload = {
            **person,
            "type": "view_submission",
            "trigger_id": self.trigger(user),
            "view": view,
            "response_urls": [],
        }
        return await self.send("interactive", payload)

    async def home(self, user: str, tab: str = "home") -> Sent:
        """Somebody opens the app's Home or Messages tab."""
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.direct(user),
            "tab": tab,
            "event_ts": self._ts(),
        }
        return await self.event(event)

    async def archive(self, channel: str, user: str, back: bool = False) -> Sent:
        """A channel is archived, or taken out of the archive."""
        self.channels[channel]["archived"] = not back
        kind = "channel_unarchive" if back else "channel_archive"
        return await self.event({"type": kind, "channel": channel, "user": user, "event_ts": self._ts()})

    async def kick(self, channel: str, user: str) -> Sent:
        """The app is removed from a channel."""
        self.channels[channel]["in"] = False
        return await self.event({"type": "channel_left", "channel": channel, "actor_id": user, "event_ts": self._ts()})

    async def revoke(self, team: str, uninstall: bool = True) -> Sent:
        """A workspace removes the app, or only revokes its token."""
        self.workspaces[team]["revoked"] = True
        event: Json = (
            {"type": "app_uninstalled"}
            if uninstall
            else {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}}
        )
        return await self.event({**event, "event_ts": self._ts()}, team)

    def trigger(self, user: str) -> str:
        """A fresh trigger id."""
        found = self._next("trigger.")
        self._triggers[found] = (self.now(), user, False)
        return found

    def _response_url(self, channel: str, user: str) -> str:
        id = self._next("R")
        self._responses[id] = {"channel": channel, "user": user, "uses": 0, "at": self.now()}
        return f"{self.base}/respond/{id}"

    def _person(self, user: str, team: str) -> Json:
        person = self.people[user]
        who = {"id": user, "name": person["name"], "username": person["name"], "team_id": person["team_id"]}
        return {
            "team": {"id": team, "domain": "t"},
            "user": who,
            "api_app_id": APP,
            "token": "t",
            "is_enterprise_install": False,
        }

    def _shown_view(self, id: str, view: Json, team: str) -> Json:
        bot = self.workspaces[team]["bot_id"]
        head = {
            "id": id, "team_id": team, "app_id": APP, "bot_id": bot, "hash": "1", "root_view_id": id, "previous_view_id": None,
            "app_installed_team_id": team, "external_id": "", "state": {"values": {}}, "clear_on_close": False,
            "notify_on_close": False, "close": None, "submit": None, "private_metadata": "", "callback_id": "",
            "title": {"type": "plain_text", "text": "-", "emoji": True},
        }  # fmt: skip
        return {**head, **view}

    # -- sending to the app ----------------------------------------------------------------------------

    async def event(self, event: Json, team: str = TEAM, event_id: str = "") -> Sent:
        """One event of the Events API."""
        payload = {
            "token": "t", "team_id": team, "api_app_id": APP, "type": "event_callback", "event_id": event_id or self._next("Ev"),
            "event_time": int(self.now()), "event": event, "is_ext_shared_channel": "user_team" in event, "context_team_id": team,
            "authorizations": [{"enterprise_id": None, "team_id": team, "user_id": self.workspaces[team]["bot_user"], "is_bot": True}],
        }  # fmt: skip
        return await self.send("events_api", payload)

    async def send(self, kind: str, payload: Json) -> Sent:
        """Send one payload, whatever it is. Does not wait for the acknowledgement over Socket Mode."""
        sent = Sent(kind, payload)
        self.sent.append(sent)
        await self._transmit(sent)
        if kind != "events_api":
            self._spawn(self._in_time(sent))
        elif self.retry_seconds is not None:
            self._spawn(self._again(sent, self.retry_seconds))
        return sent

    async def redeliver(self) -> int:
        """Send what was not acknowledged once more, as Slack does after a while; events only. Returns how many."""
        late = [s for s in self.sent if s.kind == "events_api" and not s.acknowledged.is_set()]
        for sent in late:
            sent.attempt += 1
            await self._transmit(sent)
        return len(late)

    async def repeat(self, sent: Sent) -> Sent:
        """Send the same thing a second time, though it was acknowledged: a duplicate."""
        again = Sent(sent.kind, sent.payload, attempt=1)
        self.sent.append(again)
        await self._transmit(again)
        return again

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to open a new connection; "drop": cut it off without a word."""
        for socket in list(self._sockets):
            if reason == "drop":
                await socket.close()
            else:
                await self._push(socket, {"type": "disconnect", "reason": reason, "debug_info": {}})

    async def _transmit(self, sent: Sent) -> None:
        if self.events_url:
            await self._post(sent)
        elif self._sockets:
            await self._push(self._sockets[-1], self._frame(sent))

    def _frame(self, sent: Sent) -> Json:
        sent.envelope_id = self._next("envelope-")
        self._envelopes[sent.envelope_id] = sent
        frame = {"envelope_id": sent.envelope_id, "type": sent.kind, "payload": sent.payload}
        if sent.kind == "events_api":
            reason = "timeout" if sent.attempt else ""
            return {**frame, "accepts_response_payload": False, "retry_attempt": sent.attempt, "retry_reason": reason}
        return {**frame, "accepts_response_payload": True}

    async def _push(self, socket: web.WebSocketResponse, frame: Json) -> None:
        self._check("socket_mode", _wirespec().check_slack_inbound("socket_mode", frame), "fake: ")
        with contextlib.suppress(ConnectionError):
            await socket.send_json(frame)

    async def _post(self, sent: Sent) -> None:
        self._check(sent.kind, _wirespec().check_slack_inbound(sent.kind, sent.payload), "fake: ")
        if sent.kind == "events_api":
            body, kind = json.dumps(sent.payload), "application/json"
        else:
            fields = sent.payload if sent.kind == "slash_commands" else {"payload": json.dumps(sent.payload)}
            form = aiohttp.FormData(fields)()
            body, kind = form.decode(), "application/x-www-form-urlencoded"
        headers = {**self.signed(body), "Content-Type": kind}
        if sent.attempt:
            headers |= {"X-Slack-Retry-Num": str(sent.attempt), "X-Slack-Retry-Reason": "http_timeout"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.events_url, data=body, headers=headers) as reply,
        ):
            text = await reply.text()
            if reply.status == 200:
                whole = json.loads(text) if text.startswith("{") else text
                self._acknowledge(sent, whole or None)

    def signed(self, body: str, at: int = 0) -> dict[str, str]:
        """The headers that prove a request to be Slack's."""
        stamp = str(at or int(self.now()))
        mark = hmac.new(self.signing_secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mark}"}

    async def _in_time(self, sent: Sent) -> None:
        """An interaction is acknowledged within three seconds, or the person sees an error."""
        try:
            await sent.ack(TRIGGER_SECONDS)
        except TimeoutError:
            self.violations.append(f"{sent.kind} {sent.payload.get('type', '')}: not acknowledged within 3 s")

    async def _again(self, sent: Sent, pause: float) -> None:
        for _ in range(3):
            with contextlib.suppress(TimeoutError):
                await sent.ack(pause)
                return
            sent.attempt += 1
            await self._transmit(sent)

    def _acknowledge(self, sent: Sent, reply: Any) -> None:
        kind = sent.payload["type"] if sent.kind == "interactive" else sent.kind
        self._check(f"ack {kind}", _wirespec().check_slack_ack(kind, reply))
        sent.reply = reply
        if kind == "slash_commands" and reply:
            where = {"channel": sent.payload["channel_id"], "to": sent.payload["user_id"]}
            self.ephemeral.append(
                {"ts": self._ts(), **where, **(reply if isinstance(reply, dict) else {"text": reply})}
            )
        if kind == "view_submission":
            held, action = self.views[sent.payload["view"]["id"]], (reply or {}).get("response_action")
            held["errors"] = reply["errors"] if action == "errors" else {}
            if action == "update":
                held["view"] = reply["view"]
            held["open"] = action in ("errors", "update")
        sent.acknowledged.set()
        self._changed.set()

    # -- the Web API -----------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        self.calls.append((method, args))
        failure = self._scripts[method].popleft()["what"] if self._scripts.get(method) else "ok"
        taken = failure.startswith("taken:")
        if not taken and failure in ("429", "500", "timeout", "drop"):
            return await self._fail(failure, request)
        reply = (
            {"ok": False, "error": failure[6:]} if failure.startswith("error:") else self._reply(method, args, request)
        )
        self._check(method, _wirespec().check_slack_response(method, _without_payloads(reply)), "fake: ")
        self._changed.set()
        if reply.get("error") == "ratelimited":
            return web.json_response(reply, status=429, headers={"Retry-After": "1"})
        return await self._fail(failure[6:], request) if taken else web.json_response(reply)

    async def _fail(self, how: str, request: web.Request) -> web.StreamResponse:
        if how == "429":
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "7"})
        if how == "timeout":
            await self._closing.wait()
        if how == "drop" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=500, text="upstream error")

    def _reply(self, method: str, args: Json, request: web.Request) -> Json:
        wrong = _wirespec().check_slack_request(method, _with_basic(method, args, request))
        self._check(method, wrong)
        if wrong:
            return {"ok": False, "error": "invalid_arguments"}
        try:
            found = self._do(method, args, request)
        except Refusal as refused:
            return {"ok": False, "error": str(refused)}
        return {"ok": True, **found}

    def _do(self, method: str, args: Json, request: web.Request) -> Json:
        if method == "apps.connections.open":
            if _bearer(request) != self.app_token:
                raise Refusal("invalid_auth")
            return {"url": f"{self.base.replace('http', 'ws')}/link?ticket={self._next()}"}
        if method == "oauth.v2.access":
            return self._oauth(args, request)
        home = self._home(request, args)
        act = {
            "auth.test": self._auth_test, "chat.postMessage": self._post_message, "chat.update": self._update,
            "chat.delete": self._delete, "chat.postEphemeral": self._post_ephemeral, "conversations.open": self._open,
            "conversations.history": self._history, "conversations.replies": self._replies, "conversations.join": self._join,
            "users.info": self._users_info, "views.open": self._views_open, "views.update": self._views_update,
            "views.publish": self._views_publish, "assistant.threads.setStatus": self._set_status, "files.info": self._files_info,
            "files.getUploadURLExternal": self._upload_url, "files.completeUploadExternal": self._complete_upload,
        }.get(method)  # fmt: skip
        if act is None:
            raise Refusal("unknown_method")
        return act(home, args)

    def _home(self, request: web.Request, args: Json) -> Json:
        token = _bearer(request) or args.get("token", "")
        home = next((w for w in self.workspaces.values() if w["token"] == token), None)
        if home is None:
            raise Refusal("invalid_auth")
        if home["revoked"]:
            raise Refusal("token_revoked")
        return home

    def _auth_test(self, home: Json, args: Json) -> Json:
        names = {"url": "https://t.slack.com/", "team": home["name"], "user": "parley", "team_id": home["id"]}
        return {**names, "user_id": home["bot_user"], "bot_id": home["bot_id"], "is_enterprise_install": False}

    def _oauth(self, args: Json, request: web.Request) -> Json:
        whole = _with_basic("oauth.v2.access", args, request)
        if (whole.get("client_id"), whole.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refusal("bad_client_secret")
        if args.get("code") not in self.logins:
            raise Refusal("invalid_code")
        team, user = self.logins.pop(args["code"])
        home = self.workspaces[team]
        return {
            "app_id": APP, "authed_user": {"id": user}, "scope": "chat:write", "token_type": "bot",
            "access_token": home["token"], "bot_user_id": home["bot_user"], "team": {"id": team, "name": home["name"]},
            "is_enterprise_install": False,
        }  # fmt: skip

    def _channel(self, home: Json, id: str, writing: bool = True) -> Json:
        channel = self.channels.get(id)
        if channel is None or channel["team"] != home["id"] or (channel["private"] and not channel["in"]):
            raise Refusal("channel_not_found")
        if writing and channel["archived"]:
            raise Refusal("is_archived")
        if writing and not channel["in"]:
            raise Refusal("not_in_channel")
        return channel

    def _post_message(self, home: Json, args: Json) -> Json:
        channel = self._channel(home, args["channel"])
        recent = self._recent.setdefault(channel["id"], deque())
        while recent and recent[0] < self.now() - PACE_SECONDS:
            recent.popleft()
        if len(recent) >= PACE:
            raise Refusal("ratelimited")
        recent.append(self.now())
        self._hangs_from(channel, args)
        self._pictures(home, args)
        message = {
            "type": "message",
            "user": home["bot_user"],
            "bot_id": home["bot_id"],
            "ts": self._ts(),
            "team": home["id"],
        }
        message |= {"text": args.get("text", ""), **_parsed(args, "blocks", "metadata", "thread_ts")}
        message |= {
            k: v for k, v in args.items() if k in ("mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media")
        }
        channel["messages"].append(message)
        return {"channel": channel["id"], "ts": message["ts"], "message": _plain(message)}

    def _hangs_from(self, channel: Json, args: Json) -> None:
        """A thread hangs from a message that is there, and that is no answer in a thread itself."""
        ts = args.get("thread_ts")
        root = next((m for m in channel["messages"] if m["ts"] == ts), {})
        if ts and root.get("thread_ts", root.get("ts")) != ts:
            raise Refusal("thread_not_found")

    def _update(self, home: Json, args: Json) -> Json:
        channel, message = self._own(home, args)
        self._pictures(home, args)
        message |= {"text": args.get("text", ""), "edited_by_app": True, **_parsed(args, "blocks", "metadata")}
        return {"channel": channel["id"], "ts": message["ts"], "text": message["text"]}

    def _delete(self, home: Json, args: Json) -> Json:
        channel, message = self._own(home, args)
        channel["messages"].remove(message)
        return {"channel": channel["id"], "ts": message["ts"]}

    def _own(self, home: Json, args: Json) -> tuple[Json, Json]:
        channel = self._channel(home, args["channel"], writing=False)
        message = next((m for m in channel["messages"] if m["ts"] == args["ts"]), None)
        if message is None:
            raise Refusal("message_not_found")
        if message.get("bot_id") != home["bot_id"]:
            raise Refusal("cant_update_message")
        return channel, message

    def _post_ephemeral(self, home: Json, args: Json) -> Json:
        channel = self._channel(home, args["channel"])
        if args["user"] not in channel["members"]:
            raise Refusal("user_not_in_channel")
        return {"message_ts": self._whisper(channel["id"], args["user"], args)}

    def _whisper(self, channel: str, user: str, args: Json) -> str:
        ts = self._ts()
        self.ephemeral.append(
            {"ts": ts, "channel": channel, "to": user, "text": args.get("text", ""), **_parsed(args, "blocks")}
        )
        self._changed.set()
        return ts

    def _open(self, home: Json, args: Json) -> Json:
        person = self.people.get(args.get("users", ""))
        if person is None:
            raise Refusal("user_not_found")
        if person.get("deleted"):
            raise Refusal("user_disabled")
        return {"channel": {"id": self.direct(person["id"], home["id"])}}

    def _history(self, home: Json, args: Json) -> Json:
        channel = self._channel(home, args["channel"], writing=False)
        oldest, latest = args.get("oldest") or "0", args.get("latest") or "9999999999.9"
        within = [m for m in channel["messages"] if float(oldest) < float(m["ts"]) <= float(latest)]
        found = [m for m in within if m.get("thread_ts", m["ts"]) == m["ts"] or not m.get("bot_id")]
        return self._page(sorted(found, key=lambda m: float(m["ts"]), reverse=True), args)

    def _replies(self, home: Json, args: Json) -> Json:
        """A thread: what it hangs from, and then the answers, oldest first."""
        channel = self._channel(home, args["channel"], writing=False)
        root = next((m for m in channel["messages"] if m["ts"] == args["ts"]), None)
        if root is None:
            raise Refusal("thread_not_found")
        oldest = float(args.get("oldest") or 0)
        return self._page([root, *(m for m in self.thread(channel["id"], root["ts"]) if float(m["ts"]) > oldest)], args)

    def thread(self, channel: str, ts: str) -> list[Json]:
        """What was said below a message, oldest first."""
        return [m for m in self.channels[channel]["messages"] if m.get("thread_ts") == ts != m["ts"]]

    def _page(self, found: list[Json], args: Json) -> Json:
        limit = int(args.get("limit") or 100)
        start = int(args.get("cursor") or 0)
        page = found[start : start + limit]
        more = start + limit < len(found)
        after = {"response_metadata": {"next_cursor": str(start + limit)}} if more else {}
        return {"messages": [_plain(m) for m in page], "has_more": more, **after}

    def _join(self, home: Json, args: Json) -> Json:
        channel = self._channel(home, args["channel"], writing=False)
        if channel["private"]:
            raise Refusal("method_not_supported_for_channel_type")
        if channel["archived"]:
            raise Refusal("is_archived")
        channel["in"] = True
        return {"channel": {"id": channel["id"]}}

    def _users_info(self, home: Json, args: Json) -> Json:
        person = self.people.get(args["user"])
        if person is None:
            raise Refusal("user_not_found")
        flags = {
            k: person.get(k, False)
            for k in ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted", "is_bot")
        }
        profile = {"real_name": person["name"], "display_name": ""}
        more = {"enterprise_user": person["enterprise_user"]} if "enterprise_user" in person else {}
        return {
            "user": {
                "id": person["id"],
                "team_id": person["team_id"],
                "name": person["name"],
                "profile": profile,
                **flags,
                **more,
            }
        }

    def _views_open(self, home: Json, args: Json) -> Json:
        at, user, used = self._triggers.get(args.get("trigger_id", ""), (0.0, "", False))
        if used:
            raise Refusal("exchanged_trigger_id")
        if self.now() - at > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        self._triggers[args["trigger_id"]] = (at, user, True)
        id = self._next("V")
        self.views[id] = {
            "id": id,
            "user": user,
            "team": home["id"],
            "view": _loads(args["view"]),
            "errors": {},
            "open": True,
        }
        return {"view": {"id": id, "type": "modal"}}

    def _views_update(self, home: Json, args: Json) -> Json:
        held = self.views.get(args.get("view_id", ""))
        if held is None or not held["open"] or held["team"] != home["id"]:
            raise Refusal("not_found")
        held["view"] = _loads(args["view"])
        return {"view": {"id": held["id"], "type": "modal"}}

    def _views_publish(self, home: Json, args: Json) -> Json:
        if args["user_id"] not in self.people:
            raise Refusal("invalid_arguments")
        self.homes[args["user_id"]] = {"view": _loads(args["view"])}
        return {"view": {"id": "VHOME", "type": "home"}}

    def _set_status(self, home: Json, args: Json) -> Json:
        self._channel(home, args["channel_id"])
        self.statuses.append(args)
        return {}

    def _files_info(self, home: Json, args: Json) -> Json:
        if "files:read" in self.lacking:
            raise Refusal("missing_scope")
        if args["file"] not in self._files:
            raise Refusal("file_not_found")
        held = self._files[args["file"]]
        shown = {k: v for k, v in held["shown"].items() if k != "file_access"}
        if held.get("looks", 0) > 0:
            held["looks"] -= 1
            shown = {k: v for k, v in shown.items() if not k.startswith("url_")}
        return {"file": shown}

    def _upload_url(self, home: Json, args: Json) -> Json:
        """Known to nobody until it is complete."""
        if "files:write" in self.lacking:
            raise Refusal("missing_scope")
        shown = self.file(args["filename"], b"", "", user=home["bot_user"])
        size = int(args["length"])
        self._files[shown["id"]] |= {"team": home["id"], "complete": False, "size": size, "checks": 0}
        return {"upload_url": f"{self.base}/upload/{shown['id']}", "file_id": shown["id"]}

    def _complete_upload(self, home: Json, args: Json) -> Json:
        files = [self._files.get(f["id"]) for f in _loads(args["files"])]
        uploaded = [f for f in files if f and f.get("team") == home["id"] and len(f["content"]) == f["size"] > 0]
        if len(uploaded) != len(files) or any(f["complete"] for f in uploaded):
            raise Refusal("file_not_found")
        channel = self._channel(home, args["channel_id"]) if args.get("channel_id") else None
        if channel is not None:
            self._hangs_from(channel, args)
        for held, given in zip(uploaded, _loads(args["files"]), strict=True):
            held["complete"] = True
            held["shown"] |= {"title": given.get("title", ""), "size": held["size"]}
        if channel is not None:
            message = {
                "type": "message",
                "user": home["bot_user"],
                "bot_id": home["bot_id"],
                "ts": self._ts(),
                "text": "",
            }
            message |= {
                "team": home["id"],
                "files": [f["shown"] for f in uploaded],
                **_parsed(args, "blocks", "thread_ts"),
            }
            channel["messages"].append(message)
        return {"files": [{"id": f["shown"]["id"], "title": f["shown"]["title"]} for f in uploaded]}

    def _pictures(self, home: Json, args: Json) -> None:
        """A picture in a block is one that was uploaded, and has been looked at for as long as that takes."""
        for block in _loads(args.get("blocks") or "[]"):
            if block["type"] == "image":
                held = self._files.get(block["slack_file"]["id"], {})
                held["checks"] = held.get("checks", 0) + 1
                ready = held["checks"] > self.unready and held.get("content", b"").startswith(_PICTURES)
                if held.get("team") != home["id"] or not held["complete"] or not ready:
                    raise Refusal("invalid_blocks")

    def pictures(self, message: Json) -> list[bytes]:
        """The pictures in a message's blocks."""
        return [
            self._files[b["slack_file"]["id"]]["content"] for b in message.get("blocks", []) if b["type"] == "image"
        ]

    def uploads(self, message: Json) -> list[tuple[str, bytes]]:
        """The files below a message: (name, bytes)."""
        return [(f["name"], self._files[f["id"]]["content"]) for f in message.get("files", [])]

    # -- the other addresses ---------------------------------------------------------------------------

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        app = {"num_connections": 1, "connection_info": {"app_id": APP}, "debug_info": {}}
        await self._push(socket, {"type": "hello", **app})
        self._sockets.append(socket)
        self.connections += 1
        self._changed.set()
        for sent in [
            s for s in self.sent if s.kind == "events_api" and not s.acknowledged.is_set() and not s.envelope_id
        ]:
            await self._push(socket, self._frame(sent))
        try:
            async for frame in socket:
                if frame.type == aiohttp.WSMsgType.TEXT:
                    self._read_ack(json.loads(frame.data))
        finally:
            self._sockets.remove(socket)
            self._changed.set()
        return socket

    def _read_ack(self, frame: Json) -> None:
        sent = self._envelopes.get(frame.get("envelope_id", ""))
        if sent is None:
            self.violations.append(f"an acknowledgement of nothing: {frame}")
        elif not sent.acknowledged.is_set():
            self._acknowledge(sent, frame.get("payload"))

    async def _respond(self, request: web.Request) -> web.Response:
        held = self._responses.get(request.match_info["id"])
        if held is None or held["uses"] >= RESPONSE_USES or self.now() - held["at"] > RESPONSE_SECONDS:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        body = await request.json()
        wrong = _wirespec().check_slack_respond(body)
        self._check("response_url", wrong)
        if wrong:
            return web.json_response({"ok": False, "error": "invalid_blocks"}, status=400)
        held["uses"] += 1
        self._whisper(held["channel"], held["user"], body)
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(("upload", {"id": request.match_info["id"]}))
        failure = self._scripts["upload"].popleft()["what"] if self._scripts.get("upload") else "ok"
        if failure != "ok":
            return await self._fail(failure, request) if failure != "refused" else web.Response(status=400)
        held = self._files.get(request.match_info["id"], {})
        if request.headers.get("Authorization"):
            self.violations.append("upload: the token went along")
        held["content"] = await request.read()
        return web.Response(text=f"OK - {len(held['content'])}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        id = request.match_info["id"]
        self.downloads.append(id)
        held = self._files.get(id, {"status": 404})
        known = any(w["token"] == _bearer(request) and not w["revoked"] for w in self.workspaces.values())
        if "redirect" in held:
            return web.Response(status=302, headers={"Location": held["redirect"]})
        if "status" in held or held.get("looks"):
            return web.Response(status=held.get("status", 404))
        if held["html"] or not known or "files:read" in self.lacking:
            return web.Response(body=LOGIN_PAGE, content_type="text/html")
        if not held.get("chunked"):
            return web.Response(body=held["content"], content_type=held["shown"]["mimetype"])
        reply = web.StreamResponse(headers={"Content-Type": held["shown"]["mimetype"]})
        reply.enable_chunked_encoding()
        await reply.prepare(request)
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(held["content"]), 1 << 14):
                await reply.write(held["content"][at : at + (1 << 14)])
        return reply

    async def _control(self, request: web.Request) -> web.Response:
        act = CONTROLS.get(request.match_info["act"])
        if act is None:
            return web.json_response({"error": f"there is {sorted(CONTROLS)}"}, status=404)
        args = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(await act(self, args), dumps=lambda x: json.dumps(x, default=str))
        except TimeoutError:
            return web.json_response({"error": "not acknowledged"}, status=504)
        except (LookupError, AssertionError, TypeError) as wrong:
            return web.json_response({"error": repr(wrong)}, status=400)

    def state(self) -> Json:
        """What people see: the messages of each channel, with edits applied, ephemeral ones, modals and Home tabs."""
        return {
            "channels": {c: [_seen(m) for m in d["messages"]] for c, d in self.channels.items()},
            "ephemeral": [_seen(m) for m in self.ephemeral],
            "modals": {v["user"]: {"view": v["view"], "errors": v["errors"]} for v in self.views.values() if v["open"]},
            "homes": {u: _seen(h["view"]) for u, h in self.homes.items()},
            "connected": len(self._sockets),
        }

    def _check(self, what: str, wrong: list[str], who: str = "") -> None:
        self.checked[f"{who}{what}"] += 1
        self.violations += [f"{who}{what}: {w}" for w in wrong]

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["FakeSlack"]:
        """Serve until the block ends."""
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/respond/{id}", self._respond)
        app.router.add_get("/files/{id}/{name}", self._download)
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_route("*", "/_control/{act}", self._control)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self._closing.set()
            for task in list(self._tasks):
                task.cancel()
            for socket in list(self._sockets):
                await socket.close()
            await runner.cleanup()


# -- reading ---------------------------------------------------------------------------------------------


async def _arguments(request: web.Request) -> Json:
    """Query, form and JSON merged: the client library uses all three."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= json.loads(await request.text() or "{}")
    elif request.method == "POST":
        args |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    return args


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _with_basic(method: str, args: Json, request: web.Request) -> Json:
    header = request.headers.get("Authorization", "")
    if method != "oauth.v2.access" or not header.startswith("Basic "):
        return args
    login, _, password = b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return {**args, "client_id": login, "client_secret": password}


def _loads(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _parsed(args: Json, *names: str) -> Json:
    return {n: args[n] if n == "thread_ts" else _loads(args[n]) for n in names if args.get(n)}


def _plain(message: Json) -> Json:
    keep = ("type", "user", "bot_id", "ts", "text", "metadata", "edited", "thread_ts", "subtype", "files")
    return {k: v for k, v in message.items() if k in keep}


def _without_payloads(reply: Any) -> Any:
    """A reply without what our own message metadata carries: the typings behind the specification know `event_payload`
    in replies as an object without any property, and Slack returns what the app has put there."""
    if isinstance(reply, dict):
        return {k: {} if k == "event_payload" else _without_payloads(v) for k, v in reply.items()}
    return [_without_payloads(v) for v in reply] if isinstance(reply, list) else reply


def _entered(element: Json, value: str) -> Json:
    """What a person put into an input element, as a submission carries it."""
    options = {o["value"]: o for o in element.get("options", [])}
    match element["type"]:
        case "plain_text_input":
            return {"value": value or None}
        case "static_select" | "radio_buttons":
            return {"selected_option": options[value] if value else None}
        case "multi_users_select":
            return {"selected_users": value.split(",") if value else []}
        case "users_select":
            return {"selected_user": value or None}
        case "conversations_select":
            return {"selected_conversation": value or None}
    raise LookupError(element["type"])


def seen_text(node: Any) -> str:
    """All text in blocks, in order."""
    if isinstance(node, list):
        return "\n".join(t for t in map(seen_text, node) if t)
    if not isinstance(node, dict):
        return ""
    if isinstance(node.get("text"), str):
        return node["text"]
    return "\n".join(t for k, v in node.items() if k not in ("style", "border") and (t := seen_text(v)))


def controls(blocks: list[Json]) -> list[tuple[str, str]]:
    """(label, value) of everything that can be pressed or chosen in a message."""
    found: list[tuple[str, str]] = []
    for block in blocks:
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            if element.get("type") == "button":
                found.append((element["text"]["text"], element.get("value", "")))
            found += [(o["text"]["text"], o["value"]) for o in element.get("options", [])]
    return found


def _seen(message: Json) -> Json:
    """A message as a person sees it."""
    blocks = message.get("blocks", [])
    keep = {k: message[k] for k in ("ts", "user", "bot_id", "thread_ts", "to", "channel", "metadata") if k in message}
    return {**keep, "text": seen_text(blocks) or message.get("text", ""), "controls": controls(blocks)}


# -- the control API -------------------------------------------------------------------------------------


async def _say(fake: FakeSlack, a: Json) -> Any:
    fake.people.get(a["user"]) or fake.user(a["user"], a.get("name", ""))
    more = {k: a[k] for k in ("channel", "thread_ts", "mention") if k in a}
    return {"ts": await fake.say(a["user"], a["text"], **more)}


async def _tap(fake: FakeSlack, a: Json) -> Any:
    """{user, what, ts?, channel?}: on a message, else on the last ephemeral or own message that has such a control."""
    shown = [m for m in fake.ephemeral if m["to"] == a["user"]] + fake.messages(a.get("channel") or a["user"])
    wanted = [m for m in shown if a.get("ts") in (None, m["ts"])]
    has = [m for m in wanted if any(a["what"] in c for c in controls(m.get("blocks", [])))]
    if not has:
        raise LookupError(f"nothing called {a['what']!r}")
    return {"reply": await (await fake.tap(a["user"], has[-1], a["what"])).ack()}


async def _slash(fake: FakeSlack, a: Json) -> Any:
    fake.people.get(a["user"]) or fake.user(a["user"], a.get("name", ""))
    return {"reply": await (await fake.slash(a["user"], a["text"], a.get("channel", ""))).ack()}


async def _submit(fake: FakeSlack, a: Json) -> Any:
    return {"reply": await (await fake.submit(a["user"], a["values"])).ack()}


async def _people(fake: FakeSlack, a: Json) -> Any:
    return fake.user(**a)


async def _channels(fake: FakeSlack, a: Json) -> Any:
    return fake.channel(**a)


async def _workspaces(fake: FakeSlack, a: Json) -> Any:
    return fake.workspace(**a)


async def _logins(fake: FakeSlack, a: Json) -> Any:
    fake.logins[a["code"]] = (a["team"], a["user"])


async def _state(fake: FakeSlack, a: Json) -> Any:
    return fake.state()


async def _violations(fake: FakeSlack, a: Json) -> Any:
    return fake.violations


async def _counts(fake: FakeSlack, a: Json) -> Any:
    return fake.checked


async def _script(fake: FakeSlack, a: Json) -> Any:
    return fake.script(a["method"], *a["failures"])


async def _disconnect(fake: FakeSlack, a: Json) -> Any:
    return await fake.disconnect(a.get("reason", "refresh_requested"))


async def _redeliver(fake: FakeSlack, a: Json) -> Any:
    return await fake.redeliver()


async def _revoke(fake: FakeSlack, a: Json) -> Any:
    return (await fake.revoke(a["team"], a.get("uninstall", True))).envelope_id


async def _home(fake: FakeSlack, a: Json) -> Any:
    return (await fake.home(a["user"])).envelope_id


async def _edit(fake: FakeSlack, a: Json) -> Any:
    return (await fake.edit(a.get("channel") or a["user"], a["ts"], a["text"])).envelope_id


async def _delete(fake: FakeSlack, a: Json) -> Any:
    return (await fake.delete(a.get("channel") or a["user"], a["ts"])).envelope_id


CONTROLS = {
    "say": _say, "tap": _tap, "slash": _slash, "submit": _submit, "home": _home, "edit": _edit, "delete": _delete,
    "user": _people, "channel": _channels, "workspace": _workspaces, "login": _logins, "state": _state,
    "violations": _violations, "counts": _counts, "script": _script, "disconnect": _disconnect, "redeliver": _redeliver,
    "revoke": _revoke,
}  # fmt: skip


async def _serve(args: argparse.Namespace) -> None:
    fake = FakeSlack(events_url=args.events_url, signing_secret=args.signing_secret, retry_seconds=args.retry_seconds)
    async with fake.running(args.port):
        print(
            json.dumps(
                {
                    "api_url": f"{fake.base}/api/",
                    "bot_token": fake.workspaces[TEAM]["token"],
                    "app_token": fake.app_token,
                }
            ),
            flush=True,
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A small Slack for tests")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--events-url", default="", help="send events there, signed, instead of over Socket Mode")
    parser.add_argument("--signing-secret", default="shhh")
    parser.add_argument("--retry-seconds", type=float, default=3.0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))
