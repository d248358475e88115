"""The day by which a candidate was promised to hear from the team: kept, renewed honestly, and never left to pass in silence.

`flags["promise_at"]` is an instant (ms), five in the afternoon of that day where the candidate is. One timer of the
interview, `promise`, comes back until they have heard: two days before (the recruiters are reminded), on the morning of
the day (they are asked), and when it has passed (the candidate is told a new day, three times at most).
"""

from collections.abc import Callable
from typing import Any

from bot import hiring, people
from bot.funnel import hours
from bot.guiding.holding import FLAG as PEOPLE_HELD
from bot.hiring import DAY, HOUR
from bot.scene import Scene
from bot.store.rows import Letter
from bot.store.store import Row, Tx
from calendar_sync.zones import DAY as DAY_MINUTES
from calendar_sync.zones import zone
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.words import funnel_en as words

TIMER = "promise"
EVENING = 17 * 60  # minutes of the day
REMIND, ASK = 2 * DAY, 8 * HOUR  # before the promised instant
RENEWAL = 3  # days, where nobody says another number
MOST_RENEWALS = 3  # that happen by themselves
WAITING = ("submitted", "scored")
TOKEN = "do:prom"  # noqa: S105


def begin(scene: Scene, interview: Row, usual_days: int) -> Row:
    """The answers are in: the day that the candidate was told of is a promise from now on.

    usual_days: from the invitation on, where the requisition says nothing else. A day that is too near, since somebody
    took their time, is moved, and the candidate is told; so is whoever met people, and heard of no day from Parley.
    """
    if (hiring.flags(interview).get("promise_at") or 0) > scene.at:
        return interview  # it had been taken for held before, say
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    days: int = hiring.settings_of(requisition).get("promise_days", usual_days)
    told = evening(scene.tx, interview, interview["created_at"] + days * DAY)
    met_people = bool(hiring.flags(interview).get(PEOPLE_HELD))
    if told < scene.at + DAY or met_people:
        told = evening(scene.tx, interview, scene.at + days * DAY)
        _tell_candidate(scene, interview, words.promised(requisition["title"], hours.day(scene.tx, interview, told)))
    return _promise(scene, interview, told)


def evening(tx: Tx, interview: Row, at: int) -> int:
    """Five in the afternoon (ms) of the day of an instant, where the candidate is."""
    here = zone(hours.zone_of(tx, interview))
    return here.start_of(here.date_of(at // hours.MINUTE) * DAY_MINUTES + EVENING) * hours.MINUTE


def _promise(scene: Scene, interview: Row, at: int, **flags: Any) -> Row:
    interview = hiring.set_flags(scene.tx, interview, promise_at=at, **flags)
    _arm(scene, interview)
    return interview


def _arm(scene: Scene, interview: Row) -> None:
    """Set the timer to what comes next about the promise."""
    at: int = hiring.flags(interview)["promise_at"]
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    due = next((at - early for early in (REMIND, ASK, 0) if at - early > scene.at), None)
    if due is not None:
        scene.timer(interview["id"], TIMER, due, thread_id=requisition["channel_id"])


def kept(scene: Scene, interview: Row) -> None:
    """The candidate has heard, or will by a letter that is planned: nothing is owed to them."""
    scene.no_timer(interview["id"], TIMER)


def owed(scene: Scene, interview: Row) -> None:
    """They won't hear by that letter after all: the promise counts again. A day that has passed is renewed tomorrow."""
    at = hiring.flags(interview).get("promise_at")
    if not at or interview["status"] not in (*WAITING, "decided"):
        return
    if at - ASK > scene.at:
        _arm(scene, interview)
    else:
        _promise(scene, interview, evening(scene.tx, interview, scene.at + DAY))


def renew(scene: Scene, interview: Row, at: int, by: str, why: str = "") -> Row:
    """Somebody of the team names a new day (any instant of it, ms): the candidate is told, with a line of theirs."""
    at = evening(scene.tx, interview, at)
    scene.fact("promise_renewed", interview["id"], person_id=by, until=at)
    role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
    _tell_candidate(scene, interview, words.renewed(role, hours.day(scene.tx, interview, at), why))
    return _promise(scene, interview, at, promise_missed=None)


def missed(tx: Tx, interview: Row) -> bool:
    """Has the promised day passed for good, with nothing new to say?"""
    return bool(hiring.flags(interview).get("promise_missed")) and is_owed(tx, interview)


def is_owed(tx: Tx, interview: Row) -> bool:
    """Does the candidate still wait to hear? A decision that nobody has told them is none to them."""
    if interview["status"] in WAITING:
        return True
    if interview["status"] != "decided":
        return False
    letters = tx.find(Letter, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]})
    return not any(r["state"] in ("planned", "sent") for r in letters) and not hiring.flags(interview).get("told")


# -- when the timer comes -------------------------------------------------------------------------------------


def on_timer(scene: Scene, interview: Row) -> None:
    """Something about the promise is due; what it is follows from the time, so that a late timer does the right thing."""
    at = hiring.flags(interview).get("promise_at")
    if not at or not is_owed(scene.tx, interview):
        return
    interview = hiring.hold(scene.tx, interview)
    if scene.at >= at:
        _passed(scene, interview)
        return
    near = scene.at >= at - ASK
    _ask_recruiters(scene, interview, words.ask_today if near else words.remind)
    _arm(scene, interview)


def _ask_recruiters(scene: Scene, interview: Row, card: Callable[[str, str, str, str], Card]) -> None:
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
    day = hours.day(scene.tx, interview, hiring.flags(interview)["promise_at"])
    hiring.tell_recruiters(scene, interview, card(name, role, day, str(interview["status"])), token(interview))


def token(interview: Row) -> str:
    """The token of the buttons with which a recruiter answers."""
    return f"{TOKEN}:{interview['id']}"


def _passed(scene: Scene, interview: Row) -> None:
    """Nobody reacted: the candidate hears the truth, and the recruiters that they did."""
    flags = hiring.flags(interview)
    role = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["title"]
    times = flags.get("promise_renewals", 0)
    if times >= MOST_RENEWALS:
        if not flags.get("promise_missed"):
            hiring.set_flags(scene.tx, interview, promise_missed=scene.at)
            scene.fact("promise_missed", interview["id"])
            _tell_candidate(scene, interview, words.no_day(role))
            _ask_recruiters(scene, interview, words.told_no_day)
        return
    at = evening(scene.tx, interview, scene.at + RENEWAL * DAY)
    scene.fact("promise_renewed", interview["id"], until=at)
    _tell_candidate(scene, interview, words.renewed(role, hours.day(scene.tx, interview, at), ""))
    interview = _promise(scene, interview, at, promise_renewals=times + 1)
    _ask_recruiters(scene, interview, words.told_new_day)


def _tell_candidate(scene: Scene, interview: Row, card: Card) -> None:
    subject = interview["candidate_id"]
    chat = people.thread_of(scene.tx, scene.tenant_id, subject)
    scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject)


TIMERS: dict[str, Callable[[Scene, Row], None]] = {TIMER: on_timer}
