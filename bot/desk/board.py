"""The board: how many are at which stage, and who has waited longest, a page at a time.

What is counted and sorted comes from a few queries for a whole requisition; only the people of one page are looked at one
by one. So three hundred candidates are as quick as thirty.
"""

from dataclasses import dataclass

from bot.desk import boards
from bot.desk.sight import LOOKERS, RECRUITERS, TEAM, Call, choice, not_found, say, wrong
from bot.funnel import stages
from bot.hiring import DAY
from bot.scene import Reply
from bot.scorecards import blind
from bot.store import funnel_queries
from bot.store.store import Row
from flows.cards import Option
from flows.cards import Row as CardRow
from flows.words import desk_en as words

PER_PAGE = 20
_EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One interview on the board. since: when something last happened (ms); status: as the team thinks of it."""

    since: int
    status: str
    interview: Row


def command(call: Call) -> Reply:
    """`/interview board [TITLE]`."""
    title = call.rest.strip()
    found = call.sight.titled(title, *TEAM)
    if title and len(found) != 1:
        several = tuple(r["title"] for r in found)
        return say(words.several_titles(title, several)) if found else wrong(words.no_such(title))
    return shown(call, found, bool(title), 1)


def press(call: Call, ids: list[str], option: str) -> Reply:
    """Somebody was chosen on the board, or another page of it."""
    if option.startswith("p") and option[1:].isdigit():
        titled = ids[0] != _EVERYTHING
        one = call.sight.requisition(ids[0], *TEAM) if titled else None
        found = call.sight.requisitions(*TEAM) if not titled else [one] if one is not None else []
        return shown(call, found, titled, int(option[1:])) if found else not_found()
    interview = call.sight.interview(option, *RECRUITERS)
    return not_found() if interview is None else boards.candidate(call, interview)


def shown(call: Call, requisitions: list[Row], titled: bool, page: int) -> Reply:
    """One page. titled: is it about one requisition, so that its title needn't be said with everybody?"""
    entries = sorted(_entries(call, requisitions), key=lambda e: (e.since, e.interview["id"]))
    if not entries:
        return say(words.plain(words.NONE_YET))
    pages = -(-len(entries) // PER_PAGE)
    page = min(max(1, page), pages)
    here = entries[(page - 1) * PER_PAGE : page * PER_PAGE]
    by_id = {r["id"]: r for r in requisitions}
    lines = tuple(_line(call, by_id[e.interview["requisition_id"]], e, titled) for e in here)
    options = tuple(
        choice(call.sight, e.interview) for e in here if call.sight.may(e.interview["requisition_id"], *RECRUITERS)
    )
    turns = _turns(page, pages)
    title = requisitions[0]["title"] if titled else words.ALL
    card = words.board(title, _counts(requisitions, entries), lines, (*options, *turns), page, pages)
    about = requisitions[0]["id"] if titled else _EVERYTHING
    return say(card, f"do:board:{about}" if card.options else "")


def _entries(call: Call, requisitions: list[Row]) -> list[_Entry]:
    """Everybody who is under way for these, with what a few queries tell about all of them."""
    tx, tenant = call.scene.tx, call.scene.tenant_id
    last, greeted = dict[str, int](), set[str]()
    for requisition in requisitions:
        last |= funnel_queries.moments(tx, tenant, requisition["id"])
        greeted |= funnel_queries.greeted(tx, tenant, requisition["id"])
    ids = {r["id"] for r in requisitions}
    return [
        _Entry(last[r["id"]] if r["id"] in last else r["created_at"], _status(r, greeted), r)
        for r in call.sight.interviews(*TEAM)
        if r["requisition_id"] in ids
    ]


def _status(interview: Row, greeted: set[str]) -> str:
    """As `Sight.stage`: "invited" until the link has been opened."""
    opened = interview["status"] == "opened" and interview["id"] not in greeted
    return "invited" if opened else interview["status"]


def _counts(requisitions: list[Row], entries: list[_Entry]) -> tuple[CardRow, ...]:
    """How many there are in each status; of one requisition with several stages, in each of those too."""
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.status] = counts.get(entry.status, 0) + 1
    rows = tuple(CardRow(label, str(counts[key])) for key, label in words.STAGES.items() if key in counts)
    named = stages.of(requisitions[0]) if len(requisitions) == 1 else ()
    if len(named) < 2:
        return rows
    keys = [stages.key_of(requisitions[0], e.interview) for e in entries]
    return (*(CardRow(words.stage(s.title), str(keys.count(s.key))) for s in named), *rows)


def _line(call: Call, requisition: Row, entry: _Entry, titled: bool) -> CardRow:
    interview, sight = entry.interview, call.sight
    looks = sight.may(requisition["id"], *LOOKERS)
    # Whoever invites people and keeps in touch with them knows their names anyway; raters are the ones to be blind.
    kept = not sight.may(requisition["id"], *RECRUITERS) and blind.hidden(requisition, interview, call.person_id)
    name = blind.label(sight.tx, requisition, interview["candidate_id"]) if kept else sight.name(interview)
    title = "" if titled else f"{requisition['title']}: "
    waited = words.since((call.scene.at - entry.since) // DAY)
    return CardRow(name, f"{title}{boards.now(call, interview, looks)}, {waited}")


def _turns(page: int, pages: int) -> tuple[Option, ...]:
    back = (Option(f"p{page - 1}", words.PAGE_BACK, "quiet"),) if page > 1 else ()
    return (*back, Option(f"p{page + 1}", words.PAGE_NEXT, "quiet")) if page < pages else back
