"""One turn of a conversation, as a pure function.

`turn(flow, journal, asked, happening) -> Turn`: everything that a happening causes, as data. A
screenplay is an `async def` whose only awaitable is our `Step`; it is driven here with
`coroutine.send()`, without an event loop: answers that are in the journal are replayed by step key, and
the first unanswered step is where it waits.
"""

from flows.acting import Acting, Drift, ForeignAwait
from flows.events import Happening
from flows.ledger import Journal
from flows.registry import Flow
from flows.turns import Shown, Turn, Waiting, Wake

__all__ = ["Acting", "Drift", "ForeignAwait", "Shown", "Turn", "Waiting", "Wake", "turn"]


def turn(flow: Flow, journal: Journal, asked: str | None, happening: Happening | None, at: int = 0) -> Turn:
    """Everything that `happening` causes in this conversation. `None` begins it (at the instant `at`).

    asked: the token of the question on the person's screen when it happened (None: not known). Raises
    `ForeignAwait` and `Drift`, both of them bugs of a screenplay; a person can never cause an exception.
    """
    acting = Acting(flow, journal, happening.at if happening else at)
    try:
        return acting.play(asked, happening)
    finally:
        acting.close()
