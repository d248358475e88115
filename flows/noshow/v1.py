"""A few minutes after the start, either side is asked if it is there; a candidate who isn't gets another way to go on.

Nobody is blamed: whatever happened, the next step is on the card. What the other side answers meanwhile comes as the
fact `other_answered`: it is told, and the question put again below it; who can't come ends the waiting.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from flows.attending import (
    MOST_LATE,
    RESTING,
    Told,
    agrees,
    asks_how_late,
    holds_now,
    holds_still,
    late_by,
    lateness,
    minutes,
    numbered,
    plain,
)
from flows.cards import Card
from flows.events import Learned
from flows.reminder.v1 import standing
from flows.steps import Ask, Lapsed, Wrong, ask, choose, note, or_learn, race, say, wait
from flows.words import attending_en as words

__all__ = ["noshow", "standing"]

_WRONG = (
    r"\b(?:wrong|problem|trouble|cant|cannot|can not|(?:can|couldn|doesn|didn) t|won t (?:be able|make|come|work)"
    r"|forgot|missed|ill|sick|not (?:coming|working))\b"
)
_WAITS = r"\b(?:waiting|already)\b"  # "for 10 minutes", which is no delay of theirs
_COME = r"\b(?:talking|joined|arrived|(?:is|s|are|re) (?:here|there))\b"
_HERE = r"\b(?:here|there|in the room|waiting|talking|joined)\b"
_NOT = r"\b(?:not|no|nobody|\w*n t)\b"


@dataclass(frozen=True, slots=True)
class Ways:
    """How it can go on without a meeting, and until when written answers have time ("" where that is not known)."""

    offered: tuple[str, ...]
    deadline: str


async def noshow(
    *,
    appointment: str,
    version: int,
    side: str,
    title: str,
    other: str,
    company: str,
    role_title: str,
    start: int,
    when: str,
    link: str,
    until: int,
    ways: tuple[str, ...] = (),
    deadline: str = "",
) -> str:
    """Ask whether everybody is there, until the instant `until` (ms). The result is what was answered, or the rescue.

    ways: what a candidate who isn't there is offered, of text_now, recorded (written answers, until `deadline`), rebook
    and person; with none of them a person writes to them. Other arguments: as for `flows.reminder`.
    Facts: attendance (here, not_here, late, cannot, silent), rescue (missing: who wasn't there). Learns: other_answered.
    """
    told = Told(appointment, version, title, start)
    if await holds_now(told) is None:
        return "changed"
    if side == words.CANDIDATE:
        card = words.coming(title, other, when, link)
        answer = await _asked("coming", card, words.ARE_YOU, _mine, side, until)
        return await _candidate(told, answer, other, link, Ways(ways, deadline))
    card = words.there(title, other, when, link)
    answer = await _asked("there", card, words.is_there(other), _theirs, side, until)
    return await _interviewer(told, answer, other, until)


async def _asked(key: str, card: Card, again: str, means: Callable[[str], str | None], side: str, until: int) -> str:
    """here, not_here, late.10, cannot; silent where no answer came, and absent where the other side can't come.

    again: the question in short, put once more below what was heard from the other side.
    """
    unclear = partial(_unclear, tuple(o.id for o in card.options))
    answer = await _or_news(ask(key, card, unclear, patience=RESTING, own=means), again, until)
    if answer == "late":
        question = asks_how_late(side)
        answer = late_by(await _or_news(question, question.card.text, until))
    if isinstance(answer, Lapsed):
        return "silent"
    return "cannot" if answer == "other" else answer


async def _or_news(question: Ask, again: str, until: int) -> str | Lapsed:
    """The answer, however often the other side is heard of before it; "absent" where they can't come."""
    n, key = 1, question.key
    while True:
        answer = await race(or_learn(question, "other_answered"), until)
        if not isinstance(answer, Learned):
            return answer
        if answer.data["answer"] == "cannot":
            return "absent"
        await say(f"{key}.news#{n}", words.heard(answer.data))
        n += 1
        question = replace(question, key=f"{key}#{n}", card=words.short(question.card, again))


async def _candidate(told: Told, answer: str, other: str, link: str, ways: Ways) -> str:
    if await holds_still("stands.now", told) is None:
        return "changed"
    if answer == "absent":
        return await _rescue(told, ways, missing="interviewer")
    await _attends(answer, told)
    kind, _, n = answer.partition(".")
    if kind == "late":
        await say(f"{answer}.thanks", words.late(other, int(n)))
    elif kind == "here":
        await say("here.thanks", words.here(link))
    else:
        return await _rescue(told, ways, missing="candidate")
    return kind


async def _rescue(told: Told, ways: Ways, missing: str) -> str:
    """How to go on instead. It stays open: whoever missed the start may not look here before the evening."""
    options = [words.WAYS[way] for way in ways.offered]
    sorry, way = words.sorry(missing), "person"
    if options:
        card = words.rescue(sorry, ways.offered, ways.deadline)
        way = await choose("rescue", card, options, patience=RESTING)
        if await holds_still("stands.after", told) is None:
            return "changed"
    await note(f"rescue.{way}", "rescue", appointment=told.appointment, way=way, missing=missing)
    await say(f"rescue.{way}.next", words.rescued(way, ways.deadline) if options else words.rescued_by_person(sorry))
    return way


async def _interviewer(told: Told, answer: str, other: str, until: int) -> str:
    if answer == "absent":
        await say("absent", words.absent(other))
        return answer
    if answer != "silent" and await holds_still("stands.now", told) is None:
        return "changed"
    await _attends(answer, told)
    kind, _, n = answer.partition(".")
    if kind == "late":
        await say(f"{answer}.thanks", words.late(other, int(n)))
    elif kind == "here":
        await say("here.thanks", words.THANKS)
    elif kind == "cannot":
        await say("cannot.sorry", words.cannot_come(other))
    elif kind == "not_here":
        await say("not_here.asking", words.asking(other))
        news = await wait("news", "other_answered", until=until)
        await say("news.told", words.no_word(other) if isinstance(news, Lapsed) else words.heard(news.data))
    return kind  # after silence nothing is said: they are most likely in the middle of it


async def _attends(answer: str, told: Told) -> None:
    kind, _, n = answer.partition(".")
    late = {"minutes": int(n)} if n else {}
    fact = {"appointment": told.appointment, "version": told.version, "answer": kind, **late}
    await note(f"attends.{answer}", "attendance", **fact)


def _mine(text: str) -> str | None:
    """What a candidate's words mean: "here", "late", "late.10", "cannot"; None: nothing of it."""
    said, late = plain(text), lateness(text)
    if late or re.search(_WRONG, said):
        return late or "cannot"
    if said in ("no", "nope", "no i m not", "not"):
        return "cannot"
    n = None if re.search(_WAITS, said) else minutes(text)
    if n is not None and MOST_LATE >= n > 3:  # "10 minutes", or the number of a button
        return f"late.{n}"
    return "here" if agrees(text) or (re.search(_HERE, said) and not re.search(_NOT, said)) else None


def _theirs(text: str) -> str | None:
    """What an interviewer's words mean: "here", "not_here", "late", "late.10", "cannot"; None: nothing of it."""
    said, late = plain(text), lateness(text)
    if late:
        return late
    if re.search(r"\b(?:i can t|i cannot|i m ill|i m sick)\b", said):
        return "cannot"
    if re.search(_NOT, said):
        return "not_here"
    return "here" if agrees(text) or re.search(_COME, said) else None


def _unclear(ids: tuple[str, ...], text: str) -> str | Wrong:
    return numbered(text, ids) or Wrong(words.NOT_CAUGHT_NOW)
