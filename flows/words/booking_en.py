"""The sentences of choosing a time (`flows/booking`). Times arrive as finished texts, for the person who reads them."""

from flows.cards import Card, Link, Option, Row
from flows.scheduling import SlotBooked, Times

HELP = (
    "Choose a day and a time, or write when you can, such as \u201cThursday afternoon\u201d. Nothing is booked before "
    "you have confirmed it. These words work at any time: repeat, pause, change my last answer, where am I, my data, "
    "another device, talk to a human, stop."
)
YES_THERE = Option("yes", "Yes", "primary")
ELSEWHERE = Option("else", "No, somewhere else")
NOT_LISTED = Option("unlisted", "None of these", "quiet")
MORE_DAYS = Option("more", "More days")
MORE_TIMES = Option("later", "Later that day")
ANOTHER_DAY = Option("days", "Another day")
NONE_OF_THESE = Option("unsuited", "None of these")
ALL_TIMES = Option("all", "Show all times")
BACK = Option("back", "Back to the times", "quiet")
OTHER_PLACE = Option("place", "I'm somewhere else", "quiet")
KEEP = Option("stay", "Keep the time I have", "quiet")
BOOK = Option("book", "Yes, book it", "primary")
ANOTHER_TIME = Option("another", "No, another time")
CHOOSE_ANOTHER = Option("another", "Choose another time")
LOOK_AGAIN = Option("again", "Look again")
SHOW_AGAIN = Option("again", "Show those times again")
TRY_AGAIN = Option("again", "Try again", "primary")

EXAMPLES = "\u201cmornings\u201d, \u201cany Thursday after 3 pm\u201d or \u201cnot before next Monday\u201d"
WRITE_IT = f"You can also write when you can, such as {EXAMPLES}."
OR_WRITE = "Or write another day or time."
TOO_LONG = f"That's more than I can read at once. A short line is enough, such as {EXAMPLES}."
CITY = "Which city are you in, or which large city is near you? Then every time here is in your own time."
CITY_AGAIN = "I don't know that place. Could you name a large city nearby, or the country?"
CITY_OTHER = "Which other large city, or which country, is near you?"
CITY_TROUBLE = (
    "I can't look up places just now. Please write the city once more in a moment, or write \u201chuman\u201d."
)
WHICH_PLACE = "Which of these is in your time zone?"
JUST_TAKEN = "That time was just taken, I'm sorry. I've looked again."
AS_SOON = "I'll write here as soon as there is something. If another day or time comes to mind, just write it."
TIMES_OPENED = "There are new times now."
TRY_LATER = (
    "I can't look at the times just now. Nothing is lost. Please try again in a moment, or write \u201chuman\u201d and a "
    "person will find a time with you."
)
NOT_KEPT = (
    "I couldn't keep that time just now. Nothing is booked and nothing is lost. Please try again in a moment, or write "
    "\u201chuman\u201d."
)
NOT_BOOKED = (
    "I couldn't book it just now, and I don't want to promise what isn't certain. Please try again in a moment, or "
    "write \u201chuman\u201d."
)
BOOKED, MOVED = "Booked", "Moved"
NOT_YET = "not yet"
WHAT, HOW_LONG, WITH, WHERE, WHEN, ZONE = "What", "How long", "With", "Where", "When", "Times in"


def hello(name: str, title: str, role: str, minutes: int, who: str) -> Card:
    rows = (Row(WHAT, f"{title}, for {role}"), Row(HOW_LONG, length(minutes)), *whom(who))
    return Card(f"Hello {name}. Let's find a time that suits you. It takes about a minute.", rows=rows)


def length(minutes: int) -> str:
    """45 -> "45 minutes", 195 -> "3 hours and 15 minutes"."""
    hours, rest = divmod(minutes, 60)
    if minutes <= 90:
        return f"{minutes} minutes"
    said = f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{said} and {rest} minutes" if rest else said


def whom(who: str) -> tuple[Row, ...]:
    """ "with Ada Lovelace and one more" or "here in this chat, with me" as a row; none where it isn't known."""
    if not who:
        return ()
    return (Row(WITH, who.removeprefix("with ")),) if who.startswith("with ") else (Row(WHERE, who),)


def are_you_in(place: str, now: str) -> Card:
    guess = f"Is your time zone {place}? There it is {now} now." if place.startswith("UTC") else ""
    guess = guess or f"Are you in {place}? It is {now} there now."
    return Card(guess, tone="question", foot="Or write the city you are in.")


def place(n: int, label: str, now: str) -> Option:
    return Option(f"z{n}", label, hint=f"{now} there now")


def which_day(times: Times, wished: bool, first: bool) -> Card:
    """`first`: nothing was shown before, so it says what can be written."""
    text = _heard(times, wished) + "Which day suits you?"
    return Card(text, tone="question", rows=_zone(times), foot=WRITE_IT if first else OR_WRITE)


def day(id: str, label: str, count: int) -> Option:
    return Option(id, label, hint="1 time" if count == 1 else f"{count} times")


def which_time(times: Times, wished: bool, first: bool, on: str) -> Card:
    """`on`: the day, where all the times shown are on it. `first` as in `which_day`."""
    text = _heard(times, wished) + (f"{on}: which time suits you?" if on else "Which time suits you?")
    return Card(text, tone="question", rows=_zone(times), foot=WRITE_IT if first else OR_WRITE)


def _zone(times: Times) -> tuple[Row, ...]:
    return (Row(ZONE, times.zone),)


def _heard(times: Times, wished: bool) -> str:
    """How the wish was understood, in front of the times that come of it."""
    if not wished:
        return ""
    if not times.understood:
        return "I found no day or time in that, so here are all of them. "
    near = "" if times.exact else " Nothing is free then; these times come nearest."
    return f"I understood: {times.understood}.{near} "


def wish(nth: int) -> Card:
    first = "When would it suit you?" if nth == 1 else "Let's try once more. When would it suit you?"
    return Card(f"{first} Write it as you would to a friend, such as {EXAMPLES}.", tone="question")


def confirm(title: str, when: str, minutes: int, who: str, parts: tuple[tuple[str, str, str], ...]) -> Card:
    """The one look before it is booked. Several sessions are listed one by one."""
    rows = (Row(WHEN, when), Row(HOW_LONG, length(minutes)), *_sessions(who, parts))
    foot = "I keep this time for you for a few minutes."
    return Card("Shall I book this?", title=title, tone="question", rows=rows, foot=foot)


def _sessions(who: str, parts: tuple[tuple[str, str, str], ...]) -> tuple[Row, ...]:
    if len(parts) < 2:
        return whom(who)
    return tuple(Row(name, f"{when}, with {persons}" if persons else when) for name, when, persons in parts)


def booked(title: str, minutes: int, who: str, contact: str, found: SlotBooked) -> Card:
    """Everything about the booking, and what comes next."""
    rows = (Row(WHAT, title), Row(WHEN, found.when), Row(HOW_LONG, length(minutes)), *_sessions(who, found.parts))
    moved = "It's moved; the earlier time is free again. " if found.moved else "It's booked. "
    return Card(
        f"{moved}I'll remind you here before it begins. To move it or call it off, write \u201creschedule\u201d or "
        "\u201ccancel\u201d at any time.",
        title=MOVED if found.moved else BOOKED,
        tone="done",
        rows=rows,
        links=(Link("Where you meet", found.link),) if found.link else (),
        foot=f"Questions: {contact}" if contact else "",
    )


def team_opens(understood: str, deadline: str) -> Card:
    """Nothing suits, or nothing is free: the team has been asked. The way back stays open."""
    heard = f"I understood: {understood}. Nothing is free then, so " if understood else ""
    return Card(
        f"{heard}I've asked the team to open more times. {_by(deadline)} You don't need to wait here. If another day or "
        "time comes to mind, just write it.",
        tone="question",
    )


def nothing_new(understood: str, deadline: str) -> Card:
    heard = f"I understood: {understood}. " if understood else ""
    return Card(
        f"{heard}There is nothing new yet. The team knows, and I'll write as soon as there is. {_by(deadline)}",
        tone="question",
    )


def _by(deadline: str) -> str:
    return f"You'll hear from me by {deadline}." if deadline else "You'll hear from me as soon as there are some."
