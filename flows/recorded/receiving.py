"""What a receipt asks of the world: when something arrived."""

from dataclasses import dataclass
from typing import ClassVar

from flows.requests import Request


@dataclass(frozen=True, slots=True)
class Received:
    """It has arrived. when: the instant as the person reads it, with day, time and zone."""

    when: str


@dataclass(frozen=True, slots=True)
class WhenReceived(Request[Received]):
    """Ask when the answers that were just sent off arrived. Answered at once."""

    returns: ClassVar[tuple[type, ...]] = (Received,)
