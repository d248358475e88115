"""Recordings at the worst moment: nothing of them is kept without need, and nothing that was said is lost."""

import asyncio
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.clock import SetClock
from bot.recordings import shelf
from bot.settings import Settings
from bot.store.rows import Conversation, FactRow, Interview, Recording, Utterance, Work
from bot.work.job import Job, Later
from flows.words import voice_en as words
from tests.bot.speech.test_transcribing import SPOKEN, blobs, opus, said, speaker
from tests.bot.stagehand import HOUR, MINUTE, SECOND, Stage, acting, settle, wired
from tests.bot.test_recorded import notices, recorded
from tests.speech_model import sentence


class Turn:
    """Recordings wait for their turn until it `came`; then they are really listened to. never: nothing needs to be
    started for that."""

    def __init__(self, never: bool = False) -> None:
        self.came, self.listened, self._never = False, list[str](), never

    def make(self, settings: Settings, clock: SetClock, start: int) -> App:
        app = wired(settings, clock, start)
        listen = app.runner.workers["Transcribe"]

        async def transcribe(job: Job, now: int) -> dict[str, Any]:
            if not self.came:
                raise Later(MINUTE)
            self.listened.append(job.request["utterance"])
            return await listen(job, now)

        app.runner.workers["Transcribe"] = transcribe
        if self._never:
            app.ear = None
        return app


def at_hand(stage: Stage) -> list[Path]:
    """Everything of recordings that lies on the disk."""
    return [p for p in stage.settings.media.rglob("*") if p.is_file()]


async def test_whoever_withdraws_leaves_nothing_that_we_have_not_heard_yet(home: Path, beeps: Path):
    turn = Turn(never=True)
    async with acting(home, kit=SPOKEN, make=turn.make, speech_model=str(beeps), speech_threads=1) as stage:
        ada = await speaker(stage)
        u = await ada.speaks(opus(sentence(12)))
        assert at_hand(stage)
        await ada.seat.says("stop")
        await ada.seat.taps("stop")
        assert (await stage.interview(ada.seat))["status"] == "withdrawn"
        assert (await ada.recording(u))["state"] == shelf.DROPPED
        assert at_hand(stage) == []
        turn.came = True
        await stage.wait(2 * MINUTE)
        assert turn.listened == []
        assert not await stage.rows(Utterance, id=u)


@pytest.mark.parametrize(
    ("changed", "values", "why"), [(Interview, {"flags": "{}"}, "off"), (Conversation, {"state": "ended"}, "gone")]
)
async def test_what_may_not_be_kept_by_the_time_of_its_turn_is_not_fetched(
    home: Path, beeps: Path, changed: Any, values: dict[str, str], why: str
):
    """Consent was taken back, or the conversation is over; and what lay with us already goes at once."""
    turn = Turn(never=True)
    async with acting(home, kit=SPOKEN, make=turn.make, speech_model=str(beeps), speech_threads=1) as stage:
        ada = await speaker(stage)
        u = await ada.speaks(opus(sentence(12)))
        await stage.app.store.commit(lambda tx: tx.change(changed, {"tenant_id": stage.app.tenant_id}, values))
        turn.came = True
        await stage.wait(2 * MINUTE)
        row = await ada.recording(u)
        assert (row["state"], row["why"], row["blob"]) == (shelf.UNHEARD, why, "")
        assert at_hand(stage) == []


async def test_what_could_not_be_used_takes_no_room_and_leaves_no_pieces(home: Path, beeps: Path):
    async with acting(home, kit=SPOKEN, speech_model=str(beeps), speech_threads=1, recording_quota=10) as stage:
        ada = await speaker(stage)
        u = await ada.speaks(b"these are words and no recording " * 40)
        assert at_hand(stage) == []
        await stage.app.store.commit(lambda tx: tx.change(Recording, {"id": u}, {"size": 11_000_000}))
        v = await ada.speaks(opus(sentence(34)))  # whatever the first one said it had
        assert await ada.wording(v) == said(34)


async def test_a_model_that_is_gone_after_a_restart_costs_a_tap_and_no_answer(home: Path, beeps: Path, tmp_path: Path):
    model = shutil.copytree(beeps, tmp_path / "model")
    turn = Turn()
    async with acting(home, kit=SPOKEN, make=turn.make, speech_model=str(model), speech_threads=1) as stage:
        ada = await speaker(stage)
        u = await ada.speaks(opus(sentence(56)))
        model.rename(tmp_path / "elsewhere")
        turn.came = True
        await stage.restart()
        await stage.wait(2 * MINUTE)
        ada.seat = stage.seats["Ada Okoye"]
        assert stage.app.ear is None
        assert words.not_heard("trouble").text in await ada.seat.texts(), "a sentence, and not silence"
        stage.clock.forward(3 * 24 * HOUR)
        await stage.app.uploads.sweep()
        (tmp_path / "elsewhere").rename(model)
        await stage.restart()
        ada.seat = stage.seats["Ada Okoye"]
        await ada.seat.taps("~again.1")
        assert await ada.wording(u) == said(56)
        assert len(blobs(stage)) == 1


async def test_waiting_for_its_turn_is_no_trouble(home: Path, beeps: Path):
    """A hiccup after an hour in the queue is the first one: nobody is asked whether we may try once more."""
    turn = Turn()
    async with acting(home, kit=SPOKEN, make=turn.make, speech_model=str(beeps), speech_threads=1) as stage:
        ada = await speaker(stage)
        u = await ada.speaks(opus(sentence(78)))
        await stage.wait(HOUR)
        receive, failed = stage.app.media.receive, list[int]()

        async def once_in_trouble(source: Any, limit: int) -> Any:
            if not failed:
                failed.append(1)
                raise Later(5 * SECOND)
            return await receive(source, limit)

        stage.app.media.receive = once_in_trouble  # type: ignore[method-assign]
        turn.came = True
        await stage.wait(2 * MINUTE)
        assert (await ada.recording(u))["state"] == shelf.COMING
        await stage.wait(MINUTE)
        assert failed
        assert await ada.wording(u) == said(78)


async def test_what_a_kill_left_on_the_disk_goes_a_day_later(home: Path, beeps: Path):
    async with acting(home, kit=SPOKEN, speech_model=str(beeps), speech_threads=1) as stage:
        ada = await speaker(stage)
        await ada.speaks(opus(sentence(21)))
        (own,) = blobs(stage)
        for name in ("coming/ab", f"kept/ab/ab{'0' * 62}"):
            left = stage.settings.media / name
            left.parent.mkdir(parents=True, exist_ok=True)
            left.write_bytes(b"sealed")
        await stage.restart()
        assert len(at_hand(stage)) == 3, "it may be on its way just now"
        yesterday = time.time() - 90_000
        for file in at_hand(stage):
            os.utime(file, (yesterday, yesterday))
        await stage.restart()
        await asyncio.gather(*stage.app.catching_up)
        assert at_hand(stage) == [own]


async def at_the_deadline(home: Path, beeps: Path, count: int) -> None:
    """So many recordings arrive in the last minute, and it takes hours until all of them have been listened to."""
    turn, note = Turn(), opus(sentence(90))
    async with acting(home, kit=SPOKEN, make=turn.make, speech_model=str(beeps), speech_threads=1) as stage:
        await recorded(stage)
        everybody = [await speaker(stage, f"Candidate {n}") for n in range(count)]
        deadline = min(i["deadline_at"] for i in await stage.rows(Interview))
        await stage.wait(deadline - stage.clock.now() - MINUTE - 2 * count * SECOND)
        for one in everybody:
            await one.speaks(note, wait=False)
        sent = {r["person_id"]: r["id"] for r in await stage.rows(Recording)}
        assert len(sent) == count
        for hours in range(1, 5):
            await stage.wait(HOUR)
            if hours == 2:
                await stage.restart()
        turn.came = True
        stage.clock.forward(2 * MINUTE)
        await stage.app.runner.fire_due()
        async with asyncio.timeout(30 + 5 * count):
            while {w["state"] for w in await stage.rows(Work, kind="Transcribe")} != {"done"}:  # noqa: ASYNC110  (rows)
                await asyncio.sleep(0.05)
        await settle()
        assert sorted(turn.listened) == sorted(sent.values()), "each of them once"
        for one in everybody:
            one.seat = stage.seats[one.seat.name]
            assert await one.wording(sent[one.seat.who.person_id]) == said(90)
            assert await notices(one.seat, "was up on") == []
        facts = {f["name"] for f in await stage.rows(FactRow)}
        assert facts & {"deadline_passed", "overdue", "expired"} == set()
        assert {i["status"] for i in await stage.rows(Interview)} == {"in_progress"}
        await stage.wait(2 * HOUR)  # and then time goes on as always
        assert {f["name"] for f in await stage.rows(FactRow)} & {"deadline_passed"}


async def test_whoever_speaks_in_the_last_minute_is_not_late(home: Path, beeps: Path):
    await at_the_deadline(home, beeps, 2)


@pytest.mark.slow
async def test_two_hundred_who_speak_in_the_last_minute_are_not_late(home: Path, beeps: Path):
    await at_the_deadline(home, beeps, 200)
