"""Sealed files in a folder of this machine, readable by this user alone."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from bot.media.contract import MediaProblem
from bot.media.stores import is_name, private, trouble


class Folder:
    """A `Store` in a folder. A file appears under its name in one step, whole and on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def put(self, name: str, file: Path) -> None:
        await asyncio.to_thread(self._put, name, file)

    async def fetch(self, name: str) -> int:
        return await asyncio.to_thread(self._open, name)

    async def read(self, name: str, start: int, size: int) -> bytes:
        return await asyncio.to_thread(self._read, name, start, size)

    async def size(self, name: str) -> int:
        return await asyncio.to_thread(self._size, name)

    async def delete(self, name: str) -> None:
        await asyncio.to_thread(self._delete, name)

    async def names(self) -> AsyncIterator[tuple[str, int]]:
        for name, at in await asyncio.to_thread(self._names):
            yield name, at

    def _file(self, name: str) -> Path:
        if not is_name(name):
            raise MediaProblem("gone")
        return self._path / name[:2] / name

    def _put(self, name: str, file: Path) -> None:
        there = self._file(name)
        try:
            # With many recordings one folder would grow slow on some file systems.
            private(there.parent)
            flush(file)
            os.replace(file, there)
            flush(there.parent)
        except OSError as error:
            raise trouble(error) from error

    def _open(self, name: str) -> int:
        try:
            return os.open(self._file(name), os.O_RDONLY)
        except OSError as error:
            raise trouble(error) from error

    def _read(self, name: str, start: int, size: int) -> bytes:
        fd = self._open(name)
        try:
            return os.pread(fd, size, start)
        except OSError as error:
            raise trouble(error) from error
        finally:
            os.close(fd)

    def _size(self, name: str) -> int:
        try:
            return self._file(name).stat().st_size
        except OSError as error:
            raise trouble(error) from error

    def _delete(self, name: str) -> None:
        if not is_name(name):
            return
        try:
            self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise trouble(error) from error

    def _names(self) -> list[tuple[str, int]]:
        found = list[tuple[str, int]]()
        for file in self._path.glob("??/*"):
            try:
                found.append((file.name, round(file.stat().st_mtime * 1000)))
            except FileNotFoundError:
                continue  # deleted in the meantime
        return [x for x in found if is_name(x[0])]


def flush(path: Path) -> None:
    """See to it that a file, or the entries of a folder, survive a loss of power."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
