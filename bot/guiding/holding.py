"""An interview that people held: it is over, and becomes something to rate; or it turns out that it didn't take place.

It counts as held when its last part is over and nobody has said otherwise. Where the interview has answers that are being
rated already, whoever talked with the candidate rates as well, as long as the cards are sealed; where they are open, or
the candidate is answering Parley, the recruiters hear of it and nothing else changes.
"""

from typing import Any

from bot import hiring, people
from bot.guiding import focus, notes, plan, team
from bot.hiring import tell_recruiters
from bot.scene import Reply, Scene
from bot.scheduling import appointments, readers
from bot.scorecards import rating, reminding, sealing
from bot.store.rows import Conversation, Scorecard
from bot.store.store import Row
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.words import brief_en as words

SAT = "do:sat:"  # what the token of the card after an interview begins with; the appointment follows
FLAG = "people_held"  # of an interview: {"from": its status before, "panel": who was to rate it before (or None)}
CALLED_OFF = "called_off"
ENDED = ("over", "missed")
_BEFORE = ("invited", "opened", "consented", "declined")
# How an interview gets back to where it was, from the beginning: the facts that were true are true again.
_BACK = {
    "invited": (),
    "opened": ("opened",),
    "consented": ("opened", "consented"),
    "declined": ("opened", "human_chosen"),
}


def ended(scene: Scene, row: Row, began: bool) -> None:
    """The time of an appointment is over. Where nothing is known of it (nobody said a word, or Parley was away), those who
    were to hold it are asked; where somebody reported that the candidate is missing, it is known.

    began: was Parley there when it began?
    """
    if (row["state"] == "over" and began) or (row["state"] in ENDED and team.seen_talking(scene.tx, row)):
        _over(scene, row)
    elif row["state"] in ENDED and not team.reported_missing(scene.tx, row):
        interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
        if not _why_not_rated(interview):
            _ask(scene, row, interview)


def _over(scene: Scene, row: Row) -> Row:
    """If it was the last part, the interview was held; the interview as it is then."""
    if row["state"] == "missed":
        row = appointments.set_state(scene, row, "over")
    interview = hiring.hold(scene.tx, hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"]))
    if not team.came(scene.tx, row) or team.meetings(scene.tx, interview, "open", *team.COMING):
        return interview
    why = _why_not_rated(interview)
    scene.fact("people_held", interview["id"], appointment=row["id"])
    if why:
        _tell_why_not(scene, interview, why)
        return interview
    interview = _hold(scene, interview)
    for person in team.everybody(scene.tx, interview):
        _nudge(scene, interview, person)
    return interview


def _ask(scene: Scene, row: Row, interview: Row) -> None:
    """Nobody said a word: did it take place?"""
    for person in team.came(scene.tx, row):
        if chat := people.chat_of(scene.tx, scene.tenant_id, person):
            card = card_json(words.did_it(_names(scene, interview)[0]))
            subject = interview["candidate_id"]
            scene.send(chat, "tell", subject, card=card, subject_id=subject, token=SAT + row["id"])


def _why_not_rated(interview: Row) -> str:
    if interview["revealed_at"] is not None:
        return "revealed"
    if interview["status"] in ("in_progress", "paused"):
        return "answering"
    return "" if interview["status"] in (*_BEFORE, "submitted") else "ended"


def _tell_why_not(scene: Scene, interview: Row, why: str) -> None:
    if interview["status"] == "withdrawn":
        return  # they have heard of that
    name, role = _names(scene, interview)
    tell_recruiters(scene, interview, words.held_beside(name, role, why))


def _hold(scene: Scene, interview: Row) -> Row:
    """The interview with its panel: those who held it; beside answers that are there already, the panel and them."""
    before, sat = interview["status"], list(team.everybody(scene.tx, interview))
    named = hiring.flags(interview).get("panel")
    if before != "submitted":
        moved = hiring.step(scene.tx, interview, "held", submitted_at=scene.at)
        if not isinstance(moved, dict):
            return interview
        interview, panel = moved, sat
        _end_questions(scene, interview)
    else:
        panel = [*hiring.panel_of(scene.tx, interview), *sat]
    flag = hiring.flags(interview).get(FLAG) or {"from": before, "panel": named}
    interview = hiring.set_flags(scene.tx, interview, panel=list(dict.fromkeys(panel)), **{FLAG: flag})
    if before != "submitted":
        interview = focus.settle(scene, interview, sat)
        sealing.keep_card(scene, interview, "machine", "none", "submitted", {}, 1)
        hiring.no_deadline(scene, interview)
        reminding.begin(scene, interview)
        chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
        scene.send(chat, "held", interview["candidate_id"], interview=interview["id"])
    hiring.render_post(scene, "scorecard", interview["id"], interview, _channel(scene, interview))
    return interview


def _end_questions(scene: Scene, interview: Row) -> None:
    """What Parley was still to ask is asked no more."""
    event: dict[str, Any] = {"kind": "learned", "name": CALLED_OFF, "data": {"text": words.NOT_NEEDED}}
    for talk in scene.tx.find(
        Conversation, {"tenant_id": scene.tenant_id, "interview_id": interview["id"]}, "opened_at,id"
    ):
        if talk["state"] != "ended" and talk["flow"] in ("invite", "onward", *hiring.TALKS):
            scene.send(talk["thread_id"], "happening", talk["subject_id"], event=event, conversation=talk["id"])


def _nudge(scene: Scene, interview: Row, person: str) -> None:
    """Right after it: rate now, or say that it didn't take place. A guide that nobody has used ends without a word."""
    row = [r for r in team.meetings(scene.tx, interview, "over") if person in team.came(scene.tx, r)][
        -1
    ]  # their own part
    noted = notes.to_draft(scene, interview, person)
    chat, subject = people.chat_of(scene.tx, scene.tenant_id, person), interview["candidate_id"]
    if not noted:
        end_guides(scene, row, person, "")
    if chat:
        card = card_json(words.over(_names(scene, interview)[0], noted))
        scene.send(chat, "tell", subject, card=card, subject_id=subject, token=SAT + row["id"])


def end_guides(scene: Scene, row: Row, person: str, text: str) -> None:
    """End what guides somebody through an interview, with this sentence or with none."""
    event: dict[str, Any] = {"kind": "learned", "name": CALLED_OFF, "data": {"text": text}}
    chat = people.chat_of(scene.tx, scene.tenant_id, person)
    for talk in readers.conversations(scene.tx, scene.keys, row, chat, plan.FLOW):
        scene.send(chat, "happening", row["candidate_id"], event=event, conversation=talk)


# -- what somebody says afterwards ---------------------------------------------------------------------------


def rate(scene: Scene, row: Row, person: str) -> Card | None:
    """Begin to rate from the card that came after the interview."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    unsaid = row["state"] in ENDED and not team.reported_missing(scene.tx, row)
    if unsaid and (not hiring.flags(interview).get(FLAG) or person not in hiring.panel_of(scene.tx, interview)):
        interview = _over(scene, row)  # so it did take place
    notes.to_draft(scene, interview, person)
    for part in team.meetings(scene.tx, interview):
        end_guides(scene, part, person, words.ENDED)
    return rating.begin_rating(scene, person, interview)


def did_not(scene: Scene, row: Row, person: str) -> Card:
    """It didn't take place: nothing is rated, as long as nobody has rated yet. Who says it twice changes nothing."""
    interview = hiring.hold(scene.tx, hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"]))
    flag = hiring.flags(interview).get(FLAG)
    name, role = _names(scene, interview)
    if not flag and team.reported_missing(scene.tx, row):
        return words.ALREADY_SAID
    if interview["revealed_at"] is not None or _rated(scene, interview, row):
        return words.TOO_LATE
    if flag:
        interview = _undo(scene, interview, flag)
    row = appointments.set_attendance(scene, appointments.set_state(scene, row, "missed"), person, "not_here")
    scene.fact("people_not_held", interview["id"], person_id=person, appointment=row["id"])
    if flag and team.meetings(scene.tx, interview, "over"):
        interview = _hold(scene, interview)  # another part did take place, and is rated by those who held that
    if flag:
        hiring.render_post(scene, "scorecard", interview["id"], interview, _channel(scene, interview))
    who = people.name_of(scene.tx, scene.keys, scene.tenant_id, person)
    tell_recruiters(scene, interview, words.not_held_for_recruiters(who, name, role))
    _tell_others(scene, interview, row, person, name)
    sealing.panel_changed(scene, interview)
    return words.not_held(name)


def _rated(scene: Scene, interview: Row, row: Row) -> bool:
    """Has anybody of those who were to hold it submitted a card?"""
    cards = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"])
    return any(p in cards and cards[p]["state"] != "draft" for p in team.sitting(scene.tx, row))


def _undo(scene: Scene, interview: Row, flag: dict[str, Any]) -> Row:
    if flag["from"] != "submitted":
        for fact in ("not_held", *_BACK[flag["from"]]):
            moved = hiring.step(scene.tx, interview, fact, submitted_at=None)
            interview = moved if isinstance(moved, dict) else interview
        machine = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "rater_id": "machine", "kind": "none"}
        scene.tx.delete(Scorecard, machine)
        scene.no_timer(interview["id"], sealing.RATE)
    return hiring.set_flags(scene.tx, interview, panel=flag["panel"], **{FLAG: None})


def _tell_others(scene: Scene, interview: Row, row: Row, person: str, name: str) -> None:
    subject, event = interview["candidate_id"], {"kind": "learned", "name": CALLED_OFF, "data": {"text": ""}}
    for other in team.sitting(scene.tx, row):
        end_guides(scene, row, other, "")
        chat = people.chat_of(scene.tx, scene.tenant_id, other)
        where = {"tenant_id": scene.tenant_id, "thread_id": chat, "interview_id": interview["id"], "flow": "review"}
        for talk in scene.tx.find(Conversation, where):
            if talk["state"] != "ended":
                scene.send(chat, "happening", talk["subject_id"], event=event, conversation=talk["id"])
        if chat and other != person:
            card = card_json(words.not_held_for_team(name))
            scene.send(chat, "tell", subject, card=card, subject_id=subject)


def pressed(scene: Scene, row: Row, person: str, option: str) -> Reply:
    """A button of the card after the interview."""
    if option == words.RATE.id:
        return Reply(rate(scene, row, person))
    return Reply(did_not(scene, row, person))


def _names(scene: Scene, interview: Row) -> tuple[str, str]:
    role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
    return people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"]), role


def _channel(scene: Scene, interview: Row) -> str:
    return hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"]
