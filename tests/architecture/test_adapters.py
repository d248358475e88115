"""Every adapter answers every rule of adapters/quality.md: done and where, todo and what, or exempt and why."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS = sorted(f.parent for f in (ROOT / "adapters").glob("*/__init__.py"))
# state -> the one key that explains it
SAYS = {"done": "where", "todo": "missing", "exempt": "reason"}


def rules() -> list[str]:
    """The rules in the order of the page, each once."""
    return re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "adapters" / "quality.md").read_text("utf-8"), re.MULTILINE)


def wrong(answers: dict[str, dict[str, str]]) -> list[str]:
    """What is wrong with the answers of one adapter. One sentence for each place."""
    found = [f"{rule}: no answer" for rule in rules() if rule not in answers]
    found += [f"{rule}: no such rule" for rule in answers if rule not in rules()]
    for rule, answer in answers.items():
        says = SAYS.get(answer.get("state", ""))
        if says is None:
            found.append(f"{rule}: the state must be one of {', '.join(SAYS)}")
        elif set(answer) != {"state", says} or len(answer[says].split()) < 2:
            found.append(f"{rule}: {answer['state']} needs {says}, in words, and nothing else")
    return found


def test_the_list_of_rules_is_read():
    assert len(rules()) > 10
    assert len(set(rules())) == len(rules())
    assert ROOT / "adapters" / "web" in ADAPTERS


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda a: a.name)
def test_an_adapter_answers_every_rule(adapter: Path):
    assert wrong(yaml.safe_load((adapter / "quality.yaml").read_text("utf-8"))) == []


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda a: a.name)
def test_what_is_done_can_be_found(adapter: Path):
    answers = yaml.safe_load((adapter / "quality.yaml").read_text("utf-8"))
    done = [a["where"] for a in answers.values() if a["state"] == "done"]
    files = [re.match(r"[\w./]+?\.\w+(?=[:,]|$)", where) for where in done]
    assert len(done) > 3
    assert [w for w, f in zip(done, files, strict=True) if f is None or not (ROOT / f.group()).is_file()] == []


def test_the_check_sees_wrong_answers():
    good = {rule: {"state": "done", "where": "adapters/web/app.py: somewhere"} for rule in rules()}
    assert wrong(good) == []
    first, *_ = rules()
    for bad in (
        {"state": "perhaps"},
        {"state": "done"},
        {"state": "todo", "missing": ""},
        {"state": "exempt", "reason": "It is so.", "where": "here it is"},
    ):
        assert len(wrong({**good, first: bad})) == 1
    assert len(wrong({**good, "kindness": {"state": "done", "where": "every where"}})) == 1
    assert len(wrong({rule: answer for rule, answer in good.items() if rule != first})) == 1
