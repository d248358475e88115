"""Work that takes a while: reading answers for their evidence, phrasing a follow-up with a model.

Answers are read as they close (`ahead`), so that little is left to read when the interview has been sent off (`assess`).
Neither holds up a conversation, and nothing is read for somebody who has withdrawn.
"""

import asyncio
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakValueDictionary

from bot import hiring
from bot.doctor_embeddings import missing
from bot.keyring import Keyring
from bot.log import get
from bot.settings import Settings
from bot.store.rows import Conversation
from bot.store.store import Row, Store, Tx
from bot.threads import load_conversation
from bot.work import script as scripts
from bot.work.answers import answer_text, choose_probe
from bot.work.embeddings import Embeddings
from bot.work.job import Job, Report
from bot.work.language import detect
from bot.work.proposals import next_proposal
from bot.work.script import Script, asked_follow_ups, closed_gates, counted_wordings, set_aside, stored_answers
from bot.work.shelf import GONE, Stopped, StoredShelf, clear
from flows.kits.lint import lint
from flows.kits.model import Kit
from flows.rating.card import MachineCard, evidence_card
from flows.rating.evidence import Answered
from flows.rating.matching import Trust
from flows.rating.topic import Near
from flows.requests import ChooseProbe, FollowUp, decode_request, encode_result

if TYPE_CHECKING:
    from bot.work.assess import Assessor

__all__ = [
    "MATCHING",
    "Reading",
    "asked_follow_ups",
    "closed_gates",
    "counted_wordings",
    "read_by_matching",
    "set_aside",
    "stored_answers",
]

log = get("reading")
MATCHING = "evidence-map"  # the scorer's name in measurements


class Reading:
    """Reads interviews. Fails closed: what cannot be read is "not scored", with the reason."""

    def __init__(self, store: Store, keys: Keyring, settings: Settings, assessor: "Assessor | None") -> None:
        self._store, self._keys, self._settings, self._assessor = store, keys, settings, assessor
        self._near = _near(settings.embeddings_folder)
        # One reading at a time for each interview: what one has read and spent, the next one knows.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ahead(self, job: Job, at: int) -> dict[str, Any]:
        """Read one answer that has closed, and keep what the model saw in it. Whatever goes wrong, `assess` reads it."""
        assessor = self._assessor
        async with self._lock(job.row):
            found = await self._store.read(lambda tx: self._so_far(tx, job.row, job.request["question"], at))
            if assessor is None or found is None or found.closed or not found.answers or not _clean(found.kit):
                return {}
            shelf = await StoredShelf.of(self._store, self._keys, found.interview, at)
            try:
                await assessor.read_ahead(found.kit, found.answers[0], found.follow_ups, found.names, shelf)
            except Stopped as stopped:
                await self._forget(found.interview, stopped)
        return {}

    async def assess(self, job: Job, at: int) -> dict[str, Any]:
        """The machine's card of a finished interview: `{"interview", "gate": [reasons], "card": json}`.

        With `"ended"` instead, where nobody wants it any more. The request may hold another `kit` to read with.
        """
        kit = Kit.model_validate(job.request["kit"]) if job.request.get("kit") else None
        answer: dict[str, Any] = {"interview": job.row["interview_id"], "again": job.request.get("again", "")}
        async with self._lock(job.row):
            found = await self._store.read(lambda tx: self._script(tx, job.row, at, kit))
            answer |= {"gate": list(found.closed), "card": {"kind": "none"}}
            if found.closed:
                return answer
            try:
                answer["card"] = (await self._card(found, job.report, at)).to_json()
            except Stopped as stopped:
                await self._forget(found.interview, stopped)
                if stopped.why != "stopped":
                    return {**answer, "ended": stopped.why}
                answer["card"] = (await self._by_matching(found, "stopped", stopped.by)).to_json()
        return answer

    async def probe(self, job: Job, at: int) -> dict[str, Any]:
        """The next follow-up: what the team has proposed, if it fits here; else which indicator is code's choice, the wording a model's if it passes the checks."""
        request = cast("ChooseProbe", decode_request(job.request))
        kit, names, texts = await self._store.read(lambda tx: self._said(tx, job.row, request))
        wished = await self._store.read(lambda tx: next_proposal(tx, self._keys, job.row, kit, request))
        if wished is not None:  # in the words of whoever proposed it
            return encode_result(wished)
        chosen = choose_probe(kit, request, "\n\n".join(t for _, t in texts))
        if isinstance(chosen, FollowUp) and self._assessor is not None:
            shows = kit.question(request.question).competencies
            competency = next(c for c, keys in shows.items() if chosen.indicator in keys)
            text = await self._assessor.follow_up(kit, request.question, competency, texts, names)
            chosen = FollowUp(chosen.indicator, text, "model") if text else chosen
        return encode_result(chosen)

    # -- inside -------------------------------------------------------------------------------------

    def _lock(self, row: Row) -> asyncio.Lock:
        return self._locks.setdefault(f"{row['tenant_id']}/{row['interview_id']}", asyncio.Lock())

    async def _card(self, found: Script, report: Report, at: int) -> MachineCard:
        assessor = self._assessor
        if assessor is None or not _clean(found.kit):
            return await self._by_matching(found, "" if assessor is None else "kit_fails_lint")
        from bot.work.assess import Around  # loaded already: it brought the assessor

        shelf = await StoredShelf.of(self._store, self._keys, found.interview, at)
        await shelf.go_on()
        measured, matching = await self._trust(found, assessor.scorer), await self._trust(found, MATCHING)
        around = Around(found.names, measured, matching, self._near)
        card = await assessor.assess(found.kit, found.answers, found.follow_ups, report, around=around, shelf=shelf)
        await shelf.go_on()  # somebody may have left, or stopped it, while the last answers were on their way
        return card

    async def _by_matching(self, found: Script, fallback: str, stopped_by: str = "") -> MachineCard:
        trust = await self._trust(found, MATCHING)
        return await asyncio.to_thread(
            read_by_matching, found.kit, found.answers, fallback, trust, self._near, stopped_by
        )

    async def _trust(self, found: Script, scorer: str) -> Trust:
        return await self._store.read(lambda tx: scripts.trust(tx, found.interview["tenant_id"], found.kit, scorer))

    async def _forget(self, interview: Row, stopped: Stopped) -> None:
        """Who has withdrawn leaves no readings behind."""
        if stopped.why != "stopped":
            await self._store.commit(lambda tx: clear(tx, interview))

    def _so_far(self, tx: Tx, row: Row, question: str, at: int) -> Script | None:
        """One closed answer; None where it isn't this work's to read: the interview is over or has been sent off."""
        interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
        if interview["submitted_at"] is not None or interview["status"] in GONE:
            return None
        return scripts.script_so_far(tx, self._keys, interview, question, at)

    def _script(self, tx: Tx, row: Row, at: int, kit: Kit | None) -> Script:
        interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
        return scripts.script(tx, self._keys, interview, at, kit)

    def _said(self, tx: Tx, row: Row, request: ChooseProbe) -> tuple[Kit, tuple[str, ...], tuple[tuple[str, str], ...]]:
        interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
        kit = hiring.kit_of(hiring.get_requisition(tx, row["tenant_id"], interview["requisition_id"]))
        talk = tx.one(Conversation, tenant_id=row["tenant_id"], id=row["conversation_id"])
        conv = load_conversation(tx, self._keys, cast("Row", talk))
        names = scripts.names_of(tx, self._keys, interview)
        return kit, names, tuple((u, answer_text(conv, (u,))) for u in request.utterances)


def _near(folder: str) -> Near | None:
    """Cosines by the sentence embeddings in a folder; None where there are none, or something is missing."""
    if not folder:
        return None
    if gone := missing(folder):
        log.warning("embeddings_missing", what=gone)
        return None
    return Embeddings(folder).near


def _clean(kit: Kit) -> bool:
    """May a model read with this kit?"""
    return not [p for p in lint(kit) if p.severity == "error"]


def read_by_matching(
    kit: Kit, answers: list[Answered], fallback: str = "", trust: Trust | None = None, near: Near | None = None,
    stopped_by: str = "",
) -> MachineCard:  # fmt: skip
    """The evidence map of a whole interview; takes some milliseconds of pure computing."""
    languages = {a.question_id: detect("\n".join(t for _, t in a.utterances), kit.languages) for a in answers}
    return evidence_card(kit, answers, languages, fallback, trust, near, stopped_by)
