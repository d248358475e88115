"""The player's pages: real recordings, heard by a real (tiny) model; and nothing at all for whoever may not listen."""

import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import httpx
import orjson
import pytest

from adapters.web.app import COOKIE
from bot import hiring, people
from bot.media.contract import Blob
from bot.recordings import shelf
from bot.scorecards import record
from bot.store.rows import DataKey, FactRow, Interview, Recording, Requisition
from bot.store.store import Row
from bot.web.host import host
from flows.kits.model import AnswerGuide
from flows.words import listen_en, record_en
from tests import speech_model
from tests.bot.spoken import spoken
from tests.bot.stagehand import SECOND, Seat, Stage, acting, settle
from tests.flows.rating.small_kit import GOOD, KIT, UPSET

ANY = AnswerGuide(modes=("text", "voice", "video"), guide_minutes=2)
SPOKEN = KIT.model_copy(update={"questions": tuple(q.model_copy(update={"answer": ANY}) for q in KIT.questions)})
SAID = ["found", "two", "slow", "queries", "after", "my", "parser"]
FILM = ["we", "shipped", "the", "parser"]
PARTS = ("media", "words", "captions.vtt", "file", "poster")


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as made:
        yield made


@asynccontextmanager
async def browser(stage: Stage, seat: Seat | None = None) -> AsyncGenerator[httpx.AsyncClient]:
    cookies: dict[str, str] = {}
    if seat is not None:
        app, who = stage.app, seat.who
        cookies[COOKIE] = await app.store.commit(
            lambda tx: people.open_session(tx, app.ids, who.tenant_id, who.person_id, stage.clock.now())
        )
    transport = httpx.ASGITransport(host(stage.app))
    async with httpx.AsyncClient(transport=transport, base_url="http://parley.test", cookies=cookies) as b:
        yield b


def ffmpeg(*words: str, data: bytes = b"") -> bytes:
    return subprocess.run(
        ["ffmpeg", "-v", "error", *words, "pipe:1"], input=data, capture_output=True, check=True
    ).stdout


def note(words: Sequence[str | None]) -> bytes:
    sound = speech_model.wav(speech_model.beeping([*words]).tobytes())
    return ffmpeg("-i", "pipe:0", "-c:a", "libopus", "-b:a", "32k", "-f", "ogg", data=sound)


def film(words: Sequence[str | None]) -> bytes:
    sound, picture = speech_model.wav(speech_model.beeping([*words]).tobytes()), "testsrc=size=160x120:rate=10"
    both = ("-i", "pipe:0", "-f", "lavfi", "-i", picture, "-shortest", "-c:a", "libopus", "-c:v", "libvpx")
    return ffmpeg(*both, "-deadline", "realtime", "-f", "webm", data=sound)


def silence() -> bytes:
    return ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "3", "-c:a", "libopus", "-f", "ogg")


async def speaks(stage: Stage, seat: Seat, data: bytes, nth: int, form: str = "voice", mime: str = "audio/ogg") -> str:
    """Answer with a recording from one's own page; its id."""
    async with browser(stage, seat) as b:
        thread, about = f"/api/v1/threads/{seat.who.thread_id}", {"form": form, "media_type": mime, "prepared": False}
        upload = (await b.post(f"{thread}/recordings", json={"id": f"take-{nth:04d}", **about})).json()["id"]
        for at in range(0, len(data), 262_144):
            await b.put(f"/api/v1/recordings/{upload}", params={"at": at}, content=data[at : at + 262_144])
        await b.post(f"/api/v1/recordings/{upload}/done", json={"length": len(data)})
        stage.clock.forward(SECOND)
        event = {"id": f"event-spoke-{nth}", "kind": "spoke", "upload": upload, "form": form, "seconds": 3}
        sent = {"events": [{**event, "asked": (await seat.must_wait()).token}]}
        assert (await b.post(f"{thread}/events", json=sent)).status_code == 200
        await settle()
    return (await stage.rows(Recording, "-seq"))[0]["id"]


async def noted(stage: Stage, name: str) -> list[Row]:
    return await stage.rows(FactRow, "at", name=name)


async def kept(stage: Stage, seat: Seat) -> Blob:
    """A real recording of half a minute in the store."""

    async def pieces() -> AsyncIterator[bytes]:
        yield ffmpeg("-f", "lavfi", "-i", "sine=d=30", "-c:a", "libopus", "-f", "ogg")

    media = stage.app.media
    arrived = await media.receive(pieces(), 10_000_000)
    try:
        return (await media.open(arrived, seat.who.person_id, video=False, longest_ms=60_000)).kept
    finally:
        await media.discard(arrived)


async def answered(stage: Stage, seat: Seat, blob: Blob | None = None) -> str:
    """Everything that somebody has said was spoken; the first answer's recording."""
    ids = await spoken(stage, seat, blob or await kept(stage, seat))
    shown = await stage.seats["Noor"].reviews((await stage.interview(seat))["id"])
    assert shown is not None
    return next(i["id"] for i in shown["items"] if i["kind"] == "answer" and i["id"] in ids)


async def all_of(b: httpx.AsyncClient, path: str) -> set[int]:
    return {(await b.get(f"{path}/{part}")).status_code for part in PARTS}


# -- playing ----------------------------------------------------------------------------------------------------------


async def test_a_spoken_interview_is_played_word_by_word_with_captions_and_a_picture(home: Path, tmp_path: Path):
    model = speech_model.build(tmp_path / "model")
    async with acting(home, kit=SPOKEN, speech_model=str(model), speech_threads=1) as stage:
        ada = await stage.invite()
        await ada.plays(until="outage", consent_recording="yes", start_mode="speak")
        mute = await speaks(stage, ada, silence(), 1)
        u = await speaks(stage, ada, note(SAID), 2)
        await ada.taps("~fix.2")
        await ada.says("slow -> broken")
        await ada.plays(until="upset")
        v = await speaks(stage, ada, film(FILM), 3, "video", "video/webm")
        await ada.plays()
        interview = await stage.interview(ada)
        path = f"/review/{interview['id']}"
        counts = [w.replace("slow", "broken") for w in SAID]
        shown = await stage.seats["Tom"].reviews(interview["id"])
        assert shown is not None
        kinds = [i["kind"] for i in shown["turns"][0]["items"]]
        assert kinds[:3] == ["unheard", "answer", "probe"], "a recording stands where it came, not where its words did"
        probes = [i["text"] for i in shown["items"] if i["kind"] == "probe"]
        assert len(probes) == len(set(probes)), "a correction in between puts a question on the screen once more"
        async with browser(stage, stage.seats["Tom"]) as b:
            await it_plays(b, f"{path}/recordings/{u}", " ".join(counts), await stage.rows(Recording, id=u))
            await it_shows(b, f"{path}/recordings/{v}")
            page = unescape((await b.get(path)).text)
            assert f'data-player="{u}"' in page
            assert listen_en.no_words("0:03", "silence") in page
            assert f'data-player="{mute}"' not in page
            assert await all_of(b, f"{path}/recordings/{mute}") == {404}
            assert page.index(mute) < page.index(f'data-player="{u}"') < page.index("q-upset") < page.index(v)
            assert page.count("<track") == 1
        heard = [orjson.loads(f["data"])["recording"] for f in await noted(stage, "recording_heard")]
        assert heard == [u, v], "once for each, however often a player asked"
        exported = await stage.seats["Noor"].exports(interview["id"])
        assert exported is not None
        about = {r["utterance"]: (r["state"], r["heard"], r["counts"], r["corrected"]) for r in exported["recordings"]}
        assert about[u] == ("heard", " ".join(SAID), " ".join(counts), True)
        assert about[v] == ("heard", " ".join(FILM), " ".join(FILM), False)
        assert about[mute] == ("unheard", "", "", False)


async def it_plays(b: httpx.AsyncClient, path: str, text: str, rows: list[Row]) -> None:
    whole = await b.get(f"{path}/media")
    assert (whole.status_code, whole.content[:4], len(whole.content)) == (200, b"OggS", rows[0]["size"])
    assert whole.headers["content-type"] == "audio/ogg"
    assert whole.headers["cache-control"] == "private, no-store"
    part = await b.get(f"{path}/media", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    end = await b.get(f"{path}/media", headers={"Range": "bytes=-50"})
    assert (end.status_code, end.content) == (206, whole.content[-50:])
    beyond = await b.get(f"{path}/media", headers={"Range": f"bytes={len(whole.content)}-"})
    assert (beyond.status_code, beyond.content) == (416, b"")
    words = (await b.get(f"{path}/words")).json()["words"]
    assert [text[a:z] for a, z, _, _ in words] == text.split()
    assert all(abs(start - 400 * n) <= 80 for n, (_, _, start, _) in enumerate(words)), words
    captions = await b.get(f"{path}/captions.vtt")
    assert captions.headers["content-type"] == "text/vtt; charset=utf-8"
    assert captions.text.startswith("WEBVTT\n\n00:00:0")
    assert text in captions.text
    assert (await b.get(f"{path}/poster")).status_code == 404, "a voice has no picture"


async def it_shows(b: httpx.AsyncClient, path: str) -> None:
    media = await b.get(f"{path}/media", headers={"Range": "bytes=0-"})
    assert media.headers["content-type"] == "video/webm"
    poster = await b.get(f"{path}/poster")
    assert (poster.headers["content-type"], poster.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")


# -- who ----------------------------------------------------------------------------------------------------------------


async def test_nobody_else_hears_anything_and_only_recruiters_take_it_away(stage: Stage):
    ada = await stage.finished(consent_recording="yes")
    u = await answered(stage, ada)
    interview = await stage.interview(ada)
    path = f"/review/{interview['id']}/recordings/{u}"
    other = await stage.finished("Bo Berg")
    elsewhere = f"/review/{(await stage.interview(other))['id']}/recordings/{u}"
    stranger, observer = await stage.join("Stranger", "admin", tenant="t_other"), await stage.join("Obi", "observer")
    for seat in (ada, other, stranger, observer, None):
        async with browser(stage, seat) as b:
            assert await all_of(b, path) == {404}
            assert (await b.get(f"{path}/media")).content == b""
    for seats in ((), ("Priya", "Tom")):  # before the reveal, and after it
        for name in seats:
            await stage.seats[name].rates("Ada Okoye")
        async with browser(stage, stage.seats["Priya"]) as b:
            assert [(await b.get(f"{path}/{p}")).status_code for p in PARTS] == [200, 200, 200, 404, 404]
            assert await all_of(b, elsewhere) == {404}, "another interview's address"
    assert not await noted(stage, "recording_taken")
    async with browser(stage, stage.seats["Noor"]) as b:
        for _ in range(2):
            taken = await b.get(f"{path}/file")
            assert taken.headers["content-disposition"].startswith('attachment; filename="recording-')
            assert (taken.status_code, taken.content[:4]) == (200, b"OggS")
    taken = await noted(stage, "recording_taken")
    assert [(f["person_id"], f["interview_id"]) for f in taken] == [
        (stage.seats["Noor"].who.person_id, interview["id"])
    ] * 2
    assert [f["person_id"] for f in await noted(stage, "recording_heard")] == [stage.seats["Priya"].who.person_id]
    app, noor = stage.app, stage.seats["Noor"]
    revealed, shown = await stage.interview(ada), await noor.reviews(interview["id"])
    paper = await app.store.read(
        lambda tx: record.gather(tx, app.keys, revealed, noor.who.person_id, stage.clock.now())
    )
    assert paper is not None
    assert shown is not None
    answers = [i for i in shown["items"] if i["kind"] == "answer"]
    assert (record_en.RECORDED, record_en.recorded(len(answers), 0)) in paper.sections[0].entries
    history = [said for _, said in paper.sections[-1].entries]
    assert sum("a recording was downloaded" in said for said in history) == 2


async def test_where_names_are_hidden_voices_are_too(stage: Stage):
    ada = await stage.finished(consent_recording="yes")
    u = await answered(stage, ada)
    interview = await stage.interview(ada)
    requisition = await stage.app.store.read(
        lambda tx: hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    )
    await stage.app.store.commit(lambda tx: hiring.set_settings(tx, requisition, blind=True))
    async with browser(stage, stage.seats["Priya"]) as b:
        page = (await b.get(f"/review/{interview['id']}")).text
        assert listen_en.NOT_YET in page
        assert "data-player" not in page
        assert await all_of(b, f"/review/{interview['id']}/recordings/{u}") == {404}
    priya = stage.seats["Priya"].who.person_id
    await stage.app.store.commit(lambda tx: hiring.set_flags(tx, interview, named=[priya]))
    async with browser(stage, stage.seats["Priya"]) as b:
        assert (await b.get(f"/review/{interview['id']}/recordings/{u}/media")).status_code == 200
    async with browser(stage, stage.seats["Tom"]) as b:
        assert (await b.get(f"/review/{interview['id']}/recordings/{u}/media")).status_code == 404


# -- what ---------------------------------------------------------------------------------------------------------------


async def test_takes_that_were_not_chosen_are_for_nobody(stage: Stage):
    about = {"settings": '{"format": "recorded"}'}
    await stage.app.store.commit(lambda tx: tx.change(Requisition, {"id": stage.requisition_id}, about))
    ada = await stage.invite()
    await ada.plays(until="outage", start_ready="go", consent_recording="yes")
    aside = await ada.says("Something broke once, and somebody repaired it in the end.")
    await ada.taps("done")
    await ada.taps("again")
    chosen = await ada.says(GOOD)
    await ada.taps("done")
    await ada.taps("2")
    await ada.plays(start_ready="go", upset_keep="1")
    ids = await spoken(stage, ada, await kept(stage, ada))
    assert {aside, chosen} < set(ids)
    path = f"/review/{(await stage.interview(ada))['id']}"
    async with browser(stage, stage.seats["Noor"]) as b:
        assert (await b.get(f"{path}/recordings/{chosen}/media")).status_code == 200
        assert await all_of(b, f"{path}/recordings/{aside}") == {404}
        page = (await b.get(path)).text
        assert aside not in page
        assert f'data-player="{chosen}"' in page
    noor, own = await stage.seats["Noor"].exports(path[8:]), await ada.exports(path[8:])
    assert noor is not None
    assert own is not None
    assert aside not in {r["utterance"] for r in noor["recordings"]}
    assert aside in {r["utterance"] for r in own["recordings"]}


async def test_what_is_gone_or_was_practice_or_is_forgotten_cannot_be_heard(stage: Stage):
    ada = await stage.finished(consent_recording="yes")
    u = await answered(stage, ada)
    interview = await stage.interview(ada)
    path = f"/review/{interview['id']}/recordings/{u}"
    before = {"purpose": "answer", "state": shelf.HEARD}
    async with browser(stage, stage.seats["Noor"]) as b:
        for changed in ({"purpose": "practice"}, {"state": shelf.DROPPED}, {"state": shelf.GONE, "blob": ""}):
            assert (await b.get(f"{path}/media")).status_code == 200
            await stage.app.store.commit(lambda tx, c=changed: tx.change(Recording, {"id": u}, c))
            assert await all_of(b, path) == {404}
            page = (await b.get(f"/review/{interview['id']}")).text
            assert f'data-player="{u}"' not in page
            assert (listen_en.GONE in page) == ("state" in changed)
            assert UPSET[:20] in page, "its words stay"
            if "blob" not in changed:
                await stage.app.store.commit(lambda tx: tx.change(Recording, {"id": u}, before))
        nothing = {"state": shelf.HEARD, "blob": "0" * 64}
        await stage.app.store.commit(lambda tx: tx.change(Recording, {"id": u}, nothing))
        for ended in ({"status": "withdrawn"}, {"flags": '{"consents":{"recording":"no"}}'}):
            now = {k: interview[k] for k in ended}
            await stage.app.store.commit(lambda tx, e=ended: tx.change(Interview, {"id": interview["id"]}, e))
            assert await all_of(b, path) == {404}
            assert listen_en.ENDED in unescape((await b.get(f"/review/{interview['id']}")).text)
            await stage.app.store.commit(lambda tx, n=now: tx.change(Interview, {"id": interview["id"]}, n))
        assert (await b.get(f"{path}/media")).status_code == 404, "its bytes are missing: told before the answer begins"
        assert (await b.get(f"{path}/words")).status_code == 200
        await stage.app.store.commit(lambda tx: tx.delete(DataKey, {"subject_id": ada.who.person_id}))
        stage.app.keys.forget(interview["tenant_id"], ada.who.person_id)
        assert await all_of(b, path) == {404}
