"""Handing messages over: what people see, and what becomes of it in every kind of trouble."""

import asyncio
from dataclasses import replace

import pytest

from adapters.contract import Moved, Outcome, position
from adapters.telegram import words
from adapters.telegram.app import TelegramAdapter
from adapters.telegram.pace import Pace
from flows.cards import Card, Option
from tests.adapters.telegram.conftest import Make, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import REAL, FakeTelegram, Fault

ANNA, GROUP = 7, -500
QUESTION = Card("Which one?", title="Fruit", tone="question", options=(Option("a", "Apples"), Option("b", "Pears")))
NUDGE = Card("No rush.", tone="aside")
LONG = Card("\n\n".join(f"{n}. " + "word " * 180 for n in range(12)))


@pytest.fixture
def sender(make: Make, telegram: FakeTelegram) -> TelegramAdapter:
    """Not started: sending needs no polling."""
    telegram.chat(ANNA)
    telegram.chat(GROUP)
    return make(burst=50)


async def test_a_question_is_shown_with_its_buttons(telegram: FakeTelegram, sender: TelegramAdapter):
    (receipt,) = await sender.deliver([outgoing(QUESTION, token="t1")])
    (message,) = telegram.messages(ANNA)
    assert (receipt.outcome, receipt.platform_id) == (Outcome.SENT, f"telegram:7:{message['message_id']}")
    assert position(receipt.platform_id) == message["message_id"]
    assert message["text"] == "Fruit\n\nWhich one?"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert [b["text"] for b in telegram.buttons(ANNA, message["message_id"])] == ["Apples", "Pears"]


async def test_an_answered_question_shows_the_choice(telegram: FakeTelegram, sender: TelegramAdapter):
    out = outgoing(QUESTION, token="t1")
    (sent,) = await sender.deliver([out])
    settle = replace(out, id="m_2", act="edit", card=None, shown=out.card, ref=sent.platform_id, chosen="b")
    (receipt,) = await sender.deliver([settle])
    assert (receipt.outcome, receipt.platform_id) == (Outcome.SENT, sent.platform_id)
    (message,) = telegram.messages(ANNA)
    assert message["text"] == "Fruit\n\nWhich one?\n\n✓ Pears"
    assert telegram.buttons(ANNA, message["message_id"]) == []
    assert await sender.deliver([settle]) == [receipt]  # the same once more: nothing to modify, nothing wrong


@pytest.mark.parametrize("chosen", ["done", "", "zzz"])
async def test_a_settled_message_without_a_known_choice_loses_its_buttons(
    telegram: FakeTelegram, sender: TelegramAdapter, chosen: str
):
    out = outgoing(Card("Tell me.", answering=True), token="t1", aids=("done", "help"))
    (sent,) = await sender.deliver([out])
    assert len(telegram.buttons(ANNA, 101)) == 2
    await sender.deliver(
        [replace(out, id="m_2", act="edit", card=None, shown=None, ref=sent.platform_id, chosen=chosen)]
    )
    assert (telegram.seen(ANNA), telegram.buttons(ANNA, 101)) == (["Tell me."], [])


async def test_a_new_state_replaces_the_old_one(telegram: FakeTelegram, sender: TelegramAdapter):
    (sent,) = await sender.deliver([outgoing(Card("Reading, 1 of 5"))])
    edit = outgoing(Card("Reading, 2 of 5"), id="m_2", act="edit", ref=sent.platform_id)
    assert [r.platform_id for r in await sender.deliver([edit])] == [sent.platform_id]
    assert telegram.seen(ANNA) == ["Reading, 2 of 5"]


@pytest.mark.parametrize(("before", "after"), [(LONG, QUESTION), (QUESTION, LONG)])
async def test_an_edit_may_need_more_or_fewer_parts(
    telegram: FakeTelegram, sender: TelegramAdapter, before: Card, after: Card
):
    (sent,) = await sender.deliver([outgoing(before, token="t1")])
    (edited,) = await sender.deliver([outgoing(after, id="m_2", act="edit", token="t1", ref=sent.platform_id)])
    shown = telegram.messages(ANNA)
    assert edited.platform_id == "telegram:7:" + "+".join(str(m["message_id"]) for m in shown)
    assert ("Fruit" in shown[0]["text"]) == (after is QUESTION)


async def test_a_message_that_somebody_deleted_is_said_again_if_it_says_something(
    telegram: FakeTelegram, sender: TelegramAdapter
):
    (sent,) = await sender.deliver([outgoing(QUESTION, token="t1")])
    telegram.chat(ANNA).messages.clear()
    settle = outgoing(None, id="m_2", act="edit", ref=sent.platform_id, chosen="a")
    assert [r.outcome for r in await sender.deliver([settle])] == [Outcome.SENT]
    assert telegram.seen(ANNA) == []
    await sender.deliver([outgoing(Card("News"), id="m_3", act="edit", ref=sent.platform_id)])
    assert telegram.seen(ANNA) == ["News"]


async def test_an_edit_of_a_message_of_another_platform_is_said_anew(telegram: FakeTelegram, sender: TelegramAdapter):
    await sender.deliver([outgoing(Card("News"), act="edit", ref="slack:T1/D1:1.2")])
    assert telegram.seen(ANNA) == ["News"]


async def test_a_long_message_goes_on_where_it_was_interrupted(telegram: FakeTelegram, sender: TelegramAdapter):
    out = outgoing(LONG, token="t1", aids=("done",))
    (whole,) = await sender.deliver([out])
    expected = telegram.seen(ANNA)
    assert len(expected) == 3
    assert [len(telegram.buttons(ANNA, m["message_id"])) for m in telegram.messages(ANNA)] == [0, 0, 1]
    telegram.chat(ANNA).messages.clear()
    again = replace(out, id="m_2")
    telegram.fail("sendMessage", Fault("drop"))
    assert [r.outcome for r in await sender.deliver([again])] == [Outcome.LATER]
    telegram.fail("sendMessage", Fault("500"))
    await sender.deliver([again])
    (receipt,) = await sender.deliver([again])
    assert telegram.seen(ANNA) == expected
    assert receipt.platform_id.count("+") == whole.platform_id.count("+") == 2


@pytest.mark.parametrize(
    ("fault", "outcome", "problem", "after"),
    [
        (Fault("429", 7), Outcome.LATER, "", 7000),
        (Fault("500"), Outcome.LATER, "", 0),
        (Fault("502"), Outcome.LATER, "", 0),
        (Fault("drop"), Outcome.LATER, "", 0),
        (Fault("timeout", 1), Outcome.LATER, "", 0),
        (Fault("403"), Outcome.BLOCKED, "blocked", 0),
        (Fault("403", description="Forbidden: user is deactivated"), Outcome.BLOCKED, "deactivated", 0),
        (Fault("403", description="Forbidden: bot was kicked from the group chat"), Outcome.BLOCKED, "removed", 0),
        (
            Fault("403", description="Forbidden: bot can't initiate conversation with a user"),
            Outcome.BLOCKED,
            "never_started",
            0,
        ),
        (Fault("400", description="Bad Request: chat not found"), Outcome.BLOCKED, "chat_not_found", 0),
        (
            Fault("400", description="Bad Request: not enough rights to send text messages to the chat"),
            Outcome.BLOCKED,
            "no_rights",
            0,
        ),
        (Fault("400", description="Bad Request: something about our payload"), Outcome.FAILED, "bad_request", 0),
        (Fault("401"), Outcome.BLOCKED, "token", 0),
    ],
    ids=lambda x: f"{x.kind} {x.description[:30]}" if isinstance(x, Fault) else "",
)
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "editMessageReplyMarkup"])
async def test_what_becomes_of_a_message_in_trouble(
    telegram: FakeTelegram,
    sender: TelegramAdapter,
    method: str,
    fault: Fault,
    outcome: Outcome,
    problem: str,
    after: int,
):
    out = outgoing(Card("Hello"))
    if method != "sendMessage":
        before = Card("Before") if method == "editMessageText" else QUESTION
        (sent,) = await sender.deliver([outgoing(before, id="m_0", token="t1")])
        out = replace(out, act="edit", ref=sent.platform_id)
    if method == "editMessageReplyMarkup":
        out = replace(out, card=None)  # its card has been erased: only the buttons can go
    telegram.fail(method, fault)
    receipts = await sender.deliver([out, replace(out, id="m_2")])  # what comes after is not tried
    assert [(r.outcome, r.problem, r.after_ms) for r in receipts] == [(outcome, problem, after)]
    assert [r.outcome for r in await sender.deliver([out])] == [Outcome.SENT]
    assert telegram.seen(ANNA) == (["Hello"] if out.card else ["Fruit\n\nWhich one?"])
    assert telegram.buttons(ANNA, telegram.messages(ANNA)[0]["message_id"]) == []


@pytest.mark.parametrize("fault", ["429", "500", "drop", "drop_after", "400"])
async def test_parts_that_are_no_longer_needed_go_away_also_in_trouble(
    telegram: FakeTelegram, sender: TelegramAdapter, fault: str
):
    (sent,) = await sender.deliver([outgoing(LONG)])
    edit = outgoing(Card("Short"), id="m_2", act="edit", ref=sent.platform_id)
    telegram.fail("deleteMessage", fault)
    (first,) = await sender.deliver([edit])
    (last,) = await sender.deliver([edit])
    assert first.outcome in (Outcome.LATER, Outcome.SENT)
    assert (last.outcome, last.platform_id) == (Outcome.SENT, sent.platform_id.partition("+")[0])
    assert telegram.seen(ANNA) == ["Short"]


@pytest.mark.parametrize("fault", [Fault("drop_after"), Fault("timeout_after", 1)], ids=lambda f: f.kind)
async def test_what_may_have_arrived_is_said_again_a_reminder_once_with_an_excuse(
    telegram: FakeTelegram, sender: TelegramAdapter, fault: Fault
):
    question, nudge = outgoing(QUESTION, token="t1"), outgoing(NUDGE, id="m_2")
    telegram.fail("sendMessage", fault)
    assert [r.outcome for r in await sender.deliver([question])] == [Outcome.LATER]
    assert [r.outcome for r in await sender.deliver([question])] == [Outcome.SENT]
    assert telegram.seen(ANNA) == ["Fruit\n\nWhich one?"] * 2
    telegram.fail("sendMessage", fault, fault)
    outcomes = [(await sender.deliver([nudge]))[0].outcome for _ in range(3)]
    assert outcomes == [Outcome.LATER, Outcome.LATER, Outcome.SENT]
    assert telegram.seen(ANNA)[2:] == ["No rush.", f"{words.IN_CASE}\n\nNo rush."]


async def test_after_a_crash_telegram_cannot_tell(
    telegram: FakeTelegram, sender: TelegramAdapter, caplog: pytest.LogCaptureFixture
):
    nudge = outgoing(NUDGE)
    assert await sender.look_up(nudge) is None
    assert "m_1" in caplog.text
    await sender.deliver([nudge])
    assert telegram.seen(ANNA) == [f"{words.IN_CASE}\n\nNo rush."]


async def test_a_person_who_never_came_or_who_blocked_us_is_out_of_reach(
    telegram: FakeTelegram, sender: TelegramAdapter
):
    telegram.block(ANNA)
    for chat, problem in ((ANNA, "blocked"), (404, "chat_not_found")):
        (receipt,) = await sender.deliver([outgoing(Card("Hello"), chat)])
        assert (receipt.outcome, receipt.problem) == (Outcome.BLOCKED, problem)


async def test_an_address_that_is_none_and_a_button_that_is_too_long_fail(
    telegram: FakeTelegram, sender: TelegramAdapter
):
    for out in (
        outgoing(QUESTION, address="T1/D1"),
        outgoing(QUESTION, token="t" * 63),
        replace(outgoing(Card("x")), card={"text": 1}),
    ):
        assert [r.outcome for r in await sender.deliver([out])] == [Outcome.FAILED]
    assert [r.outcome for r in await sender.deliver([outgoing(QUESTION, token="t" * 62)])] == [Outcome.SENT]


async def test_a_group_that_was_upgraded_is_followed(
    telegram: FakeTelegram, sender: TelegramAdapter, port: RecordingPort
):
    (sent,) = await sender.deliver([outgoing(QUESTION, GROUP, token="t1")])
    telegram.migrate(GROUP, -1001234567890)
    settle = outgoing(None, GROUP, id="m_2", act="edit", ref=sent.platform_id, chosen="a")
    assert [r.outcome for r in await sender.deliver([settle])] == [Outcome.SENT]
    for n in (3, 4):
        (receipt,) = await sender.deliver([outgoing(Card(f"News {n}"), GROUP, id=f"m_{n}")])
        assert receipt.platform_id.startswith("telegram:-1001234567890:")
    edit = outgoing(Card("Newer"), GROUP, id="m_5", act="edit", ref=sent.platform_id)
    assert [r.outcome for r in await sender.deliver([edit])] == [Outcome.SENT]
    assert telegram.seen(-1001234567890) == ["News 3", "News 4", "Newer"]
    assert [e.act for e in port.events] == [Moved("-1001234567890")]


async def test_one_chat_in_trouble_delays_no_other(telegram: FakeTelegram, sender: TelegramAdapter):
    telegram.chat(8)
    telegram.fail("sendMessage", Fault("timeout", 1))
    slow = asyncio.create_task(sender.deliver([outgoing(Card("Hello"))]))
    await telegram.until(lambda t: t.counts["sendMessage"])
    assert [r.outcome for r in await sender.deliver([outgoing(Card("Hello"), 8)])] == [Outcome.SENT]
    assert not slow.done()
    assert [r.outcome for r in await slow] == [Outcome.LATER]


async def test_the_platform_never_has_to_slow_us_down(telegram: FakeTelegram, make: Make):
    """Its own limits, kept by the fake: nobody is answered 429, and everybody is heard in the end."""
    telegram.rates = REAL
    adapter, chats = make(), range(1, 41)
    for chat in chats:
        telegram.chat(chat)

    async def one(chat: int) -> int:
        waits = 0
        while (await adapter.deliver([outgoing(Card("Hello"), chat)]))[0].outcome is Outcome.LATER:
            waits += 1
            await asyncio.sleep(0.1)
        return waits

    await asyncio.gather(*map(one, chats))
    assert [telegram.seen(chat) for chat in chats] == [["Hello"]] * 40
    assert telegram.refusals == []


async def test_one_chat_gets_a_few_at_once_and_then_one_a_second():
    pace = Pace(1000, 4)
    waits = [await pace.wait(7) for _ in range(4)]
    assert waits == [0, 0, 0, 0]
    start = asyncio.get_running_loop().time()
    assert await pace.wait(7) == 0
    assert asyncio.get_running_loop().time() - start > 0.9


async def test_who_has_to_come_back_is_told_when_one_after_the_other():
    pace = Pace(2, 50)
    waits = await asyncio.gather(*(pace.wait(chat) for chat in range(1, 13)))
    later = sorted(w for w in waits if w)
    assert waits.count(0) in (2, 3, 4)
    assert len(later) == len(set(later)) >= 8


async def test_a_turn_is_kept_for_who_was_told_to_come_back():
    """Newcomers never get in before those who asked first, however often they knock."""
    pace, first = Pace(2, 50), list(range(1, 9))
    began = asyncio.get_running_loop().time()
    asked = [asyncio.create_task(pace.wait(chat)) for chat in first]
    await asyncio.wait(asked, timeout=0.01)
    waits = {chat: task.result() for chat, task in zip(first, asked, strict=True) if task.done()}
    told = [chat for chat, wait in waits.items() if wait]
    assert len(told) >= 3
    for newcomer in (100, 101, 102):
        assert await pace.wait(newcomer) > max(waits.values())

    async def back(chat: int) -> float:
        await asyncio.sleep(await pace.wait(chat) / 1000)
        assert await pace.wait(chat) == 0
        return asyncio.get_running_loop().time() - began

    came = await asyncio.gather(*(back(chat) for chat in told))
    assert came == sorted(came), "in the order in which they asked"
    assert came[-1] < len(first) * 0.7
    await asyncio.gather(*asked)


async def test_groups_get_twenty_a_minute(telegram: FakeTelegram, sender: TelegramAdapter):
    outcomes = [(await sender.deliver([outgoing(Card("x"), GROUP, id=f"m_{n}")]))[0] for n in range(21)]
    assert [r.outcome for r in outcomes[:20]] == [Outcome.SENT] * 20
    assert outcomes[20].outcome is Outcome.LATER
    assert outcomes[20].after_ms > 0
