"""`parley serve` for a measurement beyond what the platforms allow: without the overall limits that the adapters keep (28
messages a second at Telegram, 40 calls at Discord), which would otherwise be all that is measured at 100 events a second.
Everything else is as it is served, the limits of each chat too.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from adapters.discord import rest
from adapters.telegram import app as telegram
from adapters.telegram.pace import Pace
from bot.cli import main

telegram.Pace = lambda overall, burst: Pace(10_000, burst)  # type: ignore[assignment,misc]
rest.BURST = 10_000
main()
