"""Cards with files on Discord: attachments inside the message, changes, and files that Discord doesn't take."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Answer, Outcome
from flows import cards
from flows.cards import Card, Option
from tests.adapters.discord.conftest import World
from tests.adapters.files import BOOKED, ICS, INVITATION, PICTURE, PNG, file, png
from tests.fakes.discord_payloads import EPHEMERAL

ASKED = Card("Which time suits you?", files=(PICTURE,), options=(Option("a", "Tuesday"), Option("b", "Thursday")))
LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 150 for n in range(8))
TOO_LARGE = (413, 40005, "Request entity too large")
NOT_ALLOWED = (403, 50013, "Missing Permissions")
INSTEAD = "There is a picture here that I couldn\u2019t show: Your week"


def sent(world: World, card: Card, **more: Any):
    return replace(world.question(), card=cards.to_json(card), token="t1", **more)


async def test_a_picture_and_a_document_are_inside_the_message(world: World):
    [receipt] = await world.adapter.deliver([sent(world, BOOKED)])
    [message] = world.fake.state(world.dm)
    assert receipt.platform_id == f"discord:{world.dm}:{message['id']}"
    assert world.fake.uploads(message) == [("week.png", PNG), ("invitation.ics", ICS)]
    assert [a.get("description") for a in message["attachments"]] == [PICTURE.alt, None]


async def test_of_a_long_text_the_last_part_has_the_files_and_the_buttons(world: World):
    await world.adapter.deliver([sent(world, replace(ASKED, text=LONG))])
    *first, last = world.fake.state(world.dm)
    assert len(first) > 1
    assert all(not m["attachments"] and not m["components"] for m in first)
    assert last["components"]
    assert world.fake.uploads(last) == [("week.png", PNG)]


async def test_an_edit_replaces_the_files_and_settling_keeps_them(world: World):
    [receipt] = await world.adapter.deliver([sent(world, ASKED)])
    other = replace(ASKED, text="One is gone.", files=(file("week.png", "image/png", png(8, 8)),))
    change = sent(world, other, id="ms_2", act="edit", target="ms_1", ref=receipt.platform_id)
    [second] = await world.adapter.deliver([change])
    [message] = world.fake.state(world.dm)
    assert world.fake.uploads(message) == [("week.png", png(8, 8))]
    settled = replace(change, id="ms_3", card=None, chosen="b", shown=cards.to_json(other), ref=second.platform_id)
    await world.adapter.deliver([settled])
    [message] = world.fake.state(world.dm)
    assert "Thursday" in message["content"]
    assert world.fake.uploads(message) == [("week.png", png(8, 8))]
    bare = replace(change, id="ms_4", card=cards.to_json(Card("It is over.")))
    await world.adapter.deliver([bare])
    [message] = world.fake.state(world.dm)
    assert (message["content"], message["attachments"]) == ("It is over.", [])


@pytest.mark.parametrize("why", [TOO_LARGE, NOT_ALLOWED])
async def test_a_refused_file_costs_nobody_the_message(world: World, why: tuple[int, int, str]):
    world.fake.no_files = why
    out = sent(world, replace(ASKED, text=LONG))
    [receipt] = await world.adapter.deliver([out])
    assert receipt.outcome is Outcome.SENT
    said = world.fake.said(world.dm)
    assert "".join(" ".join(said[:-1]).split()) in "".join(LONG.split())
    assert INSTEAD in said[-1].replace("\\", "")
    assert sum(INSTEAD in t.replace("\\", "") for t in said) == 1
    assert world.fake.state(world.dm)[-1]["components"]
    found = await world.adapter.look_up(out)
    assert found == receipt
    change = sent(world, ASKED, id="ms_2", act="edit", target="ms_1", ref=receipt.platform_id)
    assert (await world.adapter.deliver([change]))[0].outcome is Outcome.SENT
    assert INSTEAD in world.fake.said(world.dm)[-1].replace("\\", "")


async def test_bytes_that_are_none_are_never_sent(world: World):
    await world.adapter.deliver([sent(world, Card("Booked.", files=(replace(INVITATION, data="?"), PICTURE)))])
    [message] = world.fake.state(world.dm)
    assert world.fake.uploads(message) == [("week.png", PNG)]
    assert "couldn\u2019t attach invitation" in message["content"]


@pytest.mark.parametrize("failure", [{"status": 429, "retry_after": 0.2}, {"status": 500}, {"act": "taken"}])
async def test_a_failure_on_the_way_is_made_good_and_nothing_comes_twice(world: World, failure: dict[str, Any]):
    world.fake.script["post"] = [failure]
    out = sent(world, BOOKED)
    [first] = await world.adapter.deliver([out])
    assert first.outcome is Outcome.LATER
    world.fake.advance(1)
    [second] = await world.adapter.deliver([out])
    assert second.outcome is Outcome.SENT
    [message] = world.fake.state(world.dm)
    assert world.fake.uploads(message) == [("week.png", PNG), ("invitation.ics", ICS)]


async def test_whoever_cannot_be_reached_is_unreachable_with_files_too(world: World):
    world.fake.closed.add(world.ada)
    [receipt] = await world.adapter.deliver([sent(world, BOOKED)])
    assert (receipt.outcome, receipt.problem) == (Outcome.BLOCKED, "50007")


async def test_a_private_answer_carries_its_files(world: World):
    world.port.answer = lambda event: Answer(card=cards.to_json(BOOKED))
    found = await world.fake.slash(world.ada, "interview", channel=world.team)
    await found.answered.wait()
    [shown] = found.shown()
    assert shown["flags"] & EPHEMERAL
    assert world.fake.uploads(shown) == [("week.png", PNG), ("invitation.ics", ICS)]


async def test_a_private_answer_says_what_it_cannot_carry(world: World):
    world.fake.no_files = TOO_LARGE
    world.port.answer = lambda event: Answer(card=cards.to_json(BOOKED))
    found = await world.fake.slash(world.ada, "interview", channel=world.team)
    await found.answered.wait()
    [shown] = found.shown()
    assert "is yours." in shown["content"]
    assert "I couldn\u2019t attach invitation" in shown["content"]
    assert shown["attachments"] == []
