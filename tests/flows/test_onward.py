"""A candidate goes on: nothing is asked twice, nothing is hurried, and everything can be changed."""

import pytest

from flows.onward import v1
from tests.flows.scenes_onward import ONWARD, going_on


@pytest.mark.parametrize("text", ["yes", "Ready!", "Let's start", "ok go", "now please"])
def test_a_yes_in_words_begins_it(text: str):
    going_on().says(text).ends("interview")


@pytest.mark.parametrize("text", ["later", "not now", "Tomorrow is better", "no", "another day please"])
def test_later_in_words_waits(text: str):
    going_on().says(text).bot("Take your time").taps("now").ends("interview")


@pytest.mark.parametrize("text", ["Who will read it?", "hm", "Is it ok if I use notes?"])
def test_what_says_nothing_about_beginning_begins_nothing(text: str):
    s = going_on().says(text)
    assert s.last.state == "open"
    s.taps("now").ends("interview")


def test_what_was_agreed_to_is_shown_and_never_asked_again():
    s = going_on()
    card = s.cards[s.last.waiting.token]  # pyright: ignore[reportOptionalMemberAccess]
    shown = {r.label: r.value for r in card.rows}
    assert shown["Recording"] == "no"
    assert shown["Software that points to passages"] == "yes"
    assert "Friday 11 December" in shown["Until"]


def test_nobody_is_hurried():
    s = going_on()
    s.says("later")
    assert s.last.wakes == ()


def test_where_am_i_tells_what_comes_and_by_when():
    rows = v1.standing(**ONWARD)
    assert [r.value for r in rows] == ["Live interview, about 25 minutes", "Friday 11 December"]
