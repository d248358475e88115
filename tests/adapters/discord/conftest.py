"""A fake Discord, a recording port, and the real adapter between them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.contract import Outgoing
from adapters.discord.app import DiscordAdapter, DiscordConfig
from tests.fakes.discord import FakeDiscord
from tests.fakes.port import RecordingPort


@dataclass
class World:
    """Both sides of an adapter. `fake` and `port` may be prepared before `connect`."""

    fake: FakeDiscord
    port: RecordingPort
    adapter: DiscordAdapter
    ada: str
    team: str  # a channel of the guild

    async def connect(self) -> None:
        """Start, and wait until the gateway has let the bot in and it has caught up."""
        before = self.fake.counts["PUT commands"]
        await self.adapter.start()
        await self.fake.until(lambda: self.fake.counts["PUT commands"] > before)
        await self.adapter.catch_up(0)

    def renewed(self, **config: Any) -> None:
        """Another process: an adapter that remembers nothing. The old one must be stopped."""
        self.adapter = DiscordAdapter(_config(self.fake, **config), self.port)

    @property
    def dm(self) -> str:
        return self.fake.dm_of(self.ada)

    def question(self, text: str = "How are you?", id: str = "ms_abcdefghijklmnop", **card: Any) -> Outgoing:
        return outgoing(id, f"user/{self.ada}", {"text": text, **card}, at=int(self.fake.now() * 1000))


def outgoing(id: str, address: str, card: dict[str, Any] | None, token: str = "", **rest: Any) -> Outgoing:
    given: dict[str, Any] = {"seq": 1, "act": "send", "target": "", "chosen": "", "step": "", "at": 0, **rest}
    return Outgoing(id=id, thread_id="th_1", address=address, card=card, token=token, **given)


def _config(fake: FakeDiscord, **changes: Any) -> DiscordConfig:
    given = {"patience": 2.0, "timeout": 2.0, "pause": 0.01, "identify": 0.0, **changes}
    return DiscordConfig(fake.token, api_url=fake.api_url, gateway_url=fake.gateway_url, **given)


@pytest.fixture
async def unconnected() -> AsyncIterator[World]:
    """The world before the adapter has started."""
    fake = FakeDiscord()
    team = fake.guild()
    ada = fake.person("Ada Okoye")
    async with fake.running():
        port = RecordingPort()
        world = World(fake, port, DiscordAdapter(_config(fake), port), ada, team)
        yield world
        await world.adapter.stop()
    assert fake.violations == []
    assert sum(fake.counts.values()) > 5, "nothing was checked"


@pytest.fixture
async def world(unconnected: World) -> World:
    await unconnected.connect()
    return unconnected


@pytest.fixture
def quiet_log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that was logged, at every level that is on in production."""
    caplog.set_level(logging.INFO)
    return lambda: caplog.text + "".join(str(r.args) for r in caplog.records)


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)
