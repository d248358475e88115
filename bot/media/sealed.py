"""The sealed file: how the bytes of a recording lie on a disk. Written as a stream, read at any place, never in clear.

    header:  b"PARLEY\\0" | version (1 byte) | salt (24 bytes)
    chunk i: AES-256-GCM of 65,536 bytes (the last one: 1 to 65,536; an empty file: 0), each followed by its tag of 16 bytes

The key of a file is HMAC-SHA256(key, header), so that one key may seal several files; the nonce is the number of the chunk
and a mark on the last one. A file that was cut, put in another order or mixed with another one can't be opened.

The first chunk is written last: containers such as MP4 and WebM go back to their beginning to note how long they became.
"""

import hmac
import io
import os
import secrets
from collections import OrderedDict
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
HEADER_BYTES = 32
CHUNK = 65_536
_MAGIC = b"PARLEY\0\x01"
_TAG = 16
_SEALED_CHUNK = CHUNK + _TAG
_CACHED = 4  # chunks: those who read containers jump between a few places


class Damaged(Exception):
    """These are not the bytes that were sealed, or the key is another one."""


class Bytes(Protocol):
    """What `io` calls a readable buffer."""

    def __buffer__(self, flags: int, /) -> memoryview: ...


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def plain_size(sealed: int) -> int:
    """How many bytes a sealed file of this size holds. Raises `Damaged` for a size that no sealed file has."""
    body = sealed - HEADER_BYTES
    chunks = -(-body // _SEALED_CHUNK)
    if body < _TAG or (chunks > 1 and body - (chunks - 1) * _SEALED_CHUNK <= _TAG):
        raise Damaged("It ends too early.")
    return body - chunks * _TAG


def last_chunk(size: int) -> int:
    """The number of the last chunk of `size` bytes."""
    return max(0, size - 1) // CHUNK


def place(first: int, count: int = 1) -> tuple[int, int]:
    """Where `count` chunks from number `first` on lie in the file: (offset, at most so many bytes)."""
    return HEADER_BYTES + first * _SEALED_CHUNK, count * _SEALED_CHUNK


class Cipher:
    """Seals and opens single chunks of the file that `header` belongs to."""

    def __init__(self, key: bytes, header: bytes) -> None:
        if len(header) != HEADER_BYTES or not header.startswith(_MAGIC):
            raise Damaged("It doesn't begin as a sealed file does.")
        self._gcm = AESGCM(hmac.digest(key, header, "sha256"))

    def seal(self, number: int, last: bool, plain: bytes | bytearray) -> bytes:
        return self._gcm.encrypt(_nonce(number, last), bytes(plain), None)

    def open(self, number: int, last: bool, data: bytes) -> bytes:
        """Raises `Damaged`."""
        try:
            return self._gcm.decrypt(_nonce(number, last), data, None)
        except InvalidTag:
            raise Damaged("A chunk of it was changed, or belongs to another file.") from None

    def open_many(self, first: int, last: int, data: bytes) -> bytes:
        """Chunks that follow each other, from number `first` on. last: the number of the file's last chunk."""
        pieces = [data[at : at + _SEALED_CHUNK] for at in range(0, len(data), _SEALED_CHUNK)]
        return b"".join(self.open(n, n == last, piece) for n, piece in enumerate(pieces, first))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into the open file `fd` (empty, not closed here). Memory: two chunks.

    Appends; going back is possible within the first chunk, and within the one that is being filled. `close` finishes it:
    without that the file can't be opened. Raises OSError, as files do.
    """

    def __init__(self, fd: int, key: bytes) -> None:
        super().__init__()
        header = _MAGIC + secrets.token_bytes(HEADER_BYTES - len(_MAGIC))
        self._fd, self._cipher = fd, Cipher(key, header)
        self._first, self._tail = bytearray(), bytearray()
        self._number = 1  # of the chunk that `_tail` will be
        self._at = 0
        self._put(header, 0)

    @property
    def size(self) -> int:
        """How many bytes it holds so far."""
        return len(self._first) + (self._number - 1) * CHUNK + len(self._tail)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if not 0 <= base + offset <= self.size:
            raise io.UnsupportedOperation("A sealed file has no holes.")
        self._at = base + offset
        return self._at

    def write(self, data: Bytes, /) -> int:
        view = memoryview(data).cast("B")
        if self._at < self.size:
            self._patch(view)
        else:
            self._append(view)
        self._at += len(view)
        return len(view)

    def close(self) -> None:
        """Seal what is left. Twice is once."""
        if self.closed:
            return
        super().close()
        if self._tail:
            self._put(self._cipher.seal(self._number, True, self._tail), place(self._number)[0])
        self._put(self._cipher.seal(0, not self._tail, self._first), place(0)[0])

    def abandon(self) -> None:
        """Leave it unfinished."""
        super().close()

    def _append(self, view: memoryview) -> None:
        room = CHUNK - len(self._first)
        self._first += view[:room]
        self._tail += view[room:]
        done = 0
        while len(self._tail) - done > CHUNK:
            chunk = self._cipher.seal(self._number, False, self._tail[done : done + CHUNK])
            self._put(chunk, place(self._number)[0])
            self._number, done = self._number + 1, done + CHUNK
        if done:
            del self._tail[:done]

    def _patch(self, view: memoryview) -> None:
        tail = self._number * CHUNK
        part, begin = (self._tail, tail) if self._at >= tail else (self._first, 0)
        at = self._at - begin
        if at + len(view) > len(part):
            raise io.UnsupportedOperation("This part of the file is sealed already.")
        part[at : at + len(view)] = view

    def _put(self, data: bytes, offset: int) -> None:
        while data:
            written = os.pwrite(self._fd, data, offset)
            data, offset = data[written:], offset + written


class SealedReader(io.RawIOBase):
    """What was sealed into the open file `fd` (not closed here), at any place. Memory: a few chunks. Raises `Damaged`."""

    def __init__(self, fd: int, key: bytes) -> None:
        super().__init__()
        self._fd = fd
        self._cipher = Cipher(key, os.pread(fd, HEADER_BYTES, 0))
        self.size = plain_size(os.fstat(fd).st_size)
        self._last = last_chunk(self.size)
        self._chunks = OrderedDict[int, bytes]()
        self._at = 0
        self._chunk(self._last)  # Only a whole file has a last chunk that opens.

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, all of them unless the file ends."""
        rest = max(0, self.size - self._at)
        wanted = rest if size is None or size < 0 else min(size, rest)
        pieces = list[bytes]()
        while wanted:
            number, at = divmod(self._at, CHUNK)
            piece = self._chunk(number)[at : at + wanted]
            pieces.append(piece)
            self._at, wanted = self._at + len(piece), wanted - len(piece)
        return b"".join(pieces)

    def _chunk(self, number: int) -> bytes:
        found = self._chunks.get(number)
        if found is None:
            offset, length = place(number)
            found = self._cipher.open(number, number == self._last, os.pread(self._fd, length, offset))
            self._chunks[number] = found
            if len(self._chunks) > _CACHED:
                self._chunks.popitem(last=False)
        return found
