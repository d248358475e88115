"""An interviewer who can't come: until somebody takes it, it stays with them, and nobody is asked by accident."""

import pytest

from flows.requests import Unavailable
from flows.scheduling import Colleagues, TooLate
from flows.stage import START
from flows.steps import DAY
from tests.flows.scenes_attending import WHEN, Acted, cannot_come, stands


def asked(reason: str = "ill", colleagues: int = 2) -> Acted:
    s = cannot_come()
    s.taps(reason)
    s.taps("ask").gets("stands.now#1", stands()).gets("ask#1", Colleagues(colleagues, WHEN))
    return s


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'm ill", "ill"),
        ("doctor's appointment", "ill"),
        ("another meeting", "conflict"),
        ("2", "conflict"),
        ("something clashes", "conflict"),
    ],
)
def test_a_reason_in_a_word_goes_along(text: str, reason: str):
    stage = cannot_come().says(text).bot("Shall I ask").says("yes").gets("stands.now#1", stands())
    assert stage.calls["ask#1"].reason == reason
    assert stage.calls["ask#1"].appointment == "ap_1"


def test_words_for_the_recruiter_are_optional_and_leave_as_an_id():
    stage = cannot_come().taps("other").says("A family matter.").bot("Shall I ask").notes().taps("ask")
    stage.gets("stands.now#1", stands()).bot("passed your line on")
    assert [f.data for f in stage.facts] == [{"appointment": "ap_1", "version": 3, "utterance": "u1"}]
    for no in ("no", "that's all", "1", "no thanks"):
        cannot_come().taps("other").says(no).bot("Shall I ask").notes()
    cannot_come().taps("other").taps("no").bot("Shall I ask").notes()
    cannot_come().taps("other").says("x " * 900).bot("too long").notes()


def test_one_confirmation_and_a_way_back():
    stage = cannot_come().taps("conflict").bot("Shall I ask").taps("keep").gets("stands.now#1", stands())
    stage.bot(f"it stays with you: {WHEN}").notes().ends("kept")
    assert not stage.calls
    cannot_come().taps("ill").says("no, I'll manage").gets("stands.now#1", stands()).ends("kept")
    stage = cannot_come().taps("ill").says("hm, what?").bot("didn't catch")
    assert not stage.calls


def test_how_many_were_asked_and_who_takes_it():
    assert "asked 2 colleagues who are free" in asked().last.shown[-1].card.text
    assert "asked a colleague who is free" in asked(colleagues=1).last.shown[-1].card.text
    stage = asked()
    stage.pending = []
    stage.learns("taken_over", by="Cleo").bot("Cleo takes it. It's out of your calendar.").ends("taken")
    stage = asked()
    stage.pending = []
    stage.learns("taken_over", by="").bot("Somebody else takes it.").ends("taken")


def test_twice_taken_is_once_and_late_is_nothing():
    stage = asked().learns("taken_over", by="Cleo").ends("taken")
    stage.pending = []
    stage.learns("taken_over", by="Dan").quietly().ends("taken")
    stage = asked().waits("until").quietly().ends("kept")
    assert stage.now == START + DAY
    stage.learns("taken_over", by="Dan").quietly().ends("kept")


def test_where_nobody_is_free_the_recruiter_decides():
    stage = asked(colleagues=0)
    assert "Nobody else is free at that time. Your recruiter has been told" in stage.last.shown[-1].card.text
    stage.pending = []
    stage.learns("taken_over", by="Dan").bot("Dan takes it").ends("taken")


def test_too_late_is_said_as_it_came():
    stage = cannot_come().taps("ill").taps("ask").gets("stands.now#1", stands())
    stage.gets("ask#1", TooLate("It has begun. Please call Mira.")).bot("It has begun. Please call Mira.").ends("late")


def test_what_could_not_be_asked_is_asked_again_or_left():
    stage = cannot_come().taps("ill").taps("ask").gets("stands.now#1", stands()).gets("ask#1", Unavailable("down"))
    stage.bot("nothing has changed yet").taps("leave").bot("Nothing has changed").ends("kept")
    stage = cannot_come().taps("ill").taps("ask").gets("stands.now#1", stands()).gets("ask#1", Unavailable("down"))
    stage.waits("until").quietly().ends("kept")


@pytest.mark.parametrize("path", [(), ("ill",), ("other",)])
def test_the_start_ends_it_silently(path: tuple[str, ...]):
    stage = cannot_come()
    for option in path:
        stage.taps(option)
    stage.waits("until").quietly().notes().ends("lapsed")
    stage.taps("ask", asked="why").bot("finished").notes()


def test_what_is_not_theirs_any_more_is_not_offered():
    args = cannot_come().flow.args
    Acted("swap", args).gets("stands", stands(version=4, yours=False)).bot("Somebody else has this one now").ends(
        "changed"
    )
    Acted("swap", args).gets("stands", Unavailable("erased")).quietly().ends("changed")
    stage = cannot_come().taps("ill").taps("ask").gets("stands.now#1", stands(version=4, state="cancelled"))
    stage.bot("was cancelled").ends("changed")
    assert not stage.calls


def test_once_it_has_begun_nobody_can_take_over():
    Acted("swap", cannot_come().flow.args).gets("stands", stands(state="began")).bot("begun already").ends("late")


def test_a_line_goes_nowhere_when_they_come_after_all():
    cannot_come().taps("other").says("A family matter.").taps("keep").gets("stands.now#1", stands()).notes().ends(
        "kept"
    )


def test_colleagues_who_were_asked_are_not_unasked_by_a_changed_answer():
    stage = asked().says("change my last answer").bot("hear from somebody else")
    assert stage.last.waiting is None


def test_a_late_tap_leaves_everything_as_it_is():
    stage = cannot_come().taps("ill").taps("conflict", asked="why").bot("earlier question", "Shall I ask").taps("ask")
    stage.gets("stands.now#1", stands())
    assert stage.calls["ask#1"].reason == "ill"
    stage.taps("ask", asked="sure")
    assert list(stage.calls) == ["ask#1"], "asked once"


def test_words_while_it_waits_are_kept():
    asked().says("Any news?").bot("hear from somebody else").learns("taken_over", by="Cleo").bot("Cleo takes it")
