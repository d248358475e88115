"""What the facts of the conversations about times mean to others. Each runs in its fact's own transaction."""

from collections.abc import Callable
from typing import Any, cast

from bot import facts, hiring, people
from bot.scene import Scene
from bot.scheduling import appointments, readers, upcoming
from bot.scheduling.announcing import MINUTE, tell_of
from bot.scheduling.plans import Plan, Session
from bot.store.rows import Appointment, Conversation, Timer, Utterance
from bot.store.store import Row
from bot.threads import Conv
from calendar_sync import reminding
from flows.cards import Quote
from flows.cards import to_json as card_json
from flows.typed import tokens
from flows.words import appointments_en as words

ORDERS = {"reschedule": {"reschedule", "move", "postpone", "rebook"}, "cancel": {"cancel"}}
MOST_WORDS = 8  # in a longer message such a word may mean anything
Effect = Callable[[Scene, Conv, dict[str, Any], Any], None]


def _appointment(scene: Scene, data: dict[str, Any]) -> Row:
    return appointments.get(scene.tx, scene.tenant_id, data["appointment"])


def _zone(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    scene.tx.change(Appointment, {"tenant_id": scene.tenant_id, "id": data["appointment"]}, {"zone": data["zone"]})


def _more_times(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """Nothing suits: the recruiters are asked for more, and what the candidate wrote is passed on."""
    row = _appointment(scene, data)
    told = tell_of(scene, row)
    card = words.wants_more_times(told.candidate, told.role, _written(scene, conv, data.get("utterance", "")))
    facts.tell_recruiters(scene, told.interview, card, f"do:opened:{row['id']}")
    scene.timer(row["id"], "opened.first", scene.at, token=str(row["version"]))


def _written(scene: Scene, conv: Conv, utterance: str) -> tuple[Quote, ...]:
    found = (
        scene.tx.find(Utterance, {"tenant_id": scene.tenant_id, "id": utterance}, "-version", 1) if utterance else []
    )
    if not found or found[0]["body"] is None:
        return ()
    text = cast("str", scene.keys.open(scene.tenant_id, found[0]["subject_id"], found[0]["body"]))
    return (Quote(text, people.name_of(scene.tx, scene.keys, scene.tenant_id, found[0]["person_id"])),)


def _booked(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    scene.fact("appointment_booked", conv.row["interview_id"], person_id=scene.thread["person_id"], **data)
    appointments.announce(scene, _appointment(scene, data), by=scene.thread["person_id"])


def _cancelled(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    row = _appointment(scene, data)
    appointments.announce(scene, row, by=scene.thread["person_id"], reason=data.get("reason", ""))


def _attendance(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """Note what somebody said about coming, and tell the other side what concerns them."""
    row, person = _appointment(scene, data), scene.thread["person_id"]
    if row["version"] != data["version"]:
        return
    answer = f"late {data['minutes']}" if data["answer"] == "late" else data["answer"]
    row = appointments.set_attendance(scene, row, person, answer)
    appointments.render(scene, row)
    if answer in ("confirmed", "silent"):
        return
    for other in _other_side(scene, row, person):
        _pass_on(scene, row, person, other, answer)


def _other_side(scene: Scene, row: Row, person: str) -> tuple[str, ...]:
    team = appointments.interviewers(scene.tx, row)
    return team if person == row["candidate_id"] else (row["candidate_id"],)


def _pass_on(scene: Scene, row: Row, person: str, other: str, answer: str) -> None:
    """To whoever is being asked the same, in that conversation; else as a message, where it says something new."""
    who = readers.name(scene.tx, scene.keys, scene.tenant_id, person)
    chat, subject = people.thread_of(scene.tx, scene.tenant_id, other), row["candidate_id"]
    kind, _, minutes = answer.partition(" ")
    learned: dict[str, Any] = {"answer": kind, "minutes": int(minutes or 0), "who": who}
    event = {"kind": "learned", "name": "other_answered", "data": learned}
    asked = readers.conversations(scene.tx, scene.keys, row, chat, "noshow")
    for conv in asked:
        scene.send(chat, "happening", subject, event=event, conversation=conv)
    if asked or kind not in ("late", "cannot"):
        return
    card = words.says(who, answer)
    if kind == "cannot" and other == row["candidate_id"]:
        card, told = words.not_today(who), tell_of(scene, row)
        facts.tell_recruiters(scene, told.interview, words.interviewer_cant(who, told.candidate, told.role))
    scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject)


def _snoozed(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    row, person = _appointment(scene, data), scene.thread["person_id"]
    if row["state"] != "booked" or row["version"] != data["version"]:
        return
    at = reminding.snoozed(scene.at, data["minutes"], row["start_minute"])
    if at is not None:
        left = row["start_minute"] - at // MINUTE
        scene.timer(row["id"], f"remind.{left}.{person}", at, token=str(row["version"]))


def _reschedule(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    upcoming.begin(scene, _appointment(scene, data), "reschedule", by="candidate")


def _cancel(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    upcoming.begin(scene, _appointment(scene, data), "cancel")


def _time_kept(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The team asked for another time, and the candidate keeps the one they have."""
    told = tell_of(scene, _appointment(scene, data))
    facts.tell_recruiters(scene, told.interview, words.time_kept(told.candidate, told.role))


def _withdrawn(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """Whoever leaves the process leaves their appointments too."""
    facts.EFFECTS["withdrawn"](scene, conv, data, result)
    if conv.row["flow"] in hiring.CANDIDATES:
        _leave(scene, conv)
        appointments.call_off_all(scene, conv.row["interview_id"], "not_interested", scene.thread["person_id"])


def _leave(scene: Scene, conv: Conv) -> None:
    """What else was open about this interview ends without a word: the goodbye has just been said."""
    interview = conv.row["interview_id"]
    where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "interview_id": interview}
    event: dict[str, Any] = {"kind": "learned", "name": "called_off", "data": {"text": ""}}
    for other in scene.tx.find(Conversation, where, "opened_at,id"):
        if other["id"] != conv.id and other["state"] != "ended" and other["flow"] != "feedback":
            scene.send(scene.thread["id"], "happening", other["subject_id"], event=event, conversation=other["id"])


def _submitted(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The answers are in, so an interview with Parley that was booked for this is over."""
    facts.EFFECTS["submitted"](scene, conv, data, result)
    for row in appointments.of_interview(scene.tx, scene.tenant_id, conv.row["interview_id"], "began"):
        if row["kind"] == "bot":
            appointments.set_state(scene, row, "over")


def _swap(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    upcoming.begin(scene, _appointment(scene, data), "swap", scene.thread["person_id"])


def _swap_said(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """What an interviewer who can't come wrote about it goes to the recruiters, and to nobody else."""
    told = tell_of(scene, _appointment(scene, data))
    who = readers.name(scene.tx, scene.keys, scene.tenant_id, scene.thread["person_id"])
    written = _written(scene, conv, data["utterance"])
    facts.tell_recruiters(scene, told.interview, words.takeover_note(who, told.candidate, told.role, written))


def _rescue(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """What takes the place of a meeting that somebody couldn't come to."""
    row, way = _appointment(scene, data), data["way"]
    if row["state"] not in ("booked", "began", "missed"):
        return
    told = tell_of(scene, row)
    missing = data.get("missing", "candidate")
    facts.tell_recruiters(scene, told.interview, words.missed(told.candidate, told.role, "", way, missing))
    if way == "rebook":
        appointments.start_over(scene, row, by=row["candidate_id"])
        return
    if row["state"] != "missed":
        appointments.set_state(scene, row, "missed")
    scene.no_timer(row["id"], "missed")
    if way == "person":
        hiring.step(scene.tx, told.interview, "human_chosen")
    elif way in ("text_now", "recorded"):
        interview = hiring.set_flags(scene.tx, told.interview, format="recorded" if way == "recorded" else "text")
        facts.begin_interview(scene, interview)


def _invite_ended(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The questions before an interview are answered: it begins, or a time for it is chosen first."""
    if result != "booking":
        facts.EFFECTS["invite:ended"](scene, conv, data, result)
        return
    interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
    wanted = appointments.of_interview(scene.tx, scene.tenant_id, interview["id"], "open")
    asked = [r for r in wanted if r["kind"] == "bot"]
    if asked:
        appointments.ask(scene, asked[0])
        return
    kit = hiring.kit_of(hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"]))
    plan = Plan(
        (Session("talk", words.LIVE_TITLE, -(-kit.minutes // 5) * 5),), "UTC", step=15, notice=10, move_notice=10
    )
    appointments.open_appointment(scene, interview, plan, asked_by=interview["candidate_id"])


def _interview_ended(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    facts.EFFECTS["interview:ended"](scene, conv, data, result)
    _free_again(scene, conv, data, result)


def _free_again(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The candidate has finished what they were in the middle of: what waited for that is asked now."""
    where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "about": "ask"}
    for timer in scene.tx.find(Timer, where):
        scene.timer(timer["owner_id"], "ask", scene.at, token=timer["token"])


def order(text: str) -> str:
    """The conversation that a short message asks for, or ""."""
    said = tokens(text)
    return next((flow for flow, names in ORDERS.items() if len(said) <= MOST_WORDS and names & set(said)), "")


def spoken(scene: Scene, text: str) -> bool:
    """“reschedule” and “cancel”, written where nothing is going on, are about the next booked time."""
    flow = order(text)
    person = scene.thread["person_id"]
    if not flow or not people.is_candidate(scene.tx, scene.tenant_id, person):
        return False
    where = {"tenant_id": scene.tenant_id, "candidate_id": person, "state": "booked"}
    coming = [r for r in scene.tx.find(Appointment, where, "start_minute") if r["end_minute"] * MINUTE > scene.at]
    if coming:
        more = {"by": "candidate"} if flow == "reschedule" else {}
        upcoming.begin(scene, coming[0], flow, **more)
    return bool(coming)


EFFECTS: dict[str, Effect] = {
    "invite:ended": _invite_ended,
    "interview:ended": _interview_ended,
    "recorded:ended": _free_again,
    "zone_given": _zone,
    "more_times_asked": _more_times,
    "booked": _booked,
    "booking_cancelled": _cancelled,
    "attendance": _attendance,
    "snoozed": _snoozed,
    "reschedule_asked": _reschedule,
    "cancel_asked": _cancel,
    "time_kept": _time_kept,
    "withdrawn": _withdrawn,
    "submitted": _submitted,
    "swap_asked": _swap,
    "swap_said": _swap_said,
    "rescue": _rescue,
}
