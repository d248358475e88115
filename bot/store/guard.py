"""The booking guard: nobody is ever booked twice, on SQLite and PostgreSQL alike (slots.md, section 5).

Time is cut into cells of five minutes. A hold or booking owns every cell that its sessions touch, one row for each
interviewer and cell, and the primary key makes a second owner impossible. Cells cover the sessions only: the gaps
between them and the limits are the engine's business, which is asked again inside the transaction (`Check`).

All functions here work inside one unit of the store and answer with values. A refusal leaves no trace of the attempt;
an exception must leave the unit, so that the store takes everything back. Locks are always taken in the same order (key,
hold, booking, interviewers by id), so that two units cannot wait for each other; hence one call of these in a unit.
`now`, `release_at`: milliseconds since the epoch. `start`, `end`: minutes since the epoch. Everything in UTC.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from secrets import token_hex
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.rows import Booking, BookingSeat, BookingTap, BusyCell, Interviewer
from bot.store.tx import Row, Tx, table
from calendar_sync.intervals import Minute

CELL = 5
# Rows in one INSERT. Each number of rows is a statement of its own to compile and keep, so there is a most.
_CHUNK = 64

BUSY, UNKNOWN = "busy", "unknown"

Check = Callable[[Tx], str | None]
"""The engine's answer for exactly these seats, with what else is booked read from `Tx`: None, or why it does not fit.
It sees the others only: what is being replaced is already gone."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One interviewer in one session, [start, end). `part` says which session of a loop."""

    interviewer_id: str
    start: Minute
    end: Minute
    part: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants. `key`: the tap's own; a second tap with it gets the first answer ("" = not a tap).

    `seats` are everything or nothing: all people of a panel, all sessions of a loop.
    """

    tenant_id: str
    booking_id: str
    interview_id: str
    seats: tuple[Seat, ...]
    now: int
    still_fits: Check
    key: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The seats are kept until `release_at`; at that very instant they no longer are."""

    id: str
    release_at: int


@dataclass(frozen=True, slots=True)
class Booked:
    """The seats are booked. Every later change of the same booking has a higher version."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Freed:
    """The seats are given back: the hold was released, or the booking cancelled."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Nothing was done. `why`: "busy" or "unknown", then `who` are the interviewers; else what the engine said."""

    who: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """There is no such hold or booking any more: it was released or cancelled, or never existed."""

    id: str


Answer = Held | Booked | Freed | Taken | Lapsed
A = TypeVar("A", Held | Taken | Lapsed, Booked | Taken, Booked | Taken | Lapsed)
_ANSWERS: dict[str, type[Answer]] = {a.__name__: a for a in (Held, Booked, Freed, Taken, Lapsed)}


class _Refused(Exception):
    def __init__(self, answer: Taken) -> None:
        super().__init__(answer)
        self.answer = answer


# -- the verbs --------------------------------------------------------------------------------------


def hold(tx: Tx, ask: Ask, release_at: int, instead_of: str = "") -> Held | Taken | Lapsed:
    """Keep the seats until `release_at`, under the new id `ask.booking_id`.

    With `instead_of`, a booking that this hold is to replace: its own time counts as free, and confirming the hold
    moves it. `Lapsed`: that booking is gone. Raises ValueError for a hold that ends before it begins.
    """
    if release_at <= ask.now:
        raise ValueError("a hold must end after it begins")

    def answer() -> Held | Taken | Lapsed:
        if instead_of and not _is_booked(_locked(tx, ask.tenant_id, instead_of)):
            return Lapsed(instead_of)
        if refused := _take(tx, ask, release_at, beside=instead_of):
            return refused
        _open(tx, ask, "held", release_at, instead_of)
        return Held(ask.booking_id, release_at)

    return _once(tx, "hold", ask.tenant_id, ask.key, ask.now, answer)


def book(tx: Tx, ask: Ask) -> Booked | Taken:
    """Book the seats at once, without a hold, under the new id `ask.booking_id`."""

    def answer() -> Booked | Taken:
        if refused := _take(tx, ask, None):
            return refused
        _open(tx, ask, "booked", None, "")
        return Booked(ask.booking_id, 1)

    return _once(tx, "book", ask.tenant_id, ask.key, ask.now, answer)


def confirm(
    tx: Tx, tenant_id: str, hold_id: str, now: int, still_fits: Check, key: str = ""
) -> Booked | Taken | Lapsed:
    """Make a hold a booking. One that ran out is taken anew when its time is still free, else `Taken`.

    `still_fits` is asked where time is taken anew; a live hold is a promise. A hold that replaces a booking moves it:
    then the answer is about that booking, with its new version.
    """

    def answer() -> Booked | Taken | Lapsed:
        row = _locked(tx, tenant_id, hold_id)
        if row is None or row["state"] not in ("held", "booked", "merged"):
            return Lapsed(hold_id)
        if row["state"] == "booked":
            return Booked(hold_id, row["version"])
        ask = Ask(tenant_id, hold_id, row["interview_id"], seats_of(tx, tenant_id, hold_id), now, still_fits)
        return _merge(tx, row, ask) if row["instead_of"] else _book_hold(tx, row, ask)

    return _once(tx, "confirm", tenant_id, key, now, answer)


def reschedule(tx: Tx, ask: Ask) -> Booked | Taken | Lapsed:
    """Move the booking `ask.booking_id` to other seats; its own time is free for it. Refused, it stays where it was."""

    def answer() -> Booked | Taken | Lapsed:
        row = _locked(tx, ask.tenant_id, ask.booking_id)
        if row is None or not _is_booked(row):
            return Lapsed(ask.booking_id)
        return _move(tx, row, ask, drop=(ask.booking_id,))

    return _once(tx, "reschedule", ask.tenant_id, ask.key, ask.now, answer)


def release(tx: Tx, tenant_id: str, hold_id: str, now: int) -> Freed | Lapsed:
    """Give a hold back; again, and it is the same answer. A booking is not a hold: `Lapsed`."""
    return _free(tx, tenant_id, hold_id, now, "held", "released")


def lapse(tx: Tx, tenant_id: str, hold_id: str, now: int) -> None:
    """Let a hold run out now. Unlike one that was released it can still be confirmed: then the engine is asked again."""
    row = _locked(tx, tenant_id, hold_id)
    if row is not None and row["state"] == "held" and row["release_at"] > now:
        tx.change(BusyCell, {"tenant_id": tenant_id, "owner": hold_id}, {"release_at": now})
        tx.change(Booking, {"tenant_id": tenant_id, "id": hold_id}, {"release_at": now, "changed_at": now})


def cancel(tx: Tx, tenant_id: str, booking_id: str, now: int) -> Freed | Lapsed:
    """Cancel a booking; again, and it is the same answer. A hold is not a booking: `Lapsed`."""
    return _free(tx, tenant_id, booking_id, now, "booked", "cancelled")


def sweep(tx: Tx, tenant_id: str, now: int) -> int:
    """Remove the cells of holds that ran out; how many. Nothing depends on it: it only keeps the table small."""
    t = table(BusyCell)
    gone = (t.c.tenant_id == tenant_id) & (t.c.release_at <= now)
    who = {r["interviewer_id"] for r in tx.query(select(t.c.interviewer_id).where(gone).distinct())}
    if not who:
        return 0
    _lock_people(tx, tenant_id, who)
    return tx.execute(delete(t).where(gone, t.c.interviewer_id.in_(sorted(who))))


# -- what is booked ---------------------------------------------------------------------------------


def seats_of(tx: Tx, tenant_id: str, booking_id: str) -> tuple[Seat, ...]:
    """The seats of a hold or booking, in the order in which they were asked for."""
    rows = tx.find(BookingSeat, {"tenant_id": tenant_id, "booking_id": booking_id}, "n")
    return tuple(Seat(r["interviewer_id"], r["start_minute"], r["end_minute"], r["part"]) for r in rows)


def seats_between(tx: Tx, tenant_id: str, who: str, lo: Minute, hi: Minute, now: int, but: str = "") -> list[Row]:
    """Seats of one interviewer that touch [lo, hi): booked, or held at `now`. For `Check`, and for showing times.

    Rows: booking_id, interview_id, state, part, start_minute, end_minute. `but`: a booking that does not count, since
    it is about to be replaced.
    """

    def build() -> Any:
        s, b = table(BookingSeat), table(Booking)
        live = or_(
            b.c.state == bindparam("booked"), (b.c.state == bindparam("held")) & (b.c.release_at > bindparam("now"))
        )
        columns = s.c.booking_id, b.c.interview_id, b.c.state, s.c.part, s.c.start_minute, s.c.end_minute
        query = select(*columns).join(b, (b.c.tenant_id == s.c.tenant_id) & (b.c.id == s.c.booking_id))
        mine = (s.c.tenant_id == bindparam("tenant")) & (s.c.interviewer_id == bindparam("who"))
        touches = (s.c.start_minute < bindparam("hi")) & (s.c.end_minute > bindparam("lo"))
        return query.where(mine, touches, live, b.c.id != bindparam("but")).order_by(s.c.start_minute, s.c.booking_id)

    values = {"tenant": tenant_id, "who": who, "lo": lo, "hi": hi, "now": now, "but": but}
    return tx.select("seats between", build, {**values, "booked": "booked", "held": "held"})


def cells_of(seats: Iterable[Seat]) -> list[tuple[str, int]]:
    """(interviewer, cell) of all seats, sorted, cells rounded outwards. Raises ValueError for what cannot be booked."""
    found: set[tuple[str, int]] = set()
    for seat in seats:
        if seat.end <= seat.start:
            raise ValueError(f"a session must end after it begins: {seat.start} to {seat.end}")
        own = {(seat.interviewer_id, cell) for cell in range(seat.start // CELL, -(-seat.end // CELL))}
        if found & own:
            raise ValueError(f"two sessions of {seat.interviewer_id} are at the same time, or share a cell")
        found |= own
    if not found:
        raise ValueError("there is nothing to book")
    return sorted(found)


# -- one attempt ------------------------------------------------------------------------------------


def _take(tx: Tx, ask: Ask, release_at: int | None, drop: tuple[str, ...] = (), beside: str = "") -> Taken | None:
    """Take all cells of `ask`, in place of those of `drop`. The cells of `beside` stay its own and count as ours."""
    wanted = cells_of(ask.seats)
    tenant_id, who = ask.tenant_id, {s.interviewer_id for s in ask.seats}
    others = {s.interviewer_id for owner in drop for s in seats_of(tx, tenant_id, owner)}
    known = _lock_people(tx, tenant_id, who | others)
    if who - known:
        return Taken(tuple(sorted(who - known)), UNKNOWN)
    try:
        with _all_or_nothing(tx):
            for owner in drop:
                tx.delete(BusyCell, {"tenant_id": tenant_id, "owner": owner})
                tx.delete(BookingSeat, {"tenant_id": tenant_id, "booking_id": owner})
            _drop_expired(tx, tenant_id, who, wanted, ask.now)
            if reason := ask.still_fits(tx):
                raise _Refused(Taken((), reason))
            _insert(tx, ask, release_at, wanted, _own_cells(tx, tenant_id, beside) if beside else set())
            if release_at is None:
                _stamp(tx, tenant_id, who | others)
    except _Refused as refused:
        return refused.answer
    return None


def _insert(
    tx: Tx, ask: Ask, release_at: int | None, wanted: list[tuple[str, int]], ours: set[tuple[str, int]]
) -> None:
    fresh = [c for c in wanted if c not in ours]
    got: set[tuple[str, int]] = set()
    for at in range(0, len(fresh), _CHUNK):
        got |= _insert_cells(tx, ask, release_at, fresh[at : at + _CHUNK])
    if len(got) != len(fresh):
        raise _Refused(Taken(tuple(sorted({who for who, _ in set(fresh) - got})), BUSY))
    place = {"tenant_id": ask.tenant_id, "booking_id": ask.booking_id}
    seats = [
        {
            **place,
            "n": n,
            "interviewer_id": s.interviewer_id,
            "part": s.part,
            "start_minute": s.start,
            "end_minute": s.end,
        }
        for n, s in enumerate(ask.seats)
    ]
    tx.insert(BookingSeat, seats)


def _insert_cells(tx: Tx, ask: Ask, release_at: int | None, cells: list[tuple[str, int]]) -> set[tuple[str, int]]:
    """One INSERT of many rows, skipping those that somebody owns; the cells that are ours now."""

    def build() -> Any:
        insert = sqlite.insert if tx.conn.dialect.name == "sqlite" else postgresql.insert
        same: Row = {
            "tenant_id": bindparam("tenant"),
            "owner": bindparam("owner"),
            "release_at": bindparam("release_at"),
        }
        rows: list[Row] = [
            {**same, "interviewer_id": bindparam(f"who{n}"), "cell": bindparam(f"cell{n}")} for n in range(len(cells))
        ]
        t = table(BusyCell)
        return insert(t).values(rows).on_conflict_do_nothing().returning(t.c.interviewer_id, t.c.cell)

    values: Row = {"tenant": ask.tenant_id, "owner": ask.booking_id, "release_at": release_at}
    for n, (who, cell) in enumerate(cells):
        values |= {f"who{n}": who, f"cell{n}": cell}
    rows = tx.select(f"take {len(cells)} cells", build, values)
    return {(r["interviewer_id"], r["cell"]) for r in rows}


def _drop_expired(tx: Tx, tenant_id: str, who: set[str], wanted: list[tuple[str, int]], now: int) -> None:
    t = table(BusyCell)
    lo, hi = min(cell for _, cell in wanted), max(cell for _, cell in wanted)
    near = (t.c.tenant_id == tenant_id) & t.c.interviewer_id.in_(sorted(who)) & t.c.cell.between(lo, hi)
    tx.execute(delete(t).where(near, t.c.release_at <= now))


def _own_cells(tx: Tx, tenant_id: str, owner: str) -> set[tuple[str, int]]:
    rows = tx.find(BusyCell, {"tenant_id": tenant_id, "owner": owner})
    return {(r["interviewer_id"], r["cell"]) for r in rows}


@contextmanager
def _all_or_nothing(tx: Tx) -> Generator[None]:
    """Takes a refusal back and nothing else of the unit, which may have more to write, such as the reply."""
    tx.conn.exec_driver_sql("SAVEPOINT booking")
    try:
        yield
    except _Refused:
        tx.conn.exec_driver_sql("ROLLBACK TO SAVEPOINT booking")
        tx.conn.exec_driver_sql("RELEASE SAVEPOINT booking")
        raise
    tx.conn.exec_driver_sql("RELEASE SAVEPOINT booking")


# -- locks ------------------------------------------------------------------------------------------


def _lock_people(tx: Tx, tenant_id: str, who: set[str]) -> set[str]:
    """Wait for everybody else who books one of these interviewers; those who exist. SQLite has one writer anyway."""

    def build() -> Any:
        t = table(Interviewer)
        people = t.c.id.in_([bindparam(f"who{n}") for n in range(len(who))])
        return select(t.c.id).where(t.c.tenant_id == bindparam("tenant"), people).order_by(t.c.id).with_for_update()

    values = {f"who{n}": one for n, one in enumerate(sorted(who))}
    rows = tx.select(f"lock {len(who)} interviewers", build, {**values, "tenant": tenant_id})
    return {r["id"] for r in rows}


def _stamp(tx: Tx, tenant_id: str, who: set[str]) -> None:
    """What anybody keeps about these people's bookings is old from now on. Random, since a number that is taken back
    with its unit would come again and mean something else."""
    for person in sorted(who):
        tx.change(Interviewer, {"tenant_id": tenant_id, "id": person}, {"stamp": token_hex(8)})


def _locked(tx: Tx, tenant_id: str, booking_id: str) -> Row | None:
    """A hold or booking, which nobody else changes from now on."""

    def build() -> Any:
        t = table(Booking)
        return select(t).where(t.c.tenant_id == bindparam("tenant"), t.c.id == bindparam("id")).with_for_update()

    found = tx.select("lock a booking", build, {"tenant": tenant_id, "id": booking_id})
    return found[0] if found else None


def _once(tx: Tx, verb: str, tenant_id: str, key: str, now: int, answer: Callable[[], A]) -> A:
    """The answer; the first one where the same tap has come before. A tap of the same moment waits for the first."""
    if not key:
        return answer()
    place = {"tenant_id": tenant_id, "verb": verb, "key": key}
    if tx.add(BookingTap, {**place, "answer": "", "at": now}):
        given = answer()
        tx.change(BookingTap, place, {"answer": orjson.dumps([type(given).__name__, asdict(given)]).decode()})
        return given
    name, fields = orjson.loads(tx.find(BookingTap, place)[0]["answer"])
    if "who" in fields:
        fields["who"] = tuple(fields["who"])
    return cast("A", _ANSWERS[name](**fields))


# -- the life of a hold or booking ------------------------------------------------------------------


def _open(tx: Tx, ask: Ask, state: str, release_at: int | None, instead_of: str) -> None:
    names = {"tenant_id": ask.tenant_id, "id": ask.booking_id, "interview_id": ask.interview_id, "state": state}
    times = {"release_at": release_at, "created_at": ask.now, "changed_at": ask.now}
    tx.insert(Booking, {**names, "instead_of": instead_of, "version": int(state == "booked"), **times})


def _booked_now(tx: Tx, row: Row, now: int) -> Booked:
    """Note that `row` is booked, for the first time or at other seats."""
    booked = Booked(row["id"], row["version"] + 1)
    where = {"tenant_id": row["tenant_id"], "id": row["id"]}
    tx.change(Booking, where, {"state": "booked", "version": booked.version, "release_at": None, "changed_at": now})
    return booked


def _book_hold(tx: Tx, row: Row, ask: Ask) -> Booked | Taken:
    """The seats of a live hold become booked as they are; those of one that ran out are taken anew."""
    _lock_people(tx, ask.tenant_id, {s.interviewer_id for s in ask.seats})
    # Not by the clock alone: that of another process may be ahead, and it has dropped what was expired there.
    whole = _own_cells(tx, ask.tenant_id, ask.booking_id) == set(cells_of(ask.seats))
    if whole and row["release_at"] > ask.now:
        tx.change(BusyCell, {"tenant_id": ask.tenant_id, "owner": ask.booking_id}, {"release_at": None})
        _stamp(tx, ask.tenant_id, {s.interviewer_id for s in ask.seats})
    elif refused := _take(tx, ask, None, drop=(ask.booking_id,)):
        return refused
    return _booked_now(tx, row, ask.now)


def _move(tx: Tx, row: Row, ask: Ask, drop: tuple[str, ...]) -> Booked | Taken:
    """The booking `row` takes the seats of `ask`; the cells and seats of `drop` go in the same step."""
    return _take(tx, ask, None, drop) or _booked_now(tx, row, ask.now)


def _merge(tx: Tx, row: Row, ask: Ask) -> Booked | Taken | Lapsed:
    """The booking that the hold `row` is to replace takes its seats. Confirmed again: where that booking is now."""
    target = _locked(tx, ask.tenant_id, row["instead_of"])
    if target is None or not _is_booked(target):
        return Lapsed(row["instead_of"])
    if row["state"] == "merged":
        return Booked(target["id"], target["version"])
    moved = _move(tx, target, replace(ask, booking_id=target["id"]), drop=(target["id"], row["id"]))
    if isinstance(moved, Booked):
        where = {"tenant_id": ask.tenant_id, "id": row["id"]}
        tx.change(Booking, where, {"state": "merged", "release_at": None, "changed_at": ask.now})
    return moved


def _is_booked(row: Row | None) -> bool:
    return row is not None and row["state"] == "booked"


def _free(tx: Tx, tenant_id: str, booking_id: str, now: int, state: str, freed: str) -> Freed | Lapsed:
    row = _locked(tx, tenant_id, booking_id)
    if row is None or row["state"] not in (state, freed):
        return Lapsed(booking_id)
    if row["state"] == freed:
        return Freed(booking_id, row["version"])
    who = {s.interviewer_id for s in seats_of(tx, tenant_id, booking_id)}
    _lock_people(tx, tenant_id, who)
    _stamp(tx, tenant_id, who)
    tx.delete(BusyCell, {"tenant_id": tenant_id, "owner": booking_id})
    version = row["version"] + 1
    values = {"state": freed, "version": version, "release_at": None, "changed_at": now}
    tx.change(Booking, {"tenant_id": tenant_id, "id": booking_id}, values)
    return Freed(booking_id, version)
