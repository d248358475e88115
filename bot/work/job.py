"""One piece of work as its worker gets it, and how a worker says "not now"."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.store.store import Row

Report = Callable[[int, int], Awaitable[None]]


class Later(Exception):
    """The world isn't ready: try again in `after_ms` milliseconds. That is no failure, and isn't counted as one."""

    def __init__(self, after_ms: int) -> None:
        super().__init__(after_ms)
        self.after_ms = after_ms


async def nobody(done: int, total: int) -> None:
    """Where nobody waits to see how far work has come."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: its row, and the request as stored. `report(done, total)` says how far it has come."""

    row: Row
    request: dict[str, Any]
    report: Report = nobody
