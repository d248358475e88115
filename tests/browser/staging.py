"""A stage of a test's own behind a real server, in a thread: while the browser lives, no other event loop can run in this one."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import uvicorn

from bot import people
from bot.web.host import host
from tests.bot.stagehand import Stage

T = TypeVar("T")
R = TypeVar("R")
TICK = 0.05  # seconds
_PATIENCE = 180


@dataclass(frozen=True, slots=True)
class Staged(Generic[T]):
    """A stage with its server at `base`. about: what was prepared on it; sessions: name -> one that signs them in."""

    base: str
    stage: Stage
    about: T
    sessions: dict[str, str]
    loop: asyncio.AbstractEventLoop

    def does(self, act: Coroutine[None, None, R]) -> R:
        """Do something on the stage; what came of it."""
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(30)


@contextmanager
def staged(
    begin: Callable[[], AbstractAsyncContextManager[Stage]], prepare: Callable[[Stage], Awaitable[T]]
) -> Generator[Staged[T]]:
    """A running server; it is gone afterwards. Time goes by on the stage as it does on the page."""
    ready, found, servers = threading.Event(), list[Staged[T]](), list[uvicorn.Server]()

    async def run() -> None:
        async with begin() as stage:
            about = await prepare(stage)
            sessions = {name: await _session(stage, name) for name in stage.seats}
            door = socket.create_server(("127.0.0.1", 0))  # whoever comes before the server stands, waits
            base, loop = f"http://127.0.0.1:{door.getsockname()[1]}", asyncio.get_running_loop()
            servers.append(uvicorn.Server(uvicorn.Config(host(stage.app), lifespan="off", log_level="warning")))
            found.append(Staged(base, stage, about, sessions, loop))
            clock = asyncio.create_task(_passing(stage))
            ready.set()
            await servers[0].serve(sockets=[door])
            clock.cancel()

    def play() -> None:
        try:
            asyncio.run(run())
        finally:
            ready.set()

    thread = threading.Thread(target=play)
    thread.start()
    ready.wait(_PATIENCE)
    try:
        yield found[0]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(30)


async def _session(stage: Stage, name: str) -> str:
    app, who = stage.app, stage.seats[name].who
    return await app.store.commit(
        lambda tx: people.open_session(tx, app.ids, who.tenant_id, who.person_id, stage.clock.now())
    )


async def _passing(stage: Stage) -> None:
    while True:
        await asyncio.sleep(TICK)
        stage.clock.forward(round(TICK * 1000))
