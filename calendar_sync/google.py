"""Google Calendar behind the `Calendar` protocol (slots.md, section 8; rules of Google: the discovery document).

What an entry looks like there, and how ours are known again: `calendar_sync.google_events`.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from calendar_sync.calendar import Busy, CalendarTrouble, Changes, Event, Kept
from calendar_sync.google_auth import LATER, Account, Json
from calendar_sync.google_events import (
    Seen,
    body_of,
    booking_of,
    event_ref,
    free_busy_problem,
    kept_of,
    link_of,
    outside_of,
    outwards,
    rfc,
    version_of,
    wish,
    wish_state,
)
from calendar_sync.google_push import Channel
from calendar_sync.intervals import Interval, Minute, clip, merged, subtract

NO_LINK = "The event is in the calendar, but Google could not make a meeting link for it. Please add one to the event yourself."
LINK_LATER = "The event is in the calendar; Google is still making the meeting link."
DELETED = "Somebody deleted this event in Google Calendar, so I did not put it back. Is the interview still on?"
_GROUP = 50  # calendars per freebusy.query
_SPAN = 60 * 24 * 60  # minutes; freebusy refuses more than about 90 days ("requested time range is too long")
_PAGE, _PAGES = 2500, 400
_RACES = 3


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
        before, troubles = dict[str, Seen](), dict[str, str]()
        for name in detailed:
            try:
                before[name] = await self._seen(name, lo, hi)
            except CalendarTrouble as trouble:
                troubles[name] = trouble.say
        taken, problems = await self._taken(asked, lo, hi)
        problems = {**troubles, **problems}
        firm: list[Interval] = []
        movable: list[Interval] = []
        for name in (n for n in asked if n not in problems):
            if name not in detailed:
                firm += taken[name]
                continue
            try:
                found = await self._explained(name, lo, hi, taken[name], before[name])
            except CalendarTrouble as trouble:
                problems[name] = trouble.say
                continue
            firm += subtract(merged(taken[name]), merged(found.ours + found.movable)) + found.firm
            movable += found.movable
        if problems:
            state = "failed" if len(problems) == len(asked) else "partial"
            return Busy(state, [(lo, hi)], [], " ".join(dict.fromkeys(problems.values())))
        return Busy("ok", clip(merged(firm), lo, hi), clip(subtract(merged(movable), merged(firm)), lo, hi))

    async def _explained(self, name: str, lo: Minute, hi: Minute, taken: list[Interval], before: Seen) -> Seen:
        """The entries behind what is taken. One of ours that came or went between the two questions must not stay
        behind as somebody else's time: what the entries seen `before` don't explain is looked up once more."""
        if not subtract(merged(taken), merged(before.ours + before.movable + before.firm)):
            return before
        after = await self._seen(name, lo, hi)
        return Seen(before.ours + after.ours, after.movable, after.firm)

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
                body = {"timeMin": rfc(start), "timeMax": rfc(end), "items": [{"id": name} for name in group]}
                try:
                    answer = await self._account.call(self._account.service.freebusy().query(body=body))
                    for name in group:
                        problem = free_busy_problem(name, answer)
                        if problem:
                            problems[name] = problem
                        else:
                            taken[name] += [outwards(b["start"], b["end"]) for b in answer["calendars"][name]["busy"]]
                except CalendarTrouble as trouble:
                    problems.update(dict.fromkeys(group, trouble.say))
                except (KeyError, TypeError, ValueError):  # a shape that is not Google's: not a word of it is believed
                    problems.update(dict.fromkeys(group, LATER))
        return taken, problems

    async def _seen(self, name: str, lo: Minute, hi: Minute) -> Seen:
        """The single entries of one calendar that touch [lo, hi)."""
        seen, page = Seen([], [], []), ""
        for _ in range(_PAGES):
            asked = {"timeMin": rfc(lo), "timeMax": rfc(hi), "singleEvents": True, "maxResults": _PAGE}
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
            if version_of(found) >= event.version:
                return await self._with_link(found, event)
            try:
                found = await self._update(event, found)
            except CalendarTrouble as trouble:
                if trouble.code != "changed":
                    raise
                found = await self._get(str(found["id"]))
        if version_of(found) >= event.version:
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
        return max(alive, key=version_of, default=None)

    async def _get(self, ref: str) -> Json:
        found = await self._account.call(self._events.get(calendarId=self._setup.writes, eventId=ref))
        if found.get("status") == "cancelled":
            raise CalendarTrouble("deleted", DELETED)
        return found

    async def _insert(self, event: Event) -> Json:
        ref = event_ref(event.id, event.version)
        body = {"id": ref, **body_of(event, {})}
        if event.conference:
            body["conferenceData"] = wish(ref)
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
        body = body_of(event, old)
        if event.conference and not link_of(old) and wish_state(old) != "pending":
            body["conferenceData"] = wish(str(old["id"]), str(old.get("etag", "")))
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
        body = {"conferenceData": wish(str(kept["id"]), str(kept.get("etag", "")))}
        asked = {"conferenceDataVersion": 1, "sendUpdates": "none"}
        request = self._events.patch(calendarId=self._setup.writes, eventId=kept["id"], body=body, **asked)
        return await self._change(request, kept)

    async def _with_link(self, kept: Json, event: Event) -> Kept:
        """Google makes meeting links in its own time: ask again while it is pending, anew when it failed."""
        if not event.conference:
            return kept_of(kept)
        if not link_of(kept) and wish_state(kept) != "pending":
            try:
                kept = await self._wish_for_link(kept)
            except CalendarTrouble as trouble:
                if trouble.code != "refused":
                    raise
                return kept_of(kept, NO_LINK)
        for _ in range(self._setup.link_tries):
            if link_of(kept) or wish_state(kept) != "pending":
                break
            await asyncio.sleep(self._setup.link_pause_s)
            kept = await self._get(str(kept["id"]))
        if link_of(kept):
            return kept_of(kept)
        return kept_of(kept, LINK_LATER if wish_state(kept) == "pending" else NO_LINK)

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
                if booking and version_of(item) >= version_of(ours.get(booking, {})):
                    ours[booking] = item
            page = str(answer.get("nextPageToken", ""))
            if not page:
                events = [outside_of(booking, item) for booking, item in ours.items()]
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


def _page(token: str) -> dict[str, str]:
    return {"pageToken": token} if token else {}
