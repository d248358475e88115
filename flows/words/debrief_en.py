"""The sentences of a debrief: two or more levels apart on one competency, and one question about why."""

from flows.cards import Card, Field, Option, Quote, Row

LEARNED = "learned:"  # what a recruiter's closing line in the thread begins with
ANSWERS = {"evidence": "Different evidence", "bar": "A different bar", "agreed": "Agreed now"}
AMEND = Option("amend", "Change my rating")
CLOSE = Option("close", "Close it", "quiet")
OPTIONS = (
    Option("evidence", "Different evidence", "primary"),
    Option("bar", "Different bar", "primary"),
    Option("agreed", "Agreed now"),
    AMEND,
    CLOSE,
)
MOST = 500
SO_FAR, CLOSED_WITH = "So far", "What was learned"

ONLY_RATERS = "Only those who have rated this answer here. You are welcome to write in the thread."
ONLY_RECRUITERS = (
    "Only recruiters and admins can close a debrief. Once the raters are within one level, it closes by itself."
)
OVER = "This debrief is closed."
EMPTY = "Please say in a line what was learned."
AGREED_SO_CHANGE = (
    "Good. If your level has changed with it, press \u201cChange my rating\u201d. As soon as all are within one level, this "
    "closes by itself."
)


def title(competency: str, low: int, high: int, name: str) -> str:
    return f"Debrief: {competency}, {low} to {high} ({name})"


def opened(heading: str, rows: tuple[Row, ...], quotes: tuple[Quote, ...]) -> Card:
    return Card(
        "You read the same answers and are two levels or more apart. Different evidence, or a different bar?",
        title=heading,
        tone="notice",
        rows=rows,
        quotes=quotes,
        options=OPTIONS,
        foot=(
            f"Please talk about it in the thread. A recruiter can close it there, beginning with \u201c{LEARNED}\u201d and a "
            "line about what you learned."
        ),
    )


def closed(heading: str, rows: tuple[Row, ...], learned: str) -> Card:
    if learned:
        rows = (*rows, Row(CLOSED_WITH, learned))
        return Card("Closed by a recruiter. Everybody's rating stays their own.", title=heading, tone="done", rows=rows)
    return Card("The raters are within one level now, so this is settled.", title=heading, tone="done", rows=rows)


def covered(name: str) -> Card:
    return Card(
        f"A second person is reading the answers of {name} again, so this debrief is covered until they have submitted. "
        "Please don't talk about the first ratings here meanwhile.",
        tone="notice",
    )


def over(name: str) -> Card:
    return Card(f"{name} has withdrawn, so there is nothing left to talk about here.", tone="notice")


def rated(level: int | None, why: str, before: int | None) -> str:
    """A rating with its reason; before: an earlier level, where it was another."""
    given = "No basis to rate" if level is None else str(level)
    was = f" (was {before})" if before is not None and before != level else ""
    return f"{given}{was}. {why}" if why else f"{given}{was}"


def remarked(who: str, remark: str) -> str:
    return f"{who}: {remark}" if remark else who


def said(who: str, answer: str) -> str:
    return f"{who}: {ANSWERS[answer].lower()}"


def form() -> Card:
    return Card(
        "It stays with the interview, for the next time this comes up.",
        title="Close the debrief",
        fields=(Field("learned", "What was learned?", "text", help="One line is enough.", max_length=MOST),),
        submit="Close it",
    )


def done() -> Card:
    return Card("Closed. Thank you for bringing it together.", tone="done")
