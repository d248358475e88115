"""The picture of a comparison: drawn as work of its own, since that takes some tenths of a second, and shown to whoever
asked, in their own chat. What it shows is read anew when it is drawn."""

import asyncio
from base64 import b64encode
from typing import Any

from bot.funnel import comparing
from bot.funnel.comparing import Comparison
from bot.keyring import Keyring
from bot.store.rows import Interview
from bot.store.store import Store, Tx
from bot.work.job import Job
from flows.cards import Card, File
from flows.cards import to_json as card_json
from flows.rating import standing
from flows.words import shortlist_en as words

KIND = "ComparisonPicture"


class Comparisons:
    """The worker for `ComparisonPicture`: {"interviews", "reader"} -> {"card"}; no card where there is nothing to show."""

    def __init__(self, store: Store, keys: Keyring) -> None:
        self._store, self._keys = store, keys

    async def draw(self, job: Job, now: int) -> dict[str, Any]:
        from bot.scorecards.pictures import comparison_picture, comparison_words  # numpy and more behind it

        found = await self._store.read(lambda tx: self._read(tx, job.row["tenant_id"], job.request))
        if len(found.people) < comparing.FEWEST or not found.keys:
            return {}
        people, weights = found.standings, found.weights
        ties, rest = standing.groups(people, weights), standing.unknown(people, weights)
        png = await asyncio.to_thread(comparison_picture, words.PICTURE, ties, rest)
        said = comparison_words(words.PICTURE, ties, rest)
        file = File("comparison.png", "image/png", b64encode(png).decode(), said)
        return {"card": card_json(Card(f"{words.PICTURE}.", files=(file,)))}

    def _read(self, tx: Tx, tenant_id: str, asked: dict[str, Any]) -> Comparison:
        rows = [tx.one(Interview, tenant_id=tenant_id, id=i) for i in asked["interviews"]]
        return comparing.compare(tx, self._keys, [r for r in rows if r is not None], asked["reader"])
