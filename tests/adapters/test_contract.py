"""The contract of a `ChatAdapter`, for every adapter. To join, add a world to `tests/adapters/worlds.py`."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.contract import Capabilities, Delivered, Outcome, Outgoing, position
from flows import cards
from flows.cards import Card, Option
from tests.adapters import worlds
from tests.adapters.files import BOOKED, BROKEN, ICS, INVITATION, PNG
from tests.adapters.worlds import CHAT, WORLDS, WebWorld, World


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param]() as made:
        yield made


def message(n: int, text: str = "", to: str = CHAT) -> Outgoing:
    now = int(time.time() * 1000)
    return Outgoing(f"m_{n}", CHAT, to, n, "send", "", {"text": text or f"message {n}"}, "token", "", "step", now)


def edit(n: int, of: Outgoing, receipt: Delivered, text: str = "", chosen: str = "") -> Outgoing:
    """A new wording of a message that was delivered, or its settling."""
    card, ref, now = {"text": text} if text else None, receipt.platform_id, int(time.time() * 1000)
    return Outgoing(
        f"m_{n}", CHAT, of.address, n, "edit", of.id, card, "token", chosen, "step", now, ref=ref, shown=of.card
    )


def test_it_says_what_it_can_do(world: World):
    can = world.adapter.capabilities
    assert isinstance(can, Capabilities)
    assert world.adapter.name
    assert can.text >= 1000
    assert can.batch >= 1
    assert can.options >= 5


async def test_it_is_ready_exactly_when_a_message_can_be_handed_over(world: World):
    assert not world.adapter.ready(CHAT)
    await world.arrive()
    assert world.adapter.ready(CHAT)
    await world.leave()
    assert not world.adapter.ready(CHAT)


async def test_messages_arrive_in_order_with_a_receipt_each(world: World):
    await world.arrive()
    lane = [message(n, to=world.address) for n in range(1, 4)]
    receipts = await world.adapter.deliver(lane)
    assert [r.id for r in receipts] == [m.id for m in lane]
    assert {r.outcome for r in receipts} == {Outcome.SENT}
    assert all(r.platform_id for r in receipts)
    assert world.texts() == [f"message {n}" for n in range(1, 4)]


async def test_names_of_messages_grow_where_they_have_numbers(world: World):
    await world.arrive()
    receipts = await world.adapter.deliver([message(n, to=world.address) for n in range(1, 4)])
    found = [position(r.platform_id) for r in receipts]
    assert found in ([0, 0, 0], sorted(set(found)))
    numbered = world.adapter.name in ("telegram", "slack", "discord")
    assert all(r.platform_id.startswith(f"{world.adapter.name}:") for r in receipts) == numbered
    assert (found[0] > 0) == numbered


async def test_an_edit_changes_its_message_and_adds_none(world: World):
    await world.arrive()
    asked = message(1, to=world.address)
    (sent,) = await world.adapter.deliver([asked])
    (receipt,) = await world.adapter.deliver([edit(2, asked, sent, "a new wording")])
    assert (receipt.id, receipt.outcome) == ("m_2", Outcome.SENT)
    assert world.texts() == ["a new wording"]
    (receipt,) = await world.adapter.deliver([edit(3, asked, receipt, chosen="yes")])
    assert receipt.outcome is Outcome.SENT
    assert len(world.texts()) == 1


async def test_a_picture_and_an_invitation_arrive_with_every_byte(world: World):
    await world.arrive()
    sent = replace(message(1, to=world.address), card=cards.to_json(BOOKED), token="")
    (receipt,) = await world.adapter.deliver([sent])
    assert receipt.outcome is Outcome.SENT
    assert {data for _, data in world.files()} == {PNG, ICS}
    assert ("invitation.ics", ICS) in world.files()
    assert len(world.files()) == 2
    assert any("10:00 (Berlin time) is yours." in text for text in world.texts())
    assert await world.adapter.look_up(sent) == (receipt if world.knows else None)


async def test_settling_a_card_leaves_its_files_where_they_are(world: World):
    await world.arrive()
    asked = replace(message(1, to=world.address), card=cards.to_json(replace(BOOKED, options=(Option("ok", "Fine"),))))
    (sent,) = await world.adapter.deliver([asked])
    before = world.files()
    (receipt,) = await world.adapter.deliver([edit(2, asked, sent, chosen="ok")])
    assert receipt.outcome is Outcome.SENT
    if world.adapter.name == "web":  # a page keeps the card that it has, and marks the choice
        return
    assert {data for _, data in world.files()} == {PNG, ICS}
    assert len(world.files()) == len(before)


async def test_a_file_that_is_refused_costs_nobody_the_message(world: World):
    await world.arrive()
    card = Card("Here is your week.", files=(BROKEN, replace(INVITATION, data="?")))
    sent = replace(message(1, to=world.address), card=cards.to_json(card), token="")
    outcomes = [(await world.adapter.deliver([sent]))[0].outcome]
    while outcomes[-1] is Outcome.LATER and len(outcomes) < 9:  # a picture may only not be ready yet
        outcomes.append((await world.adapter.deliver([sent]))[0].outcome)
    assert outcomes[-1] is Outcome.SENT
    shown = "\n".join(world.texts())
    assert shown.count("Here is your week.") == 1
    if world.adapter.name == "web":
        return  # nobody refuses anything there: the page says what it can't open
    assert shown.count("invitation") == 1
    if not world.files():  # Discord takes any bytes for a picture
        assert shown.count("Your week: nothing is free") == 1


async def test_whoever_cannot_be_reached_gets_a_receipt_that_says_so_and_nothing_else(world: World):
    await world.arrive()
    expected = await world.refuse()
    lane = [message(1, to=world.address), message(2, to=world.address)]
    receipts = await world.adapter.deliver(lane)
    assert [(r.id, r.outcome, r.platform_id) for r in receipts] == [("m_1", expected, "")]
    assert world.texts() == []
    await world.relent()
    assert [r.outcome for r in await world.adapter.deliver(lane)] == [Outcome.SENT, Outcome.SENT]
    assert world.texts() == ["message 1", "message 2"]


async def test_a_message_that_was_never_sent_is_not_found(world: World):
    await world.arrive()
    await world.adapter.deliver([message(1, to=world.address)])
    assert await world.adapter.look_up(message(9, to=world.address)) is None


async def test_a_message_that_was_sent_is_found_where_the_platform_can_tell(world: World):
    await world.arrive()
    sent = message(1, to=world.address)
    (receipt,) = await world.adapter.deliver([sent])
    found = await world.adapter.look_up(sent)
    assert found == (receipt if world.knows else None)


async def test_being_drained_with_nobody_there_is_nothing(world: World):
    world.adapter.drained(CHAT)
    await world.adapter.catch_up(0)
    assert world.texts() == []


async def test_a_person_s_own_chat_is_named_after_them_alone(world: World):
    assert world.adapter.private(world.who) == world.address


async def test_a_courtesy_is_nothing_that_can_fail(world: World):
    world.adapter.typing(CHAT, world.address)
    await world.arrive()
    await world.refuse()
    world.adapter.typing(CHAT, world.address)
    await world.adapter.name_of(world.who.workspace, "nobody known")


async def test_stopping_twice_is_stopping_once(world: World):
    await world.arrive()
    await world.leave()
    await world.adapter.stop()
    await world.adapter.stop()
    assert not world.adapter.ready(CHAT)


# -- what is special about the web -------------------------------------------------------------------------------


@pytest.fixture
async def web() -> AsyncIterator[WebWorld]:
    async with worlds.web() as made:
        yield made


async def test_nobody_listening_is_away(web: WebWorld):
    receipts = await web.adapter.deliver([message(1), message(2)])
    assert [(r.id, r.outcome) for r in receipts] == [("m_1", Outcome.AWAY)]


async def test_a_page_that_closes_before_it_has_shown_a_message_is_away(web: WebWorld):
    web.acknowledges = False
    await web.arrive()
    delivery = asyncio.create_task(web.adapter.deliver([message(1), message(2)]))
    await web.until(lambda: len(web.cards) == 2)
    web.adapter.seen(CHAT, ["m_1"])
    await web.leave()
    assert [(r.id, r.outcome) for r in await delivery] == [("m_1", Outcome.SENT), ("m_2", Outcome.AWAY)]


async def test_a_page_that_comes_back_says_how_far_it_got(web: WebWorld):
    await web.arrive(after=4)
    found = await web.adapter.look_up(message(4))
    assert found is not None
    assert found.outcome is Outcome.SENT
    assert await web.adapter.look_up(message(5)) is None


async def test_the_open_question_is_shown_as_open_after_everything_was_shown(web: WebWorld):
    await web.arrive()
    await web.adapter.deliver([message(1)])
    web.adapter.drained(CHAT)
    await web.until(lambda: bool(web.asked))
    assert web.asked == [{"token": "open"}]
