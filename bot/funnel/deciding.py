"""Decisions: the only place that writes them. A named person, a reason, and a rating that was made before the reveal.

Nothing here happens by itself: no score, no timer and no model calls `decide`. What a decision brings about (the next
stage, a letter, the end of what was open) happens in its own transaction, so that no half of it is ever left.
"""

from dataclasses import dataclass
from typing import Any

from bot import hiring, people
from bot.funnel import carrying, letters, promising, stages
from bot.keyring import Erased
from bot.scene import Scene
from bot.scheduling import appointments
from bot.scheduling.telling import name_of
from bot.scorecards import rereading
from bot.store.rows import Conversation, Decision, Interview, Scorecard
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.interviews import model
from flows.words import decision_en as words

ADVANCE, OFFER, HOLD, REJECT = OUTCOMES = ("advance", "offer", "hold", "reject")
DECIDERS = ("recruiter", "admin")
SHORTEST, LONGEST = 3, 2000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was decided. `code`: outcome, not_yours, reason, not_open, no_human, again, meanwhile, last_stage,
    no_panel, went_on, left, no_hold, letter or gone; `say`: a kind sentence for whoever wanted to decide."""

    code: str
    say: str


def decide(
    scene: Scene,
    interview: Row,
    outcome: str,
    reason: str,
    by: str,
    *,
    letter: Card | None = None,
    letter_at: int | None = None,
    seen: int = 0,
) -> Row | Refused:
    """Decide about one interview; the new `Decision` row, or why not (then nothing has changed).

    interview: its row as read in this transaction. outcome: one of `OUTCOMES`. by: the person who decides, a recruiter
    or an admin of its requisition. letter: what the candidate is told, as it was previewed (`letters.draft`); it goes out
    at `letter_at` (ms; None: now), outside of the candidate's quiet hours, unless it is stopped before. Going on to a next
    stage needs no letter: its own first message says so. seen: how many decisions about this interview the person knows
    of; somebody who doesn't know the newest hears it instead (`meanwhile`), and may then decide again.
    Raises `Conflict` when another chat changed the interview meanwhile: the letter is then handled again.
    """
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    refused = may_decide(scene, requisition, interview, outcome, reason, by, seen)
    if refused is not None:
        return refused
    if outcome == REJECT and letter is None and must_write(requisition):
        return Refused("letter", words.LETTER_NEEDED)
    before = newest(scene.tx, scene.tenant_id, interview["id"])
    moved = _moved(scene, interview, outcome)
    if isinstance(moved, Refused):
        return moved
    letters.stop_all(scene, moved, by)
    if outcome != ADVANCE and (following := _following(scene, before)) is not None:
        carrying.call_back(scene, following, by)
    opened = _opened(scene, requisition, moved, before, by) if outcome == ADVANCE else ""
    row = _written(scene, moved, outcome, reason, by, opened)
    if letter is not None and outcome != HOLD:
        letters.plan(scene, moved, outcome, letter, by, letter_at)
    _settled(scene, moved, outcome, by)
    if outcome == ADVANCE or (letter is not None and outcome != HOLD):
        promising.kept(scene, moved)
    hiring.render_post(scene, "scorecard", moved["id"], moved, requisition["channel_id"])
    return row


def may_decide(
    scene: Scene, requisition: Row, interview: Row, outcome: str, reason: str, by: str, seen: int = 0
) -> Refused | None:
    """Would `decide` take this? None if so. Changes nothing; for previews and forms, as `decide` asks it again."""
    tx, tenant = scene.tx, scene.tenant_id
    if outcome not in OUTCOMES:
        return Refused("outcome", words.WHICH_OUTCOME)
    if not people.may(tx, tenant, interview["requisition_id"], by, *DECIDERS):
        return Refused("not_yours", words.ONLY_DECIDERS)
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        return Refused("reason", words.WHY_NEEDED if len(reason.strip()) < SHORTEST else words.WHY_LONG)
    if interview["status"] not in ("scored", "decided"):
        told = model.move(model.Status(interview["status"]), "decided")
        return Refused("not_open", told.say if isinstance(told, model.Refused) else words.NOT_OPEN)
    if not rated_by_people(tx, interview):
        return Refused("no_human", words.NO_HUMAN)
    if rereading.going_on(interview):  # and whoever reads again mustn't even hear what was decided before
        return Refused("again", words.READ_AGAIN)
    try:
        scene.keys.load(tx, tenant, interview["candidate_id"])
        history = of_interview(tx, tenant, interview["id"])
        if len(history) != seen:
            return Refused("meanwhile", _what_it_is(scene, history[-1]) if history else words.NOT_OPEN)
        following = _following(scene, history[-1] if history else None)
    except Erased:
        return Refused("gone", words.GONE)
    if following is not None and following["status"] in ("submitted", "scored", "decided"):
        return Refused("went_on", words.WENT_ON)
    if _has_left(tx, history):
        return Refused("left", words.LEFT)
    if outcome == HOLD and interview["status"] == "decided":
        return Refused("no_hold", words.NO_HOLD)
    if outcome == ADVANCE:
        stage = stages.next_of(requisition, interview)
        if stage is None:
            return Refused("last_stage", words.LAST_STAGE)
        if stage.held_by_people and not stages.panel_of(tx, requisition, stage):
            return Refused("no_panel", words.no_panel(stage.title))
    return None


def must_write(requisition: Row) -> bool:
    """Is nobody of this requisition told no without a letter? Some laws want its notice (`/interview compliance`)."""
    return bool(hiring.settings_of(requisition).get("adverse_letters"))


def rated_by_people(tx: Tx, interview: Row) -> bool:
    """Is there a person's scorecard that was handed in before the cards were opened?"""
    rows = tx.find(Scorecard, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "kind": "human"})
    return any(r["revealed_at"] is not None for r in rows)


def of_interview(tx: Tx, tenant_id: str, interview_id: str) -> list[Row]:
    """The decisions about an interview, oldest first; the last one holds."""
    return tx.find(Decision, {"tenant_id": tenant_id, "interview_id": interview_id}, "version")


def newest(tx: Tx, tenant_id: str, interview_id: str) -> Row | None:
    """The decision that holds; None where nothing was decided (or put on hold) yet."""
    found = tx.find(Decision, {"tenant_id": tenant_id, "interview_id": interview_id}, "-version", 1)
    return found[0] if found else None


def reason_of(scene: Scene, decision: Row) -> str:
    """Why it was decided so, in the words of who decided. Raises `Erased`."""
    scene.keys.load(scene.tx, decision["tenant_id"], decision["subject_id"])
    opened: Any = scene.keys.open(decision["tenant_id"], decision["subject_id"], decision["sealed"])
    return str(opened["reason"])


def _what_it_is(scene: Scene, decision: Row) -> str:
    who = name_of(scene.tx, scene.keys, scene.tenant_id, decision["decided_by"])
    return words.meanwhile(who, decision["outcome"], reason_of(scene, decision))


def _moved(scene: Scene, interview: Row, outcome: str) -> Row | Refused:
    """The interview, moved by compare-and-set; being put on hold moves nothing, and yet nobody else decides meanwhile."""
    stepped = hiring.hold(scene.tx, interview) if outcome == HOLD else hiring.step(scene.tx, interview, "decided")
    if isinstance(stepped, model.Refused):
        return Refused("not_open", stepped.say)
    return hiring.set_flags(scene.tx, stepped, told=None) if hiring.flags(stepped).get("told") else stepped


def _following(scene: Scene, before: Row | None) -> Row | None:
    """The interview that an earlier decision has opened and that goes on; None where there is none."""
    if before is None or not before["next_interview_id"]:
        return None
    row = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=before["next_interview_id"])
    return row if row is not None and row["status"] not in ("withdrawn", "expired") else None


def _has_left(tx: Tx, history: list[Row]) -> bool:
    """Has the candidate withdrawn in a stage that these decisions opened? What the team called back is no withdrawal."""
    opened = [d for d in history if d["next_interview_id"]]
    rows = [tx.one(Interview, tenant_id=d["tenant_id"], id=d["next_interview_id"]) for d in opened]
    return any(r is not None and r["status"] == "withdrawn" and not hiring.flags(r).get("called_off") for r in rows)


def _opened(scene: Scene, requisition: Row, interview: Row, before: Row | None, by: str) -> str:
    """The id of the next stage's interview: the one that is open already, else a new one."""
    following = _following(scene, before)
    if following is not None:
        return following["id"]
    stage = stages.next_of(requisition, interview)
    assert stage is not None, "only asked where there is somewhere to go"
    return carrying.carry_on(scene, interview, requisition, stage, by)


def _written(scene: Scene, interview: Row, outcome: str, reason: str, by: str, following: str) -> Row:
    version = len(of_interview(scene.tx, scene.tenant_id, interview["id"])) + 1
    subject = interview["candidate_id"]
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    row: Row = {"tenant_id": scene.tenant_id, "id": scene.ids.new("de"), "interview_id": interview["id"]}
    row |= {"version": version, "outcome": outcome, "decided_by": by, "next_interview_id": following}
    row |= {"subject_id": subject, "sealed": scene.keys.seal(scene.tenant_id, subject, {"reason": reason.strip()})}
    row["at"] = scene.at
    scene.tx.insert(Decision, row)
    scene.fact("decision_made", interview["id"], person_id=by, outcome=outcome, version=version)
    return row


def _settled(scene: Scene, interview: Row, outcome: str, by: str) -> None:
    """Nothing is asked of anybody any more about what has been decided."""
    if outcome == HOLD:
        return
    scene.no_timer(interview["id"], "rate")
    if outcome in (OFFER, REJECT):
        appointments.call_off_all(scene, interview["id"], "not_needed", by)
    _end_conversations(scene, interview)


def _end_conversations(scene: Scene, interview: Row) -> None:
    """Late ratings and answers under way end kindly; what a candidate says about their feedback doesn't."""
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    said = {"review": words.decided_for_rater(name)}
    said |= dict.fromkeys(("invite", "onward", *hiring.TALKS), words.DECIDED_FOR_CANDIDATE)
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"]}
    for talk in scene.tx.find(Conversation, where, "opened_at,id"):
        if talk["state"] != "ended" and talk["flow"] in said:
            event = {"kind": "learned", "name": "called_off", "data": {"text": said[talk["flow"]]}}
            scene.send(talk["thread_id"], "happening", talk["subject_id"], event=event, conversation=talk["id"])
