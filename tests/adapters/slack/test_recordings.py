"""Recordings on Slack: clips and files that people send, how their bytes are fetched, and sounds that Parley sends."""

import logging
from typing import Any

import pytest

from adapters.contract import (
    Audio,
    OpenChat,
    Outcome,
    Takeback,
    Unavailable,
    Unfetchable,
    Upload,
    Words,
    beside,
    position,
)
from adapters.slack import files, words
from adapters.slack.app import SlackAdapter
from flows import cards
from flows.cards import Card, Option
from tests.adapters.files import ICS, INVITATION
from tests.adapters.slack.conftest import config, outgoing
from tests.fakes.port import RecordingPort
from tests.fakes.slack import LOGIN_PAGE, TEAM, FakeSlack, seen_text

SOUND = b"OggS" + bytes(range(256)) * 700  # 180 KB: several pieces
SPOKEN = Audio("Question 1, read aloud", b"OggS-question", 2.5, bytes(range(25)))


async def upload(fake: FakeSlack, port: RecordingPort, *shared: dict[str, Any], text: str = "") -> Upload:
    await fake.say("U1", text, files=shared)
    act = (await port.until_events(1))[0].act
    assert isinstance(act, Upload)
    assert act.recorded is not None
    return act


async def whole(adapter: SlackAdapter, act: Upload, limit: int = 1 << 20) -> bytes:
    assert act.recorded is not None
    return b"".join([piece async for piece in adapter.read(act.recorded.ref, limit)])


async def refusal(adapter: SlackAdapter, act: Upload, limit: int = 1 << 20) -> Unfetchable:
    with pytest.raises(Unfetchable) as refused:
        await whole(adapter, act, limit)
    return refused.value


# -- what comes --------------------------------------------------------------------------------------------


async def test_a_clip_without_words_is_a_recording(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    act = await upload(fake, port, clip := fake.clip(SOUND, seconds=7.25))
    ref = {"team": TEAM, "file": clip["id"], "url": clip["url_private_download"]}
    assert (act.recorded.form, act.recorded.seconds, act.recorded.prepared) == ("voice", 7.25, False)
    assert act.recorded.ref == ref
    assert act.message.startswith(f"slack:{TEAM}/{fake.direct('U1')}:")
    assert fake.downloads == []  # nothing is fetched by receiving it
    assert await whole(adapter, act) == SOUND


@pytest.mark.parametrize(
    ("name", "mimetype", "form"),
    [
        ("answer.mp3", "audio/mpeg", "voice"),
        ("answer.mov", "video/quicktime", "video"),
        ("note.m4a", "application/octet-stream", "voice"),
        ("take.WEBM", "", "video"),
    ],
)
async def test_a_file_with_sound_is_a_prepared_recording(
    name: str, mimetype: str, form: str, fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    act = await upload(fake, port, fake.file(name, SOUND, mimetype))
    assert (act.recorded.form, act.recorded.seconds, act.recorded.prepared) == (form, 0.0, True)


async def test_several_in_one_message_are_recordings_of_their_own(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    shared = (fake.clip(b"one"), fake.file("me.png", b"\x89PNG", "image/png"), fake.clip(b"two", video=True))
    ts = await fake.say("U1", "both of them", files=shared)
    first, second = await port.until_events(2)
    assert (first.id, second.id) == (f"m/{fake.direct('U1')}/{ts}", f"m/{fake.direct('U1')}/{ts}/1")
    assert (first.act.text, second.act.text) == ("both of them", "")
    assert second.act.message == f"{first.act.message}/1"
    assert position(first.act.message) == position(second.act.message) == position(beside(first.act.message)) > 0
    assert second.act.recorded.form == "video"
    assert [await whole(adapter, e.act) for e in (first, second)] == [b"one", b"two"]
    await fake.until(lambda f: f.parleys("U1"))  # and of the picture it is said that it can't be used
    assert words.FILE_UNREAD in seen_text(fake.parleys("U1")[0]["blocks"])


async def test_delivered_twice_it_is_one(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await upload(fake, port, fake.clip(SOUND))
    await (await fake.repeat(fake.sent[-1])).ack()
    assert (port.received, len(port.events)) == (2, 1)
    assert fake.parleys("U1") == []


async def test_what_is_written_beside_it_is_edited_by_its_own_name(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    await fake.say("U1", "my answer", files=[fake.clip(SOUND)])
    ts = fake.messages("U1")[0]["ts"]
    await fake.edit("U1", ts, "my whole answer")
    await fake.delete("U1", ts)
    spoken, edited, gone = await port.until_events(3)
    assert edited.act.message == beside(spoken.act.message)
    assert gone.act == Takeback(spoken.act.message)


async def test_nothing_of_a_channel_is_a_recording(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await adapter.deliver([outgoing("m0", address=f"{TEAM}/C1")])
    await fake.say("U1", "listen", "C1", fake.parleys("C1")[0]["ts"], files=[fake.clip(SOUND)])
    assert [type(e.act) for e in await port.until_events(1)] == [Words]


async def test_other_files_are_answered_kindly(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    await fake.say("U1", "", files=[fake.file("me.png", b"\x89PNG", "image/png")])
    await fake.until(lambda f: f.parleys("U1"))
    assert port.events == []
    await fake.say("U1", "and words", files=[fake.file("cv.pdf", b"%PDF", "application/pdf")])
    assert (await port.until_events(1))[0].act.text == "and words"
    await fake.until(lambda f: len(f.parleys("U1")) == 2)


async def test_a_recording_of_downtime_is_found(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    fake.written("U1", "", files=[fake.blank(fake.clip(SOUND))])
    port.chats = [OpenChat(f"{TEAM}/U1", 0)]
    await adapter.catch_up(0)
    (event,) = port.events
    assert await whole(adapter, event.act) == SOUND


# -- files that Slack doesn't describe, or hasn't got yet ---------------------------------------------------


async def test_of_another_organisation_it_is_asked_what_it_is(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    act = await upload(fake, port, fake.blank(fake.clip(SOUND, seconds=3, video=True)))
    assert (act.recorded.form, act.recorded.seconds, act.recorded.prepared) == ("video", 3.0, False)
    await fake.say("U1", "", files=[fake.blank(fake.file("me.png", b"\x89PNG", "image/png"))])
    await fake.until(lambda f: f.parleys("U1"))
    assert len(port.events) == 1
    assert await whole(adapter, act) == SOUND


async def test_what_slack_does_not_say_now_it_says_when_it_is_read(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    fake.script("files.info", "429")
    act = await upload(fake, port, fake.blank(fake.clip(SOUND)))
    assert (act.recorded.form, act.recorded.ref["url"], act.recorded.prepared) == ("voice", "", False)
    assert (await refusal(adapter, act)).why == "later"  # Slack has asked for seven seconds
    adapter._clients._pauses.clear()
    assert await whole(adapter, act) == SOUND


async def test_a_clip_that_is_not_ready_is_waited_for(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "_WAITS", (0.0, 0.01, 0.02))
    act = await upload(fake, port, fake.clip(SOUND, ready_after=2))
    assert act.recorded.ref["url"] == ""
    assert await whole(adapter, act) == SOUND
    fake.change_file(act.recorded.ref["file"], looks=9)
    refused = await refusal(adapter, act)
    assert (refused.why, str(refused)) == ("later", words.FILE_LATER)


async def test_after_a_restart_it_is_read_by_what_was_kept(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    act = await upload(fake, port, fake.clip(SOUND))
    await adapter.stop()
    after = SlackAdapter(config(fake), port)
    assert (await refusal(after, act)).why == "later"  # not started yet: nothing is lost
    await after.start()
    assert await whole(after, act) == SOUND
    moved = {**act.recorded.ref, "url": f"{fake.base}/files/F9/moved.m4a"}
    assert b"".join([p async for p in after.read(moved, 1 << 20)]) == SOUND
    await after.stop()


# -- what goes wrong ----------------------------------------------------------------------------------------


async def test_a_sign_in_page_is_no_recording(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    page = await upload(fake, port, fake.clip(SOUND))
    fake.lacking = {"files:read"}
    refused = await refusal(adapter, page)
    assert (refused.why, str(refused)) == ("login", words.FILE_LOGIN)
    assert [r.levelname for r in caplog.records if f"slack_file_login {TEAM}" in r.message] == ["ERROR"]
    unsaid = {**page.recorded.ref, "url": ""}  # and when it is asked for
    with pytest.raises(Unfetchable) as refused_there:
        await anext(adapter.read(unsaid, 1))
    assert refused_there.value.why == "login"


async def test_a_page_that_is_called_a_sound_is_no_recording(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    disguised = b"\n " + LOGIN_PAGE.ljust(1 << 17)
    assert (await refusal(adapter, await upload(fake, port, fake.clip(disguised)))).why == "login"


async def test_a_token_goes_to_slack_only(fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter):
    elsewhere = fake.base.replace("127.0.0.1", "localhost")
    strange = await upload(fake, port, fake.clip(SOUND) | {"url_private_download": f"{elsewhere}/files/F1/x"})
    assert (await refusal(adapter, strange)).why == "gone"
    assert fake.downloads == []
    sent_on = fake.clip(SOUND)
    fake.change_file(sent_on["id"], redirect=f"{elsewhere}/files/{strange.recorded.ref['file']}/x")
    await fake.say("U1", "", files=[sent_on])
    assert (await refusal(adapter, (await port.until_events(2))[1].act)).why == "login"
    assert fake.downloads == [sent_on["id"]]


@pytest.mark.parametrize("chunked", [False, True])
async def test_more_than_was_said_is_too_large(
    chunked: bool, fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter
):
    act = await upload(fake, port, fake.clip(SOUND))
    fake.change_file(act.recorded.ref["file"], chunked=chunked)
    refused = await refusal(adapter, act, len(SOUND) - 1)
    assert (refused.why, str(refused)) == ("too_large", words.FILE_TOO_LARGE)
    assert await whole(adapter, act, len(SOUND)) == SOUND


async def test_what_is_gone_or_in_trouble_is_told_apart(
    fake: FakeSlack, port: RecordingPort, adapter: SlackAdapter, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "_WAITS", (0.0,))
    act = await upload(fake, port, fake.clip(SOUND))
    for status, why in ((500, "later"), (429, "later"), (404, "later"), (400, "gone")):
        fake.change_file(act.recorded.ref["file"], status=status)
        assert (await refusal(adapter, act)).why == why
    fake.script("files.info", "error:token_revoked")
    fake.change_file(act.recorded.ref["file"], status=404)
    assert (await refusal(adapter, act)).why == "login"
    fake.change_file(act.recorded.ref["file"], gone=True)
    assert (await refusal(adapter, act)).why == "gone"
    empty = (await fake.say("U1", "", files=[fake.clip(b"")]), await port.until_events(2))[1][1].act
    assert (await refusal(adapter, empty)).why == "later"
    port.unavailable = True
    adapter._clients.forget(TEAM)
    assert (await refusal(adapter, act)).why == "later"
    port.unavailable = False
    await port.uninstall("slack", TEAM)
    assert (await refusal(adapter, act)).why == "gone"


# -- sounds that Parley sends -------------------------------------------------------------------------------


def asked(id: str = "m1", **more: Any):
    card = cards.to_json(Card("How are you?", options=(Option("a", "Fine"),)))
    return outgoing(id, card=card, token="c:q", sounds=(SPOKEN,), **more)


async def test_a_sound_is_a_file_below_the_words(fake: FakeSlack, adapter: SlackAdapter):
    [receipt] = await adapter.deliver([asked()])
    said, below = fake.parleys("U1")
    assert "How are you?" in seen_text(said["blocks"])
    assert fake.uploads(below) == [("voice.ogg", SPOKEN.data)]
    assert below["files"][0]["title"] == SPOKEN.label
    assert receipt.platform_id.endswith(said["ts"])
    assert await adapter.look_up(asked(at=int(fake.now() * 1000))) == receipt
    settle = asked("m2", act="edit", target="m1", ref=receipt.platform_id, chosen="a")
    await adapter.deliver([settle])
    assert len(fake.parleys("U1")) == 2  # what is said already is not said again


async def test_in_a_thread_the_sound_is_there_too(fake: FakeSlack, adapter: SlackAdapter):
    [root] = await adapter.deliver([outgoing("m0", address=f"{TEAM}/C1")])
    await adapter.deliver([asked(address=f"{TEAM}/C1", under=root.platform_id)])
    ts = fake.parleys("C1")[0]["ts"]
    assert [bool(m.get("files")) for m in fake.thread("C1", ts)] == [False, True]


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        ("files.getUploadURLExternal", "error:missing_scope"),
        ("files.getUploadURLExternal", "429"),
        ("upload", "500"),
        ("files.completeUploadExternal", "drop"),
        ("files.completeUploadExternal", "error:restricted_action"),
    ],
)
async def test_a_sound_that_fails_never_costs_the_words(
    fake: FakeSlack, adapter: SlackAdapter, method: str, failure: str
):
    fake.script(method, failure)
    document = outgoing("m2", card=cards.to_json(Card("Later.", files=(INVITATION,))))
    [first] = await adapter.deliver([asked()])
    adapter._clients._pauses.clear()
    [second] = await adapter.deliver([document])
    assert (first.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    assert [fake.uploads(m) for m in fake.parleys("U1")] == [[], [], [("invitation.ics", ICS)]]


async def test_a_store_that_shuts_meanwhile_says_nothing_twice(
    fake: FakeSlack, adapter: SlackAdapter, monkeypatch: pytest.MonkeyPatch
):
    async def shut(*_: Any) -> tuple[str, ...]:
        raise Unavailable

    await adapter.deliver([outgoing("m0")])
    ids = adapter._sender._uploads.ids
    monkeypatch.setattr(adapter._sender._uploads, "ids", lambda *a: ids(*a) if not a[2] else shut())
    [receipt] = await adapter.deliver([asked()])
    assert receipt.outcome is Outcome.SENT
    assert len(fake.parleys("U1")) == 2
