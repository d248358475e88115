"""Reading lists as spreadsheets write them, and writing one that they can't run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.sheet import MOST_BYTES, MOST_ROWS, Line, Unreadable, read, write
from flows.words import desk_en as words

TWO = [Line(2, "Ada Okoye", "Support", "met at the fair"), Line(3, "Lin Chen", "", "")]


@pytest.mark.parametrize(
    "data",
    [
        b"name,requisition,note\nAda Okoye,Support,met at the fair\nLin Chen,,\n",
        b"\xef\xbb\xbfName;Role;Note\r\nAda Okoye;Support;met at the fair\r\nLin Chen;;\r\n",
        b"candidate\trequisition\tnotes\nAda Okoye\tSupport\tmet at the fair\nLin Chen\t\t\n",
        "name,requisition,note\nAda Okoye,Support,met at the fair\nLin Chen\n".encode("utf-16"),
        b'note,name,requisition\n"met at the fair","Ada Okoye",Support\n,Lin Chen,\n\n\n',
    ],
    ids=["comma", "semicolon and byte order mark", "tab", "utf-16", "columns in another order"],
)
def test_the_files_that_spreadsheets_write(data: bytes):
    assert read(data) == TWO


def test_without_headings_the_order_is_name_requisition_note():
    assert read(b"Ada Okoye,Support,met at the fair") == [Line(1, "Ada Okoye", "Support", "met at the fair")]


def test_a_cell_with_line_breaks_does_not_shift_the_line_numbers():
    found = read(b'name,note\n"Ada","one\ntwo"\nLin,\n')
    assert isinstance(found, list)
    assert [(line.n, line.name) for line in found] == [(2, "Ada"), (4, "Lin")]


@pytest.mark.parametrize(
    ("data", "say"),
    [
        (b"", words.CSV_EMPTY),
        (b"\n \n", words.CSV_EMPTY),
        (b"name,requisition\n", words.CSV_EMPTY),
        (b"PK\x03\x04rest", words.CSV_WORKBOOK),
        ("Zoë\n".encode("latin-1"), words.CSV_TEXT),
        (b"Ada\x00\n", words.CSV_TEXT),
        (b"\xff\xfe\x00", words.CSV_TEXT),
        (b'name\n"Ada\nLin\n', words.csv_broken(2)),
        (b"requisition,note\nSupport,x\n", words.CSV_COLUMNS),
        (b"x" * (MOST_BYTES + 1), words.CSV_LARGE),
        (b"x\n" * (MOST_ROWS + 1), words.csv_many(MOST_ROWS + 1, MOST_ROWS)),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(data: bytes, say: str):
    assert read(data) == Unreadable(say)


@given(st.binary(max_size=300))
def test_no_file_is_an_exception(data: bytes):
    found = read(data)
    assert isinstance(found, Unreadable) or all(line.n >= 1 for line in found)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_what_is_written_runs_nowhere_and_is_read_back_whole(rows: list[tuple[str, str]]):
    text = write([("head", "head"), *rows])
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert len(back) == len(rows) + 1
    for cells, row in zip(back[1:], rows, strict=True):
        assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert [c.removeprefix("'") for c in cells] == [" ".join(c.split()).removeprefix("'") for c in row]
