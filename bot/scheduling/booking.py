"""The work that changes an appointment: hold, book, let go, cancel. Each change is one unit with the booking guard.

A piece of work that is done twice (a crash between the change and its result) finds what the first time left, by the
work's own id. Nobody is told here: that is `appointments.announce`, in the scene that hears what came of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import orjson

from bot.keyring import Keyring
from bot.scheduling import appointments, finding, slotting, telling
from bot.scheduling.availability import Availability, Seeker
from bot.scheduling.choosing import Why
from bot.scheduling.plans import Plan
from bot.scheduling.roster import MINUTE, appointment_of, hold_id
from bot.settings import Settings
from bot.store import guard
from bot.store.guard import Booked, Lapsed, Seat, Taken
from bot.store.rows import Appointment, Booking, FactRow
from bot.store.store import Conflict, Row, Store, Tx
from bot.work.job import Job
from calendar_sync import when
from calendar_sync.zones import ConfigProblem
from flows.requests import Unavailable, decode_request, encode_result
from flows.scheduling import (
    BookSlot,
    CancelBooking,
    Cancelled,
    HoldSlot,
    LetGo,
    Released,
    SlotBooked,
    SlotGone,
    SlotHeld,
    TooLate,
)
from flows.words import finding_en as words

HOLD_MS = 5 * MINUTE
TRIES = 4  # each with other people, where somebody of a pool was taken in the same moment
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Do:
    """One piece of work in its unit: `zone` is that of whoever reads the result."""

    row: Row
    job: Job
    now: int
    seeker: Seeker

    @property
    def work(self) -> str:
        return self.job.row["id"]


class Booker:
    """The workers for the requests of `flows.scheduling` that change something."""

    def __init__(self, store: Store, keys: Keyring, availability: Availability, settings: Settings) -> None:
        self._store, self._keys, self._availability, self._settings = store, keys, availability, settings

    def workers(self) -> dict[str, Callable[[Job, int], Awaitable[dict[str, Any]]]]:
        """Kind of work -> worker."""
        return {"HoldSlot": self.hold, "BookSlot": self.book, "LetGo": self.let_go, "CancelBooking": self.cancel}

    async def _unit(self, unit: Callable[[Tx], T]) -> T:
        """One unit, again where somebody changed the appointment in the same moment. Raises Conflict in the end."""
        for n in range(TRIES):
            try:
                return await self._store.commit(unit)
            except Conflict:
                if n == TRIES - 1:
                    raise
        raise AssertionError("the last try returns or raises")

    def _do(self, tx: Tx, job: Job, appointment: str, now: int, zone: str = "") -> _Do | None:
        """None for an appointment that is none of this conversation's."""
        row = tx.one(Appointment, tenant_id=job.row["tenant_id"], id=appointment)
        if row is None or row["interview_id"] != job.row["interview_id"]:
            return None
        there = zone or row["zone"] or self._settings.time_zone
        return _Do(row, job, now, slotting.seeker_of(row, there))

    # -- hold -----------------------------------------------------------------------------------------------

    async def hold(self, job: Job, now: int) -> dict[str, Any]:
        """HoldSlot: keep a slot for five minutes, and give back what the appointment held before."""
        request = cast("HoldSlot", decode_request(job.request))
        name = hold_id(request.appointment, job.row["id"])
        about = job.row["tenant_id"], job.row["interview_id"], request.appointment
        earlier = await self._store.read(lambda tx: held(tx, *about, but=name))
        for one in earlier:
            await self._store.commit(lambda tx, one=one: guard.release(tx, job.row["tenant_id"], one, now))
        for n in range(TRIES):
            got = await self._unit(lambda tx, n=n: self._hold(tx, job, request, name, now, n))
            if got is not None:
                return encode_result(got)
        return encode_result(SlotGone())

    def _hold(
        self, tx: Tx, job: Job, request: HoldSlot, name: str, now: int, n: int
    ) -> SlotHeld | SlotGone | Unavailable | None:
        """None: somebody who was picked is taken, so pick again."""
        do, slot = self._do(tx, job, request.appointment, now, request.zone), slotting.slot_of(request.slot)
        if do is None or slot is None or do.row["state"] not in appointments.LIVE:
            return SlotGone()
        row, seeker, tenant = do.row, do.seeker, job.row["tenant_id"]
        if (known := tx.one(Booking, tenant_id=tenant, id=name)) is not None:  # this work was done already
            return self._kept(tx, do, name, known["release_at"]) if known["state"] == "held" else SlotGone()
        if telling.late(row, seeker.plan, now):
            return Unavailable("too_late")
        try:
            chosen = slotting.choose(self._availability, tx, seeker, slot, now)
        except ConfigProblem:
            chosen = None
        if chosen is None:
            return SlotGone()
        ask = self._ask(do, name, chosen[0], f"{do.work}.{n}")
        answer = guard.hold(tx, ask, now + HOLD_MS, seeker.moving)
        if isinstance(answer, Taken):
            return None
        if isinstance(answer, Lapsed):
            return SlotGone()
        _note(tx, do, f"fh_{name}", "slot_held", hold=name, why=chosen[1])
        return self._kept(tx, do, name, answer.release_at)

    def _ask(self, do: _Do, name: str, seats: tuple[Seat, ...], key: str) -> guard.Ask:
        row = do.row
        return guard.Ask(row["tenant_id"], name, row["interview_id"], seats, do.now, self._check(do, seats), key)

    def _check(self, do: _Do, seats: tuple[Seat, ...]) -> guard.Check:
        def still_fits(tx: Tx) -> str | None:
            return slotting.fits(self._availability, tx, do.seeker, seats, do.now)

        return still_fits

    def _kept(self, tx: Tx, do: _Do, name: str, until: int) -> SlotHeld:
        seats = guard.seats_of(tx, do.row["tenant_id"], name)
        said = self._said(tx, do, seats)
        return SlotHeld(name, until, said[0], said[1])

    def _said(self, tx: Tx, do: _Do, seats: tuple[Seat, ...]) -> tuple[str, tuple[telling.Part, ...]]:
        """(when, parts), as the candidate reads them."""
        there = do.seeker.zone
        span = min(s.start for s in seats), max(s.end for s in seats)
        parts = telling.parts(tx, self._keys, do.row, do.seeker.plan, seats, there, do.now, do.row["candidate_id"])
        return when.spoken_range(*span, there, do.now), parts

    # -- book -----------------------------------------------------------------------------------------------

    async def book(self, job: Job, now: int) -> dict[str, Any]:
        """BookSlot: make a hold the booking, or move the booking to it. One that ran out is chosen anew."""
        request = cast("BookSlot", decode_request(job.request))
        got = await self._unit(lambda tx: self._book(tx, job, request, now))
        for n in range(TRIES):
            if got is not None:
                break
            got = await self._unit(lambda tx, n=n: self._book_anew(tx, job, request, now, n))
        return encode_result(got or SlotGone())

    def _book(self, tx: Tx, job: Job, request: BookSlot, now: int) -> SlotBooked | SlotGone | None:
        """None: the hold ran out and its seats are gone, but others may sit there."""
        found = self._bookable(tx, job, request, now)
        if not isinstance(found, tuple):
            return found
        do, held = found
        tenant, seats = job.row["tenant_id"], guard.seats_of(tx, job.row["tenant_id"], held["id"])
        if held["state"] not in ("held", "booked", "merged"):
            return SlotGone()
        # A move is looked at again even while its hold lives; the minutes that passed since must not make it too soon.
        plan = replace(do.seeker.plan, notice=max(0, do.seeker.plan.notice - HOLD_MS // MINUTE))
        promised = replace(do, seeker=replace(do.seeker, plan=plan))
        answer = guard.confirm(tx, tenant, held["id"], now, self._check(promised, seats), do.work)
        if isinstance(answer, Taken):
            return None
        if isinstance(answer, Lapsed):
            return SlotGone()
        noted = tx.one(FactRow, tenant_id=tenant, id=f"fh_{held['id']}")
        return self._booked(tx, do, answer, orjson.loads(noted["data"])["why"] if noted else [])

    def _bookable(self, tx: Tx, job: Job, request: BookSlot, now: int) -> tuple[_Do, Row] | SlotBooked | SlotGone:
        """The appointment and its hold; or what a first time of this work has left; or that it can't be any more."""
        do = self._do(tx, job, request.appointment, now)
        if do is None or appointment_of(request.hold) != do.row["id"]:
            return SlotGone()
        if (done := tx.one(FactRow, tenant_id=do.row["tenant_id"], id=f"fb_{do.work}")) is not None:
            return self._now_booked(tx, do, do.row, orjson.loads(done["data"])["moved"])
        held = tx.one(Booking, tenant_id=do.row["tenant_id"], id=request.hold)
        if held is None or do.row["state"] not in appointments.LIVE:
            return SlotGone()
        if do.row["booking_id"] in (held["id"], held["instead_of"]) or do.row["state"] == "open":
            return do, held
        return SlotGone()  # it was booked elsewhere meanwhile

    def _book_anew(self, tx: Tx, job: Job, request: BookSlot, now: int, n: int) -> SlotBooked | SlotGone | None:
        found = self._bookable(tx, job, request, now)
        if not isinstance(found, tuple):
            return found
        do, held = found
        slot = _slot_of(do.seeker.plan, guard.seats_of(tx, job.row["tenant_id"], held["id"]))
        chosen = slotting.choose(self._availability, tx, do.seeker, slot, now) if slot else None
        if chosen is None:
            return SlotGone()
        key = f"{do.work}.{n}"
        if do.seeker.moving:
            answer = guard.reschedule(tx, self._ask(do, do.seeker.moving, chosen[0], key))
        else:
            answer = guard.book(tx, self._ask(do, hold_id(do.row["id"], key), chosen[0], key))
        if isinstance(answer, Taken):
            return None
        return SlotGone() if isinstance(answer, Lapsed) else self._booked(tx, do, answer, chosen[1])

    def _booked(self, tx: Tx, do: _Do, booked: Booked, why: list[Why]) -> SlotBooked:
        """Write what the guard has booked into the appointment. Raises Conflict where it was changed meanwhile."""
        row, seats = do.row, guard.seats_of(tx, do.row["tenant_id"], booked.id)
        lo, hi = min(s.start for s in seats), max(s.end for s in seats)
        if (row["state"], row["booking_id"], row["start_minute"], row["end_minute"]) == ("booked", booked.id, lo, hi):
            return self._now_booked(tx, do, row, moved=False)  # confirmed twice
        values: Row = {"state": "booked", "booking_id": booked.id, "start_minute": lo, "end_minute": hi}
        values |= {"version": max(row["version"] + 1, booked.version), "why": orjson.dumps(why).decode()}
        values |= {"attendance": "{}", "changed_at": do.now}
        change(tx, row, values)
        after = {**row, **values}
        moved = row["state"] == "booked"
        _note(tx, do, f"fb_{do.work}", telling.BOOKED, version=values["version"], why=why, moved=moved)
        return self._now_booked(tx, do, after, moved)

    def _now_booked(self, tx: Tx, do: _Do, row: Row, moved: bool) -> SlotBooked:
        if row["state"] != "booked":
            raise Conflict(row["id"])
        said = self._said(tx, do, guard.seats_of(tx, row["tenant_id"], row["booking_id"]))
        link = appointments.words_of(tx, self._keys, row)["link"]
        start, end = row["start_minute"] * MINUTE, row["end_minute"] * MINUTE
        return SlotBooked(row["version"], said[0], start, end, said[1], link, moved)

    # -- let go, cancel -----------------------------------------------------------------------------------------

    async def let_go(self, job: Job, now: int) -> dict[str, Any]:
        """LetGo: give a hold back; one that is gone already is fine."""
        request = cast("LetGo", decode_request(job.request))
        if appointment_of(request.hold) == request.appointment:
            await self._store.commit(lambda tx: guard.release(tx, job.row["tenant_id"], request.hold, now))
        return encode_result(Released())

    async def cancel(self, job: Job, now: int) -> dict[str, Any]:
        """CancelBooking, by whoever's conversation it is. Only for a candidate it can be too late."""
        request = cast("CancelBooking", decode_request(job.request))
        return encode_result(await self._unit(lambda tx: self._cancel(tx, job, request, now)))

    def _cancel(self, tx: Tx, job: Job, request: CancelBooking, now: int) -> Cancelled | TooLate | Unavailable:
        do = self._do(tx, job, request.appointment, now)
        if do is None:
            return Unavailable("no_appointment")
        row, by = do.row, finding.person_of(tx, job.row)
        at = "" if row["start_minute"] is None else self._span(do)
        if row["state"] == "cancelled":
            return Cancelled(at)
        late = telling.late(row, do.seeker.plan, now) if by == row["candidate_id"] else ""
        if late or row["state"] not in appointments.LIVE:
            return TooLate(late or (words.BEGUN if row["state"] == "began" else words.OVER))
        if row["state"] == "booked":
            guard.cancel(tx, row["tenant_id"], row["booking_id"], now)
        change(tx, row, {"state": "cancelled", "version": row["version"] + 1, "changed_at": now})
        _note(tx, do, f"fc_{do.work}", telling.CANCELLED, reason=request.reason)
        return Cancelled(at)

    def _span(self, do: _Do) -> str:
        return when.spoken_range(do.row["start_minute"], do.row["end_minute"], do.seeker.zone, do.now)


# -- rows -----------------------------------------------------------------------------------------------------------


def change(tx: Tx, row: Row, values: Row) -> None:
    """Change an appointment that is still as it was read. Raises Conflict, which takes the booking back as well."""
    where = {k: row[k] for k in ("tenant_id", "id", "version", "state")}
    if tx.change(Appointment, where, values) != 1:
        raise Conflict(row["id"])


def held(tx: Tx, tenant_id: str, interview_id: str, appointment: str, but: str = "") -> list[str]:
    """What an appointment holds besides `but`."""
    where = {"tenant_id": tenant_id, "interview_id": interview_id, "state": "held"}
    return [b["id"] for b in tx.find(Booking, where) if appointment_of(b["id"]) == appointment and b["id"] != but]


def _slot_of(plan: Plan, seats: tuple[Seat, ...]) -> slotting.Slot | None:
    """The slot that these seats were chosen for."""
    if plan.kind == "bot":
        return (seats[0].start,) if seats else None
    at = {seat.part: seat.start for seat in seats}
    return tuple(at[s.key] for s in plan.sessions) if all(s.key in at for s in plan.sessions) else None


def _note(tx: Tx, do: _Do, id: str, name: str, **data: Any) -> None:
    """A fact about the appointment: what was decided, why, and that this work is done."""
    row: Row = {"tenant_id": do.row["tenant_id"], "id": id, "interview_id": do.row["interview_id"], "name": name}
    row |= {"conversation_id": do.job.row["conversation_id"], "person_id": finding.person_of(tx, do.job.row)}
    tx.add(FactRow, {**row, "data": orjson.dumps({"appointment": do.row["id"], **data}).decode(), "at": do.now})
