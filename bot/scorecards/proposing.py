"""What the team would like to have asked in a live interview: proposed in its thread, asked where a follow-up would be.

A proposal is asked by the interview itself, as one more possible answer to "which follow-up?" (`bot.work.proposals`),
inside the same bounds. Here: taking it, refusing it kindly, noting that it was asked, and saying when it wasn't.
"""

from collections import Counter
from typing import Any

from bot import hiring, people
from bot.keyring import Keyring
from bot.mail import BUTTON, FORM
from bot.scene import Reply, Scene
from bot.store.rows import Conversation, Proposal
from bot.store.store import Row, Tx
from bot.threads import Conv, load_conversation
from bot.work import proposals
from flows.cards import Card, Option
from flows.cards import to_json as card_json
from flows.kits.model import Kit
from flows.rating import proposed
from flows.words import following_en as words

GOING_ON = ("consented", "in_progress", "paused")  # statuses of an interview in which something can still be asked
CHOOSE = f"{BUTTON}proposal:"  # what the token of "which competency?" begins with; the proposal follows
FILL_IN = f"{FORM}propose:"  # of the form behind the button; the interview follows
_TEAM = ("recruiter", "admin", "panelist")


def may(tx: Tx, interview: Row, person_id: str) -> bool:
    """Those who recruit or rate for the requisition, and whoever the interview names for its own panel."""
    if people.may(tx, interview["tenant_id"], interview["requisition_id"], person_id, *_TEAM):
        return True
    return person_id in hiring.panel_of(tx, interview)


def talk(tx: Tx, keys: Keyring, interview: Row) -> Conv | None:
    """The live conversation of an interview, going on or over; None before it."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "flow": "interview"}
    found = tx.find(Conversation, where, "-opened_at", 1)
    return load_conversation(tx, keys, found[0]) if found else None


def asked_by(tx: Tx, keys: Keyring, interview: Row) -> dict[str, str]:
    """The words of every proposal that was asked -> who of the team made it."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "state": "asked"}
    return {
        proposals.text_of(tx, keys, row): people.name_of(tx, keys, row["tenant_id"], row["person_id"])
        for row in tx.find(Proposal, where, "at,id")
    }


# -- taking one ----------------------------------------------------------------------------------------------------


def said(scene: Scene, post: Row, person_id: str, text: str) -> Reply | None:
    """Something was written in the thread. Only what begins with "ask:" is for the interview."""
    interview, line = hiring.get_interview(scene.tx, scene.tenant_id, post["interview_id"]), text.strip()
    if not line.casefold().startswith(words.ASK):
        return None
    return propose(scene, interview, person_id, line[len(words.ASK) :])


def pressed(scene: Scene, post: Row, person_id: str, option: str) -> Reply:
    """The button of the post: a form to write it in."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, post["interview_id"])
    if not may(scene.tx, interview, person_id):
        return Reply(Card(words.NOT_YOURS, tone="aside"))
    if interview["status"] not in GOING_ON:
        return Reply(Card(words.OVER, tone="aside"))
    return Reply(form(scene.tx, interview), FILL_IN + interview["id"])


def form(tx: Tx, interview: Row) -> Card:
    return words.form(tuple((k, c.title or k) for k, c in _kit(tx, interview).competencies.items()))


def propose(scene: Scene, interview: Row, person_id: str, text: str, competency: str = "") -> Reply:
    """Take a proposal, or say kindly why not. competency: what it is about, where the person has said so."""
    if not may(scene.tx, interview, person_id):
        return Reply(Card(words.NOT_YOURS, tone="aside"))
    conv = talk(scene.tx, scene.keys, interview)
    if conv is None or conv.row["state"] == "ended" or interview["status"] not in GOING_ON:
        return Reply(Card(words.OVER, tone="aside"))
    kit, clean = _kit(scene.tx, interview), proposed.tidy(text)
    if not clean:
        return Reply(Card(words.EMPTY, tone="kind_error"))
    if why := proposed.trouble(clean, kit):
        _keep(scene, interview, person_id, clean, "", "", "refused", why)
        return Reply(words.refused(why))
    waiting = proposals.waiting(scene.tx, scene.tenant_id, interview["id"])
    if any(proposals.text_of(scene.tx, scene.keys, w) == clean and w["competency"] for w in waiting):
        return Reply(Card(words.AGAIN, tone="aside"))
    room = _room(conv, kit, waiting)
    about = (competency, "") if competency in kit.competencies else proposed.about(clean, kit)
    if about is None:
        return _ask_which(scene, interview, person_id, clean, kit, room)
    if about[0] not in room:
        _keep(scene, interview, person_id, clean, *about, "refused", "no_room")
        return Reply(words.no_room(kit.competencies[about[0]].title or about[0]))
    _keep(scene, interview, person_id, clean, *about, "waiting")
    return Reply(words.waits(kit.competencies[about[0]].title or about[0]))


def _ask_which(scene: Scene, interview: Row, person_id: str, clean: str, kit: Kit, room: dict[str, int]) -> Reply:
    """The words don't say what it is about: whoever proposes it does."""
    if not room:
        _keep(scene, interview, person_id, clean, "", "", "refused", "no_room")
        return Reply(words.no_room(words.THIS))
    proposal = _keep(scene, interview, person_id, clean, "", "", "waiting")
    options = tuple(Option(k, (kit.competencies[k].title or k)[:75]) for k in room)
    return Reply(words.which(clean, options), CHOOSE + proposal)


def choose(scene: Scene, person_id: str, proposal_id: str, option: str) -> Card | None:
    """Whoever proposed it has said what it is about. None: they have proposed nothing of that name."""
    row = scene.tx.one(Proposal, tenant_id=scene.tenant_id, id=proposal_id, person_id=person_id)
    if row is None:
        return None
    mine = {"tenant_id": scene.tenant_id, "id": proposal_id, "person_id": person_id, "state": "waiting"}
    if row["state"] != "waiting" or row["competency"]:
        return Card(words.GONE, tone="aside")
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    kit, conv = _kit(scene.tx, interview), talk(scene.tx, scene.keys, interview)
    if conv is None or conv.row["state"] == "ended" or interview["status"] not in GOING_ON:
        return Card(words.OVER, tone="aside")
    if option not in kit.competencies:
        scene.tx.change(Proposal, mine, {"state": "refused", "why": "no_competency"})
        return Card(words.NONE, tone="aside")
    title = kit.competencies[option].title or option
    if option not in _room(conv, kit, proposals.waiting(scene.tx, scene.tenant_id, interview["id"])):
        scene.tx.change(Proposal, mine, {"state": "refused", "why": "no_room"})
        return words.no_room(title)
    scene.tx.change(Proposal, mine, {"competency": option})
    return words.waits(title)


def _room(conv: Conv, kit: Kit, waiting: list[Row]) -> dict[str, int]:
    """What is left for one more, beside those that wait already."""
    taken = Counter(w["competency"] for w in waiting)
    return {k: n - taken[k] for k, n in proposals.room(conv, kit).items() if n > taken[k]}


def _keep(
    scene: Scene,
    interview: Row,
    person_id: str,
    text: str,
    competency: str,
    indicator: str,
    state: str,
    why: str = "",
) -> str:
    subject, proposal = interview["candidate_id"], scene.ids.new("pp")
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    row: Row = {"tenant_id": scene.tenant_id, "id": proposal, "interview_id": interview["id"], "person_id": person_id}
    row |= {"competency": competency, "indicator": indicator, "question": "", "state": state, "why": why}
    row |= {"subject_id": subject, "sealed": scene.keys.seal(scene.tenant_id, subject, {"text": text}), "at": scene.at}
    scene.tx.insert(Proposal, row)
    return proposal


def _kit(tx: Tx, interview: Row) -> Kit:
    return hiring.kit_of(hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"]))


# -- what becomes of it --------------------------------------------------------------------------------------------


def asked(scene: Scene, interview: Row, question: str, indicator: str, text: str) -> None:
    """It is being put to the candidate, in the transaction of this very turn."""
    for row in proposals.waiting(scene.tx, scene.tenant_id, interview["id"]):
        if not row["competency"] or proposals.text_of(scene.tx, scene.keys, row) != text:
            continue
        now = {"state": "asked", "question": question, "indicator": indicator}
        scene.tx.change(Proposal, {"tenant_id": scene.tenant_id, "id": row["id"]}, now)
        scene.fact(
            "proposal_asked",
            interview["id"],
            person_id=row["person_id"],
            proposal=row["id"],
            question=question,
            indicator=indicator,
        )
        return


def lapse(scene: Scene, interview: Row, name: str) -> None:
    """The interview is over: whoever has proposed something that wasn't asked hears so. name: the candidate's."""
    for row in proposals.waiting(scene.tx, scene.tenant_id, interview["id"]):
        scene.tx.change(Proposal, {"tenant_id": scene.tenant_id, "id": row["id"]}, {"state": "lapsed"})
        chat, subject = people.chat_of(scene.tx, scene.tenant_id, row["person_id"]), interview["candidate_id"]
        if row["competency"] and chat:
            card = words.lapsed(name, proposals.text_of(scene.tx, scene.keys, row))
            more: dict[str, Any] = {"card": card_json(card), "subject_id": subject}
            scene.send(chat, "tell", subject, **more)
