"""The sentences of the guide during an interview that a person holds (`flows/guide`)."""

import re
from collections.abc import Sequence
from typing import Any

from flows.cards import Card, Option, Quote, Row

BEGIN = Option("next", "We're talking: first question", "primary")
NEXT = Option("next", "Next question", "primary")
LAST = Option("next", "On to the end", "primary")
BACK = Option("back", "Back", "quiet")
SKIP = Option("skip", "Skip", "quiet")
LEVEL = Option("level", "Mark a level", "quiet")
FINISH = Option("finish", "Finish", "primary")
NO_LEVEL = Option("back", "Not yet", "quiet")

HELP = (
    "This is your guide for the interview. Write notes here at any time, just as they come; put what the candidate says word "
    "for word in \u201cquotes\u201d. The buttons lead to the next question or back. Nobody else reads your notes before "
    "the scorecards open."
)
NOTHING = "There was nothing to read in that. Just write what you notice."
READ_OUT = "To read out, in your own words if you like:"
GONE = {
    "moved": "The time of this interview has changed, so this guide ends. Another one begins with the new time.",
    "cancelled": "This interview was called off, so this guide ends. There is nothing left for you to do.",
    "missed": "The interview didn't take place, so this guide ends. Thank you for being there.",
    "not_yours": "Somebody else holds this interview now, so this guide ends.",
}
KEPT = " What you noted is kept, for you alone."

_WORDS = {
    "next": {"next", "next question", "go on", "continue", "on to the end", "first question", "start", "begin"},
    "back": {"back", "previous", "previous question", "go back"},
    "skip": {"skip", "skip it", "skip this", "skip question", "skip this question"},
    "level": {"level", "mark a level", "mark level"},
    "finish": {"finish", "finished", "done", "the end", "we re done", "end"},
}
_QUOTED = re.compile('[\u201c\u201e"\u00ab]([^\u201c\u201d\u201e"\u00ab\u00bb]{2,})[\u201d\u201c"\u00bb]')


def means(text: str) -> str | None:
    """The button that a whole message asks for; None for a note."""
    said = " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
    return next((id for id, known in _WORDS.items() if said in known), None)


def quotes(text: str) -> tuple[str, ...]:
    """What stands in quotation marks: the candidate's own words."""
    return tuple(q.strip() for q in _QUOTED.findall(text))


def opening(candidate: str, role: str, company: str, titles: Sequence[str], minutes: int, link: str) -> Card:
    """The first card: what to say, and how the guide works. titles: what this person looks at."""
    say = (
        f"Hello {candidate}, thank you for taking the time. We'll talk for about {minutes} minutes about the role "
        f"{role} at {company}. I ask everybody the same questions, and there is time for yours at the end. I take notes "
        "while we talk; they are used only to judge this application, by the people who decide about it. Is that all "
        "right for you?"
    )
    text = (
        "Write notes here at any time; nobody else reads them before the scorecards open. If notes are not all right "
    )
    return Card(
        f"{text}for the candidate, take none and say so in your scorecard. {READ_OUT}",
        title=f"Your guide: {candidate}",
        quotes=(Quote(say),),
        tone="question",
        options=(BEGIN,),
        rows=(Row("You look at", ", ".join(titles)), *((Row("Where", link),) if link else ())),
    )


def question(page: dict[str, Any], at: int, count: int, clock: str) -> Card:
    """One question: the words to say, follow-ups, and what each level looks like."""
    rows = [Row("Follow up", probe) for probe in page["probes"]]
    rows += [Row(f"{c['title']}, level {n}", text) for c in page["competencies"] for n, text in c["anchors"]]
    ask = f"\u201c{page['ask']}\u201d"
    before = "\n\nThey were asked this before, so you can go straight to the follow-ups." if page["asked"] else ""
    options = (NEXT if at < count else LAST, BACK, SKIP, LEVEL)
    return Card(
        f"{ask}{before}",
        title=f"Question {at} of {count}",
        tone="question",
        options=options,
        rows=tuple(rows),
        foot=clock,
    )


def closing(candidate: str, clock: str) -> Card:
    say = (
        f"Those were my questions. What would you like to know? \u2026 Thank you, {candidate}. The team "
        "decides together, and you'll hear from us in any case."
    )
    return Card(READ_OUT, title="The end", tone="question", quotes=(Quote(say),), options=(FINISH, BACK), foot=clock)


def noted(text: str, count: int, options: tuple[Option, ...], clock: str) -> Card:
    """A note was kept; what is in quotation marks is shown as the candidate's words."""
    said = tuple(Quote(q) for q in quotes(text)[:3])
    note = "Noted." if count == 1 else f"Noted, {count} here so far."
    return Card(note, tone="aside", options=options, quotes=said, foot=clock)


def two_thirds(options: tuple[Option, ...], clock: str) -> Card:
    return Card("Two thirds of the time are over.", tone="notice", options=options, foot=clock)


def time_is_up(options: tuple[Option, ...], clock: str) -> Card:
    text = "The planned time is over. Leave them a moment for their own questions; you can go on noting here."
    return Card(text, tone="notice", options=options, foot=clock)


def which_competency(titles: Sequence[tuple[str, str]]) -> Card:
    """titles: (key, title) of those that this question shows."""
    options = (*(Option(key, title[:75]) for key, title in titles), NO_LEVEL)
    return Card("A level for which of these? Only you see it.", tone="question", options=options)


def which_level(title: str, anchors: Sequence[tuple[str, str]]) -> Card:
    options = (*(Option(n, n, hint=text) for n, text in anchors), NO_LEVEL)
    rows = tuple(Row(n, text) for n, text in anchors)
    return Card(
        f"Which fits best so far for {title}? Only you see it, and you can change it when you rate.",
        tone="question",
        options=options,
        rows=rows,
    )


def marked(title: str, level: str, options: tuple[Option, ...], clock: str) -> Card:
    return Card(f"{title}: {level}, for now.", tone="aside", options=options, foot=clock)


def clock(here: int, guide: int, total: int, planned: int) -> str:
    """here, guide: minutes on this question, of how many; total, planned: of the whole interview. guide 0: none."""
    left = planned - total
    rest = f"{left} left" if left > 0 else "time is up" if left == 0 else f"{-left} over"
    on_this = f"This question: {here} of about {guide} min. " if guide else ""
    return f"{on_this}Altogether: {max(0, total)} of {planned} min, {rest}."


def done(candidate: str, count: int) -> Card:
    notes = "Your notes are in the draft of your scorecard now" if count else "You took no notes here"
    return Card(
        f"Thank you. {notes}; nobody else sees {'them' if count else 'your scorecard'} before the cards open. "
        f"Rate {candidate} while it's fresh: I ask you as soon as the planned time is over.",
        tone="done",
    )
