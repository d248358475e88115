"""From what a (tiny, real) model heard to the scorecard: a correction is what is read, and silence is never a low level."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bot.store.rows import Recording, Requisition, Utterance
from bot.store.store import Tx
from flows.rating.card import MachineCard
from flows.rating.evidence import Answered
from tests import speech_model
from tests.bot.recordings.test_practising import sends, wav
from tests.bot.stagehand import Seat, Stage, acting
from tests.bot.web.test_recording_pages import SPOKEN
from tests.flows.rating.test_words_alone import card

RIGHT = "I called the vendor myself that night and rolled the last change of the mail server back"
HEARD = RIGHT.replace("rolled the last change", "road the lost chains")
FIRST, SECOND = SPOKEN.questions[0].id, SPOKEN.questions[1].id


async def followed(stage: Stage) -> None:
    def follow(tx: Tx) -> None:
        tx.change(Requisition, {"id": stage.requisition_id}, {"settings": '{"follow": true}'})

    await stage.app.store.commit(follow)


async def machine(stage: Stage, seat: Seat) -> MachineCard:
    row, app = (await stage.cards(seat))["machine"], stage.app

    def read(tx: Tx) -> Any:
        app.keys.load(tx, row["tenant_id"], row["subject_id"])
        return app.keys.open(row["tenant_id"], row["subject_id"], row["body"])

    return MachineCard.from_json(await app.store.read(read))


async def channel(stage: Stage) -> str:
    noor = stage.seats["Noor"]
    return orjson.dumps(await noor.messages(stage.channel_id)).decode()


def silence() -> bytes:
    return speech_model.wav(np.zeros(6 * speech_model.RATE, np.int16))


async def test_a_score_follows_the_correction_and_a_silent_note_is_not_scored(home: Path):
    model = speech_model.build(home / "model", HEARD)
    async with acting(home, kit=SPOKEN, speech_model=str(model)) as stage:
        await followed(stage)
        ada = await stage.invite()
        await ada.plays(until=FIRST, consent_recording="yes", start_mode="speak")
        await sends(stage, ada, "take-0001", wav())
        assert (await ada.must_wait()).key.startswith((f"{FIRST}.follow", SECOND)), "the note was the answer"
        assert HEARD in await channel(stage)
        await ada.taps("~fix.1")
        await ada.says("road the lost chains -> rolled the last change")
        assert RIGHT in await channel(stage), "whoever reads along sees the correction"
        assert HEARD not in await channel(stage)
        await ada.plays(until=SECOND, answers={f"{FIRST}.follow": None})

        await sends(stage, ada, "take-0002", silence())
        assert any("couldn't hear anybody speak" in text for text in await ada.texts())
        assert (await ada.must_wait()).key == SECOND, "it costs nothing"
        await ada.plays(answers={SECOND: None})

        made = await machine(stage, ada)
        read = {a.question_id: a.words for a in made.answers}
        assert set(read) == {FIRST}
        plain = card(Answered(FIRST, (("u", RIGHT),)), Answered(SECOND, (), True, unheard="no_speech"))
        assert [(r.competency, r.reason, [(m.key, m.status, m.quote) for m in r.marks]) for r in made.results] == [
            (r.competency, r.reason, [(m.key, m.status, m.quote) for m in r.marks]) for r in plain.results
        ]
        assert any(r.reason == "no_speech" and r.level is None for r in made.results)
        quotes = "".join(m.quote for r in made.results for m in r.marks)
        assert "rolled the last change" in quotes
        versions = await stage.rows(Utterance, id=(await stage.rows(Recording, state="heard"))[0]["id"])
        assert [v["version"] for v in versions] == [0, 1], "what was heard stays beside it"
