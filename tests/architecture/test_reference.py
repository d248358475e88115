"""The reference pages say what the code says: every setting, command, call, shape and fact, and none that does not exist."""

import ast
import re
from pathlib import Path

import pytest

from bot.facts import EFFECTS
from bot.settings_page import reference as settings_page
from docs import generate

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_page_of_settings_is_current():
    assert settings_page().count("| `PARLEY_") > 5
    assert (REFERENCE / "settings.md").read_text("utf-8") == settings_page()


@pytest.mark.parametrize(("name", "least"), [("commands.md", 10), ("web-api.md", 60)])
def test_the_made_part_of_a_page_is_current(name: str, least: int):
    made = generate.MADE[name]()
    assert made.count("\n| `") > least
    page = (REFERENCE / name).read_text("utf-8")
    assert generate.between(page) == made, "make it anew: python -m docs.generate"


def test_every_call_of_the_interface_is_on_its_page():
    page = (REFERENCE / "web-api.md").read_text("utf-8")
    paths: dict[str, dict[str, object]] = generate.openapi()["paths"]
    calls = {f"`{method.upper()} {path}`" for path, methods in paths.items() for method in methods}
    assert len(calls) >= 7
    assert {c for c in calls if c not in page} == set()
    assert any(c.endswith("/export`") for c in calls)


def facts_stated(source: str) -> list[tuple[str, set[str]]]:
    """(name, data keys) of each `note(key, "name", ...)`, `Fact("name", ...)` and `scene.fact("name", ...)`.

    A `**rest` counts as the key "**": what is in it cannot be read here.
    """
    found: list[tuple[str, set[str]]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            at = {"note": 1, "Fact": 0, "scene.fact": 0}.get(called.removeprefix("call."))
            if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                keys = {k.arg or "**" for k in node.keywords} - {"person_id"}
                keys |= {
                    k.value
                    for a in node.args[1:]
                    if isinstance(a, ast.Dict)
                    for k in a.keys
                    if isinstance(k, ast.Constant)
                }
                found.append((str(ast.literal_eval(node.args[at])), keys))
    return found


def facts_on_the_page() -> dict[str, set[str]]:
    """Name -> data keys, from the tables of facts.md. A row may name several facts."""
    rows = re.findall(r"^\| (`[^|]+) \|([^|]*)\|", (REFERENCE / "facts.md").read_text("utf-8"), re.MULTILINE)
    return {
        name: set(re.findall(r"`(\w+)`", data)) for names, data in rows for name in re.findall(r"`([\w:]+)`", names)
    }


def test_every_fact_and_its_data_are_on_their_page():
    files = [f for part in ("flows", "bot") for f in (ROOT / part).rglob("*.py")]
    stated = [fact for f in files for fact in facts_stated(f.read_text("utf-8"))]
    page = facts_on_the_page()
    assert len(stated) > 12
    wrong = [(n, keys, page.get(n)) for n, keys in stated if n not in page or not _fits(keys, page[n])]
    assert wrong == []


def _fits(stated: set[str], page: set[str]) -> bool:
    return stated - {"**"} < page if "**" in stated else stated == page


def test_every_effect_is_on_the_page_and_every_fact_there_exists():
    page, files = facts_on_the_page(), (ROOT / "flows").rglob("*.py")
    stated = {n for f in [*files, *(ROOT / "bot").rglob("*.py")] for n, _ in facts_stated(f.read_text("utf-8"))}
    assert len(EFFECTS) > 10
    assert set(EFFECTS) - set(page) == set()
    assert set(page) - stated - set(EFFECTS) == set()


def test_facts_are_seen():
    source = 'note("a", "one", x=1)\nnote(k, "two", y=1, **z)\nFact("three", {})\nscene.fact("four", i, person_id=p)'
    assert facts_stated(source) == [("one", {"x"}), ("two", {"y", "**"}), ("three", set()), ("four", set())]
