"""One team member rates one candidate, on the kit's anchors and with a reason for each level.

Only the rater sees this conversation. The rating leaves it as the result; the fact `rated` says no more
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
) -> dict[str, Any]:
    """A sealed rating: `{"ratings": {key: {"level": 1-5 or None, "why": str}}, "recommendation": str}`.

    competencies: `{"key", "title", "anchors": {1: text, ... 5: text}}` each. recommendation: strong_no, no, yes
    or strong_yes. Facts: rated.
    """
    rows = [(c["key"], c["title"], words.levels(c)) for c in competencies]

    def check(values: dict[str, str]) -> dict[str, str]:
        return {f"{key}.why": words.WHY_MISSING for key, _, _ in rows if _unexplained(values, key)}

    await say("intro", words.intro(rater_name, candidate_name, role_title, transcript_url))
    n, values = 1, dict[str, str]()
    while True:
        values = await fill(f"form#{n}", words.form(rows, values), check, read_back=False)
        rated = [(title, values[f"{key}.level"], values[f"{key}.why"]) for key, title, _ in rows]
        sure = words.summary(rated, values["recommendation"])
        if await choose(f"sure#{n}", sure, [words.SUBMIT, words.CHANGE]) == "submit":
            break
        n += 1
    await note("rated", "rated")
    await say("done", words.done(candidate_name))
    ratings = {key: _rating(values[f"{key}.level"], values[f"{key}.why"]) for key, _, _ in rows}
    return {"ratings": ratings, "recommendation": values["recommendation"]}


def _unexplained(values: dict[str, str], key: str) -> bool:
    return values[f"{key}.level"] != NO_BASIS and not values[f"{key}.why"]


def _rating(level: str, why: str) -> dict[str, Any]:
    return {"level": None if level == NO_BASIS else int(level), "why": why}
