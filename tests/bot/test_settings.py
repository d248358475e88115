"""Settings: where they come from, and what is said when they are wrong."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingsProblem, settings_file
from bot.settings_page import reference

ROOT = Path(__file__).resolve().parents[2]
MARKER = "m4rker-s3cret"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """No settings from outside, and an empty working folder."""
    for name in list(os.environ):
        if name.upper().startswith("PARLEY_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problems() -> tuple[str, ...]:
    with pytest.raises(SettingsProblem) as caught:
        Settings.load()
    assert MARKER not in str(caught.value)
    assert caught.value.__suppress_context__ or MARKER not in str(caught.value.__context__)
    return caught.value.problems


def test_without_anything_set_the_defaults_hold():
    settings = Settings.load()
    assert settings.home == Path.home() / ".parley"
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8765, "http://127.0.0.1:8765")
    assert (settings.retention_days, settings.invite_days, settings.decision_days) == (365, 7, 5)
    assert settings.master_key is None
    assert settings.database_path == settings.home / "parley.db"


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError, match="frozen"):
        Settings.load().port = 1


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "parley.env").write_text('PARLEY_PORT=9000\nPARLEY_COMPANY="Ada & Söhne"\nPARLEY_CONTACT=\n', "utf-8")
    monkeypatch.setenv("PARLEY_PORT", "9001")
    settings = Settings.load()
    assert (settings.port, settings.company, settings.contact) == (9001, "Ada & Söhne", "")
    assert settings_file() == tmp_path / "parley.env"


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "parley.env").write_text("PARLEY_PORT=9000\n")
    (tmp_path / "other.env").write_text(f"PARLEY_HOME={tmp_path}/sub/../data\n")
    monkeypatch.setenv("PARLEY_SETTINGS", str(tmp_path / "other.env"))
    assert (Settings.load().port, Settings.load().home) == (8765, tmp_path / "data")


def test_a_named_file_must_exist(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARLEY_SETTINGS", "/nowhere/parley.env")
    assert problems() == (
        "The settings file /nowhere/parley.env cannot be read (no such file or directory). Check PARLEY_SETTINGS.",
    )


def test_a_file_that_is_not_text_is_one_plain_problem(tmp_path: Path):
    (tmp_path / "parley.env").write_bytes(b"PARLEY_COMPANY=\xff\xfe\n")
    (only,) = problems()
    assert "not text in UTF-8" in only


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", MARKER, "must be a whole number from 0 to 65535, but it is not a number."),
        ("PORT", "70000", "but the number is too large."),
        ("INVITE_DAYS", "0", "must be a whole number from 1 to 90, but the number is too small."),
        ("LOG_LEVEL", MARKER, "must be debug, info, warning or error, but it is none of these."),
        ("OPENAI_BASE_URL", MARKER, "must be an address that begins with https:// or http://"),
        ("DATABASE_URL", f"mysql://u:{MARKER}@h/d", "must be an address that begins with postgresql://"),
        ("MASTER_KEY", MARKER, "must be 32 random bytes as base64"),
        ("COMPANY", MARKER * 20, "but it is too long."),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str):
    monkeypatch.setenv(f"PARLEY_{name}", value)
    (only,) = problems()
    assert only.startswith(f"PARLEY_{name} ")
    assert said in only
    assert only.endswith("Correct it, or remove it to use the default.")


def test_everything_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "parley.env").write_text("PARLEY_OPENAI_KEY=x\nPATH_TO_SOMETHING=y\n")
    monkeypatch.setenv("PARLEY_PORT", "x")
    monkeypatch.setenv("PARLEY_QWERTZUIOP", "x")
    said = problems()
    assert said[0] == "There is no setting PARLEY_OPENAI_KEY. Did you mean PARLEY_OPENAI_API_KEY?"
    assert said[1].startswith("There is no setting PARLEY_QWERTZUIOP. Remove it")
    assert said[2].startswith("PARLEY_PORT must be")
    assert len(said) == 3


def test_variables_of_the_tests_are_no_settings_and_no_problem(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARLEY_SHARED", "x")
    monkeypatch.setenv("PARLEY_TEST_SOMETHING", "x")
    assert Settings.load().port == 8765


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARLEY_OPENAI_API_KEY", MARKER)
    monkeypatch.setenv("PARLEY_MASTER_KEY", base64.b64encode(MARKER.encode().ljust(32)).decode())
    monkeypatch.setenv("PARLEY_DATABASE_URL", f"postgresql://u:{MARKER}@h/d")
    settings = Settings.load()
    assert settings.openai_api_key.get_secret_value() == MARKER
    shown = repr(settings) + str(settings)
    assert MARKER not in shown
    assert base64.b64encode(MARKER.encode()).decode()[:12] not in shown


def test_the_reference_page_is_up_to_date():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    assert page == reference(), "run: python -m bot.settings_page > docs/reference/settings.md"


def test_the_command_on_the_page_makes_the_page():
    made = subprocess.run(
        [sys.executable, "-B", "-m", "bot.settings_page"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert made.stdout == reference()
    assert made.stdout.count("| `PARLEY_") == len(Settings.model_fields) > 10
