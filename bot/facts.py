"""What facts mean to others. One visible table, `EFFECTS`; every effect runs in the fact's own transaction.

An effect gets (scene, conversation, data, result): it may move the interview, keep a record, queue
work, and send letters to other chats. It never touches another chat's rows itself.
"""

from collections.abc import Callable
from typing import Any

from bot import deadlines, hiring, people
from bot.calibration import drill
from bot.hiring import DAY, HOUR, tell_recruiters
from bot.recordings import dropping
from bot.scene import Scene
from bot.scorecards import diverging, following, rating, reminding, rereading, sealing
from bot.store.rows import Consent, FactRow, TeamQuestion
from bot.store.store import Row
from bot.threads import Conv
from bot.work.shelf import clear as clear_readings
from flows.cards import to_json as card_json
from flows.words import panel_en as words
from flows.words import reread_en
from flows.words.en import handover

HANDOVER_MINUTES = 10


def _interview(scene: Scene, conv: Conv) -> Row:
    return hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])


def _channel(scene: Scene, interview: Row) -> str:
    return hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"]


def _moved(name: str) -> Any:
    """An effect that only moves the interview's status."""

    def effect(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        hiring.step(scene.tx, _interview(scene, conv), name)

    return effect


def _began(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    hiring.step(scene.tx, _interview(scene, conv), "interview_began")
    following.began(scene, conv, data, result)


def _goes_on(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """Somebody came back after a rest; if the team had paused them, their time runs again."""
    interview = hiring.take_up(scene, _interview(scene, conv))
    if conv.row["flow"] in hiring.TALKS:
        hiring.step(scene.tx, interview, "resumed")


def _residence(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    hiring.set_flags(scene.tx, _interview(scene, conv), residence=data["place"])


def _record(kind: str) -> Any:
    """Keep a notice or a consent with the exact text it was given for; the newest answer of a kind counts."""

    def effect(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        interview = _interview(scene, conv)
        asked = data.get("kind", data.get("id", kind))
        row: Row = {
            "tenant_id": scene.tenant_id,
            "id": scene.ids.new("cs"),
            "interview_id": interview["id"],
            "kind": asked,
        }
        row |= {"answer": data.get("answer", "given"), "text_version": str(data["version"]), "text_hash": data["hash"]}
        row |= {"language": data.get("language", "en"), "platform": scene.thread["platform"], "at": scene.at}
        scene.tx.insert(Consent, row)
        if kind == "consent":
            consents = {**hiring.flags(interview).get("consents", {}), asked: data["answer"]}
            hiring.set_flags(scene.tx, interview, consents=consents)

    return effect


def _invite_ended(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    if result == "interview":
        begin_interview(scene, _interview(scene, conv))


def begin_interview(scene: Scene, interview: Row) -> None:
    """Start the interview in the candidate's chat: live, or in their own time, as its flags say."""
    scene.send(
        people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"]),
        "begin",
        interview["candidate_id"],
        flow=hiring.flow_of(interview),
        args={
            "interview": interview["id"],
            "unhurried": bool(hiring.flags(interview).get("unhurried")),
            # Frozen, as the candidate is told at the beginning whether somebody reads along.
            **({"followed": True} if following.wanted(scene, interview) else {}),
        },
        interview_id=interview["id"],
        subject_id=interview["candidate_id"],
    )


def _notice(scene: Scene, conv: Conv, data: dict[str, Any], result: Any, name: str) -> None:
    """Tell the channel, by a post about the fact that was just written down."""
    tell_channel(scene, _interview(scene, conv), name)


def tell_channel(scene: Scene, interview: Row, name: str) -> None:
    """Post the newest fact called `name` of an interview in its hiring channel."""
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "name": name}
    fact = scene.tx.find(FactRow, where, "at,id")[-1]
    hiring.render_post(scene, "notice", fact["id"], interview, _channel(scene, interview))


def _human_asked(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    if conv.row["interview_id"]:
        _notice(scene, conv, data, result, "human_asked")


def _human_chosen(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    hiring.step(scene.tx, _interview(scene, conv), "human_chosen")
    _notice(scene, conv, data, result, "human_chosen")


def _withdrawn(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    if conv.row["flow"] not in hiring.CANDIDATES:
        return  # somebody left a rating or their feedback, which is no withdrawal
    interview = _interview(scene, conv)
    hiring.step(scene.tx, interview, "withdrawn")
    for about in ("remind", "expire", "rate", "promise"):
        scene.no_timer(interview["id"], about)
    clear_readings(scene.tx, interview)
    dropping.unused(scene, interview)
    drill.end_with(scene, interview)
    _notice(scene, conv, data, result, "withdrawn")
    if interview["submitted_at"] is not None:
        hiring.render_post(scene, "scorecard", interview["id"], interview, _channel(scene, interview))
    if interview["revealed_at"] is not None:  # what else shows something of the cards is put away with them
        diverging.open_threads(scene, interview)
        sealing.draw(scene, interview)


def _accommodation(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """For the recruiters alone: nobody who rates may know."""
    interview = _interview(scene, conv)
    hiring.set_flags(scene.tx, interview, unhurried=True)
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    tell_recruiters(scene, interview, words.adjustment(name, data["wish"]))


def _handover(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """A link with which the same person goes on elsewhere: it works once and for a few minutes."""
    person_id, interview_id = scene.thread["person_id"], conv.row["interview_id"]
    link = people.issue_link(
        scene.tx, scene.ids, scene.tenant_id, "handover", person_id, interview_id, scene.at, 0, minutes=HANDOVER_MINUTES
    )
    card = handover(f"/i/{link}", HANDOVER_MINUTES)
    scene.show(card, subject_id=conv.row["subject_id"], conversation_id=conv.id, interview_id=interview_id)


def _team_question(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    interview = _interview(scene, conv)
    question_id = scene.ids.new("tq")
    row: Row = {"tenant_id": scene.tenant_id, "id": question_id, "requisition_id": interview["requisition_id"]}
    row |= {"interview_id": interview["id"], "conversation_id": conv.id, "thread_id": scene.thread["id"]}
    row |= {"question": data["question"], "utterance_id": data["utterance"], "message_id": "", "answered_by": ""}
    scene.tx.insert(TeamQuestion, {**row, "sealed_say": None, "asked_at": scene.at, "answered_at": None})
    hiring.render_post(scene, "question", question_id, interview, _channel(scene, interview))


def _submitted(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The answers are in: queue the machine's reading, post who is due, and remind them later."""
    interview = hiring.step(scene.tx, _interview(scene, conv), "submitted", submitted_at=scene.at)
    if not isinstance(interview, dict):
        return
    for about in ("remind", "expire"):
        scene.no_timer(interview["id"], about)
    dropping.unused(scene, interview)
    scene.work(
        "Assess", {}, conversation_id="", interview_id=interview["id"], subject_id=interview["candidate_id"], step=""
    )
    reminding.begin(scene, interview)
    hiring.render_post(scene, "scorecard", interview["id"], interview, _channel(scene, interview))


def _rated(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """Keep a sealed card, and open all of them when it was the last."""
    interview = hiring.hold(scene.tx, _interview(scene, conv))
    interview = rating.keep_rating(scene, interview, scene.thread["person_id"], result)
    sealing.maybe_reveal(scene, interview)
    diverging.open_threads(scene, interview)  # a card that came, or was amended, after the reveal
    hiring.render_post(scene, "scorecard", interview["id"], interview, _channel(scene, interview))


def _draft_kept(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    rating.save_draft(scene, _interview(scene, conv), scene.thread["person_id"], result)


def _contested(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    interview = _interview(scene, conv)
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    now_open = interview["revealed_at"] is not None
    token = rereading.CHOOSE + interview["id"] if now_open else ""
    tell_recruiters(scene, interview, reread_en.contested(name) if now_open else words.contested(name), token)


def _extension(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """More time was asked for in the conversation, so that is where the answer belongs."""
    until = deadlines.extend(scene, _interview(scene, conv))
    name, told = ("extended", {"day": until}) if until else ("team_asked", {})
    learned: dict[str, Any] = {"kind": "learned", "name": name, "data": told}
    scene.send(scene.thread["id"], "happening", conv.row["subject_id"], event=learned, conversation=conv.id)


def on_timer(scene: Scene, interview: Row, about: str) -> None:
    """One of an interview's own timers is due."""
    if deadlines.on_timer(scene, interview, about):
        return
    if about in TIMERS:
        TIMERS[about](scene, interview)


def _remind(scene: Scene, interview: Row) -> None:
    """Remind the candidate of an invitation that is about to run out."""
    if interview["status"] in ("opened", "consented", "in_progress", "paused"):
        role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
        card = card_json(words.reminder_to_candidate(role, hiring.day_words(interview["deadline_at"])))
        scene.send(_candidate_chat(scene, interview), "tell", interview["candidate_id"], card=card)


def _expire(scene: Scene, interview: Row) -> None:
    """Let an invitation run out, unless somebody is answering: then it is looked at again a day later."""
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    if deadlines.listening(scene.tx, interview):  # to a recording that came in time
        scene.timer(interview["id"], "expire", scene.at + HOUR, thread_id=requisition["channel_id"])
        return
    moved = hiring.step(scene.tx, interview, "expired")
    if interview["status"] == "in_progress":
        scene.timer(interview["id"], "expire", scene.at + DAY, thread_id=requisition["channel_id"])
    if isinstance(moved, dict) and moved["status"] == "expired":
        scene.fact("expired", interview["id"])
        card = card_json(words.expired_for_candidate(requisition["title"]))
        scene.send(_candidate_chat(scene, interview), "tell", interview["candidate_id"], card=card)
        tell_channel(scene, interview, "expired")


def _candidate_chat(scene: Scene, interview: Row) -> str:
    return people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])


# What an interview's own timer is about -> what is done when it is due, in the transaction of its letter.
TIMERS: dict[str, Callable[[Scene, Row], None]] = {"remind": _remind, "expire": _expire}


def overdue_interview(row: Row, at: int) -> bool:
    """Has an interview's deadline passed without an answer?"""
    return row["deadline_at"] <= at and row["status"] in ("invited", "opened", "consented", "paused")


EFFECTS: dict[str, Any] = {
    "opened": _moved("opened"),
    "residence_given": _residence,
    "notice_given": _record("notice"),
    "consent": _record("consent"),
    "consented": _moved("consented"),
    "human_chosen": _human_chosen,
    "human_asked": _human_asked,
    "accommodation_asked": _accommodation,
    "handover_asked": _handover,
    "invite:ended": _invite_ended,
    "interview_began": _began,
    "question_shown": following.shown,
    "interview:answered": following.answered,
    "interview:worded": following.worded,
    "interview:returned": following.returned,
    "interview:ended": following.ended,
    "interview:parked": _moved("paused"),
    "interview:open": _goes_on,
    "recorded:parked": _moved("paused"),
    "recorded:open": _goes_on,
    "extension_asked": _extension,
    "invite:open": _goes_on,
    "paused": _moved("paused"),
    "resumed": _moved("resumed"),
    "team_question": _team_question,
    "submitted": _submitted,
    "withdrawn": _withdrawn,
    "rated": _rated,
    "draft_kept": _draft_kept,
    "contested": _contested,
    "recording_dropped": dropping.dropped,
}
