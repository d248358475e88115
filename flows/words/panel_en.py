"""Every sentence of the hiring channel and of a team member's own chat, in English."""

from flows.cards import Card, Link, Option
from flows.rating.card import MachineCard
from flows.words import score_en

READ_TRANSCRIPT = "Read the transcript"
COMPETENCIES = "Competencies"
SCORECARDS = "Scorecards"
STILL_DUE = "Still due"
NOBODY = "nobody"
READING = "Software reads the answers"
RATE = "Rate"
MINE = "My scorecard"
RECOMMENDATION = "Recommendation"
NO_MACHINE = "read by people only"
REPLY_HINT = (
    "Reply to this message and I'll pass your words on. They are offered to later candidates too, and never scored."
)
OPEN_TO_PANEL = "Open to the panel."
SEALED_UNTIL_ALL = "Sealed: only you see this until everybody on the panel has submitted."
RECOMMENDATIONS = {"strong_no": "Strong no", "no": "No", "yes": "Yes", "strong_yes": "Strong yes"}
ONLY_PANEL = "Only members of this panel can rate. If you should be on it, ask the recruiter."
NOT_YET = "The interview isn't finished yet. I'll post here when it can be rated."
ALREADY_OPEN = "Your scorecard is already open further up in this chat."
AFTER_REVEAL = "rated after the reveal"
NOT_YOURS = "That isn't something I can show you here."
NO_COMMAND_HERE = (
    "I only take commands here, such as /interview help. Ratings stay sealed until the whole panel has submitted."
)


def title(candidate: str, role: str) -> str:
    return f"{candidate}, {role}"


def sealed(candidate: str) -> str:
    return f"{candidate} has finished the interview. Every scorecard stays sealed until the whole panel has submitted."


def n_of_m(n: int, m: int) -> str:
    return f"{n} of {m} submitted"


def read_so_far(done: int, total: int) -> str:
    return f"{done} of {total} competencies"


def revealed(n: int, forced: str) -> str:
    if forced:
        return f"Opened early by a recruiter: {forced}"
    return (
        f"All {n} scorecards are in and open to the panel." if n != 1 else "The scorecard is in and open to the panel."
    )


def machine_foot(card: MachineCard) -> str:
    if card.kind == "evidence-map":
        return "Evidence by text matching, not understanding. People decide."
    return f"Evidence by {card.model} at {card.host}; every quote was checked against the transcript by code. People decide."


def human_only(reasons: tuple[str, ...]) -> str:
    """Why, is for recruiters (`/interview status`): what a candidate chose must not colour a rating."""
    return "Human scorecard only."


def indicator(text: str) -> str:
    return text


def nothing_yet(candidate: str) -> str:
    return f"You haven't rated {candidate} yet."


def own_rating(level: int | None, why: str) -> str:
    return score_en.level(level, why)


def your_card(candidate: str) -> str:
    return f"Your scorecard for {candidate}"


def recommends(recommendation: str, late: bool) -> str:
    """A rater's vote. One given after the reveal says so: its rater could have read the others' first."""
    label = RECOMMENDATIONS[recommendation]
    return f"{label} ({AFTER_REVEAL})" if late else label


def asks(candidate: str) -> str:
    return f"{candidate} has a question I can't answer from the kit."


def passed_on(who: str) -> str:
    return f"Answered by {who} and passed on."


def withdrawn(candidate: str) -> str:
    return f"{candidate} has withdrawn. Nothing more is due."


def called_off(candidate: str) -> str:
    return f"The team has called off the interview of {candidate}. Nothing more is due."


def notice(name: str, candidate: str) -> Card:
    """What the channel hears about a candidate's wish; never a reason, and never an adjustment."""
    text = {
        "human_asked": f"{candidate} would like to talk to a person. Reply to this message and I'll pass your words on; the interview goes on meanwhile.",
        "human_chosen": f"{candidate} prefers an interview with a person, which counts the same. Please arrange one.",
        "withdrawn": f"{candidate} has withdrawn.",
        "expired": f"{candidate}'s invitation has run out without an interview.",
        "called_off": called_off(candidate),
        "moved": f"{candidate} was moved here from another requisition.",
    }[name]
    return Card(text, tone="notice")


def now_open(candidate: str, interview_id: str) -> Card:
    return Card(
        f"The scorecards for {candidate} are open now, all at once. You'll find them in the hiring channel.",
        tone="notice",
        links=(Link(READ_TRANSCRIPT, f"/review/{interview_id}"),),
    )


def adjustment(candidate: str, wish: str) -> Card:
    """For the recruiter alone: raters must not know."""
    wanted = {
        "time": "no reminders and no hurry",
        "breaks": "breaks at any time",
        "person": "a person instead",
        "other": "to be contacted about something else",
    }
    return Card(
        f"{candidate} asked for an adjustment: {wanted.get(wish, wish)}. Timers are off. Raters don't see this.",
        tone="notice",
    )


def contested(candidate: str) -> Card:
    return Card(f"{candidate} says that a line of their feedback is wrong. A person should look at it.", tone="notice")


def reopened(candidate: str) -> Card:
    return Card(
        f"{candidate}'s invitation link was opened once more, in a browser that isn't signed in. Nothing was shown there. "
        f"It may be {candidate} on another device: then a new invitation helps. If not, the link has reached somebody else.",
        tone="notice",
    )


def rate_now(candidate: str, role: str) -> str:
    return f"{candidate}'s interview for {role} is ready to be rated."


def reminder_to_rate(candidate: str, interview_id: str) -> Card:
    return Card(
        f"A reminder: your scorecard for {candidate} is still due. The others wait for it.",
        tone="notice",
        options=(Option(interview_id, RATE, "primary"),),
    )


def reminder_to_candidate(role: str, day: str) -> Card:
    return Card(
        f"A reminder: your interview for {role} is open until {day}. You can begin or carry on whenever it suits you.",
        tone="notice",
    )


def expired_for_candidate(role: str) -> Card:
    return Card(
        f"The invitation to the interview for {role} has run out. What you wrote is kept. "
        "If you'd still like to take part, reply to the person who invited you and they can open it again.",
        tone="notice",
    )


RATE_OPTION = Option("rate", RATE, "primary")


def passed_to(candidate: str) -> Card:
    return Card(f"I've passed your words on to {candidate}, in their own chat.", tone="aside")


def writes(who: str) -> str:
    return f"{who} from the team writes"
