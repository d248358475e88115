"""Telegram's stand-in for a thread: a reply to the post, or a message of its own where the post is gone."""

from dataclasses import replace

import pytest

from adapters.contract import Outcome, Words
from adapters.telegram.app import TelegramAdapter
from flows.cards import Card
from tests.adapters.files import BOOKED
from tests.adapters.telegram.conftest import Make, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import FakeTelegram

GROUP = -500
LONG = Card("\n\n".join(f"{n}. " + "word " * 180 for n in range(12)))


@pytest.fixture
async def sender(make: Make, telegram: FakeTelegram) -> TelegramAdapter:
    telegram.chat(GROUP)
    return make(burst=50)


async def posted(adapter: TelegramAdapter, card: Card, id: str, under: str = "", chat: int = GROUP) -> str:
    (receipt,) = await adapter.deliver([outgoing(card, chat, id=id, under=under)])
    assert receipt.outcome is Outcome.SENT
    return receipt.platform_id


def answered(telegram: FakeTelegram, chat: int = GROUP) -> list[int]:
    """What each message answers; 0: nothing."""
    return [m.get("reply_to_message", {}).get("message_id", 0) for m in telegram.messages(chat)]


@pytest.mark.parametrize("card", [Card("Below"), BOOKED, LONG], ids=["words", "a picture", "long"])
async def test_a_message_below_a_post_is_a_reply_to_it(telegram: FakeTelegram, sender: TelegramAdapter, card: Card):
    root = await posted(sender, Card("The post"), "m_1")
    await posted(sender, card, "m_2", root)
    first, second, *rest = answered(telegram)
    assert (first, second) == (0, int(root.rpartition(":")[2]))
    assert not any(rest)  # the further parts follow it anyway


async def test_a_post_that_was_deleted_costs_nobody_the_message(telegram: FakeTelegram, sender: TelegramAdapter):
    root = await posted(sender, Card("The post"), "m_1")
    telegram.chat(GROUP).messages.clear()
    await posted(sender, Card("Below"), "m_2", root)
    assert answered(telegram) == [0]


async def test_a_post_of_another_chat_is_not_answered_here(telegram: FakeTelegram, sender: TelegramAdapter):
    root = await posted(sender, Card("The post"), "m_1")
    telegram.chat(7)
    await posted(sender, Card("Below"), "m_2", root, chat=7)
    assert answered(telegram, 7) == [0]


async def test_an_edit_of_a_reply_stays_where_it_is(telegram: FakeTelegram, sender: TelegramAdapter):
    root = await posted(sender, Card("The post"), "m_1")
    asked = outgoing(Card("Below"), GROUP, id="m_2", under=root)
    (sent,) = await sender.deliver([asked])
    edit = replace(asked, id="m_3", act="edit", target="m_2", ref=sent.platform_id, shown=asked.card)
    (receipt,) = await sender.deliver([replace(edit, card={"text": "Anew"})])
    assert receipt.platform_id == sent.platform_id
    assert [m["text"] for m in telegram.messages(GROUP)] == ["The post", "Anew"]
    assert answered(telegram)[1] == int(root.rpartition(":")[2])


async def test_a_reply_to_what_stands_below_names_it(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.chat(GROUP)
    root = await posted(adapter, Card("The post"), "m_1")
    below = await posted(adapter, Card("Below"), "m_2", root)
    telegram.say(GROUP, "ask: What did it cost?", user=7, reply_to=int(below.rpartition(":")[2]))
    (said,) = await port.until_events(1)
    assert isinstance(said.act, Words)
    assert said.act.reply_to == below
