"""When a candidate may be written to: in their own zone, outside of the night, as far as both are known."""

from bot import hiring
from bot.store.rows import Appointment
from bot.store.store import Row, Tx
from calendar_sync import reminding, when
from calendar_sync.homes import home_zone
from calendar_sync.zones import DAY, zone

MINUTE = 60_000
MORNING = 10 * 60  # minutes of a day
NO_ZONE = "UTC"


def zone_of(tx: Tx, interview: Row) -> str:
    """Where the candidate reads times: what they said when they chose one, else where they live, else UTC."""
    where = {"tenant_id": interview["tenant_id"], "candidate_id": interview["candidate_id"]}
    said = next((r["zone"] for r in tx.find(Appointment, where, "-created_at") if r["zone"]), "")
    if said:
        return said
    return home_zone(hiring.flags(interview).get("residence", "")) or NO_ZONE


def spoken(tx: Tx, interview: Row, at: int) -> str:
    """An instant (ms) as the candidate reads it: "Tuesday 1 December, 10:00 (Paris, UTC+1)"."""
    return when.spoken(at // MINUTE, zone_of(tx, interview))


def day(tx: Tx, interview: Row, at: int) -> str:
    """The day of an instant (ms) as the candidate reads it: "Tuesday 1 December"."""
    name = zone_of(tx, interview)
    return when.long_day(zone(name).date_of(at // MINUTE), name)


def tomorrow(tx: Tx, interview: Row, at: int) -> int:
    """Ten o'clock of the candidate's next day (ms)."""
    here = zone(zone_of(tx, interview))
    return here.start_of((here.date_of(at // MINUTE) + 1) * DAY + MORNING) * MINUTE


def awake(tx: Tx, interview: Row, at: int, quiet: tuple[str, str] = reminding.QUIET) -> int:
    """The first instant (ms) from `at` on that isn't in the candidate's quiet hours."""
    return reminding.after_quiet(at, zone_of(tx, interview), quiet)
