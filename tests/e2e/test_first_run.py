"""The first steps of an operator, in the order of docs/how-to/deploy.md."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def parley(home: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    env = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")} | {"PARLEY_HOME": str(home)}
    command = [sys.executable, "-m", "bot", *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_migrating_first_leaves_an_installation_that_can_be_used(tmp_path: Path):
    home = tmp_path / "data"
    migrated = parley(home, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    added = parley(home, "member", "Priya Shah")
    assert added.returncode == 0, added.stderr
    assert "/i/" in added.stdout


@pytest.mark.parametrize("role", ["boss", pytest.param("", marks=pytest.mark.slow)])
def test_a_role_that_does_not_exist_is_refused_in_a_sentence(tmp_path: Path, role: str):
    refused = parley(tmp_path, "member", "Priya Shah", "--role", role)
    assert refused.returncode == 1
    assert "Choose one of: recruiter, panelist" in refused.stderr
    assert "Traceback" not in refused.stderr
