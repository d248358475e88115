"""Sending a recording in pieces: what is counted is safe, nobody else's is found, and nothing is taken without consent."""

import asyncio
import base64
import errno
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.contract import Unfetchable
from bot import hiring, people
from bot.app import App
from bot.clock import SetClock
from bot.media.contract import Opened
from bot.recordings import shelf, uploads
from bot.recordings.uploads import AT_ONCE, KEEP_MS, PIECE
from bot.scene import Scene
from bot.settings import Settings
from bot.store.rows import Inbox, PartialUpload, Recording, Thread, Utterance
from bot.store.store import Row, Tx
from bot.web.host import host
from bot.work.job import Job, Later
from flows.kits.model import AnswerGuide
from flows.words import recorder_en as words
from tests.bot.stagehand import MINUTE, Seat, Stage, acting, settle, wired
from tests.flows.rating.small_kit import KIT

EITHER = AnswerGuide(modes=("text", "voice"), guide_minutes=2)
SPOKEN = KIT.model_copy(update={"questions": tuple(q.model_copy(update={"answer": EITHER}) for q in KIT.questions)})
BYTES = bytes(range(256)) * 3000  # 768,000: three pieces of 256 KiB


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    """A server is set up that listens, and is in trouble: what was sent stays as it was sent."""

    async def trouble(job: Job, now: int) -> dict[str, Any]:
        raise Later(10 * KEEP_MS)

    def make(settings: Settings, clock: SetClock, start: int) -> App:
        app = wired(settings, clock, start)
        app.runner.workers["Transcribe"], app.ear = trouble, None  # nobody needs the processes that it would start
        return app

    listener = {"transcribe_base_url": "http://127.0.0.1:9/v1", "transcribe_model": "any"}
    async with acting(home, kit=SPOKEN, make=make, recording_megabytes=1, **listener) as stage:
        yield stage


class Page:
    """A candidate's page."""

    def __init__(self, stage: Stage, seat: Seat, session: str) -> None:
        self.stage, self.seat = stage, seat
        transport = httpx.ASGITransport(host(stage.app))
        headers = {"Authorization": f"Bearer {session}"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://parley.test/api/v1", headers=headers)

    async def begin(self, name: str = "take-0001", thread: str = "", **more: Any) -> httpx.Response:
        body = {"id": name, "form": "voice", "media_type": "audio/webm", "prepared": False, **more}
        return await self.http.post(f"/threads/{thread or self.seat.who.thread_id}/recordings", json=body)

    async def put(self, upload: str, at: int, piece: bytes) -> httpx.Response:
        return await self.http.put(f"/recordings/{upload}", params={"at": at}, content=piece)

    async def sends(self, name: str = "take-0001", data: bytes = BYTES) -> str:
        """All of a recording; the upload."""
        upload = (await self.begin(name)).json()["id"]
        for at in range(0, len(data), 262_144):
            assert (await self.put(upload, at, data[at : at + 262_144])).status_code == 200
        assert (await self.done(upload, len(data))).json()["state"] == "whole"
        return upload

    async def done(self, upload: str, length: int) -> httpx.Response:
        return await self.http.post(f"/recordings/{upload}/done", json={"length": length})

    async def speaks(self, upload: str, event: str = "event-spoke-1") -> httpx.Response:
        spoke = {"id": event, "kind": "spoke", "upload": upload, "form": "voice", "seconds": 42, "asked": None}
        return await self.http.post(f"/threads/{self.seat.who.thread_id}/events", json={"events": [spoke]})


async def page_of(stage: Stage, seat: Seat) -> Page:
    app, who = stage.app, seat.who
    session = await app.store.commit(
        lambda tx: people.open_session(tx, app.ids, who.tenant_id, who.person_id, stage.clock.now())
    )
    return Page(stage, seat, session)


async def talking(stage: Stage, name: str = "Ada Okoye", consent: str = "yes") -> Page:
    """A candidate at the first question of the kit."""
    seat = await stage.invite(name)
    await seat.plays(until="outage", consent_recording=consent, start_mode="speak")
    return await page_of(stage, seat)


def files(stage: Stage) -> list[Path]:
    return [p for p in (stage.settings.media / "uploads").rglob("*") if p.is_file()]


async def read(stage: Stage, upload: str, limit: int = 10_000_000) -> bytes:
    return b"".join([p async for p in stage.app.uploads.read(stage.app.tenant_id, upload, limit)])


def code(answer: httpx.Response) -> str:
    return answer.json()["error"]["code"]


# -- pieces -------------------------------------------------------------------------------------------------------------


async def test_a_recording_in_pieces_is_whole_sealed_and_spoken_once(stage: Stage):
    ada = await talking(stage)
    waiting = await stage.app.port.asked(stage.app.tenant_id, ada.seat.who.thread_id)
    assert waiting is not None
    assert waiting["speech"] == {"forms": ["voice"], "prepared": True, "guide": 120}
    upload = (await ada.begin()).json()["id"]
    assert (await ada.begin()).json() == {"id": upload, "received": 0, "state": "open"}
    first, rest = BYTES[:300_000], BYTES[300_000:]
    assert (await ada.put(upload, 0, first)).json()["received"] == 300_000
    assert (await ada.put(upload, 0, first)).json()["received"] == 300_000, "the same piece twice is once"
    wrong = await ada.put(upload, 400_000, b"x")
    assert (wrong.status_code, wrong.json()["received"]) == (409, 300_000)
    early = await ada.done(upload, len(BYTES))
    assert (early.status_code, code(early), early.json()["received"]) == (409, "incomplete", 300_000)
    assert (await ada.speaks(upload)).status_code == 409
    await ada.put(upload, 300_000, rest)
    assert (await ada.http.get(f"/recordings/{upload}")).json()["received"] == len(BYTES)
    assert (await ada.done(upload, len(BYTES))).json()["state"] == "whole"
    for _ in range(2):
        assert (await ada.speaks(upload)).json() == {"accepted": ["event-spoke-1"]}
    (row,) = await stage.rows(Recording)
    assert (row["state"], row["size"], row["ms"], row["source"]) == (shelf.COMING, len(BYTES), 42_000, "web")
    body = await stage.app.store.read(lambda tx: shelf.opened(tx, stage.app.keys, row))
    assert (body.ref, body.media_type) == ({"upload": upload}, "audio/webm")
    assert await read(stage, upload) == BYTES
    assert all(BYTES[n : n + 40] not in p.read_bytes() for p in files(stage) for n in (0, 1000, 300_000))
    assert code(await ada.speaks(upload, "event-spoke-2")) == "used"
    with pytest.raises(Unfetchable) as large:
        await read(stage, upload, 1000)
    assert large.value.why == "too_large"
    await stage.app.uploads.discard(upload)
    assert files(stage) == []
    with pytest.raises(Unfetchable):
        await read(stage, upload)
    assert (await ada.speaks(upload)).status_code == 200, "taken long ago"


async def test_a_piece_that_was_written_and_not_counted_is_written_anew(stage: Stage):
    """The power goes between the two; and then between two pieces."""
    ada = await talking(stage)
    upload = (await ada.begin()).json()["id"]
    await ada.put(upload, 0, BYTES[:1000])
    (row,) = await stage.rows(PartialUpload)
    before = {k: row[k] for k in ("received", "parts")}
    await ada.put(upload, 1000, b"y" * 5000)
    await stage.app.store.commit(lambda tx: tx.change(PartialUpload, {"id": upload}, before))
    await stage.restart()
    ada = await page_of(stage, stage.seats["Ada Okoye"])
    assert (await ada.begin()).json() == {"id": upload, "received": 1000, "state": "open"}
    await ada.put(upload, 1000, BYTES[1000:2000])
    await ada.done(upload, 2000)
    await ada.speaks(upload)
    assert await read(stage, upload) == BYTES[:2000]


async def test_two_tabs_that_send_the_same_piece_at_once_store_it_once(stage: Stage):
    ada = await talking(stage)
    upload = (await ada.begin()).json()["id"]
    answers = await asyncio.gather(ada.put(upload, 0, BYTES[:1000]), ada.put(upload, 0, BYTES[:1500]))
    assert sorted(a.status_code for a in answers) in ([200, 200], [200, 409])
    received = (await ada.http.get(f"/recordings/{upload}")).json()["received"]
    await ada.done(upload, received)
    await ada.speaks(upload)
    assert await read(stage, upload) == BYTES[:received]


async def test_a_full_disk_loses_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    ada = await talking(stage)
    upload = (await ada.begin()).json()["id"]
    await ada.put(upload, 0, BYTES[:1000])

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr("bot.recordings.pieces.os.fsync", full)
        no = await ada.put(upload, 1000, BYTES[1000:2000])
    assert (no.status_code, no.json()["error"]["message"], no.json()["received"]) == (507, words.FULL, 1000)
    assert [p.name for p in files(stage)] == ["000000"]
    assert (await ada.put(upload, 1000, BYTES[1000:2000])).json()["received"] == 2000


# -- limits -------------------------------------------------------------------------------------------------------------


async def test_too_large_too_many_and_no_recording_at_all(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    ada = await talking(stage)
    upload = (await ada.begin()).json()["id"]
    assert code(await ada.put(upload, 0, bytes(PIECE + 1))) == "piece_too_large"
    await ada.put(upload, 0, bytes(900_000))
    no = await ada.put(upload, 900_000, bytes(200_000))
    assert (no.status_code, no.json()["error"]["message"]) == (413, words.too_large(1))
    assert code(await ada.begin("take-zip-1", media_type="application/zip")) == "not_a_recording"
    for n in range(2, AT_ONCE + 1):
        assert (await ada.begin(f"take-000{n}")).status_code == 200
    many = await ada.begin("take-0009")
    assert (many.status_code, code(many), many.headers["retry-after"]) == (429, "many", "60")
    assert (await ada.http.delete(f"/recordings/{upload}")).status_code == 204
    assert files(stage) == []
    assert (await ada.begin("take-0009")).status_code == 200
    assert (await ada.http.get(f"/recordings/{upload}")).status_code == 404
    assert (await ada.http.put(f"/recordings/{upload}", params={"at": -1})).status_code == 422
    monkeypatch.setattr(uploads, "AT_ONCE", 100)
    monkeypatch.setattr(uploads, "OFTEN", AT_ONCE + 1)
    assert code(await ada.begin("take-0010")) == "often"
    stage.clock.forward(uploads.OFTEN_MS)
    assert (await ada.begin("take-0010")).status_code == 200


async def test_ten_thousand_tiny_pieces_are_no_recording(stage: Stage):
    ada = await talking(stage)
    upload = (await ada.begin()).json()["id"]
    assert (await ada.put(upload, 0, b"")).json()["received"] == 0
    assert files(stage) == []
    await stage.app.store.commit(lambda tx: tx.change(PartialUpload, {}, {"parts": uploads.MOST_PIECES - 1}))
    assert (await ada.put(upload, 0, b"x")).status_code == 200
    assert (await ada.put(upload, 1, b"x")).status_code == 413
    assert len(files(stage)) == 1


async def test_a_candidate_has_so_much_room_and_no_more(stage: Stage):
    ada = await talking(stage)
    await ada.speaks(await ada.sends())
    more = (await ada.begin("take-0002")).json()["id"]
    full = stage.settings.recording_quota * 1_000_000 - 1500
    await stage.app.store.commit(lambda tx: tx.change(Recording, {}, {"size": full}))
    assert (await ada.put(more, 0, bytes(1000))).status_code == 200
    no = await ada.put(more, 1000, bytes(1000))
    assert (no.status_code, code(no), no.json()["received"]) == (413, "quota", 1000)


# -- who ------------------------------------------------------------------------------------------------------------------


async def test_it_is_nobody_elses(stage: Stage):
    ada, bob = await talking(stage), await talking(stage, "Bob Tan")
    upload = await ada.sends()
    noor = await page_of(stage, stage.seats["Noor"])
    for other in (bob, noor):
        assert (await other.http.get(f"/recordings/{upload}")).status_code == 404
        assert (await other.put(upload, 0, b"x")).status_code == 404
        assert (await other.http.delete(f"/recordings/{upload}")).status_code == 404
        assert (await other.begin(thread=ada.seat.who.thread_id)).status_code == 404
    assert (await bob.speaks(upload)).status_code == 404
    assert (await noor.speaks(upload)).status_code == 422
    assert (await noor.begin()).status_code == 404
    assert (await ada.http.get("/recordings/../healthz")).status_code == 404
    nobody = httpx.AsyncClient(transport=httpx.ASGITransport(host(stage.app)), base_url="http://parley.test/api/v1")
    assert (await nobody.get(f"/recordings/{upload}")).status_code == 401
    assert (await bob.begin()).json()["id"] != upload, "the same name in two hands is two uploads"
    await ada.speaks(upload)
    (row,) = await stage.rows(Recording)
    for other in (bob, noor):
        assert (await other.http.get(f"/recordings/{row['id']}/media")).status_code == 404
    assert code(await ada.http.get(f"/recordings/{row['id']}/media")) == "not_yet"


@pytest.mark.parametrize("consent", ["no", "withdrawn"])
async def test_nothing_is_taken_without_consent(stage: Stage, consent: str):
    ada = await talking(stage, consent="no" if consent == "no" else "yes")
    if consent == "no":
        assert code(await ada.begin()) == "not_listening"
        return
    upload = (await ada.begin()).json()["id"]
    await ada.put(upload, 0, b"before")
    interview = await stage.interview(ada.seat)

    def withdraw(tx: Tx) -> None:
        chat = tx.find(Thread, {"id": ada.seat.who.thread_id})[0]
        scene = Scene(tx, stage.app.keys, stage.app.ids, chat, stage.clock.now())
        agreed = hiring.flags(interview)["consents"]
        hiring.set_flags(scene.tx, interview, consents={**agreed, "recording": "no"})

    await stage.app.store.commit(withdraw)
    no = await ada.put(upload, 6, b"after")
    assert (no.status_code, no.json()["error"]["message"]) == (403, words.NOT_LISTENING)
    assert code(await ada.done(upload, 6)) == "not_listening"


# -- afterwards -----------------------------------------------------------------------------------------------------------


async def test_what_nobody_goes_on_with_is_forgotten_and_what_is_still_to_be_heard_is_not(stage: Stage):
    ada = await talking(stage)
    left, sent = (await ada.begin("take-left")).json()["id"], await ada.sends("take-sent")
    await ada.put(left, 0, b"half a recording")
    await ada.speaks(sent)
    stage.clock.forward(KEEP_MS + MINUTE)
    await stage.app.uploads.sweep()
    assert {r["id"] for r in await stage.rows(PartialUpload)} == {sent}
    assert await read(stage, sent) == BYTES
    await stage.app.store.commit(lambda tx: tx.change(Recording, {}, {"state": shelf.HEARD}))
    stage.clock.forward(KEEP_MS + MINUTE)
    await stage.app.uploads.sweep()
    assert await stage.rows(PartialUpload) == []
    assert files(stage) == []


async def test_it_shows_as_ones_own_bubble_on_every_screen_and_after_a_reload(stage: Stage):
    ada = await talking(stage)
    await ada.speaks(await ada.sends())
    (row,) = await stage.rows(Recording)
    await settle()
    about = {"id": row["id"], "seconds": 42.0, "form": "voice", "poster": False, "kept": True}
    echo = next(m for m in ada.seat.own.events("message") if m.get("event") == "event-spoke-1")
    assert (echo["from"], echo["recording"]) == ("me", about)
    shown = await ada.seat.messages()
    places = [m["id"] for m in shown]
    (bubble,) = [m for m in shown if m["id"] == row["id"]]
    assert (bubble["recording"], bubble["text"], bubble["state"]) == (about, "", "live")
    assert bubble["removable"]
    assert places.index(row["id"]) == max(n for n, m in enumerate(shown) if m["seq"] <= row["seq"])
    assert await stage.rows(Utterance, id=row["id"]) == []
    assert [r for r in await stage.rows(Inbox) if r["state"] == "pending"] == []


async def test_what_is_taken_back_leaves_nothing(stage: Stage):
    ada = await talking(stage)
    upload = await ada.sends()
    await ada.speaks(upload)
    await settle()
    (row,) = await stage.rows(Recording)
    await ada.seat.removes(row["id"])
    (bubble,) = [m for m in await ada.seat.messages() if m["id"] == row["id"]]
    assert (bubble["state"], "removable" in bubble) == ("gone", False)
    assert (await ada.http.get(f"/recordings/{row['id']}/media")).status_code == 404
    stage.clock.forward(KEEP_MS + MINUTE)
    await stage.app.uploads.sweep()
    assert files(stage) == []


async def test_what_cannot_be_an_answer_is_not_kept(stage: Stage):
    ada = await talking(stage)
    upload = await ada.sends()
    await ada.seat.says("Here is what I did.")
    await ada.seat.taps("done")
    await ada.seat.says("stop")  # whether to stop is asked with buttons
    await ada.seat.taps("stop")
    assert (await ada.speaks(upload)).status_code == 200
    await settle()
    assert await stage.rows(Recording) == []
    assert files(stage) == []


async def test_only_a_page_with_a_chat_may_ask_for_the_microphone(stage: Stage):
    transport = httpx.ASGITransport(host(stage.app))
    async with httpx.AsyncClient(transport=transport, base_url="http://parley.test") as web:
        for path, allowed in (("/chat", "(self)"), ("/team", "()"), ("/healthz", "()"), ("/api/v1/me", "()")):
            policy = (await web.get(path)).headers["permissions-policy"]
            assert policy == f"camera={allowed}, microphone={allowed}, geolocation=()", path


async def test_ones_own_recording_is_played_in_parts(stage: Stage, tmp_path: Path):
    ada = await talking(stage)
    made = tmp_path / "answer.webm"
    await ada.speaks(await ada.sends(data=hum(made)))
    (row,) = await stage.rows(Recording)
    media, pieces = stage.app.media, stage.app.uploads.read(stage.app.tenant_id, (await sent(stage, row)), 1_000_000)
    opened = await media.open(await media.receive(pieces, 1_000_000), row["subject_id"], video=False, longest_ms=60_000)
    await stage.app.store.commit(lambda tx: keep(stage, tx, row, opened))
    path = f"/recordings/{row['id']}/media"
    whole = await ada.http.get(path)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/ogg")
    assert (whole.content[:4], len(whole.content)) == (b"OggS", opened.kept.size)
    assert whole.headers["cache-control"] == "private, no-store"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = await ada.http.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    await stage.app.store.commit(lambda tx: tx.change(Recording, {}, {"state": shelf.GONE}))
    gone = await ada.http.get(path)
    assert (gone.status_code, gone.json()["error"]["message"]) == (410, words.GONE)


def hum(file: Path) -> bytes:
    """Two seconds of a sound, as a page records it."""
    sine = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "sine=d=2", "-c:a", "libopus", str(file)]
    subprocess.run(sine, check=True)
    return file.read_bytes()


async def sent(stage: Stage, row: Row) -> str:
    body = await stage.app.store.read(lambda tx: shelf.opened(tx, stage.app.keys, row))
    return body.ref["upload"]


def keep(stage: Stage, tx: Tx, row: Row, opened: Opened) -> None:
    body = shelf.opened(tx, stage.app.keys, row)
    body = replace(body, key=base64.b64encode(opened.kept.key).decode(), mime=opened.kept.mime)
    kept = {"state": shelf.KEPT, "blob": opened.kept.name, "size": opened.kept.size}
    shelf.change(tx, row, **kept, sealed=shelf.sealed(stage.app.keys, row["tenant_id"], row["subject_id"], body))
