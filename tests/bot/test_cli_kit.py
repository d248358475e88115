"""Kit files on the disk, and `parley kit ...` as a person uses it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot.cli_kit import app
from bot.kits import SHIPPED, KitLibrary, KitProblem, check_file, load_file, new_kit, schema_text
from flows.kits.lint import reference

NAMES = ["backend-engineer", "customer-support", "nurse", "retail-shift", "sales"]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(w) for w in words])


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    path = tmp_path / "night-porter.yaml"
    new_kit(path, "Night porter")
    return path


def test_the_library_knows_and_loads_the_shipped_kits() -> None:
    library = KitLibrary()
    assert library.names() == NAMES
    assert [library.load(name).kit for name in NAMES] == NAMES


def test_an_unknown_kit_is_told_with_the_kits_there_are() -> None:
    with pytest.raises(KitProblem, match=r'There is no kit called "\.\./x".*nurse'):
        KitLibrary().load("../x")


def test_an_empty_folder_has_no_kits(tmp_path: Path) -> None:
    assert KitLibrary(tmp_path).names() == []
    with pytest.raises(KitProblem, match="none yet"):
        KitLibrary(tmp_path).load("nurse")
    assert run("lint", "--folder", tmp_path).exit_code == 1


def test_a_problem_names_every_error_with_its_line(starter: Path) -> None:
    text = starter.read_text(encoding="utf-8")
    starter.write_text(text.replace("weight: 0.5", "weight: 0.4").replace("probes:", "probs:", 1), encoding="utf-8")
    with pytest.raises(KitProblem, match=r"night-porter.yaml:\d+: .*Did you mean probes\?") as caught:
        load_file(starter)
    assert caught.value.problems
    starter.write_text(text.replace("weight: 0.5", "weight: 0.4"), encoding="utf-8")
    with pytest.raises(KitProblem, match=r"add up to 0.8, not 1"):
        load_file(starter)


def test_a_warning_does_not_stop_a_kit(starter: Path) -> None:
    text = starter.read_text(encoding="utf-8")
    starter.write_text(text.replace("warm_up:\n  ask:", "#").replace("# Easy", "# "), encoding="utf-8")
    assert load_file(starter).warm_up is None
    result = run("lint", starter)
    assert result.exit_code == 0
    assert "Advice: The kit has no warm-up." in result.output
    assert "no errors, 1 warning" in result.output


@pytest.mark.parametrize(
    ("content", "told"), [(b"\xff\xfe\x00", "UTF-8"), (b"", "not an interview kit"), (None, "read")]
)
def test_an_unreadable_file_is_one_kind_sentence(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_bytes(content)
    kit, problems = check_file(path)
    assert kit is None
    assert len(problems) == 1
    assert told in str(problems[0])
    assert run("lint", path).exit_code == 1


@pytest.mark.parametrize("content", ["x" * 300_000, "\u00e9" * 500_001, "x" + "\U0001f600" * 250_000])
def test_a_file_that_is_too_long_is_told_as_that(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    (problem,) = check_file(path)[1]
    assert "more than 200,000 characters" in problem.message


def test_a_folder_is_not_a_kit(tmp_path: Path) -> None:
    (problem,) = check_file(tmp_path)[1]
    assert "cannot be read" in problem.message


def test_a_kit_must_be_called_like_its_file(starter: Path) -> None:
    other = starter.rename(starter.with_name("day-porter.yaml"))
    assert "Make the two the same." in str(check_file(other)[1][0])


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_no_bytes_ever_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "x.yaml"
    path.write_bytes(data)
    kit, problems = check_file(path)
    assert kit is None
    assert problems


def test_lint_says_that_all_shipped_kits_are_fine() -> None:
    result = run("lint")
    assert result.exit_code == 0
    assert "Checked 5 kits: no errors, no warnings." in result.output


def test_lint_shows_file_line_and_suggestion_on_one_line(starter: Path) -> None:
    text = starter.read_text(encoding="utf-8").replace("purpose:", "porpose:", 1)
    starter.write_text(text, encoding="utf-8")
    line = text[: text.index("porpose:")].count("\n") + 1
    result = run("lint", starter)
    assert result.exit_code == 1
    assert f'{starter}:{line}: "porpose" is not a key that belongs here. Did you mean purpose?\n' in result.output


def test_new_writes_a_kit_that_lint_has_nothing_to_say_about(tmp_path: Path) -> None:
    result = run("new", "night-porter", "--folder", tmp_path)
    assert result.exit_code == 0
    path = tmp_path / "night-porter.yaml"
    assert check_file(path)[1] == []
    kit = load_file(path)
    assert (kit.title, len(kit.competencies)) == ("Night porter", 2)
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=kit.schema.json\n")
    assert (tmp_path / "kit.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("title", ['Porter "night": a #1 [job]', "Nachtportier (m/w/d) \u00e4\u00f6", "\\ back", "yes"])
def test_a_title_with_odd_characters_survives(tmp_path: Path, title: str) -> None:
    path = tmp_path / "porter.yaml"
    new_kit(path, title)
    assert load_file(path).title == title


def test_new_never_overwrites(starter: Path) -> None:
    before = starter.read_bytes()
    result = run("new", starter.stem, "--folder", starter.parent)
    assert result.exit_code == 1
    assert "exists already" in result.output
    assert starter.read_bytes() == before


@pytest.mark.parametrize("name", ["Night Porter", "../porter", "", "a/b"])
def test_new_refuses_a_name_that_cannot_be_one(tmp_path: Path, name: str) -> None:
    result = run("new", name, "--folder", tmp_path)
    assert result.exit_code == 1
    assert result.output.strip()
    assert list(tmp_path.glob("**/*.yaml")) == []


def test_new_in_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = run("new", "porter", "--folder", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "There is no folder" in result.output


def test_schema_prints_and_writes_the_same(tmp_path: Path) -> None:
    printed = run("schema")
    assert json.loads(printed.output)["title"] == "Kit"
    assert run("schema", "--write", "--folder", tmp_path).exit_code == 0
    assert (tmp_path / "kit.schema.json").read_text(encoding="utf-8") == printed.output
    assert (SHIPPED / "kit.schema.json").read_text(encoding="utf-8") == printed.output
    assert run("schema", "--write", "--folder", tmp_path / "nowhere").exit_code == 1


def test_rules_prints_the_reference_page() -> None:
    assert run("rules").output == reference()


@pytest.mark.parametrize("name", NAMES)
def test_show_gives_every_question_and_competency(name: str) -> None:
    result = run("show", name)
    assert result.exit_code == 0
    flat = " ".join(result.output.split())
    kit = KitLibrary().load(name)
    assert all(question.ask in flat for question in kit.questions)
    assert all(competency.title in flat for competency in kit.competencies.values())


def test_show_of_an_unknown_kit_is_told() -> None:
    result = run("show", "astronaut")
    assert result.exit_code == 1
    assert 'There is no kit called "astronaut"' in result.output
