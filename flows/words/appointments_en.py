"""The sentences about appointments that are no part of a conversation: news, tasks, an interviewer's brief."""

from flows.cards import Card, File, Option, Quote, Row

WHEN = "When"
WITH = "With"
WHERE = "Where"
LENGTH = "Length"
NOTE = "Note from the recruiter"
CANT = Option("cant", "I can't make it", "quiet")
BRIEF = Option("brief", "Show the brief")
IN_THIS_CHAT = "here in this chat"
WITH_PARLEY = "Parley, an automated interviewer, here in this chat"
SOMEBODY = "somebody from the team"
REASONS = {
    "offer": "they have accepted another offer",
    "not_interested": "they are no longer interested",
    "timing": "the timing doesn't work",
    "came_up": "something came up",
    "team": "the team had to cancel",
    "position_filled": "the position is filled",
    "interviewer_ill": "somebody is ill",
    "not_needed": "it isn't needed any more",
    "outside": "it was cancelled in a calendar",
}


def names(found: tuple[str, ...]) -> str:
    """ "Ada", "Ada and Ben", "Ada, Ben and Cleo"; somebody from the team where nobody is known yet."""
    if not found:
        return SOMEBODY
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


TITLE = "Interview"


def facts(when: str, length: str, people: str, where: str, note: str = "") -> tuple[Row, ...]:
    rows = ((WHEN, when), (LENGTH, length), (WITH, people), (WHERE, where), (NOTE, note))
    return tuple(Row(label, value) for label, value in rows if value)


def booked_for_interviewer(
    candidate: str, role: str, rows: tuple[Row, ...], moved: bool, files: tuple[File, ...]
) -> Card:
    said = f"Your interview with {candidate} has moved." if moved else f"You are interviewing {candidate} for {role}."
    return Card(
        said, title="Moved" if moved else "Booked", tone="notice", rows=rows, options=(BRIEF, CANT), files=files
    )


def not_yours_any_more(candidate: str, when: str, by: str, files: tuple[File, ...]) -> Card:
    said = f"{by} takes the interview with {candidate} on {when}." if by else f"You are no longer needed on {when}."
    return Card(f"{said} It is out of your calendar.", tone="notice", files=files)


def cancelled_for_interviewer(candidate: str, when: str, why: str, files: tuple[File, ...]) -> Card:
    because, at = f" ({why})" if why else "", f" on {when}" if when else ""
    return Card(
        f"The interview with {candidate}{at} is cancelled{because}. You have that time back.",
        title="Cancelled",
        tone="notice",
        files=files,
    )


def for_the_candidates_calendar(moved: bool, rows: tuple[Row, ...], files: tuple[File, ...]) -> Card:
    """A file for the calendar; `moved`: somebody else changed the time, so what holds now is told with it."""
    if not moved:
        return Card("For your calendar, if you'd like:", tone="aside", files=files)
    return Card("Your interview has changed. This is what holds now.", "Changed", tone="notice", rows=rows, files=files)


def cancelled_for_candidate(role: str, when: str, files: tuple[File, ...]) -> Card:
    return Card(
        f"Your interview for {role}{f' on {when}' if when else ''} won't take place; the team had to cancel it. I'm sorry. "
        "You don't need to do anything: they will write to you about what comes next.",
        title="Cancelled",
        tone="notice",
        files=files,
    )


def cancelled_for_recruiters(candidate: str, role: str, when: str, why: str) -> Card:
    because, at = f", because {why}" if why else "", f" on {when}" if when else ""
    return Card(f"{candidate} has cancelled the interview for {role}{at}{because}.", tone="notice")


def wants_more_times(candidate: str, role: str, written: tuple[Quote, ...]) -> Card:
    return Card(
        f"None of the times suits {candidate} for the interview for {role}. Please open more of them with "
        "/interview availability, or let more people hold it with /interview schedule. I tell them as soon as there is "
        "a time that wasn't there before.",
        title="More times needed",
        tone="notice",
        quotes=written,
        options=(Option("opened", "There are more times now", "primary"), Option("why", "Why so few?")),
    )


def no_time_yet(role: str, days: int) -> Card:
    return Card(
        f"You haven't chosen a time for your interview for {role} yet. The times are further up in this chat; "
        f"write “none of these” there if nothing suits you. They are open for {days} more days.",
        tone="aside",
    )


def still_no_time(candidate: str, role: str, days: int) -> Card:
    return Card(
        f"{candidate} has not chosen a time for {role} in {days} days, and I have reminded them twice. "
        "Please write to them yourself, or cancel it: /interview board.",
        title="No time chosen",
        tone="notice",
    )


def not_confirmed(candidate: str, role: str, when: str) -> Card:
    return Card(
        f"{candidate} has not confirmed the interview for {role} on {when}. It is still booked. "
        "You may want to write to them.",
        tone="notice",
    )


def starts_now(other: str, link: str, where: str) -> Card:
    at = f"Here is where you meet: {link}" if link else f"You meet here: {where}" if where else ""
    return Card(f"Your interview with {other} begins now. {at}".strip(), tone="notice")


def begins_here(role: str) -> Card:
    return Card(f"It is time for your interview for {role}. It begins right here.", tone="notice")


def says(who: str, answer: str) -> Card:
    """What one side answered, for the other: late N, here, not_here, cannot."""
    kind, _, minutes = answer.partition(" ")
    said = {
        "late": f"{who} is running {minutes} minutes late. Please wait for them.",
        "here": f"{who} is there.",
        "cannot": f"{who} can't make it today. I am asking what suits them instead.",
    }
    return Card(said.get(kind, f"{who} hasn't come yet. I'm asking where they are."), tone="notice")


def missed(candidate: str, role: str, when: str, way: str, missing: str = "candidate") -> Card:
    """What became of a meeting that somebody wasn't at. missing: which side; way: what takes its place ("" = nothing)."""
    came = f"{candidate} couldn't come" if missing == "candidate" else f"Nobody came to meet {candidate}"
    ways = {
        "text_now": f"{came}. They are doing a text interview with me now instead.",
        "recorded": f"{came}. They answer in their own time instead.",
        "rebook": f"{came}. They are choosing another time.",
        "person": f"{came}. They would like to hear from a person: please write to them.",
        "": f"{candidate} did not come to the interview for {role} on {when}, and hasn't answered me. "
        "Please write to them.",
    }
    return Card(ways[way], title="The interview didn't take place", tone="notice")


def interviewer_cant(who: str, candidate: str, role: str) -> Card:
    return Card(
        f"{who} says that they can't come to the interview with {candidate} for {role}, which has begun. I have told "
        f"{candidate}. Please find somebody else, or move it: /interview board.",
        title="Somebody is missing",
        tone="notice",
    )


def not_today(who: str) -> Card:
    return Card(
        f"{who} can't come after all. I'm sorry about that. The team knows, and writes to you here about what comes next.",
        tone="notice",
    )


OVERTAKEN = "This has changed, so the question above no longer matters."


def for_removal(files: tuple[File, ...]) -> Card:
    return Card("This takes it out of your calendar.", tone="aside", files=files)


def assumed_hours(hours: str) -> Card:
    return Card(
        f"You have been named as an interviewer. As long as you say nothing else I offer your time on {hours}. "
        "Change that with /interview availability, or connect your calendar with /interview calendar.",
        tone="notice",
    )


NO_APPOINTMENT = Card(
    "This appointment no longer stands as it was here. /interview calendar shows what does.", tone="aside"
)


def nobody_takes_over(who: str, candidate: str, role: str, when: str) -> Card:
    return Card(
        f"{who} can't make the interview with {candidate} for {role} on {when}, and nobody else who may hold it is free "
        "then. It stays booked until you decide: /interview board moves or cancels it.",
        title="Somebody is missing",
        tone="notice",
    )


WITH_ME = "here in this chat, with me"
LOOK_FOR = "Look for"
LIVE_TITLE = "Interview with Parley"


def with_people(named: tuple[str, ...], more: int) -> str:
    """ "with Ada and one more", before it is known who exactly comes."""
    if not named:
        return "with somebody from the team" if more == 1 else f"with {more} people from the team"
    others = "" if not more else " and one more" if more == 1 else f" and {more} more"
    return f"with {names(named) if not others else ', '.join(named)}{others}"


SWAP_GOES_ON = Card("I'm already looking for somebody. You hear from me here as soon as one takes it.", tone="aside")
SWAP_BEGINS = Card("Thank you for telling me early. I'm asking you about it in our own chat.", tone="aside")


def takeover_note(who: str, candidate: str, role: str, written: tuple[Quote, ...]) -> Card:
    return Card(f"{who} can't make the interview with {candidate} for {role}, and says:", tone="notice", quotes=written)


def time_kept(candidate: str, role: str) -> Card:
    return Card(
        f"{candidate} has been asked for another time for the interview for {role}, and keeps the one they have. "
        "If it can't stay, please write to them, or cancel it: /interview board.",
        tone="notice",
    )


NO_MORE_TIMES = "So there is no time to choose any more."
