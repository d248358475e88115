"""How the recording of a tech check arrived. Answered within the turn that asks; nothing of it is kept."""

from bot.keyring import Keyring
from bot.recordings import shelf, transcripts, uploads
from bot.store.store import Row, Tx
from bot.threads import Conv
from flows.techcheck.sounds import HowItSounds, Sounds


class Checks:
    """Tells how recordings arrived."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys

    def sounds(self, tx: Tx, *, conv: Conv, request: HowItSounds) -> Sounds:
        """Of a recording of this conversation; without words where there is none."""
        tenant_id = conv.row["tenant_id"]
        row = shelf.get(tx, tenant_id, request.utterance)
        if row is None or row["conversation_id"] != conv.id:
            return Sounds(0, 0)
        body, heard = shelf.opened(tx, self._keys, row), transcripts.of(tx, self._keys, tenant_id, row["id"])
        seconds = row["ms"] / 1000
        minute = self._minute(tx, row, body, seconds)
        words = len(heard.words) if heard else 0
        return Sounds(seconds, words, row["form"] == "video", body.hints, minute)

    def _minute(self, tx: Tx, row: Row, body: shelf.Body, seconds: float) -> float | None:
        """How many seconds it takes to send a minute like this one; None where it didn't come from a page."""
        took = uploads.took(tx, self._keys, row["tenant_id"], body.ref.get("upload", ""))
        return None if took is None or seconds <= 0 else round(took / 1000 * 60 / seconds, 1)
