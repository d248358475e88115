"""A panel member begins to rate: from the post, a reminder or their tasks, always in their own chat."""

from typing import Any, cast

from bot import hiring, people
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scorecards import post, rereading, sealing
from bot.store import queries
from bot.store.rows import Role, Scorecard
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.words import panel_en as words

OVER = ("decided", "withdrawn", "expired")


def save_draft(scene: Scene, interview: Row, rater: str, body: dict[str, Any]) -> None:
    """Keep what a rater has noted and not submitted: it fills their form in when they begin to rate, and nobody else
    ever sees it. Sealed under the candidate's key.

    body: as a submitted card's, `{"ratings": {competency: {"level": 1-5 or None ("no basis"), "why": str}},
    "recommendation": str}`, in which anything may be missing: a rating without "level" is a note alone. What is given
    takes the place of what was kept for that competency; the rest stays. Unknown competencies are left out.
    """
    kit = hiring.kit_of(hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"]))
    kept = draft_of(scene.tx, scene.keys, interview, rater)
    ratings = {**kept.get("ratings", {}), **{k: v for k, v in body.get("ratings", {}).items() if k in kit.competencies}}
    vote = body.get("recommendation") or kept.get("recommendation", "")
    sealing.keep_draft(scene, interview, rater, {"ratings": ratings, "recommendation": vote})


def draft_of(tx: Tx, keys: Keyring, interview: Row, rater: str) -> dict[str, Any]:
    """What a rater has kept for later, in the shape of `save_draft`; empty when there is nothing. For that rater alone."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "rater_id": rater, "state": "draft"}
    rows = tx.find(Scorecard, where, "-version", 1)
    if not rows or rows[0]["body"] is None:
        return {}
    keys.load(tx, interview["tenant_id"], rows[0]["subject_id"])
    return cast("dict[str, Any]", keys.open(interview["tenant_id"], rows[0]["subject_id"], rows[0]["body"]))


def begin_rating(scene: Scene, person_id: str, interview: Row) -> Card | None:
    """Open the rating conversation for whoever has still to rate; a card that says why not, otherwise.

    Who was replaced by a backup rater may still rate until the reveal; who reads again, while that is going on.
    """
    revealed = interview["revealed_at"] is not None
    if not _on_team(scene.tx, interview, person_id):
        return Card(words.ONLY_PANEL, tone="aside")
    if rereading.is_reader(interview, person_id):
        return _open(scene, person_id, interview, "again", draft_of(scene.tx, scene.keys, interview, person_id))
    panel, due = hiring.due_raters(scene.tx, interview)
    spare = not revealed and person_id in hiring.flags(interview).get("excused", ())
    card = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get(person_id)
    if card is not None and card["state"] != "draft":
        return post.private_view(scene.tx, scene.keys, interview, person_id)
    if person_id not in panel and not spare:
        return Card(words.ONLY_PANEL, tone="aside")
    if interview["status"] not in ("submitted", "scored"):
        return Card(words.CLOSED if interview["status"] in OVER else words.NOT_YET, tone="aside")
    if person_id not in due and not spare:
        return post.private_view(scene.tx, scene.keys, interview, person_id)
    kept = draft_of(scene.tx, scene.keys, interview, person_id)
    return _open(scene, person_id, interview, "late" if revealed else "first", kept)


def begin_amending(scene: Scene, person_id: str, interview: Row) -> Card | None:
    """Open the rating conversation with somebody's own open card; a card that says why not, otherwise. Between
    submitting and the reveal nothing is amended."""
    row = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get(person_id)
    if not _on_team(scene.tx, interview, person_id):
        return Card(words.ONLY_PANEL, tone="aside")
    if row is None or row["state"] == "draft" or row["kind"] != "human":
        return Card(words.NOTHING_TO_AMEND, tone="aside")
    if interview["status"] in OVER:
        return Card(words.CLOSED, tone="aside")
    if row["state"] != "revealed" or interview["revealed_at"] is None:
        return Card(words.AMEND_LATER, tone="aside")
    scene.keys.load(scene.tx, scene.tenant_id, row["subject_id"])
    body = cast("dict[str, Any]", scene.keys.open(scene.tenant_id, row["subject_id"], row["body"]))
    return _open(scene, person_id, interview, "amend", draft_of(scene.tx, scene.keys, interview, person_id) or body)


def _on_team(tx: Tx, interview: Row, person_id: str) -> bool:
    """Has this person any role at all? An interview goes on naming its raters, and a role that ends ends at once."""
    return bool(tx.find(Role, {"tenant_id": interview["tenant_id"], "person_id": person_id}))


def _open(scene: Scene, person_id: str, interview: Row, purpose: str, draft: dict[str, Any]) -> Card | None:
    """Begin the conversation; where it is open already, ask its open question again."""
    chat, subject = people.thread_of(scene.tx, scene.tenant_id, person_id), interview["candidate_id"]
    going_on = queries.open_conversations(scene.tx, scene.tenant_id, chat, interview["id"], "review")
    if going_on:
        again = {"kind": "commanded", "name": "repeat", "text": ""}
        scene.send(chat, "happening", subject, event=again, conversation=going_on[0])
        return Card(words.ALREADY_OPEN, tone="aside")
    # All that the form depends on goes along (sealed, as everything that a conversation is begun with): it must not
    # change under somebody who fills it in.
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    args: dict[str, Any] = {"interview": interview["id"], "rater": person_id, "purpose": purpose, "draft": draft}
    args["focus"] = hiring.flags(interview).get("focus", {}).get(person_id, [])
    args["neutral"] = hiring.settings_of(requisition).get("recommendation") == 5
    begin: dict[str, Any] = {"flow": "review", "args": args, "interview_id": interview["id"], "subject_id": subject}
    scene.send(chat, "begin", subject, **begin)
    return None


def keep_rating(scene: Scene, interview: Row, rater: str, body: dict[str, Any]) -> Row:
    """A rating was submitted: keep it sealed, or open where the cards are open; the interview as it is then.

    The caller holds the interview. Nobody rates twice before the reveal, and whoever left the panel meanwhile isn't
    counted: what they wrote is kept for them alone.
    """
    revealed = interview["revealed_at"] is not None
    now = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get(rater)
    again = rereading.is_reader(interview, rater)
    counted = now is not None and now["state"] != "draft"
    if counted and not revealed:
        return interview
    excused = hiring.flags(interview).get("excused", ())
    if not (again or counted or rater in excused or rater in hiring.panel_of(scene.tx, interview)):
        sealing.keep_draft(scene, interview, rater, body)
        scene.show(Card(words.NOT_ON_PANEL_NOW, tone="notice"), subject_id=interview["candidate_id"])
        return interview
    version = sealing.drop_draft(scene, interview, rater)
    sealing.keep_card(scene, interview, rater, "human", "revealed" if revealed else "submitted", body, version)
    if revealed:
        sealing.draw(scene, interview)
    return rereading.submitted(scene, interview, rater) if again else interview


def may_read(tx: Tx, interview: Row, person_id: str) -> bool:
    """May this person read the transcript? The panel, recruiters and admins, whoever stands in for one of the panel or
    reads again; observers once the cards are open, where the requisition allows it. Never the candidate."""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    named = {*hiring.panel_of(tx, interview), *hiring.flags(interview).get("excused", ())}
    reading = rereading.going_on(interview)
    if person_id in named or (reading is not None and reading["person"] == person_id):
        return person_id != interview["candidate_id"]
    roles = ["panelist", "recruiter", "admin"]
    if interview["revealed_at"] is not None and hiring.settings_of(requisition).get("observers"):
        roles.append("observer")
    return people.may(tx, interview["tenant_id"], requisition["id"], person_id, *roles)


def may_see_cards(tx: Tx, interview: Row, person_id: str) -> bool:
    """May this person see the others' cards and the machine's? Whoever may read, after the reveal, and not while they
    are to read again without knowing them."""
    revealed = interview["revealed_at"] is not None
    return revealed and not rereading.blinded(interview, person_id) and may_read(tx, interview, person_id)
