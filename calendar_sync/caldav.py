"""A calendar on a CalDAV server: Nextcloud, Radicale, Fastmail, iCloud and the like (slots.md, section 8; RFC 4791).

Recurrences are expanded here, because not every server gets them right. Our entries have names of their own
(calendar_sync/entry.py), by which they are found again.
"""

import asyncio
import json
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from calendar_sync.caldav_wire import HEAD, SPACES, Account, Answer, Dav, File, Refused, apart, last
from calendar_sync.calendar import Busy, BusyState, CalendarTrouble, Changes, Event, Kept, Outside
from calendar_sync.entry import content, file_of, id_of, is_ours, look, prop, text_of, utc, whole
from calendar_sync.ics import Reader, busy_of, import_feed
from calendar_sync.intervals import Interval, Minute, merged, subtract
from calendar_sync.zones import zone

T = TypeVar("T")
See = Callable[[str, str], Outside]  # of a booking's id and the text of its file
DAY = 24 * 60
BATCH = 50
TRIES = 3
SHOWN = 3
FAR = 70_000_000  # in the year 2103

_ETAG = "{DAV:}getetag"
_ETAGS = f"{HEAD}<propfind {SPACES}><prop><getetag/></prop></propfind>"
_DATA = "<prop><getetag/><C:calendar-data/></prop>"
_WITHIN = (
    f"{HEAD}<C:calendar-query {SPACES}>{_DATA}<C:filter><C:comp-filter name='VCALENDAR'>"
    "<C:comp-filter name='VEVENT'><C:time-range start='{lo}' end='{hi}'/></C:comp-filter>"
    "</C:comp-filter></C:filter></C:calendar-query>"
)
_THESE = f"{HEAD}<C:calendar-multiget {SPACES}>{_DATA}{{hrefs}}</C:calendar-multiget>"
_SINCE = (
    f"{HEAD}<sync-collection {SPACES}><sync-token>{{token}}</sync-token><sync-level>1</sync-level>"
    "<prop><getetag/></prop></sync-collection>"
)


class CalDav:
    """One calendar (`calendar.Calendar`). `now` gives minutes since the epoch; `seconds` bounds every call;
    `movable` are phrases whose events may be booked over when nothing else is left."""

    def __init__(
        self, account: Account, now: Callable[[], Minute], movable: tuple[str, ...] = (), seconds: float = 20.0
    ) -> None:
        address = account.address if account.address.endswith("/") else account.address + "/"
        self._account, self._address = account, address
        self._now, self._seconds = now, seconds
        addresses = frozenset({account.email.lower()} - {""})
        self._reader = Reader(ZoneInfo(zone(account.zone).name), addresses, movable)

    async def busy(self, lo: Minute, hi: Minute) -> Busy:
        """What others put into the calendar in [lo, hi); our own entries are not counted a second time."""
        try:
            files = await self._do(lambda dav: _within(dav, self._address, lo, hi))
            return await asyncio.wait_for(asyncio.to_thread(_taken, files, lo, hi, self._reader), self._seconds)
        except CalendarTrouble as trouble:
            return Busy("failed", [], [], trouble.say)
        except TimeoutError:
            return Busy(
                "failed", [], [], "The events of your calendar took too long to read. Please tell the operator."
            )

    async def put(self, event: Event) -> Kept:
        """Create or replace the entry. The same version again changes nothing, not even what others changed since."""
        stamp = self._now()
        kept = await self._do(lambda dav: _put(dav, self._address, event, self._account.email, stamp))
        if event.conference and "://" not in event.location:
            return Kept(
                kept.ref, kept.etag, kept.link, "This kind of calendar can't make a meeting link; please add one."
            )
        return kept

    async def remove(self, id: str) -> None:
        """Take the entry away; one that is not there is fine."""
        await self._do(lambda dav: dav.request("DELETE", self._address + file_of(id), ok=(200, 202, 204, 404, 410)))

    async def changes(self, token: str) -> Changes:
        """What became of our entries since `token` ("" = all of them, `full`)."""
        return await self._do(lambda dav: _changes(dav, self._address, token, self._look))

    def _look(self, id: str, text: str) -> Outside:
        return look(id, text, *_times(text, self._reader), self._account.email)

    async def _do(self, work: "Callable[[Dav], T]") -> T:
        return await apart(self._account, self._seconds, work)


# -- reading --------------------------------------------------------------------------------------------


def _within(dav: Dav, address: str, lo: Minute, hi: Minute) -> list[File]:
    """Everything that may touch [lo, hi): a day more each way, because servers read local times in UTC."""
    return dav.objects(address, _WITHIN.format(lo=utc(lo - DAY), hi=utc(hi + DAY)))


def _changes(dav: Dav, address: str, token: str, see: See) -> Changes:
    if not token.startswith("etags:"):
        try:
            return _by_sync(dav, address, token, see)
        except Refused as refused:
            # Each server has its own way of saying "that token is too old" or "I can't do that".
            if refused.status not in (400, 403, 405, 409, 410, 412, 415, 422, 501):
                raise
        if token:
            return _changes(dav, address, "", see)
    return _by_etags(dav, address, token, see)


def _by_sync(dav: Dav, address: str, token: str, see: See) -> Changes:
    """RFC 6578. A server may hand it out in pages."""
    names: dict[str, bool] = {}
    newest = token
    for _ in range(BATCH):
        answer = dav.request("REPORT", address, _SINCE.format(token=escape(newest)), {"Depth": "0"})
        page = answer.raw.parse_sync_collection()
        names |= {last(o.href): True for o in page.changed} | {last(href): False for href in page.deleted}
        if not page.sync_token:
            raise Refused(501)
        newest = str(page.sync_token)
        if not page.truncated:
            break
    else:
        raise Refused(500)
    present = [name for name, there in names.items() if there]
    gone = [name for name, there in names.items() if not there]
    return Changes(newest, _outside(dav, address, present, gone, see), full=not token)


def _by_etags(dav: Dav, address: str, token: str, see: See) -> Changes:
    """For servers without sync-collection: the token is the etag of each of our entries."""
    before: dict[str, str] = json.loads(token.removeprefix("etags:")) if token else {}
    listed = {last(path): str(about.get(_ETAG) or "") for path, about in dav.about(address, 1, _ETAGS)}
    now = {name: etag for name, etag in listed.items() if id_of(name)}
    changed = [name for name, etag in now.items() if before.get(name) != etag]
    events = _outside(dav, address, changed, [name for name in before if name not in now], see)
    return Changes("etags:" + json.dumps(now, separators=(",", ":"), sort_keys=True), events, full=not token)


def _outside(dav: Dav, address: str, present: list[str], gone: list[str], see: See) -> list[Outside]:
    ours = sorted(name for name in present if id_of(name))
    path = urlsplit(address).path
    found: dict[str, str] = {}
    for at in range(0, len(ours), BATCH):
        hrefs = "".join(f"<href>{escape(path + name)}</href>" for name in ours[at : at + BATCH])
        found |= {o.name: o.text for o in dav.objects(address, _THESE.format(hrefs=hrefs))}
    events = [see(id_of(n), found[n]) for n in ours if n in found]
    lost = [name for name in gone if id_of(name)] + [name for name in ours if name not in found]
    return sorted([*events, *(Outside(id_of(name), "cancelled") for name in lost)], key=lambda o: o.id)


# -- writing --------------------------------------------------------------------------------------------


def _put(dav: Dav, address: str, event: Event, email: str, stamp: Minute) -> Kept:
    url = address + file_of(event.id)
    for _ in range(TRIES):
        answer = _try(dav, url, text_of(event, event.version, email, stamp), {"If-None-Match": "*"})
        if answer is not None:
            return _kept(dav, url, answer)
        there = dav.request("GET", url, ok=(200, 404, 410))
        if there.status != 200:
            dav.about(address)  # says so when it is the whole calendar that is gone
            continue
        lines = content(there.text)
        if whole(prop(lines, "X-PARLEY-VERSION")) >= event.version:
            return Kept(url, there.headers.get("etag", ""))
        # People's clients count SEQUENCE too; a lower one than theirs would be ignored by the guests' calendars.
        sequence = max(event.version, whole(prop(lines, "SEQUENCE")) + 1)
        match = {"If-Match": there.headers.get("etag", "*")}
        answer = _try(dav, url, text_of(event, sequence, email, stamp), match)
        if answer is not None:
            return _kept(dav, url, answer)
    raise Refused(412)


def _try(dav: Dav, url: str, text: str, condition: dict[str, str]) -> Answer | None:
    """Write unless the condition says otherwise: then None. 404 and 409 are some servers' way of saying 412."""
    headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
    answer = dav.request("PUT", url, text, headers, ok=(200, 201, 204, 404, 409, 412))
    return answer if answer.status in (200, 201, 204) else None


def _kept(dav: Dav, url: str, answer: Answer) -> Kept:
    """A server that stores something else than it was given sends no etag with the answer: ask."""
    etag = answer.headers.get("etag") or str((dav.about(url, 0, _ETAGS) or [("", {})])[0][1].get(_ETAG) or "")
    return Kept(url, etag)


# -- what a file means ----------------------------------------------------------------------------------


def _taken(files: list[File], lo: Minute, hi: Minute, reader: Reader) -> Busy:
    """What the files block. One that can't be read at all blocks the whole of [lo, hi)."""
    fixed: list[Interval] = []
    soft: list[Interval] = []
    problems: list[str] = []
    state: BusyState = "ok"
    for file in files:
        if is_ours(file.text, file.name):
            continue
        read = _one(file.text, lo, hi, reader)
        fixed += read.intervals
        soft += read.movable
        problems += [read.problem] if read.problem else []
        state = "partial" if read.state != "ok" else state
    taken = merged(fixed)
    more = f" And {len(problems) - SHOWN} more like these." if len(problems) > SHOWN else ""
    return Busy(state, taken, subtract(merged(soft), taken), " ".join(problems[:SHOWN]) + more)


def _one(text: str, lo: Minute, hi: Minute, reader: Reader) -> Busy:
    feed = import_feed(text.encode(), lo, hi, reader)
    if feed.state == "failed":
        return Busy(
            "failed", [(lo, hi)], [], "An entry of your calendar can't be read, so all of this time counts as busy."
        )
    return busy_of(feed, lo, hi, reader)


def _times(text: str, reader: Reader) -> tuple[Minute | None, Minute | None]:
    """When the event of a file (first) takes place; None for what can't be read."""
    found = import_feed(text.encode(), 0, FAR, reader).instances
    return (found[0].start // 60, -(-found[0].end // 60)) if found else (None, None)
