"""The sentences of a practice and of a tech check before it, and Parley's own practice questions (they are in no kit)."""

import re

from flows.cards import Card, Option, Quote, Row
from flows.practice.coaching import Coaching

PRACTISE = Option("practise", "Practise first")
CHECK = Option("check", "Check my microphone")
BACK = Option("back", "Back to the interview", "primary")
WAITS = "The interview waits, and nothing of it has begun. Whenever you like, come back to it:"
AGAIN = Option("again", "This question again")
OTHER = Option("other", "Another question")
ENOUGH = Option("enough", "That's enough practice", "primary")
HELP = (
    "This is practice. Answer in one message or several, then choose \u201cThat's my answer\u201d; you get tips "
    "afterwards. \u201cskip\u201d leaves the question out. Nobody from the team sees any of it, and I delete all I keep of it within a day."
)
BYE = "That was the practice. I delete all I keep of it within a day, and none of it counts."
WELCOME_BACK = "You were practising. Nothing of it counts, and nobody from the team sees it."
NOT_NOW = (
    "You can practise as soon as you've agreed to an interview, and until it begins. Just now there is none of yours like "
    "that."
)
NO_CHECK = (
    "You answer in writing here, so there is no microphone to check. To try a question, write \u201cpractice\u201d."
)

FIRST = (
    "Tell me about something that you learned not long ago, for work or outside of it. How did you go about it, and what "
    "can you do now?"
)
SECOND = "Tell me about a plan of yours that didn't work out. What did you do then, and how did it end?"
# Indicator -> (what it is, what to try, phrasings that show it).
TIPS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "example": (
        "One example",
        "Choose one particular time and say when and where it was: one example says more than \u201cusually\u201d.",
        (
            *(
                "last year",
                "last month",
                "last week",
                "last summer",
                "last winter",
                "years ago",
                "months ago",
                "weeks ago",
            ),
            *("in January", "in February", "in March", "in April", "in May", "in June", "in July", "in August"),
            *("in September", "in October", "in November", "in December"),
            *("when I was", "at my last job", "in my last job", "at school", "at university", "one day", "one evening"),
        ),
    ),
    "own_part": (
        "Your own part",
        "Say \u201cI\u201d for what you did yourself, step by step, also where others were part of it.",
        (
            *("I decided", "I asked", "I tried", "I started", "I learned", "I built", "I wrote", "I read", "I made"),
            *("I called", "I changed", "I practised", "I practiced", "I watched", "I fixed", "I set up", "I signed up"),
        ),
    ),
    "result": (
        "How it ended",
        "Say how it ended: what was different afterwards, with a number if there is one.",
        (
            *("in the end", "as a result", "now I can", "since then", "it worked", "ended up", "now we", "I can now"),
            *("I learned from it", "what I took from it", "it took"),
        ),
    ),
}
_WANTS_PRACTICE = re.compile(r"(an? )?(practi[cs]e|try ?out|dry run|trial)( (first|interview|question|run))*")
_WANTS_CHECK = re.compile(
    r"(tech(nical)? (check|test)|(check|test) my (mic|microphone|camera|sound|audio)|(mic|microphone|sound) (check|test))( first)?"
)
_LEAD = re.compile(r"^((please|can i|could i|may i|i want to|i d like to|i would like to|let me|do an?|have an?) )+")
_LONGEST = 60  # characters


def wanted(text: str) -> str | None:
    """The option that a whole short message asks for: "practise" or "check"; None for anything else."""
    said = " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
    said = _LEAD.sub("", said.removesuffix(" please"))
    if len(text) > _LONGEST:
        return None
    return PRACTISE.id if _WANTS_PRACTICE.fullmatch(said) else CHECK.id if _WANTS_CHECK.fullmatch(said) else None


def offers(hears: str) -> tuple[Option, ...]:
    """What can be done before the interview begins. hears: "on" where recordings are answers."""
    return (PRACTISE, CHECK) if hears == "on" else (PRACTISE,)


def hello(hears: str) -> Card:
    how = "by voice message or in writing" if hears == "on" else "in writing"
    return Card(
        f"This is practice, {how}: it goes like the interview, and you get tips afterwards. Nobody from the team sees "
        "any of it, none of it counts, and I delete all I keep of it within a day.",
        tone="notice",
    )


def question(ask: str, think: float, guide: float) -> Card:
    """think, guide: minutes to think, and to answer."""
    return Card(
        ask,
        tone="question",
        title="A practice question",
        foot=f"Take up to {_minutes(think)} to think first; nothing is counted. Then about {_minutes(guide)} is usual; "
        "shorter or longer is fine.",
    )


def _minutes(n: float) -> str:
    return "1 minute" if n == 1 else f"{n:g} minutes"


def content(found: tuple[tuple[str, str, str], ...]) -> Card:
    """found: (indicator, status, the person's own words or "") for each; the status as `flows.rating.evidence` has it."""
    tips = tuple(Row(f"To try: {TIPS[key][0].lower()}", TIPS[key][1]) for key, status, _ in found if status != "found")
    quotes = dict[str, list[str]]()
    for key, status, words in found:
        if words:
            quotes.setdefault(words, []).append(TIPS[key][0] + ("" if status == "found" else ", perhaps"))
    shown = tuple(Quote(words, "; ".join(names)) for words, names in quotes.items())
    begin = "I found this in your words." if shown else "Here is what makes an answer easy to follow."
    end = " All three parts are there: keep doing that." if not tips else ""
    return Card(
        f"{begin} I only compare words, so I may have missed something.{end}",
        title="What you said",
        quotes=shown,
        rows=tips,
    )


def in_another_language() -> Card:
    rows = tuple(Row(title, tip) for title, tip, _ in TIPS.values())
    return Card(
        "I can only read practice answers in English. This helps in every language:", title="What you said", rows=rows
    )


def after(told: Coaching) -> Card:
    options = (AGAIN, OTHER, ENOUGH)
    text = "Once more? A second try often comes more easily." if told.ms else "Would you like to go on practising?"
    return Card(text, tone="question", options=options)


SKIPPED = "Fine, that one is left out."
