"""A second person reads the answers again, without having seen the first scorecards.

Asked for by somebody of the panel, or because the candidate contests their feedback. Meanwhile the machine's card is
frozen, the post in the channel is covered, and the second reader is shown no first card on any path (`blinded`). It is
kept in the interview's flags: `reread` {state: asking, asked or rating; person; by; contested; seen; no: who said no; at},
and, once done, `readings` {person: "blind" or "seen"}: an honest record of whether they knew the first cards.
"""

from typing import Any

from bot import hiring, people
from bot.scene import Scene
from bot.scorecards import sealing
from bot.store.rows import Post, Scorecard
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.words import reread_en as words

CHOOSE, ANSWER = "do:reread:", "do:again:"  # what the tokens of its buttons begin with; the interview follows
_TEAM = ("panelist", "recruiter", "admin", "observer")
# Kinds of posts that have nothing to do with cards, and those that follow the scorecard's by themselves.
_OTHERS = ("notice", "question", "appointment", "clip")
_MOST = 15  # people to choose from in one card


def going_on(interview: Row) -> dict[str, Any] | None:
    """The second reading that is under way."""
    return hiring.flags(interview).get("reread")


def readings(interview: Row) -> dict[str, str]:
    """Who has read again: person -> "blind" or "seen"."""
    return hiring.flags(interview).get("readings", {})


def is_reader(interview: Row, person_id: str) -> bool:
    """Has this person agreed to read again, and not submitted yet?"""
    now = going_on(interview)
    return now is not None and now["person"] == person_id and now["state"] == "rating"


def blinded(interview: Row, person_id: str) -> bool:
    """Must this person see nobody's card, the machine's included? Whoever is asked to read again, until they submit."""
    now = going_on(interview)
    return now is not None and bool(person_id) and now["person"] == person_id


def ask(scene: Scene, interview: Row, by: str, contested: bool = False) -> Card:
    """Begin a second reading: cover the cards and have a recruiter choose who reads. What to say to whoever asked.

    by: of the panel, or a recruiter (the caller has checked); contested: the candidate has asked for it.
    """
    now = going_on(interview)
    if interview["status"] not in ("scored", "decided") or interview["revealed_at"] is None:
        return words.too_early()
    if now is not None:
        if contested and not now["contested"]:
            hiring.set_flags(scene.tx, interview, reread={**now, "contested": True})
        return words.going_on_already()
    begun: dict[str, Any] = {"state": "asking", "person": "", "by": by, "contested": contested}
    begun |= {"seen": False, "no": [], "at": scene.at}
    interview = hiring.set_flags(scene.tx, interview, reread=begun)
    _machine_is(scene, interview, "revealed", "frozen")
    scene.fact("reread_asked", interview["id"], person_id=by, contested=contested)
    _render(scene, interview)
    _who(scene, interview)
    return words.asked(_candidate(scene, interview))


def eligible(tx: Tx, interview: Row) -> list[str]:
    """Who can read again, backup raters first: on the team, not rated yet, not the one who asked, not said no."""
    now = going_on(interview) or {"by": "", "no": []}
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    cards = hiring.cards_of(tx, interview["tenant_id"], interview["id"])
    team = people.with_role(tx, interview["tenant_id"], interview["requisition_id"], *_TEAM)
    backup = [p for p in hiring.settings_of(requisition).get("backup", ()) if p in team]
    out = {now["by"], *now["no"], *(p for p, c in cards.items() if c["state"] != "draft")}
    return [p for p in dict.fromkeys([*backup, *team]) if p not in out]


def choose(scene: Scene, interview: Row, by: str, person: str) -> Card:
    """A recruiter has chosen who reads again: that person is asked."""
    now = going_on(interview)
    if now is None:
        return words.nothing_going_on()
    if now["state"] == "rating" or person not in eligible(scene.tx, interview):
        return words.not_this_one()
    chosen = {**now, "state": "asked", "person": person, "seen": False}
    interview = hiring.set_flags(scene.tx, interview, reread=chosen)
    scene.fact("reread_given", interview["id"], person_id=person, by=by)
    role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
    card = words.could_you(_candidate(scene, interview), role)
    _tell(scene, interview, person, card, ANSWER + interview["id"])
    _render(scene, interview)
    return words.is_asked(people.name_of(scene.tx, scene.keys, scene.tenant_id, person))


def answer(scene: Scene, interview: Row, person: str, said: str) -> tuple[Card, bool]:
    """The second reader answers: "yes", "seen" (yes, but they know the first cards) or "no". (What to say, do they begin?)"""
    now = going_on(interview)
    if now is None or now["person"] != person or now["state"] != "asked":
        return words.nothing_going_on(), False
    if said == "no":
        left = {**now, "state": "asking", "person": "", "no": [*now["no"], person]}
        interview = hiring.set_flags(scene.tx, interview, reread=left)
        scene.fact("reread_declined", interview["id"], person_id=person)
        _who(scene, interview)
        _render(scene, interview)
        return words.fine(), False
    hiring.set_flags(scene.tx, interview, reread={**now, "state": "rating", "seen": said == "seen", "at": scene.at})
    scene.fact("reread_accepted", interview["id"], person_id=person, seen=said == "seen")
    return words.thanks(), True


def submitted(scene: Scene, interview: Row, person: str) -> Row:
    """The second reader's card is in: the first ones are opened again, and whoever contested hears of it."""
    now = going_on(interview)
    assert now is not None, "only asked where a second reading is going on"
    done = {**readings(interview), person: "seen" if now["seen"] else "blind"}
    interview = hiring.set_flags(scene.tx, interview, reread=None, readings=done)
    _machine_is(scene, interview, "frozen", "revealed")
    scene.fact("reread_done", interview["id"], person_id=person)
    name = _candidate(scene, interview)
    hiring.tell_recruiters(scene, interview, words.is_done(name, now["contested"]))
    _render(scene, interview)
    if now["contested"]:
        _tell(scene, interview, interview["candidate_id"], words.for_candidate(now["seen"]), "")
    return interview


def end(scene: Scene, interview: Row, by: str) -> Card:
    """A recruiter ends it without a second card: everything is open as it was."""
    now = going_on(interview)
    if now is None:
        return words.nothing_going_on()
    interview = hiring.set_flags(scene.tx, interview, reread=None)
    _machine_is(scene, interview, "frozen", "revealed")
    scene.fact("reread_ended", interview["id"], person_id=by)
    if now["person"]:
        _tell(scene, interview, now["person"], words.no_longer_needed(_candidate(scene, interview)), "")
    _render(scene, interview)
    return words.ended()


def _who(scene: Scene, interview: Row) -> None:
    """Have a recruiter choose who reads."""
    found = eligible(scene.tx, interview)[:_MOST]
    named = tuple((p, people.name_of(scene.tx, scene.keys, scene.tenant_id, p)) for p in found)
    card = words.who_reads(_candidate(scene, interview), named, bool((going_on(interview) or {}).get("contested")))
    hiring.tell_recruiters(scene, interview, card, CHOOSE + interview["id"])


def _machine_is(scene: Scene, interview: Row, before: str, after: str) -> None:
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "rater_id": "machine", "state": before}
    scene.tx.change(Scorecard, where, {"state": after})
    sealing.draw(scene, interview)  # the picture is covered, or shown again


def _candidate(scene: Scene, interview: Row) -> str:
    return people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])


def _tell(scene: Scene, interview: Row, person: str, card: Card, token: str) -> None:
    subject = interview["candidate_id"]
    chat = people.thread_of(scene.tx, scene.tenant_id, person)
    scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject, token=token)


def _render(scene: Scene, interview: Row) -> None:
    """Cover, or uncover, every post that shows something of the cards."""
    posts = scene.tx.find(Post, {"tenant_id": scene.tenant_id, "interview_id": interview["id"]}, "at,id")
    for post in posts:
        if post["kind"] not in _OTHERS:
            hiring.render_post(scene, post["kind"], post["about"], interview, post["thread_id"])
