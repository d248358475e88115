"""A message of the outbox reaches Slack once, and its receipt says what became of it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.contract import Delivered, Outcome, Outgoing
from adapters.slack.app import SlackAdapter
from tests.adapters.slack.conftest import config, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack, controls, seen_text

LONG = "a paragraph of words that goes on.\n\n" * 600  # three messages
QUESTION = {"text": "Which day?", "options": [{"id": "mon", "label": "Monday"}, {"id": "tue", "label": "Tuesday"}]}


@pytest.fixture
async def hasty(fake: FakeSlack, port: RecordingPort) -> AsyncIterator[SlackAdapter]:
    """An adapter that waits for an answer a quarter of a second at most."""
    slack = SlackAdapter(config(fake, timeout=0.25), port)
    await slack.start()
    yield slack
    await slack.stop()


async def one(adapter: SlackAdapter, message: Outgoing) -> Delivered:
    (receipt,) = await adapter.deliver([message])
    return receipt


async def test_a_message_is_sent_with_its_key(fake: FakeSlack, adapter: SlackAdapter):
    receipt = await one(adapter, outgoing(text="Hello <@U2> & @here"))
    (shown,) = fake.parleys("U1")
    assert receipt == Delivered("m1", Outcome.SENT, f"slack:{TEAM}/{fake.direct('U1')}:{shown['ts']}")
    assert shown["metadata"] == {"event_type": "parley_message", "event_payload": {"id": "m1", "part": 0}}
    assert seen_text(shown["blocks"]) == "Hello <@U2> & @here"
    assert shown["text"] == "Hello &lt;@U2&gt; &amp; @here"
    assert (shown["parse"], shown["link_names"], shown["unfurl_links"], shown["unfurl_media"]) == (
        "none",
        False,
        False,
        False,
    )


async def test_a_lane_is_sent_in_order_and_stops_where_it_fails(fake: FakeSlack, adapter: SlackAdapter):
    fake.script("chat.postMessage", "ok", "error:is_archived")
    receipts = await adapter.deliver([outgoing(f"m{n}", str(n)) for n in range(3)])
    assert [r.outcome for r in receipts] == [Outcome.SENT, Outcome.BLOCKED]
    assert [m["text"] for m in fake.parleys("U1")] == ["0"]


@pytest.mark.parametrize(
    ("failure", "outcome", "problem"),
    [
        ("429", Outcome.LATER, ""),
        ("500", Outcome.LATER, ""),
        ("timeout", Outcome.LATER, ""),
        ("drop", Outcome.LATER, ""),
        ("error:ratelimited", Outcome.LATER, ""),
        ("error:internal_error", Outcome.LATER, ""),
        ("error:is_archived", Outcome.BLOCKED, "is_archived"),
        ("error:channel_not_found", Outcome.BLOCKED, "channel_not_found"),
        ("error:account_inactive", Outcome.BLOCKED, "account_inactive"),
        ("error:token_revoked", Outcome.BLOCKED, "token_revoked"),
        ("error:msg_too_long", Outcome.FAILED, "msg_too_long"),
        ("error:invalid_blocks", Outcome.FAILED, "invalid_blocks"),
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open", "chat.update"])
async def test_every_refusal_has_its_outcome(
    method: str, failure: str, outcome: Outcome, problem: str, fake: FakeSlack, hasty: SlackAdapter
):  # fmt: skip
    message = outgoing()
    if method == "chat.update":
        receipt = await one(hasty, message)
        message = outgoing("m2", act="edit", target="m1", ref=receipt.platform_id, text="New.")
    fake.script(method, failure)
    receipt = await one(hasty, message)
    assert (receipt.outcome, receipt.problem) == (outcome, problem)
    assert (receipt.after_ms == 7000) is (failure == "429")


async def test_slacks_pause_is_kept_without_asking_again(fake: FakeSlack, adapter: SlackAdapter):
    fake.script("chat.postMessage", "429")
    await one(adapter, outgoing())
    again = await one(adapter, outgoing())
    assert again.outcome is Outcome.LATER
    assert 5000 < again.after_ms <= 7001
    assert [m for m, _ in fake.calls].count("chat.postMessage") == 1
    assert (await one(adapter, outgoing("m9", address=f"{TEAM}/C1"))).outcome is Outcome.SENT  # others need not wait


@pytest.mark.parametrize("loss", ["taken:timeout", "taken:500", "taken:drop"])
async def test_what_slack_took_is_not_sent_twice(loss: str, fake: FakeSlack, hasty: SlackAdapter):
    fake.script("chat.postMessage", loss)
    message = outgoing()
    assert (await one(hasty, message)).outcome is Outcome.LATER
    receipt = await one(hasty, message)
    assert len(fake.parleys("U1")) == 1
    assert receipt.outcome is Outcome.SENT
    assert receipt.platform_id.endswith(fake.parleys("U1")[0]["ts"])


async def test_a_message_sent_before_a_crash_is_found(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    receipt = await one(adapter, outgoing())
    after = SlackAdapter(config(fake), port)
    await after.start()
    assert await after.look_up(outgoing()) == receipt
    assert await after.look_up(outgoing("m2")) is None
    fake.script("conversations.history", "500")
    unsure = await after.look_up(outgoing())
    assert unsure is not None
    assert unsure.outcome is Outcome.LATER
    assert await one(after, outgoing()) == receipt  # looked up once more before it is sent
    assert len(fake.parleys("U1")) == 1
    await after.stop()


async def test_a_message_in_parts_goes_on_where_it_stopped(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    fake.script("chat.postMessage", "ok", "error:internal_error", "ok", "ok")
    message = outgoing(card={"text": LONG, "options": QUESTION["options"]}, token="c:q")
    assert (await one(adapter, message)).outcome is Outcome.LATER
    after = SlackAdapter(config(fake), port)  # after a crash
    await after.start()
    assert await after.look_up(message) is None
    receipt = await one(after, message)
    parts = fake.parleys("U1")
    assert len(parts) == 3
    assert receipt.platform_id.endswith("+".join(p["ts"] for p in parts))
    assert [bool(controls(p["blocks"])) for p in parts] == [False, False, True]
    assert await after.look_up(message) == receipt
    await after.stop()


async def test_an_answered_question_is_settled(fake: FakeSlack, adapter: SlackAdapter):
    sent = await one(adapter, outgoing(card=QUESTION, token="c:q"))
    edit = outgoing("m2", act="edit", target="m1", ref=sent.platform_id, chosen="tue")
    receipt = await one(adapter, replace(edit, card=None, shown=QUESTION))
    (shown,) = fake.parleys("U1")
    assert receipt == Delivered("m2", Outcome.SENT, sent.platform_id)
    assert controls(shown["blocks"]) == []
    assert "\u2713 Tuesday" in seen_text(shown["blocks"])


async def test_an_edit_may_need_more_or_fewer_messages(fake: FakeSlack, adapter: SlackAdapter):
    sent = await one(adapter, outgoing(text="short"))
    longer = await one(adapter, outgoing("m2", LONG, act="edit", target="m1", ref=sent.platform_id))
    assert len(fake.parleys("U1")) == 3
    shorter = await one(adapter, outgoing("m3", "short again", act="edit", target="m1", ref=longer.platform_id))
    assert shorter.platform_id == sent.platform_id
    assert [seen_text(m["blocks"]) for m in fake.parleys("U1")] == ["short again"]


async def test_an_edit_of_what_is_gone_fails_and_says_so(
    fake: FakeSlack, adapter: SlackAdapter, caplog: pytest.LogCaptureFixture
):
    sent = await one(adapter, outgoing(text="secret words"))
    fake.messages("U1").clear()
    receipt = await one(adapter, outgoing("m2", act="edit", target="m1", ref=sent.platform_id))
    assert (receipt.outcome, receipt.problem) == (Outcome.FAILED, "message_not_found")
    assert "secret" not in caplog.text
    for bad in ("", "telegram:1:2", "slack:T1"):
        assert (await one(adapter, outgoing("m3", act="edit", target="m1", ref=bad))).outcome is Outcome.FAILED


async def test_a_public_channel_is_joined_once_and_a_private_one_is_not(fake: FakeSlack, adapter: SlackAdapter):
    fake.channel("C2", member=False)
    fake.channel("C3", member=False, private=True)
    assert (await one(adapter, outgoing(address=f"{TEAM}/C2"))).outcome is Outcome.SENT
    assert (await one(adapter, outgoing(address=f"{TEAM}/C3"))).problem == "channel_not_found"
    fake.channels["C2"]["archived"] = True
    assert (await one(adapter, outgoing(address=f"{TEAM}/C2"))).problem == "is_archived"


async def test_a_person_who_left_is_blocked(fake: FakeSlack, adapter: SlackAdapter):
    fake.user("U3", "Gone", deleted=True)
    assert (await one(adapter, outgoing(address=f"{TEAM}/U3"))).problem == "user_disabled"
    assert (await one(adapter, outgoing(address=f"{TEAM}/UNKNOWN"))).problem == "user_not_found"
    assert (await one(adapter, outgoing(address="T0NOBODY/U1"))).problem == "not_installed"


async def test_a_token_revoked_in_mid_interview_blocks_and_a_new_one_is_used(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):  # fmt: skip
    await one(adapter, outgoing())
    fake.workspaces[TEAM]["revoked"] = True
    assert (await one(adapter, outgoing("m2"))).outcome is Outcome.BLOCKED
    fake.workspace(TEAM, "xoxb-new")
    port.installations["slack", TEAM] = replace(port.installations["slack", TEAM], token="xoxb-new")
    assert (await one(adapter, outgoing("m2"))).outcome is Outcome.SENT


async def test_many_messages_to_one_channel_are_paced(fake: FakeSlack, adapter: SlackAdapter):
    receipts = await adapter.deliver([outgoing(f"m{n}", str(n)) for n in range(4)])
    assert [r.outcome for r in receipts] == [Outcome.SENT] * 4
    assert fake.checked["chat.postMessage"] == 4


async def test_a_platform_that_is_down_does_not_keep_parley_from_starting(
    port: RecordingPort, monkeypatch: pytest.MonkeyPatch
):
    down = FakeSlack()
    async with down.running():
        down.script("auth.test", *["drop"] * 3)
        slack = SlackAdapter(config(down), port)
        monkeypatch.setattr("adapters.slack.app._FIRST_SECONDS", 0.05)
        await slack.start()
        assert slack.ready("t1")
        await slack.stop()
        assert not slack.ready("t1")
    assert json.dumps(down.violations) == "[]"
