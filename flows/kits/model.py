"""An interview kit as a value. This is the one file to read (and to copy from) for a new question type.

A kit is a versioned YAML file. Editing makes a new version; running interviews keep theirs. Every
model is frozen and refuses unknown keys, so that a typo is an error and not a silent default.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="a short name: small letters, digits, _")]
AiUse = Literal["free", "disclose", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Indicator(_Part):
    """One observable act. `cues` are phrasings a person might really use, for matching without a model."""

    text: str = Field(description="one observable act, 25 words at most")
    grow: str = Field(default="", description="what to tell a candidate who did not show it, as advice")
    cues: tuple[str, ...] = Field(default=(), description="phrasings that show it; used when no model is configured")


class LevelRule(_Part):
    """`min_met` indicators met (partly counts half) give `level`."""

    min_met: float = Field(ge=0)
    level: int = Field(ge=1, le=5)


class Competency(_Part):
    title: str = ""
    weight: float = Field(gt=0, le=1)
    minimum: int = Field(default=1, ge=1, le=5)
    anchors: dict[int, str] = Field(description="levels 1 to 5, each a described behaviour")
    indicators: dict[Key, Indicator]
    levels: tuple[LevelRule, ...] = Field(description="a table from indicators met to a level, highest first")

    @field_validator("indicators", mode="before")
    @classmethod
    def _plain_text_is_an_indicator(cls, value: object) -> object:
        if isinstance(value, dict):
            return {k: {"text": v} if isinstance(v, str) else v for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return value


class AnswerGuide(_Part):
    modes: tuple[Literal["text", "voice", "video"], ...] = ("text",)
    guide_minutes: float = Field(default=4, gt=0, le=60)
    takes: int = Field(default=1, ge=1, le=5)
    think_minutes: float = Field(default=0, ge=0, le=30)
    prepared: bool = Field(default=True, description="may a recording be a file that was made before?")


class Clarification(_Part):
    """What Parley may say when a candidate asks what a question means. Never scored."""

    asks: str
    say: str


class Question(_Part):
    id: Key
    ask: str = Field(min_length=10, max_length=1000)
    purpose: str
    competencies: dict[Key, tuple[Key, ...]] = Field(description="competency -> the indicators this question can show")
    answer: AnswerGuide = AnswerGuide()
    ai_use: AiUse = "free"
    probes: dict[Key, str] = Field(default_factory=dict, description="indicator -> the follow-up that asks for it")
    max_follow_ups: int = Field(default=2, ge=0, le=4)
    clarifications: tuple[Clarification, ...] = ()


class RoleFact(_Part):
    """What Parley may tell a candidate who asks about the role."""

    about: tuple[str, ...] = Field(min_length=1)
    say: str


class WarmUp(_Part):
    ask: str = Field(description="an easy, unscored opening question")


class Kit(_Part):
    """A whole interview kit."""

    kit: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    version: int = Field(ge=1)
    title: str
    role: str = Field(default="", description="what the job is, in a sentence, as a candidate should read it")
    languages: tuple[str, ...] = ("en",)
    quiet_seconds: int = Field(
        default=60, ge=5, le=600, description="a pause this long ends an answer of several messages"
    )
    warm_up: WarmUp | None = None
    competencies: dict[Key, Competency]
    questions: tuple[Question, ...] = Field(min_length=1)
    facts: tuple[RoleFact, ...] = ()

    def question(self, id: str) -> Question:
        """The question called `id`; `KeyError` when the kit has none."""
        for q in self.questions:
            if q.id == id:
                return q
        raise KeyError(id)

    @property
    def minutes(self) -> int:
        """How long to tell a candidate it takes: the guides, half a minute a follow-up, and two to settle in."""
        guides = sum(q.answer.guide_minutes + q.answer.think_minutes + 0.5 * q.max_follow_ups for q in self.questions)
        return max(5, round(guides + 2))
