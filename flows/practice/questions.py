"""Parley's own practice questions. What text matching finds in an answer becomes tips for its author, never a level."""

from dataclasses import dataclass

from flows.kits.model import Competency, Indicator, LevelRule
from flows.rating.evidence import evidence_map
from flows.words import practice_en as words

LANGUAGE = "en"
THINK, GUIDE = 1.0, 2.0  # minutes


@dataclass(frozen=True, slots=True)
class PracticeQuestion:
    """id: names its steps."""

    id: str
    ask: str


QUESTIONS = (PracticeQuestion("learned", words.FIRST), PracticeQuestion("plan", words.SECOND))
# What an answer shows. Matching reads these too: "themselves" has it look for what somebody says they did.
_SHOWN = {
    "example": "Tells of one particular time",
    "own_part": "Says what they did themselves",
    "result": "Says how it ended",
}
_STORY = Competency(
    weight=1,
    anchors=dict.fromkeys(range(1, 6), "not used: a practice has no levels"),
    indicators={k: Indicator(text=_SHOWN[k], grow=tip, cues=cues) for k, (_, tip, cues) in words.TIPS.items()},
    levels=(LevelRule(min_met=0, level=1),),
)


def found(utterances: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
    """(indicator, found | unclear | missing, the words that show it) for each part of a well told example."""
    seen = evidence_map(_STORY, tuple(_STORY.indicators), utterances, LANGUAGE, (LANGUAGE,))
    return tuple((i.key, i.status, i.quote) for i in seen.indicators)
