"""What earlier stages have shown and what they left open, for whoever interviews next.

Only what is revealed counts, and only questions come of it: no level, no recommendation, nobody's name. A stage that is
still sealed is not even read; that there is one is all that is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from bot import hiring
from bot.keyring import Keyring
from bot.scorecards import rereading
from bot.store.rows import Interview, Scorecard, Utterance
from bot.store.store import Row, Tx
from flows.kits.model import Kit
from flows.rating.card import MachineCard

AFTER = ("submitted", "scored", "decided")


@dataclass(frozen=True, slots=True)
class Known:
    """open: competency -> the indicators nobody has seen yet, the missing ones first. shown: competency -> a quote of the
    candidate that speaks for it. asked: questions that were answered before. earlier, sealed: is there an open, and a
    sealed, earlier stage?"""

    open: dict[str, tuple[str, ...]]
    shown: dict[str, str] = field(default_factory=lambda: {})
    asked: tuple[str, ...] = ()
    earlier: bool = False
    sealed: bool = False


def before(tx: Tx, keys: Keyring, interview: Row) -> Known:
    """What is known about a candidate before `interview` is held by people."""
    kit = hiring.kit_of(hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"]))
    stages = _earlier(tx, interview)
    opened = [s for s in stages if s["revealed_at"] is not None and rereading.going_on(s) is None]
    cards = [_bodies(tx, keys, s) for s in opened]
    machines = [
        MachineCard.from_json(b)
        for kind, b in (c for found in cards for c in found)
        if kind == "machine" and "results" in b
    ]
    humans = [b for kind, b in (c for found in cards for c in found) if kind == "human"]
    left, shown = dict[str, tuple[str, ...]](), dict[str, str]()
    for key in kit.competencies:
        status, quote = _marks(machines, key)
        unsure = any(h["ratings"].get(key, {"level": 0})["level"] is None for h in humans)
        judged = any(h["ratings"].get(key, {"level": None})["level"] is not None for h in humans)
        left[key] = _left(kit, key, status, unsure, judged)
        if quote and not unsure:
            shown[key] = quote
    asked = tuple(dict.fromkeys(q for s in opened for q in _answered(tx, kit, s)))
    return Known(left, shown, asked, bool(opened), len(opened) < len(stages))


def _earlier(tx: Tx, interview: Row) -> list[Row]:
    """What the candidate has done for this role so far, this very interview included where its answers are in."""
    where = {"tenant_id": interview["tenant_id"], "requisition_id": interview["requisition_id"]}
    rows = tx.find(Interview, {**where, "candidate_id": interview["candidate_id"]}, "created_at,id")
    return [
        r for r in rows if r["status"] in AFTER and (r["id"] != interview["id"] or "people_held" not in hiring.flags(r))
    ]


def _bodies(tx: Tx, keys: Keyring, stage: Row) -> list[tuple[str, dict[str, Any]]]:
    """(machine | human, body) of every card that is open, each rater's newest."""
    tenant = stage["tenant_id"]
    newest = {
        r["rater_id"]: r for r in tx.find(Scorecard, {"tenant_id": tenant, "interview_id": stage["id"]}, "version")
    }
    found = list[tuple[str, dict[str, Any]]]()
    for rater, row in newest.items():
        if row["state"] == "revealed" and row["body"] is not None:
            keys.load(tx, tenant, row["subject_id"])
            body = cast("dict[str, Any]", keys.open(tenant, row["subject_id"], row["body"]))
            found.append(("machine" if rater == "machine" else "human", body))
    return found


def _marks(machines: Iterable[MachineCard], key: str) -> tuple[dict[str, str], str]:
    """Indicator -> its best status in any reading; and the first quote that speaks for the competency."""
    status, quote = dict[str, str](), ""
    for result in (r for m in machines for r in m.results if r.competency == key and not r.abstained):
        for mark in result.marks:
            if status.get(mark.key) != "found":
                status[mark.key] = mark.status
            if mark.status == "found" and mark.quote:
                quote = quote or mark.quote
    return status, quote


def _left(kit: Kit, key: str, status: dict[str, str], unsure: bool, judged: bool) -> tuple[str, ...]:
    indicators = tuple(kit.competencies[key].indicators)
    if not status:
        return () if judged and not unsure else indicators
    unseen = [i for i in indicators if status.get(i) != "found"]
    return tuple(sorted(unseen, key=lambda i: status.get(i, "missing") != "missing"))


def _answered(tx: Tx, kit: Kit, stage: Row) -> list[str]:
    """Questions of the kit that the candidate has answered in a stage with Parley."""
    where = {"tenant_id": stage["tenant_id"], "interview_id": stage["id"], "person_id": stage["candidate_id"]}
    steps = {u["step"].partition("@")[0].partition("#")[0].partition(".")[0] for u in tx.find(Utterance, where)}
    return [q.id for q in kit.questions if q.id in steps]
