"""The guide: whatever is typed is a note, the time is told, and nothing that was noted is lost."""

from typing import Any

import pytest

from flows.stage import START
from flows.steps import MINUTE
from flows.words import guide_en as words
from tests.flows.acted import Acted
from tests.flows.scenes_guide import (
    GUIDES,
    QUESTIONS,
    TALK,
    after,
    an_interview_with_notes,
    guided,
    nobody_can_look,
    typed_only_and_moved,
)


def started(minutes: int = 0) -> Acted:
    s = guided(minutes)
    s.taps("next")
    return after(s, minutes)


def foot(s: Acted) -> str:
    return s.last.shown[-1].card.foot


def notes(s: Acted) -> list[tuple[str, str]]:
    """(step, text) of what was kept, as it stands in the journal."""
    wrote = [(e.key, e.data["wrote"]["u"]) for e in s.journal.entries if e.kind == "answer" and "wrote" in e.data]
    return [(key.partition("#")[0], s.journal.told[u][-1]) for key, u in wrote]


@pytest.mark.parametrize("scene", GUIDES, ids=lambda g: g.id)
def test_the_scenes_play(scene: Any):
    assert scene.act().last.state == "ended"


def test_the_opening_says_what_notes_are_for_and_the_question_has_its_anchors_beside_it():
    s = guided()
    assert (
        "I take notes while we talk; they are used only to judge this application"
        in s.last.shown[-1].card.quotes[0].text
    )
    s.taps("next")
    card = after(s, 0).last.shown[-1].card
    assert card.title == "Question 1 of 2"
    assert [r.value for r in card.rows][:2] == list(QUESTIONS[0]["probes"])
    assert [r.label for r in card.rows][2:] == ["Ownership, level 1", "Ownership, level 3", "Ownership, level 5"]


def test_every_message_is_kept_at_its_question():
    assert notes(an_interview_with_notes()) == [
        ("q.outage", "Deploy went wrong on a Friday. \u201cI rolled it back myself\u201d"),
        ("q.outage", "No number for the outcome, asked twice"),
        ("q.upset", "Asked the customer first, then told them when it would work again"),
    ]
    assert [k for k, _ in notes(typed_only_and_moved())] == ["opening", "q.outage"]


def test_a_note_that_was_typed_below_an_older_question_is_kept_too():
    s = started()
    s.says("One")
    after(s, 1)
    s.says("Two", asked="q.outage#2")
    after(s, 1).bot("2 here so far")
    assert [t for _, t in notes(s)] == ["One", "Two"]


def test_the_time_is_told_at_every_message():
    s = started(2)
    assert foot(s) == "This question: 0 of about 12 min. Altogether: 0 of 28 min, 28 left."
    s.says("A note")
    assert foot(after(s, 9)) == "This question: 7 of about 12 min. Altogether: 7 of 28 min, 21 left."
    s.taps("next")
    assert foot(after(s, 40)) == "This question: 0 of about 10 min. Altogether: 38 of 28 min, 10 over."


def test_whoever_begins_an_hour_early_has_the_whole_time():
    s = started(-60)
    assert foot(s) == "This question: 0 of about 12 min. Altogether: 0 of 30 min, 30 left."
    s.notes()  # nobody is told that they are there already


def test_two_nudges_and_no_more():
    s = started()
    s.waits("until")
    assert s.now == START + 20 * MINUTE
    after(s, 20).bot("Two thirds")
    s.says("A note")
    after(s, 21)
    s.waits("until")
    assert s.now == START + 30 * MINUTE
    after(s, 30).bot("The planned time is over")
    s.says("Another")
    after(s, 33).bot("Noted")
    assert [w.about for w in s.last.wakes] == []


def test_talking_is_told_once_and_a_note_before_it_is_no_sign_of_that():
    s = guided()
    s.says("Waiting for her")
    after(s, 1).notes()
    s.taps("next")
    after(s, 2).notes("attendance")
    s.says("There we go")
    after(s, 3).notes()


def test_quotes_are_shown_as_the_candidates_words():
    s = started()
    s.says('She said "I called them back" and \u201eich war es\u201c, then stopped')
    card = after(s, 1).last.shown[-1].card
    assert [q.text for q in card.quotes] == ["I called them back", "ich war es"]
    assert words.quotes("it's 5\" wide") == ()


def test_a_level_is_optional_and_a_note_in_its_place_is_a_note():
    s = started()
    s.taps("level")
    after(s, 1)
    s.says("I can't say yet, she is still in the middle of it")
    after(s, 1).bot("Noted")
    s.taps("next")
    after(s, 2)
    s.taps("level")
    after(s, 2).bot("A level for which of these?")
    s.taps("ownership")
    s.taps("back")
    after(s, 3).bot("upset with your team")
    assert notes(s) == [("level.ownership", "I can't say yet, she is still in the middle of it")]


def test_back_stops_at_the_first_question_and_skip_goes_on():
    s = started()
    s.taps("back")
    after(s, 1).bot("something you were responsible for broke")
    s.taps("skip")
    after(s, 2).bot("upset with your team")
    s.taps("skip")
    after(s, 3).bot("Those were my questions")


@pytest.mark.parametrize(
    ("changes", "result", "said"),
    [
        ({"state": "cancelled"}, "cancelled", "called off"),
        ({"state": "missed"}, "missed", "didn't take place"),
        ({"version": 4}, "moved", "has changed"),
        ({"yours": False}, "not_yours", "Somebody else"),
    ],
)
def test_what_isnt_on_any_more_ends_kindly_and_keeps_the_notes(changes: dict[str, Any], result: str, said: str):
    s = started()
    s.says("A note")
    after(s, 1, **changes).bot(said).ends(result)
    assert [t for _, t in notes(s)] == ["A note"]
    after(Acted("guide", TALK), 0, **changes).bot(said).ends(result)


def test_after_the_planned_end_it_goes_on():
    s = started()
    s.says("Still talking")
    after(s, 45, state="over").bot("Noted")


def test_a_clock_that_cannot_be_read_is_asked_again():
    s = nobody_can_look()
    s.says("now?")
    after(s, 0).bot("Hello Ada")


def test_help_is_an_order_and_no_note():
    s = started()
    s.says("help").bot("This is your guide", "something you were")
    assert notes(s) == []
