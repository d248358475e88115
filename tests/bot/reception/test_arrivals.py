"""First use binds: who may come in with a link, what becomes of the chat, and what everybody else hears."""

import asyncio
from typing import Any

import httpx
import pytest

from adapters.contract import Start
from adapters.web.app import COOKIE
from bot import people
from bot.ids import digest
from bot.store.rows import AccessToken, Consent, Identity, Outbox, Person, Session, Thread, Utterance
from bot.web.host import host
from flows.words import reception_en as words
from tests.bot.reception.guests import (
    GUILD,
    PLATFORMS,
    TEAM,
    Guest,
    another_company,
    candidate,
    code_for,
    interview_of,
    interviews,
    invited,
    member,
    text_of,
)
from tests.bot.stagehand import DAY, PLAN, Stage, settle

ELSEWHERE = "elsewhere"


async def alerts(stage: Stage) -> list[str]:
    return [t for t in await stage.seats["Noor"].texts() if "brought by another account" in t]


async def accounts(stage: Stage) -> list[tuple[str, str]]:
    rows = await stage.rows(Identity, "platform,user_ref")
    return [(i["platform"], i["user_ref"]) for i in rows if i["platform"] != people.WEB]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_the_first_who_brings_an_invitation_is_the_candidate(stage: Stage, platform: str):
    ada = await candidate(stage, platform, "U1")
    assert await accounts(stage) == [(platform, "U1")]
    assert "Ada Okoye" in ada.texts[0]
    assert (await ada.waiting()).key == "residence"
    await ada.plays("outage")
    said = await ada.says("I called the on-call engineer.")
    (row,) = await stage.rows(Utterance, step="outage")
    assert row["id"]
    assert said
    assert [c["platform"] for c in await stage.rows(Consent)] == [platform] * len(await stage.rows(Consent))


async def test_of_two_identities_at_the_same_moment_one_comes_in(stages: Stage):
    stage = stages
    for n in range(3):
        secret = await invited(stage, f"Person {n}")
        crowd = [Guest(stage, p, f"{n}{p}") for p in ("telegram", "discord", "slack")]
        answers = await asyncio.gather(*(stage.app.reception.receive(g.event(Start(secret))) for g in crowd))
        await settle()
        known = [a for a in await accounts(stage) if a[1].startswith(str(n))]
        assert len(known) == 1
        refused = [a for a in answers if a.card and a.card["text"] == words.LINK_USED.text]
        assert len(refused) == 2
        (winner,) = [g for g in crowd if (g.platform, g.user) in known]
        assert [bool(g.bubbles) for g in crowd] == [g is winner for g in crowd]


async def test_the_page_and_a_platform_race_for_one_invitation(stages: Stage):
    stage, app = stages, stages.app
    secret = await invited(stage)
    ada = Guest(stage, "telegram", "7")

    def on_the_page(tx: Any) -> Any:
        return people.redeem(tx, app.ids, secret, stage.clock.now())

    page, answer = await asyncio.gather(app.store.commit(on_the_page), app.reception.receive(ada.event(Start(secret))))
    await settle()
    came_in = bool(await ada.person())
    assert came_in is isinstance(page, people.Refused)
    assert came_in is not bool(answer.card and answer.card["text"] == words.LINK_USED.text)


async def test_a_second_person_hears_a_neutral_sentence_and_the_recruiters_hear_once(stage: Stage):
    secret = await invited(stage)
    await Guest(stage, "telegram", "1").brings(secret)
    mallory = Guest(stage, "telegram", "2")
    for _ in range(3):
        assert text_of(await mallory.brings(secret)) == words.LINK_USED.text
    assert await accounts(stage) == [("telegram", "1")]
    assert mallory.bubbles == []
    assert "Ada" not in str(mallory.last.card)
    assert len(await alerts(stage)) == 1
    await Guest(stage, "discord", "3").brings(secret)
    assert len(await alerts(stage)) == 2  # somebody else again


async def test_the_same_person_brings_the_link_again_and_is_asked_again(stage: Stage):
    secret = await invited(stage)
    ada = Guest(stage, "telegram", "1")
    await ada.brings(secret)
    before, asked = len(ada.bubbles), (await ada.waiting()).token
    assert text_of(await ada.brings(secret)) == words.HERE_NOW.text
    assert len(ada.bubbles) > before
    assert (await ada.waiting()).token == asked == ada.asks().token
    assert await alerts(stage) == []


async def test_a_repeated_event_does_nothing_a_second_time(stage: Stage):
    secret = await invited(stage)
    ada = Guest(stage, "telegram", "1")
    await ada.does(Start(secret), "one")
    seen = list(ada.texts)
    assert not (await ada.does(Start(secret), "one")).new
    assert ada.texts == seen


async def test_expired_and_unknown_links(stage: Stage):
    secret = await invited(stage)
    stage.clock.forward(8 * DAY)
    ada = Guest(stage, "telegram", "1")
    assert text_of(await ada.brings(secret)) == words.LINK_EXPIRED.text
    for other in ("x", "../x", "", "A" * 43, "é" * 43):
        assert text_of(await ada.brings(other)) == words.LINK_UNKNOWN.text
    assert await accounts(stage) == []
    assert ada.bubbles == []


def browser(stage: Stage) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(host(stage.app)), base_url="http://parley.test")


async def test_looking_at_the_page_uses_nothing_up(stage: Stage):
    """Link previews look, and so do people who then choose another door."""
    secret = await invited(stage)
    async with browser(stage) as page:
        for method in ("GET", "HEAD", "GET"):
            answer = await page.request(method, f"/i/{secret}")
            assert answer.status_code in (200, 405)
            assert COOKIE not in answer.cookies
        shown = (await page.get(f"/i/{secret}")).text
        assert [p for p in PLATFORMS if f"https://{p}.example/{secret}" not in shown] == []
        ada = Guest(stage, "telegram", "1")
        await ada.brings(secret)
        assert await ada.person()
        late = await page.post(f"/i/{secret}")
        assert (late.status_code, COOKIE in late.cookies) == (409, False)
    await settle()
    assert await stage.rows(Session, person_id=await ada.person()) == []


@pytest.mark.parametrize("typed", ["start {}", "/start {}", "/interview join {}", "join {}", "https://x.example/i/{}"])
async def test_a_code_that_is_typed_opens_the_door_and_is_kept_nowhere(stage: Stage, typed: str):
    secret = await invited(stage)
    ada = Guest(stage, "discord", "1")
    await ada.says(typed.format(secret))
    assert await ada.person()
    assert (await ada.waiting()).key == "residence"
    assert await stage.rows(Utterance, person_id=await ada.person()) == []
    assert (await stage.rows(AccessToken, digest=digest(secret)))[0]["used_at"]


async def test_in_a_channel_a_typed_code_is_no_code(stage: Stage):
    secret = await invited(stage)
    ada = Guest(stage, "slack", "U1").at(f"{TEAM}/C1")
    await ada.says(f"start {secret}")
    assert (ada.last.card, await ada.person()) == (None, "")
    assert (await stage.rows(AccessToken, digest=digest(secret)))[0]["used_at"] is None


async def test_a_code_given_by_command_in_a_channel_brings_the_private_chat(stage: Stage):
    secret = await invited(stage)
    there = Guest(stage, "slack", "U1").at(f"{TEAM}/C1")
    assert text_of(await there.orders(f"join {secret}")) == words.SENT_TO_CHAT.text
    assert there.bubbles == []
    assert "Ada Okoye" in Guest(stage, "slack", "U1").texts[0]


# -- somebody who is known already ------------------------------------------------------------------------------


async def test_a_known_candidate_takes_up_a_second_invitation(stages: Stage):
    stage = stages
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    await ada.says("My first bubble about the outage.")
    first = await interview_of(stage, ada)
    stage.clock.forward(DAY)
    secret = await invited(stage, "Ada O. Okoye")
    second = (await interviews(stage))[-1]
    invented = second["candidate_id"]
    (old_chat,) = await stage.rows(Thread, person_id=invented, kind="person")
    await ada.brings(secret)
    second = (await interviews(stage))[-1]
    assert second["candidate_id"] == first["candidate_id"] == await ada.person()
    assert await stage.rows(Person, id=invented) == []
    await ada.says("London")
    for step in ("consent.interview", "consent.scoring", "consent.recording"):
        assert (await ada.waiting()).key == step
        await ada.taps(PLAN[step])
    # The old chat is silent: nothing was shown there, nothing is on its way, no timer is set.
    left = await stage.rows(Outbox, thread_id=old_chat["id"])
    assert {r["state"] for r in left} == {"dropped"}
    await ada.plays("outage")
    consents = {(c["interview_id"], c["kind"]) for c in await stage.rows(Consent)}
    assert {(i["id"], k) for i in (first, second) for k in ("interview", "scoring", "recording")} <= consents
    parts = await stage.rows(Utterance, interview_id=first["id"])
    assert [u["step"] for u in parts if u["step"] == "outage"] == ["outage"]
    await ada.says("About the outage, in the second interview.")
    heard = {u["interview_id"] for u in await stage.rows(Utterance, step="outage")}
    assert heard == {first["id"], second["id"]}


async def test_a_link_that_is_second_to_an_adopted_one_belongs_to_the_same_person(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    first = await invited(stage, "Ada Twin")
    noor = stage.seats["Noor"]
    card = await noor.orders("/interview link Ada Twin")
    again = card["rows"][0]["value"].rpartition("/")[2]
    await ada.brings(first)
    await ada.brings(again)
    assert ada.last.card is None or ada.last.card["text"] == words.HERE_NOW.text
    assert {t["person_id"] for t in await stage.rows(AccessToken, purpose="invite")} == {await ada.person()}


async def test_an_interview_that_somebody_has_come_to_is_not_taken_over(stage: Stage):
    """Ben began on the page; a second link into his interview is brought by an account that is Ada's."""
    ada = await candidate(stage, "telegram", "1")
    ben = await stage.invite("Ben Roe")
    card = await stage.seats["Noor"].orders("/interview link Ben Roe")
    secret = card["rows"][0]["value"].rpartition("/")[2]
    assert text_of(await ada.brings(secret)) == words.TAKEN.text
    assert (await stage.interview(ben))["candidate_id"] == ben.who.person_id
    assert (await stage.rows(AccessToken, digest=digest(secret)))[0]["used_at"] is None


async def test_a_member_who_brings_a_candidates_link_uses_nothing_up(stage: Stage):
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    secret = await invited(stage)
    assert text_of(await noor.brings(secret)) == words.ON_THE_TEAM.text
    ada = Guest(stage, "telegram", "1")
    await ada.brings(secret)
    assert await ada.person() not in ("", await noor.person())


async def test_a_candidate_cannot_become_a_colleague_with_a_colleagues_code(stage: Stage):
    ada = await candidate(stage, "slack", "U1")
    code = await code_for(stage, stage.seats["Noor"])
    assert text_of(await ada.brings(code)) == words.TAKEN.text
    assert await ada.person() != stage.seats["Noor"].who.person_id


# -- another device ------------------------------------------------------------------------------------------------


def link_in(text: str) -> str:
    return text.rpartition("/i/")[2][:43]


async def handover(guest: Guest) -> str:
    await guest.says(ELSEWHERE)
    card = next(b.card for b in reversed(guest.bubbles) if "/i/" in str(b.card))
    return str(card).partition("/i/")[2][:43]


async def test_from_telegram_to_the_page_and_back_in_the_middle_of_an_answer(stages: Stage):
    stage, app = stages, stages.app
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    first = await ada.says("One.")
    await ada.says("Two.")
    secret = await handover(ada)

    async with browser(stage) as page:
        for _ in range(2):  # looking uses nothing up
            assert (await page.get(f"/i/{secret}")).status_code == 200
        assert (await page.post(f"/i/{secret}")).headers["location"] == "/chat"
        session = page.cookies[COOKIE]
    await settle()
    seat = await stage.seat("Ada", session)
    (thread,) = await stage.rows(Thread, id=seat.who.thread_id)
    assert thread["platform"] == people.WEB
    await seat.says("continue")
    assert (await seat.must_wait()).key == "outage"
    await seat.says("Three.")
    told = len(ada.bubbles)
    await ada.edits(first, "One, better said.")
    await seat.says("Four.")
    secret = link_in(str(await _elsewhere_on_page(seat)))
    back = await ada.brings(secret)
    assert back.card is not None
    assert len(ada.bubbles) > told
    assert ada.asks().token == (await ada.waiting()).token
    await ada.says("Five.")
    await ada.taps("done")
    rows = sorted(await stage.rows(Utterance, "seq", step="outage"), key=lambda r: r["seq"])

    def opened(tx: Any) -> list[str]:
        app.keys.load(tx, app.tenant_id, seat.who.person_id)
        return [str(app.keys.open(app.tenant_id, seat.who.person_id, r["body"])) for r in rows if r["version"] == 0]

    assert await app.store.read(opened) == ["One.", "Two.", "Three.", "Four.", "Five."]
    assert "One, better said." in [m.get("text") for m in await seat.messages()]
    frames = b"".join(seat.own.frames)
    assert ada.asks().text.encode()[:20] in frames  # the page shows a mirror of what goes to Telegram
    await seat.leave()


async def _elsewhere_on_page(seat: Any) -> Any:
    await seat.says(ELSEWHERE)
    return [m for m in await seat.messages() if "/i/" in str(m)][-1]["card"]


async def test_what_was_not_delivered_arrives_at_the_new_place(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    secret = await handover(ada)
    ada.chat.shut[ada.address] = "blocked"
    await ada.says("continue")
    told = len(ada.bubbles)
    there = Guest(stage, "discord", "d1")
    await there.brings(secret)
    assert len(ada.bubbles) == told
    assert await there.person() == await ada.person()
    tokens = [b.token for b in there.bubbles if b.token]
    assert tokens == [(await there.waiting()).token]  # asked once, not twice
    (thread,) = await stage.rows(Thread, person_id=await there.person())
    assert (thread["platform"], thread["blocked"]) == ("discord", "")
    assert {r["state"] for r in await stage.rows(Outbox, thread_id=thread["id"])} == {"sent"}


async def test_a_handover_is_for_the_same_person_and_works_once(stage: Stage):
    ada, ben = await candidate(stage, "telegram", "1"), await candidate(stage, "telegram", "2", "Ben Roe")
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    await ada.plays("outage")
    secret = await handover(ada)
    for other in (ben, noor):
        assert text_of(await other.brings(secret)) == words.TAKEN.text
    there = Guest(stage, "discord", "d1")
    await there.brings(secret)
    assert await there.person() == await ada.person()
    mallory = Guest(stage, "discord", "d2")
    assert text_of(await mallory.brings(secret)) == words.LINK_USED.text
    assert await mallory.person() == ""
    assert await alerts(stage) == []
    stage.clock.forward(11 * 60_000)
    assert text_of(await mallory.brings(await later(stage, there))) == words.LINK_EXPIRED.text


async def later(stage: Stage, guest: Guest) -> str:
    secret = await handover(guest)
    stage.clock.forward(11 * 60_000)
    return secret


# -- tenants and servers -------------------------------------------------------------------------------------------


async def test_a_link_of_another_tenant_is_unknown(stage: Stage):
    _, secret = await another_company(stage)
    for platform in ("telegram", "slack"):
        guest = Guest(stage, platform, "1")
        assert text_of(await guest.brings(secret)) == words.LINK_UNKNOWN.text
        assert await guest.person("t_other") == ""
    assert (await stage.rows(AccessToken, digest=digest(secret)))[0]["used_at"] is None


@pytest.mark.parametrize(("role", "adopts"), [("admin", True), ("panelist", False), ("recruiter", False)])
async def test_only_an_admin_brings_an_unclaimed_server_to_the_company(stage: Stage, role: str, adopts: bool):
    seat = await stage.join("Dora", role)
    there = Guest(stage, "discord", "d1", GUILD).at(f"{GUILD}/C1")
    await there.orders(f"join {await code_for(stage, seat)}")
    assert await there.person() == seat.who.person_id
    found = await stage.app.workspaces.get("discord", GUILD)
    assert (found is not None and found.tenant_id == stage.app.tenant_id) is adopts
    answer = await there.orders("board")
    assert (answer.card == {} or text_of(answer) == words.NOT_INSTALLED.text) is not adopts


async def test_a_server_that_has_removed_parley_can_be_brought_again(stage: Stage):
    seat = await stage.join("Dora", "admin")
    there = Guest(stage, "discord", "d1", GUILD).at(f"{GUILD}/C1")
    await there.orders(f"join {await code_for(stage, seat)}")
    await stage.app.reception.uninstall("discord", GUILD)
    assert text_of(await there.orders("board")) == words.NOT_INSTALLED.text  # at once
    await there.orders(f"join {await code_for(stage, seat)}")
    assert text_of(await there.orders("board")) != words.NOT_INSTALLED.text


async def test_a_slack_team_that_is_not_ours_lets_nobody_in(stage: Stage):
    secret = await invited(stage)
    guest = Guest(stage, "slack", "U1", "T_foreign")
    assert text_of(await guest.brings(secret)) == words.NOT_INSTALLED.text
    assert text_of(await guest.orders("board")) == words.STRANGER.text
    assert await stage.rows(Session, person_id="U1") == []
    assert (await stage.rows(AccessToken, digest=digest(secret)))[0]["used_at"] is None
