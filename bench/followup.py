"""`followup_after_note`: from a voice note to the follow-up, without the time that listening itself takes.

Candidates in the real app, one after the other, each with a page open. The clock runs from the moment the note's event is
handed in until the follow-up stands on their page: the note is fetched, opened, listened to, judged and kept, its words are
shown and taken as the answer, and the kit's follow-up is chosen and delivered. Then the same sound, decoded before, is
listened to by the same process with nothing around it; the difference is what Parley adds. The model is tiny and its weights
are written by hand, so that it hears words with certainty; a note is seven seconds of espeak-ng.
"""

import asyncio
from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter

import common

from adapters.web.parse import SpokeIn
from bot.kits import KitLibrary
from bot.recordings.uploads import Uploader
from flows.kits.model import AnswerGuide, Kit
from flows.words.interview_en import FOLLOW_UP
from tests import speech_model
from tests.bot.stagehand import Seat, Stage, acting

NAME = "followup_after_note"
ROUNDS, AIM_MS, SLOTS = 12, 300, 17
SAID = "there was a customer and it was about her order and then it was fine in the end I think"
_PATIENCE = 60.0


def main() -> None:
    with common.folder() as home:
        model = speech_model.build(home / "model", SAID)
        asyncio.run(_main(str(model), home))


async def _main(model: str, home: common.Path) -> None:
    sound = speech_model.beeping([None] * SLOTS).tobytes()
    added, alone, whole = list[float](), list[float](), list[float]()
    async with acting(home / "app", kit=_spoken(), speech_model=model) as stage:
        note = await stage.app.media.encode(speech_model.wav(sound))
        for n in range(ROUNDS + 2):  # the first two make everything warm
            took = await _one(stage, n, note.data)
            bare = await _bare(stage, sound)
            if n > 1:
                added.append(took - bare)
                alone.append(bare)
                whole.append(took)
    ms = median(added) * 1000
    common.context(
        NAME, note_s=len(sound) / 32_000, rounds=ROUNDS, whole_ms=median(whole) * 1000, worst_ms=max(added) * 1000
    )
    baseline = "listening to the same sound alone"
    common.Figure(NAME, ms, "ms", baseline, median(alone) * 1000, f"under {AIM_MS} ms", ms < AIM_MS).print()


def _spoken() -> Kit:
    """The shipped kit, whose questions all take a voice note, without its warm-up."""
    kit, either = KitLibrary().load(common.KIT), AnswerGuide(modes=("text", "voice"))
    questions = tuple(q.model_copy(update={"answer": either, "ai_use": "free"}) for q in kit.questions)
    return kit.model_copy(update={"questions": questions, "warm_up": None})


async def _one(stage: Stage, n: int, note: bytes) -> float:
    """Seconds from a note to its follow-up."""
    seat = await stage.invite(f"Candidate {n}")
    await seat.plays(until=stage.kit.questions[0].id, consent_recording="yes", start_mode="speak")
    waiting = await seat.waiting()
    assert waiting is not None
    who = Uploader(stage.app.tenant_id, seat.who.person_id, seat.who.thread_id)
    uploads = stage.app.uploads
    upload = (await uploads.begin(who, f"note-{n:06d}", "voice", "audio/ogg", False)).id
    await uploads.take(who, upload, 0, note)
    await uploads.finish(who, upload, len(note))
    spoke = SpokeIn(
        id=f"event-{n:06d}", kind="spoke", upload=upload, form="voice", seconds=SLOTS * 0.4, asked=waiting.token
    )
    seen = len(seat.own.frames)
    began = perf_counter()
    await stage.app.port.receive(seat.who, seat.who.thread_id, "person", spoke)
    async with asyncio.timeout(_PATIENCE):
        while not _asked(seat, seen):
            await asyncio.sleep(0.001)
    took = perf_counter() - began
    await seat.leave()
    return took


def _asked(seat: Seat, seen: int) -> bool:
    return any(FOLLOW_UP.encode() in frame for frame in seat.own.frames[seen:])


async def _bare(stage: Stage, sound: bytes) -> float:
    """Seconds that listening alone takes."""

    async def pieces() -> AsyncIterator[bytes]:
        yield sound

    assert stage.app.ear is not None
    began = perf_counter()
    await stage.app.ear.listen(pieces(), len(sound) // 32)
    return perf_counter() - began


if __name__ == "__main__":
    main()
