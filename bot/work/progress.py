"""How far long work has come, so that whoever waits for it sees it move.

It is kept with the work itself (`Work.problem`, while it is running), since nothing else writes there; the channel's
post is computed again from it at most every few seconds, and a report in between is overtaken by the next one.
"""

import re

from bot.keyring import Keyring
from bot.mail import OURS
from bot.store.rows import Inbox, Post, Work
from bot.store.store import Row, Tx

PAUSE_MS = 3_000  # platforms allow about one edit per second and channel; this leaves room for everything else


def note(tx: Tx, keys: Keyring, work: Row, done: int, total: int, at: int) -> str:
    """Keep how far `work` is and have its post computed again; the chat that has mail now ("": none)."""
    tenant_id, interview_id, subject_id = work["tenant_id"], work["interview_id"], work["subject_id"]
    running = {"tenant_id": tenant_id, "id": work["id"], "state": "running"}
    if tx.change(Work, running, {"problem": f"{done}/{total}"}) != 1:
        return ""
    post = tx.one(Post, tenant_id=tenant_id, kind="scorecard", about=interview_id)
    if post is None:
        return ""
    keys.load(tx, tenant_id, subject_id)
    body = keys.seal(tenant_id, subject_id, {"kind": "render", "post": {"kind": "scorecard", "about": interview_id}})
    letter: Row = {"tenant_id": tenant_id, "source": OURS, "event_id": f"{at:014d}.0000.{work['id']}.{done}"}
    letter |= {"thread_id": post["thread_id"], "subject_id": subject_id, "state": "pending", "attempts": 0}
    tx.add(Inbox, {**letter, "body": body, "due_at": at, "at": at})
    return post["thread_id"]


def so_far(tx: Tx, interview: Row) -> tuple[int, int] | None:
    """(competencies read, of how many) of an interview that is being read just now; None where that isn't known."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "kind": "Assess", "state": "running"}
    found = (re.fullmatch(r"(\d+)/(\d+)", row["problem"]) for row in tx.find(Work, where))
    return next(((int(m[1]), int(m[2])) for m in found if m), None)
