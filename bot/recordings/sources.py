"""Where the bytes of a recording come from: the platform it was sent on, or the pieces that a page has sent."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from adapters.contract import ChatAdapter, Unfetchable
from bot.recordings.shelf import Body
from bot.recordings.uploads import Uploads
from bot.store.store import Row

_UPLOAD = "upload"  # in a ref: it was sent in pieces, and they lie with us


class Sources(Protocol):
    """What fetches recordings."""

    def read(self, row: Row, body: Body, limit: int) -> AsyncIterator[bytes]:
        """The bytes of a recording as it was sent, at most `limit`. Raises `Unfetchable`, also in the middle."""
        ...

    async def taken(self, body: Body) -> None:
        """They are in our store now: what was held for us needn't be any longer."""
        ...


class Everywhere:
    """The platforms that are connected, and the uploads of our own page."""

    def __init__(self, adapters: Mapping[str, ChatAdapter], uploads: Uploads) -> None:
        self._adapters, self._uploads = adapters, uploads

    def read(self, row: Row, body: Body, limit: int) -> AsyncIterator[bytes]:
        if _UPLOAD in body.ref:
            return self._uploads.read(row["tenant_id"], body.ref[_UPLOAD], limit)
        adapter = self._adapters.get(row["source"])
        if adapter is None:
            raise Unfetchable(why="login")
        return adapter.read(body.ref, limit)

    async def taken(self, body: Body) -> None:
        if _UPLOAD in body.ref:
            await self._uploads.discard(body.ref[_UPLOAD])
