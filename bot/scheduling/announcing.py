"""Telling everybody what an appointment is now: once for each version, in one transaction of the candidate's chat.

The letter `announce` says only which appointment; what is told is read from the rows when the letter is handled, so
late and repeated letters tell the truth. Timers carry the version they were set for and are checked again when due.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal
from zlib import crc32

from bot import hiring, people
from bot.mail import Mail
from bot.scene import Scene
from bot.scheduling import appointments, invitations, readers, zone_rules
from bot.scheduling.plans import CANDIDATE, Plan
from bot.settings import Settings
from bot.store import guard
from bot.store.rows import Appointment, CalendarAccount, CalendarEntry, Interview, Timer
from bot.store.store import Row
from calendar_sync import reminding, when
from flows.cards import Card, File
from flows.cards import Row as CardRow
from flows.cards import to_json as card_json
from flows.words import appointments_en as words

MINUTE = 60_000
HOUR = 60 * MINUTE
Method = Literal["REQUEST", "CANCEL"]
WRITABLE = ("google", "caldav")
CHECK = 3  # minutes after the start
UNCONFIRMED = 120  # minutes before it


@dataclass(frozen=True, slots=True)
class Told:
    """An appointment with everything that is said about it."""

    row: Row
    plan: Plan
    interview: Row
    role: str
    candidate: str
    words: dict[str, str]


class Announcer:
    """The deed `announce`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def announce(self, scene: Scene, mail: Mail) -> None:
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=mail.data["appointment"])
        if row is None or row["announced"] >= row["version"]:
            return
        told = tell_of(scene, row)
        first = row["announced"] == 0
        scene.tx.change(Appointment, _key(row), {"announced": row["version"]})
        self._no_timers(scene, row)
        if not first:
            self._overtaken(scene, told)
        by, reason = mail.data.get("by", ""), mail.data.get("reason", "")
        if row["state"] == "booked":
            self._booked(scene, told, by, moved=not first)
        elif row["state"] in ("open", "cancelled"):
            if row["start_minute"] is None:  # those who get their time back are told which one
                start, end = mail.data.get("was", (None, None))
                told = replace(told, row={**row, "start_minute": start, "end_minute": end})
            self._off(scene, told, by, reason)
        appointments.render(scene, row)

    @staticmethod
    def _overtaken(scene: Scene, told: Told) -> None:
        """What was being asked about the time it had is no question any more."""
        tx, row, tenant = scene.tx, told.row, scene.tenant_id
        team = {e["person_id"] for e in _entries(scene, row)} | set(appointments.interviewers(tx, row))
        event: dict[str, Any] = {"kind": "learned", "name": "called_off", "data": {"text": words.OVERTAKEN}}
        for person in sorted(team | {row["candidate_id"]}):
            chat = people.thread_of(tx, tenant, person)
            for flow in ("reminder", "noshow"):
                for conv in readers.conversations(tx, scene.keys, row, chat, flow):
                    scene.send(chat, "happening", row["candidate_id"], event=event, conversation=conv)

    # -- booked or moved ----------------------------------------------------------------------------------

    def _booked(self, scene: Scene, told: Told, by: str, moved: bool) -> None:
        row = told.row
        team = appointments.interviewers(scene.tx, row)
        zone_rules.note(scene, row, self._settings.time_zone)
        self._timers(scene, told, team)
        if row["kind"] == "bot":
            self._keep_open(scene, told)
        before = _entries(scene, row)
        for person in team:
            again = any(e["person_id"] == person for e in before)
            self._write(scene, told, person, self._account(scene, person))
            files = self._file(scene, told, person, "REQUEST")
            rows = self._facts(scene, told, person)
            card = words.booked_for_interviewer(told.candidate, told.role, rows, moved and again, files)
            _tell(scene, told, person, card, f"do:mine:{row['id']}")
        self._gone(scene, told, before, team)
        if by != row["candidate_id"] or row["kind"] != "bot":
            files = self._file(scene, told, row["candidate_id"], "REQUEST")
            card = words.for_the_candidates_calendar(
                by != row["candidate_id"], self._facts(scene, told, row["candidate_id"]), files
            )
            scene.show(card, subject_id=row["candidate_id"], interview_id=row["interview_id"])
        self._mail(scene, told, row["candidate_id"], "REQUEST")

    @staticmethod
    def _keep_open(scene: Scene, told: Told) -> None:
        """The invitation must not run out before the time that was booked for it."""
        interview, last = told.interview, told.row["end_minute"] * MINUTE + 24 * HOUR
        if interview["deadline_at"] < last:
            where = {"tenant_id": scene.tenant_id, "id": interview["id"]}
            scene.tx.change(Interview, where, {"deadline_at": last})
            channel = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"]
            hiring.set_deadline(scene, {**interview, "deadline_at": last}, channel)

    def _gone(self, scene: Scene, told: Told, before: list[Row], team: tuple[str, ...]) -> None:
        """Whoever sat in it before and no longer does."""
        now = {seat.part: seat.interviewer_id for seat in _seats(scene, told.row)}
        for entry in before:
            person = entry["person_id"]
            if person in team or person == told.row["candidate_id"] or entry["state"] in ("unwanted", "removed"):
                continue
            self._unwrite(scene, told, entry)
            taker = next(
                (p for part, p in now.items() if part != CANDIDATE and p not in {e["person_id"] for e in before}), ""
            )
            by = readers.name(scene.tx, scene.keys, scene.tenant_id, taker) if taker else ""
            self._told_taken(scene, told, person, by)

    def _told_taken(self, scene: Scene, told: Told, person: str, by: str) -> None:
        """To whoever had asked for a colleague, in that conversation; to anybody else as a message."""
        files, chat = (
            self._file(scene, told, person, "CANCEL"),
            people.thread_of(scene.tx, scene.tenant_id, person),
        )
        asked = readers.conversations(scene.tx, scene.keys, told.row, chat, "swap")
        event: dict[str, Any] = {"kind": "learned", "name": "taken_over", "data": {"by": by}}
        for conv in asked:
            scene.send(chat, "happening", told.row["candidate_id"], event=event, conversation=conv)
        if files or not asked:
            at = self._when(scene, told, person)
            card = words.for_removal(files) if asked else words.not_yours_any_more(told.candidate, at, by, files)
            _tell(scene, told, person, card)

    # -- cancelled, or open again ---------------------------------------------------------------------------

    def _off(self, scene: Scene, told: Told, by: str, reason: str) -> None:
        row, candidate = told.row, told.row["candidate_id"]
        why = words.REASONS.get(reason, "")
        asked = False
        for entry in _entries(scene, row):
            if entry["state"] in ("unwanted", "removed"):
                continue
            asked = True
            person = entry["person_id"]
            self._unwrite(scene, told, entry)
            if person not in (candidate, by):
                files = self._file(scene, told, person, "CANCEL")
                _tell(
                    scene,
                    told,
                    person,
                    words.cancelled_for_interviewer(told.candidate, self._when(scene, told, person), why, files),
                )
        if row["state"] != "cancelled":
            return
        if by != candidate:
            files = self._file(scene, told, candidate, "CANCEL") if asked else tuple[File, ...]()
            card = words.cancelled_for_candidate(told.role, self._when(scene, told, candidate), files)
            self._end_choosing(scene, told)
            scene.show(card, subject_id=candidate)
        else:
            for person in readers.recruiters(scene.tx, scene.tenant_id, told.interview):
                at = self._when(scene, told, person)
                _tell(scene, told, person, words.cancelled_for_recruiters(told.candidate, told.role, at, why))

    @staticmethod
    def _end_choosing(scene: Scene, told: Told) -> None:
        """Nobody goes on choosing a time for something that is cancelled."""
        event: dict[str, Any] = {"kind": "learned", "name": "called_off", "data": {"text": words.NO_MORE_TIMES}}
        for flow in ("booking", "reschedule"):
            for conv in readers.conversations(scene.tx, scene.keys, told.row, scene.thread["id"], flow):
                scene.send(scene.thread["id"], "happening", told.row["candidate_id"], event=event, conversation=conv)

    # -- timers -----------------------------------------------------------------------------------------------

    def _no_timers(self, scene: Scene, row: Row) -> None:
        """Those of older versions; one for asking again may have been set together with the change itself."""
        for timer in scene.tx.find(Timer, {"tenant_id": scene.tenant_id, "owner_id": row["id"]}):
            if timer["token"] != str(row["version"]):
                scene.no_timer(row["id"], timer["about"])

    def _timers(self, scene: Scene, told: Told, team: tuple[str, ...]) -> None:
        row, settings = told.row, self._settings
        token, start = str(row["version"]), row["start_minute"]
        quiet = settings.quiet if settings.quiet_hours else reminding.NO_QUIET
        for person in (row["candidate_id"], *team):
            zone = self._zone(scene, row, person)
            chat = people.thread_of(scene.tx, scene.tenant_id, person)
            begin, end = _times_of(scene, row, person)
            for due in reminding.due(begin, end, zone, scene.at, settings.reminder_minutes, quiet):
                at = max(scene.at, due.at_ms - spread(row["id"], person))
                scene.timer(row["id"], f"remind.{due.offset}.{person}", at, token, chat)
        here = scene.thread["id"]
        if (start - UNCONFIRMED) * MINUTE > scene.at:
            scene.timer(row["id"], "unconfirmed", (start - UNCONFIRMED) * MINUTE, token, here)
        scene.timer(row["id"], "start", start * MINUTE, token, here)
        scene.timer(row["id"], "check", (start + CHECK) * MINUTE, token, here)
        if row["kind"] != "bot":
            scene.timer(row["id"], "over", row["end_minute"] * MINUTE, token, here)

    # -- calendars, files, mail -------------------------------------------------------------------------------

    def _account(self, scene: Scene, person: str) -> Row | None:
        where = {"tenant_id": scene.tenant_id, "interviewer_id": person}
        accounts = scene.tx.find(CalendarAccount, where, "created_at,id")
        return next((a for a in accounts if a["kind"] in WRITABLE), None)

    def _write(self, scene: Scene, told: Told, person: str, account: Row | None) -> None:
        """Have it written into somebody's calendar. Whoever has none gets a file in their chat, which counts as kept."""
        row, id = told.row, account["id"] if account else f"chat:{person}"
        entry: Row = {"tenant_id": scene.tenant_id, "appointment_id": row["id"], "account_id": id, "person_id": person}
        entry |= {"state": "wanted" if account else "kept", "version": row["version"], "problem": "", "asked": ""}
        place = {k: entry[k] for k in ("tenant_id", "appointment_id", "account_id")}
        if scene.tx.add(CalendarEntry, {**entry, "sealed": None, "at": scene.at}) is False:
            values = {k: entry[k] for k in ("state", "version", "problem", "asked")}
            scene.tx.change(CalendarEntry, place, {**values, "at": scene.at})
        if account:
            _work(scene, told, "CalendarWrite", {"appointment": row["id"], "account": id})

    def _unwrite(self, scene: Scene, told: Told, entry: Row) -> None:
        place = {k: entry[k] for k in ("tenant_id", "appointment_id", "account_id")}
        values = {"version": told.row["version"], "state": "unwanted", "problem": "", "asked": "", "at": scene.at}
        account = entry["account_id"]
        if account.startswith("chat:"):
            values["state"] = "removed"
        scene.tx.change(CalendarEntry, place, values)
        if account.startswith("mail:"):
            self._mail(scene, told, entry["person_id"], "CANCEL")
        elif not account.startswith("chat:"):
            _work(scene, told, "CalendarWrite", {"appointment": told.row["id"], "account": account})

    def _file(self, scene: Scene, told: Told, person: str, method: Method) -> tuple[File, ...]:
        """The invitation as a file, for everybody whose calendar Parley can't write to itself."""
        if self._account(scene, person) is not None:
            return ()
        return (invitations.file(scene.tx, scene.keys, self._settings, told.row, person, method, scene.at),)

    def _mail(self, scene: Scene, told: Told, person: str, method: str) -> None:
        if self._settings.smtp_host and people.email_of(scene.tx, scene.keys, scene.tenant_id, person):
            if method == "REQUEST":
                entry: Row = {
                    "tenant_id": scene.tenant_id,
                    "appointment_id": told.row["id"],
                    "account_id": f"mail:{person}",
                }
                values: Row = {
                    "person_id": person,
                    "state": "wanted",
                    "version": told.row["version"],
                    "problem": "",
                    "asked": "",
                }
                if not scene.tx.add(CalendarEntry, {**entry, **values, "sealed": None, "at": scene.at}):
                    scene.tx.change(CalendarEntry, entry, {**values, "at": scene.at})
            _work(scene, told, "Mail", {"appointment": told.row["id"], "person": person, "method": method})

    # -- words --------------------------------------------------------------------------------------------------

    def _zone(self, scene: Scene, row: Row, person: str) -> str:
        return readers.zone(scene.tx, scene.keys, row, person, self._settings.time_zone)

    def _when(self, scene: Scene, told: Told, person: str) -> str:
        if told.row["start_minute"] is None:
            return ""
        begin, end = _times_of(scene, told.row, person)
        return when.spoken_range(begin, end, self._zone(scene, told.row, person), scene.at)

    def _facts(self, scene: Scene, told: Told, person: str) -> tuple[CardRow, ...]:
        row = told.row
        begin, end = _times_of(scene, row, person)
        others = readers.others(scene.tx, scene.keys, row, person)
        where = told.words["link"] or told.words["place"] or (words.IN_THIS_CHAT if row["kind"] == "bot" else "")
        note = told.words["note"] if person != row["candidate_id"] else ""
        return words.facts(self._when(scene, told, person), when.length(end - begin), others, where, note)


def spread(appointment_id: str, person: str) -> int:
    """Up to a minute by which a reminder comes earlier. Interviews begin on the hour, and no platform takes a thousand
    messages in the same second: spread over the minute before, all of them are in time."""
    return crc32(f"{appointment_id}/{person}".encode()) % MINUTE


def tell_of(scene: Scene, row: Row) -> Told:
    """An appointment with its names and words."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    candidate = people.name_of(scene.tx, scene.keys, scene.tenant_id, row["candidate_id"])
    said = appointments.words_of(scene.tx, scene.keys, row)
    return Told(row, Plan.from_json(row["plan"]), interview, requisition["title"], candidate, said)


def _seats(scene: Scene, row: Row) -> tuple[guard.Seat, ...]:
    return guard.seats_of(scene.tx, row["tenant_id"], row["booking_id"]) if row["booking_id"] else ()


def _times_of(scene: Scene, row: Row, person: str) -> tuple[int, int]:
    """From the first to the last minute that this person is needed; all of it for the candidate."""
    mine = [s for s in _seats(scene, row) if s.interviewer_id == person]
    if not mine:
        return row["start_minute"], row["end_minute"]
    return min(s.start for s in mine), max(s.end for s in mine)


def _entries(scene: Scene, row: Row) -> list[Row]:
    return scene.tx.find(CalendarEntry, {"tenant_id": scene.tenant_id, "appointment_id": row["id"]}, "account_id")


def _tell(scene: Scene, told: Told, person: str, card: Card, token: str = "") -> None:
    chat, subject = people.thread_of(scene.tx, scene.tenant_id, person), told.row["candidate_id"]
    scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject, token=token)


def _work(scene: Scene, told: Told, kind: str, request: dict[str, str]) -> None:
    row = told.row
    scene.work(
        kind, request, conversation_id="", interview_id=row["interview_id"], subject_id=row["candidate_id"], step=""
    )


def _key(row: Row) -> Row:
    return {"tenant_id": row["tenant_id"], "id": row["id"]}
