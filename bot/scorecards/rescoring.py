"""Machine scorecards and their versions: keeping one that has been made, reading the answers again, stopping a reading.

Every version is kept; the newest counts, and it is sealed as long as the others are. Reading again changes the machine's
card only: people rated with the requisition's own kit, and their ratings stay with it.
"""

from dataclasses import dataclass
from typing import Any, cast

from bot import hiring, people
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scorecards import rereading, sealing
from bot.store.rows import FactRow, Scorecard
from bot.store.store import Row, Tx
from bot.work.progress import Standing, standing
from bot.work.shelf import STOPPED, clear
from flows.cards import to_json as card_json
from flows.kits.model import Kit
from flows.rating.card import MachineCard
from flows.words import rescore_en as words

READABLE = ("submitted", "scored")


@dataclass(frozen=True, slots=True)
class Version:
    """One machine card. Before the reveal only that it exists is known: `card` is None then."""

    number: int
    at: int
    card: MachineCard | None = None


def versions(tx: Tx, keys: Keyring, interview: Row) -> list[Version]:
    """Every machine card of an interview, the oldest first. Sealed and covered ones are not even decrypted."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "rater_id": "machine"}
    return [Version(row["version"], row["at"], _open(tx, keys, row)) for row in tx.find(Scorecard, where, "version")]


def _open(tx: Tx, keys: Keyring, row: Row) -> MachineCard | None:
    if row["state"] != "revealed":
        return None
    keys.load(tx, row["tenant_id"], row["subject_id"])
    body = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))
    return MachineCard.from_json(body) if "results" in body else None


def state(tx: Tx, interview: Row) -> Standing | None:
    """Where a reading of this interview stands; None when there is none to wait for."""
    return standing(tx, interview)


def readable(tx: Tx, interview: Row) -> bool:
    """Are there answers to read, and is it not over?"""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "name": "submitted"}
    return interview["status"] in READABLE and bool(tx.find(FactRow, where, "at", 1))


def ask(scene: Scene, interview: Row, by: str, kit: Kit | None = None) -> bool:
    """Have the answers read again with the model of now, and with another version of the kit where one is given.

    The caller has checked the role. False when a reading is under way, or there is nothing to read.
    """
    if not readable(scene.tx, interview) or state(scene.tx, interview) is not None:
        return False
    interview = hiring.set_flags(scene.tx, hiring.hold(scene.tx, interview), **{STOPPED: ""})
    clear(scene.tx, interview)  # the same model would find its own readings and say the same again
    request = {"again": by, "kit": kit.model_dump(mode="json") if kit else None}
    ids = {"conversation_id": "", "interview_id": interview["id"], "subject_id": interview["candidate_id"]}
    scene.work("Assess", request, **ids, step="", quietly=True)
    scene.fact("rescore_asked", interview["id"], person_id=by, kit_version=kit.version if kit else 0)
    return True


def stop(scene: Scene, interview: Row, by: str) -> bool:
    """Stop the reading that waits or is under way: text matching takes its place. False when there is none."""
    if state(scene.tx, interview) is None:
        return False
    interview = hiring.set_flags(scene.tx, hiring.hold(scene.tx, interview), **{STOPPED: by})
    scene.fact("reading_stopped", interview["id"], person_id=by)
    return True


def keep(scene: Scene, data: dict[str, Any]) -> None:
    """A reading has come back: keep the card, sealed with the others, and open them where it was the last that was due."""
    interview = hiring.hold(scene.tx, hiring.get_interview(scene.tx, scene.tenant_id, data["interview"]))
    before = hiring.cards_of(scene.tx, scene.tenant_id, interview["id"]).get("machine")
    again, card = data.get("again", ""), data["card"]
    if data.get("ended") or interview["status"] == "withdrawn" or (before is not None and not again):
        return
    clear(scene.tx, interview)
    if before is not None and ("results" not in card or card.get("fallback")):
        _tell(scene, interview, again, kept=False)
        return  # nothing better came of it, so the card that there is stays the newest
    if data["gate"]:
        interview = hiring.set_flags(scene.tx, interview, gate=data["gate"])
    early = interview["revealed_at"] is not None
    # While somebody reads again, what comes late is covered with the rest.
    sealed = "frozen" if rereading.going_on(interview) else "revealed" if early else "submitted"
    version = before["version"] + 1 if before else 1
    sealing.keep_card(scene, interview, "machine", card.get("kind", "none"), sealed, card, version)
    if early and before is None:  # a recruiter opened the cards before the answers had been read
        sealing.give_feedback(scene, interview)
    sealing.maybe_reveal(scene, interview)
    if again:
        _tell(scene, interview, again, kept=True)
    # The letter may have come to the candidate's chat, or to a recruiter's; the post is the channel's.
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, "scorecard", interview["id"], interview, requisition["channel_id"])


def _tell(scene: Scene, interview: Row, person_id: str, kept: bool) -> None:
    """Tell whoever asked that it has been done; nothing of what stands in the card."""
    subject = interview["candidate_id"]
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, subject)
    opened = interview["revealed_at"] is not None and not rereading.going_on(interview)
    card = words.read_again(name, opened) if kept else words.not_read_again(name)
    chat = people.thread_of(scene.tx, scene.tenant_id, person_id)
    scene.send(chat, "tell", subject, card=card_json(card), subject_id=subject)
