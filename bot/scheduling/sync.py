"""Reading calendars in the background, so that no question for a time ever waits for one.

`Syncer` reads what is due at each tick of the pulse, and what it hears of at once (a push, a new connection). What is
due is in the rows, so that nothing is lost when this process ends; reading twice is harmless.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot import people
from bot.clock import Clock, Pulse
from bot.ids import Ids
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.scene import After, Scene
from bot.scheduling import accounts, keeping, profiles
from bot.scheduling.accounts import Clients, Content
from bot.scheduling.looking import Look, Looker
from bot.scheduling.profiles import Profile
from bot.settings import Settings
from bot.store import calendar_queries as queries
from bot.store.rows import CalendarAccount, CalendarEntry, Thread
from bot.store.store import Row, Store, StoreUnavailable, Tx
from calendar_sync.entry import invitation_uid
from calendar_sync.google_push import heard

log = get("calendars")
TICK_SECONDS = 20.0
AT_ONCE = 4
_MOST_DUE = 200
Done = Callable[[str, After], None]


class Syncer:
    """Keeps all calendars read. `committed`: told what has to happen after a commit (the runner's own)."""

    def __init__(
        self, store: Store, keys: Keyring, ids: Ids, clock: Clock, settings: Settings, clients: Clients, committed: Done
    ) -> None:
        self._store, self._keys, self._ids, self._clock, self._settings = store, keys, ids, clock, settings
        self.clients, self._committed = clients, committed
        self._looker = Looker(clients, clock, ids)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopping = False

    async def start(self, pulse: Pulse) -> None:
        """Nothing was heard while Parley was away, so all are due now; from now on at every tick."""
        now = self._clock.now()
        await self._store.commit(lambda tx: queries.all_due(tx, now))
        pulse.every("calendars", TICK_SECONDS, self.tick)
        await self.tick()

    async def stop(self) -> None:
        """Let go of what is being read; it is still due."""
        self._stopping = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait until nothing is being read."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def tick(self) -> None:
        """Begin to read everything that is due."""
        now = self._clock.now()
        try:
            due = await self._store.read(lambda tx: queries.due_accounts(tx, now, _MOST_DUE))
        except StoreUnavailable:
            log.error("store_unavailable")
            return
        for row in due:
            self.soon(row["tenant_id"], row["id"], again=False)

    def soon(self, tenant_id: str, account_id: str, again: bool = True) -> None:
        """Read an account now. again: what is being read at this moment may be older than what we heard of."""
        if self._stopping:
            return
        if account_id in self._tasks:
            if again:
                self._again.add(account_id)
            return
        task = asyncio.create_task(self._run(tenant_id, account_id), name=f"calendar {account_id}")
        self._tasks[account_id] = task

    async def _run(self, tenant_id: str, account_id: str) -> None:
        try:
            async with self._room:
                self._again.discard(account_id)
                await self.sync(tenant_id, account_id)
        except StoreUnavailable:
            log.error("store_unavailable", account_id=account_id)
        # A bug in reading one calendar must cost nobody else theirs; it is still due, and tried again.
        except Exception as problem:
            log.exception("calendar_not_read", account_id=account_id, problem_kind=type(problem).__name__)
            with suppress(StoreUnavailable):
                await self._postpone(tenant_id, account_id)
        finally:
            self._tasks.pop(account_id, None)
            if account_id in self._again:
                self._again.discard(account_id)
                self.soon(tenant_id, account_id)

    async def _postpone(self, tenant_id: str, account_id: str) -> None:
        due = {"due_at": self._clock.now() + accounts.EVERY["ics"]}
        key = {"tenant_id": tenant_id, "id": account_id}
        await self._store.commit(lambda tx: tx.change(CalendarAccount, key, due))

    async def sync(self, tenant_id: str, account_id: str) -> Look | None:
        """Read one account and store what was seen; None where there is none (any longer)."""
        try:
            found = await self._store.read(lambda tx: self._load(tx, tenant_id, account_id))
        except Erased:  # of somebody who was erased nothing is read any more
            key = {"tenant_id": tenant_id, "id": account_id}
            await self._store.commit(lambda tx: tx.delete(CalendarAccount, key))
            return None
        if found is None:
            return None
        row, content, profile, own = found
        began = self._clock.now()
        look = await self._looker.look(row, content, profile, own)
        after = await self._store.commit(lambda tx: self._keep(tx, row, look, began))
        if after is not None:
            self._committed(*after)
        return look

    def _load(self, tx: Tx, tenant_id: str, account_id: str) -> tuple[Row, Content, Profile, frozenset[str]] | None:
        row = tx.one(CalendarAccount, tenant_id=tenant_id, id=account_id)
        if row is None:
            return None
        person = row["interviewer_id"]
        content = accounts.content_of(tx, self._keys, row)
        profile = profiles.load(tx, self._keys, tenant_id, person)
        mine = tx.find(CalendarEntry, {"tenant_id": tenant_id, "person_id": person}, "appointment_id")
        own = frozenset(invitation_uid(e["appointment_id"]) for e in mine)
        return row, content, profile or profiles.default(self._settings.time_zone), own

    def _keep(self, tx: Tx, row: Row, look: Look, began: int) -> tuple[str, After] | None:
        chat = people.chat_of(tx, row["tenant_id"], row["interviewer_id"])
        thread = tx.one(Thread, tenant_id=row["tenant_id"], id=chat) if chat else None
        if thread is None:
            return None
        # Letters and work only: nothing is shown in this chat itself, so that its turns need not wait for calendars.
        scene = Scene(tx, self._keys, self._ids, thread, self._clock.now())
        keeping.keep(scene, row, look, began, self._settings.time_zone)
        return chat, scene.after

    # -- push -------------------------------------------------------------------------------------------

    async def pushed(self, headers: dict[str, str]) -> bool:
        """A notification of Google's: the account it is about is read. False for one that isn't from Google."""
        id = {k.lower(): v for k, v in headers.items()}.get("x-goog-channel-id", "")
        found = await self._store.read(lambda tx: self._channel(tx, id))
        if heard(headers, [found[1]] if found else []) is None or found is None:
            return False
        self.soon(found[0]["tenant_id"], found[0]["id"])
        return True

    def _channel(self, tx: Tx, id: str) -> tuple[Row, Any] | None:
        rows = tx.find(CalendarAccount, {"channel_id": id}) if id else []
        if not rows:
            return None
        try:
            channel = accounts.channel_of(accounts.content_of(tx, self._keys, rows[0]))
        except Erased:
            return None
        return (rows[0], channel) if channel else None
