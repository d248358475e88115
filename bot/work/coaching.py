"""How a practice answer was delivered, from what was heard in its recordings: for whoever gave it, and nobody else.

Answered within the turn that asks. Nothing that rates imports this, or could read what comes of it.
"""

from dataclasses import asdict
from typing import Any, cast

from bot.keyring import Keyring
from bot.recordings import shelf, transcripts
from bot.store.rows import Coaching as CoachingRow
from bot.store.store import Tx
from bot.threads import Conv
from bot.work.language import detect
from flows.delivery.measures import Take, measure
from flows.practice.coaching import Coach, Coaching
from flows.practice.questions import LANGUAGE


class Coaches:
    """Measures practice answers."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys

    def coach(self, tx: Tx, *, conv: Conv, request: Coach) -> Coaching:
        """The measures of the recordings that were heard word by word; without any, the language of what was written."""
        takes = [take for u in request.spoken if (take := self._take(tx, conv, u)) is not None]
        written = "\n".join(conv.journal.told[u][-1] for u in request.utterances if u in conv.journal.told)
        if not takes:
            return Coaching(detect(written, (LANGUAGE,)) or "")
        told = measure(takes)
        return Coaching(language=takes[0].language, before=self._before(tx, conv, request.spoken), **asdict(told))

    def _take(self, tx: Tx, conv: Conv, u: str) -> Take | None:
        tenant_id = conv.row["tenant_id"]
        recording = shelf.get(tx, tenant_id, u)
        if recording is None or recording["conversation_id"] != conv.id:
            return None
        heard = transcripts.of(tx, self._keys, tenant_id, u)
        if heard is None:
            return None
        words = tuple((text, start, end) for text, start, end, _ in heard.words)
        return Take(words, heard.speech, recording["ms"], transcripts.language_of(tx, recording))

    def _before(self, tx: Tx, conv: Conv, spoken: tuple[str, ...]) -> int | None:
        """The pace of the person's last recording before these."""
        where = {"tenant_id": conv.row["tenant_id"], "subject_id": conv.row["subject_id"]}
        for row in tx.find(CoachingRow, where, "-at"):
            self._keys.load(tx, row["tenant_id"], row["subject_id"])
            told = cast("dict[str, Any]", self._keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))
            if row["recording_id"] not in spoken and told["pace"] is not None:
                return told["pace"]
        return None
