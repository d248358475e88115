"""Recordings that people send on Telegram: as what they arrive, and how their bytes are fetched, once and only then."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.contract import Recorded, Rewording, Unfetchable, Upload, Words, beside, position
from adapters.telegram import files, words
from adapters.telegram.app import TelegramAdapter
from adapters.telegram.files import LIMIT
from bot.platforms import connected
from bot.settings import Settings
from tests.adapters.telegram.conftest import Make
from tests.fakes.port import RecordingPort
from tests.fakes.telegram import FakeTelegram

ANNA, GROUP = 7, -500
SPOKEN = b"OggS" + bytes(range(256)) * 3000  # 768 KB: several pieces
ELSEWHERE = {"type": "hidden_user", "date": 1, "sender_user_name": "Somebody"}


async def uploads(port: RecordingPort, count: int) -> list[Upload]:
    return [e.act for e in await port.until_events(count) if isinstance(e.act, Upload)]


async def whole(source: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in source])


async def refused(source: AsyncIterator[bytes]) -> str:
    with pytest.raises(Unfetchable) as problem:
        await whole(source)
    assert problem.value.__cause__ is None
    assert str(problem.value)
    return problem.value.why


async def sent(telegram: FakeTelegram, port: RecordingPort, data: bytes = SPOKEN, **more: Any) -> dict[str, str]:
    """Somebody records something: its ref."""
    telegram.record(ANNA, data, **more)
    (found,) = await uploads(port, 1)
    assert found.recorded is not None
    return found.recorded.ref


async def test_each_kind_arrives_as_what_it_is(telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort):
    for kind, seconds in (("voice", 4), ("video_note", 5), ("video", 6), ("audio", 7)):
        telegram.record(ANNA, b"x" * seconds, kind, seconds)
    telegram.upload(ANNA, "answer.opus", b"OggS", "application/octet-stream")
    telegram.upload(ANNA, "answer.mov", b"....", "video/quicktime")
    found = await uploads(port, 6)
    assert [(f.name, f.media_type, f.size) for f in found] == [
        ("voice.ogg", "audio/ogg", 4),
        ("video-note.mp4", "video/mp4", 5),
        ("video.mp4", "video/mp4", 6),
        ("audio.mp3", "audio/mp4", 7),
        ("answer.opus", "application/octet-stream", 4),
        ("answer.mov", "video/quicktime", 4),
    ]
    assert [f.recorded and (f.recorded.form, f.recorded.seconds, f.recorded.prepared) for f in found] == [
        ("voice", 4.0, False),
        ("video", 5.0, False),
        ("video", 6.0, False),
        ("voice", 7.0, True),
        ("voice", 0.0, True),
        ("video", 0.0, True),
    ]
    assert found[0].message == "telegram:7:101"
    assert found[0].recorded == Recorded(
        "voice", {"file_id": "file1", "unique_id": "ufile1", "size": "4"}, 4.0, prepared=False
    )
    assert telegram.counts["getFile"] == 0


async def test_what_was_passed_on_is_not_made_now(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    telegram.record(ANNA, b"x", forward_origin=ELSEWHERE)
    (found,) = await uploads(port, 1)
    assert found.recorded is not None
    assert found.recorded.prepared


async def test_what_only_looks_like_a_recording_is_none(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    moving = telegram.kept("cat.mp4", b"x")
    telegram.say(  # Telegram sends a moving picture as both
        ANNA,
        "",
        animation={**moving, "width": 9, "height": 9, "duration": 1, "mime_type": "video/mp4"},
        document={**moving, "mime_type": "video/mp4"},
    )
    telegram.upload(ANNA, "list.m3u8", b"#EXTM3U", "audio/x-mpegurl")
    telegram.upload(ANNA, "index.ts", b"export", "video/mp2t")
    await telegram.until(lambda t: len(t.messages(ANNA)) == 3)
    assert port.events == []
    assert set(telegram.seen(ANNA)) == {words.UNREADABLE}


async def test_every_recording_of_an_album_comes_once_and_words_beside_it_with_it(
    telegram: FakeTelegram, make: Make, port: RecordingPort
):
    telegram.duplicate = True
    for n in range(3):
        more = {"caption": "All three belong together"} if n == 0 else {}
        telegram.record(ANNA, b"x", "video", media_group_id="55", **more)
    await make().start()
    found = await uploads(port, 3)
    await telegram.until(lambda t: len(t.confirmed) == 6)
    assert len(port.events) == 3
    assert len({f.message for f in found}) == len({f.recorded.ref["file_id"] for f in found if f.recorded}) == 3
    assert [f.text for f in found] == ["All three belong together", "", ""]


async def test_an_edited_caption_rewords_what_was_written_and_not_what_was_said(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    number = telegram.record(ANNA, b"x", caption="frist")
    message = telegram.chat(ANNA).messages[number]
    telegram.update("edited_message", {**message, "caption": "first", "edit_date": telegram.now()})
    events = await port.until_events(2)
    name = f"telegram:7:{number}"
    assert events[1].act == Rewording(beside(name), "first")
    assert position(beside(name)) == position(name) == number


async def test_in_a_group_nobody_is_listened_to(telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort):
    ours = telegram.chat(GROUP).add(telegram.bot, telegram.now(), text="A scorecard")
    telegram.record(GROUP, b"x", user=1, reply_to_message={k: v for k, v in ours.items() if k != "reply_markup"})
    telegram.record(GROUP, b"x", "video", user=1)
    telegram.say(ANNA, "and on")
    (event,) = await port.until_events(1)
    assert isinstance(event.act, Words)
    await telegram.until(lambda t: len(t.confirmed) == 3)
    assert len(telegram.messages(GROUP)) == 1
    assert telegram.counts["getFile"] == 0


async def test_another_process_can_fetch_it_piece_by_piece(
    telegram: FakeTelegram, make: Make, adapter: TelegramAdapter, port: RecordingPort
):
    ref = await sent(telegram, port)
    await adapter.stop()
    pieces = [piece async for piece in make().read(ref, LIMIT)]  # one that isn't even connected
    assert b"".join(pieces) == SPOKEN
    assert max(map(len, pieces)) <= 256 << 10
    assert await refused(adapter.read(ref, LIMIT)) == "later"  # ours has gone home


async def test_whoever_reads_no_further_leaves_nothing_open(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    ref = await sent(telegram, port)
    async for _ in adapter.read(ref, LIMIT):
        break
    assert await whole(adapter.read(ref, LIMIT)) == SPOKEN


async def test_what_is_too_large_is_not_even_asked_for(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    assert adapter.capabilities.media == LIMIT
    ref = await sent(telegram, port, size=LIMIT + 1)
    assert await refused(adapter.read(ref, 1 << 30)) == "too_large"
    assert telegram.counts["getFile"] == 0
    unsized = {**ref, "size": "0"}  # Telegram didn't say
    assert await refused(adapter.read(unsized, 1 << 30)) == "too_large"
    assert (telegram.counts["getFile"], telegram.counts["file"]) == (1, 0)


async def test_what_grows_while_it_comes_is_stopped(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort
):
    ref = await sent(telegram, port, size=10)
    came = list[bytes]()

    async def keep() -> AsyncIterator[bytes]:
        async for piece in adapter.read(ref, 600_000):
            came.append(piece)
            yield piece

    assert await refused(keep()) == "too_large"
    assert 0 < sum(map(len, came)) <= 600_000


@pytest.mark.parametrize(
    ("fault", "why"), [("404", "gone"), ("403", "login"), ("500", "later"), ("200", "later"), ("drop", "later")]
)
async def test_a_recording_that_cannot_be_had_says_why_and_never_where_it_was(
    telegram: FakeTelegram,
    adapter: TelegramAdapter,
    port: RecordingPort,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    why: str,
):
    caplog.set_level(logging.DEBUG)
    ref = await sent(telegram, port)
    telegram.fail("file", fault)
    assert await refused(adapter.read(ref, LIMIT)) == why
    assert telegram.token not in caplog.text
    assert await whole(adapter.read(ref, LIMIT)) == SPOKEN


async def test_a_file_that_trickles_is_not_waited_for_for_ever(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, monkeypatch: pytest.MonkeyPatch
):
    ref = await sent(telegram, port)
    monkeypatch.setattr(files, "_MOST_SECONDS", 0.1)
    telegram.fail("file", "trickle")
    async with asyncio.timeout(10):  # the whole of it would take two hours
        assert await refused(adapter.read(ref, LIMIT)) == "later"


@pytest.mark.parametrize(("fault", "why"), [("429", "later"), ("500", "later"), ("drop", "later"), ("401", "login")])
async def test_telegram_in_trouble_is_not_a_file_that_is_gone(
    telegram: FakeTelegram, adapter: TelegramAdapter, port: RecordingPort, fault: str, why: str
):
    ref = await sent(telegram, port)
    telegram.fail("getFile", fault)
    assert await refused(adapter.read(ref, LIMIT)) == why


async def test_a_ref_that_names_nothing_is_gone(telegram: FakeTelegram, adapter: TelegramAdapter):
    for ref in ({}, {"file_id": ""}, {"file_id": "file404", "size": "many"}):
        assert await refused(adapter.read(ref, LIMIT)) == "gone"


async def test_a_server_of_ones_own_has_no_limit_and_names_a_place_on_this_machine(
    telegram: FakeTelegram, make: Make, port: RecordingPort, tmp_path: Path
):
    telegram.disk = str(tmp_path)
    adapter = make(local=True)
    await adapter.start()
    assert adapter.capabilities.media == 0
    ref = await sent(telegram, port, size=LIMIT + 1)
    assert await whole(adapter.read(ref, 1 << 30)) == SPOKEN
    assert await refused(adapter.read({**ref, "size": "1"}, 1000)) == "too_large"
    assert telegram.counts["file"] == 0
    assert (tmp_path / "file1_voice.oga").read_bytes() == SPOKEN


def test_the_setting_says_whether_there_is_a_limit(port: RecordingPort):
    for local, media in ((False, LIMIT), (True, 0)):
        (found,) = connected(Settings(telegram_token=SecretStr("1:x"), telegram_local=local), port)
        assert found.capabilities.media == media
