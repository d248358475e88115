"""What Parley asks of a platform. One file to read before writing an adapter; the web is its first member.

Receiving: an adapter turns a verified platform event into a `Mail`-shaped call of `receive` and
acknowledges the platform only after it returned. Sending: the outbox hands over messages of one lane in
order and gets a receipt for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show; limits are data. `batch`: how many messages it takes at a time."""

    text: int
    options: int
    forms: bool
    edits: bool
    batch: int = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to deliver. `card` is plain JSON (flows.cards); None on an edit that only settles.

    act: send, or edit of the message `target`. `chosen`: the option a person chose on it.
    """

    id: str
    thread_id: str
    address: str
    seq: int
    act: str
    target: str
    card: dict[str, Any] | None
    token: str
    chosen: str
    step: str
    at: int


class Outcome(Enum):
    """What became of a message: `AWAY` nobody is there to take it yet (it stays pending, nothing is
    wrong), `LATER` try again after a pause, `FAILED` it can never be delivered."""

    SENT = "sent"
    AWAY = "away"
    LATER = "later"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receipt for one message. `after_ms`: how long the platform asked us to wait (`LATER`)."""

    id: str
    outcome: Outcome
    platform_id: str = ""
    after_ms: int = 0
    problem: str = ""


class ChatAdapter(Protocol):
    """One platform."""

    name: str
    capabilities: Capabilities

    def ready(self, thread_id: str) -> bool:
        """Could a message to this chat be handed over right now?"""
        ...

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        """Deliver messages of one lane, in order; receipts in the same order. Never raises for what a
        platform or a person can cause. After the first that is not SENT the rest is not tried."""
        ...

    async def look_up(self, message: Outgoing) -> Delivered | None:
        """Was a message that we may have sent before a crash really delivered? None: it was not (or
        the platform cannot tell and the message may be sent again)."""
        ...

    async def catch_up(self, since: int) -> None:
        """Fetch what people said while we were away (since the instant `since`) and pass it to `receive`."""
        ...

    def drained(self, thread_id: str) -> None:
        """Everything queued for this chat has been delivered: now the open question may be shown as open."""
        ...
