# pyright: reportUnknownMemberType=false
# (slack_sdk's and Bolt's own types leave the elements of their dicts open.)
"""Installing into a workspace by OAuth, with the bot's own state: random, single use, bound to one browser.

The library's state store joins the `state` of an address into a file path (`security.md`, section 7), so it is not used.
"""

import logging
import secrets
from html import escape
from urllib.parse import urlencode

from adapters.contract import HttpCall, HttpReply, Installation, Port, Unavailable, Who
from adapters.slack import words
from adapters.slack.clients import Clients, Refused, ask
from adapters.slack.config import SlackConfig
from adapters.slack.parse import part

log = logging.getLogger("parley.slack")
COOKIE = "parley_slack_oauth"
_SECONDS = 600


class OAuth:
    """The two pages of an installation."""

    def __init__(self, config: SlackConfig, port: Port, clients: Clients) -> None:
        self._config = config
        self._port = port
        self._clients = clients

    async def begin(self, call: HttpCall) -> HttpReply:
        """Send the browser to Slack. Raises `Unavailable`."""
        session = secrets.token_urlsafe(32)
        state = await self._port.new_state(session)
        asked = {
            "client_id": self._config.client_id,
            "scope": ",".join(self._config.scopes),
            "user_scope": "",
            "state": state,
        }
        if self._config.redirect_url:
            asked["redirect_uri"] = self._config.redirect_url
        cookie = f"{COOKIE}={session}; Path=/slack; Max-Age={_SECONDS}; HttpOnly; Secure; SameSite=Lax"
        headers = {"location": f"{self._config.authorize_url}?{urlencode(asked)}", "set-cookie": cookie, **_QUIET}
        return HttpReply(302, b"", headers)

    async def finish(self, call: HttpCall) -> HttpReply:
        """Slack sent the browser back. Raises `Unavailable`."""
        session, state = call.cookies.get(COOKIE, ""), call.query.get("state", "")
        if not session or not state or not await self._port.use_state(state, session):
            return _page(400, words.INSTALL_OLD)
        if call.query.get("error") or not call.query.get("code"):
            return _page(200, words.INSTALL_REFUSED)
        try:
            found, installer = await self._exchange(call.query["code"])
        except Refused as refused:
            log.warning("slack_oauth_refused %s", refused.code)
            return _page(502, words.INSTALL_SLACK)
        if found is None:
            return _page(400, words.INSTALL_ORG)
        await self._port.install("slack", found, installer, state)
        self._clients.forget(found.workspace)
        return _page(200, words.INSTALLED)

    async def _exchange(self, code: str) -> tuple[Installation | None, Who | None]:
        """The code for a workspace's token; None for a whole organisation."""
        given = await self._clients.exchange(code, self._config.redirect_url)
        if given.get("is_enterprise_install") or not given.get("team"):
            return None, None
        installed = await identify(self._clients, str(given["access_token"]))
        user = str(part(given, "authed_user").get("id") or "")
        return installed, Who("slack", installed.workspace, user) if user else None


async def identify(clients: Clients, token: str) -> Installation:
    """Whose token it is. Raises `Refused`."""
    known = await ask(clients.client(token), "auth.test")
    return Installation(
        str(known["team_id"]), token, str(known.get("user_id") or ""), str(known.get("bot_id") or ""), str(known.get("team") or "")
    )  # fmt: skip


async def guarded(work: "OAuth", call: HttpCall) -> HttpReply:
    """One of the two pages, or a kind one when nothing can be stored."""
    if call.method != "GET":
        return HttpReply(405)
    try:
        return await (work.begin(call) if call.path.endswith("/install") else work.finish(call))
    except Unavailable:
        return _page(503, words.INSTALL_LATER)


_QUIET = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def _page(status: int, sentence: str) -> HttpReply:
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'", **_QUIET}
    text = f'<!doctype html><html lang="en"><title>{words.NAME}</title><p>{escape(sentence)}</p></html>'
    return HttpReply(status, text.encode(), headers)
