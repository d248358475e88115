"""Suites of changes: the file's form, the groups and their gates, both kinds of scorer."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.calibration import metamorphic
from bot.calibration.files import CalibrationProblem, read_lines
from bot.calibration.metamorphic import bench, is_metamorphic, rubric_file, rubrics_of
from bot.calibration.scorers import Matching, Modelled
from bot.calibration.stub import Asked, StubServer
from bot.work.assess import Assessor
from tests.shared import shared

RUBRIC = {
    "care": {
        "low": "Ignores the customer and closes tickets quickly.",
        "medium": "Answers the customer politely with a standard reply.",
        "high": "Asks the customer what is needed and checks the result afterwards.",
    }
}
OTHER = {
    "paint": {
        "low": "Mixes colours at random.",
        "medium": "Uses a colour wheel.",
        "high": "Explains warm contrasts.",
    }
}
RUBRICS = {"shop": RUBRIC, "art": OTHER}


def row(suite: str, said: str = "", **more: Any) -> dict[str, Any]:
    turn = {"interviewer_turn": "And then?", "applicant_turn": said} if said else {}
    return {"kind": "test", "suite": suite, "resume_id": "shop_1", **turn, **more}


CONTEXT = [
    {"kind": "context", "resume_id": "shop_1", "turn": 1, "role": "applicant", "message": "I answered the customer politely."},
    {"kind": "context", "resume_id": "shop_1", "turn": 0, "role": "interviewer", "message": "What did you do there?"},
]  # fmt: skip
HIGH = {"dimension": "care", "level": "high", "direction": "up"}
ROWS = [
    *CONTEXT,
    row("high-evidence", "I always asked the customer what is needed, and I checked the result afterwards.", belief_update=HIGH),
    row("low-evidence", "I closed tickets quickly and ignored the customer.", belief_update={**HIGH, "level": "low"}),
    row("aggrandising", "Thanks, that is lovely to hear from you."),
    row("uniform-prior", rubric="art", dimension="paint"),
]  # fmt: skip


async def test_each_suite_and_its_gate():
    assert is_metamorphic(ROWS)
    report = await bench(ROWS, RUBRICS, Matching())
    passed = {s.name: (s.passed, s.n) for s in report.suites}
    assert passed == {"high-evidence": (1, 1), "low-evidence": (1, 1), "aggrandising": (1, 1), "uniform-prior": (1, 1)}
    assert {g.name: (g.n, g.good) for g in report.gates} == {
        "evidence": (2, True), "no-change": (1, True), "prior": (1, True),
    }  # fmt: skip


async def test_a_wrong_way_is_a_failure():
    down = row("high-evidence", "I asked the customer what is needed.", belief_update={**HIGH, "direction": "down"})
    report = await bench([*CONTEXT, down], RUBRICS, Matching())
    assert [(g.name, g.good) for g in report.gates] == [("evidence", False)]


async def test_a_model_is_read_by_the_mean_of_its_samples():
    def brain(asked: Asked) -> str:
        shown = [(n, s) for n, s in asked.said if "checked the result" in s]
        entries = [
            {"id": key, "sentence_ids": [n for n, _ in shown], "quote": shown[0][1] if shown else "",
             "status": "met" if shown else "no_evidence"}
            for key, _ in asked.indicators
        ]  # fmt: skip
        unknown = any("contrasts" in text for _, text in asked.indicators)
        return json.dumps({"indicators": entries, "contradictions": [], "insufficient_evidence": unknown})

    async with StubServer(brain).running() as server:
        assessor = Assessor(server.base_url, "none", "stub", samples=1, more=0)
        report = await bench(ROWS, RUBRICS, Modelled(assessor))
        await assessor.aclose()
    passed = {s.name: s.passed for s in report.suites}
    # It sees nothing in closing tickets quickly, so the low level gets no likelier.
    assert passed == {"high-evidence": 1, "low-evidence": 0, "aggrandising": 1, "uniform-prior": 1}


async def test_a_model_that_answers_in_prose_passes_nothing():
    async with StubServer(lambda asked: "Score: 5, a strong candidate.").running() as server:
        assessor = Assessor(server.base_url, "none", "stub", samples=1, more=0)
        report = await bench(ROWS, RUBRICS, Modelled(assessor))
        await assessor.aclose()
    passed = {s.name: s.passed for s in report.suites}
    assert passed == {"high-evidence": 0, "low-evidence": 0, "aggrandising": 0, "uniform-prior": 0}
    assert report.unread == 3


async def test_a_rubric_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(CalibrationProblem, match="no rubric for art"):
        await bench(ROWS, {"shop": RUBRIC}, Matching())
    with pytest.raises(CalibrationProblem, match="--rubrics"):
        rubric_file(tmp_path / "tests.jsonl")


async def test_the_shared_tests():
    path = shared("cases", "btr_judge_tests.jsonl")
    rows = read_lines(path)
    rubrics = rubrics_of(read_lines(rubric_file(path)))
    assert set(rubrics) == {"gd", "ml", "sales"}
    report = await bench(rows, rubrics, Matching())
    assert {s.n for s in report.suites} == {9}
    assert len(report.suites) == 10
    assert {g.name: g.n for g in report.gates} == {"evidence": 54, "no-change": 27, "prior": 9}
    found = {g.name: g for g in report.gates}
    assert found["prior"].good
    # Matching words knows nothing of withdrawn evidence: that it misses this gate is why it gives no number by default.
    assert not found["evidence"].good
    assert found["no-change"].passed >= 20
    few = await bench(rows, rubrics, Matching(), limit=2)
    assert {s.n for s in few.suites} == {2}
    assert metamorphic.family("gd_1") == "gd"
