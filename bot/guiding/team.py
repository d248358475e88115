"""Who holds an interview, and when each of them is needed. Whoever only watches, to learn, neither guides nor rates."""

from bot.scheduling import appointments
from bot.scheduling.plans import Plan
from bot.store import guard
from bot.store.rows import Appointment
from bot.store.store import Row, Tx

COMING = ("booked", "began")


def sitting(tx: Tx, row: Row) -> tuple[str, ...]:
    """The interviewers of an appointment, each once, in the order of their sessions."""
    shadows = {p for s in Plan.from_json(row["plan"]).sessions for p in s.shadow}
    return tuple(p for p in appointments.interviewers(tx, row) if p not in shadows)


def came(tx: Tx, row: Row) -> tuple[str, ...]:
    """Those of them who didn't say that they can't come."""
    said = appointments.attendance(row)
    return tuple(p for p in sitting(tx, row) if said.get(p) != "cannot")


def span(tx: Tx, row: Row, person: str) -> tuple[int, int]:
    """From the first to the last minute that somebody is needed; the whole of it for whoever has no seat."""
    seats = guard.seats_of(tx, row["tenant_id"], row["booking_id"]) if row["booking_id"] else ()
    mine = [s for s in seats if s.interviewer_id == person]
    if not mine:
        return row["start_minute"], row["end_minute"]
    return min(s.start for s in mine), max(s.end for s in mine)


def meetings(tx: Tx, interview: Row, *states: str) -> list[Row]:
    """The appointments of an interview that people hold, in these states (all by default), oldest first."""
    found = appointments.of_interview(tx, interview["tenant_id"], interview["id"], *states)
    return [r for r in found if r["kind"] != "bot"]


def everybody(tx: Tx, interview: Row) -> tuple[str, ...]:
    """Whoever holds a part of an interview that is booked, goes on or is over, each once."""
    rows = meetings(tx, interview, *COMING, "over")
    return tuple(dict.fromkeys(p for r in rows for p in came(tx, r)))


def appointment(tx: Tx, tenant_id: str, appointment_id: str, person: str) -> Row | None:
    """The appointment, if this person holds (a part of) it."""
    row = tx.one(Appointment, tenant_id=tenant_id, id=appointment_id)
    return row if row is not None and row["kind"] != "bot" and person in sitting(tx, row) else None


def reported_missing(tx: Tx, row: Row) -> bool:
    """Did somebody of the team say that the candidate isn't there? Silence says nothing: they may well be talking."""
    said = appointments.attendance(row)
    return any(said.get(p) == "not_here" for p in sitting(tx, row))


def seen_talking(tx: Tx, row: Row) -> bool:
    said = appointments.attendance(row)
    return any(said.get(p) == "here" for p in sitting(tx, row))
