"""What can be ordered by a line of text, by whom, and what a wrong line is answered with."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.desk.table import COMMANDS
from bot.store.rows import Interview, Requisition, Utterance
from flows.rating.text import display
from flows.words import panel_en
from tests.bot.stagehand import Seat, Stage, acting

ODD = [
    "Zoë Ångström",
    "李小龍",
    "O'Neil-Smith, Jr.",
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE person;--",
    '=HYPERLINK("http://example.org")',
    "@channel <!here> *bold* `code`",
    "A\u202eadA \u200bOkoye",
    "نور الهدى",
    "👩🏽‍🔧 Mechanic",
    "x" * 120,
]


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
def noor(stage: Stage) -> Seat:
    return stage.seats["Noor"]


def kind_error(card: dict[str, Any]) -> str:
    assert card["tone"] == "kind_error", card
    assert card["text"].rstrip()[-1].isalnum() or card["text"].endswith((".", "?", ")"))
    return card["text"]


@pytest.mark.parametrize(
    "line", ["/interview", "/interview help", "/help", "/INTERVIEW HELP", "  /parley help ", "/interview  help"]
)
async def test_help_lists_every_command(noor: Seat, line: str):
    card = await noor.orders(line)
    shown = " ".join(r["label"] for r in card["rows"])
    assert [c for c in COMMANDS if c not in shown] == []


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("/interview statsu", "status"),
        ("/interview invit Ada", "invite"),
        ("/interview hlep", "help"),
        ("/interview xyzzy", ""),
    ],
)
async def test_a_typo_gets_a_suggestion_and_does_nothing(stage: Stage, noor: Seat, line: str, near: str):
    text = kind_error(await noor.orders(line))
    assert (f"/interview {near}" in text) if near else "Did you mean" not in text
    assert "/interview help" in text
    assert await stage.rows(Interview) == []


async def test_invite_names_the_link_its_days_and_the_role(stage: Stage, noor: Seat):
    card = await noor.orders('/interview invite "Ada Okoye" for customer')
    assert "Ada Okoye is invited for Customer support specialist" in card["text"]
    assert "7 days" in card["text"]
    assert card["rows"][0]["value"].startswith(f"{stage.settings.base_url}/i/")
    assert len(await stage.rows(Interview)) == 1


@pytest.mark.parametrize("name", ODD)
async def test_a_name_may_hold_anything_and_is_shown_without_what_is_invisible(stage: Stage, noor: Seat, name: str):
    seat = await stage.invite(name)
    assert seat.who.name == name.strip().strip("\"'"), "what is stored is what was written"
    assert display(seat.who.name) in (await noor.orders("/interview status"))["rows"][0]["label"]
    await seat.says("help", None)
    assert display(seat.who.name) in (await seat.texts())[0]


@pytest.mark.parametrize(
    "line",
    [
        "/interview invite", "/interview invite  ", f"/interview invite {'x' * 121}", "/interview invite Ada for a role that is not there",
        "/interview new", "/interview new Support engineer", "/interview new kit customer-support",
        "/interview new Support engineer kit no-such-kit", "/interview new X kit ../../etc/passwd",
        "/interview reveal", "/interview reveal Ada", "/interview reveal Ada because", "/interview reveal  because I want to",
        "/interview reveal Ada because Tom is ill",
    ],
)  # fmt: skip
async def test_a_wrong_line_is_answered_kindly_and_changes_nothing(stage: Stage, noor: Seat, line: str):
    kind_error(await noor.orders(line))
    assert await stage.rows(Interview) == []
    assert len(await stage.rows(Requisition)) == 1


async def test_new_opens_a_requisition_and_the_next_invitation_is_for_it(stage: Stage, noor: Seat):
    card = await noor.orders("/interview new Shop assistant kit retail-shift in Berlin")
    assert "Shop assistant is open" in card["text"]
    (made,) = [r for r in await stage.rows(Requisition) if r["title"] == "Shop assistant"]
    assert (made["kit_name"], made["role_site"], made["channel_id"]) == ("retail-shift", "DE", stage.channel_id)
    assert "for Shop assistant" in (await noor.orders("/interview invite Ada Okoye for shop"))["text"]


async def test_kits_lists_all_kits_with_their_titles(noor: Seat):
    card = await noor.orders("/interview kits")
    assert {"retail-shift", "customer-support", "nurse"} <= {r["label"] for r in card["rows"]}


async def test_status_says_who_waits_for_whom(stage: Stage, noor: Seat):
    assert "No interview is under way" in (await noor.orders("/interview status"))["text"]
    ada = await stage.invite()
    stage.clock.forward(1000)
    await noor.orders("/interview invite Lin Chen")

    async def told() -> dict[str, str]:
        return {r["label"]: r["value"] for r in (await noor.orders("/interview status"))["rows"]}

    assert await told() == {
        "Ada Okoye": "reading the first questions",
        "Lin Chen": "invited; the link hasn't been opened",
    }
    await ada.plays(until="outage")
    assert (await told())["Ada Okoye"] == "is being interviewed"
    await ada.says("pause")
    assert (await told())["Ada Okoye"] == "is taking a break"
    await ada.says("continue")
    await ada.plays()
    assert (await told())["Ada Okoye"] == "0 of 2 scorecards in; waiting for Priya, Tom"
    await stage.seats["Priya"].rates("Ada Okoye")
    assert (await told())["Ada Okoye"] == "1 of 2 scorecards in; waiting for Tom"
    await stage.seats["Tom"].rates("Ada Okoye")
    assert (await told())["Ada Okoye"] == "scorecards are open; waiting for a decision"


async def test_many_interviews_are_cut_off_and_counted(stage: Stage, noor: Seat):
    for n in range(27):
        await noor.orders(f"/interview invite Candidate {n:02d}")
    card = await noor.orders("/interview status")
    assert (len(card["rows"]), card["foot"]) == (25, "and 2 more")
    assert card["rows"][0]["label"] == "Candidate 00"


@pytest.mark.parametrize("role", ["panelist", "observer"])
async def test_only_recruiters_and_admins_give_orders(stage: Stage, role: str):
    seat = stage.seats["Tom"] if role == "panelist" else await stage.join("Olga", role)
    refused = [name for name, (roles, _) in COMMANDS.items() if role not in roles]
    assert len(refused) > 10
    for name in refused:
        assert "Only recruiters can do that" in kind_error(await seat.orders(f"/interview {name} Ada Okoye"))
    assert await stage.rows(Interview) == []


async def test_an_admin_gives_orders_and_everybody_may_ask_for_help(stage: Stage):
    admin = await stage.join("Anna", "admin")
    assert "is invited" in (await admin.orders("/interview invite Ada Okoye"))["text"]
    assert (await stage.seats["Tom"].orders("/interview help"))["title"] == "Commands"


async def test_another_tenants_admin_finds_nothing_of_ours(stage: Stage, noor: Seat):
    await noor.orders("/interview invite Ada Okoye")
    stranger = await stage.join("Stranger", "admin", tenant="t_other")
    assert "No interview is under way" in (await stranger.orders("/interview status"))["text"]
    assert "fits nobody" in kind_error(await stranger.orders("/interview reveal Ada because Tom is ill"))
    assert "no such requisition" in kind_error(await stranger.orders("/interview invite Bob"))


async def test_a_candidate_cannot_give_orders(stage: Stage):
    ada = await stage.invite()
    for line in ("/interview status", "/interview invite Mallory", "/interview reveal Ada because I would like to"):
        await ada.says(line)
        assert not [m for m in await ada.messages() if "under way" in str(m) or "is invited for" in str(m)]
    assert len(await stage.rows(Interview)) == 1


async def test_words_that_are_no_order_get_a_kind_word(stage: Stage, noor: Seat):
    await noor.says("Good morning!", None)
    assert (await noor.texts())[-1]
    assert len(await stage.rows(Utterance, thread_id=noor.who.thread_id)) == 1


async def test_a_name_that_fits_several_people_is_asked_for_in_full(stage: Stage, noor: Seat):
    for name in ("Ada Okoye", "Ada Lovelace"):
        await stage.finished(name)
        await stage.seats["Priya"].rates(name)
    text = kind_error(await noor.orders("/interview reveal Ada because Tom is ill this week"))
    assert "fits 2 people" in text
    await noor.orders("/interview reveal ada lovelace because Tom is ill this week")
    posts = [await noor.post(n) for n in ("Ada Okoye", "Ada Lovelace")]
    assert [p["card"].get("tone", "plain") for p in posts] == ["plain", "done"]
    assert panel_en.sealed("Ada Okoye") in posts[0]["card"]["text"]


async def test_a_new_link_opens_the_same_interview_once(noor: Seat):
    await noor.orders("/interview invite Ada Okoye")
    card = await noor.orders("/interview link ada")
    link = next(r["value"] for r in card["rows"] if r["label"] == "Link")
    assert "/i/" in link
    assert "fits no open interviews" in (await noor.orders("/interview link Zoe"))["text"]
    assert "fits no open interviews" in (await noor.orders("/interview link"))["text"]


async def test_what_the_law_wants_is_put_on_file(noor: Seat):
    card = await noor.orders("/interview compliance assessment DPIA-7, oversight Noor Haddad, audit 2026-05-01")
    assert [r["value"] for r in card["rows"]][:3] == ["DPIA-7", "Noor Haddad", "2026-05-01"]
    again = await noor.orders("/interview compliance oversight Priya")
    assert [r["value"] for r in again["rows"]][:3] == ["DPIA-7", "Priya", "2026-05-01"]
    assert "isn't a date" in (await noor.orders("/interview compliance audit yesterday"))["text"]
    assert "what is on file" in (await noor.orders("/interview compliance"))["text"]
