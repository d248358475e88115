"""Everything about one interview as JSON: what was asked, said, agreed, and (once open) how it was rated."""

from typing import Any, cast

import orjson

from bot import hiring, people
from bot.app import App
from bot.people import Visitor
from bot.store.rows import Consent, Conversation, FactRow, Utterance
from bot.store.store import Row, Tx
from bot.work.reading import stored_answers


def interview(app: App, tx: Tx, who: Visitor, interview_id: str) -> dict[str, Any] | None:
    """The export for a recruiter or admin (everything), or for the candidate (their own words). None: not theirs."""
    try:
        row = hiring.get_interview(tx, who.tenant_id, interview_id)
    except LookupError:
        return None
    own = row["candidate_id"] == who.person_id
    if not own and not people.may(tx, who.tenant_id, row["requisition_id"], who.person_id, "recruiter", "admin"):
        return None
    return _everything(app, tx, row, scorecards=not own and row["revealed_at"] is not None)


def _everything(app: App, tx: Tx, row: Row, scorecards: bool) -> dict[str, Any]:
    tenant_id, subject, keys = row["tenant_id"], row["candidate_id"], app.keys
    requisition = hiring.get_requisition(tx, tenant_id, row["requisition_id"])
    where: Row = {"tenant_id": tenant_id, "interview_id": row["id"]}
    keys.load(tx, tenant_id, subject)
    data: dict[str, Any] = {
        "format": "parley-interview-1",
        "interview": row["id"],
        "status": row["status"],
        "requisition": requisition["title"],
        "kit": {"name": requisition["kit_name"], "version": requisition["kit_version"]},
        "candidate": people.name_of(tx, keys, tenant_id, subject),
        "answers": [
            {
                "question": a.question_id,
                "skipped": a.skipped,
                "utterances": [{"id": u, "text": t} for u, t in a.utterances],
            }
            for a in stored_answers(tx, keys, row)
        ],
        "utterances": [
            # By who spoke, not whose key seals it: what a rater types beside their form is sealed with this interview.
            _utterance(app, u)
            for u in tx.find(Utterance, where, "seq,version")
            if u["person_id"] == subject
        ],
        "consents": [
            {k: c[k] for k in ("kind", "answer", "text_version", "text_hash", "language", "at")}
            for c in tx.find(Consent, where, "at,id")
        ],
        "facts": [
            {"name": f["name"], "at": f["at"], "data": orjson.loads(f["data"])}
            for f in tx.find(FactRow, where, "at,id")
        ],
        "conversations": [
            {"flow": f"{c['flow']}/v{c['flow_version']}", "state": c["state"]}
            for c in tx.find(Conversation, where, "opened_at")
        ],
    }
    if scorecards:
        data["scorecards"] = [
            {
                "rater": "machine" if r == "machine" else people.name_of(tx, keys, tenant_id, r),
                "kind": c["kind"],
                "state": c["state"],
                "card": keys.open(tenant_id, c["subject_id"], c["body"]),
            }
            for r, c in hiring.cards_of(tx, tenant_id, row["id"]).items()
            if c["state"] == "revealed"
        ]
    return data


def _utterance(app: App, u: Row) -> dict[str, Any]:
    text = "" if u["body"] is None else cast("str", app.keys.open(u["tenant_id"], u["subject_id"], u["body"]))
    return {"id": u["id"], "version": u["version"], "step": u["step"], "at": u["at"], "text": text}


def dumps(data: object) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2)
