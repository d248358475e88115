"""A practice through the whole application: the candidate's alone, and gone a day later with everything that was said."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from bot.store.rows import (
    Coaching,
    Conversation,
    FactRow,
    Inbox,
    Interview,
    JournalEntry,
    Outbox,
    Recording,
    Requisition,
    Timer,
    Transcript,
    Utterance,
)
from bot.store.store import Tx
from flows.words import delivery_en, en, practice_en, techcheck_en
from tests import speech_model
from tests.bot.spoken import spoken
from tests.bot.stagehand import DAY, HOUR, MINUTE, Seat, Stage, acting, settle
from tests.bot.web.test_recording_pages import page_of

SECRET = "zeppelin"  # stands in everything that is said in a practice
SAID = f"Last year I built a {SECRET} out of paper. In the end it flew for a minute."


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
async def both(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    """On SQLite and on PostgreSQL."""
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def recorded(stage: Stage) -> None:
    def set_format(tx: Tx) -> None:
        tx.change(Requisition, {"id": stage.requisition_id}, {"settings": '{"format": "recorded"}'})

    await stage.app.store.commit(set_format)


async def at(seat: Seat) -> str:
    return (await seat.must_wait()).key


async def practises(seat: Seat, ends: bool = True) -> None:
    """One question, answered in writing."""
    assert await at(seat) == "learned#1"
    await seat.says(SAID)
    await seat.taps("done")
    assert await at(seat) == "next#1"
    if ends:
        await seat.taps("enough")


async def seen_by_the_team(stage: Stage, seat: Seat) -> bytes:
    """Everything that anybody of the team can read of a candidate."""
    interview = (await stage.interview(seat))["id"]
    found: list[Any] = []
    for member in (s for s in stage.seats.values() if s.channel is not None):
        found += [await member.exports(interview), await member.reviews(interview)]
        found += [await member.messages(), await member.messages(member.channel_id)]
    return orjson.dumps(found, default=str)


async def readable(stage: Stage) -> str:
    """Everything in the database that was ever said, shown or sent, opened."""

    def opened(tx: Tx) -> list[Any]:
        found = list[Any]()
        for table in (Inbox, Outbox, Utterance):
            found += [(r["subject_id"], r["body"]) for r in tx.find(table, {})]
        whose = {c["id"]: c["subject_id"] for c in tx.find(Conversation, {})}
        found += [(whose.get(e["conversation_id"], ""), e["body"]) for e in tx.find(JournalEntry, {})]
        keys, tenant = stage.app.keys, stage.app.tenant_id
        sealed = [(subject, body) for subject, body in found if body is not None]
        for subject in {s for s, _ in sealed}:
            keys.load(tx, tenant, subject)
        return [keys.open(tenant, subject, body) for subject, body in sealed]

    return repr(await stage.app.store.read(opened))


async def test_a_practice_is_seen_by_nobody_of_the_team_and_leads_back(stage: Stage):
    await recorded(stage)
    ada = await stage.invite()
    await ada.plays(until="start.ready")
    before, facts = await seen_by_the_team(stage, ada), await stage.rows(FactRow)
    await ada.taps("practise")
    await practises(ada)
    assert await at(ada) == "start.ready#2", "back where she was"
    await ada.says("practice")  # by a word this time, and left by the interview's own button
    assert await at(ada) == "learned#1"
    await ada.says(f"I am in a {SECRET}.")
    assert await seen_by_the_team(stage, ada) == before
    interview = await stage.interview(ada)
    new = [f for f in await stage.rows(FactRow) if f not in facts]
    assert {f["name"] for f in new} == {"practice_wanted", "practice_began"}
    assert {f["interview_id"] for f in new} == {""}
    assert {f["data"] for f in new} == {"{}"}
    talks = [c for c in await stage.rows(Conversation) if c["flow"] == "practice"]
    assert {c["interview_id"] for c in talks} == {""}
    assert {c["subject_id"] for c in talks} == {interview["candidate_id"]}
    own = {c["id"] for c in talks}
    for table in (Utterance, Outbox):
        rows = await stage.rows(table)
        assert all(r["interview_id"] == "" for r in rows if r["conversation_id"] in own)


async def test_all_of_it_is_gone_a_day_later_and_the_interview_is_untouched(both: Stage):
    stage = both
    await recorded(stage)
    ada = await stage.invite()
    await ada.plays(until="start.ready")
    await ada.taps("practise")
    await practises(ada)
    (practice,) = [c for c in await stage.rows(Conversation) if c["flow"] == "practice"]
    await ada.plays(until="upset", start_ready="go", outage_keep="1")
    kept = [r for r in await stage.rows(Utterance) if r["conversation_id"] != practice["id"]]
    assert SECRET in await readable(stage)
    await stage.wait(23 * HOUR)
    assert SECRET in await readable(stage)
    await stage.restart()
    await stage.wait(HOUR)
    assert SECRET not in await readable(stage)
    for table in (JournalEntry, Utterance, Outbox, FactRow):
        assert await stage.rows(table, conversation_id=practice["id"]) == []
    assert await stage.rows(Conversation, id=practice["id"]) == []
    assert not [t for t in await stage.rows(Timer) if t["token"] == practice["id"]]
    ada = stage.seats["Ada Okoye"]
    assert [r for r in await stage.rows(Utterance) if r["conversation_id"] != practice["id"]] == kept
    assert await at(ada) == "upset"
    await ada.plays(upset_keep="1")
    assert (await stage.interview(ada))["status"] in ("submitted", "scored")


async def test_one_that_was_left_open_ends_after_a_day_and_the_interview_asks_again(stage: Stage):
    await recorded(stage)
    ada = await stage.invite()
    await ada.plays(until="start.ready")
    await ada.taps("practise")
    await practises(ada, ends=False)
    await stage.wait(DAY + MINUTE)
    assert SECRET not in await readable(stage)
    assert await stage.rows(Conversation, flow="practice") == []
    assert await at(ada) == "start.ready#2"
    await ada.taps("practise")
    await practises(ada)
    assert await at(ada) == "start.ready#3"


async def test_the_interviews_own_button_ends_it(stage: Stage):
    await recorded(stage)
    ada = await stage.invite()
    await ada.plays(until="start.ready")
    await ada.taps("practise")
    waiting = await stage.rows(Outbox, step="start.beside#1")
    await ada.taps("back", waiting[-1]["token"])
    assert await at(ada) == "start.ready#2"
    assert [c["state"] for c in await stage.rows(Conversation, flow="practice")] == ["ended"]


async def test_it_is_asked_for_with_a_word_before_the_interview_begins(stage: Stage):
    ada = await stage.invite()
    await ada.says("practice")
    assert practice_en.NOT_NOW in await ada.texts(), "she hasn't agreed to anything yet"
    await ada.plays(until="later", start="later")
    await ada.says("I'd like to practise first")
    await practises(ada)
    assert await at(ada) == "later"
    assert (await ada.texts())[-2:-1] == [en.relayed("practised", {}).text]  # pyright: ignore[reportOptionalMemberAccess]
    await ada.says("tech check")
    assert practice_en.NO_CHECK in await ada.texts()
    assert await at(ada) == "later"
    before = await seen_by_the_team(stage, ada)
    assert SECRET.encode() not in before
    assert b"I'd like to practise first" not in before
    await ada.says("Hello, let us begin")
    await ada.plays()
    await ada.says("practice")
    assert (await ada.texts())[-1] == practice_en.NOT_NOW
    noor = stage.seats["Noor"]
    await noor.says("practice")
    assert practice_en.NOT_NOW not in await noor.texts()


async def test_whoever_wants_a_person_while_practising_is_heard(stage: Stage):
    await recorded(stage)
    ada = await stage.invite()
    await ada.plays(until="start.ready")
    await ada.taps("practise")
    await ada.says("human")
    (fact,) = [f for f in await stage.rows(FactRow, name="human_asked") if f["interview_id"]]
    assert fact["interview_id"] == (await stage.interview(ada))["id"]
    channel = await stage.seats["Noor"].texts(stage.channel_id)
    assert "talk to a person" in channel[-1]


async def test_another_interview_begun_meanwhile_does_not_mix_them_up(stage: Stage):
    """From a rest she practises, and then begins by the button of the rest: the practice is over."""
    ada = await stage.invite()
    await ada.plays(until="later", start="later")
    resting = (await stage.rows(Conversation, flow="invite"))[0]["token"]
    await ada.says("practice")
    await ada.taps("start", resting)
    assert [c["state"] for c in await stage.rows(Conversation, flow="practice")] == ["ended"]
    (interview,) = await stage.rows(Interview)
    assert interview["status"] == "in_progress"
    assert (await at(ada)).startswith("warm") or await at(ada) == "outage"


async def test_a_check_that_nobody_ended_is_forgotten_within_hours(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="later", start="later")
    ids = await spoken(stage, ada, purpose="check")
    due = {"forget_at": stage.clock.now() + HOUR}
    await stage.app.store.commit(lambda tx: tx.change(Recording, {"purpose": "check"}, due))
    await stage.app.keeping.sweep()
    assert {r["state"] for r in await stage.rows(Recording)} == {"heard"}
    await stage.wait(HOUR)
    await stage.app.keeping.sweep()
    await settle()
    assert [(r["state"], r["blob"]) for r in await stage.rows(Recording)] == [("gone", "")] * len(ids)
    assert await stage.rows(Transcript) == []


# -- with a real (tiny) model that listens ---------------------------------------------------------------------------

TOLD = (
    "last year I decided to build a zeppelin um out of paper and I asked my neighbour to help uh because he knows glue "
    "and then I tried it in the garden and in the end it flew"
)


def wav() -> bytes:
    """Ten seconds of somebody who speaks, 2.6 seconds of nobody, and eight more."""
    talk = speech_model.beeping([None] * 45)
    silence = np.zeros(round(2.6 * speech_model.RATE), np.int16)
    ten = 10 * speech_model.RATE
    return speech_model.wav(np.concatenate([talk[:ten], silence, talk[ten:]]).tobytes())


async def sends(stage: Stage, seat: Seat, name: str, data: bytes) -> None:
    """A recording from the page, which took a second on its way."""
    page = await page_of(stage, seat)
    upload = (await page.begin(name, media_type="audio/wav")).json()["id"]
    for at_byte in range(0, len(data), 1 << 20):
        assert (await page.put(upload, at_byte, data[at_byte : at_byte + (1 << 20)])).status_code == 200
    done = await page.http.post(f"/recordings/{upload}/done", json={"length": len(data), "took": 1_000})
    assert done.status_code == 200
    stage.clock.forward(1_000)
    assert (await page.speaks(upload, f"event-{name}")).status_code == 200
    await settle()
    await page.http.aclose()


async def hears(stage: Stage, seat: Seat, title: str) -> bytes:
    """What the player of a message plays."""
    message = [m for m in await seat.messages() if m["from"] == "parley" and m["card"].get("title") == title][-1]
    page = await page_of(stage, seat)
    answer = await page.http.get(f"/sounds/{message['id']}/0")
    await page.http.aclose()
    return answer.content


async def card_titled(seat: Seat, title: str) -> dict[str, Any]:
    return [m["card"] for m in await seat.messages() if m["from"] == "parley" and m["card"].get("title") == title][-1]


async def test_the_microphone_is_checked_and_a_practice_measured_by_what_was_really_heard(home: Path):
    model = speech_model.build(home / "model", TOLD)
    async with acting(home, speech_model=str(model)) as stage:
        ada = await stage.invite()
        await ada.plays(until="later", start="later", consent_recording="yes")
        await ada.says("tech check")
        await sends(stage, ada, "check-0001", wav())
        assert await at(ada) == "result#1"
        card = await card_titled(ada, techcheck_en.TITLE)
        rows = {r["label"]: r["value"] for r in card["rows"]}
        assert rows["Length"] == f"0:21, {len(TOLD.split())} words made out"
        assert rows["Sending"] == "fast: a minute of recording takes about 3 s to send"
        (check,) = await stage.rows(Recording)
        assert [sound["label"] for sound in card["sounds"]] == ["Hear it again"]
        assert (check["purpose"], check["interview_id"], check["state"]) == ("check", "", "heard")
        assert check["forget_at"] == check["at"] + HOUR, "also when nobody ends the check"
        assert (await hears(stage, ada, techcheck_en.TITLE)).startswith(b"OggS")
        blobs = [p for p in stage.settings.media.rglob("*") if check["blob"] in p.name]
        assert blobs
        await ada.taps("good")
        assert await at(ada) == "later"
        (check,) = await stage.rows(Recording)
        assert (check["state"], check["blob"]) == ("gone", "")
        assert not any(p.exists() for p in blobs), "its bytes go at once"
        assert await stage.rows(Transcript) == []

        await ada.says("Hello, let us begin")
        assert await at(ada) == "start.mode"
        before = await seen_by_the_team(stage, ada)
        await ada.taps("practise")
        await sends(stage, ada, "take-0001", wav())
        assert await at(ada) == "next#1"
        rows = {r["label"]: r["value"] for r in (await card_titled(ada, delivery_en.TITLE))["rows"]}
        assert rows["Pauses"].startswith("1, the longest 2."), rows
        assert rows["Filler sounds"].startswith("At least 2 (um, uh), 5 in a hundred words")
        assert rows["Length"].startswith("0:21")
        assert 110 < int(rows["Pace"].partition(" ")[0]) < 170, rows
        quotes = (await card_titled(ada, "What you said"))["quotes"]
        assert {w for q in quotes for w in q["who"].split("; ")} == {"One example", "Your own part", "How it ended"}
        (coaching,) = await stage.rows(Coaching)
        assert coaching["subject_id"] == (await stage.interview(ada))["candidate_id"]
        assert await seen_by_the_team(stage, ada) == before
        (take,) = [r for r in await stage.rows(Recording) if r["purpose"] == "practice"]
        assert take["forget_at"] == take["at"] + DAY

        await stage.wait(DAY + 2 * HOUR)
        await stage.wait(HOUR)
        for table in (Recording, Transcript, Coaching):
            assert await stage.rows(table) == []
        assert not any(take["blob"] in p.name for p in stage.settings.media.rglob("*"))
        assert SECRET not in await readable(stage)
        assert (await at(ada)).startswith("start.mode#")
