# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (googleapiclient and httplib2 ship no types; what they answer is typed where it leaves this file)
"""The way to Google: who asks (credentials), one call, and what a failure means to the calendar's owner.

httplib2 blocks and is not thread-safe, so each call runs in a thread with an `Http` of its own (docs/thread_safety.md of
google-api-python-client). The service object is shared: it only describes requests.
"""

import asyncio
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, cast

import google_auth_httplib2
import httplib2
from google.auth import exceptions
from google.auth.credentials import Credentials
from google.oauth2 import credentials as oauth
from google.oauth2 import service_account
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from calendar_sync.calendar import CalendarTrouble

API_URL = "https://www.googleapis.com/calendar/v3/"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret
SCOPES = ("https://www.googleapis.com/auth/calendar.events", "https://www.googleapis.com/auth/calendar.freebusy")

Json = dict[str, Any]
_SOON, _BREATH, _LATER = 30_000, 60_000, 3_600_000
_CROWDED = {"rateLimitExceeded", "userRateLimitExceeded", "calendarUsageLimitsExceeded"}
_SPENT = {"quotaExceeded", "dailyLimitExceeded"}

RECONNECT = (
    "Google no longer lets me into your calendar. Please send me “/interview calendar connect” and connect it again."
)
FORBIDDEN = (
    "Google lets me see this calendar, but not do this in it. "
    "Please send me “/interview calendar connect” and allow me to change events."
)
DELEGATION = (
    "Google lets a service account invite people only with domain-wide delegation. Please ask your Workspace "
    "administrator to switch it on for Parley, or send me “/interview calendar connect” to use your own account."
)
SWITCHED_OFF = (
    "The Google Calendar API is switched off for the project that Parley uses. "
    "Please ask whoever runs Parley to enable it in the Google Cloud console."
)
CROWDED = "Google asks me to slow down for this calendar. I will try again by myself; you need not do anything."
GONE = (
    "Google can't find this calendar any more. Please check that it still exists and is shared with you, "
    "or send me “/interview calendar connect” and choose another."
)
CHANGED = "Somebody changed this event in Google at the same moment. I will try again by myself."
LATER = "Google Calendar is not answering at the moment. I will try again by myself; until then I offer no times."
REFUSED = "Google did not accept this calendar entry ({why}). Please tell whoever runs Parley; trying again won't help."


@dataclass(frozen=True)
class Grant:
    """What an interviewer gave when they connected their calendar. The secrets stay out of every repr."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


def user_credentials(grant: Grant, token_url: str = TOKEN_URL) -> Credentials:
    """OAuth of one person, by refresh token."""
    return oauth.Credentials(
        token=None,
        refresh_token=grant.refresh_token,
        token_uri=token_url,
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        scopes=list(SCOPES),
    )


def service_credentials(key: Mapping[str, str], subject: str, token_url: str = TOKEN_URL) -> Credentials:
    """A service account (its key file as a mapping) that acts for `subject`: domain-wide delegation."""
    made: Any = service_account.Credentials.from_service_account_info(
        {**key, "token_uri": token_url}, scopes=list(SCOPES), subject=subject
    )
    return cast("Credentials", made)


class Account:
    """One identity at Google. `api_url` includes the service path (/calendar/v3); `retries` are the library's own, with backoff."""

    def __init__(
        self, credentials: Credentials, *, api_url: str = API_URL, timeout_s: float = 20, retries: int = 2
    ) -> None:
        self._credentials = credentials
        self._timeout_s = timeout_s
        self._retries = retries
        self._refreshing = threading.Lock()
        self.service: Any = discovery.build(
            "calendar",
            "v3",
            http=httplib2.Http(),
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": api_url.rstrip("/") + "/"},
        )

    async def call(self, request: Any) -> Json:
        """Send one request of `service`. Raises CalendarTrouble; the answer of a call without a body is {}."""
        try:
            answer = await asyncio.to_thread(self._execute, request)
        except HttpError as refusal:
            raise trouble_of(refusal) from refusal
        except (OSError, HTTPException, httplib2.HttpLib2Error, exceptions.TransportError) as silence:
            raise CalendarTrouble("unreachable", LATER, _SOON) from silence
        except exceptions.GoogleAuthError as refusal:
            raise _trouble_of_refresh(refusal) from refusal
        except ValueError as nonsense:  # half a body, or a page of some proxy
            raise CalendarTrouble("unreadable", LATER, _SOON) from nonsense
        return cast("Json", answer) if isinstance(answer, dict) else {}

    def _execute(self, request: Any) -> Any:
        http = httplib2.Http(timeout=self._timeout_s)
        try:
            with self._refreshing:  # otherwise ten calls at once would fetch ten tokens
                if not self._credentials.valid:
                    self._credentials.refresh(google_auth_httplib2.Request(http))
            authorised = google_auth_httplib2.AuthorizedHttp(self._credentials, http=http)
            return request.execute(http=authorised, num_retries=self._retries)
        finally:
            http.close()


def trouble_of(refusal: HttpError) -> CalendarTrouble:
    """An answer of 4xx or 5xx -> what to do about it. 404 and 410 of single events are the callers' to catch."""
    response: Any = refusal.resp
    status, (reason, message) = int(response.status), _reason(refusal.content)
    if status == 403:
        return _trouble_of_403(reason, refusal)
    if status == 401:
        return CalendarTrouble("reconnect", RECONNECT)
    if status == 429:
        return CalendarTrouble("crowded", CROWDED, _wait(refusal, _BREATH))
    if status >= 500:
        return CalendarTrouble("unavailable", LATER, _wait(refusal, _SOON))
    known = {404: ("not_found", GONE), 409: ("exists", CHANGED), 410: ("gone", GONE), 412: ("changed", CHANGED)}
    if status in known:
        code, say = known[status]
        return CalendarTrouble(code, say, _SOON if say is CHANGED else None)
    return CalendarTrouble("refused", REFUSED.format(why=message or reason or status))


def _trouble_of_403(reason: str, refusal: HttpError) -> CalendarTrouble:
    if reason in _CROWDED:
        return CalendarTrouble("crowded", CROWDED, _wait(refusal, _BREATH))
    if reason in _SPENT:
        return CalendarTrouble("crowded", CROWDED, _wait(refusal, _LATER))
    if reason == "forbiddenForServiceAccounts":
        return CalendarTrouble("delegation", DELEGATION)
    if reason == "accessNotConfigured":
        return CalendarTrouble("switched_off", SWITCHED_OFF)
    return CalendarTrouble("forbidden", FORBIDDEN)


def _trouble_of_refresh(refusal: exceptions.GoogleAuthError) -> CalendarTrouble:
    """`invalid_grant` and its like: revoked, expired, or the password was changed. Only Google's own trouble passes."""
    if refusal.retryable:
        return CalendarTrouble("unavailable", LATER, _SOON)
    if "unauthorized_client" in str(refusal):  # a service account that may not act for this person
        return CalendarTrouble("delegation", DELEGATION)
    return CalendarTrouble("reconnect", RECONNECT)


def _reason(content: bytes) -> tuple[str, str]:
    """(reason, message) of Google's error body; empty when it is something else, e.g. a proxy's page."""
    try:
        error = json.loads(content)["error"]
        first = error["errors"][0]["reason"] if error.get("errors") else error.get("status", "")
        return str(first), str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return "", ""


def _wait(refusal: HttpError, usual_ms: int) -> int:
    """Retry-After in seconds, if Google gave one; else the usual pause."""
    response: Any = refusal.resp
    header = str(response.get("retry-after", ""))
    return max(1000, int(header) * 1000) if header.isdecimal() else usual_ms
