"""Follow-ups that the team has proposed for a live interview: which one is asked next, and where the interview stands."""

import re
from collections import Counter
from typing import Any, cast

from bot.keyring import Keyring
from bot.store.rows import Proposal
from bot.store.store import Row, Tx
from bot.threads import Conv
from flows.kits.model import Kit
from flows.ledger import Entry
from flows.rating import proposed
from flows.requests import ChooseProbe, FollowUp

TEAM = "team"  # `FollowUp.by` of what somebody of the team proposed
_PROBE = re.compile(r"([a-z][a-z0-9_]*)\.probe#\d+")


def next_proposal(tx: Tx, keys: Keyring, row: Row, kit: Kit, request: ChooseProbe) -> FollowUp | None:
    """The oldest waiting proposal that fits here, within the same bounds as every follow-up. row: anything that names the
    tenant and the interview."""
    spent = Counter(c for c in request.spent if c)
    for one in waiting(tx, row["tenant_id"], row["interview_id"]):
        at = proposed.indicator_for(
            kit.question(request.question), one["competency"], one["indicator"], request.asked, spent, kit
        )
        if at is not None:
            return FollowUp(at, text_of(tx, keys, one), TEAM)
    return None


def waiting(tx: Tx, tenant_id: str, interview_id: str) -> list[Row]:
    """The proposals that have not been asked yet and know what they are about, oldest first."""
    where = {"tenant_id": tenant_id, "interview_id": interview_id, "state": "waiting"}
    return tx.find(Proposal, where, "at,id")


def text_of(tx: Tx, keys: Keyring, row: Row) -> str:
    keys.load(tx, row["tenant_id"], row["subject_id"])
    return cast("dict[str, str]", keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))["text"]


def follow_ups(entries: list[Entry]) -> list[tuple[str, dict[str, Any]]]:
    """(question, result) of every follow-up that was decided on, in order; a result may be "Enough"."""
    found = ((_PROBE.fullmatch(e.key), e) for e in entries if e.kind == "result")
    return [(m[1], e.data) for m, e in found if m]


def room(conv: Conv, kit: Kit) -> dict[str, int]:
    """Competency -> how many follow-ups about it can still come in this interview."""
    asked: dict[str, list[str]] = {}
    closed: set[str] = set()
    for question, result in follow_ups(conv.journal.entries):
        if result["is"] == "FollowUp":
            asked.setdefault(question, []).append(result["indicator"])
        else:
            closed.add(question)
    met = {e.key for e in conv.journal.entries}
    begun = [n for n, q in enumerate(kit.questions) if f"{q.id}.shown" in met]
    passed = len(kit.questions) if any(k.startswith("end.") for k in met) else max(begun, default=0)
    closed |= {q.id for q in kit.questions[:passed]}
    closed |= {q.id for q in kit.questions if {f"{q.id}.skipped", f"{q.id}.thanks"} & met}
    return proposed.room(kit, asked, closed)
