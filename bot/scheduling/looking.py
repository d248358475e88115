"""One look at one calendar: what is taken, what others did to our entries, and the push channel. Nothing is stored."""

import asyncio
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.ids import Ids
from bot.log import get
from bot.scheduling.accounts import Clients, Content, channel_of
from bot.scheduling.profiles import Profile
from bot.store.store import Row
from calendar_sync.calendar import Busy, CalendarTrouble, Changes
from calendar_sync.google_push import Channel, due

log = get("calendars")
HOOK = "/hooks/google/calendar"
MINUTE = 60_000
DAY = 1440  # minutes
AHEAD = 91
_WATCH_AGAIN = 60 * MINUTE
_AGAIN = 60_000


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. busy: None where nothing has changed since the last look, or where `trouble` says why not.

    content: what is to be sealed from now on; changes: what became of our own entries.
    """

    content: Content
    busy: Busy | None = None
    changes: Changes | None = None
    trouble: CalendarTrouble | None = None
    channel: Channel | None = None


class Looker:
    """Looks at calendars. One feed is read at a time: reading a large one takes a while and much memory."""

    def __init__(self, clients: Clients, clock: Clock, ids: Ids) -> None:
        self._clients, self._clock, self._ids = clients, clock, ids
        self._feeds = asyncio.Lock()

    async def look(self, row: Row, content: Content, profile: Profile, own: frozenset[str] = frozenset()) -> Look:
        """Read [yesterday, in 91 days] of one account. Never raises for what is wrong with a calendar.

        own: UIDs of our own invitations, which a feed may show again.
        """
        try:
            if row["kind"] == "ics":
                return await self._feed(row, content, profile, own)
            return await self._calendar(row, content, profile)
        except CalendarTrouble as trouble:
            return Look(content, trouble=trouble)

    async def _calendar(self, row: Row, content: Content, profile: Profile) -> Look:
        calendar = await self._clients.of(row["kind"], content, profile.zone, profile.movable)
        # Changes first: what is wrong with an account is said there, while `busy` only says that it is unknown.
        changes = await calendar.changes(content.get("token", ""))
        busy = await calendar.busy(*self.window())
        if busy.state == "failed":
            raise CalendarTrouble("unavailable", busy.problem, _AGAIN)
        content = {**content, "token": changes.token}
        if row["kind"] == "google":
            content = await self._channel(calendar, content)
        return Look(content, busy, changes, channel=channel_of(content))

    async def _feed(self, row: Row, content: Content, profile: Profile, own: frozenset[str]) -> Look:
        lo, hi = self.window()
        # Repeated events have to be counted anew each day, so only a feed of the same day may be "as it was".
        # What is movable, and when whole days are, is their profile's to say.
        read_as = [profile.zone, *profile.movable]
        same = (content.get("day"), content.get("as")) == (lo, read_as) and row["busy"] is not None
        marks = (content.get("etag", ""), content.get("modified", "")) if same else ("", "")
        fetched = await self._clients.reach.fetch(content["url"], *marks)
        if fetched is None:
            return Look(content)
        async with self._feeds:
            busy = await asyncio.to_thread(_read, fetched.body, lo, hi, profile, own)
        if busy.state == "failed":
            raise CalendarTrouble("unreadable", busy.problem, None)
        return Look({**content, "etag": fetched.etag, "modified": fetched.modified, "day": lo, "as": read_as}, busy)

    def window(self) -> tuple[int, int]:
        """From yesterday to the end of the 91st day from now, in UTC minutes."""
        today = self._clock.now() // MINUTE // DAY
        return (today - 1) * DAY, (today + AHEAD + 1) * DAY

    # -- push -------------------------------------------------------------------------------------------

    async def _channel(self, calendar: "object", content: Content) -> Content:
        """Keep a push channel open, where Google can reach us. Without one the calendar is simply read more often."""
        from calendar_sync.google import GoogleCalendar

        base, now, old = self._clients.settings.public_url, self._clock.now(), channel_of(content)
        wanted = base.startswith("https://") and (old is None or due(old, now)) and now >= content.get("watch_at", 0)
        if not wanted or not isinstance(calendar, GoogleCalendar):
            return content
        id, token = self._ids.new("ch").replace("_", "-"), self._ids.secret()
        try:
            if old is None:
                new = await calendar.watch(base + HOOK, id, token)
            else:
                new = await calendar.renew(old, base + HOOK, id, token)
        except CalendarTrouble as trouble:
            log.warning("no_push_channel", trouble_code=trouble.code)
            return {**content, "watch_at": now + _WATCH_AGAIN}
        kept = {"id": new.id, "resource": new.resource, "token": new.token, "expires": new.expires_ms}
        return {**content, "channel": kept}


def _read(body: bytes, lo: int, hi: int, profile: Profile, own: frozenset[str]) -> Busy:
    from calendar_sync.ics import Reader, busy_of, import_feed

    reader = Reader(ZoneInfo(profile.zone), movable=profile.movable, own=own)
    feed = import_feed(body, lo, hi, reader)
    return replace(busy_of(feed, lo, hi, reader), state=feed.state)
