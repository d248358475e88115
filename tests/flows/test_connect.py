"""Connecting a calendar in a chat: every way, every refusal, and the hours at the end."""

from typing import Any

from flows.connect.requests import (
    CalendarRefused,
    CalendarSeen,
    HoursRead,
    HoursUnclear,
    PageReady,
)
from flows.connect.v1 import REPAIRS, connect
from flows.registry import Play
from flows.requests import Unavailable
from flows.stage import Stage
from flows.words import calendar_en as words

PAGE = PageReady("https://parley.example/calendar/google/start?state=x", 10)
HOURS = "Mon-Fri 09:00-17:00, Paris time (UTC+1)"


def asked(**changes: Any) -> Stage:
    known: dict[str, Any] = {"name": "Ben", "google": True, "delegated": False, "connected": (), "zone": "Europe/Paris"}
    play = Play("connect", 1, connect, repairs=REPAIRS, help=words.HELP)
    return Stage(play, **{**known, "hours": HOURS, **changes})


def hours_of(stage: Stage) -> list[dict[str, Any]]:
    return [f.data for f in stage.facts if f.name == "hours_given"]


def test_google_on_a_page_of_its_own_and_the_hours_are_right() -> None:
    stage = asked().bot("Which calendar do you use?").taps("google").gets("page#1.1", PAGE)
    (card,) = [s.card for s in stage.pending]
    assert [link.url for link in card.links] == [PAGE.url]
    assert "10 minutes" in card.text
    stage.taps("again").gets("page#1.2", PAGE)
    stage.learns("calendar_connected", kind="google", label="Google Calendar (ben@example.com)", events=14)
    stage.bot("10 minutes", "14 busy times in the next 4 weeks", "Mon-Fri 09:00-17:00").taps("right")
    assert hours_of(stage) == [{"hours": "", "zone": "Europe/Paris"}]
    stage.bot("All set").ends("google")


def test_without_google_it_is_not_offered_and_what_was_chosen_is_not_asked() -> None:
    stage = asked(google=False)
    assert "google" not in [o.id for s in stage.pending for o in s.card.options]
    stage = asked(kind="caldav")
    assert list(stage.calls) == ["page#1.1"]


def test_what_was_refused_on_the_page_is_said_and_leads_to_a_new_link() -> None:
    stage = asked(kind="google").gets("page#1.1", PAGE).learns("calendar_refused", say="You said no.")
    stage.gets("page#1.2", PAGE).bot("works once", "You said no.", "works once")
    stage.taps("other").bot("Which calendar").taps("stop").bot("Nothing has been changed").ends("stopped")


def test_no_page_is_no_dead_end() -> None:
    asked(kind="caldav").gets("page#1.1", Unavailable()).bot("can't make that page", "Nothing has been").ends("stopped")


def test_a_link_is_typed_and_tried() -> None:
    stage = asked().taps("ics").bot("paste the link").says("my calendar").bot("isn't a link")
    stage.says("webcal://cloud.example/ben.ics")
    assert stage.calls["feed#1.1"].url == "webcal://cloud.example/ben.ics"
    stage.gets("feed#1.1", CalendarRefused("There is no calendar.")).bot("There is no calendar.", "What would you")
    stage.taps("again").bot("paste the link").says("https://cloud.example/ben.ics")
    stage.gets("feed#1.2", CalendarSeen("ics", "the calendar link from cloud.example", 1)).bot(
        "1 busy time", "offer you"
    )
    stage.taps("later").bot("open once").ends("ics")


def test_the_companys_account_needs_no_page() -> None:
    stage = asked(delegated=True).taps("google").gets("delegated#1", CalendarSeen("google", "Google Calendar", 0))
    stage.bot("nothing in the next", "offer you").taps("right").bot("All set").ends("google")
    stage = asked(delegated=True).taps("google").gets("delegated#1", CalendarRefused(words.NO_MAIL))
    stage.bot("don't know your e-mail", "Which calendar").taps("caldav")
    assert list(stage.calls) == ["page#2.1"]


def test_other_hours_are_read_back_before_they_count() -> None:
    stage = asked().taps("none").bot("keep your hours", "offer you").taps("change").bot("Mon-Fri 9-17")
    stage.says("whenever").gets("read_hours#1.1", HoursUnclear("I can't read that.")).bot(
        "I can't read", "Mon-Fri 9-17"
    )
    stage.says("Tue 10-12 Asia/Kolkata")
    assert stage.calls["read_hours#1.2"].text == "Tue 10-12 Asia/Kolkata"
    stage.gets("read_hours#1.2", HoursRead("Tue 10:00-12:00", "Asia/Kolkata", "Tue 10:00-12:00, Kolkata time"))
    stage.bot("Tue 10:00-12:00, Kolkata time").taps("change").says("Wed 10-12")
    stage.gets("read_hours#1.3", HoursRead("Wed 10:00-12:00", "Europe/Paris", "Wed 10:00-12:00")).taps("right")
    assert hours_of(stage) == [{"hours": "Wed 10:00-12:00", "zone": "Europe/Paris"}]
    stage.ends("none")


def test_begun_again_it_starts_over_wherever_it_was() -> None:
    stage = asked().learns("calendar_again", kind="ics").bot("Which calendar", "paste the link")
    stage.learns("calendar_again", kind="").bot("Which calendar").taps("google").gets("page#3.1", PAGE)
    stage.learns("calendar_again", kind="none").bot("works once", "keep your hours", "offer you")
    stage.learns("calendar_again", kind="caldav").gets("page#5.1", PAGE).bot("app password")
    stage.taps("stop").ends("stopped")


def test_help_says_what_is_seen() -> None:
    asked().says("help").bot("I see when you are busy", "Which calendar")
