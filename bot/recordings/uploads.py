"""Recordings that come from a page in pieces, and survive whatever happens between two of them.

A piece is sealed under the upload's own key, written to disk, and only then counted: what is counted is there. Whatever a
crash leaves beyond that is overwritten by the piece that comes again. Nothing is taken where nobody listens, or without
the person's consent to be recorded.
"""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from hashlib import blake2s
from typing import Any, cast
from weakref import WeakValueDictionary

from adapters.contract import Unfetchable
from bot import hiring
from bot.clock import Clock, Pulse
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.recordings import shelf
from bot.recordings.pieces import Pieces
from bot.settings import Settings
from bot.store.rows import Conversation, Interview, PartialUpload, Recording
from bot.store.store import Row, Store, Tx
from bot.vault import KEY_BYTES, Sealed, Vault

log = get("uploads")
OPEN, WHOLE, DONE, CANCELLED = "open", "whole", "done", "cancelled"
PIECE = 1024 * 1024  # bytes, the most that is taken at once
KEEP_MS = 48 * 3_600_000  # how long an upload that nobody goes on with is kept
SWEEP_S = 3600.0
AT_ONCE = 4  # uploads that one person may have under way
OFTEN, OFTEN_MS = 60, 3_600_000  # uploads that one person may begin in an hour
MOST_PIECES = 4_000  # of one upload: a page sends some hundred, and each is a file of its own
_MB = 1_000_000
_SWEPT = 500


class UploadProblem(Exception):
    """An upload can't be taken further. why: not_found, not_listening, offset, incomplete, used, too_large, quota, many,
    often or full (the disk); received: the bytes that are safe so far."""

    def __init__(self, why: str, received: int = 0) -> None:
        super().__init__(why)
        self.why, self.received = why, received


@dataclass(frozen=True, slots=True)
class Uploader:
    """Whose upload it is, from a verified session."""

    tenant_id: str
    person_id: str
    thread_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is: `received` bytes are safe. state: open, whole (all there) or done (it was sent off)."""

    id: str
    received: int
    state: str


@dataclass(frozen=True, slots=True)
class About:
    """What is sealed of an upload. key: opens its pieces (base64). utterance: what it was sent off as, "" before. took: how
    long its pieces were on their way altogether, in ms, as the page measured it; 0: not known."""

    key: str
    form: str
    media_type: str
    prepared: bool
    utterance: str = ""
    took: int = 0

    @property
    def vault(self) -> Vault:
        """Seals and opens the pieces of this upload and of no other."""
        return Vault(base64.b64decode(self.key))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A whole upload that is sent off now. size: in bytes."""

    media_type: str
    prepared: bool
    size: int


def upload_id(who: Uploader, name: str) -> str:
    """The id of the upload that a page calls `name`: no other person's, and a folder's name."""
    return "up_" + blake2s(f"{who.tenant_id}/{who.person_id}/{name}".encode(), digest_size=12).hexdigest()


def listens(tx: Tx, keys: Keyring, tenant_id: str, thread_id: str) -> Row | None:
    """The conversation of a chat in which recordings are answers now: something listens, and the person agreed. Whoever
    began to practise by themselves has agreed to that."""
    for conv in tx.find(Conversation, {"tenant_id": tenant_id, "thread_id": thread_id}, "-opened_at"):
        if conv["state"] == "ended":
            continue
        try:
            keys.load(tx, tenant_id, conv["subject_id"])
        except Erased:
            continue
        args = cast("dict[str, Any]", keys.open(tenant_id, conv["subject_id"], conv["sealed"]))
        if args.get("hears") == "on" and (conv["flow"] in shelf.PURPOSES or _agreed(tx, conv)):
            return conv
    return None


def _agreed(tx: Tx, conv: Row) -> bool:
    """Asked again each time: a consent can be taken back."""
    interview = tx.one(Interview, tenant_id=conv["tenant_id"], id=conv["interview_id"])
    return interview is not None and hiring.flags(interview).get("consents", {}).get("recording") == "yes"


class Uploads:
    """Takes pieces, gives whole recordings, and forgets what nobody goes on with."""

    def __init__(self, store: Store, keys: Keyring, settings: Settings, clock: Clock) -> None:
        self.store, self.keys, self.settings, self.clock = store, keys, settings, clock
        self.pieces = Pieces(settings.media / "uploads")
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # -- for the page -------------------------------------------------------------------------------------------------

    async def begin(self, who: Uploader, name: str, form: str, media_type: str, prepared: bool) -> Progress:
        """Begin an upload, or find the one that this page began under that name. Raises `UploadProblem`."""
        key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        about = About(key, form, media_type, prepared)
        found = upload_id(who, name)
        async with self._lock(found):
            return await self.store.commit(lambda tx: self._begun(tx, who, found, about))

    async def state(self, who: Uploader, upload: str) -> Progress:
        """Raises `UploadProblem` (not_found)."""
        return _progress(await self.store.read(lambda tx: _own(tx, who, upload)))

    async def take(self, who: Uploader, upload: str, at: int, piece: bytes) -> Progress:
        """The bytes from `at` on. Once this returns they are safe; twice is once. Raises `UploadProblem`."""
        async with self._lock(upload):
            row, about = await self.store.read(lambda tx: self._taking(tx, who, upload))
            if at + len(piece) <= row["received"]:
                return _progress(row)
            if at != row["received"] or row["state"] != OPEN:
                raise UploadProblem("offset", row["received"])
            await self.store.read(lambda tx: self._room(tx, row, len(piece)))
            await self._keep(row, about, piece)
            grown = {"received": at + len(piece), "parts": row["parts"] + 1, "forget_at": self.clock.now() + KEEP_MS}
            before = {"tenant_id": who.tenant_id, "id": upload, "state": OPEN, "received": at}
            if await self.store.commit(lambda tx: tx.change(PartialUpload, before, grown)) != 1:
                raise UploadProblem("offset", (await self.state(who, upload)).received)
            return _progress({**row, **grown})

    async def finish(self, who: Uploader, upload: str, length: int, took: int = 0) -> Progress:
        """Everything has been sent, `length` bytes in all; took: see `About`. Twice is once. Raises `UploadProblem`."""
        async with self._lock(upload):
            return await self.store.commit(lambda tx: self._finished(tx, who, upload, length, took))

    async def cancel(self, who: Uploader, upload: str) -> None:
        """The person doesn't want to send it. Raises `UploadProblem`: used, once it was sent off."""
        async with self._lock(upload):
            row = await self.store.read(lambda tx: _own(tx, who, upload))
            if row["state"] == DONE:
                raise UploadProblem("used", row["received"])
            await self.store.commit(lambda tx: tx.change(PartialUpload, _key(row), {"state": CANCELLED}))
            await asyncio.to_thread(self.pieces.remove, upload)

    async def claim(self, who: Uploader, upload: str, utterance: str) -> Claimed:
        """A whole upload is sent off as `utterance`; the same once more is fine. Raises `UploadProblem`."""
        async with self._lock(upload):
            return await self.store.commit(lambda tx: self._claimed(tx, who, upload, utterance))

    # -- for whoever listens ------------------------------------------------------------------------------------------

    async def read(self, tenant_id: str, upload: str, limit: int) -> AsyncIterator[bytes]:
        """The bytes of an upload that was sent off, piece by piece. Raises `Unfetchable`."""
        found = await self.store.read(lambda tx: self._sent(tx, tenant_id, upload))
        if found is None:
            raise Unfetchable(why="gone")
        row, about = found
        if row["received"] > limit:
            raise Unfetchable(why="too_large")
        for n in range(row["parts"]):
            try:
                piece = await asyncio.to_thread(self.pieces.read, upload, n, about.vault)
            except (FileNotFoundError, Sealed):
                raise Unfetchable(why="gone") from None
            yield piece

    async def discard(self, upload: str) -> None:
        """The recording has been taken over: its pieces aren't needed any more. Twice is once."""
        async with self._lock(upload):
            await asyncio.to_thread(self.pieces.remove, upload)

    # -- housekeeping -------------------------------------------------------------------------------------------------

    async def start(self, pulse: Pulse) -> None:
        """Forget what nobody went on with: now, and every hour."""
        await self.sweep()
        pulse.every("uploads", SWEEP_S, self.sweep)

    async def sweep(self) -> None:
        """Forget uploads whose time is up. One that was sent off stays as long as it is still to be listened to."""
        for row in await self.store.read(self._stale):
            async with self._lock(row["id"]):
                now = await self.store.read(lambda tx, row=row: tx.one(PartialUpload, **_key(row)))
                if now is None or now["forget_at"] > self.clock.now():
                    continue
                if await self.store.read(lambda tx, row=now: self._still_needed(tx, row)):
                    later = {"forget_at": self.clock.now() + KEEP_MS}
                    await self.store.commit(lambda tx, row=row, later=later: tx.change(PartialUpload, _key(row), later))
                    continue
                await asyncio.to_thread(self.pieces.remove, row["id"])
                await self.store.commit(lambda tx, row=row: tx.delete(PartialUpload, _key(row)))

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _begun(self, tx: Tx, who: Uploader, upload: str, about: About) -> Progress:
        conv = listens(tx, self.keys, who.tenant_id, who.thread_id)
        if conv is None:
            raise UploadProblem("not_listening")
        known = tx.one(PartialUpload, tenant_id=who.tenant_id, id=upload)
        if known is not None and known["state"] != CANCELLED:
            return _progress(known)
        now = self.clock.now()
        own = tx.find(PartialUpload, {"tenant_id": who.tenant_id, "person_id": who.person_id}, "-at")
        if sum(r["state"] in (OPEN, WHOLE) for r in own) >= AT_ONCE:
            raise UploadProblem("many")
        if sum(now - r["at"] < OFTEN_MS for r in own) >= OFTEN:
            raise UploadProblem("often")
        row: Row = {"tenant_id": who.tenant_id, "id": upload, "thread_id": who.thread_id, "person_id": who.person_id}
        row |= {"subject_id": conv["subject_id"], "state": OPEN, "received": 0, "parts": 0, "at": now}
        row |= {"forget_at": now + KEEP_MS, "sealed": b""}
        self._room(tx, row, 1)
        tx.put(PartialUpload, {**row, "sealed": self.keys.seal(who.tenant_id, conv["subject_id"], asdict(about))})
        return _progress(row)

    def _taking(self, tx: Tx, who: Uploader, upload: str) -> tuple[Row, About]:
        row = _own(tx, who, upload)
        if listens(tx, self.keys, who.tenant_id, who.thread_id) is None:
            raise UploadProblem("not_listening", row["received"])
        return row, self._about(tx, row)

    def _room(self, tx: Tx, row: Row, more: int) -> None:
        """Is there room for `more` bytes? Raises `UploadProblem`."""
        if row["received"] + more > self.settings.recording_megabytes * _MB or row["parts"] >= MOST_PIECES:
            raise UploadProblem("too_large", row["received"])
        whose = {"tenant_id": row["tenant_id"], "subject_id": row["subject_id"]}
        kept = sum(r["size"] for r in tx.find(Recording, whose) if shelf.takes_room(r))
        coming = sum(r["received"] for r in tx.find(PartialUpload, whose) if r["state"] in (OPEN, WHOLE))
        if kept + coming + more > self.settings.recording_quota * _MB:
            raise UploadProblem("quota", row["received"])

    def _finished(self, tx: Tx, who: Uploader, upload: str, length: int, took: int) -> Progress:
        row, about = self._taking(tx, who, upload)
        if row["received"] != length or not length:
            raise UploadProblem("incomplete", row["received"])
        if row["state"] == OPEN:
            sealed = self.keys.seal(row["tenant_id"], row["subject_id"], {**asdict(about), "took": took})
            tx.change(PartialUpload, _key(row), {"state": WHOLE, "sealed": sealed})
            row = {**row, "state": WHOLE}
        return _progress(row)

    def _claimed(self, tx: Tx, who: Uploader, upload: str, utterance: str) -> Claimed:
        row = _own(tx, who, upload)
        about = self._about(tx, row)
        if row["thread_id"] != who.thread_id:
            raise UploadProblem("not_found")
        if row["state"] == OPEN:
            raise UploadProblem("incomplete", row["received"])
        if row["state"] == DONE and about.utterance != utterance:
            raise UploadProblem("used", row["received"])
        if row["state"] == WHOLE:
            mine = self.keys.seal(row["tenant_id"], row["subject_id"], {**asdict(about), "utterance": utterance})
            tx.change(PartialUpload, _key(row), {"state": DONE, "sealed": mine})
        return Claimed(about.media_type, about.prepared, row["received"])

    def _sent(self, tx: Tx, tenant_id: str, upload: str) -> tuple[Row, About] | None:
        row = tx.one(PartialUpload, tenant_id=tenant_id, id=upload)
        return None if row is None or row["state"] != DONE else (row, self._about(tx, row))

    def _stale(self, tx: Tx) -> list[Row]:
        now, found = self.clock.now(), list[Row]()
        for state in (OPEN, WHOLE, DONE, CANCELLED):
            rows = tx.find(PartialUpload, {"state": state}, "forget_at", _SWEPT)
            found += [r for r in rows if r["forget_at"] <= now]
        return found

    def _still_needed(self, tx: Tx, row: Row) -> bool:
        if row["state"] != DONE:
            return False
        try:
            utterance = self._about(tx, row).utterance
        except Erased:
            return False
        recording = tx.one(Recording, tenant_id=row["tenant_id"], id=utterance)
        if recording is None:
            return False
        # With trouble on our side the person was asked whether we may try once more.
        trouble = recording["state"] == shelf.UNHEARD and recording["why"] == "trouble"
        return trouble or recording["state"] == shelf.COMING

    def _about(self, tx: Tx, row: Row) -> About:
        """Raises `bot.keyring.Erased`."""
        self.keys.load(tx, row["tenant_id"], row["subject_id"])
        return About(**cast("dict[str, Any]", self.keys.open(row["tenant_id"], row["subject_id"], row["sealed"])))

    def _lock(self, upload: str) -> asyncio.Lock:
        return self._locks.setdefault(upload, asyncio.Lock())

    async def _keep(self, row: Row, about: About, piece: bytes) -> None:
        try:
            await asyncio.to_thread(self.pieces.write, row["id"], row["parts"], about.vault, piece)
        except OSError as problem:
            log.error("upload_not_stored", upload=row["id"], errno=problem.errno)
            raise UploadProblem("full", row["received"]) from None


def took(tx: Tx, keys: Keyring, tenant_id: str, upload: str) -> int | None:
    """How long the pieces of an upload were on their way, in ms; None where that isn't known. Raises `Erased`."""
    row = tx.one(PartialUpload, tenant_id=tenant_id, id=upload) if upload else None
    if row is None:
        return None
    keys.load(tx, tenant_id, row["subject_id"])
    return cast("dict[str, Any]", keys.open(tenant_id, row["subject_id"], row["sealed"])).get("took") or None


def _own(tx: Tx, who: Uploader, upload: str) -> Row:
    row = tx.one(PartialUpload, tenant_id=who.tenant_id, id=upload)
    if row is None or row["person_id"] != who.person_id or row["state"] == CANCELLED:
        raise UploadProblem("not_found")
    return row


def _progress(row: Row) -> Progress:
    return Progress(row["id"], row["received"], row["state"])


def _key(row: Row) -> Row:
    return {"tenant_id": row["tenant_id"], "id": row["id"]}
