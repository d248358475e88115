"""A small kit for tests: three questions, one of each AI policy, with a follow-up bank."""

from typing import Any

from flows.kits.model import Kit

ANCHORS = {n: f"describes ownership at level {n}" for n in range(1, 6)}
LEVELS = [{"min_met": 2, "level": 5}, {"min_met": 1, "level": 3}, {"min_met": 0, "level": 1}]

KIT = Kit.model_validate(
    {
        "kit": "support-engineer",
        "version": 1,
        "title": "Support engineer",
        "warm_up": {"ask": "What drew you to this role?"},
        "competencies": {
            "ownership": {
                "title": "Ownership",
                "weight": 0.6,
                "anchors": ANCHORS,
                "indicators": {
                    "own_step": "Says what they did themselves",
                    "result": "Gives a result",
                    "next": "Names a change",
                },
                "levels": LEVELS,
            },
            "clarity": {
                "title": "Clear explanation",
                "weight": 0.4,
                "anchors": ANCHORS,
                "indicators": {
                    "plain": "Uses plain words",
                    "example": "Gives an example",
                    "check": "Checks understanding",
                },
                "levels": LEVELS,
            },
        },
        "questions": [
            {
                "id": "outage",
                "ask": "Tell me about a time when something you were responsible for broke. What did you do?",
                "purpose": "ownership under pressure",
                "competencies": {"ownership": ["own_step", "result", "next"]},
                "answer": {"guide_minutes": 3},
                "ai_use": "free",
                "probes": {"own_step": "Which part was yours?", "result": "How did it end?"},
                "clarifications": [
                    {"asks": "what counts as broke", "say": "Anything that stopped working for someone."}
                ],
            },
            {
                "id": "explain",
                "ask": "How would you explain an outage to a customer who is not technical?",
                "purpose": "clear explanation",
                "competencies": {"clarity": ["plain", "example", "check"]},
                "answer": {"guide_minutes": 20},
                "ai_use": "disclose",
                "probes": {"example": "Can you give an example?"},
                "max_follow_ups": 1,
            },
            {
                "id": "handover",
                "ask": "Your shift ends in the middle of an incident. What do you do?",
                "purpose": "ownership over time",
                "competencies": {"ownership": ["own_step", "next"], "clarity": ["check"]},
                "ai_use": "none",
                "max_follow_ups": 0,
            },
        ],
    }
)


def with_answers(*answers: dict[str, Any]) -> Kit:
    """The kit, with other answer guides for its questions, in order."""
    data = KIT.model_dump()
    for question, answer in zip(data["questions"], answers, strict=False):
        question["answer"].update(answer)
    return Kit.model_validate(data)


# The first two may be answered aloud (the first with a picture too, the second only by what is made now), the last not.
VOICE_KIT = with_answers(
    {"modes": ("text", "voice", "video"), "takes": 3},
    {"modes": ("text", "voice"), "prepared": False, "guide_minutes": 1},
)

COMPETENCIES = tuple({"key": key, "title": c.title, "anchors": dict(c.anchors)} for key, c in KIT.competencies.items())

INVITE = {
    "candidate_name": "Ada",
    "company": "Northwind",
    "role_title": "Support engineer",
    "role_site": "Berlin",
    "minutes": KIT.minutes,
    "competencies": tuple(c.title for c in KIT.competencies.values()),
    "scorer": "text matching, on our own server",
    "retention_days": 180,
    "contact": "Mira Okafor, people@northwind.example",
    "deadline": "Friday, 29 January",
}

INTERVIEW = {
    "kit": KIT,
    "candidate_name": "Ada",
    "company": "Northwind",
    "role_title": "Support engineer",
    "next_steps": "Two people read your answers, and you'll hear from Mira by Friday, 5 February.",
    "contact": "Mira Okafor, people@northwind.example",
    "deadline": "Friday, 29 January",
}

RECORDED = {**INTERVIEW, "reference": "iv_1", "deadline": "Friday 29 January, 17:00 (Berlin, UTC+1)"}

REVIEW = {
    "rater_name": "Noor",
    "candidate_name": "Ada",
    "role_title": "Support engineer",
    "competencies": COMPETENCIES,
    "transcript_url": "https://parley.example/r/1",
}

FEEDBACK = {
    "candidate_name": "Ada",
    "company": "Northwind",
    "role_title": "Support engineer",
    "strengths": (
        ("You say clearly which part was yours.", "I took the pager and rolled the change back myself."),
        ("You give a result that can be checked.", "We were down for eleven minutes."),
    ),
    "grow": "name one thing you do differently since then.",
    "contact": "Mira Okafor, people@northwind.example",
}
