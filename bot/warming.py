"""What loads slowly and is needed within turns is loaded soon after the start, in a thread, so that nobody waits for it:
stemmers, the model that tells languages apart, the world's cities. Two or three seconds of one processor.
"""

import asyncio
from collections.abc import Callable

from bot.work import language
from calendar_sync import places
from flows.rating import text

AFTER_S = 2.0  # whoever starts Parley sees its page first


class Warming:
    """`steps`, one after the other, a little after `start`; `stop` calls off what hasn't begun."""

    def __init__(
        self, steps: tuple[Callable[[], None], ...] = (text.load, language.load, places.load), after: float = AFTER_S
    ) -> None:
        self._steps, self._after = steps, after
        self._waiting: asyncio.TimerHandle | None = None
        self._stopped = False

    def start(self) -> None:
        """Needs a running event loop. Returns at once."""
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(self._after, lambda: loop.run_in_executor(None, self._load))

    def stop(self) -> None:
        """A step that is under way goes on to its end."""
        self._stopped = True
        if self._waiting is not None:
            self._waiting.cancel()

    def _load(self) -> None:
        for step in self._steps:
            if not self._stopped:
                step()
