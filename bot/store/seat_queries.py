"""The questions about interviewers and their seats that are more than "the rows that match"."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from bot.store.rows import Appointment, Booking, BookingSeat, CalendarAccount, Interviewer
from bot.store.store import Row, Tx, table


def interviewers_with_calendars(tx: Tx, tenant_id: str, ids: Sequence[str] | None) -> list[Row]:
    """A row for each calendar of each of these interviewers (None: of everybody with a profile), by their id.

    Rows: id, state, stamp, created_at; account ("" becomes None where there is no calendar), kind, news, synced_at.
    """

    def build() -> Any:
        i, a = table(Interviewer), table(CalendarAccount)
        news = (a.c.id.label("account"), a.c.kind, a.c.state.label("news"), a.c.synced_at)
        joined = select(i.c.id, i.c.state, i.c.stamp, i.c.created_at, *news).join(
            a, (a.c.tenant_id == i.c.tenant_id) & (a.c.interviewer_id == i.c.id), isouter=True
        )
        who = i.c.profile.is_not(None) if ids is None else i.c.id.in_(_names(ids))
        return joined.where(i.c.tenant_id == bindparam("tenant"), who).order_by(i.c.id)

    name = "all stamps" if ids is None else f"stamps of {len(ids)}"
    return tx.select(name, build, {**_named(ids or ()), "tenant": tenant_id})


def plans_of_bookings(tx: Tx, tenant_id: str, who: str, since: int) -> list[Row]:
    """(booking_id, plan) of the appointments in which somebody has a seat that ends after `since` (minutes)."""

    def build() -> Any:
        a, s = table(Appointment), table(BookingSeat)
        query = select(a.c.booking_id, a.c.plan).join(
            s, (s.c.tenant_id == a.c.tenant_id) & (s.c.booking_id == a.c.booking_id)
        )
        mine = (s.c.tenant_id == bindparam("tenant")) & (s.c.interviewer_id == bindparam("who"))
        return query.where(mine, s.c.end_minute > bindparam("since")).distinct()

    return tx.select("plans of bookings", build, {"tenant": tenant_id, "who": who, "since": since})


def held_seats(tx: Tx, tenant_id: str, ids: Sequence[str], now: int) -> list[Row]:
    """The seats of these people that are held at `now` (ms) and not over yet.

    Rows: interviewer_id, booking_id, start_minute, end_minute, release_at.
    """

    def build() -> Any:
        s, b = table(BookingSeat), table(Booking)
        columns = s.c.interviewer_id, s.c.booking_id, s.c.start_minute, s.c.end_minute, b.c.release_at
        query = select(*columns).join(b, (b.c.tenant_id == s.c.tenant_id) & (b.c.id == s.c.booking_id))
        live = (b.c.state == bindparam("held")) & (b.c.release_at > bindparam("now"))
        mine = (s.c.tenant_id == bindparam("tenant")) & s.c.interviewer_id.in_(_names(ids))
        return query.where(mine, s.c.end_minute > bindparam("since"), live)

    values = {**_named(ids), "tenant": tenant_id, "held": "held", "now": now, "since": now // 60_000}
    return tx.select(f"holds of {len(ids)}", build, values)


def booked_seats(
    tx: Tx, tenant_id: str, ids: Sequence[str], lo: int, hi: int, but_booking: str, but_part: str
) -> list[Row]:
    """The booked seats of these people that begin in [lo, hi) (minutes), without one booking and one part.

    Rows: interviewer_id, start_minute, created_at (ms, of the booking).
    """

    def build() -> Any:
        s, b = table(BookingSeat), table(Booking)
        query = select(s.c.interviewer_id, s.c.start_minute, b.c.created_at).join(
            b, (b.c.tenant_id == s.c.tenant_id) & (b.c.id == s.c.booking_id)
        )
        mine = (s.c.tenant_id == bindparam("tenant")) & s.c.interviewer_id.in_(_names(ids))
        when = (s.c.start_minute >= bindparam("lo")) & (s.c.start_minute < bindparam("hi"))
        meant = (b.c.state == bindparam("booked")) & (b.c.id != bindparam("booking")) & (s.c.part != bindparam("part"))
        return query.where(mine, when, meant)

    values = {**_named(ids), "tenant": tenant_id, "lo": lo, "hi": hi, "booked": "booked"}
    return tx.select(f"booked with {len(ids)}", build, {**values, "booking": but_booking, "part": but_part})


def _names(ids: Sequence[str]) -> list[Any]:
    return [bindparam(f"who{n}") for n in range(len(ids))]


def _named(ids: Sequence[str]) -> Row:
    return {f"who{n}": one for n, one in enumerate(ids)}
