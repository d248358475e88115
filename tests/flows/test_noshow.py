"""A few minutes after the start: nobody is blamed, news is passed on, and there is always a way to go on."""

import pytest

from flows.requests import Unavailable
from flows.stage import START, Stage
from flows.steps import MINUTE
from tests.flows.scenes_attending import INTERVIEWER, LATER, LINK, WAYS, WHEN, Acted, asked_after, began, stands

KNOWN = {"appointment": "ap_1", "version": 3}


def attends(stage: Stage) -> list[dict[str, object]]:
    return [f.data for f in stage.facts if f.name == "attendance"]


def rescued(**changes: object) -> Acted:
    s = asked_after(**changes)
    s.taps("cannot").gets("stands.now#1", began())
    return s


def test_a_candidate_is_asked_without_reproach_and_shown_the_way_in():
    (shown,) = asked_after().last.shown
    assert shown.card.text == f"Your interview with Ben Adler was set for {WHEN}, and it has begun. Are you coming?"
    assert [x.url for x in shown.card.links] == [LINK]
    assert "with me" in asked_after(other="").last.shown[0].card.text


@pytest.mark.parametrize(
    ("text", "result", "data"),
    [
        ("I'm here", "here", {"answer": "here"}),
        ("yes, on my way", "here", {"answer": "here"}),
        ("I've been waiting for 10 minutes", "here", {"answer": "here"}),
        ("I'll be there in 10 minutes", "late", {"answer": "late", "minutes": 10}),
        ("10", "late", {"answer": "late", "minutes": 10}),
        ("2", "late", {"answer": "late", "minutes": 10}),  # the second button
        ("late 20", "late", {"answer": "late", "minutes": 20}),
        ("give me 15 minutes please", "late", {"answer": "late", "minutes": 15}),
    ],
)
def test_a_candidates_words(text: str, result: str, data: dict[str, object]):
    stage = asked_after().says(text).gets("stands.now#1", began()).ends(result)
    assert attends(stage) == [{**KNOWN, **data}]
    assert [f.name for f in stage.facts] == ["attendance"]


@pytest.mark.parametrize("text", ["my laptop crashed, something went wrong", "I forgot", "no", "I can't get in", "3"])
def test_whatever_went_wrong_there_is_another_way(text: str):
    stage = asked_after().says(text).gets("stands.now#1", began()).bot("No harm done")
    assert attends(stage) == [{**KNOWN, "answer": "cannot"}]
    assert [o.id for o in stage.last.shown[0].card.options] == list(WAYS)


def test_i_am_late_asks_how_late_and_may_end_in_another_way():
    stage = asked_after().says("running late").bot("how many minutes").says("12").gets("stands.now#1", began())
    assert attends(stage.bot("tell Ben Adler that it'll be about 12 minutes").ends("late"))[0]["minutes"] == 12
    asked_after().says("late").taps("other").gets("stands.now#1", began()).bot("No harm done").notes("attendance")


def test_no_answer_until_the_end_is_no_harm_either():
    stage = asked_after().waits("until")
    assert stage.now == START + 7 * MINUTE
    stage.gets("stands.now#1", began()).bot("No harm done")
    assert attends(stage) == [{**KNOWN, "answer": "silent"}]
    assert stage.last.wakes == (), "from here on nothing hurries"
    stage.taps("text_now").gets("stands.after#1", began(state="missed")).bot("do it here").ends("text_now")


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("text_now", "the same questions"),
        ("recorded", "You have until Friday 4 December"),
        ("rebook", "another time"),
        ("person", "asked a person"),
    ],
)
def test_each_way_is_said_and_stated(way: str, text: str):
    stage = rescued().taps(way).gets("stands.after#1", began(state="missed")).bot(text).ends(way)
    assert [f.data for f in stage.facts if f.name == "rescue"] == [
        {"appointment": "ap_1", "way": way, "missing": "candidate"}
    ]
    stage.taps(way, asked="rescue").bot("finished")
    assert len(stage.facts) == 2, "a second tap does nothing"


def test_only_the_ways_there_are_are_offered_and_with_none_a_person_comes():
    stage = (
        rescued(ways=("rebook", "person"), deadline="")
        .taps("recorded")
        .bot("earlier question", "No harm done")
        .notes("attendance")
    )
    assert [o.id for o in stage.last.shown[-1].card.options] == ["rebook", "person"]
    assert "Written answers" not in stage.last.shown[-1].card.text
    rescued(ways=()).bot("No harm done").notes("attendance", "rescue").ends("person")


def test_a_way_is_not_taken_when_the_team_was_faster():
    new = stands(version=4, when=LATER, start=START + 1)
    rescued().taps("rebook").gets("stands.after#1", new).bot(f"It's now {LATER}").notes("attendance").ends("changed")


@pytest.mark.parametrize("side", ["candidate", "interviewer"])
def test_what_was_moved_or_cancelled_is_not_asked_about(side: str):
    args = asked_after(side=side).flow.args
    Acted("noshow", args).gets("stands", began(version=4, state="cancelled")).bot("cancelled").notes().ends("changed")
    Acted("noshow", args).gets("stands", Unavailable("erased")).quietly().ends("changed")
    stage = asked_after(side=side).taps("late" if side == "interviewer" else "here")
    if side == "interviewer":
        stage.taps("5")
    stage.gets("stands.now#1", began(version=4, state="cancelled")).bot("cancelled").notes().ends("changed")


# -- the interviewer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result", "data"),
    [
        ("yes", "here", {"answer": "here"}),
        ("Yes, we're talking", "here", {"answer": "here"}),
        ("she's here", "here", {"answer": "here"}),
        ("I'm 5 minutes late", "late", {"answer": "late", "minutes": 5}),
    ],
)
def test_an_interviewers_words(text: str, result: str, data: dict[str, object]):
    stage = asked_after(**INTERVIEWER).says(text).gets("stands.now#1", began()).ends(result)
    assert attends(stage) == [{**KNOWN, **data}]


@pytest.mark.parametrize("text", ["no", "not yet", "nobody here", "I'm here but she isn't"])
def test_an_interviewer_who_waits_hears_what_comes(text: str):
    stage = asked_after(**INTERVIEWER).says(text).gets("stands.now#1", began()).bot("asking Ada")
    assert attends(stage) == [{**KNOWN, "answer": "not_here"}]
    stage.learns("other_answered", who="Ada", answer="cannot", minutes=0).bot("needn't wait").ends("not_here")


def test_an_interviewer_is_told_that_there_is_no_word():
    stage = asked_after(**INTERVIEWER).taps("not_here").gets("stands.now#1", began()).waits("until")
    stage.bot("heard nothing from Ada").ends("not_here")
    assert stage.now == START + 7 * MINUTE


def test_an_interviewer_who_says_nothing_is_left_in_peace():
    stage = asked_after(**INTERVIEWER).waits("until").quietly().ends("silent")
    assert attends(stage) == [{**KNOWN, "answer": "silent"}]


def test_an_interviewer_who_is_late_or_cannot_come():
    asked_after(**INTERVIEWER).taps("late").taps("10").gets("stands.now#1", began()).bot("tell Ada").ends("late")
    stage = asked_after(**INTERVIEWER).says("I can't, I'm ill").gets("stands.now#1", began()).bot("telling Ada")
    stage.notes("attendance").ends("cannot")


# -- what the other side said ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"answer": "late", "minutes": 10}, "Ben says: about 10 minutes late."),
        ({"answer": "late"}, "Ben is running a little late."),
        ({"answer": "here"}, "Ben is there now."),
        ({"answer": "not_here"}, "Ben is there and waiting for you."),
        ({"answer": "confirmed"}, "Ben is coming."),
        ({"answer": "silent"}, "nothing from Ben"),
    ],
)
def test_news_is_told_and_the_question_put_again(data: dict[str, object], text: str):
    stage = asked_after()
    stage.pending = []
    stage.learns("other_answered", who="Ben", **data).bot(text, "Are you coming?")
    assert len(stage.last.settled) == 1, "one card has buttons at a time"
    stage.taps("here").gets("stands.now#1", began()).bot("Good to have you here").ends("here")


def test_a_tap_that_crossed_with_the_news_is_asked_for_again():
    stage = asked_after().learns("other_answered", who="Ben", answer="late", minutes=5).taps("here", asked="coming")
    stage.bot("earlier question", "Are you coming?").notes().says("I'm here").gets("stands.now#1", began()).ends("here")


@pytest.mark.parametrize("late", [False, True])
def test_a_candidate_whose_interviewer_cannot_come_is_offered_other_ways_at_once(late: bool):
    stage = asked_after()
    if late:
        stage.says("late").learns("other_answered", who="Ben", answer="late", minutes=5).bot(
            "how many", "Ben says", "how many"
        )
    stage.pending = []
    stage.learns("other_answered", who="Ben", answer="cannot", minutes=0).gets("stands.now#1", began())
    stage.bot("no fault of yours").taps("rebook").gets("stands.after#1", began()).ends("rebook")
    assert [f.data for f in stage.facts] == [{"appointment": "ap_1", "way": "rebook", "missing": "interviewer"}]


def test_an_interviewer_whose_candidate_cannot_come_need_not_wait():
    stage = asked_after(**INTERVIEWER).learns("other_answered", who="Ada", answer="cannot", minutes=0)
    stage.bot("Is Ada there?", "you needn't wait").notes().ends("absent")


def test_news_twice_and_news_too_late():
    stage = asked_after(**INTERVIEWER).taps("not_here").gets("stands.now#1", began())
    stage.learns("other_answered", who="Ada", answer="here").learns("other_answered", who="Ada", answer="here")
    stage.bot("asking Ada", "Ada is there now").ends("not_here")
    rescued().learns("other_answered", who="Ben", answer="late", minutes=5).bot("No harm done")
    stage = (
        asked_after()
        .learns("other_answered", who="Ben", answer="here")
        .learns("other_answered", who="Ben", answer="here")
    )
    stage.bot("set for", "Ben is there", "Are you coming?", "Ben is there", "Are you coming?").waits("until")
    stage.gets("stands.now#1", began()).bot("No harm done").notes("attendance")
