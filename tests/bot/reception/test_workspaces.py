"""Workspaces and their tokens; OAuth rounds; and a marker that is looked for in every log and every byte."""

import io
from pathlib import Path

import pytest

from adapters.contract import Installation, Unfetchable, Upload, Who
from bot import people
from bot.ids import digest
from bot.store.rows import AccessToken, Identity, Role, Session, Tenant
from bot.store.rows import Installation as InstallationRow
from bot.vault import Sealed
from flows.words import reception_en
from tests.bot.reception.guests import TEAM, Guest, candidate, chat_of, interview_of, invited, member, text_of, town
from tests.bot.stagehand import MINUTE, Stage
from tests.bot.test_privacy import files

CLEAR = ("xoxb-first-clear", "xoxb-second-clear", "xoxb-third-clear")


def found(team: str, token: str) -> Installation:
    return Installation(team, token, f"B{team}", f"A{team}", f"Company {team}")


async def test_two_teams_are_two_companies_and_no_token_is_stored_in_clear(home: Path):
    async with town(home) as stage:
        port = stage.app.reception
        for n, team in enumerate(("T2", "T3", "T4")):
            await port.install("slack", found(team, CLEAR[n]), Who("slack", team, "U1", f"Boss of {team}"))
        rows = {r["workspace"]: r["tenant_id"] for r in await stage.rows(InstallationRow)}
        assert rows[TEAM] == stage.app.tenant_id
        assert len(set(rows.values())) == 4
        assert len(await stage.rows(Tenant)) == 4
        kept = await port.installation("slack", "T3")
        assert kept == found("T3", CLEAR[1])
        boss = Guest(stage, "slack", "U1", "T3")
        assert text_of(await boss.orders("members"))
        assert "Boss of T3" in str(boss.last.card)
        assert "Noor" not in str(boss.last.card)
        assert text_of(await Guest(stage, "slack", "U1", "T9").orders("members")) == reception_en.STRANGER.text
        raw = files(home)
    raw |= {f"{name}, closed": data for name, data in files(home).items()}
    assert {"parley.db", "parley.db-wal"} <= set(raw)
    assert [(n, t) for n, data in raw.items() for t in (*CLEAR, "xoxb-clear-token") if t.encode() in data] == []


async def test_removing_and_installing_again(stages: Stage):
    stage, port = stages, stages.app.reception
    await port.install("slack", found("T2", CLEAR[0]), Who("slack", "T2", "U1", "Boss"))
    (row,) = await stage.rows(InstallationRow, workspace="T2")
    await port.uninstall("slack", "T2")
    assert await port.installation("slack", "T2") is None
    (gone,) = await stage.rows(InstallationRow, workspace="T2")
    assert (gone["state"], gone["sealed"]) == ("removed", None)
    boss = Guest(stage, "slack", "U1", "T2")
    assert text_of(await boss.at("T2/C1").orders("board")) == reception_en.NOT_INSTALLED.text
    # Somebody else of that workspace installs it again: the team is there still, and they are not its admin.
    await port.install("slack", found("T2", CLEAR[1]), Who("slack", "T2", "U2", "Mallory"))
    (again,) = await stage.rows(InstallationRow, workspace="T2")
    assert (again["tenant_id"], again["state"]) == (row["tenant_id"], "active")
    assert (await port.installation("slack", "T2")) == found("T2", CLEAR[1])
    assert len(await stage.rows(Role, tenant_id=row["tenant_id"], role="admin")) == 1
    assert text_of(await Guest(stage, "slack", "U2", "T2").orders("board")) == reception_en.STRANGER.text
    assert text_of(await boss.orders("board")) != reception_en.NOT_INSTALLED.text
    await port.uninstall("slack", "T_never")
    assert await stage.rows(InstallationRow, workspace="T_never") == []


async def test_a_secret_of_one_workspace_does_not_open_for_another_tenants_key(stage: Stage):
    """The token is sealed with the tenant's name: a row that is moved to another tenant can't be read."""
    port = stage.app.reception
    for team in ("T2", "T3"):
        await port.install("slack", found(team, CLEAR[0]), None)
    rows = {r["workspace"]: r for r in await stage.rows(InstallationRow)}
    moved = {"sealed": rows["T2"]["sealed"]}
    await stage.app.store.commit(lambda tx: tx.change(InstallationRow, {"workspace": "T3"}, moved))
    stage.app.workspaces._known.clear()  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(Sealed):
        await port.installation("slack", "T3")


async def test_an_oauth_state_works_once_for_ten_minutes_and_in_its_browser(stages: Stage):
    stage, port = stages, stages.app.reception
    state = await port.new_state("browser")
    assert len(state) == 43
    assert [r for r in await stage.rows(AccessToken) if state in str(r)] == []
    for other in ("another", "", digest("browser")):
        assert not await port.use_state(state, other)
    assert await port.use_state(state, "browser")  # another browser had not used it up
    assert not await port.use_state(state, "browser")
    late = await port.new_state("browser")
    stage.clock.forward(10 * MINUTE)
    assert not await port.use_state(late, "browser")
    for wrong in ("../x", "../../etc/passwd", "", "1795424400", "x" * 500, "\x00", "é"):
        assert not await port.use_state(wrong, "browser")


async def test_an_oauth_state_is_no_link_and_a_link_is_no_state(stage: Stage):
    port, app = stage.app.reception, stage.app
    state, secret = await port.new_state("browser"), await invited(stage)
    sessions = len(await stage.rows(Session))
    guest = Guest(stage, "telegram", "1")
    assert text_of(await guest.brings(state)) == reception_en.LINK_UNKNOWN.text
    used = await app.store.commit(lambda tx: people.redeem(tx, app.ids, state, stage.clock.now()))
    assert isinstance(used, people.Refused)
    assert len(await stage.rows(Session)) == sessions
    assert not await port.use_state(secret, "browser")
    assert await port.use_state(state, "browser")
    await guest.brings(secret)
    assert await guest.person()


async def test_where_nobody_is_admin_whoever_installs_first_is(stage: Stage):
    """The main company's first workspace: its admin came by the command line, so an installer gets nothing there."""
    admin = await stage.join("Admin", "admin")
    await stage.app.reception.install("slack", found(TEAM, CLEAR[0]), Who("slack", TEAM, "U1", "Mallory"))
    assert {r["person_id"] for r in await stage.rows(Role, role="admin")} == {admin.who.person_id}
    assert await stage.rows(Identity, platform="slack") == []


async def test_open_chats_and_what_is_missed(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await candidate(stage, "discord", "2", "Ben Roe")
    assert [c.address for c in await stage.app.reception.open_chats("telegram")] == [ada.address]
    assert await stage.app.reception.open_chats("slack") == []
    assert chat_of(stage, "telegram").caught_up


async def test_a_file_that_cannot_be_had_is_said_kindly(stage: Stage):
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")

    async def gone(limit: int) -> bytes:
        assert limit <= 1024 * 1024
        raise Unfetchable("That file is too large for me.")

    answer = await noor.does(Upload("x.csv", "text/csv", 21_000_000, gone, noor.chat.number(noor.address)))
    assert text_of(answer) == "That file is too large for me."


# -- the marker ----------------------------------------------------------------------------------------------------

NAME, ANSWER, EDIT, ASIDE, FILE, QUESTION = "Mk1name Qz", "mk2answer", "mk3edit", "mk4aside", "mk5file", "mk6question"
SLASH, TEAM_WORDS, FORM = "mk7slash", "mk8team", "mk9form"
MARKS = (NAME.split()[0], ANSWER, EDIT, ASIDE, FILE, QUESTION, SLASH, TEAM_WORDS, FORM)


async def people_file(limit: int) -> bytes:
    return f"name,note\n{FILE} Person,{FILE}\n".encode()


async def test_what_people_write_on_platforms_is_in_no_log_and_in_no_file_in_clear(home: Path, logs: io.StringIO):
    async with town(home) as stage:
        noor = await member(stage, stage.seats["Noor"], "slack", "U9")
        there = noor.at(f"{TEAM}/C1")
        await there.taps("yes", (await there.orders("channel")).token)
        ada = await candidate(stage, "telegram", "1", NAME)
        await ada.says(f"{ASIDE} I live somewhere in Wakanda")
        await ada.plays("outage")
        await ada.says(f"What do you mean, {QUESTION}?")
        if ".whose" in (await ada.waiting()).key:
            await ada.taps("pass")
        first = await ada.says(f"I called them. {ANSWER}")
        await ada.edits(first, f"I called them at once. {EDIT}")
        await ada.does(Upload(f"{FILE}.pdf", "application/pdf", 5, people_file, ada.chat.number(ada.address), FILE))
        await ada.says(f"/interview {ASIDE}")
        for post in [b for b in there.bubbles if "question" in b.text]:
            await there.says(f"We mean this: {TEAM_WORDS}", reply_to=post.ref)
        await noor.orders(f"invite {SLASH}")
        await noor.submits("cmd:invite", name=FORM, requisition=stage.requisition_id)
        await noor.does(Upload(f"{FILE}.csv", "text/csv", 5, people_file, noor.chat.number(noor.address)))
        await ada.taps("done", (await ada.waiting()).token)
        await ada.plays("never")
        await ada.shuts("blocked")
        nobody = Guest(stage, "telegram", "3")
        await nobody.says(f"{ASIDE} who am I")
        shown = str([b.card for p in ("slack", "telegram") for b in chat_of(stage, p).shown]) + str(noor.last.card)
        assert [m for m in (NAME.split()[0], FILE) if m not in shown] == []  # there is something to find
        exported = str(await stage.seats["Noor"].exports((await interview_of(stage, ada))["id"]))
        assert [m for m in (ANSWER, EDIT) if m not in exported] == []
        raw = files(home)
    raw |= {f"{name}, closed": data for name, data in files(home).items()}
    assert {"parley.db", "parley.db-wal"} <= set(raw)
    found_in = [(name, m) for name, data in raw.items() for m in MARKS if m.encode() in data]
    assert found_in == []
    written = logs.getvalue()
    assert "workspace_installed" in written
    assert [m for m in MARKS if m in written] == []
