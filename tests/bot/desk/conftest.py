"""A stage, and ways to the desk that the web page has none for: forms, files, other tenants' ids."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.contract import button
from bot.desk.desk import Desk, Order
from bot.kits import KitLibrary
from bot.scene import After, Reply, Scene
from bot.scheduling.availability import Availability
from bot.store.rows import Thread
from bot.store.store import Tx
from tests.bot.stagehand import Seat, Stage, acting, settle


class Counter:
    """Somebody at the desk, in a transaction of its own each time."""

    def __init__(self, stage: Stage, seat: Seat) -> None:
        self.stage, self.who = stage, seat.who
        app = stage.app
        known = (app.settings.base_url, app.settings.invite_days, KitLibrary(), app.settings.time_zone)
        writes = (app.settings.company, app.settings.contact)
        self.desk = Desk(*known, Availability(app.keys), *writes)

    async def does(self, what: Callable[[Scene], Reply]) -> Reply:
        app = self.stage.app

        def go(tx: Tx) -> tuple[Reply, After]:
            thread = tx.find(Thread, {"tenant_id": self.who.tenant_id, "id": self.who.thread_id})[0]
            scene = Scene(tx, app.keys, app.ids, thread, self.stage.clock.now())
            return what(scene), scene.close()

        self.stage.clock.forward(1000)
        reply, after = await app.store.commit(go)
        app.intake.forget(self.who.thread_id)
        app.runner.committed(self.who.thread_id, after)
        await settle()
        for option in reply.card.options if reply.card else ():
            assert button(reply.token, option.id), "every platform can carry it"
        return reply

    async def line(self, text: str, place: str = "", forms: bool = False) -> Reply:
        return await self.does(lambda s: self.desk.answer(s, Order(self.who.person_id, text, place, forms)))

    async def submits(self, token: str, **fields: str) -> Reply:
        return await self.does(lambda s: self.desk.submit(s, self.who.person_id, token, fields))

    async def presses(self, token: str, option: str) -> Reply:
        return await self.does(lambda s: self.desk.act(s, self.who.person_id, token, option))

    async def uploads(self, data: bytes | str, name: str = "people.csv") -> Reply:
        body = data if isinstance(data, bytes) else data.encode()
        return await self.does(lambda s: self.desk.preview(s, self.who.person_id, name, body))

    async def suggested(self, line: str) -> list[str]:
        app, who = self.stage.app, self.who
        found = await app.store.read(lambda tx: self.desk.suggest(tx, app.keys, who.tenant_id, who.person_id, line))
        return [whole for _, whole in found]

    async def tasks(self) -> dict[str, str]:
        app, who = self.stage.app, self.who
        card = await app.store.read(lambda tx: self.desk.tasks(tx, app.keys, who.tenant_id, who.person_id))
        return {r.label: r.value for r in card.rows}


def text_of(reply: Reply) -> str:
    """What a reply says; a reply always says something."""
    assert reply.card is not None
    assert reply.card.text
    return reply.card.text


def options_of(reply: Reply) -> list[str]:
    assert reply.card is not None
    return [o.id for o in reply.card.options]


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
def noor(stage: Stage) -> Counter:
    return Counter(stage, stage.seats["Noor"])
