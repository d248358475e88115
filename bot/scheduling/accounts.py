"""Connected calendars: rows and the clients behind them.

What is sealed in a row (`content`), under its owner's key:
google: {"refresh", "mail"} of a grant, or {"service": true, "mail"} where a service account stands in; both with
"token" (of the incremental sync) and "channel" {"id", "resource", "token", "expires"} or None.
caldav: {"address", "user", "password", "mail", "token"}. ics: {"url", "etag", "modified", "day"}.
"""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import orjson

from bot.clock import Clock
from bot.keyring import Keyring
from bot.scheduling.reach import Reach
from bot.settings import Settings
from bot.store.rows import CalendarAccount
from bot.store.store import Lru, Row, Tx
from calendar_sync.calendar import Busy, Calendar, CalendarTrouble
from calendar_sync.google_push import Channel

WRITABLE = ("google", "caldav")
KNOWN = ("ok", "partial")  # in any other state a calendar counts as busy throughout
MINUTE = 60_000
EVERY = {"google": 5 * MINUTE, "caldav": 5 * MINUTE, "ics": 15 * MINUTE}  # how often one is read
PUSHED = 10 * MINUTE  # ... and one that tells us of changes itself: what it tells may get lost
TRUSTED = {kind: 3 * ms for kind, ms in EVERY.items()}  # for how long what was read counts as known
_KEPT = 512
_SETUP = "Parley isn't set up for Google Calendar any more. Please ask whoever runs it, or connect another calendar."

Content = dict[str, Any]


def content_of(tx: Tx, keys: Keyring, row: Row) -> Content:
    """What is sealed in an account. Raises `bot.keyring.Erased`."""
    keys.load(tx, row["tenant_id"], row["interviewer_id"])
    return cast("Content", keys.open(row["tenant_id"], row["interviewer_id"], row["sealed"]))


def busy_of(tx: Tx, keys: Keyring, row: Row) -> Busy | None:
    """What an account takes, as of `synced_at`; None while nothing has been read. See `Busy` for its state."""
    if row["busy"] is None:
        return None
    keys.load(tx, row["tenant_id"], row["interviewer_id"])
    kept = cast("dict[str, Any]", keys.open(row["tenant_id"], row["interviewer_id"], row["busy"]))
    taken, movable = ([(a, b) for a, b in kept[name]] for name in ("intervals", "movable"))
    return Busy(kept["state"], taken, movable, kept["problem"])


def busy_json(busy: Busy) -> dict[str, Any]:
    """The inverse of `busy_of`, to be sealed."""
    return {"state": busy.state, "intervals": busy.intervals, "movable": busy.movable, "problem": busy.problem}


def of_person(tx: Tx, tenant_id: str, person_id: str) -> list[Row]:
    """Everything an interviewer has connected, the oldest first."""
    return tx.find(CalendarAccount, {"tenant_id": tenant_id, "interviewer_id": person_id}, "created_at,id")


def written_to(tx: Tx, tenant_id: str, person_id: str) -> Row | None:
    """The calendar that an interviewer's interviews are written into."""
    return next((a for a in of_person(tx, tenant_id, person_id) if a["kind"] in WRITABLE), None)


def new_row(tenant_id: str, account_id: str, person_id: str, kind: str, sealed: bytes, at: int) -> Row:
    """An account that has not been read yet: due at once."""
    row: Row = {"tenant_id": tenant_id, "id": account_id, "interviewer_id": person_id, "kind": kind, "sealed": sealed}
    row |= {"state": "new", "problem": "", "told": "", "errors": 0, "busy": None, "channel_id": "", "channel_until": 0}
    return {**row, "synced_at": None, "due_at": at, "created_at": at}


def label(kind: str, content: Content) -> str:
    """What its owner would call it; nothing secret in it."""
    if kind == "google":
        return f"Google Calendar ({content['mail']})" if content.get("mail") else "Google Calendar"
    address: str = content.get("address") or content.get("url", "")
    host = urlsplit(address).hostname or ""
    return f"the calendar on {host}" if kind == "caldav" else f"the calendar link from {host}"


def channel_of(content: Content) -> Channel | None:
    """The open push channel of a Google account."""
    c = content.get("channel")
    return Channel(c["id"], c["resource"], c["expires"], c["token"]) if c else None


class Clients:
    """Makes clients. The vendors' libraries are loaded in a thread, the first time that one is needed: they are slow."""

    def __init__(self, settings: Settings, clock: Clock, *, link_pause_s: float = 0.5, retries: int = 1) -> None:
        """link_pause_s: between looks at a meeting link that Google is making; retries: within one call to Google."""
        self.settings, self.clock, self._link_pause_s, self._retries = settings, clock, link_pause_s, retries
        self.reach = Reach(settings.calendar_hosts)
        self._google: Lru[Any] = Lru(_KEPT)

    async def of(self, kind: str, content: Content, zone: str = "UTC", movable: tuple[str, ...] = ()) -> Calendar:
        """The calendar that entries are written to and changes come from. Raises CalendarTrouble; LookupError for a
        kind that has none (a feed). zone: its owner's; movable: phrases of what may be booked over."""
        if kind == "google":
            return await self.google(content, movable)
        if kind == "caldav":
            await self.reach.place(content["address"])
            return await asyncio.to_thread(self._caldav, content, zone, movable)
        raise LookupError(f"a calendar of the kind {kind!r} is only read")

    async def google(self, content: Content, movable: tuple[str, ...] = ()) -> Any:
        """As `of`, as the `GoogleCalendar` that can also open push channels."""
        key = hashlib.sha256(
            orjson.dumps([content.get("refresh"), content.get("service"), content["mail"]])
        ).hexdigest()
        account = self._google.take(key)
        if account is None:
            account = await asyncio.to_thread(self._account, content)
            self._google.keep(key, account)
        from calendar_sync.google import GoogleCalendar, Setup

        # Parley itself tells everybody, so Google shall not write to them as well.
        setup = Setup(movable=movable, notify="none", link_tries=3, link_pause_s=self._link_pause_s)
        return GoogleCalendar(account, setup)

    def _account(self, content: Content) -> Any:
        from calendar_sync.google_auth import Account, Grant, service_credentials, user_credentials

        s = self.settings
        if content.get("service"):
            key = _key_file(s.google_service_account)
            credentials = service_credentials(key, content["mail"], s.google_token_url)
        else:
            if not s.google_client_id:
                raise CalendarTrouble("switched_off", _SETUP)
            grant = Grant(s.google_client_id, s.google_client_secret.get_secret_value(), content["refresh"])
            credentials = user_credentials(grant, s.google_token_url)
        return Account(credentials, api_url=s.google_api_url, retries=self._retries)

    def _caldav(self, content: Content, zone: str, movable: tuple[str, ...]) -> Calendar:
        from calendar_sync.caldav import CalDav

        return CalDav(self._caldav_account(content, zone), self._minute, movable)

    async def calendars(self, content: Content) -> list[tuple[str, str]]:
        """(name, address) of the calendars behind a CalDAV address. Raises CalendarTrouble."""
        await self.reach.place(content["address"])
        find = await asyncio.to_thread(_discover)
        found = await find(self._caldav_account(content, "UTC"))
        return [(f.name, f.address) for f in found]

    @staticmethod
    def _caldav_account(content: Content, zone: str) -> Any:
        from calendar_sync.caldav_wire import Account

        return Account(content["address"], content["user"], content["password"], zone, content.get("mail", ""))

    def _minute(self) -> int:
        return self.clock.now() // 60_000


def _discover() -> Callable[..., Any]:
    from calendar_sync.caldav_find import discover

    return discover


def _key_file(path: str) -> dict[str, str]:
    try:
        return cast("dict[str, str]", orjson.loads(Path(path).expanduser().read_bytes()))
    except (OSError, ValueError) as missing:
        raise CalendarTrouble("switched_off", _SETUP) from missing
