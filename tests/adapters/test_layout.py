"""What the renderers share."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.layout import aid, choices, chosen, heading, machine, one_line, people, progress
from flows.cards import Card, Mark, Option, Score
from flows.words import en, score_en

TEXTS = st.text(max_size=60)
OPTIONS = st.lists(st.builds(Option, st.just("o"), TEXTS, hint=TEXTS), max_size=12)


@given(OPTIONS, st.integers(0, 80), st.booleans())
def test_every_option_can_be_read_whole_and_every_hint_once(options: list[Option], room: int, number: bool):
    found = choices(options, room, number)
    assert len(found.labels) == len(options)
    if found.numbered:
        assert len(set(found.labels)) == len(options)
        assert [label for label, _ in found.listed] == [f"{n}. {one_line(o.label)}" for n, o in enumerate(options, 1)]
    else:
        assert list(found.labels) == [one_line(o.label) or "\u2026" for o in options]
    said = [hint for hint in (*(h for _, h in found.listed), *found.hints) if hint]
    assert said == [one_line(o.hint) for o in options if one_line(o.hint)]


def test_what_goes_with_a_question_keeps_its_own_option():
    assert aid("done") == ("done", en.DONE.label)
    assert aid("ask") == ("ask", en.ASK_BACK.label)
    assert {name: aid(name) for name in en.TOOLS} == {name: (f"~{name}", label) for name, label in en.TOOLS.items()}


def test_the_choice_is_marked_only_where_it_is_known():
    card = Card("?", options=(Option("a", "Yes,\nplease"),))
    assert chosen(card, "a") == "\u2713 Yes, please"
    assert [chosen(card, other) for other in ("done", "", "b")] == ["", "", ""]


@pytest.mark.parametrize(
    ("done", "of", "shown"), [(2, 5, "\u25b0\u25b0\u25b1\u25b1\u25b1 2 of 5"), (9, 30, "9 of 30"), (4, 3, "4 of 3")]
)
def test_a_bar_is_short_or_not_there(done: int, of: int, shown: str):
    assert progress(done, of) == shown


def test_a_reason_stands_beside_its_level_unless_nobody_knows_whose_it_is():
    score = Score(
        "Ownership", (("Ana", 4), ("Ben", None), ("Cem", 2)), "x", notes=(("Cem", "Vague."), ("Ana", "Clear."))
    )
    assert people(score) == [("Ana", "4 of 5. Clear."), ("Ben", "No basis to rate"), ("Cem", "2 of 5. Vague.")]
    twins = Score("Ownership", (("Ana", 4), ("Ana", 1)), "x", notes=(("Ana", "Clear."),))
    assert people(twins) == [("Ana", "4 of 5"), ("Ana", "1 of 5"), ("Ana", "Clear.")]


def test_many_levels_without_reasons_are_one_line_each():
    levels = (("Ana", 4), ("Ben", None), ("Cem", 2), ("Dee", 4))
    grouped = [("4 of 5", "Ana, Dee"), ("2 of 5", "Cem"), ("No basis to rate", "Ben")]
    assert people(Score("Ownership", levels, "x")) == grouped
    assert people(Score("Ownership", levels[:3], "x"))[0] == ("Ana", "4 of 5")


def test_how_far_apart_levels_are_stands_beside_the_title():
    assert heading(Score("Ownership", (), "x", spread="2 to 4")) == "Ownership \u00b7 2 to 4"
    assert heading(Score("Owner\nship", (), "x")) == "Owner ship"


def test_what_the_machine_found_is_said_once():
    marked = Score("Ownership", (), "1 of 2", (Mark("owns it", "found"), Mark("asks", "missing")), missing=("asks",))
    assert machine(marked) == [("Evidence found by machine", "\u25a0\u25a1 1 of 2"), ("Not found", "asks")]
    assert machine(Score("Ownership", (), "read by people only", missing=("asks",))) == [
        ("Evidence", "read by people only"), ("Not found", "asks"),
    ]  # fmt: skip


def test_the_page_says_it_in_the_same_words():
    script = (Path(__file__).resolve().parents[2] / "bot/web/static/js/score.js").read_text("utf-8")
    found = re.search(r"MARK_WORDS = \{(.+)\}", script)
    assert found is not None
    said = dict(re.findall(r'(\w+): "([^"]+)"', found.group(1)))
    assert said == {status: meaning for status, (_, meaning) in score_en.MARKS.items()}
    for words in (score_en.NO_BASIS, score_en.EVIDENCE, score_en.BY_MACHINE, score_en.NOT_FOUND):
        assert f'"{words}"' in script
