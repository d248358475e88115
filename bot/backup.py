"""Backups of the SQLite file, and putting one back. Nothing is ever deleted, and no empty database is made.

A backup holds what the database holds: personal data encrypted, keys wrapped. The master key is not in it.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.findings import reason

HEADER = b"SQLite format 3\0"
LOCK_NAME = "serve.lock"
_PATTERN = "parley-*.db"


class BackupProblem(Exception):
    """A backup could not be made or put back. The message says why and what to do; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Which backup was put back, and where the file lies that was there before (None: there was none)."""

    backup: Path
    aside: Path | None


def backup(db_path: Path, folder: Path, now_ms: int) -> Path:
    """A checked copy of the database, made while it is in use: `<folder>/parley-<UTC time>.db`, mode 0600.

    `BackupProblem` when the database is missing or damaged (a good backup is never followed by a bad one) or
    when it does not fit on the disk.
    """
    if problem := damage(db_path):
        raise BackupProblem(f"No backup was made: {problem}")
    at = datetime.fromtimestamp(now_ms / 1000, UTC)
    path = folder / f"parley-{at:%Y%m%dT%H%M%S}{now_ms % 1000:03}Z.db"
    with _new_file(path) as part:
        try:
            with closing(read_only(db_path, immutable=False)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
                # The copy is one file: a write-ahead log beside it could be left behind.
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise BackupProblem(f"No backup was made ({error}). Free some space and try again.") from error
        if problem := damage(part):
            raise BackupProblem(f"No backup was made: {problem}")
    return path


def newest(folder: Path) -> Path | None:
    """The newest backup in the folder, or None."""
    return next(iter(_backups(folder)), None)


def restore(folder: Path, db_path: Path) -> Restored:
    """Put the newest undamaged backup in the place of the database, which is moved aside, not deleted.

    `BackupProblem` while a server is running, or when there is no undamaged backup. Who was erased after the
    backup was made must be erased again before Parley is opened to people.
    """
    if in_use(db_path.parent):
        raise BackupProblem("Parley is running on this data folder. Stop it first, then restore.")
    found = next((p for p in _backups(folder) if damage(p) is None), None)
    if found is None:
        raise BackupProblem(f"There is no undamaged backup in {folder}. The database was left as it is.")
    with _new_file(db_path, replace=False) as part:
        try:
            shutil.copyfile(found, part)
        except OSError as error:
            raise BackupProblem(f"The backup could not be copied ({reason(error)}). Nothing was changed.") from error
        aside = _set_aside(db_path)
        os.replace(part, db_path)
    return Restored(found, aside)


def damage(path: Path) -> str | None:
    """What is wrong with a SQLite file in one sentence, or None. Reads only and creates nothing."""
    try:
        with path.open("rb") as file:
            start = file.read(len(HEADER))
        if start != HEADER:
            return f"{path} is {'not a database' if start else 'empty'}."
        with closing(read_only(path)) as database:
            (answer,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except OSError as error:
        return f"{path} cannot be read ({reason(error)})."
    except sqlite3.Error as error:
        return f"{path} is damaged ({error})."
    return None if answer == "ok" else f"{path} is damaged."


def in_use(home: Path) -> bool:
    """Whether a server holds the lock of the data folder. Creates nothing; lets go of the lock at once."""
    try:
        with (home / LOCK_NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    return False


def _backups(folder: Path) -> list[Path]:
    """All backups, the newest first: their names are their times."""
    return sorted(folder.glob(_PATTERN), reverse=True)


def read_only(path: Path, immutable: bool = True) -> sqlite3.Connection:
    """A connection that does not write. The file must exist.

    `immutable`: also create no write-ahead log beside it, where none is; the file must not change meanwhile.
    """
    pending = path.with_name(path.name + "-wal").exists()
    options = "mode=ro" if pending or not immutable else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)


@contextmanager
def _new_file(path: Path, replace: bool = True) -> Generator[Path]:
    """An empty 0600 file beside `path` that takes its place at the end; removed when something fails."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupProblem(f"{path.parent} cannot be written to ({reason(error)}).") from error
    try:
        yield part
        if replace:
            with part.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(part, path)
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            left.unlink(missing_ok=True)


def _set_aside(db_path: Path) -> Path | None:
    """Give the present database a second name, with its logs, so that at no moment there is none."""
    if not db_path.exists():
        return None
    number = 1
    while (aside := db_path.with_name(f"{db_path.name}.broken-{number}")).exists():
        number += 1
    try:
        os.link(db_path, aside)
    except OSError:
        shutil.copy2(db_path, aside)
    for ending in ("-wal", "-shm", "-journal"):
        # A log that stayed would be played into the restored database and damage it.
        log = db_path.with_name(db_path.name + ending)
        if log.exists():
            log.rename(aside.with_name(aside.name + ending))
    return aside
