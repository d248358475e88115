"""Backups and restores, with real files, real damage and a real lack of space."""

import fcntl
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.backup import BackupProblem, backup, damage, in_use, newest, restore

ROOT = Path(__file__).resolve().parents[2]
NOON = 1_800_000_000_000


def make(path: Path, rows: int = 200) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE note (n INTEGER PRIMARY KEY, body BLOB)")
        database.executemany("INSERT INTO note (body) VALUES (?)", [(bytes([n % 256]) * 400,) for n in range(rows)])
    return path


def rows(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        return database.execute("SELECT count(*) FROM note").fetchone()[0]


def spoil(path: Path) -> None:
    """Overwrite pages in the middle; the header stays good."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 3 // 4096 * 4096)
        file.write(os.urandom(8192))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make(tmp_path / "parley.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_a_backup_is_a_whole_private_copy_with_its_time_in_its_name(db: Path, folder: Path):
    made = backup(db, folder, NOON + 7)
    assert made.name == "parley-20270115T080000007Z.db"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert rows(made) == 200
    assert sorted(p.name for p in folder.iterdir()) == [made.name]


def test_a_backup_holds_what_was_committed_while_the_database_is_in_use(db: Path, folder: Path):
    with closing(sqlite3.connect(db, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO note (body) VALUES (x'01')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO note (body) VALUES (x'02')")
        made = backup(db, folder, NOON)
        writer.execute("ROLLBACK")
    assert rows(made) == 201
    assert [p.name for p in folder.iterdir()] == [made.name]


def test_the_newest_is_found_by_its_time(db: Path, folder: Path):
    assert newest(folder) is None
    made = [backup(db, folder, NOON + n) for n in (5, 90_000, 10)]
    (folder / "notes.txt").write_text("mine")
    assert newest(folder) == made[1]


def test_a_damaged_database_is_not_backed_up(db: Path, folder: Path):
    good = backup(db, folder, NOON)
    spoil(db)
    with pytest.raises(BackupProblem, match=r"No backup was made: .* is damaged"):
        backup(db, folder, NOON + 1)
    assert [p.name for p in folder.iterdir()] == [good.name]


def test_a_missing_database_is_not_created_by_backing_it_up(tmp_path: Path, folder: Path):
    with pytest.raises(BackupProblem, match="cannot be read"):
        backup(tmp_path / "parley.db", folder, NOON)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", [1, 20_000])
def test_a_full_disk_leaves_no_half_backup(db: Path, folder: Path, limit: int):
    script = (
        "import resource, signal; from pathlib import Path\n"
        "from bot.backup import backup, BackupProblem\n"
        f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        f"try: backup(Path({str(db)!r}), Path({str(folder)!r}), {NOON})\n"
        "except BackupProblem as problem: print(problem)\n"
    )
    run = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.startswith("No backup was made (")
    assert "Free some space" in run.stdout
    assert list(folder.iterdir()) == []
    assert rows(db) == 200


def test_a_restore_keeps_the_broken_file_and_its_logs(db: Path, folder: Path):
    made = backup(db, folder, NOON)
    spoil(db)
    broken = db.read_bytes()
    wal = db.with_name("parley.db-wal")
    wal.write_bytes(b"left behind")
    done = restore(folder, db)
    assert done.backup == made
    assert done.aside == db.with_name("parley.db.broken-1")
    assert done.aside.read_bytes() == broken
    assert db.with_name("parley.db.broken-1-wal").read_bytes() == b"left behind"
    assert not wal.exists()
    assert rows(db) == 200
    assert damage(db) is None
    assert stat.S_IMODE(db.stat().st_mode) == 0o600
    assert made.exists()


def test_restoring_again_keeps_both_files(db: Path, folder: Path):
    backup(db, folder, NOON)
    asides = [restore(folder, db).aside for _ in range(3)]
    assert [a and a.name for a in asides] == [f"parley.db.broken-{n}" for n in (1, 2, 3)]
    assert all(a and rows(a) == 200 for a in asides)


def test_a_damaged_backup_is_passed_over(db: Path, folder: Path):
    old = backup(db, folder, NOON)
    spoil(backup(db, folder, NOON + 1))
    assert restore(folder, db).backup == old


def test_a_lost_database_is_put_back(db: Path, folder: Path):
    made = backup(db, folder, NOON)
    db.unlink()
    done = restore(folder, db)
    assert (done.backup, done.aside) == (made, None)
    assert rows(db) == 200


def test_without_a_good_backup_nothing_is_changed(db: Path, folder: Path):
    spoil(backup(db, folder, NOON))
    spoil(db)
    before = everything(db.parent)
    with pytest.raises(BackupProblem, match="no undamaged backup"):
        restore(folder, db)
    assert everything(db.parent) == before
    assert len(before) == 2


def test_a_full_disk_stops_a_restore_before_it_begins(db: Path, folder: Path):
    backup(db, folder, NOON)
    before = everything(db.parent)
    script = (
        "import resource, signal; from pathlib import Path\n"
        "from bot.backup import restore, BackupProblem\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        f"try: restore(Path({str(folder)!r}), Path({str(db)!r}))\n"
        "except BackupProblem as problem: print(problem)\n"
    )
    run = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "could not be copied" in run.stdout
    assert everything(db.parent) == before


@pytest.fixture
def locked(db: Path) -> Iterator[None]:
    with (db.parent / "serve.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.usefixtures("locked")
def test_nothing_is_restored_under_a_running_server(db: Path, folder: Path):
    backup(db, folder, NOON)
    assert in_use(db.parent)
    with pytest.raises(BackupProblem, match="Stop it first"):
        restore(folder, db)
    assert not list(db.parent.glob("*.broken*"))


def test_a_lock_file_that_nobody_holds_is_no_server(db: Path):
    assert not in_use(db.parent)
    assert not (db.parent / "serve.lock").exists()
    (db.parent / "serve.lock").touch()
    assert not in_use(db.parent)


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"hello", "is not a database")])
def test_what_is_no_database_is_called_so(tmp_path: Path, content: bytes, said: str):
    file = tmp_path / "parley.db"
    file.write_bytes(content)
    assert said in (damage(file) or "")


@pytest.mark.parametrize("keep", [16, 100, 5000, 40_000])
def test_a_cut_off_database_is_damaged(db: Path, keep: int):
    db.write_bytes(db.read_bytes()[:keep])
    assert "is damaged" in (damage(db) or "")


def test_looking_for_damage_leaves_no_trace(db: Path):
    with closing(sqlite3.connect(db)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    before = everything(db.parent)
    assert damage(db) is None
    assert everything(db.parent) == before
    assert list(before) == ["parley.db"]


def test_a_killed_server_leaves_a_log_that_is_read_too(db: Path, folder: Path):
    script = (
        "import os, signal, sqlite3\n"
        f"d = sqlite3.connect({str(db)!r}, isolation_level=None); d.execute('PRAGMA journal_mode=WAL')\n"
        "d.execute(\"INSERT INTO note (body) VALUES (x'01')\"); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-B", "-c", script], timeout=60, check=False)
    assert run.returncode == -9
    before = set(everything(db.parent))
    assert "parley.db-wal" in before
    assert damage(db) is None
    assert set(everything(db.parent)) == before
    assert rows(backup(db, folder, NOON)) == 201
