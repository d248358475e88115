"""The shape of the database: which version it has, and moving it to another (`parley migrate`).

The migrations lie in the top-level package `migrations` beside `bot`, in a checkout as in an installed tree.
An upgrade is one transaction on SQLite and PostgreSQL: it happens as a whole, or not at all. While it runs it
holds a lock, so that several processes may start at once; the later ones find nothing to do.
"""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, Engine, event, inspect, make_url
from sqlalchemy import exc as sa_exc

from bot.store.store import open_engine

# Alembic takes a while to import, and most starts find nothing to migrate: its imports stand where it is used.
if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Any number will do, as long as nobody else in the same PostgreSQL database uses it: "parl" in ASCII.
_LOCK = 0x7061726C
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class SchemaProblem(Exception):
    """The database cannot be used as it is. The message says why and what to do; nothing was changed."""


def head() -> str:
    """The revision that this code needs, such as "0001"."""
    # Revisions are counted in the names of their files.
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def current(url: str) -> str | None:
    """The revision of the database; None when it is empty or, on SQLite, not there yet. Creates nothing.

    Raises `SchemaProblem` when it is damaged or cannot be reached.
    """
    path = _file(url)
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return None
    with _connection(url) as conn:
        return _revision(conn)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`. A SQLite file is created when missing, readable by its owner only.

    Raises `SchemaProblem` when the database is damaged, not Parley's, out of reach, or newer than this code.
    """
    path = _file(url)
    if path is not None:
        _create_file(path)
    with _connection(url, write=True) as conn:
        _check(conn)
        from alembic import command

        command.upgrade(_config(conn), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to an older `revision` ("base": no tables at all). What newer tables hold is lost.

    Raises `SchemaProblem` as `upgrade` does, and when there is no database.
    """
    path = _file(url)
    if path is not None and not path.exists():
        raise SchemaProblem(f"There is no database at {path}, so there is nothing to take back.")
    with _connection(url, write=True) as conn:
        _check(conn)
        from alembic import command

        command.downgrade(_config(conn), revision)


def create_or_upgrade(url: str) -> None:
    """Make sure that the database exists and has the shape this code needs. Raises `SchemaProblem`."""
    if current(url) != head():
        upgrade(url)


def _config(conn: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    # "%" starts a reference in alembic's settings.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config


def _revision(conn: Connection) -> str | None:
    """What Alembic wrote down. Its own way of asking would import all of it."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return cast("str | None", conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _check(conn: Connection) -> None:
    """Refuse what these migrations do not know."""
    found = _revision(conn)
    if found is None:
        if inspect(conn).has_table("tenant"):
            raise SchemaProblem(
                "The database has tables that Parley did not make. Give Parley a database of its own "
                "(PARLEY_DATABASE_URL, or PARLEY_HOME for a data folder)."
            )
        return
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found not in known:
        raise SchemaProblem(
            f"A newer Parley has used this database (its version is {found}, this Parley knows {head()}). "
            "Install the newer Parley again, or put back a backup from before the update: parley restore."
        )


def _file(url: str) -> Path | None:
    """The file of a SQLite URL; None for PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _create_file(path: Path) -> None:
    """An empty file with mode 0600. SQLite gives its -wal and -shm files the mode of the database."""
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Without O_EXCL: of two first starts at once, either may make it.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise SchemaProblem(f"The database {path} cannot be created ({reason}).") from error


def _lock(conn: Connection) -> None:
    """Begin: on SQLite with the write lock, since its driver begins nothing by itself (`open_engine`)."""
    conn.exec_driver_sql(
        "BEGIN IMMEDIATE" if conn.dialect.name == "sqlite" else f"SELECT pg_advisory_xact_lock({_LOCK})"
    )


@contextmanager
def _connection(url: str, write: bool = False) -> Generator[Connection]:
    """A connection in a transaction, committed at the end. The driver's errors become `SchemaProblem`."""
    engine: Engine = open_engine(url)
    try:
        if write:
            event.listen(engine, "begin", _lock)
        with engine.begin() as conn:
            yield conn
    except (sa_exc.DBAPIError, sqlite3.Error) as problem:
        raise _problem(url, problem) from problem
    finally:
        engine.dispose()


def _problem(url: str, problem: Exception) -> SchemaProblem:
    cause = getattr(problem, "orig", None) or problem
    said = str(cause).strip().partition("\n")[0]
    path = _file(url)
    if path is None:
        return SchemaProblem(f"The database could not be used ({said}). Check PARLEY_DATABASE_URL and the server.")
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return SchemaProblem(
            f"The database {path} is damaged ({said}). Nothing was changed. "
            "Run `parley doctor`: it shows the newest backup and how to put it back."
        )
    return SchemaProblem(f"The database {path} could not be used ({said}). Check the disk and who owns the file.")
