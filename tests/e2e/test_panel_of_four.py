"""A panel of four on two platforms: sealed, opened at once, one debrief where they differ, and a decision by a person."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store.rows import Decision, Interview, Letter, Post, Scorecard
from bot.web.host import host
from bot.web.room import add_member
from tests.bot.stagehand import DAY, HOUR, START
from tests.e2e import heard
from tests.e2e.desk import desk
from tests.e2e.halls import InDiscord, InSlack
from tests.e2e.town import Town, ratings, town
from tests.fakes.discord_payloads import GUILD
from tests.flows.rating.small_kit import GOOD, KIT

Hall = InSlack | InDiscord
FIRST = next(iter(KIT.competencies))
GIVEN = {"Priya": ("4", "4"), "Leila": ("5", "4"), "Tom": ("2", "4"), "Owen": ("4", "3")}  # apart on the first alone
IN_SLACK, IN_DISCORD = ("Priya", "Leila"), ("Tom", "Owen")
WHY = {name: f"what-{name.lower()}-saw" for name in GIVEN}
INDICATORS = [i.text for c in KIT.competencies.values() for i in c.indicators.values()]
REASON = "Owns an outage from end to end"


class Team:
    """Four who rate, two of them on each platform, and Noor, who recruits from where the hiring channel is."""

    def __init__(self, place: Town, hall: Hall) -> None:
        self.place, self.hall, self.seats = place, hall, dict[str, Any]()

    async def sits_down(self) -> None:
        where = {"Noor": self.hall.platform} | dict.fromkeys(IN_SLACK, "slack") | dict.fromkeys(IN_DISCORD, "discord")
        for name, platform in where.items():
            self.seats[name] = await self.place.colleague(name, platform)
        self.hall.open(*(s.user for s in self.seats.values() if s.platform == "slack"))
        await self.place.app.workspaces.adopt(self.place.app.tenant_id, "discord", GUILD)
        self.noor = desk(self.seats["Noor"])
        await self.noor.orders("channel", self.hall.channel)
        await self.noor.presses("yes")
        shown = await self.noor.orders(f"options Customer support specialist panel {', '.join(GIVEN)}")
        assert all(name in shown for name in GIVEN)

    async def interviews(self) -> Any:
        """Ada, who has answered everything in Telegram."""
        link = await self.noor.orders("invite Ada Okoye")
        ada = self.place.seat("telegram")
        await ada.arrive(re.search(r"/i/([A-Za-z0-9_-]{43})", link)[1])  # pyright: ignore[reportOptionalSubscript]
        await ada.plays()
        await self.place.calm()
        return ada

    @property
    def post(self) -> str:
        (found,) = self.hall.posts("Ada Okoye, ")
        return found

    async def rates(self, name: str) -> None:
        """From the post where the channel is on their platform, and else from their tasks."""
        seat, (first, second) = self.seats[name], GIVEN[name]
        own = desk(seat)
        if seat.platform == self.hall.platform:
            await own.presses_on(self.hall.channel, self.post, "rate")
        else:
            await own.orders("tasks")
            await own.presses((await self.rows(Interview))[0]["id"])
        also = {f"{FIRST}.level": first, f"{FIRST}.why": WHY[name], "recommendation": "no" if first == "2" else "yes"}
        await own.enters(**{**ratings(second), **also})
        await seat.taps("submit")
        await self.place.calm()

    async def all_rate(self) -> None:
        for name in GIVEN:
            await self.rates(name)

    async def joins(self, name: str, platform: str) -> Any:
        """One more recruiter."""
        code = await self.place.app.store.commit(lambda tx: add_member(self.place.app, tx, name, "recruiter"))
        seat = self.place.seat(platform)
        await seat.arrive(code)
        return seat

    async def rows(self, model: Any) -> list[dict[str, Any]]:
        return await self.place.app.store.read(lambda tx: tx.find(model, {}, "at" if model is Decision else ""))


@pytest.fixture(params=[InSlack, pytest.param(InDiscord, marks=pytest.mark.slow)])
async def team(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Team]:
    async with town(tmp_path, START) as place:
        made = Team(place, request.param(place))
        await made.sits_down()
        yield made


def without_who(text: str, done: int) -> str:
    """A sealed post without who has rated and who hasn't."""
    due = ", ".join(list(GIVEN)[done:])
    assert f"{done} of 4" in text
    assert due in text
    return text.replace(f"{done} of 4", "").replace(due, "")


async def looks_everywhere(team: Team) -> None:
    """A recruiter tries all that could tell them something, with one scorecard still to come."""
    asked = ("board", "status", "shortlist", "compare Ada Okoye", "record Ada Okoye", "tasks", "decide Ada Okoye")
    for line in asked:
        await team.noor.orders(line)
    for option in ("mine", "early"):
        await team.noor.presses_on(team.hall.channel, team.post, option)


@pytest.mark.parametrize("team", [InSlack, InDiscord], indirect=True)
async def test_nobody_sees_a_rating_before_the_fourth_and_then_everybody_sees_all_at_once(team: Team):
    place, hall = team.place, team.hall
    ada = await team.interviews()
    first = without_who(hall.text(team.post), 0)
    for n, name in enumerate(GIVEN):
        if n == 3:
            await looks_everywhere(team)
        assert without_who(hall.text(team.post), n) == first, "it says nothing but who has rated"
        for earlier in list(GIVEN)[:n]:
            assert WHY[earlier] not in heard.others_than(place, team.seats[earlier].user)
        everything = heard.others_than(place)
        assert all(WHY[earlier] in everything for earlier in list(GIVEN)[:n]), "they see their own"
        assert not [text for text in INDICATORS if text in everything], "the machine's card"
        assert hall.posts("Debrief:") == []
        await team.rates(name)

    cards = await team.rows(Scorecard)
    assert sorted(c["kind"] == "human" for c in cards) == [False, True, True, True, True]
    assert {c["state"] for c in cards} == {"revealed"}
    assert len({c["revealed_at"] for c in cards}) == 1
    post = hall.text(team.post)
    assert all(name in post for name in GIVEN)
    assert all(why in post for why in WHY.values())
    assert all(why in heard.others_than(place, team.seats[name].user) for name, why in WHY.items())
    assert not [why for why in WHY.values() if why in "\n".join(ada.shown())]

    debriefs = await place.app.store.read(lambda tx: tx.find(Post, {"kind": "debrief"}))
    assert [d["about"].partition(":")[2] for d in debriefs] == [FIRST]
    (debrief,) = hall.posts("Debrief:")
    assert all(why in hall.text(debrief) for why in WHY.values())
    assert place.violations() == []


async def test_a_recruiter_decides_from_the_post_and_the_record_says_who_and_why(team: Team):
    ada = await team.interviews()
    await team.all_rate()
    rater = desk(team.seats["Tom" if team.hall.platform == "discord" else "Leila"])
    assert "Only a recruiter or an admin" in await rater.presses_on(team.hall.channel, team.post, "decide")
    await team.noor.presses_on(team.hall.channel, team.post, "decide")
    await team.noor.presses("begin")
    assert "Please add a reason" in await team.noor.enters(outcome="offer", reason="-")
    preview = await team.noor.enters(outcome="offer", reason=REASON)
    assert "Nothing is decided or sent until you choose" in preview
    assert await team.rows(Decision) == []
    assert "gets an offer. The letter goes out now." in await team.noor.presses("now")
    await team.place.calm()
    (made,) = await team.rows(Decision)
    assert (made["outcome"], made["decided_by"]) == ("offer", team.seats["Noor"].person_id)
    assert [i["status"] for i in await team.rows(Interview)] == ["decided"]
    await team.place.until(lambda: "good news" in ada.shown()[-1], "the letter")
    told = "\n".join(ada.shown())
    assert REASON not in told
    assert REASON not in heard.others_than(team.place, team.seats["Noor"].user)
    assert team.place.violations() == []


async def test_a_no_is_a_letter_that_a_person_has_seen_and_worded(team: Team):
    ada = await team.interviews()
    await team.all_rate()
    await team.noor.opens("decide Ada Okoye")
    preview = await team.noor.enters(outcome="reject", reason=REASON)
    assert "Hello Ada Okoye, thank you for the time" in preview
    form = await team.noor.presses("edit")
    assert "Hello Ada Okoye, thank you for the time" in form
    again = await team.noor.enters(text="Dear Ada, it was a pleasure. Not this time.")
    assert "Dear Ada, it was a pleasure." in again
    assert REASON not in again
    assert "Dear Ada" not in "\n".join(ada.shown())
    assert "is told no" in await team.noor.presses("tomorrow")
    assert [x["state"] for x in await team.rows(Letter)] == ["planned"]
    await team.place.goes_to(START + DAY + 2 * HOUR)
    assert [x["state"] for x in await team.rows(Letter)] == ["sent"]
    told = "\n".join(ada.shown())
    assert told.count("Dear Ada, it was a pleasure.") == 1
    assert "a person" in told
    assert not [word for word in (REASON, *WHY.values()) if word in told]
    assert team.place.violations() == []


async def test_of_two_recruiters_in_the_same_moment_one_decides_and_the_other_hears_who_was_first(team: Team):
    await team.interviews()
    await team.all_rate()
    other = "slack" if team.hall.platform == "discord" else "discord"
    rosa = desk(await team.joins("Rosa", other))
    for who, outcome in ((team.noor, "offer"), (rosa, "reject")):
        await who.opens("decide Ada Okoye")
        await who.enters(outcome=outcome, reason=f"{REASON}: {outcome}")
    answers = await asyncio.gather(team.noor.presses("now"), rosa.presses("now"))
    await team.place.calm()
    (made,) = await team.rows(Decision)
    (late,) = [a for a in answers if "decided first" in a]
    assert f"{REASON}: {made['outcome']}" in late
    assert "talk to each other" in late
    assert [x["kind"] for x in await team.rows(Letter)] == [made["outcome"]]
    second = (team.noor, rosa)[answers.index(late)]
    await second.opens("decide Ada Okoye")
    who = {team.seats["Noor"].person_id: "Noor"}.get(made["decided_by"], "Rosa")
    assert f"Decided so far, by {who}" in second.shown
    assert team.place.violations() == []


async def test_the_link_to_the_transcript_is_one_persons_own_and_says_nothing_before_the_reveal(team: Team):
    await team.interviews()
    await team.rates("Priya")
    name = "Tom" if team.hall.platform == "discord" else "Leila"
    before = await page_of(team, name)
    assert GOOD.split(".")[0] in before
    assert not [text for text in (WHY["Priya"], *INDICATORS) if text in before]
    for rater in list(GIVEN)[1:]:
        await team.rates(rater)
    after = await page_of(team, name)
    assert all(why in after for why in WHY.values())
    assert team.place.violations() == []


async def page_of(team: Team, name: str) -> str:
    """The page behind a fresh link, which a press of the post's button brings into the person's own chat."""
    seat = team.seats[name]
    known = len(seat.shown())
    await desk(seat).presses_on(team.hall.channel, team.post, "read")
    await team.place.until(lambda: len(seat.shown()) > known)
    secret = found_in([text for who, text in heard.by_anybody(team.place) if who == seat.user and "/r/" in text][-1])
    others = heard.others_than(team.place, seat.user)
    assert secret not in others.replace("\\", "")
    transport = httpx.ASGITransport(host(team.place.app))
    async with httpx.AsyncClient(transport=transport, base_url="https://parley.example", follow_redirects=True) as web:
        assert (await web.get(f"/r/{secret}")).status_code == 200
        page = await web.post(f"/r/{secret}")
        assert (await web.post(f"/r/{secret}")).status_code == 410, "it works once"
    assert page.status_code == 200
    return html.unescape(page.text)


def found_in(text: str) -> str:
    found = re.search(r"/r/([A-Za-z0-9_-]{43})", text)
    assert found, text
    return found[1]
