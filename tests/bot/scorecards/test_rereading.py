"""A second reading: covered, blind, honest about what its reader knew, and told to a candidate who contested."""

import json
from typing import Any

from bot.store.rows import Scorecard
from flows.words import panel_en, reread_en
from tests.bot.scorecards.conftest import card_of, flags, last, option_ids, presses, rows_of
from tests.bot.stagehand import DAY, HOUR, Seat, Stage

PRIYAS = "priyas-first-reason"


async def opened(stage: Stage) -> Seat:
    """A candidate whose cards are open; Cleo of the team has not rated."""
    await stage.join("Cleo", "recruiter")
    ada = await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye", level="5", why=PRIYAS, vote="strong_yes")
    await stage.seats["Tom"].rates("Ada Okoye", level="1", vote="no")
    return ada


async def machine_state(stage: Stage) -> list[str]:
    return [r["state"] for r in await stage.rows(Scorecard, rater_id="machine")]


async def accepted(stage: Stage, how: str = "yes") -> Seat:
    """Tom asks, Noor chooses Cleo, and Cleo agrees."""
    cleo = stage.seats["Cleo"]
    await stage.seats["Tom"].taps_post("reread", "Ada Okoye")
    await presses(stage.seats["Noor"], cleo.who.person_id)
    await presses(cleo, how)
    return cleo


async def test_asking_covers_the_cards_and_freezes_the_machines(stage: Stage):
    ada = await opened(stage)
    tom, noor = stage.seats["Tom"], stage.seats["Noor"]
    assert await machine_state(stage) == ["revealed"]
    await tom.taps_post("reread", "Ada Okoye")
    assert "covered" in (await last(tom))["card"]["text"]
    card = await card_of(stage)
    assert (card.get("scores"), PRIYAS in json.dumps(card)) == (None, False)
    assert option_ids(card) == ["rate", "mine", "uncover"]
    assert rows_of(card) == {panel_en.SECOND_READER: panel_en.still_looking()}
    assert await machine_state(stage) == ["frozen"]
    choice = (await last(noor))["card"]
    raters = {stage.seats[n].who.person_id for n in ("Priya", "Tom")}
    assert not raters & set(option_ids(choice))
    assert stage.seats["Cleo"].who.person_id in option_ids(choice)
    await tom.taps_post("reread", "Ada Okoye")
    assert (await last(tom))["card"]["text"] == reread_en.going_on_already().text
    assert (await stage.facts(ada)).count("reread_asked") == 1


async def test_the_second_reader_sees_no_first_card_on_any_path_until_they_submit(stage: Stage):
    ada = await opened(stage)
    interview = await stage.interview(ada)
    cleo = stage.seats["Cleo"]
    assert PRIYAS in json.dumps(await cleo.reviews(interview["id"]), default=repr)
    await accepted(stage)
    assert (await cleo.must_wait()).key == "form#1"
    page = await cleo.reviews(interview["id"])
    assert page is not None, "the answers themselves are there to be read"
    for shown in (page, await cleo.exports(interview["id"]), await card_of(stage)):
        text = json.dumps(shown, default=repr)
        assert PRIYAS not in text
        assert "evidence-map" not in text
        assert "indicators found" not in text
        assert "debrief" not in text, "that a debrief was opened says that the first raters are far apart, and on what"
    assert PRIYAS in json.dumps(await stage.seats["Noor"].exports(interview["id"]), default=repr)
    await cleo.fills("3", "A second look.", "yes")
    await cleo.taps("submit")
    assert await machine_state(stage) == ["revealed"]
    card = await card_of(stage)
    assert rows_of(card)["Cleo"] == f"Yes ({panel_en.SECOND_READING})"
    assert rows_of(card)["Priya"] == "Strong yes"
    assert PRIYAS in json.dumps(await cleo.reviews(interview["id"]), default=repr)
    assert [f for f in await stage.facts(ada) if f.startswith("reread")] == [
        "reread_asked", "reread_given", "reread_accepted", "reread_done",
    ]  # fmt: skip


async def test_a_reader_who_knew_the_cards_says_so_and_the_card_says_so_too(stage: Stage):
    await opened(stage)
    cleo = await accepted(stage, "seen")
    await cleo.fills("3", "A second look.", "yes")
    await cleo.taps("submit")
    assert rows_of(await card_of(stage))["Cleo"] == f"Yes ({panel_en.SECOND_READING_SEEN})"


async def test_who_cannot_is_replaced_and_a_recruiter_can_end_it(stage: Stage):
    ada = await opened(stage)
    ben = await stage.join("Ben", "observer")
    cleo = await accepted(stage, "no")
    noor = stage.seats["Noor"]
    choice = (await last(noor))["card"]
    assert cleo.who.person_id not in option_ids(choice)
    assert ben.who.person_id in option_ids(choice)
    await presses(noor, ben.who.person_id)
    token = f"do:again:{(await stage.interview(ada))['id']}"
    await cleo.taps("yes", token)
    assert (await last(cleo))["card"]["text"] == reread_en.nothing_going_on().text
    for name in ("Tom", "Priya"):
        await stage.seats[name].taps_post("uncover", "Ada Okoye")
        assert (await last(stage.seats[name]))["card"]["text"] == reread_en.ONLY_RECRUITERS
    await noor.taps_post("uncover", "Ada Okoye")
    assert "isn't needed any more" in (await last(ben))["card"]["text"]
    assert rows_of(await card_of(stage))["Priya"] == "Strong yes"
    assert await machine_state(stage) == ["revealed"]
    await ben.taps("yes", token)
    assert (await last(ben))["card"]["text"] == reread_en.nothing_going_on().text
    assert not (await flags(stage, ada)).get("reread")


async def test_who_may_ask_and_when(stage: Stage):
    await stage.join("Observer", "observer")
    await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye")
    await stage.seats["Tom"].rates("Ada Okoye")
    observer = stage.seats["Observer"]
    await observer.taps_post("reread", "Ada Okoye")
    assert (await last(observer))["card"]["text"] == reread_en.ONLY_PANEL
    assert await machine_state(stage) == ["revealed"]


async def test_the_second_reader_is_reminded(stage: Stage):
    await opened(stage)
    await accepted(stage)
    cleo = stage.seats["Cleo"]
    await stage.wait(HOUR + 60_000)
    assert "second reading of Ada Okoye is still due" in (await last(cleo))["card"]["text"]
    await stage.wait(DAY)
    assert sum("second reading of Ada Okoye is still due" in t for t in await cleo.texts()) == 2
    assert not any("second reading" in t for t in await stage.seats["Tom"].texts() if t.startswith("A reminder"))


async def test_a_contest_offers_a_second_reading_and_the_candidate_hears_of_it(stage: Stage):
    ada = await opened(stage)
    await contests(ada)
    noor, cleo = stage.seats["Noor"], stage.seats["Cleo"]
    await presses(noor, "start")
    assert (await flags(stage, ada))["reread"]["contested"] is True
    assert "Ada Okoye says that something in the feedback is wrong" in (await card_of(stage))["text"]
    await presses(noor, cleo.who.person_id)
    await presses(cleo, "yes")
    await cleo.fills("4", "A second look.", "yes")
    await cleo.taps("submit")
    told = await ada.texts()
    assert reread_en.for_candidate(False).text in told
    assert not [t for t in told if "A second look" in t or PRIYAS in t]
    assert any("I've told the candidate" in t for t in await noor.texts())


async def contests(ada: Seat) -> None:
    """Say in the feedback that something is wrong."""
    steps: list[Any] = []
    while (waiting := await ada.waiting()) is not None and len(steps) < 10:
        steps.append(waiting.key)
        card = (await last(ada))["card"]
        ids = option_ids(card)
        if "wrong" in ids:
            await ada.taps("wrong")
        elif waiting.done is not None:
            await ada.says("That isn't what I said.")
            await ada.taps("done")
        elif waiting.answering and not ids:
            await ada.says("That isn't what I said.")
        else:
            await ada.taps(ids[0])
