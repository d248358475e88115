"""Appointments: opened by the team, booked by the candidate, called off by anybody. All inside one scene's transaction.

What changes an appointment only changes rows; telling everybody is one letter, `announce`, to the candidate's chat, where
`bot.scheduling.announcing` does it exactly once for each version.
"""

from typing import Any, cast

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scheduling import profiles
from bot.scheduling.hours_text import hours_text
from bot.scheduling.plans import Plan
from bot.store import guard
from bot.store.rows import Appointment, Interviewer
from bot.store.store import Row, Tx
from calendar_sync import when
from flows.cards import to_json as card_json
from flows.words import appointments_en as words

MINUTE = 60_000
LIVE = ("open", "booked")
MOST_OPEN = 5  # appointments of one interview that wait or are booked


class NoSuchAppointment(LookupError):
    """The id names nothing in this tenant."""


def get(tx: Tx, tenant_id: str, appointment_id: str) -> Row:
    """Raises NoSuchAppointment."""
    row = tx.one(Appointment, tenant_id=tenant_id, id=appointment_id)
    if row is None:
        raise NoSuchAppointment(appointment_id)
    return row


def words_of(tx: Tx, keys: Keyring, row: Row) -> dict[str, str]:
    """What was written about it: title, note, link, place (each may be "")."""
    keys.load(tx, row["tenant_id"], row["candidate_id"])
    return cast("dict[str, str]", keys.open(row["tenant_id"], row["candidate_id"], row["sealed"]))


def set_words(tx: Tx, keys: Keyring, row: Row, **changes: str) -> None:
    """Change some of the words."""
    sealed = keys.seal(row["tenant_id"], row["candidate_id"], {**words_of(tx, keys, row), **changes})
    tx.change(Appointment, {"tenant_id": row["tenant_id"], "id": row["id"]}, {"sealed": sealed})


def attendance(row: Row) -> dict[str, str]:
    """What each person last said: person id -> confirmed, late N, here, not_here, cannot."""
    return cast("dict[str, str]", orjson.loads(row["attendance"]))


def set_attendance(scene: Scene, row: Row, person_id: str, answer: str) -> Row:
    said = orjson.dumps({**attendance(row), person_id: answer}).decode()
    scene.tx.change(Appointment, {"tenant_id": row["tenant_id"], "id": row["id"]}, {"attendance": said})
    return {**row, "attendance": said}


def interviewers(tx: Tx, row: Row) -> tuple[str, ...]:
    """Who sits in it besides the candidate, each once, in the order of their sessions."""
    seats = guard.seats_of(tx, row["tenant_id"], row["booking_id"]) if row["booking_id"] else ()
    found = [s.interviewer_id for s in sorted(seats, key=lambda s: s.start)]
    return tuple(p for p in dict.fromkeys(found) if p != row["candidate_id"])


def of_interview(tx: Tx, tenant_id: str, interview_id: str, *states: str) -> list[Row]:
    """The appointments of an interview in these states (all by default), oldest first."""
    rows = tx.find(Appointment, {"tenant_id": tenant_id, "interview_id": interview_id}, "created_at,id")
    return [r for r in rows if not states or r["state"] in states]


# -- what the team does -----------------------------------------------------------------------------


def open_appointment(
    scene: Scene, interview: Row, plan: Plan, *, asked_by: str, note: str = "", link: str = "", place: str = ""
) -> str:
    """Ask the candidate for a time; the appointment's id. Whoever is named and has no hours yet gets usual ones."""
    tenant, candidate = scene.tenant_id, interview["candidate_id"]
    _can_be_booked(scene, candidate, plan)
    appointment_id = scene.ids.new("ap")
    title = plan.sessions[0].title if len(plan.sessions) == 1 else ""
    scene.keys.load(scene.tx, tenant, candidate)
    sealed = scene.keys.seal(tenant, candidate, {"title": title, "note": note, "link": link, "place": place})
    row: Row = {"tenant_id": tenant, "id": appointment_id, "interview_id": interview["id"], "candidate_id": candidate}
    row |= {"kind": plan.kind, "state": "open", "version": 0, "announced": 0, "booking_id": "", "zone": ""}
    row |= {"plan": plan.to_json(), "why": "[]", "attendance": "{}", "sealed": sealed, "nags": 0}
    row |= {"asked_by": asked_by, "start_minute": None, "end_minute": None}
    row |= {"created_at": scene.at, "changed_at": scene.at, "zone": _known_zone(scene.tx, tenant, candidate)}
    scene.tx.insert(Appointment, row)
    scene.fact("appointment_opened", interview["id"], person_id=asked_by, appointment=appointment_id)
    ask(scene, row)
    return appointment_id


def _can_be_booked(scene: Scene, candidate: str, plan: Plan) -> None:
    tenant = scene.tenant_id
    nobody: Row = {"tenant_id": tenant, "id": candidate, "state": "active", "stamp": "", "profile": None}
    scene.tx.add(Interviewer, {**nobody, "created_at": scene.at})
    with_hours(scene, plan)


def with_hours(scene: Scene, plan: Plan) -> None:
    """Whoever is named and has no hours yet gets usual ones, and is told that their time is offered from now on."""
    tenant, usual = scene.tenant_id, profiles.default(plan.zone)
    for person in plan.people():
        if scene.tx.one(Interviewer, tenant_id=tenant, id=person) is not None:
            continue
        profiles.save(scene.tx, scene.keys, tenant, person, usual, scene.at)
        chat = people.chat_of(scene.tx, tenant, person)
        if chat and chat != scene.thread["id"]:  # whoever names themselves is looking at the times that come of it
            hours = f"{hours_text(usual.weekly)}, {when.zone_label(usual.zone, scene.at // MINUTE)}"
            card = words.assumed_hours(hours)
            scene.send(chat, "tell", person, card=card_json(card), subject_id=person)


def _known_zone(tx: Tx, tenant_id: str, candidate_id: str) -> str:
    """What this candidate said about where they are, the last time they were asked."""
    earlier = tx.find(Appointment, {"tenant_id": tenant_id, "candidate_id": candidate_id}, "-created_at")
    return next((r["zone"] for r in earlier if r["zone"]), "")


def ask(scene: Scene, row: Row) -> None:
    """Have the candidate asked for a time, as soon as they aren't in the middle of something else."""
    chat = people.thread_of(scene.tx, scene.tenant_id, row["candidate_id"])
    scene.timer(row["id"], "ask", scene.at, token=str(row["version"]), thread_id=chat)


def call_off(scene: Scene, row: Row, reason: str, by: str) -> bool:
    """Cancel an appointment and tell everybody; False where there was nothing to cancel any more.

    reason: an id of `flows.words` ("" without one). by: who did it, a person's id, or "" for nobody in particular.
    """
    if row["state"] not in LIVE:
        return False
    if row["state"] == "booked":
        guard.cancel(scene.tx, scene.tenant_id, row["booking_id"], scene.at)
    changed = _changed(scene, row, state="cancelled", version=row["version"] + 1)
    scene.fact("appointment_cancelled", row["interview_id"], person_id=by, appointment=row["id"], reason=reason)
    announce(scene, changed, by=by, reason=reason)
    return True


def call_off_all(scene: Scene, interview_id: str, reason: str, by: str) -> None:
    """Cancel whatever an interview still has, since nothing more happens in it."""
    for row in of_interview(scene.tx, scene.tenant_id, interview_id, *LIVE):
        call_off(scene, row, reason, by)


def start_over(scene: Scene, row: Row, by: str = "") -> Row:
    """Give up the time it has (if any) and ask for another one. Of a time that nobody came to, what is left is free."""
    if row["state"] in ("booked", "began", "missed"):
        guard.cancel(scene.tx, scene.tenant_id, row["booking_id"], scene.at)
        row = _changed(scene, row, version=row["version"] + 1)
    values: dict[str, Any] = {"booking_id": "", "start_minute": None, "end_minute": None, "attendance": "{}", "nags": 0}
    opened = _changed(scene, row, state="open", **values)
    announce(scene, opened, by=by, was=(row["start_minute"], row["end_minute"]))
    ask(scene, opened)
    return opened


def set_state(scene: Scene, row: Row, state: str) -> Row:
    """Note that it began, is over, or was missed; the hiring channel sees it."""
    changed = _changed(scene, row, state=state)
    render(scene, changed)
    return changed


def _changed(scene: Scene, row: Row, **values: Any) -> Row:
    values["changed_at"] = scene.at
    scene.tx.change(Appointment, {"tenant_id": row["tenant_id"], "id": row["id"]}, values)
    return {**row, **values}


# -- telling ----------------------------------------------------------------------------------------


def announce(
    scene: Scene, row: Row, by: str = "", reason: str = "", was: tuple[int | None, int | None] = (None, None)
) -> None:
    """Bring everybody to what is stored now. by: who changed it, and so needs no news of it; was: the minutes of the
    time that was given up, where there is none any more."""
    candidate = row["candidate_id"]
    chat = people.thread_of(scene.tx, scene.tenant_id, candidate)
    scene.send(chat, "announce", candidate, appointment=row["id"], by=by, reason=reason, was=was)


def render(scene: Scene, row: Row) -> None:
    """Have the appointment's post in the hiring channel computed again."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, "appointment", row["id"], interview, requisition["channel_id"])
