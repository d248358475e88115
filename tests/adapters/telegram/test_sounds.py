"""Something to listen to on Telegram: a voice message below the words, and never at their cost."""

from dataclasses import replace

import pytest

from adapters.contract import Audio, Outcome
from adapters.telegram.app import TelegramAdapter
from flows import cards
from flows.cards import Card, Option
from tests.adapters.telegram.conftest import Make, outgoing
from tests.fakes.telegram import REAL, FakeTelegram, Fault

CHAT, GROUP = 7, -500
QUESTION = Card("Which one?", options=(Option("a", "Apples"), Option("b", "Pears")))
ALOUD = Audio("Read aloud by an automated voice", b"OggS the question", 4.4, b"\x00\x80\xff")
CLIP = Audio("Anna, 0:12 to 0:19", b"OggS a clip", 0.2, name="clip.ogg")
ASKED = outgoing(QUESTION, token="t1", sounds=(ALOUD,))


@pytest.fixture(autouse=True)
def met(telegram: FakeTelegram) -> None:
    telegram.start(CHAT)


async def test_the_voice_comes_below_the_words_and_rings_once(adapter: TelegramAdapter, telegram: FakeTelegram):
    (receipt,) = await adapter.deliver([replace(ASKED, sounds=(ALOUD, CLIP))])
    words, first, second = telegram.messages(CHAT)
    assert telegram.sounds(CHAT) == [
        ("voice", 4, ALOUD.label, ALOUD.data),
        ("voice", 1, CLIP.label, CLIP.data),
    ]
    assert receipt.platform_id == f"telegram:7:{words['message_id']}"
    assert words["message_id"] < first["message_id"] < second["message_id"]
    assert [b["text"] for b in telegram.buttons(CHAT, words["message_id"])] == ["Apples", "Pears"]


async def test_an_answered_question_keeps_its_voice_and_an_edit_plays_nothing(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    (receipt,) = await adapter.deliver([ASKED])
    card = cards.to_json(QUESTION)
    change = replace(ASKED, act="edit", target="m_1", ref=receipt.platform_id, id="m_2", card=card)
    moved = replace(change, card=cards.to_json(Card("Neither is left.")))
    settled = replace(change, id="m_3", card=None, chosen="a", shown=card)
    for out in (moved, settled):
        assert (await adapter.deliver([out]))[0].platform_id == receipt.platform_id
    assert [t for t in telegram.seen(CHAT) if t != ALOUD.label] == ["Which one?\n\n\u2713 Apples"]
    assert len(telegram.sounds(CHAT)) == 1
    never = replace(change, id="m_4", ref="", card=cards.to_json(Card("Said anew.")))  # an edit of what never came
    await adapter.deliver([never])
    assert len(telegram.sounds(CHAT)) == 1


async def test_in_a_group_it_says_where_it_belongs(adapter: TelegramAdapter, telegram: FakeTelegram):
    telegram.chat(GROUP)
    post = telegram.chat(GROUP).add(telegram.bot, telegram.now(), text="A scorecard")
    out = outgoing(QUESTION, GROUP, under=f"telegram:{GROUP}:{post['message_id']}", sounds=(CLIP,))
    await adapter.deliver([out])
    _, words, clip = telegram.messages(GROUP)
    assert words["reply_to_message"]["message_id"] == post["message_id"]
    assert clip["reply_to_message"]["message_id"] == words["message_id"]


@pytest.mark.parametrize(("refuses", "played"), [(("voice",), ["audio"]), (("voice", "audio"), [])])
async def test_whoever_has_forbidden_voice_messages_gets_it_as_music_or_reads(
    adapter: TelegramAdapter, telegram: FakeTelegram, refuses: tuple[str, ...], played: list[str]
):
    telegram.chat(CHAT).refuses = refuses
    (receipt,) = await adapter.deliver([ASKED])
    assert receipt.outcome is Outcome.SENT
    assert telegram.seen(CHAT)[0] == "Which one?"
    assert [kind for kind, *_ in telegram.sounds(CHAT)] == played


@pytest.mark.parametrize("fault", ["403", "500", "drop", "drop_after", "413"])
async def test_no_trouble_with_a_sound_costs_the_words_or_says_anything_twice(
    adapter: TelegramAdapter, telegram: FakeTelegram, fault: str
):
    telegram.fail("sendVoice", Fault(fault, description="Request Entity Too Large" if fault == "413" else ""))
    (receipt,) = await adapter.deliver([ASKED])
    (again,) = await adapter.deliver([outgoing(Card("And on."), id="m_2")])
    assert (receipt.outcome, again.outcome) == (Outcome.SENT, Outcome.SENT)
    assert [t for t in telegram.seen(CHAT) if t != ALOUD.label] == ["Which one?", "And on."]
    assert len(telegram.sounds(CHAT)) == (fault in ("drop_after", "413"))


async def test_asked_to_wait_it_waits_and_what_was_said_is_not_said_again(
    adapter: TelegramAdapter, telegram: FakeTelegram
):
    telegram.fail("sendVoice", Fault("429", 3))
    out = replace(ASKED, sounds=(ALOUD, CLIP))
    (first,) = await adapter.deliver([out])
    assert (first.outcome, first.after_ms) == (Outcome.LATER, 3000)
    (second,) = await adapter.deliver([out])
    assert (second.outcome, second.platform_id) == (Outcome.SENT, "telegram:7:102")
    assert telegram.seen(CHAT) == ["Which one?", ALOUD.label, CLIP.label]


async def test_voices_keep_the_pace_too(make: Make, telegram: FakeTelegram):
    telegram.rates = REAL
    adapter = make()
    for n in range(3):
        out = replace(ASKED, id=f"m_{n}")
        while (await adapter.deliver([out]))[0].outcome is Outcome.LATER:
            pass
    assert len(telegram.messages(CHAT)) == 6
    assert [code for _, code, _ in telegram.refusals if code == 429] == []
