"""The weekly drill: one anonymised answer in the hiring channel, rated blind by whoever likes to.

The answer comes from an interview whose cards are open and not covered; its candidate has not withdrawn from any stage,
waits for nobody's scorecard, and is not erased. Nobody ever sees anybody else's level: after three ratings each person is
told, alone, how they compare.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, cast

from bot import hiring, people
from bot.keyring import Erased, Keyring
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.scorecards import rereading
from bot.store.rows import Drill, DrillRating, Interview, Requisition
from bot.store.store import Row, Tx
from bot.work.script import stored_answers
from flows.cards import Card
from flows.rating.blind import blinded, name_parts
from flows.rating.drills import Standing, standing
from flows.rating.text import display, folded
from flows.words import calibration_en as words

TIMER, WEEK = "drill", 7 * hiring.DAY
FEWEST_WORDS, MOST_CHARS = 25, 2_000
RATERS = ("panelist", "recruiter", "admin")
_OPEN = ("scored", "decided")


@dataclass(frozen=True, slots=True)
class _Choice:
    """An answer that can be used. `text` is without its candidate's name."""

    interview: Row
    question: str
    competency: str
    ask: str
    text: str


def switch(scene: Scene, requisition: Row, on: bool) -> None:
    """Begin or end the weekly drill of a requisition. An open one stays open until it is replaced."""
    hiring.set_settings(scene.tx, requisition, drill=on)
    if on:
        scene.timer(requisition["id"], TIMER, scene.at + WEEK, thread_id=requisition["channel_id"])
    else:
        scene.no_timer(requisition["id"], TIMER)


def due(scene: Scene, mail: Mail) -> None:
    """A requisition's week is over: post the next drill, and set the timer again."""
    requisition = scene.tx.one(Requisition, tenant_id=scene.tenant_id, id=mail.data["owner"])
    if requisition is None or mail.data["about"] != TIMER or not hiring.settings_of(requisition).get("drill"):
        return
    post(scene, requisition)
    scene.timer(requisition["id"], TIMER, scene.at + WEEK, thread_id=requisition["channel_id"])


def post(scene: Scene, requisition: Row) -> bool:
    """Post a drill in the hiring channel, in place of one that is still open; False where no answer can be used."""
    drill_id = scene.ids.new("dr")
    chosen = _choose(scene.tx, scene.keys, requisition, drill_id)
    if chosen is None:
        return False
    for old in scene.tx.find(Drill, _open_of(requisition)):
        _close(scene, old)
    subject = chosen.interview["candidate_id"]
    row: Row = {"tenant_id": scene.tenant_id, "id": drill_id, "requisition_id": requisition["id"]}
    row |= {"interview_id": chosen.interview["id"], "question": chosen.question, "competency": chosen.competency}
    row |= {"state": "open", "subject_id": subject, "at": scene.at}
    sealed = scene.keys.seal(scene.tenant_id, subject, {"question": chosen.ask, "text": chosen.text})
    scene.tx.insert(Drill, {**row, "sealed": sealed})
    _render(scene, row)
    return True


def end_with(scene: Scene, interview: Row) -> None:
    """Somebody withdrew: their answer, of whichever stage, is taken out of the channel, and what was rated stays with its
    raters."""
    where = {"tenant_id": scene.tenant_id, "subject_id": interview["candidate_id"], "state": "open"}
    for drill in scene.tx.find(Drill, where):
        _close(scene, drill)


def _close(scene: Scene, drill: Row) -> None:
    scene.tx.change(Drill, {"tenant_id": scene.tenant_id, "id": drill["id"]}, {"state": "closed"})
    _render(scene, drill)


def view(tx: Tx, keys: Keyring, tenant_id: str, drill_id: str) -> Card | None:
    """The post: question, answer, anchors and buttons, and how many have rated. None: the candidate was erased."""
    drill = tx.one(Drill, tenant_id=tenant_id, id=drill_id)
    if drill is None:
        return None
    kit = hiring.kit_of(hiring.get_requisition(tx, tenant_id, drill["requisition_id"]))
    competency = kit.competencies.get(drill["competency"])
    try:
        keys.load(tx, tenant_id, drill["subject_id"])
    except Erased:
        return None
    said = cast("dict[str, str]", keys.open(tenant_id, drill["subject_id"], drill["sealed"]))
    raters = len(tx.find(DrillRating, {"tenant_id": tenant_id, "drill_id": drill_id}))
    if competency is None or drill["state"] != "open":
        return words.drill_closed(raters)
    title = competency.title or drill["competency"]
    return words.drill_post(title, said["question"], said["text"], dict(sorted(competency.anchors.items())), raters)


def tapped(scene: Scene, mail: Mail, shown: Row, option: str) -> Reply | None:
    """Somebody rated a drill. What they hear is about themselves alone, and for nobody else."""
    drill = scene.tx.one(Drill, tenant_id=scene.tenant_id, id=shown["about"])
    if drill is None or not people.may(
        scene.tx, scene.tenant_id, drill["requisition_id"], mail.person_id, *RATERS
    ):  # fmt: skip
        return Reply(words.ONLY_RATERS)
    interview = hiring.get_interview(scene.tx, scene.tenant_id, drill["interview_id"])
    if rereading.blinded(interview, mail.person_id):  # what the others gave here is a hint at what they gave there
        return Reply(words.DRILL_OVER)
    if option not in ("1", "2", "3", "4", "5", "none"):
        return Reply(words.DRILL_OVER)
    level = None if option == "none" else int(option)
    key = {"tenant_id": scene.tenant_id, "drill_id": drill["id"], "person_id": mail.person_id}
    known = scene.tx.one(DrillRating, **key)
    if known is None and drill["state"] == "open":
        # Two taps at once: the first one counts, and the second is told what it was.
        if scene.tx.add(DrillRating, {**key, "level": level, "at": scene.at}):
            _render(scene, drill)
        known = scene.tx.one(DrillRating, **key)
    if known is None:
        return Reply(words.DRILL_OVER)
    return Reply(words.own_drill(known["level"], own_standing(scene.tx, scene.tenant_id, mail.person_id, drill["id"])))


def own_standing(tx: Tx, tenant_id: str, person_id: str, drill_id: str = "") -> Standing:
    """How one person compares with the others' medians, over all drills and in one."""
    return standing(_levels(tx, tenant_id), person_id, drill_id)


def team_levels(tx: Tx, tenant_id: str, requisition_ids: set[str]) -> dict[str, dict[str, int | None]]:
    """Drill -> person -> level, of some requisitions: for figures without names."""
    mine = {d["id"] for d in tx.find(Drill, {"tenant_id": tenant_id}) if d["requisition_id"] in requisition_ids}
    return {drill: levels for drill, levels in _levels(tx, tenant_id).items() if drill in mine}


def _levels(tx: Tx, tenant_id: str) -> dict[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = {}
    for row in tx.find(DrillRating, {"tenant_id": tenant_id}, "at,drill_id,person_id"):
        found.setdefault(row["drill_id"], {})[row["person_id"]] = row["level"]
    return found


def _open_of(requisition: Row) -> Row:
    return {"tenant_id": requisition["tenant_id"], "requisition_id": requisition["id"], "state": "open"}


def _render(scene: Scene, drill: Row) -> None:
    interview = hiring.get_interview(scene.tx, scene.tenant_id, drill["interview_id"])
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, drill["requisition_id"])
    try:
        scene.keys.load(scene.tx, scene.tenant_id, interview["candidate_id"])
    except Erased:
        return  # the post can't be shown any more, and its letter could not be sealed
    hiring.render_post(scene, "drill", drill["id"], interview, requisition["channel_id"])


def _choose(tx: Tx, keys: Keyring, requisition: Row, drill_id: str) -> _Choice | None:
    """An answer that was in no drill yet, drawn by the drill's own id."""
    where = {"tenant_id": requisition["tenant_id"], "requisition_id": requisition["id"]}
    used = {(d["interview_id"], d["question"]) for d in tx.find(Drill, where)}
    for interview in sorted(_usable(tx.find(Interview, where)), key=lambda r: _drawn(drill_id, r["id"])):
        try:
            keys.load(tx, requisition["tenant_id"], interview["candidate_id"])
        except Erased:
            continue
        choices = [c for c in _answers(tx, keys, requisition, interview) if (interview["id"], c.question) not in used]
        if choices:
            return min(choices, key=lambda c: _drawn(drill_id, c.question))
    return None


def _usable(interviews: list[Row]) -> list[Row]:
    """Those whose cards are open, of people who have withdrawn from no stage and are being rated in none."""
    waiting = {r["candidate_id"] for r in interviews if r["status"] in ("submitted", "withdrawn")}
    return [
        r
        for r in interviews
        if r["status"] in _OPEN
        and r["revealed_at"] is not None
        and rereading.going_on(r) is None
        and r["candidate_id"] not in waiting
    ]


def _drawn(drill_id: str, name: str) -> str:
    return hashlib.sha256(f"{drill_id}/{name}".encode()).hexdigest()


def _answers(tx: Tx, keys: Keyring, requisition: Row, interview: Row) -> list[_Choice]:
    """The answers of an interview that can be read in a minute, each with the first competency it can show."""
    kit = hiring.kit_of(requisition)
    asked = {q.id: q for q in kit.questions}
    name = people.name_of(tx, keys, requisition["tenant_id"], interview["candidate_id"])
    found: list[_Choice] = []
    for answer in stored_answers(tx, keys, interview):
        question = asked.get(answer.question_id)
        text = display(blinded("\n\n".join(t for _, t in answer.utterances), name_parts([name])))
        fits = len(folded(text)) >= FEWEST_WORDS and len(text) <= MOST_CHARS
        if question is not None and question.competencies and not answer.skipped and fits:
            competency: Any = next(iter(question.competencies))
            found.append(_Choice(interview, question.id, competency, question.ask, text))
    return found
