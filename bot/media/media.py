"""THE media store: recordings are received, opened, kept, played and deleted here. See `bot.media.contract`."""

import asyncio
import errno
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from bot import log, vault
from bot.media import sealed, sniff
from bot.media.contract import Arrived, Blob, Clip, MediaProblem, Opened, Picture, Sound
from bot.media.folder import Folder
from bot.media.openers import Job, Openers, key, read
from bot.media.s3 import Bucket
from bot.media.sealed import Cipher, Damaged, SealedReader, SealedWriter
from bot.media.stores import Store, private, trouble
from bot.settings import Settings, SettingsProblem

T = TypeVar("T")
_LOG = log.get("bot.media")
_PIECE = 1 << 18  # bytes that are sealed and written at a time
_SPAN = 16  # chunks that are read at a time: 1 MiB
_LONGEST_OURS = 3 * 3_600_000  # ms; nothing that we keep is longer
_FULL = (errno.ENOSPC, errno.EDQUOT)
_MEGABYTE, _GIGABYTE = 1_000_000, 1 << 30


class Media:
    """Implements `bot.media.contract.MediaStore`. secret: what names are made with."""

    def __init__(self, store: Store, coming: Path, secret: bytes, openers: Openers) -> None:
        self._store, self._coming, self._secret, self._openers = store, coming, secret, openers
        self._in_hand = set[Path]()

    @classmethod
    def at(cls, settings: Settings) -> "Media":
        """The store that the settings name. Raises `bot.settings.SettingsProblem` and `bot.vault.KeyProblem`."""
        coming = settings.media / "coming"
        secret = hmac.digest(vault.master_key(settings), b"media", "sha256")
        if not settings.media_url:
            return cls(Folder(settings.media / "kept"), coming, secret, Openers())
        if find_spec("boto3") is None:
            needed = (
                f"Recordings are to be kept at {settings.media_url}, and that needs boto3: pip install 'parley[s3]'."
            )
            raise SettingsProblem([needed])
        return cls(Bucket(settings, coming), coming, secret, Openers())

    async def start(self) -> None:
        await self._openers.start()

    async def stop(self) -> None:
        await self._openers.stop()

    async def receive(self, source: AsyncIterator[bytes], limit: int) -> Arrived:
        """See the contract. What `source` raises goes through; nothing is left then."""
        file, fd = await _thread(self._new)
        self._in_hand.add(file)
        secret = sealed.new_key()
        try:
            writer = SealedWriter(fd, secret)
            size, digest = await _written(source, writer, limit)
        except BaseException as error:
            await _thread(lambda: file.unlink(missing_ok=True))
            self._in_hand.discard(file)
            if isinstance(error, OSError) and not isinstance(error, TimeoutError | ConnectionError):
                _LOG.error("media.not_written", kind="full" if error.errno in _FULL else "disk")
                raise trouble(error) from error
            raise
        finally:
            os.close(fd)
        return Arrived(file, secret, size, digest)

    async def open(self, arrived: Arrived, subject: str, *, video: bool, longest_ms: int) -> Opened:
        """See the contract."""
        what = "film" if video else "sound"
        name, secret = self._called(what, subject, arrived.digest)
        picture, picture_key = self._called("picture", subject, arrived.digest)
        job = _job("open", arrived.key, longest_ms, video=video, kept_key=key(secret), thumbnail_key=key(picture_key))
        # A film is copied: no smaller. Sound as Opus is larger than what came only when that was tiny.
        job["file_bytes"] = arrived.size * 2 + 64 * _MEGABYTE
        with _Opened(await _thread(lambda: _input(arrived))) as source:
            made, fd = await _thread(self._new)
            thumbnail, thumbnail_fd = await _thread(self._new)
            self._in_hand |= {made, thumbnail}
            try:
                with _Opened(fd), _Opened(thumbnail_fd):
                    result, _ = await self._openers.result(job, (source, fd, thumbnail_fd))
                await self._store.put(name, made)
                if result["thumbnail_size"]:
                    await self._store.put(picture, thumbnail)
            finally:
                await _thread(lambda: (made.unlink(missing_ok=True), thumbnail.unlink(missing_ok=True)))
                self._in_hand -= {made, thumbnail}
        jpeg = Blob(picture, picture_key, result["thumbnail_size"], "image/jpeg")
        return _opened(result, Blob(name, secret, result["size"], result["mime"]), jpeg)

    async def sound(self, arrived: Arrived, longest_ms: int) -> AsyncGenerator[bytes]:
        """See the contract."""
        with _Opened(await _thread(lambda: _input(arrived))) as source:
            async with aclosing(self._openers.data(_job("sound", arrived.key, longest_ms), (source,))) as data:
                async for piece in data:
                    yield piece

    async def discard(self, arrived: Arrived) -> None:
        """See the contract."""
        self._in_hand.discard(arrived.file)
        with suppress(OSError):  # what stays is swept
            await _thread(lambda: arrived.file.unlink(missing_ok=True))

    async def pcm(self, blob: Blob) -> AsyncGenerator[bytes]:
        """See the contract."""
        with _Opened(await self._store.fetch(blob.name)) as source:
            async with aclosing(self._openers.data(_job("sound", blob.key, 0), (source,))) as data:
                async for piece in data:
                    yield piece

    async def stream(self, blob: Blob, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        """See the contract. `MediaProblem`: gone, or trouble (it was changed since)."""
        try:
            async for piece in self._opened_chunks(blob, start, end):
                yield piece
        except Damaged as error:
            _LOG.error("media.damaged")
            raise MediaProblem("trouble") from error

    async def clip(self, blob: Blob, start_ms: int = 0, end_ms: int = 0) -> Clip:
        """See the contract."""
        job = _job("clip", blob.key, 0, start_ms=start_ms, end_ms=end_ms, automated=False)
        with _Opened(await self._store.fetch(blob.name)) as source:
            return await self._clipped(job, source)

    async def encode(self, wav: bytes) -> Clip:
        """See the contract."""
        secret = sealed.new_key()
        with _Opened(await _thread(lambda: self._sealed(wav, secret))) as source:
            return await self._clipped(_job("clip", secret, 0, start_ms=0, end_ms=0, automated=True), source)

    async def delete(self, name: str) -> None:
        """See the contract."""
        await self._store.delete(name)

    async def sweep(self, known: set[str], older_than_ms: int, now: int) -> int:
        """See the contract."""
        count, until = await _thread(lambda: self._swept(now - older_than_ms)), now - older_than_ms
        async for name, at in self._store.names():
            if name not in known and at < until:
                await self._store.delete(name)
                count += 1
        return count

    def _called(self, what: str, subject: str, digest: str) -> tuple[str, bytes]:
        """The name and the key of what is kept of something that came from somebody: the same for the same, and nobody
        without our secret can tell that two people sent the same. Once a person's rows are gone nothing leads to the key:
        it takes the digest of what came, which is written nowhere in clear."""
        about = f"{what}\0{subject}\0{digest}"
        name = hmac.digest(self._secret, f"name\0{about}".encode(), "sha256").hex()
        return name, hmac.digest(self._secret, f"key\0{about}".encode(), "sha256")

    async def _clipped(self, job: Job, source: int) -> Clip:
        result, data = await self._openers.result(job, (source,))
        return Clip(data, result["seconds"], read(result["waveform"]))

    async def _opened_chunks(self, blob: Blob, start: int, end: int | None) -> AsyncIterator[bytes]:
        cipher = Cipher(blob.key, await self._store.read(blob.name, 0, sealed.HEADER_BYTES))
        size = sealed.plain_size(await self._store.size(blob.name))
        last, end = sealed.last_chunk(size), size if end is None else min(end, size)
        while start < end:
            first = start // sealed.CHUNK
            count = min(_SPAN, (end - 1) // sealed.CHUNK - first + 1)
            data = await self._store.read(blob.name, *sealed.place(first, count))
            plain = cipher.open_many(first, last, data)[start - first * sealed.CHUNK :][: end - start]
            if not plain:
                raise Damaged("It ends too early.")
            yield plain
            start += len(plain)

    def _new(self) -> tuple[Path, int]:
        """A fresh file for what is on its way."""
        try:
            private(self._coming)
            file = self._coming / secrets.token_hex(16)
            return file, os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise trouble(error) from error

    def _sealed(self, data: bytes, secret: bytes) -> int:
        """Bytes of ours as an open sealed file without a name."""
        try:
            private(self._coming)
            with tempfile.TemporaryFile(dir=self._coming) as file:
                with SealedWriter(file.fileno(), secret) as writer:
                    writer.write(data)
                return os.dup(file.fileno())
        except OSError as error:
            raise trouble(error) from error

    def _swept(self, until: int) -> int:
        count = 0
        for file in self._coming.glob("*"):
            with suppress(FileNotFoundError):  # done with in this very moment
                if file not in self._in_hand and file.stat().st_mtime * 1000 < until:
                    file.unlink(missing_ok=True)
                    count += 1
        return count


class _Opened:
    """An open file, closed in the end."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __enter__(self) -> int:
        return self._fd

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)


async def _written(source: AsyncIterator[bytes], writer: SealedWriter, limit: int) -> tuple[int, str]:
    """Seal what comes: how many bytes, and their digest."""
    digest, waiting, size = hashlib.sha256(), bytearray(), 0

    def seal() -> None:
        digest.update(waiting)
        writer.write(waiting)
        waiting.clear()

    try:
        async for piece in source:
            size += len(piece)
            if size > limit:
                raise MediaProblem("too_large", round(limit / _MEGABYTE) or limit / _MEGABYTE)
            waiting += piece
            if len(waiting) >= _PIECE:
                await _thread(seal)
        if not size:
            raise MediaProblem("empty")
        await _thread(seal)
        # Not flushed to the disk: after a loss of power it is fetched again.
        await _thread(writer.close)
    finally:
        writer.abandon()
    return size, digest.hexdigest()


async def _thread(act: Callable[[], T]) -> T:
    """Do it in a thread; whoever is cancelled waits for its end first, since it works on files that are closed next."""
    task = asyncio.ensure_future(asyncio.to_thread(act))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def _input(arrived: Arrived) -> int:
    """What came, open. What is no recording at all isn't worth a process: that is seen here."""
    try:
        fd = os.open(arrived.file, os.O_RDONLY)
    except OSError as error:
        raise MediaProblem("trouble") from error
    try:
        sniff.demuxer(SealedReader(fd, arrived.key))
    except BaseException as error:
        os.close(fd)
        if isinstance(error, Damaged):
            raise MediaProblem("trouble") from error
        raise
    return fd


def _job(do: str, secret: bytes, longest_ms: int, **more: Any) -> Job:
    """A job for an opener. Nothing takes more than a tenth of its own length to decode, a film half of it."""
    seconds = (longest_ms or _LONGEST_OURS) / 1000
    cpu = 30 + round(seconds / (2 if more.get("video") else 10))
    return {"do": do, "key": key(secret), "longest_ms": longest_ms, "cpu_seconds": cpu, "file_bytes": _GIGABYTE, **more}


def _opened(result: Job, kept: Blob, thumbnail: Blob) -> Opened:
    return Opened(
        kept=kept,
        ms=result["ms"],
        sound=Sound(**result["sound"]),
        waveform=read(result["waveform"]),
        picture=Picture(**result["picture"]) if result["picture"] else None,
        thumbnail=thumbnail if thumbnail.size else None,
        missing=result["missing"],
        hints=tuple(result["hints"]),
    )
