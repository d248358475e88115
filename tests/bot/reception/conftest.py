"""A town: the application with a page and three small platforms."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot import log
from tests.bot.reception.guests import town
from tests.bot.stagehand import Stage


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with town(home) as stage:
        yield stage


@pytest.fixture
async def stages(home: Path, database_url: str) -> AsyncIterator[Stage]:
    """Once on SQLite, once on PostgreSQL."""
    async with town(home, database_url) as stage:
        yield stage


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged, at the most talkative level, as the server writes it."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    log.configure("debug", stream, readable=False)
    yield stream
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)
