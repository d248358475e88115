"""The sounds of messages: made in time or left out, kept where they may be, and heard by nobody else."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.web.app import COOKIE
from bot import people, sounds
from bot.media.contract import Blob, Clip
from bot.media.media import Media
from bot.sounds import Kept, Sounds
from bot.speech.contract import EarProblem
from bot.speech.voices import Espeak
from bot.store.rows import DataKey, Interview, Outbox, Recording, Thread
from bot.store.store import Row
from bot.web.host import host
from flows.cards import Card, Sound
from flows.cards import to_json as card_json
from flows.words import voice_en
from tests.bot.scorecards.conftest import within
from tests.bot.spoken import spoken
from tests.bot.stagehand import Seat, Stage, acting, settle
from tests.fakes.adapter import ScriptedAdapter

ASK = "Tell me about an outage."
SAID = Card("Please listen.", sounds=(Sound(voice_en.ALOUD, ASK, "en", True),))


class Counting(Espeak):
    """espeak-ng, and what it was asked for. trouble: what it does instead of speaking."""

    def __init__(self, trouble: Any = None) -> None:
        super().__init__()
        self.said: list[str] = []
        self.trouble = trouble

    async def say(self, text: str, language: str) -> bytes:
        self.said.append(text)
        if self.trouble is not None:
            await self.trouble()
        return await super().say(text, language)


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
async def media(stage: Stage) -> AsyncIterator[Media]:
    made = Media.at(stage.settings)
    yield made
    await made.stop()


def made_with(stage: Stage, media: Media, voice: Espeak | None) -> Sounds:
    app = stage.app
    return Sounds(app.store, app.keys, media, voice, stage.settings.media / "voices")


def row(**values: str) -> Row:
    return {"tenant_id": "t_main", "id": "m_1", "subject_id": "p_1", "thread_id": "t_1", **values}


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def kept(media: Media, subject: str, words: str = "One two three four five six seven eight nine ten.") -> Blob:
    """Somebody's recording in the store."""
    arrived = await media.receive(pieces(await Espeak().say(words, "en")), 10_000_000)
    return (await media.open(arrived, subject, video=False, longest_ms=60_000)).kept


# -- words read aloud -------------------------------------------------------------------------------------------------


async def test_a_kits_words_are_spoken_once_and_kept(stage: Stage, media: Media):
    voice = Counting()
    own, card = made_with(stage, media, voice), card_json(SAID)
    (one,), (two,) = await asyncio.gather(own.of_message(row(), card), own.of_message(row(id="m_2"), card))
    assert (one.data[:4], one.label, one.mime) == (b"OggS", voice_en.ALOUD, "audio/ogg")
    assert b"automated" in one.data[:600].lower(), "marked as synthetic"
    assert 1 < one.seconds < 4
    assert 10 < len(one.waveform) <= 256
    assert (one, voice.said) == (two, [ASK]), "two candidates at the same moment"
    later = made_with(stage, media, Counting(trouble=_never))
    assert await later.of_message(row(), card) == (one,), "after a restart"
    (file,) = (stage.settings.media / "voices").iterdir()
    file.write_bytes(file.read_bytes()[:500])
    mended = Counting()
    assert await made_with(stage, media, mended).of_message(row(), card) == (one,)
    assert mended.said == [ASK]
    own_words = Card("x", sounds=(Sound("label", "What did you do then?"),))
    assert await own.of_message(row(), card_json(own_words))
    assert len(list(file.parent.iterdir())) == 1, "only a kit's words stay on disk"
    await own.close()


async def _never() -> None:
    raise EarProblem("not asked")


async def _hangs() -> None:
    await asyncio.sleep(60)


def test_too_many_of_them_make_room_and_a_full_disk_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept, clip = Kept(tmp_path / "voices"), Clip(b"OggS" * 250, 1.5, b"\x01\x02")
    monkeypatch.setattr(sounds, "_MOST_KEPT", 2_500)
    for n, key in enumerate(("first", "second")):
        kept.keep(key, clip)
        os.utime(tmp_path / "voices" / key, (n, n))
    assert kept.take("first") == clip, "wanted again, and so the youngest"
    kept.keep("third", clip)
    assert (kept.take("second"), kept.take("first"), kept.take("third")) == (None, clip, clip)
    (tmp_path / "file").write_bytes(b"")
    full = Kept(tmp_path / "file")
    full.keep("key", clip)
    assert full.take("key") is None


async def on_a_platform(stage: Stage, who: str = "Tom") -> tuple[ScriptedAdapter, Seat]:
    """Somebody's own chat is on a platform now."""
    seat, adapter = stage.seats[who], ScriptedAdapter(name="scripted")
    await stage.app.store.commit(
        lambda tx: tx.change(Thread, {"tenant_id": "t_main", "id": seat.who.thread_id}, {"platform": "scripted"})
    )
    stage.app.outbox.adapters["scripted"] = adapter
    stage.app.outbox.moved(seat.who.thread_id)
    await settle()
    return adapter, seat


async def shows(stage: Stage, seat: Seat, card: Card, subject: str = "") -> str:
    """A message in somebody's own chat; its id."""
    from bot.scene import Scene

    def unit(tx: Any) -> tuple[str, Any]:
        (thread,) = tx.find(Thread, {"tenant_id": "t_main", "id": seat.who.thread_id})
        scene = Scene(tx, stage.app.keys, stage.app.ids, thread, stage.clock.now())
        return scene.show(card, subject_id=subject), scene.close()

    message, after = await stage.app.store.commit(unit)
    stage.app.intake.forget(seat.who.thread_id)
    stage.app.runner.committed(seat.who.thread_id, after)
    await settle()
    return message


@pytest.mark.parametrize("trouble", [None, _never, _hangs])
async def test_a_message_comes_with_its_sound_and_never_waits_long_for_it(
    stage: Stage, media: Media, monkeypatch: pytest.MonkeyPatch, trouble: Any
):
    monkeypatch.setattr(sounds, "SAY_SECONDS", 4.0 if trouble is None else 0.3)
    adapter, seat = await on_a_platform(stage)
    own = made_with(stage, media, voice := Counting(trouble))
    stage.app.outbox.sounds = own.of_message
    await shows(stage, seat, SAID)
    (handed,) = adapter.handed
    assert handed.card is not None
    assert handed.card["text"] == SAID.text
    assert len(handed.sounds) == (trouble is None)
    if trouble is _never:  # a voice that fails is left alone for a while
        await shows(stage, seat, Card("again", sounds=(Sound("l", "Another one."),)))
        assert voice.said == [ASK]
    await own.close()


async def answering(stage: Stage) -> Seat:
    """A candidate who has answered and not sent it off yet."""
    ada = await stage.invite()
    await ada.plays(until="end", consent_recording="yes")
    return ada


# -- recordings -------------------------------------------------------------------------------------------------------


async def test_a_piece_of_a_recording_is_heard_where_it_may_be_and_nowhere_else(stage: Stage, media: Media):
    ada, bob = await answering(stage), await stage.invite("Bob Li")
    app, subject = stage.app, ada.who.person_id
    u, other = (await spoken(stage, ada, await kept(media, subject)))[:2]
    own = made_with(stage, media, None)
    card = card_json(Card("x", sounds=(Sound("clip", recording=u, start=500, end=2_500),)))
    channel = row(subject_id=subject, thread_id=stage.channel_id)
    (clip,) = await own.of_message(channel, card)
    assert clip.data[:4] == b"OggS"
    assert 1.8 < clip.seconds < 2.3
    assert clip.waveform
    for wrong in ({"subject_id": bob.who.person_id}, {"tenant_id": "t_other"}):
        assert await own.of_message({**channel, **wrong}, card) == ()
    said = card_json(Card("x", sounds=(Sound("yours", recording=u, own=True), Sound("aloud", ASK))))
    assert await own.of_message(channel, said) == (), "their own stands in the chat, and nobody reads aloud"
    assert await own.on_page(channel, said, 1) is await own.on_page(channel, said, 2) is None
    changed, own_chat = {"tenant_id": "t_main", "id": u}, {**channel, "thread_id": ada.who.thread_id}
    await app.store.commit(lambda tx: tx.change(Recording, changed, {"purpose": "practice"}))
    assert await own.of_message(channel, card) == ()
    await app.store.commit(lambda tx: tx.change(Recording, changed, {"purpose": "answer", "state": "dropped"}))
    assert await own.of_message(own_chat, card) == ()
    theirs = card_json(Card("x", sounds=(Sound("clip", recording=other, start=0, end=1_000),)))
    (now,) = await stage.rows(Interview, candidate_id=subject)
    assert await own.of_message(channel, theirs)
    for ended in ({"flags": '{"consents":{"recording":"no"}}'}, {"status": "withdrawn"}):
        await app.store.commit(lambda tx, e=ended: tx.change(Interview, {"id": now["id"]}, e))
        assert await own.of_message(channel, theirs) == ()
        assert await own.of_message(own_chat, theirs), "to themselves"
        await app.store.commit(lambda tx: tx.change(Interview, {"id": now["id"]}, {"flags": now["flags"]}))
    await app.store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": "t_main", "subject_id": subject}))
    app.keys.forget("t_main", subject)
    assert await own.of_message(own_chat, theirs) == (), "erased"


async def test_a_page_plays_only_what_its_person_may_read(stage: Stage, media: Media):
    ada, bob = await answering(stage), await stage.invite("Bob Li")
    (u, *_) = await spoken(stage, ada, await kept(media, ada.who.person_id))
    whole = Sound("yours", recording=u, own=True)
    message = await shows(stage, ada, Card("Listen.", sounds=(SAID.sounds[0], whole)))
    posted = await within(
        stage, ada, lambda s, i: s.show(Card("Evidence", sounds=(whole,)), subject_id=i["candidate_id"])
    )
    shown = (await ada.messages())[-1]["card"]["sounds"]
    assert shown == [{"n": 0, "label": voice_en.ALOUD}, {"n": 1, "label": "yours"}]
    path = f"/api/v1/sounds/{message}"
    async with await browser(stage, ada) as b:
        spoken_words, recording = await b.get(f"{path}/0"), await b.get(f"{path}/1")
        for answer in (spoken_words, recording):
            assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/ogg")
            assert answer.content[:4] == b"OggS"
            assert answer.headers["cache-control"].startswith("private")
        part = await b.get(f"{path}/1", headers={"range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"OggS")
        wrong = [f"{path}/2", f"{path}/-1", "/api/v1/sounds/m_none/0", f"/api/v1/sounds/{posted}/0"]
        assert {(await b.get(p)).status_code for p in wrong} == {404}, "the channel isn't a candidate's"
    async with await browser(stage, bob) as b:
        assert (await b.get(f"{path}/1")).status_code == 404, "somebody else's message"
    async with await browser(stage, stage.seats["Tom"]) as b:
        assert (await b.get(f"{path}/1")).status_code == 404
        assert (await b.get(f"/api/v1/sounds/{posted}/0")).status_code == 200
    async with await browser(stage, None) as b:
        assert (await b.get(f"{path}/1")).status_code == 401
    await within(stage, ada, lambda s, i: s.edit(posted, Card("Covered"), subject_id=i["candidate_id"]))
    async with await browser(stage, stage.seats["Tom"]) as b:
        assert (await b.get(f"/api/v1/sounds/{posted}/0")).status_code == 404, "as it is shown now"


async def browser(stage: Stage, seat: Seat | None) -> httpx.AsyncClient:
    """Somebody's browser, signed in; or nobody's."""
    app, cookies = stage.app, dict[str, str]()
    if seat is not None:
        who = seat.who
        cookies[COOKIE] = await app.store.commit(
            lambda tx: people.open_session(tx, app.ids, who.tenant_id, who.person_id, stage.clock.now())
        )
    return httpx.AsyncClient(transport=httpx.ASGITransport(host(app)), base_url="http://parley.test", cookies=cookies)


async def test_where_nobody_reads_aloud_a_page_offers_no_player(home: Path):
    async with acting(home, voice="off") as stage:
        await shows(stage, stage.seats["Tom"], SAID)
        card = (await stage.seats["Tom"].messages())[-1]["card"]
        assert (card["text"], "sounds" in card) == (SAID.text, False)
        (stored,) = [r for r in await stage.rows(Outbox, "seq") if r["thread_id"] == stage.seats["Tom"].who.thread_id][
            -1:
        ]
        assert stored["state"] == "sent"
