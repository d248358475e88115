"""The laws of a screenplay that a machine can see, read from the syntax tree of every file in flows/."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "flows").rglob("*.py"))

OUTSIDE_WORLD = {
    *("asyncio", "concurrent", "ctypes", "getpass", "http", "importlib", "io", "logging", "multiprocessing", "os"),
    *("pathlib", "platform", "queue", "random", "secrets", "select", "selectors", "shutil", "signal", "smtplib"),
    *("socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}
_MODELS = {"pydantic", "pydantic_core", "snowballstemmer"}
# A kit is a YAML file: `flows/kits` turns its text into a value, and somebody else reads the file.
LIBRARIES = {"kits": _MODELS | {"yaml"}, "rating": _MODELS}
OUTSIDE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, without functions defined there: those run elsewhere."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from _own(child)


def _waits(nodes: list[ast.stmt]) -> bool:
    return any(isinstance(n, ast.Await | ast.AsyncFor | ast.AsyncWith) for node in nodes for n in _own(node))


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(k).split(".")[-1] in {"Exception", "BaseException"} for k in kinds)


def clean_up_around_an_await(source: str) -> list[str]:
    """Law 5: where clean-up would run at every pause. One sentence for each place."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncWith | ast.AsyncFor):
            found.append(f"line {node.lineno}: async {'with' if isinstance(node, ast.AsyncWith) else 'for'}")
        elif isinstance(node, ast.With) and _waits(node.body):
            found.append(f"line {node.lineno}: with around an await")
        elif isinstance(node, ast.Try | ast.TryStar):
            parts: list[ast.stmt] = [*node.body, *node.orelse, *(s for h in node.handlers for s in h.body)]
            if node.finalbody and _waits([*parts, *node.finalbody]):
                found.append(f"line {node.lineno}: finally around an await")
            if _waits(node.body) and any(_is_broad(h) for h in node.handlers):
                found.append(f"line {node.lineno}: broad except around an await")
    return found


def outside_imports(source: str, part: str) -> list[str]:
    """What a file of flows/`part` may not use: the outside world and libraries. One sentence for each place."""
    allowed = LIBRARIES.get(part, set()) | {"flows"} | (set(sys.stdlib_module_names) - OUTSIDE_WORLD)
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            used = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            used = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTSIDE_CALLS:
            found.append(f"line {node.lineno}: {node.func.id}()")
            continue
        else:
            continue
        found += [f"line {node.lineno}: imports {n}" for n in used if n.split(".")[0] not in allowed]
    return found


def test_there_is_something_to_look_at():
    assert len(FILES) >= 5, f"only {len(FILES)} files found in flows/"
    assert any("await " in f.read_text("utf-8") for f in FILES), "no file in flows/ awaits anything"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_no_clean_up_surrounds_an_await(file: Path):
    assert clean_up_around_an_await(file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_flows_does_not_reach_the_outside_world(file: Path):
    assert outside_imports(file.read_text("utf-8"), file.relative_to(ROOT / "flows").parts[0]) == []


@pytest.mark.parametrize(
    "body",
    [
        "try:\n  await s()\n finally:\n  x()",
        "try:\n  x()\n finally:\n  await s()",
        "try:\n  x()\n except KeyError:\n  await s()\n finally:\n  x()",
        "with lock:\n  if x:\n   await s()",
        "async with lock:\n  x()",
        "async for x in y:\n  x()",
        "try:\n  await s()\n except:\n  x()",
        "try:\n  y = [await s()]\n except Exception:\n  x()",
        "try:\n  await s()\n except (KeyError, BaseException):\n  x()",
    ],
)
def test_the_check_sees_clean_up(body: str):
    assert len(clean_up_around_an_await("async def f():\n " + body)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "try:\n  x()\n finally:\n  y()\n await s()",
        "with lock:\n  x()\n await s()",
        "try:\n  await s()\n except KeyError:\n  x()",
        "try:\n  async def g():\n   await s()\n finally:\n  x()",
    ],
)
def test_the_check_lets_harmless_code_pass(body: str):
    assert clean_up_around_an_await("async def f():\n " + body) == []


@pytest.mark.parametrize(
    ("source", "part", "count"),
    [
        ("import os.path", "kits", 1),
        ("from time import time", "engine.py", 1),
        ("import dataclasses, openai", "rating", 1),
        ("from bot.store import rows", "kits", 1),
        ("def f():\n import uuid", "kits", 1),
        ("open('x')", "kits", 1),
        ("import pydantic", "interview", 1),
        ("import pydantic", "kits", 0),
        ("from dataclasses import dataclass\nfrom flows.cards import Card\nfrom . import x", "words", 0),
    ],
)
def test_the_check_sees_the_outside_world(source: str, part: str, count: int):
    assert len(outside_imports(source, part)) == count
