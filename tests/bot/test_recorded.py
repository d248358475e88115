"""A recorded interview through the whole application: from the order to the scorecard, and its deadline."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.deadlines import EXTENSION
from bot.mail import MORE
from bot.store.rows import Appointment, Conversation, FactRow, Interview, Post, Requisition, Timer
from bot.store.store import Tx, table
from flows.rating.card import MachineCard
from flows.words import desk_en, panel_en
from flows.words import recorded_en as words
from tests.bot.desk.conftest import Counter, text_of
from tests.bot.reception.guests import Guest, candidate, town
from tests.bot.stagehand import DAY, HOUR, MINUTE, START, Seat, Stage, acting
from tests.flows.rating.small_kit import GOOD, UPSET

PLAN: dict[str, Any] = {"start_ready": "go", "outage_keep": "1", "upset_keep": "1"}
FIRST_TRY = "Something broke once, and somebody repaired it in the end."
REMINDED, LATE = "A reminder: your interview", "was up on"


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with acting(tmp_path, database_url) as stage:
        await recorded(stage)
        yield stage


@pytest.fixture
async def quick(home: Path) -> AsyncIterator[Stage]:
    """The same on SQLite alone."""
    async with acting(home) as stage:
        await recorded(stage)
        yield stage


async def recorded(stage: Stage) -> None:
    """From now on the stage's requisition is answered in the candidate's own time."""

    def set_format(tx: Tx) -> None:
        tx.change(Requisition, {"id": stage.requisition_id}, {"settings": '{"format": "recorded"}'})

    await stage.app.store.commit(set_format)


async def begun(stage: Stage) -> Seat:
    """Ada at the first question, and then away for long enough that nobody takes her to be writing."""
    ada = await stage.invite()
    await ada.plays(until="outage", **PLAN)
    await stage.wait(3 * HOUR)
    return ada


async def notices(seat: Seat, start: str) -> list[dict[str, Any]]:
    shown = [m for m in await seat.messages() if m["from"] == "parley"]
    return [m for m in shown if start in m["card"].get("text", "")]


async def timers(stage: Stage, seat: Seat) -> dict[str, int]:
    """What is due for an interview itself, in milliseconds before its deadline."""
    interview = await stage.interview(seat)
    rows = await stage.rows(Timer, owner_id=interview["id"])
    return {t["about"]: interview["deadline_at"] - t["due_at"] for t in rows}


async def taps_more(seat: Seat, message: dict[str, Any]) -> None:
    await seat.taps(message["card"]["options"][0]["id"], MORE)


# -- the order, the interview, the scorecard ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "new Night porter kit customer-support as recorded",
        "new Night porter kit customer-support in Berlin as Recorded",
    ],
)
async def test_a_recruiter_chooses_the_format_with_the_requisition(quick: Stage, line: str):
    noor = Counter(quick, quick.seats["Noor"])
    assert "Night porter is open" in text_of(await noor.line(line))
    (made,) = await quick.rows(Requisition, title="Night porter")
    assert made["settings"] == '{"format":"recorded"}'
    assert made["role_site"] == ("DE" if "Berlin" in line else "GB")
    ada = await quick.invite()
    await ada.plays(until="start.ready")
    assert (await ada.must_wait()).key == "start.ready#1"
    assert [c["flow"] for c in await quick.rows(Conversation, "opened_at")] == ["invite", "recorded"]


async def test_the_form_offers_it_and_refuses_what_it_does_not_know(quick: Stage):
    noor = Counter(quick, quick.seats["Noor"])
    fields = {"title": "Night porter", "kit": "customer-support", "panel": "", "channel": quick.channel_id}
    assert (await noor.submits("cmd:new", **fields, format="sung")).problems == {"format": desk_en.UNKNOWN_FORMAT}
    assert text_of(await noor.line("new Night porter kit customer-support as sung")) == desk_en.UNKNOWN_FORMAT
    await noor.submits("cmd:new", **fields, format="recorded")
    await noor.submits("cmd:new", **{**fields, "title": "Day porter"}, format="")
    made = {r["title"]: r["settings"] for r in await quick.rows(Requisition)}
    assert (made["Night porter"], made["Day porter"]) == ('{"format":"recorded"}', "{}")


async def test_from_the_invitation_to_the_scorecard_with_restarts_in_between(stage: Stage):
    ada = await stage.invite()
    await ada.plays(until="outage", **PLAN)
    assert (await stage.interview(ada))["status"] == "in_progress"
    aside = await ada.says(FIRST_TRY)
    await stage.restart()
    ada = stage.seats["Ada Okoye"]
    await ada.taps("done")
    await ada.taps("again")
    draft = await ada.says("Last year our mail server stopped.")
    await stage.restart()
    ada = stage.seats["Ada Okoye"]
    await ada.edits(draft, GOOD)
    await ada.taps("done")
    await stage.wait(3 * HOUR)
    assert (await stage.interview(ada))["status"] == "paused"
    await stage.wait(2 * DAY)
    await ada.taps("2")
    assert (await stage.interview(ada))["status"] == "in_progress"
    await ada.plays(**PLAN)

    interview = await stage.interview(ada)
    assert interview["status"] == "submitted"
    noor, priya, tom = (stage.seats[n] for n in ("Noor", "Priya", "Tom"))
    machine = (await stage.cards(ada))["machine"]
    assert (machine["kind"], machine["state"]) == ("evidence-map", "submitted")
    assert {"label": "Scorecards", "value": "0 of 2 submitted"} in (await noor.post("Ada Okoye"))["card"]["rows"]
    await priya.rates("Ada Okoye")
    await tom.rates("Ada Okoye", vote="no")
    assert (await stage.interview(ada))["status"] == "scored"
    (post,) = await stage.rows(Post, kind="scorecard")
    assert post["about"] == interview["id"]

    # Only the take that was chosen is read, quoted and shown to those who rate; the other stays in the record.
    export = await noor.exports(interview["id"])
    assert export is not None
    assert [[u["text"] for u in a["utterances"]] for a in export["answers"]] == [[GOOD], [UPSET]]
    assert {u["text"]: u["step"] for u in export["utterances"]}[FIRST_TRY] == "outage"
    card = MachineCard.from_json(next(s["card"] for s in export["scorecards"] if s["rater"] == "machine"))
    quoted = {m.span.utterance_id for r in card.results for m in r.marks if m.span}
    assert draft in quoted
    assert aside not in quoted
    facts = {f["name"]: f["data"] for f in export["facts"]}
    assert facts["takes_set_aside"] == {"takes": [{"question": "outage", "utterances": [[aside]]}]}
    page = await priya.reviews(interview["id"])
    assert page is not None
    assert [i["text"] for i in page["items"] if i["kind"] == "answer"] == [GOOD, UPSET]
    assert FIRST_TRY not in str(page)

    (receipt,) = [m["card"] for m in await ada.messages() if m.get("card", {}).get("title") == words.RECEIPT]
    rows = {r["label"]: r["value"] for r in receipt["rows"]}
    assert rows["Receipt"] == facts["receipt_given"]["number"]
    assert rows["Received"] == "Wednesday 25 November, 12:00 (UTC)"
    sent = [f"{len(GOOD.split())} words, take 2 of 2", f"{len(UPSET.split())} words"]
    assert [v for k, v in rows.items() if k[0].isdigit()] == sent


async def test_a_move_to_another_requisition_takes_its_format_along(quick: Stage):
    noor = Counter(quick, quick.seats["Noor"])
    await noor.line("new Night porter kit customer-support")
    reply = await noor.line("invite Ada Okoye for Night porter")
    assert "Ada Okoye is invited" in text_of(reply)
    asked = await noor.line("move Ada Okoye to Customer support specialist")
    assert asked.card is not None
    await noor.presses(asked.token, asked.card.options[0].id)
    (interview,) = await quick.rows(Interview)
    assert interview["requisition_id"] == quick.requisition_id
    assert '"format":"recorded"' in interview["flags"]


# -- reminders ----------------------------------------------------------------------------------------------------


async def test_reminders_come_three_days_one_day_and_three_hours_before(quick: Stage):
    ada = await begun(quick)
    seen: list[int] = []
    for _ in range(3):
        due = (await timers(quick, ada))["remind"]
        await quick.wait((await quick.interview(ada))["deadline_at"] - due - quick.clock.now())
        seen.append(due)
        shown = await notices(ada, REMINDED)
        assert len(shown) == len(seen)
        assert "until Monday 30 November, 09:00 (UTC)" in shown[-1]["card"]["text"]
        assert [o["label"] for o in shown[-1]["card"]["options"]] == [words.EXTEND]
    assert seen == [3 * DAY, DAY, 3 * HOUR]
    assert await timers(quick, ada) == {"expire": 0}
    assert (await ada.must_wait()).key == "outage", "the question is still open"


@pytest.mark.parametrize(
    ("left", "first"),
    [
        (3 * DAY + MINUTE, 3 * DAY),
        (3 * DAY - MINUTE, DAY),
        (DAY + MINUTE, DAY),
        (DAY - MINUTE, 3 * HOUR),
        (3 * HOUR - MINUTE, None),
    ],
)
async def test_a_reminder_only_comes_where_more_time_than_that_was_left(quick: Stage, left: int, first: int | None):
    """The team pauses with so much time left, and lets it go on much later."""
    ada = await quick.invite()
    await quick.wait((await quick.interview(ada))["deadline_at"] - left - quick.clock.now() - 1000)
    noor = Counter(quick, quick.seats["Noor"])
    pause = await noor.line("pause Ada Okoye")
    assert pause.card is not None
    await noor.presses(pause.token, pause.card.options[0].id)
    assert await timers(quick, ada) == {}
    await quick.wait(10 * DAY)
    assert await notices(ada, LATE) == [], "whoever the team has paused is not late"
    await noor.line("resume Ada Okoye")
    assert await timers(quick, ada) == {"expire": 0, **({"remind": first} if first else {})}


@pytest.mark.parametrize("end", ["submit", "stop"])
async def test_nobody_is_reminded_after_sending_off_or_withdrawing(quick: Stage, end: str):
    ada = await begun(quick)
    if end == "submit":
        await ada.plays(**PLAN)
    else:
        await ada.says("stop")
        await ada.taps("stop")
    assert {"remind", "expire"} & set(await timers(quick, ada)) == set()
    await quick.wait(12 * DAY)
    assert await notices(ada, REMINDED) == await notices(ada, LATE) == []
    assert await notices(quick.seats["Noor"], "hasn't sent off") == []


async def test_a_reminder_that_was_on_its_way_looks_again(quick: Stage):
    """The timer is set as if it had fired in the very moment in which the answers were sent off."""
    ada = await begun(quick)
    await ada.plays(**PLAN)
    interview = await quick.interview(ada)
    for about in ("remind", "expire"):
        row = {"tenant_id": interview["tenant_id"], "owner_id": interview["id"], "about": about, "token": ""}
        late = {**row, "thread_id": quick.channel_id, "due_at": quick.clock.now()}
        await quick.app.store.commit(lambda tx, late=late: tx.put(Timer, late))
    await quick.wait(MINUTE)
    assert await notices(ada, REMINDED) == await notices(ada, LATE) == []
    assert (await quick.interview(ada))["status"] == "submitted"


async def test_whoever_is_writing_or_wants_no_hurry_is_not_reminded(quick: Stage):
    ada = await begun(quick)
    deadline = (await quick.interview(ada))["deadline_at"]
    await quick.wait(deadline - 3 * DAY - 10 * MINUTE - quick.clock.now())
    await ada.says("I am just writing this.")
    await quick.wait(11 * MINUTE)
    assert await notices(ada, REMINDED) == [], "she is at it"
    await ada.says("more time")
    await ada.taps("time")
    await quick.wait(2 * DAY + HOUR)
    assert await notices(ada, REMINDED) == []
    assert (await timers(quick, ada))["remind"] == 3 * HOUR


# -- more time ----------------------------------------------------------------------------------------------------


async def test_the_first_extension_is_one_tap_and_moves_everything(quick: Stage):
    ada = await begun(quick)
    await quick.wait(START + 4 * DAY + MINUTE - quick.clock.now())
    (reminder,) = await notices(ada, REMINDED)
    before = (await quick.interview(ada))["deadline_at"]
    await taps_more(ada, reminder)
    interview = await quick.interview(ada)
    assert interview["deadline_at"] == before + EXTENSION
    assert (await ada.texts())[-1] == "Of course. You now have until Wednesday 2 December, 09:00 (UTC)."
    assert await timers(quick, ada) == {"remind": 3 * DAY, "expire": 0}
    await ada.says("where am I?")
    shown = [m["card"] for m in await ada.messages() if "Open until" in str(m.get("card", {}).get("rows"))]
    assert {"label": "Open until", "value": "Wednesday 2 December, 09:00 (UTC)"} in shown[-1]["rows"]
    await taps_more(ada, reminder)  # the same button once more, as a second device still shows it
    assert (await ada.texts())[-1] == words.already("Wednesday 2 December, 09:00 (UTC)").text
    assert (await quick.interview(ada))["deadline_at"] == before + EXTENSION
    assert (await quick.facts(ada)).count("extended") == 1


async def test_days_and_times_are_told_in_the_zone_that_the_candidate_chose(quick: Stage):
    ada = await quick.invite()
    await quick.app.store.commit(lambda tx: appointment(quick, tx, "Asia/Kolkata"))
    await ada.plays(until="start.ready")
    (card,) = [m["card"] for m in await ada.messages() if "Shall we begin?" in m.get("card", {}).get("text", "")]
    assert {"label": "Open until", "value": "Monday 30 November, 14:30 (Kolkata, UTC+5:30)"} in card["rows"]
    await ada.plays(**PLAN)
    (receipt,) = [m["card"] for m in await ada.messages() if m.get("card", {}).get("title") == words.RECEIPT]
    assert "(Kolkata, UTC+5:30)" in str(receipt["rows"])


def appointment(stage: Stage, tx: Tx, zone: str) -> None:
    """Somebody had been asked for a time before."""
    (interview,) = tx.find(Interview, {})
    row = {c.name: "" for c in table(Appointment).columns} | dict.fromkeys(("version", "announced", "nags"), 0)
    row |= {"tenant_id": interview["tenant_id"], "id": "ap_1", "interview_id": interview["id"], "zone": zone}
    row |= {"candidate_id": interview["candidate_id"], "state": "missed", "kind": "people", "plan": "{}", "why": "{}"}
    row |= {"attendance": "{}", "sealed": b"", "start_minute": None, "end_minute": None}
    tx.insert(Appointment, {**row, "created_at": stage.clock.now(), "changed_at": stage.clock.now()})


async def test_more_days_in_the_conversation_are_answered_there(quick: Stage):
    ada = await quick.invite()
    await ada.plays(until="start.ready")
    before = (await quick.interview(ada))["deadline_at"]
    await ada.taps("more")
    assert (await quick.interview(ada))["deadline_at"] == before + EXTENSION
    assert "You now have until Wednesday 2 December" in (await ada.texts())[-2]
    assert (await ada.must_wait()).key == "start.ready#2"
    await ada.taps("more")
    assert (await quick.interview(ada))["deadline_at"] == before + EXTENSION
    assert words.TEAM_ASKED in (await ada.texts())[-2]
    assert len(await notices(quick.seats["Noor"], "asks for more time")) == 1
    await ada.taps("more")
    assert len(await notices(quick.seats["Noor"], "asks for more time")) == 1, "asked once"
    assert (await ada.must_wait()).key == "start.ready#4"


async def wants_more(stage: Stage) -> tuple[Seat, Counter, dict[str, Any]]:
    """Ada has asked twice; what Noor got."""
    ada = await stage.invite()
    await ada.plays(until="start.ready")
    await ada.taps("more")
    await ada.taps("more")
    noor = Counter(stage, stage.seats["Noor"])
    (card,) = await notices(stage.seats["Noor"], "asks for more time")
    assert [o["id"] for o in card["card"]["options"]] == ["give", "leave"]
    label = "Ada Okoye, Customer support specialist"
    assert (await noor.tasks())[label] == desk_en.TIME_DUE["more"]
    return ada, noor, card


async def test_a_recruiter_gives_a_further_extension(quick: Stage):
    ada, noor, card = await wants_more(quick)
    before = (await quick.interview(ada))["deadline_at"]
    assert "has until Friday 4 December" in text_of(await noor.presses(card["token"], "give"))
    assert (await quick.interview(ada))["deadline_at"] == before + EXTENSION
    assert (await ada.texts())[-1] == words.given("Friday 4 December, 09:00 (UTC)").text
    assert "Ada Okoye, Customer support specialist" not in await noor.tasks()
    assert text_of(await noor.presses(card["token"], "give")) == words.settled("Ada Okoye")
    assert (await quick.interview(ada))["deadline_at"] == before + EXTENSION


async def test_a_recruiter_leaves_it_as_it_is(quick: Stage):
    ada, noor, card = await wants_more(quick)
    before = (await quick.interview(ada))["deadline_at"]
    assert text_of(await noor.presses(card["token"], "leave")) == words.left("Ada Okoye")
    assert (await quick.interview(ada))["deadline_at"] == before
    assert "stays open until Wednesday 2 December" in (await ada.texts())[-1]


async def test_only_recruiters_decide_and_only_candidates_ask(quick: Stage):
    ada, noor, card = await wants_more(quick)
    tom = Counter(quick, quick.seats["Tom"])
    assert text_of(await tom.presses(card["token"], "give")) == desk_en.ONLY_RECRUITERS
    assert text_of(await noor.presses("do:extend:iv_nobody", "give")) == desk_en.NOT_FOUND
    interview = await quick.interview(ada)
    eve = await quick.invite("Eve Adams")
    stolen = f"{interview['id']}.{interview['deadline_at'] // MINUTE}"
    for option in (stolen, "iv_nobody.1", "", "%"):
        await eve.taps(option, MORE)
        assert (await eve.texts())[-1] == words.NOTHING_DUE
    assert (await quick.interview(ada)) == interview


# -- after the deadline ---------------------------------------------------------------------------------------------


async def late(stage: Stage) -> Seat:
    """The deadline has just passed."""
    ada = await begun(stage)
    await stage.wait((await stage.interview(ada))["deadline_at"] - stage.clock.now())
    return ada


async def test_the_candidate_is_told_kindly_once_and_then_the_recruiters_decide(quick: Stage):
    ada = await late(quick)
    (told,) = await notices(ada, LATE)
    assert [o["label"] for o in told["card"]["options"]] == [words.EXTEND]
    assert (await quick.interview(ada))["status"] == "paused", "nothing has run out"
    assert await notices(quick.seats["Noor"], "hasn't sent off") == []
    await quick.wait(DAY)
    (task,) = await notices(quick.seats["Noor"], "hasn't sent off")
    assert "They have come to question 1 of 2." in task["card"]["text"]
    assert task["token"].startswith("do:extend:")
    assert "Ada Okoye, Customer support specialist" in await Counter(quick, quick.seats["Noor"]).tasks()
    await quick.wait(30 * DAY)
    assert len(await notices(ada, LATE)) == len(await notices(quick.seats["Noor"], "hasn't sent off")) == 1
    await ada.plays(**PLAN)
    assert (await quick.interview(ada))["status"] == "submitted", "late, and welcome"


async def test_one_tap_after_the_deadline_gives_two_days_from_then(quick: Stage):
    ada = await late(quick)
    await quick.wait(5 * HOUR)
    (told,) = await notices(ada, LATE)
    await taps_more(ada, told)
    now = (await quick.interview(ada))["deadline_at"]
    assert 0 <= quick.clock.now() + EXTENSION - now < MINUTE
    assert await timers(quick, ada) == {"remind": DAY, "expire": 0}
    await quick.wait(2 * DAY)
    again = (await notices(ada, LATE))[-1]
    assert [o["label"] for o in again["card"]["options"]] == [words.ASK_TEAM]
    await taps_more(ada, again)
    assert (await ada.texts())[-1] == words.TEAM_ASKED
    assert len(await notices(quick.seats["Noor"], "asks for more time")) == 1


async def test_a_recruiter_closes_what_is_overdue(quick: Stage):
    ada = await late(quick)
    await quick.wait(DAY)
    noor = Counter(quick, quick.seats["Noor"])
    (task,) = await notices(quick.seats["Noor"], "hasn't sent off")
    assert text_of(await noor.presses(task["token"], "close")) == words.closed("Ada Okoye")
    assert (await quick.interview(ada))["status"] == "expired"
    assert (await ada.texts())[-1] == panel_en.expired_for_candidate("Customer support specialist").text
    assert await quick.rows(FactRow, name="expired")
    shown = [m["card"].get("text") for m in await quick.seats["Tom"].messages(quick.channel_id) if "card" in m]
    assert panel_en.notice("expired", "Ada Okoye").text in shown
    assert {"remind", "expire"} & set(await timers(quick, ada)) == set()
    assert await noor.tasks() == {}
    await taps_more(ada, (await notices(ada, LATE))[-1])
    assert (await ada.texts())[-1] == words.TEAM_ASKED, "closed is nothing that is given away at once"
    (asked,) = await notices(quick.seats["Noor"], "asks for more time")
    assert "has until" in text_of(await noor.presses(asked["token"], "give"))
    await ada.plays(**PLAN)
    assert (await quick.interview(ada))["status"] == "submitted"


async def test_whoever_is_writing_at_the_deadline_is_left_in_peace(quick: Stage):
    ada = await begun(quick)
    await quick.wait((await quick.interview(ada))["deadline_at"] - quick.clock.now() - 5 * MINUTE)
    await ada.says("I am nearly done.")
    await quick.wait(6 * MINUTE)
    assert await notices(ada, LATE) == []
    await quick.wait(HOUR)
    assert len(await notices(ada, LATE)) == 1, "an hour later she had stopped"


async def test_more_days_while_the_team_pauses_start_no_clock(quick: Stage):
    ada = await begun(quick)
    await quick.wait(START + 4 * DAY + MINUTE - quick.clock.now())
    (reminder,) = await notices(ada, REMINDED)
    noor = Counter(quick, quick.seats["Noor"])
    pause = await noor.line("pause Ada Okoye")
    assert pause.card is not None
    await noor.presses(pause.token, pause.card.options[0].id)
    await taps_more(ada, reminder)
    assert (await ada.texts())[-1] == words.ON_HOLD
    assert await timers(quick, ada) == {}


async def test_who_has_not_begun_is_told_that_they_can(quick: Stage):
    ada = await quick.invite()
    await ada.plays(until="consent")
    await quick.wait((await quick.interview(ada))["deadline_at"] - 3 * DAY - quick.clock.now())
    assert "Begin whenever it suits you." in (await notices(ada, REMINDED))[0]["card"]["text"]
    await quick.wait(3 * DAY)
    assert "you can still begin" in (await notices(ada, LATE))[0]["card"]["text"]
    await quick.wait(DAY)
    assert len(await notices(quick.seats["Noor"], "They haven't begun.")) == 1


async def test_an_invitation_that_nobody_opened_runs_out_as_ever(quick: Stage):
    await quick.seats["Noor"].orders("/interview invite Ada Okoye")
    await quick.wait(8 * DAY)
    (interview,) = await quick.rows(Interview)
    assert interview["status"] == "expired"
    assert await notices(quick.seats["Noor"], "hasn't sent off") == []


# -- on a platform --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["telegram", "slack"])
async def test_on_a_platform_the_button_works_and_words_still_belong_to_the_question(home: Path, platform: str):
    async with town(home) as stage:
        await recorded(stage)
        ada: Guest = await candidate(stage, platform, "1")
        await ada.plays("outage", start_ready="go")
        await stage.wait(START + 4 * DAY + MINUTE - stage.clock.now())
        notice = ada.bubbles[-1]
        assert notice.text.startswith(REMINDED)
        await ada.says("The disk was full.")
        assert not ada.texts[-1].startswith("I had moved on"), "a notice is no question"
        await ada.taps(notice.card["options"][0]["id"], MORE)
        assert ada.texts[-1].startswith("Of course. You now have until")
        assert notice.chosen == notice.card["options"][0]["id"]
        (interview,) = await stage.rows(Interview)
        assert interview["deadline_at"] == START + 9 * DAY + 1000
