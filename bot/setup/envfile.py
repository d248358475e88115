"""The settings file: read, changed and written, without losing what somebody else put there."""

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.findings import reason

_PLAIN = re.compile(r"[A-Za-z0-9_.,:/@+=-]+")
# A line of the file: NAME=value, 'quoted' or "quoted" or bare, then perhaps a comment.
_AROUND = re.compile(
    r"""(?P<before>\s*(?:export[^\S\n]+)?)[^=\s]+[^\S\n]*=[^\S\n]*"""
    r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\n]*?)(?P<comment>[^\S\n]+\#[^\n]*)?\s*""",
    re.DOTALL,
)


class EnvFileProblem(Exception):
    """The file can't be read or written, or a value can't stand in it. The message says what to do; never a secret."""


def values(path: Path) -> dict[str, str]:
    """What the file sets; nothing if it isn't there."""
    return {name: value for name, value in dotenv_values(stream=StringIO(_read(path))).items() if value is not None}


def merged(text: str, changes: Mapping[str, str]) -> str:
    """The file's text with `changes` made: a line that is there is replaced in its place, others stay as they are,
    new ones come at the end. Comments and order are kept; of a name that stands twice one line remains."""
    left, parts = dict(changes), list[str]()
    for binding in parse_stream(StringIO(text)):
        original, name = binding.original.string, binding.key
        if name is not None and name in left:
            parts.append(_changed(original, name, left.pop(name)))
        elif name is None or name not in changes:
            parts.append(original)
    kept = "".join(parts)
    if left and kept and not kept.endswith("\n"):
        kept += "\n"
    return kept + "".join(_line(name, value) for name, value in left.items())


def _changed(original: str, name: str, value: str) -> str:
    """A line with another value; what stands before the name (empty lines, `export`) and a comment after it stay."""
    around = _AROUND.fullmatch(original)
    before, comment = (around["before"], around["comment"] or "") if around else ("", "")
    return before + _line(name, value).rstrip("\n") + comment + "\n"


def write(path: Path, changes: Mapping[str, str]) -> None:
    """Make `changes` in the file, which is there afterwards either as before or complete, and readable by its owner
    alone."""
    target = path.resolve()  # a link stays a link
    text = merged(_read(target), changes)
    try:
        _replace(target, text.encode())
    except OSError as problem:
        raise EnvFileProblem(
            f"The settings file {target} cannot be written ({reason(problem)}). It is as it was; check its folder."
        ) from None


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # or the old file might come back after a power cut
    finally:
        os.close(folder)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise EnvFileProblem(f"The settings file {path} is not text in UTF-8. Save it as UTF-8.") from None
    except OSError as problem:
        raise EnvFileProblem(f"The settings file {path} cannot be read ({reason(problem)}).") from None


def _line(name: str, value: str) -> str:
    if _PLAIN.fullmatch(value) or not value:
        return f"{name}={value}\n"
    if not value.isprintable() or "${" in value:
        raise EnvFileProblem(f"{name} cannot hold line breaks, control characters or ${{.")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'\n"
