"""Stages of a requisition: shown, set, proposed; and nobody falls out of one."""

import pytest

from bot import hiring
from bot.funnel import stages
from bot.store.rows import Interview, Requisition
from bot.store.store import Row, Tx
from flows.words import desk_en
from flows.words import funnel_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.rated_people import People
from tests.bot.stagehand import Stage

GOOD = {"ownership": 4, "care": 4}
ANSWERS = {"volume": "hundreds", "span": "world", "role": "client", "level": "mid", "hours": "little"}


async def requisition(stage: Stage) -> Row:
    (row,) = await stage.rows(Requisition, id=stage.requisition_id)
    return row


async def test_a_requisition_without_stages_has_the_one_it_always_had(stage: Stage, noor: Counter):
    shown = await noor.line("stages Support")
    assert shown.card is not None
    assert [(r.label, r.value) for r in shown.card.rows] == [("1. Live interview", words.FORMS["text"])]
    row = await requisition(stage)
    assert stages.after(row, stages.ONLY) is None


async def test_stages_are_set_in_a_line_and_shown_with_who_is_where(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview, panel 45 min with Priya and Tom")
    await stage.invite()
    shown = await noor.line("stages Support")
    assert shown.card is not None
    values = [r.value for r in shown.card.rows]
    assert values[0].endswith("1 here now")
    assert values[2] == "with people, 45 min, with Priya and Tom"
    row = await requisition(stage)
    keys = [s.key for s in stages.of(row)]
    assert len(set(keys)) == 3
    assert [s.key for s in (stages.after(row, keys[0]), stages.after(row, keys[1])) if s] == keys[1:]
    assert stages.after(row, keys[2]) is None
    assert stages.after(row, "gone") is None


async def test_a_new_invitation_begins_in_the_first_stage_and_its_form(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    ada = await stage.invite()
    interview = await stage.interview(ada)
    assert hiring.is_recorded(interview)
    assert stages.current(await requisition(stage), interview).title == "Recorded screen"


async def test_whoever_was_invited_before_there_were_stages_is_in_the_first_one(stage: Stage, noor: Counter):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    await noor.line("stages Support: live interview, panel with Tom")
    await noor.line("stages Support: recorded screen, live interview, panel with Tom")
    (row,) = await stage.rows(Interview, id=interview["id"])
    assert stages.current(await requisition(stage), row).title == "Live interview", "and stays there"


async def test_a_stage_with_people_in_it_stays(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    await stage.invite()
    refused = await noor.line("stages Support: live interview, panel with Tom")
    assert text_of(refused) == words.in_use("Recorded screen", 1)
    kept = [s.title for s in stages.of(await requisition(stage))]
    assert kept == ["Recorded screen", "Live interview"]


async def test_the_same_title_keeps_its_key(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    before = {s.title: s.key for s in stages.of(await requisition(stage))}
    await noor.line("stages Support: Recorded screen, panel with Tom, live interview")
    after = {s.title: s.key for s in stages.of(await requisition(stage))}
    assert before.items() <= after.items()


@pytest.mark.parametrize(
    ("line", "say"),
    [
        ("stages Support: breakfast", words.not_a_stage("breakfast")),
        ("stages Support: live, panel with Nobody", "I know nobody called"),
        ("stages Support: live, panel 5 min with Tom", words.LENGTH),
        ("stages Support: live, panel with any 1 of Tom, Priya", words.ONE_OF),
        ("stages Nothing", "There is no requisition called"),
        ("format Nothing: few", "There is no"),
    ],
)
async def test_what_cant_be_done_is_answered_with_what_to_write(stage: Stage, noor: Counter, line: str, say: str):
    assert say in text_of(await noor.line(line))
    assert not stages.are_named(await requisition(stage))


async def test_only_recruiters_set_stages_and_another_tenant_finds_none(stage: Stage):
    theirs = Counter(stage, await stage.join("Stranger", "admin", tenant="t_other"))
    panelist = Counter(stage, stage.seats["Priya"])
    for counter in (theirs, panelist):
        await counter.line("stages Support: live interview, panel with Tom")
        await counter.submits(f"cmd:format:{stage.requisition_id}", **ANSWERS)
    assert not stages.are_named(await requisition(stage))
    shown = await panelist.line("stages Support")
    assert text_of(shown) == "These are the stages."


async def test_a_format_is_proposed_from_a_few_answers_and_taken_with_one_tap(stage: Stage, noor: Counter):
    form = await noor.line("format Support", forms=True)
    assert (await noor.submits(form.token, **{**ANSWERS, "span": ""})).problems == {"span": words.CHOOSE_ONE}
    proposed = await noor.submits(form.token, **ANSWERS)
    assert proposed.card is not None
    assert [r.label for r in proposed.card.rows] == ["1. Recorded screen", "2. Live interview", "3. Panel"]
    assert words.REASONS["recorded_volume"] in proposed.card.rows[0].value
    assert not stages.are_named(await requisition(stage)), "nothing changes until it is taken"
    await noor.presses(proposed.token, "take")
    assert [s.form for s in stages.of(await requisition(stage))] == ["recorded", "text", "people"]
    assert text_of(await noor.presses(proposed.token, "take")) != words.stages("", (), True).text


async def test_a_format_in_one_line(stage: Stage, noor: Counter):
    assert text_of(await noor.line("format Support")) == words.HOW_FORMAT_LINE
    assert text_of(await noor.line("format Support: lots")) == words.HOW_FORMAT_LINE
    proposed = await noor.line("format Support: hundreds, world, client, entry, little")
    assert options_of(proposed) == ["take", "no"]
    assert text_of(await noor.presses(proposed.token, "no")) == desk_en.NOTHING_CHANGED


async def test_the_panel_of_a_stage_is_who_is_still_there(stage: Stage, noor: Counter):
    await noor.line("stages Support: live interview, panel with Tom")
    row = await requisition(stage)
    panel = stages.of(row)[1]

    def seen(tx: Tx) -> tuple[tuple[str, ...], tuple[str, ...]]:
        gone = stages.Stage("panel", "Panel", "people", 45, ("p_gone",))
        return stages.panel_of(tx, row, panel), stages.panel_of(tx, row, gone)

    named, usual = await stage.app.store.read(seen)
    assert named == (stage.seats["Tom"].who.person_id,)
    assert set(usual) == {stage.seats[n].who.person_id for n in ("Priya", "Tom")}
