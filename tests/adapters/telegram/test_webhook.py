"""The webhook: secret first, stored before it is answered, and never an error of ours."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from adapters.contract import HttpCall, Words
from adapters.telegram.app import PATH, TelegramAdapter, TelegramConfig
from tests.adapters.telegram.conftest import SECRET, Make
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import FakeTelegram

HEADER = "x-telegram-bot-api-secret-token"


def call(body: bytes, secret: str | None = SECRET, method: str = "POST", path: str = PATH) -> HttpCall:
    return HttpCall(method, path, {HEADER: secret} if secret is not None else {}, {}, {}, body)


def update(text: str = "Hello") -> bytes:
    chat = {"id": 7, "type": "private", "first_name": "Anna"}
    sender = {"id": 7, "is_bot": False, "first_name": "Anna"}
    message = {"message_id": 5, "date": 1_700_000_000, "chat": chat, "from": sender, "text": text}
    return json.dumps({"update_id": 9, "message": message}).encode()


@asynccontextmanager
async def host(adapter: TelegramAdapter) -> AsyncIterator[str]:
    """The one web host, as small as can be."""

    async def handle(request: web.Request) -> web.Response:
        headers = {k.lower(): v for k, v in request.headers.items()}
        reply = await adapter.handle(HttpCall(request.method, request.path, headers, {}, {}, await request.read()))
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def hook(make: Make, telegram: FakeTelegram) -> TelegramAdapter:
    adapter = make(mode="webhook", webhook_url="https://parley.example/telegram/webhook", webhook_secret=SECRET)
    await adapter.start()
    return adapter


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "x" * 257, "with spaces " * 4, "ümlaut" * 8])
def test_without_a_proper_secret_it_does_not_start(port: RecordingPort, secret: str):
    with pytest.raises(ValueError, match="secret"):
        TelegramAdapter(
            TelegramConfig("1:x", "webhook", webhook_url="https://parley.example/", webhook_secret=secret), port
        )


async def test_updates_come_in_through_the_host_and_what_is_not_stored_comes_again(
    telegram: FakeTelegram, make: Make, port: RecordingPort
):
    port.failing = 1
    adapter = make(mode="webhook", webhook_url="set below", webhook_secret=SECRET)
    async with host(adapter) as url:
        await adapter.start()
        await telegram.until(lambda t: t.webhook["url"])
        telegram.webhook["url"] = url
        for text in ("one", "two"):
            telegram.say(7, text)
        await port.until_events(2)
        await telegram.until(lambda t: len(t.confirmed) == 2)
    assert telegram.webhook["secret_token"] == SECRET
    assert telegram.webhook_statuses == [503, 200, 200]
    assert [e.act.text for e in port.events if isinstance(e.act, Words)] == ["one", "two"]


async def test_it_is_answered_only_once_it_is_stored(hook: TelegramAdapter, port: RecordingPort):
    port.hold = asyncio.Event()
    reply = asyncio.create_task(hook.handle(call(update())))
    await port.until(lambda p: p.received)
    assert not reply.done()
    port.hold.set()
    assert (await reply).status == 200
    assert len(port.events) == 1


@pytest.mark.parametrize(
    ("secret", "status"),
    [(None, 401), ("", 401), ("wrong", 403), (SECRET[:-1], 403), (SECRET + "x", 403), ("ü\udce4", 403)],
)
async def test_without_the_secret_nothing_is_read(
    hook: TelegramAdapter, port: RecordingPort, secret: str | None, status: int
):
    assert (await hook.handle(call(update(), secret))).status == status
    assert (await hook.handle(call(b"not even json", secret))).status == status
    assert port.received == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[1]", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": "7"}', 400),
        (b'{"update_id": true}', 400),
        (b" " * (3 << 20), 413),
        (b'{"update_id": 7}', 200),
        (b'{"update_id": 7, "message": 5}', 200),
        (b'{"update_id": 7, "message": {"chat": {}}}', 200),
        (b'{"update_id": 7, "callback_query": {"id": null}}', 200),
        (b'{"update_id": 7, "poll": {"future": "kind"}}', 200),
    ],
    ids=range(13),
)
async def test_nonsense_with_the_secret_is_answered_and_changes_nothing(
    hook: TelegramAdapter, port: RecordingPort, body: bytes, status: int
):
    assert (await hook.handle(call(body))).status == status
    assert port.events == []


async def test_other_paths_and_methods(hook: TelegramAdapter, port: RecordingPort):
    assert hook.paths == (PATH,)
    assert (await hook.handle(call(update(), path="/elsewhere"))).status == 404
    assert (await hook.handle(call(update(), method="GET"))).status == 405
    assert port.received == 0


async def test_polling_has_no_webhook(port: RecordingPort):
    adapter = TelegramAdapter(TelegramConfig("1:x"), port)
    assert adapter.paths == ()
    assert (await adapter.handle(call(update()))).status == 404
    await adapter.stop()
