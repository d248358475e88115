"""What a practice asks of the world: how the answer was delivered, and in which language it is."""

from dataclasses import dataclass
from typing import ClassVar

from flows.requests import Request


@dataclass(frozen=True, slots=True)
class Coaching:
    """For the candidate alone. language: of the words ("" if that can't be told). Of recordings: the fields of
    `flows.delivery.measures.Delivery` (times in ms); ms is 0 where the answer was written. before: the pace of the
    recording before this one, in words a minute (None: there is none)."""

    language: str = ""
    ms: int = 0
    words: int = 0
    pace: int | None = None
    pauses: int = 0
    long_pauses: int = 0
    longest: int = 0
    lead_in: int = 0
    fillers: int | None = None
    heard: tuple[str, ...] = ()
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Coach(Request[Coaching]):
    """Ask for the measures of a practice answer. utterances: all of it; spoken: those that were recordings. Answered at
    once."""

    utterances: tuple[str, ...]
    spoken: tuple[str, ...] = ()
    returns: ClassVar[tuple[type, ...]] = (Coaching,)
