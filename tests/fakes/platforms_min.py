"""The few calls that installing needs, as Slack, Telegram and Discord answer them: one small server for all three.

Only what `bot.setup` asks: who am I, what may I do, how do events come in. Every request and every answer is checked
by wirespec. Change the fields to make an installation that is right, half done or wrong.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from bot.setup.discord import COMMANDS
from bot.setup.slack import SCOPES
from tests.shared import shared

BOT, APP = "xoxb-right-1", "xapp-right-1"
TELEGRAM = "123456:right-1"
DISCORD = "discord.right.1"
APPLICATION = "2001"


def wirespec() -> Any:
    folder = str(shared("wirespec"))
    if folder not in sys.path:
        sys.path.append(folder)
    import wirespec

    return wirespec


@dataclass
class Platforms:
    """What is on the other side. `calls`: each call that came in; `violations`: what wirespec said about them."""

    scopes: set[str] | None = field(default_factory=lambda: set(SCOPES))
    team: str = "Example Ltd"
    bot_error: str = ""
    app_error: str = ""
    person: bool = False
    privacy_off: bool = False
    webhook: dict[str, Any] = field(default_factory=dict)
    pending: int = 0
    second_consumer: bool = False
    discord: dict[str, Any] = field(default_factory=dict)
    commands: list[str] = field(default_factory=lambda: list(COMMANDS))
    clock_off_s: int = 0
    status: int = 0
    page: str = ""
    silent: bool = False
    calls: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["Platforms"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": self}))
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.ended.set()
            server.shutdown()
            thread.join()
            server.server_close()

    @property
    def addresses(self) -> dict[str, str]:
        base = f"http://127.0.0.1:{self.port}"
        return {
            "PARLEY_SLACK_API_URL": f"{base}/api/",
            "PARLEY_TELEGRAM_API_URL": base,
            "PARLEY_DISCORD_API_URL": f"{base}/discord",
        }

    def answer(self, verb: str, path: str, args: dict[str, str], auth: str) -> tuple[int, Any, dict[str, str]]:
        """Status, body, headers of one call."""
        if path.startswith("/api/"):
            return self._slack(path.removeprefix("/api/"), args, auth.removeprefix("Bearer "))
        if path.startswith("/bot"):
            token, _, method = path.removeprefix("/bot").partition("/")
            status, body = self._telegram(token, method, args)
            return status, body, {}
        if path.startswith("/discord/"):
            status, body = self._discord(verb, path.removeprefix("/discord"), auth.removeprefix("Bot "))
            return status, body, {}
        return 404, {}, {}

    def _slack(self, method: str, args: dict[str, str], token: str) -> tuple[int, Any, dict[str, str]]:
        self.calls.append(f"slack {method}")
        self.violations += wirespec().check_slack_request(method, args)
        headers: dict[str, str] = {}
        body: dict[str, Any]
        if method == "api.test":
            error, body = "", {"ok": True}
        elif method == "apps.connections.open":
            error = self.app_error or ("" if token == APP else "invalid_auth")
            body = {"ok": True, "url": "wss://127.0.0.1/link?ticket=1"}
        else:
            error = self.bot_error or ("" if token == BOT else "invalid_auth")
            body = {"ok": True, "url": "https://example.slack.com/", "team": self.team, "user": "parley"}
            body |= {"team_id": "T1", "user_id": "U1"} | ({} if self.person else {"bot_id": "B1"})
            if self.scopes is not None and not error:
                headers["X-OAuth-Scopes"] = ",".join(sorted(self.scopes))
        if error:
            body = {"ok": False, "error": error}
        self.violations += [f"fake: {v}" for v in wirespec().check_slack_response(method, body)]
        return 200, body, headers

    def _telegram(self, token: str, method: str, args: dict[str, str]) -> tuple[int, Any]:
        self.calls.append(f"telegram {method}")
        self.violations += wirespec().check_telegram_request(method, args)
        status, result = 200, None
        if token != TELEGRAM:
            status, result = 401, "Unauthorized"
        elif method == "getMe":
            result = {"id": 123456, "is_bot": True, "first_name": "Parley", "username": "parley_example_bot"}
            result |= {"can_read_all_group_messages": self.privacy_off, "can_join_groups": True}
        elif method == "getWebhookInfo":
            result = {"url": "", "has_custom_certificate": False, "pending_update_count": self.pending, **self.webhook}
        elif self.second_consumer:
            status = 409
            result = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        else:
            result = []
        ok = status == 200
        body = {"ok": ok, "result": result} if ok else {"ok": ok, "error_code": status, "description": result}
        self.violations += [f"fake: {v}" for v in wirespec().check_telegram_response(method, body)]
        return status, body

    def _discord(self, verb: str, path: str, token: str) -> tuple[int, Any]:
        self.calls.append(f"discord {path}")
        self.violations += wirespec().check_discord_request(verb, path)
        if token != DISCORD:
            status, body = 401, {"message": "401: Unauthorized", "code": 0}
        elif path == "/users/@me":
            status, body = 200, _USER
        elif path == "/applications/@me":
            status, body = 200, _APPLICATION | self.discord
        else:
            status, body = 200, [_command(name) for name in self.commands]
        self.violations += [f"fake: {v}" for v in wirespec().check_discord_response(verb, path, status, body)]
        return status, body


class _Handler(BaseHTTPRequestHandler):
    world: Platforms

    def do_GET(self) -> None:
        self._reply({})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self._reply(dict(parse_qsl(self.rfile.read(size).decode())))

    def _reply(self, args: dict[str, str]) -> None:
        world = self.world
        if world.silent:
            world.ended.wait()
            return
        status, body, headers = world.answer(self.command, self.path, args, self.headers.get("Authorization", ""))
        text = world.page or json.dumps(body)
        self.send_response(world.status or status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html" if world.page else "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate((timestamp or time.time()) - self.world.clock_off_s, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


_USER: dict[str, Any] = {
    **{"id": "2000", "username": "Parley", "discriminator": "0", "global_name": None, "avatar": None, "bot": True},
    **{"mfa_enabled": False, "locale": "en-GB", "premium_type": 0, "email": None, "verified": True, "flags": 0},
    **{"public_flags": 0, "banner": None, "accent_color": None, "primary_guild": None},
}
_OWNER = ("id", "username", "discriminator", "global_name", "avatar", "public_flags", "flags", "primary_guild")
_APPLICATION: dict[str, Any] = {
    **{"id": APPLICATION, "name": "Parley", "icon": None, "description": "", "summary": "", "verify_key": "00"},
    **{"flags": 0, "bot_public": True, "bot_require_code_grant": False, "approximate_guild_count": 1},
    **{"type": None, "flags_new": "0", "explicit_content_filter": 0, "eligible_oauth2_scopes": []},
    **{"approximate_user_install_count": 0, "approximate_user_authorization_count": 0},
    **{"redirect_uris": [], "interactions_endpoint_url": None, "role_connections_verification_url": None},
    **{"integration_types_config": {"0": {}, "1": {}}, "team": None, "owner": {k: _USER[k] for k in _OWNER}},
}


def _command(name: str) -> dict[str, Any]:
    fixed = {"id": "2002", "application_id": APPLICATION, "version": "2003", "type": 1, "nsfw": False}
    return {**fixed, "name": name, "description": "Interviews", "default_member_permissions": None, "options": []}
