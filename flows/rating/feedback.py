"""What a candidate gets back from their own evidence: what came through, in their words, and one thing to try.

Never a level, a number, a comparison or a decision. Nothing in it is new to the candidate but the advice.
"""

import re
from dataclasses import dataclass

from flows.kits.model import Kit
from flows.rating.card import CompetencyResult, MachineCard, MachineMark

MOST = 3

NOTHING_FOUND = (
    "A concrete example makes it easy to see what you did: what happened, what your part was, and how it ended."
)
NOTHING_MISSING = "Keep doing this: an example of your own, your part in it, and how it ended."


@dataclass(frozen=True, slots=True)
class Feedback:
    """`strengths`: (what came through, the candidate's own words), three at most. `grow`: exactly one piece of advice."""

    strengths: tuple[tuple[str, str], ...]
    grow: str


def feedback(kit: Kit, card: MachineCard) -> Feedback:
    """Feedback from a machine card. With nothing found the advice is general and still kind."""
    strengths = tuple((kindly(m.text), m.quote) for m in _strongest(kit, card))
    return Feedback(strengths, _grow(kit, card, bool(strengths)))


def _strongest(kit: Kit, card: MachineCard) -> list[MachineMark]:
    """Found marks with different quotes: one of each competency first, the weightier competency before the lighter."""
    by_weight = _heaviest_first(kit, card)
    found = [[m for m in r.marks if m.status == "found" and m.quote] for r in by_weight]
    in_turn = [marks[i] for i in range(max(map(len, found), default=0)) for marks in found if i < len(marks)]
    chosen: dict[str, MachineMark] = {}
    for mark in in_turn:
        chosen.setdefault(mark.quote, mark)
    return list(chosen.values())[:MOST]


def _grow(kit: Kit, card: MachineCard, something_found: bool) -> str:
    """The advice of one indicator that was not seen, from the weightiest competency; a missing one before an unclear."""
    for status in ("missing", "unclear"):
        for result in _heaviest_first(kit, card):
            for mark in result.marks:
                advice = _advice(kit, result, mark)
                if mark.status == status and advice and something_found:
                    return advice
    return NOTHING_MISSING if something_found else NOTHING_FOUND


def _heaviest_first(kit: Kit, card: MachineCard) -> list[CompetencyResult]:
    """A card may be of another version of the kit: what this one doesn't know has the weight it had there."""

    def weight(result: CompetencyResult) -> float:
        known = kit.competencies.get(result.competency)
        return known.weight if known else result.weight

    return sorted(card.results, key=lambda r: -weight(r))


def _advice(kit: Kit, result: CompetencyResult, mark: MachineMark) -> str:
    known = kit.competencies.get(result.competency)
    indicator = known.indicators.get(mark.key) if known else None
    return indicator.grow if indicator else mark.grow


_PRONOUNS = {"themselves": "yourself", "themself": "yourself", "they": "you", "them": "you", "their": "your"}
_IRREGULAR = {"does": "do", "has": "have", "is": "are", "goes": "go", "was": "were"}
_THEIRS = re.compile(r"\b(themselves|themself|they|them|their)\b")
_AND_VERB = re.compile(
    r"\b(and|or) (says|names|gives|explains|describes|shows|checks|asks|tells|makes|takes|uses|keeps|does|has|is)\b"
)


def kindly(indicator: str) -> str:
    """An indicator said to the person: "Names the trade-off" becomes "You name the trade-off".

    Only English indicators that begin with a verb in the third person are turned; others stay as the kit has them.
    """
    first, _, rest = indicator.strip().rstrip(".").partition(" ")
    verb = _base(first.lower()) if re.fullmatch(r"[A-Z][a-z]+s", first) else None
    if verb is None:
        return indicator.strip()
    rest = _AND_VERB.sub(lambda m: f"{m.group(1)} {_base(m.group(2))}", rest)
    rest = _THEIRS.sub(lambda m: _PRONOUNS[m.group()], rest)
    return f"You {verb} {rest}".strip()


def _base(verb: str) -> str | None:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if re.search(r"(?:sh|ch|ss|x|zz)es$", verb):
        return verb[:-2]
    return None if verb.endswith(("ss", "us", "is")) else verb[:-1]
