"""Which recordings of an interview somebody may hear, and the record of who did.

Whoever may read an answer may hear it, with two exceptions: where names are kept from readers, a voice would tell them; and
a candidate who has withdrawn, or doesn't agree to recordings any more, isn't listened to any more.
Recordings of takes that weren't chosen are for nobody, as their words are. Taking a recording away is for recruiters.
"""

from dataclasses import dataclass

import orjson

from bot import hiring
from bot.keyring import Keyring
from bot.recordings import shelf
from bot.scene import Scene
from bot.scorecards import blind, moments
from bot.store.rows import FactRow, Recording
from bot.store.store import Row, Tx
from bot.work.script import counted_wordings, set_aside

HIDDEN, ENDED = "hidden", "ended"


@dataclass(frozen=True, slots=True)
class Audible:
    """A recording that a reader may hear: its row, what is sealed of it, and the words that count."""

    row: Row
    body: shelf.Body
    text: str


def kept_from(tx: Tx, interview: Row, reader_id: str) -> str:
    """Why nothing of an interview can be heard by somebody who may read it: the name is kept from them (HIDDEN), or the
    candidate's consent has ended (ENDED); or "" where it can."""
    if interview["status"] == "withdrawn" or hiring.flags(interview).get("consents", {}).get("recording") != "yes":
        return ENDED
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    return HIDDEN if blind.hidden(requisition, interview, reader_id) else ""


def of_interview(tx: Tx, interview: Row) -> dict[str, Row]:
    """Utterance -> its recording, also one that is gone; without practice and without takes that weren't chosen."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "purpose": "answer"}
    aside = set_aside(tx, interview)
    return {r["id"]: r for r in tx.find(Recording, where) if r["id"] not in aside}


def audible(tx: Tx, keys: Keyring, interview: Row, reader_id: str, utterance: str) -> Audible | None:
    """A recording that may be heard by this reader now; None for anything else, whatever the reason."""
    row = of_interview(tx, interview).get(utterance)
    if row is None or not row["blob"] or row["state"] in shelf.OVER:
        return None
    if not moments.may_read(tx, interview, reader_id) or kept_from(tx, interview, reader_id):
        return None
    text = counted_wordings(tx, keys, interview).get(utterance)
    return None if text is None else Audible(row, shelf.opened(tx, keys, row), text)


def noted(scene: Scene, interview: Row, reader_id: str, utterance: str, *, taken: bool) -> None:
    """Write down that somebody heard a recording (once for each), or took it away (each time)."""
    if taken:
        scene.fact("recording_taken", interview["id"], person_id=reader_id, recording=utterance)
    elif not known(scene.tx, interview, reader_id, utterance):
        scene.fact("recording_heard", interview["id"], person_id=reader_id, recording=utterance)


def known(tx: Tx, interview: Row, reader_id: str, utterance: str) -> bool:
    """Is it written down already that somebody heard a recording?"""
    where: Row = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "person_id": reader_id}
    facts = tx.find(FactRow, {**where, "name": "recording_heard"})
    return any(orjson.loads(f["data"])["recording"] == utterance for f in facts)
