"""How fast we may send: about 30 messages a second in all, one a second and chat, twenty a minute and group.

core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. Short waits are waited for; longer ones are handed
back with the time at which it is our turn, so that nobody holds a place in a queue that they don't need.
"""

import asyncio

from aiolimiter import AsyncLimiter

_PATIENCE = 1.5  # seconds to wait inside
_REMEMBERED = 2_000
_GROUP = (20, 60.0)


class Pace:
    """overall: messages a second in all; burst: how many one chat may get at once, before it is one a second."""

    def __init__(self, overall: float, burst: int) -> None:
        # A small bucket that drains at the rate: any second sees at most `overall` of them, or a few more.
        self._room = max(1.0, overall / 6)
        self._all = AsyncLimiter(self._room, self._room / (overall - self._room) if overall > 1 else 1)
        self._every = 1 / max(overall - self._room, 1)
        self._burst = burst
        self._chats: dict[int, list[AsyncLimiter]] = {}
        self._promised = 0.0  # the last instant that was promised to somebody who had to come back

    async def wait(self, chat: int) -> int:
        """0: go ahead (it counts). Otherwise so many milliseconds later."""
        own = self._limiters(chat)
        for limiter in own:
            if not await _entered(limiter):
                return 1000
        if await _entered(self._all):
            return 0
        now = asyncio.get_running_loop().time()
        self._promised = max(self._promised, now) + self._every
        return int((self._promised - now) * 1000) + 1

    def _limiters(self, chat: int) -> list[AsyncLimiter]:
        if chat not in self._chats:
            if len(self._chats) >= _REMEMBERED:
                self._chats = {
                    c: own for c, own in self._chats.items() if not all(x.has_capacity(x.max_rate) for x in own)
                }
            own = [AsyncLimiter(self._burst, self._burst)]
            self._chats[chat] = own if chat > 0 else [*own, AsyncLimiter(*_GROUP)]
        return self._chats[chat]


async def _entered(limiter: AsyncLimiter) -> bool:
    if limiter.has_capacity():
        await limiter.acquire()
        return True
    try:
        async with asyncio.timeout(_PATIENCE):
            await limiter.acquire()
    except TimeoutError:
        return False
    return True
