"""Interview days and several appointments: rated once, after the last part, by everybody who held one."""

from tests.bot.guiding.conftest import Held, rows_of


async def test_a_day_is_rated_after_its_last_part_by_everybody_in_it(play: Held):
    await play.orders("loop\nOwnership talk, 45 min, Priya\nCare talk, 30 min, Tom\n")
    await play.until("time")
    await play.picks("Wed 25 Nov")
    await play.until("confirm")
    await play.seat().taps("book")
    row = await play.row()
    assert (row["state"], row["kind"]) == ("booked", "loop")
    middle = row["start_minute"] + 46
    await play.go(row["start_minute"])
    assert "guide" in await play.open_talks("Priya")
    assert "guide" not in await play.open_talks("Tom"), "Tom's part begins later"
    await play.guides("Priya", "Owns it")
    await play.go(middle)
    assert (await play.interview())["status"] == "consented"
    assert (await play.interview())["submitted_at"] is None
    await play.go(row["end_minute"] - 10)
    assert "guide" in await play.open_talks("Tom")
    await play.guides("Tom", "Cares")
    await play.go(row["end_minute"])
    assert (await play.interview())["status"] == "submitted"
    for name, key, note in (("Priya", "ownership", "Owns it"), ("Tom", "care", "Cares")):
        await play.press("rate", name)
        assert (await play.form(name))[f"{key}.why"] == note
        await play.rates(name)
    assert (await play.interview())["status"] == "scored"


async def test_two_appointments_are_rated_together_after_the_second(play: Held):
    first = await play.booked("Priya")
    await play.seat("Priya").orders("/interview brief Ada")
    await play.orders("for 30 min with Tom")
    await play.books("Thu 26 Nov", "12:00")
    second = await play.row()
    assert rows_of(await play.seat("Tom").orders("/interview brief Ada"))["You look at"] == "Care"
    await play.go(first["start_minute"])
    await play.guides("Priya", "On the first day")
    await play.go(first["end_minute"])
    assert (await play.interview())["status"] == "consented"
    await play.go(second["start_minute"])
    await play.guides("Tom", "On the second")
    await play.go(second["end_minute"])
    assert (await play.interview())["status"] == "submitted"
    for name in ("Priya", "Tom"):
        await play.press("rate", name)
        assert "On the" in str(await play.form(name))
        await play.rates(name)
    assert (await play.interview())["status"] == "scored"


async def test_where_one_of_two_did_not_take_place_the_other_is_rated(play: Held):
    first = await play.booked("Priya")
    await play.orders("for 30 min with Tom")
    await play.books("Thu 26 Nov", "12:00")
    second = await play.row()
    for name, row in (("Priya", first), ("Tom", second)):
        await play.go(row["start_minute"])
        await play.guides(name, "Something")
        await play.go(row["end_minute"])
    await play.press("didnt", "Priya")
    assert (await play.flags())["panel"] == [play.seat("Tom").who.person_id]
    await play.press("rate", "Tom")
    assert set(await play.form("Tom")) == {
        "ownership.level",
        "ownership.why",
        "care.level",
        "care.why",
        "recommendation",
    }
    await play.rates("Tom")
    assert (await play.interview())["status"] == "scored"
