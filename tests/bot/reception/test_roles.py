"""Default deny through the door: guests, roles, removed workspaces, and the whole desk as another tenant.

What is tried is read from the desk's own tables, so that a new command, form or button can't be forgotten.
"""

import asyncio
from typing import Any

import pytest

from adapters.contract import Form, Slash, Tap
from bot import people
from bot.desk.table import BUTTONS, COMMANDS, FORMS
from bot.store.rows import Batch, Interview, Post, Requisition, Role, Scorecard, TeamQuestion, Thread, Utterance
from flows.words import desk_en, reception_en
from tests.bot.reception.guests import (
    GUILD,
    TEAM,
    Guest,
    another_company,
    candidate,
    code_for,
    invited,
    member,
    text_of,
)
from tests.bot.stagehand import Stage, settle

KEPT = (Interview, Requisition, Batch, Role, Scorecard, Post, TeamQuestion)
ROLES = ("admin", "recruiter", "panelist", "observer", "")
REFUSALS = (desk_en.ONLY_RECRUITERS, desk_en.NOBODY_KNOWN)
NAMES = ("", "Ada", "Ada because Tom is ill", "Ada to Customer", "Lin Chen for Customer")


async def kept(stage: Stage) -> list[Any]:
    return [sorted(await stage.rows(t), key=str) for t in KEPT]


def said(answer: Any) -> str:
    return "" if answer.card is None else str(answer.card) + str(answer.problems)


async def with_role(stage: Stage, role: str, platform: str = "slack", user: str = "U5") -> Guest:
    seat = await stage.join("Somebody", role or "observer")
    guest = await member(stage, seat, platform, user)
    if not role:
        await stage.app.store.commit(lambda tx: tx.delete(Role, {"person_id": seat.who.person_id}))
    return guest


def buttons(*ids: str) -> list[tuple[str, str]]:
    """Every button with the given ids in every place, and every option that means something anywhere."""
    options = (*ids, "link", "remind", "pause", "resume", "withdraw", "move", "yes", "yes.opened", "invite", "another")
    made = [
        (":".join(["do", a, *part]), o) for a, (_, n, _) in BUTTONS.items() for part in _parts(ids, n) for o in options
    ]
    return [*made, *((f"do:{a}:{x}", o) for a in BUTTONS for x in ("link", "withdraw", "all") for o in options)]


def _parts(ids: tuple[str, ...], n: int) -> list[tuple[str, ...]]:
    return [ids[i : i + n] for i in range(len(ids) - n + 1)]


async def test_the_tables_are_what_is_tried():
    assert len(COMMANDS) > 15
    assert {"new", "invite"} <= set(FORMS)
    assert {a for token, _ in buttons("a", "b") for a in [token.split(":")[1]]} == set(BUTTONS)


@pytest.mark.parametrize("platform", ["slack", "discord", "telegram"])
async def test_guests_of_a_workspace_are_refused_everything(stage: Stage, platform: str):
    """Even an admin's account, once the envelope says that it is a guest's or comes from another workspace."""
    admin = await member(stage, stage.seats["Noor"], platform, "U9")
    await invited(stage)
    (ada,) = await stage.rows(Interview)
    guest = Guest(stage, platform, "U9", outsider=True)
    before = await kept(stage)
    for name in set(COMMANDS) - {"join"}:
        assert text_of(await guest.orders(f"{name} Ada")) == reception_en.OUTSIDER.text
        await guest.says(f"/interview {name} Ada")
        assert text_of(guest.last) == reception_en.OUTSIDER.text
    for name in FORMS:
        assert text_of(await guest.submits(f"cmd:{name}", title="X", name="Y")) == reception_en.OUTSIDER.text
        assert await stage.app.reception.form(guest.who, f"cmd:{name}") is None
    for action in BUTTONS:
        assert text_of(await guest.taps(ada["id"], f"do:{action}:{ada['id']}")) == reception_en.OUTSIDER.text
    assert await stage.app.reception.suggest(guest.who, "") == []
    assert (await stage.app.reception.home(guest.who))["text"] == reception_en.STRANGER.text
    assert await kept(stage) == before
    assert text_of(await admin.orders("board")) != reception_en.OUTSIDER.text


@pytest.mark.parametrize("role", ROLES)
async def test_every_command_form_and_button_for_every_role(stage: Stage, role: str):
    await invited(stage)
    (ada,) = await stage.rows(Interview)
    guest = await with_role(stage, role)
    before = await kept(stage)
    for name, (roles, _) in COMMANDS.items():
        for where in (guest, guest.at(f"{TEAM}/C1")):
            answer = await where.orders(name)
            assert (answer.card is not None and answer.card["text"] in REFUSALS) is (role not in roles), name
    if role in ("admin", "recruiter"):
        return
    for name in (f for f, (roles, _, _) in FORMS.items() if role not in roles):
        answer = await guest.submits(
            f"cmd:{name}", title="X", kit="nurse", name="Lin", requisition=stage.requisition_id
        )
        assert text_of(answer) in REFUSALS
        assert await stage.app.reception.form(guest.who, f"cmd:{name}") is None
    for action, (roles, ids, _) in BUTTONS.items():
        if role in roles:
            continue
        token = ":".join(["do", action, *([ada["id"], stage.requisition_id][:ids])])
        for option in (ada["id"], "yes.opened", "invite", "withdraw", stage.requisition_id):
            assert text_of(await guest.taps(option, token)) in REFUSALS
    assert await kept(stage) == before


async def test_a_change_of_roles_acts_at_once(stage: Stage):
    guest = await with_role(stage, "recruiter")
    person = await guest.person()
    assert text_of(await guest.orders("invite Lin Chen")) not in REFUSALS

    def becomes(role: str) -> Any:
        def unit(tx: Any) -> None:
            tx.delete(Role, {"tenant_id": stage.app.tenant_id, "person_id": person})
            if role:
                people.give_role(tx, stage.app.tenant_id, "*", person, role)

        return unit

    for role in ("", "recruiter", "observer", "admin", "panelist"):
        await stage.app.store.commit(becomes(role))
        refused = text_of(await guest.orders("invite Lin Chen")) in REFUSALS
        assert refused is (role not in ("recruiter", "admin"))
        assert bool(await stage.app.reception.suggest(guest.who, "")) is bool(role)


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_removed_workspace_is_noticed_at_once(stage: Stage, platform: str):
    seat = await stage.join("Dora", "admin")
    space = TEAM if platform == "slack" else GUILD
    there = Guest(stage, platform, "U5", space).at(f"{space}/C1")
    await there.orders(f"join {await code_for(stage, seat)}")
    assert text_of(await there.orders("board")) != reception_en.NOT_INSTALLED.text
    await stage.app.reception.uninstall(platform, space)
    before = await kept(stage)
    assert text_of(await there.orders("invite Lin Chen")) == reception_en.NOT_INSTALLED.text
    assert await stage.app.reception.suggest(there.who, "") == []
    assert await kept(stage) == before


async def test_the_whole_desk_as_another_tenant(stage: Stage):
    """An admin of another company, with every id of ours in every place: not found, and nothing of ours moves."""
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    await noor.orders("invite Ada Okoye")  # a draft: somebody of that name is invited already
    twin = noor.last.token
    question = (await ada.waiting()).token
    (row,) = await stage.rows(Interview)
    admin, _ = await another_company(stage)
    await stage.app.workspaces.adopt("t_other", "discord", GUILD)
    boss = await member(stage, admin, "discord", "B1", GUILD)
    before, told = await kept(stage), len(ada.bubbles)
    ids = (row["id"], stage.requisition_id, stage.channel_id, twin.rpartition(":")[2], stage.seats["Tom"].who.person_id)
    words = [*buttons(*ids), (twin, "another"), (twin, "link"), (question, "done"), (question, "~skip")]
    assert len(words) > 300
    for token, option in words:
        boss.last = await stage.app.reception.receive(boss.event(Tap(token, option)))
        assert "Ada" not in said(boss.last), (token, option)
        if token.startswith("do:") and boss.last.card:
            text = boss.last.card["text"]
            assert text in (desk_en.NOT_FOUND, desk_en.TOO_LATE), (token, option, text)
    for place in (boss, boss.at(f"{GUILD}/C1")):
        for name in FORMS:
            for key in ids:
                fields = {"title": "Theirs", "kit": "nurse", "name": "Lin", "requisition": key}
                answer = await place.does(Form(f"cmd:{name}", {**fields, "panel": key, "channel": key}))
                assert answer.problems or (answer.card or {}).get("tone") == "kind_error", (name, key)
        for name in COMMANDS:
            if name not in ("new", "invite", "channel"):
                for rest in (*NAMES, *ids):
                    answer = await stage.app.reception.receive(place.event(Slash(f"{name} {rest}")))
                    shown = said(answer).replace("Ada Okoye for Support", "").replace("Ada Okoye,Support", "")
                    assert "Okoye" not in shown, (name, rest)
                    assert name in ("kit", "kits") or "Customer support specialist" not in shown, (name, rest)
    for line in ("", "link ", "withdraw A", "move Ada to ", "board ", "invite Lin for "):
        suggested = await stage.app.reception.suggest(boss.who, line)
        assert not [s for s in suggested if "Okoye" in str(s) or "Customer" in str(s)]
    assert "Ada" not in str(await stage.app.reception.home(boss.who))
    assert await stage.app.reception.form(boss.who, question) is None
    await settle()
    ours = [[r for r in rows if r["tenant_id"] == stage.app.tenant_id] for rows in await kept(stage)]
    assert ours == [[r for r in rows if r["tenant_id"] == stage.app.tenant_id] for rows in before]
    assert len(ada.bubbles) == told


async def test_a_guests_account_is_no_way_into_the_team(stage: Stage):
    code = await code_for(stage, stage.seats["Noor"])
    guest = Guest(stage, "slack", "U5", outsider=True)
    assert text_of(await guest.brings(code)) == reception_en.OUTSIDER.text
    assert await guest.person() == ""
    await Guest(stage, "slack", "U6").brings(code)  # not used up
    assert await Guest(stage, "slack", "U6").person()
    await guest.brings(await invited(stage))  # but a guest may be a candidate
    assert await guest.person()


# -- channels: posts and replies -----------------------------------------------------------------------------------


async def in_slack(stage: Stage) -> Guest:
    """The hiring channel is a Slack channel, which Noor made so."""
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    there = noor.at(f"{TEAM}/C1")
    asked = await there.orders("channel")
    await there.taps("yes", asked.token)
    assert await stage.rows(Thread, kind="channel", address=f"{TEAM}/C1")
    return there


async def test_only_those_who_recruit_or_rate_speak_to_a_candidate(stage: Stage):
    noor = await in_slack(stage)
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    await ada.says("human")
    post = noor.bubbles[-1]
    olga = (await with_role(stage, "observer", user="U6")).at(f"{TEAM}/C1")
    nobody = (await with_role(stage, "", user="U7")).at(f"{TEAM}/C1")
    before = len(await stage.rows(Utterance))
    for guest in (olga, nobody):
        await guest.says("Send me your bank details.", reply_to=post.ref)
        assert text_of(guest.last) == reception_en.ONLY_TEAM.text
    stranger = Guest(stage, "slack", "U0").at(f"{TEAM}/C1")
    await stranger.says("Hello.", reply_to=post.ref)
    assert stranger.last.card is None
    assert len(await stage.rows(Utterance)) == before
    assert not [t for t in ada.texts if "bank" in t]
    await noor.says("Hello Ada, I am here.", reply_to=post.ref)
    assert [t for t in ada.texts if "Hello Ada, I am here." in t]


async def test_buttons_of_a_post(stage: Stage):
    noor = await in_slack(stage)
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("never")
    post = next(b for b in noor.bubbles if b.card.get("options"))
    priya = (await member(stage, stage.seats["Priya"], "slack", "U8")).at(f"{TEAM}/C1")
    olga = (await with_role(stage, "observer", user="U6")).at(f"{TEAM}/C1")
    form = await priya.taps("rate", post.token)
    assert form.card is not None
    assert form.card["fields"]
    assert "Only" in text_of(await olga.taps("rate", post.token)) or "panel" in text_of(olga.last)
    assert await stage.app.reception.form(olga.who, form.token) is None
    for guest in (olga, priya, noor):
        assert text_of(await guest.taps("rate", "po_forged")) == reception_en.GONE.text
    other = priya.at(f"{TEAM}/C2")
    assert text_of(await other.taps("rate", post.token)) == reception_en.NOT_YOURS.text
    await Guest(stage, "slack", "U9").at(f"{TEAM}/C2").orders("channel")  # now it is one of ours, but not the post's
    assert text_of(await other.taps("rate", post.token)) == reception_en.GONE.text
    assert text_of(await ada.at("-100").taps("rate", post.token)) == reception_en.NOT_YOURS.text
    assert await stage.rows(Scorecard, kind="human") == []


async def test_one_person_in_a_channel_does_not_keep_the_others_waiting(stage: Stage):
    noor = await in_slack(stage)
    tom = (await member(stage, stage.seats["Tom"], "slack", "U8")).at(f"{TEAM}/C1")
    noor.chat.asking = held = asyncio.Event()
    waiting = asyncio.create_task(
        stage.app.reception.receive(noor.event(Form("cmd:new", {"title": "X", "kit": "nurse", "panel": "U77"})))
    )
    answer = await asyncio.wait_for(stage.app.reception.receive(tom.event(Slash("help"))), 5)
    assert answer.card is not None
    assert not waiting.done()
    held.set()
    await waiting
    await settle()
