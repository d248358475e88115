"""An answer in pieces: nothing is lost, offsets lead back, and what nobody sees is counted and never shown."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.web.pieces import Stretch, cut
from flows.rating.text import display, unseen

TEXTS = st.text(alphabet=st.sampled_from("ab .\n\u200b\u202e\u200d\U0001f600\u0915\u00ad"), max_size=60)
STRETCHES = st.lists(
    st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.sampled_from(("evidence", "flag", "remark")))
)


@given(TEXTS, STRETCHES)
def test_together_the_pieces_are_the_text_as_a_reader_sees_it(text: str, places: list[tuple[int, int, str]]):
    pieces = cut(text, [Stretch(a, b, kind, f"k{n}") for n, (a, b, kind) in enumerate(places)])
    assert "".join(p.text for p in pieces) == display(text)
    assert sum(p.unseen for p in pieces) == len(text) - len(display(text))
    for p in pieces:
        assert text[p.at : p.at + len(p.text)] == p.text
        assert bool(p.unseen) != bool(p.text)


@given(TEXTS)
def test_what_is_unseen_is_exactly_what_a_reader_is_not_shown(text: str):
    runs = unseen(text)
    kept = [c for n, c in enumerate(text) if not any(a <= n < b for a, b in runs)]
    assert "".join(kept) == display(text)
    assert all(a < b for a, b in runs)
    assert all(one[1] < two[0] for one, two in pairwise(runs))


def test_overlapping_stretches_say_all_that_is_said_about_a_piece():
    pieces = cut(
        "one two three", [Stretch(0, 7, "evidence", "own"), Stretch(4, 13, "flag", "x"), Stretch(4, 7, "remark", "c")]
    )
    assert [(p.text, p.evidence, p.flags, p.remarks) for p in pieces] == [
        ("one ", ("own",), (), ()),
        ("two", ("own",), ("x",), ("c",)),
        (" three", (), ("x",), ()),
    ]
    assert [p.marked for p in cut("plain", [])] == [False]
    assert cut("", []) == []


def test_a_joiner_that_writing_needs_is_no_hidden_character():
    text = "\U0001f469\u200d\U0001f4bb and क्\u200dष, but a\u200db"
    assert [p.unseen for p in cut(text, []) if p.unseen] == [1]
