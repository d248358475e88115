"""Letters: previewed by a person, in the candidate's own day, sent exactly once, and stopped by anything that changed."""

from pathlib import Path

import pytest

from bot import hiring
from bot.funnel import letters
from bot.store.rows import Appointment, Decision, Interview, Letter, Outbox, Timer
from bot.store.store import Row, Tx
from bot.work.script import closed_gates
from flows.cards import Card
from flows.words import decision_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.conftest import rated, writing
from tests.bot.funnel.rated_people import QUOTE, People
from tests.bot.stagehand import DAY, HOUR, Stage, acting

GOOD = {"ownership": 4, "care": 4}
SAYS_NO = "has decided not to go on"


async def planned(
    stage: Stage, noor: Counter, name: str = "Ada Okoye", option: str = "tomorrow", **flags: object
) -> Row:
    """Somebody who is told no tomorrow; their interview."""
    interview = await People(stage).add(name, {"Priya": GOOD}, **flags)
    asked = await noor.line(f"decide {name}: reject because not enough evidence")
    await noor.presses(asked.token, option)
    return interview


async def letter_of(stage: Stage, interview: Row) -> Row:
    (row,) = await stage.rows(Letter, interview_id=interview["id"])
    return row


async def texts(stage: Stage, interview: Row) -> list[Row]:
    """The messages that went to the candidate as a letter."""
    return await stage.rows(Outbox, "seq", interview_id=interview["id"], step="letter")


async def test_a_rejection_is_kind_and_holds_no_verdict_of_a_machine(stage: Stage, noor: Counter):
    ada = await rated(stage)
    asked = await noor.line("decide ada: reject because the others were stronger")
    preview = text_of(asked)
    assert SAYS_NO in preview
    assert options_of(asked) == ["now", "tomorrow", "none", "no"]
    before = len(await ada.texts())
    await noor.presses(asked.token, "now")
    (said,) = (await ada.texts())[before:]
    assert said in preview, "what was previewed is what is sent"
    card = (await ada.messages())[-1]["card"]
    assert "people read your answers, rated them on their own and decided" in card["foot"]
    assert "looked at again by a person" in card["foot"]
    assert stage.app.settings.contact or "the person who invited you" in card["foot"]
    whole = f"{said} {card['foot']}"
    assert "others were stronger" not in whole
    assert not any(c.isdigit() for c in whole)
    assert not any(w in whole.casefold() for w in ("score", "level", "compared", "stronger", "other candidates"))
    assert "The other notes on your answers are further up in this chat" in said


async def test_where_only_people_read_the_letter_says_so(stage: Stage, noor: Counter):
    interview = await planned(stage, noor, option="now")
    row = await letter_of(stage, interview)

    card: Card = await writing(stage, stage.seats["Noor"], lambda scene: letters.card_of(scene, row))
    assert words.PEOPLE_ONLY in card.foot
    assert QUOTE not in card.text


async def test_your_own_words_take_the_place_of_the_letter(stage: Stage, noor: Counter):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    form = await noor.line("decide ada", forms=True)
    asked = await noor.submits(form.token, outcome="reject", reason="not enough evidence")
    assert "edit" in options_of(asked)

    edited = await noor.does(lambda s: noor.desk.act(s, noor.who.person_id, asked.token, "edit", forms=True))
    assert edited.card is not None
    assert SAYS_NO in edited.card.fields[0].value
    assert (await noor.submits(edited.token, text=" ")).problems == {"text": words.LETTER_EMPTY}
    shown = await noor.submits(edited.token, text="Dear Ada, thank you. Not this time.")
    assert "Dear Ada, thank you." in text_of(shown)
    assert text_of(await noor.presses(asked.token, "now")) == words.WAS_SETTLED, "the first preview is no longer"
    await noor.presses(shown.token, "now")
    (sent,) = await texts(stage, interview)
    assert sent["state"] in ("sent", "pending", "sending")
    assert (await letter_of(stage, interview))["state"] == "sent"


async def test_a_letter_in_the_lines_below_the_decision(stage: Stage, noor: Counter):
    await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: reject because not enough evidence\nDear Ada,\nnot this time.")
    assert "Dear Ada,\nnot this time." in text_of(asked)
    assert "looked at again by a person" in text_of(asked)


@pytest.mark.parametrize(("lives", "hour"), [("DE", 9), ("US-CA", 18), ("JP", 1), ("unknown", 10)])
async def test_tomorrow_at_ten_is_ten_where_the_candidate_is(stage: Stage, noor: Counter, lives: str, hour: int):
    interview = await planned(stage, noor, residence=lives)
    due = (await letter_of(stage, interview))["due_at"]
    assert due // HOUR % 24 == hour
    assert due % HOUR == 0
    assert 0 < due - stage.clock.now() < 2 * DAY


async def test_in_the_middle_of_the_night_nothing_is_sent(stage: Stage, noor: Counter):
    interview = await planned(stage, noor, option="now", residence="US-CA")  # 01:00 there
    row = await letter_of(stage, interview)
    assert row["state"] == "planned"
    assert row["due_at"] // HOUR % 24 == 16, "eight in the morning"
    await stage.wait(row["due_at"] - stage.clock.now() - 1)
    assert (await letter_of(stage, interview))["state"] == "planned"
    await stage.wait(2)
    assert (await letter_of(stage, interview))["state"] == "sent"


async def test_it_is_sent_once_even_where_the_process_dies_around_it(stage: Stage, noor: Counter):
    interview = await planned(stage, noor)
    row = await letter_of(stage, interview)
    await stage.restart()
    stage.clock.forward(row["due_at"] - stage.clock.now())
    await stage.app.runner.fire_due()
    await stage.restart()
    await stage.app.runner.fire_due()
    await stage.wait(DAY)
    assert len(await texts(stage, interview)) == 1
    assert (await letter_of(stage, interview))["state"] == "sent"


async def test_after_a_long_night_without_power_it_waits_for_the_morning(stage: Stage, noor: Counter):
    interview = await planned(stage, noor, residence="GB")
    row = await letter_of(stage, interview)
    stage.clock.forward(row["due_at"] + 14 * HOUR - stage.clock.now())  # midnight
    await stage.restart()
    assert (await letter_of(stage, interview))["state"] == "planned"
    await stage.wait(8 * HOUR)
    assert (await letter_of(stage, interview))["state"] == "sent"


async def test_a_letter_is_stopped_planned_again_and_sent_at_once(stage: Stage, noor: Counter):
    assert text_of(await noor.line("letters")) == words.NONE_PLANNED
    interview = await planned(stage, noor)
    listed = await noor.line("letters")
    assert listed.card is not None
    assert [r.label for r in listed.card.rows] == ["Ada Okoye"]
    assert listed.card.rows[0].value.endswith("planned by Noor")
    one = await noor.presses(listed.token, options_of(listed)[0])
    assert SAYS_NO in text_of(one)
    stopped = await noor.presses(one.token, "stop")
    assert text_of(stopped) == words.STOPPED
    assert await stage.rows(Timer, about="letter") == []
    assert text_of(await noor.presses(one.token, "send")) == words.LETTER_GONE
    assert text_of(await noor.presses(stopped.token, "again")) == words.PLANNED_AGAIN
    assert text_of(await noor.presses(one.token, "send")) == words.RESENDING
    await stage.wait(1)
    assert (await letter_of(stage, interview))["state"] == "sent"
    assert text_of(await noor.presses(one.token, "stop")) == words.LETTER_GONE
    assert len(await texts(stage, interview)) == 1


async def test_nobody_else_finds_or_stops_a_letter(stage: Stage, noor: Counter):
    interview = await planned(stage, noor)
    row = await letter_of(stage, interview)
    strangers = [await stage.join("Stranger", "admin", tenant="t_other"), stage.seats["Priya"]]
    for seat in strangers:
        theirs = Counter(stage, seat)
        assert options_of(await theirs.line("letters")) == []
        await theirs.presses(f"do:lt:{row['id']}", "stop")
        await theirs.presses("do:letters:all", row["id"])
        assert (await letter_of(stage, interview))["state"] == "planned"


@pytest.mark.parametrize("what", ["withdrawn", "erased"])
async def test_whoever_is_gone_gets_none(stage: Stage, noor: Counter, what: str):
    interview = await planned(stage, noor)
    row = await letter_of(stage, interview)
    if what == "erased":
        await People(stage).erase(interview)
    else:
        where = {"id": interview["id"]}
        await stage.app.store.commit(lambda tx: tx.change(Interview, where, {"status": "withdrawn"}))
    await stage.wait(row["due_at"] - stage.clock.now() + 1)
    assert await texts(stage, interview) == []
    assert (await letter_of(stage, interview))["state"] in ("stopped", "planned")
    assert text_of(await noor.line("letters")) == words.NONE_PLANNED


async def test_a_letter_that_is_no_longer_true_is_not_sent(stage: Stage, noor: Counter):
    """A late timer of a decision that something else took the place of (two servers, say)."""
    interview = await planned(stage, noor)
    row = await letter_of(stage, interview)
    (before,) = await stage.rows(Decision, interview_id=interview["id"])
    newer = {**before, "id": "de_newer", "version": 2, "outcome": "offer"}
    await stage.app.store.commit(lambda tx: tx.insert(Decision, newer))
    await stage.wait(row["due_at"] - stage.clock.now() + 1)
    assert await texts(stage, interview) == []
    assert (await letter_of(stage, interview))["state"] == "stopped"


@pytest.mark.parametrize(("why", "told"), [("told", True), ("will", False), ("later", False)])
async def test_without_a_letter_the_promise_stays_open_unless_they_have_heard(
    stage: Stage, noor: Counter, why: str, told: bool
):
    ada = await rated(stage)
    asked = await noor.line("decide ada: reject without a letter because not enough evidence")
    assert options_of(asked) == ["told", "will", "later", "no"]
    said = await noor.presses(asked.token, why)
    assert (words.THEN_TOLD if told else words.THEN_OPEN) in text_of(said)
    interview = await stage.interview(ada)
    assert bool(await stage.rows(Timer, owner_id=interview["id"], about="promise")) is not told
    assert await stage.rows(Letter, interview_id=interview["id"]) == []


async def test_times_of_an_offer_are_called_off_when_somebody_is_told_no(stage: Stage, noor: Counter):
    await rated(stage)
    shown = await noor.line("schedule Ada for 45 min with Tom")
    await noor.presses(shown.token, "send")
    asked = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(asked.token, "now")
    assert [r["state"] for r in await stage.rows(Appointment)] == ["cancelled"]


async def test_a_letter_goes_out_on_postgres_too(tmp_path: Path, database_url: str):
    async with acting(tmp_path, database_url) as stage:
        noor = Counter(stage, stage.seats["Noor"])
        interview = await planned(stage, noor)
        row = await letter_of(stage, interview)
        await stage.wait(row["due_at"] - stage.clock.now() + 1)
        assert len(await texts(stage, interview)) == 1


async def test_hiring_reads_the_company_of_a_further_tenant(stage: Stage):
    await stage.join("Stranger", "admin", tenant="t_other")
    found = await stage.app.store.read(lambda tx: [hiring.company_of(tx, t, "Ours") for t in ("t_main", "t_other")])
    assert found == ["Ours", "Another company"]


async def test_where_the_law_wants_its_notice_nobody_is_told_no_without_a_letter(stage: Stage, noor: Counter):
    await noor.line("compliance letters on for Customer")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    assert text_of(await noor.line("decide ada: reject without a letter because not enough")) == words.LETTER_NEEDED
    asked = await noor.line("decide ada: reject because not enough evidence")
    assert options_of(asked) == ["now", "tomorrow", "no"]
    assert text_of(await noor.presses(asked.token, "none")) == words.LETTER_NEEDED
    assert text_of(await noor.presses(asked.token, "told")) == words.LETTER_NEEDED
    assert await stage.rows(Decision, interview_id=interview["id"]) == []
    again = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(again.token, "now")
    assert (await letter_of(stage, interview))["state"] in ("planned", "sent")


async def test_the_notice_after_a_no_opens_the_gate_that_waits_for_it(stage: Stage, noor: Counter):
    """Colorado, from 2027 on: AI scoring only where the notice is certain to come."""
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD}, residence="US-CO")
    later = stage.clock.now() + 60 * DAY

    def closed(tx: Tx) -> list[str]:
        requisition = hiring.get_requisition(tx, stage.app.tenant_id, stage.requisition_id)
        return [r for r in closed_gates(tx, interview, requisition, later) if "Colorado" in r]

    assert len(await stage.app.store.read(closed)) == 1
    await noor.line("compliance letters on for Customer")
    assert await stage.app.store.read(closed) == []
    await noor.line("compliance letters off for Customer")
    assert len(await stage.app.store.read(closed)) == 1
