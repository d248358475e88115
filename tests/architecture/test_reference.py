"""The reference pages name every setting and every command, and none that does not exist."""

import re
from pathlib import Path

import typer.core
import typer.main

from bot import cli
from bot.settings import Settings

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def _commands(command: object, path: str) -> set[str]:
    if not isinstance(command, typer.core.TyperGroup):
        return {path}
    return {p for name, part in command.commands.items() for p in _commands(part, f"{path} {name}")}


def test_every_setting_is_on_its_page_and_nothing_else():
    page = set(re.findall(r"^\| `(PARLEY_[A-Z_]+)`", (REFERENCE / "settings.md").read_text("utf-8"), re.MULTILINE))
    known = {f"PARLEY_{name.upper()}" for name in Settings.model_fields}
    assert len(known) > 5
    assert page == known


def test_every_command_is_on_its_page_and_nothing_else():
    rows = re.findall(
        r"^\| `(parley [a-z -]+?)(?: [A-Z]+)*`", (REFERENCE / "commands.md").read_text("utf-8"), re.MULTILINE
    )
    known = _commands(typer.main.get_command(cli.app), "parley")
    assert len(known) > 5
    assert set(rows) == known
