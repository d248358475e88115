"""The migrations make exactly the tables of `bot.store.rows`, and only ever as a whole."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlmodel import SQLModel

from bot.store import rows, schema
from bot.store.schema import SchemaProblem
from bot.store.store import Store, open_engine, table

MODELS = [m for m in vars(rows).values() if isinstance(m, type) and issubclass(m, SQLModel) and m is not SQLModel]
TABLES = {table(m).name for m in MODELS}
ROOT = Path(schema.__file__).resolve().parents[2]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as conn:
        yield conn
    engine.dispose()


def tables(url: str) -> set[str]:
    with connected(url) as conn:
        return set(inspect(conn).get_table_names())


def tenant(name: str) -> dict[str, Any]:
    return {"tenant_id": name, "name": name, "wrapped_key": b"k", "created_at": 1}


def test_the_version_in_the_file_names_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    assert schema.head() == ScriptDirectory.from_config(config).get_current_head()


def test_the_models_are_all_there() -> None:
    assert len(TABLES) > 20
    assert set(SQLModel.metadata.tables) == TABLES


def test_the_migrated_schema_is_the_schema_of_the_models(empty_url: str) -> None:
    schema.upgrade(empty_url)
    with connected(empty_url) as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        # What the comparison above does not look at: primary keys and the order of columns.
        for model in MODELS:
            t = table(model)
            assert inspect(conn).get_pk_constraint(t.name)["constrained_columns"] == [c.name for c in t.primary_key]
            assert [c["name"] for c in inspect(conn).get_columns(t.name)] == [c.name for c in t.c]
    assert tables(empty_url) == TABLES | {"alembic_version"}


def test_on_sqlite_it_is_the_same_to_the_letter(tmp_path: Path) -> None:
    # WITHOUT ROWID included.
    migrated, made = f"sqlite:///{tmp_path / 'migrated.db'}", f"sqlite:///{tmp_path / 'made.db'}"
    schema.upgrade(migrated)
    with connected(made) as conn:
        SQLModel.metadata.create_all(conn)
    query = text(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version' ORDER BY name"
    )
    with connected(migrated) as one, connected(made) as other:
        # A table that a migration copied has its name in quotes.
        ours = {name: " ".join(sql.replace('"', "").split()) for name, sql in one.execute(query)}
        theirs = {name: " ".join(sql.replace('"', "").split()) for name, sql in other.execute(query)}
    assert ours == theirs
    assert sum("WITHOUT ROWID" in sql for sql in ours.values()) == 6


def test_every_table_has_a_tenant(database_url: str) -> None:
    with connected(database_url) as conn:
        found = {
            name: {c["name"]: c["nullable"] for c in inspect(conn).get_columns(name)}
            for name in inspect(conn).get_table_names()
            if name != "alembic_version"
        }
    assert set(found) == TABLES
    assert [name for name, columns in found.items() if columns.get("tenant_id", True)] == []


def test_up_down_and_up_again(empty_url: str) -> None:
    assert schema.current(empty_url) is None
    schema.upgrade(empty_url)
    assert schema.current(empty_url) == schema.head()
    schema.downgrade(empty_url, "base")
    assert schema.current(empty_url) is None
    assert tables(empty_url) == {"alembic_version"}
    schema.upgrade(empty_url, schema.head())
    assert tables(empty_url) == TABLES | {"alembic_version"}


async def test_upgrading_again_keeps_what_is_there(database_url: str) -> None:
    store = Store.at(database_url)
    store.commit_now(lambda tx: tx.insert(rows.Tenant, tenant("t")))
    schema.upgrade(database_url)
    schema.create_or_upgrade(database_url)
    assert store.read_now(lambda tx: tx.find(rows.Tenant, {})) == [tenant("t")]
    await store.close()


STARTER = """
import sys
from bot.store import schema
print("ready", flush=True)
sys.stdin.readline()
schema.create_or_upgrade(sys.argv[1])
"""


def test_several_processes_may_start_at_once(empty_url: str) -> None:
    with ExitStack() as stack:
        call = [sys.executable, "-c", STARTER, empty_url]
        start = partial(subprocess.Popen[str], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT)
        started = [stack.enter_context(start(call)) for _ in range(3)]
        assert [p.stdout.readline() for p in started if p.stdout] == ["ready\n"] * 3
        for process in started:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [(p.communicate(timeout=60)[1], p.returncode) for p in started] == [("", 0)] * 3
    assert schema.current(empty_url) == schema.head()


def test_an_upgrade_that_fails_leaves_nothing(empty_url: str) -> None:
    # The last table of the migration is in the way, so all the others had been made when it failed.
    with connected(empty_url) as conn:
        conn.execute(text("CREATE TABLE team_question (stray INTEGER)"))
    with pytest.raises(SchemaProblem, match="already exists"):
        schema.upgrade(empty_url)
    assert tables(empty_url) == {"team_question"}


def test_somebody_elses_database_is_refused(empty_url: str) -> None:
    with connected(empty_url) as conn:
        conn.execute(text("CREATE TABLE tenant (flat INTEGER)"))
    with pytest.raises(SchemaProblem, match="tables that Parley did not make"):
        schema.create_or_upgrade(empty_url)
    assert tables(empty_url) == {"tenant"}


def test_a_newer_database_is_refused(database_url: str) -> None:
    with connected(database_url) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema.current(database_url) == "9999"
    for attempt in (
        lambda: schema.upgrade(database_url),
        lambda: schema.create_or_upgrade(database_url),
        lambda: schema.downgrade(database_url, "base"),
    ):
        with pytest.raises(SchemaProblem, match=r"A newer Parley has used this database .*9999.*parley restore"):
            attempt()
    assert schema.current(database_url) == "9999"
    assert tables(database_url) == TABLES | {"alembic_version"}


@pytest.mark.parametrize("harm", ["letter", "cut", "scribbled"])
def test_a_damaged_file_is_left_alone_and_the_way_back_is_told(
    harm: str, sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "parley.db"
    whole = sqlite_template.read_bytes()
    broken = {
        "letter": b"Dear diary, " * 400,
        "cut": whole[:5000],
        "scribbled": whole[:100] + b"\xa5" * (len(whole) - 100),
    }
    path.write_bytes(broken[harm])
    for attempt in (schema.current, schema.upgrade, schema.create_or_upgrade):
        with pytest.raises(SchemaProblem, match=r"is damaged .*Nothing was changed.*`parley doctor`.*backup"):
            attempt(f"sqlite:///{path}")
    assert path.read_bytes() == broken[harm]


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = home / "parley.db"
    before = os.umask(0)
    try:
        schema.create_or_upgrade(f"sqlite:///{path}")
        engine = open_engine(f"sqlite:///{path}")
        with engine.begin() as conn:
            conn.execute(text("CREATE TABLE note (n INTEGER)"))
            modes = {p.name: p.stat().st_mode & 0o777 for p in home.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert modes == {"parley.db": 0o600, "parley.db-wal": 0o600, "parley.db-shm": 0o600}
    assert home.stat().st_mode & 0o777 == 0o700


def test_asking_creates_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    assert schema.current(url) is None
    with pytest.raises(SchemaProblem, match="no database"):
        schema.downgrade(url, "base")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_first_start_is_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    path.touch()
    assert schema.current(f"sqlite:///{path}") is None
    schema.create_or_upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema.head(),)]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SchemaProblem, match="cannot be created"):
        schema.create_or_upgrade(f"sqlite:///{tmp_path / 'file' / 'parley.db'}")


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(SchemaProblem, match="PARLEY_DATABASE_URL"):
        schema.current(f"postgresql+psycopg://nobody:secret@/parley?host={tmp_path}")


def test_it_works_from_an_installed_tree(tmp_path: Path) -> None:
    # The "%" would trip alembic's settings, which read it as a reference.
    tree = tmp_path / "site 100%"
    for part in ("bot/store", "migrations"):
        shutil.copytree(ROOT / part, tree / part)
    (tree / "bot" / "__init__.py").touch()
    say = "import sys; from bot.store import schema; schema.create_or_upgrade(sys.argv[1]); print(schema.__file__, schema.current(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", say, f"sqlite:///{tmp_path / 'parley.db'}"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == f"{tree / 'bot' / 'store' / 'schema.py'} {schema.head()}"
