"""What interviewers noted in their guides. A note is its author's alone until the scorecards are open.

Notes are what was typed in a guide's conversation, sealed under the candidate's key; here they are found again by the
keys of its steps, in the wording that was written last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot import hiring, people
from bot.guiding import focus
from bot.guiding.plan import FLOW
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scorecards import rating
from bot.store.rows import Conversation, Thread
from bot.store.store import Row, Tx
from bot.threads import load_conversation
from flows.guide.v1 import LEVEL, QUESTION
from flows.kits.model import Kit
from flows.words import guide_en

MOST = 2800  # characters of a reason that a form takes, with some room


@dataclass(frozen=True, slots=True)
class Note:
    """author: a person's id, who: their name. question: an id of the kit ("" at the beginning and the end), ask: its
    words. quotes: what the candidate said word for word. at: ms."""

    author: str
    who: str
    question: str
    ask: str
    text: str
    quotes: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class _Heard:
    """One answer in a guide: a note or a level, with the step it was given at."""

    step: str
    text: str
    level: int | None
    at: int


def notes_of(tx: Tx, keys: Keyring, interview: Row, reader: str) -> list[Note]:
    """The notes on an interview that this person may read, in the order of time: their own, and after the reveal
    everybody's (`rating.may_see_cards`). The candidate reads none."""
    if reader == interview["candidate_id"]:
        return []
    everybody = rating.may_see_cards(tx, interview, reader)
    kit = hiring.kit_of(hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"]))
    found = list[Note]()
    for author, talk in _guides(tx, interview):
        if author == reader or everybody:
            who = people.name_of(tx, keys, interview["tenant_id"], author)
            found += [_note(kit, author, who, h) for h in _heard(tx, keys, talk) if h.text]
    return sorted(found, key=lambda n: n.at)


def to_draft(scene: Scene, interview: Row, person: str) -> bool:
    """Put somebody's notes and marks into the draft of their scorecard, unless they have submitted it. Is there any?"""
    heard = [
        h
        for author, talk in _guides(scene.tx, interview)
        if author == person
        for h in _heard(scene.tx, scene.keys, talk)
    ]
    card = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get(person)
    if not heard or (card is not None and card["state"] != "draft"):
        return False
    kit = hiring.kit_of(hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"]))
    mine = focus.mine(list(kit.competencies), interview, person)
    ratings = {k: r for k, r in _ratings(kit, heard, mine[:1]).items() if k in mine}
    rating.save_draft(scene, interview, person, {"ratings": ratings, "recommendation": ""})
    return bool(ratings)


def guided(tx: Tx, interview: Row) -> tuple[str, ...]:
    """Whoever is being guided through an interview at the moment, each once."""
    return tuple(dict.fromkeys(author for author, talk in _guides(tx, interview) if talk["state"] != "ended"))


def _guides(tx: Tx, interview: Row) -> list[tuple[str, Row]]:
    """(whose, conversation) of every guide through an interview, oldest first."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "flow": FLOW}
    found = list[tuple[str, Row]]()
    for talk in tx.find(Conversation, where, "opened_at,id"):
        chat = tx.one(Thread, tenant_id=talk["tenant_id"], id=talk["thread_id"])
        if chat is not None:
            found.append((chat["person_id"], talk))
    return found


def _heard(tx: Tx, keys: Keyring, talk: Row) -> list[_Heard]:
    conv = load_conversation(tx, keys, talk)
    found = list[_Heard]()
    for entry in conv.journal.entries:
        if entry.kind != "answer":
            continue
        step = entry.key.partition("#")[0]
        wrote: dict[str, Any] | None = entry.data.get("wrote")
        if wrote is not None:
            found.append(_Heard(step, conv.journal.told[wrote["u"]][-1], None, entry.at))
        elif step.startswith(f"{LEVEL}.") and isinstance(entry.value, str) and entry.value.isdecimal():
            found.append(_Heard(step, "", int(entry.value), entry.at))
    return found


def _note(kit: Kit, author: str, who: str, heard: _Heard) -> Note:
    kind, _, about = heard.step.partition(".")
    question = about if kind == QUESTION and any(q.id == about for q in kit.questions) else ""
    ask = kit.question(question).ask if question else ""
    return Note(author, who, question, ask, heard.text, guide_en.quotes(heard.text), heard.at)


def _ratings(kit: Kit, heard: Iterable[_Heard], first: list[str]) -> dict[str, dict[str, Any]]:
    """Notes by competency: what was noted at a question belongs to all that it shows, what was noted at none to the `first`
    one, so that nothing is lost on somebody who only types. The newest mark counts."""
    found: dict[str, dict[str, Any]] = {}
    for one in heard:
        kind, _, about = one.step.partition(".")
        for key in _about(kit, kind, about) or first:
            rating_ = found.setdefault(key, {})
            if one.level is not None:
                rating_["level"] = one.level
            if one.text:
                rating_["why"] = "\n".join(filter(None, (rating_.get("why", ""), one.text)))[:MOST]
    return found


def _about(kit: Kit, kind: str, about: str) -> tuple[str, ...]:
    if kind == LEVEL:
        return (about,)
    return tuple(
        q for question in kit.questions if kind == QUESTION and question.id == about for q in question.competencies
    )
