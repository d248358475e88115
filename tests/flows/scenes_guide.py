"""Somebody holds an interview with the guide in their own chat: what they note, and how the time is told."""

from typing import Any

from flows.requests import Unavailable
from flows.stage import START
from flows.steps import MINUTE
from tests.flows.acted import Acted, Scene
from tests.flows.scenes_attending import stands

ANCHORS = (
    ("1", "Can name no step of their own"),
    ("3", "Names own steps and one outcome"),
    ("5", "Names own steps, a measured outcome and what changed for good"),
)
OWNERSHIP = {"key": "ownership", "title": "Ownership", "anchors": ANCHORS}
CARE = {"key": "care", "title": "Care", "anchors": ANCHORS}
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "id": "outage",
        "ask": "Tell me about a time when something you were responsible for broke. What did you do?",
        "asked": False,
        "minutes": 12,
        "probes": ("Which part was yours?", "How did it end?"),
        "competencies": (OWNERSHIP,),
    },
    {
        "id": "upset",
        "ask": "Tell me about a customer who was upset with your team. How did you handle it?",
        "asked": True,
        "minutes": 10,
        "probes": ("What did the customer need?",),
        "competencies": (CARE, OWNERSHIP),
    },
)
TALK: dict[str, Any] = {
    "appointment": "ap_1",
    "version": 3,
    "candidate_name": "Ada",
    "role_title": "Support engineer",
    "company": "Northwind",
    "start": START,
    "end": START + 30 * MINUTE,
    "link": "https://meet.example/ada-ben",
    "titles": ("Ownership", "Care"),
    "questions": QUESTIONS,
}


def after(s: Acted, minutes: int, **changes: Any) -> Acted:
    """The guide has looked at the clock: so many minutes since the planned start."""
    (key,) = s.calls
    now: dict[str, Any] = {"state": "began", "start": START, "left": -minutes, "minutes": 30}
    s.gets(key, stands(**(now | changes)))
    return s


def guided(minutes: int = 0, **changes: Any) -> Acted:
    return after(Acted("guide", TALK | changes), minutes)


def an_interview_with_notes() -> Acted:
    s = guided()
    s.bot("Hello Ada")
    s.taps("next")
    after(s, 2).bot("something you were responsible for broke")
    s.says("Deploy went wrong on a Friday. \u201cI rolled it back myself\u201d")
    after(s, 6).bot("Noted.")
    s.says("No number for the outcome, asked twice")
    after(s, 9).bot("2 here so far")
    s.taps("level")
    after(s, 9).bot("Which fits best so far for Ownership?")
    s.taps("3")
    after(s, 10).bot("Ownership: 3, for now.")
    s.taps("next")
    after(s, 13).bot("upset with your team")
    s.waits("until")
    after(s, 20).bot("Two thirds of the time are over.")
    s.says("Asked the customer first, then told them when it would work again")
    after(s, 23).bot("Noted.")
    s.taps("next")
    after(s, 26).bot("Those were my questions")
    s.waits("until")
    after(s, 30).bot("The planned time is over.")
    s.taps("finish")
    after(s, 31).bot("in the draft of your scorecard").ends("finished")
    return s


def typed_only_and_moved() -> Acted:
    s = guided(-5)
    s.says("First call with her, sounds curious")
    after(s, -4).bot("Noted.")
    s.says("next question")
    after(s, 1).bot("something you were responsible for broke")
    s.says("next")
    after(s, 8).bot("upset with your team")
    s.says("go back")
    after(s, 9).bot("something you were responsible for broke")
    s.says("Her manager decided, she only carried it out")
    after(s, 9, version=4).bot("The time of this interview has changed").ends("moved")
    return s


def nobody_can_look() -> Acted:
    """The clock can't be read: the guide says so and asks to try again."""
    s = Acted("guide", TALK)
    (key,) = s.calls
    s.gets(key, Unavailable("down"))
    return s


GUIDES = (
    Scene("guide", "guide", "A person holds the interview, with notes", an_interview_with_notes),
    Scene("guide-typed", "guide", "A guide by words alone, and a time that changes", typed_only_and_moved),
)
