"""The sentences around a second reading: who is asked, who is told, and what the candidate hears."""

from flows.cards import Card, Option

START = Option("start", "Have it read again", "primary")
NOBODY_NOW = Option("none", "End the re-read", "quiet")
YES = Option("yes", "Yes, and I haven't seen the scorecards", "primary")
SEEN = Option("seen", "Yes, but I have seen them")
NO = Option("no", "I can't")
ONLY_PANEL = "Only the panel and recruiters can ask for a re-read."
ONLY_RECRUITERS = "Only recruiters can end a re-read."


def _said(text: str, tone: str = "aside") -> Card:
    return Card(text, tone="done" if tone == "done" else "aside")


def too_early() -> Card:
    return _said("A re-read is possible once the scorecards are open.")


def going_on_already() -> Card:
    return _said("A second reading of these answers is under way already. The cards open again when it is done.")


def nothing_going_on() -> Card:
    return _said("No second reading is going on here any more.")


def not_this_one() -> Card:
    return _said("That person can't read again here: they have rated already, or have said that they can't.")


def asked(candidate: str) -> Card:
    return _said(
        f"I've covered the scorecards of {candidate} and asked the recruiters to choose somebody who hasn't rated yet.",
        "done",
    )


def is_asked(name: str) -> Card:
    return _said(f"I've asked {name}. You'll hear from me when the second reading is in.", "done")


def who_reads(candidate: str, people: tuple[tuple[str, str], ...], contested: bool) -> Card:
    """people: (id, name) of those who can be asked."""
    why = f"{candidate} contests a line of their feedback. " if contested else ""
    if not people:
        return Card(
            f"{why}The answers of {candidate} should be read again, but everybody on the team has rated them already. Name a "
            "backup rater with /interview options, or end the re-read.",
            tone="notice",
            options=(NOBODY_NOW,),
        )
    return Card(
        f"{why}Who should read the answers of {candidate} again? Best is somebody who hasn't seen the scorecards in the "
        "channel: they'll see no first card and nothing of the software's until they have submitted their own.",
        tone="notice",
        options=(*(Option(id, name[:75]) for id, name in people), NOBODY_NOW),
    )


def could_you(candidate: str, role: str) -> Card:
    return Card(
        f"Could you read the answers of {candidate} for {role} again, as a second pair of eyes? It means reading the "
        "transcript and rating by yourself. Please don't look at the scorecards in the channel first; if you have seen them, "
        "just say so, and it is noted beside your rating.",
        tone="notice",
        options=(YES, SEEN, NO),
    )


def fine() -> Card:
    return _said("That's fine, thank you. I'll ask somebody else.")


def thanks() -> Card:
    return _said("Thank you. Your rating form follows.", "done")


def is_done(candidate: str, contested: bool) -> Card:
    told = " I've told the candidate that it was read again." if contested else ""
    return Card(
        f"The second reading of {candidate} is in, and all cards are open again, side by side.{told}", tone="notice"
    )


def for_candidate(seen: bool) -> Card:
    """seen: had the second reader seen the first cards?"""
    how = "" if seen else ", without looking at the first ratings"
    return Card(
        "You said that something in your feedback is wrong. A person who hadn't rated you before has now read your answers "
        f"again{how}. The team has both in front of it, and people decide.",
        tone="notice",
    )


def no_longer_needed(candidate: str) -> Card:
    return _said(f"The second reading of {candidate} isn't needed any more. Thank you for being there for it.")


def ended() -> Card:
    return _said("The re-read is ended, and the cards are open as they were.", "done")


def contested(candidate: str) -> Card:
    return Card(
        f"{candidate} says that a line of their feedback is wrong. A person should look at it: somebody who hasn't rated can "
        "read the answers again, without seeing the first scorecards.",
        tone="notice",
        options=(START,),
    )
