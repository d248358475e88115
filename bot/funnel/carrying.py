"""Going on to the next stage: a new interview of the same person, with what they have agreed to.

Called by `bot.funnel.deciding` alone, in the transaction of the decision.
"""

from typing import Any

import orjson

from bot import facts, hiring, people
from bot.funnel import stages
from bot.funnel.stages import Stage
from bot.hiring import DAY
from bot.scene import Scene
from bot.scheduling import appointments, readers
from bot.scheduling.plans import Plan, Session
from bot.store.rows import Consent, Conversation, Interview
from bot.store.store import Row, Tx
from flows.cards import to_json as card_json
from flows.kits.model import Kit
from flows.words import onward_en as words

DAYS = 7  # for the next stage, where it is answered here
PEOPLE_MINUTES = 45
STEP = 5  # minutes; lengths of appointments are multiples of it
# What was said once and holds for every stage.
_CARRIED = ("residence", "consents", "unhurried", hiring.ADJUSTED, "batch")


def carry_on(scene: Scene, interview: Row, requisition: Row, stage: Stage, by: str) -> str:
    """Open the next stage of a candidate and begin it in their own chat; the id of its interview.

    A stage with Parley begins with a short conversation (`onward`); one with people with the choice of a time.
    """
    row: Row = {"tenant_id": scene.tenant_id, "id": scene.ids.new("iv"), "requisition_id": requisition["id"]}
    row |= {"candidate_id": interview["candidate_id"], "status": "consented", "version": 1}
    row |= {"flags": orjson.dumps(_flags(scene, interview, requisition, stage)).decode(), "created_at": scene.at}
    row |= {"deadline_at": scene.at + DAYS * DAY, "submitted_at": None, "revealed_at": None}
    scene.tx.insert(Interview, row)
    _carry_consents(scene, interview, row)
    scene.fact("stage_opened", row["id"], person_id=by, stage=stage.key, after=interview["id"])
    if stage.held_by_people:
        _meet(scene, row, requisition, stage)
        appointments.open_appointment(scene, row, _plan(scene, requisition, stage), asked_by=by)
    else:
        _begin(scene, row, requisition)
    return row["id"]


def _flags(scene: Scene, interview: Row, requisition: Row, stage: Stage) -> dict[str, Any]:
    known = hiring.flags(interview)
    carried = {k: known[k] for k in _CARRIED if known.get(k)}
    if stage.held_by_people:
        panel = list(stages.panel_of(scene.tx, requisition, stage))
        return {**carried, "stage": stage.key, "panel": panel, "form": stages.PEOPLE}
    form = {"format": stage.form} if stage.form != hiring.TEXT else {}
    panel = {"panel": list(stage.panel)} if stage.panel else {}
    return {**carried, "stage": stage.key, **form, **panel}


def _carry_consents(scene: Scene, interview: Row, following: Row) -> None:
    """The first notice and the newest answer of each kind, exactly as they were given: from a notice on days are counted."""
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"]}
    notices, answers = dict[str, Row](), dict[str, Row]()
    for row in scene.tx.find(Consent, where, "at,id"):
        if row["answer"] == "given":
            notices.setdefault(row["kind"], row)
        else:
            answers[row["kind"]] = row
    for row in (*notices.values(), *answers.values()):
        scene.tx.insert(Consent, {**row, "id": scene.ids.new("cs"), "interview_id": following["id"]})


def _begin(scene: Scene, interview: Row, requisition: Row) -> None:
    subject = interview["candidate_id"]
    chat = people.thread_of(scene.tx, scene.tenant_id, subject)
    args = {"interview": interview["id"], "requisition": requisition["id"]}
    scene.send(chat, "begin", subject, flow="onward", args=args, interview_id=interview["id"], subject_id=subject)
    hiring.set_deadline(scene, interview, requisition["channel_id"])


def _meet(scene: Scene, interview: Row, requisition: Row, stage: Stage) -> None:
    subject = interview["candidate_id"]
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, subject)
    chat = people.thread_of(scene.tx, scene.tenant_id, subject)
    card = card_json(words.meet(name, requisition["title"], stage.title))
    scene.send(chat, "tell", subject, card=card, subject_id=subject)


def _plan(scene: Scene, requisition: Row, stage: Stage) -> Plan:
    minutes = -(-(stage.minutes or PEOPLE_MINUTES) // STEP) * STEP
    panel = stages.panel_of(scene.tx, requisition, stage)
    return Plan((Session("s1", stage.title, minutes, panel),), _zone(scene, panel))


def _zone(scene: Scene, panel: tuple[str, ...]) -> str:
    """The grid of times is that of whoever holds it, where they have said where they are."""
    known = (readers.of_member(scene.tx, scene.keys, scene.tenant_id, p, "") for p in panel)
    return next((z for z in known if z), "UTC")


def filler(tx: Tx, kit: Kit, flow: str, stored: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The parts of `onward` (see `bot.casting`): what the next stage is, and what was agreed to."""
    interview = hiring.get_interview(tx, known["tenant"], stored["interview"])
    requisition = hiring.get_requisition(tx, known["tenant"], interview["requisition_id"])
    return {
        **{k: known[k] for k in ("candidate_name", "role_title", "company")},
        "stage_title": stages.current(requisition, interview).title,
        "minutes": kit.minutes,
        "deadline": hiring.day_words(interview["deadline_at"]),
        "live": not hiring.is_recorded(interview),
        "consents": dict(hiring.flags(interview).get("consents", {})),
    }


def call_back(scene: Scene, following: Row, by: str) -> None:
    """A next stage that was opened isn't to be after all: it ends as if it had been called off."""
    moved = hiring.step(scene.tx, following, "called_off")
    if not isinstance(moved, dict):
        return
    hiring.set_flags(scene.tx, moved, called_off=scene.at, held=None)
    for about in ("remind", "expire", "rate", "promise"):
        scene.no_timer(following["id"], about)
    scene.fact("called_off", following["id"], person_id=by)
    appointments.call_off_all(scene, following["id"], "team", by)
    where = {"tenant_id": scene.tenant_id, "interview_id": following["id"]}
    event = {"kind": "learned", "name": "called_off", "data": {"text": words.CALLED_BACK}}
    for talk in scene.tx.find(Conversation, where, "opened_at,id"):
        if talk["state"] != "ended" and talk["flow"] in ("invite", "onward", *hiring.TALKS):
            scene.send(talk["thread_id"], "happening", talk["subject_id"], event=event, conversation=talk["id"])


def begins(scene: Scene, interview: Row, wanted: str) -> None:
    """What `onward` ended with: the questions begin ("interview"), or what was agreed to is asked anew ("consent")."""
    if wanted == "consent":
        chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
        hiring.begin_invitation(scene, interview, chat)
    elif wanted == "interview":
        facts.begin_interview(scene, interview)
