"""What may follow an order: time kept free, notice, how far ahead, the grid; read, shown, and used."""

import pytest

from bot.desk.draft_plan import Wish, fields_of, fits_form
from bot.desk.wanted import Line, NotRead
from bot.desk.wanted_options import applied, buffers_text, parted, read
from bot.scheduling import accounts, profiles
from bot.scheduling.availability import Availability
from bot.scheduling.plans import Plan, Session
from bot.store.rows import Appointment, CalendarAccount, Interview
from bot.store.store import Tx
from calendar_sync import when
from calendar_sync.calendar import Busy
from calendar_sync.zones import DAY
from flows.words import schedule_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.desk.test_schedule import asked, plan_of, row_of
from tests.bot.stagehand import Stage

BARE = Plan((Session("s", "", 45, ("p_1",)),), "UTC")


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ("15 min after", "after", 15),
        ("a quarter", "", 0),
        ("10 minutes before it", "before", 10),
        ("half an hour free afterwards", "after", 30),
        ("within 3 weeks", "days", 21),
        ("within the next 10 days", "days", 10),
        ("in a week", "", 0),
        ("in 4 weeks", "days", 28),
        ("notice 4h", "notice", 240),
        ("notice: two days", "notice", 2880),
        ("notice none", "notice", 0),
        ("move notice 1 day", "move_notice", 1440),
        ("every 15 min", "step", 15),
    ],
)
def test_each_option_sets_one_thing(options: str, field: str, value: int):
    head, found = parted(f"Ada with Ben, {options}")
    if not field:
        assert (head, found) == (f"Ada with Ben, {options}", ())
        return
    assert (head, found) == ("Ada with Ben", (options,))
    plan = applied(BARE, found)
    assert {k for k in Plan.__slots__ if getattr(plan, k) != getattr(BARE, k)} == {field}
    assert getattr(plan, field) == value


def test_several_options_at_the_end_or_before_the_title():
    line, options = read("Ada for 45 min with Ben, Cleo, 10 min before and after, notice 4h about Design, in 3 weeks")
    assert line == Line("Ada", "45 min", "Ben, Cleo", "Design")
    plan = applied(BARE, options)
    assert (plan.before, plan.after, plan.notice, plan.days) == (10, 10, 240, 21)
    assert applied(BARE, parted(f"45, {buffers_text(plan)}")[1]).after == 10
    assert read("Ada with any 2 of backend") == (Line("Ada", "", "any 2 of backend"), ())


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("from tomorrow", "A first day can't be set"),
        ("starting Monday", "may follow"),
        ("notice soon", "may follow"),
        ("notice 4 moons", "may follow"),
        ("notice 3 weeks", "up to 14 days"),
        ("within 9 weeks", "1 to 60 days"),
        ("within 12 hours", "1 to 60 days"),
        ("7 min after", "10 min"),
        ("3 hours after", "2 hours"),
        ("every 5 hours", "4 hours"),
        ("every now and then", "as a length"),
    ],
)
def test_what_cannot_be_kept_comes_with_what_can(option: str, says: str):
    head, found = parted(f"Ada with Ben, {option}")
    assert head == "Ada with Ben"
    with pytest.raises(NotRead) as problem:
        applied(BARE, found)
    assert says in problem.value.say


@pytest.fixture
async def ben(stage: Stage, noor: Counter) -> Counter:
    await noor.line("invite Ada Okoye")
    ben = Counter(stage, await stage.join("Ben Ode", "panelist"))
    await ben.line("availability Mon-Fri 9-12")
    return ben


async def test_a_line_with_options_is_shown_and_kept(stage: Stage, noor: Counter, ben: Counter):
    line = "schedule Ada for 45 min with Ben, 15 min after, within 3 weeks, notice 4h, move notice 1 day, every 15 min"
    shown = await noor.line(line)
    assert row_of(shown, words.KEPT_FREE) == "15 min after"
    assert row_of(shown, words.NOTICE) == "4 hours"
    assert row_of(shown, words.DAYS_AHEAD) == "21 days"
    assert row_of(shown, words.STEP) == "every 15 minutes"
    assert row_of(shown, words.MOVE_NOTICE) == "24 hours"
    await asked(noor, line)
    plan = await plan_of(stage)
    assert (plan.after, plan.days, plan.notice, plan.move_notice, plan.step) == (15, 21, 240, 1440, 15)
    assert "A first day can't be set" in text_of(await noor.line("schedule Ada for 45 min with Ben, from tomorrow"))
    assert len(await stage.rows(Appointment)) == 1


async def test_a_day_of_sessions_with_options(stage: Stage, noor: Counter, ben: Counter):
    day = "Design, 60 min, Ben\nValues, 45 min, Noor\nbreak 10"
    await asked(noor, f"schedule Ada loop, within 3 weeks, notice 2 days\n{day}")
    plan = await plan_of(stage)
    assert (plan.kind, plan.days, plan.notice, plan.breaks) == ("loop", 21, 2880, (10, 60))
    assert "may follow" in text_of(await noor.line(f"schedule Ada loop, notice soon\n{day}"))


async def test_each_option_changes_what_is_offered(stage: Stage, ben: Counter):
    app, who, now = stage.app, ben.who, stage.clock.now()
    monday = now // 60_000 // DAY
    busy = [((monday + d) * DAY + 10 * 60, (monday + d) * DAY + 10 * 60 + 30) for d in range(40)]

    def read(tx: Tx) -> None:
        app.keys.load(tx, who.tenant_id, who.person_id)
        row = accounts.new_row(who.tenant_id, "ca_1", who.person_id, "ics", b"", now)
        sealed = app.keys.seal(who.tenant_id, who.person_id, accounts.busy_json(Busy("ok", busy, [])))
        tx.put(CalendarAccount, row | {"state": "ok", "synced_at": now, "busy": sealed, "due_at": 10**15})
        profiles.stamp(tx, who.tenant_id, who.person_id)

    await app.store.commit(read)

    async def times(*options: str) -> list[tuple[int, str]]:
        """(days from today, time of day) of every start of half an hour."""
        plan = applied(Plan((Session("s", "", 30, (who.person_id,)),), "UTC"), options)
        offer = Availability(app.keys).offer
        starts = (await app.store.read(lambda tx: offer(tx, who.tenant_id, plan, now=now))).starts
        return [(s // DAY - monday, when.wall(s % DAY)) for s in starts]

    def on_day(found: list[tuple[int, str]], day: int = 2) -> list[str]:
        return [t for d, t in found if d == day]

    usual = await times()
    assert on_day(usual) == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    assert on_day(await times("15 min after")) == ["09:00", "10:30", "11:00", "11:30"]
    assert on_day(await times("15 min before")) == ["09:00", "09:30", "11:00", "11:30"]
    assert len(on_day(await times("every 15 min"))) > len(on_day(usual))
    assert max(d for d, _ in usual) == 14
    assert max(d for d, _ in await times("within 3 weeks")) == 21
    assert min(d for d, _ in usual) < 2 <= min(d for d, _ in await times("notice 2 days"))


async def test_the_form_keeps_time_free_and_leaves_the_rest_to_lines(stage: Stage, noor: Counter, ben: Counter):
    (interview,) = await stage.rows(Interview)
    token = f"cmd:schedule:{interview['id']}"
    shown = await noor.submits(token, who="Ben", how="all", minutes="45, 15 min after", notice="240", days="7")
    assert options_of(shown) == ["send", "change", "no"]
    await noor.presses(shown.token, "send")
    plan = await plan_of(stage)
    assert (plan.sessions[0].minutes, plan.after, plan.notice, plan.days) == (45, 15, 240, 7)
    assert fields_of(Wish(plan), {})["minutes"] == "45, 15 min after"
    assert fits_form(plan)
    for option in ("every 15 min", "move notice 1 day", "within 5 days", "notice 5 hours"):
        assert not fits_form(applied(plan, (option,))), option
    wrong = await noor.submits(token, who="Ben", how="all", minutes="45, 7 min after")
    assert set(wrong.problems) == {"minutes"}
