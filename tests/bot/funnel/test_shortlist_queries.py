"""The queries behind the board and the shortlist, on both databases; and labels that stay."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import hiring
from bot.funnel import shortlist
from bot.scorecards import blind
from bot.store import funnel_queries
from tests.bot.funnel.rated_people import People
from tests.bot.stagehand import Stage, acting


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def test_what_is_sealed_is_in_no_row_and_a_card_without_levels_has_no_body(either: Stage):
    people, app = People(either), either.app
    ada = await people.add(
        "Ada", {"Priya": {"ownership": 4}, "Tom": {"ownership": 5}}, machine={"ownership": (4, (4, 4))}
    )
    sealed = await people.add("Bo", {"Priya": {"ownership": 1}}, sealed=True)
    bare = await people.add("Cy", {})
    about = (app.tenant_id, either.requisition_id)
    rows = await app.store.read(lambda tx: funnel_queries.opened_cards(tx, *about))
    assert [(r["id"], r["kind"], r["body"] is None) for r in rows if r["id"] == ada["id"]] == [
        (ada["id"], "llm-evidence" if r["rater_id"] == "machine" else "human", False) for r in rows[:3]
    ]
    assert [r["rater_id"] for r in rows if r["id"] == bare["id"]] == [None]
    assert sealed["id"] not in {r["id"] for r in rows}
    one = await app.store.read(lambda tx: funnel_queries.opened_cards(tx, *about, ada["id"]))
    assert one == rows[:3]
    invited = await app.store.read(lambda tx: funnel_queries.invited(tx, *about))
    assert [r["candidate_id"] for r in invited] == [r["candidate_id"] for r in (ada, sealed, bare)]
    assert await app.store.read(lambda tx: funnel_queries.by_status(tx, *about)) == {"scored": 2, "submitted": 1}
    await people.erase(ada)
    again = await app.store.read(lambda tx: funnel_queries.invited(tx, *about))
    assert again[0]["wrapped"] is None
    assert await app.store.read(lambda tx: funnel_queries.opened_cards(tx, "t_other", either.requisition_id)) == []


async def test_who_has_been_greeted_and_when_something_last_happened(either: Stage):
    ada = await either.invite()
    about = (either.app.tenant_id, either.requisition_id)
    interview = await either.interview(ada)
    greeted = set[str]()
    for _ in range(100):  # a delivery is noted a moment after the page has shown it
        greeted = await either.app.store.read(lambda tx: funnel_queries.greeted(tx, *about))
        if greeted or (await either.interview(ada))["status"] != "opened":
            break
        await asyncio.sleep(0.05)
    assert (greeted, (await either.interview(ada))["status"]) == ({interview["id"]}, "opened")
    await ada.plays(until="consent")
    moments = await either.app.store.read(lambda tx: funnel_queries.moments(tx, *about))
    assert moments[interview["id"]] == either.clock.now()


async def test_a_kit_that_changed_leaves_what_it_no_longer_asks_out_and_what_is_new_unknown(either: Stage):
    people, app = People(either), either.app
    await people.add("Ada", {"Priya": {"ownership": 4, "gone": 1}})
    requisition = await app.store.read(lambda tx: hiring.get_requisition(tx, app.tenant_id, either.requisition_id))
    found = await app.store.read(lambda tx: shortlist.read(tx, app.keys, requisition, ""))
    cells = {c.key: c.band for c in found.candidates[0].standing.cells}
    assert cells == {"ownership": (4, 4), "care": None}


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=60), st.integers(0, 60))
def test_labels_are_all_different_and_never_change_with_those_who_come_later(ids: list[str], n: int):
    whole = blind.labels(ids)
    assert len(set(whole.values())) == len(ids)
    earlier = blind.labels(ids[:n])
    assert earlier == {k: whole[k] for k in ids[:n]}


def test_three_thousand_people_have_labels_of_their_own():
    many = blind.labels(f"p_{n}" for n in range(3000))
    assert len(set(many.values())) == 3000
