"""Work that takes a while: reading a whole interview for its evidence, phrasing a follow-up with a model."""

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson

from bot import hiring
from bot.keyring import Keyring
from bot.settings import Settings
from bot.store.rows import Consent, Conversation, FactRow
from bot.store.store import Row, Store, Tx
from bot.threads import load_conversation
from bot.work.answers import answer_text, choose_probe
from bot.work.job import Job, Report
from bot.work.language import detect
from flows.interviews.gates import OnFile, gates
from flows.kits.lint import lint
from flows.kits.model import Kit
from flows.rating.card import MachineCard, evidence_card
from flows.rating.evidence import Answered
from flows.requests import ChooseProbe, FollowUp, decode_request, encode_result

if TYPE_CHECKING:
    from bot.work.assess import Assessor


@dataclass(frozen=True, slots=True)
class Script:
    """What a reader needs of an interview."""

    kit: Kit
    answers: list[Answered]
    follow_ups: dict[str, list[str]]
    closed: tuple[str, ...]


class Reading:
    """Reads interviews. Fails closed: what cannot be read is "not scored", with the reason."""

    def __init__(self, store: Store, keys: Keyring, settings: Settings, assessor: "Assessor | None") -> None:
        self._store, self._keys, self._settings, self._assessor = store, keys, settings, assessor

    async def assess(self, job: Job, at: int) -> dict[str, Any]:
        """The machine's card of a finished interview: `{"interview", "gate": [reasons], "card": json}`."""
        script = await self._store.read(lambda tx: self._script(tx, job.row, at))
        answer: dict[str, Any] = {
            "interview": job.row["interview_id"],
            "gate": list(script.closed),
            "card": {"kind": "none"},
        }
        if not script.closed:
            answer["card"] = (await self._card(script, job.report)).to_json()
        return answer

    async def probe(self, job: Job, at: int) -> dict[str, Any]:
        """The next follow-up: which indicator is code's choice, the wording a model's if it passes the checks."""
        request = cast("ChooseProbe", decode_request(job.request))
        kit, texts = await self._store.read(lambda tx: self._said(tx, job.row, request))
        chosen = choose_probe(kit, request, "\n\n".join(t for _, t in texts))
        if isinstance(chosen, FollowUp) and self._assessor is not None:
            shows = kit.question(request.question).competencies
            competency = next(c for c, keys in shows.items() if chosen.indicator in keys)
            text = await self._assessor.follow_up(kit, request.question, competency, texts)
            chosen = FollowUp(chosen.indicator, text, "model") if text else chosen
        return encode_result(chosen)

    async def _card(self, script: Script, report: Report) -> MachineCard:
        clean = not [p for p in lint(script.kit) if p.severity == "error"]
        if self._assessor is not None and clean:
            return await self._assessor.assess(script.kit, script.answers, script.follow_ups, report)
        fallback = "" if self._assessor is None else "kit_fails_lint"
        return await asyncio.to_thread(read_by_matching, script.kit, script.answers, fallback)

    def _said(self, tx: Tx, row: Row, request: ChooseProbe) -> tuple[Kit, tuple[tuple[str, str], ...]]:
        interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
        kit = hiring.kit_of(hiring.get_requisition(tx, row["tenant_id"], interview["requisition_id"]))
        talk = tx.one(Conversation, tenant_id=row["tenant_id"], id=row["conversation_id"])
        conv = load_conversation(tx, self._keys, cast("Row", talk))
        return kit, tuple((u, answer_text(conv, (u,))) for u in request.utterances)

    def _script(self, tx: Tx, row: Row, at: int) -> Script:
        tenant_id = row["tenant_id"]
        interview = hiring.get_interview(tx, tenant_id, row["interview_id"])
        requisition = hiring.get_requisition(tx, tenant_id, interview["requisition_id"])
        answers = stored_answers(tx, self._keys, interview)
        follow_ups = asked_follow_ups(tx, self._keys, interview)
        return Script(hiring.kit_of(requisition), answers, follow_ups, closed_gates(tx, interview, requisition, at))


def closed_gates(tx: Tx, interview: Row, requisition: Row, at: int) -> tuple[str, ...]:
    """Why AI scoring (text matching included) may not be used for this interview; empty when it may."""
    rows = tx.find(Consent, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}, "at,id")
    notices = [r["at"] for r in rows if r["answer"] == "given"]
    flags, settings = hiring.flags(interview), orjson.loads(requisition["settings"])
    day = dt.datetime.fromtimestamp(notices[0] / 1000, dt.UTC).date() if notices else None
    audit = settings.get("audit_date")
    on_file = OnFile(
        flags.get("consents", {}).get("scoring"),
        notice=day,
        explained=bool(notices),
        audit=dt.date.fromisoformat(audit) if audit else None,
        impact_assessment=settings.get("impact_assessment", ""),
        oversight=settings.get("oversight", ""),
    )
    today = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
    return gates(flags.get("residence", "unknown"), requisition["role_site"], today, on_file).reasons


def stored_answers(tx: Tx, keys: Keyring, interview: Row) -> list[Answered]:
    """The answers as they were sent off, each bubble in the wording that counted, follow-ups included."""
    tenant_id = interview["tenant_id"]
    facts = tx.find(FactRow, {"tenant_id": tenant_id, "interview_id": interview["id"], "name": "submitted"}, "at")
    if not facts:
        return []
    texts = counted_wordings(tx, keys, interview)
    answers: list[Answered] = []
    for a in orjson.loads(facts[-1]["data"])["answers"]:
        ids = [*a["utterances"], *(u for f in a["follow_ups"] for u in f["utterances"])]
        answers.append(Answered(a["question"], tuple((u, texts[u]) for u in ids if u in texts), a["skipped"]))
    return answers


def asked_follow_ups(tx: Tx, keys: Keyring, interview: Row) -> dict[str, list[str]]:
    """Question id -> the follow-ups that were put to the candidate (they can't be quoted as evidence)."""
    found: dict[str, list[str]] = {}
    for talk in _talks(tx, interview):
        for e in load_conversation(tx, keys, talk).journal.entries:
            if e.kind == "result" and e.value.get("is") == "FollowUp":
                found.setdefault(e.key.partition(".")[0], []).append(e.value["text"])
    return found


def _talks(tx: Tx, interview: Row) -> list[Row]:
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}
    return [c for c in tx.find(Conversation, where, "opened_at") if c["flow"] in hiring.TALKS]


def counted_wordings(tx: Tx, keys: Keyring, interview: Row) -> dict[str, str]:
    """Utterance id -> the wording that counted: the newest one at the moment the answer was sent off.

    Questions that were asked back are no answers and not among them.
    """
    found: dict[str, str] = {}
    for talk in _talks(tx, interview):
        conv = load_conversation(tx, keys, talk)
        for e in conv.journal.entries:
            if e.kind == "answer":
                for ref in e.data.get("parts", ()):
                    found[ref["u"]] = conv.journal.told[ref["u"]][ref["v"]]
    return found


def set_aside(tx: Tx, interview: Row) -> set[str]:
    """The utterances of takes that the candidate did not choose: kept, and not for raters."""
    facts = tx.find(FactRow, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}, "at")
    takes = [t for f in facts if f["name"] == "takes_set_aside" for t in orjson.loads(f["data"])["takes"]]
    return {u for t in takes for take in t["utterances"] for u in take}


def read_by_matching(kit: Kit, answers: list[Answered], fallback: str = "") -> MachineCard:
    """The evidence map of a whole interview; takes some milliseconds of pure computing."""
    languages = {a.question_id: detect("\n".join(t for _, t in a.utterances), kit.languages) for a in answers}
    return evidence_card(kit, answers, languages, fallback)
