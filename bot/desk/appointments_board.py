"""One appointment as the team sees it, and what recruiters do about it: another time, a reminder, other people, the end.

Whatever has consequences for somebody is asked once; the answer carries the version it was asked about.
"""

from collections.abc import Callable

import orjson

from bot.desk import changing, reach, schedule
from bot.desk.draft_plan import who
from bot.desk.sight import CLOSED, RECRUITERS, Call, not_found, say, wrong
from bot.desk.times import none_at_all, offered, seeker_for
from bot.scene import Reply
from bot.scheduling import appointments, readers, upcoming
from bot.scheduling.plans import CANDIDATE, Plan
from bot.store import guard
from bot.store.rows import Appointment, CalendarEntry, FactRow
from bot.store.store import Row
from calendar_sync import when
from calendar_sync.zones import ConfigProblem
from flows.cards import Card, Option
from flows.cards import Row as CardRow
from flows.words import desk_en
from flows.words import schedule_en as words

MINUTE = 60_000
QUIET = 6 * 60 * MINUTE  # how long after a reminder there is no other
_ACTIONS = {
    "open": ("remind", "people", "why", "cancel"),
    "booked": ("move", "people", "remind", "cancel"),
    "began": (),
    "over": (),
    "cancelled": ("again",),
    "missed": ("again",),
}
Deed = Callable[[Call, Row], Reply]


def find(call: Call, appointment_id: str) -> Row | None:
    """An appointment of an interview that this person recruits for."""
    row = call.scene.tx.one(Appointment, tenant_id=call.scene.tenant_id, id=appointment_id)
    return row if row is not None and call.sight.interview(row["interview_id"], *RECRUITERS) else None


def of_candidate(call: Call, interview: Row) -> Reply:
    """The appointments of a candidate: the one, a choice of them, or how to begin."""
    rows = appointments.of_interview(call.scene.tx, call.scene.tenant_id, interview["id"])
    name = call.sight.name(interview)
    if not rows:
        return _begin(call, interview, name)
    if len(rows) == 1:
        return show(call, rows[0])
    options = tuple(Option(r["id"], title_of(call, r)[:75], hint=_state(call, r)) for r in rows[-10:])
    return say(words.which_appointment(name, (*options, words.NEW_ONE)), f"do:apof:{interview['id']}")


def _begin(call: Call, interview: Row, name: str) -> Reply:
    if interview["status"] in CLOSED or not call.forms:
        return say(desk_en.plain(words.no_appointments(name)))
    return schedule.about(call, interview)


def chosen(call: Call, ids: list[str], option: str) -> Reply:
    """One of several appointments was chosen."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    if option == words.NEW_ONE.id:
        return schedule.about(call, interview)
    row = find(call, option)
    return show(call, row) if row is not None and row["interview_id"] == interview["id"] else not_found()


def lines(call: Call, interview: Row) -> list[CardRow]:
    """The appointments of a candidate that wait or are to come, a row each."""
    rows = appointments.of_interview(
        call.scene.tx, call.scene.tenant_id, interview["id"], *appointments.LIVE, "began", "missed"
    )
    return [CardRow(title_of(call, r), _state(call, r)) for r in rows]


def coming(call: Call, interview: Row) -> str:
    """What is next with a candidate, for a line in a list; "" where nothing is scheduled."""
    rows = appointments.of_interview(call.scene.tx, call.scene.tenant_id, interview["id"], *appointments.LIVE)
    booked = [r["start_minute"] for r in rows if r["state"] == "booked"]
    if booked:
        return words.meets(when.spoken(min(booked), call.zone, call.scene.at))
    return words.CHOOSING if rows else ""


# -- shown --------------------------------------------------------------------------------------------


def show(call: Call, row: Row, why: str = "") -> Reply:
    """An appointment with everything that is known of it. why: a sentence about what has just been tried."""
    sight, plan = call.sight, Plan.from_json(row["plan"])
    name = sight.name_of(row["candidate_id"])
    said = appointments.words_of(sight.tx, sight.keys, row)
    rows = [CardRow(words.STATE, _state(call, row)), *_sessions(call, row, plan)]
    rows += [CardRow(words.MEET, said["link"] or said["place"])] if said["link"] or said["place"] else []
    rows += [CardRow(sight.name_of(p), words.attends(a)) for p, a in appointments.attendance(row).items()]
    rows += [CardRow(words.NAGS, words.nags(row["nags"]))] if row["nags"] and row["state"] == "open" else []
    rows += [CardRow(words.CALENDARS, text) for text in entries(call, row)]
    rows += [CardRow(words.PLAN_WHY, text) for text in _picked(call, row)]
    text = f"{why} {title_of(call, row)}".strip()
    return say(words.appointment(name, text, tuple(rows), actions(row, plan)), f"do:appt:{row['id']}")


def actions(row: Row, plan: Plan) -> tuple[str, ...]:
    known = _ACTIONS[row["state"]]
    return tuple(a for a in known if a not in ("people", "why") or plan.kind != "bot")


def title_of(call: Call, row: Row) -> str:
    """What it is called: its own title, else what kind it is."""
    said = appointments.words_of(call.scene.tx, call.scene.keys, row)
    usual = {"loop": words.INTERVIEW_DAY, "bot": words.WITH_PARLEY}.get(row["kind"], words.INTERVIEW)
    return said["title"] or usual


def _state(call: Call, row: Row) -> str:
    state = words.STATES[row["state"]].format(name=call.sight.name_of(row["candidate_id"]))
    at = time_of(call, row)
    return f"{state}: {at}" if at and row["state"] != "cancelled" else state


def time_of(call: Call, row: Row) -> str:
    """When it is, for whoever looks; "" without a time."""
    if row["start_minute"] is None or row["end_minute"] is None:
        return ""
    return when.spoken_range(row["start_minute"], row["end_minute"], call.zone, call.scene.at)


def _sessions(call: Call, row: Row, plan: Plan) -> list[CardRow]:
    """Who holds what, and when where it is booked; before that, what is wanted."""
    seats = guard.seats_of(call.scene.tx, row["tenant_id"], row["booking_id"]) if row["booking_id"] else ()
    found: list[CardRow] = []
    for session in plan.sessions:
        mine = [s for s in seats if s.part == session.key]
        label = session.title if len(plan.sessions) > 1 else words.WHO
        if not mine:
            found.append(CardRow(label, f"{when.length(session.minutes)}, {who(call.sight, session)}"))
            continue
        names = ", ".join(call.sight.name_of(s.interviewer_id) for s in mine if s.part != CANDIDATE)
        at = f"{when.clock(mine[0].start, call.zone)}: " if len(plan.sessions) > 1 else ""
        found.append(CardRow(label, f"{at}{names}"))
    return found


def entries(call: Call, row: Row) -> list[str]:
    """What isn't in somebody's calendar as it should be."""
    found: list[str] = []
    where = {"tenant_id": row["tenant_id"], "appointment_id": row["id"]}
    for entry in call.scene.tx.find(CalendarEntry, where, "account_id"):
        name = call.sight.name_of(entry["person_id"])
        if entry["state"] == "failed":
            found.append(words.ENTRY_FAILED.format(name=name, problem=words.problem(entry["problem"])))
        elif entry["state"] == "wanted":
            found.append(words.ENTRY_WAITS.format(name=name))
    return found


def _picked(call: Call, row: Row) -> list[str]:
    reasons = [tuple(w) for w in orjson.loads(row["why"])] if row["state"] in ("booked", "began") else []
    return [words.picked(call.sight.name_of(w[1]), *w[2:]) for w in reasons]


# -- deeds ----------------------------------------------------------------------------------------------


def do(call: Call, ids: list[str], option: str) -> Reply:
    """A button of an appointment's card."""
    row = find(call, ids[0])
    if row is None or option not in DEEDS:
        return not_found()
    if option not in actions(row, Plan.from_json(row["plan"])):
        return show(call, row, words.APPOINTMENT_GONE)
    return DEEDS[option](call, row)


def move(call: Call, row: Row) -> Reply:
    name = call.sight.name_of(row["candidate_id"])
    return say(words.move_sure(name, time_of(call, row), row["version"]), f"do:apmove:{row['id']}")


def moved(call: Call, ids: list[str], option: str) -> Reply:
    """The candidate is asked for another time; until they choose, the old one stays."""
    row, otherwise = _sure(call, ids[0], option, ("booked",))
    if row is None or otherwise is not None:
        return otherwise or not_found()
    upcoming.begin(call.scene, row, "reschedule", by="team")
    call.scene.fact("reschedule_begun", row["interview_id"], person_id=call.person_id, appointment=row["id"])
    return say(words.moving(call.sight.name_of(row["candidate_id"])))


def cancel(call: Call, row: Row) -> Reply:
    name = call.sight.name_of(row["candidate_id"])
    card = words.cancel_sure(name, time_of(call, row), row["version"], words.CANCEL_REASONS)
    return say(card, f"do:apoff:{row['id']}")


def cancelled(call: Call, ids: list[str], option: str) -> Reply:
    """Cancelled for a reason; everybody is told by the letter that follows."""
    row, otherwise = _sure(call, ids[0], option, appointments.LIVE)
    if row is None or otherwise is not None:
        return otherwise or not_found()
    reason = option.partition(".")[0]
    if reason not in dict(words.CANCEL_REASONS):
        return wrong(desk_en.TOO_LATE)
    appointments.call_off(call.scene, row, reason, call.person_id)
    return say(words.cancelled(call.sight.name_of(row["candidate_id"])))


def _sure(call: Call, appointment_id: str, option: str, states: tuple[str, ...]) -> tuple[Row | None, Reply | None]:
    """(the appointment, None) when the answer is yes and still fits; else what to say instead."""
    row = find(call, appointment_id)
    if row is None:
        return None, not_found()
    word, _, version = option.partition(".")
    if word == "no":
        return row, say(desk_en.plain(desk_en.NOTHING_CHANGED))
    if version != str(row["version"]) or row["state"] not in states:
        return row, show(call, row, words.APPOINTMENT_GONE)
    return row, None


def remind(call: Call, row: Row) -> Reply:
    """A reminder now: of choosing a time, or of the time that was chosen. Not twice within a few hours."""
    scene, name = call.scene, call.sight.name_of(row["candidate_id"])
    where = {"tenant_id": scene.tenant_id, "interview_id": row["interview_id"], "name": "appointment_reminded"}
    last = scene.tx.find(FactRow, where, "-at", 1)
    if last and scene.at - last[0]["at"] < QUIET:
        return say(words.reminded_already(name))
    interview = call.sight.interview(row["interview_id"], *RECRUITERS)
    if interview is None:
        return not_found()
    if row["state"] == "open":
        if not readers.conversations(scene.tx, scene.keys, row, reach.chat(call, interview), "booking"):
            return say(words.not_asked_yet(name))
        card = words.remind_open(call.sight.title(interview))
    else:
        zone = readers.zone(scene.tx, scene.keys, row, row["candidate_id"], call.office.zone)
        at = when.spoken(row["start_minute"], zone, scene.at)
        card = words.remind_booked(title_of(call, row), at, when.relative(row["start_minute"], zone, scene.at))
    reach.tell(call, interview, card)
    scene.fact("appointment_reminded", row["interview_id"], person_id=call.person_id, appointment=row["id"])
    return say(words.reminded(name))


def why(call: Call, row: Row) -> Reply:
    """How many times there are for the candidate to choose from, or why there are none."""
    plan, name = Plan.from_json(row["plan"]), call.sight.name_of(row["candidate_id"])
    try:
        seeker = seeker_for(call, plan, row["candidate_id"], appointment=row["id"], moving=_moving(row))
        starts = offered(call, seeker)
    except ConfigProblem as problem:
        return wrong(problem.say)
    token = f"do:appt:{row['id']}"
    if not starts:
        return _with_actions(words.why_none(*none_at_all(call, seeker)), row, plan, token)
    first = when.spoken(starts[0], call.zone, call.scene.at)
    card = words.why_times(name, len(starts), schedule.days_of(starts, call.zone), first, plan.kind == "loop")
    return _with_actions(card, row, plan, token)


def _moving(row: Row) -> str:
    return row["booking_id"] if row["state"] == "booked" else ""


def _with_actions(card: Card, row: Row, plan: Plan, token: str) -> Reply:
    left = tuple(words.ACTIONS[a] for a in actions(row, plan) if a != "why")
    return say(Card(card.text, tone=card.tone, options=left), token)


def again(call: Call, row: Row) -> Reply:
    """What was cancelled or missed is asked for anew."""
    interview = call.sight.interview(row["interview_id"], *RECRUITERS)
    if interview is None or interview["status"] in CLOSED:
        return wrong(desk_en.TOO_LATE)
    appointments.start_over(call.scene, row, by=call.person_id)
    return say(words.asked_again(call.sight.name_of(row["candidate_id"])))


def opened(call: Call, ids: list[str], option: str) -> Reply:
    """Under the news that none of the times suited: there are more now, or why so few."""
    row = find(call, ids[0])
    if row is None:
        return not_found()
    if row["state"] not in appointments.LIVE:
        return show(call, row, words.APPOINTMENT_GONE)
    if option == "opened":
        return changing.more_times(call, row)
    return why(call, row) if option == "why" else show(call, row)


DEEDS: dict[str, Deed] = {
    "move": move,
    "remind": remind,
    "people": changing.people,
    "why": why,
    "cancel": cancel,
    "again": again,
}
