"""A small chat platform for tests of the bot's door: it shows what it gets, numbers every message, and can be shut.

A `ChatAdapter` for any platform's name, without a wire: events are given to the port by whoever plays a person
(`tests.bot.reception.guests`). Numbers grow over the whole platform, as a person's and Parley's messages share a chat.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Capabilities, Delivered, Door, OpenChat, Outcome, Outgoing, Who


@dataclass
class Bubble:
    """One message of Parley's as people see it. `chosen`: what was chosen on it, once its buttons are gone."""

    address: str
    ref: str
    card: dict[str, Any]
    token: str = ""
    aids: tuple[str, ...] = ()
    chosen: str | None = None
    edits: int = 0

    @property
    def text(self) -> str:
        return self.card.get("text", "")


@dataclass
class FakeChat:
    """See the module. shut: address -> why nothing reaches it; parts: how many messages each of ours becomes."""

    name: str
    shut: dict[str, str] = field(default_factory=lambda: {})
    parts: int = 1
    hold: asyncio.Event | None = None  # set it to let messages through
    asking: asyncio.Event | None = None  # set it to let names be told
    called: asyncio.Event = field(default_factory=asyncio.Event)
    shown: list[Bubble] = field(default_factory=lambda: [])
    names: dict[str, str] = field(default_factory=lambda: {})  # user -> what the platform calls them
    tried: int = 0
    looked_up: list[str] = field(default_factory=lambda: [])
    caught_up: list[int] = field(default_factory=lambda: [])
    chats: list[OpenChat] = field(default_factory=lambda: [])
    last: int = 100

    def __post_init__(self) -> None:
        self.capabilities = Capabilities(4096, 20, self.name != "telegram", True)

    def number(self, address: str, count: int = 1) -> str:
        """The platform's name of a new message in a chat, of so many parts."""
        made = [str(self.last + n) for n in range(1, count + 1)]
        self.last += count
        return f"{self.name}:{address}:{'+'.join(made)}"

    def at(self, address: str) -> list[Bubble]:
        """What stands in a chat, in order."""
        return [b for b in self.shown if b.address == address]

    # -- the contract -------------------------------------------------------------------------------

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to disconnect from."""

    def ready(self, thread_id: str) -> bool:
        return True

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        receipts = list[Delivered]()
        for message in lane:
            self.called.set()
            if self.hold is not None:
                await self.hold.wait()
            self.tried += 1
            if problem := self.shut.get(message.address):
                return [*receipts, Delivered(message.id, Outcome.BLOCKED, problem=problem)]
            receipts.append(self._show(message))
        return receipts

    def _show(self, message: Outgoing) -> Delivered:
        if message.act == "edit":
            bubble = next(b for b in self.shown if b.ref == message.ref)
            bubble.edits += 1
            if message.card is None:
                bubble.chosen = message.chosen
            else:
                bubble.card = message.card
            return Delivered(message.id, Outcome.SENT, message.ref)
        assert message.card is not None
        ref = self.number(message.address, self.parts)
        self.shown.append(Bubble(message.address, ref, message.card, message.token, message.aids))
        return Delivered(message.id, Outcome.SENT, ref)

    async def look_up(self, message: Outgoing) -> Delivered | None:
        self.looked_up.append(message.id)
        return None

    async def catch_up(self, since: int) -> None:
        self.caught_up.append(since)

    def drained(self, thread_id: str) -> None:
        """Nothing is shown apart from the messages."""

    def private(self, who: Who) -> str:
        match self.name:
            case "slack":
                return f"{who.workspace}/{who.user}"
            case "discord":
                return f"user/{who.user}"
            case _:
                return who.user

    async def name_of(self, workspace: str, user: str) -> str:
        if self.asking is not None:
            await self.asking.wait()
        return self.names.get(user, "")

    def door(self, secret: str) -> Door | None:
        return Door(self.name, f"https://{self.name}.example/{secret}")

    def typing(self, thread_id: str, address: str) -> None:
        """A courtesy that nobody sees."""
