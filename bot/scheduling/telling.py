"""An appointment as it is told to one reader: every time in their own zone, and whom they meet."""

from dataclasses import replace

import orjson

from bot import people
from bot.keyring import Erased, Keyring
from bot.scheduling import appointments, readers
from bot.scheduling.plans import CANDIDATE, Plan
from bot.scheduling.roster import MINUTE
from bot.store import guard
from bot.store.guard import Seat
from bot.store.rows import FactRow, Interview
from bot.store.store import Row, Tx
from calendar_sync import when
from calendar_sync.intervals import Interval
from flows.scheduling import Standing
from flows.words import appointments_en as names_en
from flows.words import finding_en as words

BOOKED, CANCELLED = "slot_booked", "slot_cancelled"  # facts that the workers of `bot.scheduling.booking` leave
CHANGES = frozenset((BOOKED, CANCELLED, "appointment_cancelled", "people_changed", "swapped"))
_RECENT = 60  # facts of an interview among which the last change is looked for
Part = tuple[str, str, str]  # title, when, with whom


def standing(tx: Tx, keys: Keyring, row: Row, zone: str, now: int, person: str = "") -> Standing:
    """How an appointment stands, for its candidate or for `person`, who reads times in `zone`."""
    reader = person or row["candidate_id"]
    plan, said = Plan.from_json(row["plan"]), appointments.words_of(tx, keys, row)
    seats = seats_of(tx, row)
    times = span(row, seats, reader)
    bare = Standing(
        row["state"], row["version"], said["title"] or _title(plan), plan.minutes, zone=zone, link=said["link"]
    )
    bare = replace(bare, changed_by=_changed_by(tx, keys, row, reader), yours=_takes_part(tx, row, seats, reader))
    if times is None:
        return bare
    return replace(
        bare,
        minutes=times[1] - times[0],
        when=when.spoken_range(*times, zone, now),
        start=times[0] * MINUTE,
        end=times[1] * MINUTE,
        parts=parts(tx, keys, row, plan, seats, zone, now, reader),
        late_to_move=late(row, plan, now) if reader == row["candidate_id"] else "",
        soon=when.relative(times[0], zone, now),
        left=(times[0] * MINUTE - now) // MINUTE,
    )


def _changed_by(tx: Tx, keys: Keyring, row: Row, reader: str) -> str:
    """The name of whoever booked, moved or cancelled it last; "" if that was the reader, or nobody in particular."""
    where = {"tenant_id": row["tenant_id"], "interview_id": row["interview_id"]}
    for fact in tx.find(FactRow, where, "-at,-id", _RECENT):
        if fact["name"] in CHANGES and orjson.loads(fact["data"]).get("appointment") == row["id"]:
            by = fact["person_id"]
            return name_of(tx, keys, row["tenant_id"], by) if by and by != reader else ""
    return ""


def _takes_part(tx: Tx, row: Row, seats: tuple[Seat, ...], reader: str) -> bool:
    if reader == row["candidate_id"] or any(s.interviewer_id == reader for s in seats):
        return True
    interview = tx.one(Interview, tenant_id=row["tenant_id"], id=row["interview_id"])
    return interview is not None and reader in readers.recruiters(tx, row["tenant_id"], interview)


def _title(plan: Plan) -> str:
    return plan.sessions[0].title if len(plan.sessions) == 1 else ""


def seats_of(tx: Tx, row: Row) -> tuple[Seat, ...]:
    """The seats of what is booked, or was before it was cancelled."""
    return guard.seats_of(tx, row["tenant_id"], row["booking_id"]) if row["booking_id"] else ()


def span(row: Row, seats: tuple[Seat, ...], reader: str) -> Interval | None:
    """From the first to the last minute at which this reader is needed; None where there is no time yet."""
    mine = [s for s in seats if s.interviewer_id == reader]
    if mine:
        return min(s.start for s in mine), max(s.end for s in mine)
    return None if row["start_minute"] is None else (row["start_minute"], row["end_minute"])


def parts(
    tx: Tx, keys: Keyring, row: Row, plan: Plan, seats: tuple[Seat, ...], zone: str, now: int, reader: str
) -> tuple[Part, ...]:
    """The sessions in the order of time: all of them for the candidate, their own for an interviewer."""
    candidate = row["candidate_id"]
    if plan.kind == "bot":
        times = [(s.start, s.end) for s in seats[:1]]
        return tuple((plan.sessions[0].title, when.spoken_range(*t, zone, now), names_en.WITH_PARLEY) for t in times)
    found: list[tuple[Interval, Part]] = []
    for session in plan.sessions:
        sitting = [s for s in seats if s.part == session.key]
        if not sitting or (reader != candidate and all(s.interviewer_id != reader for s in sitting)):
            continue
        times = sitting[0].start, sitting[0].end
        others = tuple(s.interviewer_id for s in sitting if s.interviewer_id != reader)
        known = tuple(name_of(tx, keys, row["tenant_id"], p) for p in others)
        met = known if reader == candidate else (name_of(tx, keys, row["tenant_id"], candidate), *known)
        found.append((times, (session.title, when.spoken_range(*times, zone, now), names_en.names(met))))
    return tuple(part for _, part in sorted(found))


def name_of(tx: Tx, keys: Keyring, tenant_id: str, person_id: str) -> str:
    """A person's name; that of nobody in particular once they were erased."""
    if not person_id or person_id == CANDIDATE:
        return names_en.SOMEBODY
    try:
        keys.load(tx, tenant_id, person_id)
    except Erased:
        return names_en.SOMEBODY
    return people.name_of(tx, keys, tenant_id, person_id)


def late(row: Row, plan: Plan, now: int) -> str:
    """Why the candidate can't move or cancel it any more; "" as long as they can."""
    if row["state"] in ("began", "over"):
        return words.BEGUN if row["state"] == "began" else words.OVER
    if row["state"] != "booked":
        return ""
    left = row["start_minute"] * MINUTE - now
    if left <= 0:
        return words.BEGUN
    return words.too_late(when.length(plan.move_notice)) if left < plan.move_notice * MINUTE else ""
