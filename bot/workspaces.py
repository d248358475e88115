"""Which workspaces Parley serves, whose they are, and the tokens to act in them.

A Slack team or Discord server belongs to one tenant. Tokens are sealed under that tenant's own key and are in
clear in memory only.
"""

import time
from dataclasses import dataclass
from typing import Any, cast

from adapters.contract import Installation, Who
from bot import people
from bot.arrivals import identity_space
from bot.clock import Clock
from bot.ids import Ids, digest
from bot.keyring import Keyring
from bot.log import get
from bot.store.rows import AccessToken, Tenant
from bot.store.rows import Installation as InstallationRow
from bot.store.store import Lru, Row, Store, Tx

log = get("workspaces")
_REMEMBERED = 1024
_SECONDS = 30.0  # how long another process's change may go unnoticed
_STATE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace and its tenant."""

    tenant_id: str
    installation: Installation


class Workspaces:
    """Looks up and keeps installations. `main`: the tenant that the first workspace of a platform belongs to."""

    def __init__(self, store: Store, keys: Keyring, ids: Ids, clock: Clock, main: str) -> None:
        self.store, self.keys, self.ids, self.clock, self.main = store, keys, ids, clock, main
        self._known: Lru[tuple[float, Workspace | None]] = Lru(_REMEMBERED)

    async def get(self, platform: str, workspace: str) -> Workspace | None:
        """The workspace, unless it isn't one of ours."""
        name = f"{platform}/{workspace}"
        known = self._known.take(name)
        if known is None or time.monotonic() - known[0] > _SECONDS:
            found = await self.store.read(lambda tx: self._find(tx, platform, workspace))
            self._known.keep(name, known := (time.monotonic(), found))
        return known[1]

    async def keep(self, platform: str, found: Installation, installer: Who | None) -> None:
        """A workspace has installed Parley, or did so again. Who installs first becomes an admin there."""
        await self.store.commit(lambda tx: self._keep(tx, platform, found, installer))
        self._known.pop(f"{platform}/{found.workspace}", None)
        log.info("workspace_installed", platform=platform, workspace=found.workspace)

    async def adopt(self, tenant_id: str, platform: str, workspace: str) -> None:
        """An admin of a tenant has brought Parley into a workspace that belonged to nobody (any longer)."""
        row = self._row(tenant_id, platform, Installation(workspace, ""))
        left = {"platform": platform, "workspace": workspace, "state": "removed"}
        await self.store.commit(lambda tx: tx.add(InstallationRow, row) or tx.change(InstallationRow, left, row))
        self._known.pop(f"{platform}/{workspace}", None)

    async def remove(self, platform: str, workspace: str) -> None:
        """A workspace has removed Parley: its token is forgotten, what was said there is not."""
        gone = {"state": "removed", "sealed": None, "at": self.clock.now()}
        key = {"platform": platform, "workspace": workspace}
        await self.store.commit(lambda tx: tx.change(InstallationRow, key, gone))
        self._known.pop(f"{platform}/{workspace}", None)
        log.warning("workspace_removed", platform=platform, workspace=workspace)

    # -- one round of OAuth ---------------------------------------------------------------------------

    async def new_state(self, session: str) -> str:
        """A secret that one browser may bring back once, within ten minutes."""
        at = self.clock.now()
        return await self.store.commit(
            lambda tx: people.issue_link(
                tx, self.ids, self.main, "oauth", digest(session), "", at, 0, minutes=_STATE_MINUTES
            )
        )

    async def use_state(self, state: str, session: str) -> bool:
        at, mine = self.clock.now(), digest(session)

        def unit(tx: Tx) -> bool:
            # Looked at first: a foreign browser must not be able to use somebody's state up.
            row = tx.one(AccessToken, digest=digest(state))
            if row is None or row["purpose"] != "oauth" or row["person_id"] != mine:
                return False
            return not isinstance(people.use_up(tx, state, at, ("oauth",)), people.Refused)

        return await self.store.commit(unit)

    # -- inside ---------------------------------------------------------------------------------------

    def _find(self, tx: Tx, platform: str, workspace: str) -> Workspace | None:
        row = tx.one(InstallationRow, platform=platform, workspace=workspace)
        if row is None or row["state"] != "active":
            return None
        found: dict[str, Any] = {}
        if row["sealed"] is not None:
            self.keys.load(tx, row["tenant_id"], row["tenant_id"])
            found = cast("dict[str, Any]", self.keys.open(row["tenant_id"], row["tenant_id"], row["sealed"]))
        return Workspace(
            row["tenant_id"], Installation(workspace, found.get("token", ""), **_named(found, row["name"]))
        )

    def _keep(self, tx: Tx, platform: str, found: Installation, installer: Who | None) -> None:
        key = {"platform": platform, "workspace": found.workspace}
        known = tx.one(InstallationRow, **key)
        tenant_id = known["tenant_id"] if known else self._tenant_for(tx, platform, found)
        if tenant_id is None:
            return
        row = self._row(tenant_id, platform, found)
        if found.token:
            self.keys.load(tx, tenant_id, tenant_id)
            secret = {"token": found.token, "bot_user": found.bot_user, "bot_id": found.bot_id}
            row["sealed"] = self.keys.seal(tenant_id, tenant_id, secret)
        tx.put(InstallationRow, row)
        if installer is not None:
            self._make_admin(tx, tenant_id, installer)

    def _tenant_for(self, tx: Tx, platform: str, found: Installation) -> str | None:
        """Whose a new workspace is: the first of a platform is the main tenant's, a further one has a tenant of its own.

        One without a token (a Discord server that somebody added the bot to) is nobody's until an admin says so.
        """
        at = self.clock.now()
        if not tx.find(InstallationRow, {"platform": platform, "tenant_id": self.main}):
            self._found(tx, self.main, found.name, at)
            return self.main
        if not found.token:
            return None
        tenant_id = self.ids.new("t")
        self._found(tx, tenant_id, found.name or found.workspace, at)
        return tenant_id

    def _found(self, tx: Tx, tenant_id: str, name: str, at: int) -> None:
        if tx.one(Tenant, tenant_id=tenant_id) is None and self.keys.found_tenant(tx, tenant_id, name, at):
            self.keys.create(tx, tenant_id, tenant_id, at)

    def _make_admin(self, tx: Tx, tenant_id: str, who: Who) -> None:
        """Whoever installs is the admin of a tenant that has none. Any member of a workspace may be able to install, so
        that this must never lead into a team that exists: its admins let people in (`/interview join CODE`)."""
        if people.with_role(tx, tenant_id, "*", "admin"):
            return
        space, at = identity_space(who), self.clock.now()
        person = people.identified(tx, tenant_id, who.platform, space, who.user)
        if not person:
            person, _ = people.add_person(tx, self.keys, self.ids, tenant_id, "member", who.name or who.user, at)
            people.add_identity(tx, self.ids, tenant_id, person, who.platform, space, who.user, at)
        if not people.is_candidate(tx, tenant_id, person):
            people.give_role(tx, tenant_id, "*", person, "admin")

    def _row(self, tenant_id: str, platform: str, found: Installation) -> Row:
        row: Row = {"platform": platform, "workspace": found.workspace, "tenant_id": tenant_id, "name": found.name}
        return {**row, "state": "active", "sealed": None, "at": self.clock.now()}


def _named(found: dict[str, Any], name: str) -> dict[str, str]:
    return {"bot_user": found.get("bot_user", ""), "bot_id": found.get("bot_id", ""), "name": name}
