"""The record of a decision: who was asked what, how software was used, who rated what and why, and who decided.

Read from what is stored, after the reveal only, for recruiters and admins. `record_paper` makes a document of it.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.scorecards import comments, listening, moments, rating
from bot.scorecards.diverging import apart, given
from bot.store.rows import Consent, Decision, FactRow, Letter, Proposal, Scorecard, Utterance
from bot.store.store import Row, Tx
from bot.work.script import counted_wordings
from calendar_sync import when
from flows.kits.model import Kit
from flows.rating.card import MachineCard
from flows.words import pages_en
from flows.words import record_en as words

Entry = tuple[str, str]  # (what it is, what is to be said of it), both plain text as somebody wrote it


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its entries, in order."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record. `digest`: of its entries, in hexadecimal; the same as long as nothing has changed."""

    candidate: str
    made: str
    sections: tuple[Section, ...]
    digest: str


def gather(tx: Tx, keys: Keyring, interview: Row, reader_id: str, at: int) -> Record | None:
    """The record as this reader may have it; None before the reveal and for anybody but recruiters and admins.

    at: now, in ms. Raises `Erased` for a candidate who is forgotten.
    """
    if not (moments.may_record(tx, interview, reader_id) and rating.may_see_cards(tx, interview, reader_id)):
        return None
    keys.load(tx, interview["tenant_id"], interview["candidate_id"])
    name = moments.name_for(tx, keys, interview, reader_id)
    source = _Source(tx, keys, interview)
    sections = (
        Section(words.WHO, source.who(name)),
        Section(words.CONSENTS, source.consents()),
        Section(words.MACHINE, source.machine()),
        Section(words.RATINGS, source.ratings()),
        Section(words.APART, source.differences()),
        Section(words.DECISIONS, source.decisions()),
        Section(words.PROMISES, source.promises()),
        Section(words.HISTORY, source.history()),
    )
    digest = sha256(orjson.dumps([[s.title, s.entries] for s in sections])).hexdigest()
    return Record(name, _at(at), sections, digest)


def _at(at: int | None) -> str:
    """An instant with its year, in UTC, which is named."""
    return when.spoken(at // 60_000, "UTC", 0) if at is not None else ""


@dataclass(frozen=True, slots=True)
class _Source:
    """What one interview's record is made from."""

    tx: Tx
    keys: Keyring
    interview: Row

    @property
    def where(self) -> Row:
        return {"tenant_id": self.interview["tenant_id"], "interview_id": self.interview["id"]}

    def who(self, name: str) -> tuple[Entry, ...]:
        row, flags = self.interview, hiring.flags(self.interview)
        requisition = hiring.get_requisition(self.tx, row["tenant_id"], row["requisition_id"])
        stages = {s["key"]: s["title"] for s in hiring.settings_of(requisition).get("stages") or ()}
        panel = [self._name(p) for p in hiring.panel_of(self.tx, row)]
        asked = self.tx.find(Proposal, {**self.where, "state": "asked"})
        found = [
            (words.CANDIDATE, name),
            (words.ROLE, requisition["title"]),
            (words.KIT, words.kit(requisition["kit_name"], requisition["kit_version"])),
            (words.STAGE, stages.get(flags.get("stage", ""), "")),
            (words.INTERVIEW, row["id"]),
            (words.STATUS, pages_en.STATUS.get(row["status"], row["status"])),
            (words.INVITED, _at(row["created_at"])),
            (words.SUBMITTED, _at(row["submitted_at"])),
            (words.REVEALED, _at(row["revealed_at"])),
            (words.FORCED, flags.get("forced", "")),
            (words.PANEL, ", ".join(panel)),
            (words.REMARKS, str(comments.count_of(self.tx, row))),
            (words.FOLLOW_UPS, str(len(asked))),
            (words.RECORDED, self._recorded()),
        ]
        return tuple((label, said) for label, said in found if said)

    def _recorded(self) -> str:
        """How many of the answers' messages were recordings, and how many of those the candidate corrected; "" for none."""
        counted = counted_wordings(self.tx, self.keys, self.interview)
        spoken = [u for u in listening.of_interview(self.tx, self.interview) if u in counted]
        rows = self.tx.find(Utterance, {**self.where, "version": 0})
        first = {u["id"]: self._open(u, "body") for u in rows if u["id"] in spoken and u["body"] is not None}
        return words.recorded(len(spoken), sum(first.get(u) != counted[u] for u in spoken)) if spoken else ""

    def consents(self) -> tuple[Entry, ...]:
        rows = self.tx.find(Consent, self.where, "at,id")
        return tuple(
            (c["kind"], words.consent(c["kind"], c["answer"], c["text_version"], c["language"], _at(c["at"])))
            for c in rows
        )

    def machine(self) -> tuple[Entry, ...]:
        """Every reading by software that is open, and why there is none where the law or a choice forbids it."""
        gate = hiring.flags(self.interview).get("gate", ())
        found = [(words.HUMAN_ONLY, ", ".join(g.replace("_", " ") for g in gate))] if gate else []
        for row in self._cards():
            if row["rater_id"] == "machine":
                body = self._opened(row)
                found += _machine_entries(MachineCard.from_json(body)) if "results" in body else []
        return tuple(found) or ((words.SCORER, words.NO_MACHINE),)

    def ratings(self) -> tuple[Entry, ...]:
        kit, found = self._kit(), list[Entry]()
        for row in self._cards():
            if row["rater_id"] == "machine":
                continue
            body, late = self._opened(row), row["revealed_at"] is None
            found.append(("", words.rated_by(self._name(row["rater_id"]), row["version"], _at(row["at"]), late)))
            for key, rated in body["ratings"].items():
                found.append((_title(kit, key), words.level(rated.get("level"), rated.get("why", ""))))
            vote = str(body["recommendation"])
            found.append((words.RECOMMENDATION, words.RECOMMENDATIONS.get(vote, vote)))
        return tuple(found)

    def differences(self) -> tuple[Entry, ...]:
        """Competencies on which people are two levels or more apart, and what came of talking about it."""
        kit, found = self._kit(), list[Entry]()
        for key in kit.competencies:
            spread = apart(given(self.tx, self.keys, self.interview, key))
            learned = self.tx.find(Utterance, {**self.where, "step": f"debrief.{key}.learned"}, "at,id", 1)
            if spread is not None and (spread.divergent or learned):
                found.append((_title(kit, key), words.differ(spread.low, spread.high)))
            if learned:
                found.append((words.LEARNED, cast("str", self._open(learned[0], "body"))))
        return tuple(found)

    def decisions(self) -> tuple[Entry, ...]:
        found: list[Entry] = []
        for d in self.tx.find(Decision, self.where, "version"):
            reason = cast("dict[str, Any]", self._open(d, "sealed"))["reason"]
            found.append((words.decided(d["version"], d["outcome"], self._name(d["decided_by"]), _at(d["at"])), reason))
        return tuple(found)

    def promises(self) -> tuple[Entry, ...]:
        promised = hiring.flags(self.interview).get("promise_at")
        found = [(words.PROMISED, _at(promised))] if promised else []
        letters = self.tx.find(Letter, self.where, "at,id")
        named = ((row, self._name(row["planned_by"])) for row in letters)
        found += [("", words.letter(row["kind"], row["state"], who, _at(row["due_at"]))) for row, who in named]
        return tuple(found)

    def history(self) -> tuple[Entry, ...]:
        """What became true, in order; what is only bookkeeping stays in the export."""
        found: list[Entry] = []
        for fact in self.tx.find(FactRow, self.where, "at,id"):
            if fact["name"] in words.HAPPENED:
                member = bool(fact["person_id"]) and fact["person_id"] != self.interview["candidate_id"]
                who = self._name(fact["person_id"]) if member else ""
                found.append((_at(fact["at"]), words.happened(fact["name"], who)))
        return tuple(found)

    # -- reading ------------------------------------------------------------------------------------------------------

    def _cards(self) -> list[Row]:
        """Every version of every card that is open, in the order in which they were given."""
        rows = self.tx.find(Scorecard, self.where, "at,id")
        return [r for r in rows if r["state"] in ("revealed", "frozen") and r["body"] is not None]

    def _opened(self, row: Row) -> dict[str, Any]:
        return cast("dict[str, Any]", self._open(row, "body"))

    def _open(self, row: Row, column: str) -> object:
        self.keys.load(self.tx, row["tenant_id"], row["subject_id"])
        return self.keys.open(row["tenant_id"], row["subject_id"], row[column])

    def _name(self, person_id: str) -> str:
        return people.name_of(self.tx, self.keys, self.interview["tenant_id"], person_id)

    def _kit(self) -> Kit:
        row = self.interview
        return hiring.kit_of(hiring.get_requisition(self.tx, row["tenant_id"], row["requisition_id"]))


def _title(kit: Kit, key: str) -> str:
    competency = kit.competencies.get(key)
    return (competency.title or key) if competency else key


def _machine_entries(card: MachineCard) -> list[Entry]:
    """How one reading was made, and what it says of each competency; an abstention says why."""
    count = max((len(a.samples) for a in card.answers), default=0)
    sampling = words.samples(count, card.seed, card.temperature) if card.kind == "llm-evidence" else ""
    head = [
        (words.SCORER, f"{words.SCORERS[card.kind]}; {words.kit(card.kit, card.kit_version)}"),
        (words.MODEL, ", ".join(filter(None, (card.model, card.host)))),
        (words.PROMPT, card.prompt_hash),
        (words.SAMPLING, sampling),
        (words.TOKENS, str(card.tokens) if card.tokens else ""),
        (words.FALLBACK, card.fallback.replace("_", " ")),
    ]
    results = [(r.title, words.machine_result(r.phrase, r.band)) for r in card.results]
    return [entry for entry in head if entry[1]] + results
