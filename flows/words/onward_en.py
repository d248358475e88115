"""The sentences with which a candidate goes on to a next stage (`flows/onward`)."""

from flows.cards import Card, Option, Row

START = Option("now", "Start now", "primary")
LATER = Option("later", "Later")
NOT_YET = Option("later", "Not yet", "quiet")
CHANGE = Option("change", "Change what I agreed to", "quiet")
AGREED = {
    "interview": "Being interviewed by me",
    "scoring": "Software that points to passages",
    "recording": "Recording",
}
SAID = {"yes": "yes", "no": "no"}
CHANGED = "Of course. I'll ask those questions again, and nothing that you said before is lost."
CALLED_BACK = (
    "The team has changed its plan, so this next step isn't needed any more. Nothing you did is lost, and they will tell "
    "you themselves how it goes on."
)


def news(name: str, role: str, company: str, stage: str) -> str:
    return (
        f"Hello {name}, good news: the team at {company} has read your answers for {role} and would like to go on. "
        f"The next step is: {stage}."
    )


def ready(minutes: int, deadline: str, live: bool, consents: dict[str, str]) -> Card:
    """What comes, by when, and what was agreed to before; it holds unless the person changes it."""
    how = "live, by text, here in this chat" if live else "in your own time, here in this chat"
    agreed = tuple(Row(label, SAID.get(consents.get(k, ""), "not asked")) for k, label in AGREED.items())
    rows = (Row("How", f"{how}, about {minutes} minutes"), Row("Until", deadline), *agreed)
    text = (
        "What you agreed to before still holds, so I won't ask again; you can change it. "
        "Begin whenever it suits you. If you'd rather not go on, write \u201cstop\u201d."
    )
    return Card(text, rows=rows, tone="question", options=(START, LATER, CHANGE), answering=True)


def later(deadline: str) -> Card:
    text = f"Take your time: it's open until {deadline}. Write to me here when you'd like to begin."
    return Card(text, tone="question", options=(START, NOT_YET), answering=True)


def meet(name: str, role: str, stage: str) -> Card:
    """Before a time is asked for."""
    return Card(
        f"Hello {name}, good news: the team has read your answers for {role} and would like to meet you. "
        f"The next step is: {stage}. I'll ask you for a time that suits you. I'm the automated interviewer; the people "
        "you'll meet are people.",
        tone="notice",
    )
