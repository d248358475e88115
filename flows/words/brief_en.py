"""What an interviewer reads before an interview, and what is said around it (`bot/guiding`)."""

from collections.abc import Sequence

from flows.cards import Card, Option, Quote, Row

START = Option("guide", "Start the guide", "primary")
RATE = Option("rate", "Rate now", "primary")
NOT_HELD = Option("didnt", "It didn't take place", "quiet")
PART = "You look at"
COLLEAGUES = "Your colleagues look at"
ROLE = "Role"
TIME_THERE = "Where they are"
NOTE = "From the team"
PRIVATE = "Please don't ask about"
PRIVATE_TOPICS = (
    "family, children or plans for any; health or disability; age; faith; origin; a partner; politics or unions; "
    "what they earn or have earned. If they bring it up, listen kindly and leave it out of your notes."
)
SEALED = "Earlier scorecards are still sealed, so I can't say what they left open."
FIRST = "This is the first conversation that is looked at, so everything is still open."
FOCUS_HOW = "Write it like this: /interview focus Ada: Ben = Ownership, Tom = rest"
GUIDE_OPEN = Card("Your guide is open already, here in our own chat.", tone="aside")
GUIDE_BEGINS = Card("Your guide is in our own chat.", tone="aside")
NO_GUIDE = Card("This interview isn't on any more as it was here, so there is no guide for it.", tone="aside")
TOO_LATE = Card(
    "Somebody has rated this interview already, so it stays as it is. If that is wrong, please tell a recruiter.",
    tone="kind_error",
)
ALREADY_SAID = Card("That is known already, thank you. There is nothing left for you to do.", tone="aside")
NOBODY_SITS = "Nobody is booked for an interview with this candidate yet. Ask for a time first: /interview schedule"
RATED_ALREADY = "Somebody has rated already, so who looks at what can't be changed any more."
ENDED = "The interview is over, so the guide ends here. Your notes are in your scorecard draft."
NOT_NEEDED = "You have talked with the team meanwhile, so my questions are no longer needed. Thank you."


def look_for(indicator: str) -> str:
    """A follow-up where the kit has none for an indicator."""
    return f"Ask for an example that shows this: {indicator}"


def still_open(title: str) -> str:
    return f"Still open in {title}"


def ask(title: str) -> str:
    return f"Ask about {title}"


def brief(
    candidate: str,
    role: str,
    rows: Sequence[Row],
    known: Sequence[tuple[str, str]],
    sealed: bool,
    first: bool,
    start: bool,
) -> Card:
    """rows: finished. known: (competency, quote) that needn't be asked again. start: can the guide be begun from here?"""
    foot = " ".join(filter(None, (SEALED if sealed else "", FIRST if first else "")))
    lead = f"What to know before you meet {candidate}."
    if known:
        lead += " No need to ask again about what stands below in quotation marks."
    return Card(
        lead,
        title=f"Brief: {candidate}, {role}",
        rows=tuple(rows),
        quotes=tuple(Quote(text, title) for title, text in known),
        options=(START,) if start else (),
        foot=foot,
    )


def over(candidate: str, noted: bool) -> Card:
    """Right after the interview, to each of its interviewers."""
    notes = " Your notes are in the form already." if noted else ""
    return Card(
        f"The interview with {candidate} is over. Rate now, while it's fresh.{notes} Nobody sees your rating before "
        "everybody has rated.",
        tone="question",
        options=(RATE, NOT_HELD),
    )


def did_it(candidate: str) -> Card:
    """Nobody said whether they were there, and the time is over."""
    return Card(
        f"The time of the interview with {candidate} is over, and nobody has told me how it went. Did it take place? "
        "Then rate it now, while it's fresh.",
        tone="question",
        options=(Option(RATE.id, "It took place: rate now", "primary"), NOT_HELD),
    )


def not_held(candidate: str) -> Card:
    return Card(
        f"Thank you, I've noted that the interview with {candidate} didn't take place. The recruiter hears of it, and "
        "there is nothing to rate.",
        tone="done",
    )


def not_held_for_team(candidate: str) -> Card:
    return Card(
        f"The interview with {candidate} didn't take place after all, so there is nothing to rate.", tone="notice"
    )


def not_held_for_recruiters(who: str, candidate: str, role: str) -> Card:
    return Card(
        f"{who} says that the interview with {candidate} for {role} didn't take place. Nothing is rated. Please write to "
        f"them, or ask for another time: /interview schedule {candidate}",
        title="The interview didn't take place",
        tone="notice",
    )


def held_beside(candidate: str, role: str, why: str) -> Card:
    """Held, but nothing can be rated because of it."""
    reasons = {
        "revealed": "Its scorecards are open already, so nobody is asked to rate it.",
        "answering": "They are answering my questions at the moment, and that is the interview that is rated.",
        "ended": "This interview has ended already, so nobody is asked to rate it.",
    }
    return Card(f"The conversation of the team with {candidate} for {role} is over. {reasons[why]}", tone="notice")


def not_held_post(candidate: str) -> str:
    return f"The interview with {candidate} didn't take place, so there is nothing to rate."


def focus(candidate: str, rows: Sequence[Row], changed: bool) -> Card:
    lead = "This is how it is divided up now." if changed else "Who looks at what, in the brief and in the rating."
    return Card(lead, title=f"The interview with {candidate}", rows=tuple(rows), foot=FOCUS_HOW)


def your_part(candidate: str, titles: str) -> Card:
    return Card(f"In the interview with {candidate} you look at: {titles}.", tone="notice")


def nobody_called(name: str, team: Sequence[str]) -> str:
    return f"Nobody called \u201c{name}\u201d holds this interview. There are: {', '.join(team)}. {FOCUS_HOW}"


def no_competency(name: str, titles: Sequence[str]) -> str:
    return f"The kit has no competency called \u201c{name}\u201d. There are: {', '.join(titles)}. {FOCUS_HOW}"
