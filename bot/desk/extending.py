"""A recruiter decides about a recorded interview that is late, or whose candidate asks for more time once more."""

from bot import deadlines, facts, hiring
from bot.desk import reach
from bot.desk.sight import RECRUITERS, Call, not_found, say, wrong
from bot.scene import Reply
from bot.store.store import Row
from flows.words import desk_en, panel_en
from flows.words import recorded_en as words


def decide(call: Call, ids: list[str], option: str) -> Reply:
    """Give two more days, leave it as it is, or close it; whoever decides first does."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    name = call.sight.name(interview)
    if not hiring.flags(interview).get(deadlines.ASKS) or interview["status"] not in deadlines.UNSENT:
        return say(desk_en.plain(words.settled(name)))
    interview = hiring.hold(scene.tx, interview)
    scene.fact("extension_decided", interview["id"], person_id=call.person_id, answer=option)
    if option == "give":
        until = deadlines.prolong(scene, interview)
        reach.tell(call, interview, words.given(until))
        return say(desk_en.plain(words.gave(name, until)))
    interview = hiring.set_flags(scene.tx, interview, **{deadlines.ASKS: None})
    if option == "leave":
        past = interview["deadline_at"] <= scene.at
        reach.tell(call, interview, words.not_given(hiring.until(scene.tx, interview), past))
        return say(desk_en.plain(words.left(name)))
    return _closed(call, interview, name)


def _closed(call: Call, interview: Row, name: str) -> Reply:
    scene = call.scene
    paused = hiring.step(scene.tx, interview, "paused")  # who is in the middle of it can't run out
    moved = hiring.step(scene.tx, paused if isinstance(paused, dict) else interview, "expired")
    if not isinstance(moved, dict):
        return wrong(moved.say)
    hiring.no_deadline(scene, moved)
    scene.fact("expired", moved["id"], person_id=call.person_id)
    reach.tell(call, moved, panel_en.expired_for_candidate(call.sight.title(moved)))
    facts.tell_channel(scene, moved, "expired")
    return say(desk_en.plain(words.closed(name)))
