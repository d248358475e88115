"""Scorecards: kept sealed, and opened all at once. The one place that writes them (docs/why: sealing).

draft -> submitted -> revealed, and frozen while a second person reads anew. Everything happens in the transaction of the
fact that caused it.
"""

from typing import Any

from bot import hiring, people
from bot.scene import Scene
from bot.scorecards import diverging
from bot.store.rows import Comment, Scorecard
from bot.store.store import Row, Tx
from flows.cards import to_json as card_json
from flows.rating.card import MachineCard
from flows.rating.feedback import feedback
from flows.words import panel_en as words

RATE = "rate"  # the interview's timer on which raters are reminded


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


def keep_draft(scene: Scene, interview: Row, rater: str, body: Any) -> None:
    """Keep what somebody has entered and not submitted, in place of what was kept before. Only they ever see it."""
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "rater_id": rater}
    rows = scene.tx.find(Scorecard, where, "-version", 1)
    if not rows or rows[0]["state"] != "draft":
        keep_card(scene, interview, rater, "human", "draft", body, rows[0]["version"] + 1 if rows else 1)
        return
    scene.keys.load(scene.tx, scene.tenant_id, interview["candidate_id"])
    sealed = scene.keys.seal(scene.tenant_id, interview["candidate_id"], body)
    key = {"tenant_id": scene.tenant_id, "id": rows[0]["id"], "state": "draft"}
    scene.tx.change(Scorecard, key, {"body": sealed, "at": scene.at})


def drop_draft(scene: Scene, interview: Row, rater: str) -> int:
    """What was a draft is submitted now: forget it; the version that the card itself gets."""
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "rater_id": rater}
    scene.tx.delete(Scorecard, {**where, "state": "draft"})
    rows = scene.tx.find(Scorecard, where, "-version", 1)
    return rows[0]["version"] + 1 if rows else 1


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
    remarks = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "revealed_at": None}
    scene.tx.change(Comment, remarks, {"revealed_at": scene.at})
    if forced:
        moved = hiring.set_flags(scene.tx, moved, forced=forced)
    scene.no_timer(interview["id"], RATE)
    _tell_panel(scene, moved)
    diverging.open_threads(scene, moved)
    draw(scene, moved)
    give_feedback(scene, moved)


def draw(scene: Scene, interview: Row) -> None:
    """Have the picture of the open cards drawn (`picturing`), anew where there is one."""
    about = {"interview_id": interview["id"], "subject_id": interview["candidate_id"]}
    scene.work("ScorecardPicture", {}, conversation_id="", step="", **about)


def open_early(scene: Scene, interview: Row, by: str, reason: str) -> bool:
    """A recruiter opens the cards before all are in; their reason is recorded. False where that can't be any more, and as
    long as nobody has rated (`nobody_rated`): nobody could ever decide on what is then left, which is the software's."""
    interview = hiring.hold(scene.tx, interview)
    if interview["status"] != "submitted" or interview["revealed_at"] is not None or nobody_rated(scene.tx, interview):
        return False
    reveal(scene, interview, forced=reason)
    scene.fact("revealed_early", interview["id"], person_id=by)
    _render(scene, interview)
    return True


def nobody_rated(tx: Tx, interview: Row) -> bool:
    """Has no person handed in a card yet? That much everybody may know, as in "0 of 2"."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "kind": "human"}
    return all(card["state"] == "draft" for card in tx.find(Scorecard, where))


def panel_changed(scene: Scene, interview: Row) -> None:
    """Somebody joined or left a panel: what is due is shown anew, and the cards open if the rest is complete.

    After the reveal nobody is due because of it. To be called wherever a panel changes, once it has changed.
    """
    if interview["status"] == "submitted" and interview["revealed_at"] is None:
        maybe_reveal(scene, hiring.hold(scene.tx, interview))
        _render(scene, interview)


def _render(scene: Scene, interview: Row) -> None:
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, "scorecard", interview["id"], interview, requisition["channel_id"])


def _tell_panel(scene: Scene, interview: Row) -> None:
    """Tell the panel and everybody else who rated that the cards are open now; nothing of what stands in them."""
    subject = interview["candidate_id"]
    card = card_json(words.now_open(people.name_of(scene.tx, scene.keys, scene.tenant_id, subject), interview["id"]))
    cards = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"])
    rated = [p for p, c in cards.items() if p != "machine" and c["state"] != "draft"]
    for person in dict.fromkeys([*hiring.panel_of(scene.tx, interview), *rated]):
        if chat := people.chat_of(scene.tx, scene.tenant_id, person):
            scene.send(chat, "tell", subject, card=card, subject_id=subject)


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
