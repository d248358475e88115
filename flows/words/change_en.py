"""The sentences that moving and cancelling a booked time have in common (`flows/booking/changes.py`)."""

from flows.cards import Card, Option, Row
from flows.words.booking_en import WHAT, WHEN

TRY_AGAIN = Option("again", "Try again", "primary")
HUMAN = Option("human", "Talk to a person", "primary")
LEAVE = Option("fine", "That's fine")
ALL_RIGHT = "All right. Nothing has changed."
CANNOT_LOOK = (
    "I can't see your booking just now. Nothing has changed. Please try again in a moment, or write \u201chuman\u201d."
)


def reach(why: str, contact: str) -> Card:
    """Why something can't be done here any more, and who can help."""
    direct = f" You can also turn to {contact}." if contact else ""
    return Card(f"{why} Would you like to talk to a person about it?{direct}", tone="question")


def kept(title: str, when: str, told: bool = False) -> Card:
    """`told`: the team, which had asked for another time."""
    text = "Good, it stays as it is." + (" I've told the team." if told else "")
    return Card(text, tone="done", rows=(Row(WHAT, title), Row(WHEN, when)))
