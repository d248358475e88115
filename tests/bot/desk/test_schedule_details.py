"""Single dates, journeys, public holidays, movable events, training and priority: said by a line, and used."""

import pytest

from bot.keyring import Keyring
from bot.scene import Reply
from bot.scheduling import accounts, choosing, profiles
from bot.scheduling.availability import Availability
from bot.scheduling.plans import Group, Plan, Session
from bot.scheduling.profiles import Override, Profile, Trip
from bot.scheduling.special_text import read_country, read_dates_in, read_day_hours, without
from bot.store.rows import CalendarAccount
from bot.store.store import Tx
from calendar_sync.calendar import Busy
from calendar_sync.zones import DAY, ConfigProblem, date_text, day_of
from flows.words import schedule_en as words
from tests.bot.desk.conftest import Counter, text_of
from tests.bot.desk.test_schedule import row_of
from tests.bot.stagehand import Stage

TODAY = day_of("2026-11-23")


@pytest.fixture
async def pia(stage: Stage) -> Counter:
    """Somebody who can be booked from Monday to Friday, 9 to 17, in UTC."""
    who = Counter(stage, await stage.join("Pia", "panelist"))
    await who.line("availability Mon-Fri 9-17")
    await who.line("availability zone UTC")
    return who


async def profile(who: Counter) -> Profile:
    app = who.stage.app
    found = await app.store.read(lambda tx: profiles.load(tx, app.keys, who.who.tenant_id, who.who.person_id))
    assert found is not None
    return found


async def offered(who: Counter, session: Session | None = None) -> list[int]:
    """Every start of an hour with this person (or of another session) in the next 60 days."""
    app, tenant = who.stage.app, who.who.tenant_id
    plan = Plan((session or Session("s", "", 60, (who.who.person_id,)),), "UTC", step=60, days=60)
    now = who.stage.clock.now()
    return (await app.store.read(lambda tx: Availability(app.keys).offer(tx, tenant, plan, now=now))).starts


async def hours_on(who: Counter, date: str) -> list[int]:
    """The hours (UTC) at which something can begin on a date."""
    return [s % DAY // 60 for s in await offered(who) if date_text(s // DAY) == date]


USUAL = list(range(9, 17))


async def test_a_date_with_hours_of_its_own(pia: Counter):
    assert await hours_on(pia, "2026-12-01") == USUAL
    shown = await pia.line("availability on 1 Dec 9-12, 14:00-16:00")
    assert row_of(shown, words.DATES) == "1 December 09:00-12:00, 14:00-16:00"
    assert await hours_on(pia, "2026-12-01") == [9, 10, 11, 14, 15]
    assert "You are away 1 December" in text_of(await pia.line("availability on 1 Dec off"))
    assert await hours_on(pia, "2026-12-01") == []
    assert row_of(await pia.line("availability"), words.DATES) == "1 December off"
    await pia.line("availability on 1 Dec usual")
    assert await hours_on(pia, "2026-12-01") == USUAL
    await pia.line("availability on 5-6 Dec 10-12")
    assert (await profile(pia)).overrides == tuple(
        Override(d, (("10:00", "12:00"),)) for d in ("2026-12-05", "2026-12-06")
    )
    assert await hours_on(pia, "2026-12-06") == [10, 11]


async def test_hours_on_a_day_off_open_that_day_alone(pia: Counter):
    await pia.line("away 24-31 Dec")
    await pia.line("availability on 29 Dec 9-11")
    assert (await profile(pia)).away == (("2026-12-24", "2026-12-28"), ("2026-12-30", "2026-12-31"))
    assert [await hours_on(pia, f"2026-12-{d}") for d in (28, 29, 30)] == [[], [9, 10], []]


async def test_a_journey_moves_the_hours_of_its_dates(pia: Counter):
    shown = await pia.line("availability travel 1-3 Dec Tokyo")
    assert row_of(shown, words.TRAVEL) == "1 to 3 December in Tokyo"
    assert (await profile(pia)).travel == (Trip("2026-12-01", "2026-12-03", "Asia/Tokyo"),)
    assert await hours_on(pia, "2026-12-02") == list(range(8)), "9 to 17 in Tokyo is 0 to 8 in UTC"
    assert await hours_on(pia, "2026-12-04") == USUAL
    await pia.line("availability travel in Kathmandu 7 Dec")
    await pia.line("availability travel 2-4 Dec Europe/Paris")
    assert [t.zone for t in (await profile(pia)).travel] == ["Europe/Paris", "Asia/Kathmandu"], "the newer plan counts"
    await pia.line("availability travel none")
    assert (await profile(pia)).travel == ()
    assert await hours_on(pia, "2026-12-02") == USUAL


async def test_public_holidays_are_days_off_but_for_own_hours(pia: Counter):
    assert await hours_on(pia, "2026-12-25") == USUAL
    shown = await pia.line("availability holidays de-by")
    assert row_of(shown, words.HOLIDAYS) == "DE-BY, next on Friday 25 December"
    assert [await hours_on(pia, f"2026-12-{d}") for d in (24, 25)] == [USUAL, []]
    assert await hours_on(pia, "2027-01-06") == [], "Epiphany is one in Bavaria, and not in all of Germany"
    await pia.line("availability holidays DE")
    assert await hours_on(pia, "2027-01-06") == USUAL
    await pia.line("availability on 25 Dec 9-10")
    assert await hours_on(pia, "2026-12-25") == [9]
    await pia.line("availability holidays none")
    assert ((await profile(pia)).country, await hours_on(pia, "2027-01-01")) == ("", USUAL)


async def test_movable_events_are_booked_over_and_calendars_read_again(pia: Counter):
    """What the phrases do to a calendar's events is tested with feeds, Google and CalDAV themselves."""
    app, who = pia.stage.app, pia.who
    now = pia.stage.clock.now()
    whole = [(TODAY * DAY, (TODAY + 91) * DAY)]

    def read(tx: Tx, keys: Keyring, busy: Busy) -> None:
        keys.load(tx, who.tenant_id, who.person_id)
        row = accounts.new_row(who.tenant_id, "ca_1", who.person_id, "ics", b"", now)
        sealed = keys.seal(who.tenant_id, who.person_id, accounts.busy_json(busy))
        tx.put(CalendarAccount, row | {"state": "ok", "synced_at": now, "busy": sealed, "due_at": 10**15})
        profiles.stamp(tx, who.tenant_id, who.person_id)

    await app.store.commit(lambda tx: read(tx, app.keys, Busy("ok", whole, [])))
    assert await offered(pia) == []
    shown = await pia.line("availability movable focus time, lunch")
    assert row_of(shown, words.MOVABLE) == "focus time, lunch"
    assert (await profile(pia)).movable == ("focus time", "lunch")
    assert (await pia.stage.rows(CalendarAccount))[0]["due_at"] <= pia.stage.clock.now()
    await app.store.commit(lambda tx: read(tx, app.keys, Busy("ok", [], whole)))
    assert await hours_on(pia, "2026-12-01") == USUAL
    await pia.line("availability at most 2 a day")
    assert (await pia.stage.rows(CalendarAccount))[0]["due_at"] == 10**15, "limits change nothing of what was read"
    await pia.line("availability movable none")
    assert (await profile(pia)).movable == ()
    assert (await pia.stage.rows(CalendarAccount))[0]["due_at"] <= pia.stage.clock.now()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("movable", "availability movable focus time"),
        ("movable a, b", "at least 3 letters"),
        ("movable " + "x" * 301, "under 300"),
        ("holidays", "availability holidays GB"),
        ("holidays QQ", "DE-BY"),
        ("holidays DE-XX", "DE-XX"),
        ("holidays Germany", "GB, DE or US"),
        ("travel", "1-5 Dec Tokyo"),
        ("travel Tokyo", "no date in"),
        ("travel 1-5 Dec", "1-5 Dec Tokyo"),
        ("travel 1-5 Dec Nowhereville Zzz", "I know no time zone"),
        ("travel 1 Dec, 3 Dec Tokyo", "1-5 Dec Tokyo"),
        ("travel 5 Dec 2026 - 1 Dec 2026 Tokyo", "ends before it begins"),
        ("on", "24 Dec 9-12"),
        ("on 24 Dec", "24 Dec 9-12"),
        ("on 24 Dec whenever", "hours of one date"),
        ("on 24 Dec 9-12, Mon 9-10", "hours of one date"),
        ("on 24 Dec 17-16", "end"),
        ("on someday 9-12", "no date in"),
        ("on 1 Dec - 31 Jan 9-12", "At most 31 days"),
    ],
)
async def test_what_cannot_be_kept_is_said_with_an_example(pia: Counter, line: str, says: str):
    before = await profile(pia)
    said = await pia.line(f"availability {line}")
    assert said.card is not None
    assert said.card.tone == "kind_error"
    assert says in text_of(said)
    assert await profile(pia) == before


async def test_the_form_has_holidays_and_movable_events(pia: Counter):
    form = await pia.does(lambda s: Reply(pia.desk.form(s, pia.who.person_id, "cmd:hours")))
    assert form.card is not None
    values = {f.key: f.value for f in form.card.fields}
    await pia.submits("cmd:hours", **{**values, "holidays": "GB-SCT", "movable": "lunch"})
    found = await profile(pia)
    assert (found.country, found.part, found.movable) == ("GB", "SCT", ("lunch",))
    wrong = await pia.submits("cmd:hours", **{**values, "holidays": "Utopia", "movable": "x"})
    assert set(wrong.problems) == {"holidays", "movable"}
    assert await profile(pia) == found


async def test_whoever_learns_holds_nothing_alone_until_they_graduate(noor: Counter, pia: Counter):
    await noor.line("pool backend add Pia")
    pool = Session("s", "", 60, groups=(Group(1, "backend"),))
    assert await offered(pia, pool)
    for said, kind in (
        ("learns", "shadow"),
        ("leads watched", "reverse"),
        ("shadows", "shadow"),
        ("reverse", "reverse"),
    ):
        await noor.line(f"pool backend Pia {said}")
        assert (await profile(pia)).training == (("backend", kind),)
        assert await offered(pia, pool) == []
    assert row_of(await pia.line("availability"), words.LEARNING) == "backend: leads while somebody watches"
    assert "holds its interviews" in text_of(await noor.line("pool backend Pia graduated"))
    assert (await profile(pia)).training == ()
    assert await offered(pia, pool)


async def test_a_priority_is_said_in_words(noor: Counter, pia: Counter):
    await noor.line("pool backend add Pia")
    for said, kept in (("high", 3), ("LOW", 1), ("normal", None)):
        await noor.line(f"pool backend Pia priority {said}")
        assert (await profile(pia)).priority == kept
    await noor.line("pool backend Pia priority low")
    assert row_of(await noor.line("pool backend"), "Pia") == "0 held, 0 booked, priority low"
    assert "high, normal or low" in text_of(await noor.line("pool backend Pia priority 7"))


async def test_a_priority_decides_who_is_picked(stage: Stage, noor: Counter, pia: Counter):
    tim = Counter(stage, await stage.join("Tim", "panelist"))
    await noor.line("pool backend add Pia, Tim")
    app, tenant, both = stage.app, pia.who.tenant_id, (pia.who.person_id, tim.who.person_id)

    def picked(tx: Tx) -> set[str]:
        people, _ = Availability(app.keys).people(tx, tenant, both, now=stage.clock.now())
        who = choosing.candidacies(tx, tenant, people, both, (TODAY + 7) * DAY)
        openings = [choosing.Opening("s", 1, both)]
        return {one[1] for n in range(20) for one in choosing.pick(f"ap_{n}", openings, who, {}) or ()}

    assert await app.store.read(picked) == set(both), "between equals it falls differently each time"
    await noor.line("pool backend Tim priority high")
    assert await app.store.read(picked) == {tim.who.person_id}
    await noor.line("pool backend Tim priority low")
    assert await app.store.read(picked) == {pia.who.person_id}


async def test_movable_titles_are_nobody_elses_to_read(noor: Counter, pia: Counter):
    await pia.line("availability movable therapy")
    assert "therapy" in str((await pia.line("availability")).card)
    shown = await noor.line("availability Pia")
    assert row_of(shown, words.HOURS) == "Mon-Fri 09:00-17:00"
    assert "therapy" not in str(shown.card)


@pytest.mark.parametrize(
    ("text", "first", "count", "rest"),
    [
        ("1-5 Dec Asia/Tokyo", "2026-12-01", 5, "Asia/Tokyo"),
        ("New York 30 Nov until 2 Dec", "2026-11-30", 3, "New York"),
        ("24 Dec 2027 9-12", "2027-12-24", 1, "9-12"),
        ("24 Dec and 31 Dec off", "2026-12-24", 2, "off"),
        ("tomorrow: 9-12", "2026-11-24", 1, "9-12"),
        ("1 to 5 Dec in Tokyo", "2026-12-01", 5, "in Tokyo"),
    ],
)
def test_dates_beside_other_words(text: str, first: str, count: int, rest: str):
    days, said = read_dates_in(text, TODAY)
    assert (date_text(days[0]), len(days), said) == (first, count, rest)


def test_days_off_without_a_date():
    assert without((("2026-12-24", "2026-12-24"),), [day_of("2026-12-24")]) == ()
    assert without((("2026-12-24", "2026-12-26"),), [day_of("2026-12-26")]) == (("2026-12-24", "2026-12-25"),)
    assert without((("2026-12-24", "2026-12-26"),), [day_of("2026-12-27")]) == (("2026-12-24", "2026-12-26"),)
    assert read_day_hours("22-02+1") == (("22:00", "02:00+1"),)
    assert read_country(" us_ca ") == ("US", "CA")
    with pytest.raises(ConfigProblem):
        read_country("")
