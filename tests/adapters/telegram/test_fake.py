"""The fake itself: that it refuses what Telegram refuses, and that it can be driven from outside as a process."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.telegram import REAL, TOKEN, FakeTelegram, Fault

ROOT = Path(__file__).resolve().parents[3]


class Caller:
    """A bot without any library."""

    def __init__(self, fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
        self.fake, self.session = fake, session

    async def __call__(self, method: str, **body: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.fake.base}/bot{self.fake.token}/{method}", json=body) as reply:
            return await reply.json()


@pytest.fixture
async def call(telegram: FakeTelegram):
    async with aiohttp.ClientSession() as session:
        yield Caller(telegram, session)


async def test_it_refuses_what_telegram_refuses(telegram: FakeTelegram, call: Caller):
    telegram.chat(7)
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 65}]]}
    for body, part in (
        ({"chat_id": 7}, "required field text missing"),
        ({"chat_id": 7, "text": "x", "reply_markup": keyboard}, "65 is not within 1-64"),
        ({"chat_id": 7, "text": "x" * 5000}, "5000 is not within"),
        ({"chat_id": 7, "text": "x", "colour": "red"}, "unknown field colour"),
    ):
        reply = await call("sendMessage", **body)
        assert (reply["ok"], reply["error_code"]) == (False, 400)
        telegram.forgive(part)
    assert telegram.messages(7) == []
    await call("sendMessage", chat_id=7, text="ab", entities=[{"type": "bold", "offset": 1, "length": 5}])
    telegram.forgive("outside of the text")


async def test_rates_are_kept(telegram: FakeTelegram, call: Caller):
    telegram.rates = REAL
    for chat in range(1, 41):
        telegram.chat(chat)
    assert REAL.burst is not None
    burst = [await call("sendMessage", chat_id=1, text="x") for _ in range(REAL.burst + 1)]
    assert [r["ok"] for r in burst] == [True] * REAL.burst + [False]
    assert burst[-1]["parameters"] == {"retry_after": 1}
    replies = await asyncio.gather(*(call("sendMessage", chat_id=chat, text="x") for chat in range(2, 41)))
    assert 0 < sum(not r["ok"] for r in replies) < 20


async def test_updates_stay_until_they_are_confirmed_and_a_second_poller_ends_the_first(
    telegram: FakeTelegram, call: Caller
):
    telegram.say(7, "one")
    first = await call("getUpdates")
    assert await call("getUpdates") == first
    number = first["result"][0]["update_id"]
    waiting = asyncio.create_task(call("getUpdates", offset=number + 1, timeout=5))
    await telegram.until(lambda t: t.confirmed)
    telegram_second = await call("getUpdates", offset=number + 1)
    assert telegram_second["result"] == []
    assert (await waiting)["error_code"] == 409


async def test_detected_words_become_active(telegram: FakeTelegram, call: Caller):
    telegram.chat(7)
    sent = await call("sendMessage", chat_id=7, text="ask @anna", entities=[{"type": "bold", "offset": 0, "length": 3}])
    assert [e["type"] for e in sent["result"]["entities"]] == ["bold", "mention"]


async def test_a_fault_after_taking_leaves_the_message_there(telegram: FakeTelegram, call: Caller):
    telegram.chat(7)
    telegram.fail("sendMessage", Fault("drop_after"))
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=7, text="taken")
    assert telegram.seen(7) == ["taken"]


async def test_it_runs_as_a_process_and_can_be_driven():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.telegram", "--port", "0", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        base = (await process.stdout.readline()).decode().split()[1]
        async with aiohttp.ClientSession(base) as session:

            async def post(path: str, **body: Any) -> dict[str, Any]:
                async with session.post(path, json=body) as reply:
                    return await reply.json()

            async def get(path: str) -> Any:
                async with session.get(path) as reply:
                    return await reply.json()

            bot, control = f"/bot{TOKEN}", "/_control"
            await post(f"{control}/start", chat=7, payload="abc")
            updates = await post(f"{bot}/getUpdates")
            assert updates["result"][0]["message"]["text"] == "/start abc"
            await post(f"{control}/script", method="sendMessage", faults=[{"kind": "429", "seconds": 3}])
            assert (await post(f"{bot}/sendMessage", chat_id=7, text="Hi"))["parameters"] == {"retry_after": 3}
            markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "t:y"}]]}
            await post(f"{bot}/sendMessage", chat_id=7, text="Hi", reply_markup=markup)
            assert "id" in await post(f"{control}/tap", chat=7, label="Yes")
            assert "error" in await post(f"{control}/tap", chat=7, label="No")
            assert [m["text"] for m in (await get(f"{control}/state?chat=7"))["7"]] == ["Hi"]
            assert await get(f"{control}/violations") == []
            assert (await get(f"{control}/counts"))["methods"] == {"getUpdates": 1, "sendMessage": 2}
    finally:
        process.terminate()
        await process.wait()
