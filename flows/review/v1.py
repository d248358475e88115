"""One team member rates one candidate, on the kit's anchors and with a reason for each level.

Only the rater sees this conversation. The rating leaves it as the result; the facts `rated` and `draft_kept` say no more
than that it exists.
"""

from typing import Any

from flows.steps import choose, fill, note, say
from flows.words import review_en as words

NO_BASIS = words.NO_BASIS.id


async def review(
    *,
    rater_name: str,
    candidate_name: str,
    role_title: str,
    competencies: tuple[dict[str, Any], ...],
    transcript_url: str = "",
    purpose: str = "first",
    neutral: bool = False,
    draft: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A sealed rating: `{"ratings": {key: {"level": 1-5 or None, "why": str}}, "recommendation": str}`.

    competencies: `{"key", "title", "anchors": {1: text, ... 5: text}}` each, those that this rater is asked about.
    recommendation: strong_no, no, yes or strong_yes; with `neutral` also neutral. purpose: first, late (the cards are open
    already), amend (their own card, which is open), again (a second person reads without having seen the first cards).
    draft: what was kept for later or is amended, in the shape of the result, anything missing. Facts: rated, or
    draft_kept when it is put aside: then the result is what was entered.
    """
    rows = [(c["key"], c["title"], words.levels(c)) for c in competencies]
    votes = words.recommendations(neutral)

    def check(values: dict[str, str]) -> dict[str, str]:
        return {f"{key}.why": words.WHY_MISSING for key, _, _ in rows if _unexplained(values, key)}

    begun = _values(draft or {})
    await say("intro", words.intro(rater_name, candidate_name, role_title, transcript_url, purpose, bool(begun)))
    n, values = 1, begun
    while True:
        values = await fill(f"form#{n}", words.form(rows, votes, values), check, read_back=False)
        rated = [(title, values[f"{key}.level"], values[f"{key}.why"]) for key, title, _ in rows]
        sure = words.summary(rated, values["recommendation"], purpose)
        answer = await choose(f"sure#{n}", sure, words.sure(purpose))
        if answer != "change":
            break
        n += 1
    ratings = {key: _rating(values[f"{key}.level"], values[f"{key}.why"]) for key, _, _ in rows}
    if answer == "later":
        await note("draft_kept", "draft_kept")
        await say("kept", words.kept(candidate_name))
    else:
        await note("rated", "rated")
        await say("done", words.done(candidate_name, purpose))
    return {"ratings": ratings, "recommendation": values["recommendation"]}


def _unexplained(values: dict[str, str], key: str) -> bool:
    return values[f"{key}.level"] != NO_BASIS and not values[f"{key}.why"]


def _rating(level: str, why: str) -> dict[str, Any]:
    return {"level": None if level == NO_BASIS else int(level), "why": why}


def _values(draft: dict[str, Any]) -> dict[str, str]:
    """A rating as the fields of the form; a note without a level leaves the level open."""
    found = {"recommendation": draft["recommendation"]} if draft.get("recommendation") else dict[str, str]()
    for key, rating in draft.get("ratings", {}).items():
        if "level" in rating:
            found[f"{key}.level"] = NO_BASIS if rating["level"] is None else str(rating["level"])
        if rating.get("why"):
            found[f"{key}.why"] = rating["why"]
    return found
