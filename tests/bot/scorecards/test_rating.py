"""Rating: drafts, what a rater is asked about, who may rate, and what becomes of a second thought."""

from typing import Any

from adapters.web.parse import TappedIn
from bot import hiring
from bot.scorecards import rating
from bot.store.rows import Conversation, Role, Scorecard
from flows.words import panel_en
from tests.bot.scorecards.conftest import card_of, changes, last, option_ids, rows_of, said, within
from tests.bot.stagehand import Seat, Stage, settle

NOTE = {"ratings": {"ownership": {"why": "Rolled it back at once."}, "nonsense": {"level": 3, "why": ""}}}


async def values(seat: Seat) -> dict[str, str]:
    """What the open form is filled in with."""
    forms = [m["card"] for m in await said(seat) if m["card"].get("fields")]
    return {f["key"]: f.get("value", "") for f in forms[-1]["fields"]}


async def versions(stage: Stage, seat: Seat) -> list[tuple[int, str]]:
    rows = await stage.rows(Scorecard, "version", rater_id=seat.who.person_id)
    return [(r["version"], r["state"]) for r in rows]


async def test_notes_of_an_interview_fill_the_form_in_and_stay_the_raters_own(stage: Stage):
    ada = await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    me = priya.who.person_id
    await within(stage, ada, lambda s, i: rating.save_draft(s, i, me, NOTE))
    more: dict[str, Any] = {"ratings": {"care": {"level": None, "why": ""}}, "recommendation": "no"}
    await within(stage, ada, lambda s, i: rating.save_draft(s, i, me, more))
    assert await versions(stage, priya) == [(1, "draft")]
    assert rows_of(await card_of(stage))["Scorecards"] == "0 of 2 submitted"

    await priya.taps_post("mine", "Ada Okoye")
    assert (await last(priya))["card"]["text"] == panel_en.KEPT_FOR_LATER
    await priya.taps_post("rate", "Ada Okoye")
    assert await values(priya) == {
        "ownership.level": "",
        "ownership.why": "Rolled it back at once.",
        "care.level": "none",
        "care.why": "",
        "recommendation": "no",
    }
    await priya.fills()
    await priya.taps("submit")
    assert await versions(stage, priya) == [(1, "submitted")]
    await tom.taps_post("rate", "Ada Okoye")
    assert set((await values(tom)).values()) == {""}


async def test_a_rating_put_aside_is_there_again_and_counts_only_once_it_is_submitted(stage: Stage):
    ada = await stage.finished()
    priya = stage.seats["Priya"]
    await priya.taps_post("rate", "Ada Okoye")
    await priya.fills("2", "Vague about dates.", "no")
    await priya.taps("later")
    assert await priya.waiting() is None
    assert await versions(stage, priya) == [(1, "draft")]
    assert "rated" not in await stage.facts(ada)
    assert rows_of(await card_of(stage))["Still due"] == "Priya, Tom"
    await stage.restart()
    priya = stage.seats["Priya"]
    await priya.taps_post("rate", "Ada Okoye")
    assert (await values(priya))["care.why"] == "Vague about dates."
    await priya.fills("3", "Vague about dates.", "no")
    await priya.taps("submit")
    assert await versions(stage, priya) == [(1, "submitted")]


async def test_pressing_rate_again_asks_the_open_question_again(stage: Stage):
    await stage.finished()
    priya = stage.seats["Priya"]
    await priya.taps_post("rate", "Ada Okoye")
    before = len(await said(priya))
    await priya.taps_post("rate", "Ada Okoye")
    shown = (await said(priya))[before:]
    assert panel_en.ALREADY_OPEN in [m["card"].get("text") for m in shown]
    assert any(m["card"].get("fields") for m in shown)
    assert len(await stage.rows(Conversation, flow="review")) == 1


async def test_a_rater_is_asked_about_their_focus_and_the_others_wait_for_nothing_else(stage: Stage):
    ada = await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await changes(stage, ada, focus={priya.who.person_id: ["care"]})
    await priya.taps_post("rate", "Ada Okoye")
    assert set(await values(priya)) == {"care.level", "care.why", "recommendation"}
    await changes(stage, ada, focus={priya.who.person_id: ["ownership"]})  # not under somebody who is filling it in
    assert not await priya.submits(**{"care.level": "5", "care.why": "Kind.", "recommendation": "yes"})
    await priya.taps("submit")
    await tom.rates("Ada Okoye", level="2")
    card = await card_of(stage)
    levels = {s["title"]: s["levels"] for s in card["scores"]}
    assert [list(x) for x in levels["Ownership"]] == [["Tom", 2]]
    assert [list(x) for x in levels["Care"]] == [["Priya", 5], ["Tom", 2]]
    assert {s["title"]: s.get("spread", "") for s in card["scores"]} == {"Ownership": "", "Care": "2 to 5"}
    assert rows_of(card)[panel_en.DIFFERS] == "Care (2 to 5)"


async def test_between_submitting_and_the_reveal_nothing_is_amended(stage: Stage):
    await stage.finished()
    priya = stage.seats["Priya"]
    await priya.rates("Ada Okoye")
    token = (await priya.post("Ada Okoye"))["token"]
    for option, says in (("rate", panel_en.SEALED_UNTIL_ALL), ("amend", panel_en.AMEND_LATER)):
        tap = TappedIn(id=stage.event_id(), kind="tapped", token=token, option=option)
        await stage.app.port.receive(priya.who, priya.channel_id, "channel", tap)
        await settle()
        assert (await last(priya))["card"]["text"] == says
    assert await priya.waiting() is None
    assert await versions(stage, priya) == [(1, "submitted")]


async def test_an_amended_card_is_marked_and_the_first_one_stays_listed(stage: Stage):
    ada = await stage.finished()
    priya, tom, noor = (stage.seats[n] for n in ("Priya", "Tom", "Noor"))
    await priya.rates("Ada Okoye", level="5", why="Clear.", vote="strong_yes")
    await tom.rates("Ada Okoye", level="2", why="Vague.", vote="no")
    await priya.taps_post("amend", "Ada Okoye")
    assert (await values(priya))["ownership.level"] == "5"
    await priya.fills("3", "Less clear than I thought.", "yes")
    assert rows_of(await card_of(stage))["Priya"] == "Strong yes", "nothing changes before it is submitted"
    await priya.taps("submit")
    rows = rows_of(await card_of(stage))
    assert rows["Priya"] == f"Yes ({panel_en.AMENDED_AFTER})"
    assert rows[panel_en.AMENDED] == "Priya: Strong yes, Ownership 5, Care 5"
    assert rows["Tom"] == "No"
    assert await versions(stage, priya) == [(1, "revealed"), (2, "revealed")]
    export = await noor.exports((await stage.interview(ada))["id"])
    assert export is not None
    assert [(c["version"], c["card"]["recommendation"]) for c in export["scorecards"] if c["rater"] == "Priya"] == [
        (1, "strong_yes"), (2, "yes"),
    ]  # fmt: skip
    await noor.taps_post("amend", "Ada Okoye")
    assert (await last(noor))["card"]["text"] == panel_en.NOTHING_TO_AMEND


async def test_an_amendment_put_aside_leaves_the_open_card_as_it_is(stage: Stage):
    await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await priya.rates("Ada Okoye", level="5", vote="strong_yes")
    await tom.rates("Ada Okoye")
    await priya.taps_post("amend", "Ada Okoye")
    await priya.fills("1", "Second thoughts.", "no")
    await priya.taps("later")
    card = await card_of(stage)
    assert rows_of(card)["Priya"] == "Strong yes"
    assert "Second thoughts" not in str(card)
    await priya.taps_post("amend", "Ada Okoye")
    assert (await values(priya))["care.why"] == "Second thoughts."


async def test_a_rater_who_leaves_the_team_is_told_and_keeps_what_they_wrote(stage: Stage):
    ada = await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await tom.taps_post("rate", "Ada Okoye")
    await tom.fills("1", "A reason of Tom's.", "no")
    me = tom.who.person_id
    await stage.app.store.commit(lambda tx: tx.delete(Role, {"tenant_id": tom.who.tenant_id, "person_id": me}))
    await tom.taps("submit")
    assert panel_en.NOT_ON_PANEL_NOW in await tom.texts()
    assert await versions(stage, tom) == [(1, "draft")]
    assert (await stage.interview(ada))["revealed_at"] is None
    await priya.rates("Ada Okoye")
    card = await card_of(stage)
    assert [n for n in rows_of(card) if n in ("Priya", "Tom")] == ["Priya"]
    assert "A reason of Tom's" not in str(card)
    await tom.taps_post("rate", "Ada Okoye")
    assert (await last(tom))["card"]["text"] == panel_en.ONLY_PANEL


async def test_who_rated_and_left_afterwards_still_counts(stage: Stage):
    ada = await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await tom.rates("Ada Okoye", why="Toms own.")
    where = {"tenant_id": tom.who.tenant_id, "person_id": tom.who.person_id}
    await stage.app.store.commit(lambda tx: tx.delete(Role, where))
    await priya.rates("Ada Okoye")
    assert (await stage.interview(ada))["status"] == "scored"
    assert [n for n in rows_of(await card_of(stage)) if n in ("Priya", "Tom")] == ["Priya", "Tom"]


async def test_who_has_left_the_team_rates_and_amends_no_more_even_where_an_interview_names_them(stage: Stage):
    ada = await stage.finished()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    await changes(stage, ada, panel=[priya.who.person_id, tom.who.person_id])
    await priya.rates("Ada Okoye")
    for seat in (priya, tom):
        where = {"tenant_id": seat.who.tenant_id, "person_id": seat.who.person_id}
        await stage.app.store.commit(lambda tx, w=where: tx.delete(Role, w))
    await tom.taps_post("rate", "Ada Okoye")
    assert (await last(tom))["card"]["text"] == panel_en.ONLY_PANEL
    assert await tom.waiting() is None
    await stage.seats["Noor"].orders("/interview reveal Ada because Tom has left the company")
    assert (await stage.interview(ada))["revealed_at"] is not None
    await priya.taps_post("amend", "Ada Okoye")
    assert (await last(priya))["card"]["text"] == panel_en.ONLY_PANEL
    assert await priya.waiting() is None


async def test_nobody_rates_what_is_over(stage: Stage):
    ada = await stage.finished()
    priya = stage.seats["Priya"]
    await priya.rates("Ada Okoye")
    await stage.seats["Noor"].orders("/interview reveal Ada Okoye because Tom is ill this week")
    tom = stage.seats["Tom"]
    assert "rate" in option_ids(await card_of(stage)), "who is late may still rate"
    interview = await stage.interview(ada)
    await stage.app.store.commit(lambda tx: hiring.step(tx, interview, "decided"))
    await tom.taps_post("rate", "Ada Okoye")
    assert (await last(tom))["card"]["text"] == panel_en.CLOSED


async def test_who_may_read_a_transcript(stage: Stage):
    ada = await stage.finished()
    observer = await stage.join("Observer", "observer")
    stranger = await stage.join("Stranger", "admin", tenant="t_other")
    interview = await stage.interview(ada)

    async def may(seat: Seat) -> bool:
        return await stage.app.store.read(lambda tx: rating.may_read(tx, interview, seat.who.person_id))

    able = {n: await may(s) for n, s in stage.seats.items()}
    assert {n for n, yes in able.items() if yes} == {"Noor", "Priya", "Tom"}
    assert {"Ada Okoye", "Observer", "Stranger"} <= set(able)
    await changes(stage, ada, panel=[observer.who.person_id])
    interview = await stage.interview(ada)
    assert await may(observer)
    assert not await may(stranger)
