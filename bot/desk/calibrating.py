"""Calibration at the desk: the weekly drill, how much ratings agree, and the rehearsal of a kit."""

from bot import hiring
from bot.calibration import drill
from bot.calibration.files import CalibrationProblem
from bot.calibration.rehearsal import rehearse
from bot.desk import boards
from bot.desk.sight import RECRUITERS, Call, say, wrong
from bot.kits import KitProblem
from bot.scene import Reply
from bot.store.rows import Measurement
from bot.store.store import Row
from flows.rating.drills import team
from flows.words import calibration_en as words
from flows.words import desk_en


def command(call: Call) -> Reply:
    """`/interview drill on|off|now TITLE`; without a title the only requisition there is."""
    verb, _, title = call.rest.strip().partition(" ")
    if verb.casefold() not in ("on", "off", "now"):
        return wrong(words.HOW_DRILL)
    found = call.sight.titled(title, *RECRUITERS)
    if not found:
        return wrong(desk_en.no_such(title.strip()) if title.strip() else desk_en.NO_REQUISITION)
    if len(found) > 1:
        return say(desk_en.several_titles(title.strip(), tuple(r["title"] for r in found)))
    return _drill(call, verb.casefold(), found[0])


def _drill(call: Call, verb: str, requisition: Row) -> Reply:
    title = requisition["title"]
    if verb == "now":
        done = drill.post(call.scene, requisition)
        return say(desk_en.plain(words.drill_posted(title))) if done else wrong(words.NO_ANSWER_YET)
    drill.switch(call.scene, requisition, verb == "on")
    return say(desk_en.plain(words.drill_on(title) if verb == "on" else words.drill_off(title)))


def calibration(call: Call) -> Reply:
    """`/interview calibration`: one's own standing; for recruiters the team's agreement too, without a name."""
    scene, sight = call.scene, call.sight
    own = words.own_lean(drill.own_standing(scene.tx, scene.tenant_id, call.person_id))
    mine = sight.requisitions(*RECRUITERS)
    lines = tuple(
        (r["title"], words.team_line(team(drill.team_levels(scene.tx, scene.tenant_id, {r["id"]})))) for r in mine
    )
    return say(words.calibration(own, lines, _measured(call, mine)))


def _measured(call: Call, requisitions: list[Row]) -> tuple[tuple[str, str], ...]:
    """What `parley calibrate` found for the kits of these requisitions, in the versions they use."""
    used = {(r["kit_name"], r["kit_version"]): hiring.kit_of(r) for r in requisitions}
    found: list[tuple[str, str]] = []
    for (name, version), kit in used.items():
        where = {"tenant_id": call.scene.tenant_id, "kit_name": name, "kit_version": version}
        for row in call.scene.tx.find(Measurement, where, "competency,question,scorer"):
            competency = kit.competencies.get(row["competency"])
            title = (competency.title if competency else "") or row["competency"]
            found.append((f"{kit.title}: {title}", words.measured_line(row["scorer"], row["verdict"])))
    return tuple(found)


def kit(call: Call) -> Reply:
    """`/interview kit NAME` shows a kit, `/interview kit rehearse NAME` tries it on people who don't exist."""
    verb, _, name = call.rest.strip().partition(" ")
    if verb.casefold() != "rehearse":
        return boards.kit(call)
    if not name.strip():
        return wrong(words.HOW_REHEARSE)
    try:
        found = rehearse(call.office.kits.load(name.strip()))
    except KitProblem:
        return wrong(desk_en.UNKNOWN_KIT)
    except CalibrationProblem as problem:
        return wrong(str(problem))
    apart = tuple((row.title, row.apart) for row in found.rows)
    return say(words.rehearsed(found.kit, found.good, apart, tuple(f.text for f in found.findings)))
