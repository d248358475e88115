"""Which question a message answers; events that come twice, late, at once, or while nothing can be stored."""

import asyncio
import os
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import (
    Act,
    Back,
    Form,
    Incoming,
    Left,
    Rewording,
    Slash,
    Start,
    Takeback,
    Tap,
    Unavailable,
    Upload,
    Words,
)
from bot.store.rows import DataKey, FactRow, Inbox, Interview, JournalEntry, Outbox, Thread, Utterance
from flows.words import reception_en
from tests.bot.reception.guests import TEAM, Guest, candidate, invited, member, text_of
from tests.bot.stagehand import Stage, settle


async def answering(stage: Stage, platform: str = "telegram") -> Guest:
    ada = await candidate(stage, platform, "1")
    await ada.plays("outage")
    return ada


async def steps(stage: Stage, *words: str) -> list[str]:
    """The questions that messages were heard for, by what they say."""
    found = await heard(stage)
    return [found[w] for w in words]


async def heard(stage: Stage) -> dict[str, str]:
    """What was said, in order, and the question it was heard for."""
    app, found = stage.app, dict[str, str]()
    rows = await stage.rows(Utterance, "seq")

    def unit(tx: Any) -> None:
        for r in rows:
            app.keys.load(tx, r["tenant_id"], r["subject_id"])
            found[str(app.keys.open(r["tenant_id"], r["subject_id"], r["body"]))] = r["step"]

    await app.store.read(unit)
    return found


# -- which question --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["telegram", "slack", "discord"])
async def test_what_was_typed_before_the_next_question_came_does_not_answer_it(stage: Stage, platform: str):
    ada = await answering(stage, platform)
    await ada.says("One.")
    typed = ada.chat.number(ada.address)  # on the platform already when the next question is asked
    await ada.taps("done")
    await ada.plays("upset")
    assert (await ada.waiting()).key == "upset"
    told = len(ada.bubbles)
    await ada.does(Words("One more thing.", typed))
    assert await steps(stage, "One.", "One more thing.") == ["outage", ""]
    assert len(ada.bubbles) == told + 1  # where it belongs is asked
    await ada.says("About the customer.")
    assert await steps(stage, "About the customer.") == ["upset"]


async def test_while_a_question_is_on_its_way_words_belong_to_what_is_open(stage: Stage):
    ada = await answering(stage)
    await ada.says("One.")
    ada.chat.hold, ada.chat.called = asyncio.Event(), asyncio.Event()
    await stage.app.reception.receive(ada.event(Tap(ada.asks().token, "done")))
    await asyncio.wait_for(ada.chat.called.wait(), 5)
    assert await stage.rows(Outbox, state="sending")
    await stage.app.reception.receive(ada.event(Words("Words in between.", ada.chat.number(ada.address))))
    ada.chat.hold.set()
    await settle()
    open_now = (await ada.waiting()).key
    assert await steps(stage, "Words in between.") == [open_now]


async def test_a_question_of_several_parts_has_been_read_after_its_last(stage: Stage):
    ada = await answering(stage)
    await ada.says("One.")
    ada.chat.parts = 3
    await ada.taps("done")
    await ada.plays("upset")
    numbers = [int(n) for n in ada.asks().ref.rpartition(":")[2].split("+")]
    assert len(numbers) == 3
    base = f"telegram:{ada.address}:"
    await ada.does(Words("Between the parts.", f"{base}{numbers[1]}"))
    await ada.does(Words("After them.", f"{base}{numbers[2] + 1}"))
    assert await steps(stage, "Between the parts.", "After them.") == ["", "upset"]


async def test_after_a_move_words_belong_to_what_is_open(stage: Stage):
    ada = await answering(stage)
    await ada.says("elsewhere")
    secret = str([b.card for b in ada.bubbles]).rpartition("/i/")[2][:43]
    there = Guest(stage, "discord", "d1")
    await there.brings(secret)
    await there.says("On Discord.")
    await ada.says("On Telegram again.")
    assert await steps(stage, "On Discord.", "On Telegram again.") == ["outage", "outage"]
    told = len(there.bubbles)
    await ada.taps("done")
    assert len(there.bubbles) == told  # the chat is where the person is


# -- twice, late, at once ------------------------------------------------------------------------------------------


async def fetched(limit: int) -> bytes:
    return b"name\nLin Chen\n"


def of_a_candidate(ada: Guest) -> list[Act]:
    first, second = ada.chat.number(ada.address), ada.chat.number(ada.address)
    token = ada.asks().token
    return [
        Words("One.", first),
        Words("Two.", second),
        Rewording(first, "One, better."),
        Takeback(second),
        Tap(token, "done"),
    ]


async def test_every_act_of_a_candidate_counts_once(stages: Stage):
    stage = stages
    ada = await answering(stage)
    acts = of_a_candidate(ada)
    for n, act in enumerate(acts):
        assert (await ada.does(act, f"event {n}")).new
    before = await state(stage)
    shown = list(ada.texts)
    for again in (acts, acts[::-1]):  # the platform sends everything once more, and once more in disorder
        for act in again:
            answer = await ada.does(act, f"event {acts.index(act)}")
            assert not answer.new or answer.card is None
    assert await state(stage) == before
    assert ada.texts == shown


async def state(stage: Stage) -> Any:
    tables = (Utterance, JournalEntry, Outbox, Inbox, Interview, FactRow)
    return [sorted(await stage.rows(t), key=str) for t in tables]


async def test_every_order_of_a_recruiter_counts_once(stage: Stage):
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    await noor.orders("invite Ada Okoye")
    twin = (await noor.orders("invite Ada Okoye")).token
    acts: list[Act] = [
        Slash("invite Ben Roe"),
        Form("cmd:invite", {"name": "Cleo", "requisition": stage.requisition_id}),
        Tap(twin, "another"),
        Words("/interview invite Dan", noor.chat.number(noor.address)),
        Upload("people.csv", "text/csv", 14, fetched, noor.chat.number(noor.address)),
    ]
    for n, act in enumerate(acts):
        assert (await noor.does(act, f"event {n}")).new
    assert len(await stage.rows(Interview)) == 5
    before = await state(stage)
    for n, act in enumerate(acts):
        assert not (await noor.does(act, f"event {n}")).new
    assert await state(stage) == before


async def test_an_edit_or_a_takeback_that_comes_before_its_message_breaks_nothing(stage: Stage):
    ada = await answering(stage)
    message = ada.chat.number(ada.address)
    assert (await ada.edits(message, "Better.")).card is None
    assert (await ada.removes(message)).card is None
    await ada.does(Words("As written first.", message))
    assert await steps(stage, "As written first.") == ["outage"]
    await ada.edits(message, "As corrected later.")
    (row,) = await stage.rows(Utterance, step="outage")
    assert [r["version"] for r in await stage.rows(Utterance, "version", id=row["id"])] == [0, 1]


async def test_what_people_say_at_once_stays_in_the_order_of_each(stages: Stage):
    stage = stages
    ada, ben = await answering(stage), await candidate(stage, "discord", "2", "Ben Roe")
    await ben.plays("outage")
    said: list[Incoming] = []
    for n in range(15):
        said += [g.event(Words(f"{g.user} {n}", g.chat.number(g.address))) for g in (ada, ben)]
    await asyncio.gather(*(stage.app.reception.receive(e) for e in said))
    await settle()
    for guest in (ada, ben):
        mine = [f"{guest.user} {n}" for n in range(15)]
        assert await steps(stage, *mine) == ["outage"] * 15
        order = {w: n for n, w in enumerate(await heard(stage))}
        assert sorted(mine, key=lambda w: order[w]) == mine


# -- nothing can be stored, nobody is left ---------------------------------------------------------------------------


@contextmanager
def full_disk(home: Path) -> Generator[None]:
    """The database's log may not grow any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.stat(home / "parley.db-wal").st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_when_nothing_can_be_stored_nothing_is_taken(stage: Stage, home: Path):
    ada, noor = await answering(stage), await member(stage, stage.seats["Noor"], "slack", "U9")
    secret = await invited(stage, "Ben Roe")
    ben = Guest(stage, "discord", "2")
    message = ada.chat.number(ada.address)
    events = [
        ada.event(Words("Kept once.", message), "e1"),
        noor.event(Slash("invite Cleo"), "e2"),
        noor.event(Upload("p.csv", "text/csv", 14, fetched, noor.chat.number(noor.address)), "e3"),
        ben.event(Start(secret), "e4"),
        ada.event(Left("blocked"), "e5"),
    ]
    before = await state(stage)
    with full_disk(home):
        for event in events:
            with pytest.raises(Unavailable):
                await stage.app.reception.receive(event)
    assert await state(stage) == before
    assert not await ben.person()
    for event in events[:4]:
        assert (await stage.app.reception.receive(event)).new
    await settle()
    assert await ben.person()
    assert await steps(stage, "Kept once.") == ["outage"]
    assert (await stage.rows(Thread, platform="telegram"))[0]["blocked"] == ""


async def test_a_store_that_is_closed_says_so_to_every_question(stage: Stage):
    ada, noor = await answering(stage), await member(stage, stage.seats["Noor"], "slack", "U9")
    app = stage.app.reception
    app.known.clear()
    token = ada.asks().token
    await stage.app.store.close()
    calls = [
        app.receive(ada.event(Words("x", "telegram:1:1"))),
        app.form(ada.who, token),
        app.suggest(noor.who, "i"),
        app.home(noor.who),
        app.open_chats("telegram"),
        app.installation("slack", "T_other"),
        app.new_state("s"),
        app.use_state("x", "s"),
        app.uninstall("slack", TEAM),
    ]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(r) for r in results] == [Unavailable] * len(calls)


async def test_an_erased_person_is_answered_kindly_and_nothing_is_kept(stage: Stage):
    ada = await answering(stage)
    person, app, token = await ada.person(), stage.app, ada.asks().token
    await app.store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": app.tenant_id, "subject_id": person}))
    app.keys.forget(app.tenant_id, person)
    (thread,) = await stage.rows(Thread, person_id=person)
    app.intake.forget(thread["id"])
    before = await state(stage)
    for act in (Words("Hello?", ada.chat.number(ada.address)), Tap(token, "done"), Form(token, {"a": "b"})):
        assert text_of(await ada.does(act)) == reception_en.GONE.text
    assert await app.reception.form(ada.who, token) is None
    for act in (Left("blocked"), Back()):
        assert (await ada.does(act)).card is None
    assert await state(stage) == before
