"""What a recruiter does about one candidate: a new link, a reminder, a pause, a withdrawal, a move, an early reveal.

Whatever has consequences for somebody is asked once, and everything is looked at again when the answer comes.
"""

from collections.abc import Callable

from bot import facts, hiring, people
from bot.desk.hire import new_link
from bot.desk.sight import CLOSED, MOST_OPTIONS, RECRUITERS, Call, choice, not_found, say, wrong
from bot.hiring import DAY
from bot.scene import Reply
from bot.store.rows import Conversation, FactRow
from bot.store.store import Row
from flows.cards import Card, Option
from flows.cards import to_json as card_json
from flows.interviews.model import Refused, Status
from flows.interviews.model import move as next_status
from flows.words import desk_en as words
from flows.words import panel_en

Deed = Callable[[Call, Row], Reply]


def about(action: str) -> Callable[[Call], Reply]:
    """The command that does `action` (of `DEEDS`) about whoever it names; who is meant is asked where several fit."""

    def command(call: Call) -> Reply:
        text = call.rest.strip()
        rows = call.sight.named(text, call.sight.interviews(*RECRUITERS))
        if not text and action != "link":
            return say(words.name_please(action))
        if not rows:
            return say(words.fits(text, "no"))
        if len(rows) > 1:
            return which(call, action, text, rows)
        return DEEDS[action](call, rows[0])

    return command


def which(call: Call, action: str, text: str, rows: list[Row]) -> Reply:
    """Ask who is meant. With many of them, only a longer name helps."""
    if len(rows) > MOST_OPTIONS:
        return say(words.fits(text, str(len(rows))))
    return say(words.which(text, len(rows), tuple(choice(call.sight, r) for r in rows)), f"do:pick:{action}")


def pick(call: Call, ids: list[str], option: str) -> Reply:
    """Somebody was chosen among several of that name."""
    interview = call.sight.interview(option, *RECRUITERS)
    return not_found() if interview is None or ids[0] not in DEEDS else DEEDS[ids[0]](call, interview)


def do(call: Call, ids: list[str], option: str) -> Reply:
    """A button of a candidate's card; `option` names the deed."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    return not_found() if interview is None or option not in DEEDS else DEEDS[option](call, interview)


def _answered(call: Call, interview: Row, option: str, ask: Callable[[Call, Row, str], Reply]) -> Reply | None:
    """None when the answer is yes and still fits; otherwise what to say instead."""
    word, _, status = option.partition(".")
    if word != "yes":
        return say(words.plain(words.NOTHING_CHANGED))
    return None if status == interview["status"] else ask(call, interview, words.CHANGED_MEANWHILE)


def link(call: Call, interview: Row) -> Reply:
    return wrong(words.TOO_LATE) if interview["status"] in CLOSED else new_link(call, interview)


# -- reminding ----------------------------------------------------------------------------------------------


def remind(call: Call, interview: Row) -> Reply:
    """Send a friendly reminder, at most one a day, and none to somebody who asked for no hurry."""
    scene, name, flags = call.scene, call.sight.name(interview), hiring.flags(interview)
    if call.sight.stage(interview) == "invited":
        return say(words.link_unopened(name), f"do:card:{interview['id']}")
    if interview["status"] not in ("opened", "consented", "in_progress", "paused") or flags.get("held"):
        return say(words.cannot_remind(name))
    if flags.get("unhurried"):
        return say(words.unhurried(name))
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "name": "reminded"}
    last = scene.tx.find(FactRow, where, "-at", 1)
    if last and scene.at - last[0]["at"] < DAY:
        return say(words.reminded_already(name))
    card = panel_en.reminder_to_candidate(call.sight.title(interview), hiring.day_words(interview["deadline_at"]))
    _tell(call, interview, card)
    scene.fact("reminded", interview["id"], person_id=call.person_id)
    return say(words.reminded(name))


def _chat(call: Call, interview: Row) -> str:
    return people.thread_of(call.scene.tx, call.scene.tenant_id, interview["candidate_id"])


def _tell(call: Call, interview: Row, card: Card) -> None:
    call.scene.send(_chat(call, interview), "tell", interview["candidate_id"], card=card_json(card))


def _happens(call: Call, conversation: Row, event: dict[str, object], **more: object) -> None:
    """Something for one conversation, by its id: a person may have several going on."""
    where, subject = conversation["thread_id"], conversation["subject_id"]
    call.scene.send(where, "happening", subject, event=event, conversation=conversation["id"], **more)


# -- pausing ------------------------------------------------------------------------------------------------


def pause(call: Call, interview: Row, why: str = "") -> Reply:
    name = call.sight.name(interview)
    if hiring.flags(interview).get("held"):
        return say(words.held_already(name))
    if interview["status"] not in ("opened", "consented", "in_progress", "paused"):
        return say(words.cannot_pause(name))
    card = words.sure(why + words.pause_sure(name), words.PAUSE, interview["status"])
    return say(card, f"do:hold:{interview['id']}")


def hold(call: Call, ids: list[str], option: str) -> Reply:
    """The team pauses: the conversation is parked, nothing is due, and the candidate is told kindly."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    name = call.sight.name(interview)
    if option != "no" and hiring.flags(interview).get("held"):
        return say(words.held_already(name))
    otherwise = _answered(call, interview, option, pause)
    if otherwise is not None:
        return otherwise
    interview = hiring.hold_off(scene, hiring.hold(scene.tx, interview))
    scene.fact("held", interview["id"], person_id=call.person_id)
    _tell(call, interview, words.held_for_candidate(call.sight.title(interview)))
    for open_one in _conversations(call, interview, "invite", "interview"):
        if open_one["state"] == "open":
            _happens(call, open_one, {"kind": "commanded", "name": "pause", "text": ""})
    return say(words.held(name))


def _conversations(call: Call, interview: Row, *flows: str) -> list[Row]:
    where = {"tenant_id": call.scene.tenant_id, "interview_id": interview["id"]}
    rows = call.scene.tx.find(Conversation, where, "opened_at,id")
    return [r for r in rows if r["state"] != "ended" and r["flow"] in flows]


def resume(call: Call, interview: Row) -> Reply:
    scene, name = call.scene, call.sight.name(interview)
    if not hiring.flags(interview).get("held"):
        return say(words.not_held(name))
    if interview["status"] in CLOSED:
        return wrong(words.TOO_LATE)
    interview = hiring.take_up(scene, hiring.hold(scene.tx, interview))
    scene.fact("taken_up", interview["id"], person_id=call.person_id)
    day = hiring.day_words(interview["deadline_at"])
    _tell(call, interview, words.resumed_for_candidate(call.sight.title(interview), day))
    for parked in _conversations(call, interview, "invite", "interview"):
        if parked["state"] == "parked":
            _happens(call, parked, {"kind": "commanded", "name": "continue", "text": ""})
    return say(words.resumed(name, day))


# -- withdrawing --------------------------------------------------------------------------------------------


def withdraw(call: Call, interview: Row, why: str = "") -> Reply:
    name = call.sight.name(interview)
    if interview["status"] in ("scored", "decided"):
        return wrong(words.cannot_withdraw(name))
    if interview["status"] == "withdrawn":
        return say(words.called_off_already(name))
    text = words.withdraw_sure(name, call.sight.title(interview), interview["status"] == "submitted")
    return say(
        words.sure(why + text, words.WITHDRAW, interview["status"], danger=True), f"do:calloff:{interview['id']}"
    )


def call_off(call: Call, ids: list[str], option: str) -> Reply:
    """The team ends an interview: the candidate is told kindly, nothing is due any more, and the panel hears it."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    otherwise = _answered(call, interview, option, withdraw)
    if otherwise is not None:
        return otherwise
    name, role = call.sight.name(interview), call.sight.title(interview)
    moved = hiring.step(scene.tx, interview, "called_off")
    if not isinstance(moved, dict):
        return wrong(moved.say)
    moved = hiring.set_flags(scene.tx, moved, called_off=scene.at, held=None)
    for timer in ("remind", "expire", "rate"):
        scene.no_timer(interview["id"], timer)
    scene.fact("called_off", interview["id"], person_id=call.person_id)
    _end(call, interview, words.called_off_for_candidate(name, role))
    for review in _conversations(call, interview, "review"):
        _happens(call, review, _learned(words.called_off_for_rater(name)))
    facts.tell_channel(scene, moved, "called_off")
    if interview["submitted_at"] is not None:
        channel = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"]
        hiring.render_post(scene, "scorecard", interview["id"], moved, channel)
    return say(words.called_off(name))


def _learned(text: str) -> dict[str, object]:
    return {"kind": "learned", "name": "called_off", "data": {"text": text}}


def _end(call: Call, interview: Row, text: str) -> None:
    """End what the candidate is in the middle of, kindly; where nothing goes on, just say it."""
    card, going_on = Card(text, tone="notice"), _conversations(call, interview, "invite", "interview")
    for conversation in going_on:
        _happens(call, conversation, _learned(text), otherwise=card_json(card))
    if not going_on:
        _tell(call, interview, card)


# -- moving -------------------------------------------------------------------------------------------------


def move_line(call: Call) -> Reply:
    """`/interview move NAME to TITLE`; without a title it is asked for."""
    name, _, title = call.rest.partition(" to ")
    if not name.strip():
        return wrong(words.HOW_MOVE)
    rows = call.sight.named(name, call.sight.interviews(*RECRUITERS))
    if not rows:
        return say(words.fits(name.strip(), "no"))
    if len(rows) > 1:
        return which(call, "move", name.strip(), rows)
    if not title.strip():
        return move(call, rows[0])
    found = call.sight.titled(title, *RECRUITERS)
    if not found:
        return wrong(words.NO_REQUISITION)
    if len(found) > 1:
        return say(words.several_titles(title.strip(), tuple(r["title"] for r in found)))
    return _move_sure(call, rows[0], found[0])


def move(call: Call, interview: Row) -> Reply:
    """Where to? A choice of requisitions."""
    refused = next_status(Status(interview["status"]), "moved")
    if isinstance(refused, Refused):
        return wrong(refused.say)
    others = [r for r in call.sight.requisitions(*RECRUITERS) if r["id"] != interview["requisition_id"]]
    options = tuple(Option(r["id"], r["title"][:75]) for r in reversed(others[-MOST_OPTIONS:]))
    if not options:
        return wrong(words.NOWHERE)
    return say(words.move_where(call.sight.name(interview), options), f"do:move:{interview['id']}")


def move_chosen(call: Call, ids: list[str], option: str) -> Reply:
    interview = call.sight.interview(ids[0], *RECRUITERS)
    target = call.sight.requisition(option, *RECRUITERS)
    return not_found() if interview is None or target is None else _move_sure(call, interview, target)


def _begun(interview: Row) -> bool:
    return interview["status"] in ("in_progress", "paused")


def _move_sure(call: Call, interview: Row, target: Row, why: str = "") -> Reply:
    """Ask once, with the consequence; or say why it can't be."""
    name = call.sight.name(interview)
    current = hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"])
    refused = next_status(Status(interview["status"]), "moved")
    if isinstance(refused, Refused):
        return wrong(refused.say)
    if current["id"] == target["id"]:
        return say(words.there_already(name, target["title"]))
    if _begun(interview) and current["kit"] != target["kit"]:
        return say(words.other_kit(name, target["title"]))
    text = why + words.move_sure(name, current["title"], target["title"], _begun(interview))
    return say(words.sure(text, words.MOVE, interview["status"]), f"do:mv:{interview['id']}:{target['id']}")


def moved(call: Call, ids: list[str], option: str) -> Reply:
    """Move somebody to another requisition. Before the interview has begun, the conversation begins anew for it."""
    scene, interview = call.scene, call.sight.interview(ids[0], *RECRUITERS)
    target = call.sight.requisition(ids[1], *RECRUITERS)
    if interview is None or target is None:
        return not_found()
    otherwise = _answered(call, interview, option, lambda c, i, why: _move_sure(c, i, target, why))
    if otherwise is not None:
        return otherwise
    checked = _move_sure(call, interview, target)
    if not checked.token:  # it can't be any more: a kit, a status, or it is there already
        return checked
    name, old = call.sight.name(interview), call.sight.title(interview)
    interview = hiring.take_up(scene, interview)
    now = hiring.step(scene.tx, interview, "moved", requisition_id=target["id"])
    if not isinstance(now, dict):
        return wrong(now.say)
    scene.fact("moved", interview["id"], person_id=call.person_id, requisition=target["id"])
    if interview["status"] in ("in_progress", "paused", "declined"):
        _tell(call, now, words.moved_in_the_middle(target["title"]))
        if interview["status"] != "declined":
            hiring.set_deadline(scene, now, target["channel_id"])
    else:
        now = hiring.set_flags(scene.tx, now, consents={})
        _end(call, now, words.moved_for_candidate(old, target["title"]))
        hiring.open_invitation(scene, now, _chat(call, now), target["channel_id"])
    facts.tell_channel(scene, now, "moved")
    return say(words.moved(name, target["title"]))


# -- revealing ----------------------------------------------------------------------------------------------


def reveal(call: Call) -> Reply:
    name, sep, reason = call.rest.partition(" because ")
    if not (name.strip() and sep and len(reason.strip()) >= 3):
        return wrong(words.HOW_REVEAL)
    scene, sight = call.scene, call.sight
    waiting = sight.named(name, sight.interviews(*RECRUITERS, status="submitted"))
    if not waiting and sight.named(name, sight.interviews(*RECRUITERS, status="scored")):
        return say(words.open_already(name.strip()))
    if len(waiting) != 1:
        return say(words.fits_sealed(name.strip(), len(waiting)))
    interview = waiting[0]
    facts.reveal(scene, interview, forced=reason.strip())
    scene.fact("revealed_early", interview["id"], person_id=call.person_id)
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, "scorecard", interview["id"], interview, requisition["channel_id"])
    return say(words.revealed(sight.name(interview)))


DEEDS: dict[str, Deed] = {
    "link": link,
    "remind": remind,
    "pause": pause,
    "resume": resume,
    "withdraw": withdraw,
    "move": move,
}
