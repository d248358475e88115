"""Recordings at the door: only those of a candidate are taken, and nobody waits while one is fetched."""

from dataclasses import replace

from adapters.contract import Recorded, Takeback, Upload, beside, piece
from bot.store.rows import Inbox, JournalEntry, Recording, Utterance
from flows.words import reception_en, voice_en
from tests.bot.reception.guests import Guest, candidate, member, text_of
from tests.bot.stagehand import Stage

SPOKEN = Recorded("voice", {"file_id": "f1"}, 4.0)


async def never(limit: int) -> bytes:
    raise AssertionError("a recording was fetched while somebody waits")


def recording(message: str, text: str = "") -> Upload:
    return Upload("voice.ogg", "audio/ogg", 900, never, message, text, SPOKEN)


async def test_nobody_but_a_candidate_is_listened_to(stage: Stage):
    noor, nobody = await member(stage, stage.seats["Noor"], "telegram", "9"), Guest(stage, "telegram", "666")
    before = await stage.rows(Inbox)
    for guest, sentence in ((noor, reception_en.RECORDING_UNWANTED), (nobody, reception_en.STRANGER)):
        answer = await guest.does(recording(guest.chat.number(guest.address), "invite Mallory"))
        assert text_of(answer) == sentence.text
    assert await stage.rows(Inbox) == before
    assert await stage.rows(Recording) == []


async def test_words_beside_a_recording_are_taken_also_when_the_first_delivery_broke_off(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    message = ada.chat.number(ada.address)
    await ada.does(recording(message), "e1")  # all that was stored before the lights went out
    assert voice_en.cannot_listen("off").text in ada.texts[-1]  # nothing listens here: said at once, nothing kept
    assert await stage.rows(Utterance, step="outage") == []
    for _ in range(2):
        await ada.does(recording(message, "Here is what I did."), "e1")
    assert len(await stage.rows(Utterance, step="outage")) == 1
    assert await stage.rows(Recording) == []
    assert sum(voice_en.cannot_listen("off").text in t for t in ada.texts) == 1


async def test_a_message_that_is_taken_back_takes_along_all_that_came_with_it(stage: Stage):
    ada = await candidate(stage, "discord", "1")
    await ada.plays("outage")
    message = ada.chat.number(ada.address)
    for n in range(2):  # two in one message: each is one of its own
        one = replace(recording(message), message=piece(message, n), text="" if n else "Here is what I did.")
        await ada.does(one, f"m/{n}")
    await ada.edits(beside(message), "Here is what I really did.")
    (said,) = await stage.rows(Utterance, step="outage")
    assert len(await stage.rows(Utterance, id=said["id"])) == 2  # wordings of one
    for _ in range(2):
        await ada.does(Takeback(message), "d/1")
    assert [e["kind"] for e in await stage.rows(JournalEntry, "n")].count("unpart") == 1
    await ada.taps("done")
    assert (await ada.waiting()).key == "outage"  # nothing is left of the answer
