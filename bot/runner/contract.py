"""The seam between "what must be done" and "who does it when".

What must be done is always a row, written in the transaction that caused it: a message in the outbox, a
letter in the inbox, a timer, a piece of work. A runner finds rows and does them; after a crash it finds
them again. `bot.runner.embedded` does so in this process.
"""

from typing import Protocol

from bot.scene import After


class Runner(Protocol):
    """Does what rows ask for: delivers lanes, hands over internal mail, fires timers, works on requests."""

    def committed(self, thread_id: str, after: After) -> None:
        """A transaction on this chat is durable; `after` says which rows it left to be done."""
        ...

    async def start(self) -> None:
        """Take up everything that is left over (`recover`) and go on from there."""
        ...

    async def stop(self) -> None:
        """Finish what is under way and leave the rest as rows."""
        ...
