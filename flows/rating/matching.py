"""A level out of text matching, where a team's own double ratings have earned it: cut points on the mean similarity.

And what a measurement of any scorer allows: see our scoring protocol, sections 4 and 7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.rating.evidence import EvidenceMap
from flows.rating.levels import middle

Verdict = Literal["usable", "assist-only", "off"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the team's ratings say about a scorer on one (question, competency). `cuts`: where levels 2 to 5 begin."""

    verdict: Verdict
    cuts: tuple[float, ...] = ()


# (question, competency) -> what was measured there, for this kit version and this very scorer.
Trust = Mapping[tuple[str, str], Measured]


def mean_similarity(answer: EvidenceMap) -> float:
    """The mean over the indicators of the similarity of their best sentence, 0 to 1."""
    found = [i.similarity for i in answer.indicators]
    return sum(found) / len(found) if found else 0.0


def level_by_cuts(similarity: float, cuts: Sequence[float]) -> int:
    """1, and one more for every cut point that is reached."""
    return 1 + sum(similarity >= cut for cut in cuts)


def levels_by_matching(
    competency: str, answers: Mapping[str, EvidenceMap], trust: Trust
) -> tuple[int | None, dict[str, int]]:
    """(the competency's level or None, the level of each question that has one).

    `answers`: question id -> its map. Every answer that says something must have been measured as usable; one that was not
    leaves the competency without a number. The level is the lower middle one of the answers'.
    """
    found: dict[str, int] = {}
    counted = {question: m for question, m in answers.items() if not m.abstain}
    for question, m in counted.items():
        measured = trust.get((question, competency))
        if measured is not None and measured.verdict == "usable" and len(measured.cuts) == 4:
            found[question] = level_by_cuts(mean_similarity(m), measured.cuts)
    return (middle(list(found.values())) if found and len(found) == len(counted) else None), found


def worst(competency: str, questions: Sequence[str], trust: Trust) -> Verdict | None:
    """The least of what was measured for a competency's questions; None where nothing was."""
    order: tuple[Verdict, ...] = ("off", "assist-only", "usable")
    found = [m.verdict for q in questions if (m := trust.get((q, competency))) is not None]
    return next((verdict for verdict in order if verdict in found), None)
