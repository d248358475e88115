"""The shortlist of a requisition: everybody whose scorecards are open, beside each other. It proposes, and decides nothing.

It is read from what is revealed and from nothing else: of sealed interviews only their number is known here, so no order
and no group can depend on them. One query finds the cards and one the names, whatever the number of candidates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot import hiring
from bot.funnel import stages
from bot.keyring import Keyring
from bot.scorecards import blind, rereading
from bot.store import funnel_queries
from bot.store.store import Row, Tx
from flows.kits.model import Kit
from flows.rating import standing
from flows.rating.standing import Band, Standing

WAITING, DECIDED, EVERYBODY = STATES = ("waiting", "decided", "all")
_RATED = ("scored", "decided")
_RATING = "submitted"
_LEFT = ("withdrawn", "expired")
MOST_PLACES = 100  # of a shortlist
_MIDDLE = 3  # the level at which models are weakest


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate whose cards are open. stage: its key. hidden: is the name kept from this reader? look: should a person
    look first, because the software was least sure there (a middle level, or a band one level wide)?"""

    interview_id: str
    candidate_id: str
    status: str
    stage: str
    standing: Standing
    hidden: bool
    look: bool
    raters: int

    @property
    def label(self) -> str:
        return self.standing.label


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What a reader may know of a requisition. candidates: in the order in which their answers came. sealed: how many are
    still being rated, or read again; under_way: how many haven't answered yet; left: how many have withdrawn or ran out of time;
    removed: how many were removed after they had been rated."""

    requisition: Row
    kit: Kit
    stages: tuple[stages.Stage, ...]
    candidates: tuple[Candidate, ...]
    sealed: int
    under_way: int
    left: int
    removed: int
    blind: bool

    @property
    def weights(self) -> dict[str, float]:
        return {key: c.weight for key, c in self.kit.competencies.items()}

    @property
    def titles(self) -> dict[str, str]:
        """Competency -> how it is called."""
        return titles_of(self.requisition)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants to see. top: for how many places; state: one of `STATES`; stage: a key, "" for each candidate's
    last; competency and least: only whoever may be at that level or above; look: only those a person should look at; by: the
    competency that groups are made by, "" for all of them together."""

    top: int = 10
    page: int = 1
    state: str = WAITING
    stage: str = ""
    competency: str = ""
    least: int = 0
    look: bool = False
    by: str = ""


def titles_of(requisition: Row) -> dict[str, str]:
    """Competency -> how it is called, of a requisition's kit."""
    return {key: c.title or key for key, c in hiring.kit_of(requisition).competencies.items()}


def read(tx: Tx, keys: Keyring, requisition: Row, reader_id: str, stage: str = "") -> Shortlist:
    """Everybody of a requisition whose cards are open. stage: of that stage only; "": the last open one of each person."""
    tenant, kit = requisition["tenant_id"], hiring.kit_of(requisition)
    invited = {r["candidate_id"]: r for r in funnel_queries.invited(tx, tenant, requisition["id"])}
    neutral = blind.labels(invited) if blind.is_blind(requisition) else {}
    cards: dict[str, list[Row]] = {}
    for row in funnel_queries.opened_cards(tx, tenant, requisition["id"]):
        cards.setdefault(row["id"], []).append(row)
    found: dict[str, Candidate] = {}
    removed = again = 0
    for rows in cards.values():
        interview, person = rows[0], invited[rows[0]["candidate_id"]]
        if interview["status"] not in _RATED or stage not in ("", stages.key_of(requisition, interview)):
            continue
        if rereading.going_on(interview) is not None:  # covered for everybody, until a second person has read
            again += 1
            continue
        if person["body"] is None or person["wrapped"] is None:
            removed += 1
            continue
        keys.load_read(tx, tenant, person["candidate_id"], person["wrapped"])
        hidden = blind.hidden(requisition, interview, reader_id)
        label = neutral[person["candidate_id"]] if hidden else _name(keys, tenant, person)
        one = candidate(keys, kit, rows, label, stages.key_of(requisition, interview), hidden)
        # Later stages come later: of several open ones the last stands for the person, in its own place.
        found.pop(one.candidate_id, None)
        found[one.candidate_id] = one
    counts = funnel_queries.by_status(tx, tenant, requisition["id"])
    return Shortlist(
        requisition,
        kit,
        stages.of(requisition),
        tuple(found.values()),
        counts.get(_RATING, 0) + again,
        sum(n for status, n in counts.items() if status not in (*_RATED, *_LEFT, _RATING)),
        sum(counts.get(status, 0) for status in _LEFT),
        removed,
        bool(neutral),
    )


def _name(keys: Keyring, tenant: str, person: Row) -> str:
    body = cast("dict[str, Any]", keys.open(tenant, person["candidate_id"], person["body"]))
    return str(body["name"])


def candidate(keys: Keyring, kit: Kit, rows: list[Row], label: str, stage: str, hidden: bool) -> Candidate:
    """One candidate from the rows of their open cards (`funnel_queries.opened_cards`); their key has been loaded."""
    interview, newest = rows[0], newest_cards(rows)
    tenant = interview["tenant_id"]
    bodies = {
        rater: cast("dict[str, Any]", keys.open(tenant, row["subject_id"], row["body"]))
        for rater, row in newest.items()
        if row["body"] is not None
    }
    machine = bodies.pop("machine", {})
    levels = {key: {r: _level(body, key) for r, body in bodies.items()} for key in kit.competencies}
    read_by_machine = {r["competency"]: r for r in machine.get("results", ())}
    cells = tuple(
        standing.cell(key, competency, levels[key], _band(read_by_machine.get(key)))
        for key, competency in kit.competencies.items()
    )
    look = any(_unsure(r) for r in read_by_machine.values())
    place = Standing(label, cells, interview["id"])
    return Candidate(
        interview["id"], interview["candidate_id"], interview["status"], stage, place, hidden, look, len(bodies)
    )


def newest_cards(rows: Iterable[Row]) -> dict[str, Row]:
    """The newest card of every rater ("machine" included), of those who rated before the reveal, or read again without
    having seen the others. Whoever else rated after it could read those first, and counts only where there is nobody
    else. rows: as `funnel_queries.opened_cards`."""
    cards = [r for r in rows if r["rater_id"] is not None]
    apart = {p for r in cards[:1] for p, how in rereading.readings(r).items() if how == "blind"}
    early = apart | {r["rater_id"] for r in cards if r["opened_at"] is not None}
    people = early - {"machine"}
    return {r["rater_id"]: r for r in cards if r["rater_id"] in early or not people}


def _level(body: Mapping[str, Any], key: str) -> int | None:
    given = body.get("ratings", {}).get(key)
    return None if given is None else given["level"]


def _band(result: Mapping[str, Any] | None) -> Band | None:
    """The software's band, where it gives a level at all: an abstention is none."""
    if result is None or result["level"] is None or result["band"] is None:
        return None
    return result["band"][0], result["band"][1]


def _unsure(result: Mapping[str, Any]) -> bool:
    band = _band(result)
    return band is not None and (result["level"] == _MIDDLE or band[1] - band[0] == 1)


# -- looking at it ---------------------------------------------------------------------------------------------


def fits(one: Candidate, wish: Wish) -> bool:
    """Is somebody among those who are wanted? What nobody has rated is unknown, and never too low."""
    if wish.state != EVERYBODY and (one.status == "decided") != (wish.state == DECIDED):
        return False
    if wish.look and not one.look:
        return False
    cell = one.standing.cell(wish.competency) if wish.competency else None
    return cell is None or cell.high is None or cell.high >= wish.least


@dataclass(frozen=True, slots=True)
class View:
    """A shortlist as it was asked for: in groups that are ties, the highest first, and who can't be compared."""

    wish: Wish
    groups: tuple[tuple[Candidate, ...], ...]
    unknown: tuple[Candidate, ...]
    proposal: standing.Proposal

    @property
    def size(self) -> int:
        return sum(len(g) for g in self.groups) + len(self.unknown)

    @property
    def proposed(self) -> tuple[str, ...]:
        """The interviews that stand out clearly enough for the places there are."""
        return tuple(s.id for group in self.proposal.clear for s in group)


def view(found: Shortlist, wish: Wish) -> View:
    """The candidates that are wanted, in groups."""
    wanted = {c.interview_id: c for c in found.candidates if fits(c, wish)}
    places = [c.standing for c in wanted.values()]
    weights = {wish.by: 1.0} if wish.by in found.weights else found.weights
    ties = standing.groups(places, weights)
    grouped = tuple(tuple(wanted[s.id] for s in group) for group in ties)
    unknown = tuple(wanted[s.id] for s in standing.unknown(places, weights))
    return View(wish, grouped, unknown, standing.propose(ties, wish.top))


# -- as a button carries it ------------------------------------------------------------------------------------


def packed(found: Shortlist, wish: Wish) -> str:
    """A wish for the token of a button: "10.2.w.0.3.4.l". Positions, since names may be long; about 16 characters."""
    stage = next((n for n, s in enumerate(found.stages, 1) if s.key == wish.stage), 0)
    kinds = list(found.kit.competencies)
    kind = kinds.index(wish.competency) + 1 if wish.competency in kinds else 0
    look = "l" if wish.look else "-"
    return f"{wish.top}.{wish.page}.{wish.state[0]}.{stage}.{kind}.{wish.least}.{look}"


def unpacked(requisition: Row, text: str) -> Wish:
    """The inverse; a plain wish for anything that can't be read."""
    try:
        top, page, state, stage, kind, least, look = text.split(".")
        kinds = ("", *hiring.kit_of(requisition).competencies)
        return Wish(
            max(1, min(int(top), MOST_PLACES)),
            max(1, int(page)),
            {s[0]: s for s in STATES}[state],
            ("", *(s.key for s in stages.of(requisition)))[int(stage)],
            kinds[int(kind)],
            int(least),
            look == "l",
        )
    except (ValueError, KeyError, IndexError):
        return Wish()
