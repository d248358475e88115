"""A recruiter moves a candidate to another requisition."""

from bot import facts, hiring
from bot.desk import reach
from bot.desk.sight import MOST_OPTIONS, RECRUITERS, Call, answered, not_found, say, wrong
from bot.scene import Reply
from bot.store.store import Row
from flows.cards import Option
from flows.interviews.model import Refused, Status
from flows.interviews.model import move as next_status
from flows.words import desk_en as words


def move(call: Call, interview: Row) -> Reply:
    """Where to? A choice of requisitions."""
    refused = next_status(Status(interview["status"]), "moved")
    if isinstance(refused, Refused):
        return wrong(refused.say)
    others = [r for r in call.sight.requisitions(*RECRUITERS) if r["id"] != interview["requisition_id"]]
    options = tuple(Option(r["id"], r["title"][:75]) for r in reversed(others[-MOST_OPTIONS:]))
    if not options:
        return wrong(words.NOWHERE)
    return say(words.move_where(call.sight.name(interview), options), f"do:move:{interview['id']}")


def move_chosen(call: Call, ids: list[str], option: str) -> Reply:
    interview = call.sight.interview(ids[0], *RECRUITERS)
    target = call.sight.requisition(option, *RECRUITERS)
    return not_found() if interview is None or target is None else move_sure(call, interview, target)


def _begun(interview: Row) -> bool:
    return interview["status"] in ("in_progress", "paused")


def move_sure(call: Call, interview: Row, target: Row, why: str = "") -> Reply:
    """Ask once, with the consequence; or say why it can't be."""
    name = call.sight.name(interview)
    current = hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"])
    refused = next_status(Status(interview["status"]), "moved")
    if isinstance(refused, Refused):
        return wrong(refused.say)
    if current["id"] == target["id"]:
        return say(words.there_already(name, target["title"]))
    if _begun(interview) and current["kit"] != target["kit"]:
        return say(words.other_kit(name, target["title"]))
    text = why + words.move_sure(name, current["title"], target["title"], _begun(interview))
    return say(words.sure(text, words.MOVE, interview["status"]), f"do:mv:{interview['id']}:{target['id']}")


def moved(call: Call, ids: list[str], option: str) -> Reply:
    """Move somebody to another requisition. Before the interview has begun, the conversation begins anew for it."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    target = call.sight.requisition(ids[1], *RECRUITERS)
    if interview is None or target is None:
        return not_found()
    otherwise = answered(call, interview, option, lambda c, i, why: move_sure(c, i, target, why))
    if otherwise is not None:
        return otherwise
    checked = move_sure(call, interview, target)
    if not checked.token:  # it can't be any more: a kit, a status, or it is there already
        return checked
    name, old = call.sight.name(interview), call.sight.title(interview)
    interview = hiring.take_up(scene, interview)
    now = hiring.step(scene.tx, interview, "moved", requisition_id=target["id"])
    if not isinstance(now, dict):
        return wrong(now.say)
    scene.fact("moved", interview["id"], person_id=call.person_id, requisition=target["id"])
    if interview["status"] in ("in_progress", "paused", "declined"):
        reach.tell(call, now, words.moved_in_the_middle(target["title"]))
        if interview["status"] != "declined":
            hiring.set_deadline(scene, now, target["channel_id"])
    else:
        begins = hiring.format_flag(target)
        now = hiring.set_flags(scene.tx, now, consents={}, format=begins.get("format"), stage=begins.get("stage"))
        reach.end(call, now, words.moved_for_candidate(old, target["title"]))
        hiring.open_invitation(scene, now, reach.chat(call, now), target["channel_id"])
    facts.tell_channel(scene, now, "moved")
    return say(words.moved(name, target["title"]))
