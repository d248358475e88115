"""What happens around a booked time: reminders, the start, who is missing, the end. Driven by timers.

A timer carries the version of the appointment it was set for; everything is looked at again when it is due, so nothing
is said after a cancel, and a move makes the old ones no-ops.
"""

from typing import Any

from bot import facts, hiring, people
from bot.mail import Mail
from bot.scene import Scene
from bot.scheduling import appointments, readers, slotting
from bot.scheduling.announcing import CHECK, HOUR, MINUTE, Told, tell_of
from bot.scheduling.availability import Availability
from bot.settings import Settings
from bot.store import guard
from bot.store.rows import Appointment, Conversation, Timer, Utterance
from bot.store.store import Row, Tx
from calendar_sync import when
from calendar_sync.zones import ConfigProblem
from flows.cards import to_json as card_json
from flows.words import appointments_en as words

DAY = 24 * HOUR
RETRY = 10 * MINUTE
PATIENCE = 10  # minutes after the start at which somebody who hasn't answered is missed
NAGS = (1, 3)  # days after which somebody who hasn't chosen a time is reminded; then a person takes over
MOST_WAIT = DAY
BUSY_IN = ("invite", "interview", "recorded")
CHOOSING = ("booking", "reschedule")
LOOK_AGAIN = 30 * MINUTE


class Upcoming:
    """The deed `due`."""

    def __init__(self, settings: Settings, availability: Availability) -> None:
        self._settings, self._availability = settings, availability

    def due(self, scene: Scene, mail: Mail) -> None:
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=mail.data["owner"])
        if row is None or mail.data.get("token") != str(row["version"]):
            return
        about, *more = mail.data["about"].split(".")
        if about == "opened":
            self._opened(scene, row, *more)
            return
        if about in ("ask", "nag"):
            if row["state"] == "open":
                {"ask": self._ask, "nag": self._nag}[about](scene, row)
            return
        if row["state"] not in ("booked", "began") or self._too_late(scene, row, about):
            return
        {
            "remind": self._remind,
            "unconfirmed": self._unconfirmed,
            "start": self._start,
            "check": self._check,
            "missed": self._missed,
            "over": self._over,
        }[about](scene, row, *more)

    @staticmethod
    def _too_late(scene: Scene, row: Row, about: str) -> bool:
        """Would it come when it no longer makes sense: Parley was away meanwhile, or the candidate has left?"""
        start, end = row["start_minute"] * MINUTE, row["end_minute"] * MINUTE
        if about in ("remind", "unconfirmed"):
            return scene.at >= start
        if about in ("start", "check") and row["kind"] != "bot" and scene.at >= end:
            return True
        interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
        return about != "over" and interview["status"] == "withdrawn"

    # -- until a time is chosen --------------------------------------------------------------------------

    def _ask(self, scene: Scene, row: Row) -> None:
        """Begin the conversation about a time, unless the candidate is in the middle of another."""
        if row["kind"] == "bot" and self._early(scene, row):
            return  # the end of the invitation asks for the time
        if occupied(scene.tx, scene.tenant_id, scene.thread["id"]) and scene.at - row["changed_at"] < MOST_WAIT:
            scene.timer(row["id"], "ask", scene.at + RETRY, token=str(row["version"]))
            return
        begin(scene, row, "booking")
        scene.timer(row["id"], "nag", scene.at + NAGS[0] * DAY, token=str(row["version"]))

    @staticmethod
    def _early(scene: Scene, row: Row) -> bool:
        interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
        return interview["status"] in ("invited", "opened")

    def _nag(self, scene: Scene, row: Row) -> None:
        told, nags = tell_of(scene, row), int(row["nags"]) + 1
        scene.tx.change(Appointment, {"tenant_id": scene.tenant_id, "id": row["id"]}, {"nags": nags})
        if _rests(scene, row):  # none of the times suits them: it isn't them who have to be reminded
            card = words.wants_more_times(told.candidate, told.role, ())
            facts.tell_recruiters(scene, told.interview, card, f"do:opened:{row['id']}")
            if nags <= len(NAGS):
                scene.timer(row["id"], "nag", scene.at + 2 * DAY, token=str(row["version"]))
            return
        if nags <= len(NAGS):
            days = max(1, told.plan.days - (scene.at - row["created_at"]) // DAY)
            scene.show(words.no_time_yet(told.role, days), subject_id=row["candidate_id"])
            following = NAGS[nags] - NAGS[nags - 1] if nags < len(NAGS) else 2
            scene.timer(row["id"], "nag", scene.at + following * DAY, token=str(row["version"]))
            return
        days = (scene.at - row["created_at"]) // DAY
        facts.tell_recruiters(scene, told.interview, words.still_no_time(told.candidate, told.role, days))

    def _opened(self, scene: Scene, row: Row, before: str) -> None:
        """Are there more times than when the candidate said that none suits? Then they hear of them at once."""
        if row["state"] not in appointments.LIVE or not waits_for_times(scene, row):
            return
        now = self._number_of_times(scene, row)
        if before != "first" and now > int(before):
            times_opened(scene, row)
            return
        known = now if before == "first" else before
        scene.timer(row["id"], f"opened.{known}", scene.at + LOOK_AGAIN, token=str(row["version"]))

    def _number_of_times(self, scene: Scene, row: Row) -> int:
        try:
            return len(slotting.slots(self._availability, scene.tx, slotting.seeker_of(row, row["zone"]), scene.at))
        except ConfigProblem:
            return 0

    # -- before it ---------------------------------------------------------------------------------------

    def _remind(self, scene: Scene, row: Row, offset: str, person: str) -> None:
        """A reminder in the chat of whoever this timer belongs to."""
        if row["state"] != "booked" or appointments.attendance(row).get(person) == "cannot":
            return
        begin(scene, row, "reminder", person, offset=int(offset), until=self._until(scene, row, person))

    @staticmethod
    def _until(scene: Scene, row: Row, person: str) -> int:
        """The next reminder takes the place of one that is still unanswered, just before it comes."""
        timers = scene.tx.find(Timer, {"tenant_id": scene.tenant_id, "owner_id": row["id"]})
        theirs = [t["due_at"] for t in timers if t["about"].startswith("remind.") and t["about"].endswith(f".{person}")]
        return min((at - MINUTE for at in theirs if at - MINUTE > scene.at), default=0)

    def _unconfirmed(self, scene: Scene, row: Row) -> None:
        said = appointments.attendance(row).get(row["candidate_id"], "")
        if said or row["kind"] == "bot":
            return
        told = tell_of(scene, row)
        for person in readers.recruiters(scene.tx, scene.tenant_id, told.interview):
            at = when.spoken(row["start_minute"], self._zone(scene, row, person), scene.at)
            _tell(scene, told, person, words.not_confirmed(told.candidate, told.role, at))

    # -- when it begins ----------------------------------------------------------------------------------

    def _start(self, scene: Scene, row: Row) -> None:
        told = tell_of(scene, row)
        began = appointments.set_state(scene, row, "began")
        if row["kind"] == "bot":
            scene.show(words.begins_here(told.role), subject_id=row["candidate_id"])
            facts.begin_interview(scene, told.interview)
            return
        link, place = told.words["link"], told.words["place"]
        for person in (row["candidate_id"], *_first(scene, began)):
            other = readers.others(scene.tx, scene.keys, row, person)
            _tell(scene, told, person, words.starts_now(other, link, place))

    def _check(self, scene: Scene, row: Row) -> None:
        """Three minutes after the start: who is there?"""
        candidate, said = row["candidate_id"], appointments.attendance(row)
        # It began late, when Parley came back: nobody has had time to come. (Letters of one moment have no order.)
        if row["state"] == "booked" or scene.at - row["changed_at"] < MINUTE:
            scene.timer(row["id"], "check", scene.at + CHECK * MINUTE, token=str(row["version"]))
            return
        late = [int(a.split(" ")[1]) for a in said.values() if a.startswith("late ")]
        since = (scene.at - row["start_minute"] * MINUTE) // MINUTE
        if late and since < max(late) + CHECK:
            after = row["start_minute"] + max(late) + CHECK
            scene.timer(row["id"], "check", after * MINUTE, token=str(row["version"]))
            return
        until = scene.at + (PATIENCE - CHECK) * MINUTE
        if row["kind"] == "bot":
            if self._spoke(scene, row):
                return
            begin(scene, row, "noshow", candidate, until=until, ways=["recorded", "rebook", "person"])
        else:
            if said.get(candidate) != "here":
                begin(scene, row, "noshow", candidate, until=until, ways=self._ways(scene, row))
            for person in _first(scene, row):
                if said.get(person) != "here":
                    begin(scene, row, "noshow", person, until=until)
        scene.timer(row["id"], "missed", until + MINUTE, token=str(row["version"]))

    @staticmethod
    def _ways(scene: Scene, row: Row) -> list[str]:
        """What can take the place of a meeting: the kit's questions, as long as they haven't been answered."""
        interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
        unasked = interview["status"] in ("consented", "in_progress", "paused")
        return [*(["text_now", "recorded"] if unasked else []), "rebook", "person"]

    @staticmethod
    def _spoke(scene: Scene, row: Row) -> bool:
        """Has the candidate written anything here since it began?"""
        where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "person_id": row["candidate_id"]}
        newest = scene.tx.find(Utterance, where, "-seq", 1)
        return bool(newest) and newest[0]["at"] >= row["start_minute"] * MINUTE

    def _missed(self, scene: Scene, row: Row) -> None:
        """Nobody has said that they are talking: the candidate is offered other ways (`noshow`), the team is told."""
        said, candidate = appointments.attendance(row), row["candidate_id"]
        team = appointments.interviewers(scene.tx, row)
        if any(said.get(p) == "here" for p in team) or said.get(candidate, "").startswith(("here", "late")):
            return
        if row["kind"] == "bot" and self._spoke(scene, row):
            return
        told = tell_of(scene, appointments.set_state(scene, row, "missed"))
        for person in readers.recruiters(scene.tx, scene.tenant_id, told.interview):
            at = when.spoken(row["start_minute"], self._zone(scene, row, person), scene.at)
            _tell(scene, told, person, words.missed(told.candidate, told.role, at, ""))

    def _over(self, scene: Scene, row: Row) -> None:
        appointments.set_state(scene, row, "over")

    def _zone(self, scene: Scene, row: Row, person: str) -> str:
        return readers.zone(scene.tx, scene.keys, row, person, self._settings.time_zone)


def occupied(tx: Tx, tenant_id: str, chat: str) -> bool:
    """Is a candidate in the middle of something that is better not interrupted?"""
    going_on = tx.find(Conversation, {"tenant_id": tenant_id, "thread_id": chat, "state": "open"})
    # "later" is a rest, and no question.
    return any(c["flow"] in BUSY_IN and not c["step"].startswith("later") for c in going_on)


def waits_for_times(scene: Scene, row: Row) -> bool:
    """Does a conversation about this appointment wait for the team?"""
    chat = people.thread_of(scene.tx, scene.tenant_id, row["candidate_id"])
    return any(readers.conversations(scene.tx, scene.keys, row, chat, flow) for flow in CHOOSING)


def _rests(scene: Scene, row: Row) -> bool:
    """Does the candidate wait for the team, as none of the times suits them?"""
    chat = people.thread_of(scene.tx, scene.tenant_id, row["candidate_id"])
    going_on = readers.conversations(scene.tx, scene.keys, row, chat, "booking")
    found = [scene.tx.one(Conversation, tenant_id=scene.tenant_id, id=id) for id in going_on]
    return any(c is not None and c["step"].startswith("rest") for c in found)


def times_opened(scene: Scene, row: Row) -> None:
    """Tell the candidate's conversation that there are other times now. Where none waits for that, nothing happens."""
    chat, subject = people.thread_of(scene.tx, scene.tenant_id, row["candidate_id"]), row["candidate_id"]
    event: dict[str, Any] = {"kind": "learned", "name": "times_opened", "data": {}}
    for flow in CHOOSING:
        for conv in readers.conversations(scene.tx, scene.keys, row, chat, flow):
            scene.send(chat, "happening", subject, event=event, conversation=conv)


def _first(scene: Scene, row: Row) -> tuple[str, ...]:
    """Who is to be there when it begins: the people of the first session."""
    seats = [
        s
        for s in guard.seats_of(scene.tx, row["tenant_id"], row["booking_id"])
        if s.interviewer_id != row["candidate_id"]
    ]
    first = min((s.start for s in seats), default=0)
    return tuple(dict.fromkeys(s.interviewer_id for s in seats if s.start == first))


def _tell(scene: Scene, told: Told, person: str, card: Any) -> None:
    subject = told.row["candidate_id"]
    if person == scene.thread["person_id"]:
        scene.show(card, subject_id=subject)
    else:
        chat = people.thread_of(scene.tx, scene.tenant_id, person)
        scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject)


def begin(scene: Scene, row: Row, flow: str, person: str = "", **more: Any) -> None:
    """Begin a conversation about an appointment in the chat of `person` (the candidate's without one).

    What the conversation is about must not change under it, so the version and the time are part of its arguments.
    """
    person, subject = person or row["candidate_id"], row["candidate_id"]
    args: dict[str, Any] = {"interview": row["interview_id"], "appointment": row["id"], "person": person}
    args |= {"version": row["version"], "start": row["start_minute"], "end": row["end_minute"], "at": scene.at, **more}
    args["zone"] = row[
        "zone"
    ]  # it may be asked for in this very conversation, which is played again from its beginning
    chat = people.thread_of(scene.tx, scene.tenant_id, person)
    scene.send(chat, "begin", subject, flow=flow, args=args, interview_id=row["interview_id"], subject_id=subject)
