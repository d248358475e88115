"""Answers about scorecards from people's own chats: open early, stand in for a late rater, have the answers read again."""

from bot import hiring
from bot.desk.sight import RECRUITERS, Call, not_found, say, wrong
from bot.scene import Reply
from bot.scorecards import rating, reminding, rereading, sealing
from bot.store.rows import FactRow, Interview
from bot.store.store import Row
from flows.cards import Card
from flows.words import desk_en, reread_en
from flows.words import panel_en as words


def early(call: Call, ids: list[str], option: str) -> Reply:
    """Open the cards now, for the chosen reason; it stands on the card."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    if option not in words.EARLY_REASONS:
        return say(desk_en.plain(words.STILL_SEALED))
    if interview["revealed_at"] is None and sealing.nobody_rated(call.scene.tx, interview):
        return wrong(words.NOBODY_RATED)
    done = sealing.open_early(call.scene, interview, call.person_id, words.EARLY_REASONS[option])
    return say(desk_en.revealed(call.sight.name(interview))) if done else wrong(words.EARLY_GONE)


def backup(call: Call, ids: list[str], option: str) -> Reply:
    """A backup rater takes somebody's place, or doesn't. Only whoever was asked can answer."""
    interview = _asked(call, ids[0], "backup_asked")
    if interview is None:
        return not_found()
    return _agreed(call, interview, reminding.answer_backup(call.scene, interview, call.person_id, option == "yes"))


def again(call: Call, ids: list[str], option: str) -> Reply:
    """The second reader agrees, or doesn't. Only whoever was asked can answer."""
    interview = _asked(call, ids[0], "reread_given")
    if interview is None:
        return not_found()
    return _agreed(call, interview, rereading.answer(call.scene, interview, call.person_id, option))


def reread(call: Call, ids: list[str], option: str) -> Reply:
    """A recruiter begins a second reading, chooses who reads, or ends it."""
    interview, scene = call.sight.interview(ids[0], *RECRUITERS), call.scene
    if interview is None:
        return not_found()
    if option == reread_en.START.id:
        return say(rereading.ask(scene, interview, call.person_id, contested=True))
    if option == reread_en.NOBODY_NOW.id:
        return say(rereading.end(scene, interview, call.person_id))
    return say(rereading.choose(scene, interview, call.person_id, option))


def _asked(call: Call, interview_id: str, fact: str) -> Row | None:
    """The interview, if this person was ever asked about it; for everybody else there is nothing."""
    scene = call.scene
    where = {"tenant_id": scene.tenant_id, "interview_id": interview_id, "name": fact, "person_id": call.person_id}
    return (
        scene.tx.one(Interview, tenant_id=scene.tenant_id, id=interview_id) if scene.tx.find(FactRow, where) else None
    )


def _agreed(call: Call, interview: Row, answered: tuple[Card, bool]) -> Reply:
    """What somebody who was asked to rate answers; when they agree, their form follows at once."""
    card, begins = answered
    if not begins:
        return say(card)
    now = hiring.get_interview(call.scene.tx, call.scene.tenant_id, interview["id"])
    if rereading.is_reader(now, call.person_id):
        reminding.begin(call.scene, now)
    return say(rating.begin_rating(call.scene, call.person_id, now) or card)
