"""What holds for the repository as a whole: nothing of one machine in it, and pages that keep their promises."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Put together here, so that this file does not find itself.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com")
REGISTRY = re.compile("|".join(re.escape(r) for r in REGISTRIES))
INDEX_OPTION = re.compile(r"^--?(index-url|extra-index-url|find-links|i|f)\b", re.MULTILINE)
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(work|farm|root|home/(?!you\b)\w+|Users/\w+|tmp/bash_jobs|opt/(wheels|pypi))(?=[./\s\"'])"
)
HEADINGS = ["Context", "Choice", "Price", "How we would notice it was wrong"]


def _files() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [p for name in listed.split("\0") if name and (p := ROOT / name).is_file()]


def of_one_machine(text: str) -> list[str]:
    """Registry addresses, index options and machine paths in a text."""
    return [m.group() for pattern in (REGISTRY, MACHINE_PATH) for m in pattern.finditer(text)]


def targets(makefile: str) -> set[str]:
    """The targets a person can call."""
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, re.MULTILINE))


def named_targets(page: str) -> list[str]:
    """Each `make xyz` that stands as code in a Markdown page."""
    code = re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL)
    return [t for c in code for t in re.findall(r"\bmake ([a-z][a-z-]*)", c)]


def _pages() -> list[Path]:
    return [p for p in _files() if p.suffix == ".md"]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    looked, found = 0, list[str]()
    for file in _files():
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        looked += 1
        found += [f"{file.relative_to(ROOT)}: {hit}" for hit in of_one_machine(text)]
    assert looked > 30, f"looked at {looked} files only"
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        f"see https://{REGISTRIES[0]}/project/x",
        f"https://files.{REGISTRIES[1]}/a",
        "cd /" + "work/main",
        "'/" + "root/.x'",
    ],
)
def test_the_check_sees_what_belongs_to_one_machine(text: str):
    assert len(of_one_machine(text)) == 1


def test_the_check_lets_ordinary_paths_pass():
    assert (
        of_one_machine("GET /api/work/1, ./work/x, https://example.com/root/, /var/lib/parley, bot/work/assess.py")
        == []
    )


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_hashes_and_no_index(name: str):
    text = (ROOT / name).read_text("utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(packages) > 20
    assert [p.split()[0] for p in packages if "==" not in p or "--hash=sha256:" not in p] == []
    assert INDEX_OPTION.findall(text) == []


def test_the_lock_answers_for_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        ("requirements.txt", project["dependencies"]),
        ("requirements-dev.txt", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ]
    for name, dependencies in wanted:
        locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        # A name's own spelling ("discord.py") and the normal one ("discord-py") are the same package.
        names = {re.sub(r"[._-]+", "-", re.split(r"[^A-Za-z0-9._-]", d)[0].lower()) for d in dependencies}
        assert len(names) > 10
        assert names - locked == set(), f"{name} is older than pyproject.toml: run make lock"


def test_the_two_locks_agree():
    pins = [
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert len(pins[0]) > 20
    assert {n: v for n, v in pins[0].items() if pins[1].get(n) != v} == {}


def test_every_decision_has_its_four_headings_in_order():
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert len(decisions) > 8
    for number, file in enumerate(decisions):
        text = file.read_text("utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, file.name
        assert text.startswith(f"# {number:04}. "), file.name
        assert file.name.startswith(f"{number:04}-"), file.name
        parts = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
        assert all(len(p.split()) >= 5 for p in parts), f"{file.name}: a heading with nothing under it"


def test_every_page_is_in_the_table_of_contents():
    contents = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = sorted(p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md"))
    assert len(pages) > 10
    assert [p for p in pages if f"- {p}\n" not in contents] == []


def test_every_make_command_on_a_page_exists():
    known = targets((ROOT / "Makefile").read_text("utf-8"))
    readme = named_targets((ROOT / "README.md").read_text("utf-8"))
    assert {"demo", "test"} <= set(readme), "the README tells people how to begin"
    named = {(p.name, t) for p in _pages() for t in named_targets(p.read_text("utf-8"))}
    assert {(page, t) for page, t in named if t not in known} == set()


def test_every_file_a_page_names_exists():
    """Decisions are left out: they may speak of what was there at the time."""
    named = {
        (page.name, path)
        for page in _pages()
        if page.parent.name != "adr"
        for path in re.findall(r"`((?:adapters|bot|calendar_sync|docs|flows|tests)/[\w./-]*)`", page.read_text("utf-8"))
    }
    assert len(named) > 5
    assert {(page, path) for page, path in named if not (ROOT / path).exists()} == set()


def test_make_commands_are_found_in_code_only():
    assert named_targets("make sure\n`make demo`\n```\nmake test\n```") == ["demo", "test"]
    assert targets("demo: x ## y\nhidden: z\n") == {"demo"}
