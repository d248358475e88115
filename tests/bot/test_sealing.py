"""The sealed scorecard: reader x state x path. Before the reveal nobody but its owner sees anything of a rating."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from adapters.contract import Delivered, Outgoing
from adapters.web.parse import SubmittedIn, TappedIn
from bot import hiring
from bot.replay import replay
from bot.store.rows import Conversation, Interview
from flows.words import panel_en
from tests.bot.reception.guests import PLATFORMS, TEAM, chat_of, member, town
from tests.bot.reception.test_unreachable import hiring_channel
from tests.bot.scorecards.conftest import presses
from tests.bot.scorecards.paths import (
    OF_PRIYA,
    OF_THE_MACHINE,
    OF_TOM,
    PATHS,
    PRIYA,
    TOM,
    WHOLE,
    around,
    found,
    my_scorecard,
    plain,
    posts_on_chat_platforms,
    secrets_from,
    the_channel,
    the_export,
    the_review_page,
)
from tests.bot.stagehand import HOUR, Seat, Stage, acting, settle

SEALED = ("draft", "submitted", "machine", "withdrawn")
OPEN = ("revealed", "forced")
READERS = ("Ada Okoye", "Priya", "Tom", "Noor", "Admin", "Observer", "Stranger")
IN_THE_CHANNEL = ("Priya", "Tom", "Noor", "Admin", "Observer")


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        yield stage


async def drafts(seat: Seat, level: str, why: str, vote: str) -> None:
    """Fill the form and don't submit it; some words are typed beside it, too."""
    await seat.taps_post("rate", "Ada Okoye")
    await seat.says(f"My first thought: {why}")
    await seat.fills(level, why, vote)


async def rates_from_tasks(stage: Stage, name: str, level: str, why: str, vote: str) -> None:
    """Rate on the page, with the channel elsewhere: from the tasks instead of the post."""
    seat = stage.seats[name]
    (interview,) = await stage.rows(Interview, status="submitted")
    await seat.orders("/interview tasks")
    await seat.taps(interview["id"], "do:rate")
    await seat.fills(level, why, vote)
    await seat.taps("submit")


async def reached(stage: Stage, state: str) -> Seat:
    """Bring an interview into a state, with everybody in their place."""
    await stage.join("Admin", "admin")
    await stage.join("Observer", "observer")
    await stage.join("Stranger", "admin", tenant="t_other")
    ada, priya, tom, noor = await stage.finished(), *(stage.seats[n] for n in ("Priya", "Tom", "Noor"))
    if state == "machine":
        return ada
    await drafts(priya, "5", PRIYA, "strong_yes")
    await drafts(tom, "1", TOM, "strong_no")
    if state == "draft":
        return ada
    await priya.taps("submit")
    if state == "revealed":
        await tom.taps("submit")
    elif state == "forced":
        await noor.orders("/interview reveal Ada Okoye because Tom is ill this week")
    elif state == "withdrawn":
        interview = await stage.interview(ada)
        await stage.app.store.commit(lambda tx: hiring.step(tx, interview, "withdrawn"))
        await tom.taps("submit")  # the last card of the panel opens nothing any more
    return ada


@pytest.mark.parametrize("state", SEALED)
async def test_nothing_leaks_before_the_reveal(stage: Stage, state: str):
    ada = await reached(stage, state)
    interview = await stage.interview(ada)
    assert interview["revealed_at"] is None
    cards = await stage.cards(ada)
    assert {r: c["state"] for r, c in cards.items()} == dict.fromkeys(cards, "submitted")
    assert len(cards) == {"machine": 1, "draft": 1, "submitted": 2, "withdrawn": 3}[state]
    looked = 0
    for name in READERS:
        for path in WHOLE if state == "submitted" else PATHS:
            shown = plain(await path(stage.seats[name], interview["id"]))
            leaked = found(secrets_from(name), shown)
            assert not leaked, f"{state}: {name} sees {leaked} on {path.__name__}: {around(leaked[0], shown)}"
            looked += shown not in ("null", "[]")
    assert looked > 60
    after = await stage.interview(ada)
    assert (after["status"], after["revealed_at"]) == (interview["status"], None), "looking changed something"


@pytest.mark.parametrize("state", OPEN)
async def test_after_the_reveal_the_panel_sees_everything_and_others_still_nothing(stage: Stage, state: str):
    ada = await reached(stage, state)
    interview = await stage.interview(ada)
    everything = [PRIYA, "Strong yes", '"scores"', '"status": "found"', *([TOM] if state == "revealed" else [])]
    for name in IN_THE_CHANNEL:
        shown = plain(await the_channel(stage.seats[name], interview["id"]))
        assert not [p for p in everything if p not in shown], (name, shown)
    assert not found(OF_TOM if state == "forced" else ["\0"], plain(await the_channel(stage.seats["Noor"], "")))
    for name in ("Noor", "Admin"):
        assert PRIYA in plain(await the_export(stage.seats[name], interview["id"]))
    for name in ("Ada Okoye", "Stranger"):
        for path in PATHS:
            leaked = found(
                [*OF_PRIYA, *OF_TOM, '"scores"', '"marks"', "evidence-map"],
                plain(await path(stage.seats[name], interview["id"])),
            )
            assert not leaked, f"{state}: {name} sees {leaked} on {path.__name__}"
    assert await the_review_page(stage.seats["Observer"], interview["id"]) is None
    assert await the_export(stage.seats["Priya"], interview["id"]) is None


async def test_while_somebody_reads_again_they_see_no_first_card_and_others_only_what_is_theirs(stage: Stage):
    """Cleo comes to the team after the cards were covered: the post has never shown her more than that."""
    ada = await reached(stage, "revealed")
    interview = await stage.interview(ada)
    await stage.seats["Tom"].taps_post("reread", "Ada Okoye")
    cleo = await stage.join("Cleo", "recruiter")
    noor = stage.seats["Noor"]
    await noor.taps(cleo.who.person_id, f"do:reread:{interview['id']}")
    await presses(cleo, "yes")
    cards = await stage.cards(ada)
    assert {r: c["state"] for r, c in cards.items()}["machine"] == "frozen"
    looked = 0
    # What the post was before it was covered is no path of hers: the platforms show a message as it is now.
    for path in (p for p in WHOLE if p is not posts_on_chat_platforms):
        shown = plain(await path(cleo, interview["id"]))
        leaked = found([*OF_PRIYA, *OF_TOM, *OF_THE_MACHINE], shown)
        assert not leaked, f"Cleo sees {leaked} on {path.__name__}: {around(leaked[0], shown)}"
        looked += shown not in ("null", "[]")
    assert looked > 8
    for name in READERS:
        shown = plain(await the_channel(stage.seats[name], interview["id"]))
        assert not found([*OF_PRIYA, *OF_TOM, *OF_THE_MACHINE], shown), name
    for name in ("Priya", "Tom", "Observer", "Ada Okoye", "Stranger"):
        for path in (the_review_page, the_export):
            assert not found(
                [r"\d of \d indicators", "evidence-map"], plain(await path(stage.seats[name], interview["id"]))
            ), name
    assert "evidence-map" in plain(await the_export(noor, interview["id"]))


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_no_message_or_edit_on_a_chat_platform_says_anything_before_the_reveal(home: Path, platform: str):
    """The hiring channel and Priya's own chat are on the platform: everything that was ever sent there, edits included."""
    async with town(home) as stage:
        place = {"slack": f"{TEAM}/C1", "telegram": "-100", "discord": "C1"}[platform]
        await hiring_channel(stage, platform, place)
        chat = chat_of(stage, platform)
        ever = list[str]()
        deliver = chat.deliver

        async def watched(lane: Sequence[Outgoing]) -> list[Delivered]:
            ever.extend(plain(out.card) for out in lane)
            return await deliver(lane)

        object.__setattr__(chat, "deliver", watched)
        noor = stage.seats["Noor"]
        ada = await stage.finished()
        guest = await member(stage, stage.seats["Tom"], platform, "U7")
        there = guest.at(place)
        token = next(b.token for b in reversed(there.bubbles) if b.token)
        for option in ("mine", "early", "amend", "reread", "rate"):
            answer = await there.taps(option, token)
            assert not found([*OF_PRIYA, *OF_TOM, *OF_THE_MACHINE], plain(answer.card))
        await rates_from_tasks(stage, "Priya", "5", PRIYA, "strong_yes")
        await stage.wait(2 * HOUR)
        assert len(ever) > 4
        assert not found([*OF_PRIYA, *OF_TOM, *OF_THE_MACHINE], "\n".join(ever))
        assert (await stage.interview(ada))["revealed_at"] is None
        await noor.orders("/interview reveal Ada Okoye because Tom is ill this week")
        opened = "\n".join(ever)
        assert PRIYA in opened, "and after it everything is there"
        assert '"scores"' in opened


@pytest.mark.parametrize("state", ["draft", "submitted"])
async def test_the_operators_replay_does_not_open_a_sealed_rating(stage: Stage, state: str):
    await reached(stage, state)
    reviews = await stage.rows(Conversation, flow="review")
    assert len(reviews) == 2
    for conv in reviews:
        told = await stage.app.store.read(lambda tx, c=conv["id"]: replay(stage.app, tx, c))
        assert told is not None
        assert told.fits, told.verdict
        assert any("form#1" in row for row in told.rows)
        assert not found([*OF_PRIYA, *OF_TOM], json.dumps(told.rows)), told.rows


async def test_the_owner_sees_their_own_card_and_who_has_submitted_is_known(stage: Stage):
    ada = await reached(stage, "submitted")
    interview = await stage.interview(ada)
    own = plain(await my_scorecard(stage.seats["Priya"], interview["id"]))
    assert PRIYA in own
    assert panel_en.SEALED_UNTIL_ALL in own
    assert "You haven't rated Ada Okoye yet" in plain(await my_scorecard(stage.seats["Tom"], interview["id"]))
    assert "1 of 2 scorecards in; waiting for Tom" in plain(await stage.seats["Noor"].orders("/interview status"))


async def test_somebody_who_is_not_on_the_panel_cannot_rate(stage: Stage):
    await stage.finished()
    for name, role in (("Noor", ""), ("Observer", "observer"), ("Admin", "admin")):
        seat = await stage.join(name, role) if role else stage.seats[name]
        await seat.taps_post("rate", "Ada Okoye")
        assert (await seat.texts())[-1] == panel_en.ONLY_PANEL
        assert await seat.waiting() is None


async def test_a_double_tap_opens_one_form(either: Stage):
    await either.finished()
    priya = either.seats["Priya"]
    token = (await priya.post("Ada Okoye"))["token"]
    taps = [TappedIn(id=either.event_id(), kind="tapped", token=token, option="rate") for _ in range(2)]
    await asyncio.gather(*(either.app.port.receive(priya.who, priya.channel_id, "channel", t) for t in taps))
    await settle()
    assert len(await either.rows(Conversation, flow="review")) == 1
    await priya.taps_post("rate", "Ada Okoye")
    assert (await priya.texts())[-1] == panel_en.ALREADY_OPEN
    assert len(await either.rows(Conversation, flow="review")) == 1


async def test_nobody_rates_twice(stage: Stage):
    ada = await stage.finished()
    priya = stage.seats["Priya"]
    await priya.rates("Ada Okoye", why=PRIYA)
    await priya.taps_post("rate", "Ada Okoye")
    assert await priya.waiting() is None
    assert (await priya.texts())[-1] == panel_en.SEALED_UNTIL_ALL
    assert [c["version"] for r, c in (await stage.cards(ada)).items() if r != "machine"] == [1]


async def test_a_forced_reveal_needs_a_role_and_a_reason_and_opens_what_was_submitted(stage: Stage):
    ada = await reached(stage, "submitted")
    for name, line in (
        ("Tom", "/interview reveal Ada Okoye because I would like to see it"),
        ("Observer", "/interview reveal Ada Okoye because I would like to see it"),
        ("Noor", "/interview reveal Ada Okoye"),
        ("Noor", "/interview reveal Ada Okoye because x"),
        ("Noor", "/interview reveal Nobody because Tom is ill this week"),
    ):
        card = await stage.seats[name].orders(line)
        assert card["tone"] == "kind_error", (name, card)
        assert (await stage.interview(ada))["revealed_at"] is None
    await stage.seats["Noor"].orders("/interview reveal Ada Okoye because Tom is ill this week")
    assert (await stage.interview(ada))["status"] == "scored"
    assert "revealed_early" in await stage.facts(ada)
    card = (await stage.seats["Tom"].post("Ada Okoye"))["card"]
    assert "Tom is ill this week" in card["text"]
    assert [r["label"] for r in card["rows"]] == ["Priya"]


async def test_a_rating_after_the_reveal_is_marked_and_hides_nothing(stage: Stage):
    ada = await reached(stage, "forced")
    tom = stage.seats["Tom"]
    await tom.taps("submit")  # his form was open when the cards were
    assert (await stage.interview(ada))["status"] == "scored"
    card = (await stage.seats["Noor"].post("Ada Okoye"))["card"]
    rows = {r["label"]: r["value"] for r in card["rows"]}
    assert rows["Priya"] == "Strong yes"
    assert [v for k, v in rows.items() if k.startswith("Tom")] == [f"Strong no ({panel_en.AFTER_REVEAL})"]
    assert PRIYA in plain(card)
    assert TOM in plain(card)


async def test_the_last_two_ratings_at_the_same_moment_open_the_cards(either: Stage):
    """On PostgreSQL two transactions run at once: without a lock each misses the other's card, and nothing opens."""
    ada = await either.finished()
    seats = [either.seats["Priya"], either.seats["Tom"]]
    for seat in seats:
        await seat.taps_post("rate", "Ada Okoye")
        await seat.fills()
    tokens = [(await s.must_wait()).token for s in seats]
    taps = [TappedIn(id=either.event_id(), kind="tapped", token=t, option="submit") for t in tokens]
    receive = either.app.port.receive
    await asyncio.gather(*(receive(s.who, s.who.thread_id, "person", t) for s, t in zip(seats, taps, strict=True)))
    await settle()
    assert (await either.interview(ada))["status"] == "scored"
    assert {c["state"] for c in (await either.cards(ada)).values()} == {"revealed"}


async def test_a_rating_with_a_gap_is_sent_back_with_a_word_on_the_field(stage: Stage):
    await stage.finished()
    priya = stage.seats["Priya"]
    await priya.taps_post("rate", "Ada Okoye")
    event = SubmittedIn(
        id=stage.event_id(), kind="submitted", token=(await priya.must_wait()).token, fields={"ownership.level": "4"}
    )
    problems = await stage.app.port.receive(priya.who, priya.who.thread_id, "person", event)
    assert set(problems) == {"care.level", "recommendation"}
    assert (await priya.must_wait()).key == "form#1"
