"""Practice and tech checks: how they begin and end in a candidate's chat, and how all of it is forgotten.

They belong to no interview: no row of theirs names one, so that nothing the team reads can find them. A day after one
began it is deleted, with what was said in it; the recording of a check goes as soon as the check is over.
"""

from collections.abc import Callable
from typing import Any

from bot import hiring, people
from bot.mail import Mail
from bot.recordings import dropping, shelf
from bot.scene import Scene
from bot.store import practice_queries as queries
from bot.store.rows import Coaching as CoachingRow
from bot.store.rows import Conversation, Interview, PartialUpload, Recording, Transcript, Utterance
from bot.store.store import Row, Tx
from bot.threads import Conv
from flows.cards import Card
from flows.kits.model import Kit
from flows.practice.before import BACK, LEFT, WANTED
from flows.practice.coaching import Coaching
from flows.words import practice_en as words

FLOWS = {words.PRACTISE.id: "practice", words.CHECK.id: "techcheck"}
PLAYS = tuple(FLOWS.values())
LETTER = "practice_due"
_ABOUT = "practice."  # what the timer of a practice is about begins with; the conversation follows
_KEPT = hiring.DAY
_AGAIN = 10 * 60_000  # ms until it is looked again whether the bytes are gone
# Conversations that come before an interview of Parley's begins.
_BEFORE = ("invite", "onward", "booking", "reschedule", "cancel")
Effect = Callable[[Scene, Conv, dict[str, Any], Any], None]


def filler(tx: Tx, kit: Kit, flow: str, stored: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The parts of a practice or a check (see `bot.casting`). Its questions are English; whoever is interviewed in another
    language may answer in that too."""
    hears: dict[str, Any] = {"hears": stored.get("hears", "off")}
    if flow != FLOWS[words.PRACTISE.id]:
        return hears
    interview = hiring.get_interview(tx, known["tenant"], stored["interview"])
    unhurried = bool(hiring.flags(interview).get("unhurried"))
    return hears | {"language": "en" if kit.languages == ("en",) else "", "unhurried": unhurried}


# -- beginning -------------------------------------------------------------------------------------------------------


def orders(text: str, flow: str) -> bool:
    """Do words ask for a practice, in a conversation that comes before the interview?"""
    return flow in _BEFORE and words.wanted(text) is not None


def spoken(scene: Scene, text: str) -> bool:
    """Begin what a candidate asks for with a few words, before their interview has begun. False: something else."""
    wanted, person = words.wanted(text), scene.thread["person_id"]
    if wanted is None or not people.is_candidate(scene.tx, scene.tenant_id, person):
        return False
    mine = scene.tx.find(Interview, {"tenant_id": scene.tenant_id, "candidate_id": person}, "-created_at,-id")
    to_come = next((i for i in mine if i["status"] == "consented"), None)
    if to_come is None:
        scene.show(Card(words.NOT_NOW, tone="aside"))
    else:
        _begin(scene, to_come, FLOWS[wanted])
    return True


def _begin(scene: Scene, interview: Row, flow: str) -> None:
    """Begin it in this chat; what is still open of an earlier one ends without a word."""
    subject = interview["candidate_id"]
    _close(scene)
    scene.send(scene.thread["id"], "begin", subject, flow=flow, args={"interview": interview["id"]}, subject_id=subject)


def _close(scene: Scene) -> None:
    event: dict[str, Any] = {"kind": "learned", "name": "called_off", "data": {"text": ""}}
    for talk in queries.upcoming(scene.tx, scene.tenant_id, scene.thread["id"], PLAYS):
        scene.send(scene.thread["id"], "happening", talk["subject_id"], event=event, conversation=talk["id"])


def _wanted(flow: str) -> Effect:
    def effect(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        _begin(scene, hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"]), flow)

    return effect


def _left(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    _close(scene)


def _interview_began(below: Effect) -> Effect:
    """What is still open of a practice is over now: every word belongs to the interview."""

    def effect(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        below(scene, conv, data, result)
        _close(scene)

    return effect


def _began(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """A day from now it is forgotten, whatever has become of it."""
    scene.timer(conv.row["subject_id"], _ABOUT + conv.id, scene.at + _KEPT, token=conv.id)


# -- while it goes on ------------------------------------------------------------------------------------------------


def _returned(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The measures of a recording are known: they are kept, so that the next one can be told beside it."""
    told: dict[str, Any] = data["value"]
    heard = [r for r in _recordings(scene, conv.id) if r["state"] == shelf.HEARD]
    if told.get("is") != Coaching.__name__ or not told["ms"] or not heard:
        return
    scene.keys.load(scene.tx, scene.tenant_id, conv.row["subject_id"])
    sealed = scene.keys.seal(scene.tenant_id, conv.row["subject_id"], told)
    row: Row = {"tenant_id": scene.tenant_id, "recording_id": heard[-1]["id"]}
    scene.tx.put(CoachingRow, {**row, "subject_id": conv.row["subject_id"], "sealed": sealed, "at": scene.at})


def human_asked(below: Effect, tell: Callable[[Scene, Row, str], None]) -> Effect:
    """With what is done when somebody who practises would like to talk to a person: that is about their interview."""

    def effect(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        if conv.row["flow"] not in PLAYS:
            below(scene, conv, data, result)
            return
        interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.args["interview"])
        scene.fact("human_asked", interview["id"], person_id=conv.row["subject_id"], step="")
        tell(scene, interview, "human_asked")

    return effect


# -- the end ---------------------------------------------------------------------------------------------------------


def _ended(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """Back to where the person was: the conversation that waited asks its question again."""
    if conv.row["flow"] == FLOWS[words.CHECK.id]:
        _drop(scene, conv.id)
    if result == "practised":
        _go_on(scene)


def _go_on(scene: Scene) -> None:
    event: dict[str, Any] = {"kind": "learned", "name": BACK, "data": {}}
    for talk in queries.upcoming(scene.tx, scene.tenant_id, scene.thread["id"], (*hiring.TALKS, *_BEFORE))[-1:]:
        scene.send(scene.thread["id"], "happening", talk["subject_id"], event=event, conversation=talk["id"])


def _drop(scene: Scene, conversation: str) -> None:
    """The recordings of a conversation go now, with what was heard in them."""
    for row in _recordings(scene, conversation):
        mine = {"tenant_id": scene.tenant_id, "recording_id": row["id"]}
        scene.tx.delete(Transcript, mine)
        scene.tx.delete(CoachingRow, mine)
        scene.tx.delete(Utterance, {"tenant_id": scene.tenant_id, "id": row["id"]})
        scene.tx.change(PartialUpload, _upload(scene, row), {"forget_at": scene.at})
        dropping.forget(scene, row)


def _recordings(scene: Scene, conversation: str) -> list[Row]:
    return scene.tx.find(Recording, {"tenant_id": scene.tenant_id, "conversation_id": conversation}, "at,id")


def _upload(scene: Scene, row: Row) -> Row:
    """What it came by from a page; by another name than anything has, where it came from elsewhere."""
    ref = shelf.opened(scene.tx, scene.keys, row).ref
    return {"tenant_id": scene.tenant_id, "id": ref.get("upload", "")}


# -- forgetting ------------------------------------------------------------------------------------------------------


def due(scene: Scene, mail: Mail) -> None:
    """The letter that comes a day after one began, and again until the bytes of its recordings are gone as well."""
    conversation = scene.tx.one(Conversation, tenant_id=scene.tenant_id, id=mail.data["token"])
    if conversation is not None and conversation["thread_id"] != scene.thread["id"]:
        return
    if conversation is not None and conversation["state"] != "ended":
        # It ends first, in a turn of its own; this letter comes once more right after that.
        _close(scene)
        scene.send(scene.thread["id"], LETTER, mail.data["owner"], owner=mail.data["owner"], token=conversation["id"])
        _go_on(scene)
        return
    gone = _gone(scene, mail.data["token"])
    _drop(scene, mail.data["token"])
    if conversation is not None:
        queries.forget(scene.tx, conversation)
    if not gone:
        about = _ABOUT + mail.data["token"]
        scene.timer(mail.data["owner"], about, scene.at + _AGAIN, token=mail.data["token"])


def _gone(scene: Scene, conversation: str) -> bool:
    """Are the bytes gone, and were so before? Whoever was still listening must find the row, to hold nothing of it."""
    rows = _recordings(scene, conversation)
    for row in rows:
        if row["state"] not in shelf.OVER or row["blob"] or row["picture"]:
            return False
    for row in rows:
        scene.tx.delete(Recording, {"tenant_id": scene.tenant_id, "id": row["id"]})
    return True


def effects(below: dict[str, Effect], tell: Callable[[Scene, Row, str], None]) -> dict[str, Effect]:
    """Fact -> effect. tell: tells an interview's channel of a fact (`bot.facts.tell_channel`)."""
    practice, check = FLOWS[words.PRACTISE.id], FLOWS[words.CHECK.id]
    return {
        **{fact: _wanted(FLOWS[option]) for option, fact in WANTED.items()},
        LEFT: _left,
        "interview_began": _interview_began(below["interview_began"]),
        f"{practice}_began": _began,
        "check_began": _began,
        f"{practice}:returned": _returned,
        f"{practice}:ended": _ended,
        f"{check}:ended": _ended,
        "human_asked": human_asked(below["human_asked"], tell),
    }
