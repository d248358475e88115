"""Other people for an appointment, and more times for one whose candidate found none that suits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from bot.desk import crowd, draft_plan
from bot.desk.draft_plan import Problems, Wish
from bot.desk.sight import RECRUITERS, Call, not_found, say, wrong
from bot.scene import Reply
from bot.scheduling import appointments, booking, crews, slotting
from bot.scheduling.plans import Plan
from bot.scheduling.upcoming import times_opened
from bot.store import guard
from bot.store.rows import Appointment
from bot.store.store import Conflict, Row, Tx
from calendar_sync import when
from flows.cards import Card
from flows.words import desk_en
from flows.words import schedule_en as words


def people(call: Call, row: Row) -> Reply:
    """[Change people]: a form, filled in with those there are."""
    plan = Plan.from_json(row["plan"])
    name = call.sight.name_of(row["candidate_id"])
    if plan.kind == "loop":
        return wrong(words.LOOP_PEOPLE)
    if not call.forms:
        return say(words.people_by_line(name))
    return say(people_card(replace(call, rest=row["id"])), f"cmd:people:{row['id']}")


def people_card(call: Call) -> Card:
    """The form for the appointment that `call.rest` names."""
    row = _found(call)
    pools = crowd.pools_of(crowd.known(call.sight))
    sizes = tuple((name, len(ids)) for name, ids in pools.items())
    if row is None:
        return words.people_form("", {}, sizes)
    values = draft_plan.fields_of(Wish(Plan.from_json(row["plan"])), pools)
    return words.people_form(call.sight.name_of(row["candidate_id"]), values, sizes)


def _found(call: Call) -> Row | None:
    row = call.scene.tx.one(Appointment, tenant_id=call.scene.tenant_id, id=call.rest) if call.rest else None
    return row if row is not None and call.sight.interview(row["interview_id"], *RECRUITERS) else None


def submit_people(call: Call, fields: Mapping[str, str]) -> Reply:
    """The people of an appointment change: its time is kept where they are free then, else another one is asked for."""
    row = _found(call)
    if row is None or row["state"] not in appointments.LIVE or row["kind"] != "people":
        return Reply(problems={"who": desk_en.NOT_FOUND})
    old = Plan.from_json(row["plan"])
    try:
        crew = draft_plan.crew_of(call.sight, fields)
    except Problems as problem:
        return Reply(problems=problem.found)
    if not (crew.fixed or crew.groups):
        return Reply(problems={"who": words.ONE_IS_NEEDED})
    session = replace(old.sessions[0], fixed=crew.fixed, groups=crew.groups)
    plan = replace(old, sessions=(session,))
    if problem := crews.fault(plan):
        return Reply(problems={"who": problem})
    appointments.with_hours(call.scene, plan)
    name = call.sight.name_of(row["candidate_id"])
    if row["state"] == "open":
        # What the candidate holds at this moment is with those who were to hold it: confirmed, it is chosen anew.
        for hold in booking.held(call.scene.tx, call.scene.tenant_id, row["interview_id"], row["id"]):
            guard.lapse(call.scene.tx, call.scene.tenant_id, hold, call.scene.at)
        times_opened(call.scene, _changed(call, row, plan=plan.to_json()))
        return say(words.people_changed(name))
    return _booked(call, row, plan, name)


def _booked(call: Call, row: Row, plan: Plan, name: str) -> Reply:
    moved = _kept_time(call, row, plan)
    if moved is not None:
        at = when.spoken_range(moved["start_minute"], moved["end_minute"], call.zone, call.scene.at)
        return say(words.people_swapped(name, at))
    appointments.start_over(call.scene, _changed(call, row, plan=plan.to_json()), by=call.person_id)
    return say(words.people_ask_again(name))


def _kept_time(call: Call, row: Row, plan: Plan) -> Row | None:
    """Give the seats of the booked time to the new people; None where they can't all be there."""
    scene, availability = call.scene, call.office.availability
    # How soon it may be chosen is the candidate's protection, and they have chosen already.
    seeker = replace(slotting.seeker_of(row), plan=replace(plan, notice=0))
    found = slotting.choose(availability, scene.tx, seeker, (row["start_minute"],), scene.at)
    if found is None:
        return None
    seats, why = found

    def still(tx: Tx) -> str | None:
        return slotting.fits(availability, tx, seeker, seats, scene.at)

    ask = guard.Ask(scene.tenant_id, row["booking_id"], row["interview_id"], seats, scene.at, still)
    booked = guard.reschedule(scene.tx, ask)
    if not isinstance(booked, guard.Booked):
        return None
    here = {s.interviewer_id for s in seats}
    said = {p: a for p, a in appointments.attendance(row).items() if p in here}
    values: Row = {"plan": plan.to_json(), "why": orjson.dumps(why).decode(), "attendance": orjson.dumps(said).decode()}
    changed = _changed(call, row, version=max(booked.version, row["version"] + 1), **values)
    appointments.announce(scene, changed, by=call.person_id)
    return changed


def _changed(call: Call, row: Row, **values: Any) -> Row:
    values["changed_at"] = call.scene.at
    where = {k: row[k] for k in ("tenant_id", "id", "version", "state")}
    if call.scene.tx.change(Appointment, where, values) != 1:
        raise Conflict(row["id"])  # somebody was first: the whole order is looked at again
    call.scene.fact("people_changed", row["interview_id"], person_id=call.person_id, appointment=row["id"])
    return {**row, **values}


def more_times(call: Call, row: Row) -> Reply:
    """Somebody of the team says that there are more times now: the candidate's conversation looks again."""
    if row["state"] not in appointments.LIVE:
        return not_found()
    times_opened(call.scene, row)
    return say(words.times_opened(call.sight.name_of(row["candidate_id"])))
