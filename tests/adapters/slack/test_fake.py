"""The fake Slack as a process of its own: a real adapter is driven through its control API, and wrong calls are seen."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.contract import Answer, Tap
from adapters.slack.app import SlackAdapter, SlackConfig
from tests.adapters.slack.conftest import outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import FakeSlack

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def process() -> AsyncIterator[dict[str, Any]]:
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    command = [sys.executable, "-m", "tests.fakes.slack", "--retry-seconds", "0.3"]
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    assert running.stdout is not None
    yield json.loads(await asyncio.wait_for(running.stdout.readline(), 20))
    running.terminate()
    await running.wait()


async def test_a_conversation_through_the_control_api(process: dict[str, Any], port: RecordingPort):
    control = process["api_url"].removesuffix("api/") + "_control/"

    async def act(name: str, /, **args: Any) -> Any:
        async with aiohttp.ClientSession() as session, session.post(control + name, json=args) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    keys = {k: process[k] for k in ("api_url", "bot_token", "app_token")}
    slack = SlackAdapter(SlackConfig(**keys), port)
    await slack.start()
    port.failing = 1  # the first delivery is not acknowledged, and comes again by itself
    await act("say", user="U1", text="hello", name="Ana")
    await port.until_events(1)
    await slack.deliver([outgoing(card={"text": "Ready?", "options": [{"id": "y", "label": "Yes"}]}, token="c:q")])
    await act("tap", user="U1", what="Yes")
    assert isinstance(port.events[1].act, Tap)
    port.answer = lambda event: Answer({"text": "Nothing waits."})
    assert (await act("slash", user="U1", text="status"))["reply"]["response_type"] == "ephemeral"
    await act("disconnect", reason="refresh_requested")
    await act("say", user="U1", text="still there?")
    await port.until_events(4)
    state = await act("state")
    assert [m["text"] for m in state["channels"]["DT0MAINU1"]][:2] == ["hello", "Ready?\nYes"]
    assert await act("violations") == []
    counts = await act("counts")
    assert counts["chat.postMessage"] == 2  # the question, and the answer to what was written last
    assert sum(counts.values()) > 8
    await slack.stop()


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("chat.postMessage", {"channel": "C1"}),
        ("chat.postMessage", {"channel": "C1", "text": "t", "tread_ts": "1.1"}),
        ("chat.postMesage", {"channel": "C1", "text": "t"}),
        ("views.open", {"trigger_id": "1", "view": {"type": "modal"}}),
    ],
)
async def test_what_slack_would_refuse_is_refused_and_remembered(method: str, args: dict[str, Any], fake: FakeSlack):
    headers = {"Authorization": "Bearer xoxb-T0MAIN"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{fake.base}/api/{method}", json=args, headers=headers) as reply,
    ):
        assert (await reply.json())["error"] == "invalid_arguments"
    assert fake.violations
    fake.violations.clear()
