"""The verbs of a screenplay: the only things it may await.

Each step has a key that says what it means and is unique in its conversation; a loop numbers itself
(`slot#2`). Durations are milliseconds, instants milliseconds since the epoch, UTC.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from flows.cards import Card, Option
from flows.events import Fact, Learned
from flows.requests import Request

T = TypeVar("T")

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Patience:
    """How long silence is fine. After `nudge` a kind word, after `park` the conversation rests; 0 is never."""

    nudge: int = 10 * MINUTE
    park: int = 2 * HOUR


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was entered can't be used. `say` tells the person what to do instead."""

    say: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The deadline of a raced step passed before the person answered."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The person chose not to answer this one."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """Words in place of an option: the utterance and what it says."""

    utterance: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of one or more messages. `utterances` are (id, text) in the order said."""

    utterances: tuple[tuple[str, str], ...]
    asked_at: int
    at: int
    spoken: tuple[str, ...] = ()  # those that were recordings
    seconds: float = 0  # how long these are together

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(u for u, _ in self.utterances)

    @property
    def text(self) -> str:
        return "\n\n".join(t for _, t in self.utterances)


@dataclass(frozen=True, slots=True)
class Speech:
    """Whether an answer may be a recording. forms: of "voice" and "video", what is kept of one; none: it may not be.

    why: in that case, off (nothing listens here), refused (the person doesn't want to be recorded) or written (this
    question wants writing). ends: a recording is the whole answer. prepared: files that were made before are taken too.
    language: the one that is expected ("en"), or "". guide: about how long an answer is, in seconds; 0: nobody says.
    """

    forms: tuple[str, ...] = ()
    why: str = "off"
    ends: bool = False
    prepared: bool = True
    language: str = ""
    guide: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Instead of answering, the person asked something back."""

    utterance: str
    text: str


class Step(Generic[T]):
    """What a screenplay awaits. The engine receives the step itself and sends the result back."""

    __slots__ = ()
    key: str

    def __await__(self) -> "Generator[Step[T], T, T]":
        return (yield self)


@dataclass(frozen=True, slots=True)
class Say(Step[None]):
    key: str
    card: Card


@dataclass(frozen=True, slots=True)
class Note(Step[None]):
    key: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Call(Step[T]):
    """binding: what it does stands (a booking), so no answer before it is changed while it is under way."""

    key: str
    request: Request[T]
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Wait(Step[Learned | Lapsed]):
    key: str
    facts: tuple[str, ...]
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Asking(Step[T]):
    """A step that waits for the person. `again` is the shorter wording when it is shown once more.

    facts: one of these, learned from elsewhere, answers it too (see `or_learn`). own: understands words that mean
    something here and would be an order elsewhere ("cancel"); what it makes of them counts like a tap.
    """

    key: str
    card: Card
    again: Card | None = None
    skippable: bool = False
    changeable: bool = True
    patience: Patience = Patience()
    until: int | None = None
    facts: tuple[str, ...] = field(default=(), kw_only=True)
    own: Callable[[str], str | None] | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Choose(Asking[str]):
    """One of the card's options; the id of the chosen one comes back. `read` may understand free text."""

    read: Callable[[str], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Ask(Asking[Any]):
    """One short typed answer, read by `read` (text -> JSON value, or `Wrong`).

    keeps: what `read` returns as it was, and is no option's id, comes back as `Wrote`: others can be led to the words.
    anytime: words that were written below an earlier question are an answer too (notes, one after the other).
    """

    read: Callable[[str], Any] = str
    keeps: bool = False
    anytime: bool = False


@dataclass(frozen=True, slots=True)
class Fill(Asking[dict[str, str]]):
    """A form: the card's fields. `check` returns problems per field (empty: accepted).

    Filled in field by field (`flows.filling`), it ends with a look at everything; `read_back` is False where the
    screenplay shows that itself.
    """

    check: Callable[[dict[str, str]], dict[str, str]] | None = None
    read_back: bool = True


@dataclass(frozen=True, slots=True)
class Hear(Asking[Answer | Question | Skipped | Lapsed]):
    """A free answer of one or more messages, until "That's my answer" or a `quiet` pause.

    `questions`: a short message that reads like a question, as the first bubble, comes back as
    `Question`. `begin_with`: utterances said earlier that already count as the first bubbles. `speech`: whether a
    recording is an answer too; None: as the conversation has it.
    """

    quiet: int = MINUTE
    questions: bool = True
    begin_with: tuple[str, ...] = ()
    hint: str = ""
    speech: Speech | None = None


def say(key: str, what: str | Card) -> Say:
    """Show something; nothing is awaited from the person."""
    return Say(key, what if isinstance(what, Card) else Card(what))


def note(key: str, name: str, **data: Any) -> Note:
    """State a fact that concerns others: it leaves this conversation in the same transaction."""
    return Note(key, Fact(name, data))


def call(key: str, request: Request[T], *, binding: bool = False) -> Call[T]:
    """Ask the world for something; the typed result comes back, perhaps much later. binding: see `Call`."""
    return Call(key, request, binding)


def wait(key: str, *facts: str, until: int | None = None) -> Wait:
    """Wait for one of the named facts to be learned, or for the instant `until` (`Lapsed`)."""
    return Wait(key, facts, until)


def _card(what: str | Card, options: Sequence[Option] = ()) -> Card:
    card = what if isinstance(what, Card) else Card(what, tone="question")
    return replace(card, options=tuple(options)) if options else card


def choose(
    key: str,
    what: str | Card,
    options: Sequence[Option] = (),
    *,
    read: Callable[[str], str | None] | None = None,
    skippable: bool = False,
    changeable: bool = True,
    patience: Patience = Patience(),
    own: Callable[[str], str | None] | None = None,
) -> Choose:
    """Offer options; the chosen id comes back. A typed number or label counts as a tap."""
    return Choose(key, _card(what, options), None, skippable, changeable, patience, None, read, own=own)


def ask(
    key: str,
    what: str | Card,
    read: Callable[[str], Any] = str,
    *,
    patience: Patience = Patience(),
    keeps: bool = False,
    anytime: bool = False,
    own: Callable[[str], str | None] | None = None,
) -> Ask:
    """Ask for one short typed answer; `read` turns it into a JSON value or says what is `Wrong`. keeps, anytime: see `Ask`."""
    card = replace(_card(what), answering=True)
    return Ask(key, card, None, False, True, patience, None, read, keeps, anytime, own=own)


def fill(
    key: str,
    card: Card,
    check: Callable[[dict[str, str]], dict[str, str]] | None = None,
    *,
    patience: Patience = Patience(0, 0),
    read_back: bool = True,
) -> Fill:
    """Show a form; the checked fields come back."""
    return Fill(key, card, None, False, True, patience, None, check, read_back)


def hear(
    key: str,
    what: str | Card,
    *,
    again: str | Card | None = None,
    quiet: int = MINUTE,
    questions: bool = True,
    skippable: bool = True,
    begin_with: tuple[str, ...] = (),
    hint: str = "",
    patience: Patience = Patience(),
    speech: Speech | None = None,
) -> Hear:
    """Listen to a free answer; see `Hear`."""
    short = replace(_card(again), answering=True) if again is not None else None
    card = replace(_card(what), answering=True)
    return Hear(key, card, short, skippable, True, patience, None, quiet, questions, begin_with, hint, speech)


def race(step: Asking[T], until: int) -> Asking[T | Lapsed]:
    """The person, or the deadline, whichever comes first; `Lapsed` when it was the deadline."""
    return replace(step, until=until)  # pyright: ignore[reportReturnType]


def or_learn(step: Asking[T], *facts: str) -> Asking[T | Learned]:
    """The person, or one of the named facts from elsewhere, whichever comes first."""
    return replace(step, facts=facts)  # pyright: ignore[reportReturnType]
