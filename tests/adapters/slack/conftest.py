"""A fake Slack, a recording port and the adapter between them. Each test ends without a violation, and with checks made."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.contract import Outgoing
from adapters.slack.app import SlackAdapter, SlackConfig
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack


def config(fake: FakeSlack, **more: Any) -> SlackConfig:
    whole: dict[str, Any] = {
        "api_url": f"{fake.base}/api/", "app_token": fake.app_token, "bot_token": fake.workspaces[TEAM]["token"],
        "signing_secret": fake.signing_secret, "client_id": fake.client_id, "client_secret": fake.client_secret,
        "timeout": 5.0, "ping_seconds": 0.5, **more,
    }  # fmt: skip
    return SlackConfig(**whole)


def outgoing(id: str = "m1", text: str = "How are you?", address: str = f"{TEAM}/U1", **more: Any) -> Outgoing:
    whole: dict[str, Any] = {
        "id": id, "thread_id": "t1", "address": address, "seq": 1, "act": "send", "target": "", "card": {"text": text},
        "token": "", "chosen": "", "step": "s", "at": 1_700_000_000_000, **more,
    }  # fmt: skip
    return Outgoing(**whole)


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    # The proxy trap: slack_sdk takes these from the environment and ignores NO_PROXY. Nothing may go there.
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    slack = FakeSlack()
    async with slack.running():
        slack.user("U1", "Ana")
        slack.user("U2", "Ben")
        slack.channel("C1", members=["U1", "U2"])
        yield slack
    assert slack.violations == []
    assert sum(slack.checked.values()) > 0


@pytest.fixture
def port() -> RecordingPort:
    return RecordingPort()


@pytest.fixture
async def adapter(fake: FakeSlack, port: RecordingPort) -> AsyncIterator[SlackAdapter]:
    slack = SlackAdapter(config(fake), port)
    await slack.start()
    yield slack
    await slack.stop()
