"""The protocol for graded answers: the known figures of SAF, and files that are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.calibration.files import CalibrationProblem, Graded, graded, read_lines
from bot.calibration.graded_bench import LENGTH, TF_IDF, GradedReport, bench, level_of_score
from bot.calibration.models import embeddings
from bot.calibration.scorers import Matching, Modelled, acts, reference_kit
from bot.calibration.stub import Asked, StubServer
from bot.calibration.variations import CHANGES, MOST
from bot.work.assess import Assessor
from tests.shared import shared

# What our scoring protocol says of length on the whole of SAF, and what the map gives there.
KNOWN_LENGTH = {"en": 0.57, "de": 0.35}
MAP = {"en": (0.62, 0.70), "de": (0.38, 0.48)}


def of(question: str, lang: str, rows: int, **more: Any) -> list[Graded]:
    """Answers whose score is how much of the reference they say."""
    points = ("the cable was broken", "somebody replaced a switch", "customers lost their calls", "a backup took over")
    return [
        Graded(f"{question}-{n}", question, lang, "What happened in the network?", (". ".join(points),), *_said(points, n))
        for n in range(rows)
    ]  # fmt: skip


def _said(points: tuple[str, ...], n: int) -> tuple[str, float]:
    known = n % 5
    filler = " and so on it went for quite a while that day" * (n % 3)
    return f"{'. '.join(points[:known]) or 'nothing at all'}.{filler}", known / 4


async def test_a_scorer_that_finds_everything_agrees_and_is_better_than_length():
    report = await bench({"q": of("q", "en", 60)}, Matching())
    (question,) = report.questions
    found = question.columns["evidence-map"]
    assert found.qwk is not None
    assert found.gain is not None
    assert found.qwk.value > 0.9
    assert 0 < found.gain.low <= found.gain.value
    assert set(question.columns) == {"evidence-map", LENGTH, TF_IDF}
    assert question.scored == 1


async def test_another_dress_keeps_the_level_and_saying_it_twice_earns_nothing():
    report = await bench({"q": of("q", "en", 60)}, Matching())
    assert {v.name: v.n for v in report.variations} == dict.fromkeys(CHANGES, MOST)
    kept = {v.name: v.kept for v in report.variations}
    assert kept["said twice"] == kept["name and pronouns"] == kept["fillers"] == MOST


def test_what_the_changes_do():
    said = "He replaced the switch. She told her manager afterwards."
    assert CHANGES["name and pronouns"](said) == "Fatima here. He replaced the switch. She told his manager afterwards."
    assert CHANGES["fillers"](said).startswith("Um, well, He replaced the switch. Um, well, She")
    assert CHANGES["typos"]("backup " * 7).split() == ["backup"] * 6 + ["bcakup"]
    assert CHANGES["typos"]("short words only") == "short words only"
    assert CHANGES["said twice"]("a") == "a\na"


def test_embeddings_that_are_not_there_are_said(tmp_path: Path):
    assert embeddings("") is None
    with pytest.raises(CalibrationProblem, match=r"lack .*model\.safetensors"):
        embeddings(str(tmp_path))


async def test_the_same_seed_gives_the_same_report():
    rows = {"q": of("q", "en", 40)}
    assert await bench(rows, Matching(), seed=3) == await bench(rows, Matching(), seed=3)


async def test_questions_with_too_few_answers_are_named():
    report = await bench({"q": of("q", "en", 40), "small": of("small", "en", 24)}, Matching())
    assert report.skipped == ("small",)
    with pytest.raises(CalibrationProblem, match="No question has 25 answers"):
        await bench({"q": of("q", "en", 40)}, Matching(), limit=10)


async def test_a_model_gives_levels_itself_and_what_it_leaves_is_counted():
    def brain(asked: Asked) -> str:
        said = " ".join(s for _, s in asked.said)
        entries: list[dict[str, Any]] = []
        for key, text in asked.indicators:
            number, line = next(((n, s) for n, s in asked.said if "cable" in s), asked.said[0])
            met = text[:12] in said
            quote = {"sentence_ids": [number], "quote": "no such words were ever said"} if "calls" in said else {}
            empty = {"sentence_ids": list[int](), "quote": ""}
            status = "met" if met and quote else "no_evidence"
            entries.append({"id": key, **(quote if met and quote else empty), "status": status})
            assert line
        return json.dumps({"indicators": entries, "contradictions": [], "insufficient_evidence": False})

    async with StubServer(brain).running() as server:
        assessor = Assessor(server.base_url, "none", "stub", samples=1, more=0)
        report = await bench({"q": of("q", "en", 60)}, Modelled(assessor))
        await assessor.aclose()
    (question,) = report.questions
    assert report.scorer.startswith("llm-evidence/stub@127.0.0.1/")
    # Whoever said three points or more got a forged quote, and so no level; too few words are no reason here.
    assert question.scored == pytest.approx(36 / 60)
    assert question.left == {"quotes_rejected": 24}


async def test_a_model_that_is_not_there_is_said_at_once():
    assessor = Assessor("http://127.0.0.1:9/v1", "none", "gone", max_retries=0)
    with pytest.raises(CalibrationProblem, match=r"gone@127\.0\.0\.1.*can't be reached"):
        await bench({"q": of("q", "en", 60)}, Modelled(assessor))
    await assessor.aclose()


def test_references_become_indicators():
    texts = ["Der Jobber gibt sich zu erkennen (0.25 P) und zeigt das Schreiben (0.25 P). Und dann."]
    assert acts(texts, "de") == ["Der Jobber gibt sich zu erkennen  und zeigt das Schreiben ."]
    kit = reference_kit("Q?", "en", [". ".join(f"point number{n} matters" for n in range(20))], whole=True)
    assert len(kit.competencies["answer"].indicators) == 8
    assert [r.level for r in kit.competencies["answer"].levels] == [5, 4, 3, 2, 1]
    assert [level_of_score(s) for s in (0, 0.25, 0.5, 0.88, 1)] == [1, 2, 3, 5, 5]


GOOD = {"id": "1", "question_id": "q", "question": "Why?", "reference": ["Because."], "answer": "So.", "score": 0.5}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("{", "Line 1 of .* is not JSON"),
        ("\n[1]", "Line 2 of .* is not a JSON object"),
        (json.dumps(GOOD | {"answer": 3}), 'Row 1 of .* has no text "answer"'),
        (json.dumps(GOOD | {"score": 5}), 'needs "score", a number from 0 to 1'),
        (json.dumps(GOOD | {"score": True}), 'needs "score"'),
        (json.dumps(GOOD | {"reference": []}), 'needs "reference"'),
        (json.dumps(GOOD | {"reference": [1]}), 'needs "reference"'),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationProblem, match=says):
        graded(path, read_lines(path))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CalibrationProblem, match="cannot be read"):
        read_lines(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(CalibrationProblem, match="UTF-8"):
        read_lines(tmp_path / "latin.jsonl")


def test_a_line_separator_inside_a_text_is_no_new_line(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps(GOOD | {"answer": "a\u2028b"}, ensure_ascii=False), "utf-8")
    assert len(read_lines(tmp_path / "rows.jsonl")) == 1


async def measured(*languages: str, questions: int = 0) -> GradedReport:
    path = shared("cases", "saf.jsonl")
    answers = {q: rows for q, rows in graded(path, read_lines(path)).items() if rows[0].lang in languages}
    assert sum(map(len, answers.values())) > 1_000
    return await bench(dict(list(answers.items())[: questions or None]), Matching())


async def test_some_of_saf():
    report = await measured("en", questions=6)
    (english,) = report.languages
    ours, length = english.columns["evidence-map"].qwk, english.columns[LENGTH].qwk
    assert ours is not None
    assert length is not None
    assert english.questions == 6
    assert 0.4 < length.value < 0.75
    assert ours.value > 0.5


@pytest.mark.slow
async def test_the_whole_of_saf_gives_the_known_figures():
    report = await measured("en", "de")
    assert len(report.questions) == 24
    assert sum(q.answers for q in report.questions) == 3_009
    for found in report.languages:
        length, ours = found.columns[LENGTH].qwk, found.columns["evidence-map"].qwk
        assert length is not None
        assert ours is not None
        assert length.value == pytest.approx(KNOWN_LENGTH[found.lang], abs=0.005)
        low, high = MAP[found.lang]
        assert low <= ours.value <= high
        assert ours.low < ours.value < ours.high
