"""A platform for tests that does as it is told: a `ChatAdapter` with a script.

`script` holds what becomes of the next messages, in order (default: SENT). `LOST`: the platform takes the message and
shows it, but its receipt never reaches us. What the platform shows is in `shown`, what we were told in `tried`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters.contract import Capabilities, Delivered, Door, Outcome, Outgoing, Unfetchable, Who

LATER_MS = 40
Act = Outcome | Literal["LOST"]
LOST: Act = "LOST"


@dataclass
class ScriptedAdapter:
    """See the module. `batch`: how many messages it takes at a time; `away`: chats in which nobody is there."""

    script: list[Act] = field(default_factory=lambda: [])
    batch: int = 1
    away: set[str] = field(default_factory=lambda: set())
    hold: asyncio.Event | None = None  # set it to let messages through
    called: asyncio.Event = field(default_factory=asyncio.Event)  # somebody has tried to deliver something
    name: str = "web"
    shown: dict[str, dict[str, Any]] = field(default_factory=lambda: {})  # message id -> the card that it shows
    order: list[tuple[str, str]] = field(default_factory=lambda: [])  # (chat, text) as they reached the platform
    tried: list[str] = field(default_factory=lambda: [])
    handed: list[Outgoing] = field(default_factory=lambda: [])  # the messages that were tried, as they came
    looked_up: list[str] = field(default_factory=lambda: [])
    done: list[str] = field(default_factory=lambda: [])

    def __post_init__(self) -> None:
        self.capabilities = Capabilities(4096, 20, False, True, self.batch)

    def takes(self, batch: int) -> None:
        """How many messages it takes at a time from now on."""
        self.capabilities = Capabilities(4096, 20, False, True, batch)

    def ready(self, thread_id: str) -> bool:
        return thread_id not in self.away

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        receipts: list[Delivered] = []
        self.called.set()
        for message in lane:
            if self.hold is not None:
                await self.hold.wait()
            self.tried.append(message.id)
            self.handed.append(message)
            act = self.script.pop(0) if self.script else Outcome.SENT
            if act in (Outcome.SENT, LOST):
                self._show(message)
            if act == LOST:
                receipts.append(Delivered(message.id, Outcome.AWAY))
                break
            assert isinstance(act, Outcome)
            after = LATER_MS if act is Outcome.LATER else 0
            receipts.append(Delivered(message.id, act, f"p-{message.id}" if act is Outcome.SENT else "", after, ""))
            if act is not Outcome.SENT:
                break
        return receipts

    async def look_up(self, message: Outgoing) -> Delivered | None:
        self.looked_up.append(message.id)
        known = message.id in {i for i, _ in self.order}
        return Delivered(message.id, Outcome.SENT, f"p-{message.id}") if known else None

    async def catch_up(self, since: int) -> None:
        """Nothing is said here that could be missed."""

    def drained(self, thread_id: str) -> None:
        self.done.append(thread_id)

    async def start(self) -> None:
        """There is nothing to connect to."""

    async def stop(self) -> None:
        """Nothing is open."""

    def private(self, who: Who) -> str:
        return who.user

    async def name_of(self, workspace: str, user: str) -> str:
        return ""

    def door(self, secret: str) -> Door | None:
        return None

    async def read(self, ref: dict[str, str], limit: int) -> AsyncIterator[bytes]:
        raise Unfetchable("That recording can't be fetched.")
        yield b""

    def typing(self, thread_id: str, address: str) -> None:
        """Nobody looks."""

    def _show(self, message: Outgoing) -> None:
        self.shown[message.target or message.id] = message.card or {"chosen": message.chosen}
        self.order.append((message.id, (message.card or {}).get("text", "")))
