"""The pages on which an interviewer connects a calendar, and the address that Google calls when one has changed.

Every page works by the secret that the chat gave to this person; it is used up when the calendar is connected. A page
says whose calendar it will be before it leads to Google, and Google's answer counts only in the browser that went there.
"""

import base64
import hmac
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.log import get
from bot.scheduling.connector import Connector, Holder
from bot.scheduling.looking import HOOK
from bot.scheduling.sync import Syncer
from bot.web.pages import page
from calendar_sync.calendar import CalendarTrouble
from flows.connect.requests import CalendarRefused, CalendarSeen
from flows.words import calendar_en as words

log = get("calendars")
COOKIE = "parley_calendar"
CALLBACK = "/calendar/google/callback"
_MOST = 16 * 1024
_SECONDS = 15.0
# As in calendar_sync.google_auth, which is not imported for a page: Google's libraries load slowly.
_RIGHTS = ("https://www.googleapis.com/auth/calendar.events", "https://www.googleapis.com/auth/calendar.freebusy")


def router(connector: Connector, syncer: Syncer, version: str) -> APIRouter:
    """All of it. version: of the style sheets."""
    api, pages = APIRouter(include_in_schema=False), _Pages(connector, version)

    async def pushed(request: Request) -> Response:
        """Google says that something has changed; there is no body. What it is about is read a moment later."""
        if await syncer.pushed(dict(request.headers)):
            return Response(status_code=200)
        log.warning("push_refused")
        return Response(status_code=404)

    api.add_api_route(HOOK, pushed, methods=["POST"])
    api.add_api_route("/calendar/google/start", pages.start, methods=["GET"])
    api.add_api_route("/calendar/google/go", pages.go, methods=["GET"])
    api.add_api_route(CALLBACK, pages.callback, methods=["GET"])
    api.add_api_route("/calendar/caldav", pages.form, methods=["GET"])
    api.add_api_route("/calendar/caldav", pages.sent, methods=["POST"])
    return api


class _Pages:
    def __init__(self, connector: Connector, version: str) -> None:
        self._connector, self._settings, self._version = connector, connector.settings, version

    # -- Google -----------------------------------------------------------------------------------------

    async def start(self, state: str = "") -> Response:
        """Whose calendar will it be? Somebody who was sent a stranger's link must see it here."""
        holder = await self._connector.holder(state, "google")
        if holder is None:
            return self._old()
        if not self._settings.google_client_id:
            return self._problem(words.PAGE_NO_GOOGLE, 404)
        go = "/calendar/google/go?" + urlencode({"state": state})
        said = {"message": words.page_whose(holder.name), "go": go, "go_label": words.PAGE_GO}
        return self._page(200, title=words.PAGE_FORM, **said)

    async def go(self, state: str = "") -> Response:
        """On to Google, with a cookie by which this browser is known when it comes back."""
        if await self._connector.holder(state, "google") is None:
            return self._old()
        s = self._settings
        asked = {
            "client_id": s.google_client_id,
            "redirect_uri": s.base_url + CALLBACK,
            "response_type": "code",
            "scope": " ".join(("openid", "email", *_RIGHTS)),
            "access_type": "offline",
            "prompt": "consent",  # without it Google gives a refresh token the first time only
            "state": state,
        }
        answer = RedirectResponse(f"{s.google_auth_url}?{urlencode(asked)}", 303)
        secure = s.base_url.startswith("https://")
        answer.set_cookie(COOKIE, state, max_age=600, httponly=True, samesite="lax", secure=secure, path="/calendar")
        return answer

    async def callback(self, request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        """Google sends the browser back, with a code or with "no"."""
        holder = await self._connector.holder(state, "google")
        mine = hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), state.encode())
        if holder is None or not mine:
            return self._old()
        if error or not code:
            return await self._refused(holder, words.PAGE_DENIED)
        grant = await self._exchange(code)
        if isinstance(grant, str):
            return await self._refused(holder, grant)
        if await self._connector.taken(holder, grant["mail"]):
            return await self._refused(holder, words.page_wrong_account(grant["mail"]))
        if not await self._connector.use_up(state, "google"):
            return self._old()
        seen = await self._connector.keep(holder.tenant_id, holder.person_id, "google", grant)
        if isinstance(seen, CalendarRefused):
            return await self._refused(holder, seen.say)
        return await self._connected(holder, seen)

    async def _exchange(self, code: str) -> dict[str, Any] | str:
        """The grant behind a code: {"refresh", "mail"}; or a sentence."""
        import httpx  # only where it is needed: start-up stays fast

        s = self._settings
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": s.base_url + CALLBACK}
        form |= {"client_id": s.google_client_id, "client_secret": s.google_client_secret.get_secret_value()}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=_SECONDS) as client:
                answer = await client.post(s.google_token_url, data=form)
        except httpx.HTTPError:
            return words.PAGE_GOOGLE_DOWN
        given = _json(answer.content)
        if answer.status_code != 200 or "access_token" not in given:
            log.warning("code_refused", status=answer.status_code, refusal_code=str(given.get("error", "")))
            return words.PAGE_GOOGLE_DOWN if answer.status_code >= 500 else words.PAGE_OLD
        if not set(_RIGHTS) <= set(str(given.get("scope", "")).split()):
            return words.PAGE_NARROW
        if not given.get("refresh_token"):
            return words.PAGE_HALF
        return {"refresh": str(given["refresh_token"]), "mail": _mail(str(given.get("id_token", "")))}

    # -- CalDAV -----------------------------------------------------------------------------------------

    async def form(self, state: str = "") -> Response:
        """A form for what must not stand in a chat."""
        if await self._connector.holder(state, "caldav") is None:
            return self._old()
        if not _safe(self._settings.base_url):
            return self._problem(words.PAGE_NOT_SAFE, 404)
        return self._form(200, state)

    async def sent(self, request: Request) -> Response:
        """Try what was entered; what does not work is said on the form, which stays usable."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                return Response(status_code=413)
        sent = {k: v[0].strip() for k, v in parse_qs(body.decode("utf-8", "replace"), max_num_fields=10).items()}
        state, user = sent.get("state", ""), sent.get("user", "")
        holder = await self._connector.holder(state, "caldav")
        if holder is None or not _safe(self._settings.base_url):
            return self._old()
        content = {"address": sent.get("address", ""), "user": user, "password": sent.get("password", "")}
        content["mail"] = user if "@" in user else ""
        try:
            found = await self._connector.clients.calendars(content)
        except CalendarTrouble as trouble:
            return self._form(422, state, trouble.say, content["address"], user)
        if len(found) > 1:
            return self._form(200, state, "", "", user, found)
        seen = await self._connector.keep(
            holder.tenant_id, holder.person_id, "caldav", {**content, "address": found[0][1]}
        )
        if isinstance(seen, CalendarRefused):
            return self._form(422, state, seen.say, content["address"], user)
        await self._connector.use_up(state, "caldav")
        return await self._connected(holder, seen)

    def _form(
        self,
        status: int,
        state: str,
        problem: str = "",
        address: str = "",
        user: str = "",
        choices: list[tuple[str, str]] | None = None,
    ) -> Response:
        form = {"state": state, "address": address, "user": user, "known": words.ADDRESSES}
        form |= {"choices": choices or [], "choose": words.PAGE_CHOOSE}
        return self._page(status, title=words.PAGE_FORM, message=words.PAGE_FORM_TEXT, problem=problem, form=form)

    # -- answers ----------------------------------------------------------------------------------------

    async def _connected(self, holder: Holder, seen: CalendarSeen) -> Response:
        await self._connector.say(holder, seen)
        return self._page(
            200, title=words.PAGE_CONNECTED, message=words.connected(seen.label, seen.events), remedy=words.PAGE_BACK
        )

    async def _refused(self, holder: Holder, say: str) -> Response:
        await self._connector.say(holder, CalendarRefused(say))
        return self._problem(say, 409)

    def _old(self) -> Response:
        return self._problem(words.PAGE_OLD, 404)

    def _problem(self, say: str, status: int) -> Response:
        return self._page(status, title=words.PAGE_PROBLEM, message=say)

    def _page(self, status: int, **context: Any) -> Response:
        answer = page("calendar.html", self._version, status, **context)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _safe(base_url: str) -> bool:
    """May a password be entered here: over TLS, or without leaving this machine?"""
    parts = urlsplit(base_url)
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def _json(body: bytes) -> dict[str, Any]:
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _mail(token: str) -> str:
    """The address in an id token. It came from Google's own server over TLS, so its signature adds nothing."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = _json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return ""
    return str(claims.get("email", ""))
