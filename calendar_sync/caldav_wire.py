"""The connection to a CalDAV server, and what can be wrong with it in words (slots.md, section 8).

The only importer of the library `caldav`: it does the requests, the signing in and the XML. Each call opens a
connection of its own in a thread and has an end. Proxies and passwords of the environment are not used.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from caldav.davclient import DAVClient
from caldav.lib import error
from caldav.lib.http_sync import requests as _requests

from calendar_sync.calendar import CalendarTrouble

T = TypeVar("T")
_http: Any = _requests

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
SPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
ABOUT = (
    f"{HEAD}<propfind {SPACES}><prop><current-user-principal/><resourcetype/><displayname/>"
    "<C:calendar-home-set/><C:supported-calendar-component-set/></prop></propfind>"
)


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach a calendar. `address`: of the server, of a person, or of one calendar; `zone` (IANA) and `email`
    are the owner's: the zone of all-day entries, and who is meant by a declined invitation."""

    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    zone: str = "UTC"
    email: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the calendar: its own name, its etag, and its text ("" = the server kept it back)."""

    name: str
    etag: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    raw: Any


class Refused(Exception):
    """A status that was not among those awaited."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Dav:
    """The library's client with every answer looked at. Blocking: only used in a thread."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def request(
        self, method: str, url: str, body: str = "", headers: dict[str, str] | None = None, ok: tuple[int, ...] = (207,)
    ) -> Answer:
        try:
            raw = self._client.request(url, method, body, headers or {})
        except error.AuthorizationError as refused:
            raise Refused(refused.status or 401) from refused
        if raw.status not in ok:
            raise Refused(raw.status)
        return Answer(raw.status, {k.lower(): str(v) for k, v in raw.headers.items()}, str(raw.raw), raw)

    def about(self, url: str, depth: int = 0, body: str = ABOUT) -> list[tuple[str, dict[str, Any]]]:
        """Properties of a place and, with depth 1, of what is in it: (path, {name: value})."""
        answer = self.request("PROPFIND", url, body, {"Depth": str(depth)}, ok=(207,))
        return [(found.href, found.properties) for found in answer.raw.parse_propfind()]

    def objects(self, url: str, body: str) -> list[File]:
        """The files a REPORT names, with their text; those that are gone are left out."""
        answer = self.request("REPORT", url, body, {"Depth": "1"})
        found = [o for o in answer.raw.parse_calendar_query() if o.status != 404]
        return [File(last(o.href), o.etag or "", o.calendar_data or "") for o in found]

    def sign_in_first(self) -> None:
        """For servers that answer strangers too, and so never ask who it is."""
        self._client.build_auth_object(["basic"])


async def apart(account: Account, seconds: float, work: Callable[[Dav], T], moves: bool = False) -> T:
    """Do blocking work in a thread. It is not waited for longer than `seconds`, whatever the server does."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(_attempt, account, seconds, work, moves), seconds)
    except TimeoutError as late:
        raise _trouble_of_network(account, "timeout") from late


def _attempt(account: Account, seconds: float, work: Callable[[Dav], T], moves: bool) -> T:
    _check_address(account.address)
    client: Any = DAVClient(
        url=account.address,
        username=account.user or None,
        password=account.password if account.user else None,
        timeout=max(1, round(seconds / 2)),
        enable_rfc6764=False,
    )
    client.session.trust_env = False
    # A moved PUT would arrive as a GET and look like a success, so only looking around follows.
    client.session.max_redirects = 4 if moves else 0
    client.session.hooks["response"] = [_stay_outside(account.address)]
    try:
        return work(Dav(client))
    except (Refused, error.DAVError, SyntaxError, NotImplementedError, _http.exceptions.RequestException) as cause:
        raise _trouble(account, cause) from cause
    finally:
        client.close()


def _stay_outside(address: str) -> Callable[..., None]:
    """A redirect leads on at the same place or over TLS, where a certificate has to name the host: nothing else keeps a
    stranger's server from sending us to one inside our own network."""
    here = urlsplit(address)

    def look(answer: Any, *_: Any, **__: Any) -> None:
        if answer.is_redirect:
            there = urlsplit(urljoin(str(answer.url), str(answer.headers.get("location", ""))))
            if there.scheme != "https" and there.netloc != here.netloc:
                raise _http.exceptions.TooManyRedirects("leads elsewhere without TLS")

    return look


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.port != 0 and bool((parts.hostname or "").encode("idna"))
    except ValueError:
        good, parts = False, urlsplit("")
    if not good:
        raise CalendarTrouble("address", "That is not an address of a calendar server: it should begin with https://.")
    if parts.username is not None:
        # Addresses are shown and kept in the open; a password must not travel in one.
        raise CalendarTrouble("address", "Please give the user name and the password apart, not inside the address.")


def _trouble(account: Account, cause: Exception) -> CalendarTrouble:
    """What went wrong, in the owner's words. A thing that mends itself says when to try again."""
    if isinstance(cause, error.RateLimitError):
        wait = cause.retry_after_seconds
        return CalendarTrouble("rate", "Your calendar server asks us to wait a little.", int((wait or 60) * 1000))
    if isinstance(cause, Refused):
        return _trouble_of_status(account, cause.status)
    if isinstance(cause, _http.exceptions.TooManyRedirects):
        return CalendarTrouble("address", "Your calendar server sends this address elsewhere. Please connect it again.")
    if isinstance(cause, _http.exceptions.Timeout):
        return _trouble_of_network(account, "timeout")
    if isinstance(cause, _http.exceptions.SSLError):
        return CalendarTrouble(
            "address", f"The certificate of {host_of(account)} can't be trusted, so we did not sign in."
        )
    if isinstance(cause, (error.DAVError, SyntaxError)):
        return CalendarTrouble("not_caldav", f"{host_of(account)} answers, but not as a calendar server does (CalDAV).")
    if isinstance(cause, NotImplementedError):
        return CalendarTrouble("password", f"{host_of(account)} asks for a way to sign in which we don't have.")
    return _trouble_of_network(account, "address")


def _trouble_of_status(account: Account, status: int) -> CalendarTrouble:
    host = host_of(account)
    if status == 401:
        return CalendarTrouble(
            "password",
            f"{host} did not accept the user name and password. Many servers want an app password here, made in their "
            "security settings.",
        )
    if status == 403:
        return CalendarTrouble("forbidden", f"{host} does not let {account.user or 'us'} do this in the calendar.")
    if status in (404, 410):
        return CalendarTrouble("no_calendar", f"There is no calendar at this address on {host} any more.")
    if status in (400, 405, 415, 501) or status < 400:
        return CalendarTrouble("not_caldav", f"{host} answers, but not as a calendar server does (CalDAV).")
    if status in (409, 412):
        return CalendarTrouble("conflict", "The entry was being changed by somebody else at the same time.", 60_000)
    if status == 507:
        return CalendarTrouble("full", f"{host} has no room left for new entries.")
    return CalendarTrouble("server", f"{host} has trouble of its own at the moment (HTTP {status}).", 60_000)


def _trouble_of_network(account: Account, code: str) -> CalendarTrouble:
    if code == "timeout":
        return CalendarTrouble(code, f"{host_of(account)} did not answer in time. We will try again.", 60_000)
    return CalendarTrouble(
        code,
        f"We can't reach {host_of(account)}. Please check the address; it may also be down for the moment.",
        60_000,
    )


def host_of(account: Account) -> str:
    return urlsplit(account.address).hostname or account.address


def last(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]
