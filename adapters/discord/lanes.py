"""Order: the events of one chat reach the bot one after another, and what can't be kept now holds back what follows.

The gateway has no acknowledgement and never sends an event again. So a message that the store refuses is offered again
until it is taken; if we are stopped meanwhile, `catch_up` finds it in the channel's history.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from adapters.contract import Answer, Incoming, Unavailable
from adapters.discord.rest import log


class _Lane:
    """One chat. `stuck`: the store is refusing what stands first."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()  # wakes its waiters in the order they came
        self.stuck = False


class Lanes:
    """One lane for each chat, as long as somebody is in it."""

    def __init__(self, receive: Callable[[Incoming], Awaitable[Answer]], pause: float) -> None:
        self._receive, self._pause = receive, pause
        self._lanes = WeakValueDictionary[str, _Lane]()
        self._resting = set[asyncio.Task[Any]]()

    def give_up(self) -> None:
        """We are stopping: what the store refuses is left to the next `catch_up`."""
        for task in list(self._resting):
            task.cancel()

    async def take(self, event: Incoming, patient: bool) -> Answer:
        """Hand an event over in its turn. patient: try until it is taken; otherwise `Unavailable` may be raised."""
        chat = event.place.address if event.place.private else f"{event.place.address} {event.who.user}"
        lane = self._lanes.setdefault(chat, _Lane())
        if lane.stuck and not patient:
            raise Unavailable
        async with lane.lock:
            return await (self._insist(lane, event) if patient else self._receive(event))

    async def _insist(self, lane: _Lane, event: Incoming) -> Answer:
        pause = self._pause
        while True:
            try:
                answer = await self._receive(event)
            except Unavailable:
                lane.stuck = True
                log.warning("event %s can't be kept now; it is tried again", event.id)
                await self._rest(pause)
                pause = min(2 * pause, 30.0)
            else:
                lane.stuck = False
                return answer

    async def _rest(self, pause: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._resting.add(task)
        try:
            await asyncio.sleep(pause)
        finally:
            self._resting.discard(task)
