"""A calendar was edited outside: nothing happens until somebody who knows has said what is true."""

import pytest

from flows.requests import Unavailable
from flows.stage import START, Stage
from flows.steps import HOUR
from tests.flows.scenes_attending import LATER, WHEN, Acted, edited, stands


def options(stage: Stage) -> list[str]:
    return [o.id for o in stage.last.shown[-1].card.options]


def test_what_was_seen_and_whose_calendar_it_was():
    (shown,) = edited().last.shown
    assert shown.card.title == "Technical interview with Ada"
    assert shown.card.text == f"In Ben's calendar this interview was moved to {LATER}. What happened?"
    assert [(r.label, r.value) for r in shown.card.rows] == [("Booked for", WHEN), ("Role", "Support engineer")]
    assert options(edited()) == ["moved", "cancelled", "put_back"]
    edited(who="").bot("In your calendar")


def test_what_was_removed_cannot_have_moved():
    stage = edited(change="cancelled", new_when="").bot("taken out of Ben's calendar")
    assert options(stage) == ["cancelled", "put_back"]


def test_a_decline_asks_what_to_do():
    stage = edited(change="declined")
    assert options(stage) == ["replace", "ask_again", "cancelled"]
    stage.bot("Ben declined this interview in the calendar. What shall I do?")
    mine = edited(change="declined", who="", side="interviewer")
    assert options(mine) == ["replace", "put_back", "cancelled"]
    mine.bot("You declined").says("I'll come after all").gets("stands.now#1", stands()).bot(f"stays {WHEN}").ends(
        "put_back"
    )


@pytest.mark.parametrize(
    ("change", "answer", "text"),
    [
        ("moved", "moved", f"It's now {LATER}"),
        ("moved", "put_back", f"It stays {WHEN}"),
        ("declined", "replace", "who else could take it"),
        ("declined", "ask_again", "asking Ben"),
    ],
)
def test_the_answer_is_stated_once(change: str, answer: str, text: str):
    stage = edited(change=change).taps(answer).gets("stands.now#1", stands()).bot(text).ends(answer)
    stage.taps(answer, asked="what#1").bot("finished")
    assert [(f.name, f.data) for f in stage.facts] == [
        ("outside_answer", {"appointment": "ap_1", "version": 3, "answer": answer})
    ]


@pytest.mark.parametrize("change", ["moved", "cancelled", "declined"])
def test_to_cancel_is_asked_twice(change: str):
    stage = edited(change=change).taps("cancelled").bot("cancelled for good").notes()
    assert not stage.calls
    stage.says("yes").bot("didn't catch").notes()
    stage.says("yes, cancel it").gets("stands.now#1", stands()).bot("It's cancelled").notes("outside_answer").ends(
        "cancelled"
    )
    stage = edited(change=change).taps("cancelled").taps("back").taps("cancelled").taps("back").bot("calendar").notes()
    assert stage.last.waiting
    assert stage.last.waiting.key == "what#3"


SETTLED = [
    (stands(version=4, when=LATER, changed_by="Mira"), f"Mira has settled this already. It's now {LATER}."),
    (stands(version=4, when=LATER), f"This is settled already. It's now {LATER}."),
    (stands(version=4, state="cancelled"), "The interview is cancelled."),
    (stands(version=4, state="open"), "A new time is being looked for."),
    (stands(version=4, state="over"), "nothing left to do"),
]


@pytest.mark.parametrize(("now", "text"), SETTLED)
def test_who_comes_second_hears_who_was_first(now: object, text: str):
    Acted("outside", edited().flow.args).gets("stands", now).bot(text).notes().ends("settled")
    edited().taps("put_back").gets("stands.now#1", now).bot(text).notes().ends("settled")
    edited().taps("cancelled").taps("cancel").gets("stands.now#1", now).bot(text).notes().ends("settled")


def test_what_has_gone_without_a_trace_is_not_asked_about():
    Acted("outside", edited().flow.args).gets("stands", Unavailable("erased")).quietly().ends("settled")


def test_it_waits_as_long_as_it_takes_unless_told_otherwise():
    assert edited().last.wakes == ()
    stage = edited(until=START + HOUR).taps("cancelled").waits("until").quietly().notes().ends("lapsed")
    assert stage.now == START + HOUR
    edited(until=START + HOUR).waits("until").quietly().notes().ends("lapsed")


def test_an_old_button_cancels_nothing():
    stage = (
        edited().taps("cancelled").taps("back").taps("cancel", asked="sure#1").bot("earlier question", "What happened?")
    )
    stage.notes()
    assert not stage.calls
