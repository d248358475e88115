"""What an interviewer or a recruiter presses on news about an appointment: the brief, "I can't", "I'll take it"."""

from bot import people
from bot.desk import interviewing
from bot.desk.sight import Call, not_found, say
from bot.scene import Reply
from bot.scheduling import appointments, asking, entries, readers, upcoming
from bot.store.rows import Appointment
from bot.store.store import Row
from calendar_sync import when
from flows.words import appointments_en as words
from flows.words import finding_en


def mine(call: Call, ids: list[str], option: str) -> Reply:
    """The buttons under "you are interviewing ...": only whoever sits in it can use them."""
    row = _of_mine(call, ids[0])
    if row is None:
        return not_found()
    if option == "brief":
        return interviewing.brief_of(call, row)
    if option == "guide":
        return interviewing.begin(call, row)
    if row["state"] != "booked":
        return say(words.NO_APPOINTMENT)
    chat = people.thread_of(call.scene.tx, call.scene.tenant_id, call.person_id)
    if readers.conversations(call.scene.tx, call.scene.keys, row, chat, "swap"):
        return say(words.SWAP_GOES_ON)
    upcoming.begin(call.scene, row, "swap", call.person_id)
    return say(words.SWAP_BEGINS)


def _of_mine(call: Call, appointment_id: str) -> Row | None:
    row = call.scene.tx.one(Appointment, tenant_id=call.scene.tenant_id, id=appointment_id)
    if row is None or call.person_id not in appointments.interviewers(call.scene.tx, row):
        return None
    return row


def claim(call: Call, ids: list[str], option: str) -> Reply:
    """A colleague takes over what `ids[1]` can't hold. The first one who presses has it."""
    scene, row = call.scene, call.scene.tx.one(Appointment, tenant_id=call.scene.tenant_id, id=ids[0])
    if row is None:
        return not_found()
    if row["state"] != "booked" or not asking.was_asked(scene.tx, row, ids[1], call.person_id):
        return say(finding_en.ALREADY_TAKEN)
    got = asking.claim(call.office.availability, scene.tx, row, ids[1], call.person_id, scene.at)
    if isinstance(got, asking.NotClaimed):
        return say(finding_en.ALREADY_TAKEN if got.why == "gone" else finding_en.NOT_FREE)
    scene.fact("swapped", row["interview_id"], person_id=call.person_id, appointment=row["id"], instead_of=ids[1])
    appointments.announce(scene, got.row, by=call.person_id)
    zone = readers.of_member(scene.tx, scene.keys, scene.tenant_id, call.person_id, call.office.zone)
    candidate = people.name_of(scene.tx, scene.keys, scene.tenant_id, row["candidate_id"])
    return say(
        finding_en.claimed(
            candidate, when.spoken_range(*entries.times_of(scene.tx, got.row, call.person_id), zone, scene.at)
        )
    )
