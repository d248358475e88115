"""Personal data at rest. The only file that encrypts.

Keys come in a chain: the master key wraps a tenant's key (`wrap`), a tenant's key seals a person's data key
(`seal`), and that seals what the person said. To erase a person is to destroy the data key.

A sealed value is `0x01 | nonce (12 bytes) | AES-256-GCM ciphertext and tag`. `aad` says what the value is and
whose (for example "utterance/u_1"); opening it as anything else fails, so a row cannot be passed off as another.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.settings import Settings

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_SHORTEST = len(_VERSION) + _NONCE_BYTES + 16


class Sealed(Exception):
    """A value cannot be opened: a different key, a different place, or changed bytes."""


class KeyProblem(Exception):
    """There is no usable master key. The message says why and what to do."""


class Vault:
    """Seals and opens under 32-byte keys. Holds the master key; knows nothing about people or tables."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise KeyProblem(f"The master key must be {KEY_BYTES} bytes long.")
        self._master = master
        # Preparing a cipher costs more than a short message. The cache holds keys in memory only.
        self._cipher = lru_cache(maxsize=1024)(AESGCM)

    def new_key(self) -> bytes:
        """A fresh 32-byte key for a tenant or a person."""
        return secrets.token_bytes(KEY_BYTES)

    def wrap(self, key: bytes, aad: str) -> bytes:
        """A tenant's key, sealed under the master key."""
        return self.seal(self._master, key, aad)

    def unwrap(self, blob: bytes, aad: str) -> bytes:
        """The inverse of `wrap`; `Sealed` under a different master key."""
        return self.open(self._master, blob, aad)

    def seal(self, key: bytes, plain: bytes, aad: str) -> bytes:
        """`plain`, encrypted under `key` and tied to `aad`. Twice the same input gives two different values."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher(key).encrypt(nonce, plain, aad.encode())

    def open(self, key: bytes, blob: bytes, aad: str) -> bytes:
        """The inverse of `seal`; `Sealed` for a different key or `aad`, or when a byte was changed."""
        if len(blob) < _SHORTEST or blob[:1] != _VERSION:
            raise Sealed("This is not a value that Parley sealed.")
        nonce, body = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
        try:
            return self._cipher(key).decrypt(nonce, body, aad.encode())
        except InvalidTag:
            # Nothing of the cause is passed on: it has nothing to add and must not reach a log.
            raise Sealed("This cannot be opened: it was sealed under a different key or changed since.") from None

    def tag(self, key: bytes, text: str) -> str:
        """A keyed fingerprint (HMAC-SHA256, hexadecimal) to find a value again without storing it."""
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def key_file(home: Path) -> Path:
    """Where the master key is kept when it does not come from the environment."""
    return home / "master.key"


def master_key(settings: Settings) -> bytes:
    """The 32-byte master key: from PARLEY_MASTER_KEY, else from `<home>/master.key`, made on the first run.

    `KeyProblem` when the file is readable by others or damaged, or missing beside an existing database: a new
    key could not open it.
    """
    if settings.master_key is not None:
        return decode_key(settings.master_key.get_secret_value(), "PARLEY_MASTER_KEY")
    path = key_file(settings.home)
    if path.exists():
        return read_key(path)
    if settings.database_path.exists():
        raise KeyProblem(
            f"The master key {path} is missing, but the database is there, and no other key can open it. "
            "Put the key file back, or set PARLEY_MASTER_KEY."
        )
    return _create(path)


def read_key(path: Path) -> bytes:
    """The key in a file; `KeyProblem` when others can read it, or when it is not a key. Changes nothing."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeyProblem(f"Other users of this machine can read the master key. Run: chmod 600 {path}")
        text = path.read_text("ascii")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise KeyProblem(f"The master key {path} cannot be read ({reason}). Check who owns the file.") from error
    except UnicodeDecodeError:
        text = ""
    return decode_key(text, str(path))


def decode_key(text: str, where: str) -> bytes:
    """32 bytes from base64; `KeyProblem` naming `where`, never the text."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblem(f"{where} does not hold a key (32 bytes as base64). Put the right key back from its copy.")
    return key


def _create(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # O_EXCL: of two first runs at once, only one makes the key.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_key(path)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(key) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # Half a key is worse than none: the next run would find it and stop.
        path.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise KeyProblem(f"The master key could not be stored in {path} ({reason}). Free some space.") from error
    return key
