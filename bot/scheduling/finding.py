"""Instant answers about times: where somebody is, how an appointment stands, what is on offer. They only read.

They run inside the turn that asks, from what is kept; no calendar is read here.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from bot.clock import Clock
from bot.keyring import Keyring
from bot.scheduling import appointments, readers, slotting, telling
from bot.scheduling.availability import AWAKE, Availability
from bot.scheduling.plans import Plan
from bot.scheduling.roster import MINUTE
from bot.scheduling.slotting import Slot
from bot.settings import Settings
from bot.store.rows import Thread
from bot.store.store import Row, Tx
from bot.threads import Conv
from calendar_sync import places, when, wishes
from calendar_sync.intervals import Interval, Minute, covers
from calendar_sync.wishes import Wish
from calendar_sync.zones import DAY, ConfigProblem, date_text, day_of, zone
from flows.scheduling import FindSlots, FindZone, GuessZone, HowItStands, NoTimes, Standing, Times, Zones
from flows.words import finding_en as words

DAYS_SHOWN = 5
MOST_TIMES = 24  # of one day; where there are more, those on the full and half hour
NEAREST = 12  # times shown where none fulfils a wish
LANGUAGE = "en"


class Finder:
    """Answers at once. `settings` says where the team is, for who has not said where they are."""

    def __init__(self, keys: Keyring, availability: Availability, settings: Settings, clock: Clock) -> None:
        self._keys, self._availability, self._settings, self._clock = keys, availability, settings, clock

    def instant(self) -> dict[str, Callable[..., Any]]:
        """Request -> instant answer."""
        return {
            "GuessZone": self.guess_zone,
            "FindZone": self.find_zone,
            "HowItStands": self.how_it_stands,
            "FindSlots": self.find_slots,
        }

    # -- where --------------------------------------------------------------------------------------------

    def guess_zone(self, tx: Tx, *, conv: Conv, request: GuessZone) -> Zones:
        """What they said before; else where the team is, if that is a place: most people apply near where they live."""
        row = appointments.get(tx, conv.row["tenant_id"], request.appointment)
        name = row["zone"] or self._usual(row)
        return self._zones([(name, when.city(name))]) if name and when.city(name) else Zones()

    def _usual(self, row: Row) -> str:
        """The team's zone: the setting, or where that was never set, the one the plan was made in."""
        return self._settings.time_zone if self._settings.time_zone != "UTC" else Plan.from_json(row["plan"]).zone

    def find_zone(self, tx: Tx, *, conv: Conv, request: FindZone) -> Zones:
        return self._zones(places.zones_for(request.text))

    def _zones(self, found: Sequence[tuple[str, str]]) -> Zones:
        now = self._clock.now() // MINUTE
        return Zones(tuple((name, label, when.clock(now, name)) for name, label in found))

    # -- how it stands --------------------------------------------------------------------------------------

    def how_it_stands(self, tx: Tx, *, conv: Conv, request: HowItStands) -> Standing:
        row = appointments.get(tx, conv.row["tenant_id"], request.appointment)
        reader = person_of(tx, conv.row)
        there = readers.zone(tx, self._keys, row, reader, self._settings.time_zone)
        return telling.standing(tx, self._keys, row, there, self._clock.now(), reader)

    # -- what is on offer -----------------------------------------------------------------------------------

    def find_slots(self, tx: Tx, *, conv: Conv, request: FindSlots) -> Times | NoTimes:
        row = appointments.get(tx, conv.row["tenant_id"], request.appointment)
        return self.times(tx, row, request.zone, request.after, request.wish)

    def times(self, tx: Tx, row: Row, there: str, after: str = "", wish: str = "") -> Times | NoTimes:
        """Some days of times for an appointment, after the day id `after`, as read in the zone `there`."""
        now, seeker = self._clock.now(), slotting.seeker_of(row, there)
        wished = wishes.read(wish, there, zone(there).date_of(now // MINUTE)) if wish else None
        understood = wished.said if wished else ""
        if row["state"] not in appointments.LIVE or telling.late(row, seeker.plan, now):
            return NoTimes(understood)
        since = zone(there).first(day_of(after) + 1) if after else 0
        try:
            found, exact = self._found(tx, row, there, now, since, wished)
        except ConfigProblem:
            return NoTimes(understood)  # the team is told what is wrong with the plan; a candidate can't do anything
        own = (row["start_minute"],) if row["state"] == "booked" else ()
        found = [slot for slot in found if slot[:1] != own or len(slot) > 1]
        return shown(seeker.plan, found, there, now, understood, exact) if found else NoTimes(understood)

    def _found(
        self, tx: Tx, row: Row, there: str, now: int, since: Minute, wished: Wish | None
    ) -> tuple[list[Slot], bool]:
        """The slots to choose from, and whether they are what was wished for."""
        seeker = slotting.seeker_of(row, there)
        hi = slotting.last_minute(seeker.plan, now)
        wanted = wished.intervals(now // MINUTE, hi) if wished else None
        loop = seeker.plan.kind == "loop"
        if loop and wanted is not None:
            days = slotting.slots(self._availability, tx, seeker, now, since=since, most=DAYS_SHOWN + 1, wish=wanted)
            if days:
                return days, True
        most = DAYS_SHOWN + 1 if loop else slotting.MOST_DAYS
        every = slotting.slots(self._availability, tx, seeker, now, since=since, most=most)
        if wanted is None:
            return _by_day(seeker.plan, every, there), True
        fitting = _wished(seeker.plan, every, wanted)
        return (fitting, True) if fitting else (_nearest(seeker.plan, every, wanted), False)


def person_of(tx: Tx, row: Row) -> str:
    """Whose chat a conversation, or a piece of work, belongs to."""
    thread = tx.one(Thread, tenant_id=row["tenant_id"], id=row["thread_id"])
    return thread["person_id"] if thread else ""


# -- choosing what to show --------------------------------------------------------------------------------------


def _by_day(plan: Plan, found: list[Slot], there: str) -> list[Slot]:
    """Without the nights of whoever reads them, unless there is nothing else."""
    return [slot for slot in found if not _hint_of(slotting.span_of(plan, slot), there)] or found


def _wished(plan: Plan, found: list[Slot], wanted: list[Interval]) -> list[Slot]:
    """Those that lie in what is wished for; where it is too short for that, those that begin in it."""
    spans = [(slot, slotting.span_of(plan, slot)) for slot in found]
    inside = [slot for slot, (lo, hi) in spans if covers(wanted, lo, hi)]
    return inside or [slot for slot, (lo, _) in spans if covers(wanted, lo, lo + 1)]


def _nearest(plan: Plan, found: list[Slot], wanted: list[Interval]) -> list[Slot]:
    """Those that begin least far from what is wished for; the first ones where that lies outside of all there is."""

    def away(slot: Slot) -> int:
        lo, hi = slotting.span_of(plan, slot)
        return min((max(a - lo, hi - b, 0) for a, b in wanted), default=lo)

    return sorted(sorted(found, key=lambda slot: (away(slot), slot))[:NEAREST])


def _hint_of(span: Interval, there: str) -> str:
    """early or late where whoever reads it would usually be asleep."""
    lo, hi = _awake(there, zone(there).date_of(span[0]))
    return words.EARLY if span[0] < lo else words.LATE if span[1] > hi else ""


@lru_cache(maxsize=4096)
def _awake(there: str, day: int) -> Interval:
    here = zone(there)
    return here.start_of(day * DAY + AWAKE[0]), here.end_of(day * DAY + AWAKE[1])


# -- as it is shown ---------------------------------------------------------------------------------------------


def shown(plan: Plan, found: list[Slot], there: str, now: int, understood: str = "", exact: bool = True) -> Times:
    """The first days of these slots, with everything as the person reads it. `found`: not empty, in order."""
    here = zone(there)
    by_day = [(day, list(some)) for day, some in groupby(found, key=lambda slot: here.date_of(min(slot)))]
    page = by_day[:DAYS_SHOWN]
    days = [(date_text(day), when.day_label(day, there, now), len(_few(some, there))) for day, some in page]
    times = [_time(plan, slot, date_text(day), there) for day, some in page for slot in _few(some, there)]
    label = when.zone_label(there, min(page[0][1][0]))
    return Times(tuple(days), tuple(times), label, len(by_day) > len(page), understood, exact)


def _few(found: list[Slot], there: str) -> list[Slot]:
    for grid in (30, 60):
        if len(found) > MOST_TIMES:
            found = [s for s in found if (s[0] + zone(there).offset(s[0])) % grid == 0] or found[:MOST_TIMES]
    return found[:MOST_TIMES]


def _time(plan: Plan, slot: Slot, day: str, there: str) -> tuple[str, str, str, str]:
    lo, hi = slotting.span_of(plan, slot)
    here = zone(there)
    hints = [words.sessions(len(slot))] if len(slot) > 1 else []
    # On the night on which clocks change a time may be there twice; the offset tells which one it is.
    if here.calm(day_of(day)) is None:
        offsets = dict.fromkeys(when.utc(here.offset(at)) for at in (lo, hi))
        hints.append(", then ".join(offsets))
    hints += [hint] if (hint := _hint_of((lo, hi), there)) else []
    return slotting.slot_id(slot), day, f"{when.clock(lo, there)} – {when.clock(hi, there)}", ", ".join(hints)
