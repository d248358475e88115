"""Stages as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.interviews.stage_line import MOST, NotRead, Wanted, read
from flows.words import funnel_en as words


def test_the_example_of_the_help_is_read():
    _, _, line = words.EXAMPLE.partition(": ")
    assert read(line) == (
        Wanted("recorded", "Recorded screen"),
        Wanted("text", "Live interview"),
        Wanted("people", "Panel", 45, "Ann and Tom"),
    )


@pytest.mark.parametrize(
    ("line", "forms"),
    [
        ("live interview", ["text"]),
        ("Recorded interview then panel", ["recorded", "people"]),
        ("async screen; team meeting 1 hour with Ann", ["recorded", "people"]),
        ("chat, onsite 90 min with Ann, Tom and Eva", ["text", "people"]),
        ("recorded screen -> live interview -> final", ["recorded", "text", "people"]),
    ],
)
def test_other_ways_to_write_them(line: str, forms: list[str]):
    found = read(line)
    assert isinstance(found, tuple), found
    assert [w.form for w in found] == forms


def test_names_after_a_comma_belong_to_the_people_before():
    found = read("live, panel 1 h with Ann, Tom, Eva Lund")
    assert isinstance(found, tuple)
    assert found[-1] == Wanted("people", "Panel", 60, "Ann, Tom, Eva Lund")


@pytest.mark.parametrize(
    ("line", "say"),
    [
        ("", words.HOW_STAGES),
        ("panel with Ann", words.FIRST_BY_PEOPLE),
        ("live, live", words.SAME_TITLE),
        ("live, " + ", ".join(f"panel {n}" for n in range(MOST)), words.MOST_STAGES),
        ("live, breakfast", words.not_a_stage("breakfast")),
        ("recorder screeen, live", words.did_you_mean("recorder screeen", "recorded screeen")),
        ("live 30 min, panel", words.not_with_people("Live")),
        ("live, panel, live chat with Ann", words.not_with_people("Live chat")),
    ],
)
def test_what_cant_be_read_is_answered_with_what_to_write(line: str, say: str):
    found = read(line)
    assert isinstance(found, NotRead)
    assert found.say == say


@given(st.text(max_size=200))
def test_anything_is_read_or_answered_kindly(line: str):
    found = read(line)
    if isinstance(found, NotRead):
        assert found.say.endswith((".", "Tom", "Ann", "?", "2"))
    else:
        assert 1 <= len(found) <= MOST
