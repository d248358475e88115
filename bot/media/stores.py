"""Where sealed files are kept: one protocol, a folder and an S3-compatible server implement it. What lies there is sealed."""

import errno
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from bot.media.contract import MediaProblem


class Store(Protocol):
    """Sealed files by name: 64 hexadecimal digits. `MediaProblem`: gone (nothing has this name), or trouble."""

    async def put(self, name: str, file: Path) -> None:
        """Keep a finished file of this machine under a name, instead of what was there; the file is gone afterwards."""
        ...

    async def fetch(self, name: str) -> int:
        """An open file of this machine with all of it. The caller closes it."""
        ...

    async def read(self, name: str, start: int, size: int) -> bytes:
        """Some bytes of it; fewer where it ends."""
        ...

    async def size(self, name: str) -> int: ...

    async def delete(self, name: str) -> None:
        """Twice is once."""
        ...

    def names(self) -> AsyncIterator[tuple[str, int]]:
        """What is kept: (name, when it was put there, as Unix time in ms)."""
        ...


def is_name(text: str) -> bool:
    """Could this be the name of something kept? Nothing else ever becomes part of a path."""
    return len(text) == 64 and not text.strip("0123456789abcdef")


def trouble(error: OSError) -> MediaProblem:
    """A disk that is full or broken, as the rest of Parley hears of it."""
    if error.errno == errno.ENOENT:
        return MediaProblem("gone")
    return MediaProblem("trouble")


def private(folder: Path) -> None:
    """See to it that a folder is there, for this user alone, as are those above it that weren't there either."""
    if not folder.is_dir():
        private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
