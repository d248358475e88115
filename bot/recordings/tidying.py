"""What a crash left in the media store: files on their way, and recordings that no row names. They go once a day is over.

A file's age is told by the machine that wrote it, whatever Parley's own clock says.
"""

from bot.clock import Clock, Pulse, SystemClock
from bot.log import get
from bot.media.contract import MediaProblem, MediaStore
from bot.store import recording_queries as queries
from bot.store.store import Store

log = get("recordings")
_HOUR = 3600.0  # seconds
_OLD_MS = 86_400_000  # longer than anything is on its way


class Tidying:
    """Sweeps the media store."""

    def __init__(self, store: Store, media: MediaStore, files: Clock | None = None) -> None:
        self._store, self._media, self._files = store, media, files or SystemClock()

    def start(self, pulse: Pulse) -> None:
        """Sweep every hour."""
        pulse.every("media", _HOUR, self.sweep)

    async def sweep(self) -> None:
        """Delete what is old and nobody's. A store that can't be reached is swept the next time."""
        known = await self._store.read(queries.kept)
        try:
            count = await self._media.sweep(known, _OLD_MS, self._files.now())
        except MediaProblem as problem:
            log.warning("media_not_swept", why=problem.why)
            return
        if count:
            log.info("media_swept", count=count)
