"""What people do on Telegram, over the wire, as the bot's events: committed before it is confirmed."""

import asyncio
import logging

import pytest

from adapters.contract import (
    Answer,
    Back,
    Door,
    Incoming,
    Left,
    Moved,
    Place,
    Rewording,
    Slash,
    Start,
    Tap,
    Unfetchable,
    Upload,
    Who,
    Words,
    button,
)
from adapters.layout import aid
from adapters.telegram import words
from adapters.telegram.app import TelegramAdapter
from flows import cards
from flows.cards import Card, Option
from tests.adapters.telegram.conftest import Make, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import FakeTelegram

ANNA, GROUP = 7, -500
QUESTION = Card("Which one?", options=(Option("a", "Apples"), Option("b", "Pears")))


async def test_words_arrive_with_who_and_where(telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort):
    telegram.user(ANNA, "Anna")
    number = telegram.say(ANNA, "Hello there")
    (event,) = await port.until_events(1)
    who, place = Who("telegram", "", "7", "Anna"), Place("7", True)
    assert event == Incoming(f"m/7/{number}", who, place, Words("Hello there", f"telegram:7:{number}"))


async def test_an_update_is_confirmed_only_once_it_is_stored(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    port.hold = asyncio.Event()
    telegram.say(ANNA, "Hello")
    await port.until(lambda p: p.received)
    assert (len(telegram.pending), telegram.confirmed) == (1, [])
    port.hold.set()
    await telegram.until(lambda t: t.confirmed)
    assert [e.act for e in port.events] == [Words("Hello", "telegram:7:101")]


async def test_what_could_not_be_stored_comes_again_in_order(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    port.failing = 2
    for text in ("one", "two", "three"):
        telegram.say(ANNA, text)
    events = await port.until_events(3)
    await telegram.until(lambda t: len(t.confirmed) == 3)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["one", "two", "three"]


async def test_a_crash_between_receipt_and_commit_loses_nothing(
    telegram: FakeTelegram, make: Make, port: RecordingPort
):
    port.hold = asyncio.Event()
    first = make()
    await first.start()
    telegram.say(ANNA, "Do not lose me")
    await port.until(lambda p: p.received)
    assert first._run is not None
    first._run.cancel()  # as a kill would: no goodbye
    await asyncio.wait([first._run])
    assert port.events == []
    port.hold = None
    await make().start()
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Words)
    assert event.act.text == "Do not lose me"


async def test_one_chat_that_waits_holds_up_no_other(telegram: FakeTelegram, make: Make, port: RecordingPort):
    for chat in range(1, 31):
        telegram.say(chat, f"from {chat}")
    port.hold = asyncio.Event()
    await make().start()
    await port.until(lambda p: p.received == 30)
    port.hold.set()
    assert len(await port.until_events(30)) == 30


@pytest.mark.parametrize("reorder", [False, True])
async def test_doubled_and_reordered_updates_are_taken_once_and_in_order(
    telegram: FakeTelegram, make: Make, port: RecordingPort, reorder: bool
):
    telegram.duplicate, telegram.reorder = True, reorder
    for n in range(5):
        telegram.say(ANNA, str(n))
    await make().start()
    events = await port.until_events(5)
    await telegram.until(lambda t: len(t.confirmed) == 10)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["0", "1", "2", "3", "4"]
    assert port.received == 10


async def test_a_late_copy_of_an_old_update_changes_nothing(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.say(ANNA, "once")
    await telegram.until(lambda t: t.confirmed)
    telegram.replay()
    await port.until(lambda p: p.received == 2)
    telegram.say(ANNA, "and on")
    assert len(await port.until_events(2)) == 2


async def test_an_edit_is_a_rewording_and_two_in_a_second_are_two(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    number = telegram.say(ANNA, "frist")
    telegram.edit(ANNA, number, "first")
    telegram.edit(ANNA, number, "First")
    events = await port.until_events(3)
    name = f"telegram:7:{number}"
    assert [e.act for e in events[1:]] == [Rewording(name, "first"), Rewording(name, "First")]
    assert len({e.id for e in events}) == 3


async def test_commands_are_words_and_links_are_starts(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    said = {
        "/help": "help",
        "/mydata": "mydata",
        "/pause@parley_bot": "pause",
        "/start": "help",
        "/scorecard @me set ownership=5": "/scorecard @me set ownership=5",
        "start tomorrow": "start tomorrow",
    }
    for text in said:
        telegram.say(ANNA, text)
    telegram.say(ANNA, "/help@another_bot")
    telegram.start(ANNA, "abc_DEF-123")
    telegram.say(ANNA, "start " + "x" * 43)
    telegram.say(ANNA, "/interview invite Anna")
    events = await port.until_events(len(said) + 3)
    acts = [e.act for e in events]
    assert [a.text for a in acts if isinstance(a, Words)] == list(said.values())
    assert acts[-3:] == [Start("abc_DEF-123"), Start("x" * 43), Slash("invite Anna")]


async def test_a_secret_is_not_kept_as_an_edited_answer(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    number = telegram.start(ANNA, "abc")
    telegram.edit(ANNA, number, "/start abcd")
    telegram.say(ANNA, "next")
    events = await port.until_events(2)
    assert [type(e.act) for e in events] == [Start, Words]


async def test_in_groups_only_what_is_meant_for_us(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    ours = telegram.chat(GROUP).add(telegram.bot, telegram.now(), text="A scorecard")["message_id"]
    theirs = telegram.say(GROUP, "Lunch?", user=1)
    telegram.say(GROUP, "Yes", user=2, reply_to=theirs)
    reply = telegram.say(GROUP, "Thank you", user=1, reply_to=ours)
    telegram.say(GROUP, "@parley_bot, status please", user=1)
    telegram.say(GROUP, "@parley_bottle hello", user=1)
    telegram.say(GROUP, "/interview board", user=2)
    events = await port.until_events(3)
    await telegram.until(lambda t: len(t.confirmed) == 6)
    assert len(port.events) == 3
    assert events[0].act == Words("Thank you", f"telegram:-500:{reply}", f"telegram:-500:{ours}")
    assert isinstance(events[1].act, Words)
    assert events[1].act.text == "status please"
    assert (events[2].act, events[2].who.user) == (Slash("board"), "2")
    assert {e.place for e in events} == {Place("-500", False, "Group 500")}


async def test_a_tap_is_answered_and_names_its_message(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.chat(ANNA)
    (receipt,) = await adapter.deliver([outgoing(QUESTION, token="t1")])
    query = telegram.tap(ANNA, "Pears")
    (event,) = await port.until_events(1)
    await telegram.until(lambda t: query in t.answers)
    assert (event.id, event.act) == (f"c/{query}", Tap("t1", "b", receipt.platform_id))


async def test_a_stranger_at_the_button_hears_it_alone(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    port.answer = lambda event: Answer(cards.to_json(Card("That question is for somebody else.")))
    telegram.chat(GROUP)
    await adapter.deliver([outgoing(QUESTION, GROUP, token="t1")])
    query = telegram.tap(GROUP, "Apples", user=666)
    await telegram.until(lambda t: query in t.answers)
    assert telegram.answers[query] | {"callback_query_id": 0} == {
        "callback_query_id": 0,
        "text": "That question is for somebody else.",
        "show_alert": True,
    }
    assert telegram.seen(GROUP) == ["Which one?\n\nApples"[:10]]
    assert port.events[0].who.user == "666"


async def test_a_tap_while_nothing_can_be_stored_is_kept(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.chat(ANNA)
    await adapter.deliver([outgoing(QUESTION, token="t1")])
    port.unavailable = True
    query = telegram.tap(ANNA, "Pears")
    await telegram.until(lambda t: query in t.answers)
    assert telegram.answers[query]["text"] == words.ONE_MOMENT
    port.unavailable = False
    (event,) = await port.until_events(1)
    assert event.act == Tap("t1", "b", "telegram:7:101")


async def test_a_direct_answer_to_words_is_sent_into_the_private_chat(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    port.answer = lambda event: Answer(cards.to_json(QUESTION), "t9") if event.place.private else Answer()
    telegram.say(ANNA, "hello?")
    await telegram.until(lambda t: t.messages(ANNA))
    (message,) = telegram.messages(ANNA)
    assert [b["callback_data"] for b in telegram.buttons(ANNA, message["message_id"])] == ["t9:a", "t9:b"]


@pytest.mark.parametrize("fault", ["429", "500", "403", "drop", "drop_after", "401", "400"])
async def test_a_courtesy_that_fails_costs_nothing(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, fault: str
):
    port.answer = lambda event: Answer(
        cards.to_json(Card("That was another question.", options=QUESTION.options)), "t2"
    )
    telegram.chat(ANNA)
    await adapter.deliver([outgoing(QUESTION, token="t1")])
    for method in ("answerCallbackQuery", "sendMessage", "sendChatAction"):
        telegram.fail(method, fault)
    telegram.tap(ANNA, "Apples")
    adapter.typing("th_1", "7")
    telegram.say(ANNA, "and on")
    events = await port.until_events(2)
    await telegram.until(lambda t: t.counts["answerCallbackQuery"] and t.counts["sendChatAction"])
    assert [type(e.act) for e in events] == [Tap, Words]
    assert adapter.trouble == ""


async def test_foreign_buttons_are_answered_and_left_alone(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.chat(ANNA)
    await adapter.deliver([outgoing(QUESTION, token="t1")])
    query = telegram.press(ANNA, 101, "nonsense")
    await telegram.until(lambda t: query in t.answers)
    assert port.events == []


async def test_helpers_unfold_without_our_remembering_anything(telegram: FakeTelegram, make: Make, port: RecordingPort):
    aids = ("done", "ask", "help", "repeat", "skip", "pause", "human")
    telegram.chat(ANNA)
    first = make()
    await first.deliver([outgoing(Card("Tell me.", answering=True), token="t:1", aids=aids)])
    before = [b["text"] for b in telegram.buttons(ANNA, 101)]
    await make().start()  # another process
    telegram.tap(ANNA, words.MORE)
    await telegram.until(lambda t: len(t.buttons(ANNA, 101)) > len(before))
    unfolded = [b["callback_data"] for b in telegram.buttons(ANNA, 101)][:-1]
    assert sorted(unfolded) == sorted(button("t:1", aid(name)[0]) for name in aids)
    telegram.tap(ANNA, words.LESS)
    await telegram.until(lambda t: [b["text"] for b in t.buttons(ANNA, 101)] == before)
    assert port.events == []


@pytest.mark.parametrize("addresses", [("", ""), ("/", ""), ("/bot", "/file"), ("", "/file/"), ("", "/file/bot")])
async def test_a_table_can_be_fetched(
    telegram: FakeTelegram, make: Make, port: RecordingPort, addresses: tuple[str, str]
):
    api, files = addresses
    await make(api_url=telegram.base + api, file_url=files and telegram.base + files).start()
    number = telegram.upload(ANNA, "people.csv", b"name,mail\n", caption="for the barista job")
    (event,) = await port.until_events(1)
    act = event.act
    assert isinstance(act, Upload)
    assert (act.name, act.size, act.text, act.message) == (
        "people.csv",
        10,
        "for the barista job",
        f"telegram:7:{number}",
    )
    assert await act.fetch(1000) == b"name,mail\n"
    with pytest.raises(Unfetchable):
        await act.fetch(5)


async def test_a_file_of_21_mb_is_refused_before_telegram_is_asked(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.upload(ANNA, "people.csv", b"x", size=21 << 20)
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Upload)
    with pytest.raises(Unfetchable, match="20 MB"):
        await event.act.fetch(50 << 20)
    assert telegram.counts["getFile"] == 0


@pytest.mark.parametrize("fault", ["404", "500", "200"])  # 200: a page of HTML where a file was expected
async def test_a_file_that_cannot_be_had_never_tells_its_address(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, fault: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    telegram.upload(ANNA, "people.csv", b"x")
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Upload)
    telegram.fail("file", fault)
    with pytest.raises(Unfetchable) as problem:
        await event.act.fetch(100)
    assert problem.value.__cause__ is None
    assert telegram.token not in str(problem.value) + caplog.text


async def test_pictures_are_turned_down_kindly_and_albums_once(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    picture = [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]
    telegram.upload(ANNA, "letter.pdf", b"%PDF", "application/pdf")
    for _ in range(3):
        telegram.say(8, "", photo=picture, media_group_id="55")
    telegram.say(ANNA, "", photo=picture, caption="This is me")
    (event,) = await port.until_events(1)
    await telegram.until(lambda t: len(t.messages(ANNA) + t.messages(8)) == 2)
    assert isinstance(event.act, Words)
    assert event.act.text == "This is me"
    assert telegram.seen(ANNA) == telegram.seen(8) == [words.UNREADABLE]


async def test_blocking_leaving_and_coming_back(telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort):
    telegram.block(ANNA)
    telegram.unblock(ANNA)
    telegram.block(GROUP, "bot was kicked from the group chat")
    events = await port.until_events(3)
    assert [e.act for e in events if e.place.address == "7"] == [Left("blocked"), Back()]
    assert [e.act for e in events if e.place.address == "-500"] == [Left("removed")]


async def test_a_group_that_became_a_supergroup_has_moved(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.migrate(GROUP, -1001234567890)
    (event,) = await port.until_events(1)
    assert (event.place.address, event.act) == ("-500", Moved("-1001234567890"))


async def test_a_second_poller_is_noticed_and_survived(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, caplog: pytest.LogCaptureFixture
):
    telegram.fail("getUpdates", "409", "409")
    telegram.say(ANNA, "one")
    await telegram.until(lambda t: sum(code == 409 for _, code, _ in t.refusals) == 2)
    assert adapter.trouble == "conflict"
    assert "conflict" in caplog.text
    telegram.say(ANNA, "two")
    await port.until_events(2)
    assert adapter.trouble == ""


@pytest.mark.parametrize("fault", ["500", "502", "drop", "429", "drop_after"])
async def test_polling_survives_trouble(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, fault: str
):
    telegram.fail("getUpdates", fault)
    telegram.say(ANNA, "one")
    await port.until_events(1)
    telegram.say(ANNA, "two")
    assert len(await port.until_events(2)) == 2


async def test_a_platform_that_is_down_at_the_start_is_tried_again(
    telegram: FakeTelegram, make: Make, port: RecordingPort, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    telegram.fail("getMe", "500", "drop", "401")
    adapter = make()
    await adapter.start()
    telegram.say(ANNA, "are you there?")
    assert len(await port.until_events(1)) == 1
    assert [c["command"] for c in telegram.commands] == [name for name, _ in words.COMMANDS]
    assert telegram.token not in caplog.text


async def test_an_odd_update_is_reported_by_its_number_and_passed_over(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    telegram.push({"update_id": 1, "message": {"message_id": "secret words", "chat": 5}})
    telegram.say(ANNA, "and on")
    (event,) = await port.until_events(1)
    while any(v.startswith("fake: ") for v in telegram.violations):
        telegram.forgive("fake: ")
    assert isinstance(event.act, Words)
    assert event.act.text == "and on"
    assert "update 1 can't be read" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_surprise_in_one_event_does_not_stop_the_adapter(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, caplog: pytest.LogCaptureFixture
):
    def surprise(event: Incoming) -> Answer:
        if isinstance(event.act, Words) and event.act.text == "boom":
            raise LookupError("with words of a person")
        return Answer()

    port.answer = surprise
    telegram.say(ANNA, "boom")
    telegram.say(ANNA, "and on")
    await port.until_events(2)
    assert "LookupError" in caplog.text
    assert "words of a person" not in caplog.text


async def test_catching_up_looks_how_much_is_waiting(telegram: FakeTelegram, make: Make):
    adapter = make()
    for n in range(3):
        telegram.say(ANNA, str(n))
    await adapter.catch_up(0)
    assert adapter.waiting == 3


async def test_typing_is_shown_once_in_four_seconds_and_never_fails(telegram: FakeTelegram, make: Make):
    adapter = make()
    telegram.chat(ANNA)
    for address in ("7", "7", "999", "nowhere"):
        adapter.typing("th_1", address)
    await telegram.until(lambda t: t.counts["sendChatAction"] == 2)
    assert telegram.actions == [(7, "typing")]


async def test_the_door_the_private_chat_and_a_name(telegram: FakeTelegram, make: Make):
    telegram.user(ANNA, "Anna")
    telegram.chat(ANNA)
    adapter = make()
    assert adapter.door("abc") is None  # our own name is not known yet
    await adapter.start()
    assert adapter.door("a_B-1" * 8) == Door("telegram", "https://t.me/parley_bot?start=" + "a_B-1" * 8)
    assert [adapter.door(bad) for bad in ("", "x" * 65, "a b", "a&b=c")] == [None] * 4
    assert adapter.private(Who("telegram", "", "7")) == "7"
    assert [await adapter.name_of("", user) for user in ("7", "404", "nobody")] == ["Anna", "", ""]
