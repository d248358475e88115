"""The state of one chat, as the inbox works on it: its row, its open conversations and their journals."""

from dataclasses import dataclass, field
from typing import Any, cast

from bot.keyring import Keyring
from bot.store import queries
from bot.store.rows import Conversation, JournalEntry, Thread, Timer, Utterance
from bot.store.store import Row, Tx
from flows.engine import Acting, Waiting
from flows.ledger import Entry, Journal


class NoSuchThread(LookupError):
    """There is no such chat (or it belongs to another tenant, which is the same)."""


@dataclass(slots=True)
class Conv:
    """One open conversation. `live`: the message that asks the open question, if it has buttons."""

    row: Row
    args: dict[str, Any]
    journal: Journal
    n: int
    live: tuple[str, str] | None = None  # (token, message id)
    waiting: Waiting | None = None
    timers: set[str] = field(default_factory=lambda: set[str]())
    acting: Acting | None = None  # where the screenplay is, if the last turn was taken here

    @property
    def id(self) -> str:
        return self.row["id"]


@dataclass(slots=True)
class ThreadState:
    """A chat. `convs` are its conversations that have not ended, oldest first."""

    row: Row
    convs: dict[str, Conv] = field(default_factory=lambda: {})
    last_ended: Row | None = None


def utterance_rows(tx: Tx, tenant_id: str, conversation_id: str) -> list[Row]:
    return tx.find(Utterance, {"tenant_id": tenant_id, "conversation_id": conversation_id}, "id,version")


def load(tx: Tx, keys: Keyring, tenant_id: str, thread_id: str) -> ThreadState:
    """Read a chat and everything that is open in it. Raises `NoSuchThread`, `bot.keyring.Erased`."""
    row = tx.one(Thread, tenant_id=tenant_id, id=thread_id)
    if row is None:
        raise NoSuchThread(thread_id)
    keys.load(tx, tenant_id, row["subject_id"])
    state = ThreadState(row)
    for c in tx.find(Conversation, {"tenant_id": tenant_id, "thread_id": thread_id}, "opened_at,id"):
        if c["state"] == "ended":
            state.last_ended = c
        else:
            state.convs[c["id"]] = load_conversation(tx, keys, c)
    return state


def load_conversation(tx: Tx, keys: Keyring, row: Row) -> Conv:
    """Read one conversation: arguments, journal and every wording of what was said in it."""
    tenant_id, subject = row["tenant_id"], row["subject_id"]
    keys.load(tx, tenant_id, subject)
    where = {"tenant_id": tenant_id, "conversation_id": row["id"]}
    entries = [
        Entry(e["key"], e["kind"], None if e["body"] is None else keys.open(tenant_id, subject, e["body"]), e["at"])
        for e in tx.find(JournalEntry, where, "n")
    ]
    told: dict[str, list[str]] = {}
    for u in utterance_rows(tx, tenant_id, row["id"]):
        told.setdefault(u["id"], []).append(
            "" if u["body"] is None else cast("str", keys.open(tenant_id, subject, u["body"]))
        )
    args = cast("dict[str, Any]", keys.open(tenant_id, subject, row["sealed"]))
    timers = {t["about"] for t in tx.find(Timer, {"tenant_id": tenant_id, "owner_id": row["id"]})}
    return Conv(row, args, Journal(entries, told), len(entries), _live(tx, row), timers=timers)


def _live(tx: Tx, row: Row) -> tuple[str, str] | None:
    message = queries.question_message(tx, row) if row["token"] else None
    return (row["token"], message) if message else None
