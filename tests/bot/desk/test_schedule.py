"""Ordering a time with a candidate: lines, forms, previews, and who may."""

import pytest

from adapters.discord import forms as discord
from adapters.slack import views as slack
from bot import people
from bot.scene import Reply, Scene
from bot.scheduling import profiles
from bot.scheduling.plans import Group, Plan
from bot.store.rows import Appointment, Batch, BatchItem, Interview, Role
from flows.words import desk_en
from flows.words import schedule_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.stagehand import DAY, Stage


async def plan_of(stage: Stage) -> Plan:
    (row,) = await stage.rows(Appointment)
    return Plan.from_json(row["plan"])


async def asked(noor: Counter, line: str, forms: bool = False) -> str:
    """Give an order and confirm what is shown; the preview's text."""
    shown = await noor.line(line, forms=forms)
    said = text_of(shown)
    assert options_of(shown) == ["send", "change", "no"]
    assert "I'm asking" in text_of(await noor.presses(shown.token, "send"))
    return said


def row_of(reply: Reply, label: str) -> str:
    assert reply.card is not None
    return next(r.value for r in reply.card.rows if r.label == label)


@pytest.fixture
async def team(stage: Stage, noor: Counter) -> dict[str, str]:
    """Ada is invited; Ben, Cleo and Dan hold interviews for the pool backend, from Monday to Friday in UTC."""
    await noor.line("invite Ada Okoye")
    found: dict[str, str] = {}
    for name in ("Ben Ode", "Cleo Ray", "Dan Fox"):
        found[name] = (await stage.join(name, "panelist")).who.person_id
    await noor.line("pool backend add Ben, Cleo, Dan")
    return found


async def test_a_line_becomes_a_plan_after_a_look(stage: Stage, noor: Counter, team: dict[str, str]):
    said = await asked(noor, "schedule Ada for 45 min with Ben and Cleo")
    # From the first half hour that is two hours ahead, to the Monday in two weeks.
    assert "Ada Okoye will be asked to choose between" in said
    assert "on 11 days" in said
    assert "Monday 23 November, 11:30 (UTC)" in said
    plan = await plan_of(stage)
    assert plan.sessions[0].fixed == (team["Ben Ode"], team["Cleo Ray"])
    assert (plan.sessions[0].minutes, plan.kind, plan.notice, plan.days) == (45, "people", 120, 14)


async def test_some_of_a_pool_and_some_of_a_few(stage: Stage, noor: Counter, team: dict[str, str]):
    shown = await noor.line("schedule Ada for 60 min with Noor and any 2 of backend")
    assert row_of(shown, words.WHO) == "Noor, and two of the pool backend"
    assert row_of(shown, words.LENGTH) == "1 hour"
    await noor.presses(shown.token, "send")
    session = (await plan_of(stage)).sessions[0]
    assert session.fixed == (noor.who.person_id,)
    assert session.groups == (Group(2, "backend"),)
    other = await noor.line("schedule Ada for 30 min with Ben or Dan")
    assert row_of(other, words.WHO) == "one of Ben Ode and Dan Fox"


async def test_parley_itself_at_a_booked_time_only_before_the_interview(stage: Stage, noor: Counter):
    ada = await stage.invite()
    said = await asked(noor, "schedule Ada with Parley")
    assert "live in their chat" in said
    plan = await plan_of(stage)
    assert plan.kind == "bot"
    assert plan.sessions[0].minutes % 5 == 0
    await ada.plays(until="outage")
    assert text_of(await noor.line("schedule Ada with Parley")) == words.ANSWERED_ALREADY


async def test_a_day_of_sessions_by_lines(stage: Stage, noor: Counter, team: dict[str, str]):
    text = (
        "schedule Ada loop\nSystem design, 60 min, any of backend\nValues, 45 min, Noor\nlunch 45\n"
        "order: System design before Values"
    )
    shown = await noor.line(text)
    assert "choose between" in text_of(shown)
    assert row_of(shown, "System design") == "1 hour, one of the pool backend"
    assert row_of(shown, words.ORDER) == "System design before Values"
    assert row_of(shown, words.LUNCH) == "45 minutes"
    await noor.presses(shown.token, "send")
    plan = await plan_of(stage)
    assert (plan.kind, plan.lunch, plan.order) == ("loop", 45, (("s1", "s2"),))
    (row,) = await stage.rows(Appointment)
    assert row["kind"] == "loop"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("schedule", "Please say who it is about"),
        ("schedule Ada", "Please say who it is about"),
        ("schedule Ada loop", "one for each session"),
        ("schedule Nobody with Ben", "fits no open interviews"),
        ("schedule Ada for 32 min with Ben", "Please choose 30 or 35 min."),
        ("schedule Ada for 45 min", "Please say who holds it"),
        ("schedule Ada with Bennet", "I know nobody called"),
        ("schedule Ada with any 4 of backend", "I can't take 4 of the pool"),
        ("schedule Ada with any of frontend", "The pools are: backend"),
        ("schedule Ada loop\nDesign, 61 min, any of backend\nValues", "Line 1: Times go in steps of 5"),
        ("schedule Ada for 45 min with Ben about " + "x" * 81, "under 80 characters"),
        ("schedule <script>alert(1)</script> with Ben", "fits no open interviews"),
        ("schedule Ada with " + "Ben and " * 2000 + "Ben", "more than I can read"),
    ],
)
async def test_what_cannot_be_read_comes_with_what_to_write(
    stage: Stage, noor: Counter, team: dict[str, str], line: str, says: str
):
    assert says in text_of(await noor.line(line))
    assert await stage.rows(Appointment) == []


async def test_the_form_opens_for_what_is_missing_and_becomes_the_same_plan(
    stage: Stage, noor: Counter, team: dict[str, str]
):
    (interview,) = await stage.rows(Interview)
    form = await noor.line("schedule", forms=True)
    assert form.card is not None
    assert [f.key for f in form.card.fields][:2] == ["candidate", "who"]
    named = await noor.line("schedule Ada", forms=True)
    assert named.token == f"cmd:schedule:{interview['id']}"
    assert named.card is not None
    assert "candidate" not in [f.key for f in named.card.fields]
    for token, card in (("cmd:schedule", form.card), (named.token, named.card)):
        assert len(discord.pages(card)) == 2
        assert len(str(discord.modal(card, token, 2, {})["custom_id"])) <= 100
        assert all(len(f.label) <= discord.LABEL and len(f.help) <= discord.HELP for f in card.fields)
        assert len(slack.form(card, token)["blocks"]) <= 100
    fields = {"who": f"{team['Ben Ode']},{team['Cleo Ray']}", "how": "1", "minutes": "50", "title": "System design"}
    fields |= {"notice": "1440", "days": "21", "where": "https://meet.example/x", "note": "Be kind."}
    shown = await noor.submits(named.token, **fields)
    assert row_of(shown, words.WHO) == "one of Ben Ode and Cleo Ray"
    assert row_of(shown, words.WHERE) == "https://meet.example/x"
    change = await noor.presses(shown.token, "change")
    assert "Please write it again" in text_of(change)
    await noor.presses(shown.token, "send")
    (row,) = await stage.rows(Appointment)
    plan = Plan.from_json(row["plan"])
    assert (plan.notice, plan.days, plan.conference, plan.sessions[0].title) == (1440, 21, False, "System design")
    assert plan.sessions[0].groups == (Group(1, "", (team["Ben Ode"], team["Cleo Ray"])),)


async def test_the_form_and_a_pool(stage: Stage, noor: Counter, team: dict[str, str]):
    (interview,) = await stage.rows(Interview)
    token = f"cmd:schedule:{interview['id']}"
    for how, who in (("all", "one"), ("2", "two")):
        shown = await noor.submits(token, pool="pool0", how=how, who=noor.who.person_id)
        assert row_of(shown, words.WHO) == f"Noor, and {who} of the pool backend"
        assert row_of(shown, words.LENGTH) == "45 minutes"
    assert set((await noor.submits(token, pool="pool0", how="3", who="Ben, Cleo")).problems) == set()
    alone = await noor.submits(token, minutes="")
    assert row_of(alone, words.WHO) == words.PARLEY


async def test_what_a_form_cannot_say_is_changed_by_a_line(stage: Stage, noor: Counter, team: dict[str, str]):
    shown = await noor.line("schedule Ada for 45 min with Noor and Ben or Cleo")
    assert row_of(shown, words.WHO) == "Noor, and one of Ben Ode and Cleo Ray"

    def change(scene: Scene) -> Reply:
        return noor.desk.act(scene, noor.who.person_id, shown.token, "change", forms=True)

    assert "Please write it again" in text_of(await noor.does(change))
    simple = await noor.line("schedule Ada for 45 min with any 2 of backend")
    form = await noor.does(lambda s: noor.desk.act(s, noor.who.person_id, simple.token, "change", forms=True))
    assert form.card is not None
    values = {f.key: f.value for f in form.card.fields}
    assert (values["pool"], values["how"], values["minutes"]) == ("pool0", "2", "45")


async def test_a_form_says_beside_each_field_what_is_wrong(stage: Stage, noor: Counter, team: dict[str, str]):
    assert (await noor.submits("cmd:schedule")).problems == {"candidate": words.CANDIDATE_MISSING}
    (interview,) = await stage.rows(Interview)
    wrong = await noor.submits(
        "cmd:schedule", candidate=interview["id"], who="p_nobody", minutes="7", title="x" * 81,
        where="javascript://alert(1)", note="x" * 1001, pool="pool9",
    )  # fmt: skip
    assert set(wrong.problems) == {"who", "minutes", "title", "where", "note"}
    wrong = await noor.submits("cmd:schedule", candidate=interview["id"], pool="pool9")
    assert set(wrong.problems) == {"pool"}
    wrong = await noor.submits("cmd:schedule", candidate=interview["id"], who=team["Ben Ode"], how="2")
    assert set(wrong.problems) == {"how"}
    wrong = await noor.submits("cmd:loop", candidate=interview["id"], loop="Design, 61 min, Ben", where="x" * 301)
    assert set(wrong.problems) == {"loop", "where"}
    assert await stage.rows(Appointment) == []


async def test_a_preview_is_answered_once_and_keeps_no_words(stage: Stage, noor: Counter, team: dict[str, str]):
    shown = await noor.line("schedule Ada for 45 min with Ben")
    assert await stage.rows(Appointment) == []
    await noor.presses(shown.token, "send")
    assert text_of(await noor.presses(shown.token, "send")) == words.DRAFT_OVER
    assert len(await stage.rows(Appointment)) == 1
    left = await noor.line("schedule Ada for 45 min with Ben")
    assert text_of(await noor.presses(left.token, "no")) == desk_en.NOTHING_CHANGED
    old = await noor.line("schedule Ada for 45 min with Ben")
    stage.clock.forward(2 * DAY)
    assert text_of(await noor.presses(old.token, "send")) == words.DRAFT_OLD
    assert [i["body"] for i in await stage.rows(BatchItem)] == [None] * 3
    assert {b["state"] for b in await stage.rows(Batch)} == {"done", "cancelled", "expired"}
    assert len(await stage.rows(Appointment)) == 1


async def test_without_a_time_it_says_why_and_can_be_asked_anyway(stage: Stage, noor: Counter, team: dict[str, str]):
    await Counter(stage, stage.seats["Ben Ode"]).line("away today - 31 Dec")
    shown = await noor.line("schedule Ada for 45 min with Ben and Cleo")
    assert "There is no time for this in the next 14 days" in text_of(shown)
    assert "Ben" in text_of(shown)
    assert options_of(shown) == ["change", "send", "no"]
    await noor.presses(shown.token, "send")
    assert len(await stage.rows(Appointment)) == 1


async def test_several_of_one_name_are_told_apart_and_the_order_goes_on(
    stage: Stage, noor: Counter, team: dict[str, str]
):
    twin = await noor.line("invite Ada Okoye")
    await noor.presses(twin.token, "another")
    which = await noor.line("schedule Ada for 45 min with Ben")
    first, second = options_of(which)
    shown = await noor.presses(which.token, second)
    assert "will be asked" in text_of(shown)
    await noor.presses(shown.token, "send")
    (row,) = await stage.rows(Appointment)
    assert row["interview_id"] == second != first
    assert text_of(await noor.presses(which.token, first)) == desk_en.NOT_FOUND, "asked once"


async def test_only_recruiters_of_the_requisition(stage: Stage, noor: Counter, team: dict[str, str]):
    shown = await noor.line("schedule Ada for 45 min with Ben")
    priya = Counter(stage, stage.seats["Priya"])
    assert text_of(await priya.line("schedule Ada for 45 min with Ben")) == desk_en.ONLY_RECRUITERS
    assert text_of(await priya.presses(shown.token, "send")) == desk_en.ONLY_RECRUITERS
    await noor.line("new Shop assistant kit retail-shift")
    rita = Counter(stage, await stage.join("Rita", "observer"))
    where = {"person_id": rita.who.person_id}
    await stage.app.store.commit(lambda tx: tx.delete(Role, where))
    shop = (await stage.rows(Interview))[0]["requisition_id"]
    other = next(r for r in (await noor.line("board")).card.rows)  # pyright: ignore[reportOptionalMemberAccess]
    assert other.label
    await stage.app.store.commit(
        lambda tx: people.give_role(tx, stage.app.tenant_id, "rq_other", rita.who.person_id, "recruiter")
    )
    assert "fits no open" in text_of(await rita.line("schedule Ada with Ben"))
    assert text_of(await rita.presses(shown.token, "send")) == desk_en.NOT_FOUND
    assert (await rita.submits("cmd:schedule", candidate=(await stage.rows(Interview))[0]["id"])).problems
    assert shop
    assert await stage.rows(Appointment) == []


async def test_no_more_than_five_at_once(stage: Stage, noor: Counter, team: dict[str, str]):
    for _ in range(5):
        await asked(noor, "schedule Ada for 45 min with Ben")
    assert text_of(await noor.line("schedule Ada for 45 min with Ben")) == words.TOO_MANY_OPEN


async def test_whoever_is_named_gets_usual_hours(stage: Stage, noor: Counter, team: dict[str, str]):
    pia, app = (await stage.join("Pia", "panelist")).who.person_id, stage.app
    await asked(noor, "schedule Ada for 45 min with Pia")
    profile = await app.store.read(lambda tx: profiles.load(tx, app.keys, app.tenant_id, pia))
    assert profile == profiles.default("UTC")


async def test_three_hundred_candidates(stage: Stage, noor: Counter):
    lines = "\n".join(f"Person {n:03d}" for n in range(300))
    preview = await noor.uploads(f"name\n{lines}\n")
    await noor.presses(preview.token, "invite")
    assert len(await stage.rows(Interview)) == 300
    assert await noor.suggested("schedule 299") == ["schedule Person 299"]
    exact = await noor.suggested("schedule Person 299")
    assert "schedule Person 299 for 45 min with" in exact
    assert len(await noor.suggested("schedule Person")) == 25
    form = await noor.line("schedule", forms=True)
    assert form.card is not None
    assert len(form.card.fields[0].options) == 100
    assert {o.label[:7] for o in form.card.fields[0].options} == {"Person "}


async def test_it_is_known_beforehand_whether_a_form_opens(noor: Counter):
    for line, opens in (
        ("schedule", True),
        ("schedule Ada", True),
        ("schedule Ada loop", True),
        ("schedule Ada loop\nDesign, 60 min, Ben", False),
        ("schedule Ada for 45 min with Ben", False),
        ("schedule Ada with Parley", False),
        ("availability", False),
    ):
        assert noor.desk.opens_form(f"/interview {line}") is opens, line
