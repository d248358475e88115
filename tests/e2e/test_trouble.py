"""Trouble on the machine: what the operator reads, its exit status, and that nothing was lost."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.web_client import HERE

ROOT = Path(__file__).resolve().parents[2]


def parley(home: Path, *args: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run one command on a data folder; settings of this machine don't reach it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
    env |= {"PARLEY_HOME": str(home), **settings}
    command = [sys.executable, "-m", "bot", *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def sentence(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def serving(home: Path, port: int, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
    env |= {"PARLEY_HOME": str(home), "PARLEY_PORT": str(port), **settings}
    command = [sys.executable, "-m", "bot", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, "the server ended at once"
            assert time.monotonic() < deadline, "the server did not come up"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/healthz", **HERE).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start left it: copy it."""
    home = tmp_path_factory.mktemp("installed") / "data"
    with serving(home, free_port()):
        pass
    return home


@pytest.mark.slow
def test_a_corrupt_database_is_named_and_left_alone_and_a_backup_brings_it_back(
    installed: Path, tmp_path: Path, port: int
):
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    database = tmp_path / "parley.db"
    assert parley(tmp_path, "backup").returncode == 0
    whole = database.read_bytes()
    broken = b"not a database at all" + whole[21:]
    database.write_bytes(broken)
    for side in ("parley.db-wal", "parley.db-shm"):
        (tmp_path / side).unlink(missing_ok=True)

    served = parley(tmp_path, "serve", PARLEY_PORT=str(port))
    assert served.returncode == 1
    assert "is not a database" in sentence(served.stderr)
    assert "parley restore" in sentence(served.stderr)
    assert "Traceback" not in served.stderr
    assert database.read_bytes() == broken, "the damaged file was touched"
    examined = parley(tmp_path, "doctor", PARLEY_PORT=str(port))
    assert examined.returncode == 2

    restored = parley(tmp_path, "restore")
    assert restored.returncode == 0
    assert "is kept as" in sentence(restored.stdout)
    with serving(tmp_path, port):
        pass


def test_a_second_server_on_the_same_folder_is_refused_kindly(tmp_path: Path, port: int):
    with serving(tmp_path, port):
        second = parley(tmp_path, "serve", PARLEY_PORT="0")
    assert second.returncode == 1
    assert "already serving this data folder" in sentence(second.stderr)


def test_a_port_that_is_taken_is_named(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        served = parley(tmp_path, "serve", PARLEY_PORT=port)
    assert served.returncode == 1
    assert port in served.stderr
    assert "PARLEY_PORT" in served.stderr


def test_a_lost_master_key_is_never_replaced_by_a_new_one(installed: Path, tmp_path: Path, port: int):
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    (tmp_path / "master.key").rename(tmp_path / "elsewhere")
    served = parley(tmp_path, "serve", PARLEY_PORT=str(port))
    assert served.returncode == 1
    assert "master.key is missing" in sentence(served.stderr)
    assert not (tmp_path / "master.key").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "master.key")
    with serving(tmp_path, port):
        pass


def test_a_kit_with_a_typo_says_file_line_and_remedy(tmp_path: Path):
    good = (ROOT / "kits" / "sales.yaml").read_text(encoding="utf-8")
    kit = tmp_path / "sales.yaml"
    kit.write_text(good.replace("questions:", "qestions:", 1), encoding="utf-8")
    line = good.splitlines().index("questions:") + 1
    linted = parley(tmp_path, "kit", "lint", str(kit))
    assert linted.returncode == 1
    said = sentence(linted.stdout + linted.stderr)
    assert f"sales.yaml:{line}" in said
    assert "questions" in said


def test_the_doctor_on_a_good_a_half_configured_and_a_broken_installation(installed: Path, tmp_path: Path, port: int):
    wishes = {"PARLEY_PORT": str(port), "PARLEY_COMPANY": "Fernweh", "PARLEY_CONTACT": "people@fernweh.example"}
    good, half, broken = tmp_path / "good", tmp_path / "half", tmp_path / "broken"
    for home in (good, half, broken):
        shutil.copytree(installed, home)
    fine = parley(good, "doctor", PARLEY_PUBLIC_URL="https://parley.fernweh.example", **wishes)
    assert (fine.returncode, "Everything is in order." in sentence(fine.stdout)) == (0, True), fine.stdout
    so_so = parley(half, "doctor", PARLEY_PORT=str(port), PARLEY_OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert so_so.returncode == 1, so_so.stdout
    (broken / "parley.db").write_bytes(b"x" * 5000)
    bad = parley(broken, "doctor", **wishes)
    assert bad.returncode == 2
    assert "Traceback" not in bad.stdout + bad.stderr


def test_a_setting_with_a_typo_is_pointed_out(tmp_path: Path):
    served = parley(tmp_path, "serve", PARLEY_PROT="1")
    assert served.returncode == 1
    assert "PARLEY_PORT" in served.stderr
