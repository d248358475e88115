"""Forgetting a conversation that was a person's alone, such as a practice, with everything that was said in it."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from bot.store.rows import Conversation, FactRow, Inbox, JournalEntry, Outbox, Timer, Utterance, Work
from bot.store.store import Row, Tx, table


def forget(tx: Tx, conversation: Row) -> None:
    """Delete a conversation: its journal, what was said and shown in it, and what it asked of the world. That its letters
    came stays, without what was in them, so that none of them is taken twice."""
    tenant, id = conversation["tenant_id"], conversation["id"]
    _edits(tx, tenant, id)
    for rows in (JournalEntry, Utterance, Outbox, FactRow, Work):
        tx.delete(rows, {"tenant_id": tenant, "conversation_id": id})
    tx.delete(Timer, {"tenant_id": tenant, "owner_id": id})
    _letters(tx, conversation)
    tx.delete(Conversation, {"tenant_id": tenant, "id": id})


def _edits(tx: Tx, tenant: str, conversation: str) -> None:
    """Later states of what was shown belong to no conversation, only to their message."""
    t = table(Outbox)
    shown = select(t.c.id).where(
        t.c.tenant_id == bindparam("tenant"), t.c.conversation_id == bindparam("conversation"), t.c.act == "send"
    )
    edits = delete(t).where(t.c.tenant_id == bindparam("tenant"), t.c.act == "edit", t.c.target.in_(shown))
    tx.execute(edits, {"tenant": tenant, "conversation": conversation})


def _letters(tx: Tx, conversation: Row) -> None:
    t = table(Inbox)
    during = t.c.due_at.between(bindparam("since"), bindparam("until"))
    mine = (t.c.tenant_id == bindparam("tenant")) & (t.c.thread_id == bindparam("thread"))
    values: dict[str, Any] = {"tenant": conversation["tenant_id"], "thread": conversation["thread_id"]}
    values |= {"since": conversation["opened_at"], "until": conversation["last_at"]}
    tx.execute(update(t).where(mine, t.c.state == "done", during).values(body=None), values)


def upcoming(tx: Tx, tenant_id: str, thread_id: str, flows: tuple[str, ...]) -> list[Row]:
    """The conversations of these kinds that are going on in a chat, oldest first."""
    rows = tx.find(Conversation, {"tenant_id": tenant_id, "thread_id": thread_id}, "opened_at,id")
    return [c for c in rows if c["flow"] in flows and c["state"] != "ended"]
