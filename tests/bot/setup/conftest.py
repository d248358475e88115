"""Three platforms on this machine, and an empty folder to install in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.platforms_min import Platforms


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings from outside, and an empty working folder."""
    for name in list(os.environ):
        if name.upper().startswith("PARLEY_") and name != "PARLEY_SHARED":
            monkeypatch.delenv(name)
    if os.environ.get("PARLEY_SHARED"):
        monkeypatch.setenv("PARLEY_SHARED", str(Path(os.environ["PARLEY_SHARED"]).absolute()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def world() -> Iterator[Platforms]:
    """The platforms; everything that was said to them, and that they said, was right."""
    platforms = Platforms()
    with platforms.running():
        yield platforms
    assert platforms.violations == []
