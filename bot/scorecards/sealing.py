"""Scorecards: kept sealed, and opened all at once. The one place that writes them (docs/why: sealing).

draft -> submitted -> revealed, and frozen while a second person reads anew. Everything happens in the transaction of the
fact that caused it.
"""

from typing import Any

from bot import hiring, people
from bot.scene import Scene
from bot.store.rows import Scorecard
from bot.store.store import Row
from flows.cards import to_json as card_json
from flows.rating.card import MachineCard
from flows.rating.feedback import feedback
from flows.words import panel_en as words


def keep_card(scene: Scene, interview: Row, rater: str, kind: str, state: str, body: Any, version: int) -> None:
    """Store one scorecard, sealed under the candidate's key."""
    subject = interview["candidate_id"]
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    row: Row = {
        "tenant_id": scene.tenant_id,
        "id": scene.ids.new("sc"),
        "interview_id": interview["id"],
        "rater_id": rater,
    }
    row |= {
        "kind": kind,
        "state": state,
        "version": version,
        "subject_id": subject,
        "at": scene.at,
        "revealed_at": None,
    }
    scene.tx.insert(Scorecard, {**row, "body": scene.keys.seal(scene.tenant_id, subject, body)})


def maybe_reveal(scene: Scene, interview: Row) -> None:
    """All at once, and only when the whole panel and the machine's card are in."""
    panel, due = hiring.due_raters(scene.tx, interview)
    machine = "machine" in hiring.cards_of(scene.tx, scene.tenant_id, interview["id"])
    if panel and not due and machine and interview["revealed_at"] is None:
        reveal(scene, interview)


def reveal(scene: Scene, interview: Row, forced: str = "") -> None:
    """Open every submitted card at the same moment, and give the candidate their feedback."""
    moved = hiring.step(scene.tx, interview, "revealed", revealed_at=scene.at)
    if not isinstance(moved, dict):
        return  # withdrawn meanwhile, say: then the cards stay sealed
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "state": "submitted"}
    scene.tx.change(Scorecard, where, {"state": "revealed", "revealed_at": scene.at})
    if forced:
        moved = hiring.set_flags(scene.tx, moved, forced=forced)
    scene.no_timer(interview["id"], "rate")
    _tell_panel(scene, moved)
    give_feedback(scene, moved)


def _tell_panel(scene: Scene, interview: Row) -> None:
    """Tell everybody who rated that the cards are open now; nothing of what stands in them."""
    subject = interview["candidate_id"]
    card = card_json(words.now_open(people.name_of(scene.tx, scene.keys, scene.tenant_id, subject), interview["id"]))
    for person in people.with_role(scene.tx, scene.tenant_id, interview["requisition_id"], "panelist"):
        scene.send(people.thread_of(scene.tx, scene.tenant_id, person), "tell", subject, card=card, subject_id=subject)


def give_feedback(scene: Scene, interview: Row) -> None:
    """Start the candidate's feedback, once the cards are open and the answers have been read."""
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    machine = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get("machine")
    subject = interview["candidate_id"]
    if machine is None:
        return
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    body: Any = scene.keys.open(scene.tenant_id, subject, machine["body"])
    args: dict[str, Any] = {"interview": interview["id"], "strengths": [], "grow": ""}
    if "results" in body:
        said = feedback(hiring.kit_of(requisition), MachineCard.from_json(body))
        args |= {"strengths": [list(s) for s in said.strengths], "grow": said.grow}
    chat = people.thread_of(scene.tx, scene.tenant_id, subject)
    scene.send(chat, "begin", subject, flow="feedback", args=args, interview_id=interview["id"], subject_id=subject)
