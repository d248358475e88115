"""How fast we may send: about 30 messages a second in all, one a second and chat, twenty a minute and group.

core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. Short waits are waited for; longer ones are handed
back with the time at which it is our turn, so that nobody holds a place in a queue that they don't need.
"""

import asyncio

from aiolimiter import AsyncLimiter

_PATIENCE = 1.5  # seconds to wait inside
_EARLY = 0.02
_FORGOTTEN = 60.0
_REMEMBERED = 2_000
_GROUP = (20, 60.0)


class Pace:
    """overall: messages a second in all; burst: how many one chat may get at once, before it is one a second.

    The turns of all chats are given out in the order in which they were asked for, and a turn that is far away is kept for
    its chat until it comes back: a limiter that only lets in whoever knocks at the right moment starves the others.
    """

    def __init__(self, overall: float, burst: int) -> None:
        # A sixth of a second's messages may go at once; so that no second ever sees more than `overall`, the rest is slower.
        self._slack, self._gap = 1 / 6, 7 / 6 / overall
        self._free = 0.0  # the instant of the next turn that nobody has yet
        self._turns: dict[int, float] = {}  # chat -> the turn that is kept for it
        self._burst = burst
        self._chats: dict[int, list[AsyncLimiter]] = {}

    async def wait(self, chat: int) -> int:
        """0: go ahead (it counts). Otherwise so many milliseconds later."""
        now = asyncio.get_running_loop().time()
        if (turn := self._turns.get(chat)) is not None:
            if turn > now + _EARLY:
                return int((turn - now) * 1000) + 1
            del self._turns[chat]
            return 0
        for limiter in self._limiters(chat):
            if not await _entered(limiter):
                return 1000
        return await self._turn(chat)

    async def _turn(self, chat: int) -> int:
        now = asyncio.get_running_loop().time()
        turn = max(self._free, now - self._slack)
        self._free = turn + self._gap
        if turn - now > _PATIENCE:
            if len(self._turns) >= _REMEMBERED:  # those who never came back have lost their turn
                self._turns = {c: t for c, t in self._turns.items() if t > now - _FORGOTTEN}
            self._turns[chat] = turn
            return int((turn - now) * 1000) + 1
        if turn > now:
            await asyncio.sleep(turn - now)
        return 0

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
