"""Recordings on Discord: voice messages and files that people send, how their bytes are fetched, and voice messages that
Parley sends."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import (
    Answer,
    Audio,
    OpenChat,
    Outcome,
    Outgoing,
    Takeback,
    Unfetchable,
    Upload,
    Words,
    beside,
    position,
)
from adapters.discord.parse import VOICE
from flows import cards
from flows.cards import Card, Option
from tests.adapters.discord.conftest import World

SOUND = b"OggS" + bytes(range(256)) * 700
SPOKEN = Audio("Question 1, read aloud", b"OggS-question", 2.5, bytes(range(25)))
PAGE = b"<!DOCTYPE html><html>This content is no longer available.</html>"


async def spoken(world: World, sound: bytes = SOUND, seconds: float = 7.25) -> Upload:
    await world.fake.speak(world.ada, sound, seconds)
    act = (await world.port.until(lambda port: port.events), world.port.events[-1].act)[1]
    assert isinstance(act, Upload)
    assert act.recorded is not None
    return act


async def whole(world: World, act: Upload, limit: int = 1 << 20) -> bytes:
    assert act.recorded is not None
    return b"".join([piece async for piece in world.adapter.read(act.recorded.ref, limit)])


async def refusal(world: World, act: Upload, limit: int = 1 << 20) -> str:
    with pytest.raises(Unfetchable) as refused:
        await whole(world, act, limit)
    assert str(refused.value)
    return refused.value.why


# -- what comes -----------------------------------------------------------------------------------------


async def test_a_voice_message_is_a_recording(world: World):
    act = await spoken(world)
    assert (act.recorded.form, act.recorded.seconds, act.recorded.prepared) == ("voice", 7.25, False)
    [message] = world.fake.state(world.dm)
    [attached] = message["attachments"]
    ref = {"channel": world.dm, "message": message["id"], "file": attached["id"], "url": attached["url"]}
    assert (act.recorded.ref, act.message) == (ref, f"discord:{world.dm}:{message['id']}")
    assert world.fake.downloads == []  # nothing is fetched by receiving it
    assert await whole(world, act) == SOUND


@pytest.mark.parametrize(
    ("name", "media_type", "form"),
    [
        ("answer.mp3", "audio/mpeg", "voice"),
        ("answer.mov", "video/quicktime; codecs=hevc", "video"),
        ("note.OGG", "application/ogg", "voice"),
    ],
)
async def test_a_file_with_sound_is_a_prepared_recording(world: World, name: str, media_type: str, form: str):
    await world.fake.say(world.ada, "", files=((name, media_type, SOUND),))
    [event] = await world.port.until_events(1)
    assert (event.act.recorded.form, event.act.recorded.seconds, event.act.recorded.prepared) == (form, 0.0, True)


async def test_several_in_one_message_are_recordings_of_their_own(world: World):
    picture, one, two = (
        ("me.png", "image/png", b"\x89PNG"),
        ("1.mp3", "audio/mpeg", b"one"),
        ("2.mp4", "video/mp4", b"two"),
    )
    number = await world.fake.say(world.ada, "both of them", files=(picture, one, two))
    shown, first, second = [e.act for e in await world.port.until_events(3)]
    name = f"discord:{world.dm}:{number}"
    assert (shown.recorded, shown.text) == (None, "")
    assert [(a.message, a.text, a.recorded.form) for a in (first, second)] == [
        (name, "both of them", "voice"),
        (f"{name}/1", "", "video"),
    ]
    assert position(first.message) == position(second.message) == int(number)
    assert len({e.id for e in world.port.events}) == 3
    assert [await whole(world, a) for a in (first, second)] == [b"one", b"two"]
    await world.fake.edit(world.dm, number, "both of mine")
    await world.fake.delete(world.dm, number)
    *_, edited, gone = await world.port.until_events(5)
    assert edited.act.message == beside(name)
    assert gone.act == Takeback(name)


async def test_what_is_answered_to_a_recording_is_said_in_the_chat(world: World):
    world.port.answer = lambda event: Answer(card={"text": "I don't know you yet."})
    await spoken(world)
    await world.fake.until(lambda: world.fake.said(world.dm))
    assert world.fake.said(world.dm) == ["I don't know you yet."]
    assert world.fake.downloads == []


async def test_found_again_after_downtime_it_is_the_same_one(world: World):
    act = await spoken(world)
    await world.adapter.stop()
    await world.fake.speak(world.ada, b"while you were away")
    world.renewed()
    world.port.chats = [OpenChat(f"user/{world.ada}", 0)]
    await world.connect()
    first, second = world.port.events
    assert first.act is act
    assert await whole(world, second.act) == b"while you were away"


async def test_nothing_of_a_channel_is_a_recording(world: World):
    await world.fake.say(world.ada, "listen", world.team, mention=True, files=(("a.mp3", "audio/mpeg", SOUND),))
    assert [type(e.act) for e in await world.port.until_events(1)] == [Words]


# -- its bytes ------------------------------------------------------------------------------------------


async def test_an_address_that_has_expired_is_asked_for_again_also_after_a_restart(world: World):
    act = await spoken(world)
    world.fake.signature += 1
    await world.adapter.stop()
    world.renewed()
    assert await refusal(world, act) == "later"  # not connected yet: nothing is lost
    await world.connect()
    assert await whole(world, act) == SOUND
    assert world.fake.counts["GET one"] == 1
    for failure, why in (
        ({"status": 429, "retry_after": 0.1}, "later"),
        ({"status": 500}, "later"),
        ({"status": 401}, "login"),
        ({"status": 403, "code": 50001}, "login"),
    ):
        world.fake.script["one"] = [failure]
        assert await refusal(world, act) == why
    await world.fake.delete(world.dm, act.recorded.ref["message"])
    assert await refusal(world, act) == "gone"


@pytest.mark.parametrize("chunked", [False, True])
async def test_more_than_was_said_is_too_large(world: World, chunked: bool):
    act = await spoken(world)
    world.fake.odd_files[act.recorded.ref["file"]] = {"chunked": chunked}
    assert await refusal(world, act, len(SOUND) - 1) == "too_large"
    assert await whole(world, act, len(SOUND)) == SOUND


async def test_only_discord_is_asked_and_nobody_it_sends_us_to(world: World):
    act = await spoken(world)
    id, url = act.recorded.ref["file"], act.recorded.ref["url"]
    elsewhere = url.replace("127.0.0.1", "localhost")
    strange = replace(act, recorded=replace(act.recorded, ref={**act.recorded.ref, "url": elsewhere}))
    assert await refusal(world, strange) == "gone"
    assert world.fake.downloads == []
    world.fake.odd_files[id] = {"redirect": elsewhere}
    assert await refusal(world, act) == "gone"
    assert world.fake.downloads == [id]


@pytest.mark.parametrize(
    ("sound", "odd", "why"),
    [(PAGE, {}, "gone"), (PAGE, {"html": True}, "gone"), (b"", {}, "gone"), (SOUND, {"status": 503}, "later")],
)
async def test_what_is_no_recording_is_not_taken_for_one(world: World, sound: bytes, odd: dict[str, Any], why: str):
    act = await spoken(world, sound)
    world.fake.odd_files[act.recorded.ref["file"]] = odd
    assert await refusal(world, act) == why


# -- sounds that Parley sends ---------------------------------------------------------------------------


def asked(world: World, **more: Any) -> Outgoing:
    card = cards.to_json(Card("How are you?", options=(Option("a", "Fine"),)))
    return replace(world.question(), **{"card": card, "token": "t1", "sounds": (SPOKEN,), **more})


async def test_a_sound_is_a_voice_message_below_the_words(world: World):
    out = asked(world)
    [receipt] = await world.adapter.deliver([out])
    said, below = world.fake.state(world.dm)
    assert (said["content"], said["attachments"]) == ("How are you?", [])
    assert (below["content"], below["flags"]) == ("", VOICE)
    [attached] = below["attachments"]
    assert (attached["content_type"], attached["duration_secs"]) == ("audio/ogg", 2.5)
    assert attached["waveform"] == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGA=="
    assert world.fake.uploads(below) == [("voice.ogg", SPOKEN.data)]
    assert receipt.platform_id == f"discord:{world.dm}:{said['id']}"
    assert await world.adapter.look_up(out) == receipt
    settle = asked(world, id="m2", act="edit", target=out.id, ref=receipt.platform_id, chosen="a", shown=out.card)
    [settled] = await world.adapter.deliver([replace(settle, card=None)])
    assert settled.platform_id == receipt.platform_id
    assert "Fine" in world.fake.said(world.dm)[0]
    assert len(world.fake.state(world.dm)) == 2  # what is said already is not said again


async def test_in_a_thread_the_voice_is_there_too(world: World):
    channel = world.fake.channels[world.team]
    [root] = await world.adapter.deliver([asked(world, address=f"{channel['guild_id']}/{world.team}", sounds=())])
    below = asked(world, id="m2", address=f"{channel['guild_id']}/{world.team}", under=root.platform_id, topic="Ada")
    [receipt] = await world.adapter.deliver([below])
    thread = root.platform_id.rpartition(":")[2]
    assert [m["flags"] & VOICE for m in world.fake.state(thread)] == [0, VOICE]
    assert await world.adapter.look_up(below) == receipt


async def test_where_no_voice_messages_are_allowed_it_is_a_file(world: World):
    world.fake.no_voice = True
    await world.adapter.deliver([asked(world)])
    _, below = world.fake.state(world.dm)
    assert (below["content"], below["flags"] & VOICE) == (f"-# {SPOKEN.label}", 0)
    assert world.fake.uploads(below) == [("voice.ogg", SPOKEN.data)]


@pytest.mark.parametrize("failure", [(413, 40005, "Request entity too large"), (403, 50013, "Missing Permissions")])
async def test_a_sound_that_is_refused_never_costs_the_words(world: World, failure: tuple[int, int, str]):
    world.fake.no_files = failure
    [first, second] = await world.adapter.deliver([asked(world), world.question("And now?", id="m2")])
    assert (first.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    assert world.fake.said(world.dm) == ["How are you?", "And now?"]


@pytest.mark.parametrize("failure", [{"status": 429, "retry_after": 0.1}, {"act": "taken"}, {"status": 500}])
async def test_a_moment_of_trouble_is_waited_out_and_nothing_comes_twice(world: World, failure: dict[str, Any]):
    world.fake.script["post"] = [{}, failure]
    [receipt] = await world.adapter.deliver([asked(world)])
    assert receipt.outcome is Outcome.SENT
    assert [m["flags"] & VOICE for m in world.fake.state(world.dm)] == [0, VOICE]
