"""When the cards open: complete, by a recruiter's reason, or because a panel changed."""

from flows.words import options_en, panel_en
from tests.bot.scorecards.conftest import card_of, last, option_ids, presses, rows_of, said
from tests.bot.stagehand import Stage

TITLE_OF = "How "


async def title(stage: Stage) -> str:
    return (
        (await stage.seats["Noor"].orders("/interview options"))["title"]
        .removeprefix(TITLE_OF)
        .removesuffix(" is rated")
    )


async def test_the_post_says_who_is_due_and_offers_what_there_is_to_do(stage: Stage):
    await stage.finished()
    card = await card_of(stage)
    assert option_ids(card) == ["rate", "mine", "read", "early"]
    assert rows_of(card) == {
        "Competencies": "Ownership, Care",
        "Scorecards": "0 of 2 submitted",
        "Still due": "Priya, Tom",
    }
    assert card["links"]
    await stage.seats["Priya"].rates("Ada Okoye")
    await stage.seats["Tom"].rates("Ada Okoye")
    assert option_ids(await card_of(stage)) == ["decide", "compare", "reread", "amend", "read"]


async def test_open_early_asks_a_recruiter_for_the_reason_and_nobody_else(stage: Stage):
    ada = await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye")
    tom, noor = stage.seats["Tom"], stage.seats["Noor"]
    await tom.taps_post("early", "Ada Okoye")
    assert (await last(tom))["card"]["text"] == panel_en.ONLY_RECRUITERS_OPEN
    await tom.taps("away", f"do:early:{(await stage.interview(ada))['id']}")  # forged
    assert (await stage.interview(ada))["revealed_at"] is None
    await noor.taps_post("early", "Ada Okoye")
    assert "1 of 2 submitted" in (await last(noor))["card"]["text"]
    assert (await presses(noor, "no"))["text"] == panel_en.STILL_SEALED
    assert (await stage.interview(ada))["revealed_at"] is None
    await noor.taps_post("early", "Ada Okoye")
    await presses(noor, "away")
    assert panel_en.EARLY_REASONS["away"] in (await card_of(stage))["text"]
    assert "revealed_early" in await stage.facts(ada)
    assert (await presses(noor, "away"))["tone"] == "kind_error", "it is open already"
    assert (await stage.facts(ada)).count("revealed_early") == 1


async def test_nothing_is_opened_that_nobody_could_decide_about(stage: Stage):
    """Without one rating from before, no decision could ever follow: there is only the software's card."""
    ada = await stage.finished()
    noor = stage.seats["Noor"]
    await noor.taps_post("early", "Ada Okoye")
    assert (await last(noor))["card"]["text"] == panel_en.NOBODY_RATED
    await noor.taps("away", f"do:early:{(await stage.interview(ada))['id']}")
    assert (await last(noor))["card"]["text"] == panel_en.NOBODY_RATED
    assert (await noor.orders("/interview reveal Ada because Tom is ill"))["text"] == panel_en.NOBODY_RATED
    priya = stage.seats["Priya"]
    await priya.taps_post("rate", "Ada Okoye")
    await priya.fills()
    await priya.taps("later")  # a draft is no rating
    assert (await noor.orders("/interview reveal Ada because Tom is ill"))["text"] == panel_en.NOBODY_RATED
    assert (await stage.interview(ada))["revealed_at"] is None


async def test_a_panelist_who_is_taken_off_makes_the_rest_complete(stage: Stage):
    ada = await stage.finished()
    await stage.seats["Priya"].rates("Ada Okoye")
    role = await title(stage)
    card = await stage.seats["Noor"].orders(f"/interview options {role} panel Priya")
    assert rows_of(card)["Rated by"] == "Priya"
    assert (await stage.interview(ada))["status"] == "scored"
    assert [n for n in rows_of(await card_of(stage)) if n in ("Priya", "Tom")] == ["Priya"]


async def test_a_panelist_who_is_added_is_due_before_the_reveal_and_not_after(stage: Stage):
    ada = await stage.finished()
    await stage.join("Cleo", "observer")
    role, noor = await title(stage), stage.seats["Noor"]
    await stage.seats["Priya"].rates("Ada Okoye")
    await noor.orders(f"/interview options {role} panel Priya, Tom and Cleo")
    assert rows_of(await card_of(stage))["Still due"] == "Tom, Cleo"
    await stage.seats["Tom"].rates("Ada Okoye")
    assert (await stage.interview(ada))["revealed_at"] is None
    await stage.seats["Cleo"].rates("Ada Okoye")
    assert (await stage.interview(ada))["status"] == "scored"
    await stage.join("Dee", "observer")
    await noor.orders(f"/interview options {role} panel Priya, Tom, Cleo, Dee")
    assert (await stage.interview(ada))["status"] == "scored"
    assert [n for n in rows_of(await card_of(stage)) if n == "Dee"] == []


async def test_options_are_switched_by_buttons_that_say_what_they_set(stage: Stage):
    noor = stage.seats["Noor"]
    card = await noor.orders("/interview options")
    assert option_ids(card) == ["neutral.on", "blind.on", "follow.on", "observers.on"]
    card = await presses(noor, "neutral.on")
    assert option_ids(card)[0] == "neutral.off"
    assert card["text"].startswith(options_en.CHANGED)
    assert option_ids(await presses(noor, "neutral.on"))[0] == "neutral.off", "pressed twice it is still on"
    await stage.finished()
    await stage.seats["Priya"].taps_post("rate", "Ada Okoye")
    votes = [m["card"]["fields"][-1]["options"] for m in await said(stage.seats["Priya"]) if m["card"].get("fields")]
    assert [o["id"] for o in votes[-1]] == ["strong_no", "no", "neutral", "yes", "strong_yes"]


async def test_options_are_for_recruiters_and_names_that_can_be_told(stage: Stage):
    role, noor = await title(stage), stage.seats["Noor"]
    for line, says in (
        (f"/interview options {role} backup Zoe", "I don't know anybody"),
        (f"/interview options {role} panel nobody", "Somebody has to rate"),
        ("/interview options Nothing of the kind", ""),
    ):
        card = await noor.orders(line)
        assert card["tone"] == "kind_error", line
        assert says in card["text"]
    assert (await stage.seats["Tom"].orders("/interview options"))["tone"] == "kind_error"
    requisition = f"do:opt:{stage.requisition_id}"
    await stage.seats["Tom"].taps("blind.on", requisition)
    assert rows_of(await noor.orders("/interview options"))["Names"] == "shown in comparisons"
    await noor.taps("nonsense.on", requisition)
    assert (await last(noor))["card"]["tone"] == "kind_error"
