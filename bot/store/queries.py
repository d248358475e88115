"""The questions to the database that are more than "the rows that match"."""

from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select, update

from bot.store.rows import Conversation, Inbox, Outbox, Timer
from bot.store.store import Row, Tx, table


def lanes_with_mail(tx: Tx) -> list[str]:
    """Lanes that hold something undelivered."""
    t = table(Outbox)
    rows = tx.query(select(t.c.lane).where(t.c.state.in_(["pending", "sending"])).distinct())
    return [r["lane"] for r in rows]


def undelivered(tx: Tx, lane: str, limit: int) -> list[Row]:
    """The lowest undelivered rows of a lane, in order."""

    def build() -> Any:
        t = table(Outbox)
        left = or_(t.c.state == literal_column("'pending'"), t.c.state == literal_column("'sending'"))
        query = select(t).where(t.c.lane == bindparam("lane"), left).order_by(t.c.seq)
        return query.limit(literal_column(str(limit))).offset(literal_column("0"))

    return tx.select(f"undelivered {limit}", build, {"lane": lane})


def chats_with_letters(tx: Tx) -> list[str]:
    """Chats that internal mail waits for."""
    t = table(Inbox)
    return [r["thread_id"] for r in tx.query(select(t.c.thread_id).where(t.c.state == "pending").distinct())]


def due_timers(tx: Tx, now: int, limit: int) -> list[Row]:
    """Timers that are due at the instant `now`, the earliest first."""
    t = table(Timer)
    return tx.query(select(t).where(t.c.due_at <= bindparam("now")).order_by(t.c.due_at).limit(limit), {"now": now})


def grant_grace(tx: Tx, now: int, until: int) -> int:
    """Move overdue timers about a person's silence to the instant `until`; how many there were."""
    t = table(Timer)
    silence = t.c.about.in_(["quiet", "nudge", "park"])
    return tx.execute(update(t).where(t.c.due_at <= bindparam("now"), silence).values(due_at=until), {"now": now})


def next_timer(tx: Tx) -> Row | None:
    """The timer that is due next."""
    t = table(Timer)
    found = tx.query(select(t).order_by(t.c.due_at).limit(1))
    return found[0] if found else None


def question_message(tx: Tx, conversation: Row) -> str | None:
    """The newest message that asked a conversation's open question."""

    def build() -> Any:
        t = table(Outbox)
        query = select(t.c.id).where(
            t.c.tenant_id == bindparam("tenant"),
            t.c.thread_id == bindparam("thread"),
            t.c.conversation_id == bindparam("conversation"),
            t.c.token == bindparam("token"),
            t.c.act == literal_column("'send'"),
        )
        return query.order_by(t.c.seq.desc()).limit(literal_column("1")).offset(literal_column("0"))

    values = {"tenant": conversation["tenant_id"], "thread": conversation["thread_id"]}
    values |= {"conversation": conversation["id"], "token": conversation["token"]}
    found = tx.select("question message", build, values)
    return found[0]["id"] if found else None


def versions_in_play(tx: Tx) -> list[tuple[str, int, int]]:
    """Which versions of which conversations are going on, each with how many: (flow, version, count)."""
    t = table(Conversation)
    query = select(t.c.flow, t.c.flow_version, func.count().label("n")).where(t.c.state != "ended")
    rows = tx.query(query.group_by(t.c.flow, t.c.flow_version).order_by(t.c.flow, t.c.flow_version))
    return [(r["flow"], r["flow_version"], r["n"]) for r in rows]


def open_conversations(tx: Tx, tenant_id: str, thread_id: str, interview_id: str, flow: str) -> list[str]:
    """Conversations of one kind about one interview that are still going on in a chat."""
    t = table(Conversation)
    query = select(t.c.id).where(
        t.c.tenant_id == bindparam("tenant"),
        t.c.thread_id == bindparam("thread"),
        t.c.interview_id == bindparam("interview"),
        t.c.flow == bindparam("flow"),
        t.c.state != "ended",
    )
    values = {"tenant": tenant_id, "thread": thread_id, "interview": interview_id, "flow": flow}
    return [r["id"] for r in tx.query(query, values)]
