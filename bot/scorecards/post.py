"""The scorecard's post in the channel, a view of stored state. Two functions, so that sealing has one place.

`channel_post` shows only what every member of the channel may see; `private_view` what one reader may. Before
the reveal neither knows a rating: the state they are computed from does not hold sealed cards.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from bot import hiring, people
from bot.keyring import Keyring
from bot.store.store import Row, Tx
from bot.work.progress import so_far
from flows.cards import Card, Link, Mark, Option, Quote, Score
from flows.cards import Row as CardRow
from flows.kits.model import Kit
from flows.rating.card import MachineCard
from flows.rating.text import display
from flows.words import panel_en as words


@dataclass(frozen=True, slots=True)
class HumanCard:
    """One rater's revealed card. `ratings`: competency -> (level or None, why). `late`: given after the reveal."""

    rater: str
    recommendation: str
    ratings: dict[str, tuple[int | None, str]]
    late: bool = False


@dataclass(frozen=True, slots=True)
class PanelState:
    """What a scorecard post is computed from. Cards are empty until the reveal, whoever asks."""

    candidate: str
    role: str
    interview_id: str
    status: str
    kit: Kit
    panel: tuple[tuple[str, bool], ...]  # (name, has submitted)
    gate: tuple[str, ...] = ()  # reasons why there is a human scorecard only
    revealed: bool = False
    forced: str = ""
    machine: MachineCard | None = None
    humans: tuple[HumanCard, ...] = ()
    machine_pending: bool = False
    removed: bool = False
    reading: tuple[int, int] | None = None  # competencies the machine has read, of how many
    called_off: bool = False
    extra: dict[str, Any] = field(default_factory=lambda: {})


def panel_state(tx: Tx, keys: Keyring, interview: Row) -> PanelState:
    """Read an interview's state for its post. Sealed cards are not even decrypted before the reveal."""
    tenant_id = interview["tenant_id"]
    requisition = hiring.get_requisition(tx, tenant_id, interview["requisition_id"])
    panel, due = hiring.due_raters(tx, interview)
    cards = hiring.cards_of(tx, tenant_id, interview["id"])
    flags = hiring.flags(interview)
    revealed = interview["revealed_at"] is not None
    humans, machine = list[HumanCard](), None
    if revealed:
        for rater_id, row in cards.items():
            if row["state"] != "revealed":
                continue
            keys.load(tx, tenant_id, row["subject_id"])
            body = cast("dict[str, Any]", keys.open(tenant_id, row["subject_id"], row["body"]))
            if rater_id == "machine":
                machine = MachineCard.from_json(body) if "results" in body else None
            else:
                ratings = {k: (v["level"], v["why"]) for k, v in body["ratings"].items()}
                name, late = people.name_of(tx, keys, tenant_id, rater_id), row["revealed_at"] is None
                humans.append(HumanCard(name, body["recommendation"], ratings, late))
    names = tuple((people.name_of(tx, keys, tenant_id, p), p not in due) for p in panel)
    return PanelState(
        people.name_of(tx, keys, tenant_id, interview["candidate_id"]),
        requisition["title"],
        interview["id"],
        interview["status"],
        hiring.kit_of(requisition),
        names,
        tuple(flags.get("gate", ())),
        revealed,
        flags.get("forced", ""),
        machine,
        tuple(sorted(humans, key=lambda h: h.rater)),
        "machine" not in cards and interview["status"] == "submitted",
        reading=None if "machine" in cards else so_far(tx, interview),
        called_off="called_off" in flags,
    )


def channel_post(state: PanelState) -> Card:
    """The scorecard as its channel sees it: who is due before the reveal, everything after it."""
    link = Link(words.READ_TRANSCRIPT, f"/review/{state.interview_id}")
    if state.status == "withdrawn":
        text = words.called_off(state.candidate) if state.called_off else words.withdrawn(state.candidate)
        return Card(text, title=words.title(state.candidate, state.role), tone="notice")
    if not state.revealed:
        return _sealed(state, link)
    return Card(
        words.revealed(len(state.humans), state.forced),
        title=words.title(state.candidate, state.role),
        tone="done",
        rows=tuple(CardRow(h.rater, words.recommends(h.recommendation, h.late)) for h in state.humans),
        scores=tuple(_score(state, key) for key in state.kit.competencies),
        links=(link,),
        foot=words.machine_foot(state.machine) if state.machine else words.human_only(state.gate),
    )


def _sealed(state: PanelState, link: Link) -> Card:
    done = sum(d for _, d in state.panel)
    titles = ", ".join(c.title or k for k, c in state.kit.competencies.items())
    rows = (
        CardRow(words.COMPETENCIES, titles),
        CardRow(words.SCORECARDS, words.n_of_m(done, len(state.panel))),
        CardRow(words.STILL_DUE, ", ".join(n for n, d in state.panel if not d) or words.NOBODY),
    )
    if state.reading:
        rows = (*rows, CardRow(words.READING, words.read_so_far(*state.reading)))
    return Card(
        words.sealed(state.candidate),
        title=words.title(state.candidate, state.role),
        rows=rows,
        progress=state.reading,
        options=(Option("rate", words.RATE, "primary"), Option("mine", words.MINE, "quiet")),
        links=(link,),
        foot=words.human_only(state.gate) if state.gate else "",
    )


def _score(state: PanelState, key: str) -> Score:
    competency = state.kit.competencies[key]
    result = next((r for r in state.machine.results if r.competency == key), None) if state.machine else None
    levels = tuple((h.rater, h.ratings.get(key, (None, ""))[0]) for h in state.humans)
    notes = tuple((h.rater, h.ratings[key][1]) for h in state.humans if key in h.ratings and h.ratings[key][1])
    if result is None:
        return Score(competency.title or key, levels, words.NO_MACHINE, notes=notes)
    quotes = tuple(
        Quote(display(m.quote), words.indicator(m.text), f"/review/{state.interview_id}#{m.span.utterance_id}")
        for m in result.marks
        if m.quote and m.span and m.status == "found"
    )
    marks = tuple(Mark(m.text, m.status) for m in result.marks)
    missing = tuple(m.text for m in result.marks if m.status == "missing")
    return Score(competency.title or key, levels, result.phrase, marks, quotes[:3], missing, notes)


def private_view(tx: Tx, keys: Keyring, interview: Row, reader_id: str) -> Card:
    """A reader's own card, which nobody else sees before the reveal."""
    row = hiring.cards_of(tx, interview["tenant_id"], interview["id"]).get(reader_id)
    candidate = people.name_of(tx, keys, interview["tenant_id"], interview["candidate_id"])
    if row is None or row["rater_id"] == "machine":
        return Card(words.nothing_yet(candidate), tone="aside")
    keys.load(tx, row["tenant_id"], row["subject_id"])
    body = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))
    kit = hiring.kit_of(hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"]))
    rows = [
        CardRow(kit.competencies[k].title or k, words.own_rating(v["level"], v["why"]))
        for k, v in body["ratings"].items()
        if k in kit.competencies
    ]
    rows.append(CardRow(words.RECOMMENDATION, words.RECOMMENDATIONS[body["recommendation"]]))
    state = words.OPEN_TO_PANEL if row["state"] == "revealed" else words.SEALED_UNTIL_ALL
    return Card(state, title=words.your_card(candidate), rows=tuple(rows), tone="aside")
