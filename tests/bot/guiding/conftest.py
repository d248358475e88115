"""A booked interview with two people of the team, and what each of them is shown."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from bot import hiring
from bot.store.store import Row
from tests.bot.scheduling.playing import Play, minute, on_stage, words_on

START = minute("2026-11-25 11:00")  # 12:00 in Paris
END = START + 45


class Held(Play):
    """An interview that Priya and Tom hold with Ada, on Wednesday at 12:00 in Paris."""

    async def booked(self, who: str = "Priya and Tom") -> Row:
        await self.orders(f"for 45 min with {who}")
        return await self.books("Wed 25 Nov", "12:00")

    async def interview(self) -> Row:
        return await self.stage.interview(self.seat())

    async def flags(self) -> dict[str, Any]:
        return hiring.flags(await self.interview())

    async def brief(self, name: str) -> dict[str, Any]:
        """The newest brief that somebody was shown."""
        return await self.newest(name, "Brief:")

    async def newest(self, name: str, title: str) -> dict[str, Any]:
        shown = [m["card"] for m in await self.seat(name).messages() if m["from"] == "parley"]
        return next(c for c in reversed(shown) if c.get("title", "").startswith(title))

    async def says(self, name: str) -> str:
        """The last thing that somebody was shown."""
        shown = [m["card"] for m in await self.seat(name).messages() if m["from"] == "parley"]
        return words_on(shown[-1])

    async def guides(self, name: str, *notes: str) -> None:
        """Somebody goes to their first question and notes this."""
        await self.seat(name).taps("next")
        for note in notes:
            await self.seat(name).says(note)

    async def rates(self, name: str, level: str = "4", vote: str = "yes") -> None:
        """Fill in the open form with what it asks for, and submit it."""
        token = (await self.seat(name).must_wait()).token
        card = next(m["card"] for m in await self.seat(name).messages() if m.get("token") == token)
        fields = {f["key"]: f.get("value") or (level if f["kind"] == "scale" else "Seen.") for f in card["fields"]}
        await self.seat(name).submits(**{**fields, "recommendation": vote})
        await self.seat(name).taps("submit")

    async def form(self, name: str) -> dict[str, str]:
        """What stands in the open form of somebody."""
        token = (await self.seat(name).must_wait()).token
        card = next(m["card"] for m in await self.seat(name).messages() if m.get("token") == token)
        return {f["key"]: f.get("value", "") for f in card["fields"]}


def rows_of(card: dict[str, Any]) -> dict[str, str]:
    return {r["label"]: r["value"] for r in card.get("rows", ())}


@pytest.fixture
async def play(tmp_path: Path) -> AsyncGenerator[Held]:
    async with on_stage(tmp_path) as stage:
        begun = await Held.begun(stage)
        assert isinstance(begun, Held)
        yield begun
