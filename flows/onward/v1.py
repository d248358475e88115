"""A candidate goes on to a next stage with Parley: what it is, what they agreed to, and when they'd like to begin.

Nothing is asked a second time. What was agreed to holds, is shown, and can be changed before it begins.
"""

import re

from flows.cards import Card, Row
from flows.steps import Patience, choose, say
from flows.words import en, legal_en
from flows.words import onward_en as words

RESTING = Patience(0, 0)  # nobody is hurried towards a beginning
_LATER = re.compile(r"\b(?:later|not (?:yet|now|today)|tomorrow|another (?:day|time))\b|^no\b")
_CHANGE = re.compile(r"\bchange\b|\bconsent\b|\bagreed?\b")
_NOW = re.compile(r"^(?:yes|yeah|yep|ok|okay|sure|start|begin|ready|go|now|let s|i m ready)\b")


async def onward(
    *,
    candidate_name: str,
    company: str,
    role_title: str,
    stage_title: str,
    minutes: int,
    deadline: str,
    live: bool,
    consents: dict[str, str],
) -> str:
    """The result is "interview" (the questions begin), or "consent": what was agreed to is to be asked anew.

    live: the questions come one after the other here and now; otherwise in the candidate's own time. deadline: a day,
    as a person writes it. consents: what was answered before ("yes" or "no"), by the name of the question.
    """
    await say("disclosure", legal_en.AI_AGAIN.filled(company=company))
    await say("news", words.news(candidate_name, role_title, company, stage_title))
    card, n = words.ready(minutes, deadline, live, consents), 1
    answer = await choose("start", card, own=_begins, patience=RESTING)
    while answer == "later":
        key = "later" if n == 1 else f"later#{n}"
        answer = await choose(key, words.later(deadline), own=_begins, read=_comes_back, patience=RESTING)
        n += 1
    if answer == "change":
        await say("change", words.CHANGED)
        return "consent"
    return "interview"


def _begins(text: str) -> str | None:
    """What somebody wrote who has just heard of it; None (asked again) for anything that doesn't say when."""
    said = " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
    if _LATER.search(said):
        return "later"
    if _CHANGE.search(said):
        return "change"
    return "now" if _NOW.match(said) and "?" not in text else None


def _comes_back(text: str) -> str:
    """After "later" any message begins it, unless it says that it's too early."""
    return _begins(text) or "now"


def standing(*, stage_title: str, minutes: int, deadline: str, **_: object) -> tuple[Row, ...]:
    """What "where am I?" adds: what comes next, how long it takes, and until when there is time."""
    return Row(en.NEXT_STEPS, f"{stage_title}, about {minutes} minutes"), Row(en.OPEN_UNTIL, deadline)


def greet(*, company: str, **_: object) -> Card:
    """Said first whenever the person comes back after a rest (AI disclosure on each resume)."""
    return Card(legal_en.AI_AGAIN.filled(company=company), title=en.WELCOME_BACK)
