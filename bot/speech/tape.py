"""A sound that is being listened to: what of it hasn't been dealt with yet is kept, for the next process if one dies."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator


class Tape:
    """Pieces of a sound, in order. What is kept is at most what one window needs: whoever reads it stops meanwhile."""

    def __init__(self, pcm: AsyncIterator[bytes]) -> None:
        self._pcm = pcm
        self._coming: asyncio.Task[bytes | None] | None = None
        self._pieces: deque[bytes] = deque()
        self._over = False
        self.first = 0  # the number of the first piece that is kept

    async def piece(self, n: int) -> bytes | None:
        """Piece number `n` (not before `first`); None when the sound is over. Whoever waits for it may be cancelled: the
        piece isn't lost. Raises what the sound raises."""
        while n - self.first >= len(self._pieces):
            if self._over:
                return None
            if self._coming is None:
                self._coming = asyncio.create_task(_next(self._pcm), name="sound")
            came = await asyncio.shield(self._coming)
            self._coming = None
            if came is None:
                self._over = True
            elif came:
                self._pieces.append(came)
        return self._pieces[n - self.first]

    def done_with(self, size: int) -> None:
        """The first `size` bytes are dealt with. A piece that isn't wholly so keeps its number and its rest."""
        while size > 0 and self._pieces:
            piece = self._pieces.popleft()
            if len(piece) > size:
                self._pieces.appendleft(piece[size:])
            else:
                self.first += 1
            size -= len(piece)

    async def close(self) -> None:
        """Read nothing more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        closing = getattr(self._pcm, "aclose", None)
        if closing is not None:
            await closing()


async def _next(pcm: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pcm, None)
