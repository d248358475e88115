"""`/interview compare`: two to ten candidates side by side, by competency, with the best evidence of each."""

from bot import hiring
from bot.desk import drafts, many, opened
from bot.desk.sight import RECRUITERS, TEAM, Call, not_found, say, wrong
from bot.funnel import beside, comparing, picturing
from bot.funnel.comparing import MOST, Comparison
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.scorecards import blind
from bot.store.rows import BatchItem, Interview
from bot.store.store import Row
from flows.cards import Option
from flows.cards import from_json as card_from
from flows.words import desk_en
from flows.words import shortlist_en as words


def command(call: Call) -> Reply:
    """`/interview compare A, B, C`, by names or by neutral labels."""
    names = opened.parted(call.rest)
    if not comparing.FEWEST <= len(names) <= MOST:
        return wrong(words.HOW_COMPARE)
    found = opened.named(call, names)
    return found if isinstance(found, Reply) else shown(call, [c.interview_id for c in found])


# -- the card ----------------------------------------------------------------------------------------------------


def shown(call: Call, ids: list[str]) -> Reply:
    """The comparison of these interviews: at once in words; a picture follows in the person's own chat."""
    rows = [row for i in ids[:MOST] if (row := call.sight.interview(i, *TEAM)) is not None and _mine(call, row)]
    if not rows:
        return not_found()
    found = comparing.compare(call.scene.tx, call.scene.keys, rows, call.person_id)
    if len(found.people) < comparing.FEWEST or not found.keys:
        return wrong(words.GONE)
    items = [{"interview": p.interview_id} for p in found.people]
    draft = drafts.keep(call.scene, call.person_id, "compare", items)
    card = beside.card_of(found, _options(call, found, rows), len(ids) - len(rows))
    request = {"interviews": [p.interview_id for p in found.people], "reader": call.person_id}
    call.scene.work(
        picturing.KIND, request, conversation_id="", interview_id="", subject_id=call.person_id, step=""
    )  # fmt: skip
    return say(card, f"do:cmp:{draft}" if card.options else "")


def _mine(call: Call, interview: Row) -> bool:
    return opened.readable(call.sight, call.sight.requisition(interview["requisition_id"], *TEAM))


def _options(call: Call, found: Comparison, rows: list[Row]) -> tuple[Option, ...]:
    names = (words.SHOW_NAMES,) if any(p.hidden for p in found.people) else ()
    mine = all(call.sight.may(r["requisition_id"], *RECRUITERS) for r in rows)
    waiting = any(r["status"] == "scored" for r in rows)
    return (*names, words.ADVANCE, words.REJECT) if mine and waiting else names if mine else ()


# -- buttons ---------------------------------------------------------------------------------------------------


def press(call: Call, ids: list[str], option: str) -> Reply:
    """A button of a comparison."""
    several = compared_in(call.scene, ids[0], call.person_id)
    rows = [row for i in several if (row := call.sight.interview(i, *RECRUITERS)) is not None]
    if not rows:
        return not_found()
    if option in ("advance", "reject"):
        return many.ask(call, option, [r["id"] for r in rows])
    if option != "names":
        return wrong(desk_en.TOO_LATE)
    for row in rows:
        show_name(call, row)
    return shown(call, [r["id"] for r in rows])


def compared_in(scene: Scene, draft: str, person_id: str) -> list[str]:
    """The interviews of somebody's own comparison; none once it is forgotten, or when it is somebody else's."""
    batch = drafts.batch_of(scene, draft, person_id, "compare")
    if batch is None:
        return []
    n = len(scene.tx.find(BatchItem, {"tenant_id": scene.tenant_id, "batch_id": draft}))
    return [item["interview"] for at in range(n) if (item := drafts.item(scene, batch, at)) is not None]


def show_name(call: Call, interview: Row) -> None:
    """From now on this person sees the name of a candidate, in every interview of that requisition; it is recorded."""
    scene = call.scene
    where = {"tenant_id": scene.tenant_id, "requisition_id": interview["requisition_id"]}
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    if not blind.hidden(requisition, interview, call.person_id):
        return
    for row in scene.tx.find(Interview, {**where, "candidate_id": interview["candidate_id"]}):
        named_to = hiring.flags(row).get("named", [])
        hiring.set_flags(scene.tx, row, named=[*named_to, call.person_id])
    scene.fact("name_shown", interview["id"], person_id=call.person_id)


def drawn(scene: Scene, mail: Mail) -> None:
    """The letter `compared`: the picture is there, if there was anything to draw."""
    if "card" in mail.data:
        scene.show(card_from(mail.data["card"]))
