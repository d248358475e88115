"""Raters are reminded an hour after the interview and then daily, ten times at the most, and never in their quiet hours.

After a day the first backup rater is asked to take the place of somebody who found no time, and the recruiters are
offered to open the cards without the machine's where that hasn't come. All of it ends with the reveal or a withdrawal.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot import hiring, people
from bot.hiring import DAY, HOUR
from bot.mail import RATE as RATE_TOKEN
from bot.scene import Scene
from bot.scorecards import rereading, sealing
from bot.scorecards.sealing import RATE
from bot.store.rows import FactRow
from bot.store.store import Row
from calendar_sync import reminding
from flows.cards import Card
from flows.cards import to_json as card_json
from flows.words import panel_en as words

MOST = 10
BACKUP, EARLY = "do:backup:", "do:early:"  # what the tokens of their buttons begin with; the interview follows
_LATER = f"{RATE}:"  # begins the name of the timer of one rater whose reminder waits until they are awake


@dataclass(frozen=True, slots=True)
class Office:
    """zone_of: the zone of a member of the team; quiet: the hours ("22:00", "08:00") of that zone in which nobody is
    reminded; two equal ones: none."""

    zone_of: Callable[[Scene, str], str]
    quiet: tuple[str, str]


def is_ours(about: str) -> bool:
    """Is a timer of an interview one of these?"""
    return about == RATE or about.startswith(_LATER)


def on_timer(scene: Scene, interview: Row, about: str, office: Office) -> None:
    """One of these timers is due."""
    if about.startswith(_LATER):
        _remind(scene, interview, about.removeprefix(_LATER), office)
        return
    waiting = rereading.going_on(interview)
    if interview["status"] == "submitted":
        due = hiring.due_raters(scene.tx, interview)[1]
        for person in due:
            _remind(scene, interview, person, office)
        if not due:  # somebody may have left the team since the last card came in
            sealing.panel_changed(scene, interview)
            interview = hiring.get_interview(scene.tx, scene.tenant_id, interview["id"])
        if interview["revealed_at"] is not None:
            return
        if scene.at - _since(interview) >= DAY:
            _ask_backup(scene, interview)
            _offer_without_machine(scene, interview)
    elif waiting and waiting["state"] == "rating":
        _remind(scene, interview, waiting["person"], office)
    else:
        return
    if (scene.at - _since(interview)) // DAY < MOST - 1:
        scene.timer(interview["id"], RATE, scene.at + DAY, thread_id=_channel(scene, interview))


def begin(scene: Scene, interview: Row) -> None:
    """The first reminder, an hour from now: an interview was sent off, or a second reader has agreed."""
    scene.timer(interview["id"], RATE, scene.at + HOUR, thread_id=_channel(scene, interview))


def _channel(scene: Scene, interview: Row) -> str:
    return hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])["channel_id"]


def _since(interview: Row) -> int:
    """From when the days are counted; a second reader has days of their own."""
    again = rereading.going_on(interview)
    return int(again["at"] if again else interview["submitted_at"] or 0)


def _is_due(scene: Scene, interview: Row, person: str) -> bool:
    if rereading.is_reader(interview, person):
        return True
    return interview["status"] == "submitted" and person in hiring.due_raters(scene.tx, interview)[1]


def _remind(scene: Scene, interview: Row, person: str, office: Office) -> None:
    """Remind one rater now, or as soon as they are awake."""
    chat = people.chat_of(scene.tx, scene.tenant_id, person)
    if not chat or not _is_due(scene, interview, person):
        return
    at = reminding.after_quiet(scene.at, office.zone_of(scene, person), office.quiet)
    if at > scene.at:
        scene.timer(interview["id"], _LATER + person, at, thread_id=_channel(scene, interview))
        return
    panel, due = hiring.due_raters(scene.tx, interview)
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    card = words.reminder_to_rate(name, interview["id"], len(panel) - len(due), len(panel))
    if rereading.is_reader(interview, person):
        card = words.reminder_to_read_again(name, interview["id"])
    _tell(scene, interview, person, card, RATE_TOKEN)


# -- backup raters ------------------------------------------------------------------------------------------


def _ask_backup(scene: Scene, interview: Row) -> None:
    """Ask the next backup rater for somebody who is late; one at a time."""
    flags = hiring.flags(interview)
    panel, due = hiring.due_raters(scene.tx, interview)
    if not due or flags.get("backup"):
        return
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "name": "backup_asked"}
    out = {*panel, *flags.get("excused", ()), *(f["person_id"] for f in scene.tx.find(FactRow, where))}
    found = [p for p in hiring.settings_of(requisition).get("backup", ()) if p not in out]
    found = [p for p in found if people.chat_of(scene.tx, scene.tenant_id, p)]
    if not found:
        return
    hiring.set_flags(scene.tx, interview, backup={"person": found[0], "late": due[0]})
    scene.fact("backup_asked", interview["id"], person_id=found[0], late=due[0])
    late, name = (people.name_of(scene.tx, scene.keys, scene.tenant_id, p) for p in (due[0], interview["candidate_id"]))
    _tell(scene, interview, found[0], words.could_you_rate(late, name, requisition["title"]), BACKUP + interview["id"])


def answer_backup(scene: Scene, interview: Row, person: str, yes: bool) -> tuple[Card, bool]:
    """A backup rater answers; (what to say, do they rate now?). Accepted, they take the late one's place; that one may
    still rate until the reveal."""
    interview = hiring.hold(scene.tx, interview)
    asked = hiring.flags(interview).get("backup")
    if asked is None or asked["person"] != person:
        return Card(words.BACKUP_GONE, tone="aside"), False
    panel, due = hiring.due_raters(scene.tx, interview)
    interview = hiring.set_flags(scene.tx, interview, backup=None)
    if interview["status"] != "submitted" or asked["late"] not in due:
        return Card(words.BACKUP_GONE, tone="aside"), False
    if not yes:
        scene.fact("backup_declined", interview["id"], person_id=person)
        _ask_backup(scene, interview)
        return Card(words.BACKUP_FINE, tone="aside"), False
    now = [person if p == asked["late"] else p for p in panel]
    excused = [*hiring.flags(interview).get("excused", ()), asked["late"]]
    interview = hiring.set_flags(scene.tx, interview, panel=now, excused=excused)
    scene.fact("backup_joined", interview["id"], person_id=person, late=asked["late"])
    names = (people.name_of(scene.tx, scene.keys, scene.tenant_id, p) for p in (person, interview["candidate_id"]))
    _tell(scene, interview, asked["late"], words.somebody_stands_in(*names), "")
    sealing.panel_changed(scene, interview)
    return Card(words.BACKUP_THANKS, tone="done"), True


# -- the machine's card doesn't come ------------------------------------------------------------------------


def _offer_without_machine(scene: Scene, interview: Row) -> None:
    """All people have rated and the machine's card isn't there a day after: it must not keep the cards shut for ever."""
    due = hiring.due_raters(scene.tx, interview)[1]
    machine = "machine" in hiring.cards_of(scene.tx, scene.tenant_id, interview["id"])
    if due or machine or hiring.flags(interview).get("offered"):
        return
    interview = hiring.set_flags(scene.tx, interview, offered=scene.at)
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    hiring.tell_recruiters(scene, interview, words.without_machine(name), EARLY + interview["id"])


def _tell(scene: Scene, interview: Row, person: str, card: Card, token: str) -> None:
    subject = interview["candidate_id"]
    if chat := people.chat_of(scene.tx, scene.tenant_id, person):
        scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject, token=token)
