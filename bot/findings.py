"""What the doctor found: values, for the command line to paint."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `what`: a plain sentence; `remedy`: what to do, empty when nothing."""

    level: Literal["good", "warn", "bad"]
    what: str
    remedy: str = ""


def good(what: str) -> Finding:
    """All is well."""
    return Finding("good", what)


def warn(what: str, remedy: str) -> Finding:
    """Parley runs, but something is missing."""
    return Finding("warn", what, remedy)


def bad(what: str, remedy: str) -> Finding:
    """Parley cannot run like this, or would do harm."""
    return Finding("bad", what, remedy)


def exit_status(findings: Iterable[Finding]) -> int:
    """0: good; 1: half-configured (a warning); 2: broken. `ValueError` when nothing was looked at."""
    levels = {f.level for f in findings}
    if not levels:
        raise ValueError("nothing was examined")
    return 2 if "bad" in levels else 1 if "warn" in levels else 0


def reason(error: OSError) -> str:
    """Why the operating system refused, in lower case: `permission denied`."""
    return (error.strerror or type(error).__name__).lower()
