"""The shipped kits at work without a model: concrete answers are found, vague ones are not, in every kit."""

from pathlib import Path

import pytest

from flows.kits.model import Kit
from flows.kits.source import parse
from flows.rating.evidence import evidence_map

FILES = sorted((Path(__file__).resolve().parents[2] / "kits").glob("*.yaml"))

CONCRETE = [
    (
        "nurse",
        "getting_worse",
        "On a night shift I had a gentleman with pneumonia whose breathing rate had climbed to 28. He was confused and "
        "clammy, and his early warning score was eight. I phoned the registrar with an SBAR report and asked her to "
        "come straight away. Meanwhile I sat him up, put him on oxygen and repeated his observations. She was stuck in "
        "theatre, so after ten minutes I called the rapid response team.",
    ),
    (
        "backend-engineer",
        "incident",
        "On a Friday about ten percent of checkouts returned errors, we saw it on the dashboard. I rolled back the last "
        "deploy right away. Then in the logs I found that the connection pool was exhausted by a slow query. I kept "
        "support informed in the incident channel. After that we wrote a post-mortem, and added a timeout and an alert.",
    ),
    (
        "sales",
        "too_expensive",
        "The owner said we were twice as expensive as the other offer. It turned out her real worry was the time to "
        "switch. We calculated together what the errors cost per month and I offered a pilot with one shop. I gave her "
        "ten percent but in return for a two year contract. I had agreed with my manager that we would not go lower.",
    ),
    (
        "customer-support",
        "unclear_request",
        "He wrote only that the app is broken. I asked him which phone he used. I looked at his account and tried the "
        "same steps on my own phone. It turned out that his card had expired and the payment was blocked. He needed "
        "the invoice the same day for his accountant.",
    ),
    (
        "retail-shift",
        "promise",
        "My bus was cancelled one morning. I called my boss straight away and told her that I would be late. I asked a "
        "colleague to cover the start of my shift and I stayed longer in the evening. Now I take the earlier bus.",
    ),
]
VAGUE = [
    "I think I am a very reliable person and I always do my best for every patient and customer. In my last job we had "
    "many difficult situations and the team and I always found a good solution in the end, because communication is "
    "very important to me and everybody was happy with my work.",
    "Well, it depends. Usually there is a problem, then you look at it and talk to the people, and then you fix it. I "
    "had that several times and it was fine. My manager was happy. It is important to stay calm and work together.",
]


def load(name: str) -> Kit:
    path = next(path for path in FILES if path.stem == name)
    kit, _ = parse(path.read_text(encoding="utf-8"), name)
    assert kit is not None
    return kit


def found(kit: Kit, question_id: str, answer: str) -> dict[str, bool]:
    """Indicator -> whether the answer shows it."""
    shown: dict[str, bool] = {}
    for name, keys in kit.question(question_id).competencies.items():
        told = evidence_map(kit.competencies[name], keys, [("u1", answer)], "en", kit.languages)
        shown |= {indicator.key: indicator.status == "found" for indicator in told.indicators}
    return shown


@pytest.mark.parametrize(("name", "question", "answer"), CONCRETE)
def test_a_concrete_answer_shows_most_of_its_indicators(name: str, question: str, answer: str) -> None:
    shown = found(load(name), question, answer)
    assert sum(shown.values()) >= len(shown) - 1, shown


@pytest.mark.parametrize("name", [path.stem for path in FILES])
@pytest.mark.parametrize("answer", VAGUE)
def test_an_answer_of_general_words_shows_nothing(name: str, answer: str) -> None:
    kit = load(name)
    shown = [key for q in kit.questions for key, there in found(kit, q.id, answer).items() if there]
    assert shown == []
