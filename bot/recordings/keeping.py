"""How long recordings are kept: so many days after their interview is over. What was said stays as words; the sound goes.

Nobody has to remember to ask for it: once an hour it is looked at which interviews are over, however that came, and which
recordings have had their time. An interview that goes on after all keeps its recordings.
"""

from collections.abc import Callable

from bot.clock import Clock, Pulse
from bot.ids import Ids
from bot.keyring import Keyring
from bot.log import get
from bot.recordings import dropping
from bot.scene import After, Scene
from bot.store import recording_queries as queries
from bot.store.rows import Recording, Thread, Transcript
from bot.store.store import Row, Store, Tx

log = get("recordings")
DAY = 86_400_000
_HOUR = 3600.0  # seconds
_AT_ONCE = 50  # recordings in one transaction


class Keeping:
    """Forgets recordings in time. days: for how many after the end of their interview they are kept."""

    def __init__(
        self, store: Store, keys: Keyring, ids: Ids, clock: Clock, days: int, committed: Callable[[str, After], None]
    ) -> None:
        self._store, self._keys, self._ids, self._clock = store, keys, ids, clock
        self._days, self._committed = days, committed

    async def start(self, pulse: Pulse) -> None:
        """Look now, and every hour."""
        await self.sweep()
        pulse.every("recordings", _HOUR, self.sweep)

    async def sweep(self) -> None:
        """Note until when recordings are kept, and let those go whose time is up. Twice is once."""
        now = self._clock.now()
        await self._store.commit(lambda tx: self._note(tx, now))
        rows = await self._store.read(lambda tx: queries.due(tx, now))
        for at in range(0, len(rows), _AT_ONCE):
            some = rows[at : at + _AT_ONCE]
            for after in await self._store.commit(lambda tx, some=some: [self._forget(tx, row, now) for row in some]):
                self._committed(*after)
        if rows:
            log.info("recordings_forgotten", count=len(rows))

    def _note(self, tx: Tx, now: int) -> None:
        for row in queries.without_an_end(tx):
            tx.change(Recording, _key(row), {"forget_at": now + self._days * DAY})
        for row in queries.wanted_again(tx):
            tx.change(Recording, _key(row), {"forget_at": None})

    def _forget(self, tx: Tx, row: Row, now: int) -> tuple[str, After]:
        """The row says at once that it is gone; its bytes follow in a piece of work of their own."""
        chat = tx.one(Thread, tenant_id=row["tenant_id"], id=row["thread_id"])
        if chat is None:
            raise LookupError("a recording without its chat")
        scene = Scene(tx, self._keys, self._ids, chat, now)
        tx.delete(Transcript, {"tenant_id": row["tenant_id"], "recording_id": row["id"]})
        dropping.forget(scene, row)
        scene.fact("recording_forgotten", row["interview_id"], recording=row["id"])
        return chat["id"], scene.after


def _key(row: Row) -> Row:
    return {"tenant_id": row["tenant_id"], "id": row["id"]}
