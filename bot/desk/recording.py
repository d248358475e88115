"""`/interview record NAME`: the record of a decision as a document, in the chat of whoever asks."""

from bot.desk.sight import MOST_OPTIONS, RECRUITERS, Call, choice, say, wrong
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.scorecards import moments, rating
from bot.store.store import Row
from flows.cards import Card
from flows.cards import from_json as card_from
from flows.words import desk_en
from flows.words import record_en as words

_OPEN = ("scored", "decided")  # where there can be a record


def command(call: Call) -> Reply:
    """The record of whoever is named; who is meant is asked where several fit."""
    text, sight = call.rest.strip(), call.sight
    if not text:
        return wrong(words.HOW)
    rows = sight.named(text, [r for status in _OPEN for r in sight.interviews(*RECRUITERS, status=status)])
    if len(rows) > MOST_OPTIONS:
        return say(desk_en.fits(text, str(len(rows))))
    if len(rows) > 1:
        return say(desk_en.which(text, len(rows), tuple(choice(sight, r) for r in rows)), "do:pick:record")
    if rows:
        return make(call, rows[0])
    waiting = sight.named(text, sight.interviews(*RECRUITERS))
    return say(Card(words.not_yet(sight.name(waiting[0])), tone="aside") if waiting else desk_en.fits(text, "no"))


def make(call: Call, interview: Row) -> Reply:
    """Have one record made; it follows in the person's own chat."""
    scene, tx = call.scene, call.scene.tx
    name = moments.name_for(tx, scene.keys, interview, call.person_id)
    if not rating.may_see_cards(tx, interview, call.person_id):
        return say(Card(words.not_yet(name), tone="aside"))
    about = {"interview_id": interview["id"], "subject_id": interview["candidate_id"]}
    scene.work("RecordPaper", {"reader": call.person_id}, conversation_id="", step="", **about)
    scene.fact("record_made", interview["id"], person_id=call.person_id)
    return say(Card(words.making(name), tone="aside"))


def made(scene: Scene, mail: Mail) -> None:
    """The letter `record`: the document is there, or it couldn't be made."""
    card = card_from(mail.data["card"]) if "card" in mail.data else Card(words.FAILED, tone="aside")
    scene.show(card, subject_id=mail.data.get("subject", ""))
