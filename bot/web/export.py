"""Everything about one interview as JSON: what was asked, said, agreed, and (once open) how it was rated."""

from dataclasses import asdict
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.app import App
from bot.people import Visitor
from bot.scorecards import comments, listening, rating, rereading
from bot.store.rows import Consent, Conversation, Decision, FactRow, Letter, Proposal, Recording, Scorecard, Utterance
from bot.store.store import Row, Tx
from bot.work.proposals import text_of
from bot.work.reading import counted_wordings, stored_answers


def interview(app: App, tx: Tx, who: Visitor, interview_id: str) -> dict[str, Any] | None:
    """The export for a recruiter or admin (everything), or for the candidate (their own words). None: not theirs."""
    try:
        row = hiring.get_interview(tx, who.tenant_id, interview_id)
    except LookupError:
        return None
    own = row["candidate_id"] == who.person_id
    if not own and not people.may(tx, who.tenant_id, row["requisition_id"], who.person_id, "recruiter", "admin"):
        return None
    data = _everything(app, tx, row, own, who.person_id)
    return data if own else data | _of_the_team(app, tx, row, who)


def _everything(app: App, tx: Tx, row: Row, own: bool, reader_id: str) -> dict[str, Any]:
    """What was asked, said and agreed. own: the candidate's own copy, with nothing in it of what the team thinks."""
    tenant_id, subject, keys = row["tenant_id"], row["candidate_id"], app.keys
    requisition = hiring.get_requisition(tx, tenant_id, row["requisition_id"])
    where: Row = {"tenant_id": tenant_id, "interview_id": row["id"]}
    keys.load(tx, tenant_id, subject)
    blinded = rereading.blinded(row, reader_id)
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
        "recordings": _recordings(app, tx, row, own),
        "consents": [
            {k: c[k] for k in ("kind", "answer", "text_version", "text_hash", "language", "at")}
            for c in tx.find(Consent, where, "at,id")
        ],
        "facts": [
            {"name": f["name"], "at": f["at"], "data": orjson.loads(f["data"])}
            for f in tx.find(FactRow, where, "at,id")
            # What the team did is the team's: a decision is told by its letter, when somebody sends that. Whoever reads
            # the answers again mustn't know what came of the first cards, in which they differed, or what was decided.
            if (f["person_id"] == subject if own else not blinded or f["at"] < row["revealed_at"])
        ],
        "proposals": [
            # What somebody of the team wished to have asked in a live interview.
            {
                "who": people.name_of(tx, keys, tenant_id, p["person_id"]),
                "state": p["state"],
                "question": p["question"],
                "text": text_of(tx, keys, p),
                "at": p["at"],
            }
            for p in tx.find(Proposal, where, "at,id")
            if not own or p["state"] == "asked"
        ],
        "conversations": [
            {"flow": f"{c['flow']}/v{c['flow_version']}", "state": c["state"]}
            for c in tx.find(Conversation, where, "opened_at")
        ],
    }
    return data


def _of_the_team(app: App, tx: Tx, row: Row, who: Visitor) -> dict[str, Any]:
    """What the team remarked, rated and decided: before the reveal somebody's own remarks, and nothing else."""
    keys, where = app.keys, {"tenant_id": row["tenant_id"], "interview_id": row["id"]}
    sees = rating.may_see_cards(tx, row, who.person_id)
    remarks = comments.visible(tx, keys, row, who.person_id, sees)
    data: dict[str, Any] = {
        "comments": [{k: v for k, v in asdict(r).items() if k not in ("mine", "shared")} for r in remarks]
    }
    if not sees:
        return data

    def by(person_id: str) -> str:
        return people.name_of(tx, keys, row["tenant_id"], person_id)

    # Every version of every open card, and what is frozen while somebody reads again; never a draft. A machine's card
    # says which kit, model, host and prompt it was made with.
    cards = [c for c in tx.find(Scorecard, where, "rater_id,version") if c["state"] in ("revealed", "frozen")]
    data["scorecards"] = [
        {
            "rater": "machine" if c["kind"] != "human" else by(c["rater_id"]),
            **{k: c[k] for k in ("kind", "state", "version", "at", "revealed_at")},
            "card": keys.open(row["tenant_id"], c["subject_id"], c["body"]),
        }
        for c in cards
    ]
    data["decisions"] = [
        {
            "by": by(d["decided_by"]),
            **{k: d[k] for k in ("version", "outcome", "next_interview_id", "at")},
            **cast("dict[str, Any]", keys.open(row["tenant_id"], d["subject_id"], d["sealed"])),
        }
        for d in tx.find(Decision, where, "version")
    ]
    data["letters"] = [
        {"by": by(x["planned_by"]), **{k: x[k] for k in ("kind", "state", "due_at", "at")}}
        for x in tx.find(Letter, where, "at,id")
    ]
    return data


def _recordings(app: App, tx: Tx, row: Row, own: bool) -> list[dict[str, Any]]:
    """Which answers were recordings, what was heard in each, and what counts where that was corrected; never the sound.

    state: whether words were heard, and whether it is still there. own: with the takes that weren't chosen.
    """
    where: Row = {"tenant_id": row["tenant_id"], "interview_id": row["id"]}
    spoken = tx.find(Recording, {**where, "purpose": "answer"}, "seq")
    if not own:
        audible = listening.of_interview(tx, row)
        spoken = [r for r in spoken if r["id"] in audible]
    counted = counted_wordings(tx, app.keys, row)
    heard = {u["id"]: _utterance(app, u)["text"] for u in tx.find(Utterance, {**where, "version": 0})}
    return [
        {
            "utterance": r["id"],
            **{k: r[k] for k in ("form", "state", "why", "at")},
            "seconds": r["ms"] / 1000,
            "heard": (first := heard.get(r["id"], "")),
            "counts": (text := counted.get(r["id"], "")),
            "corrected": bool(text) and text != first,
        }
        for r in spoken
    ]


def _utterance(app: App, u: Row) -> dict[str, Any]:
    text = "" if u["body"] is None else cast("str", app.keys.open(u["tenant_id"], u["subject_id"], u["body"]))
    return {"id": u["id"], "version": u["version"], "step": u["step"], "at": u["at"], "text": text}


def dumps(data: object) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2)
