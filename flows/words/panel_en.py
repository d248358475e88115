"""Every sentence of the hiring channel and of a team member's own chat, in English."""

from flows.cards import Card, Link, Option
from flows.rating.card import MachineCard
from flows.words import score_en, scoring_en

READ_TRANSCRIPT = "Read the transcript"
COMMENT = "Read, and comment on a moment"
OPEN_EARLY = "Open early"
AMEND = "Amend my rating"
REREAD = "Ask for a re-read"
END_REREAD = "End the re-read"
COMPARE = "Compare"
DECIDE = "Decide"
DIFFERS = "They differ"
NOTHING_DIFFERS = "nowhere by two levels or more"
FLAGGED = "Please look yourself"
AMENDED = "Before it was amended"
SECOND_READER = "Reads again"
MORE_THERE = "\u2026 more on the review page."
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
SEALED_UNTIL_ALL = (
    "Sealed: only you see this until everybody on the panel has submitted. Until then it can't be changed; after that you "
    "can amend it."
)
KEPT_FOR_LATER = "Kept for later, not submitted: only you ever see this."
RECOMMENDATIONS = {"strong_no": "Strong no", "no": "No", "neutral": "Neutral", "yes": "Yes", "strong_yes": "Strong yes"}
ONLY_PANEL = "Only members of this panel can rate. If you should be on it, ask the recruiter."
NOT_YET = "The interview isn't finished yet. I'll post here when it can be rated."
ALREADY_OPEN = "Your scorecard is already open further up in this chat."
CLOSED = "This interview is over, so ratings are closed. What was submitted stays on record."
NOTHING_TO_AMEND = "You have no open rating here to amend. \u201cRate\u201d begins one."
AMEND_LATER = (
    "Your rating is sealed, and nothing is changed between submitting and the reveal. You can amend it after that."
)
AFTER_REVEAL = "rated after the reveal"
AMENDED_AFTER = "amended after the reveal"
SECOND_READING = "second reading, without the first cards"
SECOND_READING_SEEN = "second reading, having seen the first cards"
NOT_WITH_THE_FIRST = (
    "You read these answers as the second reader, so the first scorecards and the software's reading stay closed to you "
    "until you have submitted your own."
)
NOT_ON_PANEL_NOW = (
    "You aren't on this panel any more, so this rating isn't counted. I've kept it for you alone; a recruiter can put you "
    "back on the panel."
)
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


def queued_behind(n: int) -> str:
    return f"queued behind {n}"


def revealed(n: int, forced: str) -> str:
    if forced:
        return f"Opened early by a recruiter: {forced}"
    return (
        f"All {n} scorecards are in and open to the panel." if n != 1 else "The scorecard is in and open to the panel."
    )


def machine_foot(card: MachineCard) -> str:
    if card.kind == "evidence-map":
        why = f" instead of a model: {scoring_en.REASONS[card.fallback]}" if card.fallback in scoring_en.REASONS else ""
        return f"Evidence by text matching, not understanding{why}. People decide."
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


def recommends(recommendation: str, *remarks: str) -> str:
    """A rater's vote, and how it came about where that matters: given after the reveal, amended, a second reading."""
    label, said = RECOMMENDATIONS[recommendation], "; ".join(r for r in remarks if r)
    return f"{label} ({said})" if said else label


def spread(low: int, high: int) -> str:
    return f"all {low}" if low == high else f"{low} to {high}"


def differs(title: str, low: int, high: int) -> str:
    return f"{title} ({low} to {high})"


def was(rater: str, recommendation: str, levels: tuple[tuple[str, int | None], ...]) -> str:
    """An earlier version of an amended card."""
    said = ", ".join(f"{title} {'no basis' if level is None else level}" for title, level in levels)
    return (
        f"{rater}: {RECOMMENDATIONS[recommendation]}, {said}" if said else f"{rater}: {RECOMMENDATIONS[recommendation]}"
    )


def flagged(n: int) -> str:
    some = "A sentence of the answers speaks" if n == 1 else f"{n} sentences of the answers speak"
    return f"{some} to software rather than to you. Nothing was lowered for it."


def covered(candidate: str, contested: bool) -> str:
    why = f"{candidate} says that something in the feedback is wrong. " if contested else ""
    return (
        f"{why}A second person reads {candidate}'s answers again without having seen the first scorecards, so those are "
        "covered here until that is done. If you know them, please don't talk about them with the second reader."
    )


def still_looking() -> str:
    return "a recruiter is choosing"


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


def reminder_to_rate(candidate: str, interview_id: str, done: int, of: int) -> Card:
    """done, of: how many of the panel have submitted."""
    others = "The others wait for it." if done else "Nobody has submitted yet."
    return Card(
        f"A reminder: your scorecard for {candidate} is still due ({n_of_m(done, of)}). {others}",
        tone="notice",
        options=(Option(interview_id, RATE, "primary"),),
    )


def reminder_to_read_again(candidate: str, interview_id: str) -> Card:
    return Card(
        f"A reminder: your second reading of {candidate} is still due. The cards stay covered until it is in.",
        tone="notice",
        options=(Option(interview_id, RATE, "primary"),),
    )


BACKUP_GONE = "That isn't needed any more. Thank you for being there for it."
BACKUP_FINE = "That's fine, thank you. I'll ask somebody else."
BACKUP_THANKS = "Thank you! You're on the panel now. The rating form follows; please read the answers first."


def could_you_rate(late: str, candidate: str, role: str) -> Card:
    return Card(
        f"{late} hasn't found time to rate {candidate} for {role}; could you? You'd read the answers and rate them by yourself, "
        "and see the others' ratings when all are in.",
        tone="notice",
        options=(Option("yes", "Yes, I'll rate", "primary"), Option("no", "I can't")),
    )


def somebody_stands_in(name: str, candidate: str) -> Card:
    return Card(
        f"{name} rates {candidate} in your place, so nobody waits for you. If you find the time before the cards open, your "
        "rating still counts: press \u201cRate\u201d in the channel.",
        tone="notice",
    )


EARLY_REASONS = {
    "away": "Somebody on the panel is ill or away",
    "hurry": "It has to be decided before everybody can rate",
    "machine": "The software's reading doesn't come",
}
ONLY_RECRUITERS_OPEN = (
    "Only recruiters can open the scorecards early. They open by themselves once everybody has submitted."
)
EARLY_NO = Option("no", "No, keep them sealed", "quiet")
STILL_SEALED = "Fine, they stay sealed."
NOBODY_RATED = (
    "Nobody has rated yet, so the cards stay sealed: a decision needs at least one rating that somebody made before they were "
    "opened. Who rates can be changed: /interview options ROLE panel NAMES."
)
EARLY_GONE = "These cards are open already, or the interview has ended."


def open_early(candidate: str, done: int, of: int) -> Card:
    """done, of: how many have submitted. What they wrote is as unknown here as everywhere."""
    return Card(
        f"Open the scorecards of {candidate} now? {n_of_m(done, of)}; who rates later is marked as having rated after the "
        "reveal. The reason is recorded and stands on the card. For another reason, write "
        f"/interview reveal {candidate} because REASON.",
        tone="question",
        options=(*(Option(k, v) for k, v in EARLY_REASONS.items()), EARLY_NO),
    )


def without_machine(candidate: str) -> Card:
    return Card(
        f"Everybody has rated {candidate}, and the software's reading of the answers hasn't come for a day. You can wait for "
        "it, or open the scorecards without it; it is added if it comes later.",
        tone="notice",
        options=(Option("machine", "Open without it", "primary"), Option("no", "Wait for it")),
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
