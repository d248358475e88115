"""A small kit for the tests of rating: two competencies, two questions."""

from typing import Any

from flows.kits.model import Kit

_LEVELS = [
    {"min_met": 4, "level": 5},
    {"min_met": 3, "level": 4},
    {"min_met": 2, "level": 3},
    {"min_met": 1, "level": 2},
    {"min_met": 0, "level": 1},
]
_ANCHORS = {
    1: "Waits until somebody else acts and can name no step of their own",
    2: "Names one step",
    3: "Names own steps and one outcome",
    4: "Names own steps, an outcome and a choice between two ways",
    5: "Names own steps, a measured outcome, a choice between ways and what changed for good afterwards",
}
RAW: dict[str, Any] = {
    "kit": "test-engineer",
    "version": 3,
    "title": "Test engineer",
    "languages": ["en", "de"],
    "competencies": {
        "ownership": {
            "title": "Ownership",
            "weight": 0.75,
            "minimum": 2,
            "anchors": _ANCHORS,
            "levels": _LEVELS,
            "indicators": {
                "own_step": {
                    "text": "Says what they did themselves, in the first person",
                    "grow": "Say which part was yours.",
                    "cues": ["I fixed", "I restarted the server", "I called the customer"],
                },
                "trade_off": {
                    "text": "Names an alternative and why it was not taken",
                    "grow": "Name one way you decided against, and why.",
                    "cues": ["we considered another option", "instead of", "the alternative was"],
                },
                "result": {
                    "text": "Gives a result that can be checked (number, date, decision)",
                    "grow": "Add how it ended, with a number where there is one.",
                    "cues": ["outages went down", "customer stayed with us", "downtime dropped to minutes"],
                },
                "learning": {
                    "text": "Names one thing done differently later",
                    "grow": "Say what you do differently today.",
                    "cues": ["since then", "next time", "I wrote a runbook afterwards"],
                },
            },
        },
        "care": {
            "title": "Care",
            "weight": 0.25,
            "anchors": _ANCHORS,
            "levels": _LEVELS[1:],
            "indicators": {
                "asks": {"text": "Asks the customer what they need", "cues": ["asked the customer", "I listened"]},
                "tells": {
                    "text": "Tells the customer what happens next",
                    "cues": ["told the customer", "kept them informed"],
                },
                "checks": {
                    "text": "Checks that the customer is content",
                    "cues": ["called back", "asked whether it worked"],
                },
            },
        },
    },
    "questions": [
        {
            "id": "outage",
            "ask": "Tell me about a time when something you were responsible for broke. What did you do?",
            "purpose": "ownership under pressure",
            "competencies": {"ownership": ["own_step", "trade_off", "result", "learning"]},
            "probes": {
                "own_step": "Which part was yours?",
                "trade_off": "What else did you consider?",
                "result": "How did it end?",
                "learning": "What do you do differently now?",
            },
        },
        {
            "id": "upset",
            "ask": "Tell me about a customer who was upset with your team. How did you handle it?",
            "purpose": "care for people",
            "competencies": {"care": ["asks", "tells", "checks"]},
            "probes": {"asks": "What did the customer need?", "checks": "How did they feel about it later?"},
        },
    ],
}
KIT = Kit.model_validate(RAW)
OWNERSHIP = KIT.competencies["ownership"]
OUTAGE = KIT.question("outage")

GOOD = (
    "Last year our mail server stopped on a Friday evening. I restarted the server and looked at the logs of that night. "
    "The alternative was to wait for the vendor, but forty people could not work. "
    "In the end downtime dropped to 12 minutes a month. Since then I check the disk every morning before work."
)
UPSET = (
    "A customer was waiting for her delivery and wrote to us three times in one week. I asked the customer what she needed "
    "most. Then I told the customer that the parcel would come on Tuesday. On Wednesday I called back and she was fine."
)
