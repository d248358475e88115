"""When somebody can be booked, and who is in which pool."""

import pytest

from bot.scene import Reply
from bot.scheduling import profiles
from bot.scheduling.profiles import Profile, Rule
from bot.store.rows import Interviewer
from calendar_sync.facts import Limits
from flows.words import desk_en
from flows.words import schedule_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.desk.test_schedule import row_of
from tests.bot.stagehand import Stage, settle


@pytest.fixture
async def pia(stage: Stage) -> Counter:
    """Somebody of a panel who has said nothing of their hours yet."""
    return Counter(stage, await stage.join("Pia", "panelist"))


async def profile(who: Counter) -> Profile | None:
    app = who.stage.app
    return await app.store.read(lambda tx: profiles.load(tx, app.keys, who.who.tenant_id, who.who.person_id))


async def state(who: Counter) -> str:
    return (await who.stage.rows(Interviewer, id=who.who.person_id))[0]["state"]


async def test_hours_by_a_line(pia: Counter):
    shown = await pia.line("availability")
    assert row_of(shown, words.HOURS) == "Mon-Fri 09:00-17:00"
    assert row_of(shown, words.NOW) == words.ACTIVE
    assert row_of(await pia.line("availability Mon-Thu 9-16"), words.HOURS) == "Mon-Thu 09:00-16:00"
    found = await profile(pia)
    assert found is not None
    assert found.weekly == (Rule((1, 2, 3, 4), "09:00", "16:00"),)
    for said, zone in (
        ("zone Europe/Paris", "Europe/Paris"),
        ("zone Kathmandu", "Asia/Kathmandu"),
        ("zone UTC", "UTC"),
    ):
        await pia.line(f"availability {said}")
        found = await profile(pia)
        assert found is not None
        assert found.zone == zone


async def test_limits_skills_and_days_off(pia: Counter):
    assert row_of(await pia.line("availability at most 2 a day, 6 a week"), words.LIMITS) == "2 a day, 6 a week"
    assert row_of(await pia.line("availability skills Python, design"), words.SKILLS) == "Python, design"
    assert "You are away 24 to 31 December" in text_of(await pia.line("away 24-31 Dec"))
    assert row_of(await pia.line("availability"), words.AWAY) == "24 to 31 December"
    found = await profile(pia)
    assert found is not None
    assert (found.limits, found.skills) == (Limits(2, 6), ("Python", "design"))
    await pia.line("away 3 Feb")
    found = await profile(pia)
    assert found is not None
    assert found.away == (("2026-12-24", "2026-12-31"), ("2027-02-03", "2027-02-03"))
    await pia.line("away none")
    await pia.line("availability no limit")
    found = await profile(pia)
    assert found is not None
    assert (found.away, found.limits) == ((), Limits())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("availability Mon-Fri 17-9", ""),
        ("availability 25:00", "for which days"),
        ("availability Funday 9-17", "funday"),
        ("availability at most 0 a day", "1 to 50"),
        ("availability at most 99 a week", "1 to 50"),
        ("availability zone Nowhereville Zzz", "I know no time zone"),
        ("availability zone", "I know no time zone"),
        ("availability skills " + "x, " * 150, "under 300"),
        ("availability Noor", "your own hours"),
        ("away", "24-31 Dec"),
        ("away whenever", "whenever"),
        ("away 31 Dec 2026 - 24 Dec 2026", "ends before it begins"),
        ("away 1 Jan 2027 - 1 Jan 2029", "more than a year"),
    ],
)
async def test_what_cannot_be_kept_changes_nothing(pia: Counter, line: str, says: str):
    said = await pia.line(line)
    assert said.card is not None
    assert said.card.tone == "kind_error" or not says
    assert says in text_of(said)
    found = await profile(pia)
    assert found is None or found.has_hours


async def test_pausing_and_coming_back(pia: Counter):
    assert text_of(await pia.line("availability pause")) == words.PAUSE_DONE
    assert await state(pia) == "paused"
    assert text_of(await pia.line("availability pause")) == words.PAUSED_ALREADY
    shown = await pia.line("availability")
    assert options_of(shown) == ["edit", "back"]
    assert text_of(await pia.presses(shown.token, "back")) == words.BACK_DONE
    assert text_of(await pia.line("back")) == words.BACK_ALREADY
    assert await state(pia) == "active"


async def test_the_form_keeps_everything_or_says_what_is_wrong(pia: Counter):
    await pia.line("availability")
    fields = {"hours": "Mon-Fri 8-12", "zone": "Europe/Berlin", "per_day": "3", "per_week": "", "away": "24-31 Dec"}
    done = await pia.submits("cmd:hours", **fields, pools="backend, Design", skills="Go")
    assert row_of(done, words.POOLS) == "backend, Design"
    found = await profile(pia)
    assert found is not None
    assert (found.zone, found.limits, found.pools) == ("Europe/Berlin", Limits(3), ("backend", "Design"))
    wrong = {"hours": "x", "zone": "Zzz Qqq", "per_day": "0", "per_week": "-1", "away": "some day", "pools": "x" * 41}
    assert set((await pia.submits("cmd:hours", **wrong)).problems) == set(wrong)
    assert (await pia.submits("cmd:hours")).problems["hours"] == words.HOURS_MISSING
    assert await profile(pia) == found


async def test_the_form_leaves_days_off_that_have_begun_where_they_are(pia: Counter):
    await pia.line("away 20 Nov 2026 - 27 Nov 2026, 24-31 Dec")
    before = await profile(pia)
    assert before is not None
    form = await pia.does(lambda s: Reply(pia.desk.form(s, pia.who.person_id, "cmd:hours")))
    assert form.card is not None
    values = {f.key: f.value for f in form.card.fields}
    assert values["away"] == "20 to 27 November, 24 to 31 December"
    await pia.submits("cmd:hours", **{**values, "hours": "Mon-Fri 8-12"})
    found = await profile(pia)
    assert found is not None
    assert (found.away, found.weekly) == (before.away, (Rule((1, 2, 3, 4, 5), "08:00", "12:00"),))


async def test_a_recruiter_sees_the_hours_of_others_and_changes_none(stage: Stage, noor: Counter, pia: Counter):
    await pia.line("availability Mon-Thu 9-16")
    shown = await noor.line("availability Pia")
    assert row_of(shown, words.HOURS) == "Mon-Thu 09:00-16:00"
    assert (options_of(shown), shown.token) == ([], "")
    assert "I know nobody called" in text_of(await noor.line("availability Nobody"))
    stranger = Counter(stage, await stage.join("Somebody", "admin", "t_other"))
    assert "I know nobody called" in text_of(await stranger.line("availability Pia"))


async def test_a_pool_is_made_by_adding_and_its_people_are_told(stage: Stage, noor: Counter, pia: Counter):
    assert "backend" not in str((await noor.line("pool")).card)
    await stage.join("Tim", "panelist")
    assert text_of(await noor.line("pool backend add Pia and Tim")) == "Pia, Tim are in backend now. I've told them."
    await settle()
    assert "Noor has added you to the pool" in (await stage.seats["Pia"].texts())[-1]
    assert text_of(await noor.line("pool BACKEND add Pia")) == words.pool_same("backend").text
    shown = await noor.line("pool backend")
    assert shown.card is not None
    assert {r.label: r.value for r in shown.card.rows} == {"Pia": "0 held, 0 booked", "Tim": "0 held, 0 booked"}
    await noor.line("pool backend Pia level 3")
    await noor.line("pool backend Pia weight 50")
    await noor.line("pool backend Tim shadows")
    assert row_of(await noor.line("pool backend"), "Pia") == "0 held, 0 booked, level 3, weight 50"
    assert row_of(await noor.line("pool backend"), "Tim") == "0 held, 0 booked, shadows others"
    await noor.line("pool backend Tim leads")
    assert row_of(await noor.line("pool backend"), "Tim") == "0 held, 0 booked"
    await noor.line("pool backend remove Tim")
    assert row_of(await noor.line("pool"), "backend") == "1 person"
    assert text_of(await pia.line("pool backend add Noor")) == desk_en.ONLY_RECRUITERS


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("pool nothing", "Nobody is in"),
        ("pool bckend", "Did you mean"),
        ("pool nothing remove Pia", "Nobody is in"),
        ("pool backend add Nobody", "I know nobody"),
        ("pool " + "x" * 41 + " add Pia", "under 40"),
        ("pool a,b add Pia", "without commas"),
        ("pool backend Pia level 10", "from 0 to 9"),
        ("pool backend Pia weight 5", "from 10 to 500"),
        ("pool backend Tim level 3", "isn't in"),
        ("pool backend Pia sings", "Please name a pool"),
        ("pool backend add , ;", "Please name a pool"),
    ],
)
async def test_what_cannot_be_done_to_a_pool(noor: Counter, pia: Counter, line: str, says: str):
    await pia.stage.join("Tim", "panelist")
    await noor.line("pool backend add Pia")
    assert says in text_of(await noor.line(line))
    assert row_of(await noor.line("pool"), "backend") == "1 person"


async def test_completions(noor: Counter, pia: Counter):
    await noor.line("pool backend add Pia")
    assert await noor.suggested("pool b") == ["pool backend"]
    assert "week backend" in await noor.suggested("week ")
    assert await noor.suggested("availability pi") == ["availability Pia"]
    assert await pia.suggested("availability no") == []
    assert await pia.suggested("pool b") == []
