"""An interview that two people hold, from Slack and from Discord: the brief, the guide, the draft, the reveal, a decision."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.scheduling import profiles
from bot.store.rows import Appointment, Decision, Interview, Scorecard, Thread
from bot.store.store import Row, Tx
from tests.bot.stagehand import HOUR, MINUTE, START
from tests.e2e import heard
from tests.e2e.desk import Desk, desk
from tests.e2e.halls import InDiscord, InSlack
from tests.e2e.town import Town, town
from tests.fakes.discord_payloads import GUILD
from tests.fakes.slack import seen_text

WHO = {"Priya": "slack", "Tom": "discord"}
NOTES = {
    "Priya": ('She was on call alone. "I restarted the server myself"', "no-tradeoff-for-priya"),
    "Tom": ("listens-first-for-tom",),
}
MINE = {"Priya": "ownership", "Tom": "care"}
TITLES = {"Priya": "Ownership", "Tom": "Care"}
REASON = "Both parts were convincing"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, START) as made:
        made.app.store.commit_now(lambda tx: office_hours(tx, made))
        yield made


def office_hours(tx: Tx, place: Town) -> None:
    """Priya and Tom have usual office hours in London and nothing else."""
    for name in MINE:
        person = tx.find(Thread, {"id": place.team[name]})[0]["person_id"]
        profiles.save(tx, place.app.keys, place.app.tenant_id, person, profiles.default("Europe/London"), START)


class Candidate:
    """Ada in Telegram, who chooses a time by what its buttons say."""

    def __init__(self, place: Town, seat: Any) -> None:
        self.place, self.seat = place, seat

    def buttons(self) -> dict[str, str]:
        """Label -> what it sends, of the newest message that has buttons."""
        telegram, me = self.place.telegram, self.seat.number
        for message in reversed(telegram.messages(me)):
            if found := telegram.buttons(me, message["message_id"]):
                return {k["text"]: k["callback_data"] for k in found if "callback_data" in k}
        return {}

    async def picks(self, label: str) -> None:
        """An option by how it begins; where there are many, its button is the number that it has in the text."""
        named = re.search(rf"(\d+)\W+{re.escape(label)}", self.seat.shown()[-1])
        data = [d for text, d in self.buttons().items() if text.startswith(label) or (named and text == named[1])]
        assert data, f"no {label!r} among {list(self.buttons())}: {self.seat.shown()[-1]}"
        await self.seat.taps(data[0].rpartition(":")[2])

    async def books(self, day: str, time: str) -> None:
        for _ in range(12):
            key = (await self.seat.waiting()).key
            if key.startswith("confirm"):
                await self.seat.taps("book")
                return
            if key.startswith("city"):
                await self.seat.says("London")
            elif key.startswith("which"):
                await self.picks("London, UK")
            elif key.startswith("day"):
                await self.picks(day)
            else:
                await self.picks(time)
        raise AssertionError("it is never booked")


async def rows(place: Town, model: Any) -> list[Row]:
    return await place.app.store.read(lambda tx: tx.find(model, {}))


class Team:
    """Priya in Slack, Tom in Discord, Noor where the hiring channel is; Ada is invited and wants to begin later."""

    def __init__(self, place: Town, hall: InSlack | InDiscord) -> None:
        self.place, self.hall, self.seats = place, hall, dict[str, Any]()
        self.desks = dict[str, Desk]()

    async def sits_down(self) -> None:
        for name, platform in {"Noor": self.hall.platform, **WHO}.items():
            self.seats[name] = await self.place.colleague(name, platform)
        self.hall.open(self.seats["Noor"].user, self.seats["Priya"].user)
        await self.place.app.workspaces.adopt(self.place.app.tenant_id, "discord", GUILD)
        self.noor = desk(self.seats["Noor"])
        await self.noor.orders("channel", self.hall.channel)
        await self.noor.presses("yes")
        link = re.search(r"/i/([A-Za-z0-9_-]{43})", await self.noor.orders("invite Ada Okoye"))
        assert link
        self.ada = self.place.seat("telegram")
        await self.ada.arrive(link[1])
        await self.ada.plays(until="start")
        await self.ada.taps("later")

    async def books(self) -> tuple[int, int]:
        """An appointment with both of them; from when to when, in ms."""
        await self.noor.orders("schedule Ada for 45 min with Priya and Tom")
        await self.noor.presses("send")
        await self.place.until(self._asked, "a question for a time")
        await Candidate(self.place, self.ada).books("Tue 24 Nov", "10:00")
        await self.place.calm()
        (row,) = await rows(self.place, Appointment)
        assert row["state"] == "booked"
        return row["start_minute"] * MINUTE, row["end_minute"] * MINUTE

    async def _asked(self) -> bool:
        waiting = await self.ada.waiting()
        return waiting is not None and waiting.key.startswith("city")

    def own(self, name: str, word: str) -> Any:
        """The newest message of somebody's own chat that holds a word: (channel, its name there, all of its text)."""
        seat = self.seats[name]
        if seat.platform == "slack":
            found = [(seat.user, m["ts"], seen_text(m.get("blocks", []))) for m in self.place.slack.parleys(seat.user)]
        else:
            channel = self.place.discord.dm_of(seat.user)
            found = [(channel, m["id"], m["content"]) for m in self.place.discord.state(channel)]
        return [f for f in found if word in f[2]][-1]

    async def opens_form(self, name: str) -> dict[str, str]:
        """[Rate now] below what came after the interview; what the form is filled in with."""
        where, message, _ = self.own(name, "is over. Rate now")
        await self.desk(name).presses_on(where, message, "rate")
        return await self.desk(name).filled()

    def desk(self, name: str) -> Desk:
        return self.desks.setdefault(name, desk(self.seats[name]))

    @property
    def post(self) -> str:
        """The scorecard's; the appointment has one before it."""
        _, scorecard = self.hall.posts("Ada Okoye, ")
        return scorecard


@pytest.mark.parametrize("where", [InSlack, pytest.param(InDiscord, marks=pytest.mark.slow)])
async def test_from_the_brief_to_the_decision(place: Town, where: type[InSlack] | type[InDiscord]):
    team = Team(place, where(place))
    await team.sits_down()
    begin, end = await team.books()

    await place.goes_to(begin - 20 * HOUR)
    for name, title in TITLES.items():
        brief = team.own(name, "Brief: Ada Okoye")[2].replace("*", "")
        assert f"You look at: \n{title}" in brief or f"You look at: {title}" in brief
        assert f"Ask about {title}" in brief
        assert "Please don't ask about" in brief

    await place.goes_to(begin)
    for name, notes in NOTES.items():
        assert "Hello Ada Okoye, thank you for taking the time" in team.own(name, "Your guide")[2]
        await team.seats[name].taps("next")
        for note in notes:
            await team.seats[name].says(note)
    await place.goes_to(end)
    (interview,) = await rows(place, Interview)
    assert interview["status"] == "submitted"

    for n, name in enumerate(MINE):
        key, notes = MINE[name], NOTES[name]
        assert f"{n} of 2" in team.hall.text(team.post)
        form = await team.opens_form(name)
        assert set(form) == {f"{key}.level", f"{key}.why", "recommendation"}, "each rates their part"
        assert form[f"{key}.why"] == "\n".join(notes)
        for whose, noted in NOTES.items():
            assert not [note for note in noted if note in heard.others_than(place, team.seats[whose].user)]
        await team.desk(name).enters(**{**form, f"{key}.level": "4", "recommendation": "yes"})
        await team.seats[name].taps("submit")
        await place.calm()

    cards = await rows(place, Scorecard)
    assert {c["state"] for c in cards} == {"revealed"}
    assert len({c["revealed_at"] for c in cards}) == 1
    text = team.hall.text(team.post)
    assert all(note in text for notes in NOTES.values() for note in notes)
    told = "\n".join(team.ada.shown())
    assert not [note for notes in NOTES.values() for note in notes if note in told]

    await team.noor.presses_on(team.hall.channel, team.post, "decide")
    await team.noor.presses("begin")
    await team.noor.enters(outcome="offer", reason=REASON)
    assert "gets an offer" in await team.noor.presses("now")
    await place.calm()
    (made,) = await rows(place, Decision)
    assert (made["outcome"], made["decided_by"]) == ("offer", team.seats["Noor"].person_id)
    await place.until(lambda: "good news" in team.ada.shown()[-1], "the letter")
    assert place.violations() == []
