"""A few candidates beside each other, competency by competency: bands, evidence, and what nobody knows.

Only what is open is read. Candidates of kits that differ are compared in what the kits share, and that is said; somebody
who was removed, or has withdrawn, is named as such instead.
"""

from dataclasses import dataclass
from typing import Any, cast

from bot import hiring, people
from bot.funnel import shortlist, stages
from bot.keyring import Keyring
from bot.scorecards import blind, rereading
from bot.store import funnel_queries
from bot.store.rows import DataKey, Person
from bot.store.store import Row, Tx
from flows.rating import standing
from flows.rating.card import MachineCard, MachineMark
from flows.rating.standing import Standing

MOST = 10
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """A candidate's own words for one competency. link: to the moment; "" where it would say a name that is kept."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One of those who are compared. evidence: competency -> the best quote that was found for it."""

    interview_id: str
    candidate_id: str
    standing: Standing
    hidden: bool
    evidence: dict[str, Evidence]


@dataclass(frozen=True, slots=True)
class Comparison:
    """people: in the order they were asked for. keys: the competencies that all of them share, with the weights of the
    first one's kit; left_out: the titles of the others. removed: how many are there no more; withdrew: the labels of those who have withdrawn meanwhile; sealed:
    how many aren't open."""

    people: tuple[Compared, ...]
    keys: tuple[str, ...]
    titles: dict[str, str]
    weights: dict[str, float]
    left_out: tuple[str, ...]
    removed: int
    withdrew: tuple[str, ...]
    sealed: int

    @property
    def standings(self) -> tuple[Standing, ...]:
        """As pictures and tables want them: with the shared competencies only."""
        return tuple(
            Standing(
                p.standing.label, tuple(c for k in self.keys if (c := p.standing.cell(k)) is not None), p.standing.id
            )
            for p in self.people
        )

    def told_apart(self, key: str) -> bool:
        return standing.told_apart([p.standing for p in self.people], key)


def compare(tx: Tx, keys: Keyring, interviews: list[Row], reader_id: str) -> Comparison:
    """Compare these interviews' candidates. The caller has checked that the reader may see each of them."""
    found, titles, weights = list[Compared](), dict[str, str](), dict[str, float]()
    removed, withdrew, sealed = 0, list[str](), 0
    for interview in interviews:
        if not _there(tx, interview):
            removed += 1
            continue
        covered = interview["revealed_at"] is None or rereading.going_on(interview) is not None
        if covered and interview["status"] not in ("withdrawn", "expired"):
            sealed += 1
            continue
        keys.load(tx, interview["tenant_id"], interview["candidate_id"])
        requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
        label, hidden = called(tx, keys, requisition, interview, reader_id)
        if interview["status"] not in ("scored", "decided"):
            withdrew.append(label)
            continue
        kit = hiring.kit_of(requisition)
        titles |= {key: c.title or key for key, c in kit.competencies.items()}
        weights = {key: c.weight for key, c in kit.competencies.items()} | weights
        rows = funnel_queries.opened_cards(tx, interview["tenant_id"], requisition["id"], interview["id"])
        one = shortlist.candidate(keys, kit, rows, label, stages.key_of(requisition, interview), hidden)
        evidence = _evidence(tx, keys, interview, hidden)
        found.append(Compared(one.interview_id, one.candidate_id, one.standing, hidden, evidence))
    shared = standing.shared([p.standing for p in found])
    left_out = tuple(t for k, t in titles.items() if k not in shared)
    used = {key: weights[key] for key in shared}
    return Comparison(tuple(found), shared, titles, used, left_out, removed, tuple(withdrew), sealed)


def _there(tx: Tx, interview: Row) -> bool:
    """Is the person still known, or have they been removed?"""
    tenant, candidate = interview["tenant_id"], interview["candidate_id"]
    key = tx.one(DataKey, tenant_id=tenant, subject_id=candidate)
    return key is not None and tx.one(Person, tenant_id=tenant, id=candidate) is not None


def called(tx: Tx, keys: Keyring, requisition: Row, interview: Row, reader_id: str) -> tuple[str, bool]:
    """(what a candidate is called to this reader, is their name hidden)."""
    if blind.hidden(requisition, interview, reader_id):
        return blind.label(tx, requisition, interview["candidate_id"]), True
    return people.name_of(tx, keys, interview["tenant_id"], interview["candidate_id"]), False


def _evidence(tx: Tx, keys: Keyring, interview: Row, hidden: bool) -> dict[str, Evidence]:
    """The best quote of each competency, out of the software's open card."""
    row = hiring.cards_of(tx, interview["tenant_id"], interview["id"]).get("machine")
    if row is None or row["state"] != "revealed" or row["body"] is None:
        return {}
    body = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))
    if "results" not in body:
        return {}
    found: dict[str, Evidence] = {}
    for result in MachineCard.from_json(body).results:
        best = None if result.abstained else _best(result.marks)
        if best is not None and best.span is not None:
            link = "" if hidden else f"/review/{interview['id']}#{best.span.utterance_id}"
            found[result.competency] = Evidence(best.quote, link)
    return found


def _best(marks: tuple[MachineMark, ...]) -> MachineMark | None:
    """The quote that fits best; of a model's, which are not measured so, the first."""
    found = [m for m in marks if m.status == "found" and m.quote and m.span is not None]
    return max(found, key=lambda m: m.similarity, default=None)
