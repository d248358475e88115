"""The transcript of an interview, question by question, each bubble with the wordings it had."""

import datetime as dt
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.store.rows import Conversation, FactRow, Outbox, Proposal, Recording, Utterance
from bot.store.store import Row, Tx
from bot.threads import Conv, load_conversation
from bot.web import unheard
from bot.work.reading import counted_wordings, set_aside
from flows.rating.text import display


def at_text(at: int) -> str:
    """An instant as the page shows it, in UTC."""
    return f"{dt.datetime.fromtimestamp(at / 1000, dt.UTC):%H:%M}"


def items(tx: Tx, keys: Keyring, interview: Row, candidate: str) -> list[dict[str, Any]]:
    """Questions of the kit as headings, below each what Parley asked and the candidate answered, in order.

    What was written beside the answers (a question back, a word to somebody else) is not for raters; the export has it.

    `{"kind": question|probe|answer|aside|unheard, "id", "who", "text", "at_text", "versions", "skipped"}` each; a question has
    `"competencies"` and `"ai"` (what the candidate said about AI help, "" where it wasn't asked), an answer `"said"` (its
    wording with every character), a follow-up `"proposed_by"` (who of the team wished for it, or ""). unheard: a recording
    that gave no words, with a sentence that says so.
    """
    tenant_id, subject = interview["tenant_id"], interview["candidate_id"]
    keys.load(tx, tenant_id, subject)
    kit = hiring.kit_of(hiring.get_requisition(tx, tenant_id, interview["requisition_id"]))
    where = {"tenant_id": tenant_id, "interview_id": interview["id"]}
    rows = [c for c in tx.find(Conversation, where) if c["flow"] in hiring.TALKS]
    convs = [load_conversation(tx, keys, row) for row in rows]
    talks, steps = {c["id"] for c in rows}, _steps(convs)
    aside = set_aside(tx, interview)
    counted = {u: text for u, text in counted_wordings(tx, keys, interview).items() if u not in aside}
    sent, spoken = _sent_off(tx, where), {r["id"]: r for r in tx.find(Recording, {**where, "purpose": "answer"})}
    lines = _asked(tx, keys, where, talks) + _said(tx, keys, where, talks, counted, steps, candidate)
    lines += [
        _item("unheard", x["id"], candidate, x["text"], at_text(x["at"])) | {"seq": x["seq"], "step": x["step"]}
        for x in unheard.lines(spoken, convs, {steps[u] for u in aside if u in steps})
    ]
    # What was spoken stands where the recording came: its words came later, perhaps together with the next question.
    lines.sort(key=lambda x: spoken.get(x["id"], x)["seq"])
    shown: list[dict[str, Any]] = []
    for q in kit.questions:
        told: dict[str, Any] = sent.get(q.id, {})
        about = {"skipped": bool(told.get("skipped")), "ai": told.get("ai", ""), "competencies": list(q.competencies)}
        shown.append(_item("question", f"q-{q.id}", "Parley", q.ask, "") | about)
        own = [x for x in lines if _belongs(x["step"], q.id)]
        shown += _once(own, q.ask)
    return shown


def _once(lines: list[dict[str, Any]], ask: str) -> list[dict[str, Any]]:
    """Without what stood beside the answers, and with each question once: an interruption puts it on the screen again."""
    asked, found = {ask}, list[dict[str, Any]]()
    for x in lines:
        again = x["kind"] == "probe" and x["text"] in asked
        if x["kind"] == "probe":
            asked.add(x["text"])
        if x["kind"] != "aside" and not again:
            found.append(x)
    return found


def _belongs(step: str, question: str) -> bool:
    base = step.partition("@")[0].partition("#")[0]
    return (
        base == question or base.startswith(f"{question}.") or (base.startswith("end.anew") and f".{question}" in step)
    )


def _sent_off(tx: Tx, where: Row) -> dict[str, dict[str, Any]]:
    """Question -> its answer as it was sent off: ids and choices only. Empty before that."""
    facts = tx.find(FactRow, {**where, "name": "submitted"}, "at")
    return {a["question"]: a for a in orjson.loads(facts[-1]["data"])["answers"]} if facts else {}


def _item(kind: str, id: str, who: str, text: str, at: str) -> dict[str, Any]:
    return {"kind": kind, "id": id, "who": who, "text": text, "at_text": at, "versions": [], "skipped": False}


def _asked(tx: Tx, keys: Keyring, where: Row, talks: set[str]) -> list[dict[str, Any]]:
    """Follow-ups and clarifications that the candidate was shown."""
    found: list[dict[str, Any]] = []
    proposed = _proposed(tx, keys, where)
    for row in tx.find(Outbox, {**where, "act": "send"}, "seq"):
        if row["conversation_id"] in talks and row["body"] is not None and not row["step"].startswith("~"):
            card = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))
            item = _item("probe", row["id"], "Parley", card.get("text", ""), at_text(row["at"]))
            if card.get("answering") or ".say" in row["step"] or row["step"].endswith(".told"):
                wished = {"proposed_by": proposed.get(item["text"], "")}
                found.append({**item, **wished, "seq": row["seq"], "step": row["step"]})
    return found


def _proposed(tx: Tx, keys: Keyring, where: Row) -> dict[str, str]:
    """The words of every follow-up that somebody of the team proposed and that was asked -> who it was."""
    found: dict[str, str] = {}
    for row in tx.find(Proposal, {**where, "state": "asked"}, "at,id"):
        body = cast("dict[str, str]", keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))
        found[body["text"]] = people.name_of(tx, keys, row["tenant_id"], row["person_id"])
    return found


def _steps(talks: list[Conv]) -> dict[str, str]:
    """Utterance id -> the step of the answer that it is part of. Words that came late got their place afterwards."""
    entries = [e for talk in talks for e in talk.journal.entries if e.kind == "answer"]
    return {ref["u"]: e.key for e in entries for ref in e.data.get("parts", ())}


def _said(
    tx: Tx,
    keys: Keyring,
    where: Row,
    talks: set[str],
    counted: dict[str, str],
    steps: dict[str, str],
    candidate: str,
) -> list[dict[str, Any]]:
    """What the candidate wrote: the wording that counted, and the others it had."""
    wordings: dict[str, list[Row]] = {}
    for row in tx.find(Utterance, where, "seq,version"):
        if row["conversation_id"] in talks and row["body"] is not None:
            wordings.setdefault(row["id"], []).append(row)
    found: list[dict[str, Any]] = []
    for u, rows in wordings.items():
        texts = [(cast("str", keys.open(r["tenant_id"], r["subject_id"], r["body"])), r["at"]) for r in rows]
        text = counted.get(u, texts[-1][0])
        # A reader's copy: characters that hide or reorder words stay in the record and out of sight.
        item = _item("answer" if u in counted else "aside", u, candidate, display(text), at_text(rows[0]["at"]))
        item["versions"] = [{"text": display(t), "at_text": at_text(at)} for t, at in texts if t != text]
        found.append({**item, "said": text, "seq": rows[0]["seq"], "step": rows[0]["step"] or steps.get(u, "")})
    return found
