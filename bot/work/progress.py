"""How far long work has come, so that whoever waits for it sees it move, and how long the queue before it is.

How far it is, is kept with the work itself (`Work.problem`, while it is running), since nothing else writes there; the
channel's post is computed again from it at most every few seconds, and a report in between is overtaken by the next one.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.keyring import Erased, Keyring
from bot.mail import OURS
from bot.store import work_queries
from bot.store.rows import Inbox, Post, Work
from bot.store.store import Row, Tx

PAUSE_MS = 3_000  # platforms allow about one edit per second and channel; this leaves room for everything else
_NEXT = 3  # how many of those who wait see that the queue has moved


@dataclass(frozen=True, slots=True)
class Standing:
    """A reading that is not done. `behind`: interviews before it, while it waits. `done` of `total` competencies: once it
    is under way and something is known (total 0: nothing yet)."""

    running: bool
    behind: int = 0
    done: int = 0
    total: int = 0


def note(tx: Tx, keys: Keyring, work: Row, done: int, total: int, at: int) -> str:
    """Keep how far `work` is and have what shows it computed again; the chat that has mail now ("": none)."""
    running = {"tenant_id": work["tenant_id"], "id": work["id"], "state": "running"}
    if tx.change(Work, running, {"problem": f"{done}/{total}"}) != 1:
        return ""
    if work["kind"] == work_queries.LISTENING:
        return _listening(tx, keys, work, done, total, at)
    return _render(tx, keys, work, str(done), at)


def moved_up(tx: Tx, keys: Keyring, at: int) -> list[str]:
    """An interview has been read: show those who wait next that the queue is shorter. The chats that have mail now."""
    return [chat for work in work_queries.next_readings(tx, _NEXT) if (chat := _render(tx, keys, work, "up", at))]


def _listening(tx: Tx, keys: Keyring, work: Row, done: int, total: int, at: int) -> str:
    """A letter to the chat of whoever waits for the words of a long recording (`bot.recordings.telling`)."""
    about = {"recording": work["step"].removeprefix("~hear.").partition("#")[0], "part": done / total}
    try:
        keys.load(tx, work["tenant_id"], work["subject_id"])
    except Erased:
        return ""
    return _letter(tx, keys, work, work["thread_id"], {"kind": "listening", **about}, str(done), at)


def _render(tx: Tx, keys: Keyring, work: Row, mark: str, at: int) -> str:
    tenant_id, interview_id, subject_id = work["tenant_id"], work["interview_id"], work["subject_id"]
    post = tx.one(Post, tenant_id=tenant_id, kind="scorecard", about=interview_id)
    if post is None:
        return ""
    try:
        keys.load(tx, tenant_id, subject_id)
    except Erased:
        return ""
    data = {"kind": "render", "post": {"kind": "scorecard", "about": interview_id}}
    return _letter(tx, keys, work, post["thread_id"], data, mark, at)


def _letter(tx: Tx, keys: Keyring, work: Row, chat: str, data: dict[str, Any], mark: str, at: int) -> str:
    body = keys.seal(work["tenant_id"], work["subject_id"], data)
    letter: Row = {"tenant_id": work["tenant_id"], "source": OURS, "event_id": f"{at:014d}.0000.{work['id']}.{mark}"}
    letter |= {"thread_id": chat, "subject_id": work["subject_id"], "state": "pending", "attempts": 0}
    tx.add(Inbox, {**letter, "body": body, "due_at": at, "at": at})
    return chat


def standing(tx: Tx, interview: Row) -> Standing | None:
    """Where the reading of an interview stands; None when none is under way or waiting."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "kind": "Assess"}
    for row in tx.find(Work, {**where, "state": "running"}):
        found = re.fullmatch(r"(\d+)/(\d+)", row["problem"])
        return Standing(True, 0, int(found[1]), int(found[2])) if found else Standing(True)
    waiting = tx.find(Work, {**where, "state": "pending"}, "due_at,id", 1)
    return Standing(False, work_queries.ahead_of(tx, waiting[0])) if waiting else None


def queued_behind(tx: Tx, interview: Row) -> int:
    """How many interviews are read before this one, while it waits; 0 otherwise."""
    now = standing(tx, interview)
    return now.behind if now is not None and not now.running else 0


def so_far(tx: Tx, interview: Row) -> tuple[int, int] | None:
    """(competencies read, of how many) of an interview that is being read just now; None where that isn't known."""
    now = standing(tx, interview)
    return (now.done, now.total) if now is not None and now.total else None
