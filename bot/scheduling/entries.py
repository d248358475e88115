"""Entries of appointments in calendars: having them written, and telling the people behind them."""

from typing import Any, cast

from bot import people
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scheduling import profiles
from bot.scheduling.plans import Plan
from bot.store import guard
from bot.store.rows import Appointment, CalendarEntry, Interview
from bot.store.store import Row, Tx
from flows.cards import Card
from flows.cards import to_json as card_json


def key(entry: Row) -> Row:
    """The primary key of an entry's row."""
    return {k: entry[k] for k in ("tenant_id", "appointment_id", "account_id")}


def queue_write(scene: Scene, row: Row, account_id: str) -> None:
    """Have an appointment's entry in one account brought to what is wanted."""
    request = {"appointment": row["id"], "account": account_id}
    scene.work(
        "CalendarWrite",
        request,
        conversation_id="",
        interview_id=row["interview_id"],
        subject_id=row["candidate_id"],
        step="",
    )


def queue_mail(scene: Scene, row: Row, person: str, method: str) -> None:
    """Have an invitation sent by e-mail. method: REQUEST or CANCEL."""
    request = {"appointment": row["id"], "person": person, "method": method}
    scene.work(
        "Mail", request, conversation_id="", interview_id=row["interview_id"], subject_id=row["candidate_id"], step=""
    )


def kept(tx: Tx, keys: Keyring, entry: Row) -> dict[str, Any]:
    """What an entry's calendar calls it ("ref", "etag", "link"), and how often it was written: "puts", "tries"."""
    if entry["sealed"] is None:
        return {}
    keys.load(tx, entry["tenant_id"], entry["person_id"])
    return cast("dict[str, Any]", keys.open(entry["tenant_id"], entry["person_id"], entry["sealed"]))


def sealed(tx: Tx, keys: Keyring, entry: Row, value: dict[str, Any]) -> bytes:
    """The inverse of `kept`."""
    keys.load(tx, entry["tenant_id"], entry["person_id"])
    return keys.seal(entry["tenant_id"], entry["person_id"], value)


def renew(scene: Scene, row: Row, entry: Row) -> None:
    """Write an entry again as it is booked, over whatever was done to it: deleted ones keep their name for ever."""
    known = kept(scene.tx, scene.keys, entry)
    body = sealed(scene.tx, scene.keys, entry, {**known, "puts": known.get("puts", 0) + 1, "tries": 0})
    values = {"state": "wanted", "problem": "", "asked": "", "sealed": body, "at": scene.at}
    scene.tx.change(CalendarEntry, key(entry), values)
    queue_write(scene, row, entry["account_id"])


def times_of(tx: Tx, row: Row, person: str) -> tuple[Any, Any]:
    """From the first to the last minute that this person is needed; all of it for whoever has no seat, and None where
    there is no time."""
    seats = guard.seats_of(tx, row["tenant_id"], row["booking_id"]) if row["booking_id"] else ()
    mine = [s for s in seats if s.interviewer_id == person]
    if not mine:
        return row["start_minute"], row["end_minute"]
    return min(s.start for s in mine), max(s.end for s in mine)


def write_again(scene: Scene, account_id: str) -> None:
    """What could not be written while the account was broken is written now."""
    where = {"tenant_id": scene.tenant_id, "account_id": account_id, "state": "failed"}
    for entry in scene.tx.find(CalendarEntry, where, "appointment_id"):
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=entry["appointment_id"])
        if row is None:
            continue
        wanted = "wanted" if row["state"] == "booked" else "unwanted"
        scene.tx.change(CalendarEntry, key(entry), {"state": wanted, "problem": "", "at": scene.at})
        queue_write(scene, row, account_id)


def tell(scene: Scene, person: str, card: Card, subject: str) -> None:
    """Show a card in somebody's own chat. subject: whose key it is sealed under."""
    chat = people.chat_of(scene.tx, scene.tenant_id, person)
    if chat:
        scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject)


def recruiters_of(scene: Scene, person: str) -> list[str]:
    """Who looks after the appointments that wait for this person's time or have it; not the person themselves."""
    profile = profiles.load(scene.tx, scene.keys, scene.tenant_id, person)
    pools = profile.pools if profile else ()
    found: dict[str, None] = {}
    for state in ("open", "booked"):
        for row in scene.tx.find(Appointment, {"tenant_id": scene.tenant_id, "state": state}, "created_at,id"):
            plan = Plan.from_json(row["plan"])
            asked = {g.pool for s in plan.sessions for g in s.groups}
            if person in plan.people() or asked & set(pools):
                interview = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=row["interview_id"])
                requisition = interview["requisition_id"] if interview else "*"
                found |= dict.fromkeys(people.with_role(scene.tx, scene.tenant_id, requisition, "recruiter", "admin"))
    return [p for p in found if p != person]


def team_of(scene: Scene, row: Row) -> list[str]:
    """Who looks after one appointment."""
    interview = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=row["interview_id"])
    requisition = interview["requisition_id"] if interview else "*"
    return people.with_role(scene.tx, scene.tenant_id, requisition, "recruiter", "admin")
