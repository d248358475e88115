"""Cards with files on Telegram: captions, several messages, changes, and files that Telegram doesn't take."""

from dataclasses import replace

import pytest

from adapters.contract import Answer, Outcome, position
from adapters.telegram.app import TelegramAdapter
from flows import cards
from flows.cards import Card, Option
from tests.adapters.files import BOOKED, BROKEN, ICS, INVITATION, PICTURE, PNG, file, png
from tests.adapters.telegram.conftest import outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import FakeTelegram, Fault

ASKED = Card("Which time suits you?", files=(PICTURE,), options=(Option("a", "Tuesday"), Option("b", "Thursday")))
LONG = "What happened then, and what did you do about it? " * 30
CHAT = 7


@pytest.fixture(autouse=True)
def met(telegram: FakeTelegram) -> None:
    telegram.start(CHAT)


def labels(telegram: FakeTelegram) -> list[list[str]]:
    """The buttons of each message."""
    return [[b["text"] for b in telegram.buttons(CHAT, m["message_id"])] for m in telegram.messages(CHAT)]


async def test_a_short_text_is_the_caption_and_carries_the_buttons(adapter: TelegramAdapter, telegram: FakeTelegram):
    (receipt,) = await adapter.deliver([outgoing(ASKED, token="t1")])
    (message,) = telegram.messages(CHAT)
    assert message["caption"] == "Which time suits you?"
    assert labels(telegram) == [["Tuesday", "Thursday"]]
    assert telegram.uploads(CHAT) == [("week.png", PNG)]
    assert position(receipt.platform_id) == message["message_id"]


async def test_the_buttons_stay_next_to_the_words(adapter: TelegramAdapter, telegram: FakeTelegram):
    await adapter.deliver([outgoing(replace(ASKED, files=(PICTURE, INVITATION)), token="t1")])
    assert telegram.seen(CHAT) == ["", "Which time suits you?"]
    assert labels(telegram) == [[], ["Tuesday", "Thursday"]]
    assert telegram.uploads(CHAT) == [("invitation.ics", ICS), ("week.png", PNG)]


async def test_without_buttons_the_words_come_first(adapter: TelegramAdapter, telegram: FakeTelegram):
    (receipt,) = await adapter.deliver([outgoing(BOOKED)])
    assert [bool(t) for t in telegram.seen(CHAT)] == [True, False]
    numbers = [m["message_id"] for m in telegram.messages(CHAT)]
    assert receipt.platform_id == f"telegram:7:{numbers[0]}+{numbers[1]}"


async def test_a_long_text_comes_first_and_the_picture_below_says_what_it_shows(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    (receipt,) = await adapter.deliver([outgoing(replace(ASKED, text=LONG), token="t1")])
    assert telegram.seen(CHAT) == [LONG.strip(), PICTURE.alt]
    assert labels(telegram) == [[], ["Tuesday", "Thursday"]]
    settled = outgoing(None, act="edit", target="m_1", ref=receipt.platform_id, chosen="b", id="m_2")
    settled = replace(settled, shown=cards.to_json(replace(ASKED, text=LONG)))
    assert (await adapter.deliver([settled]))[0].outcome is Outcome.SENT
    assert telegram.seen(CHAT) == [f"{LONG.strip()}\n\n\u2713 Thursday", PICTURE.alt]
    assert labels(telegram) == [[], []]


async def test_an_edit_changes_the_picture_and_the_words_in_their_place(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    (receipt,) = await adapter.deliver([outgoing(ASKED, token="t1")])
    other = replace(ASKED, text="One time is gone.", files=(file("week.png", "image/png", png(8, 8), "Less"),))
    change = outgoing(other, act="edit", target="m_1", ref=receipt.platform_id, id="m_2", token="t1")
    (second,) = await adapter.deliver([change])
    assert second.platform_id == receipt.platform_id
    assert telegram.seen(CHAT) == ["One time is gone."]
    assert telegram.uploads(CHAT) == [("week.png", png(8, 8))]
    assert labels(telegram) == [["Tuesday", "Thursday"]]


async def test_a_card_that_loses_its_picture_is_said_anew(adapter: TelegramAdapter, telegram: FakeTelegram):
    (receipt,) = await adapter.deliver([outgoing(ASKED, token="t1")])
    change = outgoing(Card("It is all over."), act="edit", target="m_1", ref=receipt.platform_id, id="m_2")
    (second,) = await adapter.deliver([change])
    assert telegram.seen(CHAT) == ["It is all over."]
    assert telegram.uploads(CHAT) == []
    assert position(second.platform_id) > position(receipt.platform_id)
    again = replace(
        change, id="m_3", card=cards.to_json(Card("It really is."))
    )  # the outbox still knows it by its first name
    (third,) = await adapter.deliver([again])
    assert third.platform_id == second.platform_id
    assert telegram.seen(CHAT) == ["It really is."]


async def test_words_become_a_picture_in_their_place(adapter: TelegramAdapter, telegram: FakeTelegram):
    (receipt,) = await adapter.deliver([outgoing(Card("One moment."))])
    (second,) = await adapter.deliver([outgoing(ASKED, act="edit", target="m_1", ref=receipt.platform_id, id="m_2")])
    assert second.platform_id == receipt.platform_id
    assert telegram.uploads(CHAT) == [("week.png", PNG)]


@pytest.mark.parametrize("why", ["no picture", "nobody may", "no bytes", "too large"])
async def test_a_refused_picture_is_said_in_words(adapter: TelegramAdapter, telegram: FakeTelegram, why: str):
    card = replace(ASKED, files=(replace(BROKEN, data="" if why == "no bytes" else BROKEN.data),))
    if why == "nobody may":
        telegram.chat(CHAT).refuses = ("photo",)
    if why == "too large":
        card = ASKED
        telegram.fail("sendPhoto", Fault("413", 1, "Request Entity Too Large"))
    (receipt,) = await adapter.deliver([outgoing(card, token="t1")])
    assert receipt.outcome is Outcome.SENT
    (text,) = telegram.seen(CHAT)
    assert text.startswith("Which time suits you?\n\nThere is a picture here that I couldn\u2019t show: Your week")
    assert labels(telegram) == [["Tuesday", "Thursday"]]


async def test_what_was_said_instead_of_a_picture_can_be_settled_and_edited(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    asked = replace(ASKED, files=(BROKEN,))
    (receipt,) = await adapter.deliver([outgoing(asked, token="t1")])
    change = outgoing(asked, act="edit", target="m_1", ref=receipt.platform_id, id="m_2", token="t1")
    (second,) = await adapter.deliver([replace(change, card=cards.to_json(replace(asked, text="Any time?")))])
    assert second.platform_id == receipt.platform_id
    settled = replace(change, id="m_3", card=None, chosen="a", shown=cards.to_json(asked))
    assert (await adapter.deliver([settled]))[0].outcome is Outcome.SENT
    (text,) = telegram.seen(CHAT)
    assert "\u2713 Tuesday" in text
    assert text.count("couldn\u2019t show") == 1
    assert labels(telegram) == [[]]


async def test_a_refused_document_of_a_long_card_is_one_sentence_in_its_place(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    telegram.chat(CHAT).refuses = ("document",)
    await adapter.deliver([outgoing(Card(LONG, files=(INVITATION,)))])
    sentence = "I couldn\u2019t attach invitation.ics here; please ask for it if you need it."
    assert telegram.seen(CHAT) == [LONG.strip(), sentence]


async def test_after_a_pause_the_rest_comes_and_nothing_twice(adapter: TelegramAdapter, telegram: FakeTelegram):
    telegram.fail("sendDocument", Fault("429"))
    out = outgoing(BOOKED)
    (first,) = await adapter.deliver([out])
    assert (first.outcome, first.after_ms) == (Outcome.LATER, 1000)
    assert telegram.uploads(CHAT) == [("week.png", PNG)]
    (second,) = await adapter.deliver([out])
    assert second.outcome is Outcome.SENT
    assert telegram.uploads(CHAT) == [("week.png", PNG), ("invitation.ics", ICS)]


async def test_whoever_has_blocked_us_is_unreachable_with_a_picture_too(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    telegram.block(CHAT)
    (receipt,) = await adapter.deliver([outgoing(ASKED)])
    assert (receipt.outcome, receipt.problem) == (Outcome.BLOCKED, "blocked")


async def test_an_answer_in_the_own_chat_carries_its_files(
    adapter: TelegramAdapter, telegram: FakeTelegram, port: RecordingPort
):
    port.answer = lambda event: Answer(cards.to_json(BOOKED) if len(port.events) > 1 else None)
    telegram.say(CHAT, "/status")
    await telegram.until(lambda t: len(t.uploads(CHAT)) == 2)
    assert telegram.uploads(CHAT) == [("week.png", PNG), ("invitation.ics", ICS)]


async def test_after_a_tap_in_a_group_the_files_come_to_the_own_chat(
    adapter: TelegramAdapter, telegram: FakeTelegram, port: RecordingPort
):
    (receipt,) = await adapter.deliver([outgoing(replace(ASKED, files=()), chat=-5, token="t1")])
    assert receipt.outcome is Outcome.BLOCKED  # nobody has ever let us into that group
    telegram.chat(-5)
    await adapter.deliver([outgoing(replace(ASKED, files=()), chat=-5, token="t1", id="m_2")])
    port.answer = lambda event: Answer(cards.to_json(BOOKED))
    tap = telegram.tap(-5, "Tuesday", user=CHAT)
    await telegram.until(lambda t: len(t.uploads(CHAT)) == 2)
    assert "is yours." in telegram.answers[tap]["text"]
    assert telegram.uploads(-5) == []
