"""From an upload to words in the conversation: a real file, opened and kept, heard by a real (tiny) model."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot import people
from bot.recordings import shelf, transcripts
from bot.store.rows import DataKey, Interview, Recording, Transcript, Utterance, Work
from bot.store.store import Row
from bot.web.host import host
from bot.work.job import Job
from bot.work.transcribe import Transcribing
from flows.kits.model import AnswerGuide
from flows.words import voice_en as words
from tests.bot.stagehand import SECOND, Seat, Stage, acting, settle
from tests.flows.rating.small_kit import KIT
from tests.speech_model import beeping, sentence, wav

EITHER = AnswerGuide(modes=("text", "voice"), guide_minutes=2)
SPOKEN = KIT.model_copy(update={"questions": tuple(q.model_copy(update={"answer": EITHER}) for q in KIT.questions)})


def opus(said: list[str | None]) -> bytes:
    return encoded(beeping(said).tobytes())


def encoded(sound: bytes) -> bytes:
    """A voice note as phones make them."""
    command = ["ffmpeg", "-v", "error", "-i", "pipe:0", "-c:a", "libopus", "-b:a", "32k", "-f", "ogg", "pipe:1"]
    return subprocess.run(command, input=wav(sound), capture_output=True, check=True).stdout


def said(n: int) -> str:
    return " ".join(w for w in sentence(n) if w)


class Speaker:
    """A candidate at the first question, who answers by voice from the page."""

    def __init__(self, stage: Stage, seat: Seat, session: str) -> None:
        self.stage, self.seat, self._n = stage, seat, 0
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(host(stage.app)), base_url="http://parley.test/api/v1",
            headers={"Authorization": f"Bearer {session}"},
        )  # fmt: skip

    async def speaks(self, data: bytes, seconds: float = 3.0, wait: bool = True) -> str:
        """Upload a recording and send it off; its id."""
        return await self.sends(await self.uploads(data), seconds, wait)

    async def uploads(self, data: bytes) -> str:
        self._n += 1
        thread, about = self.seat.who.thread_id, {"form": "voice", "media_type": "audio/ogg", "prepared": False}
        begun = await self.http.post(f"/threads/{thread}/recordings", json={"id": f"take-{self._n:04d}", **about})
        upload = begun.json()["id"]
        for at in range(0, len(data), 262_144):
            await self.http.put(f"/recordings/{upload}", params={"at": at}, content=data[at : at + 262_144])
        await self.http.post(f"/recordings/{upload}/done", json={"length": len(data)})
        return upload

    async def sends(self, upload: str, seconds: float = 3.0, wait: bool = True) -> str:
        self.stage.clock.forward(SECOND)
        asked = (await self.seat.must_wait()).token
        event = {"id": f"event-{upload}", "kind": "spoke", "upload": upload, "form": "voice"}
        sent = {"events": [{**event, "seconds": seconds, "asked": asked}]}
        answer = await self.http.post(f"/threads/{self.seat.who.thread_id}/events", json=sent)
        assert answer.status_code == 200, answer.text
        if wait:
            await settle()
        return (await self.stage.rows(Recording, "-seq"))[0]["id"]

    async def recording(self, u: str) -> Row:
        return (await self.stage.rows(Recording, id=u))[0]

    async def wording(self, u: str) -> str:
        (row,) = await self.stage.rows(Utterance, id=u, version=0)
        return str(self.stage.app.keys.open(row["tenant_id"], row["subject_id"], row["body"]))


async def speaker(stage: Stage, name: str = "Ada Okoye") -> Speaker:
    seat = await stage.invite(name)
    await seat.plays(until="outage", consent_recording="yes", start_mode="speak", start_ready="go")
    session = await stage.app.store.commit(
        lambda tx: people.open_session(tx, stage.app.ids, seat.who.tenant_id, seat.who.person_id, stage.clock.now())
    )
    return Speaker(stage, seat, session)


@pytest.fixture
async def stage(home: Path, beeps: Path) -> AsyncIterator[Stage]:
    async with acting(home, kit=SPOKEN, speech_model=str(beeps), speech_threads=1) as made:
        yield made


def _worker(stage: Stage) -> Transcribing:
    found = getattr(stage.app.runner.workers["Transcribe"], "__self__", None)
    assert isinstance(found, Transcribing)
    return found


def blobs(stage: Stage) -> list[Path]:
    return [p for p in (stage.settings.media / "kept").rglob("*") if p.is_file()]


async def test_a_voice_note_becomes_exactly_its_words_and_is_kept_with_their_times(stage: Stage):
    before = set(blobs(stage))
    ada = await speaker(stage)
    u = await ada.speaks(opus(sentence(123456)))
    row = await ada.recording(u)
    assert (row["state"], row["why"]) == (shelf.HEARD, "")
    assert abs(row["ms"] - 2400) < 60
    assert await ada.wording(u) == said(123456)
    assert said(123456) in str(await ada.seat.messages())
    heard = await stage.app.store.read(lambda tx: transcripts.of(tx, stage.app.keys, row["tenant_id"], u))
    assert heard is not None
    assert [w[0] for w in heard.words] == sentence(123456)
    assert all(abs(start - 400 * n) <= 60 for n, (_, start, _, _) in enumerate(heard.words))
    assert heard.speech
    body = await stage.app.store.read(lambda tx: shelf.opened(tx, stage.app.keys, row))
    assert body.points
    (kept,) = set(blobs(stage)) - before
    # What was heard is never heard again: the same work once more gives the same words without a blob to read.
    kept.unlink()
    stage.clock.forward(SECOND)
    (work,) = await stage.rows(Work, kind="Transcribe")
    await stage.app.store.commit(
        lambda tx: tx.change(Work, {"tenant_id": work["tenant_id"], "id": work["id"]}, {"state": "pending"})
    )
    stage.app.runner._look_for_work()  # pyright: ignore[reportPrivateUsage]
    await settle()
    assert (await stage.rows(Work, kind="Transcribe"))[0]["state"] == "done"
    assert len(await stage.rows(Utterance, id=u)) == 1


async def test_what_cannot_be_heard_is_said_kindly_and_counts_for_nothing(stage: Stage):
    ada = await speaker(stage, "Ben Adler")
    for data, why in ((encoded(bytes(96_000)), "silence"), (b"these are words and no recording " * 40, "unreadable")):
        u = await ada.speaks(data)
        row = await ada.recording(u)
        assert (row["state"], row["why"]) == (shelf.UNHEARD, why)
        assert words.not_heard(why).text in await ada.seat.texts()
        assert not await stage.rows(Utterance, id=u)
        assert not await stage.rows(Transcript, recording_id=u)
    assert (await ada.seat.must_wait()).key == "outage"


async def test_without_consent_or_beyond_the_quota_nothing_is_fetched(home: Path, beeps: Path):
    async with acting(home, kit=SPOKEN, speech_model=str(beeps), speech_threads=1, recording_quota=10) as stage:
        ada = await speaker(stage)
        first = await ada.speaks(opus(sentence(1)))
        more = [await ada.uploads(opus(sentence(n))) for n in (2, 3)]
        tenant, about = stage.app.tenant_id, {"size": 11_000_000}
        await stage.app.store.commit(lambda tx: tx.change(Recording, {"tenant_id": tenant, "id": first}, about))
        second = await ada.sends(more[0])
        assert (await ada.recording(second))["blob"] == ""
        assert words.not_heard("quota").text in await ada.seat.texts()
        await stage.app.store.commit(lambda tx: tx.change(Interview, {"tenant_id": tenant}, {"flags": "{}"}))
        third = await ada.sends(more[1])
        row = await ada.recording(third)
        assert (row["state"], row["why"], row["blob"]) == (shelf.UNHEARD, "off", "")
        assert len(blobs(stage)) == 1


async def test_a_restart_in_the_middle_hears_it_once(home: Path, beeps: Path):
    async with acting(home, kit=SPOKEN, speech_model=str(beeps), speech_threads=1) as stage:
        ada = await speaker(stage)
        u = await ada.speaks(opus(sentence(246813)), wait=False)
        async with asyncio.timeout(20):
            while (await ada.recording(u))["state"] == shelf.COMING:  # noqa: ASYNC110  (a row)
                await asyncio.sleep(0.005)
        # It is fetched once: what was uploaded is gone, so that it couldn't be again.
        await stage.restart()
        assert (await ada.recording(u))["state"] == shelf.HEARD
        assert await ada.wording(u) == said(246813)
        assert len(blobs(stage)) == 1


async def test_taking_it_back_stops_the_listening_and_deletes_the_bytes(stage: Stage):
    before = set(blobs(stage))
    ada = await speaker(stage, "Cleo Marsh")
    file = opus(sentence(5))
    kept, same = await ada.speaks(file), await ada.speaks(file)  # the same file: kept once
    assert len(set(blobs(stage)) - before) == 1
    late = await ada.speaks(opus(sentence(77)), seconds=50, wait=False)
    await ada.seat.says("take it back")
    await settle()
    row = await ada.recording(late)
    assert (row["state"], row["blob"]) == (shelf.DROPPED, "")
    assert not await stage.rows(Transcript, recording_id=late)
    assert not await stage.rows(Utterance, id=late)
    assert len(set(blobs(stage)) - before) == 1
    assert not list((stage.settings.media / "coming").glob("*"))
    assert {(await ada.recording(u))["state"] for u in (kept, same)} == {shelf.HEARD}


async def test_the_same_file_kept_and_forgotten_at_once_is_there_while_it_is_needed(stage: Stage):
    """What is kept once for two recordings goes neither when one of them does, nor while the other one is coming."""
    before = set(blobs(stage))
    ada = await speaker(stage, "Dina Wolf")
    file = opus(sentence(5))
    first = await ada.speaks(file)
    row = await ada.recording(first)
    where = {"tenant_id": row["tenant_id"], "id": first}
    async with _worker(stage).hand(row):  # as long as a second one is being opened and noted
        second = await ada.speaks(file, wait=False)
        await stage.app.store.commit(lambda tx: tx.change(Recording, where, {"state": shelf.GONE}))
        job = Job({"tenant_id": row["tenant_id"]}, {"recording": first})
        forget = stage.app.runner.workers["ForgetRecording"]
        forgetting = asyncio.ensure_future(forget(job, stage.clock.now()))
        await asyncio.sleep(0.1)
        assert not forgetting.done()
        assert len(set(blobs(stage)) - before) == 1
    await forgetting
    await settle()
    assert (await ada.recording(second))["state"] == shelf.HEARD
    assert len(set(blobs(stage)) - before) == 1


async def test_an_erased_candidate_leaves_no_bytes(stage: Stage):
    before = set(blobs(stage))
    ada = await speaker(stage, "Emil Brandt")
    u = await ada.speaks(opus(sentence(1)), wait=False)
    async with asyncio.timeout(20):
        while not [*(stage.settings.media / "coming").glob("*")]:  # noqa: ASYNC110  (files)
            await asyncio.sleep(0.001)
    who = {"tenant_id": ada.seat.who.tenant_id, "subject_id": ada.seat.who.person_id}
    await stage.app.store.commit(lambda tx: tx.delete(DataKey, who))
    stage.app.keys.forget(who["tenant_id"], who["subject_id"])
    await settle()
    assert (await ada.recording(u))["blob"] == ""
    assert set(blobs(stage)) == before


@pytest.mark.slow
async def test_a_long_recording_shows_how_far_it_is(stage: Stage):
    """The message that said that it has come is edited, with its button."""

    async def passes() -> None:  # edits of one message are seconds apart
        while True:
            stage.clock.forward(5 * SECOND)
            await asyncio.sleep(0.05)

    ada = await speaker(stage, "Fay Hughes")
    sound = opus([*sentence(123456), None] * 15)
    time = asyncio.create_task(passes())
    u = await ada.speaks(sound, seconds=56)
    time.cancel()
    assert (await ada.recording(u))["state"] == shelf.HEARD
    await settle()
    updates = [f for f in ada.seat.own.frames if f.startswith(b"event: update") and b"heard about" in f]
    assert updates
    assert b"~drop" in updates[0]
