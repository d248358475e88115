"""Answers are read as they close: what was read is used, what changed is read again, and nobody who left is read."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.web.parse import SaidIn, TappedIn
from bot import hiring, posts
from bot.keyring import Erased
from bot.store import work_queries
from bot.store.rows import DataKey, Reading, Work
from bot.store.store import Row, Tx
from bot.work.shelf import Stopped as Ended
from bot.work.shelf import StoredShelf
from flows.cards import Card
from flows.words import rescore_en
from tests.bot.stagehand import SECOND, Seat, Stage, acting, settle
from tests.bot.test_model_path import KIT, THIN, asks, model, with_model
from tests.fakes.openai import FakeOpenAI
from tests.flows.rating.small_kit import GOOD

MODEL = model(asks("What would you have done, had nobody answered you?"))


def readings_of(fake: FakeOpenAI, words: str) -> int:
    """How many readings of a text the model was asked for."""
    forms = [(b["response_format"]["json_schema"]["name"], b["messages"][1]["content"]) for b in fake.requests]
    return sum(name == "reading" and words in text for name, text in forms)


async def second_question(stage: Stage, name: str = "Ada Okoye") -> Seat:
    """A candidate who has answered the first question and has the second one on the screen."""
    ada = await stage.invite(name)
    await ada.plays(until="upset")
    return ada


async def test_an_answer_is_read_while_the_next_question_is_on_the_screen(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await second_question(stage)
        interview = await stage.interview(ada)
        assert readings_of(fake, "mail server") == 3
        (row,) = await stage.rows(Reading, interview_id=interview["id"])
        assert (row["question"], row["competency"], bool(row["digest"])) == ("outage", "ownership", True)
        assert b"mail server" not in row["sealed"]
        asked = await stage.rows(Work, interview_id=interview["id"], kind="ChooseProbe")
        assert len(ada.own.events("typing")) == len(asked)  # for a follow-up; that anything is read is not shown
        await ada.plays()
        assert readings_of(fake, "mail server") == 3  # what was read is used
        assert readings_of(fake, "parcel would come") == 3
        machine = (await stage.cards(ada))["machine"]
        assert (machine["kind"], machine["state"]) == ("llm-evidence", "submitted")
        assert await stage.rows(Reading, interview_id=interview["id"]) == []  # the card has it all now


async def test_an_answer_that_was_changed_in_the_last_look_is_read_again(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await stage.invite()
        await ada.plays(until="end.look")
        assert readings_of(fake, "mail server") == 3
        await ada.taps("change")
        await ada.taps("1")
        changed = GOOD.replace("mail server", "print server")
        await ada.says(changed)
        await ada.taps("done")
        await ada.plays()
        assert readings_of(fake, "print server") == 3
        assert readings_of(fake, "mail server") == 3
        quotes = json.dumps(await opened(stage, ada))
        assert "print server" in quotes
        assert "mail server" not in quotes


async def opened(stage: Stage, seat: Seat) -> Any:
    """The machine's card, unsealed."""
    row, app = (await stage.cards(seat))["machine"], stage.app

    def read(tx: Tx) -> Any:
        app.keys.load(tx, row["tenant_id"], row["subject_id"])
        return app.keys.open(row["tenant_id"], row["subject_id"], row["body"])

    return await app.store.read(read)


async def test_nothing_is_read_without_consent_or_without_a_clean_kit(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await stage.invite()
        await ada.plays(consent_scoring="no")
        assert [b for b in fake.requests if "indicators" in b["messages"][1]["content"]] == []
        assert await stage.rows(Reading) == []


async def test_the_follow_ups_are_part_of_what_was_read(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await stage.invite()
        await ada.plays(
            until="upset", answers={"outage": THIN, "outage.follow": "I called the vendor myself at night."}
        )
        read = readings_of(fake, "called the vendor")
        assert read == 3
        await ada.plays()
        assert readings_of(fake, "called the vendor") == read


async def test_the_take_that_counts_is_read(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        await stage.app.store.commit(lambda tx: recorded(tx, stage))
        ada = await stage.invite()
        await ada.plays(until="outage", start_ready="go")
        for text, then in ((THIN, "again"), (GOOD, "2")):
            await ada.says(text)
            await ada.taps("done")
            assert (await ada.must_wait()).key.startswith("outage.keep")
            await ada.taps(then)
        assert (await ada.must_wait()).key == "upset"
        assert (readings_of(fake, "mail server"), readings_of(fake, "Something broke once")) == (3, 0)
        await ada.plays(upset_keep="1")
        assert (readings_of(fake, "mail server"), readings_of(fake, "Something broke once")) == (3, 0)


def recorded(tx: Tx, stage: Stage) -> None:
    requisition = hiring.get_requisition(tx, stage.app.tenant_id, stage.requisition_id)
    hiring.set_settings(tx, requisition, format="recorded")


async def test_who_withdraws_is_not_read_and_leaves_no_readings(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await second_question(stage)
        assert await stage.rows(Reading)
        fake.hold = asyncio.Event()
        ada.stage.clock.forward(SECOND)
        await leaves(ada)
        assert await stage.rows(Reading) == []
        asked = len(fake.requests)
        fake.hold.set()
        await queue_again(stage, ada)
        assert len(fake.requests) == asked
        assert await stage.rows(Reading) == []


async def leaves(seat: Seat) -> None:
    await seat.says("stop")
    await seat.taps("stop")


async def queue_again(stage: Stage, seat: Seat) -> None:
    """Work that was queued before somebody left comes to its turn only now."""
    interview = await stage.interview(seat)
    found = await stage.rows(Work, interview_id=interview["id"], kind="ReadAhead")
    key = {"tenant_id": found[0]["tenant_id"], "id": found[0]["id"]}
    await stage.app.store.commit(lambda tx: tx.change(Work, key, {"state": "pending"}))
    await stage.wait(SECOND)
    (again,) = await stage.rows(Work, id=found[0]["id"])
    assert again["state"] == "done"


async def test_a_reading_under_way_stops_when_its_candidate_leaves_or_is_erased(home: Path):
    async with with_model(home, MODEL) as (stage, _):
        ada = await second_question(stage)
        interview = await stage.interview(ada)
        shelf = await StoredShelf.of(stage.app.store, stage.app.keys, interview, stage.clock.now())
        await shelf.go_on()
        kept = shelf.get("outage", "ownership", (await stage.rows(Reading))[0]["digest"])
        assert kept is not None
        assert shelf.spent == 450  # the fake says 150 tokens a call
        await leaves(ada)
        with pytest.raises(Ended, match="withdrawn"):
            await shelf.go_on()
        await shelf.keep("outage", "ownership", "x", kept, 10)
        assert await stage.rows(Reading) == []
        erased = {"tenant_id": interview["tenant_id"], "subject_id": interview["candidate_id"]}
        await stage.app.store.commit(lambda tx: tx.delete(DataKey, erased))
        with pytest.raises(Ended, match="erased"):
            await shelf.go_on()
        stage.app.keys.forget(interview["tenant_id"], interview["candidate_id"])
        with pytest.raises(Erased):
            await StoredShelf.of(stage.app.store, stage.app.keys, interview, 0)


async def test_the_budget_is_one_for_the_whole_interview_and_survives_a_restart(home: Path):
    async with FakeOpenAI(MODEL).running() as fake:
        options: dict[str, Any] = {"openai_base_url": fake.base_url, "openai_model": "test-model"}
        async with acting(home, kit=KIT, openai_tokens=4_500, **options) as stage:
            ada = await second_question(stage)
            interview = await stage.interview(ada)
            (row,) = await stage.rows(Reading)
            key = {k: row[k] for k in ("tenant_id", "interview_id", "question", "competency")}
            await stage.app.store.commit(lambda tx: tx.change(Reading, key, {"sealed": dearer(tx, stage, row)}))
            await stage.restart()
            await stage.seats["Ada Okoye"].plays()
            body = await opened(stage, ada)
            found = {r["competency"]: (r["level"], r["reason"]) for r in body["results"]}
            assert found == {"ownership": (5, ""), "care": (None, "over_budget")}
            assert body["tokens"] >= 4_000
            assert (await stage.cards(ada))["machine"]["interview_id"] == interview["id"]
            assert readings_of(fake, "parcel would come") == 0


def dearer(tx: Tx, stage: Stage, row: Row) -> bytes:
    """The same reading, had it cost 4,000 tokens."""
    keys = stage.app.keys
    keys.load(tx, row["tenant_id"], row["subject_id"])
    body: Any = keys.open(row["tenant_id"], row["subject_id"], row["sealed"])
    return keys.seal(row["tenant_id"], row["subject_id"], {**body, "tokens": 4_000})


async def test_what_was_read_ahead_survives_a_restart(home: Path):
    async with FakeOpenAI(MODEL).running() as fake:
        options: dict[str, Any] = {"openai_base_url": fake.base_url, "openai_model": "test-model"}
        async with acting(home, kit=KIT, **options) as stage:
            await second_question(stage)
            await stage.restart()
            await stage.seats["Ada Okoye"].plays()
            assert readings_of(fake, "mail server") == 3


# -- the queue ------------------------------------------------------------------------------------------------------------


async def test_those_who_wait_see_how_many_are_before_them(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        noor = stage.seats["Noor"]
        seats = [await stage.invite(f"Person {n}") for n in range(5)]
        for seat in seats:
            await seat.plays(until="end.look")
        fake.hold = asyncio.Event()
        for seat in seats:
            waiting = await seat.must_wait()
            stage.clock.forward(SECOND)
            await stage.app.port.receive(seat.who, seat.who.thread_id, "person", tap(stage, waiting.token))
        await fake.held(8)
        assert (await stage.app.store.read(work_queries.waiting))["Assess"] == 5
        last = await stage.interview(seats[-1])
        shown = await stage.app.store.read(lambda tx: view(tx, stage, last["id"]))
        assert {"label": "Software reads the answers", "value": "queued behind 4"} in shown
        board = await told(noor, stage, "/interview status")
        assert "queued behind 4" in board
        fake.hold.set()
        await settle()
        assert "queued" not in str([(await noor.post(s.name))["card"] for s in seats])
        assert await stage.app.store.read(work_queries.waiting) == {"Assess": 0, "ReadAhead": 0}


def tap(stage: Stage, token: str, option: str = "submit") -> TappedIn:
    return TappedIn(id=stage.event_id(), kind="tapped", token=token, option=option)


async def told(seat: Seat, stage: Stage, line: str) -> str:
    """What a command is answered with while work goes on elsewhere."""
    event = SaidIn(id=stage.event_id(), kind="said", text=line)
    await stage.app.port.receive(seat.who, seat.who.thread_id, "person", event)
    async with asyncio.timeout(10):
        while tasks := [t for t in asyncio.all_tasks() if t.get_name().startswith(("lane ", "mail "))]:
            await asyncio.wait(tasks)
    return json.dumps((await seat.messages())[-1])


def view(tx: Tx, stage: Stage, interview_id: str) -> list[dict[str, str]]:
    card = posts.view(tx, stage.app.keys, stage.app.tenant_id, "scorecard", interview_id)
    assert isinstance(card, Card)
    return [{"label": r.label, "value": r.value} for r in card.rows]


def test_where_a_reading_stands_in_words():
    assert rescore_en.reading(False, 3, 0, 0) == "queued behind 3"
    assert rescore_en.reading(False, 0, 0, 0) == "next in the queue"
    assert rescore_en.reading(True, 0, 1, 4) == "1 of 4 competencies read"
    assert rescore_en.reading(True, 0, 0, 0) == "being read"


async def test_whoever_waits_in_a_conversation_goes_before_all_readings(home: Path):
    async with with_model(home, MODEL) as (stage, _):
        rows = [("w1", "ReadAhead", ""), ("w2", "Assess", ""), ("w3", "ChooseProbe", "s"), ("w4", "Assess", "")]
        await stage.app.store.commit(lambda tx: [tx.insert(Work, work(*r, n)) for n, r in enumerate(rows)])
        found = await stage.app.store.read(lambda tx: work_queries.open_work(tx, 10, 50))
        assert [r["id"] for r in found] == ["w3", "w2", "w4", "w1"]
        later = await stage.app.store.read(lambda tx: work_queries.open_work(tx, 1, 50))
        assert [r["id"] for r in later] == ["w2", "w1"]
        assert await stage.app.store.read(lambda tx: work_queries.ahead_of(tx, work("w4", "Assess", "", 3))) == 1
        await stage.app.store.commit(lambda tx: tx.delete(Work, {"tenant_id": "t_other"}))


def work(id: str, kind: str, step: str, due: int) -> Row:
    row: Row = {"tenant_id": "t_other", "id": id, "kind": kind, "thread_id": "", "conversation_id": "", "step": step}
    row |= {"interview_id": "", "subject_id": "", "sealed": b"", "state": "pending", "attempts": 0, "problem": ""}
    return {**row, "due_at": due, "at": 0}
