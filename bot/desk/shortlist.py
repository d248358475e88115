"""`/interview shortlist`: everybody whose scorecards are open, in groups that are ties, a page at a time.

The whole team may read it; what follows from it (advance, turn down) is offered to those who decide, and leads to a preview.
"""

import re
from base64 import b64encode
from dataclasses import replace

from bot.desk import compare, many, opened, sheet
from bot.desk.sight import RECRUITERS, TEAM, Call, not_found, say, wrong
from bot.funnel import shortlist, stages
from bot.funnel.shortlist import Candidate, Shortlist, View, Wish
from bot.scene import Reply
from bot.store.store import Row
from flows.cards import Card, File, Option
from flows.cards import Row as CardRow
from flows.words import desk_en
from flows.words import shortlist_en as words

PER_PAGE = 10
_MOST_BYTES = 150_000  # of a file in a message; the rest is a download on the page


# -- a line ----------------------------------------------------------------------------------------------------


def command(call: Call) -> Reply:
    """`/interview shortlist TITLE top 10, Ownership at least 4, unsure, decided, stage Screen`; all but the title optional."""
    title, said = _parted(call.rest)
    found = [r for r in call.sight.titled(title, *TEAM) if opened.readable(call.sight, r)]
    if not found:
        return wrong(desk_en.no_such(title) if title else desk_en.NO_REQUISITION)
    if len(found) > 1:
        options = tuple(Option(r["id"], r["title"][:75]) for r in found[-20:])
        return say(Card(words.WHOSE, tone="question", options=options), "do:slof:all")
    wish = _wish(found[0], said)
    return wrong(wish) if isinstance(wish, str) else shown(call, found[0], wish)


_SAID = {
    "top": r"\btop\s+(\d{1,3})\b",
    "least": r"(?:^|,|\bwith\b)\s*([^,]+?)\s+at\s+least\s+([1-5])\b",
    "stage": r"\bstage\s+([^,]+)",
    "look": r"\bunsure\b",
    "decided": r"\bdecided\b",
    "all": r"\beverybody\b",
}


def _parted(rest: str) -> tuple[str, dict[str, "re.Match[str]"]]:
    """(the title, what was said besides) of a line."""
    said: dict[str, re.Match[str]] = {}
    left = rest
    for name, pattern in _SAID.items():
        if match := re.search(pattern, left, re.IGNORECASE):
            said[name] = match
            left = f"{left[: match.start()]},{left[match.end() :]}"
    return left.partition(",")[0].strip(), said


def _wish(requisition: Row, said: dict[str, "re.Match[str]"]) -> Wish | str:
    """What is wanted; a sentence where a stage or a competency isn't known."""
    wish = Wish()
    if match := said.get("top"):
        wish = replace(wish, top=max(1, min(int(match[1]), shortlist.MOST_PLACES)))
    if match := said.get("stage"):
        name = match[1].strip().casefold()
        stage = next((s for s in stages.of(requisition) if name in (s.key, s.title.casefold())), None)
        if stage is None:
            return words.NO_STAGE
        wish = replace(wish, stage=stage.key)
    if match := said.get("least"):
        key = _competency(requisition, match[1].strip())
        if not key:
            return words.no_competency(match[1].strip(), tuple(shortlist.titles_of(requisition).values()))
        wish = replace(wish, competency=key, least=int(match[2]))
    state = shortlist.EVERYBODY if "all" in said else shortlist.DECIDED if "decided" in said else shortlist.WAITING
    return replace(wish, state=state, look="look" in said)


def _competency(requisition: Row, text: str) -> str:
    """The key of the one competency whose title (or key) contains `text`; "" for none or several."""
    wanted, titles = text.casefold(), shortlist.titles_of(requisition)
    exact = [k for k, t in titles.items() if wanted in (k, t.casefold())]
    fits = exact or [k for k, t in titles.items() if wanted in t.casefold()]
    return fits[0] if len(fits) == 1 else ""


# -- a page of it ------------------------------------------------------------------------------------------------


def shown(call: Call, requisition: Row, wish: Wish) -> Reply:
    """One page of a shortlist, with what can be done next."""
    found = shortlist.read(call.scene.tx, call.scene.keys, requisition, call.person_id, wish.stage)
    if not found.candidates:
        counts = words.counts(0, found.sealed, found.under_way, found.left, found.removed)
        return say(Card(words.NOBODY_OPEN, title=requisition["title"], rows=(CardRow(words.WHERE, counts),)))
    view = shortlist.view(found, wish)
    pages = max(1, -(-view.size // PER_PAGE))
    view = replace(view, wish=replace(wish, page=min(wish.page, pages)))
    card = words.shortlist(
        requisition["title"],
        _summary(view),
        (*_about(found, view), *_lines(view)),
        _options(call, found, view, pages),
        f"/board/{requisition['id']}",
        view.wish.page,
        pages,
    )
    return say(card, f"do:sl:{requisition['id']}:{shortlist.packed(found, view.wish)}" if card.options else "")


def _summary(view: View) -> str:
    if not view.size:
        return words.NOBODY_FITS
    proposal = view.proposal
    return words.proposal(proposal.size, len(proposal.edge), view.wish.top).strip()


def _about(found: Shortlist, view: View) -> tuple[CardRow, ...]:
    wish = view.wish
    stage = next((s.title for s in found.stages if s.key == wish.stage), "")
    title = found.titles.get(wish.competency, "")
    narrowed = words.conditions(wish.state, stage, title, wish.least, wish.look)
    counts = words.counts(len(found.candidates), found.sealed, found.under_way, found.left, found.removed)
    rows = (CardRow(words.WHERE, counts),)
    return (*rows, CardRow(words.SHOWN, f"{words.people(view.size)}: {narrowed}")) if narrowed else rows


def _lines(view: View) -> list[CardRow]:
    """The people of one page, each group under its heading."""
    first, rows, n = (view.wish.page - 1) * PER_PAGE, list[CardRow](), 0
    groups = [*enumerate(view.groups, 1), *([(0, view.unknown)] if view.unknown else [])]
    for number, group in groups:
        here = [(n + at, one) for at, one in enumerate(group) if first <= n + at < first + PER_PAGE]
        if here:
            rows.append(words.group(number, len(group), here[0][0] > n) if number else words.UNKNOWN)
            rows += [CardRow(one.label, words.line(one.standing.cells)) for _, one in here]
        n += len(group)
    return rows


def _options(call: Call, found: Shortlist, view: View, pages: int) -> tuple[Option, ...]:
    wish, picked = view.wish, compared(view)
    look = sum(shortlist.fits(c, replace(wish, look=True)) for c in found.candidates)
    options = [words.EARLIER] if wish.page > 1 else []
    options += [words.LATER] if wish.page < pages else []
    options += [words.COMPARE] if len(picked) > 1 else []
    options += [words.look(look)] if look and not wish.look else []
    options += [words.EVERYONE] if wish != Wish(wish.top, wish.page) else []
    if wish.state == shortlist.WAITING and call.sight.may(found.requisition["id"], *RECRUITERS) and view.proposed:
        rest = sum(c.status == "scored" for c in found.candidates) - len(view.proposed) - len(view.proposal.edge)
        options.append(words.advance(len(view.proposed)))
        options += [words.reject(rest)] if rest and not (wish.look or wish.competency) else []
    return (*options, words.CSV) if view.size else tuple(options)


def compared(view: View) -> list[Candidate]:
    """Whom "compare the first" means: those who stand out, else the first tie; in their order, the edge behind them."""
    return [one for group in view.groups for one in group][: max(view.proposal.size, len(view.proposal.edge), 2)]


# -- buttons ---------------------------------------------------------------------------------------------------


def chosen(call: Call, ids: list[str], option: str) -> Reply:
    """A requisition was chosen for its shortlist."""
    requisition = call.sight.requisition(option, *TEAM)
    readable = opened.readable(call.sight, requisition)
    return shown(call, requisition, Wish()) if requisition is not None and readable else not_found()


def press(call: Call, ids: list[str], option: str) -> Reply:
    """A button of a shortlist. Everything is read again: a button shows how things are now."""
    requisition = call.sight.requisition(ids[0], *TEAM)
    if requisition is None or not opened.readable(call.sight, requisition):
        return not_found()
    wish = shortlist.unpacked(requisition, ids[1])
    steps = {"next": replace(wish, page=wish.page + 1), "prev": replace(wish, page=max(1, wish.page - 1))}
    steps |= {"look": replace(wish, look=True, page=1), "all": Wish(wish.top)}
    if option in steps:
        return shown(call, requisition, steps[option])
    found = shortlist.read(call.scene.tx, call.scene.keys, requisition, call.person_id, wish.stage)
    view = shortlist.view(found, wish)
    if option == "csv":
        return as_file(found, view)
    if option == "compare":
        several = compared(view)
        return compare.shown(call, [c.interview_id for c in several])
    if option in ("advance", "reject") and call.sight.may(requisition["id"], *RECRUITERS):
        return many.ask(call, option, list(view.proposed if option == "advance" else the_rest(found, view)))
    return wrong(desk_en.TOO_LATE)


def the_rest(found: Shortlist, view: View) -> tuple[str, ...]:
    """The interviews that wait for a decision and are neither proposed nor tied at the edge."""
    kept = {*view.proposed, *(s.id for s in view.proposal.edge)}
    return tuple(c.interview_id for c in found.candidates if c.status == "scored" and c.interview_id not in kept)


# -- a spreadsheet ---------------------------------------------------------------------------------------------


def as_file(found: Shortlist, view: View) -> Reply:
    """A message with the table as a file; a large one is on the page only."""
    data, title = table(found, view).encode(), found.requisition["title"]
    link = words.shortlist(title, words.as_file(title, view.size), (), (), f"/board/{found.requisition['id']}", 1, 1)
    if len(data) > _MOST_BYTES:
        return say(link)
    file = File("shortlist.csv", "text/csv", b64encode(data).decode(), words.as_file(title, view.size))
    return say(replace(link, files=(file,)))


def table(found: Shortlist, view: View) -> str:
    """A shortlist as CSV text, with harmless cells: a line for each person, groups by number, an unknown band empty."""
    titles = found.titles
    head = (*words.CSV_HEAD, *(c for t in titles.values() for c in words.csv_columns(t)))
    rows = [head]
    groups = [*enumerate(view.groups, 1), *([(0, view.unknown)] if view.unknown else [])]
    names = {s.key: s.title for s in found.stages}
    for number, group in groups:
        for one in group:
            about = (one.label, str(number or ""), names.get(one.stage, one.stage), words.CSV_STATES[one.status])
            rows.append((*about, str(one.raters), *_cells(one, list(titles))))
    return sheet.write(rows)


def _cells(one: Candidate, keys: list[str]) -> list[str]:
    found: list[str] = []
    for key in keys:
        cell = one.standing.cell(key)
        low, high = ("", "") if cell is None or cell.band is None else map(str, cell.band)
        below = "yes" if cell is not None and cell.state == "below" else ""
        found += [low, high, below, words.machine(cell)]
    return found
