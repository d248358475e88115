"""Remarks on moments of a transcript. A remark is its author's alone until the scorecards are open, then the panel's.

`sealing.reveal` opens them with the cards. Nothing here states a fact: that somebody has remarked on something would be known before the reveal.
"""

from dataclasses import dataclass
from hashlib import blake2s
from typing import Any, cast

from bot import people
from bot.keyring import Keyring
from bot.people import Refused
from bot.scene import Scene
from bot.scorecards import moments, rating
from bot.store.rows import Comment
from bot.store.store import Row, Tx
from bot.work.reading import counted_wordings, set_aside
from flows.words import review_page_en as words

MOST = 2000  # characters of one remark


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark as one reader may see it. `start`, `end`: characters of the wording that counted (0, 0: the whole
    answer). `under`: the remark that it answers, or "". `shared`: others see it too."""

    id: str
    utterance_id: str
    start: int
    end: int
    author: str
    mine: bool
    text: str
    under: str
    shared: bool
    at: int


def add(
    scene: Scene,
    interview: Row,
    author_id: str,
    utterance_id: str,
    text: str,
    start: int = 0,
    end: int = 0,
    *,
    under: str = "",
    event: str = "",
) -> str | Refused:
    """Remark on a moment, or answer a remark (`under`); the id of the remark.

    start, end: which characters of the wording that counted; 0, 0 for the whole answer. event: names what the person
    did, so that the same event twice is one remark. Refused with a kind sentence for text that can't be kept, words that
    aren't there, and somebody who may not read this transcript.
    """
    said = text.strip()
    if not moments.may_read(scene.tx, interview, author_id):
        return Refused("not_found", words.NOT_YOURS)
    if not said or len(said) > MOST:
        return Refused("empty" if not said else "long", words.TOO_LONG if said else words.EMPTY)
    if under:
        parent = _parent(scene, interview, author_id, under)
        if isinstance(parent, Refused):
            return parent
        utterance_id, start, end, under = parent["utterance_id"], parent["start"], parent["end"], _root(scene, parent)
    elif not _is_moment(scene, interview, utterance_id, start, end):
        return Refused("no_moment", words.NO_MOMENT)
    subject = interview["candidate_id"]
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    comment_id = _id_of(scene.ids.new("cm"), interview, author_id, event)
    row: Row = {"tenant_id": scene.tenant_id, "id": comment_id, "interview_id": interview["id"]}
    row |= {"utterance_id": utterance_id, "start": start, "end": end, "author_id": author_id, "subject_id": subject}
    row |= {"sealed": scene.keys.seal(scene.tenant_id, subject, {"text": said, "under": under}), "at": scene.at}
    shared = scene.at if interview["revealed_at"] is not None else None
    scene.tx.add(Comment, {**row, "revealed_at": shared})
    return comment_id


def remove(scene: Scene, interview: Row, author_id: str, comment_id: str) -> Refused | None:
    """Remove a remark of one's own; nobody else's can be."""
    key = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "id": comment_id, "author_id": author_id}
    return None if scene.tx.delete(Comment, key) else Refused("not_found", words.GONE)


def visible(tx: Tx, keys: Keyring, interview: Row, reader_id: str, everything: bool) -> list[Remark]:
    """The remarks that a reader may see, in order of time: their own, and with `everything` (they may see the open
    scorecards) all."""
    tenant_id, subject = interview["tenant_id"], interview["candidate_id"]
    where: Row = {"tenant_id": tenant_id, "interview_id": interview["id"]}
    if not everything:
        where["author_id"] = reader_id
    rows = tx.find(Comment, where, "at,id")
    keys.load(tx, tenant_id, subject)
    known = {r["id"] for r in rows}
    return [_remark(tx, keys, row, reader_id, everything, known) for row in rows]


def count_of(tx: Tx, interview: Row) -> int:
    """How many remarks there are, for a record that is made after the reveal."""
    return len(tx.find(Comment, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}))


def _remark(tx: Tx, keys: Keyring, row: Row, reader_id: str, everything: bool, known: set[str]) -> Remark:
    body = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))
    author, under = people.name_of(tx, keys, row["tenant_id"], row["author_id"]), str(body.get("under", ""))
    place = row["id"], row["utterance_id"], row["start"], row["end"]
    # An answer to a remark that was removed stands by itself.
    kept = under if under in known else ""
    return Remark(*place, author, row["author_id"] == reader_id, body["text"], kept, everything, row["at"])


def _parent(scene: Scene, interview: Row, author_id: str, under: str) -> Row | Refused:
    if not rating.may_see_cards(scene.tx, interview, author_id):
        return Refused("not_open", words.NOT_OPEN)
    row = scene.tx.one(Comment, tenant_id=scene.tenant_id, interview_id=interview["id"], id=under)
    return row if row is not None else Refused("not_found", words.GONE)


def _root(scene: Scene, parent: Row) -> str:
    """Answers stand under the remark itself, so that a thread has one level."""
    scene.keys.load(scene.tx, scene.tenant_id, parent["subject_id"])
    body = cast("dict[str, Any]", scene.keys.open(scene.tenant_id, parent["subject_id"], parent["sealed"]))
    return str(body.get("under", "")) or parent["id"]


def _is_moment(scene: Scene, interview: Row, utterance_id: str, start: int, end: int) -> bool:
    if utterance_id in set_aside(scene.tx, interview):
        return False
    text = counted_wordings(scene.tx, scene.keys, interview).get(utterance_id)
    return text is not None and (0 <= start < end <= len(text) or (start, end) == (0, 0))


def _id_of(new: str, interview: Row, author_id: str, event: str) -> str:
    if not event:
        return new
    return "cm_" + blake2s(f"{interview['id']}/{author_id}/{event}".encode(), digest_size=10).hexdigest()
