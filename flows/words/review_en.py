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
WHY_MISSING = "Please say in a sentence what you saw, so that others can follow your rating."
SUBMIT = Option("submit", "Submit, sealed", "primary")
CHANGE = Option("change", "Change something")


def intro(rater: str, candidate: str, role: str, url: str) -> Card:
    return Card(
        f"Hello {rater}. This is your own rating of {candidate} for {role}. Please read the answers first, then choose "
        "for each competency the description that fits best. Nobody sees your rating before everybody has submitted, "
        "and you see nobody else's.",
        links=(Link("Read the answers", url),) if url else (),
    )


def form(competencies: list[tuple[str, str, dict[str, str]]], values: dict[str, str]) -> Card:
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
    fields.append(Field("recommendation", recommend, "choice", RECOMMENDATIONS, value=chosen))
    return Card("Your rating", fields=tuple(fields), submit="Look it over")


def summary(rated: list[tuple[str, str, str]], recommendation: str) -> Card:
    """The rating once more, before it is sealed: (title, level or "none", reason)."""
    rows = [Row(title, score_en.level(_number(level), why)) for title, level, why in rated]
    label = next(o.label for o in RECOMMENDATIONS if o.id == recommendation)
    return Card(
        "This is your rating. It stays sealed until everybody on the panel has submitted theirs. Shall I submit it?",
        tone="question",
        rows=(*rows, Row("Recommendation", label)),
    )


def done(candidate: str) -> Card:
    return Card(
        f"Thank you. Your rating of {candidate} is sealed. I'll tell you here when everybody has submitted.",
        tone="done",
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
