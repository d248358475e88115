"""Made-up applicants for a demo: who they are, what they write and how they would be rated, the same in every run."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from flows.kits.model import Kit
from flows.words import applicants_en as words


@dataclass(frozen=True, slots=True)
class Applicant:
    """One made-up person. skill: competency -> 0 to 1, which decides what they mention and how they are rated.
    answers: question, as it is asked -> what they write."""

    name: str
    skill: dict[str, float]
    answers: dict[str, str]


def made_up(kit: Kit, count: int) -> list[Applicant]:
    """The same people each time, strong and weak ones, some terse and some wordy."""
    return [_applicant(kit, n) for n in range(count)]


def _applicant(kit: Kit, n: int) -> Applicant:
    chance = Random(n)  # noqa: S311 - the same people in every run, and nothing is kept secret by it
    first, last = words.FIRST[n % len(words.FIRST)], words.LAST[(n // len(words.FIRST)) % len(words.LAST)]
    again = n // (len(words.FIRST) * len(words.LAST))
    general = min(1.0, max(0.0, chance.gauss(0.5, 0.22)))
    skill = {k: min(1.0, max(0.0, general + chance.gauss(0, 0.12))) for k in kit.competencies}
    answers = {q.ask: _answer(kit, q.competencies, skill, chance) for q in kit.questions}
    return Applicant(f"{first} {last}{f' {again + 1}' if again else ''}", skill, answers)


def _answer(kit: Kit, shows: Mapping[str, tuple[str, ...]], skill: Mapping[str, float], chance: Random) -> str:
    """An answer that mentions what somebody of these skills would mention, among other things."""
    if chance.random() < 0.03:
        return words.SHORT
    said = [chance.choice(words.OPENERS)]
    for key, indicators in shows.items():
        for name in indicators:
            cues = kit.competencies[key].indicators[name].cues
            if cues and chance.random() < skill[key]:
                said.append(chance.choice(words.CLUES).format(cue=chance.choice(cues)))
    said += chance.sample(words.FILLERS, chance.randint(1, len(words.FILLERS)))
    return " ".join(said)


def level(skill: float, chance: Random) -> int:
    """How a made-up rater rates it: near the truth, and off by one now and then."""
    return min(5, max(1, round(1 + 4 * skill + chance.gauss(0, 0.35))))
