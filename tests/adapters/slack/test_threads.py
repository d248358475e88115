"""Threads in Slack: a message below another one, found again there, changed there, and answered there."""

from dataclasses import replace
from time import time

from adapters.contract import Outcome, Outgoing, Words, button, position
from adapters.slack.app import SlackAdapter
from flows import cards
from tests.adapters.files import BOOKED, ICS
from tests.adapters.slack.conftest import config, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import TEAM, FakeSlack, seen_text

LONG = "a paragraph of words that goes on.\n\n" * 600
CHANNEL = f"{TEAM}/C1"


def below(root: str, id: str = "m2", text: str = "Below it", **more: object) -> Outgoing:
    return outgoing(id, text, CHANNEL, under=root, topic="Ada", at=int(time() * 1000), **more)


async def posted(adapter: SlackAdapter, out: Outgoing) -> str:
    (receipt,) = await adapter.deliver([out])
    assert receipt.outcome is Outcome.SENT
    return receipt.platform_id


def texts(fake: FakeSlack, root: str) -> list[str]:
    said = fake.thread("C1", root.rpartition(":")[2].partition("+")[0])
    return [seen_text(m["blocks"]) for m in said if "blocks" in m]


async def test_a_message_stands_in_the_thread_of_its_post_and_not_in_the_channel(
    fake: FakeSlack, adapter: SlackAdapter
):
    root = await posted(adapter, outgoing("m1", "The post", CHANNEL))
    first, second = await posted(adapter, below(root)), await posted(adapter, below(root, "m3", "And this"))
    assert texts(fake, root) == ["Below it", "And this"]
    assert position(root) < position(first) < position(second)
    assert not any(m.get("reply_broadcast") for m in fake.parleys("C1"))


async def test_every_part_of_a_long_message_and_of_a_long_post_finds_its_thread(fake: FakeSlack, adapter: SlackAdapter):
    root = await posted(adapter, outgoing("m1", LONG, CHANNEL))
    assert root.count("+") > 1
    named = await posted(adapter, below(root, text=LONG))
    assert len(texts(fake, root)) == named.count("+") + 1 > 2


async def test_an_edit_that_needs_more_room_stays_in_the_thread(fake: FakeSlack, adapter: SlackAdapter):
    root = await posted(adapter, outgoing("m1", "The post", CHANNEL))
    asked = below(root)
    ref = await posted(adapter, asked)
    edit = replace(asked, id="m3", act="edit", target="m2", ref=ref, shown=asked.card, card={"text": LONG})
    await posted(adapter, edit)
    assert len(texts(fake, root)) > 2
    assert len([m for m in fake.parleys("C1") if "thread_ts" not in m]) == 1


async def test_documents_hang_in_the_thread_too(fake: FakeSlack, adapter: SlackAdapter):
    root = await posted(adapter, outgoing("m1", "The post", CHANNEL))
    await posted(adapter, replace(below(root), card=cards.to_json(BOOKED)))
    ts = root.rpartition(":")[2]
    assert ("invitation.ics", ICS) in [f for m in fake.thread("C1", ts) for f in fake.uploads(m)]


async def test_after_a_crash_a_message_is_found_in_its_thread(
    fake: FakeSlack, adapter: SlackAdapter, port: RecordingPort
):
    root = await posted(adapter, outgoing("m1", "The post", CHANNEL))
    sent = below(root, text=LONG)
    name = await posted(adapter, sent)
    await adapter.stop()
    again = SlackAdapter(config(fake), port)
    await again.start()
    found = await again.look_up(sent)
    missing = await again.look_up(below(root, "m9"))
    await again.stop()
    assert found is not None
    assert (found.outcome, found.platform_id) == (Outcome.SENT, name)
    assert missing is None


async def test_a_post_that_was_deleted_costs_nobody_the_message(fake: FakeSlack, adapter: SlackAdapter):
    root = await posted(adapter, outgoing("m1", "The post", CHANNEL))
    fake.channels["C1"]["messages"].clear()
    sent = below(root)
    name = await posted(adapter, sent)
    await posted(adapter, replace(below(root, "m3"), card=cards.to_json(BOOKED)))
    (first, *_) = fake.parleys("C1")
    assert "thread_ts" not in first
    found = await adapter.look_up(sent)
    assert found is not None
    assert found.platform_id == name


async def test_what_people_write_and_press_in_a_thread_belongs_to_its_post(
    fake: FakeSlack, adapter: SlackAdapter, port: RecordingPort
):
    root = await posted(adapter, outgoing("m1", "The post", CHANNEL))
    options = [{"id": "yes", "label": "Yes"}]
    await posted(adapter, replace(below(root, token="po_1"), card={"text": "Agreed?", "options": options}))
    ts = root.rpartition(":")[2]
    await fake.say("U1", "ask: What did it cost?", "C1", thread_ts=ts)
    await fake.sent[-1].ack()
    (message,) = fake.thread("C1", ts)[:1]
    await (await fake.tap("U2", message, button("po_1", "yes"))).ack()
    await fake.until(lambda _: len(port.events) == 2)
    said, tapped = port.events
    assert isinstance(said.act, Words)
    assert (said.act.reply_to, said.place.address, said.place.private) == (root, CHANNEL, False)
    assert (tapped.place.address, tapped.who.user) == (CHANNEL, "U2")
