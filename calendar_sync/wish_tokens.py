"""What a wish about time is made of. A day is days since 1970-01-01, minutes are those of a day."""

from dataclasses import dataclass
from typing import Literal

FOREVER = 10**7  # days; the open end of a window


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the week, 1 = Monday to 7 = Sunday."""

    of: frozenset[int]


@dataclass(frozen=True, slots=True)
class Dates:
    """Single dates."""

    of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """All dates from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of each day in minutes, end excluded. `bound`: one side of it is open, as in "after 15:00"."""

    start: int
    end: int
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A time as it was written. `bare`: only a number, so it may be none; `half`: "am", "pm" or "" (not said)."""

    hour: int
    minute: int
    bare: bool = False
    half: str = ""


# fmt: off
Word = Literal[
    "any", "not", "busy", "fine", "but", "and", "or", "stop", "pause", "at", "to", "between", "week of",
    "after", "from", "before", "until", "onwards", "or earlier",
]
# fmt: on
Token = Days | Dates | Window | Part | Time | Word
