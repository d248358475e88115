"""The scorers that can be measured: the evidence map, or a model behind an OpenAI-compatible `base_url`.

Both read a kit that is built from a reference answer or a rubric, and both give the card that an interview would get.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from bot.calibration.files import CalibrationProblem
from flows.kits.model import Competency, Indicator, Kit, LevelRule, Question
from flows.rating.card import Answered, MachineCard, evidence_card
from flows.rating.text import content_stems, sentences
from flows.rating.topic import Near

if TYPE_CHECKING:
    from bot.work.assess import Assessor

TOPIC, ASKED = "answer", "asked"  # the one competency and the one question of a built kit
_PATIENCE = 3  # answers in a row that a model may leave without a word
MOST_INDICATORS = 8  # a kit's own limit, for a model's sake; matching takes every sentence by itself
_POINTS_MARK = re.compile(r"\(\s*\d+(?:[.,]\d+)?\s*P\.?\s*\)")


class Scorer(Protocol):
    """`level`: does it give levels itself? Otherwise its measure is the mean best similarity, to be cut."""

    @property
    def name(self) -> str: ...
    @property
    def level(self) -> bool: ...
    async def card(
        self, kit: Kit, said: Sequence[str], lang: str | None, interviewer: Sequence[str] = ()
    ) -> MachineCard: ...


class Matching:
    """The evidence map; `near`: cosines by sentence embeddings."""

    level = False

    def __init__(self, near: Near | None = None) -> None:
        self.name, self._near = "evidence-map" if near is None else "evidence-map, embeddings", near

    async def card(
        self, kit: Kit, said: Sequence[str], lang: str | None, interviewer: Sequence[str] = ()
    ) -> MachineCard:
        """The map of one answer (`said`: its messages) to the one question of a built kit."""
        return evidence_card(kit, [answered(said)], {ASKED: lang}, near=self._near)


class Modelled:
    """A model with our protocol around it: the very `Assessor` that reads interviews."""

    level = True

    def __init__(self, assessor: "Assessor") -> None:
        self._assessor, self.name = assessor, assessor.scorer
        self._failed = 0

    async def card(
        self, kit: Kit, said: Sequence[str], lang: str | None, interviewer: Sequence[str] = ()
    ) -> MachineCard:
        """The model's card of one answer. `CalibrationProblem` when it can't be reached several times in a row."""
        asked = {ASKED: list(interviewer)} if interviewer else None
        card = await self._assessor.assess(kit, [answered(said)], asked)
        self._failed = self._failed + 1 if card.fallback == "model_unreachable" else 0
        if self._failed >= _PATIENCE:
            raise CalibrationProblem(f"{self.name} can't be reached. Check --base-url, --model and the key.")
        return card


def answered(said: Sequence[str]) -> Answered:
    """One answer to the one question of a built kit; each message has its own id."""
    return Answered(ASKED, tuple((f"u{n}", text) for n, text in enumerate(said)))


def measure(card: MachineCard, keys: Sequence[str] = ()) -> float:
    """The mean best similarity over the indicators (or those in `keys`), 0 to 1."""
    marks = [m for r in card.results for m in r.marks if not keys or m.key in keys]
    return sum(m.similarity for m in marks) / len(marks) if marks else 0.0


def acts(texts: Sequence[str], lang: str) -> list[str]:
    """The sentences of reference answers that hold words of meaning; marks such as "(0.25 P)" are no words of it."""
    found = [s.text for text in texts for s in sentences(_POINTS_MARK.sub("", text))]
    return [text for text in found if content_stems(text, lang)]


def built_kit(
    ask: str, lang: str, indicators: Mapping[str, str], anchors: Mapping[int, str], levels: Sequence[LevelRule] = ()
) -> Kit:
    """A kit of one question and one competency. Without `levels`: by the share of the indicators that are met."""
    table = tuple(levels) or share_table(len(indicators))
    competency = Competency(
        title="The answer",
        weight=1,
        anchors=dict(anchors),
        indicators={key: Indicator(text=text) for key, text in indicators.items()},
        levels=table,
    )
    asked = ask if len(ask) >= 10 else f"The question was: {ask}"
    question = Question(id=ASKED, ask=asked[:1000], purpose="measured", competencies={TOPIC: tuple(indicators)})
    return Kit(
        kit="measured",
        version=1,
        title="Measured",
        languages=(lang,),
        competencies={TOPIC: competency},
        questions=(question,),
    )


def share_table(indicators: int) -> tuple[LevelRule, ...]:
    """Level 1 plus four times the share that is met, rounded."""
    steps = [LevelRule(min_met=(level - 1.5) / 4 * indicators, level=level) for level in (5, 4, 3, 2)]
    return (*steps, LevelRule(min_met=0, level=1))


def reference_kit(ask: str, lang: str, references: Sequence[str], whole: bool) -> Kit:
    """A kit whose indicators are the sentences of the reference answers; for a model (`whole`) at most eight of them."""
    lines = acts(references, lang) or [" ".join(references) or ask]
    if whole and len(lines) > MOST_INDICATORS:
        lines = [" ".join(lines[n::MOST_INDICATORS]) for n in range(MOST_INDICATORS)]
    anchors = {level: f"States {share} of the points of the reference" for level, share in _SHARES.items()}
    return built_kit(ask, lang, {f"s{n}": text for n, text in enumerate(lines, start=1)}, anchors)


_SHARES = {1: "none", 2: "a quarter", 3: "half", 4: "three quarters", 5: "all"}
