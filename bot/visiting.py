"""Somebody's side of a chat over HTTP, as a page has it: for those who play interviews from outside."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

SECONDS = 120.0  # for any one step of a conversation
_MOST_TRIES = 5


class Chat:
    """One candidate's side of a chat over HTTP."""

    def __init__(self, client: httpx.AsyncClient, thread: str, session: str) -> None:
        self.client, self.path = client, f"/api/v1/threads/{thread}"
        self.headers = {"Authorization": f"Bearer {session}"}
        self.n = 0
        self.run = secrets.token_hex(4)  # a team member's chat outlives one interview
        self.cards: dict[str, dict[str, Any]] = {}

    async def send(self, **event: Any) -> None:
        self.n += 1
        await self._post("events", {"events": [{"id": f"event-{self.run}-{self.n:06d}", **event}]})

    async def seen(self, ids: list[str]) -> None:
        await self._post("seen", {"ids": ids})

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        """Hand something over; again with the same ids where the line broke, as a page does."""
        for tries in range(_MOST_TRIES):
            try:
                answer = await self.client.post(f"{self.path}/{what}", json=body, headers=self.headers)
            except httpx.TransportError:
                if tries + 1 == _MOST_TRIES:
                    raise
                await asyncio.sleep(0.2 * 2**tries)
            else:
                answer.raise_for_status()
                return


class Seat:
    """Somebody with a page open: what they are shown comes in, in order."""

    def __init__(self, client: httpx.AsyncClient, thread: str, session: str) -> None:
        self.chat = Chat(client, thread, session)
        self.shown: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    @asynccontextmanager
    async def sitting(self) -> AsyncGenerator["Seat"]:
        """With the page open."""
        open_ = asyncio.Event()
        reading = asyncio.create_task(self._read(open_))
        try:
            await asyncio.wait_for(open_.wait(), SECONDS)
            yield self
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, open_: asyncio.Event) -> None:
        chat, kind = self.chat, ""
        cursor = (await chat.client.get(chat.path, headers=chat.headers)).json()["cursor"]
        url = f"{chat.path}/stream?after={cursor}"
        async with chat.client.stream("GET", url, headers=chat.headers, timeout=None) as stream:
            open_.set()
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    data = json.loads(line[6:])
                    if kind in ("message", "update") and data.get("from") == "parley":
                        chat.cards[data.get("token", "")] = data["card"]
                        await chat.seen([data["id"]])
                    self.shown.put_nowait((kind, data))

    async def message(self, fits: Callable[[dict[str, Any]], bool] = lambda m: True) -> dict[str, Any]:
        """The next message of Parley's that fits."""
        async with asyncio.timeout(SECONDS):
            while True:
                kind, data = await self.shown.get()
                if kind == "message" and data.get("from") == "parley" and fits(data):
                    return data

    async def asked(self, handled: set[str]) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The next question, with its card; None once nothing is asked any more."""
        waiting: dict[str, Any] | None = None
        async with asyncio.timeout(SECONDS):
            while True:
                kind, data = await self.shown.get()
                if kind == "asked":
                    if data is None and handled:
                        return None
                    waiting = data if data and data["token"] not in handled else None
                if waiting is not None and waiting["token"] in self.chat.cards:
                    handled.add(waiting["token"])
                    return waiting, self.chat.cards[waiting["token"]]

    async def order(self, line: str) -> dict[str, Any]:
        """Write a line; the message that answers it."""
        await self.chat.send(kind="said", text=line)
        return await self.message()

    async def press(self, message: dict[str, Any], option: str) -> dict[str, Any]:
        await self.chat.send(kind="tapped", token=message["token"], option=option)
        return await self.message()
