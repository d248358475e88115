"""What a reader needs of an interview: the answers in the wording that counted, and what was said around them."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.store.rows import Consent, Conversation, FactRow, Measurement
from bot.store.store import Row, Tx
from bot.threads import Conv, load_conversation
from flows.interviews.gates import OnFile, gates
from flows.kits.model import Kit
from flows.rating.evidence import Answered
from flows.rating.matching import Measured, Trust
from flows.unheard import why_unheard

_Said = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """One interview to be read. closed: why it may not be; names: of the candidate, which no model reads."""

    interview: Row
    kit: Kit
    answers: list[Answered]
    follow_ups: dict[str, list[str]]
    closed: tuple[str, ...]
    names: tuple[str, ...]


def script(tx: Tx, keys: Keyring, interview: Row, at: int, kit: Kit | None = None) -> Script:
    """A finished interview, to be read with its own kit or with another one."""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    answers, follow_ups = stored_answers(tx, keys, interview), asked_follow_ups(tx, keys, interview)
    return _script(tx, keys, interview, requisition, at, kit, answers, follow_ups)


def script_so_far(tx: Tx, keys: Keyring, interview: Row, question: str, at: int) -> Script:
    """One answer that has closed in an interview that goes on; without it when it was skipped."""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    talks = [load_conversation(tx, keys, talk) for talk in _talks(tx, interview)]
    answers = [a for talk in talks[-1:] if (a := _closed_answer(talk, question)) is not None]
    return _script(tx, keys, interview, requisition, at, None, answers, _follow_ups(talks))


def _script(
    tx: Tx, keys: Keyring, interview: Row, requisition: Row, at: int, kit: Kit | None, answers: list[Answered],
    follow_ups: dict[str, list[str]],
) -> Script:  # fmt: skip
    closed = closed_gates(tx, interview, requisition, at)
    names = names_of(tx, keys, interview)
    return Script(interview, kit or hiring.kit_of(requisition), answers, follow_ups, closed, names)


def names_of(tx: Tx, keys: Keyring, interview: Row) -> tuple[str, ...]:
    """What the candidate is called, for leaving it out."""
    return (people.name_of(tx, keys, interview["tenant_id"], interview["candidate_id"]),)


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
        adverse_notice=bool(settings.get("adverse_letters")),
    )
    today = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
    return gates(flags.get("residence", "unknown"), requisition["role_site"], today, on_file).reasons


def trust(tx: Tx, tenant_id: str, kit: Kit, scorer: str) -> Trust:
    """What the team's own ratings say about a scorer with this very version of the kit."""
    where = {"tenant_id": tenant_id, "kit_name": kit.kit, "kit_version": kit.version, "scorer": scorer}
    return {
        (r["question"], r["competency"]): Measured(r["verdict"], tuple(orjson.loads(r["figures"]).get("cuts", ())))
        for r in tx.find(Measurement, where)
    }


def stored_answers(tx: Tx, keys: Keyring, interview: Row) -> list[Answered]:
    """The answers as they were sent off, each bubble in the wording that counted, follow-ups included."""
    tenant_id = interview["tenant_id"]
    facts = tx.find(FactRow, {"tenant_id": tenant_id, "interview_id": interview["id"], "name": "submitted"}, "at")
    if not facts:
        return []
    texts, unheard = counted_wordings(tx, keys, interview), dict[str, str]()
    for talk in _talks(tx, interview):
        unheard |= why_unheard((conv := load_conversation(tx, keys, talk)).journal, conv.id)
    answers: list[Answered] = []
    for a in orjson.loads(facts[-1]["data"])["answers"]:
        ids = [*a["utterances"], *(u for f in a["follow_ups"] for u in f["utterances"])]
        told = tuple((u, texts[u]) for u in ids if u in texts)
        why = unheard.get(a["question"], "") if not told else ""
        answers.append(Answered(a["question"], told, a["skipped"], a.get("ai", ""), why))
    return answers


def _closed_answer(talk: Conv, question: str) -> Answered | None:
    """The answer to a question as it stands in a journal: the take that counts, with what was said to its follow-ups.

    Should the screenplay count another take after all, then this reading does not fit and the answer is read again.
    """
    takes, more, chosen, fixed = dict[str, _Said](), dict[str, _Said](), 0, talk.journal.reworded()
    own = re.compile(rf"{re.escape(question)}(?:\.try\d+)?(?:#\d+)?$")
    further = re.compile(rf"{re.escape(question)}\.follow#\d+(?:#\d+)?$")
    for e in talk.journal.entries:
        if e.kind != "answer":
            continue
        key = e.key.partition("@")[0]  # a correction takes the place of what it corrects
        refs = cast("list[dict[str, Any]]", e.data.get("parts", []))
        parts: _Said = tuple((str(r["u"]), counted_wording(talk, fixed, r)) for r in refs)
        if parts and own.match(key):
            takes[key] = parts
        elif parts and further.match(key):
            more[key] = parts
        elif key.startswith(f"{question}.keep#") and str(e.value).isdigit():
            chosen = int(e.value)
    if not takes:
        return None
    take = list(takes.values())[chosen - 1 if 0 < chosen <= len(takes) else -1]
    return Answered(question, (*take, *(part for parts in more.values() for part in parts)))


def asked_follow_ups(tx: Tx, keys: Keyring, interview: Row) -> dict[str, list[str]]:
    """Question id -> the follow-ups that were put to the candidate (they can't be quoted as evidence)."""
    return _follow_ups([load_conversation(tx, keys, talk) for talk in _talks(tx, interview)])


def _follow_ups(talks: list[Conv]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for talk in talks:
        for e in talk.journal.entries:
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
        fixed = conv.journal.reworded()
        for e in conv.journal.entries:
            if e.kind == "answer":
                for ref in e.data.get("parts", ()):
                    found[ref["u"]] = counted_wording(conv, fixed, ref)
    return found


def counted_wording(talk: Conv, fixed: dict[str, int], ref: dict[str, Any]) -> str:
    """The wording of one bubble that counts: as it was sent off, or as a recording's words were corrected since (`fixed`)."""
    u = str(ref["u"])
    return talk.journal.told[u][max(int(ref["v"]), fixed.get(u, 0))]


def set_aside(tx: Tx, interview: Row) -> set[str]:
    """The utterances of takes that the candidate did not choose: kept, and not for raters."""
    facts = tx.find(FactRow, {"tenant_id": interview["tenant_id"], "interview_id": interview["id"]}, "at")
    takes = [t for f in facts if f["name"] == "takes_set_aside" for t in orjson.loads(f["data"])["takes"]]
    return {u for t in takes for take in t["utterances"] for u in take}
