"""Whose key opens what: data keys of subjects, wrapped by the tenant's key, wrapped by the master key.

A subject is a candidate, a team member, or the tenant itself. Everything personal is sealed under its
subject's key, so that erasing a person is destroying one row, in backups too once they expire.
"""

import orjson

from bot.store.rows import DataKey, Tenant
from bot.store.store import Lru, Row, Tx
from bot.vault import Vault


class Erased(LookupError):
    """The subject's key is gone: the person asked to be erased, and nothing of theirs can be read."""


class Keyring:
    """Seals and opens JSON values. Keys are cached; the cache is bounded."""

    def __init__(self, vault: Vault, size: int = 20_000) -> None:
        self._vault = vault
        self._keys: Lru[bytes] = Lru(size)

    def found_tenant(self, tx: Tx, tenant_id: str, name: str, at: int) -> bool:
        """Create the tenant with its key, unless it exists; True when it was created."""
        wrapped = self._vault.wrap(self._vault.new_key(), tenant_id)
        # What an earlier try of this transaction cached was rolled back with it.
        self._keys.pop(f"tenant:{tenant_id}", None)
        return tx.add(Tenant, {"tenant_id": tenant_id, "name": name, "wrapped_key": wrapped, "created_at": at})

    def create(self, tx: Tx, tenant_id: str, subject_id: str, at: int) -> None:
        """Give a new subject a key of its own."""
        wrapped = self._vault.seal(self._tenant_key(tx, tenant_id), self._vault.new_key(), f"{tenant_id}/{subject_id}")
        row: Row = {"tenant_id": tenant_id, "subject_id": subject_id, "wrapped": wrapped, "created_at": at}
        self.forget(tenant_id, subject_id)
        tx.add(DataKey, row)

    def load(self, tx: Tx, tenant_id: str, subject_id: str) -> None:
        """Make sure that the subject's key is at hand for `seal` and `open`. Raises `Erased`."""
        name = f"{tenant_id}/{subject_id}"
        if self._keys.take(name) is not None:
            return
        row = tx.one(DataKey, tenant_id=tenant_id, subject_id=subject_id)
        if row is None:
            raise Erased(subject_id)
        self._keys.keep(name, self._vault.open(self._tenant_key(tx, tenant_id), row["wrapped"], name))

    def load_read(self, tx: Tx, tenant_id: str, subject_id: str, wrapped: bytes) -> None:
        """As `load`, for a caller who has read the row of the key already, of many people at once."""
        name = f"{tenant_id}/{subject_id}"
        if self._keys.take(name) is None:
            self._keys.keep(name, self._vault.open(self._tenant_key(tx, tenant_id), wrapped, name))

    def loaded(self, tenant_id: str, subject_id: str) -> bool:
        """Is the subject's key at hand, so that `load` would not ask the database?"""
        return self._keys.take(f"{tenant_id}/{subject_id}") is not None

    def forget(self, tenant_id: str, subject_id: str) -> None:
        """Drop a cached key, after its row was destroyed."""
        self._keys.pop(f"{tenant_id}/{subject_id}", None)

    def seal(self, tenant_id: str, subject_id: str, value: object) -> bytes:
        """A JSON value, encrypted. The subject's key must have been loaded."""
        name = f"{tenant_id}/{subject_id}"
        return self._vault.seal(self._key(name), orjson.dumps(value), name)

    def open(self, tenant_id: str, subject_id: str, blob: bytes) -> object:
        """The JSON value in a sealed column. Raises `bot.vault.Sealed` when it was tampered with."""
        name = f"{tenant_id}/{subject_id}"
        return orjson.loads(self._vault.open(self._key(name), blob, name))

    def _key(self, name: str) -> bytes:
        key = self._keys.take(name)
        if key is None:
            raise LookupError(f"the key of {name} was not loaded in this transaction")
        return key

    def _tenant_key(self, tx: Tx, tenant_id: str) -> bytes:
        key = self._keys.take(f"tenant:{tenant_id}")
        if key is None:
            row = tx.one(Tenant, tenant_id=tenant_id)
            if row is None:
                raise LookupError("no such tenant")
            key = self._vault.unwrap(row["wrapped_key"], tenant_id)
            self._keys.keep(f"tenant:{tenant_id}", key)
        return key
