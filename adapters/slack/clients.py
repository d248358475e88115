# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (slack_sdk's and Bolt's own types leave the elements of their dicts open.)
"""Calls to Slack's Web API: one client per installed workspace, and every refusal as one kind of value."""

import asyncio
import logging
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.contract import Installation, Outcome, Port
from adapters.slack.config import SlackConfig

log = logging.getLogger("parley.slack")
sdk_log = logging.getLogger("parley.slack.sdk")
sdk_log.setLevel(logging.WARNING)  # at DEBUG the library writes whole messages, and it reads NOTSET as DEBUG

KNOWN_SECONDS = 60.0  # how long an installation is believed without asking the port again
_WAIT_MS = 1000
# Slack does not read the arguments of these from JSON.
_IN_QUERY = frozenset(
    {
        *("conversations.history", "conversations.replies", "files.getUploadURLExternal", "files.info"),
        *("oauth.v2.access", "users.info"),
    }
)
_BLOCKED = frozenset(
    {
        *("is_archived", "channel_not_found", "not_in_channel", "user_disabled", "cannot_dm_bot", "user_not_found"),
        *("user_not_visible", "users_not_found", "messages_tab_disabled", "no_permission", "token_revoked"),
        *("token_expired", "account_inactive", "invalid_auth", "not_authed", "missing_scope", "team_not_found"),
        *("team_access_not_granted", "org_login_required", "ekm_access_denied", "restricted_action", "not_installed"),
        *("restricted_action_read_only_channel", "restricted_action_thread_only_channel", "access_denied"),
        *(
            "restricted_action_non_threadable_channel",
            "method_not_supported_for_channel_type",
            "channel_type_not_supported",
        ),
    }
)
_GONE = frozenset({"token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"})
_LATER = frozenset(
    {
        *(
            "ratelimited",
            "rate_limited",
            "message_limit_exceeded",
            "internal_error",
            "fatal_error",
            "service_unavailable",
        ),
        *("request_timeout", "team_added_to_org", "network", "server", "accesslimited"),
    }
)
# A call that failed like this may have been carried out all the same.
_DOUBTFUL = frozenset({"network", "server", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})


class Refused(Exception):
    """Slack did not do it. code: Slack's own, or "network" and "server". after_ms: how long it asked us to wait."""

    def __init__(self, code: str, after_ms: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.after_ms = after_ms

    @property
    def doubtful(self) -> bool:
        """It may have been done although we were not told."""
        return self.code in _DOUBTFUL

    @property
    def outcome(self) -> Outcome:
        """What it means for a message."""
        if self.code in _BLOCKED:
            return Outcome.BLOCKED
        return Outcome.LATER if self.code in _LATER else Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Home:
    """An installed workspace and the client for it."""

    installation: Installation
    web: AsyncWebClient
    until: float


class Clients:
    """The one place that holds tokens. Started and stopped with the adapter."""

    def __init__(self, config: SlackConfig, port: Port) -> None:
        self.config = config
        self.port = port
        self.session: aiohttp.ClientSession | None = None
        self._homes: dict[str, Home] = {}
        self._asking = (
            asyncio.Lock()
        )  # first come, first served: events keep their order while a workspace is looked up
        self._pauses: dict[tuple[str, str, str], float] = {}

    def start(self) -> None:
        """Open the connection pool; needs a running loop."""
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.config.timeout))

    async def stop(self) -> None:
        if self.session is not None:
            await self.session.close()

    def client(self, token: str | None = None) -> AsyncWebClient:
        """A client with our addresses. No retries of its own: they would bypass the outbox."""
        whole = max(1, round(self.config.timeout))
        web = AsyncWebClient(
            token, self.config.api_url, whole, session=self.session, logger=sdk_log, retry_handlers=[]
        )  # fmt: skip
        # Set afterwards: given to the constructor, None means "take a proxy from the environment" (python-slack-sdk#738).
        web.proxy = self.config.proxy or None
        return web

    async def of(self, team: str) -> Home | None:
        """The client of a workspace; None when it isn't one of ours. Raises `Unavailable`."""
        async with self._asking:
            known = self._homes.get(team)
            if known is not None and known.until > time.monotonic():
                return known
            found = await self.port.installation("slack", team)
            if found is None:
                self.forget(team)
                return None
            self._homes[team] = Home(found, self.client(found.token), time.monotonic() + KNOWN_SECONDS)
            return self._homes[team]

    def forget(self, team: str) -> None:
        """Ask the port about this workspace next time."""
        self._homes.pop(team, None)

    async def call(self, team: str, method: str, **args: Any) -> dict[str, Any]:
        """One call for a workspace. Raises `Refused`, `Unavailable`."""
        home = await self.of(team)
        if home is None:
            raise Refused("not_installed")
        key = (team, method, str(args.get("channel", "")))
        self._paused(key)
        try:
            return await ask(home.web, method, **args)
        except Refused as refused:
            if refused.after_ms:
                self._pauses[key] = time.monotonic() + refused.after_ms / 1000
            if refused.code in _GONE:
                self.forget(team)
            raise

    async def exchange(self, code: str, redirect: str) -> dict[str, Any]:
        """The code of an OAuth round for a workspace's token. Raises `Refused`."""
        web = self.client()
        # The client's own way is an aiohttp class that is on its way out.
        proof = b64encode(f"{self.config.client_id}:{self.config.client_secret}".encode()).decode()
        web.headers["Authorization"] = f"Basic {proof}"
        return await ask(web, "oauth.v2.access", code=code, **({"redirect_uri": redirect} if redirect else {}))

    async def respond(self, url: str, body: dict[str, Any]) -> bool:
        """Post to a response url; False when it is used up or too old."""
        hook = AsyncWebhookClient(url, session=self.session, logger=sdk_log, retry_handlers=[])
        hook.proxy = self.config.proxy or None
        try:
            return (await hook.send_dict(body)).status_code == 200
        except (aiohttp.ClientError, TimeoutError, SlackClientError):
            return False

    def _paused(self, key: tuple[str, str, str]) -> None:
        """What Slack asked us not to do yet is not tried before its time."""
        left = self._pauses.get(key, 0.0) - time.monotonic()
        if left > 0:
            raise Refused("ratelimited", int(left * 1000) + 1)
        self._pauses.pop(key, None)


async def ask(web: AsyncWebClient, method: str, **args: Any) -> dict[str, Any]:
    """One call. Raises `Refused` for everything that can go wrong on the way."""
    try:
        in_query = method in _IN_QUERY
        reply = await web.api_call(method, params=args if in_query else None, json=None if in_query else args)
    except SlackApiError as error:
        raise refusal(error) from None
    except (aiohttp.ClientError, TimeoutError, SlackClientError, OSError):
        raise Refused("network") from None
    return cast("dict[str, Any]", reply.data) if isinstance(reply.data, dict) else {}


def refusal(error: SlackApiError) -> Refused:
    """What Slack said, as one value. A reply without its JSON is the server's own trouble."""
    response: object = error.response
    if not isinstance(response, AsyncSlackResponse):
        return Refused("server")
    data: object = response.data
    known = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    if response.status_code == 429:
        return Refused("ratelimited", wait_of(cast("Mapping[str, str]", response.headers)))
    if response.status_code >= 500 or not isinstance(known.get("error"), str):
        return Refused("server")
    code = str(known["error"])
    return Refused(code, _WAIT_MS if code == "ratelimited" else 0)


def wait_of(headers: Mapping[str, str]) -> int:
    """`Retry-After` in milliseconds."""
    given = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return max(int(given) * 1000, _WAIT_MS) if given.isascii() and given.isdigit() else _WAIT_MS
