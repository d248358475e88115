"""What a recruiter does about one candidate: who is meant, and then a new link, a reminder or an early reveal.

`pausing`, `withdrawing` and `moving` have files of their own. Whatever has consequences for somebody is asked once, and
everything is looked at again when the answer comes.
"""

from collections.abc import Callable

from bot import hiring
from bot.desk import (
    adjusting,
    appointments_board,
    decide,
    moving,
    pausing,
    promises,
    reach,
    recording,
    rescore,
    withdrawing,
)
from bot.desk.hire import new_link
from bot.desk.sight import CLOSED, MOST_OPTIONS, RECRUITERS, Call, choice, not_found, say, wrong
from bot.hiring import DAY
from bot.scene import Reply
from bot.scorecards import sealing
from bot.store.rows import FactRow
from bot.store.store import Row
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
        return moving.move(call, rows[0])
    found = call.sight.titled(title, *RECRUITERS)
    if not found:
        return wrong(words.NO_REQUISITION)
    if len(found) > 1:
        return say(words.several_titles(title.strip(), tuple(r["title"] for r in found)))
    return moving.move_sure(call, rows[0], found[0])


def pick(call: Call, ids: list[str], option: str) -> Reply:
    """Somebody was chosen among several of that name."""
    interview = call.sight.interview(option, *RECRUITERS)
    return not_found() if interview is None or ids[0] not in DEEDS else DEEDS[ids[0]](call, interview)


def do(call: Call, ids: list[str], option: str) -> Reply:
    """A button of a candidate's card; `option` names the deed."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    return not_found() if interview is None or option not in DEEDS else DEEDS[option](call, interview)


# -- the smaller deeds ---------------------------------------------------------------------------------------


def link(call: Call, interview: Row) -> Reply:
    return wrong(words.TOO_LATE) if interview["status"] in CLOSED else new_link(call, interview)


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
    reach.tell(call, interview, card)
    scene.fact("reminded", interview["id"], person_id=call.person_id)
    return say(words.reminded(name))


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
    if sealing.nobody_rated(scene.tx, interview):
        return wrong(panel_en.NOBODY_RATED)
    if not sealing.open_early(scene, interview, call.person_id, reason.strip()):
        return say(words.open_already(name.strip()))
    return say(words.revealed(sight.name(interview)))


DEEDS: dict[str, Deed] = {
    "link": link,
    "remind": remind,
    "pause": pausing.pause,
    "resume": pausing.resume,
    "withdraw": withdrawing.withdraw,
    "move": moving.move,
    "times": appointments_board.of_candidate,
    "decide": decide.open_form,
    "promise": promises.ask,
    "adjust": adjusting.ask,
    "rescore": rescore.show,
    "record": recording.make,
}
