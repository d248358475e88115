"""Where readings are kept until the scorecard is made, and where a reading learns that nobody wants it any more.

A reading is found again by its digest, the name of everything it depends on: an answer that was changed meanwhile, another
kit or another model give another digest, and the answer is read again.
"""

from dataclasses import dataclass
from typing import Any, Protocol, cast

from bot import hiring
from bot.keyring import Keyring
from bot.store.rows import DataKey, Interview, Reading
from bot.store.store import Row, Store, Tx
from flows.rating.runs import Runs, runs_from

GONE = ("withdrawn", "expired")
STOPPED = "reading_stopped"  # flag of an interview: who stopped its reading


class Stopped(Exception):
    """Nobody wants this reading any more. `why`: withdrawn, erased or stopped; `by`: the person who stopped it."""

    def __init__(self, why: str, by: str = "") -> None:
        super().__init__(why)
        self.why, self.by = why, by


class Shelf(Protocol):
    """`spent`: tokens that readings of this interview have taken already."""

    @property
    def spent(self) -> int: ...
    def get(self, question: str, competency: str, digest: str) -> Runs | None: ...
    async def keep(self, question: str, competency: str, digest: str, runs: Runs, tokens: int) -> None: ...
    async def go_on(self) -> None:
        """Raises `Stopped` when there is no reason to go on."""
        ...


class NoShelf:
    """For a reading that nobody looks for again, such as a measurement."""

    spent = 0

    def get(self, question: str, competency: str, digest: str) -> Runs | None:
        return None

    async def keep(self, question: str, competency: str, digest: str, runs: Runs, tokens: int) -> None:
        return

    async def go_on(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class _Kept:
    digest: str
    runs: Runs
    tokens: int


class StoredShelf:
    """The readings of one interview, sealed under its candidate's key."""

    def __init__(
        self, store: Store, keys: Keyring, interview: Row, kept: dict[tuple[str, str], _Kept], at: int
    ) -> None:
        self._store, self._keys, self._interview, self._kept, self._at = store, keys, interview, kept, at

    @classmethod
    async def of(cls, store: Store, keys: Keyring, interview: Row, at: int) -> "StoredShelf":
        """What is kept for an interview. Raises `bot.keyring.Erased`."""

        def load(tx: Tx) -> dict[tuple[str, str], _Kept]:
            where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}
            rows = tx.find(Reading, where)
            keys.load(tx, interview["tenant_id"], interview["candidate_id"])
            return {(r["question"], r["competency"]): _opened(keys, r) for r in rows}

        return cls(store, keys, interview, await store.read(load), at)

    @property
    def spent(self) -> int:
        return sum(k.tokens for k in self._kept.values())

    def get(self, question: str, competency: str, digest: str) -> Runs | None:
        kept = self._kept.get((question, competency))
        return kept.runs if kept is not None and kept.digest == digest else None

    async def keep(self, question: str, competency: str, digest: str, runs: Runs, tokens: int) -> None:
        """Keep a reading in the place of an earlier one. What that one took stays counted, and so does a failed one's."""
        before = self._kept.get((question, competency))
        usable = "" if runs.problem else digest
        kept = _Kept(usable, runs, tokens + (before.tokens if before else 0))
        self._kept[question, competency] = kept
        await self._store.commit(lambda tx: self._put(tx, question, competency, kept))

    async def go_on(self) -> None:
        """Raises `Stopped` for somebody who has withdrawn or has been erased, or where a recruiter stopped it."""
        interview = await self._store.read(self._now)
        if interview is None:
            raise Stopped("erased")
        if interview["status"] in GONE:
            raise Stopped("withdrawn")
        if by := hiring.flags(interview).get(STOPPED):
            raise Stopped("stopped", by)

    def _now(self, tx: Tx) -> Row | None:
        """The interview as it is now; None when its candidate has been erased (whose key may still be at hand here)."""
        tenant_id, subject = self._interview["tenant_id"], self._interview["candidate_id"]
        if tx.one(DataKey, tenant_id=tenant_id, subject_id=subject) is None:
            return None
        return tx.one(Interview, tenant_id=tenant_id, id=self._interview["id"])

    def _put(self, tx: Tx, question: str, competency: str, kept: _Kept) -> None:
        tenant_id, subject = self._interview["tenant_id"], self._interview["candidate_id"]
        now = self._now(tx)
        if now is None or now["status"] in GONE:
            return  # they left while the model was answering: then nothing of it is kept
        sealed = self._keys.seal(tenant_id, subject, {"runs": kept.runs.to_json(), "tokens": kept.tokens})
        row: Row = {"tenant_id": tenant_id, "interview_id": self._interview["id"], "question": question}
        row |= {"competency": competency, "digest": kept.digest, "subject_id": subject, "sealed": sealed}
        tx.put(Reading, {**row, "at": self._at})


def _opened(keys: Keyring, row: Row) -> _Kept:
    body = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))
    return _Kept(row["digest"], runs_from(body["runs"]), body["tokens"])


def clear(tx: Tx, interview: Row) -> None:
    """Forget what was read in an interview: its scorecard has been made, it is to be read anew, or nobody wants it."""
    tx.delete(Reading, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]})
