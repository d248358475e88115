"""What recruiters and candidates read about adjustments. Nobody who rates ever does."""

from flows.cards import Card, Option, Row

TIME, TAKES, TEXT, ALL = "time", "takes", "text", "all"
LEARNED = "adjusted"  # what a conversation learns: no reminder is sent and no pause ends an answer from now on
KINDS = {TIME: "More time", TAKES: "Extra takes", TEXT: "Text only", ALL: "No limits"}
SAID = {label.casefold(): kind for kind, label in KINDS.items()}
MEANS = {
    TIME: "no reminders, no pause ends an answer, and two more days where the answers are recorded",
    TAKES: "three more takes at every question of a recorded interview",
    TEXT: "nothing is asked aloud, and no recording is asked for",
    ALL: "more time, and as many takes as they like",
}
_TAKES = {TAKES: 3, ALL: 20}


def extra_takes(kinds: tuple[str, ...]) -> int:
    """How many more takes there are at each question, by what is agreed."""
    return max((_TAKES.get(k, 0) for k in kinds), default=0)


HOW = (
    "Name the candidate and what is agreed, such as: /interview adjust Ada more time, extra takes. "
    "There is also text only, and no limits."
)


def nobody(name: str) -> str:
    return (
        f"I don't know of anybody called {name} whose interview is still open. Adjustments are for interviews that haven't "
        "been sent off."
    )


def too_late(name: str) -> str:
    return f"{name}'s interview isn't open any more, so there is nothing left to adjust in it."


def already(name: str) -> Card:
    return Card(f"That is agreed with {name} already.", tone="notice")


def ask(name: str, known: tuple[str, ...]) -> Card:
    rows = tuple(Row(KINDS[k], f"{MEANS[k]} (agreed)" if k in known else MEANS[k]) for k in KINDS)
    return Card(
        f"What would make the interview easier for {name}? Those who rate never learn of it, and it counts for nothing.",
        tone="question",
        rows=rows,
        options=tuple(Option(k, label) for k, label in KINDS.items() if k not in known),
    )


def agreed(name: str, kinds: tuple[str, ...], begun: bool, until: str) -> Card:
    """What a recruiter hears. begun: the interview is going on; until: its new deadline, "" where it has not moved."""
    waits = [KINDS[k].lower() for k in kinds if k in (TAKES, TEXT) or (k == ALL and begun)]
    later = (
        f" As it has begun already, {' and '.join(waits)} can't change how its questions are asked any more; an answer can "
        "be written at any time, and given anew before it is sent off."
        if begun and waits
        else ""
    )
    days = f" It is open until {until} now." if until else ""
    rows = tuple(Row(KINDS[k], MEANS[k]) for k in kinds)
    return Card(f"Agreed for {name}. Those who rate never learn of it.{days}{later}", tone="done", rows=rows)


def told(until: str) -> Card:
    """What the candidate hears in the middle of an interview."""
    days = f" It is open until {until}." if until else ""
    return Card(
        "The team has made this easier: there are no reminders any more, and only you decide when an answer is finished."
        f"{days} Nobody who rates your answers sees this.",
        tone="notice",
    )
