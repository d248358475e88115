"""The weekly drill, agreement at the desk, and rehearsing a kit in a chat. Nobody ever sees anybody else's level."""

from typing import Any

import orjson

from bot import hiring
from bot.calibration.drill import WEEK
from bot.desk.sight import say
from bot.facts import EFFECTS
from bot.scene import Reply, Scene
from bot.store.rows import Conversation, Drill, DrillRating, Interview, Post, Timer
from bot.threads import load_conversation
from flows.cards import Card
from tests.bot.desk.conftest import Counter, text_of
from tests.bot.stagehand import HOUR, Seat, Stage
from tests.flows.rating.small_kit import GOOD

TITLE = "Rate one answer, blind"
SIGNED = f"My name is Ada Okoye. {GOOD} Ask my boss at ada@example.org about Ada."


async def opened(stage: Stage, name: str = "Ada Okoye", answer: str = SIGNED) -> Seat:
    """A candidate whose scorecards are open."""
    seat = await stage.finished(name, answers={"outage": answer})
    for rater in ("Priya", "Tom"):
        await stage.seats[rater].rates(name)
    assert (await stage.interview(seat))["revealed_at"] is not None
    return seat


async def posts(stage: Stage) -> list[dict[str, Any]]:
    shown = await stage.seats["Noor"].messages(stage.channel_id)
    return [m for m in shown if m["from"] == "parley" and m["card"].get("title") == TITLE]


async def taps(stage: Stage, name: str, option: str) -> str:
    """Press a button of the newest drill; what that person hears, in their own chat."""
    from adapters.web.parse import TappedIn

    seat = stage.seats[name]
    token = (await posts(stage))[-1]["token"]
    event = TappedIn(id=stage.event_id(), kind="tapped", token=token, option=option)
    await seat._does(event, stage.channel_id, "channel")  # pyright: ignore[reportPrivateUsage] - a drill has no seat verb
    return str((await seat.messages())[-1]["card"]["text"])


async def test_a_drill_shows_an_answer_without_its_name(stage: Stage, noor: Counter):
    await opened(stage)
    assert "in its channel" in text_of(await noor.line("drill now"))
    (post,) = await posts(stage)
    quote = post["card"]["quotes"][0]["text"]
    assert "Ada" not in str(post["card"])
    assert "Okoye" not in str(post["card"])
    assert "example.org" not in quote
    assert "I restarted the server" in quote or "delivery" in quote
    assert [o["id"] for o in post["card"]["options"]] == ["1", "2", "3", "4", "5", "none"]
    assert post["card"]["foot"] == "Nobody has rated it yet."


async def test_everybody_hears_only_about_themselves(stage: Stage, noor: Counter):
    await opened(stage)
    await stage.join("Quinn", "panelist")
    await noor.line("drill now")
    assert "Thank you. You gave 2." in await taps(stage, "Priya", "2")
    assert "Thank you" in await taps(stage, "Tom", "4")
    heard = await taps(stage, "Noor", "5")
    assert "You gave 5. The others' median is 3." in heard
    assert "2.0 higher than the others" in heard
    again = await taps(stage, "Priya", "5")
    assert "You gave 2. The others' median is 4.5." in again, "the first level counts"
    assert "lower than the others" in again
    assert "no basis" in await taps(stage, "Quinn", "none")
    (post,) = await posts(stage)
    assert post["card"]["foot"] == "4 people have rated it."
    levels = {r["person_id"]: r["level"] for r in await stage.rows(DrillRating)}
    assert sorted(str(v) for v in levels.values()) == ["2", "4", "5", "None"]
    channel = orjson.dumps(await stage.seats["Leila"].messages(stage.channel_id)).decode()
    assert "You gave" not in channel
    assert "median" not in channel


async def test_who_does_not_rate_here_has_no_say(stage: Stage, noor: Counter):
    await opened(stage)
    await noor.line("drill now")
    assert "Only people who recruit or rate" in await taps(stage, "Leila", "3")
    assert await stage.rows(DrillRating) == []
    leila = Counter(stage, stage.seats["Leila"])
    for line in ("drill now", "drill on", "kit rehearse sales"):
        assert "Only recruiters" in text_of(await leila.line(line))
    assert len(await posts(stage)) == 1


async def test_an_answer_is_used_once_and_a_new_drill_ends_the_old_one(stage: Stage, noor: Counter):
    await opened(stage)
    await noor.line("drill now")
    await taps(stage, "Priya", "3")
    await noor.line("drill now")
    first, second = await posts(stage)
    assert first["card"]["text"] == "This drill is over."
    assert "quotes" not in first["card"]
    assert first["card"]["foot"] == "One person has rated it."
    assert second["card"]["quotes"]
    drills = await stage.rows(Drill, "at")
    assert {d["question"] for d in drills} == {"outage", "upset"}
    assert [d["state"] for d in drills] == ["closed", "open"]
    assert "no answer for a drill yet" in text_of(await noor.line("drill now")), "both answers were used"
    assert len(await posts(stage)) == 2


async def test_sealed_withdrawn_and_erased_people_are_never_in_a_drill(stage: Stage, noor: Counter):
    await stage.finished("Bo Lind")  # sealed: nobody has rated yet
    assert "no answer for a drill yet" in text_of(await noor.line("drill now"))
    ada = await opened(stage)
    interview = await stage.interview(ada)
    where = {"tenant_id": stage.app.tenant_id, "id": interview["id"]}
    await stage.app.store.commit(lambda tx: tx.change(Interview, where, {"status": "withdrawn"}))
    assert "no answer for a drill yet" in text_of(await noor.line("drill now"))
    await stage.app.store.commit(lambda tx: tx.change(Interview, where, {"status": "scored"}))
    await noor.line("drill now")
    await erased(stage, ada)
    assert "no answer for a drill yet" in text_of(await noor.line("drill now"))
    # A tap on the post of somebody who is gone is no error, and the post is not drawn again.
    heard = await noor.does(lambda scene: tapped_by(scene, stage, "3"))
    assert heard.card is not None


async def test_a_second_reading_and_other_stages_keep_an_answer_out_of_a_drill(stage: Stage, noor: Counter):
    ada = await opened(stage)
    interview = await stage.interview(ada)
    going = {"state": "rating", "person": stage.seats["Tom"].who.person_id, "by": "", "contested": False}
    again = {**going, "seen": False, "no": [], "at": 0}
    await noor.line("drill now")
    await stage.app.store.commit(lambda tx: hiring.set_flags(tx, interview, reread=again))
    for name in ("Priya", "Noor"):
        await taps(stage, name, "2")
    # Tom reads this very candidate again: what others gave here would tell him what they gave there.
    assert "You gave" not in await taps(stage, "Tom", "4")
    assert len(await stage.rows(DrillRating)) == 2
    await stage.app.store.commit(lambda tx: tx.delete(Drill, {"tenant_id": stage.app.tenant_id}))
    assert "no answer for a drill yet" in text_of(await noor.line("drill now"))
    await stage.app.store.commit(lambda tx: hiring.set_flags(tx, interview, reread=None))
    for status in ("submitted", "withdrawn"):
        following: dict[str, Any] = {**interview, "id": f"iv_{status}", "status": status, "revealed_at": None}
        await stage.app.store.commit(lambda tx, row=following: tx.insert(Interview, row))
        assert "no answer for a drill yet" in text_of(await noor.line("drill now")), status
        where = {"tenant_id": stage.app.tenant_id, "id": following["id"]}
        await stage.app.store.commit(lambda tx, w=where: tx.delete(Interview, w))
    assert "in its channel" in text_of(await noor.line("drill now"))


def tapped_by(scene: Any, stage: Stage, option: str) -> Any:
    from bot.calibration.drill import tapped
    from bot.mail import Mail

    shown = scene.tx.find(Post, {"tenant_id": scene.tenant_id, "kind": "drill"})[0]
    who = stage.seats["Noor"].who
    mail = Mail(who.tenant_id, "web", "e", who.thread_id, "tapped", scene.at, {}, person_id=who.person_id)
    reply = tapped(scene, mail, shown, option)
    assert reply is not None
    return reply


async def erased(stage: Stage, seat: Seat) -> None:
    from bot.store.rows import DataKey

    tenant, subject = stage.app.tenant_id, seat.who.person_id
    await stage.app.store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": tenant, "subject_id": subject}))
    stage.app.keys.forget(tenant, subject)


async def test_whoever_withdraws_takes_their_answer_out_of_the_channel(stage: Stage, noor: Counter):
    ada = await opened(stage)
    await noor.line("drill now")
    await taps(stage, "Priya", "3")
    assert (await posts(stage))[0]["card"]["quotes"]
    await noor.does(lambda scene: withdrawn(scene, ada))
    assert (await stage.interview(ada))["status"] == "withdrawn"
    (post,) = await posts(stage)
    assert "quotes" not in post["card"]
    assert "over" in await taps(stage, "Tom", "4")
    assert "You gave 3." in await taps(stage, "Priya", "4")


def withdrawn(scene: Scene, seat: Seat) -> Reply:
    """The fact of a withdrawal out of the candidate's conversation, and what it does to others."""
    found = {"tenant_id": scene.tenant_id, "thread_id": seat.who.thread_id, "flow": "interview"}
    conv = load_conversation(scene.tx, scene.keys, scene.tx.find(Conversation, found)[0])
    scene.fact("withdrawn", conv.row["interview_id"])
    EFFECTS["withdrawn"](scene, conv, {}, None)
    return say(Card("withdrawn"))


async def test_it_comes_every_week_until_it_is_off(stage: Stage, noor: Counter):
    await opened(stage)
    assert "Once a week" in text_of(await noor.line("drill on"))
    assert [t["about"] for t in await timers(stage)] == ["drill"]
    assert await posts(stage) == []
    await stage.wait(WEEK + HOUR)
    assert len(await posts(stage)) == 1
    await stage.wait(WEEK)
    assert len(await posts(stage)) == 2
    assert len(await timers(stage)) == 1, "a week without an answer that fits is only a week without a drill"
    assert "no more weekly drills" in text_of(await noor.line("drill off"))
    assert await timers(stage) == []


async def timers(stage: Stage) -> list[dict[str, Any]]:
    return await stage.rows(Timer, owner_id=stage.requisition_id)


async def test_the_desk_knows_what_is_meant(stage: Stage, noor: Counter):
    assert "/interview drill on Support engineer" in text_of(await noor.line("drill"))
    assert "nothing like that" not in text_of(await noor.line("drill now nowhere"))
    assert "Once a week" in text_of(await noor.line("drill on support"))


async def test_agreement_is_ones_own_and_for_recruiters_the_teams(stage: Stage, noor: Counter):
    tom = Counter(stage, stage.seats["Tom"])
    reply = await tom.line("calibration")
    assert reply.card is not None
    assert [r.label for r in reply.card.rows] == ["You"]
    assert "no drill of yours yet" in reply.card.rows[0].value
    await opened(stage)
    await noor.line("drill now")
    for name, level in (("Priya", "2"), ("Tom", "3"), ("Noor", "3")):
        await taps(stage, name, level)
    mine = (await tom.line("calibration")).card
    assert mine is not None
    assert "Over one drill you rate on average 0.5 higher than the others" in mine.rows[0].value
    hers = (await noor.line("calibration")).card
    assert hers is not None
    assert "100% of ratings at most one level apart" in hers.rows[1].value
    assert "Priya" not in str(hers)
    assert "Tom" not in str(hers)


async def test_a_kit_is_rehearsed_in_the_chat(noor: Counter):
    reply = await noor.line("kit rehearse customer-support")
    assert reply.card is not None
    assert reply.card.title == "Rehearsal of customer-support"
    assert "This kit is ready to be used." in reply.card.text
    assert [r.value for r in reply.card.rows] == ["strong ahead of vague by 100% of its indicators"] * 4
    assert "kits lists them" in text_of(await noor.line("kit rehearse"))
    assert "don't know that kit" in text_of(await noor.line("kit rehearse astronaut"))
    assert "What a kit asks" not in text_of(await noor.line("kit customer-support"))
