"""Decisions: who may, about whom, once; and that nothing else in the code makes one."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import hiring
from bot.funnel import deciding
from bot.scene import Scene
from bot.store.rows import Conversation, Decision, FactRow, Interview, Letter, Timer
from bot.store.store import Row
from flows.cards import Card
from flows.words import decision_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.funnel.conftest import decisions, rated, writing
from tests.bot.funnel.rated_people import People
from tests.bot.stagehand import Seat, Stage, acting

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"ownership": 4, "care": 4}
LETTER = Card("Hello Ada, not this time.")


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def decide(stage: Stage, seat: Seat, interview: Row, outcome: str, reason: str = "clear evidence", **more: Any):
    """`deciding.decide` in a scene of somebody's own."""

    def go(scene: Scene) -> Row | deciding.Refused:
        now = hiring.get_interview(scene.tx, scene.tenant_id, interview["id"])
        return deciding.decide(scene, now, outcome, reason, seat.who.person_id, **more)

    return await writing(stage, seat, go)


# -- one writer, and what it asks for ---------------------------------------------------------------------------


def test_decisions_have_one_writer():
    """R10: no path to a decision but `deciding.decide`, and nothing that runs by itself calls that."""
    files = sorted((ROOT / "bot").rglob("*.py"))
    assert len(files) > 100
    writes = re.compile(r"\.(?:insert|add|put|change|delete)\(\s*Decision\b")
    writers = {f.relative_to(ROOT).as_posix() for f in files if writes.search(f.read_text("utf-8"))}
    assert writers == {"bot/funnel/deciding.py"}
    # Whoever moves an interview to "decided" has written a decision.
    moves = re.compile(r"step\([^)]*\"decided\"")
    assert {f.relative_to(ROOT).as_posix() for f in files if moves.search(f.read_text("utf-8"))} == writers
    calls = re.compile(r"\bdeciding\.decide\(|\bcarrying\.carry_on\(")
    callers = {f.relative_to(ROOT).as_posix() for f in files if calls.search(f.read_text("utf-8"))}
    assert callers <= {"bot/funnel/deciding.py", "bot/desk/decide.py", "bot/desk/many.py"}
    acts_alone = (
        "bot/work",
        "bot/runner",
        "bot/scorecards",
        "bot/facts.py",
        "bot/deadlines.py",
        "bot/funnel/promising.py",
    )
    assert not [c for c in callers if c.startswith(acts_alone)]


@pytest.mark.parametrize("who", ["Priya", "Observer", "Stranger"])
async def test_only_recruiters_and_admins_decide(stage: Stage, who: str):
    await stage.join("Observer", "observer")
    await stage.join("Stranger", "admin", tenant="t_other")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    noor = stage.seats["Noor"]

    def go(scene: Scene) -> object:
        now = hiring.get_interview(scene.tx, scene.tenant_id, interview["id"])
        return deciding.decide(scene, now, "reject", "clear evidence", stage.seats[who].who.person_id)

    got = await writing(stage, noor, go)
    assert isinstance(got, deciding.Refused)
    assert got.code == "not_yours"
    line = await Counter(stage, stage.seats[who]).line("decide ada: reject because I say so")
    assert options_of(line) == []
    assert await decisions(stage, interview["id"]) == []


@pytest.mark.parametrize(
    ("outcome", "reason", "code"),
    [("maybe", "clear evidence", "outcome"), ("reject", " a ", "reason"), ("reject", "x" * 2001, "reason")],
)
async def test_an_outcome_and_a_reason_are_needed(stage: Stage, outcome: str, reason: str, code: str):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    got = await decide(stage, stage.seats["Noor"], interview, outcome, reason)
    assert isinstance(got, deciding.Refused)
    assert got.code == code
    assert await decisions(stage, interview["id"]) == []


async def test_nobody_is_decided_about_before_the_reveal_or_on_a_late_card_alone(stage: Stage):
    people, noor = People(stage), stage.seats["Noor"]
    sealed = await people.add("Ada Okoye", {"Priya": GOOD, "Tom": GOOD}, sealed=True)
    late = await people.add("Ben Ode", {"Tom": GOOD}, late=("Tom",))
    alone = await people.add("Cleo Ito", {}, machine={"ownership": (5, (5, 5))})
    codes: list[str] = []
    for interview in (sealed, late, alone):
        got = await decide(stage, noor, interview, "offer")
        assert isinstance(got, deciding.Refused)
        codes.append(got.code)
        assert await decisions(stage, interview["id"]) == []
    assert codes == ["not_open", "no_human", "no_human"]


# -- twice, at once, anew -----------------------------------------------------------------------------------------


async def test_of_two_who_decide_at_once_the_second_hears_what_the_first_decided(either: Stage):
    stage = either
    rival = await stage.join("Rival", "recruiter")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    noor, other = Counter(stage, stage.seats["Noor"]), Counter(stage, rival)
    mine, theirs = (
        await noor.line("decide ada: offer because strong"),
        await other.line("decide ada: reject because weak"),
    )
    await asyncio.gather(noor.presses(mine.token, "now"), other.presses(theirs.token, "now"), return_exceptions=True)
    rows = await decisions(stage, interview["id"])
    assert len(rows) == 1
    first = {"offer": "Noor", "reject": "Rival"}[rows[0]["outcome"]]
    late, line = (other, "reject because weak") if first == "Noor" else (noor, "offer because strong")
    form = await late.line("decide ada", forms=True)
    assert form.card is not None
    assert "Decided so far, by" in form.card.text
    again = await late.line(f"decide ada: {line}")
    await late.presses(again.token, "now")
    assert [r["version"] for r in await decisions(stage, interview["id"])] == [1, 2]


async def test_a_form_that_was_opened_before_somebody_decided_says_so(stage: Stage, noor: Counter):
    rival = await stage.join("Rival", "recruiter")
    await People(stage).add("Ada Okoye", {"Priya": GOOD})
    form = await noor.line("decide ada", forms=True)
    other = Counter(stage, rival)
    asked = await other.line("decide ada: offer because she is just what we need")
    await other.presses(asked.token, "now")
    late = await noor.submits(form.token, outcome="reject", reason="too junior")
    assert "Rival decided first: make an offer, because: she is just what we need" in text_of(late)


async def test_a_preview_pressed_twice_decides_once(stage: Stage, noor: Counter):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(asked.token, "now")
    assert text_of(await noor.presses(asked.token, "now")) == words.WAS_SETTLED
    assert len(await decisions(stage, interview["id"])) == 1
    assert len(await stage.rows(Letter, interview_id=interview["id"])) == 1


async def test_on_hold_decides_nothing_for_good(stage: Stage, noor: Counter):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    assert words.THEN_HOLD in text_of(await noor.line("decide ada: hold because the budget isn't clear"))
    (row,) = await decisions(stage, interview["id"])
    (now,) = await stage.rows(Interview, id=interview["id"])
    assert (row["outcome"], now["status"]) == ("hold", "scored")
    asked = await noor.line("decide ada: offer because the budget is clear")
    await noor.presses(asked.token, "now")
    (now,) = await stage.rows(Interview, id=interview["id"])
    assert now["status"] == "decided"
    assert text_of(await noor.line("decide ada: hold because wait")) == words.NO_HOLD


async def test_deciding_anew_calls_back_what_was_opened_and_stops_its_letter(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: advance because strong")
    await noor.presses(asked.token, "yes")
    asked = await noor.line("decide ada: advance because still strong")
    await noor.presses(asked.token, "yes")
    first, second = await decisions(stage, interview["id"])
    assert first["next_interview_id"] == second["next_interview_id"], "nobody goes on twice"
    asked = await noor.line("decide ada: reject because the role is gone")
    await noor.presses(asked.token, "tomorrow")
    (following,) = await stage.rows(Interview, id=first["next_interview_id"])
    assert following["status"] == "withdrawn"
    assert await stage.rows(Conversation, interview_id=following["id"], state="open") == []
    assert await stage.rows(Timer, owner_id=following["id"]) == []
    asked = await noor.line("decide ada: offer because the role is back")
    await noor.presses(asked.token, "tomorrow")
    assert [r["state"] for r in await stage.rows(Letter, "at", interview_id=interview["id"])] == ["stopped", "planned"]
    assert len(await decisions(stage, interview["id"])) == 4


async def test_once_the_next_stage_was_answered_the_earlier_one_stays_decided(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: advance because strong")
    await noor.presses(asked.token, "yes")
    (row,) = await decisions(stage, interview["id"])
    where = {"id": row["next_interview_id"]}
    await stage.app.store.commit(lambda tx: tx.change(Interview, where, {"status": "submitted"}))
    assert text_of(await noor.line("decide ada: reject because weak")) == words.WENT_ON


# -- the whole or nothing -------------------------------------------------------------------------------------------


async def test_a_crash_in_the_middle_leaves_neither_a_decision_nor_half_a_next_stage(either: Stage):
    stage = either
    noor = stage.seats["Noor"]
    await noor.orders("/interview stages Support: recorded screen, live interview")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})

    def dies(scene: Scene) -> None:
        now = hiring.get_interview(scene.tx, scene.tenant_id, interview["id"])
        deciding.decide(scene, now, "advance", "strong", noor.who.person_id)
        raise ConnectionError("the power went")

    with pytest.raises(ConnectionError):
        await writing(stage, noor, dies)
    await stage.restart()
    (now,) = await stage.rows(Interview)
    assert now["status"] == "scored"
    assert await stage.rows(Decision) == []
    asked = await Counter(stage, stage.seats["Noor"]).line("decide ada: advance because strong")
    await Counter(stage, stage.seats["Noor"]).presses(asked.token, "yes")
    assert len(await stage.rows(Interview)) == 2
    assert len(await stage.rows(Decision)) == 1


async def test_somebody_who_was_erased_is_not_decided_about(stage: Stage):
    people = People(stage)
    interview = await people.add("Ada Okoye", {"Priya": GOOD})
    await people.erase(interview)
    got = await decide(stage, stage.seats["Noor"], interview, "reject", letter=LETTER)
    assert isinstance(got, deciding.Refused)
    assert got.code == "gone"
    assert await decisions(stage, interview["id"]) == []


async def test_whoever_withdrew_is_not_decided_about(stage: Stage, noor: Counter):
    ada = await rated(stage)
    interview = await stage.interview(ada)
    await stage.app.store.commit(lambda tx: hiring.step(tx, interview, "withdrawn"))
    got = await decide(stage, stage.seats["Noor"], interview, "offer")
    assert isinstance(got, deciding.Refused)
    assert got.code == "not_open"
    assert text_of(await noor.line("decide ada: offer because strong")) == words.NOT_DECIDABLE


async def test_the_button_of_the_scorecard_leads_to_the_decision(stage: Stage):
    await rated(stage)
    noor, tom = stage.seats["Noor"], stage.seats["Tom"]
    await tom.taps_post("decide", "Ada Okoye")
    assert (await tom.texts())[-1] == words.ONLY_DECIDERS
    await noor.taps_post("decide", "Ada Okoye")
    shown = (await noor.messages())[-1]
    assert "This is the last stage" in shown["card"]["text"]
    await noor.taps("begin", shown["token"])
    form = (await noor.messages())[-1]
    assert [f["key"] for f in form["card"]["fields"]] == ["outcome", "reason"]


async def test_what_is_written_down_as_facts_holds_no_words(stage: Stage, noor: Counter):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: reject because zebra-marker")
    await noor.presses(asked.token, "now")
    facts = await stage.rows(FactRow, interview_id=interview["id"])
    assert {"decision_made", "letter_planned", "letter_sent"} <= {f["name"] for f in facts}
    assert not any("zebra" in f["data"] for f in facts)
