"""What Slack sends reaches the port once, in order, and is acknowledged only then."""

import asyncio
import re
from pathlib import Path

import pytest

from adapters.contract import (
    FILL_IN,
    Answer,
    Back,
    Form,
    Incoming,
    Left,
    OpenChat,
    Place,
    Rewording,
    Slash,
    Start,
    Takeback,
    Tap,
    Unfetchable,
    Upload,
    Who,
    Words,
    button,
    position,
)  # fmt: skip
from adapters.slack import parse, render, words
from adapters.slack.app import SlackAdapter
from adapters.slack.config import SCOPES
from bot.setup import slack as setup
from flows.cards import Card, Option
from tests.adapters.slack.conftest import config, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack, seen_text

FIELDS = [
    {"key": "title", "label": "Title", "kind": "line"},
    {"key": "kit", "label": "Kit", "kind": "choice", "options": [{"id": "be", "label": "Backend"}, {"id": "fe", "label": "Frontend"}]},
    {"key": "panel", "label": "Panel", "kind": "people", "required": False},
    {"key": "place", "label": "Channel", "kind": "channel", "required": False},
]  # fmt: skip
FORM = {"text": "Tell me about the role.", "title": "New requisition", "fields": FIELDS, "submit": "Create"}


async def asked(fake: FakeSlack, adapter: SlackAdapter, **card: object) -> dict:
    """A question of ours in the chat with U1."""
    await adapter.deliver([outgoing(card={"text": "Which day?", **card}, token="c:q")])
    return fake.parleys("U1")[-1]


async def test_a_direct_message_arrives(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    ts = await fake.say("U1", "a < b & c > d")
    (event,) = await port.until_events(1)
    channel = fake.direct("U1")
    assert event.who == Who("slack", TEAM, "U1", "Ana")
    assert event.place == Place(f"{TEAM}/U1", True)
    assert event.id == f"m/{channel}/{ts}"
    assert event.act == Words("a < b & c > d", f"slack:{TEAM}/{channel}:{ts}")
    assert await fake.sent[-1].ack() is None


async def test_a_link_is_redeemed(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await fake.say("U1", f"start {'k' * 43}")
    assert (await port.until_events(1))[0].act == Start("k" * 43)
    await fake.say("U1", "start now")
    assert isinstance((await port.until_events(2))[1].act, Words)


async def test_in_channels_only_replies_and_mentions_are_read(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    await adapter.deliver([outgoing(address=f"{TEAM}/C1")])
    post = fake.parleys("C1")[0]
    await fake.say("U1", "lunch?", "C1")
    await (fake.sent[-1]).ack()
    own = await fake.say("U2", "a thread of my own", "C1")
    await fake.say("U1", "in it", "C1", thread_ts=own)
    await fake.sent[-1].ack()
    assert port.events == []
    await fake.say("U1", "yes", "C1", thread_ts=post["ts"])
    await fake.say("U1", "status please", "C1", mention=True)
    first, second = await port.until_events(2)
    assert isinstance(first.act, Words)
    assert first.act.reply_to == f"slack:{TEAM}/C1:{post['ts']}"
    assert first.place == Place(f"{TEAM}/C1", False)
    assert isinstance(second.act, Words)
    assert second.act.text == "status please"
    await fake.sent[-1].ack()
    assert len(port.events) == 2  # a mention comes as two events, and is one


async def test_edits_and_deletions_of_people_arrive_and_ours_do_not(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    ts = await fake.say("U1", "frist")
    await fake.edit("U1", ts, "first")
    await fake.delete("U1", ts)
    said, edited, gone = await port.until_events(3)
    assert isinstance(said.act, Words)
    assert edited.act == Rewording(said.act.message, "first")
    assert gone.act == Takeback(said.act.message)
    await adapter.deliver([outgoing()])
    ours = fake.parleys("U1")[0]
    await (await fake.edit("U1", ours["ts"], "not mine")).ack()
    await (await fake.delete("U1", ours["ts"])).ack()
    assert len(port.events) == 3


async def test_duplicates_and_redelivery_change_nothing(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.answer = lambda event: Answer({"text": "Got it."})
    await fake.say("U1", "once")
    await fake.sent[0].ack()
    await (await fake.repeat(fake.sent[0])).ack()
    assert port.received == 2
    assert len(port.events) == 1
    await fake.until(lambda f: f.parleys("U1"))
    assert len(fake.parleys("U1")) == 1


async def test_nothing_is_acknowledged_before_it_is_durable(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    port.failing = 1
    await fake.say("U1", "keep me")
    await port.until(lambda p: p.failing == 0)
    await fake.say("U2", "and me")  # another event goes through meanwhile
    await fake.sent[1].ack()
    assert not fake.sent[0].acknowledged.is_set()
    assert await fake.redeliver() == 1
    await fake.sent[0].ack()
    assert [e.act.text for e in port.events if isinstance(e.act, Words)] == ["and me", "keep me"]


async def test_the_order_of_one_person_is_kept(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    for n in range(20):
        await fake.say("U1" if n % 2 else "U2", str(n))
    events = await port.until_events(20)
    for user in ("U1", "U2"):
        said = [int(e.act.text) for e in events if e.who.user == user and isinstance(e.act, Words)]
        assert said == sorted(said)
        assert len(said) == 10


@pytest.mark.parametrize("reason", ["refresh_requested", "drop"])
async def test_a_new_connection_is_made(reason: str, fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await fake.disconnect(reason)
    await fake.until(lambda f: f.connections >= 2)
    await fake.say("U1", "still there?")
    await port.until_events(1)
    await fake.sent[-1].ack()


async def test_guests_and_strangers_are_outsiders(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    fake.user("UG", "Guest", is_restricted=True)
    fake.user("UC", "Connect", team="T0OTHER", is_stranger=True)
    organisation = {"id": "UE", "enterprise_id": "E1", "enterprise_name": "Org", "is_admin": False, "is_owner": False}
    fake.user("UE", "Same organisation", team="T0SISTER", enterprise_user={**organisation, "teams": [TEAM, "T0SISTER"]})
    fake.script("users.info", "ok", "ok", "ok", "500", "ok")
    for user in ("UG", "UC", "UE", "U1", "U1"):
        await fake.say(user, "hello")
        await fake.sent[-1].ack()
    assert [e.who.outsider for e in port.events] == [
        True,
        True,
        False,
        True,
        False,
    ]  # of whom we can't be sure: an outsider


async def test_a_tap_and_its_private_answer(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.answer = lambda event: Answer({"text": "That was an earlier question."})
    question = await asked(fake, adapter, options=[{"id": "mon", "label": "Monday"}])
    await (await fake.tap("U1", question, "Monday")).ack()
    assert port.events[0].act == Tap("c:q", "mon", f"slack:{TEAM}/{fake.direct('U1')}:{question['ts']}")
    await fake.until(lambda f: f.ephemeral)
    assert fake.ephemeral[0]["to"] == "U1"


async def test_an_expired_response_url_is_made_up_for(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    question = await asked(fake, adapter, options=[{"id": "mon", "label": "Monday"}])
    port.answer = lambda event: Answer({"text": "Too late for that one."})
    port.hold = asyncio.Event()
    await fake.tap("U1", question, "Monday")
    await port.until(lambda p: p.received)
    fake.skew = 4000
    port.hold.set()
    await fake.until(lambda f: f.ephemeral)
    assert fake.checked["chat.postEphemeral"] == 1


async def test_many_options_and_helpers_can_be_chosen(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    options = [{"id": f"o{n}", "label": f"Option {n}"} for n in range(30)]
    await adapter.deliver([outgoing(card={"text": "Which?", "options": options}, token="c:q", aids=("help", "skip"))])
    shown = fake.parleys("U1")[0]
    await (await fake.tap("U1", shown, "Option 17")).ack()
    await (await fake.tap("U1", shown, "Skip this question")).ack()
    taps = [e.act for e in port.events]
    assert [(t.token, t.option) for t in taps if isinstance(t, Tap)] == [("c:q", "o17"), ("c:q", "~skip")]


async def test_a_form_is_filled_in(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.forms["c:q"] = FORM
    question = await asked(fake, adapter, **{k: v for k, v in FORM.items() if k != "text"})
    await (await fake.tap("U1", question, button("c:q", FILL_IN))).ack()
    await fake.until(lambda f: f.modal("U1") and "title" in str(f.modal("U1")["view"]["blocks"]))
    problems = {"title": "Please give it a title.", "elsewhere": "And a place."}
    port.answer = lambda event: Answer(problems=problems)
    assert (await (await fake.submit("U1", {"kit": "be"})).ack())["errors"] == {
        "title": "Please give it a title. And a place."
    }
    port.answer = lambda event: Answer()
    sent = await fake.submit("U1", {"title": "Engineer", "kit": "fe", "panel": "U1,U2", "place": "C1"})
    assert await sent.ack() is None
    assert fake.modal("U1") is None
    assert port.events[-1].act == Form("c:q", {"title": "Engineer", "kit": "fe", "panel": "U1,U2", "place": "C1"})


async def test_a_form_that_is_no_longer_open_says_so(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    question = await asked(fake, adapter, fields=FIELDS[:1])
    await fake.tap("U1", question, button("c:q", FILL_IN))
    await fake.until(lambda f: f.modal("U1") and words.FORM_CLOSED in str(f.modal("U1")))


async def test_an_expired_trigger_is_explained(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    question = await asked(fake, adapter, fields=FIELDS[:1])
    old = fake.trigger("U1")
    fake.skew = 10
    await (await fake.tap("U1", question, button("c:q", FILL_IN), trigger=old)).ack()
    await fake.until(lambda f: f.ephemeral)
    assert words.TOO_LATE in seen_text(fake.ephemeral[0]["blocks"])


async def test_a_slow_form_is_acknowledged_in_time_and_answered_later(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    port.forms["c:q"] = FORM
    question = await asked(fake, adapter, fields=FIELDS)
    await fake.tap("U1", question, button("c:q", FILL_IN))
    await fake.until(lambda f: f.modal("U1") and "title" in str(f.modal("U1")["view"]["blocks"]))
    port.hold = asyncio.Event()
    port.answer = lambda event: Answer(problems={"title": "That title is taken."})
    reply = await (await fake.submit("U1", {"title": "Mine", "kit": "be"})).ack()
    assert reply["response_action"] == "update"
    port.hold.set()
    await fake.until(lambda f: "That title is taken." in str(f.modal("U1")))
    assert "'initial_value': 'Mine'" in str(fake.modal("U1"))


async def test_the_store_being_shut_is_said_kindly(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.forms["c:q"] = FORM
    question = await asked(fake, adapter, fields=FIELDS[:1], options=[{"id": "a", "label": "A"}])
    await fake.tap("U1", question, button("c:q", FILL_IN))
    await fake.until(lambda f: f.modal("U1") and "title" in str(f.modal("U1")["view"]["blocks"]))
    port.unavailable = True
    reply = await (await fake.submit("U1", {"title": "Mine", "kit": "be"})).ack()
    assert reply == {"response_action": "errors", "errors": {"title": words.UNAVAILABLE}}
    await (await fake.tap("U1", question, "A")).ack()
    await fake.until(lambda f: f.ephemeral)
    assert words.UNAVAILABLE in seen_text(fake.ephemeral[0]["blocks"])
    assert (await (await fake.slash("U1", "status")).ack())["text"] == words.UNAVAILABLE
    assert port.events == []


async def test_a_command_is_answered_in_its_acknowledgement(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    port.answer = lambda event: Answer(
        {"text": "Two wait for you.", "options": [{"id": "x", "label": "Show"}]}, token="c:s"
    )
    reply = await (await fake.slash("U1", "status <@U2>", "C1")).ack()
    assert reply["response_type"] == "ephemeral"
    assert "Two wait for you." in seen_text(reply["blocks"])
    assert isinstance(port.events[0].act, Slash)
    assert port.events[0].place == Place(f"{TEAM}/C1", False, "general")
    await (await fake.tap("U1", fake.ephemeral[0], "Show")).ack()
    assert port.events[1].act == Tap("c:s", "x", "")


async def test_a_command_that_opens_a_form(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.form_lines.add("new")
    port.answer = lambda event: Answer(FORM, token="c:n")
    assert await (await fake.slash("U1", "new", "C1")).ack() is None
    await fake.until(lambda f: f.modal("U1") and "New requisition" in str(f.modal("U1")))
    await (await fake.submit("U1", {"title": "Engineer", "kit": "be"})).ack()
    assert isinstance(port.events[-1].act, Form)


async def test_a_long_answer_to_a_command_comes_whole(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.answer = lambda event: Answer({"text": "a paragraph of words.\n\n" * 1000})
    assert await (await fake.slash("U1", "board", "C1")).ack() is None
    await fake.until(lambda f: len(f.ephemeral) >= 2)


async def test_home_shows_what_to_do(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    port.home_card = {"text": "One scorecard waits.", "token": "h:1", "options": [{"id": "go", "label": "Open it"}]}
    await fake.home("U1")
    await fake.until(lambda f: "U1" in f.homes)
    port.answer = lambda event: Answer(FORM, token="c:f")
    await (await fake.tap("U1", fake.homes["U1"], "Open it")).ack()
    assert port.events[0].act == Tap("h:1", "go", "")
    await fake.until(lambda f: f.modal("U1"))


async def test_a_list_is_uploaded(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await fake.say("U1", "these", files=[fake.file("list.csv", b"name,email\nA,a@example.com\n")])
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Upload)
    assert (event.act.name, event.act.media_type, event.act.text) == ("list.csv", "text/csv", "these")
    assert await event.act.fetch(1000) == b"name,email\nA,a@example.com\n"
    with pytest.raises(Unfetchable, match="larger"):
        await event.act.fetch(5)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({"login_page": True}, "sign-in page"), ({"url_private_download": "http://169.254.169.254/x"}, "couldn't get")],
)
async def test_what_is_no_file_is_not_taken_for_one(
    more: dict, sentence: str, fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    await fake.say("U1", "", files=[fake.file("list.csv", b"a,b", **more)])
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Upload)
    with pytest.raises(Unfetchable, match=sentence):
        await event.act.fetch(1000)


async def test_a_file_of_slack_connect_is_asked_for(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    whole = fake.file("list.csv", b"a,b")
    bare = {k: v for k, v in whole.items() if not k.startswith("url_")} | {"file_access": "check_file_info"}
    await fake.say("U1", "", files=[bare])
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Upload)
    assert await event.act.fetch(10) == b"a,b"


async def test_channels_come_and_go(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await fake.archive("C1", "U1")
    await fake.archive("C1", "U1", back=True)
    await fake.kick("C1", "U1")
    acts = [e.act for e in await port.until_events(3)]
    assert acts == [Left("is_archived"), Back(), Left("not_in_channel")]
    assert {e.place for e in port.events} == {Place(f"{TEAM}/C1", False)}


@pytest.mark.parametrize("uninstall", [True, False])
async def test_an_uninstalled_workspace_is_forgotten(
    uninstall: bool, fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    await (await fake.revoke(TEAM, uninstall)).ack()
    assert port.uninstalled == [("slack", TEAM)]
    assert (await adapter.deliver([outgoing()]))[0].problem == "not_installed"
    await fake.say("U1", "hello?")
    await fake.sent[-1].ack()
    assert port.events == []


async def test_a_bad_payload_stops_nothing(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter, caplog: pytest.LogCaptureFixture
):
    ts = await fake.say("U1", "good")
    bad = await fake.event({"type": "message", "channel": "D1", "user": 7, "text": ["my secret"], "event_ts": "1.1"})
    fake.violations.clear()  # the fake was made to send what Slack never does
    assert await bad.ack() is None
    await fake.say("U1", "still good")
    assert len(await port.until_events(2)) == 2
    assert "slack_bad_payload" in caplog.text
    assert "my secret" not in caplog.text
    assert ts


async def test_a_surprise_is_said_kindly(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter, caplog: pytest.LogCaptureFixture
):
    def broken(event: Incoming) -> Answer:
        raise RuntimeError("my secret")

    port.answer = broken
    assert (await (await fake.slash("U1", "status")).ack())["text"] == words.TROUBLE
    assert "slack_surprise RuntimeError" in caplog.text
    assert "my secret" not in caplog.text


async def test_what_was_said_while_away_is_read(fake: FakeSlack, port: RecordingPort):
    message, _ = fake.written("U1", "while you were away")
    for n in range(120):
        fake.written("U1", f"more {n}")
    fake.channel("C9")
    slack = SlackAdapter(config(fake), port)
    port.chats = [OpenChat(f"{TEAM}/UNKNOWN", 0), OpenChat(f"{TEAM}/U1", 0)]
    await slack.start()
    await slack.catch_up(0)
    assert len(port.events) == 121
    assert port.events[0].act == Words("while you were away", f"slack:{TEAM}/{fake.direct('U1')}:{message['ts']}")
    message |= {"text": "reworded", "edited": {"user": "U1", "ts": "1.1"}}
    await slack.catch_up(0)
    assert [e.act for e in port.events[121:]] == [
        Rewording(f"slack:{TEAM}/{fake.direct('U1')}:{message['ts']}", "reworded")
    ]
    await slack.stop()
    await slack.stop()


async def test_typing_is_shown_where_somebody_wrote(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    adapter.typing("t1", f"{TEAM}/U1")
    ts = await fake.say("U1", "hello")
    await port.until_events(1)
    adapter.typing("t1", f"{TEAM}/U1")
    await fake.until(lambda f: f.statuses)
    assert fake.statuses[0]["thread_ts"] == ts


def test_what_a_button_says_is_what_the_renderer_wrote():
    (shown,) = render.messages(Card("?", options=(Option("a", "A"),)), "c:q")
    assert shown.blocks[-1]["elements"][0]["value"] == button("c:q", "a")


async def test_events_out_of_order_keep_their_own_names(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    first, second = fake.written("U1", "first")[1], fake.written("U1", "second")[1]
    await fake.event(second)
    await fake.event(first)
    late, early = await port.until_events(2)
    assert isinstance(late.act, Words)
    assert isinstance(early.act, Words)
    assert (late.act.text, early.act.text) == ("second", "first")
    assert position(late.act.message) > position(early.act.message)


@pytest.mark.parametrize("failure", ["429", "500", "drop", "error:internal_error"])
async def test_a_courtesy_that_fails_costs_nothing(
    failure: str, fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    port.answer = lambda event: Answer({"text": "A note."})
    port.form_lines.add("new")
    question = await asked(fake, adapter, options=[{"id": "mon", "label": "Monday"}], fields=FIELDS[:1])
    for method in ("users.info", "views.open", "views.publish", "chat.postEphemeral", "chat.postMessage"):
        fake.script(method, failure, failure)
    await (await fake.tap("U1", question, "Monday")).ack()
    await (await fake.tap("U1", question, button("c:q", FILL_IN))).ack()
    await (await fake.slash("U1", "new")).ack()
    await (await fake.home("U1")).ack()
    await fake.say("U1", "words")
    await fake.sent[-1].ack()
    assert [type(e.act) for e in port.events] == [Tap, Words]  # no form could be opened for the command: it says so
    await fake.until(lambda f: words.TOO_LATE_COMMAND in str(f.ephemeral))


async def test_the_app_asks_for_the_rights_it_needs():
    assert set(SCOPES) == set(setup.SCOPES)
    source = "".join(f.read_text("utf-8") for f in Path(parse.__file__).parent.glob("*.py"))
    called = set(
        re.findall(r'"((?:chat|conversations|users|views|files|auth|oauth|assistant)\.[A-Za-z0-9.]+)"', source)
    )
    assert len(called) > 10
    assert called <= set(setup.METHODS)
