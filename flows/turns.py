"""What one turn causes, as data."""

from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Any

from flows.cards import Card, Option
from flows.events import Fact
from flows.ledger import Entry
from flows.requests import Request
from flows.steps import Speech


def token(seed: str, key: str) -> str:
    """Eight hex digits that name one question (`step` or `step@2`) of one conversation: short enough for any button."""
    return blake2s(f"{seed}/{key}".encode(), digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """One message to deliver. `token` is set where the person may answer it. `key` says what it means."""

    key: str
    card: Card
    token: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the conversation waits for now: what an adapter puts beside the composer."""

    token: str
    key: str
    answering: bool
    done: Option | None = None
    tools: tuple[Option, ...] = ()
    hint: str = ""
    speech: Speech | None = None  # how a recording may answer; None: it can't


@dataclass(frozen=True, slots=True)
class Wake:
    """A timer: at the instant `at`, a `Silence(token, about)` is due."""

    about: str
    token: str
    at: int


@dataclass(frozen=True, slots=True)
class Turn:
    """All that one happening caused.

    entries: to append to the journal. shown: to deliver, in order. calls: (step key, request) to work on.
    facts: what others must know. settled: (token, option id) of questions now answered, whose buttons can
    go. waiting: None once ended, or while only work is awaited. wakes: the timers that replace all earlier
    ones of this conversation. state: open, parked or ended. reply: field errors for the acknowledgement.
    words: (utterance, text) of what was not written by hand: the words of a recording, or their correction.
    """

    entries: tuple[Entry, ...] = ()
    shown: tuple[Shown, ...] = ()
    calls: tuple[tuple[str, Request[Any]], ...] = ()
    facts: tuple[Fact, ...] = ()
    settled: tuple[tuple[str, str], ...] = ()
    waiting: Waiting | None = None
    wakes: tuple[Wake, ...] = ()
    state: str = "open"
    result: Any = None
    reply: dict[str, str] = field(default_factory=lambda: {})
    words: tuple[tuple[str, str], ...] = ()
