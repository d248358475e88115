"""What the rows say of interviewers, as the engine takes it: hours, what their calendars say, bookings and holds.

Nothing here is kept; `bot.scheduling.availability` does that, and compares stamps.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import blake2b

from bot.keyring import Erased, Keyring
from bot.scheduling import accounts, profiles
from bot.scheduling.plans import CANDIDATE, Plan
from bot.scheduling.profiles import Profile
from bot.store import guard, seat_queries
from bot.store.rows import Appointment, CalendarAccount, Interviewer
from bot.store.store import Row, Tx
from calendar_sync import facts
from calendar_sync.facts import Booking, Hold
from calendar_sync.hours import Hours
from calendar_sync.intervals import Interval, Minute
from calendar_sync.zones import DAY, ConfigProblem, date_text

MINUTE = 60_000
DAY_MS = DAY * MINUTE
BACK = 28  # days of past bookings: limits count this week's, fairness those of four weeks
FAR = 10**9  # minutes: everything that is still to come
NOBODY = Hours("UTC")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One interviewer's row as far as it says whether what is kept of them still holds.

    until: up to when (ms) their calendars are trusted; 0 where they are not. since: of when the oldest news of a
    calendar is (ms), None where one was never read.
    """

    id: str
    state: str
    stamp: str
    created_at: int
    until: int = FAR * MINUTE
    since: int | None = FAR * MINUTE

    def known(self, now: int) -> bool:
        """Whether their calendars can be believed; with none, their time is in Parley itself."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that is read of an interviewer. `firm`: their events without those that may be moved, if there are any.

    `rules` changes when their profile or calendars do, and not with their bookings. `problem`: why their profile can't
    be used ("" as long as it can).
    """

    stamp: Stamp
    rules: bytes
    profile: Profile | None
    facts: facts.Interviewer
    firm: tuple[Interval, ...] | None = None
    problem: str = ""


def stamps(tx: Tx, tenant_id: str, ids: Collection[str] | None = None) -> dict[str, Stamp]:
    """Of these people, or of everybody who has a profile, in one query."""
    if ids is not None and not ids:
        return {}
    found: dict[str, Stamp] = {}
    for row in seat_queries.interviewers_with_calendars(tx, tenant_id, None if ids is None else sorted(ids)):
        before = found.get(row["id"]) or Stamp(row["id"], row["state"], row["stamp"], row["created_at"])
        found[row["id"]] = before if row["account"] is None else _with_news(before, row)
    return found


def _with_news(stamp: Stamp, row: Row) -> Stamp:
    """All of somebody's calendars must be believed, so the oldest news counts."""
    synced = row["synced_at"]
    if synced is None or stamp.since is None:
        return Stamp(stamp.id, stamp.state, stamp.stamp, stamp.created_at, 0, None)
    fresh = synced + accounts.TRUSTED[row["kind"]]
    until = min(stamp.until, fresh if row["news"] in accounts.KNOWN else 0)
    return Stamp(stamp.id, stamp.state, stamp.stamp, stamp.created_at, until, min(stamp.since, synced))


# -- one person -----------------------------------------------------------------------------------------


def read(tx: Tx, keys: Keyring, tenant_id: str, stamp: Stamp, today: int) -> Person | None:
    """Everything about one interviewer; None for somebody who was erased. `today`: the UTC day."""
    who = stamp.id
    row = tx.one(Interviewer, tenant_id=tenant_id, id=who)
    try:
        keys.load(tx, tenant_id, who)
    except Erased:
        return None
    if row is None:
        return None
    calendars = tx.find(CalendarAccount, {"tenant_id": tenant_id, "interviewer_id": who}, "id")
    profile = profiles.opened(keys, row)
    hours, problem = _hours(profile, who, today)
    firm, movable = _busy(tx, keys, calendars)
    known = facts.Interviewer(
        who,
        hours,
        busy=(*firm, *movable),
        bookings=bookings(tx, tenant_id, who, today),
        limits=profile.limits if profile else facts.Limits(),
        skills=frozenset(profile.skills if profile else ()),
        level=profile.level if profile else 0,
    )
    return Person(stamp, _digest(row, calendars, today), profile, known, firm if movable else None, problem)


def _hours(profile: Profile | None, who: str, today: int) -> tuple[Hours, str]:
    """A profile that can't be used has no hours: fail closed, and say so."""
    if profile is None:
        return NOBODY, ""
    try:
        return profiles.hours_of(profile, who, int(date_text(today)[:4])), ""
    except ConfigProblem as problem:
        return NOBODY, problem.say


def _busy(tx: Tx, keys: Keyring, rows: list[Row]) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """What their calendars say is taken: for good, and movable."""
    firm, movable = list[Interval](), list[Interval]()
    for row in rows:
        if taken := accounts.busy_of(tx, keys, row):
            firm += taken.intervals
            movable += taken.movable
    return tuple(sorted(firm)), tuple(sorted(movable))


def _digest(row: Row, calendars: list[Row], today: int) -> bytes:
    """Sealed bytes are never the same twice, so equal ones mean that nothing was written."""
    of = blake2b(row["profile"] or b"", digest_size=16, key=date_text(today)[:4].encode())
    for account in calendars:
        of.update(account["id"].encode() + b"\0" + (account["busy"] or b""))
    return of.digest()


# -- bookings and holds -----------------------------------------------------------------------------------


def bookings(tx: Tx, tenant_id: str, who: str, today: int) -> tuple[Booking, ...]:
    """What is booked with somebody, from four weeks back on, each with the buffers of its own plan."""
    lo = (today - BACK) * DAY
    seats = guard.seats_between(tx, tenant_id, who, lo, FAR, FAR * MINUTE)  # so late that no hold is live
    buffers = _buffers(tx, tenant_id, who, lo) if seats else {}
    return tuple(
        Booking(
            s["start_minute"], s["end_minute"], "accepted", *buffers.get(s["booking_id"], (0, 0)), id=s["booking_id"]
        )
        for s in seats
        if s["state"] == "booked"
    )


def _buffers(tx: Tx, tenant_id: str, who: str, lo: Minute) -> dict[str, tuple[int, int]]:
    """booking id -> (before, after)."""
    return {row["booking_id"]: _of_plan(row["plan"]) for row in seat_queries.plans_of_bookings(tx, tenant_id, who, lo)}


def _of_plan(text: str) -> tuple[int, int]:
    plan = Plan.from_json(text)
    return plan.before, plan.after


def hold_id(appointment_id: str, key: str) -> str:
    """The id of a hold: whose it is, and from which piece of work. The same piece gets the same id again."""
    return f"{appointment_id}.{blake2b(key.encode(), digest_size=8).hexdigest()}"


def appointment_of(booking_id: str) -> str:
    """The appointment that a hold, or the booking it became, belongs to."""
    return booking_id.partition(".")[0]


def live_holds(tx: Tx, tenant_id: str, ids: Collection[str], now: int) -> tuple[Hold, ...]:
    """What is being held with these people; `by` is the appointment it is for."""
    rows = seat_queries.held_seats(tx, tenant_id, sorted(ids), now) if ids else []
    buffers = _hold_buffers(tx, tenant_id)
    return tuple(_hold(row, buffers) for row in rows)


def _hold(row: Row, buffers: Callable[[str], tuple[int, int]]) -> Hold:
    by = appointment_of(row["booking_id"])
    times = row["start_minute"], row["end_minute"]
    return Hold(*times, by, row["release_at"], frozenset((row["interviewer_id"],)), *buffers(by))


def _hold_buffers(tx: Tx, tenant_id: str) -> Callable[[str], tuple[int, int]]:
    known: dict[str, tuple[int, int]] = {}

    def of(appointment_id: str) -> tuple[int, int]:
        if appointment_id not in known:
            row = tx.one(Appointment, tenant_id=tenant_id, id=appointment_id)
            known[appointment_id] = _of_plan(row["plan"]) if row else (0, 0)
        return known[appointment_id]

    return of


def taken_by(
    tx: Tx, tenant_id: str, candidate_id: str, now: int, moving: str = "", requester: str = ""
) -> tuple[Interval, ...]:
    """When a candidate is in something else: booked, or held for another appointment than `requester`."""
    if not candidate_id:
        return ()
    rows = guard.seats_between(tx, tenant_id, candidate_id, now // MINUTE, FAR, now, moving)
    mine = [
        r for r in rows if not (r["state"] == "held" and requester and appointment_of(r["booking_id"]) == requester)
    ]
    return tuple((r["start_minute"], r["end_minute"]) for r in mine)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A seat that somebody was given: when it is, and when they were given it (ms)."""

    who: str
    start: Minute
    at: int


def assigned(tx: Tx, tenant_id: str, ids: Collection[str], lo: Minute, hi: Minute, but: str = "") -> list[Assigned]:
    """The booked seats of these people that begin in [lo, hi), without those of the booking `but`."""
    if not ids:
        return []
    rows = seat_queries.booked_seats(tx, tenant_id, sorted(ids), lo, hi, but, CANDIDATE)
    return [Assigned(r["interviewer_id"], r["start_minute"], r["created_at"]) for r in rows]
