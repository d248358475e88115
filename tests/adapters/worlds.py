"""The worlds of the contract suite: for each adapter the adapter itself, and the other side of it."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import orjson

from adapters.contract import ChatAdapter, Outcome, Who
from adapters.discord.app import DiscordAdapter, DiscordConfig
from adapters.slack.app import SlackAdapter
from adapters.telegram.app import TelegramAdapter, TelegramConfig
from adapters.web.app import WebAdapter
from tests.adapters.slack.conftest import config as slack_config
from tests.fakes.adapter import ScriptedAdapter
from tests.fakes.discord import FakeDiscord
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack, seen_text
from tests.fakes.telegram import FakeTelegram

CHAT = "th_one"


class World(Protocol):
    """An adapter and the other side of it. who, address: the person and their chat, as the platform names them.
    knows: it can tell whether a message was delivered."""

    who: Who
    address: str
    knows: bool

    @property
    def adapter(self) -> ChatAdapter: ...

    async def arrive(self) -> None:
        """Messages can be handed over from now on: on a page somebody looks, on a chat platform the line is up."""
        ...

    async def leave(self) -> None:
        """They can't any more. Twice is once."""
        ...

    async def refuse(self) -> Outcome:
        """The person can't be reached any more; what becomes of a message to them now."""
        ...

    async def relent(self) -> None:
        """The person is there again."""
        ...

    def texts(self) -> list[str]:
        """What the person sees in the chat, message by message, in its newest state."""
        ...

    def files(self) -> list[tuple[str, bytes]]:
        """The files that the person sees there, as (name, bytes); the name of a picture is "" where there is none."""
        ...


def of_card(card: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(f["name"], b64decode(f["data"], validate=True)) for f in card.get("files", ())]


class ScriptedWorld:
    """The fake of the outbox tests must itself keep the contract."""

    who, address, knows = Who("web", "", CHAT), CHAT, True

    def __init__(self) -> None:
        self.adapter = ScriptedAdapter(away={CHAT}, batch=50)

    async def arrive(self) -> None:
        self.adapter.away.discard(CHAT)

    async def leave(self) -> None:
        self.adapter.away.add(CHAT)

    async def refuse(self) -> Outcome:
        self.adapter.script = [Outcome.BLOCKED]
        return Outcome.BLOCKED

    async def relent(self) -> None:
        self.adapter.script = []

    def texts(self) -> list[str]:
        return [card.get("text", "") for card in self.adapter.shown.values()]

    def files(self) -> list[tuple[str, bytes]]:
        return [f for card in self.adapter.shown.values() for f in of_card(card)]


class Nobody:
    """The caller of a page, as a verified session says."""

    tenant_id, person_id, name, role, thread_id = "t", "p", "Somebody", "candidate", CHAT
    channels: tuple[tuple[str, str], ...] = ()


class SmallPort:
    """The bot behind the web adapter, without any history."""

    async def caller(self, secret: str) -> Nobody | None:
        return Nobody()

    async def kind_of(self, caller: Any, thread_id: str) -> str | None:
        return "person"

    async def receive(self, caller: Any, thread_id: str, kind: str, event: Any) -> dict[str, str]:
        return {}

    async def history(self, caller: Any, thread_id: str, after: int) -> list[dict[str, Any]]:
        return []

    async def asked(self, tenant_id: str, thread_id: str) -> dict[str, Any] | None:
        return {"token": "open"}

    async def card_of(self, tenant_id: str, message_id: str) -> dict[str, Any] | None:
        return {"text": "as it was"}

    def title_of(self, caller: Any, thread_id: str) -> str:
        return "Parley"

    def kick(self, thread_id: str) -> None: ...


class WebWorld:
    """A page that shows and acknowledges what it gets."""

    # What a page has shown it says when it connects, and not before.
    who, address, knows = Who("web", "", CHAT), CHAT, False

    def __init__(self) -> None:
        self.adapter = WebAdapter()
        self.adapter.port = SmallPort()
        self.cards: dict[str, dict[str, Any]] = {}
        self.asked: list[Any] = []
        self.acknowledges = True
        self.news = asyncio.Event()
        self._page: asyncio.Task[None] | None = None

    async def arrive(self, after: int = 0) -> None:
        connected = asyncio.Event()
        self._page = asyncio.create_task(self._read(connected, after))
        await connected.wait()

    async def leave(self) -> None:
        if self._page is not None:
            self._page.cancel()
            await asyncio.gather(self._page, return_exceptions=True)

    async def refuse(self) -> Outcome:
        await self.leave()
        return Outcome.AWAY

    async def relent(self) -> None:
        await self.arrive()

    def texts(self) -> list[str]:
        return [card.get("text", "") for card in self.cards.values()]

    def files(self) -> list[tuple[str, bytes]]:
        return [f for card in self.cards.values() for f in of_card(card)]

    async def _read(self, connected: asyncio.Event, after: int) -> None:
        async for written in self.adapter.listen(Nobody(), CHAT, after):
            connected.set()
            for frame in written.split(b"\n\n"):
                head, _, data = frame.partition(b"data: ")
                if b"event: asked" in head:
                    self.asked.append(orjson.loads(data))
                elif b"event: message" in head or b"event: update" in head:
                    message = orjson.loads(data)
                    self.cards[message["id"]] = message["card"]
                    if self.acknowledges:
                        self.adapter.seen(CHAT, [message["id"]])
            self.news.set()

    async def until(self, seen: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not seen():
                self.news.clear()
                await self.news.wait()


class TelegramWorld:
    """Telegram can't be asked what became of a message."""

    who, address, knows = Who("telegram", "", "7"), "7", False

    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake
        fake.start(7)  # a bot may write only to people who have written to it
        config = TelegramConfig(fake.token, api_url=fake.base, poll=2, timeout=0.5, pause=0.02)
        self.adapter = TelegramAdapter(config, RecordingPort())

    async def arrive(self) -> None:
        await self.adapter.start()

    async def leave(self) -> None:
        await self.adapter.stop()

    async def refuse(self) -> Outcome:
        self._fake.block(7)
        return Outcome.BLOCKED

    async def relent(self) -> None:
        self._fake.unblock(7)

    def texts(self) -> list[str]:
        return [text for text in self._fake.seen(7) if text]

    def files(self) -> list[tuple[str, bytes]]:
        return self._fake.uploads(7)


class SlackWorld:
    """One workspace over Socket Mode."""

    who, address, knows = Who("slack", TEAM, "U1"), f"{TEAM}/U1", True

    def __init__(self, fake: FakeSlack) -> None:
        self._fake = fake
        fake.user("U1", "Ana")
        self.adapter = SlackAdapter(slack_config(fake), RecordingPort())

    async def arrive(self) -> None:
        await self.adapter.start()

    async def leave(self) -> None:
        await self.adapter.stop()

    async def refuse(self) -> Outcome:
        self._fake.people["U1"]["deleted"] = True
        return Outcome.BLOCKED

    async def relent(self) -> None:
        self._fake.people["U1"]["deleted"] = False

    def texts(self) -> list[str]:
        return [seen_text(m["blocks"]) for m in self._parleys() if "blocks" in m]

    def files(self) -> list[tuple[str, bytes]]:
        pictures = [("", data) for m in self._parleys() for data in self._fake.pictures(m)]
        return pictures + [f for m in self._parleys() for f in self._fake.uploads(m)]

    def _parleys(self) -> list[dict[str, Any]]:
        return self._fake.parleys(self._fake.direct("U1"))


class DiscordWorld:
    """A direct message channel."""

    knows = True

    def __init__(self, fake: FakeDiscord) -> None:
        self._fake = fake
        self._ada = fake.person("Ada Okoye")
        self.who, self.address = Who("discord", "", self._ada), f"user/{self._ada}"
        config = DiscordConfig(fake.token, fake.api_url, fake.gateway_url, timeout=2.0, pause=0.01, identify=0.0)
        self.adapter = DiscordAdapter(config, RecordingPort())

    async def arrive(self) -> None:
        before = self._fake.counts["PUT commands"]
        await self.adapter.start()
        await self._fake.until(lambda: self._fake.counts["PUT commands"] > before)

    async def leave(self) -> None:
        await self.adapter.stop()

    async def refuse(self) -> Outcome:
        self._fake.closed.add(self._ada)
        return Outcome.BLOCKED

    async def relent(self) -> None:
        self._fake.closed.discard(self._ada)

    def texts(self) -> list[str]:
        return self._fake.said(self._fake.dm_of(self._ada))

    def files(self) -> list[tuple[str, bytes]]:
        return [f for m in self._fake.state(self._fake.dm_of(self._ada)) for f in self._fake.uploads(m)]


# -- building them ---------------------------------------------------------------------------------------


@asynccontextmanager
async def scripted() -> AsyncGenerator[World]:
    yield ScriptedWorld()


@asynccontextmanager
async def web() -> AsyncGenerator[WebWorld]:
    made = WebWorld()
    yield made
    await made.leave()


@asynccontextmanager
async def telegram() -> AsyncGenerator[World]:
    fake = FakeTelegram()
    async with fake.running():
        made = TelegramWorld(fake)
        yield made
        await made.leave()
    assert fake.violations == []


@asynccontextmanager
async def slack() -> AsyncGenerator[World]:
    fake = FakeSlack()
    async with fake.running():
        made = SlackWorld(fake)
        yield made
        await made.leave()
    assert fake.violations == []


@asynccontextmanager
async def discord() -> AsyncGenerator[World]:
    fake = FakeDiscord()
    async with fake.running():
        made = DiscordWorld(fake)
        yield made
        await made.leave()
    assert fake.violations == []


WORLDS: dict[str, Callable[[], AbstractAsyncContextManager[World]]] = {
    "web": web,
    "scripted": scripted,
    "telegram": telegram,
    "slack": slack,
    "discord": discord,
}
