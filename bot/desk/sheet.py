"""Reading a list of people from a CSV file as spreadsheets write it, and writing one that spreadsheets can't run.

Knows nothing of who may invite whom: what comes out is rows with their line numbers, or one sentence about the file.
"""

import csv
import io
from dataclasses import dataclass

from flows.words import desk_en as words

MOST_ROWS = 500
MOST_BYTES = 1_000_000
_DELIMITERS = ",;\t"
_NAME, _TITLE, _NOTE = ("name", "candidate"), ("requisition", "role", "title", "position"), ("note", "notes")
_RUNS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the file. `n`: the line it begins on, counted from 1."""

    n: int
    name: str
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The file as a whole can't be used; `say` tells the person why and what to do."""

    say: str


def read(data: bytes) -> list[Line] | Unreadable:
    """The lines of a CSV file with (name, requisition, note) in that order or under such headings.

    Takes UTF-8 with or without a byte order mark, and UTF-16 with one; commas, semicolons or tabs; quoted cells.
    """
    text = _decoded(data)
    if isinstance(text, Unreadable):
        return text
    rows = _rows(text)
    if isinstance(rows, Unreadable):
        return rows
    if not rows:
        return Unreadable(words.CSV_EMPTY)
    places = _headings(rows[0][1])
    if isinstance(places, Unreadable):
        return places
    body = rows[1:] if places else rows
    if not body:
        return Unreadable(words.CSV_EMPTY)
    if len(body) > MOST_ROWS:
        return Unreadable(words.csv_many(len(body), MOST_ROWS))
    where = places or {"name": 0, "title": 1, "note": 2}
    return [Line(n, *(_cell(cells, where.get(k, -1)) for k in ("name", "title", "note"))) for n, cells in body]


def _decoded(data: bytes) -> str | Unreadable:
    if len(data) > MOST_BYTES:
        return Unreadable(words.CSV_LARGE)
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        return Unreadable(words.CSV_WORKBOOK)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return Unreadable(words.CSV_TEXT)
    return Unreadable(words.CSV_TEXT) if "\x00" in text else text


def _rows(text: str) -> list[tuple[int, list[str]]] | Unreadable:
    """(first line, cells) of every row that isn't empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error:
        return Unreadable(words.csv_broken(begins))
    return rows


def _delimiter(text: str) -> str:
    """The one that the first line with anything on it has most of, outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _headings(cells: list[str]) -> dict[str, int] | Unreadable:
    """Which column holds what, if the first row says so; {} when it is a person already."""
    heads = [c.strip().casefold() for c in cells]
    kinds = {"name": _NAME, "title": _TITLE, "note": _NOTE}
    found = {kind: heads.index(w) for kind, known in kinds.items() for w in known if w in heads}
    if "name" in found:
        return found
    # Two headings without the one that matters: a list whose first person is called so is less likely.
    return Unreadable(words.CSV_COLUMNS) if len(found) > 1 else {}


def _cell(cells: list[str], at: int) -> str:
    return cells[at] if 0 <= at < len(cells) else ""


def write(rows: list[tuple[str, ...]]) -> str:
    """Rows as CSV text, each on one line. A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([tuple(map(_harmless, row)) for row in rows])
    return out.getvalue()


def _harmless(cell: str) -> str:
    one_line = " ".join(cell.split())
    return f"'{one_line}" if one_line.startswith(_RUNS) else one_line
