"""Choosing a time: never a dead end, never the time somebody else took, and nothing old taken for new."""

import pytest

from flows.cards import Card
from flows.requests import Unavailable
from flows.scheduling import BookSlot, FindSlots, HoldSlot, NoTimes, Released, SlotBooked, SlotGone, Zones
from flows.words import legal_en
from tests.flows.acted import Acted
from tests.flows.scenes_booking import DONE, FIND, HELD, LINK, PARIS, TUESDAY, WHEN, ZONE, choosing, in_paris, times

LISBON = ("Europe/Lisbon", "Lisbon", "08:00")
AT = FIND.removeprefix("find")


def labels(stage: Acted) -> list[str]:
    return [o.label for o in _open(stage).options]


def _open(stage: Acted) -> Card:
    assert stage.last.waiting
    return stage.cards[stage.last.waiting.token]


def asked(stage: Acted, key: str) -> object:
    assert key in stage.calls, list(stage.calls)
    return stage.calls[key]


# -- where they are ---------------------------------------------------------------------------------


def test_it_begins_with_who_writes_and_what_is_to_be_booked():
    stage = choosing().bot(legal_en.AI_AGAIN.filled(company="Northwind"), "Hello Ada")
    rows = {r.label: r.value for r in stage.last.shown[1].card.rows}
    assert rows == {
        "What": "Technical interview, for Support engineer",
        "How long": "45 minutes",
        "With": "Mira Okafor and one more",
    }


def test_a_known_zone_is_not_asked_for_but_can_be_changed():
    stage = choosing(zone="Europe/Paris").gets(FIND, times(4, 4))
    assert ("Times in", ZONE) in [(r.label, r.value) for r in _open(stage).rows]
    stage.notes().taps("place").bot("Which city are you in").says("Lisbon")
    stage.gets(f"place{AT}.u1", Zones((LISBON,))).notes("zone_given")
    assert asked(stage, "find#2.Europe/Lisbon.place") == FindSlots("ap_1", "Europe/Lisbon")


def test_who_looked_for_another_place_can_go_back():
    stage = choosing(zone="Europe/Paris").gets(FIND, times(4, 4)).taps("place").taps("back").notes()
    asked(stage, "find#2.Europe/Paris.place")


def test_an_offset_is_no_city():
    stage = choosing().gets("zone.guess", Zones((("Etc/GMT-2", "UTC+2", "10:00"),)))
    assert _open(stage).text == "Is your time zone UTC+2? There it is 10:00 now."


def test_a_city_may_be_typed_where_a_guess_was_shown():
    stage = choosing().gets("zone.guess", Zones((PARIS,))).says("Lisbon").gets("place.u1", Zones((LISBON,)))
    assert [f.data["zone"] for f in stage.facts] == ["Europe/Lisbon"]
    asked(stage, "find#1.Europe/Lisbon.first")


@pytest.mark.parametrize("guess", [Zones(), Unavailable("down")])
def test_without_a_guess_the_city_is_asked_for_until_it_is_known(guess: Zones | Unavailable):
    stage = choosing().gets("zone.guess", guess).says("Narnia").gets("place.u1", Zones()).bot("I don't know that place")
    stage.says("Paris").gets("place.u2", Unavailable("down")).bot("can't look up places").says("Paris")
    stage.gets("place.u3", Zones((PARIS, LISBON))).bot("Which of these").taps("unlisted").bot("Which other large city")
    stage.says("Rome").gets("place.u4", Zones((PARIS, LISBON))).says("Oporto").gets("place.u5", Zones((PARIS, LISBON)))
    stage.says("2").notes("zone_given")
    asked(stage, "find#1.Europe/Lisbon.first")


def test_a_changed_zone_is_stated_and_looked_up_anew():
    stage = in_paris().gets(FIND, times(4, 4)).says("change my last answer").bot("Answer it again", "Are you in Paris?")
    stage.says("Lisbon").gets("place.u2", Zones((LISBON,)))
    assert [f.data["zone"] for f in stage.facts] == ["Europe/Paris", "Europe/Lisbon"]
    stage.gets("find#1.Europe/Lisbon.first", times(4, 4)).bot("Changed", "Which day suits you?")
    stage.says("change my last answer").taps("yes")
    assert [f.data["zone"] for f in stage.facts][-1] == "Europe/Paris"
    assert stage.last.waiting
    assert stage.last.waiting.key.startswith(f"day{AT}"), "what was found for Paris is still there"


# -- days and times ---------------------------------------------------------------------------------


def test_few_times_are_shown_at_once_and_many_by_day():
    stage = in_paris().gets(FIND, times(3, 3))
    assert labels(stage)[:2] == [f"{TUESDAY}, 09:00 to 09:45", f"{TUESDAY}, 09:30 to 10:15"]
    stage = in_paris().gets(FIND, times(4, 3))
    assert labels(stage) == [TUESDAY, "Wednesday 20 January", "None of these", "I'm somewhere else"]
    assert [o.hint for o in _open(stage).options[:2]] == ["4 times", "3 times"]


def test_more_days_come_after_the_last_one_and_there_is_a_way_back():
    stage = in_paris().gets(FIND, times(4, 4, more=True)).taps("more")
    assert asked(stage, "find#2.Europe/Paris.after.d20") == FindSlots("ap_1", "Europe/Paris", "d20")
    stage.gets("find#2.Europe/Paris.after.d20", times(4, 4, first=21)).bot("Which day").taps("all")
    assert asked(stage, "find#3.Europe/Paris.all") == FindSlots("ap_1", "Europe/Paris")


def test_many_times_of_a_day_come_in_pages_and_any_of_them_can_be_typed():
    stage = in_paris().gets(FIND, times(20, 20)).taps("d0")
    assert labels(stage)[-3:] == ["Later that day", "Another day", "None of these"]
    stage.taps("later")
    assert labels(stage)[:1] == ["15:00 to 15:45"]
    stage.taps("days").bot("Which day").taps("d1").says("at 16:30, please")
    assert asked(stage, f"hold{AT}.t35#1") == HoldSlot("ap_1", "sd20-15", "Europe/Paris")


@pytest.mark.parametrize(("said", "slot"), [("4 pm", "sd19-14"), ("9", "sd19-8"), ("16.30", "sd19-15")])
def test_a_time_in_other_words(said: str, slot: str):
    stage = in_paris().gets(FIND, times(20)).says(said)
    assert [c.slot for c in stage.calls.values() if isinstance(c, HoldSlot)] == [slot]


def test_a_stale_day_changes_nothing():
    stage = in_paris().gets(FIND, times(4, 4)).taps("d0").taps("d1", asked=f"day{AT}#1")
    stage.bot("earlier question", f"{TUESDAY}: which time suits you?")


# -- in their own words -----------------------------------------------------------------------------


def test_words_are_a_wish_wherever_a_day_or_a_time_is_asked_for():
    stage = in_paris().gets(FIND, times(4, 4)).says("any Thursday after 3 pm")
    request = FindSlots("ap_1", "Europe/Paris", "", "any Thursday after 3 pm")
    assert asked(stage, "find#2.Europe/Paris.wish.u1") == request
    found = times(1, 2, understood="Thursdays from 15:00", exact=False)
    stage.gets("find#2.Europe/Paris.wish.u1", found).bot("Nothing is free then; these times come nearest.")
    stage.says("and on the 28th?").gets("find#3.Europe/Paris.wish.u2", times(4, 4)).bot(
        "I found no day or time in that"
    )
    stage.says("x" * 301).bot("A short line is enough")


def test_after_three_wishes_the_team_is_asked_with_the_last_of_them():
    stage = in_paris().gets(FIND, times(1)).notes("zone_given")
    for n in (1, 2, 3):
        stage.taps("unsuited").bot("When would it suit you?").says("mornings")
        key = f"find#{n + 1}.Europe/Paris.wish.u{n}"
        stage.gets(key, times(1, understood="mornings", exact=False)).notes()
    stage.says("none").bot("I've asked the team to open more times. You'll hear from me by Friday 22 January.")
    assert [(f.name, f.data) for f in stage.facts] == [("more_times_asked", {"appointment": "ap_1", "utterance": "u3"})]
    assert stage.last.wakes == (), "nobody is reminded while it is the team's turn"


def test_who_cannot_say_when_sees_the_times_again():
    stage = in_paris().gets(FIND, times(1)).taps("unsuited").bot("When would it suit you?").taps("again")
    stage.gets("find#2.Europe/Paris.again", times(1)).bot("which time suits you?")


def test_the_team_is_asked_once_until_there_are_new_times():
    stage = in_paris().gets(FIND, NoTimes()).bot("I've asked the team").notes("zone_given", "more_times_asked")
    stage.taps("again").gets("find#2.Europe/Paris.again", NoTimes()).bot("nothing new yet").notes()
    stage.says("Sunday").gets("find#3.Europe/Paris.wish.u1", NoTimes("Sundays")).bot("I understood: Sundays.")
    stage.notes("more_times_asked").learns("times_opened").bot("There are new times now")
    stage.gets("find#4.Europe/Paris.times_opened", NoTimes()).bot("I've asked the team").notes("more_times_asked")


def test_new_times_come_by_themselves_even_during_a_break():
    stage = in_paris().gets(FIND, NoTimes()).says("pause").learns("times_opened")
    stage.gets("find#2.Europe/Paris.times_opened", times(1)).bot(
        "Take all the time", "new times", "which time suits you?"
    )
    stage.taps("t0").gets("hold#2.Europe/Paris.times_opened.t0#1", HELD).bot("automated interviewer", "Shall I book")


def test_new_times_while_choosing_disturb_nobody():
    stage = in_paris().gets(FIND, times(4, 4))
    stage.pending = []
    stage.learns("times_opened").quietly()


# -- keeping and booking ----------------------------------------------------------------------------


def held() -> Acted:
    stage = in_paris().gets(FIND, times(3))
    stage.taps("t1").gets(f"hold{AT}.t1#1", HELD)
    return stage


def test_the_whole_of_it_is_shown_before_it_is_booked():
    card = _open(held())
    assert (card.rows[0].label, card.rows[0].value) == ("When", WHEN)
    assert [o.id for o in card.options] == ["book", "another"]


def test_each_session_of_a_day_is_a_row():
    parts = (("Coding", "Tuesday 19 January, 09:00", "Mira Okafor"), ("Team", "Tuesday 19 January, 11:00", ""))
    stage = in_paris().gets(FIND, times(3)).taps("t1")
    stage.gets(f"hold{AT}.t1#1", type(HELD)("h1", 0, WHEN, parts))
    found = [(r.label, r.value) for r in _open(stage).rows]
    assert found[2:] == [
        ("Coding", "Tuesday 19 January, 09:00, with Mira Okafor"),
        ("Team", "Tuesday 19 January, 11:00"),
    ]


def test_a_hold_that_lapses_says_nothing_until_they_answer():
    stage = held()
    assert stage.last.wakes == ()
    stage.taps("book")
    assert asked(stage, f"book{AT}.t1#1") == BookSlot("ap_1", "h1")
    stage.gets(f"book{AT}.t1#1", SlotGone()).bot("just taken")
    stage.gets("find#2.Europe/Paris.gone.t1", times(3))
    assert labels(stage)[:3] == ["09:00 to 09:45", "10:00 to 10:45", "None of these"], "never the one just lost"


def test_a_time_lost_with_its_day_leads_on_to_later_days():
    stage = in_paris().gets(FIND, times(1, more=True)).taps("t0").gets(f"hold{AT}.t0#1", SlotGone()).bot("just taken")
    stage.gets("find#2.Europe/Paris.gone.t0", times(1, more=True))
    asked(stage, "find#3.Europe/Paris.after.d19")


def test_another_time_gives_the_hold_back():
    stage = held().says("no").gets(f"letgo{AT}.t1", Released()).gets("find#2.Europe/Paris.other.t1", times(3))
    stage.bot("which time suits you?")
    stage = held().says("could we do Friday?").gets(f"letgo{AT}.t1", Unavailable("down"))
    assert asked(stage, "find#2.Europe/Paris.wish.u1") == FindSlots("ap_1", "Europe/Paris", "", "could we do Friday?")


def test_a_changed_time_is_kept_anew():
    stage = held().says("change my last answer").bot("Answer it again", "which time suits you?").taps("t2")
    assert asked(stage, f"hold{AT}.t2#1") == HoldSlot("ap_1", "sd19-2", "Europe/Paris")
    stage.gets(f"hold{AT}.t2#1", HELD).taps("book").gets(f"book{AT}.t2#1", DONE).bot("It's booked")


def test_nothing_is_changed_while_it_is_being_booked():
    stage = held().taps("book").says("change my last answer").bot("One moment")
    stage.gets(f"book{AT}.t1#1", DONE).bot("It's booked").ends({"appointment": "ap_1", "version": 1})


@pytest.mark.parametrize("key", ["find", "hold", "book"])
def test_trouble_is_said_kindly_and_can_be_tried_again(key: str):
    down = Unavailable("database is down")
    stage = in_paris()
    if key == "find":
        stage.gets(FIND, down).bot("can't look at the times").taps("again")
        asked(stage, "find#2.Europe/Paris.again")
        return
    stage.gets(FIND, times(3)).taps("t1")
    stage = stage.gets(f"hold{AT}.t1#1", down) if key == "hold" else stage.gets(f"hold{AT}.t1#1", HELD).taps("book")
    stage = stage if key == "hold" else stage.gets(f"book{AT}.t1#1", down)
    stage.bot("couldn't keep" if key == "hold" else "couldn't book").says("human").bot("asked a person", "couldn't")
    stage.says("try again")
    asked(stage, f"{key}{AT}.t1#2")


def test_it_ends_with_everything_about_it():
    stage = held().taps("book").gets(f"book{AT}.t1#1", SlotBooked(7, WHEN, 0, 0, link=LINK))
    stage.notes("zone_given", "booked").ends({"appointment": "ap_1", "version": 7})
    card = stage.last.shown[-1].card
    assert card.links[0].url == LINK
    assert "reschedule" in card.text
    assert "cancel" in card.text
    assert stage.facts == []


# -- what works at any time -------------------------------------------------------------------------


def test_where_am_i_and_help_know_what_this_is_about():
    stage = in_paris().gets(FIND, times(4, 4)).says("where am I?")
    assert [(r.label, r.value) for r in stage.last.shown[0].card.rows] == [
        ("What", "Technical interview"),
        ("Booked", "not yet"),
    ]
    stage.says("help").bot("Nothing is booked before", "Which day suits you?")


def test_after_a_rest_it_says_again_who_writes():
    stage = in_paris().gets(FIND, times(4, 4)).waits("park").bot("I'll rest here").says("Tuesday")
    stage.bot("automated interviewer", "which time suits you?")


def test_stopping_is_withdrawing_and_asked_about():
    in_paris().gets(FIND, times(4, 4)).says("stop").bot("withdraw?").taps("stop").bot("told the team").ends("withdrawn")
