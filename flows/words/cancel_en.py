"""The sentences of calling a booked time off (`flows/cancel`)."""

from flows.cards import Card, Option, Row
from flows.words.booking_en import WHAT, WHEN

HELP = (
    "Nothing is cancelled before you have confirmed it. These words work at any time: repeat, pause, change my last "
    "answer, where am I, my data, another device, talk to a human."
)
MOVE = Option("move", "Move it to another time", "primary")
CANCEL = Option("cancel", "Cancel it")
KEEP = Option("stay", "Keep it as it is", "quiet")
# What is kept is the id. The first two are the ones after which it is asked whether to withdraw altogether.
OTHER_OFFER = Option("other_offer", "I've accepted another offer")
NO_INTEREST = Option("no_interest", "I'm no longer interested")
UNTOLD = Option("untold", "I'd rather not say", "quiet")
REASONS = (
    OTHER_OFFER,
    NO_INTEREST,
    Option("timing", "The timing doesn't work"),
    Option("came_up", "Something came up"),
    UNTOLD,
)
OWN_WORDS = "words"  # the reason of whoever wrote one
LEAVING = frozenset({OTHER_OFFER.id, NO_INTEREST.id})
WHY = "May I ask why? It is up to you, and you can put it in your own words."
SURE_YES = Option("cancel", "Yes, cancel it", "danger")
STAY_IN = Option("in", "Only this appointment", "primary")
WITHDRAW = Option("out", "Withdraw as well")
NOT_DONE = (
    "I couldn't cancel it just now, so it still stands. Please try again in a moment, or write \u201chuman\u201d."
)
MOVING = "Good. Your time stays yours until you've chosen another."
WITHDRAWN = "I've also told the team that you withdrew. Thank you for your time, and all the best."
BOOKED, STILL = "Booked", "yes, until you confirm that it should be cancelled"
GONE = {
    "open": "It has no time yet, so there is nothing to cancel.",
    "began": "It has begun already, so I can't cancel it any more.",
    "over": "It is over, so there is nothing left to cancel.",
    "missed": "Its time has passed, so there is nothing left to cancel.",
    "cancelled": "It is cancelled already. There is nothing more to do.",
}


def or_move(title: str, when: str) -> Card:
    return Card(
        "This is what you'd like to cancel. It could also be moved, which is no trouble. What would you like?",
        tone="question",
        rows=(Row(WHAT, title), Row(WHEN, when)),
    )


def why() -> Card:
    return Card(WHY, tone="question", options=REASONS)


def sure(title: str, when: str, leaving: bool) -> Card:
    told = "the team is told that you withdraw" if leaving else "the team is told"
    return Card(
        f"Shall I cancel it? The time is given back, and {told}.",
        tone="question",
        rows=(Row(WHAT, title), Row(WHEN, when)),
    )


def cancelled(title: str, when: str, company: str) -> Card:
    rows = (Row(WHAT, title), Row("It was on", when)) if when else (Row(WHAT, title),)
    return Card(
        f"It's cancelled. I've told the team at {company}, and there will be no more reminders.",
        title="Cancelled",
        tone="done",
        rows=rows,
    )


def withdraw(company: str) -> Card:
    return Card(
        f"Is it only about this appointment, or would you like to withdraw your application at {company} as well?",
        tone="question",
    )
