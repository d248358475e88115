"""A team's own double ratings as the measure of a scorer: what `parley calibrate` finds without a file.

A human rating is per competency over an interview. Where exactly one question shows a competency, that rating is about
that question's answer; otherwise it is measured for the competency alone, with question "". Only cards that were
submitted before the reveal count: at least two of them, by people, on an interview that is open now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot import hiring
from bot.keyring import Erased, Keyring
from bot.store.rows import Interview, Scorecard
from bot.store.store import Row, Tx
from bot.work.language import detect
from bot.work.script import stored_answers
from flows.kits.model import Kit
from flows.rating.card import MachineCard, competency_maps
from flows.rating.evidence import EvidenceMap
from flows.rating.text import folded
from flows.rating.topic import Near

MATCHING = "evidence-map"
Levels = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is measured: one scorer on one (question, competency) of one version of a kit. question "": several show it."""

    kit: str
    version: int
    question: str
    competency: str
    scorer: str


@dataclass(frozen=True, slots=True)
class Rated:
    """One answer (or several, for question ""). `humans`: the levels of its raters, in a fixed order.

    `value`: the mean best similarity, `level`: what a model gave; None: left to people. `words`: how long it is.
    """

    humans: Levels
    words: int
    value: float | None = None
    level: int | None = None


def collect(tx: Tx, keys: Keyring, tenant_id: str, near: Near | None = None) -> dict[Unit, list[Rated]]:
    """Everything in a tenant that can be measured, oldest interview first. near: cosines by embeddings, where the
    evidence map uses them."""
    found: dict[Unit, list[Rated]] = {}
    kits: dict[str, tuple[Row, Kit]] = {}
    for interview in tx.find(Interview, {"tenant_id": tenant_id}, "created_at,id"):
        if interview["revealed_at"] is None or interview["status"] == "withdrawn":
            continue
        if interview["requisition_id"] not in kits:
            requisition = hiring.get_requisition(tx, tenant_id, interview["requisition_id"])
            kits[interview["requisition_id"]] = requisition, hiring.kit_of(requisition)
        try:
            for unit, rated in _of_interview(tx, keys, interview, kits[interview["requisition_id"]][1], near):
                found.setdefault(unit, []).append(rated)
        except Erased:
            continue  # whoever asked to be erased is in no figure either
    return found


def _of_interview(tx: Tx, keys: Keyring, interview: Row, kit: Kit, near: Near | None) -> Iterator[tuple[Unit, Rated]]:
    tenant_id, subject = interview["tenant_id"], interview["candidate_id"]
    keys.load(tx, tenant_id, subject)
    rows = tx.find(Scorecard, {"tenant_id": tenant_id, "interview_id": interview["id"]}, "version")
    people = _before_reveal(rows)
    if len(people) < 2:
        return
    bodies = [cast("dict[str, Any]", keys.open(tenant_id, subject, r["body"])) for r in people]
    answers = [a for a in stored_answers(tx, keys, interview) if not a.skipped]
    cards = [c for c in (_machine(keys, r) for r in rows if r["rater_id"] == "machine" and r["body"]) if c is not None]
    languages = {a.question_id: detect("\n".join(t for _, t in a.utterances), kit.languages) for a in answers}
    for name in kit.competencies:
        humans = tuple(level for b in bodies if (level := b["ratings"].get(name, {}).get("level")) is not None)
        shown = [q.id for q in kit.questions if name in q.competencies]
        said = [a for a in answers if a.question_id in shown]
        if len(humans) < 2 or not said:
            continue
        question = shown[0] if len(shown) == 1 else ""
        words = sum(len(folded(text)) for a in said for _, text in a.utterances)
        value = similarity(list(competency_maps(kit, name, answers, languages, near).values()))
        yield Unit(kit.kit, kit.version, question, name, MATCHING), Rated(humans, words, value)
        for scorer, level in _levels(cards, kit, name).items():
            yield Unit(kit.kit, kit.version, question, name, scorer), Rated(humans, words, level=level)


def _before_reveal(rows: Sequence[Row]) -> list[Row]:
    """Each person's card as it was opened at the reveal, in the order of their ids."""
    opened = {
        r["rater_id"]: r
        for r in rows
        if r["kind"] == "human" and r["body"] is not None and r["state"] == "revealed" and r["revealed_at"] is not None
    }
    return [opened[person] for person in sorted(opened)]


def _machine(keys: Keyring, row: Row) -> MachineCard | None:
    body = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))
    return MachineCard.from_json(body) if "results" in body else None


def _levels(cards: Sequence[MachineCard], kit: Kit, competency: str) -> dict[str, int | None]:
    """What each model gave, newest card last; a card made with another version of the kit says nothing about this one."""
    found: dict[str, int | None] = {}
    for card in cards:
        if card.kind == "llm-evidence" and (card.kit, card.kit_version) == (kit.kit, kit.version):
            levels = {r.competency: r.level for r in card.results}
            found[f"llm-evidence/{card.model}@{card.host}/{card.prompt_hash}"] = levels.get(competency)
    return found


def similarity(maps: Sequence[EvidenceMap]) -> float | None:
    """The mean over the indicators of their best similarity in any answer; None where every map abstains."""
    best: dict[str, float] = {}
    for m in (m for m in maps if not m.abstain):
        for i in m.indicators:
            best[i.key] = max(best.get(i.key, 0.0), i.similarity)
    return sum(best.values()) / len(best) if best else None
