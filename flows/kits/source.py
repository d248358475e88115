"""From the text of a kit file to a kit, or to plain sentences that say where it is wrong and what to do.

The text comes from people, so it is read defensively: no tags, no aliases, a limit on size and depth, no
duplicate keys. Only plain values are built; `yes`, `no`, `on` and `off` stay words, as an editor shows them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from flows.kits import model
from flows.kits.lint import did_you_mean, lint
from flows.kits.model import Kit
from flows.kits.problems import Path, Severity

MOST_CHARACTERS: Final = 200_000
DEEPEST: Final = 20

Mark = tuple[int, int]  # line and column, both from 1
_START: Final[Mark] = (1, 1)


@dataclass(frozen=True)
class Located:
    """A problem with its place: `line` and `column` count from 1. As text: "kits/x.yaml:12: message remedy"."""

    source: str
    line: int
    column: int
    message: str
    remedy: str
    severity: Severity = "error"
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message} {self.remedy}".rstrip()


def parse(text: str, source: str) -> tuple[Kit | None, list[Located]]:
    """The kit in `text` and every problem found, in the order of the file; no kit when it does not fit the model.

    `source` is the name shown to people. A kit that breaks only lint rules is returned together with its
    problems, so that the caller decides what errors mean. Never raises for any text.
    """
    try:
        value, marks = _read(text)
    except _UnreadableError as problem:
        line, column = problem.mark
        return None, [Located(source, line, column, problem.message, problem.remedy, rule="yaml")]
    if not isinstance(value, dict):
        return None, [Located(source, 1, 1, "This is not an interview kit.", "Start one with: parley kit new.")]
    try:
        kit = Kit.model_validate(value)
    except ValidationError as invalid:
        found = [
            Located(source, *_mark(marks, path), message, remedy, rule="model")
            for path, message, remedy in _sentences(invalid.errors(include_url=False, include_context=True))
        ]
        return None, sorted(found, key=lambda p: (p.line, p.column))
    found = [Located(source, *_mark(marks, p.path), p.message, p.remedy, p.severity, p.rule) for p in lint(kit)]
    return kit, sorted(found, key=lambda p: (p.line, p.column))


class _UnreadableError(Exception):
    """The text is not YAML that a kit may use."""

    def __init__(self, message: str, remedy: str, mark: Mark = _START) -> None:
        super().__init__(message)
        self.message, self.remedy, self.mark = message, remedy, mark


def _read(text: str) -> tuple[Any, dict[Path, Mark]]:
    if len(text) > MOST_CHARACTERS:
        raise _UnreadableError(f"The file has more than {MOST_CHARACTERS:,} characters.", "Keep one kit to a file.")
    if re.search(r"[\ud800-\udfff]", text):
        raise _UnreadableError("The file holds half of a character.", "Save it as UTF-8.")
    try:
        _refuse_tricks(text)
        node = yaml.SafeLoader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        what = (error.problem or error.context or "it does not fit").strip()
        message = f"This is not readable as YAML: {what}."
        remedy = "Check the indentation, and put text that holds a colon or a # in quotes."
        raise _UnreadableError(message, remedy, _place(error.problem_mark or error.context_mark)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _UnreadableError("The file holds a character that YAML forbids.", "Remove it.", (line, 1)) from None
    except (ValueError, OverflowError):  # PyYAML lets these through for an escape such as "\UFFFFFFFF"
        message = "An escape such as \\U... names a character that does not exist."
        raise _UnreadableError(message, "Write the character itself.") from None
    marks: dict[Path, Mark] = {}
    return (None if node is None else _build(node, (), marks)), marks


def _refuse_tricks(text: str) -> None:
    """Aliases can blow a small file up, and tags can name types: a kit needs neither. Reads events, so no recursion."""
    depth = 0
    reader: Any = yaml.SafeLoader(text)  # its events have no types
    while reader.check_event():
        event = reader.get_event()
        mark = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _UnreadableError("Kits do not use & anchors or * aliases.", "Write the text out, or quote it.", mark)
        if getattr(event, "tag", None):
            raise _UnreadableError("Kits do not use ! tags.", "Remove the tag, or quote the text.", mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _UnreadableError(f"This is nested more than {DEEPEST} deep.", "Check the indentation.", mark)


def _build(node: yaml.Node, path: Path, marks: dict[Path, Mark]) -> Any:
    """The plain value of a node; notes where each path begins (for a value with a key: at the key)."""
    marks.setdefault(path, _place(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, marks)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, number), marks) for number, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, marks: dict[Path, Mark]) -> dict[Any, Any]:
    out: dict[Any, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        mark = _place(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            raise _UnreadableError("A key must be a plain word.", "Write it as name: value.", mark)
        key = _scalar(key_node)
        key = key if isinstance(key, int) and not isinstance(key, bool) else str(key_node.value)
        if str(key) in lines:
            message = f'"{key}" is here twice; the first one is in line {lines[str(key)]}.'
            raise _UnreadableError(message, "Keep one of them.", mark)
        lines[str(key)] = mark[0]
        marks[(*path, key)] = mark
        out[key] = _build(value_node, (*path, key), marks)
    return out


def _scalar(node: Any) -> str | int | float | bool | None:
    """Plain numbers, true, false and null; everything else is text (dates, yes and no among it)."""
    text = str(node.value)
    if re.search(r"[\ud800-\udfff]", text):
        raise _UnreadableError(
            "This holds half of a character.", "Write the character itself.", _place(node.start_mark)
        )
    if node.style is not None:  # quoted, or a block: it is meant as text
        return text
    if re.fullmatch(r"[-+]?[0-9]{1,15}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[-+]?[0-9]{0,15}\.[0-9]{1,15}", text, re.ASCII):
        return float(text)
    return {"": None, "~": None, "null": None, "true": True, "false": False}.get(text, text)


def _place(mark: Any) -> Mark:
    return (mark.line + 1, mark.column + 1) if mark is not None else _START


def _mark(marks: dict[Path, Mark], path: Path) -> Mark:
    """Where `path` is, or the nearest place above it that the file has."""
    for length in range(len(path), -1, -1):
        if path[:length] in marks:
            return marks[path[:length]]
    return _START


# Where in a kit each model sits; None stands for any name or number. Gives the valid keys at a place.
_SHAPES: Final[tuple[tuple[tuple[str | None, ...], type[BaseModel]], ...]] = (
    ((), Kit),
    (("warm_up",), model.WarmUp),
    (("competencies", None), model.Competency),
    (("competencies", None, "indicators", None), model.Indicator),
    (("competencies", None, "levels", None), model.LevelRule),
    (("questions", None), model.Question),
    (("questions", None, "answer"), model.AnswerGuide),
    (("questions", None, "clarifications", None), model.Clarification),
    (("facts", None), model.RoleFact),
)


def _keys_at(path: Path) -> list[str]:
    for shape, kind in _SHAPES:
        if len(shape) == len(path) and all(s is None or s == p for s, p in zip(shape, path, strict=True)):
            return list(kind.model_fields)
    return []


def _sentences(errors: list[ErrorDetails]) -> Iterator[tuple[Path, str, str]]:
    """One plain sentence and remedy per model error. A missing key that is there as a typo is told once."""
    typos: set[Path] = set()
    for error in errors:
        if error["type"] == "extra_forbidden":
            *above, key = error["loc"]
            near = get_close_matches(str(key), _keys_at(tuple(above)), n=1, cutoff=0.6)
            typos.update((*above, name) for name in near)
    for error in errors:
        path: Path = tuple(error["loc"])
        if error["type"] == "missing" and path in typos:
            continue
        if path[-1:] == ("[key]",):
            path = path[:-1]
        yield path, *_sentence(path, error)


def _sentence(path: Path, error: ErrorDetails) -> tuple[str, str]:
    name, kind, context = str(path[-1]) if path else "kit", error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f'"{name}" is not a key that belongs here.', did_you_mean(name, _keys_at(path[:-1]))
    if kind == "missing":
        return f'"{name}" is missing here.', f"Add {name}: with its value."
    if kind == "string_type":
        return f'"{name}" must be text.', "Put the value in quotes, and write one text only."
    if kind == "string_pattern_mismatch":
        if name == "kit":
            return '"kit" must be a short name.', "Use small letters, digits and - only, starting with a letter."
        return f'"{name}" is not a valid short name.', "Use small letters, digits and _ only, starting with a letter."
    if kind == "literal_error":
        return f'"{name}" has a value that does not exist.', f"Use one of: {context.get('expected', '')}."
    if kind in ("tuple_type", "list_type"):
        return f'"{name}" must be a list.', "Write one entry per line, each starting with a dash."
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return f'"{name}" must be a block of keys and values.', "Write key: value, indented, one per line."
    if kind == "too_short":
        return f'"{name}" needs at least {context.get("min_length", 1)} entry.', "Add one."
    if kind in ("string_too_short", "string_too_long"):
        bound = context.get("min_length") or context.get("max_length")
        return f'"{name}" is too {"short" if kind.endswith("short") else "long"}.', f"The limit is {bound} characters."
    return f'"{name}" does not fit: {_lower(error["msg"])}.', "Change the value."


def _lower(message: str) -> str:
    """Pydantic's sentence as the end of one of ours: it speaks of "input", people of "it"."""
    return re.sub(r"^(Input|Value) ", "it ", message).rstrip(".")
