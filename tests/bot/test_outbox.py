"""The one way out: lanes in order, two phases, and what a platform may do to a message."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from adapters.contract import Outcome
from bot import people
from bot.clock import SetClock
from bot.ids import SeededIds
from bot.keyring import Keyring
from bot.outbox import Deliverer
from bot.scene import Scene
from bot.store.rows import DataKey, Outbox, Thread
from bot.store.store import Row, Store, Tx
from bot.vault import Vault
from flows.cards import Card
from tests.bot.stagehand import settle
from tests.fakes.adapter import LATER_MS, LOST, Act, ScriptedAdapter

TENANT = "t_main"
ALICE, BOB = "Alice", "Bob"


@dataclass
class Post:
    """A store, two chats, and a deliverer that can be stopped and made anew."""

    store: Store
    keys: Keyring
    clock: SetClock
    ids: SeededIds
    adapter: ScriptedAdapter
    outbox: Deliverer
    chats: dict[str, str]

    async def say(self, who: str, *texts: str) -> list[str]:
        """Queue messages for a chat, in one transaction, without telling the deliverer."""
        return await self.store.commit(lambda tx: self.scene(tx, who, lambda s: [s.show(Card(t)) for t in texts]))

    async def edit(self, who: str, target: str, *texts: str) -> None:
        for text in texts:
            await self.store.commit(lambda tx, t=text: self.scene(tx, who, lambda s: s.edit(target, Card(t))))

    def scene(self, tx: Tx, who: str, do: Callable[[Scene], Any]) -> Any:
        thread = tx.find(Thread, {"id": self.chats[who]})[0]
        scene = Scene(tx, self.keys, self.ids, thread, self.clock.now())
        result = do(scene)
        scene.close()
        return result

    async def go(self, *who: str) -> None:
        """Deliver what is stored, and wait until the lanes rest."""
        for name in who or (ALICE,):
            self.outbox.kick(self.chats[name])
        await settle()

    async def restart(self) -> None:
        await self.outbox.close()
        self.outbox = Deliverer(self.store, self.keys, self.clock, {"web": self.adapter})

    async def rows(self, who: str = ALICE) -> list[Row]:
        return await self.store.read(lambda tx: tx.find(Outbox, {"lane": self.chats[who]}, "seq"))

    async def states(self, who: str = ALICE) -> list[str]:
        return [r["state"] for r in await self.rows(who)]

    @property
    def texts(self) -> list[str]:
        return [t for _, t in self.adapter.order]


@pytest.fixture
async def post(store: Store, tmp_path: Path) -> AsyncIterator[Post]:
    keys, clock, ids, adapter = Keyring(Vault(b"k" * 32)), SetClock(1_000_000), SeededIds(), ScriptedAdapter()

    def found(tx: Tx) -> dict[str, str]:
        keys.found_tenant(tx, TENANT, "Test", 1)
        return {n: people.add_person(tx, keys, ids, TENANT, "candidate", n, 1)[1] for n in (ALICE, BOB)}

    chats = await store.commit(found)
    made = Post(store, keys, clock, ids, adapter, Deliverer(store, keys, clock, {"web": adapter}), chats)
    yield made
    await made.outbox.close()


@pytest.mark.parametrize("batch", [1, 3, 50])
async def test_a_lane_is_delivered_in_order_and_each_message_once(post: Post, batch: int):
    post.adapter.takes(batch)
    said = [f"message {n}" for n in range(120)]
    await post.say(ALICE, *said[:70])
    await post.say(ALICE, *said[70:])
    await post.go()
    assert post.texts == said
    assert await post.states() == ["sent"] * 120
    assert {r["platform_id"] for r in await post.rows()} == {f"p-{r['id']}" for r in await post.rows()}
    assert post.adapter.done.count(post.chats[ALICE]) >= 1
    await post.go()
    assert len(post.adapter.tried) == 120


async def test_a_message_is_marked_before_the_platform_is_called(post: Post):
    """Otherwise a crash in between would leave no trace, and the message would be sent twice."""
    post.adapter.hold = asyncio.Event()
    await post.say(ALICE, "one", "two")
    post.outbox.kick(post.chats[ALICE])
    async with asyncio.timeout(10):
        await post.adapter.called.wait()
    assert await post.states() == ["sending", "pending"]
    assert post.adapter.order == []
    post.adapter.hold.set()
    await settle()
    assert await post.states() == ["sent", "sent"]


async def test_nobody_there_is_no_failure_and_nothing_is_lost(post: Post):
    post.adapter.away.add(post.chats[ALICE])
    await post.say(ALICE, "one", "two")
    await post.go()
    assert await post.states() == ["pending", "pending"]
    assert post.adapter.tried == []
    post.adapter.away.clear()
    await post.go()
    assert post.texts == ["one", "two"]


@pytest.mark.parametrize("batch", [1, 50])
async def test_a_page_that_leaves_in_the_middle_gets_the_rest_when_it_is_back(post: Post, batch: int):
    post.adapter.takes(batch)
    post.adapter.script = [Outcome.SENT, Outcome.AWAY]
    await post.say(ALICE, "one", "two", "three")
    await post.go()
    assert post.texts == ["one"]
    await post.go()
    assert post.texts == ["one", "two", "three"]
    assert await post.states() == ["sent"] * 3


@pytest.mark.parametrize("batch", [1, 50])
async def test_a_lost_receipt_is_looked_up_and_not_sent_again(post: Post, batch: int):
    post.adapter.takes(batch)
    post.adapter.script = [Outcome.SENT, LOST]
    await post.say(ALICE, "one", "two", "three")
    await post.go()
    assert (await post.states())[1] == "sending"
    await post.restart()
    await post.outbox.recover()
    await settle()
    assert post.texts == ["one", "two", "three"]
    assert (await post.rows())[1]["id"] in post.adapter.looked_up
    assert await post.states() == ["sent"] * 3


async def test_a_stop_in_the_middle_is_taken_up_by_recover(post: Post):
    """Found in `sending`, and the platform doesn't know it: it is sent now, before what came after it."""
    post.adapter.hold = asyncio.Event()
    await post.say(ALICE, "one", "two")
    post.outbox.kick(post.chats[ALICE])
    async with asyncio.timeout(10):
        await post.adapter.called.wait()
    await post.restart()
    post.adapter.hold = None
    assert await post.states() == ["sending", "pending"]
    await post.outbox.recover()
    await settle()
    assert post.adapter.looked_up == [(await post.rows())[0]["id"]]
    assert post.texts == ["one", "two"]


async def test_later_pauses_its_own_lane_only_and_as_long_as_asked(post: Post):
    post.adapter.script = [Outcome.LATER]
    await post.say(ALICE, "alice 1", "alice 2")
    await post.say(BOB, "bob 1")
    began = monotonic()
    post.outbox.kick(post.chats[ALICE])
    async with asyncio.timeout(10):
        await post.adapter.called.wait()
    post.outbox.kick(post.chats[BOB])
    await settle()
    assert post.texts == ["bob 1", "alice 1", "alice 2"]
    assert monotonic() - began >= LATER_MS / 1000
    first = (await post.rows())[0]
    assert (first["state"], first["attempts"]) == ("sent", 2)
    assert first["due_at"] == post.clock.now() + LATER_MS


async def test_a_platform_that_is_down_for_long_loses_no_message(post: Post):
    await post.say(ALICE, "one", "two")
    key = (await post.rows())[0]
    await post.store.commit(lambda tx: tx.change(Outbox, {"tenant_id": TENANT, "id": key["id"]}, {"attempts": 40}))
    post.adapter.script = [Outcome.LATER, Outcome.LATER]
    await post.go()
    assert await post.states() == ["sent", "sent"]
    assert post.texts == ["one", "two"]


async def test_a_platform_that_says_later_for_a_day_is_given_up_on_and_the_lane_goes_on(post: Post):
    await post.say(ALICE, "one", "two")
    key = (await post.rows())[0]
    old = {"attempts": 40, "at": key["at"] - 25 * 3_600_000}
    await post.store.commit(lambda tx: tx.change(Outbox, {"tenant_id": TENANT, "id": key["id"]}, old))
    post.adapter.script = [Outcome.LATER, Outcome.LATER]
    await post.go()
    assert await post.states() == ["failed", "sent"]
    assert post.texts == ["two"]


@pytest.mark.parametrize("batch", [1, 50])
async def test_a_message_that_cannot_be_delivered_holds_nobody_up(post: Post, batch: int):
    script: list[Act] = [Outcome.SENT, Outcome.FAILED]
    post.adapter.takes(batch)
    post.adapter.script = script
    await post.say(ALICE, "one", "two", "three", "four")
    await post.go()
    assert post.texts == ["one", "three", "four"]
    assert await post.states() == ["sent", "failed", "sent", "sent"]


async def test_of_several_edits_the_latest_wins(post: Post):
    (message,) = await post.say(ALICE, "first")
    await post.go()
    await post.edit(ALICE, message, "second", "third", "fourth")
    await post.go()
    assert post.adapter.shown[message]["text"] == "fourth"
    assert post.texts == ["first", "fourth"]
    assert await post.states() == ["sent", "dropped", "dropped", "sent"]


async def test_an_edit_that_is_under_way_is_followed_by_the_newer_one(post: Post):
    (message,) = await post.say(ALICE, "first")
    await post.go()
    post.adapter.hold = asyncio.Event()
    post.adapter.called.clear()
    await post.edit(ALICE, message, "second")
    post.outbox.kick(post.chats[ALICE])
    async with asyncio.timeout(10):
        await post.adapter.called.wait()
    await post.edit(ALICE, message, "third")
    post.adapter.hold.set()
    await post.go()
    assert post.texts == ["first", "second", "third"]
    assert post.adapter.shown[message]["text"] == "third"


async def test_what_is_about_somebody_erased_is_dropped_and_the_lane_goes_on(post: Post):
    """A team chat can hold words about a candidate whose key has been destroyed meanwhile."""
    about = (await post.store.read(lambda tx: tx.find(Thread, {"id": post.chats[BOB]})))[0]["subject_id"]

    def both(scene: Scene) -> None:
        scene.show(Card("about Bob"), subject_id=about)
        scene.show(Card("for Alice"))

    await post.store.commit(lambda tx: post.scene(tx, ALICE, both))
    await post.store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": TENANT, "subject_id": about}))
    post.keys.forget(TENANT, about)
    await post.go()
    assert post.texts == ["for Alice"]
    assert await post.states() == ["dropped", "sent"]


# -- threads ----------------------------------------------------------------------------------------------------


async def below(post: Post, root: str, *texts: str) -> list[str]:
    """Queue messages that are to stand below another one."""
    return await post.store.commit(
        lambda tx: post.scene(tx, ALICE, lambda s: [s.show(Card(t), under=root) for t in texts])
    )


async def elsewhere(post: Post) -> None:
    """The chat is on a platform that gives messages names of its own."""
    post.adapter.name = "slack"
    post.outbox.adapters = {"slack": post.adapter}
    await post.store.commit(lambda tx: tx.change(Thread, {"id": post.chats[ALICE]}, {"platform": "slack"}))
    post.outbox.moved(post.chats[ALICE])


async def named(post: Post, message: str, name: str) -> None:
    await post.store.commit(lambda tx: tx.change(Outbox, {"id": message}, {"platform_id": name}))


async def test_on_a_page_a_thread_is_named_by_our_own_id(post: Post):
    (root,) = await post.say(ALICE, "the post")
    await below(post, root, "below")
    await post.go()
    assert [m.under for m in post.adapter.handed] == ["", root]


async def test_elsewhere_it_is_named_as_the_platform_knows_it_now(post: Post):
    await elsewhere(post)
    (root,) = await post.say(ALICE, "the post")
    await post.go()
    await named(post, root, "slack:T/C:1.1")
    await below(post, root, "below")
    await post.go()
    assert (post.adapter.handed[-1].under, post.adapter.handed[-1].topic) == ("slack:T/C:1.1", "the post")
    await post.edit(ALICE, root, "the post, anew")
    await post.go()
    edit = next(r for r in await post.rows() if r["act"] == "edit")
    await named(post, edit["id"], "slack:T/C:1.1+1.2")
    (last,) = await below(post, root, "and this")
    await post.go()
    assert post.adapter.handed[-1].under == "slack:T/C:1.1+1.2"
    await named(post, last, "slack:T/C:1.4")
    await post.edit(ALICE, last, "and this, anew")
    await post.go()
    assert (post.adapter.handed[-1].act, post.adapter.handed[-1].under) == ("edit", "slack:T/C:1.1+1.2")
    await below(post, last, "below what stands below")  # threads have one level
    await post.go()
    assert post.adapter.handed[-1].under == "slack:T/C:1.1+1.2"


async def test_below_a_post_that_never_got_there_it_is_said_plainly(post: Post):
    await elsewhere(post)
    post.adapter.script = [Outcome.FAILED]
    (root,) = await post.say(ALICE, "the post")
    await below(post, root, "below")
    await post.go()
    assert await post.states() == ["failed", "sent"]
    assert post.adapter.handed[-1].under == ""


async def test_below_a_post_about_somebody_who_was_erased_it_is_said_plainly(post: Post):
    await elsewhere(post)
    about = next(iter(await post.store.read(lambda tx: tx.find(Thread, {"id": post.chats[BOB]}))))["subject_id"]

    def shown(tx: Tx) -> str:
        return post.scene(tx, ALICE, lambda s: s.show(Card("about Bob"), subject_id=about))

    root = await post.store.commit(shown)
    await post.go()
    await named(post, root, "slack:T/C:1.1")
    await below(post, root, "below")
    await post.store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": TENANT, "subject_id": about}))
    post.keys.forget(TENANT, about)
    await post.go()
    assert (await post.states())[-1] == "sent"
    assert post.adapter.handed[-1].under == ""


async def test_a_message_in_a_thread_that_may_have_been_sent_is_looked_up_there(post: Post):
    await elsewhere(post)
    (root,) = await post.say(ALICE, "the post")
    await post.go()
    await named(post, root, "slack:T/C:1.1")
    (message,) = await below(post, root, "below")
    await post.store.commit(lambda tx: tx.change(Outbox, {"id": message}, {"state": "sending"}))
    post.outbox = Deliverer(post.store, post.keys, post.clock, {"slack": post.adapter})
    await post.go()
    assert post.adapter.looked_up == [message]
    assert post.adapter.handed[-1].under == "slack:T/C:1.1"
