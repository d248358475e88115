"""The sentences of a rating (`flows/review`)."""

from typing import Any

from flows.cards import Card, Field, Link, Option, Row
from flows.words import score_en

LEVELS = ("1", "2", "3", "4", "5")
NO_BASIS = Option("none", score_en.NO_BASIS, "quiet", "The answers say too little about this. It counts as no rating.")
RECOMMENDATIONS = (
    Option("strong_no", "Strong no"),
    Option("no", "No"),
    Option("yes", "Yes"),
    Option("strong_yes", "Strong yes"),
)
NEUTRAL = Option("neutral", "Neutral", hint="The answers speak neither for it nor against it.")
WHY_MISSING = "Please say in a sentence what you saw, so that others can follow your rating."
SUBMIT = Option("submit", "Submit, sealed", "primary")
SUBMIT_OPEN = Option("submit", "Submit", "primary")
CHANGE = Option("change", "Change something")
LATER = Option("later", "Keep it for later", "quiet")
NOW_OPEN = ("late", "amend", "again")  # purposes of a rating that the panel can read at once


def recommendations(neutral: bool) -> tuple[Option, ...]:
    """What can be recommended; the neutral middle only where the team has chosen to have one."""
    return (*RECOMMENDATIONS[:2], NEUTRAL, *RECOMMENDATIONS[2:]) if neutral else RECOMMENDATIONS


def sure(purpose: str) -> list[Option]:
    return [SUBMIT_OPEN if purpose in NOW_OPEN else SUBMIT, CHANGE, LATER]


def intro(rater: str, candidate: str, role: str, url: str, purpose: str, kept: bool) -> Card:
    """kept: is the form filled in with what was noted before?"""
    text = {
        "first": f"Hello {rater}. This is your own rating of {candidate} for {role}. Please read the answers first, then choose "
        "for each competency the description that fits best. Nobody sees your rating before everybody has submitted, "
        "and you see nobody else's.",
        "late": f"Hello {rater}. The scorecards for {candidate}, {role}, are open already. Your rating still counts: the panel "
        "sees it at once, and it says that it was given after the reveal.",
        "amend": f"Hello {rater}. This is your rating of {candidate} for {role}. What you change is shown as amended after the "
        "reveal, and your first rating stays on record beside it.",
        "again": f"Hello {rater}. You read the answers of {candidate} for {role} as the second reader. Please judge them by "
        "themselves, without looking at the scorecards or talking about them first. The panel sees your rating once you submit.",
    }[purpose]
    if kept and purpose != "amend":
        text += " I've filled in what you noted before."
    return Card(text, links=(Link("Read the answers", url),) if url else ())


def form(
    competencies: list[tuple[str, str, dict[str, str]]], votes: tuple[Option, ...], values: dict[str, str]
) -> Card:
    """One form: per competency (key, title, anchors by level) a level and a reason, then a recommendation."""
    fields = list[Field]()
    for key, title, anchors in competencies:
        levels = (*(Option(n, n, hint=anchors.get(n, "")) for n in LEVELS), NO_BASIS)
        level, why = f"{key}.level", f"{key}.why"
        fields.append(Field(level, title, "scale", levels, value=values.get(level, "")))
        help_ = f"Which words of the candidate made you choose this? Only \u201c{NO_BASIS.label}\u201d needs no reason."
        fields.append(Field(why, f"{title}: why?", "text", required=False, help=help_, value=values.get(why, "")))
    recommend = "Would you go on with this candidate?"
    chosen = values.get("recommendation", "")
    fields.append(Field("recommendation", recommend, "choice", votes, value=chosen))
    return Card("Your rating", fields=tuple(fields), submit="Look it over")


def summary(rated: list[tuple[str, str, str]], recommendation: str, purpose: str) -> Card:
    """The rating once more, before it counts: (title, level or "none", reason)."""
    rows = [Row(title, score_en.level(_number(level), why)) for title, level, why in rated]
    label = next(o.label for o in recommendations(True) if o.id == recommendation)
    sealed = "It stays sealed until everybody on the panel has submitted theirs, and can't be changed before that."
    what = "The panel can read it as soon as you submit it." if purpose in NOW_OPEN else sealed
    return Card(
        f"This is your rating. {what} Shall I submit it?",
        tone="question",
        rows=(*rows, Row("Recommendation", label)),
    )


def done(candidate: str, purpose: str) -> Card:
    text = {
        "first": f"Thank you. Your rating of {candidate} is sealed. I'll tell you here when everybody has submitted.",
        "late": f"Thank you. Your rating of {candidate} is with the others now.",
        "amend": f"Thank you. Your amended rating of {candidate} is with the others now.",
        "again": f"Thank you. Your reading of {candidate} stands beside the first scorecards now, and you can read those.",
    }[purpose]
    return Card(text, tone="done")


def kept(candidate: str) -> Card:
    return Card(
        f"I've kept it for you alone. Press \u201cRate\u201d for {candidate} again whenever you like.", tone="done"
    )


def levels(competency: dict[str, Any]) -> dict[str, str]:
    """A competency's anchors by level as text ("1" to "5"), whether they were stored under numbers or text."""
    return {str(level): text for level, text in competency["anchors"].items()}


def _number(level: str) -> int | None:
    return None if level == NO_BASIS.id else int(level)


HELP = (
    "Choose a level for each competency and say in a sentence what in the answers made you choose it. "
    "Nobody sees your card before everybody on the panel has submitted."
)
