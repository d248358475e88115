"""What a tech check asks of the world: how a recording arrived."""

from dataclasses import dataclass
from typing import ClassVar

from flows.requests import Request


@dataclass(frozen=True, slots=True)
class Sounds:
    """How a recording arrived, technically. words: how many could be made out; hints: codes of what could be better
    (`bot.media.contract.Opened`); minute: how many seconds it takes to send a minute like this one, None where that isn't
    ours to measure (a chat platform sends it)."""

    seconds: float
    words: int
    video: bool = False
    hints: tuple[str, ...] = ()
    minute: float | None = None


@dataclass(frozen=True, slots=True)
class HowItSounds(Request[Sounds]):
    """Ask how the recording that became this utterance sounds. Answered at once."""

    utterance: str
    returns: ClassVar[tuple[type, ...]] = (Sounds,)
