"""How many of some interviewers are free in each half hour of a week, and the picture of it.

The numbers take milliseconds, drawing them some tenths of a second: so drawing is work of its own (kind `WeekPicture`),
done in a thread while nothing waits for it and no transaction is open.
"""

import asyncio
from base64 import b64encode
from collections.abc import Collection
from typing import Any

from bot.scheduling import week
from bot.scheduling.availability import Availability
from bot.scheduling.roster import MINUTE
from bot.scheduling.week import WeekGrid
from bot.store.store import Store, Tx
from bot.work.job import Job
from calendar_sync import when
from calendar_sync.hours import working
from calendar_sync.intervals import Interval, covers
from calendar_sync.zones import DAY, Zone, date_text, weekday, zone
from flows.cards import Card, File
from flows.cards import to_json as card_json
from flows.words import schedule_en as words

HALF = 30
WORKDAYS = 5


def monday_of(at: int, zone_name: str) -> int:
    """The day (since 1970) on which the week of the instant `at` (ms) began, for a reader in that zone."""
    today = zone(zone_name).date_of(at // MINUTE)
    return today - (weekday(today) - 1)


def coming_monday(at: int, zone_name: str) -> int:
    """As `monday_of`, and at a weekend the next one: whoever looks then looks ahead."""
    today = zone(zone_name).date_of(at // MINUTE)
    return monday_of(at, zone_name) + (7 if weekday(today) > WORKDAYS else 0)


def grid(
    availability: Availability,
    tx: Tx,
    tenant_id: str,
    ids: Collection[str],
    *,
    name: str,
    monday: int,
    zone_name: str,
    now: int,
) -> WeekGrid:
    """The week that begins on `monday`, in the reader's zone. Half hours in which nobody works are None.

    ids: who is counted; of them, those who are paused, or whose calendar isn't trusted, are free at no time.
    """
    here = zone(zone_name)
    edges = [here.first(monday + n) for n in range(8)]
    window = edges[0], edges[7]
    people, _ = availability.people(tx, tenant_id, ids, now=now)
    free = availability.free(tx, tenant_id, list(people), window, now=now)
    work = {p: list(working(person.facts.hours, *window)) for p, person in people.items()}
    days = _days(work.values(), edges)
    rows = _rows(here, work.values(), edges, days)
    cells = tuple(tuple(_count(here, monday + n, row, work, free) for n in days) for row in rows)
    title = words.week_title(
        name, when.day_span(monday + days[0], monday + days[-1]), when.city(zone_name) or zone_name
    )
    labels = tuple(when.day_label(monday + n) for n in days)
    return WeekGrid(title, labels, tuple(when.wall(row) for row in rows), cells, len(people))


def _days(work: Collection[list[Interval]], edges: list[int]) -> list[int]:
    """Monday to Friday, and the weekend where somebody works then."""

    def anybody(n: int) -> bool:
        return any(lo < edges[n + 1] and hi > edges[n] for some in work for lo, hi in some)

    return [n for n in range(7) if n < WORKDAYS or anybody(n)]


def _rows(here: Zone, work: Collection[list[Interval]], edges: list[int], days: list[int]) -> list[int]:
    """The half hours on the wall, from the first to the last in which anybody works on any of the days."""
    found: set[int] = set()
    for n in days:
        for lo, hi in ((max(lo, edges[n]), min(hi, edges[n + 1])) for some in work for lo, hi in some):
            if lo < hi:
                found |= {_wall(here, lo) // HALF, _wall(here, hi - 1) // HALF}
    return [row * HALF for row in range(min(found, default=0), max(found, default=-1) + 1)]


def _wall(here: Zone, at: int) -> int:
    return (at + here.offset(at)) % DAY


def _count(
    here: Zone, day: int, row: int, work: dict[str, list[Interval]], free: dict[str, list[Interval]]
) -> int | None:
    """How many have the whole half hour free; None where nobody works in it, or the date doesn't have it."""
    start = here.start_of(day * DAY + row)
    end = start + HALF
    if _wall(here, start) != row or not any(lo < end and hi > start for some in work.values() for lo, hi in some):
        return None
    return sum(covers(some, start, end) for some in free.values())


# -- the picture ----------------------------------------------------------------------------------------


class WeekPictures:
    """The worker for `WeekPicture`: {"people", "name", "monday", "zone"} -> {"card"}."""

    def __init__(self, store: Store, availability: Availability) -> None:
        self._store, self._availability = store, availability

    async def draw(self, job: Job, now: int) -> dict[str, Any]:
        """Count anew, since things change, and draw. The card is shown by the letter `week`."""
        asked = job.request

        def counted(tx: Tx) -> WeekGrid:
            about = {"name": asked["name"], "monday": asked["monday"], "zone_name": asked["zone"]}
            return grid(self._availability, tx, job.row["tenant_id"], asked["people"], now=now, **about)

        found = await self._store.read(counted)
        png = await asyncio.to_thread(week.picture, found)
        said = week.words(found)
        name = f"week-{date_text(asked['monday'])}.png"
        file = File(name, "image/png", b64encode(png).decode(), f"{found.title}. {said}")
        return {"card": card_json(Card(f"{found.title}.", files=(file,)))}
