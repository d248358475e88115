"""The questions about connected calendars that are more than "the rows that match"."""

from sqlalchemy import bindparam, func, select, update

from bot.store.rows import CalendarAccount
from bot.store.store import Row, Tx, table


def due_accounts(tx: Tx, now: int, limit: int) -> list[Row]:
    """Calendars that are to be read at the instant `now`, the longest due first."""
    t = table(CalendarAccount)
    return tx.query(
        select(t).where(t.c.due_at <= bindparam("now")).order_by(t.c.due_at, t.c.id).limit(limit), {"now": now}
    )


def all_due(tx: Tx, now: int) -> int:
    """Nothing was heard while Parley was away: every calendar is due now. How many there are."""
    t = table(CalendarAccount)
    tx.execute(update(t).where(t.c.due_at > bindparam("now")).values(due_at=bindparam("now")), {"now": now})
    return int(tx.query(select(func.count().label("n")).select_from(t))[0]["n"])
