"""The deadline of a recorded interview: reminders before it, one message after it, and more time for whoever asks.

Whether something is said is decided at the moment it is due, from what is stored then: whoever has sent off or
withdrawn, is writing just now, or was paused by the team, hears nothing.
"""

import orjson

from bot import hiring, people
from bot.hiring import DAY, HOUR
from bot.mail import MORE, Mail
from bot.scene import Scene
from bot.store.rows import Conversation, FactRow, Interview, Outbox, Work
from bot.store.store import Row, Tx
from flows.cards import Card, Option
from flows.cards import to_json as card_json
from flows.words import recorded_en as words

OPEN = ("opened", "consented", "in_progress", "paused")
UNSENT = (*OPEN, "expired")  # what was closed can be sent off all the same, so more time makes sense there too
EXTENSION = 2 * DAY
GRANTED_AT_ONCE = 1  # how many extensions are given without asking anybody
ASKS, TASK = "asks", "do:extend"  # the flag of what recruiters have to decide, and the token of its buttons
_WRITING = 30 * 60_000  # so long after their last words somebody is still taken to be at it


def on_timer(scene: Scene, interview: Row, about: str) -> bool:
    """A reminder or the deadline itself is due. False: not one of a recorded interview, or nobody has come yet."""
    if not hiring.is_recorded(interview) or about not in ("remind", "expire") or interview["status"] not in OPEN:
        return False
    if about == "remind":
        hiring.set_reminder(scene, interview, _channel(scene, interview))
    if not _has_come(scene, interview):
        return False
    if about == "remind":
        _remind(scene, interview)
    else:
        _passed(scene, interview)
    return True


def extend(scene: Scene, interview: Row) -> str:
    """The candidate asks for more time: the new deadline as they read it; "" where the recruiters decide now."""
    interview = hiring.hold(scene.tx, interview)
    flags = hiring.flags(interview)
    if interview["status"] not in UNSENT:
        return ""
    if flags.get("extended", 0) < GRANTED_AT_ONCE and interview["status"] in OPEN:
        return prolong(scene, interview)
    if flags.get(ASKS) != "more":
        hiring.set_flags(scene.tx, interview, **{ASKS: "more"})
        scene.fact("extension_passed_on", interview["id"])
        card = words.wants_more(_name(scene, interview), _title(scene, interview), hiring.until(scene.tx, interview))
        hiring.tell_recruiters(scene, interview, card, f"{TASK}:{interview['id']}")
    return ""


def prolong(scene: Scene, interview: Row) -> str:
    """Two more days, from the deadline or (after it) from now: all timers move. The new deadline as it is read."""
    deadline = max(interview["deadline_at"], scene.at) + EXTENSION
    where = {"tenant_id": interview["tenant_id"], "id": interview["id"]}
    scene.tx.change(Interview, where, {"deadline_at": deadline})
    extended = hiring.flags(interview).get("extended", 0) + 1
    now = hiring.set_flags(scene.tx, {**interview, "deadline_at": deadline}, extended=extended, **{ASKS: None})
    if not hiring.flags(now).get("held"):  # no time runs while the team pauses it
        hiring.set_deadline(scene, now, _channel(scene, now))
    scene.fact("extended", interview["id"], until=deadline)
    return hiring.until(scene.tx, now)


def more(scene: Scene, mail: Mail) -> None:
    """The button of a reminder: more days, please. One that is out of date changes nothing."""
    interview_id, _, meant = mail.data["event"]["option"].partition(".")
    interview = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=interview_id)
    if interview is None or interview["candidate_id"] != mail.person_id:
        scene.show(Card(words.NOTHING_DUE, tone="aside"))
        return
    _settle(scene, mail.data["event"]["option"])
    scene.show(_answer(scene, interview, meant), subject_id=interview["candidate_id"], interview_id=interview["id"])


def _answer(scene: Scene, interview: Row, meant: str) -> Card:
    if interview["status"] not in UNSENT:
        return Card(words.NOTHING_DUE, tone="aside")
    if hiring.flags(interview).get("held"):
        return Card(words.ON_HOLD, tone="aside")
    if meant != _stamp(interview):
        return words.already(hiring.until(scene.tx, interview))
    scene.fact("extension_asked", interview["id"], person_id=interview["candidate_id"])
    until = extend(scene, interview)
    return words.granted(until) if until else words.team_asked()


def _settle(scene: Scene, option: str) -> None:
    """Mark every notice that carries this very button as answered."""
    where = {"tenant_id": scene.tenant_id, "thread_id": scene.thread["id"], "token": MORE, "act": "send"}
    for shown in scene.tx.find(Outbox, where, "-seq", 1):
        scene.edit(shown["id"], None, chosen=option, token=MORE)


# -- what is due ------------------------------------------------------------------------------------------------


def _remind(scene: Scene, interview: Row) -> None:
    if not hiring.flags(interview).get("unhurried") and not _writing(scene, interview):
        _tell(scene, interview, words.reminder(*_about(scene, interview)))


def _passed(scene: Scene, interview: Row) -> None:
    """First the candidate is told, kindly; a day later their recruiters decide. Nobody is interrupted in the middle."""
    channel, later = _channel(scene, interview), scene.at + DAY
    if _writing(scene, interview):
        scene.timer(interview["id"], "expire", scene.at + HOUR, thread_id=channel)
        return
    interview = hiring.hold(scene.tx, interview)
    if hiring.flags(interview).get("late") != interview["deadline_at"]:
        hiring.set_flags(scene.tx, interview, late=interview["deadline_at"])
        scene.fact("deadline_passed", interview["id"])
        _tell(scene, interview, words.late(*_about(scene, interview)))
        scene.timer(interview["id"], "expire", later, thread_id=channel)
        return
    hiring.set_flags(scene.tx, interview, **{ASKS: "overdue"})
    scene.fact("overdue", interview["id"])
    names, until = (_name(scene, interview), _title(scene, interview)), hiring.until(scene.tx, interview)
    card = words.overdue(*names, until, *_come_to(scene, interview))
    hiring.tell_recruiters(scene, interview, card, f"{TASK}:{interview['id']}")


def _about(scene: Scene, interview: Row) -> tuple[str, str, bool, tuple[Option, ...]]:
    """What a notice says: the role, the deadline, whether they have begun, and its button."""
    begun = interview["status"] in ("in_progress", "paused")
    return _title(scene, interview), hiring.until(scene.tx, interview), begun, _button(interview)


def _tell(scene: Scene, interview: Row, card: Card) -> None:
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    scene.send(chat, "tell", interview["candidate_id"], card=card_json(card), token=MORE)


def _button(interview: Row) -> tuple[Option, ...]:
    flags = hiring.flags(interview)
    if flags.get(ASKS) == "more":
        return ()  # the recruiters have been asked already
    return words.more(f"{interview['id']}.{_stamp(interview)}", flags.get("extended", 0) >= GRANTED_AT_ONCE)


def _stamp(interview: Row) -> str:
    """Which deadline a button means: one that was moved since has another."""
    return str(interview["deadline_at"] // 60_000)


def _writing(scene: Scene, interview: Row) -> bool:
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "state": "open"}
    talks = [c for c in scene.tx.find(Conversation, where) if c["flow"] in ("invite", "onward", *hiring.TALKS)]
    return any(c["last_at"] > scene.at - _WRITING for c in talks) or listening(scene.tx, interview)


def listening(tx: Tx, interview: Row) -> bool:
    """Are there recordings of it that we haven't listened to yet? Then it is the candidate who waits for us."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "kind": "Transcribe"}
    return any(tx.find(Work, {**where, "state": state}, "id", 1) for state in ("pending", "running"))


def _has_come(scene: Scene, interview: Row) -> bool:
    """Has anything been shown to the candidate? Who never opened the link has an invitation that runs out."""
    chat = people.thread_of(scene.tx, scene.tenant_id, interview["candidate_id"])
    return bool(scene.tx.find(Outbox, {"tenant_id": scene.tenant_id, "thread_id": chat, "state": "sent"}, "seq", 1))


def _come_to(scene: Scene, interview: Row) -> tuple[int, int]:
    """How many of the questions the candidate has seen, of how many."""
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "name": "question_shown"}
    seen = {orjson.loads(f["data"])["question"] for f in scene.tx.find(FactRow, where)}
    return len(seen), len(hiring.kit_of(_requisition(scene, interview)).questions)


def _requisition(scene: Scene, interview: Row) -> Row:
    return hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])


def _channel(scene: Scene, interview: Row) -> str:
    return _requisition(scene, interview)["channel_id"]


def _title(scene: Scene, interview: Row) -> str:
    return _requisition(scene, interview)["title"]


def _name(scene: Scene, interview: Row) -> str:
    return people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
