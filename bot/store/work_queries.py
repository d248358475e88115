"""The questions about work that waits: what is to be done next, and how long the queue is."""

from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select

from bot.store.rows import Work
from bot.store.store import Row, Tx, table

READINGS = ("Assess", "ReadAhead")
LISTENING = "Transcribe"


def open_work(tx: Tx, now: int, limit: int) -> list[Row]:
    """Work to be done at the instant `now`: first what somebody in a conversation waits for, then what comes to a person,
    answers to be read ahead last. What is `running` and not done by this process was interrupted: it is begun again.

    Recordings to be listened to are counted apart, so that two hundred of them at a deadline keep nothing else away.
    """
    t = table(Work)
    rank = case((t.c.step != "", 0), (t.c.kind == "ReadAhead", 2), else_=1)
    due = (t.c.state == "running") | ((t.c.state == "pending") & (t.c.due_at <= bindparam("now")))
    found: list[Row] = []
    for which in (t.c.kind != LISTENING, t.c.kind == LISTENING):
        query = select(t).where(due, which).order_by(rank, t.c.due_at, t.c.id).limit(limit)
        found += tx.query(query, {"now": now})
    return found


def waiting(tx: Tx) -> dict[str, int]:
    """Kind of reading -> how many of it are waiting or under way."""
    t = table(Work)
    open_ = t.c.state.in_(("pending", "running")) & t.c.kind.in_(READINGS)
    rows = tx.query(select(t.c.kind, func.count().label("n")).where(open_).group_by(t.c.kind))
    return dict.fromkeys(READINGS, 0) | {r["kind"]: r["n"] for r in rows}


def ahead_of(tx: Tx, work: Row) -> int:
    """How many interviews are to be read before this one, of any tenant: only their number is told."""
    t = table(Work)
    earlier = or_(t.c.due_at < bindparam("due"), and_(t.c.due_at == bindparam("due"), t.c.id < bindparam("id")))
    mine = (t.c.kind == "Assess") & ((t.c.state == "running") | ((t.c.state == "pending") & earlier))
    query = select(func.count().label("n")).where(mine, t.c.id != bindparam("id"))
    values: dict[str, Any] = {"due": work["due_at"], "id": work["id"]}
    return tx.query(query, values)[0]["n"]


def next_readings(tx: Tx, limit: int) -> list[Row]:
    """The interviews that are read next, the first of the queue first."""
    t = table(Work)
    mine = (t.c.kind == "Assess") & (t.c.state == "pending")
    return tx.query(select(t).where(mine).order_by(t.c.due_at, t.c.id).limit(limit))
