"""A recruiter pauses a candidate's interview, and takes it up again."""

from bot import hiring
from bot.desk import reach
from bot.desk.sight import CLOSED, RECRUITERS, Call, answered, not_found, say, wrong
from bot.scene import Reply
from bot.store.store import Row
from flows.words import desk_en as words


def pause(call: Call, interview: Row, why: str = "") -> Reply:
    name = call.sight.name(interview)
    if hiring.flags(interview).get("held"):
        return say(words.held_already(name))
    if interview["status"] not in ("opened", "consented", "in_progress", "paused"):
        return say(words.cannot_pause(name))
    card = words.sure(why + words.pause_sure(name), words.PAUSE, interview["status"])
    return say(card, f"do:hold:{interview['id']}")


def hold(call: Call, ids: list[str], option: str) -> Reply:
    """The team pauses: the conversation is parked, nothing is due, and the candidate is told kindly."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    name = call.sight.name(interview)
    if option != "no" and hiring.flags(interview).get("held"):
        return say(words.held_already(name))
    otherwise = answered(call, interview, option, pause)
    if otherwise is not None:
        return otherwise
    interview = hiring.hold_off(scene, hiring.hold(scene.tx, interview))
    scene.fact("held", interview["id"], person_id=call.person_id)
    reach.tell(call, interview, words.held_for_candidate(call.sight.title(interview)))
    for open_one in reach.conversations(call, interview, "invite", "onward", *hiring.TALKS):
        if open_one["state"] == "open":
            reach.happens(call, open_one, {"kind": "commanded", "name": "pause", "text": ""})
    return say(words.held(name))


def resume(call: Call, interview: Row) -> Reply:
    scene, name = call.scene, call.sight.name(interview)
    if not hiring.flags(interview).get("held"):
        return say(words.not_held(name))
    if interview["status"] in CLOSED:
        return wrong(words.TOO_LATE)
    interview = hiring.take_up(scene, hiring.hold(scene.tx, interview))
    scene.fact("taken_up", interview["id"], person_id=call.person_id)
    day = hiring.day_words(interview["deadline_at"])
    reach.tell(call, interview, words.resumed_for_candidate(call.sight.title(interview), day))
    for parked in reach.conversations(call, interview, "invite", "onward", *hiring.TALKS):
        if parked["state"] == "parked":
            reach.happens(call, parked, {"kind": "commanded", "name": "continue", "text": ""})
    return say(words.resumed(name, day))
