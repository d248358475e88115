"""What listens to a recording, and what reads a question aloud. One protocol each; this machine and a server implement it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

Report = Callable[[float], Awaitable[None]]  # how much has been heard, 0 to 1


@dataclass(frozen=True, slots=True)
class Word:
    """One word, with its place in the recording (ms) and how sure the model is (0 to 1)."""

    text: str
    start: int
    end: int
    sure: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech. logprob: the mean log-probability; no_speech: the model's own doubt; compression: of its text
    (what is repeated compresses well)."""

    start: int
    end: int
    text: str
    logprob: float
    no_speech: float
    compression: float


@dataclass(frozen=True, slots=True)
class Listened:
    """What was heard. speech: stretches in which somebody speaks (ms, by the voice detector on the sound itself), from
    which pauses come. language: what it sounds like, with how sure that is. engine: what listened, for the record."""

    text: str
    words: tuple[Word, ...]
    segments: tuple[Segment, ...]
    speech: tuple[tuple[int, int], ...]
    language: str
    language_sure: float
    ms: int
    engine: str


class EarProblem(Exception):
    """Listening failed on our side. again: is it worth another try?"""

    def __init__(self, why: str, again: bool = True) -> None:
        super().__init__(why)
        self.again = again


class Ear(Protocol):
    """Turns sound into words."""

    async def start(self) -> None:
        """Be ready soon; a model loads in the background."""
        ...

    async def stop(self) -> None: ...

    async def listen(
        self, pcm: AsyncIterator[bytes], ms: int, language: str = "", report: Report | None = None
    ) -> Listened:
        """The words of a sound (as `MediaStore.pcm` gives it) of `ms` length. language: expected, "" for any. Cancelling it
        frees the worker. Raises `EarProblem`."""
        ...


class Voice(Protocol):
    """Reads a text aloud."""

    name: str

    async def say(self, text: str, language: str) -> bytes:
        """A WAV file. Raises `EarProblem` when it can't."""
        ...
