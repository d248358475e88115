"""Deleting the bytes of recordings that are taken back or whose time is up."""

import asyncio
from typing import Any, Protocol

from bot.keyring import Erased, Keyring
from bot.media.contract import MediaStore
from bot.recordings import shelf
from bot.recordings.shelf import Body
from bot.recordings.sources import Sources
from bot.store.rows import Recording
from bot.store.store import Row, Store, Tx
from bot.work.job import Job


class Stops(Protocol):
    """What may be keeping or listening to a recording just now."""

    def hand(self, row: Row) -> asyncio.Lock:
        """Held while anything of this recording's person is kept or deleted (all of it is done in this process). The same
        file sent twice is kept once: it must not go between being written and being noted for the second time."""
        ...

    async def drop(self, recording_id: str) -> None:
        """Stop, and hold nothing of it any more."""
        ...


class Forgetting:
    """The worker of `ForgetRecording` ({"recording": id}). A recording that is still there is marked as gone first."""

    def __init__(self, store: Store, keys: Keyring, media: MediaStore, listening: Stops, sources: Sources) -> None:
        self._store, self._keys, self._media = store, keys, media
        self._listening, self._sources = listening, sources

    async def forget(self, job: Job, now: int) -> dict[str, Any]:
        tenant_id, recording_id = job.row["tenant_id"], job.request["recording"]
        await self._listening.drop(recording_id)
        row = await self._store.commit(lambda tx: self._over(tx, tenant_id, recording_id))
        if row is not None:
            async with self._listening.hand(row):
                await delete_bytes(self._store, self._media, row, row["blob"], row["picture"])
            where = {"tenant_id": tenant_id, "id": recording_id}
            await self._store.commit(lambda tx: tx.change(Recording, where, {"blob": "", "picture": ""}))
            if (body := await self._store.read(lambda tx: self._body(tx, row))) is not None:
                await self._sources.taken(body)
        return {}

    def _body(self, tx: Tx, row: Row) -> Body | None:
        """None where nobody can read it any more; what was sent in pieces is swept then."""
        try:
            return shelf.opened(tx, self._keys, row)
        except Erased:
            return None

    @staticmethod
    def _over(tx: Tx, tenant_id: str, recording_id: str) -> Row | None:
        row = shelf.get(tx, tenant_id, recording_id)
        if row is not None and row["state"] not in shelf.OVER:
            shelf.change(tx, row, state=shelf.GONE, forget_at=None)
        return row


async def delete_bytes(store: Store, media: MediaStore, row: Row, *names: str) -> None:
    """Delete what is kept under `names`, except what another recording of the same person still has. In the person's
    `Stops.hand`."""
    others = await store.read(lambda tx: _held(tx, row))
    for name in names:
        if name and name not in others:
            await media.delete(name)


def _held(tx: Tx, row: Row) -> set[str]:
    where = {"tenant_id": row["tenant_id"], "subject_id": row["subject_id"]}
    rows = (r for r in tx.find(Recording, where) if r["id"] != row["id"] and r["state"] not in shelf.OVER)
    return {name for r in rows for name in (r["blob"], r["picture"]) if name}
