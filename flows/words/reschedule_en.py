"""The sentences of moving a booked time (`flows/reschedule`); those of choosing one are in `booking_en`."""

from flows.cards import Card, Option, Row
from flows.words.booking_en import WHAT

HELP = (
    "Choose a new day and time, or write when you can. Your time stays yours until you have confirmed another. These "
    "words work at any time: repeat, pause, change my last answer, cancel, where am I, my data, another device, talk to "
    "a human, stop."
)
# What is kept is the id. None of them is about health or family: nobody is asked for that.
REASONS = (
    Option("clash", "Something else at that time"),
    Option("work", "I can't leave work then"),
    Option("came_up", "Something came up"),
    Option("prepare", "I'd like more time to prepare"),
    Option("untold", "I'd rather not say", "quiet"),
)
OWN_WORDS = "words"  # the reason of whoever wrote one
WHY = (
    "What makes you move it? It helps the team to plan and counts in no way against you. You can also put it in your own "
    "words."
)
NOT_BOOKED_YET = "It has no time yet, so let's find one."
BOOKED, STILL = "Booked", "yes, and it stays so until you confirm another time"
PASSED = "Its time has passed, so let's find a new one."
GONE = {
    "began": "It has begun already, so I can't move it any more.",
    "over": "It is over, so there is nothing left to move.",
    "cancelled": "It was cancelled, so there is nothing to move.",
}
TO_CANCEL = "All right, then let's see about cancelling it. It isn't cancelled yet."


def now(title: str, when: str, by_team: bool, company: str) -> Card:
    """What is booked, and that nothing is given up for the asking."""
    asks = f"I'm sorry: the team at {company} asks you to choose another time. " if by_team else ""
    return Card(
        f"{asks}You keep the time you have until a new one is booked.", rows=(Row(WHAT, title), Row("Booked for", when))
    )


def why() -> Card:
    return Card(WHY, tone="question")
