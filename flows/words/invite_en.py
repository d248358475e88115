"""The sentences of the first conversation (`flows/invite`). Those a law asks for are in `legal_en.py`."""

from flows.cards import Card, Link, Option, Row
from flows.words.legal_en import ACCOMMODATION, CONSENT_INTERVIEW, CONSENT_RECORDING, CONSENT_SCORING

UNTOLD = Option("unknown", "I'd rather not say", "quiet")
NO_POSTCODE = "I don't need a postcode, so I didn't use it. A country is enough, or a state in the United States."

# What is asked here is free to answer: no answer may look like the expected one.
INTERVIEW_YES = Option("yes", "Yes, that's fine")
INTERVIEW_NO = Option("no", "No, a person please")
SCORING_YES = Option("yes", "Yes, that's fine")
SCORING_NO = Option("no", "No, only people please")
RECORDING_YES = Option("yes", "Yes, that's fine")
RECORDING_NO = Option("no", "No, in writing only")

A_PERSON = (
    "Of course. A person from the team will hold the interview: the same questions and the same weight, "
    "and it doesn't count against you. Shall I arrange that?"
)
PERSON_YES = Option("human", "Yes, a person please", "primary")
PERSON_NO = Option("bot", "I'll do it here after all")

WHY_A_PLACE = (
    "Because the rules for automated interviews differ from place to place, and I want to keep yours. "
    "The country, or in the US the state, is enough; or choose \u201cI'd rather not say\u201d."
)
NOW = Option("now", "Start now", "primary")
LATER = Option("later", "Start later")
BOOK = Option("book", "Choose a time for it")
BOOK_ONLY = Option("book", "Choose a time", "primary")
CHANGE = Option("change", "Change an answer", "quiet")
START = Option("start", "Start now", "primary")
NOT_YET = Option("later", "Not yet", "quiet")

_AGREED = {
    "interview": {"yes": "with me", "no": "with a person"},
    "scoring": {"yes": "people, helped by software", "no": "people only"},
    "recording": {"yes": "text, and voice or video if you send any", "no": "text only"},
}


def residence(role_site: str) -> Card:
    where = f"The role is based in {role_site}. " if role_site else ""
    return Card(
        f"{where}Which country do you live in? In the United States, which state or city? "
        "I ask because the rules that protect you depend on it. It plays no part in the assessment.",
        tone="question",
        options=(UNTOLD,),
    )


def rules(place: str) -> str:
    if place:
        return f"Thank you. I'll follow the rules that apply in {place} and where the role is based."
    return "That's fine. I'll follow the most protective rules I know."


def notice(text: str, url: str) -> Card:
    return Card(text, tone="notice", links=(Link("The whole notice", url),) if url else ())


def consent_interview() -> Card:
    return Card(CONSENT_INTERVIEW.text, tone="question")


def consent_scoring(scorer: str) -> Card:
    return Card(CONSENT_SCORING.filled(scorer=scorer), tone="question")


def consent_recording(kept: dict[str, str | int]) -> Card:
    """kept: days (of the text), recording_days, and listener."""
    return Card(CONSENT_RECORDING.filled(**kept), tone="question")


def accommodation() -> Card:
    return Card(ACCOMMODATION.text, tone="question")


def starts(live: bool, by_appointment: bool) -> list[Option]:
    """How it can begin: now, whenever they like, or at a time that is booked (which may be the only way)."""
    if by_appointment:
        return [BOOK_ONLY, CHANGE]
    return [NOW, BOOK, LATER, CHANGE] if live else [NOW, LATER, CHANGE]


def ready(consents: dict[str, str], minutes: int, deadline: str, by_appointment: bool = False) -> Card:
    """What was agreed, to be confirmed by beginning now or later."""
    when = (
        "The next step is to choose a time for it."
        if by_appointment
        else f"Start now, or whenever you like until {deadline}."
    )
    labels = {"interview": "Interview", "scoring": "Rated by", "recording": "Kept"}
    return Card(
        f"This is what I've noted. The interview takes about {minutes} minutes, and you can pause at any time. {when}",
        tone="question",
        rows=tuple(Row(label, _AGREED[kind][consents[kind]]) for kind, label in labels.items()),
    )


def the_interview(minutes: int) -> str:
    return f"a few questions about how you'd like this to go, then the interview itself: about {minutes} minutes"


def later(deadline: str) -> Card:
    return Card(
        f"Very well. Nothing is running and nothing is waiting on you. Write to me here whenever it suits you, "
        f"until {deadline}.",
        tone="question",
    )


def still_later(deadline: str) -> Card:
    return Card(f"No hurry. I'm here until {deadline}.", tone="question")


def person(contact: str) -> Card:
    return Card(
        "I've asked the team for a person. They'll get in touch with you here to find a time. "
        f"If you'd like to reach them first: {contact}. Thank you, and all the best.",
        tone="done",
    )
