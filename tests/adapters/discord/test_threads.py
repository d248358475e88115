"""Threads in Discord: started from a message when the first one below it comes, else replies; and what is said there."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Outcome, Outgoing, Tap, Words, position
from tests.adapters.discord.conftest import World, outgoing
from tests.fakes.discord_payloads import GUILD

LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 150 for n in range(8))
CHOICE = {"text": "Agreed?", "options": [{"id": "yes", "label": "Yes"}]}


def to(world: World, id: str, text: str, under: str = "", **card: Any) -> Outgoing:
    address, at = f"{GUILD}/{world.team}", int(world.fake.now() * 1000)
    out = outgoing(id, address, {"text": text, **card}, at=at, under=under)
    return replace(out, topic="Ada Okoye, Engineer" if under else "")


async def posted(world: World, out: Outgoing) -> str:
    [receipt] = await world.adapter.deliver([out])
    assert receipt.outcome is Outcome.SENT
    return receipt.platform_id


def number(name: str) -> str:
    return name.rpartition(":")[2].partition("+")[0]


async def test_the_first_message_below_a_post_starts_its_thread(world: World):
    root = await posted(world, to(world, "ms_1", "The post"))
    names = [await posted(world, to(world, f"ms_{n}", f"Below {n}", root)) for n in (2, 3)]
    thread = number(root)
    assert world.fake.said(world.team) == ["The post"]
    assert world.fake.said(thread) == ["Below 2", "Below 3"]
    assert world.fake.counts["POST thread"] == 1
    assert world.fake.channels[thread]["name"] == "Ada Okoye, Engineer"
    assert all(n.startswith(f"discord:{thread}:") for n in names)
    assert position(root) < position(names[0]) < position(names[1])


async def test_a_thread_that_is_there_already_is_used(world: World):
    root = await posted(world, to(world, "ms_1", LONG))
    await posted(world, to(world, "ms_2", "Below", root))
    await world.adapter.stop()
    world.renewed()
    await world.connect()
    await posted(world, to(world, "ms_3", LONG, root))
    assert len(world.fake.said(number(root))) > 3


async def test_an_edit_stays_in_the_thread(world: World):
    root = await posted(world, to(world, "ms_1", "The post"))
    asked = to(world, "ms_2", "Below", root)
    ref = await posted(world, asked)
    edit = replace(asked, id="ms_3", act="edit", target="ms_2", ref=ref, shown=asked.card, card={"text": LONG})
    await posted(world, edit)
    assert len(world.fake.said(number(root))) > 2
    assert world.fake.said(world.team) == ["The post"]


async def test_without_the_permission_it_is_a_reply(world: World):
    world.fake.no_threads = True
    root = await posted(world, to(world, "ms_1", "The post"))
    for n in (2, 3):
        await posted(world, to(world, f"ms_{n}", f"Below {n}", root))
    below = world.fake.state(world.team)[1:]
    assert [m["message_reference"]["message_id"] for m in below] == [number(root)] * 2
    assert world.fake.counts["POST thread"] == 1


async def test_a_thread_that_is_closed_meanwhile_costs_nobody_the_message(world: World):
    root = await posted(world, to(world, "ms_1", "The post"))
    await posted(world, to(world, "ms_2", "Below", root))
    world.fake.channels[number(root)]["thread_metadata"]["locked"] = True
    out = to(world, "ms_3", "And this", root)
    name = await posted(world, out)
    assert world.fake.said(world.team) == ["The post", "And this"]
    found = await world.adapter.look_up(out)
    assert found is not None
    assert found.platform_id == name


async def test_a_post_that_was_deleted_costs_nobody_the_message(world: World):
    root = await posted(world, to(world, "ms_1", "The post"))
    world.fake.messages[world.team].clear()
    await posted(world, to(world, "ms_2", "Below", root))
    assert world.fake.said(world.team) == ["Below"]


async def test_in_a_direct_message_it_is_a_reply(world: World):
    root = await posted(world, world.question("One", "ms_1"))
    await posted(world, replace(world.question("Two", "ms_2"), under=root))
    assert world.fake.state(world.dm)[1]["message_reference"]["message_id"] == number(root)
    assert world.fake.counts["POST thread"] == 0


@pytest.mark.parametrize("failure", [{"status": 500}, {"status": 429, "retry_after": 1.0}])
async def test_trouble_with_the_thread_is_tried_again_and_never_said_beside_it(world: World, failure: dict[str, Any]):
    root = await posted(world, to(world, "ms_1", "The post"))
    world.fake.script["thread"] = [failure]
    out = to(world, "ms_2", "Below", root)
    [receipt] = await world.adapter.deliver([out])
    assert receipt.outcome is Outcome.LATER
    world.fake.script["thread"] = []
    await posted(world, out)
    assert (world.fake.said(world.team), world.fake.said(number(root))) == (["The post"], ["Below"])


async def test_after_a_crash_a_message_is_found_in_its_thread(world: World):
    root = await posted(world, to(world, "ms_1", "The post"))
    sent = to(world, "ms_2", LONG, root)
    name = await posted(world, sent)
    await world.adapter.stop()
    world.renewed()
    await world.connect()
    found = await world.adapter.look_up(sent)
    assert found is not None
    assert (found.outcome, found.platform_id) == (Outcome.SENT, name)
    assert await world.adapter.look_up(to(world, "ms_9", "Never sent", root)) is None


async def test_what_people_write_and_press_in_a_thread_belongs_to_its_post(world: World):
    root = await posted(world, to(world, "ms_1", "The post"))
    below = await posted(world, replace(to(world, "ms_2", "", root), card=CHOICE, token="po_1"))
    thread = number(root)
    await world.adapter.stop()
    world.renewed()  # another process, which has to ask what the thread hangs in
    await world.connect()
    await world.fake.say(world.ada, "ask: What did it cost?", channel=thread, reply_to=number(below))
    await world.port.until_events(1)
    await world.fake.tap(world.ada, "po_1:yes", channel=thread)
    first, second = await world.port.until_events(2)
    assert isinstance(first.act, Words)
    assert first.act.reply_to == root
    assert isinstance(second.act, Tap)
    assert second.act.message == below
    assert {e.place.address for e in (first, second)} == {f"{GUILD}/{world.team}"}
