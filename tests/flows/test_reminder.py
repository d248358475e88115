"""Reminders: everything is one tap or a word, and nothing is done that is no longer true."""

import pytest

from flows.requests import Kept, Unavailable
from flows.stage import START, Stage
from flows.steps import DAY, HOUR
from tests.flows.scenes_attending import (
    BRIEF,
    INTERVIEWER,
    LATER,
    LINK,
    WHEN,
    Acted,
    reminded,
    reminded_soon,
    soon,
    stands,
)

KNOWN = {"appointment": "ap_1", "version": 3}


def ids(stage: Stage) -> list[str]:
    return [o.id for o in stage.last.shown[-1].card.options]


def facts(stage: Stage) -> list[tuple[str, dict[str, object]]]:
    return [(f.name, f.data) for f in stage.facts]


def test_the_card_says_when_where_with_whom_and_how_to_prepare():
    (shown,) = reminded().last.shown
    assert shown.card.title == "Tomorrow at 10:00: Technical interview"
    assert [(r.label, r.value) for r in shown.card.rows] == [("When", WHEN)]
    assert [x.url for x in shown.card.links] == [LINK]
    assert "Ben Adler" in shown.card.text
    assert "Nothing has to be perfect" in shown.card.text


def test_an_interviewer_gets_the_brief_and_no_advice():
    (shown,) = reminded(brief=BRIEF, **INTERVIEWER).last.shown
    assert [(r.label, r.value) for r in shown.card.rows] == [("When", WHEN), *BRIEF]
    assert "You meet Ada for the role Support engineer." in shown.card.text
    assert "quiet place" not in shown.card.text


def test_with_nobody_to_meet_it_is_parley_and_without_a_link_there_is_none():
    (shown,) = reminded(stands(link=""), other="", link="").last.shown
    assert "with me, in writing, here in this chat" in shown.card.text
    assert "nothing to prepare" in shown.card.text
    assert shown.card.links == ()
    reminded(other="").taps("confirm").gets("stands.now#1", stands()).bot("I'll be here too").ends("confirm")


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (1440, ["confirm", "other", "snooze.10", "snooze.60", "snooze.180"]),
        (181, ["confirm", "other", "snooze.10", "snooze.60", "snooze.180"]),
        (180, ["confirm", "other", "snooze.10", "snooze.60"]),
        (61, ["confirm", "other", "snooze.10", "snooze.60"]),
        (60, ["confirm", "late", "other", "snooze.10"]),
        (10, ["confirm", "late", "other"]),
        (0, ["confirm", "late", "other"]),
    ],
)
def test_late_is_offered_in_the_last_hour_and_another_reminder_only_before_the_start(left: int, expected: list[str]):
    assert ids(reminded(stands(left=left))) == expected
    assert ids(reminded(stands(left=None, soon=""), offset=left)) == expected, (
        "the offset, where nothing was worked out"
    )


def test_without_a_distance_the_title_stands_alone():
    assert reminded(stands(left=None, soon="")).last.shown[0].card.title == "Technical interview"


def test_a_tap_confirms():
    stage = (
        reminded().taps("confirm").gets("stands.now#1", stands()).bot("I've noted that you'll be there").ends("confirm")
    )
    assert facts(stage) == [("attendance", {**KNOWN, "answer": "confirmed"})]


@pytest.mark.parametrize(
    ("text", "result", "fact"),
    [
        ("yes", "confirm", ("attendance", {**KNOWN, "answer": "confirmed"})),
        ("Yes, see you then!", "confirm", ("attendance", {**KNOWN, "answer": "confirmed"})),
        ("\N{THUMBS UP SIGN}", "confirm", ("attendance", {**KNOWN, "answer": "confirmed"})),
        ("1", "confirm", ("attendance", {**KNOWN, "answer": "confirmed"})),
        ("I'll be there", "confirm", ("attendance", {**KNOWN, "answer": "confirmed"})),
        ("yes, can't wait", "confirm", ("attendance", {**KNOWN, "answer": "confirmed"})),
        ("late 10", "late", ("attendance", {**KNOWN, "answer": "late", "minutes": 10})),
        ("I'll be there ten minutes late", "late", ("attendance", {**KNOWN, "answer": "late", "minutes": 10})),
        ("sorry, stuck in traffic, 5 min", "late", ("attendance", {**KNOWN, "answer": "late", "minutes": 5})),
        ("can't", "other", ("reschedule_asked", {"appointment": "ap_1"})),
        ("I can't make it", "other", ("reschedule_asked", {"appointment": "ap_1"})),
        ("could we find another time?", "other", ("reschedule_asked", {"appointment": "ap_1"})),
        ("no", "other", ("reschedule_asked", {"appointment": "ap_1"})),
        ("cancel", "cancel", ("cancel_asked", {"appointment": "ap_1"})),
        ("please cancel my interview", "cancel", ("cancel_asked", {"appointment": "ap_1"})),
        ("remind me in 20 minutes", "snooze", ("snoozed", {**KNOWN, "minutes": 20})),
        ("snooze half an hour", "snooze", ("snoozed", {**KNOWN, "minutes": 30})),
        ("I'm not sure I'll be there", None, None),
        ("Will Ben be there?", None, None),
        ("stop", None, None),
        ("I won't be late", None, None),
    ],
)
def test_words_are_understood_as_what_they_mean(text: str, result: str | None, fact: tuple[str, object] | None):
    stage = reminded().says(text)
    if result is None:
        stage.bot("I didn't catch that").notes()
        assert stage.last.state == "open"
        return
    stage.gets("stands.now#1", stands()).ends(result)
    assert facts(stage) == [fact]


@pytest.mark.parametrize("text", ["can't", "no", "cancel", "I'm ill"])
def test_an_interviewer_who_cannot_come_begins_a_swap(text: str):
    stage = reminded(**INTERVIEWER).says(text).gets("stands.now#1", stands()).bot("who could take it").ends("other")
    assert facts(stage) == [("swap_asked", KNOWN)]


def test_late_asks_how_late_and_a_number_alone_is_no_minute_of_the_list():
    stage = reminded_soon().taps("late").bot("how many minutes").says("2").gets("stands.now#1", soon()).bot("2 minutes")
    assert facts(stage.ends("late")) == [("attendance", {**KNOWN, "answer": "late", "minutes": 2})]
    stage = reminded_soon().says("I'm running late").bot("how many minutes").taps("15").gets("stands.now#1", soon())
    assert stage.bot("about 15 minutes").ends("late").facts[0].data["minutes"] == 15


def test_too_late_can_become_another_time():
    stage = reminded_soon().taps("late").says("no idea").bot("A number is enough").says("two hours").bot("too long")
    stage.taps("other").gets("stands.now#1", soon()).bot("another time").notes("reschedule_asked").ends("other")


def test_before_acting_it_changes_its_mind():
    stage = reminded_soon().taps("late").says("change my last answer").bot("Of course", "Will you be there?")
    stage.taps("confirm").gets("stands.now#1", soon()).notes("attendance").ends("confirm")


def test_nobody_is_reminded_after_the_start():
    stage = reminded(stands(left=200)).taps("snooze.180").gets("stands.now#1", stands(left=170, soon="in 2 hours"))
    stage.bot("no time left for another reminder: it begins in 2 hours").notes().ends("snooze")
    reminded(stands(left=50)).says("remind me in 50 minutes").bot("begins before that").notes()
    reminded().says("remind me again").bot("Gladly. When?").says("remind me in an hour").gets(
        "stands.now#1", stands()
    ).bot("again in 1 hour").notes("snoozed")


GONE = [
    (stands(version=4, when=LATER, start=START + 2 * DAY), f"This was moved meanwhile. It's now {LATER}"),
    (stands(version=4, when=LATER, start=START + 2 * DAY, changed_by="Mira"), "was moved by Mira meanwhile"),
    (stands(version=4), f"Something about this was changed meanwhile. The time is still {WHEN}"),
    (stands(version=4, yours=False), "Somebody else has this one now"),
    (stands(version=4, when="", start=0), "Somebody else has this one now"),
    (stands(version=4, state="cancelled", when="", changed_by="Mira"), "was cancelled by Mira meanwhile"),
    (stands(version=4, state="open", when=""), "no time for this at the moment"),
    (stands(version=4, state="over"), "is over"),
    (stands(version=4, state="missed"), "is over"),
    (stands(version=4, state="began"), "has begun"),
]


@pytest.mark.parametrize(("now", "text"), GONE)
@pytest.mark.parametrize("answered", [False, True])
def test_what_is_no_longer_true_is_not_acted_on(now: object, text: str, answered: bool):
    stage = reminded() if answered else Acted("reminder", reminded().flow.args)
    stage = stage.taps("other").gets("stands.now#1", now) if answered else stage.gets("stands", now)
    stage.bot(text).notes().ends("changed")


def test_what_has_gone_without_a_trace_is_not_mentioned():
    Acted("reminder", reminded().flow.args).gets("stands", Unavailable("erased")).quietly().ends("changed")


def test_an_answer_is_not_lost_when_the_booking_cannot_be_seen():
    stage = reminded().taps("confirm").gets("stands.now#1", Unavailable("down")).bot("can't see your booking")
    stage.taps("again").gets("stands.now#2", stands()).bot("noted").notes("attendance").ends("confirm")


@pytest.mark.parametrize("words_before", [(), ("hm",), ("late",), ("help",)])
def test_the_start_ends_it_silently(words_before: tuple[str, ...]):
    stage = reminded_soon()
    for text in words_before:
        stage.says(text)
    stage.waits("until").quietly().notes().ends("lapsed")
    assert stage.now == START + HOUR
    assert len(stage.last.settled) == 1, "the buttons go"


def test_the_next_reminder_takes_its_place():
    stage = reminded(until=START + HOUR).waits("until").quietly().ends("lapsed")
    assert stage.now == START + HOUR


def test_nothing_else_hurries_anybody():
    assert [w.about for w in reminded().last.wakes] == ["until"]


def test_a_late_tap_and_a_second_one_do_nothing_again():
    stage = reminded().taps("confirm").gets("stands.now#1", stands()).notes("attendance")
    stage.taps("other", asked="coming").bot("finished").notes().ends("confirm")
    stage = reminded_soon().waits("until").taps("confirm", asked="coming").bot("finished").notes().ends("lapsed")
    stage = (
        reminded_soon().taps("late").taps("confirm", asked="coming").bot("earlier question", "how many minutes").notes()
    )
    stage = reminded().taps("confirm").taps("confirm", asked="coming").notes()
    stage.gets("stands.now#1", stands()).notes("attendance").ends("confirm")


def test_a_timer_of_an_earlier_question_is_nothing():
    stage = reminded_soon()
    token = stage.tokens["coming"]
    stage.taps("late").bot("how many minutes").late("until", token).quietly()
    assert stage.last.state == "open"


def test_a_candidate_reaches_a_person_and_their_data_an_interviewer_does_not():
    reminded().says("talk to a human").bot("asked a person", "Will you be there?").notes("human_asked")
    stage = (
        reminded().says("my data").gets("~1.mydata.look", Kept(3, "", (), "Northwind", "Support engineer", 180, "Mira"))
    )
    stage.bot("scroll up", "Will you be there?")
    stage = (
        reminded(**INTERVIEWER).says("my data").bot("didn't catch").says("talk to a human").bot("didn't catch").notes()
    )
    assert not stage.calls
    assert stage.last.waiting
    assert [o.id for o in stage.last.waiting.tools] == ["~help", "~repeat"]
    reminded(**INTERVIEWER).says("where am I").bot("didn't catch")


def test_help_and_where_am_i():
    reminded().says("help").bot("nothing changes", "Will you be there?")
    assert reminded().says("where am I?").last.shown[0].card.rows[-1].value == WHEN


def test_whoever_comes_back_on_another_device_hears_again_what_they_talk_to():
    stage = reminded().says("another device").notes("handover_asked").says("yes").gets("stands.now#1", stands())
    assert stage.transcript[-2].startswith("> Welcome back")
    stage.notes("attendance").ends("confirm")


def test_called_off_by_the_team_it_says_so_and_ends():
    reminded().learns("called_off", text="This was cancelled.").bot("You meet", "This was cancelled.").ends(
        "called_off"
    )
