"""Which quotes of a machine's card were spoken, so that their words can be heard. Reads rows and cards; shows nothing."""

from bot import hiring
from bot.recordings import shelf
from bot.scorecards import blind
from bot.store.rows import Recording
from bot.store.store import Row, Tx
from flows.rating.card import MachineCard, MachineMark


def quoted(tx: Tx, interview: Row, card: MachineCard | None) -> dict[str, tuple[MachineMark, ...]]:
    """Competency -> its quotes whose recordings are still there, in the order of the card.

    Nothing in blind mode: a channel that doesn't read names hears no voices.
    """
    if card is None or nameless(tx, interview):
        return {}
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "purpose": "answer"}
    there = {r["id"] for r in tx.find(Recording, where) if r["blob"] and r["state"] not in shelf.OVER}
    if not there:
        return {}
    found = {
        r.competency: tuple(
            m for m in r.marks if m.status == "found" and m.quote and m.span and m.span.utterance_id in there
        )
        for r in card.results
    }
    return {key: marks for key, marks in found.items() if marks}


def nameless(tx: Tx, interview: Row) -> bool:
    """Does the channel read of this candidate without a name?"""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    return blind.hidden(requisition, interview, "")
