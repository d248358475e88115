"""The brief: what an interviewer should know before they meet somebody, and nothing that anchors them.

No level, no recommendation, nobody's reasons; adjustments that a candidate asked for are not in it either.
"""

from bot import hiring, people
from bot.guiding import focus, known, plan, team
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scheduling import appointments, readers
from bot.store.rows import FactRow
from bot.store.store import Row, Tx
from calendar_sync import when
from flows.cards import Card
from flows.cards import Row as CardRow
from flows.kits.model import Kit
from flows.words import brief_en as words


def card(tx: Tx, keys: Keyring, interview: Row, row: Row, person: str) -> Card:
    """The brief of one person for an appointment. row: of this interview; person: who reads it."""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    kit, seen = hiring.kit_of(requisition), known.before(tx, keys, interview)
    mine = focus.mine(list(kit.competencies), interview, person)
    rows = [*_around(tx, keys, interview, requisition, kit, row, person, mine)]
    for key in mine:
        left, name = seen.open[key], plan.title(kit, key)
        if seen.earlier and left:
            texts = (kit.competencies[key].indicators[i].text for i in left)
            rows.append(CardRow(words.still_open(name), "; ".join(texts)))
        if follow_ups := plan.probes(kit, key, left):
            rows.append(CardRow(words.ask(name), " ".join(follow_ups)))
    rows.append(CardRow(words.PRIVATE, words.PRIVATE_TOPICS))
    shown = [(plan.title(kit, k), seen.shown[k]) for k in mine if k in seen.shown]
    name = people.name_of(tx, keys, interview["tenant_id"], interview["candidate_id"])
    first = not (seen.earlier or seen.sealed)
    start = row["state"] in team.COMING and person in team.sitting(tx, row)
    return words.brief(name, requisition["title"], rows, shown, seen.sealed, first, start)


def _around(
    tx: Tx, keys: Keyring, interview: Row, requisition: Row, kit: Kit, row: Row, person: str, mine: list[str]
) -> list[CardRow]:
    said = appointments.words_of(tx, keys, row)
    others = [
        f"{readers.name(tx, keys, interview['tenant_id'], p)} ({', '.join(plan.title(kit, k) for k in own)})"
        for p, own in focus.of(interview).items()
        if p != person and own
    ]
    rows = [
        (words.NOTE, said["note"]),
        (words.ROLE, f"{requisition['title']}. {kit.role}".strip() if kit.role else requisition["title"]),
        (words.PART, ", ".join(plan.title(kit, k) for k in mine)),
        (words.COLLEAGUES, "; ".join(others)),
    ]
    if row["zone"] and row["start_minute"] is not None:
        at = row["start_minute"]
        rows.append((words.TIME_THERE, f"{when.zone_label(row['zone'], at)}: {when.spoken(at, row['zone'])}"))
    return [CardRow(label, value) for label, value in rows if value]


def give(scene: Scene, row: Row, person: str) -> None:
    """Show somebody their brief for an appointment in their own chat (this scene's), once for each appointment."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, row["interview_id"])
    shown = card(scene.tx, scene.keys, interview, row, person)
    scene.show(shown, subject_id=row["candidate_id"], interview_id=interview["id"], token=f"do:mine:{row['id']}")
    scene.fact("brief_given", interview["id"], person_id=person, appointment=row["id"])


def given(tx: Tx, row: Row, person: str) -> bool:
    where = {
        "tenant_id": row["tenant_id"],
        "interview_id": row["interview_id"],
        "name": "brief_given",
        "person_id": person,
    }
    return any(row["id"] in f["data"] for f in tx.find(FactRow, where))
