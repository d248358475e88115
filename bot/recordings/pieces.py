"""The pieces of uploads on disk: each in a file of its own, sealed, and complete or not there at all."""

import os
import shutil
from pathlib import Path

from bot.vault import Vault


class Pieces:
    """All of one folder. A piece is the `n`th of an upload; `vault` holds that upload's own key. Blocking: call it in a
    thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, upload: str, n: int, vault: Vault, piece: bytes) -> None:
        """Write one piece; it is safe when this returns. What lay under its name is replaced. Raises `OSError`."""
        folder = self._folder / upload
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        final, fresh = folder / _name(n), folder / f"{_name(n)}.part"
        try:
            with open(fresh, "wb", opener=_private) as file:
                file.write(vault.wrap(piece, _aad(upload, n)))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, final)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        at = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(at)
        finally:
            os.close(at)

    def read(self, upload: str, n: int, vault: Vault) -> bytes:
        """Raises `FileNotFoundError`, and `bot.vault.Sealed` for what isn't this piece."""
        return vault.unwrap((self._folder / upload / _name(n)).read_bytes(), _aad(upload, n))

    def remove(self, upload: str) -> None:
        """Nothing of an upload is kept. Twice is once."""
        shutil.rmtree(self._folder / upload, ignore_errors=True)


def _name(n: int) -> str:
    return f"{n:06d}"


def _aad(upload: str, n: int) -> str:
    return f"upload/{upload}/{n}"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
