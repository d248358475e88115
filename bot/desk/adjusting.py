"""Adjustments for one candidate, by a recruiter: more time, extra takes, text only, or no limits.

Only recruiters know of them. What an interview begins with is settled when it begins; what changes on the way (nobody is
hurried any more, more days) holds at once. The candidate is told what is easier now, and nobody who rates is told anything.
"""

import re

from bot import deadlines, hiring
from bot.desk import reach
from bot.desk.sight import ANSWERING, MOST_OPTIONS, RECRUITERS, Call, choice, not_found, say, wrong
from bot.scene import Reply
from bot.store.store import Row
from flows.cards import to_json as card_json
from flows.words import adjust_en as words
from flows.words import desk_en

_KIND = "|".join(words.SAID)
_LINE = re.compile(
    rf"(?P<name>.*?)[\s:,]+(?P<kinds>(?:{_KIND})(?:(?:\s*,\s*|\s+and\s+)(?:{_KIND}))*)\s*$", re.IGNORECASE
)


def command(call: Call) -> Reply:
    """`/interview adjust NAME more time, extra takes`; with a name alone, what there is, to choose from."""
    text = call.rest.strip()
    found = _LINE.match(text)
    name = (found["name"] if found else text).strip()
    kinds = [words.SAID[k.casefold()] for k in re.findall(_KIND, found["kinds"], re.IGNORECASE)] if found else []
    if not name:
        return wrong(words.HOW)
    rows = call.sight.named(name, [r for s in ANSWERING for r in call.sight.interviews(*RECRUITERS, status=s)])
    if not rows:
        return wrong(words.nobody(name))
    if len(rows) > MOST_OPTIONS:
        return say(desk_en.fits(name, str(len(rows))))
    if len(rows) > 1:
        return say(desk_en.which(name, len(rows), tuple(choice(call.sight, r) for r in rows)), "do:pick:adjust")
    return _agree(call, rows[0], kinds) if kinds else ask(call, rows[0])


def ask(call: Call, interview: Row) -> Reply:
    """What is agreed until now, and what else there is."""
    return say(words.ask(call.sight.name(interview), agreed(interview)), f"do:adjust:{interview['id']}")


def press(call: Call, ids: list[str], option: str) -> Reply:
    interview = call.sight.interview(ids[0], *RECRUITERS)
    if interview is None or option not in words.KINDS:
        return not_found()
    return _agree(call, interview, [option])


def agreed(interview: Row) -> tuple[str, ...]:
    return tuple(hiring.flags(interview).get(hiring.ADJUSTED, ()))


def _agree(call: Call, interview: Row, kinds: list[str]) -> Reply:
    scene, name = call.scene, call.sight.name(interview)
    if interview["status"] not in ANSWERING:
        return wrong(words.too_late(name))
    interview = hiring.hold(scene.tx, interview)
    known, begun = agreed(interview), interview["status"] in ("in_progress", "paused")
    fresh = [k for k in dict.fromkeys(kinds) if k not in known]
    if not fresh:
        return say(words.already(name))
    calm = bool({words.TIME, words.ALL} & set(fresh))
    values = {hiring.ADJUSTED: [*known, *fresh], **({"unhurried": True} if calm else {})}
    interview = hiring.set_flags(scene.tx, interview, **values)
    scene.fact("adjusted", interview["id"], person_id=call.person_id, kinds=fresh)
    until = ""
    if calm and hiring.is_recorded(interview) and interview["status"] in deadlines.OPEN:
        until = deadlines.prolong(scene, interview)
    _tell(call, interview, calm, until)
    return say(words.agreed(name, tuple(fresh), begun, until))


def _tell(call: Call, interview: Row, calm: bool, until: str) -> None:
    """Whoever is in the middle of it hears what is easier from now on; the others hear it when they begin."""
    if not calm:
        return
    event: dict[str, object] = {"kind": "learned", "name": words.LEARNED, "data": {"until": until}}
    for going_on in reach.conversations(call, interview, *hiring.TALKS):
        reach.happens(call, going_on, event, otherwise=card_json(words.told(until)))
