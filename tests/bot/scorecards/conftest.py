"""A stage for scorecards, and a few things that people do about them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import hiring
from bot.scene import After, Scene
from bot.store.rows import Interview, Thread
from bot.store.store import Row, Tx
from tests.bot.stagehand import Seat, Stage, acting, settle


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def last(seat: Seat) -> dict[str, Any]:
    """The newest message of Parley's in somebody's own chat."""
    return (await said(seat))[-1]


async def said(seat: Seat) -> list[dict[str, Any]]:
    """Everything that Parley has said there, in order."""
    return [m for m in await seat.messages() if m["from"] == "parley"]


async def presses(seat: Seat, option: str) -> dict[str, Any]:
    """Press a button of the newest card of theirs that has it; the card that answers."""
    shown = [m for m in await said(seat) if any(o["id"] == option for o in m["card"].get("options", ()))]
    await seat.taps(option, shown[-1]["token"])
    return (await last(seat))["card"]


async def flags(stage: Stage, ada: Seat) -> dict[str, Any]:
    return hiring.flags(await stage.interview(ada))


async def changes(stage: Stage, ada: Seat, **values: Any) -> None:
    """Set flags of an interview, as another part of Parley does."""
    interview = await stage.interview(ada)
    await stage.app.store.commit(lambda tx: hiring.set_flags(tx, interview, **values))


async def within(stage: Stage, ada: Seat, what: Callable[[Scene, Row], Any]) -> Any:
    """Do something in a transaction on the candidate's interview, in the channel's chat: what(scene, interview)."""
    app, interview = stage.app, await stage.interview(ada)

    def go(tx: Tx) -> tuple[Any, After]:
        (chat,) = tx.find(Thread, {"tenant_id": app.tenant_id, "id": stage.channel_id})
        scene = Scene(tx, app.keys, app.ids, chat, stage.clock.now())
        (row,) = tx.find(Interview, {"tenant_id": app.tenant_id, "id": interview["id"]})
        return what(scene, row), scene.close()

    found, after = await app.store.commit(go)
    app.intake.forget(stage.channel_id)
    app.runner.committed(stage.channel_id, after)
    await settle()
    return found


async def card_of(stage: Stage) -> dict[str, Any]:
    """The scorecard in the channel, as Noor sees it."""
    return (await stage.seats["Noor"].post("Ada Okoye"))["card"]


def option_ids(card: dict[str, Any]) -> list[str]:
    return [o["id"] for o in card.get("options", ())]


def rows_of(card: dict[str, Any]) -> dict[str, str]:
    return {r["label"]: r["value"] for r in card.get("rows", ())}
