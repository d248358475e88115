"""Messages go out once, in order, and every refusal has its receipt."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Outcome, position
from adapters.discord.render import SUPPRESS_EMBEDS
from tests.adapters.discord.conftest import World, outgoing
from tests.fakes.discord_payloads import GUILD

LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 150 for n in range(8))
CHOICE = {"text": "Tea?", "options": [{"id": "yes", "label": "Yes, please"}, {"id": "no", "label": "No, thanks"}]}


async def test_a_message_opens_the_chat_once_and_says_where_it_is(world: World):
    first, second = world.question("One", "ms_1"), world.question("Two", "ms_2")
    receipts = await world.adapter.deliver([first, second])
    assert world.fake.said(world.dm) == ["One", "Two"]
    numbers = [m["id"] for m in world.fake.state(world.dm)]
    assert [r.platform_id for r in receipts] == [f"discord:{world.dm}:{n}" for n in numbers]
    assert position(receipts[0].platform_id) < position(receipts[1].platform_id)
    assert world.fake.counts["POST open_dm"] == 1
    assert all(m["flags"] == SUPPRESS_EMBEDS for m in world.fake.state(world.dm))


async def test_a_long_message_comes_in_parts(world: World):
    [receipt] = await world.adapter.deliver([world.question(LONG)])
    said = world.fake.said(world.dm)
    assert len(said) > 2
    assert all(len(t) <= 2000 for t in said)
    assert "".join(" ".join(said).split()) == "".join(LONG.split())
    assert receipt.platform_id.count("+") == len(said) - 1
    assert position(receipt.platform_id) == int(world.fake.state(world.dm)[-1]["id"])


@pytest.mark.parametrize(
    ("failure", "outcome", "problem"),
    [
        ({"status": 429, "retry_after": 3.0}, Outcome.LATER, ""),
        ({"status": 500}, Outcome.LATER, ""),
        ({"status": 502, "html": True}, Outcome.LATER, ""),
        ({"status": 503}, Outcome.LATER, ""),
        ({"act": "drop"}, Outcome.LATER, ""),
        ({"act": "hang"}, Outcome.LATER, ""),
        ({"status": 403, "code": 50007}, Outcome.BLOCKED, "50007"),
        ({"status": 403, "code": 50278}, Outcome.BLOCKED, "50278"),
        ({"status": 403, "code": 50001}, Outcome.BLOCKED, "50001"),
        ({"status": 404, "code": 10003}, Outcome.BLOCKED, "10003"),
        ({"status": 401}, Outcome.BLOCKED, "401"),
        ({"status": 400, "code": 50035}, Outcome.FAILED, "50035"),
    ],
)
@pytest.mark.parametrize("route", ["post", "open_dm", "patch"])
async def test_every_refusal_has_its_receipt(
    unconnected: World, route: str, failure: dict[str, Any], outcome: Outcome, problem: str
):
    unconnected.renewed(timeout=0.3)
    await unconnected.connect()
    first = unconnected.question("One", "ms_1")
    second = unconnected.question("Two", "ms_2")
    if route == "patch":
        [sent] = await unconnected.adapter.deliver([first])
        first = outgoing("ms_3", first.address, None, act="edit", ref=sent.platform_id, shown=CHOICE)
    unconnected.fake.script[route] = [failure]
    before = unconnected.fake.counts.total()
    receipts = await unconnected.adapter.deliver([first, second])
    assert [(r.outcome, r.problem) for r in receipts] == [(outcome, problem)]
    assert unconnected.fake.counts.total() - before <= 2, "tried once, no retries behind the outbox's back"
    if failure.get("status") == 429:
        assert receipts[0].after_ms == 3000
    again = await unconnected.adapter.deliver([first, second])
    assert [r.outcome for r in again] == [Outcome.SENT, Outcome.SENT]


async def test_closed_messages_and_strangers(world: World):
    world.fake.closed.add(world.ada)
    [closed] = await world.adapter.deliver([world.question()])
    world.fake.strangers.add(world.ada)
    [stranger] = await world.adapter.deliver([world.question()])
    assert (closed.outcome, closed.problem) == (Outcome.BLOCKED, "50007")
    assert (stranger.outcome, stranger.problem) == (Outcome.BLOCKED, "50278")


async def test_a_limit_for_everything_holds_everything(world: World):
    world.fake.script["post"] = [{"status": 429, "retry_after": 2, "global": True}]
    [first] = await world.adapter.deliver([world.question(id="ms_1")])
    calls = world.fake.counts.total()
    other = outgoing("ms_2", f"{GUILD}/{world.team}", {"text": "Elsewhere"})
    [second] = await world.adapter.deliver([other])
    assert (first.outcome, second.outcome) == (Outcome.LATER, Outcome.LATER)
    assert 0 < second.after_ms <= 2000
    assert world.fake.counts.total() == calls


async def test_a_limit_of_one_chat_holds_no_other(world: World):
    world.fake.script["post"] = [{"status": 429, "retry_after": 60}]
    [first] = await world.adapter.deliver([world.question(id="ms_1")])
    [second] = await world.adapter.deliver([outgoing("ms_2", f"{GUILD}/{world.team}", {"text": "Elsewhere"})])
    assert (first.outcome, second.outcome) == (Outcome.LATER, Outcome.SENT)


async def test_the_real_bucket_is_never_overrun(unconnected: World):
    unconnected.fake.bucket = (3, 0.2)
    await unconnected.connect()
    for n in range(9):
        [receipt] = await unconnected.adapter.deliver([unconnected.question(str(n), f"ms_{n}")])
        assert receipt.outcome is Outcome.SENT
    assert unconnected.fake.said(unconnected.dm) == [str(n) for n in range(9)]
    assert unconnected.fake.counts["429"] == 0


async def test_all_calls_together_stay_below_fifty_a_second(world: World):
    clock = asyncio.get_running_loop().time
    began = clock()
    names = await asyncio.gather(*(world.adapter.name_of("", world.ada) for _ in range(70)))
    assert set(names) == {"Ada Okoye"}
    assert len(names) / (clock() - began) < 50


async def test_more_than_our_pace_is_later(world: World):
    outs = [outgoing(f"ms_{n}", f"{GUILD}/{world.team}", {"text": str(n)}) for n in range(130)]
    receipts = await asyncio.gather(*(world.adapter.deliver([out]) for out in outs))
    later = [r for [r] in receipts if r.outcome is Outcome.LATER]
    assert later
    assert all(r.after_ms for r in later)
    assert len(world.fake.said(world.team)) == len(outs) - len(later)


@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_taken_but_no_receipt_is_not_said_twice(unconnected: World, how: str):
    unconnected.renewed(timeout=0.3)
    await unconnected.connect()
    out = unconnected.question()
    unconnected.fake.script["post"] = [{"act": "taken", "then": how}]
    [lost] = await unconnected.adapter.deliver([out])
    assert lost.outcome is Outcome.LATER
    [again] = await unconnected.adapter.deliver([out])
    assert again.outcome is Outcome.SENT
    assert unconnected.fake.said(unconnected.dm) == ["How are you?"]
    assert unconnected.fake.counts["nonce hit"] == 1


async def test_killed_after_sending_it_is_looked_up(world: World):
    out = world.question(**{"text": "Tea?"})
    world.fake.script["post"] = [{"act": "taken"}]
    await world.adapter.deliver([out])
    await world.adapter.stop()
    world.fake.advance(3600)  # the nonce is long forgotten
    world.renewed()
    await world.connect()
    found = await world.adapter.look_up(out)
    assert found is not None
    assert found.outcome is Outcome.SENT
    assert position(found.platform_id) == int(world.fake.state(world.dm)[0]["id"])


async def test_a_message_that_never_left_is_not_found(world: World):
    await world.adapter.deliver([world.question("Another", "ms_0")])
    assert await world.adapter.look_up(world.question()) is None


async def test_an_older_message_of_the_same_words_is_not_taken_for_it(world: World):
    """A question that is asked again looks as it did; what stands at or above the last delivered one is another one."""
    first, again = world.question("Tea?", "ms_1"), world.question("Tea?", "ms_2")
    (receipt,) = await world.adapter.deliver([first])
    world.fake.advance(3600)
    for message in world.fake.state(world.dm):
        message.pop("nonce", None)  # as a history may be
    assert await world.adapter.look_up(replace(again, after=receipt.platform_id)) is None
    found = await world.adapter.look_up(first)
    assert found is not None
    assert found.platform_id == receipt.platform_id


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_split_message_goes_on_where_it_stopped(world: World, restarted: bool):
    out = world.question(LONG)
    world.fake.script["post"] = [{"act": "taken", "then": "drop"}]
    await world.adapter.deliver([out])
    world.fake.script["post"] = [{"act": "taken"}]
    [second] = await world.adapter.deliver([out])
    assert second.outcome is Outcome.LATER
    if restarted:
        await world.adapter.stop()
        world.fake.advance(3600)
        world.renewed()
        await world.connect()
        assert await world.adapter.look_up(out) is None
    [receipt] = await world.adapter.deliver([out])
    said = world.fake.said(world.dm)
    assert receipt.platform_id.count("+") == len(said) - 1
    assert "".join(" ".join(said).split()) == "".join(LONG.split())


async def test_an_answered_question_shows_the_choice(world: World):
    asked = outgoing("ms_1", f"user/{world.ada}", CHOICE, token="iv.7")
    [sent] = await world.adapter.deliver([asked])
    assert world.fake.state(world.dm)[0]["components"]
    settle = outgoing("ms_2", asked.address, None, act="edit", ref=sent.platform_id, shown=CHOICE, chosen="yes")
    [done] = await world.adapter.deliver([settle])
    assert (done.outcome, done.platform_id) == (Outcome.SENT, sent.platform_id)
    [message] = world.fake.state(world.dm)
    assert message["content"] == "Tea?\n\n**\u2713 Yes, please**"
    assert message["components"] == []


@pytest.mark.parametrize(("before", "after"), [("short", LONG), (LONG, "short"), (LONG, LONG + "\n\nmore")])
async def test_an_edit_may_need_more_or_fewer_messages(world: World, before: str, after: str):
    [sent] = await world.adapter.deliver([world.question(before)])
    new = outgoing("ms_9", f"user/{world.ada}", {"text": after}, act="edit", ref=sent.platform_id)
    [receipt] = await world.adapter.deliver([new])
    said = world.fake.state(world.dm)
    assert "".join(" ".join(m["content"] for m in said).split()) == "".join(after.split())
    assert receipt.platform_id == f"discord:{world.dm}:" + "+".join(m["id"] for m in said)


async def test_an_edit_of_nothing_fails_and_says_so(world: World, quiet_log: Callable[[], str]):
    gone = outgoing("ms_2", f"user/{world.ada}", {"text": "x"}, act="edit", ref=f"discord:{world.dm}:12345")
    nowhere = outgoing("ms_3", f"user/{world.ada}", {"text": "x"}, act="edit", ref="")
    strange = outgoing("ms_4", "elsewhere", {"text": "x"})
    for out, code in ((gone, "10008"), (nowhere, "ref"), (strange, "address")):
        [receipt] = await world.adapter.deliver([out])
        # an unknown channel is one that can't be reached; an unknown message or place can never be delivered
        assert (receipt.outcome, receipt.problem) in {(Outcome.FAILED, code), (Outcome.BLOCKED, "10003")}
    assert "ms_4" in quiet_log()


async def test_not_connected_is_later(unconnected: World):
    [receipt] = await unconnected.adapter.deliver([unconnected.question()])
    assert receipt.outcome is Outcome.LATER
    await unconnected.connect()


async def test_typing_is_a_courtesy(world: World):
    await world.adapter.deliver([world.question()])
    world.fake.script["typing"] = [{"status": 500}]
    for _ in range(2):
        world.adapter.typing("th_1", f"user/{world.ada}")
    await world.fake.until(lambda: world.fake.counts["POST typing"] == 2)
    world.adapter.typing("th_1", "user/123")  # a chat that was never opened isn't opened for it
    await asyncio.sleep(0)
    assert world.fake.counts["POST open_dm"] == 1
