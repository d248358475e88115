"""The interview, with tidy and untidy candidates."""

from typing import Any

import pytest

from flows.requests import Broadcast, Clarification, Enough, FollowUp, NoClarification, Unavailable
from flows.words import following_en, legal_en
from flows.words import interview_en as words
from tests.flows.sample_kit import KIT
from tests.flows.scenes import Acted, a_withdrawal, an_interview, an_untidy_interview, begun

NONE = Broadcast()


def asked(**changes: Any) -> Acted:
    """At the first question, the warm-up behind us."""
    s = begun(**changes)
    s.says("Curiosity.").taps("done").gets("outage.earlier", NONE)
    return s


def answered(**changes: Any) -> Acted:
    """At the last look: all three questions answered, no follow-ups."""
    s = asked(**changes)
    s.says("It broke.").taps("done").gets("outage.probe#1", Enough()).gets("explain.earlier", NONE)
    s.says("Plainly.").taps("done").gets("explain.probe#1", Enough()).taps("none").taps("go")
    s.gets("handover.earlier", NONE).says("I hand over.").taps("done").taps("no")
    return s


def submitted(stage: Acted) -> dict[str, Any]:
    facts = [f for f in stage.facts if f.name == "submitted"]
    assert len(facts) == 1
    assert stage.last.result == facts[0].data
    return facts[0].data


def test_a_whole_interview_leaves_ids_and_no_words():
    stage = an_interview()
    assert submitted(stage)["answers"] == [
        {
            "question": "outage",
            "utterances": ["u2", "u3"],
            "follow_ups": [{"indicator": "result", "utterances": ["u4"]}],
            "skipped": False,
            "ai": "",
        },
        {"question": "explain", "utterances": ["u6"], "follow_ups": [], "skipped": False, "ai": "none"},
        {"question": "handover", "utterances": ["u9"], "follow_ups": [], "skipped": False, "ai": ""},
    ]
    stage.notes("interview_began", "question_shown", "question_shown", "team_question", "question_shown", "submitted")


def test_an_untidy_interview_arrives_all_the_same():
    stage = an_untidy_interview()
    outage, explain, handover = submitted(stage)["answers"]
    assert outage["utterances"] == ["u3"]
    assert stage.journal.told["u3"] == ["Our phoen system.", "Our phone system."]
    assert explain["ai"] == "some"
    assert len(handover["utterances"]) == 2


def test_the_first_message_is_the_disclosure_and_so_is_the_first_after_a_rest():
    again = legal_en.AI_AGAIN.filled(company="Northwind")
    stage = begun()
    assert stage.last.shown[0].card.text == again
    stage.says("pause").says("continue")
    assert stage.last.shown[0].card.text == again


def test_a_question_is_shown_with_its_place_and_its_rule_about_tools():
    card = asked().last.shown[-1].card
    assert card.progress == (1, 3)
    assert card.foot == words.AI_USE["free"]
    assert card.answering


def test_what_others_were_told_is_told_before_the_question():
    stage = begun()
    stage.says("Curiosity.").taps("done").gets("outage.earlier", Broadcast(("A system, or a shift plan.",)))
    stage.bot("first question", "A system, or a shift plan.", "something you were responsible for broke")


def test_a_question_back_with_a_known_answer_is_never_part_of_the_answer():
    stage = asked().says("What counts as broke?").gets("outage.back#1", Clarification("Anything.", "Mira"))
    stage.bot("Mira from the team explained\nAnything.", "responsible for broke").says("The printer.").taps("done")
    assert stage.calls["outage.probe#1"].utterances == ("u3",)


@pytest.mark.parametrize("unknown", [NoClarification(), Unavailable("down")])
def test_an_unknown_question_back_goes_to_the_team_or_into_the_answer(unknown: Any):
    stage = asked().says("Ours, or a customer's?").gets("outage.back#1", unknown).bot("pass it on to the team")
    stage.taps("pass").bot("passed it on", "responsible for broke")
    assert stage.facts[-1].data == {"question": "outage", "utterance": "u2"}
    stage.learns("team_replied", who="Mira", text="Either.").bot("Either.", "responsible for broke")

    stage = asked().says("Isn't that daily life?").gets("outage.back#1", unknown).taps("part")
    stage.bot("beginning of your answer", "responsible for broke").says("It was.").taps("done")
    assert stage.calls["outage.probe#1"].utterances == ("u2", "u3")


def test_follow_ups_are_bounded_by_the_kit_and_by_two():
    stage = asked().says("It broke.").taps("done").gets("outage.probe#1", FollowUp("own_step", "Your part?"))
    stage.bot("Your part?").says("All of it.").taps("done")
    probe = stage.calls["outage.probe#2"]
    assert (probe.utterances, probe.asked, probe.spent) == (("u2", "u3"), ("own_step",), ("ownership",))
    stage.gets("outage.probe#2", FollowUp("result", "And then?")).bot("And then?").says("Fine.").taps("done")
    stage.gets("explain.earlier", NONE).says("Plainly.").taps("done")
    stage.gets("explain.probe#1", FollowUp("example", "Such as?")).says("Like this.").taps("done")
    stage.bot("Did you use an AI tool").taps("none").taps("go").gets("handover.earlier", NONE)
    stage.says("I hand over.").taps("done").bot("Those were my questions")


def test_who_may_read_along_is_said_first_and_a_question_of_theirs_is_theirs():
    stage = begun(followed=True)
    stage.bot("automated interviewer", "quiet for", following_en.READ_ALONG, "settle in", "drew you")
    stage = asked(followed=True).says("It broke.").taps("done")
    stage.gets("outage.probe#1", FollowUp("result", "What did it cost?", "team"))
    assert [s.card.title for s in stage.pending] == [following_en.BY_THE_TEAM]
    plain = asked().says("It broke.").taps("done").gets("outage.probe#1", FollowUp("result", "What did it cost?"))
    assert [s.card.title for s in plain.pending] == [words.FOLLOW_UP]


def test_a_follow_up_can_be_skipped_and_a_prober_may_be_down():
    stage = asked().says("It broke.").taps("done").gets("outage.probe#1", FollowUp("result", "How did it end?"))
    stage.says("skip").taps("skip").gets("outage.probe#2", Unavailable("down")).gets("explain.earlier", NONE)
    stage.bot("Noted", "explain an outage")


def test_a_skipped_question_gets_no_follow_up_and_stays_open_for_later():
    stage = asked().says("skip").taps("skip").bot("marked as skipped").gets("explain.earlier", NONE)
    assert "outage.probe#1" not in stage.calls


def test_an_answer_far_over_its_guide_is_simply_taken():
    stage = asked()
    assert [w.at - stage.now for w in stage.last.wakes if w.about == "nudge"] == [10 * 60_000]
    stage.now += 50 * 60_000
    stage.says("That took me a while.").quietly().taps("done").gets("outage.probe#1", Enough()).bot("Noted")
    stage.gets("explain.earlier", NONE)
    assert [w.at - stage.now for w in stage.last.wakes if w.about == "nudge"] == [40 * 60_000], "twice the guide"


def test_an_adjustment_that_was_agreed_before_switches_off_every_timer():
    stage, years = answered(unhurried=True).taps("change").taps("1"), 365 * 24 * 3_600_000
    stage.says("What counts?").gets("end.anew#1.outage.back#1", NoClarification())
    stage.taps("part").taps("done").taps("submit")
    assert len(stage.timers) > 15
    assert all(due > years for due in stage.timers if due)
    assert not any("quiet seconds" in line for line in stage.transcript)


def test_a_break_is_offered_once_after_half_of_the_questions():
    stage = answered()
    assert sum(words.HALFWAY in line for line in stage.transcript) == 1
    rested = [f.name for f in an_untidy_interview().facts]
    assert rested.index("paused") < rested.index("resumed")


def test_their_own_questions_are_answered_from_the_kit_or_passed_on_message_by_message():
    stage = asked()
    stage.says("skip").taps("skip").gets("explain.earlier", NONE).says("skip").taps("skip").taps("go")
    stage.gets("handover.earlier", NONE).says("skip").taps("skip").bot("marked as skipped", "like to ask").taps("ask")
    stage.says("I wonder about Sundays").says("and about shifts").taps("done")
    first = stage.calls["end.yours#1.1"]
    assert (first.question, first.utterance) == ("role", "u5")
    stage.gets("end.yours#1.1", Clarification("Sundays are off.")).gets("end.yours#1.2", NoClarification())
    stage.bot("Sundays are off", "passed it on", "anything else")
    assert stage.facts[-1].data == {"question": "role", "utterance": "u6"}
    stage.taps("no").bot("Here is everything").taps("submit")
    assert [a["skipped"] for a in submitted(stage)["answers"]] == [True, True, True]


def test_the_last_look_shows_every_answer_and_a_new_one_counts():
    stage = answered()
    look = stage.last.shown[-1].card
    assert [r.value for r in look.rows] == ["It broke.", "Plainly.", "I hand over."]
    stage.taps("change").bot("Which answer").taps("1").bot("It broke.").says("The printer broke.").taps("done")
    stage.bot("counts in place", "Here is everything")
    assert stage.last.shown[-1].card.rows[0].value == "The printer broke."
    stage.taps("submit")
    assert submitted(stage)["answers"][0]["utterances"] == ["u5"]


def test_at_the_last_look_everything_can_stay_and_the_wrong_pick_can_be_taken_back():
    stage = answered().taps("change").taps("keep").bot("stays as it was", "Here is everything").taps("change")
    stage.taps("1").says("change my last answer").bot("Answer it again", "Which answer").taps("2")
    stage.bot("Changed", "explain an outage").says("In plain words.").taps("done").taps("submit")
    assert [a["utterances"] for a in submitted(stage)["answers"]] == [["u2"], ["u6"], ["u4"]]


def test_changing_the_last_answer_and_words_that_come_late_both_count():
    stage = asked().says("It broke.").taps("done").gets("outage.probe#1", Enough()).gets("explain.earlier", NONE)
    stage.says("And I fixed it.", asked="outage").bot("Where does it belong?").taps("add")
    stage.says("change my last answer").bot("Answer it again", "responsible for broke").says("All new.").taps("done")
    stage.bot("Changed", "explain an outage").says("Plainly.").taps("done").gets("explain.probe#1", Enough())
    stage.taps("none").taps("go").gets("handover.earlier", NONE).says("x").taps("done").taps("no").taps("submit")
    assert submitted(stage)["answers"][0]["utterances"] == ["u5"]


def test_an_old_button_answers_no_new_question():
    stage = asked().says("It broke.").taps("done").gets("outage.probe#1", Enough()).gets("explain.earlier", NONE)
    stage.taps("done", asked="outage").bot("earlier question", "explain an outage")


def test_silence_rests_and_never_discards():
    stage = asked().waits("nudge").bot("No rush").waits("park").bot("rest here").says("It broke.")
    stage.bot("automated interviewer", "responsible for broke").waits("quiet")
    assert stage.calls["outage.probe#1"].utterances == ("u2",)


def test_stopping_withdraws_and_submits_nothing():
    names = [f.name for f in a_withdrawal().facts]
    assert names[-1] == "withdrawn"
    assert "submitted" not in names


def test_acknowledgements_vary_and_never_praise():
    said = {words.acknowledged(n) for n in range(1, 9)}
    assert len(said) == len(words.ACKNOWLEDGED)
    praise = ("great", "good", "excellent", "well", "nice", "perfect", "impressive", "!")
    assert not [a for a in said if any(p in a.lower() for p in praise)]


def test_a_kit_may_call_its_questions_anything_and_needs_no_warm_up():
    names = ["start", "warm", "half", "end", "hello", "submitted"]
    questions = [KIT.questions[2].model_copy(update={"id": n}) for n in names]
    stage = begun(kit=KIT.model_copy(update={"questions": tuple(questions), "warm_up": None}))
    for n, name in enumerate(names, 1):
        stage.gets(f"{name}.earlier", NONE).says("An answer.").taps("done")
        if n == 3:
            stage.taps("go")
    stage.taps("no").taps("submit")
    assert [a["question"] for a in submitted(stage)["answers"]] == names
