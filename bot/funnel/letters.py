"""A decision's letter: drafted, seen by a person, planned, and sent exactly once unless somebody stops it.

`plan` is called by `deciding` alone. When a letter is due, everything is looked at again: whoever has withdrawn, was
erased, or about whom something else was decided meanwhile, gets none.
"""

from typing import Any

from bot import hiring, people
from bot.funnel import hours, promising
from bot.inbox import Deed
from bot.keyring import Erased
from bot.mail import Mail
from bot.scene import Scene
from bot.scorecards import rereading
from bot.store.rows import Decision, Letter
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.cards import from_json as card_from
from flows.cards import to_json as card_json
from flows.rating.card import MachineCard
from flows.rating.feedback import feedback
from flows.words import casting_en
from flows.words import decision_en as words

PLANNED, SENT, STOPPED = "planned", "sent", "stopped"
KINDS = ("reject", "offer")


# -- drafting ---------------------------------------------------------------------------------------------


def draft(scene: Scene, interview: Row, kind: str, company: str, contact: str) -> Card:
    """What a candidate would be told, for a person to look at and change. kind: one of `KINDS`.

    company, contact: the installation's own settings; a further tenant signs with its own name, and without a contact the
    team stands there. It never holds a level, a number or a comparison. What came across well is what their feedback has told them already.
    Raises `Erased`.
    """
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    company, contact = hiring.company_of(scene.tx, scene.tenant_id, company), contact or casting_en.THE_TEAM
    if kind == "offer":
        return words.offer_letter(name, requisition["title"], company, contact)
    by_software, strength = _what_was_read(scene, interview, requisition)
    return words.rejection(name, requisition["title"], company, contact, strength, by_software)


def _what_was_read(scene: Scene, interview: Row, requisition: Row) -> tuple[bool, str]:
    """(did software read the answers, the first thing that came across well)."""
    machine = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get("machine")
    if machine is None or machine["body"] is None or interview["revealed_at"] is None:
        return False, ""
    scene.keys.load(scene.tx, scene.tenant_id, machine["subject_id"])
    body: Any = scene.keys.open(scene.tenant_id, machine["subject_id"], machine["body"])
    if "results" not in body:
        return False, ""
    said = feedback(hiring.kit_of(requisition), MachineCard.from_json(body))
    return True, said.strengths[0][0] if said.strengths else ""


def reworded(card: Card, text: str) -> Card:
    """The same letter with other words of a person; how to reach somebody stays below them."""
    return Card(text.strip(), card.title, card.tone, rows=card.rows, foot=card.foot)


# -- planning and stopping ----------------------------------------------------------------------------------


def plan(scene: Scene, interview: Row, kind: str, card: Card, by: str, at: int | None = None) -> Row:
    """Keep a letter as it was previewed, to be sent at `at` (ms; None: now), or when the candidate's night is over."""
    subject = interview["candidate_id"]
    due = hours.awake(scene.tx, interview, max(at or scene.at, scene.at))
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    row: Row = {"tenant_id": scene.tenant_id, "id": scene.ids.new("lt"), "interview_id": interview["id"], "kind": kind}
    row |= {"state": PLANNED, "planned_by": by, "subject_id": subject, "due_at": due, "at": scene.at}
    row["sealed"] = scene.keys.seal(scene.tenant_id, subject, {"card": card_json(card)})
    scene.tx.insert(Letter, row)
    scene.fact("letter_planned", interview["id"], person_id=by, letter=row["id"], outcome=kind)
    _set(scene, row, due)
    return row


def _set(scene: Scene, row: Row, due: int) -> None:
    chat = people.thread_of(scene.tx, scene.tenant_id, row["subject_id"])
    scene.timer(row["id"], "letter", due, thread_id=chat)


def stop(scene: Scene, letter: Row, by: str) -> bool:
    """Stop a letter that hasn't gone out; False when it was too late, or somebody has stopped it already."""
    where = {"tenant_id": scene.tenant_id, "id": letter["id"], "state": PLANNED}
    if scene.tx.change(Letter, where, {"state": STOPPED}) != 1:
        return False
    scene.no_timer(letter["id"], "letter")
    scene.fact("letter_stopped", letter["interview_id"], person_id=by, letter=letter["id"])
    interview = hiring.get_interview(scene.tx, scene.tenant_id, letter["interview_id"])
    promising.owed(scene, interview)  # they are to hear of it all the same
    return True


def stop_all(scene: Scene, interview: Row, by: str) -> None:
    """Something else is being decided: what was planned about it before doesn't go out."""
    for letter in of_interview(scene.tx, scene.tenant_id, interview["id"]):
        if letter["state"] == PLANNED:
            stop(scene, letter, by)


def get(tx: Tx, tenant_id: str, letter_id: str) -> Row | None:
    return tx.one(Letter, tenant_id=tenant_id, id=letter_id)


def plan_again(scene: Scene, letter: Row, by: str) -> bool:
    """Take the stopping of a letter back; False where something else was decided or planned meanwhile."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, letter["interview_id"])
    others = [r for r in of_interview(scene.tx, scene.tenant_id, interview["id"]) if r["state"] in (PLANNED, SENT)]
    if others or not _still_true(scene.tx, interview, letter):
        return False
    due = hours.awake(scene.tx, interview, max(letter["due_at"], scene.at))
    where = {"tenant_id": scene.tenant_id, "id": letter["id"], "state": STOPPED}
    if scene.tx.change(Letter, where, {"state": PLANNED, "planned_by": by, "due_at": due}) != 1:
        return False
    scene.fact("letter_planned", interview["id"], person_id=by, letter=letter["id"], outcome=letter["kind"])
    _set(scene, letter, due)
    promising.kept(scene, interview)
    return True


def send_now(scene: Scene, letter: Row) -> bool:
    """Have a planned letter go out as soon as it may; False when it isn't planned any more."""
    now = get(scene.tx, scene.tenant_id, letter["id"])
    if now is None or now["state"] != PLANNED:
        return False
    interview = hiring.get_interview(scene.tx, scene.tenant_id, letter["interview_id"])
    due = hours.awake(scene.tx, interview, scene.at)
    scene.tx.change(Letter, {"tenant_id": scene.tenant_id, "id": letter["id"], "state": PLANNED}, {"due_at": due})
    _set(scene, letter, due)
    return True


# -- looking ------------------------------------------------------------------------------------------------


def of_interview(tx: Tx, tenant_id: str, interview_id: str) -> list[Row]:
    """All letters of an interview, oldest first."""
    return tx.find(Letter, {"tenant_id": tenant_id, "interview_id": interview_id}, "at,id")


def planned(tx: Tx, tenant_id: str) -> list[Row]:
    """What hasn't gone out yet, the next one first."""
    return tx.find(Letter, {"tenant_id": tenant_id, "state": PLANNED}, "due_at,id")


def sent(tx: Tx, interview: Row) -> Row | None:
    """The letter that told the candidate how it was decided; None if none has."""
    found = of_interview(tx, interview["tenant_id"], interview["id"])
    return next((r for r in reversed(found) if r["state"] == SENT), None)


def card_of(scene: Scene, letter: Row) -> Card:
    """A letter as it was previewed. Raises `Erased`."""
    scene.keys.load(scene.tx, scene.tenant_id, letter["subject_id"])
    opened: Any = scene.keys.open(scene.tenant_id, letter["subject_id"], letter["sealed"])
    return card_from(opened["card"])


# -- sending ------------------------------------------------------------------------------------------------


def deed(quiet: tuple[str, str]) -> Deed:
    """What is done with the letter `letter_due` in the candidate's chat. quiet: the installation's quiet hours."""

    def due(scene: Scene, mail: Mail) -> None:
        letter = scene.tx.one(Letter, tenant_id=scene.tenant_id, id=mail.data["owner"])
        if letter is None or letter["state"] != PLANNED:
            return
        interview = hiring.get_interview(scene.tx, scene.tenant_id, letter["interview_id"])
        if not _still_true(scene.tx, interview, letter):
            stop(scene, letter, "")
            return
        # Nobody is told how it was decided while somebody reads their answers again: a day later is looked again.
        again = hiring.DAY if rereading.going_on(interview) else 0
        later = hours.awake(scene.tx, interview, scene.at + again, quiet)
        if later > scene.at:  # or it was late when the process came back: not in the middle of the night
            scene.tx.change(Letter, {"tenant_id": scene.tenant_id, "id": letter["id"]}, {"due_at": later})
            _set(scene, letter, later)
            return
        _send(scene, interview, letter)

    return due


def _still_true(tx: Tx, interview: Row, letter: Row) -> bool:
    """Is what the letter says still what was decided? Whoever withdrew meanwhile has heard enough."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}
    holds = tx.find(Decision, where, "-version", 1)
    return interview["status"] == "decided" and bool(holds) and holds[0]["outcome"] == letter["kind"]


def _send(scene: Scene, interview: Row, letter: Row) -> None:
    where = {"tenant_id": scene.tenant_id, "id": letter["id"], "state": PLANNED}
    try:
        card = card_of(scene, letter)
    except Erased:
        return
    if scene.tx.change(Letter, where, {"state": SENT, "due_at": scene.at}) != 1:
        return
    scene.show(card, subject_id=letter["subject_id"], interview_id=interview["id"], step="letter")
    scene.fact("letter_sent", interview["id"], letter=letter["id"], outcome=letter["kind"])
    promising.kept(scene, interview)
