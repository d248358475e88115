"""The sentences of the feedback (`flows/feedback`): about what was said, never about what was decided."""

from flows.cards import Card, Option, Quote

THANKS = Option("thanks", "Thank you", "primary")
WRONG = Option("wrong", "Something here is wrong")
OTHER = Option("other", "Something else", "quiet")
WHAT = "I'm sorry about that. What should it say, or what did you mean?"
NOTHING_AFTER_ALL = "That's fine. Nothing was passed on."
PASSED_ON = (
    "Thank you for telling me. I've passed it on word for word. A person who hasn't rated you will look at it "
    "and reply here."
)


def hello(name: str, company: str, role: str) -> str:
    return (
        f"Hello {name}. You took the time to answer questions about {role} at {company}; here is what came across. "
        "It's about your answers only: the decision is made by people, and they'll tell you themselves."
    )


def read_by_people(name: str, company: str, role: str) -> str:
    return (
        f"Hello {name}. People at {company} have read and rated your answers for {role}. You asked that only people do "
        "so, or the rules where you live want it, so there are no notes of mine to share. "
        "They decide, and they'll tell you themselves."
    )


def strength(statement: str, quote: str) -> Card:
    return Card(statement, quotes=(Quote(quote, "You wrote"),))


def grow(advice: str) -> str:
    return f"One thing that could make your next interview stronger: {advice}"


def close(contact: str) -> Card:
    return Card(
        f"I hope some of this is useful. If you'd like to talk about it with a person, turn to {contact}.",
        tone="question",
    )


def which(lines: list[tuple[str, str]]) -> Card:
    """Which line is wrong? (id, the line)."""
    short = [(id, line if len(line) <= 60 else line[:59] + "\u2026") for id, line in lines]
    options = tuple(Option(id, line[:1].upper() + line[1:]) for id, line in short)
    return Card("Which of these is wrong?", tone="question", options=(*options, OTHER))


def bye(name: str) -> Card:
    return Card(f"Thank you, {name}. I wish you all the best.", tone="done")
