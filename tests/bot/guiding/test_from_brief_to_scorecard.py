"""An interview that people hold: the brief, the guide with notes, the drafts, two ratings, the reveal."""

from bot.guiding.notes import notes_of
from bot.replay import SEALED, replay
from bot.store.rows import Conversation, Scorecard, Utterance
from tests.bot.guiding.conftest import END, START, Held, rows_of


async def test_the_whole_way(play: Held):
    await play.booked()
    priya, tom = (play.seat(n).who.person_id for n in ("Priya", "Tom"))
    assert (await play.flags())["focus"] == {priya: ["ownership"], tom: ["care"]}

    await play.go(START - 23 * 60)
    briefs = rows_of(await play.brief("Priya")), rows_of(await play.brief("Tom"))
    assert [b["You look at"] for b in briefs] == ["Ownership", "Care"]
    assert "Tom" in briefs[0]["Your colleagues look at"]
    assert "12:00" in briefs[0]["Where they are"]
    assert "Which part was yours?" in briefs[0]["Ask about Ownership"]

    await play.go(START)
    assert "Hello Ada" in (await play.newest("Priya", "Your guide"))["quotes"][0]["text"]
    await play.guides("Priya", 'The server stopped. "I restarted it myself"', "No trade-off yet")
    await play.guides("Tom", "Listened to the customer")
    await play.seat("Priya").taps("level")
    await play.seat("Priya").taps("4")
    await play.go(END)
    assert (await play.interview())["status"] == "submitted"
    assert (await play.flags())["panel"] == [priya, tom]
    assert "The interview with Ada is over" in await play.says("Priya")

    await play.press("rate", "Priya")
    assert await play.form("Priya") == {
        "ownership.level": "4",
        "ownership.why": 'The server stopped. "I restarted it myself"\nNo trade-off yet',
        "recommendation": "",
    }
    await play.rates("Priya")
    assert "1 of 2" in str(await play.seat("Priya").post("Ada"))
    await play.press("rate", "Tom")
    assert (await play.form("Tom"))["care.why"] == "Listened to the customer"
    await play.rates("Tom", "3", "no")
    assert (await play.interview())["status"] == "scored"
    scores = {s["title"]: s["levels"] for s in (await play.seat("Noor").post("Ada"))["card"]["scores"]}
    assert {t: dict(levels) for t, levels in scores.items()} == {"Ownership": {"Priya": 4}, "Care": {"Tom": 3}}


async def test_notes_are_their_authors_until_the_reveal(play: Held):
    await play.booked()
    await play.go(START)
    await play.guides("Priya", 'Said "it was my mistake" at once')
    await play.guides("Tom", "Calm")
    await play.go(END)

    async def read(name: str) -> list[str]:
        interview, who = await play.interview(), play.seat(name).who.person_id
        keys = play.stage.app.keys
        return [n.text for n in await play.stage.app.store.read(lambda tx: notes_of(tx, keys, interview, who))]

    assert await read("Priya") == ['Said "it was my mistake" at once']
    assert await read("Tom") == ["Calm"]
    assert await read("Noor") == []
    assert await read("Ada") == []
    for name in ("Noor", "Tom", "Ada"):
        export = await play.seat(name).exports((await play.interview())["id"])
        assert "my mistake" not in str(export)
        assert "my mistake" not in str(await play.seat(name).reviews((await play.interview())["id"]))
        assert "my mistake" not in str(await play.seat(name).messages(play.stage.channel_id) if name != "Ada" else "")
    for name in ("Priya", "Tom"):
        await play.press("rate", name)
        await play.rates(name)
    assert await read("Noor") == ['Said "it was my mistake" at once', "Calm"]
    page = await play.seat("Noor").reviews((await play.interview())["id"])
    assert page is not None
    assert [(n["who"], n["text"]) for n in page["notes"]] == [
        ("Priya", 'Said "it was my mistake" at once'),
        ("Tom", "Calm"),
    ]
    assert await read("Ada") == []


async def test_whoever_only_types_loses_nothing_either(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.seat("Priya").says("Knows the product well")
    await play.seat("Priya").says("Asked good questions")
    await play.go(END)
    await play.press("rate", "Priya")
    assert (await play.form("Priya"))["ownership.why"] == "Knows the product well\nAsked good questions"


async def test_a_note_is_a_note_even_where_its_words_are_an_order_elsewhere(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.seat("Priya").says("Wants to move to Berlin")
    assert "Noted" in await play.says("Priya")


async def test_a_restart_in_the_middle_loses_nothing(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.guides("Priya", "First")
    await play.stage.restart()
    await play.seat("Priya").says("Second")
    assert "2 here so far" in await play.says("Priya")
    await play.seat("Priya").taps("next")
    await play.stage.restart()
    await play.seat("Priya").says("Third")
    await play.go(END)
    await play.press("rate", "Priya")
    form = await play.form("Priya")
    assert (form["ownership.why"], form["care.why"]) == ("First\nSecond", "Third")
    said = await play.stage.rows(Utterance, person_id=play.seat("Priya").who.person_id)
    assert all(b"Second" not in u["body"] for u in said if u["body"]), "notes are sealed"


async def test_with_the_guide_open_nobody_is_asked_whether_the_candidate_is_there(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.seat("Priya").taps("next")
    await play.go(START + 4)
    assert "noshow" not in await play.open_talks("Priya")
    await play.go(START + 20)
    assert (await play.row())["state"] == "began"


async def test_finishing_after_the_end_goes_on_with_the_rating(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.guides("Priya", "Good")
    await play.go(END + 1)
    await play.seat("Priya").taps("next")
    await play.seat("Priya").taps("next")
    await play.seat("Priya").taps("finish")
    assert "review" in await play.open_talks("Priya")
    assert (await play.form("Priya"))["ownership.why"] == "Good"


async def test_it_did_not_take_place(play: Held):
    await play.booked()
    before = (await play.interview())["status"]
    await play.go(START)
    await play.seat("Priya").taps("next")
    await play.go(END)
    await play.ear.everybody()
    await play.press("rate", "Tom")
    await play.press("didnt", "Priya")
    assert (await play.interview())["status"] == before
    assert (await play.row())["state"] == "missed"
    assert await play.stage.rows(Scorecard) == []
    assert "didn't take place" in await play.ear.of("Noor")
    assert "nothing to rate" in await play.ear.of("Tom")
    assert await play.open_talks("Tom") == []
    assert "didn't take place" in (await play.seat("Noor").post("Ada"))["card"]["text"]
    await play.press("rate", "Tom")
    assert "review" not in await play.open_talks("Tom")


async def test_it_is_too_late_to_say_so_once_somebody_has_rated(play: Held):
    await play.booked()
    await play.go(START)
    await play.seat("Priya").taps("next")
    await play.go(END)
    await play.press("rate", "Tom")
    await play.rates("Tom")
    await play.press("didnt", "Priya")
    assert "has rated this interview already" in await play.says("Priya")
    assert (await play.interview())["status"] == "submitted"


async def test_where_nobody_said_a_word_they_are_asked_whether_it_took_place(play: Held):
    await play.booked()
    await play.go(END)
    assert (await play.row())["state"] == "missed"
    assert (await play.interview())["status"] == "consented", "nothing is assumed of what looked like a no-show"
    assert "Did it take place?" in await play.says("Tom")
    await play.press("rate", "Tom")
    assert (await play.interview())["status"] == "submitted"
    await play.rates("Tom")
    await play.press("rate", "Priya")
    await play.rates("Priya")
    assert (await play.interview())["status"] == "scored"


async def test_where_nobody_said_a_word_and_it_did_not(play: Held):
    await play.booked()
    await play.go(END)
    await play.ear.everybody()
    await play.press("didnt", "Tom")
    assert "nothing to rate" in await play.says("Tom")
    assert "Tom says that the interview with Ada" in await play.ear.of("Noor")
    assert (await play.interview())["status"] == "consented"
    await play.press("didnt", "Priya")
    assert "known already" in await play.says("Priya")
    assert await play.open_talks("Priya") == await play.open_talks("Tom") == []


async def test_a_candidate_who_is_missing_ends_the_guide_kindly(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.seat("Priya").says("Waiting for Ada")
    await play.go(START + 3)
    await play.press("not_here", "Priya")
    await play.go(START + 12)
    assert (await play.row())["state"] == "missed"
    assert "guide" not in await play.open_talks("Priya")
    assert "didn't take place" in await play.says("Priya")
    await play.go(END)
    assert (await play.interview())["status"] == "consented"
    assert await play.stage.rows(Scorecard, state="submitted") == []


async def test_moved_and_cancelled_end_the_guide_and_the_new_time_has_its_own(play: Held):
    await play.booked("Priya")
    await play.seat("Priya").orders("/interview brief Ada")
    await play.press("guide", "Priya")
    assert "guide" in await play.open_talks("Priya")
    await play.seat().says("reschedule")
    await play.books("Thu 26 Nov", "15:00")
    assert "guide" not in await play.open_talks("Priya")
    assert "has changed" in await play.ear.of("Priya")
    row = await play.row()
    await play.go(row["start_minute"])
    assert "guide" in await play.open_talks("Priya")


async def test_calling_it_off_ends_the_guide(play: Held):
    await play.booked("Priya")
    await play.seat("Priya").orders("/interview brief Ada")
    await play.press("guide", "Priya")
    await play.manages("cancel", f"not_needed.{(await play.row())['version']}")
    assert "guide" not in await play.open_talks("Priya")
    assert "called off" in await play.ear.of("Priya")


async def test_the_operators_replay_keeps_notes_and_marks_until_the_reveal(play: Held):
    await play.booked("Priya")
    await play.go(START)
    await play.guides("Priya", "Knows the product well")
    await play.seat("Priya").taps("level")
    await play.seat("Priya").taps("4")
    app = play.stage.app
    (talk,) = await play.stage.rows(Conversation, flow="guide")

    async def answers() -> list[str]:
        told = await app.store.read(lambda tx: replay(app, tx, talk["id"]))
        assert told is not None
        assert told.fits, told.verdict
        return [value for _, _, kind, _, value in told.rows if kind == "answer"]

    sealed = await answers()
    assert len(sealed) > 2
    assert set(sealed) == {SEALED}
    await play.go(END)
    await play.press("rate", "Priya")
    await play.rates("Priya")
    assert (await play.interview())["revealed_at"] is not None
    assert SEALED not in await answers()
