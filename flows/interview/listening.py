"""One answer of a candidate, however it comes: after questions back, in several messages, or not at all.

Shared by the conversations that ask a kit's questions (`interview`, `recorded`). The keys it makes are in journals:
they must not change.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from flows.cards import Card, Sound
from flows.kits.model import Question
from flows.requests import Broadcast, Clarification, Clarify, EarlierClarifications
from flows.steps import HOUR, MINUTE, Answer, Hear, Patience, Speech, call, choose, hear, note, say
from flows.steps import Question as AskedBack
from flows.words import interview_en as words
from flows.words.voice_en import ALOUD, HINT_EITHER

ROLE = "role"  # what `Clarify` is asked about when the candidate asks about the job and not about a question
NUDGE = 10 * MINUTE
NEVER = Patience(0, 0)


@dataclass(slots=True)
class Told:
    """One question's answer so far."""

    question: Question
    words: tuple[tuple[str, str], ...] = ()
    follow_ups: list[tuple[str, tuple[str, ...]]] = field(default_factory=lambda: [])
    ai: str = ""
    further: list[str] = field(default_factory=lambda: [])

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(u for u, _ in self.words)

    @property
    def text(self) -> str:
        return "\n".join(t for _, t in self.words)

    @property
    def whole(self) -> str:
        """The answer with what was said to its follow-ups, for reading it over."""
        return "\n".join(filter(None, (self.text, *self.further)))

    def to_json(self) -> dict[str, Any]:
        """`{"question", "utterances", "follow_ups": [{"indicator", "utterances"}], "skipped", "ai"}`: ids only.

        ai: "none", "some" or "much", as the candidate said where the question asks; else empty.
        """
        return {
            "question": self.question.id,
            "utterances": list(self.ids),
            "follow_ups": [{"indicator": i, "utterances": list(us)} for i, us in self.follow_ups],
            "skipped": not self.words,
            "ai": self.ai,
        }


@dataclass(slots=True)
class Manner:
    """How an answer is waited for: the quiet pause that ends it, and the patience with silence.

    hears: are recordings answers here: on, off (nothing listens) or refused (the person doesn't want to be recorded).
    aloud: are questions read aloud besides; it follows how the person answers. language: of the questions, "" for several.
    """

    quiet: int
    unhurried: bool
    hears: str = "off"
    language: str = ""
    aloud: bool = False

    def patience(self, minutes: float = 0) -> Patience:
        """Within the guide nobody is disturbed; an agreed adjustment switches every reminder off."""
        if self.unhurried:
            return NEVER
        nudge = max(NUDGE, round(2 * minutes * MINUTE))
        return Patience(nudge, nudge + 2 * HOUR)

    def speech(self, question: Question | None = None, *, ends: bool = True) -> Speech:
        """Whether a recording answers `question` (None: something that isn't in the kit)."""
        if self.hears != "on":
            return Speech(why=self.hears)
        if question is None:
            return Speech(("voice",), ends=ends, language=self.language)
        forms = tuple(m for m in question.answer.modes if m != "text")
        guide = 0 if self.unhurried else round(question.answer.guide_minutes * 60)
        return Speech(forms, "written", ends, question.answer.prepared, self.language, guide)

    def spoken(self, card: Card, keep: bool) -> Card:
        """A question with its voice, where the person talks to us. keep: its words come from the kit."""
        if not self.aloud:
            return card
        return replace(card, sounds=(Sound(ALOUD, card.text, self.language or "en", keep),))

    def follows(self, answer: Answer | None) -> None:
        """Whoever answers aloud is asked aloud, and whoever writes is not."""
        if answer is not None and self.hears == "on":
            self.aloud = bool(answer.spoken)


def speech(*, hears: str = "off", **_: object) -> Speech:
    """What holds wherever a question says nothing else: a choice, a short reply."""
    return Manner(0, False, hears).speech()


async def told_before(question: str) -> None:
    """Say what earlier candidates were told about a question."""
    earlier = _says(await call(f"{question}.earlier", EarlierClarifications(question)))
    if earlier:
        await say(f"{question}.told", words.earlier(earlier))


def _says(told: object) -> tuple[str, ...]:
    """What earlier candidates were told; nothing where that can't be looked up just now."""
    return told.says if isinstance(told, Broadcast) else ()


async def ai_used(key: str, question: Question, manner: Manner) -> str:
    """Whether an AI tool was used, where the question wants it disclosed; else ""."""
    if question.ai_use != "disclose":
        return ""
    used = [words.AI_NONE, words.AI_SOME, words.AI_MUCH]
    return await choose(key, words.ai_used(), used, patience=manner.patience())


async def listen(
    key: str, about: str, card: Card, manner: Manner, patience: Patience, speech: Speech | None = None
) -> Answer | None:
    """Hear an answer, however many questions back come first. None: the person skipped it. speech: None for what isn't
    a question of the kit."""
    n, before, speech = 1, tuple[str, ...](), speech or manner.speech()
    while True:
        got = await _hear(f"{key}#{n}" if n > 1 else key, card, manner, patience, before, speech)
        if isinstance(got, AskedBack):
            before = await _answer_back(f"{key}.back#{n}", about, got, manner)
            n += 1
            continue
        return got if isinstance(got, Answer) else None


def _hear(key: str, card: Card, manner: Manner, patience: Patience, before: tuple[str, ...], speech: Speech) -> Hear:
    hint = HINT_EITHER if speech.forms else ""
    return hear(key, card, quiet=manner.quiet, begin_with=before, patience=patience, speech=speech, hint=hint)


async def _answer_back(key: str, about: str, asked: AskedBack, manner: Manner) -> tuple[str, ...]:
    """Answer a question back, if anybody has; the utterances that were part of the answer after all, if any."""
    known = await call(key, Clarify(about, asked.utterance))
    if isinstance(known, Clarification):
        await say(f"{key}.say", words.clarified(known.say, known.by))
        return ()
    pass_or_part = [words.PASS, words.PART]
    if await choose(f"{key}.whose", words.WHAT_WAS_IT, pass_or_part, patience=manner.patience()) == "part":
        await say(f"{key}.part", words.TAKEN_AS_PART)
        return (asked.utterance,)
    await note(f"{key}.team", "team_question", question=about, utterance=asked.utterance)
    await say(f"{key}.passed", words.PASSED_ON)
    return ()
