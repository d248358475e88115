"""What the fake Telegram keeps to: the shared oracle, its rates, and the failures that a test may ask for."""

import importlib.util
import sys
from collections import deque
from dataclasses import dataclass, field
from types import ModuleType

from tests.shared import shared


def wirespec() -> ModuleType:
    """The shared oracle, loaded once."""
    if "wirespec" not in sys.modules:
        spec = importlib.util.spec_from_file_location("wirespec", shared("wirespec", "wirespec.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules["wirespec"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["wirespec"]


@dataclass(frozen=True)
class Fault:
    """One failure. kind: 429 | 500 | 502 | 403 | 401 | 400 | 409, or `timeout`, `drop` (nothing was taken), `timeout_after`,
    `drop_after` (it was). `description` replaces the usual words of a refusal; `seconds`: of a 429's retry_after, or of
    the silence of a timeout."""

    kind: str
    seconds: float = 1
    description: str = ""


@dataclass(frozen=True)
class Rates:
    """The platform's own limits; None: none. `burst`: messages to one chat that may come at once."""

    overall: int | None = None
    burst: int | None = None
    group: int | None = None


REAL = Rates(overall=30, burst=5, group=20)


class Refused(Exception):
    """A reply with ok: false."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Meter:
    """Has so much happened lately? `taken` holds the times of the last hits within `seconds`."""

    count: int
    seconds: float
    taken: deque[float] = field(default_factory=lambda: deque())

    def full(self, now: float) -> float:
        """Seconds to wait; 0: go on (and that counts)."""
        while self.taken and self.taken[0] <= now - self.seconds:
            self.taken.popleft()
        if len(self.taken) >= self.count:
            return self.taken[0] + self.seconds - now
        self.taken.append(now)
        return 0


@dataclass
class Bucket:
    """So many at once, then one a second."""

    room: int
    level: float = 0
    at: float = 0

    def full(self, now: float) -> float:
        self.level, self.at = max(0.0, self.level - (now - self.at)), now
        if self.level + 1 > self.room:
            return self.level + 1 - self.room
        self.level += 1
        return 0
