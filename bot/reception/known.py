"""The people we know: from a platform's user to the person, their tenant and their own chat."""

import time
from dataclasses import dataclass

from adapters.contract import Who
from bot import people
from bot.arrivals import identity_space
from bot.store.rows import Identity
from bot.store.store import Lru, Store, Tx
from bot.workspaces import Workspaces

_PEOPLE = 8192
_SECONDS = 5.0  # how long it may take until a person's new role or chat is noticed


@dataclass(frozen=True, slots=True)
class Known:
    """A person as their platform's user is known: one chat of their own."""

    tenant_id: str
    person_id: str
    thread_id: str
    member: bool


class Acquaintances:
    """Who is who, looked up in the database and remembered for a few seconds."""

    def __init__(self, store: Store, workspaces: Workspaces) -> None:
        self.store, self.workspaces = store, workspaces
        self._kept: Lru[tuple[float, Known]] = Lru(_PEOPLE)

    async def find(self, who: Who) -> Known | None:
        """The person behind a platform's user, if we know them."""
        name = _name(who)
        kept = self._kept.take(name)
        fresh = kept[1] if kept is not None and time.monotonic() - kept[0] < _SECONDS else None
        if fresh is not None and not who.workspace:
            return fresh
        tenant_id = await self.tenant(who)
        if tenant_id is None or (fresh is not None and fresh.tenant_id == tenant_id):
            return fresh if tenant_id else None  # a workspace that was removed is noticed at once
        found = await self.store.read(lambda tx: _known(tx, tenant_id, who))
        if found is not None:
            self._kept.keep(name, (time.monotonic(), found))
        return found

    async def tenant(self, who: Who) -> str | None:
        """Whose event it is. Where the envelope names no workspace, the person's identity decides."""
        if who.platform == "slack" or who.workspace:
            found = await self.workspaces.get(who.platform, who.workspace)
            return found.tenant_id if found else None
        if who.platform == "telegram":
            return self.workspaces.main
        return await self.store.read(lambda tx: _newest_tenant(tx, who)) or self.workspaces.main

    def forget(self, who: Who) -> None:
        """Look this one up anew the next time: something about them has just changed."""
        self._kept.pop(_name(who), None)

    def clear(self) -> None:
        """Look everybody up anew."""
        self._kept.clear()


def _name(who: Who) -> str:
    return f"{who.platform}/{who.workspace}/{who.user}"


def _known(tx: Tx, tenant_id: str, who: Who) -> Known | None:
    person = people.identified(tx, tenant_id, who.platform, identity_space(who), who.user)
    thread = people.chat_of(tx, tenant_id, person) if person else ""
    if not thread:
        return None
    return Known(tenant_id, person, thread, not people.is_candidate(tx, tenant_id, person))


def _newest_tenant(tx: Tx, who: Who) -> str:
    """Of a user whom several tenants know, the tenant that met them last."""
    where = {"platform": who.platform, "workspace": "", "user_ref": who.user}
    found = tx.find(Identity, where, "-created_at", 1)
    return found[0]["tenant_id"] if found else ""
