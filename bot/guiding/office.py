"""What guiding adds to the tables of deeds and effects: it looks on after an appointment was announced, or is due.

Scheduling knows nothing of it. Its own timers are an appointment's too ("brief.PERSON", "guide.PERSON"), with the version
they were set for, so that a move or a cancel makes the old ones no-ops.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot import hiring, people
from bot.guiding import brief, focus, holding, notes, plan, team
from bot.mail import Mail
from bot.scene import Scene
from bot.scheduling import appointments, readers, upcoming
from bot.scorecards import rating
from bot.store.rows import Appointment, Timer
from bot.store.store import Row
from bot.threads import Conv
from flows.words import guide_en

DAY = 86_400_000
MINUTE = 60_000
BRIEF, GUIDE = "brief", "guide"
Deed = Callable[[Scene, Mail], None]
Effect = Callable[[Scene, Conv, dict[str, Any], Any], None]


def deeds(below: Mapping[str, Deed]) -> dict[str, Deed]:
    """`announce` and `due` on top of scheduling's own."""

    def announce(scene: Scene, mail: Mail) -> None:
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=mail.data["appointment"])
        news = row is not None and row["announced"] < row["version"]
        below["announce"](scene, mail)
        if row is not None and news and row["kind"] != "bot":
            _announced(scene, row)

    def due(scene: Scene, mail: Mail) -> None:
        about, _, person = mail.data["about"].partition(".")
        if about in (BRIEF, GUIDE):
            _due(scene, mail, about, person)
            return
        before = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=mail.data["owner"])
        below["due"](scene, mail)
        row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=mail.data["owner"])
        if before is None or row is None or row["kind"] == "bot" or mail.data.get("token") != str(row["version"]):
            return
        if about == "over":
            holding.ended(scene, row, began=before["state"] == "began")
        elif row["state"] == "missed" and team.reported_missing(scene.tx, row):
            _ended(scene, row, "missed")

    return {"announce": announce, "due": due}


def effects(below: Mapping[str, Effect]) -> dict[str, Effect]:
    """What a guide's end means; and a missed start ends the guides."""

    def rescue(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
        below["rescue"](scene, conv, data, result)
        row = appointments.get(scene.tx, scene.tenant_id, data["appointment"])
        if row["kind"] != "bot" and row["state"] == "missed":
            _ended(scene, row, "missed")

    return {"rescue": rescue, f"{plan.FLOW}:ended": _guided}


def _announced(scene: Scene, row: Row) -> None:
    """There is a new version: what guided through the old one ends, and whoever holds the new one gets ready."""
    _ended(scene, row, "cancelled" if row["state"] == "cancelled" else "moved")
    if row["state"] != "booked":
        return
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    focus.settle(scene, interview, team.everybody(scene.tx, interview))
    for person in team.sitting(scene.tx, row):
        chat, start = people.chat_of(scene.tx, scene.tenant_id, person), team.span(scene.tx, row, person)[0] * MINUTE
        token = str(row["version"])
        if not chat:
            continue
        if start > scene.at and not brief.given(scene.tx, row, person):
            scene.timer(row["id"], f"{BRIEF}.{person}", max(scene.at, start - DAY), token, chat)
        if start > scene.at:
            scene.timer(row["id"], f"{GUIDE}.{person}", start, token, chat)


def _due(scene: Scene, mail: Mail, about: str, person: str) -> None:
    """Time for a brief, or for a guide: unless it isn't so any more, or Parley was away and it is over."""
    row = scene.tx.one(Appointment, tenant_id=scene.tenant_id, id=mail.data["owner"])
    if row is None or mail.data.get("token") != str(row["version"]) or row["state"] not in team.COMING:
        return
    start, end = (at * MINUTE for at in team.span(scene.tx, row, person))
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    if person not in team.came(scene.tx, row) or interview["status"] == "withdrawn":
        return
    if about == BRIEF and scene.at < start and not brief.given(scene.tx, row, person):
        brief.give(scene, row, person)
    if about == GUIDE and scene.at < end:
        begin_guide(scene, row, person)


def begin_guide(scene: Scene, row: Row, person: str) -> bool:
    """Open the guide in somebody's own chat; False where it is open there already."""
    chat = people.chat_of(scene.tx, scene.tenant_id, person)
    if readers.conversations(scene.tx, scene.keys, row, chat, plan.FLOW):
        return False
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    kit = hiring.kit_of(hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"]))
    stored = plan.begun_with(scene.tx, scene.keys, interview, kit, row, person)
    scene.no_timer(row["id"], f"{GUIDE}.{person}")
    upcoming.begin(scene, row, plan.FLOW, person, **stored)
    return True


def _ended(scene: Scene, row: Row, why: str) -> None:
    """Nobody is guided through what isn't on any more; those who were are told why."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    for person in notes.guided(scene.tx, interview):
        holding.end_guides(scene, row, person, guide_en.GONE[why] + guide_en.KEPT)
    for timer in scene.tx.find(Timer, {"tenant_id": scene.tenant_id, "owner_id": row["id"]}):
        if timer["about"].partition(".")[0] in (BRIEF, GUIDE):
            scene.no_timer(row["id"], timer["about"])


def _guided(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """A guide has ended, however that was: what was noted goes into its author's draft; and once the interview is there
    to be rated, whoever has finished goes on with that."""
    person = scene.thread["person_id"]
    interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
    notes.to_draft(scene, interview, person)
    waits = hiring.flags(interview).get(holding.FLAG) and interview["revealed_at"] is None
    if result == "finished" and waits and person in hiring.due_raters(scene.tx, interview)[1]:
        rating.begin_rating(scene, person, interview)
