"""The questions to the database that are more than "the rows that match"."""

from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select, update

from bot.store.rows import Appointment, Conversation, Inbox, Interview, Outbox, Thread, Timer, Utterance, Work
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


def next_due(tx: Tx, now: int) -> int | None:
    """The next instant at which something is to be done: a timer, or work that waits for its time."""
    t, w = table(Timer), table(Work)
    timer = tx.query(select(func.min(t.c.due_at).label("at")))[0]["at"]
    waiting = (w.c.state == "pending") & (w.c.due_at > bindparam("now"))
    work = tx.query(select(func.min(w.c.due_at).label("at")).where(waiting), {"now": now})[0]["at"]
    return min((at for at in (timer, work) if at is not None), default=None)


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


def newest_questions(tx: Tx, tenant_id: str, thread_id: str, limit: int = 6) -> list[Row]:
    """The last messages of a chat that asked something and have gone out, or are going out now; the newest first."""

    def build() -> Any:
        t = table(Outbox)
        query = select(t.c.token, t.c.state, t.c.platform_id).where(
            t.c.tenant_id == bindparam("tenant"),
            t.c.thread_id == bindparam("thread"),
            t.c.act == literal_column("'send'"),
            t.c.token != literal_column("''"),
            t.c.state.in_([literal_column("'sent'"), literal_column("'sending'")]),
        )
        return query.order_by(t.c.seq.desc()).limit(literal_column(str(limit))).offset(literal_column("0"))

    return tx.select(f"newest questions {limit}", build, {"tenant": tenant_id, "thread": thread_id})


def question_waits(tx: Tx, thread_id: str, token: str | None) -> bool:
    """Is what a chat has to show first still on its way: the open question, or anything at all where none is open?"""
    t = table(Outbox)
    due = (t.c.thread_id == thread_id) & (t.c.act == "send") & t.c.state.in_(["pending", "sending"])
    if token:
        due &= t.c.token == token
    return bool(tx.query(select(t.c.id).where(due).limit(1)))


def message_named(tx: Tx, thread: Row, platform_id: str) -> str | None:
    """Our message in a chat by the platform's own name of it, or of one of its parts."""
    t = table(Outbox)
    chat, _, number = platform_id.rpartition(":")
    named = or_(t.c.platform_id == platform_id, t.c.platform_id.like(f"{_plain(chat)}:%{_plain(number)}%", escape="\\"))
    query = select(t.c.id, t.c.platform_id).where(
        t.c.tenant_id == thread["tenant_id"], t.c.thread_id == thread["id"], t.c.act == "send", named
    )
    numbers = ((r["id"], r["platform_id"].rpartition(":")[2].split("+")) for r in tx.query(query))
    return next((i for i, n in numbers if number in n), None)


def _plain(text: str) -> str:
    """Text that means itself in a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def letter_of_interview(tx: Tx, interview_id: str) -> tuple[str, str] | None:
    """(tenant, chat of the candidate) of an interview."""
    found = tx.find(Interview, {"id": interview_id})
    if not found:
        return None
    where = {"tenant_id": found[0]["tenant_id"], "person_id": found[0]["candidate_id"], "kind": "person"}
    chats = tx.find(Thread, where)
    return (chats[0]["tenant_id"], chats[0]["id"]) if chats else None


def chats_in_play(tx: Tx, platform: str) -> list[Row]:
    """Private chats on a platform in which something is going on: address, and the instant of the last words there."""
    t, c, u = table(Thread), table(Conversation), table(Utterance)
    last = select(func.max(u.c.at)).where(u.c.tenant_id == t.c.tenant_id, u.c.thread_id == t.c.id).scalar_subquery()
    query = (
        select(t.c.address, func.coalesce(last, func.min(c.c.opened_at)).label("since"))
        .join(c, (c.c.thread_id == t.c.id) & (c.c.tenant_id == t.c.tenant_id))
        .where(t.c.platform == platform, t.c.kind == "person", c.c.state != "ended")
        .group_by(t.c.tenant_id, t.c.id, t.c.address, t.c.platform)
    )
    return tx.query(query)


def last_event(tx: Tx) -> int:
    """The instant of the last thing that came in; 0 when nothing ever did."""
    t = table(Inbox)  # of what is done `due_at` is when it came, and an index leads there
    found = tx.query(select(func.max(t.c.due_at).label("at")).where(t.c.state == "done"))
    return found[0]["at"] or 0


def delivered_before(tx: Tx, lane: str, seq: int) -> str:
    """The platform's name of the last message of a lane that was delivered before the position `seq`; "" if none was."""
    t = table(Outbox)
    query = select(t.c.platform_id).where(t.c.lane == lane, t.c.state == "sent", t.c.act == "send", t.c.seq < seq)
    found = tx.query(query.order_by(t.c.seq.desc()).limit(1))
    return found[0]["platform_id"] if found else ""


def appointments_between(tx: Tx, tenant_id: str, states: tuple[str, ...], lo: int, hi: int) -> list[Row]:
    """Appointments in one of these states that begin in [lo, hi), minutes since the epoch, the earliest first."""
    t = table(Appointment)
    begins = (t.c.start_minute >= bindparam("lo")) & (t.c.start_minute < bindparam("hi"))
    mine = (t.c.tenant_id == bindparam("tenant")) & t.c.state.in_(states)
    query = select(t).where(mine, begins).order_by(t.c.start_minute, t.c.id)
    return tx.query(query, {"tenant": tenant_id, "lo": lo, "hi": hi})


def booked_after(tx: Tx, after: tuple[int, str], limit: int) -> list[Row]:
    """What is booked and begins after a place in the list of all, (start in minutes, id), the earliest first."""
    t = table(Appointment)
    later = (t.c.start_minute > bindparam("at")) | ((t.c.start_minute == bindparam("at")) & (t.c.id > bindparam("id")))
    query = select(t).where(t.c.state == "booked", later).order_by(t.c.start_minute, t.c.id).limit(limit)
    return tx.query(query, {"at": after[0], "id": after[1]})
