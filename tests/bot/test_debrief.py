"""A debrief: opened where raters are two levels apart, nowhere else and never before the reveal; and how it closes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.web.parse import SubmittedIn, TappedIn
from bot.facts import EFFECTS
from bot.scene import After, Scene
from bot.scorecards import comments
from bot.store.rows import Conversation, FactRow, Post, Thread, Utterance
from bot.store.store import Tx
from bot.threads import load_conversation
from flows.words import debrief_en as words
from tests.bot.stagehand import Seat, Stage, acting, settle

NAME = "Ada Okoye"
OWNERSHIP = {"ownership": ("5", "priyas-reason-7q"), "care": ("3", "Listens.")}
OF_TOM = {"ownership": ("2", "toms-reason-9z"), "care": ("4", "Listens well.")}


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


async def fills(seat: Seat, ratings: dict[str, tuple[str, str]], vote: str = "yes") -> None:
    fields = {f"{k}.level": level for k, (level, _) in ratings.items()}
    fields |= {f"{k}.why": why for k, (_, why) in ratings.items()}
    assert not await seat.submits(**fields, recommendation=vote)
    await seat.taps("submit")


async def rates(seat: Seat, ratings: dict[str, tuple[str, str]]) -> None:
    await seat.taps_post("rate", NAME)
    await fills(seat, ratings)


async def apart(stage: Stage) -> Seat:
    """A candidate on whom two raters are three levels apart in one competency, and one in the other."""
    ada = await stage.finished()
    await rates(stage.seats["Priya"], OWNERSHIP)
    await rates(stage.seats["Tom"], OF_TOM)
    return ada


async def debriefs(stage: Stage) -> list[dict[str, Any]]:
    shown = await stage.seats["Noor"].messages(stage.channel_id)
    return [m for m in shown if m.get("card", {}).get("title", "").startswith("Debrief:")]


async def presses(stage: Stage, who: str, option: str, text: str = "") -> dict[str, Any]:
    """Press a button of the one debrief; the last message in one's own chat."""
    (post,) = await debriefs(stage)
    event = TappedIn(id=stage.event_id(), kind="tapped", token=post["token"], option=option)
    seat = stage.seats[who]
    await seat._does(event, stage.channel_id, "channel")  # pyright: ignore[reportPrivateUsage]
    return (await seat.messages())[-1]


async def test_one_opens_where_they_are_apart_and_shows_each_side_with_its_reason(stage: Stage):
    ada = await apart(stage)
    (post,) = await debriefs(stage)
    card = post["card"]
    assert card["title"] == f"Debrief: Ownership, 2 to 5 ({NAME})"
    assert "Different evidence, or a different bar?" in card["text"]
    assert [(r["label"], r["value"]) for r in card["rows"]] == [
        ("Priya", "5. priyas-reason-7q"),
        ("Tom", "2. toms-reason-9z"),
    ]
    assert [o["id"] for o in card["options"]] == ["evidence", "bar", "agreed", "amend", "close"]
    export = await stage.seats["Noor"].exports((await stage.interview(ada))["id"])
    said = [u["text"] for a in (export or {})["answers"] for u in a["utterances"]]
    assert card["quotes"]
    assert all(any(q["text"] in text for text in said) for q in card["quotes"])  # what the software found there
    assert [orjson.loads(f["data"]) for f in await stage.rows(FactRow, name="debrief_opened")] == [
        {"competency": "ownership"}
    ]


async def test_nothing_before_the_reveal(stage: Stage):
    await stage.finished()
    await rates(stage.seats["Priya"], OWNERSHIP)
    assert await stage.rows(Post, kind="debrief") == []
    assert await debriefs(stage) == []
    assert "debrief" not in str(await stage.rows(FactRow))


async def test_none_where_there_is_one_rater_or_they_are_close(stage: Stage):
    await stage.finished()
    await rates(stage.seats["Priya"], OWNERSHIP)
    await stage.seats["Noor"].orders(f"/interview reveal {NAME} because Tom is ill this week")
    assert await debriefs(stage) == []


async def test_the_machine_is_no_rater(stage: Stage):
    await stage.finished()
    same = {"ownership": ("1", "Nothing of it."), "care": ("1", "Nothing of it.")}
    await rates(stage.seats["Priya"], same)
    await rates(stage.seats["Tom"], same)
    assert await debriefs(stage) == []


async def test_what_a_rater_has_remarked_on_stands_with_it(stage: Stage):
    ada = await stage.finished()
    interview, priya = await stage.interview(ada), stage.seats["Priya"].who
    export = await stage.seats["Noor"].exports(interview["id"])
    utterance = (export or {})["answers"][0]["utterances"][0]

    def remark(tx: Tx) -> None:
        chat = tx.one(Thread, tenant_id=stage.app.tenant_id, id=priya.thread_id)
        assert chat is not None
        scene = Scene(tx, stage.app.keys, stage.app.ids, chat, stage.clock.now())
        comments.add(scene, interview, priya.person_id, utterance["id"], "This is the choice.", 0, 20)

    await stage.app.store.commit(remark)
    await rates(stage.seats["Priya"], OWNERSHIP)
    await rates(stage.seats["Tom"], OF_TOM)
    (post,) = await debriefs(stage)
    found = {q["who"]: q["text"] for q in post["card"]["quotes"]}
    assert found["Priya: This is the choice."] == utterance["text"][:20]


async def test_a_rater_says_which_and_everybody_sees_it(stage: Stage):
    await apart(stage)
    await presses(stage, "Tom", "bar")
    await presses(stage, "Priya", "evidence")
    await presses(stage, "Priya", "bar")  # somebody may change their mind
    (post,) = await debriefs(stage)
    rows = {r["label"]: r["value"] for r in post["card"]["rows"]}
    assert rows[words.SO_FAR] == "Tom: a different bar; Priya: a different bar"
    told = await presses(stage, "Tom", "agreed")
    assert told["card"]["text"] == words.AGREED_SO_CHANGE


async def test_a_changed_rating_closes_it_and_the_earlier_one_is_kept(stage: Stage):
    ada = await apart(stage)
    await presses(stage, "Tom", "amend")
    await fills(stage.seats["Tom"], {**OF_TOM, "ownership": ("4", "I had missed the number.")})
    (post,) = await debriefs(stage)
    assert post["card"]["tone"] == "done"
    assert "options" not in post["card"]
    assert ("Tom", "4 (was 2). I had missed the number.") in [(r["label"], r["value"]) for r in post["card"]["rows"]]
    export = await stage.seats["Noor"].exports((await stage.interview(ada))["id"])
    toms = [c["card"]["ratings"]["ownership"]["level"] for c in (export or {})["scorecards"] if c["rater"] == "Tom"]
    assert toms == [2, 4]
    assert (await presses(stage, "Priya", "bar"))["card"]["text"] == words.OVER


async def test_a_changed_rating_can_open_one(stage: Stage):
    await stage.finished()
    close = {"ownership": ("4", "Good."), "care": ("4", "Good.")}
    await rates(stage.seats["Priya"], close)
    await rates(stage.seats["Tom"], close)
    assert await debriefs(stage) == []
    await stage.seats["Tom"].taps_post("amend", NAME)
    await fills(stage.seats["Tom"], {**close, "ownership": ("1", "I misread it.")})
    assert len(await debriefs(stage)) == 1


async def test_a_recruiter_closes_it_with_what_was_learned(stage: Stage):
    ada = await apart(stage)
    (post,) = await debriefs(stage)
    noor = stage.seats["Noor"]
    await noor.writes("learned:", post["id"])
    assert (await noor.messages())[-1]["card"]["text"] == words.EMPTY
    await noor.writes("learned: We read a result as a number, always.", post["id"])
    (post,) = await debriefs(stage)
    assert post["card"]["tone"] == "done"
    assert {r["label"]: r["value"] for r in post["card"]["rows"]}[words.CLOSED_WITH] == (
        "We read a result as a number, always."
    )
    kept = await stage.rows(Utterance, step="debrief.ownership.learned")
    assert [u["subject_id"] for u in kept] == [ada.who.person_id]  # sealed under the candidate's key
    assert b"number" not in kept[0]["body"]
    assert len(await stage.rows(FactRow, name="debrief_closed")) == 1


async def test_by_the_button_it_is_closed_with_a_form(stage: Stage):
    await apart(stage)
    form = await presses(stage, "Noor", "close")
    assert [f["key"] for f in form["card"]["fields"]] == ["learned"]
    sent = SubmittedIn(
        id=stage.event_id(), kind="submitted", token=form["token"], fields={"learned": "Ask for numbers."}
    )
    await stage.seats["Noor"]._does(sent)  # pyright: ignore[reportPrivateUsage]
    (post,) = await debriefs(stage)
    assert post["card"]["tone"] == "done"


async def test_only_raters_answer_and_only_recruiters_close(stage: Stage):
    await stage.join("Observer", "observer")
    await apart(stage)
    assert (await presses(stage, "Observer", "bar"))["card"]["text"] == words.ONLY_RATERS
    assert (await presses(stage, "Tom", "close"))["card"]["text"] == words.ONLY_RECRUITERS
    (post,) = await debriefs(stage)
    await stage.seats["Tom"].writes("learned: I was right.", post["id"])
    assert (await stage.seats["Tom"].messages())[-1]["card"]["text"] == words.ONLY_RECRUITERS
    assert "I was right." not in str((await debriefs(stage))[0]["card"])


async def test_people_talk_in_it_and_the_candidate_hears_nothing(stage: Stage):
    ada = await apart(stage)
    before = list(await ada.messages())
    (post,) = await debriefs(stage)
    await stage.seats["Tom"].writes("Where did you see the result?", post["id"])
    assert "Where did you see the result?" in str(await stage.seats["Priya"].messages(stage.channel_id))
    assert await ada.messages() == before
    export = await ada.exports((await stage.interview(ada))["id"])
    assert "debrief" not in str(export)
    assert "Where did you see" not in str(export)


async def test_while_a_second_person_reads_it_is_covered(stage: Stage):
    await stage.join("Cleo", "panelist")
    ada = await stage.finished()
    await rates(stage.seats["Priya"], OWNERSHIP)
    await rates(stage.seats["Tom"], OF_TOM)
    if (await stage.interview(ada))["revealed_at"] is None:
        await rates(stage.seats["Cleo"], {"ownership": ("3", "So so."), "care": ("3", "So so.")})
    assert len(await debriefs(stage)) == 1
    await stage.seats["Noor"].taps_post("reread", NAME)
    shown = str([m["card"] for m in await stage.seats["Tom"].messages(stage.channel_id) if m["from"] == "parley"])
    assert await debriefs(stage) == []
    assert "priyas-reason-7q" not in shown
    assert "toms-reason-9z" not in shown


async def test_whoever_withdraws_takes_it_and_the_picture_out_of_the_channel(stage: Stage):
    ada = await apart(stage)
    shown = orjson.dumps(await stage.seats["Noor"].messages(stage.channel_id)).decode()
    assert "toms-reason-9z" in shown
    assert "Customer support" in shown
    interview = await stage.interview(ada)

    def withdraws(tx: Tx) -> After:
        (chat,) = tx.find(Thread, {"tenant_id": ada.who.tenant_id, "id": ada.who.thread_id})
        scene = Scene(tx, stage.app.keys, stage.app.ids, chat, stage.clock.now())
        (row,) = tx.find(Conversation, {"interview_id": interview["id"], "flow": "interview"})
        conv = load_conversation(tx, stage.app.keys, row)
        scene.fact("withdrawn", interview["id"])
        EFFECTS["withdrawn"](scene, conv, {}, None)
        return scene.close()

    after = await stage.app.store.commit(withdraws)
    stage.app.intake.forget(ada.who.thread_id)
    stage.app.runner.committed(ada.who.thread_id, after)
    await settle()
    for _ in range(3):
        await stage.wait(1000)
    messages = await stage.seats["Noor"].messages(stage.channel_id)
    shown = orjson.dumps(messages).decode()
    assert "toms-reason-9z" not in shown
    assert not [m for m in messages if m.get("card", {}).get("files")], "the picture is away too"
    assert words.over(NAME).text in shown
