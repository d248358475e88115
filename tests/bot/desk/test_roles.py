"""Default deny: every command, form and button for every role, and for another tenant's people and ids."""

import pytest

from bot import people
from bot.desk.sight import RECRUITERS
from bot.desk.table import BUTTONS, COMMANDS, FORMS
from bot.store.rows import Batch, Interview, Person, Requisition, Role
from flows.words import desk_en as words
from flows.words import panel_en, shortlist_en
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.stagehand import Stage

ROLES = ("admin", "recruiter", "panelist", "observer", "")
# A panel member may press Rate or Compare: there is nothing to rate or to compare yet.
HARMLESS = (panel_en.NOT_YET, words.NOT_FOUND, shortlist_en.NOBODY_OPEN)
OURS = (words.ONLY_RECRUITERS, words.NOBODY_KNOWN)
OWN = {"calendar", "availability", "away", "back"}  # everybody of a team says when they can be booked
OWN |= {"stages", "shortlist", "compare", "calibration", "brief"}  # and sees, of what is theirs, how it stands
EXPECTED = {
    "panelist": {"board", "tasks", "signin", "join", "help", *OWN},
    "observer": {"board", "tasks", "signin", "join", "help", "status", *OWN},
    "admin": set(COMMANDS),
    "recruiter": set(COMMANDS),
    "": set[str](),
}


async def counter(stage: Stage, role: str, tenant: str = "") -> Counter:
    seat = await stage.join(f"Somebody ({role})", role or "observer", tenant)
    if not role:
        where = {"person_id": seat.who.person_id}
        await stage.app.store.commit(lambda tx: tx.delete(Role, where))
    return Counter(stage, seat)


@pytest.mark.parametrize("role", ROLES)
async def test_every_command_for_every_role(stage: Stage, role: str):
    somebody = await counter(stage, role)
    may = {name for name in COMMANDS if text_of(await somebody.line(f"/interview {name}")) not in OURS}
    assert may == EXPECTED[role]
    shown = await somebody.line("help")
    if role:
        assert shown.card is not None
        listed = {r.label.split(" ")[1] for r in shown.card.rows}
        assert listed == EXPECTED[role], "help shows what this person may do and nothing else"


@pytest.mark.parametrize("role", ["panelist", "observer", ""])
async def test_no_form_and_no_button_without_the_role(stage: Stage, noor: Counter, role: str):
    await noor.line("invite Ada Okoye")
    (ada,) = await stage.rows(Interview)
    somebody = await counter(stage, role)
    for name in (f for f, (roles, _, _) in FORMS.items() if role not in roles):
        fields = {"name": "Lin", "requisition": stage.requisition_id, "title": "X", "kit": "nurse"}
        reply = await somebody.submits(f"cmd:{name}", **fields)
        assert text_of(reply) in OURS
    for action, (roles, ids, _) in BUTTONS.items():
        token = ":".join(["do", action, *([ada["id"], stage.requisition_id][:ids])])
        for option in (ada["id"], "yes.opened", "invite", "withdraw", stage.requisition_id):
            said = text_of(await somebody.presses(token, option))
            assert said in OURS or (role in roles and said in HARMLESS)
    assert text_of(await somebody.uploads("name\nLin\n")) in OURS
    assert await somebody.suggested("") == ([c for c in COMMANDS if c in EXPECTED[role]])
    assert await stage.rows(Interview) == [ada]
    assert len(await stage.rows(Requisition)) == 1
    assert await stage.rows(Batch) == []


async def test_another_tenants_ids_are_not_found(stage: Stage, noor: Counter):
    await noor.line("invite Ada Okoye")
    preview = await noor.uploads("name\nLin Chen\n")
    twin = await noor.line("invite Ada Okoye")
    (ada,) = await stage.rows(Interview)
    before = (await stage.rows(Interview), await stage.rows(Requisition), await stage.rows(Batch, "id"))
    stranger = await counter(stage, "admin", "t_other")
    for token in (preview.token, twin.token):
        assert text_of(await stranger.presses(token, "invite")) == words.NOT_FOUND
    for action, (_, ids, _) in BUTTONS.items():
        token = ":".join(["do", action, *([ada["id"], stage.requisition_id][:ids])])
        for option in (
            ada["id"],
            "link",
            "remind",
            "pause",
            "resume",
            "withdraw",
            "move",
            f"yes.{ada['status']}",
            "yes",
        ):
            assert text_of(await stranger.presses(token, option)) == words.NOT_FOUND, (token, option)
    assert text_of(await stranger.presses("do:pick:link", ada["id"])) == words.NOT_FOUND
    assert text_of(await stranger.presses("do:board:all", ada["id"])) == words.NOT_FOUND
    assert (
        text_of(await stranger.presses(f"do:chan:{stage.requisition_id}:{stage.channel_id}", "yes")) == words.NOT_FOUND
    )
    problems = (await stranger.submits("cmd:invite", name="Lin", requisition=stage.requisition_id)).problems
    assert problems == {"requisition": words.NO_REQUISITION}
    where = {"title": "Theirs", "kit": "nurse", "channel": stage.channel_id, "panel": noor.who.person_id}
    assert set((await stranger.submits("cmd:new", **where)).problems) == {"channel", "panel"}
    for name in COMMANDS:
        for rest in ("Ada", "Ada because Tom is ill", "Ada to Customer"):
            said = str((await stranger.line(f"{name} {rest}", stage.channel_id)).card)
            examples = (
                "Ada Okoye for Support",
                "Ada Okoye,Support",
                "compare Ada Okoye, Lin",
                "advance Ada Okoye, Lin",
            )
            assert said.count("Okoye") == sum(said.count(e) for e in examples)
    assert await stranger.suggested("link ") == []
    assert (await stage.rows(Interview), await stage.rows(Requisition), await stage.rows(Batch, "id")) == before


async def test_a_recruiter_of_one_requisition_sees_and_does_nothing_in_another(stage: Stage, noor: Counter):
    await noor.line("new Shop assistant kit retail-shift")
    await noor.line("invite Ada Okoye for Customer")
    await noor.line("invite Lin Chen for Shop")
    shop = next(r for r in await stage.rows(Requisition) if r["title"] == "Shop assistant")
    rita = await counter(stage, "")
    await stage.app.store.commit(
        lambda tx: people.give_role(tx, stage.app.tenant_id, shop["id"], rita.who.person_id, "recruiter")
    )
    shown = str((await rita.line("status")).card) + str((await rita.line("board")).card)
    assert "Lin Chen" in shown
    assert "Ada Okoye" not in shown
    assert "Lin" in text_of(await rita.line("withdraw Lin"))
    assert "fits no open" in text_of(await rita.line("withdraw Ada"))
    ada = next(r for r in await stage.rows(Interview) if r["requisition_id"] != shop["id"])
    assert text_of(await rita.presses(f"do:calloff:{ada['id']}", f"yes.{ada['status']}")) == words.NOT_FOUND
    lin = next(r for r in await stage.rows(Interview) if r["requisition_id"] == shop["id"])
    assert text_of(await rita.presses(f"do:move:{lin['id']}", stage.requisition_id)) == words.NOT_FOUND


async def test_a_panelist_sees_the_board_without_the_names_of_those_who_are_late(stage: Stage, noor: Counter):
    await stage.finished()
    own, others = await Counter(stage, stage.seats["Tom"]).line("board"), await noor.line("board")
    assert own.card is not None
    assert "0 of 2 scorecards in" in str(own.card.rows)
    assert "Priya" not in str(own.card.rows)
    assert (options_of(own), own.token) == ([], "")
    assert "Priya, Tom" in str(others.card)


async def test_a_candidate_is_nobody_at_the_desk(stage: Stage, noor: Counter):
    ada = Counter(stage, await stage.invite())
    for name in COMMANDS:
        assert text_of(await ada.line(name)) == words.NOBODY_KNOWN
    assert await ada.suggested("") == []
    assert RECRUITERS == ("recruiter", "admin")
    (row,) = await stage.rows(Person, kind="candidate")
    problems = (await noor.submits("cmd:new", title="X", kit="nurse", panel=row["id"])).problems
    assert problems == {"panel": words.UNKNOWN_PEOPLE}, "a candidate can't be put on a panel"
