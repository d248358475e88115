"""The JSON Schema of kits, and the kits that come with Parley."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from flows.kits.model import Kit
from flows.kits.schema import json_schema
from flows.kits.source import parse

KITS = Path(__file__).resolve().parents[2] / "kits"
FILES = sorted(KITS.glob("*.yaml"))
NAMES = ["backend-engineer", "customer-support", "nurse", "retail-shift", "sales"]


def load(path: Path) -> Kit:
    kit, problems = parse(path.read_text(encoding="utf-8"), str(path))
    assert [str(p) for p in problems] == []
    assert kit is not None
    return kit


def as_json(path: Path) -> Any:
    """A kit as a JSON document, through the same reader that production uses."""
    return json.loads(load(path).model_dump_json())


def errors(document: Any) -> list[str]:
    return [e.message for e in Draft202012Validator(json_schema()).iter_errors(document)]


def test_the_schema_itself_is_valid() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_stored_schema_is_the_generated_one() -> None:
    stored = json.loads((KITS / "kit.schema.json").read_text(encoding="utf-8"))
    assert stored == json_schema(), "write it again: parley kit schema --write"


def test_every_key_has_a_title_and_a_description() -> None:
    schema = json_schema()
    looked_at = 0
    for name, block in {**schema["$defs"], "Kit": schema}.items():
        for field, value in block["properties"].items():
            assert value.get("title") or value.get("$ref") or value.get("anyOf"), (name, field)
            assert value.get("description"), (name, field)
            looked_at += 1
    assert looked_at > 30


def test_all_five_kits_are_there() -> None:
    assert [path.stem for path in FILES] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_kit_is_free_of_errors_and_warnings_and_fits_the_schema(name: str) -> None:
    path = KITS / f"{name}.yaml"
    assert errors(as_json(path)) == []
    assert load(path).kit == name


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_kit_starts_with_the_line_for_editors(name: str) -> None:
    first = (KITS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=kit.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_kit_has_all_that_an_interview_needs(name: str) -> None:
    kit = load(KITS / f"{name}.yaml")
    assert 4 <= len(kit.competencies) <= 6
    assert 5 <= len(kit.questions) <= 6
    assert 4 <= len(kit.facts) <= 8
    assert kit.role
    assert kit.warm_up
    assert len({q.ai_use for q in kit.questions}) > 1
    assert any(q.clarifications for q in kit.questions)
    assert all(len(q.clarifications) <= 3 for q in kit.questions)
    assert 15 <= kit.minutes <= 40


@pytest.mark.parametrize("name", NAMES)
def test_each_indicator_of_a_shipped_kit_has_a_name_of_its_own_advice_and_cues(name: str) -> None:
    kit = load(KITS / f"{name}.yaml")
    pairs = [(key, value) for c in kit.competencies.values() for key, value in c.indicators.items()]
    assert len({key for key, _ in pairs}) == len(pairs)
    for key, indicator in pairs:
        assert indicator.grow.endswith("."), key
        assert 4 <= len(indicator.cues) <= 8, key
        assert len(set(indicator.cues)) == len(indicator.cues), key


# A cue needs half of its content words, so one of two content words would be enough to "find" it.
LITTLE_WORDS = (
    "a an the and or but if to of in on at by for with from as is are was were be been it its this that these those i "
    "me my we our us you your he him his she her they them their so not no do did does had has have there then than "
    "too also very just about up out off over until because what which who how when where why would could should can "
    "will again all any each one two own"
)
LITTLE = frozenset(LITTLE_WORDS.split())


@pytest.mark.parametrize("name", NAMES)
def test_a_cue_has_enough_words_of_content_to_be_specific(name: str) -> None:
    kit = load(KITS / f"{name}.yaml")
    cues = [cue for c in kit.competencies.values() for i in c.indicators.values() for cue in i.cues]
    assert len(cues) > 50
    short = [cue for cue in cues if not 3 <= len(set(re.findall(r"[a-z0-9']+", cue.lower())) - LITTLE) <= 5]
    assert short == []


BAD: list[tuple[str, Any]] = [
    ("titel", "x"),
    ("version", "one"),
    ("languages", ["english"]),
    ("questions", []),
    ("kit", "Night Porter"),
]


@pytest.mark.parametrize(("key", "value"), BAD)
def test_the_schema_refuses_what_the_model_refuses(key: str, value: Any) -> None:
    document = as_json(FILES[0])
    document[key] = value
    assert errors(document)


def test_an_indicator_may_be_a_plain_text_and_an_anchor_has_a_level_from_one_to_five() -> None:
    document = as_json(FILES[0])
    competency = next(iter(document["competencies"].values()))
    name = next(iter(competency["indicators"]))
    competency["indicators"][name] = "Names the trade-off"
    assert errors(document) == []
    Kit.model_validate(document)
    wrong = copy.deepcopy(document)
    next(iter(wrong["competencies"].values()))["anchors"]["6"] = "Too high"
    assert errors(wrong)
