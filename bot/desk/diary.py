"""What is booked in a week: with whoever asks, or for one requisition; by day, in the reader's own zone."""

from collections.abc import Iterable

from bot.desk import appointments_board
from bot.desk.sight import LOOKERS, Call, not_found, say, wrong
from bot.scene import Reply
from bot.scheduling import appointments, connecting
from bot.scheduling.capacity import coming_monday, monday_of
from bot.scheduling.plans import CANDIDATE, Plan
from bot.store import guard, queries
from bot.store.rows import Appointment, Interview
from bot.store.store import Row
from calendar_sync import when
from calendar_sync.zones import zone
from flows.cards import Row as CardRow
from flows.words import desk_en
from flows.words import schedule_en as words

MOST_SHOWN = 40
REACH = 53  # weeks before and after this one
SHOWN = ("booked", "began", "over", "missed")


def command(call: Call) -> Reply:
    """`/interview calendar [TITLE | connect]`."""
    text = " ".join(call.rest.split())
    if text.casefold() == "connect":
        return connect(call)
    if not text:
        return shown(call, "me", _week(call, "me"))
    found = call.sight.titled(text, *LOOKERS)
    if len(found) != 1:
        titles = tuple(r["title"] for r in found)
        return say(desk_en.several_titles(text, titles)) if found else wrong(desk_en.no_such(text))
    return shown(call, found[0]["id"], _week(call, found[0]["id"]))


def _week(call: Call, ref: str) -> int:
    """The Monday to begin with: at a weekend the next one, unless something is still to come in this week."""
    this, zone_name = monday_of(call.scene.at, call.zone), call.zone
    lo, hi = call.scene.at // appointments.MINUTE, zone(zone_name).first(this + 7)
    left = _mine(call, lo, hi) if ref == "me" else _of(call, ref, lo, hi)
    return this if left else coming_monday(call.scene.at, zone_name)


def shown(call: Call, ref: str, monday: int) -> Reply:
    """ref: "me", or a requisition."""
    zone_name = call.zone
    here = zone(zone_name)
    lo, hi = here.first(monday), here.first(monday + 7)
    if ref == "me":
        title, rows = words.MINE, _mine(call, lo, hi)
    else:
        requisition = call.sight.requisition(ref, *LOOKERS)
        if requisition is None:
            return not_found()
        title, rows = words.theirs(requisition["title"]), _of(call, ref, lo, hi)
    lines = _lines(call, rows, ref, zone_name)
    label = when.zone_label(zone_name, lo)
    options = (words.earlier(monday - 7), words.later(monday + 7), *((words.CONNECT,) if ref == "me" else ()))
    more = len(lines) - MOST_SHOWN
    card = words.calendar(title, when.day_span(monday, monday + 6), tuple(lines[:MOST_SHOWN]), label, more, options)
    return say(card, f"do:diary:{ref}")


def _mine(call: Call, lo: int, hi: int) -> list[Row]:
    """The appointments in which this person sits, each once, with their own part of it."""
    scene, found = call.scene, dict[str, Row]()
    for seat in guard.seats_between(scene.tx, scene.tenant_id, call.person_id, lo, hi, scene.at):
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, booking_id=seat["booking_id"])
        if seat["state"] == "booked" and row is not None and row["state"] in SHOWN:
            known = found.get(row["id"], {**row, "start_minute": seat["start_minute"], "end_minute": 0})
            found[row["id"]] = {**known, "end_minute": max(known["end_minute"], seat["end_minute"])}
    return list(found.values())


def _of(call: Call, requisition_id: str, lo: int, hi: int) -> list[Row]:
    scene = call.scene
    rows = queries.appointments_between(scene.tx, scene.tenant_id, SHOWN, lo, hi)
    mine = {i["id"] for i in scene.tx.find(Interview, {"tenant_id": scene.tenant_id, "requisition_id": requisition_id})}
    return [r for r in rows if r["interview_id"] in mine]


def _lines(call: Call, rows: Iterable[Row], ref: str, zone_name: str) -> list[CardRow]:
    """A line for each appointment: the day, and what, when and with whom."""
    here, found = zone(zone_name), list[CardRow]()
    for row in sorted(rows, key=lambda r: (r["start_minute"], r["id"])):
        day = when.long_day(here.date_of(row["start_minute"]), zone_name, call.scene.at)
        times = f"{when.clock(row['start_minute'], zone_name)} to {when.clock(row['end_minute'], zone_name)}"
        parts = [call.sight.name_of(row["candidate_id"]), _what(call, row, ref), _state(row)]
        parts += appointments_board.entries(call, row)
        found.append(CardRow(day, f"{times}: {', '.join(p for p in parts if p)}"))
    return found


def _what(call: Call, row: Row, ref: str) -> str:
    """What it is; for somebody else's, with whom."""
    title = appointments_board.title_of(call, row)
    if ref == "me":
        seats = guard.seats_of(call.scene.tx, row["tenant_id"], row["booking_id"])
        parts = {s.part for s in seats if s.interviewer_id == call.person_id and s.part != CANDIDATE}
        own = [t for k, t in _titles(row) if k in parts and t]
        return ", ".join(own) if own and row["kind"] == "loop" else title
    names = [call.sight.name_of(p) for p in appointments.interviewers(call.scene.tx, row)]
    return f"{title} {words.with_names(names)}" if names else title


def _titles(row: Row) -> list[tuple[str, str]]:
    return [(s.key, s.title) for s in Plan.from_json(row["plan"]).sessions]


def _state(row: Row) -> str:
    said = [words.ATTENDS[a] for a in appointments.attendance(row).values() if a == "cannot"]
    return "" if row["state"] == "booked" and not said else (said[0] if said else words.STATES[row["state"]])


def turn(call: Call, ids: list[str], option: str) -> Reply:
    """Another week, or the way to connect a calendar."""
    ref = ids[0]
    if ref != "me" and call.sight.requisition(ref, *LOOKERS) is None:
        return not_found()
    if option == words.CONNECT.id:
        return connect(call)
    _, _, day = option.partition(".")
    now = monday_of(call.scene.at, call.zone)
    if not (day.isascii() and day.isdigit()) or abs(int(day) - now) > 7 * REACH:
        return wrong(desk_en.TOO_LATE)
    return shown(call, ref, now + (int(day) - now) // 7 * 7)


def connect(call: Call) -> Reply:
    """The calendars of whoever asks, and how to connect one."""
    scene = call.scene
    card = connecting.status_card(scene.tx, scene.keys, scene.tenant_id, call.person_id, scene.at)
    return say(card, "do:cal:me")


def calendars(call: Call, ids: list[str], option: str) -> Reply:
    """A button of that list: what to show at once; the conversation that connects a calendar speaks for itself."""
    if ids[0] != "me":
        return not_found()
    if option.partition(".")[0] not in (connecting.CONNECT, connecting.OFF):
        return wrong(desk_en.TOO_LATE)
    return Reply(connecting.pressed(call.scene, call.person_id, option))
