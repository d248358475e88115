"""Gaps in the engine that the conversations met."""

from flows.requests import Broadcast, Enough
from tests.flows.scenes import a_withdrawal, begun, rating


def answered():
    s = begun()
    s.says("Curiosity.").taps("done").gets("outage.earlier", Broadcast()).says("It broke.").taps("done")
    return s


def test_after_withdrawing_the_conversation_stays_ended():
    a_withdrawal().says("hello?").bot("finished").ends("withdrawn")


def test_a_rater_who_stops_does_not_withdraw_the_candidate():
    rating().says("stop").bot("Take all the time").notes()


def test_work_that_comes_back_while_an_answer_is_being_changed_is_kept():
    stage = answered().says("change my last answer").gets("outage.probe#1", Enough()).says("All new.").taps("done")
    assert "explain.earlier" in stage.calls


def test_words_said_while_work_is_going_on_are_offered_a_place():
    stage = answered().says("And I fixed it.", asked="outage").bot("still working").gets("outage.probe#1", Enough())
    stage.gets("explain.earlier", Broadcast())
    assert "Where does it belong?" in stage.last.shown[-1].card.text
    stage.taps("add").bot("added it to your earlier answer", "explain an outage")


def test_pausing_twice_is_still_a_pause():
    stage = begun().says("pause").says("pause")
    assert stage.last.state == "parked"
