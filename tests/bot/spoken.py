"""Answers that were spoken: recordings and transcripts for what a candidate has said on a stage."""

import base64
import re

from bot.media.contract import Blob
from bot.recordings import shelf, transcripts
from bot.recordings.transcripts import Heard
from bot.store.rows import Recording, Utterance
from bot.store.store import Row, Tx
from tests.bot.stagehand import Seat, Stage

WORD_MS = 300  # every word takes as long


async def spoken(stage: Stage, seat: Seat, blob: Blob | None = None, purpose: str = "answer") -> list[str]:
    """Everything that somebody has said was spoken, one word after the other; the ids. blob: the bytes of all of it."""
    interview = await stage.interview(seat)
    blob = blob or Blob("blob-1", b"key", 1_000, "audio/ogg")
    return await stage.app.store.commit(lambda tx: _recorded(stage, tx, seat, interview, blob, purpose))


def _recorded(stage: Stage, tx: Tx, seat: Seat, interview: Row, blob: Blob, purpose: str) -> list[str]:
    keys, tenant, subject = stage.app.keys, stage.app.tenant_id, interview["candidate_id"]
    keys.load(tx, tenant, subject)
    said = tx.find(Utterance, {"tenant_id": tenant, "person_id": seat.who.person_id, "version": 0}, "seq")
    for u in said:
        words = re.findall(r"\S+", str(keys.open(tenant, u["subject_id"], u["body"])))
        body = shelf.Body(mime=blob.mime, key=base64.b64encode(blob.key).decode())
        row: Row = {"tenant_id": tenant, "id": u["id"], "interview_id": interview["id"], "conversation_id": "c"}
        row |= {"thread_id": seat.who.thread_id, "person_id": seat.who.person_id, "subject_id": subject}
        row |= {"purpose": purpose, "form": "voice", "source": "web", "state": shelf.HEARD, "why": "", "picture": ""}
        row |= {"blob": blob.name, "size": blob.size, "ms": len(words) * WORD_MS, "seq": u["seq"], "at": u["at"]}
        row |= {"forget_at": None, "sealed": shelf.sealed(keys, tenant, subject, body)}
        tx.add(Recording, row)
        heard = Heard(" ".join(words), tuple((w, n * WORD_MS, (n + 1) * WORD_MS, 0.9) for n, w in enumerate(words)))
        transcripts.keep(tx, keys, row, heard, "test", "en", u["at"])
    return [u["id"] for u in said]
