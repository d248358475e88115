"""Rehearsing a kit: what it finds in good and in bad kits, by matching and with a model."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from bot.calibration.files import CalibrationProblem
from bot.calibration.rehearsal import HELD_OUT, Rehearsal, rehearse, rehearse_with
from bot.calibration.rehearsal_people import INJECTING, MANNERS, RAMBLING, SECOND, STRONG, TERSE, WEAK, answer, speaks
from bot.calibration.stub import StubServer
from bot.calibration.stub_models import StubModel
from bot.cli_kit import app
from bot.kits import KitLibrary
from bot.work.assess import Assessor
from flows.kits.model import Kit
from flows.rating.text import folded
from tests.flows.rating.small_kit import RAW

NAMES = KitLibrary().names()


def changed(**indicators: Any) -> Kit:
    """The small kit with other indicators of ownership."""
    raw: dict[str, Any] = orjson.loads(orjson.dumps({**RAW, "competencies": _keyed(RAW["competencies"])}))
    raw["competencies"]["ownership"]["indicators"].update(indicators)
    return Kit.model_validate(raw)


def _keyed(competencies: dict[str, Any]) -> dict[str, Any]:
    return {n: {**c, "anchors": {str(k): v for k, v in c["anchors"].items()}} for n, c in competencies.items()}


def told(report: Rehearsal) -> str:
    return "\n".join(f.text for f in report.findings)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_kits_tell_strong_from_vague(name: str) -> None:
    report = rehearse(KitLibrary().load(name))
    assert report.good, told(report)
    assert report.rows
    for row in report.rows:
        assert set(row.found) == {*MANNERS, HELD_OUT}
        assert row.apart >= 0.5
        assert row.found[TERSE] == row.found[RAMBLING], "length is worth nothing"
        assert row.found[INJECTING] is None, "orders make the map abstain"
        assert row.found[SECOND] == row.found[STRONG]


def test_the_same_kit_gives_the_same_report() -> None:
    kit = KitLibrary().load("nurse")
    assert rehearse(kit) == rehearse(kit)


def test_rambling_says_the_same_at_length() -> None:
    kit = KitLibrary().load("sales")
    for question in kit.questions:
        terse, rambling = (answer(m, kit, question, "en") for m in (TERSE, RAMBLING))
        assert len(folded(rambling)) > 2 * len(folded(terse))
        assert all(part in rambling for part in terse.split(". "))
        assert not set(folded(answer(WEAK, kit, question, "en"))) >= set(folded(terse))


def test_an_indicator_without_cues_and_one_that_no_question_asks_for() -> None:
    report = rehearse(
        changed(result={"text": "Gives a result that can be checked", "cues": []}, extra="Names a witness")
    )
    assert "has no cues" in told(report)
    assert "no question can show \u201cNames a witness\u201d" in told(report)
    assert not report.good


def test_cues_that_vague_answers_hold_too_are_lenient() -> None:
    vague = {
        "own_step": {"text": "x", "cues": ["works out fine in the end"]},
        "result": {"text": "y", "cues": ["nobody was unhappy"]},
    }
    report = rehearse(changed(**vague))
    assert "Ownership: a vague answer shows this already" in told(report)
    assert not report.good


def test_questions_without_probes_are_named() -> None:
    assert "Question upset: nothing can be followed up for tells" in told(rehearse(changed()))


def test_a_german_kit_is_rehearsed_in_german_and_a_finnish_one_not() -> None:
    german = changed().model_copy(update={"languages": ("de",)})
    assert "Ich denke an" in answer(STRONG, german, german.questions[0], "de")
    assert rehearse(german).language == "de"
    finnish = changed().model_copy(update={"languages": ("fi",)})
    assert speaks(finnish) is None
    with pytest.raises(CalibrationProblem, match="English or German"):
        rehearse(finnish)


async def with_model(manner: str, kit: Kit) -> Rehearsal:
    async with StubServer(StubModel(manner, frozenset())).running() as server:
        assessor = Assessor(server.base_url, "none", "stub", samples=1, more=0)
        report = await rehearse_with(kit, assessor, "stub")
        await assessor.aclose()
    return report


async def test_a_model_reads_along() -> None:
    # This reader knows words only: it sees an act where half of the indicator's own words are said.
    said = {
        "own_step": {"text": "Says what they restarted themselves", "cues": ["I restarted the server myself"]},
        "trade_off": {
            "text": "Names an alternative they considered",
            "cues": ["I considered an alternative to the vendor"],
        },
        "result": {"text": "Gives a measured result with a number", "cues": ["measured result was a lower number"]},
        "learning": {"text": "Names a lesson for next time", "cues": ["my lesson for the next time was a checklist"]},
    }
    report = await with_model("honest", changed(**said))
    ownership = report.rows[0]
    assert report.model == "stub"
    assert set(ownership.levels) == set(MANNERS)
    assert (ownership.levels[STRONG], ownership.levels[WEAK]) == (5, 1)
    assert "the model gives 1 to the strong answer" not in told(report)
    vague = await with_model("honest", KitLibrary().load("sales"))
    assert "the model gives" in told(vague)
    assert not vague.good


async def test_a_model_that_isnt_there_is_said() -> None:
    assessor = Assessor("http://127.0.0.1:9/v1", "none", "gone", max_retries=0)
    with pytest.raises(CalibrationProblem, match="gave nothing to use"):
        await rehearse_with(KitLibrary().load("sales"), assessor, "gone")
    await assessor.aclose()


# -- the command ----------------------------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["rehearse", *words], env={"COLUMNS": "200"})


def test_the_command_prints_and_writes_its_report(tmp_path: Path) -> None:
    result = run("customer-support", "--out", str(tmp_path / "report.json"))
    assert result.exit_code == 0, result.output
    assert "Finding the real problem" in result.output
    assert "The kit can be used." in result.output
    report = orjson.loads((tmp_path / "report.json").read_bytes())
    assert report["good"] is True
    assert len(report["rows"]) == 4


def test_a_kit_that_should_change_is_status_1(tmp_path: Path) -> None:
    text = (KitLibrary().folder / "customer-support.yaml").read_text(encoding="utf-8")
    path = tmp_path / "customer-support.yaml"
    path.write_text(text.replace("weight: 0.3", "weight: 0.31"), encoding="utf-8")
    result = run(str(path))
    assert result.exit_code == 1
    assert "Please change what is marked with ! first." in result.output


def test_what_cannot_be_rehearsed_is_said_plainly(tmp_path: Path) -> None:
    assert 'There is no kit called "nope"' in run("nope").output
    assert "cannot be read" in run(str(tmp_path / "gone.yaml")).output
    assert "needs both" in run("sales", "--model", "m").output
    assert run("nope").exit_code == 1
