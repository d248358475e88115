"""Who may import whom. The contracts are in pyproject.toml; here is what import-linter cannot see by itself."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "adapters", "calendar_sync", "flows", "migrations")


def test_every_contract_is_kept():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " kept, 0 broken" in done.stdout


def test_no_code_hides_from_the_contracts():
    """import-linter looks into packages only: a folder without `__init__.py` would be seen by nobody."""
    files = [f for p in PACKAGES for f in (ROOT / p).rglob("*.py")]
    assert len(files) > 20
    bare = {f.parent.relative_to(ROOT).as_posix() for f in files if not (f.parent / "__init__.py").exists()}
    assert bare == set()


def test_every_top_level_package_is_under_contract():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    found = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert set(linter["root_packages"]) == set(PACKAGES) == found


def test_nobody_imports_by_name_at_run_time():
    """`importlib.import_module("bot.x")` would pass under every contract."""
    looked = 0
    for package in ("adapters", "calendar_sync", "flows"):
        for file in (ROOT / package).rglob("*.py"):
            looked += 1
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Attribute | ast.Name):
                    name = node.attr if isinstance(node, ast.Attribute) else node.id
                    assert name not in {"import_module", "__import__"}, f"{file.relative_to(ROOT)}:{node.lineno}"
    assert looked > 5
