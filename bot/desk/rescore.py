"""A recruiter looks at what software has read of an interview, has it read again, or stops a reading."""

from bot import hiring
from bot.desk.sight import RECRUITERS, Call, not_found, say, wrong
from bot.kits import KitProblem
from bot.scene import Reply
from bot.scorecards import rescoring
from bot.store.store import Row
from flows.cards import Option
from flows.cards import Row as CardRow
from flows.kits.model import Kit
from flows.words import desk_en, rescore_en


def show(call: Call, interview: Row) -> Reply:
    """The versions of the machine's card, where a reading stands, and what can be done about it."""
    sight = call.sight
    now = rescoring.state(sight.tx, interview)
    if now is None and not rescoring.readable(sight.tx, interview):
        return wrong(rescore_en.NO_ANSWERS)
    rows = tuple(_row(call, v) for v in rescoring.versions(sight.tx, sight.keys, interview))
    says = rescore_en.reading(now.running, now.behind, now.done, now.total) if now else rescore_en.NOT_READING
    card = rescore_en.machine_cards(sight.name(interview), says, rows, _options(call, interview, now is not None))
    return say(card, f"do:rescore:{interview['id']}")


def _row(call: Call, version: rescoring.Version) -> CardRow:
    by = version.card.stopped_by if version.card else ""
    name = call.sight.name_of(by) if by else ""
    return rescore_en.version_row(version.number, hiring.day_words(version.at), version.card, name)


def _options(call: Call, interview: Row, under_way: bool) -> tuple[Option, ...]:
    if under_way:
        return (rescore_en.STOP, rescore_en.CLOSE)
    kit = _newer(call, interview)
    return (rescore_en.AGAIN, *((rescore_en.newer(kit.version),) if kit else ()), rescore_en.CLOSE)


def _newer(call: Call, interview: Row) -> Kit | None:
    """The kit of the library, where it is newer than the requisition's own copy."""
    requisition = hiring.get_requisition(call.sight.tx, call.sight.tenant_id, interview["requisition_id"])
    try:
        kit = call.office.kits.load(requisition["kit_name"])
    except KitProblem:
        return None
    return kit if kit.version > requisition["kit_version"] else None


def press(call: Call, ids: list[str], option: str) -> Reply:
    """One of its buttons; everything is looked at again."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    if interview is None:
        return not_found()
    if option == rescore_en.STOP.id:
        stopped = rescoring.stop(call.scene, interview, call.person_id)
        return say(desk_en.plain(rescore_en.STOPPING)) if stopped else wrong(rescore_en.NONE_UNDER_WAY)
    if option not in (rescore_en.AGAIN.id, "newer"):
        return say(desk_en.plain(desk_en.NOTHING_CHANGED))
    kit = _newer(call, interview) if option == "newer" else None
    if option == "newer" and kit is None:
        return wrong(rescore_en.NO_NEWER)
    if not rescoring.readable(call.sight.tx, interview):
        return wrong(rescore_en.NO_ANSWERS)
    asked = rescoring.ask(call.scene, interview, call.person_id, kit)
    return say(desk_en.plain(rescore_en.ASKED)) if asked else wrong(rescore_en.UNDER_WAY)
