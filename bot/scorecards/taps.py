"""What the buttons of a scorecard's post do. The post is the same for everybody: each of these checks the role again.

The answer is for whoever pressed, and for nobody else; None where what follows speaks for itself in their own chat.
"""

from collections.abc import Callable

from bot import hiring, people
from bot.scene import Reply, Scene
from bot.scorecards import clips, moments, post, rating, reminding, rereading, sealing
from bot.store.store import Row
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.words import panel_en as words
from flows.words import reread_en

_RECRUITERS = ("recruiter", "admin")


def _rate(scene: Scene, person: str, interview: Row) -> Reply | None:
    refusal = rating.begin_rating(scene, person, interview)
    return Reply(refusal) if refusal else None


def _amend(scene: Scene, person: str, interview: Row) -> Reply | None:
    refusal = rating.begin_amending(scene, person, interview)
    return Reply(refusal) if refusal else None


def _mine(scene: Scene, person: str, interview: Row) -> Reply:
    return Reply(post.private_view(scene.tx, scene.keys, interview, person))


def _early(scene: Scene, person: str, interview: Row) -> Reply:
    if not people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person, *_RECRUITERS):
        return _no(words.ONLY_RECRUITERS_OPEN)
    if interview["status"] != "submitted" or interview["revealed_at"] is not None:
        return _no(words.EARLY_GONE)
    if sealing.nobody_rated(scene.tx, interview):
        return _no(words.NOBODY_RATED)
    panel, due = hiring.due_raters(scene.tx, interview)
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    return Reply(words.open_early(name, len(panel) - len(due), len(panel)), reminding.EARLY + interview["id"])


def _reread(scene: Scene, person: str, interview: Row) -> Reply:
    recruits = people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person, *_RECRUITERS)
    if not recruits and person not in hiring.panel_of(scene.tx, interview):
        return _no(reread_en.ONLY_PANEL)
    return Reply(rereading.ask(scene, interview, person))


def _uncover(scene: Scene, person: str, interview: Row) -> Reply:
    if not people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person, *_RECRUITERS):
        return _no(reread_en.ONLY_RECRUITERS)
    return Reply(rereading.end(scene, interview, person))


def _read(scene: Scene, person: str, interview: Row) -> Reply | None:
    """Their own link to the transcript, in their own chat: nobody else is shown it."""
    answer = moments.personal_link(scene, interview, person)
    chat, subject = people.chat_of(scene.tx, scene.tenant_id, person), interview["candidate_id"]
    if answer.card is None or not answer.card.links or not chat:
        return answer
    scene.send(chat, "tell", subject, card=card_json(answer.card), subject_id=subject)
    return None


def _hear(scene: Scene, person: str, interview: Row) -> Reply:
    return clips.asked(scene, person, interview)


def _no(text: str) -> Reply:
    return Reply(Card(text, tone="kind_error"))


# Option -> (scene of the channel, who pressed it, interview) -> the answer.
TAPS: dict[str, Callable[[Scene, str, Row], Reply | None]] = {
    "rate": _rate,
    "mine": _mine,
    "early": _early,
    "amend": _amend,
    "reread": _reread,
    "uncover": _uncover,
    "read": _read,
    "hear": _hear,
}
