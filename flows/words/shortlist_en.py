"""Every sentence of the shortlist and of comparing, in English."""

from flows.cards import Card, Link, Option, Quote, Row
from flows.rating.standing import Cell
from flows.words import desk_en

wrong, plain = desk_en.wrong, desk_en.plain

WHOSE = "Of which requisition shall I show the shortlist?"
HOW_COMPARE = (
    "Please name two to ten people whose scorecards are open, for example: /interview compare Mateo Ruiz, Sara Haddad"
)
NOBODY_OPEN = "Nobody's scorecards are open here yet. They open when the whole panel has submitted; /interview board shows who is due."
NOBODY_FITS = "Nobody fits that. Take away a condition, or add \u201ceverybody\u201d to see those who are decided too."
UNKNOWN_BAND = "?"
TABLE = "The whole table"
GONE = "There is nothing left to compare: fewer than two of them are still open."
REMOVED = "Somebody who was removed"
GONE_FROM_HERE = "has been removed, with everything of theirs"
COVERED = "These scorecards are covered at the moment, so there is nothing to compare yet."
NO_EQUALS = "Nobody else stands level with them at the moment. To compare with somebody: /interview compare A, B"
NO_STAGE = "There is no such stage. Leave it away to see each person's last one."


def neutral(code: str) -> str:
    """What somebody is called where names are hidden."""
    return f"Candidate {code}"


def band(cell: Cell | None) -> str:
    """A band as it is read: "4", "3\u20134", or "?" for what nobody has rated."""
    if cell is None or cell.low is None or cell.high is None:
        return UNKNOWN_BAND
    return f"{cell.low}" if cell.low == cell.high else f"{cell.low}\u2013{cell.high}"


def machine(cell: Cell | None) -> str:
    """The software's band; "" where it gave none."""
    if cell is None or cell.machine is None:
        return ""
    low, high = cell.machine
    return f"{low}" if low == high else f"{low}\u2013{high}"


def line(cells: tuple[Cell, ...]) -> str:
    """Somebody's bands in one line, with the software's beside them and what lies below the kit's minimum marked."""
    return " \u00b7 ".join(_said(c) for c in cells)


def _said(cell: Cell) -> str:
    beside = f" (software {found})" if (found := machine(cell)) else ""
    below = ", below the minimum" if cell.state == "below" else ""
    return f"{cell.competency_title} {band(cell)}{below}{beside}"


def people(n: int) -> str:
    return "1 person" if n == 1 else f"{n} people"


def group(n: int, size: int, more: bool) -> Row:
    """The heading of a group; more: it has begun on the page before."""
    label = f"Group {n}{' (continued)' if more else ''}"
    return Row(label, "stands alone" if size == 1 else f"a tie of {size}: the ratings don't tell them apart")


UNKNOWN = Row("Not comparable yet", "nobody has given them a level, which is not a low one")


def counts(open_: int, sealed: int, under_way: int, left: int, removed: int) -> str:
    """Where everybody is; of those being rated nothing but how many they are."""
    said = [f"{people(open_)} rated and open"]
    said += [f"{sealed} still being rated (sealed)"] if sealed else []
    said += [f"{under_way} not finished"] if under_way else []
    said += [f"{left} left"] if left else []
    said += [f"{removed} removed"] if removed else []
    return ", ".join(said)


def proposal(clear: int, edge: int, wanted: int) -> str:
    """What the bands say about so many places, and what they don't."""
    said = f"For {'1 place' if wanted == 1 else f'{wanted} places'}: "
    if not edge and clear < wanted:  # nobody had to be told apart
        return said + f"{people(clear)} so far. "
    if not edge:
        return said + f"{people(clear)} stand{'s' if clear == 1 else ''} out. "
    left = wanted - clear
    places = "the last place" if left == 1 else f"the last {left} places"
    places = places if clear else "it" if wanted == 1 else "them"
    tie = f"{edge} tie for {places}, and no rating says who of them it should be. "
    return said + (f"{people(clear)} stand{'s' if clear == 1 else ''} out, and " if clear else "") + tie


ORDER = "Groups are ties, not ranks; inside a group people stand in the order in which their answers came. You decide."


def conditions(state: str, stage: str, competency: str, least: int, look: bool) -> str:
    """What a list has been narrowed down to; "" when it hasn't."""
    said = [{"waiting": "", "decided": "decided already", "all": "decided ones too"}[state]]
    said += [f"stage {stage}"] if stage else []
    said += [f"{competency} {least} or above, or unknown"] if competency else []
    said += ["a person should look first"] if look else []
    return ", ".join(filter(None, said))


def shortlist(
    title: str, text: str, rows: tuple[Row, ...], options: tuple[Option, ...], table: str, page: int, pages: int
) -> Card:
    """table: the address of the whole table."""
    foot = f"Page {page} of {pages}. {ORDER}" if pages > 1 else ORDER
    return Card(text, title=f"Shortlist: {title}", rows=rows, options=options, links=(Link(TABLE, table),), foot=foot)


SHOWN, WHERE = "Shown", "Everybody"
EARLIER, LATER = Option("prev", "Back", "quiet"), Option("next", "Next page", "quiet")
COMPARE = Option("compare", "Compare the first", "primary", "Side by side, with their evidence")
CSV = Option("csv", "As a spreadsheet", "quiet")
EVERYONE = Option("all", "Everybody again", "quiet")


def look(n: int) -> Option:
    return Option("look", f"Needs a human first ({n})", "plain", "Where the software was least sure")


def advance(n: int) -> Option:
    return Option("advance", f"Advance {people(n)} \u2026", "plain", "You see everything before it happens")


def reject(n: int) -> Option:
    return Option("reject", f"Turn down {people(n)} \u2026", "plain", "You see everything before it happens")


def as_file(title: str, n: int) -> str:
    return f"The shortlist of {title} with {people(n)}, as a table for a spreadsheet."


CSV_HEAD: tuple[str, ...] = ("candidate", "group", "stage", "state", "raters")
CSV_STATES = {"scored": "waiting for a decision", "decided": "decided"}


def csv_columns(competency: str) -> tuple[str, str, str, str]:
    return f"{competency} low", f"{competency} high", f"{competency} below the minimum", f"{competency} software"


# -- comparing -------------------------------------------------------------------------------------------------

PICTURE = "The comparison as a picture"
SAME = "not distinguished"
APART = "the bands differ"


def compared(label: str, cell: Cell | None) -> str:
    beside = f" (software {found})" if (found := machine(cell)) else ""
    below = ", below the minimum" if cell is not None and cell.state == "below" else ""
    return f"{label} {band(cell)}{below}{beside}"


def competency(title: str, said: list[str], apart: bool) -> Row:
    return Row(title, f"{'; '.join(said)}. {(APART if apart else SAME).capitalize()}.")


def unknown(labels: list[str]) -> str:
    return f"Nobody has rated {_listed(labels)} in it, so that is unknown, not low."


def comparison(
    n: int, left_out: tuple[str, ...], removed: int, withdrew: tuple[str, ...], sealed: int, more: int
) -> str:
    """What is compared, and what and whom it had to leave out. more: how many were beyond the most."""
    said = [f"{people(n)} side by side. Overlapping bands mean that the ratings don't tell people apart."]
    if left_out:
        said.append(f"Their kits differ, so only what they share is compared; left out: {_listed(list(left_out))}.")
    if removed:
        said.append(
            f"{people(removed)} {'has' if removed == 1 else 'have'} been removed and can't be compared any more."
        )
    if withdrew:
        said.append(f"{_listed(list(withdrew))} {'has' if len(withdrew) == 1 else 'have'} left the process.")
    if sealed:
        said.append(f"The scorecards of {people(sealed)} aren't open yet.")
    if more:
        said.append(f"{more} more are left out: ten fit here.")
    return " ".join(said)


def card(text: str, rows: tuple[Row, ...], quotes: tuple[Quote, ...], options: tuple[Option, ...]) -> Card:
    return Card(
        text, title="Comparison", rows=rows, quotes=quotes, options=options, foot="Proposals only: people decide."
    )


SHOW_NAMES = Option("names", "Show the names", "plain", "It is written down that you asked")
ADVANCE = Option("advance", "Advance them \u2026", "plain", "You see everything before it happens")
REJECT = Option("reject", "Turn them down \u2026", "plain", "You see everything before it happens")


def nobody_called(name: str) -> str:
    return f"I found nobody called {desk_en.quoted(name[:60])} whose scorecards are open."


def several_called(name: str, n: int) -> str:
    return f"{desk_en.quoted(name[:60])} fits {n} people here. Please write more of the name."


def no_competency(text: str, titles: tuple[str, ...]) -> str:
    return f"I know no one competency {desk_en.quoted(text[:60])} here. There are: {', '.join(titles)}."


def not_open(name: str) -> str:
    return (
        f"The scorecards of {name} aren't open yet, so there is nothing to compare. They open when the panel is done."
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
