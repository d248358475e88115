"""What recruiters do about one candidate: asked once, looked at again, told kindly, done once."""

import pytest

from bot import people
from bot.store.rows import Conversation, Interview, Post, Requisition, Timer
from flows.words import desk_en as words
from flows.words import panel_en
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.stagehand import DAY, HOUR, Seat, Stage

SAME_NAME = "Ada Okoye"


async def sure(noor: Counter, line: str) -> tuple[str, str]:
    """Give an order that is asked about; (token, the option that says yes)."""
    reply = await noor.line(line)
    yes, no = options_of(reply)
    assert yes.startswith("yes")
    assert no == "no"
    return reply.token, yes


async def timers(stage: Stage, seat: Seat) -> set[str]:
    interview = await stage.interview(seat)
    mine = {c["id"] for c in await stage.rows(Conversation, interview_id=interview["id"])} | {interview["id"]}
    return {t["about"] for t in await stage.rows(Timer) if t["owner_id"] in mine}


async def notices(stage: Stage) -> list[str]:
    return [t for t in await stage.seats["Tom"].texts(stage.channel_id) if t]


@pytest.mark.parametrize("until", ["consent", "outage", "pause"])
async def test_withdrawing_ends_everything_kindly(stage: Stage, noor: Counter, until: str):
    ada = await stage.invite()
    await ada.plays(until="outage" if until == "pause" else until)
    if until == "pause":
        await ada.says("pause")
    token, yes = await sure(noor, "withdraw ada")
    assert text_of(await noor.presses(token, "no")) == words.NOTHING_CHANGED
    assert text_of(await noor.presses(token, yes)) == words.called_off("Ada Okoye").text
    assert (await stage.interview(ada))["status"] == "withdrawn"
    assert await ada.waiting() is None
    assert (await ada.texts())[-1].startswith("Hello Ada Okoye. The team has closed your interview")
    assert await timers(stage, ada) == set()
    assert panel_en.called_off("Ada Okoye") in await notices(stage)
    told = len(await ada.texts())
    again = await noor.presses(token, yes)
    assert "closed already" in text_of(again)
    await stage.wait(8 * DAY)
    assert len(await ada.texts()) == told, "and nobody hears of it again"


async def test_withdrawing_after_the_answers_are_in_stops_the_rating(stage: Stage, noor: Counter):
    ada = await stage.finished()
    await stage.seats["Priya"].taps_post("rate", "Ada Okoye")
    token, yes = await sure(noor, "withdraw ada")
    await noor.presses(token, yes)
    assert panel_en.called_off("Ada Okoye") in (await stage.seats["Tom"].post("Ada Okoye"))["card"]["text"]
    assert await stage.seats["Priya"].waiting() is None
    assert "isn't needed any more" in (await stage.seats["Priya"].texts())[-1]
    assert (await ada.texts())[-1].startswith("Hello Ada Okoye")


async def test_an_answer_that_comes_after_a_change_is_asked_again(stage: Stage, noor: Counter):
    ada = await stage.invite()
    await ada.plays(until="outage")
    token, yes = await sure(noor, "withdraw ada")
    await ada.plays()
    asked = await noor.presses(token, yes)
    assert text_of(asked).startswith(words.CHANGED_MEANWHILE)
    assert (await stage.interview(ada))["status"] == "submitted"
    await noor.presses(asked.token, options_of(asked)[0])
    assert (await stage.interview(ada))["status"] == "withdrawn"


async def test_a_revealed_interview_is_decided_and_not_called_off(stage: Stage, noor: Counter):
    await stage.finished()
    token, yes = await sure(noor, "withdraw ada")
    await stage.seats["Priya"].rates("Ada Okoye")
    await noor.line("reveal ada because Tom is ill this week")
    for _ in range(2):
        assert "are open already" in text_of(await noor.presses(token, yes))
    assert "are open already" in text_of(await noor.line("withdraw ada"))


async def test_pausing_stops_the_clock_and_resuming_gives_the_time_back(stage: Stage, noor: Counter):
    ada = await stage.invite()
    await ada.plays(until="outage")
    before = await stage.interview(ada)
    token, yes = await sure(noor, "pause ada")
    assert "is paused. Let it go on" in text_of(await noor.presses(token, yes))
    assert "paused already" in text_of(await noor.presses(token, yes))
    assert "paused already" in text_of(await noor.line("pause ada"))
    assert (await stage.interview(ada))["status"] == "paused"
    assert await timers(stage, ada) == set()
    assert any("The team has paused your interview" in t for t in await ada.texts())
    assert "paused by the team" in str((await noor.line("status")).card)
    told = len(await ada.texts())
    await stage.wait(30 * DAY)
    assert len(await ada.texts()) == told
    assert "goes on" in text_of(await noor.line("resume ada"))
    now = await stage.interview(ada)
    assert now["status"] == "in_progress"
    assert now["deadline_at"] >= before["deadline_at"] + 30 * DAY
    assert {"remind", "expire"} <= await timers(stage, ada)
    assert "isn't paused" in text_of(await noor.line("resume ada"))
    await ada.plays()
    assert (await stage.interview(ada))["status"] == "submitted"


async def test_a_candidate_who_goes_on_by_themselves_gets_their_time_back_too(stage: Stage, noor: Counter):
    ada = await stage.invite()
    await ada.plays(until="consent")
    token, yes = await sure(noor, "pause ada")
    await noor.presses(token, yes)
    await stage.wait(20 * DAY)
    await ada.says("continue")
    assert (await stage.interview(ada))["deadline_at"] > stage.clock.now()
    assert "expire" in await timers(stage, ada)
    assert "isn't paused" in text_of(await noor.line("resume ada"))
    await ada.plays()
    assert (await stage.interview(ada))["status"] == "submitted"


async def test_there_is_nothing_to_pause_once_the_answers_are_in(stage: Stage, noor: Counter):
    await stage.finished()
    assert "nothing to pause" in text_of(await noor.line("pause ada"))
    assert "nothing to remind" in text_of(
        await noor.presses(f"do:card:{(await stage.rows(Interview))[0]['id']}", "remind")
    )


async def test_moving_before_the_beginning_starts_anew_for_the_other_role(stage: Stage, noor: Counter):
    ada = await stage.invite()
    await ada.plays(until="consent")
    await noor.line("new Shop assistant kit retail-shift")
    token, yes = await sure(noor, "move ada to shop")
    shop = next(r for r in await stage.rows(Requisition) if r["title"] == "Shop assistant")
    assert text_of(await noor.presses(token, yes)) == "Ada Okoye is in Shop assistant now."
    assert "in Shop assistant already" in text_of(await noor.presses(token, yes))
    assert (await stage.interview(ada))["requisition_id"] == shop["id"]
    shown = await ada.texts()
    assert any("another role" in t and "Shop assistant" in t for t in shown)
    assert "Shop assistant" in shown[-2] + shown[-1]
    assert (await ada.must_wait()).key == "residence"
    assert "moved here" in " ".join(await notices(stage))
    keys = await ada.plays(half_way="go")
    assert "outage" not in keys, "and the interview is that of the other kit"
    assert (await stage.interview(ada))["status"] == "submitted"
    assert "sent off already" in text_of(await noor.line("move ada to customer"))


async def test_in_the_middle_the_questions_stay(stage: Stage, noor: Counter):
    ada = await stage.invite()
    await ada.plays(until="outage")
    await noor.line("new Shop assistant kit retail-shift")
    assert "other questions" in text_of(await noor.line("move ada to shop"))
    (ours,) = [r for r in await stage.rows(Requisition) if r["id"] == stage.requisition_id]
    twin = {**ours, "id": "rq_the_same_kit", "title": "Night shift"}
    await stage.app.store.commit(lambda tx: tx.insert(Requisition, twin))
    token, yes = await sure(noor, "move ada to night")
    await noor.presses(token, yes)
    moved = await stage.interview(ada)
    assert (moved["requisition_id"], moved["status"]) == (twin["id"], "in_progress")
    assert any("counts for the role Night shift" in t for t in await ada.texts())
    await ada.plays()
    assert (await stage.interview(ada))["status"] == "submitted"


async def test_where_to_is_asked_when_it_is_not_said(stage: Stage, noor: Counter):
    await noor.line("invite Ada Okoye")
    assert text_of(await noor.line("move Ada")) == words.NOWHERE
    await noor.line("new Shop assistant kit retail-shift")
    where = await noor.line("move Ada")
    asked = await noor.presses(where.token, options_of(where)[0])
    assert "to Shop assistant" in text_of(asked)
    assert text_of(await noor.line("move")) == words.HOW_MOVE
    assert "fits no open" in text_of(await noor.line("move Nobody to shop"))
    assert text_of(await noor.presses(where.token, "rq_nowhere")) == words.NOT_FOUND


async def test_reminders_are_kind_and_rare(stage: Stage, noor: Counter):
    ada = await stage.invite()
    card = f"do:card:{(await stage.interview(ada))['id']}"
    await ada.plays(until="outage")
    assert "friendly reminder" in text_of(await noor.presses(card, "remind"))
    assert "A reminder" in (await ada.texts())[-1]
    told = len(await ada.texts())
    assert "Let's leave them some time" in text_of(await noor.presses(card, "remind"))
    assert len(await ada.texts()) == told
    await stage.wait(25 * HOUR)
    await ada.says("more time")
    await ada.taps("time")
    assert "no hurry" in text_of(await noor.presses(card, "remind"))


async def test_two_people_of_one_name_can_be_told_apart(stage: Stage, noor: Counter):
    await noor.line(f"invite {SAME_NAME}")
    asked = await noor.line(f"invite {SAME_NAME}")
    assert "has an open invitation" in text_of(asked)
    assert options_of(asked) == ["link", "another", "no"]
    assert len(await stage.rows(Interview)) == 1
    assert "is invited" in text_of(await noor.presses(asked.token, "another"))
    assert text_of(await noor.presses(asked.token, "another")) == words.TOO_LATE, "pressed twice, it invites once"
    first, second = await stage.rows(Interview, "created_at,id")
    which = await noor.line(f"withdraw {SAME_NAME}")
    assert options_of(which) == [first["id"], second["id"]]
    chosen = await noor.presses(which.token, second["id"])
    await noor.presses(chosen.token, options_of(chosen)[0])
    assert [r["status"] == "withdrawn" for r in await stage.rows(Interview, "created_at,id")] == [False, True]
    link = await noor.line(f"invite {SAME_NAME}")
    assert "Here is a new link" in text_of(await noor.presses(link.token, "link"))


async def test_the_board_leads_to_the_card_and_the_card_to_the_deed(stage: Stage, noor: Counter):
    ada = await stage.invite()
    await ada.plays(until="outage")
    stage.clock.forward(3 * DAY)
    await noor.line("invite Lin Chen")
    board = await noor.line("board")
    assert board.card is not None
    rows = [(r.label, r.value) for r in board.card.rows]
    assert ("Being interviewed", "1") in rows
    assert ("Invited", "1") in rows
    assert [label for label, _ in rows[2:]] == ["Ada Okoye", "Lin Chen"], "who has waited longest comes first"
    assert "for 3 days" in rows[2][1]
    card = await noor.presses(board.token, options_of(board)[0])
    assert options_of(card) == ["link", "remind", "pause", "times", "move", "withdraw"]
    asked = await noor.presses(card.token, "pause")
    await noor.presses(asked.token, options_of(asked)[0])
    card = await noor.presses(board.token, options_of(board)[0])
    assert options_of(card) == ["link", "resume", "times", "move", "withdraw"]
    assert "no requisition called" in text_of(await noor.line("board Nowhere"))


async def test_buttons_of_the_desk_work_in_the_chat_on_the_web(stage: Stage):
    seat = stage.seats["Noor"]
    await stage.invite()
    card = await seat.orders("/interview withdraw ada")
    token = (await seat.messages())[-1]["token"]
    await seat.taps(card["options"][0]["id"], token)
    assert "is called off" in (await seat.texts())[-1]
    settled = next(m for m in await seat.messages() if m.get("token") == token)
    assert settled["state"] != "live"


@pytest.mark.parametrize(
    ("token", "option"),
    [("do:", "x"), ("do:nothing:iv_1", "x"), ("do:mv:iv_1", "yes"), ("do:card", "link"), ("cmd:new", "x"), ("", "")],
)
async def test_a_button_that_is_none_is_answered_kindly(noor: Counter, token: str, option: str):
    assert text_of(await noor.presses(token, option)) == words.TOO_LATE


async def test_a_channel_is_changed_only_when_it_is_confirmed(stage: Stage, noor: Counter):
    app = stage.app
    new = await app.store.commit(
        lambda tx: people.add_thread(tx, app.ids, app.tenant_id, "channel", "", app.tenant_id, "#support-hiring")
    )
    await stage.finished()
    assert text_of(await noor.line("channel Customer")) == words.CHANNEL_HERE
    assert text_of(await noor.line("channel Customer", noor.who.thread_id)) == words.CHANNEL_HERE
    asked = await noor.line("channel", new)
    assert "#support-hiring" in text_of(asked)
    assert len(f"{asked.token}:yes".encode()) <= 64
    await noor.presses(asked.token, "no")
    assert (await stage.rows(Requisition))[0]["channel_id"] == stage.channel_id
    await noor.presses(asked.token, "yes")
    assert (await stage.rows(Requisition))[0]["channel_id"] == new
    await stage.seats["Priya"].rates("Ada Okoye")
    assert "1 of 2" in str(await stage.seats["Tom"].post("Ada Okoye")), "a post that stands goes on where it stands"
    assert {p["thread_id"] for p in await stage.rows(Post, kind="scorecard")} == {stage.channel_id}
