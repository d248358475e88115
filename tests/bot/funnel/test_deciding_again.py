"""Decisions and letters where something else goes on: a second reading, or a candidate who has left at a later stage."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import hiring
from bot.funnel import comparing, deciding, letters
from bot.scene import Scene
from bot.scorecards import rereading
from bot.store.rows import Interview, Letter, Outbox, Tenant
from bot.store.store import Conflict, Row, Tx
from flows.cards import Card
from flows.words import casting_en
from flows.words import decision_en as words
from tests.bot.desk.conftest import Counter, text_of
from tests.bot.funnel.conftest import decisions, rated, writing
from tests.bot.funnel.rated_people import People
from tests.bot.funnel.test_deciding import GOOD, LETTER, decide
from tests.bot.stagehand import DAY, Stage, acting

WHY = "the-reason-that-nobody-who-reads-again-may-know"


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def read_again(stage: Stage, interview: Row, person: str) -> None:
    """A second reading goes on, and this member of the team has agreed to it."""

    def begin(tx: Tx) -> None:
        row = hiring.get_interview(tx, stage.app.tenant_id, interview["id"])
        now: dict[str, object] = {
            "state": "rating",
            "person": person,
            "by": "",
            "contested": True,
            "seen": False,
            "no": [],
            "at": 0,
        }
        hiring.set_flags(tx, row, reread=now)

    await stage.app.store.commit(begin)


def _now(scene: Scene, interview: Row) -> Row:
    return hiring.get_interview(scene.tx, scene.tenant_id, interview["id"])


def ending(interview: Row) -> Callable[[Scene], Card]:
    """The second reading is ended without a card."""
    return lambda scene: rereading.end(scene, _now(scene, interview), "")


async def test_while_somebody_reads_again_nothing_is_decided_and_the_reader_hears_of_no_decision(
    stage: Stage, noor: Counter
):
    ada = await rated(stage)
    interview = await stage.interview(ada)
    asked = await noor.line(f"decide ada: reject because {WHY}")
    await noor.presses(asked.token, "later")
    await read_again(stage, interview, noor.who.person_id)
    got = await decide(stage, stage.seats["Noor"], interview, "offer", letter=LETTER, seen=0)
    assert isinstance(got, deciding.Refused)
    assert (got.code, got.say) == ("again", words.READ_AGAIN)
    said = [
        await noor.line("decide ada"),
        await noor.line("decide ada", forms=True),
        await noor.line("decide ada: offer because strong"),
        await noor.presses(f"do:decide:{interview['id']}", "begin"),
    ]
    for reply in said:
        assert text_of(reply) == words.READ_AGAIN
        assert WHY not in str(reply)
    assert [d["outcome"] for d in await decisions(stage, interview["id"])] == ["reject"]
    await writing(stage, stage.seats["Noor"], ending(interview))
    assert text_of(await noor.line("decide ada: offer because strong")) != words.READ_AGAIN


async def test_a_letter_waits_until_the_second_reading_is_over(stage: Stage, noor: Counter):
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(asked.token, "tomorrow")
    await read_again(stage, interview, stage.seats["Tom"].who.person_id)
    for _ in range(3):
        await stage.wait(DAY)
    assert await stage.rows(Outbox, interview_id=interview["id"], step="letter") == []
    (letter,) = await stage.rows(Letter, interview_id=interview["id"])
    assert letter["state"] == "planned"
    await writing(stage, stage.seats["Noor"], ending(interview))
    for _ in range(3):
        await stage.wait(DAY)
    assert len(await stage.rows(Outbox, interview_id=interview["id"], step="letter")) == 1


@pytest.mark.parametrize("outcome", ["advance", "reject", "offer"])
async def test_whoever_has_left_at_a_later_stage_is_left_alone(stage: Stage, noor: Counter, outcome: str):
    await noor.line("stages Support: recorded screen, live interview")
    interview = await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("decide ada: advance because strong")
    await noor.presses(asked.token, "yes")
    (first,) = await decisions(stage, interview["id"])
    following = first["next_interview_id"]
    await stage.app.store.commit(
        lambda tx: hiring.step(tx, hiring.get_interview(tx, stage.app.tenant_id, following), "withdrawn")
    )
    got = await decide(stage, stage.seats["Noor"], interview, outcome, letter=LETTER, seen=1)
    assert isinstance(got, deciding.Refused)
    assert (got.code, got.say) == ("left", words.LEFT)
    assert await stage.rows(Letter) == []
    known = await stage.rows(Interview, candidate_id=interview["candidate_id"])
    assert len(known) == 2, "nothing new was opened for them"


async def test_many_letters_are_signed_as_one_would_be(stage: Stage, noor: Counter):
    """By the tenant's own company, and with whom to turn to where the installation names nobody."""
    await stage.join("Stranger", "admin", tenant="t_other")

    def ours_is_a_further_tenant(tx: Tx) -> None:
        tx.change(Tenant, {"tenant_id": "t_other"}, {"created_at": 0})
        tx.change(Tenant, {"tenant_id": stage.app.tenant_id}, {"name": "Bakery Blum"})

    await stage.app.store.commit(ours_is_a_further_tenant)
    await People(stage).add("Ada Okoye", {"Priya": GOOD})
    asked = await noor.line("reject Ada Okoye because not enough evidence")
    assert asked.card is not None
    assert "at Bakery Blum." in asked.card.quotes[0].text
    await noor.presses(asked.token, "yes")
    (row,) = await stage.rows(Letter)

    def read(scene: Scene) -> Card:
        return letters.card_of(scene, row)

    card = await writing(stage, stage.seats["Noor"], read)
    assert "at Bakery Blum." in card.text
    assert card.foot.endswith(f"turn to {casting_en.THE_TEAM}.")


@pytest.mark.parametrize(
    "line", ["board", "board Customer", "status", "shortlist", "letters", "tasks", "reject rest of Customer because no"]
)
async def test_who_was_erased_takes_nobody_elses_board_along(stage: Stage, noor: Counter, line: str):
    """Their key is gone and their rows are still there: the team goes on seeing everybody else."""
    everybody = People(stage)
    gone = [await everybody.add("Ada Okoye", {"Priya": GOOD}), await everybody.add("Sam Sealed", {}, sealed=True)]
    await everybody.add("Bo Berg", {"Priya": GOOD})
    asked = await noor.line("decide ada: reject because not enough evidence")
    await noor.presses(asked.token, "tomorrow")
    for interview in gone:
        await everybody.erase(interview)
    shown = await noor.line(line)
    assert text_of(shown)
    assert "Ada" not in str(shown.card)
    if line not in ("letters", "tasks"):
        assert "Bo Berg" in str(shown.card)
    await stage.wait(2 * DAY)
    assert await stage.rows(Outbox, interview_id=gone[0]["id"], step="letter") == []


async def test_a_flag_set_from_an_old_row_takes_no_other_flag_along(either: Stage):
    """Two chats, or two parts of one deed, read an interview and each sets something: both stand, or one tries again."""
    interview = await People(either).add("Ada Okoye", {"Priya": GOOD})

    def one(key: str) -> Callable[[Tx], Row]:
        return lambda tx: hiring.set_flags(tx, interview, **{key: 1})

    keys = [f"flag_{n}" for n in range(6)]
    done = await asyncio.gather(*(either.app.store.commit(one(k)) for k in keys), return_exceptions=True)
    assert all(isinstance(d, (dict, Conflict)) for d in done)
    await either.app.store.commit(one("flag_last"))
    (now,) = await either.rows(Interview, id=interview["id"])
    known = hiring.flags(now)
    assert {"flag_last", *(k for k, d in zip(keys, done, strict=True) if isinstance(d, dict))} == set(known)


class Flagged(People):
    """Whose answers hold words for software: nothing was scored."""

    def _machine(self, read: Any) -> dict[str, Any]:
        body = super()._machine(read)
        return {**body, "results": [{**r, "reason": "injection_flag"} for r in body["results"]]}


async def test_what_was_not_scored_is_nobodys_evidence_in_a_comparison(stage: Stage):
    read: dict[str, Any] = {"ownership": (None, None)}
    rows = [
        await Flagged(stage).add("Ada Okoye", {"Priya": GOOD}, machine=read),
        await People(stage).add("Bo Berg", {"Priya": GOOD}, machine=read),
    ]
    app, reader = stage.app, stage.seats["Noor"].who.person_id
    found = await app.store.read(lambda tx: comparing.compare(tx, app.keys, rows, reader))
    assert [list(p.evidence) for p in found.people] == [[], ["ownership"]]
