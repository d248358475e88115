"""A fake Telegram, a recording port and the real adapter with the real python-telegram-bot between them.

Every test ends without a violation of the platform's rules, in either direction, and with calls that were checked.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Outgoing
from adapters.telegram.app import TelegramAdapter, TelegramConfig
from flows import cards
from flows.cards import Card
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import FakeTelegram

Make = Callable[..., TelegramAdapter]
SECRET = "s3cret_" * 6


def outgoing(card: Card | None, chat: int = 7, **more: Any) -> Outgoing:
    """A message as the outbox hands it over."""
    body = None if card is None else cards.to_json(card)
    return replace(Outgoing("m_1", "th_1", str(chat), 1, "send", "", body, "", "", "step", 0), **more)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram()
    async with fake.running():
        yield fake
    assert fake.violations == []
    assert sum(fake.counts.values()) > 0


@pytest.fixture
def port() -> RecordingPort:
    return RecordingPort()


@pytest.fixture
async def make(telegram: FakeTelegram, port: RecordingPort) -> AsyncIterator[Make]:
    """Makes adapters (without starting them); all are stopped at the end."""
    made = list[TelegramAdapter]()

    def new(**settings: Any) -> TelegramAdapter:
        config = TelegramConfig(telegram.token, api_url=telegram.base, poll=2, timeout=0.5, pause=0.02)
        made.append(TelegramAdapter(replace(config, **settings), port))
        return made[-1]

    yield new
    for adapter in made:
        await adapter.stop()


@pytest.fixture
async def adapter(make: Make) -> TelegramAdapter:
    """Connected and polling."""
    found = make()
    await found.start()
    return found
