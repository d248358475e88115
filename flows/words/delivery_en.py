"""The figures of a practice recording, for the person who made it: what is usual, and where that is known from.

Plain figures only. No word here says what somebody is like or how they feel: a test reads every text for such words.
"""

from flows.cards import Card, Row
from flows.practice.coaching import Coaching
from flows.words.voice_en import length

TITLE = "Your recording in figures"
TEXT = (
    "For you alone: nobody else sees these figures, and no rating knows them. What is usual is no rule, and pauses are "
    "normal."
)
USUAL_PACE = (110, 170)
SOURCES = (
    "Sources: Amir 2016, doi 10.21767/2471-7975.100016 (pace, with figures for conversations and talks). Fraundorf and "
    "Watson 2013, PMC4203439 (pauses). Bortfeld and others 2001 (filler sounds)."
)
_MOST_NAMED = 3


def report(told: Coaching, guide: float) -> Card:
    """guide: how many minutes are usual for the question."""
    rows = (
        Row("Pace", _pace(told)),
        Row("Pauses", _pauses(told)),
        Row("Before the first word", f"{_seconds(told.lead_in)}. Take as long as you like: time to think is yours"),
        Row("Filler sounds", _fillers(told)),
        Row("Length", f"{length(told.ms / 1000)}. This question's guide is {length(guide * 60)}; both ways are fine"),
    )
    return Card(TEXT, title=TITLE, rows=tuple(r for r in rows if r.value), foot=SOURCES)


def _pace(told: Coaching) -> str:
    if told.pace is None:
        return "Too little was said to tell; it takes fifteen words and ten seconds"
    before = f" (before: {told.before})" if told.before is not None else ""
    low, high = USUAL_PACE
    usual = f"{low} to {high} is usual (Amir 2016)"
    apart = "" if low <= told.pace <= high else "; other paces are understood just as well when the words are clear"
    return f"{told.pace} words a minute{before}; {usual}{apart}"


def _pauses(told: Coaching) -> str:
    normal = "Pauses are normal: people plan what comes next in them (Fraundorf and Watson 2013)"
    if not told.pauses:
        return f"None of a quarter of a second or more. {normal}"
    long = f"{told.long_pauses} of two seconds or more" if told.long_pauses else "none of two seconds or more"
    return f"{told.pauses}, the longest {_seconds(told.longest)}, {long}. {normal}"


def _fillers(told: Coaching) -> str:
    if told.fillers is None:
        return ""  # this language has no list
    usual = "About 2 to 6 in a hundred words is usual (Bortfeld 2001)"
    if not told.fillers:
        return f"None that I could make out; I miss some. {usual}"
    named = ", ".join(told.heard[:_MOST_NAMED])
    share = f", {round(100 * told.fillers / (told.words + told.fillers))} in a hundred words" if told.words else ""
    return f"At least {told.fillers} ({named}){share}; I miss some. {usual}"


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"
