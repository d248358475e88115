"""Why there is no time, and the one change that would open most."""

import pytest

from bot.scheduling import why
from bot.scheduling.plans import Group, Plan, Session
from bot.scheduling.profiles import Override, Profile, Rule, default
from bot.scheduling.slotting import seeker_of
from bot.store.store import Row, Store
from calendar_sync.facts import Limits
from flows.scheduling import SlotBooked
from tests.bot.scheduling.team import MINUTE, NOW, Team, at, plan


@pytest.fixture
async def team(store: Store) -> Team:
    return await Team.gathered(store)


async def asked(team: Team, wanted: Plan) -> tuple[dict[str, why.Reason], why.Why, tuple[tuple[str, ...], str]]:
    row: Row = await team.appointment(wanted)
    assert await team.starts(row) == []
    seeker = seeker_of(row, "UTC")
    found = await team.store.read(lambda tx: why.why_none(team.availability, tx, seeker, team.now))
    told = await team.store.read(lambda tx: why.told(tx, team.keys, seeker, found, "UTC", team.now))
    return {r.person: r for r in found.reasons}, found, told


def one(*fixed: str, **more: object) -> Session:
    return Session("one", "Interview", 60, fixed, **more)  # pyright: ignore[reportArgumentType]


async def test_each_person_has_their_reason(team: Team) -> None:
    office = default("UTC")
    away = await team.interviewer("Ada", away=(("2026-11-20", "2026-12-06"),))
    full = await team.interviewer("Ben", limits=Limits(per_week=1))
    lost = await team.interviewer("Cleo")
    busy = await team.interviewer("Dan")
    bare = await team.interviewer("Eve", Profile("UTC"))
    short = await team.interviewer("Finn", Profile("UTC", (Rule((1, 2, 3, 4, 5), "09:00", "09:30"),)))
    soon = await team.interviewer("Gus", Profile("UTC", (), (Override("2026-11-22", (("12:00", "14:00"),)),)))
    resting = await team.interviewer("Hal", office)
    wrong = await team.interviewer("Ivy", Profile("Mars/Base", office.weekly))
    await team.pause(resting)
    await team.calendar(lost, state="failed", synced=NOW - 60 * MINUTE)
    await team.calendar(busy, [(at(-2, 0), at(9, 0))])
    taken = await team.appointment(plan(one(full)), "Kim")
    assert isinstance(await team.books(taken, at(0, 9)), SlotBooked)
    people = (away, full, lost, busy, bare, short, soon, resting, wrong, "p_nobody")
    reasons, _, (lines, _) = await asked(team, plan(one(*people), notice=24 * 60))
    assert {p: reasons[p].code for p in people} == {
        away: "away", full: "limit", lost: "unknown", busy: "busy", bare: "no_hours", short: "short", soon: "notice",
        resting: "paused", wrong: "broken", "p_nobody": "missing",
    }  # fmt: skip
    assert "Ada is out until Monday 7 December" in lines
    assert "Ben is at the limit of 1 interview a week" in lines
    assert "Cleo's calendar was last read on Sunday 22 November, 11:00 (UTC), so all of it counts as busy" in lines
    assert "Dan is busy all the time" in lines
    assert "Finn has no 1 hour in one piece that begin on the grid" in lines
    assert any("Mars/Base" in line for line in lines)


async def test_the_change_that_opens_most_is_true(team: Team) -> None:
    ben = await team.interviewer("Ben", limits=Limits(per_week=1))
    taken = await team.appointment(plan(one(ben)), "Kim")
    assert isinstance(await team.books(taken, at(0, 9)), SlotBooked)
    wanted = plan(one(ben))
    _, found, (_, change) = await asked(team, wanted)
    assert found.change == why.Change("limit", f"{ben} per_week", 2, opens=39)
    assert change == "raise the limit of Ben to 2 interviews a week (it opens 39 times)."
    await team.profile(ben, Profile("UTC", default("UTC").weekly, limits=Limits(per_week=2)))
    row = await team.appointment(wanted, "Lea")
    assert len(await team.starts(row)) == 39


async def test_a_calendar_to_be_connected_again(team: Team) -> None:
    ben = await team.interviewer("Ben")
    await team.calendar(ben, [(at(0, 9), at(0, 17))], state="failed")
    _, found, _ = await asked(team, plan(one(ben)))
    assert found.change == why.Change("calendar", ben, opens=32)


async def test_a_pool_that_is_too_small(team: Team) -> None:
    for name in ("Ben", "Cleo"):
        await team.interviewer(name, pools=("tech",))
    _, found, (lines, change) = await asked(team, plan(one(groups=(Group(3, "tech"),))))
    assert found.few == (("tech", 3, 2),)
    assert found.change == why.Change("pool", "tech", opens=40)
    assert '3 of the pool "tech" are needed, and at most 2 people can at once' in lines
    assert change == 'add one more person to the pool "tech" (it opens 40 times).'


async def test_a_panel_that_never_meets(team: Team) -> None:
    ben = await team.interviewer("Ben", Profile("UTC", (Rule((1, 2, 3, 4, 5), "09:00", "12:00"),)))
    cleo = await team.interviewer("Cleo", Profile("UTC", (Rule((1, 2), "13:00", "15:00"),)))
    reasons, found, (lines, _) = await asked(team, plan(one(ben, cleo)))
    assert (reasons[ben].code, reasons[ben].number) == ("together", 15)
    assert (reasons[cleo].code, reasons[cleo].number) == ("together", 4)
    assert found.change == why.Change("without", cleo, opens=15)
    assert "Cleo is free 4 times, but never when enough of the others are" in lines


async def test_a_day_of_sessions_that_needs_another_order(team: Team) -> None:
    ben = await team.interviewer("Ben", Profile("UTC", (Rule((1, 2, 3, 4, 5), "09:00", "10:00"),)))
    cleo = await team.interviewer("Cleo", Profile("UTC", (Rule((1, 2, 3, 4, 5), "10:00", "12:00"),)))
    sessions = (Session("a", "First", 60, (cleo,)), Session("b", "Second", 60, (ben,)))
    _, found, (_, change) = await asked(team, plan(*sessions, order=(("a", "b"),)))
    assert found.change is not None
    assert found.change.kind == "order"
    assert change == "let the sessions come in any order (it opens 5 times)."


async def test_nothing_helps_where_the_candidate_is_in_the_way(team: Team) -> None:
    ben = await team.interviewer("Ben", Profile("UTC", (Rule((1,), "09:00", "10:00"),)))
    cleo = await team.interviewer("Cleo")
    first = await team.appointment(plan(one(cleo)), "Kim")
    assert isinstance(await team.books(first, at(0, 9)), SlotBooked)
    second = await team.appointment(plan(one(ben)), candidate=first["candidate_id"])
    seeker = seeker_of(second, "UTC")
    found = await team.store.read(lambda tx: why.why_none(team.availability, tx, seeker, team.now))
    assert found.reasons[0] == why.Reason(first["candidate_id"], "candidate")
    lines, _ = await team.store.read(lambda tx: why.told(tx, team.keys, seeker, found, "UTC", team.now))
    assert lines[0] == "Kim has another interview whenever the team is free"
