"""The scorecard's post in the channel, a view of stored state. Two functions, so that sealing has one place.

`channel_post` shows only what every member of the channel may see; `private_view` what one reader may. Before
the reveal neither knows a rating: the state they are computed from does not hold sealed cards.
"""

from dataclasses import dataclass
from typing import Any, cast

from bot import hiring, people
from bot.keyring import Keyring
from bot.scorecards import rereading, spoken
from bot.scorecards.compact import compact
from bot.store.rows import Scorecard
from bot.store.store import Row, Tx
from bot.work.progress import queued_behind, so_far
from flows.cards import Card, Link, Mark, Option, Quote, Score
from flows.cards import Row as CardRow
from flows.kits.model import Kit
from flows.rating.card import CompetencyResult, MachineCard
from flows.rating.text import display
from flows.words import brief_en, clips_en, review_page_en
from flows.words import panel_en as words

GET_LINK = Option("read", review_page_en.GET_LINK, "quiet")
Ratings = dict[str, tuple[int | None, str]]  # competency -> (level or None: no basis, why)


@dataclass(frozen=True, slots=True)
class HumanCard:
    """One rater's revealed card, in its newest version. `late`: given after the reveal.

    before: earlier versions of it (recommendation, ratings), oldest first. again: a second reading of the answers by
    somebody who had not seen the first cards ("blind") or had ("seen"). A competency the rater wasn't asked about isn't there.
    """

    rater: str
    recommendation: str
    ratings: Ratings
    late: bool = False
    before: tuple[tuple[str, Ratings], ...] = ()
    again: str = ""
    rater_id: str = ""


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
    behind: int = 0  # interviews that the machine reads before this one
    called_off: bool = False
    reread: str = ""  # while a second person reads again: who, or "?" as long as nobody is found
    contested: bool = False  # was the second reading asked for by the candidate?
    spoken: bool = False  # are there quotes that can be heard?


def panel_state(tx: Tx, keys: Keyring, interview: Row) -> PanelState:
    """Read an interview's state for its post. Sealed cards are not even decrypted before the reveal."""
    tenant_id = interview["tenant_id"]
    requisition = hiring.get_requisition(tx, tenant_id, interview["requisition_id"])
    panel, due = hiring.due_raters(tx, interview)
    cards = hiring.cards_of(tx, tenant_id, interview["id"])
    flags = hiring.flags(interview)
    revealed = interview["revealed_at"] is not None
    names = tuple((people.name_of(tx, keys, tenant_id, p), p not in due) for p in panel)
    reread = rereading.going_on(interview)
    reader = (people.name_of(tx, keys, tenant_id, reread["person"]) if reread["person"] else "?") if reread else ""
    machine = _machine(tx, keys, cards.get("machine")) if revealed else None
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
        _humans(tx, keys, interview) if revealed else (),
        "machine" not in cards and interview["status"] == "submitted",
        reading=None if "machine" in cards else so_far(tx, interview),
        behind=0 if "machine" in cards else queued_behind(tx, interview),
        called_off="called_off" in flags,
        reread=reader,
        contested=bool(reread and reread["contested"]),
        spoken=bool(spoken.quoted(tx, interview, machine)),
    )


def _opened(tx: Tx, keys: Keyring, row: Row) -> dict[str, Any]:
    keys.load(tx, row["tenant_id"], row["subject_id"])
    return cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["body"]))


def _machine(tx: Tx, keys: Keyring, row: Row | None) -> MachineCard | None:
    """The machine's card, once it is open; not while it is frozen."""
    if row is None or row["state"] != "revealed":
        return None
    body = _opened(tx, keys, row)
    return MachineCard.from_json(body) if "results" in body else None


def _humans(tx: Tx, keys: Keyring, interview: Row) -> tuple[HumanCard, ...]:
    """Everybody's open card, with the versions before it."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "state": "revealed"}
    versions: dict[str, list[Row]] = {}
    for row in tx.find(Scorecard, where, "version"):
        if row["rater_id"] != "machine":
            versions.setdefault(row["rater_id"], []).append(row)
    second = rereading.readings(interview)
    found = list[HumanCard]()
    for rater, rows in versions.items():
        *before, now = [(body["recommendation"], _ratings(body)) for body in (_opened(tx, keys, r) for r in rows)]
        late, again = rows[0]["revealed_at"] is None, second.get(rater, "")
        name = people.name_of(tx, keys, interview["tenant_id"], rater)
        found.append(HumanCard(name, *now, late and not again, tuple(before), again, rater))
    return tuple(sorted(found, key=lambda h: (h.rater, h.rater_id)))


def _ratings(body: dict[str, Any]) -> Ratings:
    return {k: (v["level"], v["why"]) for k, v in body["ratings"].items()}


def channel_post(state: PanelState) -> Card:
    """The scorecard as its channel sees it: who is due before the reveal, everything after it."""
    if state.status == "withdrawn":
        text = words.called_off(state.candidate) if state.called_off else words.withdrawn(state.candidate)
        return Card(text, title=words.title(state.candidate, state.role), tone="notice")
    if not state.revealed and state.status in ("invited", "opened", "consented", "declined"):
        # It counted as held by people, and wasn't after all.
        return Card(
            brief_en.not_held_post(state.candidate), title=words.title(state.candidate, state.role), tone="notice"
        )
    if not state.revealed:
        return _sealed(state)
    return _covered(state) if state.reread else compact(open_card(state), words.MORE_THERE)


def open_card(state: PanelState) -> Card:
    """The revealed card in full length."""
    return Card(
        words.revealed(len(state.humans), state.forced),
        title=words.title(state.candidate, state.role),
        tone="done",
        rows=(*(CardRow(h.rater, _vote(h)) for h in state.humans), *_remarks(state)),
        scores=tuple(_score(state, key) for key in _competencies(state)),
        options=_open_options(state),
        links=(Link(words.COMMENT, f"/review/{state.interview_id}"),),
        foot=words.machine_foot(state.machine) if state.machine else words.human_only(state.gate),
    )


def _open_options(state: PanelState) -> tuple[Option, ...]:
    hear = (Option("hear", clips_en.HEAR),) if state.spoken else ()
    if state.status not in ("submitted", "scored"):
        return (Option("compare", words.COMPARE), Option("decide", words.DECIDE), *hear)
    due = (Option("rate", words.RATE),) if not all(done for _, done in state.panel) else ()
    return (
        *due,
        Option("decide", words.DECIDE, "primary"),
        *hear,
        Option("compare", words.COMPARE),
        Option("reread", words.REREAD),
        Option("amend", words.AMEND, "quiet"),
        GET_LINK,
    )


def _vote(card: HumanCard) -> str:
    again = {"blind": words.SECOND_READING, "seen": words.SECOND_READING_SEEN}.get(card.again, "")
    late = words.AFTER_REVEAL if card.late else ""
    return words.recommends(card.recommendation, again, late, words.AMENDED_AFTER if card.before else "")


def _remarks(state: PanelState) -> tuple[CardRow, ...]:
    """What to look at first: where the raters differ, what was amended, what speaks to software."""
    spreads = {k: _levels(state, k) for k in state.kit.competencies}
    apart = [
        words.differs(_title(state.kit, k), min(given), max(given))
        for k, given in spreads.items()
        if given and max(given) - min(given) >= 2
    ]
    rows = [CardRow(words.DIFFERS, ", ".join(apart) or words.NOTHING_DIFFERS)] if len(state.humans) > 1 else []
    rows += [
        CardRow(words.AMENDED, words.was(h.rater, vote, tuple((_title(state.kit, k), v[0]) for k, v in rated.items())))
        for h in state.humans
        for vote, rated in h.before
    ]
    flagged = (
        {(f.span.utterance_id, f.span.start) for a in state.machine.answers for f in a.flags} if state.machine else ()
    )
    return (*rows, CardRow(words.FLAGGED, words.flagged(len(flagged)))) if flagged else tuple(rows)


def _levels(state: PanelState, key: str) -> list[int]:
    """The levels that people gave; who had no basis, or wasn't asked, gave none."""
    given = (h.ratings[key][0] for h in state.humans if key in h.ratings)
    return [level for level in given if level is not None]


def _title(kit: Kit, key: str) -> str:
    found = kit.competencies.get(key)
    return found.title or key if found else key


def _sealed(state: PanelState) -> Card:
    done = sum(d for _, d in state.panel)
    titles = ", ".join(c.title or k for k, c in state.kit.competencies.items())
    rows = (
        CardRow(words.COMPETENCIES, titles),
        CardRow(words.SCORECARDS, words.n_of_m(done, len(state.panel))),
        CardRow(words.STILL_DUE, ", ".join(n for n, d in state.panel if not d) or words.NOBODY),
    )
    if state.reading:
        rows = (*rows, CardRow(words.READING, words.read_so_far(*state.reading)))
    elif state.behind:
        rows = (*rows, CardRow(words.READING, words.queued_behind(state.behind)))
    rate, mine = Option("rate", words.RATE, "primary"), Option("mine", words.MINE, "quiet")
    return Card(
        words.sealed(state.candidate),
        title=words.title(state.candidate, state.role),
        rows=rows,
        progress=state.reading,
        options=(rate, mine, GET_LINK, Option("early", words.OPEN_EARLY, "quiet")),
        links=(Link(words.READ_TRANSCRIPT, f"/review/{state.interview_id}"),),
        foot=words.human_only(state.gate) if state.gate else "",
    )


def _covered(state: PanelState) -> Card:
    """While a second person reads: what they must not know isn't shown to anybody here."""
    reader = words.still_looking() if state.reread == "?" else state.reread
    return Card(
        words.covered(state.candidate, state.contested),
        title=words.title(state.candidate, state.role),
        tone="notice",
        rows=(CardRow(words.SECOND_READER, reader),),
        options=(
            Option("rate", words.RATE, "primary"),
            Option("mine", words.MINE, "quiet"),
            Option("uncover", words.END_REREAD, "quiet"),
        ),
    )


def _competencies(state: PanelState) -> list[str]:
    """Those that people rated, and whatever else the machine read with a later version of the kit."""
    read = [r.competency for r in state.machine.results] if state.machine else []
    return list(dict.fromkeys([*state.kit.competencies, *read]))


def _score(state: PanelState, key: str) -> Score:
    result = next((r for r in state.machine.results if r.competency == key), None) if state.machine else None
    rated = [(h.rater, *h.ratings[key]) for h in state.humans if key in h.ratings]
    given = _levels(state, key)
    spread = words.spread(min(given), max(given)) if len(given) > 1 else ""
    levels = tuple((who, level) for who, level, _ in rated)
    notes = tuple((who, why) for who, _, why in rated if why)
    title = result.title if result and key not in state.kit.competencies else _title(state.kit, key)
    if result is None:
        return Score(title, levels, words.NO_MACHINE, notes=notes, spread=spread)
    marks = tuple(Mark(m.text, m.status) for m in result.marks)
    missing = tuple(m.text for m in result.marks if m.status == "missing")
    return Score(title, levels, result.phrase, marks, _quotes(state, result), missing, notes, spread)


def _quotes(state: PanelState, result: CompetencyResult) -> tuple[Quote, ...]:
    found = [m for m in result.marks if m.quote and m.span and m.status == "found"][:3]
    return tuple(
        Quote(display(m.quote), words.indicator(m.text), f"/review/{state.interview_id}#{m.span.utterance_id}")
        for m in found
        if m.span
    )


def private_view(tx: Tx, keys: Keyring, interview: Row, reader_id: str) -> Card:
    """A reader's own card, which nobody else sees before the reveal."""
    row = hiring.cards_of(tx, interview["tenant_id"], interview["id"]).get(reader_id)
    candidate = people.name_of(tx, keys, interview["tenant_id"], interview["candidate_id"])
    if row is None or row["rater_id"] == "machine":
        return Card(words.nothing_yet(candidate), tone="aside")
    body = _opened(tx, keys, row)
    kit = hiring.kit_of(hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"]))
    rows = [
        CardRow(_title(kit, k), words.own_rating(v["level"], v["why"]) if "level" in v else v.get("why", ""))
        for k, v in body["ratings"].items()
        if k in kit.competencies
    ]
    if body["recommendation"]:
        rows.append(CardRow(words.RECOMMENDATION, words.RECOMMENDATIONS[body["recommendation"]]))
    says = {"revealed": words.OPEN_TO_PANEL, "draft": words.KEPT_FOR_LATER}.get(row["state"], words.SEALED_UNTIL_ALL)
    return Card(says, title=words.your_card(candidate), rows=tuple(rows), tone="aside")
