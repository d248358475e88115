"""A recruiter withdraws a candidate's interview: it ends for everybody."""

from bot import facts, hiring
from bot.desk import reach
from bot.desk.sight import RECRUITERS, Call, answered, not_found, say, wrong
from bot.scene import Reply
from bot.scheduling import appointments
from bot.store.store import Row
from bot.work.shelf import clear as clear_readings
from flows.words import desk_en as words


def withdraw(call: Call, interview: Row, why: str = "") -> Reply:
    name = call.sight.name(interview)
    if interview["status"] in ("scored", "decided"):
        return wrong(words.cannot_withdraw(name))
    if interview["status"] == "withdrawn":
        return say(words.called_off_already(name))
    text = words.withdraw_sure(name, call.sight.title(interview), interview["status"] == "submitted")
    return say(
        words.sure(why + text, words.WITHDRAW, interview["status"], danger=True), f"do:calloff:{interview['id']}"
    )


def call_off(call: Call, ids: list[str], option: str) -> Reply:
    """The team ends an interview: the candidate is told kindly, nothing is due any more, and the panel hears it."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    otherwise = answered(call, interview, option, withdraw)
    if otherwise is not None:
        return otherwise
    name, role = call.sight.name(interview), call.sight.title(interview)
    moved = hiring.step(scene.tx, interview, "called_off")
    if not isinstance(moved, dict):
        return wrong(moved.say)
    moved = hiring.set_flags(scene.tx, moved, called_off=scene.at, held=None)
    for timer in ("remind", "expire", "rate", "promise"):
        scene.no_timer(interview["id"], timer)
    clear_readings(scene.tx, moved)
    scene.fact("called_off", interview["id"], person_id=call.person_id)
    appointments.call_off_all(scene, interview["id"], "team", call.person_id)
    reach.end(call, interview, words.called_off_for_candidate(name, role))
    for review in reach.conversations(call, interview, "review"):
        reach.happens(call, review, reach.learned(words.called_off_for_rater(name)))
    facts.tell_channel(scene, moved, "called_off")
    if interview["submitted_at"] is not None:
        channel = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"]
        hiring.render_post(scene, "scorecard", interview["id"], moved, channel)
    return say(words.called_off(name))
