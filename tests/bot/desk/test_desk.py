"""Forms, completions, tasks and the small commands of a team."""

from bot import people
from bot.desk import completions
from bot.desk.table import COMMANDS
from bot.store.rows import Interview, Requisition, Role
from flows.words import desk_en as words
from tests.bot.desk.conftest import Counter, text_of
from tests.bot.stagehand import MINUTE, Stage


async def test_new_without_enough_opens_a_form_that_knows_what_is_usual(stage: Stage, noor: Counter):
    assert text_of(await noor.line("new Support")) == words.HOW_NEW
    reply = await noor.line("new Support", forms=True)
    assert reply.token == "cmd:new"
    assert reply.card is not None
    fields = {f.key: f for f in reply.card.fields}
    assert list(fields) == ["title", "kit", "panel", "channel", "site", "format"]
    assert fields["title"].value == "Support"
    assert fields["channel"].value == stage.channel_id
    assert len(fields["panel"].value.split(",")) == 2
    assert [o.label for o in fields["format"].options] == [words.TEXT_LIVE, words.TEXT_RECORDED]
    assert fields["format"].value == "text"
    for line, opens in (
        ("new", True),
        ("new X kit nurse", False),
        ("invite", True),
        ("invite Ada", False),
        ("board", False),
    ):
        assert noor.desk.opens_form(f"/interview {line}") == noor.desk.opens_form(line) == opens


async def test_a_form_opens_a_requisition_or_says_beside_each_field_what_is_wrong(stage: Stage, noor: Counter):
    tom = stage.seats["Tom"].who.person_id
    wrong = await noor.submits("cmd:new", title="", kit="no", panel="p_nobody", channel="th_nowhere")
    assert wrong.problems == {
        "title": words.TITLE_MISSING,
        "kit": words.UNKNOWN_KIT,
        "panel": words.UNKNOWN_PEOPLE,
        "channel": words.UNKNOWN_CHANNEL,
    }
    fields = {"title": "Night nurse", "kit": "nurse", "panel": tom, "channel": stage.channel_id, "site": "Berlin"}
    assert "Night nurse is open" in text_of(await noor.submits("cmd:new", **fields))
    (made,) = await stage.rows(Requisition, title="Night nurse")
    assert (made["kit_name"], made["role_site"]) == ("nurse", "DE")
    roles = {(r["person_id"], r["role"]) for r in await stage.rows(Role, requisition_id=made["id"])}
    assert roles == {(tom, "panelist"), (noor.who.person_id, "recruiter")}
    assert (await noor.submits("cmd:new", **fields)).problems == {"title": words.exists("Night nurse")}
    assert text_of(await noor.submits("cmd:other")) == words.TOO_LATE


async def test_inviting_by_form(stage: Stage, noor: Counter):
    assert text_of(await noor.line("invite")) == words.WHOM
    reply = await noor.line("invite", forms=True)
    assert reply.token == "cmd:invite"
    assert (await noor.submits("cmd:invite", name=" ", requisition=stage.requisition_id)).problems == {
        "name": words.NAME_MISSING
    }
    invited = await noor.submits("cmd:invite", name="Ada Okoye", requisition=stage.requisition_id)
    assert "Ada Okoye is invited" in text_of(invited)
    assert len(await stage.rows(Interview)) == 1


async def test_completions_follow_what_is_typed(stage: Stage, noor: Counter):
    await noor.line("invite Ada Okoye")
    await noor.line("new Shop assistant kit retail-shift")
    assert await noor.suggested("") == list(COMMANDS)[: completions.MOST]
    assert await noor.suggested("wi") == ["withdraw"]
    assert await noor.suggested("withdraw o") == ["withdraw Ada Okoye"]
    assert await noor.suggested("move Ada Okoye to sh") == ["move Ada Okoye to Shop assistant"]
    assert await noor.suggested("invite Lin for cust") == ["invite Lin for Customer support specialist"]
    assert "invite Lin for Shop assistant" in await noor.suggested("invite Lin")
    assert await noor.suggested("new Baker kit retail") == ["new Baker kit retail-shift"]
    assert await noor.suggested("board shop") == ["board Shop assistant"]
    assert await noor.suggested("nothing at all") == []
    tom = Counter(stage, stage.seats["Tom"])
    assert await tom.suggested("withdraw A") == []


async def test_tasks_are_those_of_whoever_asks(stage: Stage, noor: Counter):
    tom = Counter(stage, stage.seats["Tom"])
    assert await tom.tasks() == {}
    await stage.finished("Ada Okoye")
    other = await stage.invite("Lin Chen")
    await other.plays(consent_interview="no")
    assert await tom.tasks() == {"Ada Okoye, Customer support specialist": words.SCORECARD_DUE}
    assert await noor.tasks() == {"Lin Chen, Customer support specialist": words.PERSON_DUE}
    await stage.seats["Tom"].rates("Ada Okoye")
    assert await tom.tasks() == {}
    assert text_of(await tom.line("tasks")) == words.NO_TASKS


async def test_a_sign_in_link_is_good_once_and_for_ten_minutes(stage: Stage, noor: Counter):
    async def redeem(url: str) -> object:
        secret = url.rpartition("/")[2]
        return await stage.app.store.commit(lambda tx: people.redeem(tx, stage.app.ids, secret, stage.clock.now()))

    urls = [(await noor.line("signin")).card.links[0].url for _ in range(2)]  # pyright: ignore[reportOptionalMemberAccess]
    used = await redeem(urls[0])
    assert not isinstance(used, people.Refused)
    assert used[0]["person_id"] == noor.who.person_id  # pyright: ignore[reportIndexIssue]
    assert isinstance(await redeem(urls[0]), people.Refused)
    stage.clock.forward(10 * MINUTE)
    assert isinstance(await redeem(urls[1]), people.Refused)


async def test_small_commands(stage: Stage, noor: Counter):
    for name in COMMANDS:
        assert words.USAGE[name][2] in text_of(await noor.line(f"help {name}")) or name == "help"
    assert "/interview help invite" in text_of(await noor.line("help invit"))
    kit = await noor.line("kit customer-support")
    assert kit.card is not None
    assert len(kit.card.rows) >= 2
    assert text_of(await noor.line("kit nothing")) == words.UNKNOWN_KIT
    members = await noor.line("members")
    assert {"Noor", "Tom", "Priya"} <= {r.label for r in (members.card.rows if members.card else ())}
    await noor.line("new Shop support kit retail-shift")
    assert "fits 2 requisitions" in text_of(await noor.line("invite Ada for support"))
