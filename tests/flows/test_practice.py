"""A practice is the person's own: tips instead of levels, as often as they like, and the interview waits meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from flows.practice.before import PRIVATE
from flows.practice.coaching import Coach, Coaching
from flows.practice.questions import QUESTIONS, found
from flows.requests import Heard
from flows.words import practice_en as words
from tests.flows.acted import Acted
from tests.flows.sample_kit import INTERVIEW, RECORDED
from tests.flows.scenes_practice import PRACTICES, TOLD

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("scene", PRACTICES, ids=lambda s: s.id)
def test_the_scenes_play(scene: Any):
    assert scene.act().last.result == "practised"


def test_the_practice_questions_are_in_no_kit():
    kits = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.glob("**/*.yaml") if ".venv" not in p.parts)
    assert "ask:" in kits
    for question in QUESTIONS:
        assert question.ask not in kits


def test_matching_finds_the_parts_of_an_example_and_quotes_them():
    told = {key: (status, text) for key, status, text in found((("u1", TOLD),))}
    assert told["example"] == ("found", TOLD.partition(". ")[0] + ".")
    assert told["own_part"][0] == "found"
    assert told["result"] == ("found", "In the end we moved a week later.")
    vague = found((("u1", "People should plan well and talk to each other."),))
    assert {status for _, status, _ in vague} == {"missing"}


def test_a_tip_for_what_was_not_found_and_never_a_level():
    card = words.content(found((("u1", "Last year I asked two colleagues for help."),)))
    assert [r.label for r in card.rows] == ["To try: how it ended"]
    assert card.scores == ()
    assert "level" not in repr(card).casefold()


def test_an_answer_in_another_language_gets_tips_and_no_findings():
    s = Acted("practice", {})
    s.says("Letztes Jahr habe ich einen Schweißkurs gemacht und danach unser Tor repariert.").taps("done")
    s.gets("learned#1.coach", Coaching("de")).bot("only read practice answers in English", "go on practising")


def test_only_recordings_are_measured():
    s = Acted("practice", {"hears": "on"})
    s.speaks(20)
    s.gets("~hear.u1", Heard("In March I moved the shop.", "en", 20.0))
    assert s.calls["learned#1.coach"] == Coach(("u1",), ("u1",))
    s.gets("learned#1.coach", Coaching("en"))
    s.bot("Only the words matter", "I found this", "go on practising")  # no words with times, so no figures


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("practice", "practise"),
        ("Can I practise first?", "practise"),
        ("I'd like to do a practice interview, please", "practise"),
        ("dry run", "practise"),
        ("tech check", "check"),
        ("Test my microphone", "check"),
        ("could I do a mic check first?", "check"),
        ("In practice, I would ask the customer first.", None),
        ("I check my microphone every day before calls, which helps.", None),
        ("practised", None),
    ],
)
def test_words_that_ask_for_it(text: str, means: str | None):
    assert words.wanted(text) == means


# -- the interview waits ---------------------------------------------------------------------------------------------


def test_a_live_interview_waits_and_asks_again_when_the_practice_is_over():
    s = Acted("interview", INTERVIEW | {"hears": "on"})
    s.bot("automated interviewer", "questions for you", "You agreed", "How would you like to begin?").notes()
    s.says("practise").bot("The interview waits").notes("practice_wanted").learns("practised")
    s.bot("How would you like to begin?").taps("check").bot("The interview waits").notes("check_wanted")
    s.taps("back").bot("How would you like to begin?").notes("practice_left").taps("speak").notes("interview_began")


def test_it_waits_as_long_as_it_takes_and_comes_back_by_its_button_alone():
    s = Acted("interview", INTERVIEW | {"hears": "on"})
    s.taps("practise")
    assert s.last.wakes == ()
    s.says("And now?").bot("Back to the interview")
    assert s.last.waiting is not None
    assert s.last.waiting.key == "start.beside#1"


@pytest.mark.parametrize(("hears", "offered"), [("on", True), ("off", False), ("refused", False)])
def test_a_recorded_interview_offers_practice_always_and_the_check_where_recordings_are_answers(
    hears: str, offered: bool
):
    s = Acted("recorded", RECORDED | {"hears": hears})
    options = {o.id for o in s.last.shown[-1].card.options}
    assert "practise" in options
    assert ("check" in options) is offered
    s.notes("interview_began").taps("practise").bot("The interview waits").notes("practice_wanted")
    s.learns("practised").bot("Shall we begin?").taps("go")


def test_a_live_interview_in_writing_begins_as_ever():
    s = Acted("interview", INTERVIEW)
    assert all(not {"practise", "check"} & {o.id for o in shown.card.options} for shown in s.last.shown)


def test_what_was_only_waiting_tells_the_person_when_they_are_back():
    s = Acted("recorded", RECORDED)
    s.taps("go").learns("practised")
    assert "Back to where we were" in repr(s.last.shown)


def test_the_facts_of_a_practice_are_private():
    assert {"practice_wanted", "check_wanted", "practice_left"} == PRIVATE
