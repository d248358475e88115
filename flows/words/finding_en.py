"""What is said about times on offer, and about colleagues who are asked to take an interview over."""

from flows.cards import Card, Option, Row

EARLY = "early"
LATE = "late"
CLAIM = Option("claim", "I'll take it", "primary")
WHEN = "When"
BEGUN = "It has begun already, so nothing about it can be changed here. Please write to the team if something is wrong."
OVER = "That interview is over, so there is nothing left to change."
NOBODY_TO_ASK = "It has begun already, so I can't ask anybody else any more. Please tell your recruiter right away."


def sessions(count: int) -> str:
    """The hint on a day of several sessions."""
    return f"{count} sessions"


def too_late(length: str) -> str:
    """Why a candidate can't move or cancel it any more. length: how long before its start that ends."""
    return (
        f"It begins in less than {length}, so I can't move or cancel it by myself any more. "
        "Please write to the team: they can still help."
    )


def may_take(other: str, candidate: str, role: str, when: str, title: str) -> Card:
    """To a colleague: will you hold this interview instead?"""
    who = f"{candidate} ({role})" if role else candidate
    return Card(
        f"{other} can't make this interview with {who}. You are free then. Would you take it? "
        "Whoever presses first has it; there's no need to answer otherwise.",
        title=title,
        tone="question",
        rows=(Row(WHEN, when),),
        options=(CLAIM,),
    )


def claimed(candidate: str, when: str) -> Card:
    return Card(f"Thank you. The interview with {candidate} is yours: {when}. Everybody is being told.", tone="done")


ALREADY_TAKEN = Card("Somebody has taken it already. Thank you all the same.", tone="notice")
NOT_FREE = Card(
    "It no longer fits your calendar or your limits, so I left it as it was. Thank you all the same.", tone="notice"
)
