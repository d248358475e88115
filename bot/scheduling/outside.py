"""Our own entries, changed by somebody in their calendar: nothing follows from that until a person says what it means.

`heard` asks the interviewer whose calendar it is and the appointment's recruiters (the conversation `outside`);
`answered` does what the first of them says.
"""

from typing import Any

from bot import people
from bot.scene import Scene
from bot.scheduling import accounts, appointments, readers, upcoming
from bot.scheduling.announcing import tell_of
from bot.scheduling.entries import key, renew, tell, times_of
from bot.store import guard
from bot.store.rows import Appointment, CalendarEntry, Interview
from bot.store.store import Row, Tx
from bot.threads import Conv
from calendar_sync import when
from calendar_sync.calendar import Changes, Outside
from flows.words import calendar_en as words

MINUTE = 60_000
# A "no" stays in the calendar after it was talked about, unlike a move that was taken back.
SETTLED = " settled"


def heard(scene: Scene, account: Row, changes: Changes, began: int, usual_zone: str) -> None:
    """Ask about what became of the entries of one account, once for each change.

    began: when the calendar was asked (ms): what was written into it since can't be in the answer. usual_zone: the team's.
    """
    where = {"tenant_id": scene.tenant_id, "account_id": account["id"], "state": "kept"}
    found = scene.tx.find(CalendarEntry, where, "appointment_id")
    kept = {e["appointment_id"]: e for e in found if e["at"] <= began}
    seen = {o.id: o for o in changes.events}
    if changes.full:  # everything was listed, so one of ours that is absent is gone
        seen |= {id: Outside(id, "cancelled") for id in kept if id not in seen}
    for id, entry in kept.items():
        if id in seen:
            _one(scene, entry, seen[id], usual_zone)
    _write_over(scene, account, {o.id: o for o in changes.events})


def _write_over(scene: Scene, account: Row, seen: dict[str, Outside]) -> None:
    """What is being written just now was changed as well: ours is newer, and is written over it. Otherwise an entry whose
    writing was interrupted would count as written, though it stands elsewhere."""
    where = {"tenant_id": scene.tenant_id, "account_id": account["id"], "state": "wanted"}
    for entry in scene.tx.find(CalendarEntry, where, "appointment_id"):
        found = seen.get(entry["appointment_id"])
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=entry["appointment_id"])
        if row is not None and found is not None and found.status in ("moved", "cancelled"):
            renew(scene, row, entry)


def _one(scene: Scene, entry: Row, found: Outside, usual_zone: str) -> None:
    row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=entry["appointment_id"])
    if row is None or row["state"] != "booked" or row["version"] != entry["version"] or _begun(row, scene.at):
        return
    start, end = times_of(scene.tx, row, entry["person_id"])
    change, told = found.status, f"{found.status} {found.start} {found.end}"
    if change == "moved" and (found.start, found.end) == (start, end):
        change = "unchanged"
    if change == "unchanged":
        if entry["asked"]:  # they have put it right themselves
            scene.tx.change(CalendarEntry, key(entry), {"asked": ""})
        return
    if entry["asked"] in (told, told + SETTLED):
        return
    scene.tx.change(CalendarEntry, key(entry), {"asked": told})
    _ask(scene, row, entry, found, usual_zone)


def _ask(scene: Scene, row: Row, entry: Row, found: Outside, usual_zone: str) -> None:
    owner = entry["person_id"]
    interview = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=row["interview_id"])
    recruiters = readers.recruiters(scene.tx, scene.tenant_id, interview) if interview else []
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, owner)
    for person in dict.fromkeys((owner, *recruiters)):
        if not people.chat_of(scene.tx, scene.tenant_id, person):
            continue
        zone = readers.zone(scene.tx, scene.keys, row, person, usual_zone)
        times = (found.start, found.end)
        new_when = "" if None in times else when.spoken_range(found.start or 0, found.end or 0, zone, scene.at)
        who = "" if person == owner else name
        # A time that can't be read is no time to move to, so that it is asked about like one that is gone.
        change = "cancelled" if found.status == "moved" and not new_when else found.status
        upcoming.begin(scene, row, "outside", person, change=change, new_when=new_when, who=who)


def _begun(row: Row, at: int) -> bool:
    return row["start_minute"] is None or row["start_minute"] * MINUTE <= at


# -- what it meant ------------------------------------------------------------------------------------


def answered(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The effect of `outside_answer`. The first answer counts; a later one, or one to an older time, changes nothing."""
    row = appointments.get(scene.tx, scene.tenant_id, data["appointment"])
    where = {"tenant_id": scene.tenant_id, "appointment_id": row["id"]}
    found = scene.tx.find(CalendarEntry, where, "account_id")
    asked = [e for e in found if e["asked"] and not e["asked"].endswith(SETTLED)]
    if row["version"] != data["version"] or row["state"] != "booked" or not asked:
        scene.show(words.SETTLED, subject_id=row["candidate_id"])
        return
    _act(scene, row, asked, data["answer"])


def _act(scene: Scene, row: Row, asked: list[Row], answer: str) -> None:
    entry = asked[0]
    for one in asked:
        scene.tx.change(CalendarEntry, key(one), {"asked": _settled(one)})
    if answer == "cancelled":
        appointments.call_off(scene, row, "outside", scene.thread["person_id"])
    elif answer == "moved":
        _move(scene, row, entry)
    elif answer == "replace":
        upcoming.begin(scene, row, "swap", entry["person_id"])
    elif answer == "ask_again":
        _put_back(scene, row, asked)
        upcoming.begin(scene, row, "reminder", entry["person_id"], offset=_left(row, scene.at))
    else:
        _put_back(scene, row, asked)


def _left(row: Row, at: int) -> int:
    return max(0, row["start_minute"] - at // MINUTE)


def _put_back(scene: Scene, row: Row, asked: list[Row]) -> None:
    """Write it again as it is booked, newer than what was changed."""
    for entry in asked:
        renew(scene, row, entry)
        scene.tx.change(CalendarEntry, key(entry), {"asked": _settled(entry)})


def _settled(entry: Row) -> str:
    return entry["asked"] + SETTLED if entry["asked"].startswith("declined") else ""


def _move(scene: Scene, row: Row, entry: Row) -> None:
    """Book it where somebody has dragged it to. Where that can't be, the candidate is asked for another time."""
    start, old = int(entry["asked"].split(" ")[1]), times_of(scene.tx, row, entry["person_id"])
    by = start - old[0]
    why = words.LOOP if row["kind"] == "loop" else words.PAST if start * MINUTE <= scene.at else ""
    if not why:
        seats = guard.seats_of(scene.tx, scene.tenant_id, row["booking_id"])
        moved = tuple(guard.Seat(s.interviewer_id, s.start + by, s.end + by, s.part) for s in seats)
        others = tuple(s for s in moved if s.interviewer_id != entry["person_id"])

        def free(tx: Tx) -> str | None:
            return None if all(_has_time(tx, scene, seat) for seat in others) else words.TAKEN

        ask = guard.Ask(scene.tenant_id, row["booking_id"], row["interview_id"], moved, scene.at, free)
        answer = guard.reschedule(scene.tx, ask)
        if isinstance(answer, guard.Booked):
            times = {"start_minute": row["start_minute"] + by, "end_minute": row["end_minute"] + by}
            # Whoever had said that they come, or can't, said it of another time.
            said = {"attendance": "{}", "changed_at": scene.at}
            values = {**times, **said, "version": max(row["version"] + 1, answer.version)}
            scene.tx.change(Appointment, {"tenant_id": scene.tenant_id, "id": row["id"]}, values)
            appointments.announce(scene, {**row, **values}, by=scene.thread["person_id"])
            return
        why = words.TAKEN
    told = tell_of(scene, row)
    _put_back(scene, row, [entry])
    tell(scene, scene.thread["person_id"], words.does_not_fit(told.candidate, why), row["candidate_id"])
    upcoming.begin(scene, row, "reschedule", by="team")


def _has_time(tx: Tx, scene: Scene, seat: guard.Seat) -> bool:
    """Do this person's calendars leave the time free? Hours and grid don't count: a person has chosen this time, and
    what Parley itself has booked is the guard's business."""
    for account in accounts.of_person(tx, scene.tenant_id, seat.interviewer_id):
        busy = accounts.busy_of(tx, scene.keys, account)
        if busy is None or account["state"] not in accounts.KNOWN:
            return False
        if any(a < seat.end and seat.start < b for a, b in busy.intervals):
            return False
    return True
