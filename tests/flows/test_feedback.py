"""Feedback: strengths in the candidate's own words, one thing to grow, never the decision."""

from flows.words.legal_en import AI_AGAIN
from tests.flows.scenes import feedback_is_contested, feedback_is_welcome, heard


def test_the_disclosure_comes_first_and_again_after_a_rest():
    stage = heard()
    again = stage.last.shown[0].card.text
    assert again == AI_AGAIN.filled(company="Northwind")
    stage.says("pause").says("continue")
    assert stage.last.shown[0].card.text == again


def test_strengths_come_with_the_candidates_own_words():
    stage = heard()
    cards = [s.card for s in stage.last.shown]
    assert [q.text for c in cards for q in c.quotes] == [
        "I took the pager and rolled the change back myself.",
        "We were down for eleven minutes.",
    ]
    feedback_is_welcome().notes()


def test_an_objection_leaves_message_by_message_with_its_line():
    stage = feedback_is_contested()
    assert [f.data for f in stage.facts] == [{"line": "2", "utterance": "u1"}, {"line": "2", "utterance": "u2"}]


def test_an_objection_can_be_about_the_advice_or_anything_and_can_be_dropped():
    heard().taps("wrong").taps("grow").says("I said so.").taps("done").notes("contested").ends("contested")
    heard().taps("wrong").says("something else").bot("What should it say").says("skip").taps("skip").bot(
        "Nothing was passed on", "all the best"
    ).notes().ends("thanks")


def test_without_strengths_or_advice_it_still_reads_well():
    heard(strengths=(), grow="").bot("automated interviewer", "read and rated", "some of this").taps("wrong").bot(
        "Which"
    ).taps("other").says("You missed the second example.").taps("done").ends("contested")


def test_a_question_mark_in_an_objection_is_still_an_objection():
    heard().taps("wrong").taps("1").says("Where did I say that?").taps("done").notes("contested").ends("contested")


def test_after_the_end_a_message_is_answered_kindly():
    feedback_is_welcome().says("One more thing").bot("finished")
