"""`parley interview` plays recorded answers over HTTP; an independent reader compares what was stored."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.reader import check
from tests.shared import shared

ROOT = Path(__file__).resolve().parents[2]


def play(*args: str) -> "subprocess.CompletedProcess[str]":
    env = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
    command = [sys.executable, "-m", "bot", "interview", *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_recorded_interviews_are_stored_as_they_were_given_and_quoted_literally(tmp_path: Path):
    answers = shared("cases", "btr_interviews.jsonl")
    played = play("--kit", "sales", "--answers", str(answers), "--out", str(tmp_path), "--limit", "2")
    assert played.returncode == 0, played.stdout + played.stderr
    counted = check(answers, tmp_path)
    assert counted["interviews"] == 2
    assert counted["answers"] > 10
    assert counted["quotes"] > 0


def test_a_file_that_is_not_one_says_which_line_and_what_was_expected(tmp_path: Path):
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"id": "a", "answers": ["x"]}\n{"id": "b"}\n', encoding="utf-8")
    played = play("--kit", "sales", "--answers", str(wrong), "--out", str(tmp_path / "out"))
    assert played.returncode == 1
    assert "wrong.jsonl:2: expected" in " ".join(played.stderr.split())
    assert "Traceback" not in played.stderr
    wrong.write_text('{"id": "a", "answers": ["x"]}\n', encoding="utf-8")
    unknown = play("--kit", "astronaut", "--answers", str(wrong), "--out", str(tmp_path / "out"))
    assert "There is no kit called astronaut" in " ".join(unknown.stderr.split())
