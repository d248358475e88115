"""The sentences about a booking that was changed in somebody's calendar, outside of Parley (`flows/outside`)."""

from typing import TYPE_CHECKING

from flows.cards import Card, Option, Row

if TYPE_CHECKING:
    from flows.scheduling import Standing

MOVED = Option("moved", "It really moved: tell everybody", "primary")
CANCELLED = Option("cancelled", "It was cancelled")
MISTAKE = Option("put_back", "A mistake: put it back")
REPLACE = Option("replace", "Find somebody else", "primary")
CANCEL = Option("cancelled", "Cancel the interview")
COME = Option("put_back", "I'll come after all")
SURE = Option("cancel", "Yes, cancel it", "danger")
BACK = Option("back", "No, go back", "primary")

HELP = "Nothing changes and nobody is told until you choose. Press a button, or type its number."


def question(change: str, who: str, title: str, other: str, role: str, when: str, new_when: str) -> Card:
    """What was seen, and what it may mean. change: moved, cancelled or declined; who: "" for the reader."""
    what = f"{title} with {other}" if other else title
    seen = {
        "moved": f"In {_whose(who)} calendar this interview was moved to {new_when}.",
        "cancelled": f"This interview was taken out of {_whose(who)} calendar.",
        "declined": f"{who or 'You'} declined this interview in the calendar.",
    }[change]
    rows = (Row("Booked for", when), Row("Role", role))
    ask = "What shall I do?" if change == "declined" else "What happened?"
    return Card(f"{seen} {ask}", title=what, tone="question", rows=rows, options=answers(change, who))


def answers(change: str, who: str) -> tuple[Option, ...]:
    if change == "declined":
        return (REPLACE, Option("ask_again", f"Ask {who} to come after all") if who else COME, CANCEL)
    return (MOVED, CANCELLED, MISTAKE) if change == "moved" else (CANCELLED, MISTAKE)


def sure(other: str) -> Card:
    everybody = f"{other} and everybody else who takes part" if other else "everybody who takes part"
    return Card(
        f"Then it's cancelled for good, and I tell {everybody}. Shall I?", tone="question", options=(SURE, BACK)
    )


def done(answer: str, who: str, when: str, new_when: str) -> str:
    """What happens now. when: the booked time; new_when: the one it was moved to."""
    return {
        "moved": f"Thank you. It's now {new_when}, and I'm telling everybody.",
        "cancelled": "Thank you. It's cancelled, and I'm telling everybody.",
        "put_back": f"Thank you. It stays {when}, and I'm putting the calendar right.",
        "replace": "Thank you. I'm asking who else could take it.",
        "ask_again": f"Thank you. I'm asking {who}.",
    }[answer]


def settled(found: "Standing") -> Card:
    """Somebody has answered this already, or it was changed since."""
    by = f"{found.changed_by} has settled this already." if found.changed_by else "This is settled already."
    now = {
        "booked": f" It's now {found.when}." if found.when else "",
        "cancelled": " The interview is cancelled.",
        "open": " A new time is being looked for.",
    }.get(found.state, "")
    return Card(f"{by}{now} There's nothing left to do here.", tone="notice")


def _whose(who: str) -> str:
    return f"{who}'s" if who else "your"
