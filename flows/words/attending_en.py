"""The sentences around a booked time: the reminder (`flows/reminder`) and the minutes after the start (`flows/noshow`).

Those of an interviewer who can't come and of a calendar that was edited are in `swap_en.py` and `outside_en.py`.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.cards import Card, Link, Option, Row

if TYPE_CHECKING:
    from flows.scheduling import Standing

CANDIDATE = "candidate"

# -- the reminder ---------------------------------------------------------------------------------------

CONFIRM = Option("confirm", "I'll be there", "primary")
LATE = Option("late", "I'm running late")
ANOTHER = Option("other", "Another time, please")
CANNOT = Option("other", "I can't come")
_REMIND = {10: "Remind me in 10 minutes", 60: "Remind me in 1 hour", 180: "Remind me in 3 hours"}
_SOON = 60  # minutes before the start from which being late is a thing to say, and preparing is over

HELP = (
    "Press a button, or write what you'd like to tell me: \u201cyes\u201d, \u201c10 minutes late\u201d, "
    "\u201cI can't\u201d or \u201cremind me in 2 hours\u201d. If you don't answer, nothing changes."
)
HELP_NOW = (
    "Press a button, or write where you are: \u201cI'm here\u201d, \u201c10 minutes late\u201d or what went wrong."
)
_PREPARE = (
    "Have a quiet place and something to drink at hand. It's a conversation: think of one or two things you did "
    "yourself, take your time, and ask whenever something is unclear. Nothing has to be perfect."
)
_PREPARE_HERE = (
    "Any quiet place will do, and there's nothing to prepare. You can take breaks, ask questions back "
    "and change your answers."
)
_BREATHE = "Everything is set. A sip of water, a deep breath, and that's all you need."
WILL_YOU = "Will you be there?"
NOT_CAUGHT = (
    "I didn't catch that. Press one of the buttons, or write for instance \u201cyes\u201d, \u201c10 minutes late\u201d "
    "or \u201cI can't\u201d."
)
WHEN_AGAIN = "Gladly. When? Write for instance \u201cremind me in 2 hours\u201d."
IN_TIME_ONLY = "It begins before that. Name a shorter time, or leave it: the link is above."
OTHER_TIME = "Of course. Let's look for another time."
CANCELLING = "I see. Let's go through that together."
FIND_SOMEBODY = "I see, and that's all right. Let's see who could take it."
A_PERSON = "Of course. I've asked a person on the team to write to you here. Everything stays as it is meanwhile."


def who(side: str, other: str, company: str, role: str) -> str:
    """Who meets whom, in a sentence. other: "" where a candidate meets Parley."""
    if side != CANDIDATE:
        return f"You meet {other} for the role {role}."
    meeting = f"You meet {other}" if other else "It's with me, in writing, here in this chat"
    return f"{meeting}. The role is {role} at {company}."


def reminder(
    title: str,
    sentence: str,
    when: str,
    soon: str,
    link: str,
    brief: tuple[tuple[str, str], ...],
    note: str,
    options: list[Option],
) -> Card:
    """One card with everything. soon: "tomorrow at 10:00" or ""; note: how to prepare, or ""."""
    rows = (Row("When", when), *(Row(label, value) for label, value in brief))
    return Card(
        "\n\n".join(filter(None, (sentence, note, WILL_YOU))),
        title=f"{soon[:1].upper()}{soon[1:]}: {title}" if soon else title,
        tone="question",
        options=tuple(options),
        rows=rows,
        links=_join(link),
    )


def prepare(other: str, left: int) -> str:
    """What a candidate may have ready; just before the start only that all is well."""
    if left <= _SOON:
        return _BREATHE
    return _PREPARE if other else _PREPARE_HERE


def answers(side: str, left: int) -> list[Option]:
    """What can be said to a reminder, `left` minutes before the start. Nobody is reminded after it."""
    late = [LATE] if left <= _SOON else []
    again = [Option(f"snooze.{n}", label, "quiet") for n, label in _REMIND.items() if n < left]
    return [CONFIRM, *late, ANOTHER if side == CANDIDATE else CANNOT, *again]


def confirmed(other: str) -> str:
    return "Thank you, I've noted that you'll be there." if other else "Thank you, that's noted. I'll be here too."


def reminded(minutes: int) -> str:
    return f"I'll remind you again in {_length(minutes)}."


def too_soon(soon: str, when: str, link: str) -> Card:
    """There is no time left for another reminder."""
    return Card(f"There's no time left for another reminder: it begins {soon or when}.", links=_join(link))


# -- late -----------------------------------------------------------------------------------------------

HOW_LATE = "Don't worry. About how many minutes? Choose, or write a number."
_MINUTES = (Option("5", "5 minutes"), Option("10", "10 minutes"), Option("15", "15 minutes"))
A_NUMBER = "About how many minutes will it be? A number is enough, for instance 20."
VERY_LATE = "That may be too long to wait. Write a number up to 60, or press the last button if it won't work out."


def how_late(side: str) -> Card:
    return Card(HOW_LATE, tone="question", options=(*_MINUTES, ANOTHER if side == CANDIDATE else CANNOT))


def late(other: str, minutes: int) -> str:
    """`other` hears of it: how many minutes."""
    if not other:
        return f"No problem. We begin in {_length(minutes)}, or whenever you're here."
    return f"No problem, it happens. I'll tell {other} that it'll be about {_length(minutes)}."


# -- it is no longer so ---------------------------------------------------------------------------------


def truth(title: str, start: int, found: "Standing") -> Card:
    """An appointment that isn't as this person was told (to begin at `start`): what is true now, and no more."""
    by = f" by {found.changed_by}" if found.changed_by else ""
    takes_place = found.state in ("booked", "began")
    if not found.yours or (takes_place and not found.when):
        return Card("Somebody else has this one now, so there's nothing for you to do.", title=title, tone="notice")
    if found.state == "booked" and found.start == start:
        text = f"Something about this was changed{by} meanwhile. The time is still {found.when}."
    elif found.state == "booked":
        text = f"This was moved{by} meanwhile. It's now {found.when}."
    else:
        text = {
            "began": "This has begun.",
            "cancelled": f"This was cancelled{by} meanwhile, so there's nothing to do.",
            "open": "There's no time for this at the moment. You'll hear from me once there is.",
        }.get(found.state, "This is over, so there's nothing left to do.")
    return Card(text, title=title, tone="notice", links=_join(found.link) if takes_place else ())


# -- minutes after the start ----------------------------------------------------------------------------

ARE_YOU = "Are you coming?"
HERE = Option("here", "I'm here", "primary")
A_LITTLE = Option("late.10", "5 to 10 minutes late")
WRONG = Option("cannot", "Something went wrong")
TALKING = Option("here", "Yes, we're talking", "primary")
NOT_YET = Option("not_here", "Not yet")
LATE_MYSELF = Option("late", "I'm late myself")
NOT_CAUGHT_NOW = "I didn't catch that. Press one of the buttons, or write how many minutes you need."
THANKS = "Thank you. I won't disturb you any further."
PERSON_INSTEAD = "A person on the team will write to you here."
WAYS = {
    "text_now": Option("text_now", "In writing with me, right now"),
    "recorded": Option("recorded", "In writing, in my own time"),
    "rebook": Option("rebook", "Another time"),
    "person": Option("person", "Talk to a person"),
}
_RESCUED = {
    "text_now": "Good, then let's do it here. It's the same questions, and you can take your time.",
    "recorded": "Good. I'll send you the questions here, to be answered whenever it suits you.",
    "rebook": "Good. Let's look for another time.",
    "person": "Of course. I've asked a person on the team to write to you here.",
}
_OUR_FAULT = "I'm sorry: nobody from the team can be there just now. It's no fault of yours."
_NO_HARM = "No harm done: it can happen to anybody, and it doesn't count against you."


def coming(title: str, other: str, when: str, link: str) -> Card:
    """To a candidate who may not be there, without a reproach. other: as in `who`."""
    return Card(
        f"Your interview with {other or 'me'} was set for {when}, and it has begun. {ARE_YOU}",
        title=title,
        tone="question",
        options=(HERE, A_LITTLE, WRONG),
        links=_join(link),
    )


def there(title: str, other: str, when: str, link: str) -> Card:
    """To an interviewer: is the candidate there?"""
    options, rows = (TALKING, NOT_YET, LATE_MYSELF), (Row("Began", when),)
    return Card(is_there(other), title=title, tone="question", options=options, rows=rows, links=_join(link))


def is_there(other: str) -> str:
    return f"Is {other} there?"


def short(card: Card, text: str) -> Card:
    """The same question, shown once more after some news."""
    return replace(card, text=text, title="", rows=(), links=())


def here(link: str) -> Card:
    return Card("Good to have you here. This is the way in:" if link else "Good to have you here.", links=_join(link))


def sorry(missing: str) -> str:
    """Before other ways are offered. missing: candidate or interviewer, who isn't there."""
    return _NO_HARM if missing == CANDIDATE else _OUR_FAULT


def rescue(sorry: str, ways: tuple[str, ...], deadline: str) -> Card:
    """Other ways to go on. deadline: until when written answers have time, or ""."""
    own_time = f" Written answers have time until {deadline}." if "recorded" in ways and deadline else ""
    return Card(f"{sorry}{own_time} How would you like to go on?", tone="question")


def rescued(way: str, deadline: str) -> str:
    """What happens next, the way it was chosen."""
    until = f" You have until {deadline}." if way == "recorded" and deadline else ""
    return _RESCUED[way] + until


def rescued_by_person(sorry: str) -> str:
    return f"{sorry} {PERSON_INSTEAD}"


def asking(other: str) -> str:
    return f"I'm asking {other} now, and I'll write here as soon as I hear anything."


def no_word(other: str) -> str:
    return f"I've heard nothing from {other} yet. You needn't wait any longer; I'll see how we can go on."


def absent(other: str) -> str:
    return f"{other} can't be there just now, so you needn't wait. I'm asking how we can go on."


def cannot_come(other: str) -> str:
    return f"That's all right. I'm telling {other}, and asking how we can go on."


def heard(data: dict[str, Any]) -> str:
    """What the other side answered (the fact `other_answered` in `flows.scheduling`), told to this one."""
    who, minutes = data["who"], data.get("minutes", 0)
    return {
        "late": f"{who} says: about {_length(minutes)} late." if minutes else f"{who} is running a little late.",
        "here": f"{who} is there now.",
        "not_here": f"{who} is there and waiting for you.",
        "confirmed": f"{who} is coming.",
        "cannot": absent(who),
    }.get(data["answer"], f"I've heard nothing from {who} yet.")


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((hours, "hour"), (rest, "minute")) if n]
    return " and ".join(parts) or "a moment"


def _join(link: str) -> tuple[Link, ...]:
    return (Link("Join here", link),) if link else ()
