"""Somebody else takes over: who is asked, and the first claim that wins."""

import asyncio
from typing import Any

import orjson
import pytest

from bot.scheduling import appointments, asking
from bot.scheduling.asking import Claimed, NotClaimed
from bot.scheduling.plans import CANDIDATE, Group, Plan, Session
from bot.store.rows import Inbox
from bot.store.store import Conflict, Row, Store, Tx
from calendar_sync.facts import Limits
from flows.scheduling import AskColleagues, Colleagues, SlotBooked, TooLate
from tests.bot.scheduling.team import MINUTE, T, Team, at, plan


@pytest.fixture
async def team(store: Store) -> Team:
    return await Team.gathered(store)


async def booked(team: Team, wanted: Plan, *slot: int, name: str = "Ada") -> Row:
    row = await team.appointment(wanted, name)
    assert isinstance(await team.books(row, *slot), SlotBooked)
    return await team.row(row["id"])


async def claims(team: Team, row: Row, person: str, taker: str) -> Claimed | NotClaimed:
    def unit(tx: Tx) -> Claimed | NotClaimed:
        now = appointments.get(tx, T, row["id"])
        return asking.claim(team.availability, tx, now, person, taker, team.now)

    for _ in range(3):
        try:
            return await team.store.commit(unit)
        except Conflict:
            continue
    raise AssertionError("no claim got through")


def pool(**more: Any) -> Session:
    return Session("one", "Interview", 60, groups=(Group(1, "tech"),), **more)


async def test_free_and_qualified_colleagues_are_asked_and_the_first_claim_wins(team: Team) -> None:
    names = {n: await team.interviewer(n, pools=("tech",)) for n in ("Ben", "Cleo", "Dan", "Eve")}
    await team.interviewer("Finn", pools=("sales",))
    await team.calendar(names["Eve"], [(at(0, 9), at(0, 10))])
    row = await booked(team, plan(pool()), at(0, 9))
    (mine, *_), _ = await team.seats(row)
    able = [p for p in (names["Ben"], names["Cleo"], names["Dan"]) if p != mine]
    got = await team.does(row, AskColleagues(row["id"], "ill"), work="w_ask", person=mine)
    assert isinstance(got, Colleagues)
    assert got.asked == len(able) == len(team.delivered) == len(set(team.delivered))
    assert await team.does(row, AskColleagues(row["id"], "ill"), work="w_ask", person=mine) == got
    letters = await team.store.read(lambda tx: tx.find(Inbox, {"tenant_id": T, "state": "pending"}))
    assert len(letters) == len(able), "asked once, although the work was done twice"
    body: Any = team.keys.open(T, row["candidate_id"], letters[0]["body"])
    assert (body["kind"], body["token"]) == ("tell", f"do:claim:{row['id']}:{mine}")
    results = await asyncio.gather(*(claims(team, row, mine, taker) for taker in able))
    assert sorted(type(r).__name__ for r in results) == ["Claimed", "NotClaimed"]
    winner = able[0] if isinstance(results[0], Claimed) else able[1]
    now = await team.row(row["id"])
    assert await team.seats(row) == [(winner, "one", at(0, 9)), (row["candidate_id"], CANDIDATE, at(0, 9))]
    assert now["version"] == 2
    assert orjson.loads(now["why"]) == [["one", winner, "claimed", 0, 0, 0]]
    assert await team.cells() == 24
    other = await team.appointment(plan(Session("one", "", 60, (mine,))), "Bob")
    assert at(0, 9) in await team.starts(other), "whoever can't come has that time back"


async def test_a_claim_must_still_fit(team: Team) -> None:
    ben, cleo = await team.interviewer("Ben", pools=("tech",)), await team.interviewer("Cleo", pools=("tech",))
    row = await booked(team, plan(pool()), at(0, 9))
    (mine, *_), _ = await team.seats(row)
    taker = cleo if mine == ben else ben
    await team.calendar(taker, [(at(0, 9, 30), at(0, 10))])
    assert await claims(team, row, mine, taker) == NotClaimed("busy")
    await team.calendar(taker, [])
    assert await claims(team, row, mine, "p_stranger") == NotClaimed("busy")
    other = await team.interviewer("Sam", pools=("sales",))
    assert await claims(team, row, mine, other) == NotClaimed("busy"), "free, and of another pool"
    assert await claims(team, row, taker, mine) == NotClaimed("gone"), "they have no seat to give away"
    team.clock.at = at(0, 9) * MINUTE
    assert await claims(team, row, mine, taker) == NotClaimed("gone")
    got = await team.does(row, AskColleagues(row["id"], "ill"), person=mine)
    assert isinstance(got, TooLate)


async def test_notice_is_for_candidates_and_limits_are_for_everybody(team: Team) -> None:
    ben = await team.interviewer("Ben", pools=("tech",))
    cleo = await team.interviewer("Cleo", pools=("tech",), limits=Limits(per_day=1))
    row = await booked(team, plan(pool(), notice=24 * 60), at(1, 13))
    (mine, *_), _ = await team.seats(row)
    taker = cleo if mine == ben else ben
    team.clock.at = at(1, 12) * MINUTE
    if taker == cleo:
        assert isinstance(await claims(team, row, mine, taker), Claimed)
    extra = await booked(team, plan(Session("one", "", 60, (cleo,))), at(1, 15), name="Bob") if taker != cleo else None
    if extra is not None:
        assert isinstance(await claims(team, row, mine, taker), Claimed)
        assert await claims(team, row, taker, cleo) == NotClaimed("busy")


async def test_who_was_named_hands_over_to_the_same_team(team: Team) -> None:
    from bot import people

    ben, cleo = await team.interviewer("Ben"), await team.interviewer("Cleo")
    await team.interviewer("Dan")
    await team.store.commit(lambda tx: people.give_role(tx, T, team.requisition, cleo, "panelist"))
    row = await booked(team, plan(Session("one", "Interview", 60, (ben,))), at(0, 9))
    able = await team.store.read(lambda tx: asking.colleagues(team.availability, tx, row, ben, team.now))
    assert able == [cleo]
    assert isinstance(await claims(team, row, ben, cleo), Claimed)
    now = await team.row(row["id"])
    assert Plan.from_json(now["plan"]).sessions[0].fixed == (cleo,), "moving it later asks for the new one"
    moved = await team.books(now, at(1, 9))
    assert isinstance(moved, SlotBooked)
    assert (await team.seats(row))[0] == (cleo, "one", at(1, 9))


async def test_the_least_loaded_are_asked_first(team: Team) -> None:
    ids = [await team.interviewer(n, pools=("tech",)) for n in ("Ben", "Cleo", "Dan")]
    row = await booked(team, plan(pool()), at(0, 9))
    (mine, *_), _ = await team.seats(row)
    busy, calm = [p for p in ids if p != mine]
    await booked(team, plan(Session("one", "", 60, (busy,))), at(2, 9), name="Bob")
    able = await team.store.read(lambda tx: asking.colleagues(team.availability, tx, row, mine, team.now))
    assert able == [calm, busy]


async def test_in_a_day_of_sessions_only_their_own_part_changes_hands(team: Team) -> None:
    ben = await team.interviewer("Ben")
    ids = [await team.interviewer(n, pools=("tech",)) for n in ("Cleo", "Dan")]
    sessions = (Session("tech", "Design", 60, groups=(Group(1, "tech"),)), Session("talk", "Manager", 45, (ben,)))
    row = await team.appointment(plan(*sessions))
    slot = (await team.slots(row))[0]
    await team.books(row, *slot)
    row = await team.row(row["id"])
    mine = next(w for w, p, _ in await team.seats(row) if p == "tech")
    taker = next(p for p in ids if p != mine)
    assert await claims(team, row, mine, ben) == NotClaimed("busy"), "one person can't be in both"
    assert isinstance(await claims(team, row, mine, taker), Claimed)
    seats = {(w, p) for w, p, _ in await team.seats(row)}
    assert {(taker, "tech"), (ben, "talk")} < seats
