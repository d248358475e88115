"""One transaction on one chat, with the verbs that everything in it uses.

A scene lives inside `Store.commit`. It writes rows; what must happen after the commit (deliver this
lane, process that chat's mail, arm the pulse) is collected in `After` and done by the caller.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.ids import Ids
from bot.keyring import Keyring
from bot.mail import OURS, Mail
from bot.store.rows import FactRow, Inbox, Outbox, Thread, Timer, Work
from bot.store.store import Conflict, Row, Tx
from flows import cards
from flows.cards import Card

VIDEO = "video"  # among what a question offers besides: an answer may be a video
AIDS = "_aids"  # in a stored message, beside the parts of its card


@dataclass(slots=True)
class After:
    """What to do once the transaction is durable."""

    rows: list[Row] = field(default_factory=lambda: [])  # outbox rows of this chat, in order
    mail: dict[str, None] = field(default_factory=lambda: {})  # chats that have mail waiting
    due: list[int] = field(default_factory=lambda: [])  # instants at which timers are due
    work: bool = False
    awaited: bool = False  # work whose result somebody in this chat waits for
    seq: int = 0
    chat: Row = field(default_factory=lambda: {})  # what changed in the chat's own row
    reply: "Reply | None" = None  # what to show to the person who did it, and to nobody else


@dataclass(frozen=True, slots=True)
class Reply:
    """A direct answer, which is no message of the chat: `problems` of a form's fields, or a card under `token`."""

    card: Card | None = None
    token: str = ""
    problems: dict[str, str] = field(default_factory=lambda: {})


class Scene:
    """Writes of one happening in one chat. `at` is its instant; ids are made by `ids`."""

    def __init__(self, tx: Tx, keys: Keyring, ids: Ids, thread: Row, at: int, ready: bool = False) -> None:
        self.tx, self.keys, self.ids, self.thread, self.at, self.ready = tx, keys, ids, thread, at, ready
        self.tenant_id: str = thread["tenant_id"]
        self.seq: int = thread["next_seq"]
        self.after = After()
        self._letters = 0

    # -- this chat ----------------------------------------------------------------------------------

    def show(
        self,
        card: Card,
        *,
        subject_id: str = "",
        conversation_id: str = "",
        interview_id: str = "",
        step: str = "",
        token: str = "",
        aids: tuple[str, ...] = (),
        under: str = "",
    ) -> str:
        """Queue a message for this chat; its id. aids: what else an open question offers (`Outgoing.aids`). under: the
        message (of this chat) in whose thread it is to stand."""
        subject = subject_id or self.thread["subject_id"]
        row = {**self._row("send", subject, conversation_id, interview_id, step, token), "under": under}
        body = cards.to_json(card)
        row["body"] = self._seal(subject, {**body, AIDS: " ".join(aids)} if aids else body)
        self._queue(row)
        return row["id"]

    def edit(
        self,
        target: str,
        card: Card | None,
        *,
        chosen: str = "",
        token: str = "",
        subject_id: str = "",
        interview_id: str = "",
    ) -> None:
        """Queue a new state of a message that was shown: another card, or what was chosen on it."""
        subject = subject_id or self.thread["subject_id"]
        row = self._row("edit", subject, "", interview_id, "", token)
        row |= {
            "target": target,
            "chosen": chosen,
            "body": None if card is None else self._seal(subject, cards.to_json(card)),
        }
        if card is not None:
            # Latest wins: an edit that nobody has seen yet is overtaken by this one.
            overtaken = {
                "tenant_id": self.tenant_id,
                "target": target,
                "act": "edit",
                "state": "pending",
                "lane": self.thread["id"],
            }
            self.tx.change(Outbox, overtaken, {"state": "dropped"})
        self._queue(row)

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq - 1

    def close(self) -> After:
        """The compare-and-set that makes turns of one chat follow one another. Raises `Conflict`."""
        where = {"tenant_id": self.tenant_id, "id": self.thread["id"], "version": self.thread["version"]}
        values = {"version": self.thread["version"] + 1, "next_seq": self.seq, **self.after.chat}
        if self.tx.change(Thread, where, values) != 1:
            raise Conflict(self.thread["id"])
        self.after.seq = self.seq
        return self.after

    # -- others -------------------------------------------------------------------------------------

    def send(self, thread_id: str, kind: str, subject_id: str, /, **data: Any) -> None:
        """A letter to a chat (perhaps this one): stored now, delivered after the commit, exactly once."""
        self._letters += 1
        event = f"{self.at:014d}.{self._letters:04d}.{self.ids.new('l')}"
        self.keys.load(self.tx, self.tenant_id, subject_id)
        self.tx.insert(
            Inbox,
            {
                "tenant_id": self.tenant_id,
                "source": OURS,
                "event_id": event,
                "thread_id": thread_id,
                "subject_id": subject_id,
                "state": "pending",
                "attempts": 0,
                "body": self.keys.seal(self.tenant_id, subject_id, {"kind": kind, **data}),
                "due_at": self.at,
                "at": self.at,
            },
        )
        self.after.mail[thread_id] = None

    def timer(self, owner_id: str, about: str, due_at: int, token: str = "", thread_id: str = "") -> None:
        """Set (or move) the timer `about` of an owner (a conversation, an interview)."""
        self.tx.put(
            Timer,
            {
                "tenant_id": self.tenant_id,
                "owner_id": owner_id,
                "about": about,
                "thread_id": thread_id or self.thread["id"],
                "token": token,
                "due_at": due_at,
            },
        )
        self.after.due.append(due_at)

    def no_timer(self, owner_id: str, about: str) -> None:
        self.tx.delete(Timer, {"tenant_id": self.tenant_id, "owner_id": owner_id, "about": about})

    def work(
        self,
        kind: str,
        request: dict[str, Any],
        *,
        conversation_id: str,
        interview_id: str,
        subject_id: str,
        step: str,
        quietly: bool = False,
    ) -> None:
        """Queue work; its result comes back to this chat as `Returned` (when it has a `step`). quietly: nobody in this
        chat waits for it, so nobody is shown that Parley is busy."""
        self.keys.load(self.tx, self.tenant_id, subject_id)
        self.tx.insert(
            Work,
            {
                "tenant_id": self.tenant_id,
                "id": self.ids.new("w"),
                "kind": kind,
                "thread_id": self.thread["id"],
                "conversation_id": conversation_id,
                "interview_id": interview_id,
                "subject_id": subject_id,
                "step": step,
                "sealed": self.keys.seal(self.tenant_id, subject_id, request),
                "state": "pending",
                "attempts": 0,
                "problem": "",
                "due_at": self.at,
                "at": self.at,
            },
        )
        self.after.work = True
        self.after.awaited |= not quietly

    def fact(self, name: str, interview_id: str, conversation_id: str = "", person_id: str = "", **data: Any) -> None:
        """Write down what became true: ids and states only."""
        self.tx.insert(
            FactRow,
            {
                "tenant_id": self.tenant_id,
                "id": self.ids.new("f"),
                "interview_id": interview_id,
                "conversation_id": conversation_id,
                "person_id": person_id,
                "name": name,
                "data": orjson.dumps(data).decode(),
                "at": self.at,
            },
        )

    # -- inside -------------------------------------------------------------------------------------

    def _seal(self, subject_id: str, value: object) -> bytes:
        self.keys.load(self.tx, self.tenant_id, subject_id)
        return self.keys.seal(self.tenant_id, subject_id, value)

    def _row(self, act: str, subject_id: str, conversation_id: str, interview_id: str, step: str, token: str) -> Row:
        return {
            "tenant_id": self.tenant_id,
            "id": self.ids.new("m"),
            "lane": self.thread["id"],
            "thread_id": self.thread["id"],
            "conversation_id": conversation_id,
            "interview_id": interview_id,
            "subject_id": subject_id,
            "act": act,
            "target": "",
            "seq": self.next_seq(),
            # A lane that is idle and has a listener is claimed by this very transaction.
            "state": "sending" if self.ready else "pending",
            "step": step,
            "token": token,
            "chosen": "",
            "body": None,
            "platform_id": "",
            "attempts": 1 if self.ready else 0,
            "due_at": self.at,
            "at": self.at,
            "sent_at": None,
            "under": "",
        }

    def _queue(self, row: Row) -> None:
        self.tx.insert(Outbox, row)
        self.after.rows.append(row)


def stored(mail: Mail, keys: Keyring, subject_id: str) -> Row:
    """A letter from outside as the inbox row that proves it was taken."""
    return {
        "tenant_id": mail.tenant_id,
        "source": mail.source,
        "event_id": mail.event_id,
        "thread_id": mail.thread_id,
        "subject_id": subject_id,
        "state": "done",
        "attempts": 0,
        "body": keys.seal(mail.tenant_id, subject_id, {"kind": mail.kind, **mail.data}),
        "due_at": mail.at,
        "at": mail.at,
    }
