"""The bot's side of `adapters.contract.Port`, for the adapters' own tests: it records, and answers as it is told.

Events are kept once by (platform, workspace, id), as the inbox does. Set `unavailable` (or `failing` for the next n
calls) and nothing is taken. `answer` makes the replies: by default none, `Answer()`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Answer, Incoming, Installation, OpenChat, Unavailable, Who


def _no_answer(event: Incoming) -> Answer:
    return Answer()


@dataclass
class RecordingPort:
    """See the module. `received` counts every call of `receive`, also those of events that had come before."""

    events: list[Incoming] = field(default_factory=lambda: [])
    answer: Callable[[Incoming], Answer] = _no_answer
    forms: dict[str, dict[str, Any]] = field(default_factory=lambda: {})  # token -> card
    form_lines: set[str] = field(default_factory=lambda: set())  # command lines that are answered with a form
    suggestions: list[tuple[str, str]] = field(default_factory=lambda: [])
    home_card: dict[str, Any] = field(default_factory=lambda: {"text": "You have nothing to do at the moment."})
    chats: list[OpenChat] = field(default_factory=lambda: [])
    installations: dict[tuple[str, str], Installation] = field(default_factory=lambda: {})  # (platform, workspace)
    installers: list[Who | None] = field(default_factory=lambda: [])
    uninstalled: list[tuple[str, str]] = field(default_factory=lambda: [])
    states: dict[str, str] = field(default_factory=lambda: {})  # unused OAuth state -> session
    unavailable: bool = False
    failing: int = 0  # so many of the next calls find the store shut
    received: int = 0
    asked_forms: list[tuple[Who, str]] = field(default_factory=lambda: [])
    hold: asyncio.Event | None = None  # set it to let `receive` and `form` return
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: set[tuple[str, str, str]] = field(default_factory=lambda: set())

    async def receive(self, event: Incoming) -> Answer:
        self.received += 1
        self._changed.set()
        await self._open()
        key = (event.who.platform, event.who.workspace, event.id)
        if key in self._seen:
            return Answer(new=False)
        self._seen.add(key)
        self.events.append(event)
        self._changed.set()
        return self.answer(event)

    async def form(self, who: Who, token: str) -> dict[str, Any] | None:
        self.asked_forms.append((who, token))
        await self._open()
        return self.forms.get(token)

    def opens_form(self, line: str) -> bool:
        return line in self.form_lines

    async def suggest(self, who: Who, line: str) -> list[tuple[str, str]]:
        await self._open()
        return [] if who.outsider else self.suggestions

    async def home(self, who: Who) -> dict[str, Any]:
        await self._open()
        return self.home_card

    async def open_chats(self, platform: str) -> list[OpenChat]:
        await self._open()
        return self.chats

    async def installation(self, platform: str, workspace: str) -> Installation | None:
        await self._open()
        return self.installations.get((platform, workspace))

    async def install(self, platform: str, found: Installation, installer: Who | None, state: str = "") -> None:
        await self._open()
        self.installations[platform, found.workspace] = found
        self.installers.append(installer)
        self._changed.set()

    async def uninstall(self, platform: str, workspace: str) -> None:
        await self._open()
        self.installations.pop((platform, workspace), None)
        self.uninstalled.append((platform, workspace))
        self._changed.set()

    async def new_state(self, session: str) -> str:
        await self._open()
        state = f"state-{len(self.states) + 1}-{session}"
        self.states[state] = session
        return state

    async def use_state(self, state: str, session: str) -> bool:
        await self._open()
        if self.states.get(state) != session:
            return False
        del self.states[state]
        return True

    async def until(self, true: Callable[["RecordingPort"], object], seconds: float = 5) -> None:
        """Wait until something is so; raises `TimeoutError` with what came instead."""
        try:
            async with asyncio.timeout(seconds):
                while not true(self):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise TimeoutError(f"not so after {seconds} s; events: {self.events}") from None

    async def until_events(self, count: int, seconds: float = 5) -> list[Incoming]:
        """Wait for so many different events; returns all of them."""
        await self.until(lambda port: len(port.events) >= count, seconds)
        return self.events

    async def _open(self) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.unavailable:
            raise Unavailable
        if self.failing:
            self.failing -= 1
            self._changed.set()
            raise Unavailable
