"""What everything at the reception works with."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from adapters.contract import ChatAdapter, Incoming
from adapters.web.app import WebAdapter
from bot.clock import Clock
from bot.desk.desk import Desk
from bot.ids import Ids
from bot.inbox import Intake, Receipt
from bot.keyring import Keyring
from bot.mail import Mail
from bot.reception.known import Known
from bot.runner.embedded import EmbeddedRunner
from bot.store.store import Store
from bot.workspaces import Workspaces


def _no_locks() -> WeakValueDictionary[str, asyncio.Lock]:
    return WeakValueDictionary()


@dataclass(frozen=True)
class Parts:
    """The parts of the application that a platform's event can need. `adapters`: by platform, the web included."""

    store: Store
    keys: Keyring
    ids: Ids
    clock: Clock
    intake: Intake
    runner: EmbeddedRunner
    desk: Desk
    workspaces: Workspaces
    adapters: dict[str, ChatAdapter]
    web: WebAdapter
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=_no_locks, init=False)

    def lock(self, name: str) -> asyncio.Lock:
        """The one lock of that name; it is gone when nobody holds it any more."""
        return self._locks.setdefault(name, asyncio.Lock())

    async def mail(self, event: Incoming, thread_id: str, kind: str, data: dict[str, Any], known: Known) -> Receipt:
        """Hand an event on as a letter to a chat; returns once it is durable."""
        # The chat of somebody who does something follows them there, but a command in a channel moves nothing.
        follows = event.place.private and thread_id == known.thread_id
        address = event.place.address if follows else ""
        letter = Mail(
            known.tenant_id,
            event.who.platform,
            f"{event.who.workspace}/{event.id}",
            thread_id,
            kind,
            self.clock.now(),
            data,
            known.person_id,
            address,
        )
        return await self.intake.receive(letter)
