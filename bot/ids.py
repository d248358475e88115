"""Names for things and secrets for people. Chance is a part: tests use `SeededIds`."""

import base64
import hashlib
import secrets


class Ids:
    """Makes ids and secrets from the operating system's generator."""

    def new(self, prefix: str) -> str:
        """An id such as `iv_k3jq7p2mzx5rt6wa`: the prefix, then 80 random bits as 16 letters and digits."""
        return f"{prefix}_{base64.b32encode(self._bytes(10)).decode().lower()}"

    def secret(self) -> str:
        """A secret for a link or a session: 256 random bits as 43 base64url characters. Store only its `digest`."""
        return base64.urlsafe_b64encode(self._bytes(32)).decode().rstrip("=")

    def _bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededIds(Ids):
    """The same ids in the same order for the same seed. For tests and recorded demos; never for real people."""

    def __init__(self, seed: int | str = 0) -> None:
        self._seed = seed
        self._made = 0

    def _bytes(self, count: int) -> bytes:
        self._made += 1
        return hashlib.sha256(f"{self._seed}/{self._made}".encode()).digest()[:count]


def digest(secret: str) -> str:
    """What is stored instead of a secret: SHA-256, in hexadecimal.

    Plain and fast on purpose: 256 random bits cannot be guessed, so there is nothing to slow down.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
