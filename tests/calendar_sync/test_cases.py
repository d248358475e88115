"""The shared facts about slots, whatever zone the server is in, and the command that runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli_check import app
from calendar_sync.cases import CaseFileProblem, check, check_file
from tests.shared import shared

SERVERS = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
    "America/Santiago",
    "Asia/Beirut",
    "Pacific/Chatham",
]
ROOT = Path(__file__).resolve().parents[2]
CASE = {
    "id": "one",
    "kind": "slots",
    "now": "2027-01-05T00:00:00Z",
    "window": {"from": "2027-01-11T00:00:00Z", "to": "2027-01-12T00:00:00Z"},
    "session": {"tz": "UTC", "duration_min": 30, "step_min": 30},
    "interviewers": [{"id": "a", "tz": "UTC", "free": [["2027-01-11T09:00:00Z", "2027-01-11T10:00:00Z"]]}],
    "expect": {"slots": ["2027-01-11T09:00:00Z", "2027-01-11T09:30:00Z"]},
}


def test_every_shared_case_passes():
    results = check_file(shared("cases", "slots.json"))
    assert len(results) >= 89
    assert [r for r in results if r[1]] == []


@pytest.mark.parametrize("server", SERVERS)
def test_the_servers_zone_changes_nothing(server: str):
    code = "import sys; from pathlib import Path; from calendar_sync.cases import check_file; print(check_file(Path(sys.argv[1])))"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(shared("cases", "slots.json"))],
        cwd=ROOT,
        env={**os.environ, "TZ": server},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == str(check_file(shared("cases", "slots.json")))


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ({"slots": ["2027-01-11T09:00:00Z"]}, "extra 2027-01-11T09:30:00Z"),
        ({"slots": [*CASE["expect"]["slots"], "2027-01-11T10:00:00Z"]}, "missing 2027-01-11T10:00:00Z"),
        ({"count": 3}, "count 2, expected 3"),
        ({"first": "2027-01-11T09:30:00Z"}, "first 2027-01-11T09:00:00Z"),
        ({"who": {"2027-01-11T09:00:00Z": ["a", "b"]}}, "free at"),
        ({"unknown": ["a"]}, "unknown"),
        ({"count_by_local_date": {"tz": "UTC", "2027-01-11": 1}}, "2 on 2027-01-11"),
        ({"error": {"code": "x", "message_has": []}}, "expected the error x"),
        ({"surprise": 1}, "surprise"),
        ({}, "expects nothing"),
    ],
)
def test_a_difference_is_named(expect: dict[str, object], difference: str):
    assert check(CASE) == []
    assert difference in " ".join(check({**CASE, "expect": expect}))


def test_the_command(tmp_path: Path):
    file = tmp_path / "cases.json"
    wrong = {**CASE, "id": "two", "expect": {"count": 1}}
    file.write_text(json.dumps({"cases": [CASE, wrong, {"id": "three"}]}))
    ran = CliRunner().invoke(app, _args(file))
    assert ran.exit_code == 1
    assert [line.split()[:2] for line in ran.output.splitlines()[:3]] == [
        ["ok", "one"],
        ["FAIL", "two"],
        ["FAIL", "three"],
    ]
    file.write_text(json.dumps({"cases": [CASE]}))
    assert CliRunner().invoke(app, _args(file)).exit_code == 0


@pytest.mark.parametrize("text", ['{"cases": []}', "[]", "nothing"])
def test_a_file_without_cases_fails(tmp_path: Path, text: str):
    file = tmp_path / "cases.json"
    file.write_text(text)
    with pytest.raises(CaseFileProblem, match=r"cases\.json"):
        check_file(file)
    assert CliRunner().invoke(app, _args(file)).exit_code == 1
    assert CliRunner().invoke(app, _args(tmp_path / "absent.json")).exit_code == 1


def _args(file: Path) -> list[str]:
    """The app names its commands as soon as it has more than one."""
    return ["slots", str(file)] if len(app.registered_commands) > 1 else [str(file)]
