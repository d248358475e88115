"""Which recordings are to be forgotten, and when: what can't be asked for by equality."""

from typing import Any

from sqlalchemy import bindparam, select

from bot.store.rows import Interview, Recording
from bot.store.store import Row, Tx, table

_CLOSED = ("declined", "decided", "withdrawn", "expired")  # how an interview is over
_THERE = ("coming", "kept", "heard", "unheard")  # states of a recording whose bytes are, or may be, there


def _answers(closed: bool, timed: bool) -> Any:
    r, i = table(Recording), table(Interview)
    both = r.join(i, (i.c.tenant_id == r.c.tenant_id) & (i.c.id == r.c.interview_id))
    over = i.c.status.in_(_CLOSED) if closed else i.c.status.not_in(_CLOSED)
    known = r.c.forget_at.is_not(None) if timed else r.c.forget_at.is_(None)
    return select(r).select_from(both).where(r.c.purpose == "answer", r.c.state.in_(_THERE), over, known)


def without_an_end(tx: Tx) -> list[Row]:
    """Recordings of interviews that are over, for which it isn't known yet until when they are kept."""
    return tx.query(_answers(closed=True, timed=False))


def wanted_again(tx: Tx) -> list[Row]:
    """Recordings that were to be forgotten, of interviews that go on after all."""
    return tx.query(_answers(closed=False, timed=True))


def kept(tx: Tx) -> set[str]:
    """The names of everything in the media store that a recording has."""
    r = table(Recording)
    rows = tx.query(select(r.c.blob, r.c.picture).where((r.c.blob != "") | (r.c.picture != "")))
    return {name for row in rows for name in (row["blob"], row["picture"]) if name}


def due(tx: Tx, now: int) -> list[Row]:
    """Recordings whose time is up at `now` (ms): answers, and what was left of a practice or a check."""
    r = table(Recording)
    up = select(r).where(r.c.state.in_(_THERE), r.c.forget_at <= bindparam("now"))
    return tx.query(up.order_by(r.c.forget_at, r.c.id), {"now": now})
