"""Files that `parley calibrate` reads: JSON lines. What is wrong with one is a sentence with the line's number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

MOST_BYTES = 200_000_000
Line = dict[str, Any]


class CalibrationProblem(Exception):
    """Something can't be measured. The message says what and what to do."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One answer that a person graded. `score`: 0 to 1."""

    id: str
    question_id: str
    lang: str
    question: str
    reference: tuple[str, ...]
    answer: str
    score: float


def read_lines(path: Path) -> list[Line]:
    """Every object of a file of JSON lines; blank lines are skipped."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CalibrationProblem(f"{path} has more than {MOST_BYTES // 1_000_000} MB. Please split it.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise CalibrationProblem(f"{path} cannot be read ({reason}). Check the name and the folder.") from None
    except UnicodeDecodeError:
        raise CalibrationProblem(f"{path} is not a text file in UTF-8. Save it as UTF-8.") from None
    found: list[Line] = []
    # Not splitlines(): a JSON string may hold other line separators (U+2028, say) as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            found.append(_object(path, number, line))
    if not found:
        raise CalibrationProblem(f"{path} is empty. It should hold one JSON object a line.")
    return found


def _object(path: Path, number: int, line: str) -> Line:
    try:
        value: object = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise CalibrationProblem(f"Line {number} of {path} is not JSON. Each line should be one object.") from None
    if not isinstance(value, dict):
        raise CalibrationProblem(f"Line {number} of {path} is not a JSON object. Each line should be one object.")
    return cast("Line", value)


def text_of(row: Mapping[str, Any], key: str, path: Path, number: int) -> str:
    """A text of a row; `CalibrationProblem` where it is missing or something else."""
    value = row.get(key)
    if not isinstance(value, str):
        raise CalibrationProblem(f'Row {number} of {path} has no text "{key}". See docs/how-to/calibrate.md.')
    return value


def graded(path: Path, rows: Sequence[Line]) -> dict[str, list[Graded]]:
    """The graded answers of a file of SAF's form, by question, in the order of the file."""
    found: dict[str, list[Graded]] = {}
    for number, row in enumerate(rows, start=1):
        one = _graded(path, number, row)
        found.setdefault(one.question_id, []).append(one)
    return found


def _graded(path: Path, number: int, row: Line) -> Graded:
    words = {key: text_of(row, key, path, number) for key in ("id", "question_id", "question", "answer")}
    reference, score = row.get("reference"), row.get("score")
    listed = cast("list[object]", reference) if isinstance(reference, list) else [reference]
    if not listed or not all(isinstance(t, str) for t in listed):
        raise CalibrationProblem(f'Row {number} of {path} needs "reference", a list of model answers.')
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise CalibrationProblem(f'Row {number} of {path} needs "score", a number from 0 to 1.')
    lang = str(row.get("lang", "en"))
    return Graded(**words, lang=lang, reference=tuple(str(t) for t in listed), score=float(score))
