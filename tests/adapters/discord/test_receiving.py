"""What people do on Discord reaches the bot once, in order, after it is kept."""

import asyncio
from collections.abc import Callable

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.contract import (
    Answer,
    Left,
    OpenChat,
    Outcome,
    Rewording,
    Start,
    Takeback,
    Tap,
    Unfetchable,
    Upload,
    Words,
    position,
)
from adapters.discord.interactions import NOT_NOW
from tests.adapters.discord.conftest import World, outgoing
from tests.fakes.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS
from tests.fakes.discord_payloads import BOT, GUILD


async def test_words_of_a_direct_message(world: World):
    number = await world.fake.say(world.ada, "I led the migration.")
    [event] = await world.port.until_events(1)
    assert event.id == f"m/{world.dm}/{number}"
    assert event.act == Words("I led the migration.", f"discord:{world.dm}:{number}")
    assert event.who.user == world.ada
    assert event.who.name == "Ada Okoye"
    assert event.place.address == f"user/{world.ada}"
    assert event.place.private


async def test_edits_and_takebacks(world: World):
    number = await world.fake.say(world.ada, "I lead")
    await world.fake.edit(world.dm, number, "I led")
    await world.fake.delete(world.dm, number)
    events = await world.port.until_events(3)
    name = f"discord:{world.dm}:{number}"
    assert [e.act for e in events[1:]] == [Rewording(name, "I led"), Takeback(name)]


async def test_a_code_in_a_direct_message_begins(world: World):
    await world.fake.say(world.ada, "/start abcDEF_-123")
    [event] = await world.port.until_events(1)
    assert event.act == Start("abcDEF_-123")


async def test_in_a_channel_only_what_is_said_to_us_is_read(world: World):
    await world.fake.say(world.ada, "nothing for a bot", channel=world.team)
    ours = outgoing("ms_1", f"{GUILD}/{world.team}", {"text": "A new scorecard"})
    [receipt] = await world.adapter.deliver([ours])
    assert receipt.outcome is Outcome.SENT
    to = receipt.platform_id.rpartition(":")[2]
    await world.fake.say(world.ada, "Thanks", channel=world.team, reply_to=to)
    await world.fake.say(world.ada, f"<@{BOT}> status", channel=world.team, mention=True)
    await world.fake.say(world.ada, "the end")
    events = await world.port.until_events(3)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["Thanks", "status", "the end"]
    first = events[0]
    assert isinstance(first.act, Words)
    assert first.act.reply_to == receipt.platform_id
    assert (first.place.address, first.place.private) == (f"{GUILD}/{world.team}", False)
    assert first.who.workspace == GUILD


async def test_bots_and_system_messages_are_not_people(world: World):
    robot = world.fake.person("Robot")
    world.fake.users[robot]["bot"] = True
    await world.fake.say(robot, "beep")
    await world.fake.say(world.ada, "", type=6)
    await world.fake.say(world.ada, "a person")
    events = await world.port.until_events(1)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["a person"]


async def test_a_preview_is_no_edit(world: World):
    number = await world.fake.say(world.ada, "see https://example.org")
    message = world.fake.message(world.dm, number)
    await world.fake._message_event("MESSAGE_UPDATE", message)  # pyright: ignore[reportPrivateUsage]
    await world.fake.say(world.ada, "next")
    events = await world.port.until_events(2)
    assert [type(e.act) for e in events] == [Words, Words]


async def test_files_of_a_direct_message(world: World):
    rows = b"name,email\nAda,ada@example.org\n"
    page = b"<!DOCTYPE html><html>Log in</html>"
    await world.fake.say(world.ada, "here", files=(("a.csv", "text/csv", rows), ("b.csv", "text/csv", page)))
    good, bad = await world.port.until_events(2)
    assert isinstance(good.act, Upload)
    assert isinstance(bad.act, Upload)
    assert (good.act.name, good.act.media_type, good.act.text, bad.act.text) == ("a.csv", "text/csv", "here", "")
    assert good.id != bad.id
    assert await good.act.fetch(1000) == rows
    with pytest.raises(Unfetchable, match="too large"):
        await good.act.fetch(len(rows) - 1)
    with pytest.raises(Unfetchable, match="web page"):
        await bad.act.fetch(1000)
    world.fake.files.clear()
    with pytest.raises(Unfetchable, match="once more"):
        await good.act.fetch(1000)


async def test_what_the_bot_answers_to_words_is_said_in_the_chat(world: World):
    world.port.answer = lambda event: Answer(card={"text": "I don't know you yet."})
    await world.fake.say(world.ada, "hello")
    await world.fake.until(lambda: world.fake.said(world.dm))
    assert world.fake.said(world.dm) == ["I don't know you yet."]


async def test_a_deleted_channel_and_a_removed_bot(world: World):
    await world.fake.drop_channel(world.team)
    await world.fake.drop_guild(GUILD)
    [event] = await world.port.until_events(1)
    assert event.act == Left("10003")
    assert event.place.address == f"{GUILD}/{world.team}"
    await world.port.until(lambda port: port.uninstalled)
    assert world.port.uninstalled == [("discord", GUILD)]


# -- trouble on the way


async def test_the_same_event_twice_is_one(world: World):
    await world.fake.say(world.ada, "once")
    await world.fake.gateway.again("MESSAGE_CREATE")
    await world.fake.say(world.ada, "end")
    events = await world.port.until_events(2)
    assert len(events) == 2
    assert world.port.received == 3


async def test_order_is_the_order_of_arrival(world: World):
    for n in range(30):
        await world.fake.say(world.ada, str(n))
    events = await world.port.until_events(30)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == [str(n) for n in range(30)]


async def test_reordered_events_keep_their_numbers(world: World):
    world.fake.gateway.holding = True
    first, second = await world.fake.say(world.ada, "one"), await world.fake.say(world.ada, "two")
    await world.fake.gateway.release(lambda held: held[::-1])
    events = await world.port.until_events(2)
    names = [e.act.message for e in events if isinstance(e.act, Words)]
    assert names == [f"discord:{world.dm}:{second}", f"discord:{world.dm}:{first}"]
    assert position(names[0]) > position(names[1])


async def test_asked_to_reconnect_it_resumes_and_loses_nothing(world: World):
    await world.fake.say(world.ada, "before")
    await world.port.until_events(1)
    await world.fake.gateway.reconnect()
    await world.fake.say(world.ada, "between")
    await world.fake.until(lambda: world.fake.gateway.resumed == 1)
    await world.fake.say(world.ada, "after")
    events = await world.port.until_events(3)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["before", "between", "after"]
    assert world.fake.gateway.identified == 1


async def test_events_repeated_by_a_resume_are_known(world: World):
    await world.fake.say(world.ada, "before")
    await world.port.until_events(1)
    await world.fake.gateway.disconnect()
    await world.fake.until(lambda: world.fake.gateway.resumed == 1)
    await world.fake.gateway.again("MESSAGE_CREATE")
    await world.fake.say(world.ada, "after")
    assert len(await world.port.until_events(2)) == 2


async def test_after_an_invalid_session_the_history_fills_the_gap(world: World):
    await world.fake.say(world.ada, "before")
    await world.port.until_events(1)
    world.port.chats = [OpenChat(f"user/{world.ada}", int(world.fake.now() * 1000))]
    socket, world.fake.gateway.socket = world.fake.gateway.socket, None
    await world.fake.say(world.ada, "while nobody listened")
    world.fake.gateway.socket = socket
    await world.fake.gateway.invalidate()
    await world.fake.until(lambda: world.fake.gateway.identified == 2)
    await world.fake.say(world.ada, "after")
    events = await world.port.until_events(3)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["before", "while nobody listened", "after"]


async def test_what_the_store_refused_is_taken_later_and_in_order(world: World):
    world.port.failing = 3
    await world.fake.say(world.ada, "first")
    await world.fake.say(world.ada, "second")
    events = await world.port.until_events(2)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["first", "second"]
    assert world.port.received == 5


async def test_killed_before_it_was_kept_it_is_found_again(world: World):
    world.port.unavailable = True
    await world.fake.say(world.ada, "do not lose me")
    await world.port.until(lambda port: port.received)
    await world.adapter.stop()
    await world.fake.say(world.ada, "nor me")
    world.port.unavailable = False
    world.port.chats = [OpenChat(f"user/{world.ada}", int(world.fake.now() * 1000))]
    world.renewed()
    await world.connect()
    events = await world.port.until_events(2)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["do not lose me", "nor me"]


async def test_words_and_a_button_reach_a_slow_bot_in_order(world: World):
    world.port.hold = asyncio.Event()
    await world.fake.say(world.ada, "my answer")
    tap = await world.fake.tap(world.ada, "iv.7:done")
    await world.port.until(lambda port: port.received)
    world.port.hold.set()
    events = await world.port.until_events(2)
    assert [type(e.act) for e in events] == [Words, Tap]
    await asyncio.wait_for(tap.answered.wait(), 3)


async def test_while_words_can_t_be_kept_a_button_says_so(world: World):
    world.port.unavailable = True
    await world.fake.say(world.ada, "my answer")
    await world.port.until(lambda port: port.received > 1)
    tap = await world.fake.tap(world.ada, "iv.7:done")
    await asyncio.wait_for(tap.answered.wait(), 3)
    assert NOT_NOW in tap.shown()[0]["content"].replace("\\", "")
    world.port.unavailable = False
    await world.port.until_events(1)
    assert [type(e.act) for e in world.port.events] == [Words]


async def test_a_message_deleted_by_somebody_we_had_forgotten(world: World):
    number = await world.fake.say(world.ada, "I lead")
    await world.port.until_events(1)
    await world.adapter.stop()
    world.renewed()
    await world.connect()
    await world.fake.delete(world.dm, number)
    events = await world.port.until_events(2)
    assert (events[1].who.user, type(events[1].act)) == (world.ada, Takeback)


async def test_an_edit_made_while_we_were_away_is_found(world: World):
    number = await world.fake.say(world.ada, "I lead")
    await world.port.until_events(1)
    await world.adapter.stop()
    await world.fake.edit(world.dm, number, "I led")
    world.port.chats = [OpenChat(f"user/{world.ada}", int(world.fake.now() * 1000))]
    world.renewed()
    await world.connect()
    events = await world.port.until_events(2)
    assert events[1].act == Rewording(f"discord:{world.dm}:{number}", "I led")


async def test_a_long_absence_is_read_page_by_page(world: World):
    await world.adapter.stop()
    for n in range(230):
        await world.fake.say(world.ada, str(n))
    world.port.chats = [OpenChat(f"user/{world.ada}", int(world.fake.now() * 1000) - 30_000)]
    world.renewed()
    await world.connect()
    events = await world.port.until_events(230)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == [str(n) for n in range(230)]
    assert world.fake.counts["GET history"] == 3


async def test_live_words_wait_for_older_ones(world: World):
    await world.adapter.stop()
    await world.fake.say(world.ada, "older")
    world.port.chats = [OpenChat(f"user/{world.ada}", int(world.fake.now() * 1000))]
    world.fake.script["commands"] = [{"status": 500}]
    world.fake.script["history"] = [{"status": 503}]
    world.renewed(pause=0.05)
    await world.adapter.start()
    await world.fake.until(lambda: world.fake.counts["GET history"] == 1)
    await world.fake.say(world.ada, "newer")
    events = await world.port.until_events(2)
    assert [e.act.text for e in events if isinstance(e.act, Words)] == ["older", "newer"]


async def test_a_bad_payload_does_not_stop_it(world: World, quiet_log: Callable[[], str]):
    await world.fake.gateway.raw({"op": 0, "t": "MESSAGE_CREATE", "s": 900, "d": {"content": "secret words"}})
    await world.fake.until(lambda: world.fake.gateway.identified + world.fake.gateway.resumed >= 2)
    await world.fake.say(world.ada, "still there?")
    await world.port.until_events(1)
    assert "KeyError" in quiet_log()
    assert "secret words" not in quiet_log()


async def test_it_starts_when_discord_is_down_and_comes_up_later(unconnected: World):
    unconnected.fake.script["me"] = [{"status": 503}, {"act": "drop"}]
    assert not unconnected.adapter.ready("th_1")
    await unconnected.connect()
    assert unconnected.adapter.ready("th_1")
    assert unconnected.fake.counts["GET me"] == 3


async def test_a_wrong_token_and_a_missing_intent_are_said_in_the_log(unconnected: World, quiet_log: Callable[[], str]):
    right, unconnected.fake.token = unconnected.fake.token, "another"
    await unconnected.adapter.start()
    await unconnected.fake.until(lambda: unconnected.fake.counts["GET me"] >= 2)
    assert "LoginFailure" in quiet_log()
    unconnected.fake.gateway.refuse = [4014, 4004]
    unconnected.fake.token = right
    await unconnected.connect()
    assert unconnected.fake.gateway.identified == 3
    assert "PrivilegedIntentsRequired" in quiet_log()
    assert "ConnectionClosed 4004" in quiet_log()


async def test_it_asks_for_no_privileged_intent(world: World):
    session = world.fake.gateway.current
    assert session is not None
    assert session.intents == GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES


async def test_start_and_stop_leave_nothing_behind(world: World):
    set_to = Route.BASE
    assert set_to == world.fake.api_url
    await world.adapter.stop()
    await world.adapter.stop()
    assert Route.BASE == "https://discord.com/api/v10"
    assert DiscordWebSocket.DEFAULT_GATEWAY.host == "gateway.discord.gg"
    assert not world.adapter.ready("th_1")
    await world.connect()
    await world.fake.say(world.ada, "again")
    await world.port.until_events(1)


async def test_the_log_has_nobody_s_words(world: World, quiet_log: Callable[[], str]):
    world.fake.script["post"] = [{"status": 429, "retry_after": 0.1}]
    await world.fake.say(world.ada, "very private words")
    await world.port.until_events(1)
    await world.adapter.deliver([world.question("very private question")])
    assert "very private" not in quiet_log()
