"""How a candidate goes on to a next stage, acted once from beginning to end."""

from typing import Any

from tests.flows.acted import Acted, Scene

ONWARD: dict[str, Any] = {
    "candidate_name": "Ada",
    "company": "Northwind",
    "role_title": "Support engineer",
    "stage_title": "Live interview",
    "minutes": 25,
    "deadline": "Friday 11 December",
    "live": True,
    "consents": {"interview": "yes", "scoring": "yes", "recording": "no"},
}


def going_on(**changes: Any) -> Acted:
    return Acted("onward", ONWARD | changes)


def not_today() -> Acted:
    s = going_on()
    s.bot("automated interviewer", "good news", "What you agreed to before still holds").says("Not today, sorry")
    s.bot("Take your time").says("tomorrow").bot("Take your time").says("Hi, I'm back").ends("interview")
    return s


def another_mind() -> Acted:
    s = going_on(live=False, stage_title="Recorded screen")
    s.bot("automated interviewer", "The next step is: Recorded screen", "still holds")
    s.says("what happens next?").bot("Everything you've sent is kept", "still holds")
    s.says("I'd like to change what I agreed to").bot("ask those questions again").ends("consent")
    return s


ONWARDS = (
    Scene("onward", "onward", "The next stage, and not today", not_today),
    Scene("onward-changed", "onward", "The next stage, after a change of mind", another_mind),
)
