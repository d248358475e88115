"""A time is asked for, chosen, reminded of, moved and missed, on the sandbox page; its clock makes days of seconds."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flows.words import attending_en, booking_en, demo_en, invite_en
from flows.words import interview_en as interviewing
from flows.words import schedule_en as desk
from tests.browser.acting import Chat
from tests.browser.test_access import is_sound
from tests.serving import Demo, serving

pytestmark = pytest.mark.browser

LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")
WIDE, NARROW = (1440,), (320,)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Fired(NamedTuple):
    """One thing that happened while the clock moved."""

    at: datetime
    what: str


class Stage:
    """The page with everybody on it."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page, self.demo = page, demo
        page.goto(demo.base)
        self.phone, self.shell = Chat(page.locator("#phone")), Chat(page.locator("#shell"))
        self.channel, self.private = (
            Chat(page.locator("#pane-channel > div")),
            Chat(page.locator("#pane-private > div")),
        )

    def invited(self) -> None:
        """Up to where the candidate is asked when to begin."""
        with self.page.expect_response(lambda r: r.url.endswith("/demo/start")) as started:
            self.page.get_by_role("button", name=re.compile("^(Start|Start over)$")).click()
        expect(self.page.locator("#h-phone")).to_contain_text(started.value.json()["candidate"]["name"])
        expect(self.phone.log).to_contain_text("Which country do you live in?")
        self.phone.ready()
        before = self.phone.asked
        self.phone.say("London")
        self.phone.moved(before)
        while not self.phone.options.filter(has_text=invite_en.BOOK.label).count():
            self.phone.step("")

    def order(self, words: str) -> None:
        """Choose one of the commands that are suggested."""
        self.shell.root.locator(".chip", has_text=words).click()
        self.shell.settled()

    def next(self) -> list[Fired]:
        """To the next thing."""
        with self.page.expect_response(lambda r: r.url.endswith("/demo/clock")) as moved:
            self.page.get_by_role("button", name="Next thing").click()
        fired = [Fired(datetime.fromtimestamp(f["at"] / 1000, LONDON), f["what"]) for f in moved.value.json()["fired"]]
        assert fired, "the button is there only when something is to come"
        if self.page.viewport_size == {"width": 1440, "height": 900}:
            expect(self.page.locator(".fired")).to_contain_text(fired[-1].what)
        return fired

    def until(self, *wanted: str) -> tuple[list[Fired], list[Fired]]:
        """On and on until all of this has happened; it, and everything up to the last of it."""
        gone: list[Fired] = []
        for _ in range(25):
            gone += self.next()
            found = [f for what in wanted for f in gone if f.what == what]
            if len(found) == len(wanted):
                return found, gone
        raise AssertionError(f"{wanted!r} never came: {gone}")

    def choose(self, day: int, time: int, zone: ZoneInfo = PARIS) -> tuple[datetime, datetime]:
        """Tap a day and a time of it; the time as the candidate reads it, begin and end."""
        days = self.phone.options.filter(has_text="times")
        label = days.nth(day).locator(".option__label").inner_text()
        self.phone.tap(label)
        times = self.phone.options.filter(has_text="\u2013")
        begin, _, end = (clock := times.nth(time).locator(".option__label").inner_text()).partition(" \u2013 ")
        self.phone.tap(clock)
        now = datetime.fromtimestamp(self.demo.stage()["now"] / 1000, zone)
        dates = [now + timedelta(days=n) for n in range(60)]
        date = next(d for d in dates if f"{d:%a} {d.day} {d:%b}" == label)
        return _at(date, begin), _at(date, end)


def _at(date: datetime, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return date.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


def spoken(begin: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A time as Parley writes it for somebody in `zone`, made here from nothing but the calendar."""
    here, until = begin.astimezone(zone), end.astimezone(zone)
    offset = here.utcoffset()
    assert offset is not None
    city = str(zone.key).partition("/")[2]
    return f"{here:%A} {here.day} {here:%B}, {here:%H:%M} to {until:%H:%M} ({city}, UTC{int(offset / HOUR):+d})"


@pytest.fixture(scope="module")
def demo_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A stage with nobody on it yet."""
    with serving(tmp_path_factory.mktemp("times")) as running:
        yield running


def test_a_time_is_chosen_moved_and_missed(demo_alone: Demo, new_context: Callable[..., BrowserContext]):
    stage = Stage(new_context().new_page(), demo_alone)
    stage.invited()
    stage.phone.tap(invite_en.LATER.label)
    recruiter_asks(stage)
    booked = candidate_books(stage)
    interviewer_reads(stage, booked)
    moved = reminded_and_moved(stage, booked)
    missed_and_rescued(stage, moved)


def recruiter_asks(stage: Stage) -> None:
    """The week as a picture, then one line and one tap."""
    stage.order("/interview week support")
    picture = stage.shell.log.locator("img.picture")
    expect(picture).to_have_attribute("alt", re.compile(r"free interviewers \(London time\)\. Most free: "))
    assert picture.evaluate("async i => (await i.decode(), i.naturalWidth)") > 300
    is_sound(stage.page, "the week picture", WIDE)
    stage.order("/interview schedule Ada for 45 min with Priya")
    stage.shell.hears("Ada Okoye will be asked to choose between")
    stage.shell.options.filter(has_text=desk.SEND.label).click()
    stage.shell.hears("I'm asking Ada Okoye for a time.")


def candidate_books(stage: Stage) -> tuple[datetime, datetime]:
    """From the question where they are to the booking: every time is theirs."""
    phone = stage.phone
    phone.hears("Are you in London?")
    before = phone.asked
    phone.say("Paris")
    phone.moved(before)
    phone.tap("Paris, France")
    expect(phone.question).to_contain_text("Paris time (UTC+")
    stage.page.locator("[data-segment=phone]").dispatch_event("click")
    is_sound(stage.page, "the days", NARROW)
    stage.page.set_viewport_size({"width": 1440, "height": 900})
    booked = stage.choose(2, 1)
    expect(phone.question).to_contain_text(spoken(*booked, PARIS))
    phone.options.filter(has_text=booking_en.BOOK.label).click()
    done = phone.log.locator(".card--done").last
    expect(done).to_contain_text("It's booked.")
    expect(done).to_contain_text(spoken(*booked, PARIS))
    expect(phone.log.locator(".file__link").last).to_have_attribute("download", "interview.ics")
    return booked


def interviewer_reads(stage: Stage, booked: tuple[datetime, datetime]) -> None:
    """The hiring channel sees it in the team's time, Priya in hers, with the brief one tap away."""
    stage.channel.hears(f"Interview: booked, {spoken(*booked, LONDON)}.")
    stage.page.locator("[data-segment=private]").click()
    stage.private.hears("You are interviewing Ada Okoye for Customer support specialist.")
    stage.private.hears(spoken(*booked, LONDON))
    stage.private.options.filter(has_text="Show the brief").click()
    stage.private.hears("What to know before you meet Ada Okoye.")
    stage.private.hears("Finding the real problem")
    is_sound(stage.page, "the interviewer's brief", WIDE)


def reminded_and_moved(stage: Stage, booked: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """A day before both are reminded; the candidate confirms, and then moves it after all."""
    phone = stage.phone
    both, _ = stage.until(*(demo_en.reminded(who, 24 * 60) for who in ("Priya", "Ada Okoye")))
    for fired in both:
        assert timedelta(0) <= booked[0] - 24 * HOUR - fired.at < MINUTE, fired
    expect(phone.question).to_contain_text(f"Tomorrow at {booked[0]:%H:%M}: Interview")
    expect(phone.question).to_contain_text(spoken(*booked, PARIS))
    stage.private.hears(f"Tomorrow at {booked[0].astimezone(LONDON):%H:%M}: Interview")
    phone.options.filter(has_text=attending_en.CONFIRM.label).click()
    phone.hears("Thank you, I've noted that you'll be there.")
    phone.say("reschedule")
    phone.hears("You keep the time you have until a new one is booked.")
    phone.tap("Something came up")
    moved = stage.choose(1, 3)
    assert moved != booked
    phone.options.filter(has_text=booking_en.BOOK.label).click()
    phone.hears("It's moved; the earlier time is free again.")
    stage.private.hears("Your interview with Ada Okoye has moved.")
    stage.private.hears(spoken(*moved, LONDON))
    return moved


def missed_and_rescued(stage: Stage, moved: tuple[datetime, datetime]) -> None:
    """An hour before, at the start, three minutes after it: each at its own instant, and only for the new time."""
    phone, (begin, _) = stage.phone, moved
    (soon,), gone = stage.until(demo_en.reminded("Ada Okoye", 60))
    assert timedelta(0) <= begin - HOUR - soon.at < MINUTE, soon
    for fired in (f for f in gone if "reminded, " in f.what):
        hours = 24 if "24 hours" in fired.what else 1
        assert begin - hours * HOUR - fired.at < MINUTE, f"a reminder of the time before: {fired}"
    expect(phone.question).to_contain_text("In 1 hour: Interview")
    expect(phone.question).to_contain_text(spoken(*moved, PARIS))
    stage.page.locator("[data-segment=phone]").dispatch_event("click")
    is_sound(stage.page, "the reminder", NARROW)
    stage.page.set_viewport_size({"width": 1440, "height": 900})
    (start,), _ = stage.until(demo_en.timer("start"))
    assert start.at == begin
    phone.hears("Your interview with Priya begins now.")
    stage.private.hears("Your interview with Ada Okoye begins now.")
    (check,), _ = stage.until(demo_en.timer("check"))
    assert check.at == begin + 3 * MINUTE
    stage.private.hears("Is Ada Okoye there?")
    expect(phone.question).to_contain_text(f"set for {spoken(*moved, PARIS)}, and it has begun.")
    phone.tap(attending_en.WRONG.label)
    expect(phone.question).to_contain_text("it doesn't count against you")
    phone.options.filter(has_text=attending_en.WAYS["rebook"].label).click()
    expect(phone.question).to_contain_text("Which day suits you?")
    stage.shell.hears("Ada Okoye couldn't come. They are choosing another time.")
    stage.page.locator("[data-segment=channel]").click()
    stage.channel.hears("waiting for Ada Okoye to choose a time")
    booked = stage.choose(0, 0)
    phone.options.filter(has_text=booking_en.BOOK.label).click()
    expect(phone.log.locator(".card--done").last).to_contain_text(spoken(*booked, PARIS))


def test_a_live_interview_begins_at_its_booked_time(demo_alone: Demo, new_context: Callable[..., BrowserContext]):
    stage = Stage(new_context().new_page(), demo_alone)
    stage.invited()
    stage.phone.tap(invite_en.BOOK.label)
    stage.phone.hears("Are you in London?")
    stage.phone.tap(booking_en.YES_THERE.label)
    begin, _ = stage.choose(0, 0, LONDON)
    stage.phone.options.filter(has_text=booking_en.BOOK.label).click()
    stage.phone.hears("It's booked.")
    (start,), _ = stage.until(demo_en.timer("start"))
    while start.at < begin:  # somebody else's
        (start,), _ = stage.until(demo_en.timer("start"))
    assert start.at == begin
    stage.phone.hears("It begins right here.")
    stage.phone.hears(interviewing.WARM_UP)
