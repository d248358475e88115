# pyright: reportMissingTypeStubs=false
# (APScheduler ships no types; `_Scheduler` below is the part of it that is used.)
"""What time it is, and being woken when something is due.

An instant is an `int`: milliseconds since the Unix epoch, UTC. Timers are rows in the database; the pulse
only wakes us to look at them. APScheduler keeps its jobs in memory and never in its SQL job store: that
store pickles functions, loses a job that is killed half-way, and two schedulers on one store end each other.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Wake = Callable[[], Awaitable[None]]

_LONGEST_WAIT_MS = 3_600_000


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        ...


class SystemClock:
    """The time of this machine."""

    def now(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        return time.time_ns() // 1_000_000


class DemoClock:
    """The time of this machine plus what was skipped. Never goes backwards."""

    def __init__(self, system: Clock | None = None) -> None:
        self._system = system or SystemClock()
        self._latest = 0
        self.offset = 0

    def now(self) -> int:
        """Milliseconds since the Unix epoch, UTC; at least as late as any answer before."""
        self._latest = max(self._latest, self._system.now() + self.offset)
        return self._latest

    def forward(self, ms: int) -> int:
        """Skip `ms` milliseconds and return the new present. `ValueError` for a negative number."""
        if ms < 0:
            raise ValueError("The clock of the demo only goes forward.")
        self.offset += ms
        return self.now()


class SetClock:
    """A clock that stands still until a test sets it."""

    def __init__(self, at: int = 0) -> None:
        self.at = at

    def now(self) -> int:
        """The instant that was set last."""
        return self.at

    def forward(self, ms: int) -> int:
        """Move on by `ms` milliseconds and return the new present."""
        self.at += ms
        return self.at


class _Scheduler(Protocol):
    """The part of APScheduler that is used here."""

    def start(self) -> None: ...
    def shutdown(self, wait: bool) -> None: ...
    def remove_job(self, job_id: str) -> None: ...
    def get_job(self, job_id: str) -> object | None: ...
    def add_job(self, func: Wake, trigger: str, **options: Any) -> object: ...


class Pulse:
    """Wakes us for the next due timer (`arm`) and at regular ticks (`every`). Needs a running event loop.

    What is woken looks at the rows itself, so waking once too often is harmless and waking late costs only time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Without a grace time APScheduler drops a job that is a second late; late is still better than never.
        defaults: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True}
        self._scheduler = cast(_Scheduler, AsyncIOScheduler(timezone=UTC, job_defaults=defaults))
        self._next: tuple[int, Wake] | None = None
        self._job = 0
        self._running = False
        self._waking = False

    @property
    def next_due(self) -> int | None:
        """The instant that is waited for, or None."""
        return self._next[0] if self._next else None

    def start(self) -> None:
        """Begin to wake. Call once, inside the event loop."""
        self._scheduler.start()
        self._running = True
        self._schedule()

    def stop(self) -> None:
        """Wake nobody any more. Calling it again does nothing; a stopped pulse is not started again."""
        if self._running:
            self._running = False
            self._next = None
            self._scheduler.shutdown(wait=False)

    def arm(self, at_ms: int, fn: Wake) -> None:
        """Call `fn` at the instant `at_ms`, unless something earlier is wanted already.

        Only the earliest is kept: what it wakes looks for the next due row and arms again. After the clock was
        moved, arming anew measures the wait anew.
        """
        if self._next is None or at_ms < self._next[0]:
            self._next = (at_ms, fn)
        if self._running and not self._waking:
            self._schedule()

    def moved(self) -> None:
        """The clock was moved: what is waited for may be due by now, so its wait is measured anew."""
        if self._running and not self._waking:
            self._schedule()

    def every(self, name: str, seconds: float, fn: Wake) -> None:
        """Call `fn` each `seconds` of real time. The same name replaces; a run that lasts longer is not doubled."""

        async def tick() -> None:
            # APScheduler awaits coroutine functions only; another callable would run in a thread and not be awaited.
            await fn()

        self._scheduler.add_job(tick, "interval", seconds=seconds, id=f"every-{name}", replace_existing=True)

    def _schedule(self) -> None:
        if self._scheduler.get_job(f"next-{self._job}"):
            self._scheduler.remove_job(f"next-{self._job}")
        if self._next is None:
            return
        # A fresh id each time: under the old one a job armed by a running job would be refused as its double.
        self._job += 1
        # A long wait is cut up, since the machine may sleep or its time be corrected meanwhile.
        wait = min(max(self._next[0] - self._clock.now(), 0), _LONGEST_WAIT_MS)
        # APScheduler compares with the machine's own time, whatever our clock says.
        at = datetime.fromtimestamp(time.time() + wait / 1000, UTC)
        self._scheduler.add_job(self._wake, "date", run_date=at, id=f"next-{self._job}")

    async def _wake(self) -> None:
        if self._next is None or self._waking:
            return
        due, fn = self._next
        if self._clock.now() < due:
            self._schedule()
            return
        self._next, self._waking = None, True
        try:
            await fn()
        finally:
            self._waking = False
            if self._running:
                self._schedule()
