"""The work of making a record's document, for whoever asked for it in a chat."""

import asyncio
from base64 import b64encode
from typing import Any

from bot import hiring
from bot.keyring import Erased, Keyring
from bot.scorecards import record, record_paper
from bot.scorecards.record import Record
from bot.store.store import Store, Tx
from bot.work.job import Job
from flows.cards import Card, File, Link
from flows.cards import to_json as card_json
from flows.words import record_en as words

MOST = 200_000  # bytes of a document in a chat
KIND = "application/pdf"


class Papers:
    """The worker for `RecordPaper`: {"reader"} -> {"card", "subject"}; no card where there is (no longer) a record."""

    def __init__(self, store: Store, keys: Keyring, base_url: str) -> None:
        self._store, self._keys, self._base_url = store, keys, base_url

    async def make(self, job: Job, now: int) -> dict[str, Any]:
        """Read what is open now, and write it down. Whether they may have it is looked at again here."""
        row, reader = job.row, str(job.request["reader"])
        about = row["tenant_id"], row["interview_id"], reader, now
        found = await self._store.read(lambda tx: of_interview(tx, self._keys, *about))
        if found is None:
            return {"subject": row["subject_id"]}
        paper = await asyncio.to_thread(record_paper.pdf, found)
        return {"subject": row["subject_id"], "card": card_json(self._card(found, paper, row["interview_id"]))}

    def _card(self, found: Record, paper: bytes, interview_id: str) -> Card:
        url = f"{self._base_url}/review/{interview_id}/record.pdf"
        if len(paper) > MOST:
            return Card(words.TOO_LARGE, links=(Link(words.FILE, url),))
        said = words.sent(found.candidate)
        return Card(said, files=(File(words.FILE, KIND, b64encode(paper).decode(), said),))


def of_interview(tx: Tx, keys: Keyring, tenant_id: str, interview_id: str, reader_id: str, at: int) -> Record | None:
    """An interview's record for one reader; None where there is none for them, whatever the reason."""
    try:
        interview = hiring.get_interview(tx, tenant_id, interview_id)
        return record.gather(tx, keys, interview, reader_id, at)
    except (LookupError, Erased):
        return None
