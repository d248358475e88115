"""A town: the application with a page and three small platforms."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
