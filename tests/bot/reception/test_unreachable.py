"""Somebody, or a channel, can't be reached: one task for the recruiters, with a message that works; nothing is lost."""

import asyncio
from typing import Any

from adapters.contract import Moved, Start, Words
from bot import people
from bot.store.rows import DataKey, FactRow, Inbox, Outbox, Requisition, Thread
from tests.bot.reception.guests import TEAM, Guest, candidate, interview_of, invited, member
from tests.bot.stagehand import DAY, Stage, settle


async def tasks(stage: Stage, name: str = "Ada Okoye") -> list[dict[str, Any]]:
    """The cards that told Noor."""
    shown = await stage.seats["Noor"].messages()
    return [m["card"] for m in shown if m["from"] == "parley" and m["card"].get("title") == f"{name} can't be reached"]


async def test_each_episode_is_told_once_with_a_message_that_works(stages: Stage):
    stage = stages
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    await ada.shuts()
    for _ in range(3):  # the platform says it again, and so do our own attempts
        await ada.shuts()
        await stage.wait(2 * DAY)
    assert len(await stage.rows(Inbox, source="chat")) == 1
    (card,) = await tasks(stage)
    (quote,) = card["quotes"]
    assert "Ada Okoye" in quote["text"]
    assert "Telegram" in card["text"]
    secret = quote["text"].rpartition("/i/")[2][:43]
    assert card["rows"][0]["value"].endswith(secret)
    assert [f["name"] for f in await stage.rows(FactRow, name="unreachable")] == ["unreachable"]
    assert [r["label"] for r in (await stage.seats["Noor"].orders("/interview tasks"))["rows"]]
    waiting = await stage.rows(Outbox, state="pending", interview_id=(await interview_of(stage, ada))["id"])
    told = len(ada.bubbles)
    await ada.opens()
    assert len(ada.bubbles) >= told + len([w for w in waiting if w["act"] == "send"])
    assert (await stage.rows(Thread, person_id=await ada.person()))[0]["blocked"] == ""
    await ada.shuts()
    assert len(await tasks(stage)) == 2  # a new episode

    # The link works, elsewhere: nothing is lost, and the chat is reached again.
    there = Guest(stage, "discord", "d1")
    await there.brings(secret)
    assert await there.person() == await ada.person()
    (thread,) = await stage.rows(Thread, person_id=await ada.person())
    assert (thread["platform"], thread["blocked"]) == ("discord", "")
    assert there.asks().token == (await there.waiting()).token


async def test_a_message_that_bounces_is_an_episode_too(stage: Stage):
    """The platform says nothing; it only refuses what we send, and one day takes it again."""
    ada = await candidate(stage, "discord", "1")
    await ada.plays("outage")
    await ada.shuts("closed", tell=False)
    await stage.wait(3 * DAY)
    assert len(await tasks(stage)) == 1
    stuck = await stage.rows(Outbox, state="pending")
    assert stuck
    await stage.wait(2 * DAY)
    assert len(await tasks(stage)) == 1
    await ada.opens(tell=False)
    person = await ada.person()
    (thread,) = await stage.rows(Thread, person_id=person)
    stage.app.outbox.kick(thread["id"])
    await stage.wait(1)
    assert (await stage.rows(Thread, person_id=person))[0]["blocked"] == ""
    assert {r["state"] for r in await stage.rows(Outbox, thread_id=thread["id"])} == {"sent"}
    await ada.shuts("closed", tell=False)
    await stage.seats["Noor"].orders("/interview withdraw Ada Okoye")
    await stage.seats["Noor"].taps(f"yes.{(await interview_of(stage, ada))['status']}", await _last_token(stage))
    assert {r["state"] for r in await stage.rows(Outbox, thread_id=thread["id"])} == {"sent", "pending"}


async def _last_token(stage: Stage) -> str:
    return [m for m in await stage.seats["Noor"].messages() if m.get("token")][-1]["token"]


async def test_somebody_who_writes_again_is_reached_again(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    await ada.shuts()
    ada.chat.shut.clear()
    await ada.says("Here I am again.")
    assert (await stage.rows(Thread, person_id=await ada.person()))[0]["blocked"] == ""


async def test_an_invitation_that_cannot_be_delivered(stage: Stage):
    ada = Guest(stage, "discord", "d1")
    ada.chat.shut[ada.address] = "closed"
    await ada.brings(await invited(stage))
    assert len(await tasks(stage)) == 1
    assert ada.bubbles == []


async def test_colleagues_are_no_task(stage: Stage):
    tom = await member(stage, stage.seats["Tom"], "slack", "U8")
    await tom.shuts()
    assert (await stage.rows(Thread, person_id=await tom.person()))[0]["blocked"] == "blocked"
    assert await stage.rows(FactRow, name="unreachable") == []


async def hiring_channel(stage: Stage, platform: str = "slack", channel: str = f"{TEAM}/C1") -> Guest:
    there = (await member(stage, stage.seats["Noor"], platform, "U9")).at(channel)
    asked = await there.orders("channel")
    await there.taps("yes", asked.token)
    return there


async def test_a_channel_that_is_archived_is_told_to_its_recruiters(stage: Stage):
    there = await hiring_channel(stage)
    rita = await stage.join("Rita", "observer")
    key = {"tenant_id": stage.app.tenant_id}
    give = (stage.app.tenant_id, stage.requisition_id, rita.who.person_id, "recruiter")
    await stage.app.store.commit(lambda tx: people.give_role(tx, *give))
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    there.chat.shut[there.channel] = "archived"
    await ada.says("human")
    for seat in (stage.seats["Noor"], rita):
        assert len([t for t in await seat.texts() if "hiring channel" in t and "archived" in t]) == 1, seat.name
    assert [r for r in await stage.rows(Outbox, state="pending") if r["step"].startswith("post.")]
    await there.opens()
    assert [b for b in there.bubbles if "Ada" in str(b.card)]
    assert (await stage.rows(Thread, address=there.channel, **key))[0]["blocked"] == ""


async def test_a_group_that_has_moved_keeps_its_posts(stage: Stage):
    there = await hiring_channel(stage, "telegram", "-100")
    ada = await candidate(stage, "discord", "1")
    await ada.plays("outage")
    await ada.says("human")
    assert there.bubbles
    await there.does(Moved("-200"), "moved")
    await there.does(Moved("-200"), "moved again")
    (thread,) = await stage.rows(Thread, kind="channel", address="-200")
    await ada.says("human")
    new = Guest(stage, "telegram", "U9").at("-200")
    assert [b for b in new.bubbles if "Ada" in str(b.card)]
    (requisition,) = await stage.rows(Requisition)
    assert requisition["channel_id"] == thread["id"]


async def test_a_group_that_was_used_at_its_new_address_before_we_heard_of_the_move(stages: Stage):
    stage = stages
    there = await hiring_channel(stage, "telegram", "-100")
    old = (await stage.rows(Thread, kind="channel", address="-100"))[0]["id"]
    new = Guest(stage, "telegram", "U9").at("-200")
    asked = await new.orders("channel")
    await new.taps("yes", asked.token)
    await there.does(Moved("-200"))
    assert (await stage.rows(Thread, kind="channel", address="-200"))[0]["id"] == old
    assert [r["channel_id"] for r in await stage.rows(Requisition)] == [old]
    ada = await candidate(stage, "discord", "1")
    await ada.plays("outage")
    await ada.says("human")
    assert [b for b in new.bubbles if "Ada" in str(b.card)]


async def test_chats_of_others_are_not_touched(stage: Stage):
    ada, ben = await candidate(stage, "telegram", "1"), await candidate(stage, "telegram", "2", "Ben Roe")
    before = await stage.rows(Thread, "id")
    await Guest(stage, "discord", "1").shuts()  # the same number on another platform
    await Guest(stage, "telegram", "3").shuts()
    assert await stage.rows(Thread, "id") == before
    await ada.shuts()
    assert (await stage.rows(Thread, person_id=await ben.person()))[0]["blocked"] == ""
    assert len(await stage.rows(Inbox, source="chat")) == 1


# -- between two places --------------------------------------------------------------------------------------------


async def test_who_moves_while_something_is_being_delivered_gets_everything_once(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    await ada.says("One.")
    await ada.says("elsewhere")
    secret = str([b.card for b in ada.bubbles]).rpartition("/i/")[2][:43]
    ada.chat.hold, ada.chat.called = asyncio.Event(), asyncio.Event()
    await stage.app.reception.receive(ada.event(Words("continue", ada.chat.number(ada.address))))
    await asyncio.wait_for(ada.chat.called.wait(), 5)
    there = Guest(stage, "discord", "d1")
    await stage.app.reception.receive(there.event(Start(secret)))
    ada.chat.hold.set()
    await settle()
    rows = await stage.rows(Outbox, thread_id=(await stage.rows(Thread, person_id=await ada.person()))[0]["id"])
    assert {r["state"] for r in rows} == {"sent"}
    assert len([r for r in rows if r["act"] == "send"]) == len(ada.bubbles) + len(there.bubbles)
    assert (ada.chat.looked_up, there.chat.looked_up) == ([], [])


async def test_what_was_never_tried_is_not_looked_up(stage: Stage):
    ada = await candidate(stage, "telegram", "1")
    await ada.plays("outage")
    ada.chat.shut[ada.address] = "blocked"
    await ada.says("help")  # a turn that shows several messages at once
    assert {r["state"] for r in await stage.rows(Outbox, thread_id=await chat_id(stage, ada))} == {"sent", "pending"}
    await ada.opens()
    assert ada.chat.looked_up == []
    assert {r["state"] for r in await stage.rows(Outbox, thread_id=await chat_id(stage, ada))} == {"sent"}


async def chat_id(stage: Stage, guest: Guest) -> str:
    return (await stage.rows(Thread, person_id=await guest.person()))[0]["id"]


async def test_what_is_about_somebody_who_was_erased_holds_up_nobody(stage: Stage):
    ada, ben = await candidate(stage, "telegram", "1"), await candidate(stage, "telegram", "2", "Ben Roe")
    noor = await member(stage, stage.seats["Noor"], "slack", "U9")
    noor.chat.shut[noor.address] = "closed"
    for guest in (ada, ben):
        await guest.plays("outage")
        await guest.taps("~accommodate")
        await guest.taps("time")
    app, person = stage.app, await ada.person()
    await app.store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": app.tenant_id, "subject_id": person}))
    app.keys.forget(app.tenant_id, person)
    await noor.opens()
    assert [t for t in noor.texts if "Ben Roe" in t and "adjustment" in t]
    assert not [t for t in noor.texts if "Ada" in t and "adjustment" in t]
    assert {r["state"] for r in await stage.rows(Outbox, thread_id=await chat_id(stage, noor))} == {"sent", "dropped"}
