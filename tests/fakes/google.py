"""A Google Calendar for tests on 127.0.0.1: what is right and wrong it knows from wirespec, both ways.

In a test: `async with FakeGoogle().running() as fake: ...`; `fake.api_url` and `fake.token_url` are the two addresses.
`person` makes an account, `calendar` a further calendar; `entry`, `shift`, `delete` and `answer` do what people do in
Google's own pages. `fail` scripts failures per method.

Kept besides the schemas: ids of deleted events stay taken, etags and If-Match, sync tokens that can be forgotten (410),
pages, errors of one calendar inside a 200, links that are made later or not at all, channels that end, notifications
without a body, and who may see what. Time is `fake.now_ms`, and stands still until a test moves it.
"""

import asyncio
import base64
import contextlib
import copy
import json
import urllib.parse
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from tests.fakes.telegram_rules import wirespec

Json = dict[str, Any]
ROOT = "/calendar/v3/"
NOW_MS = 1_760_000_000_000
SECRET = "client-secret-for-tests"
AUDIENCE = "https://oauth2.googleapis.com/token"  # google-auth says this whatever address it asks, and Google wants it


@dataclass(frozen=True)
class Fault:
    """One failure of one call: a status with a reason, or `timeout`, `drop`, `half` of an answer (nothing was taken),
    `timeout_after`, `drop_after`, `error_after` (it was taken, and the answer is lost)."""

    kind: str
    status: int = 503
    reason: str = "backendError"
    retry_after: int | None = None
    body: str | None = None  # instead of Google's: a proxy's page


class Refused(Exception):
    """An answer of 4xx or 5xx."""

    def __init__(self, status: int, reason: str, message: str = "", domain: str = "global") -> None:
        super().__init__(reason)
        self.status, self.reason, self.message, self.domain = status, reason, message or reason, domain

    def body(self) -> Json:
        one = {"domain": self.domain, "reason": self.reason, "message": self.message}
        return {"error": {"code": self.status, "message": self.message, "errors": [one]}}


@dataclass
class Cal:
    """One calendar. `log` holds the ids of changed events in order: a sync token is a place in it."""

    id: str
    owner: str
    zone: str
    events: dict[str, Json] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    floor: int = 0  # tokens before this place are forgotten


@dataclass
class Watch:
    """An open push channel."""

    id: str
    calendar: str
    resource: str
    token: str
    address: str
    expires_ms: int
    count: int = 0


class FakeGoogle:
    """See the module."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.counts: Counter[str] = Counter()  # checked calls, per method
        self.refusals: list[tuple[str, int, str]] = []
        self.calendars: dict[str, Cal] = {}
        self.readers: dict[str, set[str]] = {}
        self.watches: dict[str, Watch] = {}
        self.notices: list[tuple[str, dict[str, str]]] = []
        self.hooks: dict[str, str] = {}  # public https address -> where it really is
        self.script: dict[str, deque[Fault]] = {}
        self.meanwhile: dict[str, Callable[[], object]] = {}  # done once, just before the next call of a method
        self.free_busy_errors: dict[str, str] = {}
        self.free_busy_omits: set[str] = set()
        self.mails: list[tuple[str, str]] = []  # (event id, sendUpdates)
        self.links = "at once"  # or "later" (pending for `link_gets` gets), "never", "failure", "unsupported"
        self.link_gets = 2
        self.page = 250
        self.newest_first = False  # Google promises no order
        self.find_lags = False  # searches by private property don't see anything new yet
        self.now_ms = NOW_MS
        self.refreshes: list[Json] = []
        self.codes: dict[str, tuple[str, Json]] = {}  # given on the consent page: whose, and what comes with the token
        self.port = 0
        self._refresh: dict[str, str] = {}
        self._access: dict[str, str] = {}
        self._tags = 0
        self._silent = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    # -- running ------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{ROOT}"

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeGoogle"]:
        wirespec()  # absent: the test is skipped here and not inside a request
        app = web.Application()
        app.router.add_post("/token", self._token)
        app.router.add_route("*", ROOT + "{rest:.*}", self._api)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            self._silent.set()
            await self.delivered()
            await runner.cleanup()

    async def delivered(self) -> None:
        """Wait until every notification on its way has been answered."""
        while self._sending:
            await asyncio.gather(*self._sending, return_exceptions=True)

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method ("events.insert", "freebusy.query", "token", ...) fail, in this order."""
        self.script.setdefault(method, deque()).extend(faults)

    def forgive(self, part: str) -> None:
        """Take exactly one violation off the list, for a test that wanted it."""
        found = [v for v in self.violations if part in v]
        assert found, f"no violation with {part!r}: {self.violations}"
        self.violations.remove(found[0])

    # -- people -------------------------------------------------------------------------------------------

    def person(self, mail: str, zone: str = "UTC") -> str:
        """An account with its main calendar; answers the refresh token that Parley gets."""
        self.calendar(mail, mail, zone)
        self._refresh[f"refresh-{mail}"] = mail
        return f"refresh-{mail}"

    def calendar(self, id: str, owner: str, zone: str = "UTC") -> Cal:
        self.calendars[id] = Cal(id, owner, zone)
        return self.calendars[id]

    def revoke(self, mail: str) -> None:
        """The person takes Parley's access away."""
        self._refresh = {k: v for k, v in self._refresh.items() if v != mail}
        self.expire(mail)

    def expire(self, mail: str) -> None:
        """Access tokens end; the refresh token lives."""
        self._access = {k: v for k, v in self._access.items() if v != mail}

    def entry(self, calendar: str, id: str, start: Json | str, end: Json | str, **more: Any) -> Json:
        """Somebody enters something of their own. A text is an RFC 3339 time."""
        sides = {"start": start, "end": end}
        body = {k: {"dateTime": v} if isinstance(v, str) else v for k, v in sides.items()}
        cal = self.calendars[calendar]
        event = {"kind": "calendar#event", "id": id, "status": "confirmed", **body, **more}
        return self._store(cal, event)

    def shift(self, calendar: str, id: str, start: str, end: str) -> None:
        """Somebody drags the event elsewhere."""
        cal = self.calendars[calendar]
        self._store(cal, {**cal.events[id], "start": {"dateTime": start}, "end": {"dateTime": end}})

    def answer(self, calendar: str, id: str, mail: str, status: str) -> None:
        """An attendee answers an invitation."""
        cal = self.calendars[calendar]
        event = copy.deepcopy(cal.events[id])
        who = next(a for a in event["attendees"] if a["email"] == mail)
        who["responseStatus"] = status
        self._store(cal, event)

    def delete(self, calendar: str, id: str) -> None:
        """Gone: of a deleted event only its id is promised."""
        self._store(self.calendars[calendar], {"kind": "calendar#event", "id": id, "status": "cancelled"})

    def forget_tokens(self, calendar: str) -> None:
        """Every sync token so far is now 410 GONE."""
        cal = self.calendars[calendar]
        cal.log.append("")
        cal.floor = len(cal.log)

    def alive(self, calendar: str) -> list[Json]:
        return [e for e in self.calendars[calendar].events.values() if e["status"] != "cancelled"]

    def _store(self, cal: Cal, event: Json) -> Json:
        self._tags += 1
        event = {**event, "etag": f'"{self._tags}"'}
        cal.events[event["id"]] = event
        cal.log.append(event["id"])
        self._notify(cal)
        if event.get("organizer", {}).get("email", cal.id) == cal.id:
            self._pass_on(cal, event)
        return event

    def _pass_on(self, cal: Cal, event: Json) -> None:
        """Attendees have a copy with the same id, without the private properties of the organiser's."""
        invited = {a["email"] for a in event.get("attendees", [])}
        for other in self.calendars.values():
            if other is cal or (other.id not in invited and event["id"] not in other.events):
                continue
            copied = {**copy.deepcopy(event), "organizer": {"email": cal.id}}
            copied.pop("extendedProperties", None)
            for attendee in copied.get("attendees", []):
                attendee.pop("self", None)
                if attendee["email"] == other.id:
                    attendee["self"] = True
            if other.id not in invited:
                copied["status"] = "cancelled"
            self._store(other, copied)

    # -- push ---------------------------------------------------------------------------------------------

    def _notify(self, cal: Cal) -> None:
        for watch in self.watches.values():
            if watch.calendar == cal.id and watch.expires_ms > self.now_ms:
                self._send(watch, "exists")

    def _send(self, watch: Watch, state: str) -> None:
        watch.count += 1
        headers = {
            "X-Goog-Channel-ID": watch.id,
            "X-Goog-Channel-Token": watch.token,
            "X-Goog-Message-Number": str(watch.count),
            "X-Goog-Resource-ID": watch.resource,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": f"https://www.googleapis.com/calendar/v3/calendars/{watch.calendar}/events?alt=json",
        }
        self.notices.append((watch.address, headers))
        host = next((h for h in self.hooks if watch.address.startswith(h)), None)
        if host is not None:
            task = asyncio.ensure_future(self._post(watch.address.replace(host, self.hooks[host], 1), headers))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _post(self, address: str, headers: dict[str, str]) -> None:
        async with aiohttp.ClientSession() as http:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.post(address, headers=headers):
                    pass

    # -- the token endpoint -------------------------------------------------------------------------------

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = {k: str(v) for k, v in (await request.post()).items()}
        self.refreshes.append(form)
        fault = self._next("token")
        if fault is not None and fault.kind != "status":
            return await self._faulty(request, fault)
        if fault is not None:
            return web.json_response({"error": fault.reason}, status=fault.status)
        mail = self._granted(form)
        if mail is None:
            return web.json_response({"error": "invalid_grant", "error_description": "Bad Request"}, status=400)
        token = f"access-{len(self.refreshes)}"
        self._access[token] = mail
        reply = {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
        return web.json_response({**reply, **self.codes.pop(form.get("code", ""), ("", {}))[1]})

    def _granted(self, form: Json) -> str | None:
        if form.get("grant_type") == "refresh_token":
            return self._refresh.get(form["refresh_token"]) if form.get("client_secret") == SECRET else None
        if form.get("grant_type") == "authorization_code":
            known = form.get("client_secret") == SECRET and form.get("redirect_uri", "").endswith("/callback")
            return self.codes[form["code"]][0] if known and form.get("code") in self.codes else None
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return None
        part = form["assertion"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        delegated = claims.get("sub", "") in self.calendars and claims.get("aud") == AUDIENCE
        return claims["sub"] if delegated and claims.get("scope") else None

    # -- the API ------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body: Json | None = json.loads(text) if text else None
        path, pairs = request.rel_url.raw_path, [(k, v) for k, v in request.query.items() if k != "alt"]
        wrong = wirespec().check_google_calendar_request(request.method, path, pairs, body)
        self.violations += wrong
        name = _name(request.method, path)
        self.counts[name] += 1
        self.meanwhile.pop(name, lambda: None)()
        fault = None if wrong else self._next(name)
        if fault is not None and not fault.kind.endswith("_after"):
            return await self._faulty(request, fault)
        try:
            if wrong:
                raise Refused(400, "badRequest", wrong[0])
            who = self._who(request)
            reply, status = await self._do(name, who, path, dict(pairs), body or {}, request.headers.get("If-Match"))
        except Refused as refusal:
            self.refusals.append((name, refusal.status, refusal.reason))
            reply, status = refusal.body(), refusal.status
        out = wirespec().check_google_calendar_response(request.method, path, status, reply)
        self.violations += [f"fake: {name}: {e}" for e in out]
        if fault is not None:
            return await self._faulty(request, fault)
        return web.Response(status=status) if reply is None else web.json_response(reply, status=status)

    def _next(self, name: str) -> Fault | None:
        queue = self.script.get(name)
        return queue.popleft() if queue else None

    async def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind.startswith("timeout"):
            await self._silent.wait()
        if fault.kind.startswith(("timeout", "drop")):
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=500)
        if fault.kind == "half":
            half = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
            await half.prepare(request)
            await half.write(b'{"items": [')
            assert request.transport is not None
            request.transport.close()
            return half
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        if fault.body is not None:
            return web.Response(status=fault.status, text=fault.body, headers=headers)
        domain = "usageLimits" if "imit" in fault.reason or fault.reason == "accessNotConfigured" else "global"
        return web.json_response(
            Refused(fault.status, fault.reason, domain=domain).body(), status=fault.status, headers=headers
        )

    def _who(self, request: web.Request) -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token == "" and len(self._refresh) == 1:  # AnonymousCredentials: the one person there is
            return next(iter(self._refresh.values()))
        if token not in self._access:
            raise Refused(401, "authError", "Invalid Credentials")
        return self._access[token]

    async def _do(
        self, name: str, who: str, path: str, query: dict[str, str], body: Json, if_match: str | None
    ) -> tuple[Json | None, int]:
        if name == "freebusy.query":
            return self._free_busy(who, body), 200
        if name == "channels.stop":
            return self._stop(body), 204
        parts = [urllib.parse.unquote(p) for p in path.removeprefix(ROOT).split("/")]
        cal = self._open(who, parts[1])
        if name == "events.list":
            return self._list(cal, query), 200
        if name == "events.insert":
            return self._insert(cal, query, body), 200
        if name == "events.watch":
            return self._watch(cal, body), 200
        found = cal.events.get(parts[3])
        if found is None:
            raise Refused(404, "notFound", "Not Found")
        if name == "events.get":
            return self._shown(cal, self._grown(cal, found)), 200
        if found["status"] == "cancelled":
            raise Refused(410, "deleted", "Resource has been deleted")
        if if_match not in (None, "*", found["etag"]):
            raise Refused(412, "conditionNotMet", "Precondition Failed")
        self.mails.append((found["id"], query.get("sendUpdates", "none")))
        if name == "events.delete":
            self.delete(cal.id, found["id"])
            return None, 204
        return self._replace(cal, found, body if name == "events.update" else {**found, **body}), 200

    def _open(self, who: str, id: str) -> Cal:
        cal = self.calendars.get(who if id == "primary" else id)
        if cal is None or (cal.owner != who and who not in self.readers.get(cal.id, set())):
            raise Refused(404, "notFound", "Not Found")
        return cal

    # -- events -------------------------------------------------------------------------------------------

    def _insert(self, cal: Cal, query: dict[str, str], body: Json) -> Json:
        id = body.get("id") or f"own{len(cal.events)}of{len(cal.id)}"
        if id in cal.events:
            raise Refused(409, "duplicate", "The requested identifier already exists.")
        self.mails.append((id, query.get("sendUpdates", "none")))
        event = {"kind": "calendar#event", "status": "confirmed", "htmlLink": "https://www.google.com/calendar", **body}
        event["id"] = id
        self._invite(cal, event)
        return self._shown(cal, self._store(cal, self._with_conference(event, {})))

    def _replace(self, cal: Cal, old: Json, body: Json) -> Json:
        event = {**{k: old[k] for k in ("kind", "id", "status") if k in old}, **body, "id": old["id"]}
        event.setdefault("status", "confirmed")
        self._invite(cal, event)
        return self._shown(cal, self._store(cal, self._with_conference(event, old)))

    @staticmethod
    def _invite(cal: Cal, event: Json) -> None:
        for side in ("start", "end"):
            _instant(event[side], cal.zone)
        if _instant(event["end"], cal.zone) < _instant(event["start"], cal.zone):
            raise Refused(400, "timeRangeEmpty", "The specified time range is empty.")
        event["attendees"] = [{"responseStatus": "needsAction", **a} for a in event.get("attendees", [])]

    def _with_conference(self, event: Json, old: Json) -> Json:
        wish = event.get("conferenceData", {}).get("createRequest")
        before = old.get("conferenceData", {}).get("createRequest", {})
        if wish is None or wish["requestId"] == before.get("requestId"):
            return event
        if self.links == "unsupported":
            raise Refused(400, "invalid", "Invalid conference type value.")
        status = {"at once": "success", "failure": "failure"}.get(self.links, "pending")
        made: Json = {"createRequest": {**wish, "status": {"statusCode": status}}}
        return {**event, "conferenceData": _linked(made) if status == "success" else made}

    def _grown(self, cal: Cal, event: Json) -> Json:
        """A link that was being made may be there at the next get."""
        state = event.get("conferenceData", {}).get("createRequest", {}).get("status", {}).get("statusCode")
        if self.links != "later" or state != "pending":
            return event
        self.link_gets -= 1
        if self.link_gets > 0:
            return event
        done = copy.deepcopy(event["conferenceData"])
        done["createRequest"]["status"]["statusCode"] = "success"
        return self._store(cal, {**event, "conferenceData": _linked(done)})

    @staticmethod
    def _shown(cal: Cal, event: Json) -> Json:
        """Times come back in the calendar's zone, with its offset, as Google gives them."""
        shown = copy.deepcopy(event)
        for side in ("start", "end"):
            if "dateTime" in shown.get(side, {}):
                there = datetime.fromtimestamp(_instant(shown[side], cal.zone), ZoneInfo(cal.zone))
                shown[side] = {"timeZone": cal.zone, **shown[side], "dateTime": there.isoformat()}
        return shown

    def _list(self, cal: Cal, query: dict[str, str]) -> Json:
        place, since = len(cal.log), query.get("syncToken")
        if since is not None:
            if int(since) < cal.floor:
                raise Refused(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
            names = list(dict.fromkeys(cal.log[int(since) :]))
            found = [cal.events[n] for n in names if n]
        else:
            found = [e for e in cal.events.values() if e["status"] != "cancelled"]
        found = [e for e in found if self._wanted(cal, e, query)]
        if self.newest_first:
            found.reverse()
        size = min(self.page, int(query.get("maxResults", "250")))
        first = int(query.get("pageToken", "0"))
        items = [self._shown(cal, e) for e in found[first : first + size]]
        reply: Json = {"kind": "calendar#events", "timeZone": cal.zone, "summary": cal.id, "items": items}
        if first + size < len(found):
            return {**reply, "nextPageToken": str(first + size)}
        narrowed = {"timeMin", "timeMax", "privateExtendedProperty", "q", "orderBy"} & query.keys()
        return reply if narrowed else {**reply, "nextSyncToken": str(place)}

    def _wanted(self, cal: Cal, event: Json, query: dict[str, str]) -> bool:
        wish = query.get("privateExtendedProperty")
        if wish is not None:
            key, _, value = wish.partition("=")
            if self.find_lags or event.get("extendedProperties", {}).get("private", {}).get(key) != value:
                return False
        if "timeMin" not in query:
            return True
        start, end = _instant(event["start"], cal.zone), _instant(event["end"], cal.zone)
        return start < _utc(query["timeMax"]) and end > _utc(query["timeMin"])

    # -- free, busy, channels -----------------------------------------------------------------------------

    def _free_busy(self, who: str, body: Json) -> Json:
        if len(body["items"]) > 50:
            raise Refused(400, "tooManyCalendarsRequested")
        lo, hi = _utc(body["timeMin"]), _utc(body["timeMax"])
        if hi - lo > 90 * 86400:
            raise Refused(400, "timeRangeTooLong", "The requested time range is too long.")
        if hi <= lo:
            raise Refused(400, "timeRangeEmpty", "The specified time range is empty.")
        calendars = {
            i["id"]: self._taken(who, i["id"], lo, hi) for i in body["items"] if i["id"] not in self.free_busy_omits
        }
        return {
            "kind": "calendar#freeBusy",
            "timeMin": body["timeMin"],
            "timeMax": body["timeMax"],
            "calendars": calendars,
        }

    def _taken(self, who: str, id: str, lo: float, hi: float) -> Json:
        reason = self.free_busy_errors.get(id)
        try:
            cal = self._open(who, id)
        except Refused:
            reason, cal = reason or "notFound", Cal(id, who, "UTC")
        if reason:
            return {"errors": [{"domain": "global", "reason": reason}], "busy": []}
        busy: list[Json] = []
        for event in cal.events.values():
            mine = next((a for a in event.get("attendees", []) if a.get("self")), {})
            if event["status"] == "cancelled" or event.get("transparency") == "transparent":
                continue
            if mine.get("responseStatus") == "declined":
                continue
            start, end = max(lo, _instant(event["start"], cal.zone)), min(hi, _instant(event["end"], cal.zone))
            if start < end:
                busy.append({"start": _rfc(start), "end": _rfc(end)})
        return {"busy": sorted(busy, key=lambda b: b["start"])}

    def _watch(self, cal: Cal, body: Json) -> Json:
        if body["id"] in self.watches:
            raise Refused(400, "channelIdNotUnique", f"Channel id {body['id']} not unique")
        if not body["address"].startswith("https://"):
            raise Refused(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS")
        ttl_s = int(body.get("params", {}).get("ttl", 604800))
        watch = Watch(
            body["id"],
            cal.id,
            f"resource-{len(cal.id)}",
            body.get("token", ""),
            body["address"],
            self.now_ms + ttl_s * 1000,
        )
        self.watches[watch.id] = watch
        self._send(watch, "sync")
        return {
            "kind": "api#channel",
            "id": watch.id,
            "resourceId": watch.resource,
            "resourceUri": f"https://www.googleapis.com/calendar/v3/calendars/{cal.id}/events?alt=json",
            "token": watch.token,
            "expiration": str(watch.expires_ms),
        }

    def _stop(self, body: Json) -> None:
        watch = self.watches.get(body.get("id", ""))
        if watch is None or watch.resource != body.get("resourceId") or watch.expires_ms <= self.now_ms:
            raise Refused(404, "notFound", "Channel not found for project")
        del self.watches[watch.id]


def _name(method: str, path: str) -> str:
    parts = path.removeprefix(ROOT).split("/")
    if parts[0] in ("freeBusy", "channels"):
        return "freebusy.query" if parts[0] == "freeBusy" else "channels.stop"
    if len(parts) == 3:
        return "events.list" if method == "GET" else "events.insert"
    if parts[3] == "watch":
        return "events.watch"
    return {"GET": "events.get", "PUT": "events.update", "PATCH": "events.patch"}.get(method, "events.delete")


def _linked(data: Json) -> Json:
    meet = {"entryPointType": "video", "uri": "https://meet.google.com/abc-defg-hij"}
    phone = {"entryPointType": "phone", "uri": "tel:+1-555-0100"}
    return {**data, "conferenceId": "abc-defg-hij", "entryPoints": [phone, meet]}


def _utc(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _instant(side: Json, zone: str) -> float:
    """Seconds. A time without offset is read in its own zone; a date is its first instant in the calendar's."""
    if "date" in side:
        return datetime.combine(date.fromisoformat(side["date"]), time(), ZoneInfo(zone)).timestamp()
    moment = datetime.fromisoformat(side["dateTime"])
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(side["timeZone"]))).timestamp()


def _rfc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
