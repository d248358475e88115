"""The same answer in another dress: a scorer should give it the same level, and nothing for saying it twice."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.calibration.chance import sample
from bot.calibration.files import Graded
from bot.calibration.scorers import Scorer, measure
from flows.kits.model import Kit
from flows.rating.agreement import cut_level, cut_points
from flows.rating.text import sentences

MOST = 10  # answers of a question


@dataclass(frozen=True, slots=True)
class Variation:
    """One kind of change: in how many of n answers the level stayed (for "said twice": did not rise)."""

    name: str
    kept: int
    n: int


def typos(text: str) -> str:
    """Two letters swapped in every seventh long word."""
    count = 0

    def swap(word: re.Match[str]) -> str:
        nonlocal count
        count += 1
        w = word.group()
        return w if count % 7 else f"{w[0]}{w[2]}{w[1]}{w[3:]}"

    return re.sub(r"\w{6,}", swap, text)


def fillers(text: str) -> str:
    """A filler before every sentence."""
    return " ".join(f"Um, well, {s.text}" for s in sentences(text)) or text


def other_pronouns(text: str) -> str:
    """Whoever was "he" is "she", and the other way round; a name in front says who speaks."""
    swapped = {"he": "she", "she": "he", "his": "her", "her": "his", "him": "her", "er": "sie"}
    found = re.sub(r"\b(?:he|she|his|her|him|er)\b", lambda m: swapped[m.group()], text)
    return f"Fatima here. {found}"


def twice(text: str) -> str:
    return f"{text}\n{text}"


CHANGES: dict[str, Callable[[str], str]] = {
    "typos": typos,
    "fillers": fillers,
    "name and pronouns": other_pronouns,
    "said twice": twice,
}


async def variations(
    kit: Kit, rows: Sequence[Graded], values: Sequence[float], levels: Sequence[int], scorer: Scorer, seed: int
) -> list[Variation]:
    """Change some answers of a question in every way. Cut points come from all of its answers."""
    cuts = cut_points(values, levels)
    chosen = sample(len(rows), min(MOST, len(rows)), seed)
    found: list[Variation] = []
    for name, change in CHANGES.items():
        kept = 0
        for i in chosen:
            card = await scorer.card(kit, [change(rows[i].answer)], rows[i].lang)
            before, after = cut_level(values[i], cuts), cut_level(measure(card), cuts)
            kept += after <= before if name == "said twice" else after == before
        found.append(Variation(name, kept, len(chosen)))
    return found


def pooled(found: Sequence[Variation]) -> tuple[Variation, ...]:
    """The same over all questions."""
    names = dict.fromkeys(v.name for v in found)
    return tuple(
        Variation(name, sum(v.kept for v in found if v.name == name), sum(v.n for v in found if v.name == name))
        for name in names
    )
