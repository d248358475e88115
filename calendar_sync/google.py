"""Google Calendar behind the `Calendar` protocol (slots.md, section 8; rules of Google: the discovery document).

An entry of ours is known in two ways. Its id spells the booking and the version it was made for, so that making it twice
is a 409 and a deleted one, of which Google keeps little more than the id, is still recognised. Its private properties
hold the version and the times as we wrote them, so that a move by somebody else shows without any memory here.
"""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from calendar_sync.calendar import Busy, CalendarTrouble, Changes, Event, Kept, Outside, OutsideStatus
from calendar_sync.google_auth import GONE, LATER, Account, Json
from calendar_sync.intervals import Interval, Minute, clip, merged, subtract

NO_LINK = "The event is in the calendar, but Google could not make a meeting link for it. Please add one to the event yourself."
LINK_LATER = "The event is in the calendar; Google is still making the meeting link."
DELETED = "Somebody deleted this event in Google Calendar, so I did not put it back. Is the interview still on?"
_GROUP = 50  # calendars per freebusy.query
_SPAN = 60 * 24 * 60  # minutes; freebusy refuses more than about 90 days ("requested time range is too long")
_PAGE, _PAGES = 2500, 400
_RACES = 3
_MARK = "parle"  # an id may hold a-v and 0-9 only, so there is no "y"


@dataclass(frozen=True, slots=True)
class Setup:
    """Which calendars: `writes` takes our entries, `reads` say when the person is busy (`writes` always does).

    The entries of `writes` and of `details` are read one by one: only so are our own and movable ones told apart from
    the rest. Give each calendar one name throughout ("primary" is the account's own address too). `movable` are phrases of titles, in any case. `notify` is Google's sendUpdates.
    """

    writes: str = "primary"
    reads: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    movable: tuple[str, ...] = ()
    notify: Literal["all", "externalOnly", "none"] = "all"
    link_tries: int = 4
    link_pause_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Channel:
    """One open push channel. It ends by itself at `expires_ms` and is never renewed by Google."""

    id: str
    resource: str
    expires_ms: int
    token: str = field(repr=False)


class GoogleCalendar:
    """One person's calendars, through one identity. See `calendar_sync.calendar.Calendar`."""

    def __init__(self, account: Account, setup: Setup | None = None) -> None:
        self._account = account
        self._setup = setup or Setup()
        self._events: Any = account.service.events()

    # -- what is taken --------------------------------------------------------------------------------------

    async def busy(self, lo: Minute, hi: Minute) -> Busy:
        """Own entries don't count (Parley knows its bookings better); anything unknown blocks the whole window."""
        if hi <= lo:
            return Busy("ok", [], [])
        asked = list(dict.fromkeys((self._setup.writes, *self._setup.reads)))
        detailed = [name for name in asked if name == self._setup.writes or name in self._setup.details]
        taken, problems = await self._taken(asked, lo, hi)
        firm: list[Interval] = []
        movable: list[Interval] = []
        for name in asked:
            if name in problems:
                continue
            if name not in detailed:
                firm += taken[name]
                continue
            try:
                seen = await self._seen(name, lo, hi)
            except CalendarTrouble as trouble:
                problems[name] = trouble.say
                continue
            firm += subtract(merged(taken[name]), merged(seen.ours + seen.movable)) + seen.firm
            movable += seen.movable
        if problems:
            state = "failed" if len(problems) == len(asked) else "partial"
            return Busy(state, [(lo, hi)], [], " ".join(dict.fromkeys(problems.values())))
        return Busy("ok", clip(merged(firm), lo, hi), clip(subtract(merged(movable), merged(firm)), lo, hi))

    async def _taken(
        self, names: Sequence[str], lo: Minute, hi: Minute
    ) -> tuple[dict[str, list[Interval]], dict[str, str]]:
        """freebusy of all calendars -> (intervals by calendar, sentences by calendar that is unknown)."""
        taken: dict[str, list[Interval]] = {name: [] for name in names}
        problems: dict[str, str] = {}
        for first in range(0, len(names), _GROUP):
            group = names[first : first + _GROUP]
            for start in range(lo, hi, _SPAN):
                end = min(start + _SPAN, hi)
                body = {"timeMin": _rfc(start), "timeMax": _rfc(end), "items": [{"id": name} for name in group]}
                try:
                    answer = await self._account.call(self._account.service.freebusy().query(body=body))
                    for name in group:
                        problem = _free_busy_problem(name, answer)
                        if problem:
                            problems[name] = problem
                        else:
                            taken[name] += [_outwards(b["start"], b["end"]) for b in answer["calendars"][name]["busy"]]
                except CalendarTrouble as trouble:
                    problems.update(dict.fromkeys(group, trouble.say))
                except (KeyError, TypeError, ValueError):  # a shape that is not Google's: not a word of it is believed
                    problems.update(dict.fromkeys(group, LATER))
        return taken, problems

    async def _seen(self, name: str, lo: Minute, hi: Minute) -> "_Seen":
        """The single entries of one calendar that touch [lo, hi)."""
        seen, page = _Seen([], [], []), ""
        for _ in range(_PAGES):
            asked = {"timeMin": _rfc(lo), "timeMax": _rfc(hi), "singleEvents": True, "maxResults": _PAGE}
            answer = await self._account.call(self._events.list(calendarId=name, **asked, **_page(page)))
            zone = str(answer.get("timeZone", "UTC"))
            for item in answer.get("items", []):
                seen.add(item, zone, self._setup.movable)
            page = str(answer.get("nextPageToken", ""))
            if not page:
                return seen
        raise CalendarTrouble("unreadable", LATER, 60_000)

    # -- our own entries ------------------------------------------------------------------------------------

    async def put(self, event: Event) -> Kept:
        """The highest version wins, whatever order they come in; the same one again changes nothing."""
        found = await self._find(event.id)
        if found is None:
            found = await self._insert(event)
        for _ in range(_RACES):
            if _version(found) >= event.version:
                return await self._with_link(found, event)
            try:
                found = await self._update(event, found)
            except CalendarTrouble as trouble:
                if trouble.code != "changed":
                    raise
                found = await self._get(str(found["id"]))
        if _version(found) >= event.version:
            return await self._with_link(found, event)
        raise CalendarTrouble("changed", "Somebody keeps changing this event in Google. I will try again.", 60_000)

    async def remove(self, id: str) -> None:
        """By booking; every entry of it that is still there."""
        for _ in range(_RACES):
            found = await self._find(id)
            if found is None:
                return
            asked = {"calendarId": self._setup.writes, "eventId": found["id"], "sendUpdates": self._setup.notify}
            try:
                await self._account.call(self._events.delete(**asked))
            except CalendarTrouble as trouble:
                if trouble.code in ("not_found", "gone"):
                    return
                raise

    async def _find(self, id: str) -> Json | None:
        mine = {"privateExtendedProperty": f"parley={id}", "maxResults": 10}
        answer = await self._account.call(self._events.list(calendarId=self._setup.writes, **mine))
        alive = [item for item in answer.get("items", []) if item.get("status") != "cancelled"]
        return max(alive, key=_version, default=None)

    async def _get(self, ref: str) -> Json:
        found = await self._account.call(self._events.get(calendarId=self._setup.writes, eventId=ref))
        if found.get("status") == "cancelled":
            raise CalendarTrouble("deleted", DELETED)
        return found

    async def _insert(self, event: Event) -> Json:
        ref = event_ref(event.id, event.version)
        body = {"id": ref, **_body(event, {})}
        if event.conference:
            body["conferenceData"] = _conference(ref)
        asked = {"conferenceDataVersion": 1, "sendUpdates": self._setup.notify}
        try:
            return await self._account.call(self._events.insert(calendarId=self._setup.writes, body=body, **asked))
        except CalendarTrouble as trouble:
            if (
                trouble.code == "refused" and event.conference
            ):  # e.g. a calendar without Meet: better no link than no event
                return await self._insert(replace(event, conference=False))
            if trouble.code != "exists":
                raise
            return await self._get(ref)  # made by an earlier try whose answer got lost

    async def _update(self, event: Event, old: Json) -> Json:
        """Replace under If-Match: what somebody wrote since is never overwritten unread."""
        body = _body(event, old)
        if event.conference and not _link(old) and _conference_state(old) != "pending":
            body["conferenceData"] = _conference(str(old["id"]), str(old.get("etag", "")))
        asked = {"conferenceDataVersion": 1, "sendUpdates": self._setup.notify}
        request = self._events.update(calendarId=self._setup.writes, eventId=old["id"], body=body, **asked)
        try:
            return await self._change(request, old)
        except CalendarTrouble as trouble:
            if trouble.code == "refused" and event.conference:
                return await self._update(replace(event, conference=False), old)
            raise

    async def _change(self, request: Any, old: Json) -> Json:
        request.headers["If-Match"] = str(old.get("etag", "*"))
        try:
            return await self._account.call(request)
        except CalendarTrouble as trouble:
            if trouble.code in ("not_found", "gone"):
                raise CalendarTrouble("deleted", DELETED) from trouble
            raise

    async def _wish_for_link(self, kept: Json) -> Json:
        """A patch, not an update: what others did to the rest of the entry stays."""
        body = {"conferenceData": _conference(str(kept["id"]), str(kept.get("etag", "")))}
        asked = {"conferenceDataVersion": 1, "sendUpdates": "none"}
        request = self._events.patch(calendarId=self._setup.writes, eventId=kept["id"], body=body, **asked)
        return await self._change(request, kept)

    async def _with_link(self, kept: Json, event: Event) -> Kept:
        """Google makes meeting links in its own time: ask again while it is pending, anew when it failed."""
        if not event.conference:
            return _kept(kept)
        if not _link(kept) and _conference_state(kept) != "pending":
            try:
                kept = await self._wish_for_link(kept)
            except CalendarTrouble as trouble:
                if trouble.code != "refused":
                    raise
                return _kept(kept, NO_LINK)
        for _ in range(self._setup.link_tries):
            if _link(kept) or _conference_state(kept) != "pending":
                break
            await asyncio.sleep(self._setup.link_pause_s)
            kept = await self._get(str(kept["id"]))
        if _link(kept):
            return _kept(kept)
        return _kept(kept, LINK_LATER if _conference_state(kept) == "pending" else NO_LINK)

    # -- what others did to them ----------------------------------------------------------------------------

    async def changes(self, token: str) -> Changes:
        """Incremental; a token that Google has forgotten (410) leads to one full listing, which says so."""
        if token:
            try:
                return await self._listed(token)
            except CalendarTrouble as trouble:
                if trouble.code != "gone":
                    raise
        return await self._listed("")

    async def _listed(self, token: str) -> Changes:
        ours: dict[str, Json] = {}
        page = ""
        for _ in range(_PAGES):
            asked = {"maxResults": _PAGE, **({"syncToken": token} if token else {}), **_page(page)}
            answer = await self._account.call(self._events.list(calendarId=self._setup.writes, **asked))
            for item in answer.get("items", []):
                booking = booking_of(item)
                # An entry made anew after a deletion has a higher version: the older one's end is no news.
                if booking and _version(item) >= _version(ours.get(booking, {})):
                    ours[booking] = item
            page = str(answer.get("nextPageToken", ""))
            if not page:
                events = [_outside(booking, item) for booking, item in ours.items()]
                return Changes(str(answer.get("nextSyncToken", "")), events, full=not token)
        raise CalendarTrouble("unreadable", LATER, 60_000)

    # -- push -----------------------------------------------------------------------------------------------

    async def watch(self, address: str, id: str, token: str, hours: int = 24 * 7) -> Channel:
        """Ask Google to call `address` (HTTPS) on every change. `id` is new for each channel, `token` a secret."""
        body = {
            "id": id,
            "token": token,
            "type": "web_hook",
            "address": address,
            "params": {"ttl": str(hours * 3600)},
        }
        made = await self._account.call(self._events.watch(calendarId=self._setup.writes, body=body))
        try:
            return Channel(id, str(made["resourceId"]), int(made["expiration"]), token)
        except (KeyError, ValueError) as missing:
            raise CalendarTrouble("unreadable", LATER, 60_000) from missing

    async def renew(self, old: Channel, address: str, id: str, token: str) -> Channel:
        """Open the next channel, then stop the old one: for a moment both speak, so nothing is missed."""
        new = await self.watch(address, id, token)
        with contextlib.suppress(CalendarTrouble):  # the old one ends by itself; the new one must not be lost for it
            await self.stop(old)
        return new

    async def stop(self, channel: Channel) -> None:
        """One that has ended already is fine."""
        body = {"id": channel.id, "resourceId": channel.resource}
        try:
            await self._account.call(self._account.service.channels().stop(body=body))
        except CalendarTrouble as trouble:
            if trouble.code not in ("not_found", "gone"):
                raise


def due(channel: Channel, now_ms: int, early_ms: int = 24 * 3_600_000) -> bool:
    """Is it time to renew? A day early: a night without connection must not cost the channel."""
    return now_ms >= channel.expires_ms - early_ms


def heard(headers: Mapping[str, str], channels: Iterable[Channel]) -> Channel | None:
    """The channel that a notification came through; None if it is not from Google. There is no body to trust.

    A notification only says "sync now": what it claims beyond that is never used.
    """
    said = {name.lower(): value for name, value in headers.items()}
    id, token = said.get("x-goog-channel-id", ""), said.get("x-goog-channel-token", "")
    known = next((c for c in channels if c.id == id), None)
    # An unknown channel costs the same comparison, so that its absence can't be timed.
    right = hmac.compare_digest(token.encode(), (known.token if known else "-").encode())
    if known is None or not right or not known.token or said.get("x-goog-resource-id") != known.resource:
        return None
    return known


def event_ref(booking: str, version: int) -> str:
    """Google's event id for a booking and the version it is first made for: a-v and 0-9 only, and readable backwards."""
    return _MARK + base64.b32hexencode(f"{version}:{booking}".encode()).decode().rstrip("=").lower()


def booking_of(item: Json) -> str:
    """The booking of an entry of ours, "" of anybody else's. Attendees' copies keep only the id, so it counts too."""
    return _private(item).get("parley", "") or _spelled(str(item.get("id", "")))[1]


@dataclass(slots=True)
class _Seen:
    """The entries of one calendar that take time, by what they mean to us."""

    ours: list[Interval]
    movable: list[Interval]
    firm: list[Interval]

    def add(self, item: Json, zone: str, phrases: Iterable[str]) -> None:
        if item.get("status") == "cancelled" or item.get("transparency") == "transparent":
            return
        if any(a.get("self") and a.get("responseStatus") == "declined" for a in item.get("attendees", [])):
            return
        when = _times(item, zone)
        if when is None:
            raise CalendarTrouble("unreadable", LATER, 60_000)
        title = str(item.get("summary", "")).casefold()
        if booking_of(item):
            self.ours.append(when)
        elif any(phrase.casefold() in title for phrase in phrases if phrase):
            self.movable.append(when)
        else:
            self.firm.append(when)


def _spelled(ref: str) -> tuple[int, str]:
    """(version, booking) of an event id; (0, "") if it is not one of ours."""
    code = ref.removeprefix(_MARK).upper()
    if code == ref.upper():
        return 0, ""
    try:
        text = base64.b32hexdecode(code + "=" * (-len(code) % 8)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return 0, ""
    version, colon, booking = text.partition(":")
    return (int(version), booking) if colon and version.isdecimal() else (0, "")


def _private(item: Json) -> dict[str, str]:
    return dict(item.get("extendedProperties", {}).get("private", {}))


def _version(item: Json) -> int:
    """Of an entry as it is now: what we last wrote, else what its id was made for."""
    written = _private(item).get("parley_version", "")
    return int(written) if written.isdecimal() else _spelled(str(item.get("id", "")))[0]


def _body(event: Event, old: Json) -> Json:
    """Our fields over what is there (update replaces everything, so what others added must be sent along)."""
    moved = _times(old, "UTC") != (event.start, event.end)
    before = {str(a.get("email", "")).lower(): a for a in old.get("attendees", [])}
    ours: Json = {
        "summary": event.summary,
        "description": event.description,
        "location": event.location,
        "start": {"dateTime": _rfc(event.start), "timeZone": event.zone},
        "end": {"dateTime": _rfc(event.end), "timeZone": event.zone},
        # A yes or no was to the old time: whoever answered is asked again after a move.
        "attendees": [
            {"email": mail} if moved else before.get(mail.lower(), {"email": mail}) for mail in event.attendees
        ]
        + [a for a in before.values() if a.get("resource")],  # a room that somebody booked stays booked
        "extendedProperties": {
            **old.get("extendedProperties", {}),
            "private": {
                **_private(old),
                "parley": event.id,
                "parley_version": str(event.version),
                "parley_start": str(event.start),
                "parley_end": str(event.end),
            },
        },
    }
    return {**old, **ours}


def _conference(*of: str) -> Json:
    """A wish for a Meet link. The request id is new for each new state of the event: Google ignores a repeated one."""
    key = hashlib.sha256("\0".join(of).encode()).hexdigest()[:32]
    return {"createRequest": {"requestId": key, "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


def _conference_state(item: Json) -> str:
    return str(item.get("conferenceData", {}).get("createRequest", {}).get("status", {}).get("statusCode", ""))


def _link(item: Json) -> str:
    points = item.get("conferenceData", {}).get("entryPoints", [])
    return next((str(p["uri"]) for p in points if p.get("entryPointType") == "video" and p.get("uri")), "")


def _kept(item: Json, problem: str = "") -> Kept:
    return Kept(str(item.get("id", "")), str(item.get("etag", "")), _link(item), problem)


def _outside(booking: str, item: Json) -> Outside:
    when = _times(item, "UTC")
    start, end = when or (None, None)
    no = tuple(str(a.get("email", "")) for a in item.get("attendees", []) if a.get("responseStatus") == "declined")
    status: OutsideStatus = "declined" if no else "unchanged"
    if item.get("status") == "cancelled":
        status = "cancelled"
    elif _moved(item, when):
        status = "moved"
    return Outside(booking, status, start, end, no)


def _moved(item: Json, when: Interval | None) -> bool:
    ours = _private(item)
    written = (ours.get("parley_start", ""), ours.get("parley_end", ""))
    return when is not None and all(written) and written != (str(when[0]), str(when[1]))


def _free_busy_problem(name: str, answer: Json) -> str:
    """Errors of one calendar come inside a 200; so does its absence. Both mean unknown."""
    about = answer.get("calendars", {}).get(name, {})
    reasons = {str(error.get("reason", "")) for error in about.get("errors", [])}
    if not reasons:
        return "" if "busy" in about else LATER
    return GONE if "notFound" in reasons else LATER


def _times(item: Json, zone: str) -> Interval | None:
    """(start, end) in minutes, seconds rounded outwards; a whole day begins at its first instant in `zone`."""
    try:
        return _outwards(_moment(item["start"], zone), _moment(item["end"], zone))
    except (KeyError, TypeError, ValueError):
        return None


def _moment(side: Json, zone: str) -> str:
    if "dateTime" in side:
        return str(side["dateTime"])
    return datetime.combine(date.fromisoformat(side["date"]), time(), ZoneInfo(zone)).isoformat()


def _outwards(start: str, end: str) -> Interval:
    first, last = datetime.fromisoformat(start).timestamp(), datetime.fromisoformat(end).timestamp()
    return int(first // 60), int(-(-last // 60))


def _rfc(minute: Minute) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page(token: str) -> dict[str, str]:
    return {"pageToken": token} if token else {}
