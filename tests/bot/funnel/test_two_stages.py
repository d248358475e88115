"""A candidate's way through two stages and to a decision, played on the whole application."""

from bot.mail import RATE
from bot.store.rows import Appointment, Consent
from flows.words import decision_en, onward_en
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.desk.test_schedule_whole import chooses
from tests.bot.funnel.conftest import decisions, interviews, rated
from tests.bot.stagehand import MINUTE, Seat, Stage


async def sure(noor: Counter, line: str, option: str = "yes") -> str:
    """Decide in a line and confirm; what is said then."""
    asked = await noor.line(line)
    assert option in options_of(asked), text_of(asked)
    return text_of(await noor.presses(asked.token, option))


async def test_from_a_recorded_screen_over_a_panel_to_an_offer(stage: Stage, noor: Counter):
    assert "stages now" in text_of(await noor.line("stages Support: recorded screen, panel 45 min with Priya and Tom"))
    ada = await rated(stage)
    (screen,) = await interviews(stage, ada)
    said = await sure(noor, "decide ada: advance because she names what she did herself")
    assert said.startswith("Decided: Ada Okoye goes on. Next: Panel.")
    screen, panel = await interviews(stage, ada)
    (first,) = await decisions(stage, screen["id"])
    assert (screen["status"], panel["status"]) == ("decided", "consented")
    assert (first["outcome"], first["decided_by"]) == ("advance", stage.seats["Noor"].who.person_id)
    assert first["next_interview_id"] == panel["id"]
    assert b"names what she did" not in first["sealed"]
    texts = await ada.texts()
    assert any("would like to meet you" in t for t in texts)
    (wanted,) = await stage.rows(Appointment, interview_id=panel["id"])
    assert wanted["state"] == "open"
    old, new = [await stage.rows(Consent, "at,id", interview_id=i["id"]) for i in (screen, panel)]
    assert {(r["kind"], r["answer"], r["at"]) for r in new} <= {(r["kind"], r["answer"], r["at"]) for r in old}
    assert {r["kind"] for r in new} >= {"interview", "scoring", "recording"}
    await _met(stage, ada)
    screen, panel = await interviews(stage, ada)
    assert panel["status"] == "submitted"
    assert any(t.startswith("You'll hear about") for t in await ada.texts())
    for rater in ("Priya", "Tom"):
        await _rates(stage, rater, panel["id"])
    assert (await interviews(stage, ada))[1]["status"] == "scored"
    said = await sure(noor, "decide ada: offer because both of them want her", "now")
    assert "gets an offer" in said
    await stage.wait(1)
    assert any("would like to offer you the role" in t for t in await ada.texts())
    assert [d["outcome"] for i in (screen, panel) for d in await decisions(stage, i["id"])] == ["advance", "offer"]


async def _met(stage: Stage, ada: Seat) -> None:
    """She chooses the first time there is, and the meeting takes place."""
    await stage.wait(11 * MINUTE)
    await chooses(ada, "London")
    (row,) = await stage.rows(Appointment)
    assert row["state"] == "booked"
    for _ in range(40):
        (row,) = await stage.rows(Appointment)
        if row["state"] == "over":
            return
        await stage.next_timer()
        for seat in (ada, stage.seats["Priya"], stage.seats["Tom"]):
            waiting = await seat.waiting()
            if waiting is not None and waiting.key in ("coming", "there"):
                await seat.says("We are all here")
    raise AssertionError("it is never over")


async def _rates(stage: Stage, rater: str, interview_id: str) -> None:
    seat = stage.seats[rater]
    await seat.taps(interview_id, RATE)
    await seat.fills()
    await seat.taps("submit")


async def test_a_live_stage_begins_in_the_same_chat_without_asking_again(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    ada = await rated(stage)
    asked = len(await ada.messages())
    await sure(noor, "decide ada: advance because strong evidence")
    texts = [m["card"].get("text", "") for m in (await ada.messages())[asked:] if m["from"] == "parley"]
    assert "automated interviewer" in texts[0]
    assert texts[1].startswith("Hello Ada Okoye, good news")
    assert not any("Which country" in t or "First of three" in t for t in texts)
    await ada.says("any news?")
    await ada.says("tomorrow")
    assert "Take your time" in (await ada.texts())[-1]
    await ada.says("Hi, I'm here")
    await ada.plays()
    screen, live = await interviews(stage, ada)
    assert (screen["status"], live["status"]) == ("decided", "submitted")
    assert text_of(await noor.line("decide ada: offer because she is ready")) == decision_en.WENT_ON, (
        "the next stage is sealed"
    )


async def test_what_was_agreed_to_can_be_changed_before_the_next_stage(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    ada = await rated(stage)
    await sure(noor, "decide ada: advance because strong evidence")
    await ada.taps("change")
    assert onward_en.CHANGED in await ada.texts()
    await ada.plays(consent_scoring="no")
    _, live = await interviews(stage, ada)
    assert live["status"] == "submitted"
    kept = [r for r in await stage.rows(Consent, "at,id", interview_id=live["id"]) if r["kind"] == "scoring"]
    assert [r["answer"] for r in kept] == ["yes", "no"]


async def test_somebody_who_stops_at_the_next_stage_has_withdrawn(stage: Stage, noor: Counter):
    await noor.line("stages Support: recorded screen, live interview")
    ada = await rated(stage)
    await sure(noor, "decide ada: advance because strong evidence")
    await ada.says("stop")
    await ada.taps("stop")
    screen, live = await interviews(stage, ada)
    assert (screen["status"], live["status"]) == ("decided", "withdrawn")


async def test_the_last_stage_has_nothing_to_go_on_to(stage: Stage, noor: Counter):
    await rated(stage)
    assert text_of(await noor.line("decide ada: advance because good")) == decision_en.LAST_STAGE
    form = await noor.line("decide ada", forms=True)
    assert form.card is not None
    assert [o.id for o in form.card.fields[0].options] == ["offer", "hold", "reject"]
