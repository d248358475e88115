"""The quoted evidence, to be heard: after the reveal, by those who may, as long as it is theirs to hear."""

from typing import Any

import pytest

from bot import hiring
from bot.scorecards.clips import LONGEST_MS, SHORTEST_MS, around
from bot.store.rows import FactRow, Outbox, Recording, Requisition, Utterance
from bot.store.store import Row
from flows.words import clips_en as words
from tests.bot.scorecards.conftest import card_of, last, option_ids, within
from tests.bot.spoken import WORD_MS, spoken
from tests.bot.stagehand import Seat, Stage

ADA = "Ada Okoye"


async def opened(stage: Stage, **plan: Any) -> tuple[Seat, list[str]]:
    """A candidate who has spoken, rated by both; the ids of the recordings."""
    ada = await stage.finished(**plan)
    recordings = await spoken(stage, ada)
    await stage.seats["Priya"].rates(ADA)
    await stage.seats["Tom"].rates(ADA)
    return ada, recordings


async def hears(stage: Stage, who: str = "Tom") -> str:
    """Press the button; what is said to whoever pressed."""
    await stage.seats[who].taps_post("hear", ADA)
    return str((await last(stage.seats[who]))["card"]["text"])


async def thread(stage: Stage) -> list[dict[str, Any]]:
    """The cards that stand below the scorecard, without its picture and its transcript."""
    below = (await stage.seats["Noor"].post(ADA))["id"]
    shown = await stage.seats["Noor"].messages(stage.channel_id)
    steps = {r["id"]: r["step"] for r in await stage.rows(Outbox, act="send")}
    return [m["card"] for m in shown if m.get("under") == below and steps.get(m["id"]) == "post.clip"]


async def sounds(stage: Stage) -> list[Row]:
    """The sounds of the posted clips, as they are stored."""
    found: list[Row] = []
    for row in await stage.rows(Outbox, "seq", step="post.clip"):
        card: Any = stage.app.keys.open(row["tenant_id"], row["subject_id"], row["body"])
        found += card.get("sounds", [])
    return found


def test_a_clip_is_long_enough_to_be_understood_and_short_enough_to_be_listened_to():
    assert around(5_000, 12_000, 60_000) == (4_600, 12_400)
    for start, end, ms in ((5_000, 5_300, 60_000), (0, 300, 60_000), (59_700, 60_000, 60_000)):
        begin, stop = around(start, end, ms)
        assert (stop - begin, begin <= start, end <= stop) == (SHORTEST_MS, True, True)
    assert around(100, 900, 2_000) == (0, 2_000), "all that there is"
    assert around(10_000, 55_000, 60_000) == (9_600, 9_600 + LONGEST_MS)


async def test_nothing_is_to_be_heard_before_the_reveal(stage: Stage):
    ada = await stage.finished()
    await spoken(stage, ada)
    await stage.seats["Priya"].rates(ADA)
    assert "hear" not in option_ids(await card_of(stage))
    assert await hears(stage) == words.NOT_OPEN, "a forged tap"
    assert await thread(stage) == []
    await stage.seats["Tom"].rates(ADA)
    assert "hear" in option_ids(await card_of(stage))


async def test_each_competency_has_its_quotes_with_the_very_words(stage: Stage):
    ada, recordings = await opened(stage)
    assert await hears(stage) == words.COMING
    cards = await thread(stage)
    assert cards
    assert all(len(c["sounds"]) == len(c["quotes"]) <= 2 for c in cards)
    assert set(cards[0]["sounds"][0]) == {"n", "label"}, "nothing else goes to the page"
    kept = await sounds(stage)
    texts = {t: u for u in recordings for t in [await told(stage, u)]}
    for sound, quote in zip(kept, [q for c in cards for q in c["quotes"]], strict=True):
        text = next(t for t in texts if quote["text"] in " ".join(t.split()))
        assert sound["recording"] == texts[text]
        before = len(" ".join(text.split())[: " ".join(text.split()).index(quote["text"])].split())
        begin, end = before * WORD_MS, (before + len(quote["text"].split())) * WORD_MS
        assert sound["start"] <= max(begin - 400, 0)
        assert sound["end"] >= min(end, sound["start"] + LONGEST_MS)
        assert sound["end"] - sound["start"] <= LONGEST_MS
    assert await hears(stage, "Priya") == words.THERE
    assert len(await thread(stage)) == len(cards), "once for everybody"
    edits = len(await stage.rows(Outbox, act="edit"))
    await within(stage, ada, _render)
    assert len(await stage.rows(Outbox, act="edit")) == edits + 1, (
        "the scorecard alone: of the clips nothing has changed"
    )
    (fact,) = await stage.rows(FactRow, name="evidence_shared")
    assert fact["person_id"] == stage.seats["Tom"].who.person_id


async def told(stage: Stage, u: str) -> str:
    (row,) = await stage.rows(Utterance, id=u, version=0)
    return str(stage.app.keys.open(row["tenant_id"], row["subject_id"], row["body"]))


async def test_written_answers_and_deleted_recordings_have_no_button(stage: Stage):
    await stage.finished()
    await stage.seats["Priya"].rates(ADA)
    await stage.seats["Tom"].rates(ADA)
    assert "hear" not in option_ids(await card_of(stage))
    assert await hears(stage) == words.NONE


async def test_who_may_not_read_hears_nothing(stage: Stage):
    await opened(stage)
    await stage.join("Olive", "observer")
    assert await hears(stage, "Olive") == words.NOT_YOURS
    assert await thread(stage) == []


async def test_without_names_there_are_no_voices(stage: Stage):
    await opened(stage)
    (row,) = await stage.rows(Requisition, id=stage.requisition_id)
    await stage.app.store.commit(lambda tx: hiring.set_settings(tx, row, blind=True))
    assert await hears(stage) == words.NAMELESS
    assert await thread(stage) == []


@pytest.mark.parametrize("end", ["reread", "withdrawn", "deleted"])
async def test_clips_that_were_posted_go_as_the_cards_do(stage: Stage, end: str):
    ada, _ = await opened(stage)
    await hears(stage)
    before = await thread(stage)
    assert any(c.get("sounds") for c in before)
    if end == "reread":
        await stage.join("Cleo", "recruiter")
        await stage.seats["Tom"].taps_post("reread", ADA)
        assert {c["text"] for c in await thread(stage)} == {words.COVERED}
        assert await hears(stage) == words.NOT_OPEN
        await stage.seats["Noor"].taps_post("uncover", ADA)
        assert await thread(stage) == before, "and they come back with the cards"
        return
    if end == "withdrawn":
        await within(stage, ada, _withdraw)
        assert {c["text"] for c in await thread(stage)} == {words.TAKEN_BACK}
    else:
        gone = {"tenant_id": stage.app.tenant_id}
        await stage.app.store.commit(lambda tx: tx.change(Recording, gone, {"state": "gone", "blob": ""}))
        await within(stage, ada, _render)
        assert {c["text"] for c in await thread(stage)} == {words.NOT_NOW}
    assert not any(c.get("sounds") or c.get("quotes") for c in await thread(stage))


def _withdraw(scene: Any, interview: Row) -> None:
    hiring.step(scene.tx, interview, "withdrawn")
    _render(scene, interview)


def _render(scene: Any, interview: Row) -> None:
    hiring.render_post(scene, "scorecard", interview["id"], interview, scene.thread["id"])
