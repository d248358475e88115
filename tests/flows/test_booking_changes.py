"""Moving and cancelling: nothing is given up for the asking, and what was done is never said otherwise."""

from dataclasses import replace

import pytest

from flows.cards import Card
from flows.playbill import PLAYBILL
from flows.requests import Unavailable
from flows.scheduling import BookSlot, CancelBooking, Cancelled, FindSlots, NoTimes, Released, SlotBooked, TooLate
from flows.words import cancel_en, reschedule_en
from tests.flows.acted import Acted
from tests.flows.scenes_booking import (
    BOOKED,
    CANCEL,
    DONE,
    FIND,
    HELD,
    RESCHEDULE,
    WHEN,
    calling_off,
    moving,
    times,
)

AT = FIND.removeprefix("find")
LATE = "It begins in half an hour, so it can't be moved here any more."
STAYS = {"appointment": "ap_1", "version": 3}


def card(stage: Acted) -> Card:
    assert stage.last.waiting
    return stage.cards[stage.last.waiting.token]


# -- moving -----------------------------------------------------------------------------------------


def test_a_candidate_is_asked_why_and_only_an_id_leaves():
    stage = moving().taps("prepare")
    assert [(f.name, f.data) for f in stage.facts] == [
        ("reschedule_reason", {"appointment": "ap_1", "reason": "prepare", "utterance": ""})
    ]
    stage = moving().says("My exam was moved to that day.")
    assert [f.data["reason"] for f in stage.facts] == ["words"]
    assert [f.data["utterance"] for f in stage.facts] == ["u1"]
    assert stage.calls[FIND] == FindSlots("ap_1", "Europe/Paris")


def test_a_corrected_reason_is_stated_anew():
    stage = moving().taps("clash").gets(FIND, times(3)).says("change my last answer").taps("work")
    assert [f.data["reason"] for f in stage.facts] == ["clash", "work"]
    assert "which time" in card(stage).text


def test_the_team_gives_no_reason_to_answer_for():
    stage = moving(by="team").bot("automated interviewer", "I'm sorry: the team at Northwind")
    assert FIND in stage.calls
    stage.notes()


def test_the_time_can_be_kept_at_every_question():
    for way in ("reason", "day", "time", "wish", "city", "confirm", "trouble", "rest"):
        stage = at(way)
        assert "Keep the time I have" in [o.label for o in card(stage).options], way
        stage.says("keep the time I have")
        if way == "confirm":
            stage.gets(f"letgo{AT}.t0", Released())
        assert stage.last.shown[-1].card.text == "Good, it stays as it is."
        stage.ends(STAYS)
        assert "booked" not in [f.name for f in stage.facts]


def at(way: str) -> Acted:
    stage = moving()
    if way == "reason":
        return stage
    stage.taps("untold")
    if way in ("trouble", "rest"):
        stage.gets(FIND, Unavailable("down") if way == "trouble" else NoTimes())
        return stage
    stage.gets(FIND, times(4, 4))
    for option in {"time": ["d0"], "wish": ["unsuited"], "city": ["place"], "confirm": ["d0", "t0"]}.get(way, []):
        stage.taps(option)
    if way == "confirm":
        stage.gets(f"hold{AT}.t0#1", HELD)
    return stage


@pytest.mark.parametrize("way", ["reason", "day", "confirm"])
def test_cancel_means_the_appointment_here_and_not_leaving_altogether(way: str):
    stage = at(way).says("Please cancel my interview")
    if way == "confirm":
        stage.gets(f"letgo{AT}.t0", Released())
    assert stage.facts[-1].name == "cancel_asked"
    stage.ends(STAYS)
    assert "It isn't cancelled yet" in stage.last.shown[-1].card.text
    at(way).says("withdraw").bot("withdraw?")


def test_booking_moves_it():
    stage = at("confirm").taps("book")
    assert stage.calls[f"book{AT}.t0#1"] == BookSlot("ap_1", "h1")
    stage.gets(f"book{AT}.t0#1", SlotBooked(4, WHEN, 0, 0, moved=True)).bot("It's moved").ends(STAYS | {"version": 4})


@pytest.mark.parametrize("state", ["began", "over", "cancelled"])
def test_what_cannot_be_moved_is_said_and_a_person_can_help(state: str):
    stage = begin(state).bot("automated interviewer", reschedule_en.GONE[state]).says("talk to a human")
    stage.bot("asked a person on the team").notes("human_asked").ends(STAYS)
    begin(state).taps("fine").bot("Nothing has changed").notes().ends(STAYS)


def begin(state: str, late: str = "", by: str = "candidate") -> Acted:
    stage = Acted("reschedule", RESCHEDULE | {"by": by})
    stage.gets("start.now#1", replace(BOOKED, state=state, late_to_move=late))
    return stage


def test_too_late_for_the_candidate_is_not_too_late_for_the_team():
    begin("booked", LATE).bot("automated interviewer", LATE)
    assert FIND in begin("booked", LATE, "team").calls


@pytest.mark.parametrize(("state", "says"), [("open", "no time yet"), ("missed", "has passed")])
def test_without_a_time_there_is_nothing_to_keep(state: str, says: str):
    stage = begin(state).bot("automated interviewer", says).gets(FIND, times(1))
    assert "Keep the time I have" not in [o.label for o in card(stage).options]
    stage.taps("t0").gets(f"hold{AT}.t0#1", HELD).taps("book").gets(f"book{AT}.t0#1", DONE).bot("It's booked")


@pytest.mark.parametrize("name", ["reschedule", "cancel"])
def test_a_booking_that_cannot_be_seen_is_looked_for_again(name: str):
    stage = Acted(name, RESCHEDULE if name == "reschedule" else CANCEL)
    stage.gets("start.now#1", Unavailable("down")).bot("automated interviewer", "Nothing has changed").says("hello?")
    stage.gets("start.now#2", BOOKED)
    assert WHEN in [r.value for s in stage.last.shown for r in s.card.rows]


# -- cancelling -------------------------------------------------------------------------------------


def test_moving_instead_is_offered_first():
    calling_off().says("could we reschedule it?").bot("stays yours").notes("reschedule_asked").ends(
        {"appointment": "ap_1", "outcome": "move"}
    )
    for say in ("Can we reschedule instead?", "move it please"):
        calling_off().taps("cancel").says(say).bot("stays yours").notes("reschedule_asked")
    stage = calling_off().taps("cancel").says("We have to move house that day, sorry.").bot("Shall I cancel it?")
    stage.notes()
    calling_off().taps("stay").bot("stays as it is").notes().ends({"appointment": "ap_1", "outcome": "kept"})


@pytest.mark.parametrize("reason", [o.id for o in cancel_en.REASONS])
def test_withdrawing_is_asked_about_only_where_the_reason_suggests_it(reason: str):
    stage = calling_off().taps("cancel").taps(reason)
    if reason in cancel_en.LEAVING:
        stage.bot("Is it only about this appointment").taps("in")
    stage.bot("Shall I cancel it? The time is given back, and the team is told.").taps("cancel")
    assert stage.calls["cancel#1"] == CancelBooking("ap_1", reason)
    stage.gets("cancel#1", Cancelled(WHEN)).bot("It's cancelled").notes("booking_cancelled")
    stage.ends({"appointment": "ap_1", "outcome": "cancelled"})


def test_their_own_words_go_as_an_id():
    stage = calling_off().taps("cancel").says("I broke my arm.").says("yes").gets("cancel#1", Cancelled(WHEN))
    assert [f.data for f in stage.facts] == [{"appointment": "ap_1", "reason": "words", "utterance": "u1"}]


def test_the_word_cancel_is_enough_three_times():
    stage = calling_off().says("cancel").says("just cancel").says("please cancel it")
    assert stage.calls["cancel#1"] == CancelBooking("ap_1", "untold")


@pytest.mark.parametrize("text", ["no", "keep it", "no, don't cancel it"])
def test_a_no_never_cancels(text: str):
    stage = calling_off().taps("cancel").taps("untold").says(text)
    assert not stage.calls


def test_nothing_is_changed_while_it_is_being_cancelled():
    stage = calling_off().taps("cancel").taps("untold").taps("cancel").says("change my last answer").bot("One moment")
    stage.gets("cancel#1", Cancelled(WHEN)).bot("It's cancelled")


@pytest.mark.parametrize("text", ["help", "where am I?", "pause", "stop", "human", "repeat"])
def test_no_order_cancels(text: str):
    stage = calling_off().taps("cancel").taps("untold").says(text)
    assert not stage.calls
    assert stage.last.state != "ended"


def test_who_withdraws_does_so_even_where_it_is_too_late_to_cancel():
    stage = calling_off().taps("cancel").taps("no_interest").taps("out").taps("cancel")
    stage.gets("cancel#1", TooLate("It has just begun.")).taps("fine").bot("Nothing has changed", "you withdrew")
    stage.notes("withdrawn").ends({"appointment": "ap_1", "outcome": "late"})


def test_what_could_not_be_cancelled_still_stands():
    stage = calling_off().taps("cancel").taps("came_up").taps("cancel").gets("cancel#1", Unavailable("down"))
    stage.bot("it still stands").taps("stay").bot("stays as it is").notes()
    stage.ends({"appointment": "ap_1", "outcome": "kept"})


@pytest.mark.parametrize(
    ("state", "late", "outcome"),
    [("open", "", "kept"), ("over", "", "kept"), ("missed", "", "kept"), ("cancelled", "", "cancelled")],
)
def test_what_is_not_booked_needs_no_question(state: str, late: str, outcome: str):
    stage = Acted("cancel", CANCEL).gets("start.now#1", replace(BOOKED, state=state, late_to_move=late))
    stage.bot("automated interviewer", cancel_en.GONE[state]).notes()
    stage.ends({"appointment": "ap_1", "outcome": outcome})


@pytest.mark.parametrize(("state", "late"), [("began", ""), ("booked", LATE)])
def test_too_late_to_cancel_offers_a_person(state: str, late: str):
    stage = Acted("cancel", CANCEL).gets("start.now#1", replace(BOOKED, state=state, late_to_move=late))
    stage.bot("automated interviewer", late or "has begun").taps("human").bot("asked a person").notes("human_asked")


@pytest.mark.parametrize("name", ["booking", "reschedule", "cancel"])
def test_each_play_says_where_it_is_and_who_speaks(name: str):
    play = PLAYBILL.newest(name)
    assert play.standing
    assert play.greet
    assert play.standing(title="Technical interview")[0].value == "Technical interview"
    assert "automated interviewer of Northwind" in play.greet(company="Northwind").text
