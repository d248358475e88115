"""A stage, and short ways to bring candidates to where they can be decided about."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.scene import Scene
from bot.store.rows import Decision, Interview, Thread
from bot.store.store import Row, Tx
from tests.bot.desk.conftest import Counter
from tests.bot.stagehand import Seat, Stage, acting, settle

RECORDED = {"start_ready": "go", "outage_keep": "1", "upset_keep": "1"}  # what a recorded interview asks besides


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
def noor(stage: Stage) -> Counter:
    return Counter(stage, stage.seats["Noor"])


async def rated(stage: Stage, name: str = "Ada Okoye") -> Seat:
    """Somebody whose scorecards are open."""
    seat = await stage.finished(name, **RECORDED)
    for rater in ("Priya", "Tom"):
        await stage.seats[rater].rates(name)
    return seat


async def interviews(stage: Stage, seat: Seat) -> list[Row]:
    """Their interviews, oldest first."""
    return await stage.rows(Interview, "created_at,id", candidate_id=seat.who.person_id)


async def decisions(stage: Stage, interview_id: str) -> list[Row]:
    return await stage.rows(Decision, "version", interview_id=interview_id)


async def writing(stage: Stage, seat: Seat, what: Any) -> Any:
    """Do something in a scene of somebody's own chat, as a letter would: `what(scene)`."""
    app = stage.app

    def go(tx: Tx) -> Any:
        thread = tx.find(Thread, {"tenant_id": seat.who.tenant_id, "id": seat.who.thread_id})[0]
        scene = Scene(tx, app.keys, app.ids, thread, stage.clock.now())
        return what(scene), scene.close()

    stage.clock.forward(1000)
    got, after = await app.store.commit(go)
    app.intake.forget(seat.who.thread_id)
    app.runner.committed(seat.who.thread_id, after)
    await settle()
    return got
