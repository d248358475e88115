"""Commands, buttons, completions and forms: kept first, answered in time, private to the person."""

import asyncio
from typing import Any

import pytest

from adapters.contract import FILL_IN, Answer, Form, Incoming, Slash, Start, Tap, Upload, Who, button
from adapters.discord import commands
from adapters.discord.interactions import BROKEN, CLOSED, LOST, NOT_NOW, NOT_OURS, SLOW
from flows.words.desk_en import USAGE
from tests.adapters.discord.conftest import World, outgoing
from tests.fakes.discord import COMPLETE, DEFER, DEFER_UPDATE, MESSAGE, Interaction
from tests.fakes.discord_payloads import BOT, EPHEMERAL, GUILD

LINE = {"type": 3, "name": "details"}
LEVELS = [{"id": str(n), "label": str(n), "hint": f"Level {n}"} for n in range(1, 6)] + [
    {"id": "none", "label": "No basis"}
]
NAMES = ["ownership", "clarity", "care", "depth", "pace"]


def scorecard() -> dict[str, Any]:
    fields: list[dict[str, Any]] = []
    for name in NAMES:
        fields.append({"key": f"{name}.level", "label": name.title(), "kind": "scale", "options": LEVELS})
        fields.append({"key": f"{name}.why", "label": f"{name.title()}: why?", "kind": "text", "required": False})
    go_on = [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]
    fields.append({"key": "recommendation", "label": "Go on?", "kind": "choice", "options": go_on})
    return {"text": "Your rating", "fields": fields, "submit": "Look it over"}


async def answered(found: Interaction) -> dict[str, Any]:
    await asyncio.wait_for(found.answered.wait(), 3)
    assert found.answer is not None
    return found.answer


def words(answer: dict[str, Any]) -> str:
    assert answer["type"] == MESSAGE
    assert answer["data"]["flags"] & EPHEMERAL
    return answer["data"]["content"].replace("\\", "")


def sub(name: str, *options: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": 1, "name": name, "options": list(options)}]


async def test_a_command_becomes_a_line(world: World):
    world.port.answer = lambda event: Answer(card={"text": "Invited. *Ada* @everyone"})
    line = {**LINE, "value": "Ada for Support"}
    said = words(await answered(await world.fake.slash(world.ada, "interview", sub("invite", line), world.team)))
    [event] = world.port.events
    assert event.act == Slash("invite Ada for Support")
    assert (event.place.address, event.place.private, event.place.title) == (f"{GUILD}/{world.team}", False, "hiring")
    assert event.who.workspace == GUILD
    assert said == "Invited. *Ada* @everyone"


async def test_any_other_command_may_be_typed(world: World):
    typed = sub("run", {**LINE, "value": "team add Bo"})
    await answered(await world.fake.slash(world.ada, "interview", typed))
    await answered(await world.fake.slash(world.ada, "interview", sub("help")))
    assert [e.act for e in world.port.events] == [Slash("team add Bo"), Slash("help")]


async def test_a_code_begins_in_the_person_s_own_chat(world: World):
    code = [{"type": 3, "name": "code", "value": " SeCrEt_1 "}]
    answer = await answered(await world.fake.slash(world.ada, "start", code, world.team))
    [event] = world.port.events
    assert event.act == Start("SeCrEt_1")
    assert (event.place.address, event.place.private) == (f"user/{world.ada}", True)
    assert words(answer)


async def test_a_file_with_a_command(world: World):
    file = world.fake.attach("list.csv", "text/csv", b"name\nAda\n")
    options = sub("bulk", {"type": 11, "name": "file", "value": file["id"]}, {**LINE, "value": "Support"})
    resolved = {"attachments": {file["id"]: file}}
    await answered(await world.fake.slash(world.ada, "interview", options, world.team, resolved=resolved))
    [event] = world.port.events
    assert isinstance(event.act, Upload)
    assert (event.act.name, event.act.text, event.place.private) == ("list.csv", "bulk Support", True)
    assert await event.act.fetch(100) == b"name\nAda\n"


async def test_completions_are_the_rest_of_the_line(world: World):
    world.port.suggestions = [("Ada Okoye", "status Ada Okoye"), ("long", "status " + "x" * 101), ("Bo", "status Bo")]
    typed = sub("status", {**LINE, "value": "a", "focused": True})
    found = await answered(await world.fake.slash(world.ada, "interview", typed, complete=True))
    assert found["type"] == COMPLETE
    shown = [{"name": "Ada Okoye", "value": "Ada Okoye"}, {"name": "Bo", "value": "Bo"}]
    assert found["data"]["choices"] == shown
    world.port.unavailable = True
    found = await answered(await world.fake.slash(world.ada, "interview", typed, complete=True))
    assert found["data"]["choices"] == []


async def test_completions_know_that_the_command_s_name_is_whole(world: World):
    lines = list[str]()

    async def suggest(who: Who, line: str) -> list[tuple[str, str]]:
        lines.append(line)
        return []

    world.port.suggest = suggest
    for name, said in (("board", ""), ("board", "Sup"), ("run", "boa")):
        typed = sub(name, {**LINE, "value": said, "focused": True})
        await answered(await world.fake.slash(world.ada, "interview", typed, complete=True))
    assert lines == ["board ", "board Sup", "boa"]


async def test_the_commands_are_registered(world: World):
    assert [c["name"] for c in world.fake.registered] == ["interview", "start"]
    assert {0, 1} == set(world.fake.registered[1]["integration_types"])


async def test_a_button_and_a_helper(world: World):
    card = {"text": "Tea?", "options": [{"id": "yes", "label": "Yes"}]}
    [sent] = await world.adapter.deliver([outgoing("ms_1", f"user/{world.ada}", card, "iv.7:q", aids=("done", "help"))])
    yes = await answered(await world.fake.tap(world.ada, "iv.7:q:yes"))
    more = await answered(await world.fake.tap(world.ada, "iv.7:q:~more", values=["~help"]))
    assert yes["type"] == more["type"] == DEFER_UPDATE
    acts = [e.act for e in world.port.events]
    assert acts == [Tap("iv.7:q", "yes", sent.platform_id), Tap("iv.7:q", "~help", sent.platform_id)]


async def test_a_stranger_s_button_is_the_bot_s_business(world: World):
    bo = world.fake.person("Bo")
    world.port.answer = lambda event: Answer(card={"text": "That isn't yours."})
    said = words(await answered(await world.fake.tap(bo, "iv.7:yes", world.team)))
    assert said == "That isn't yours."
    assert world.port.events[0].who.user == bo


async def test_a_button_that_isn_t_ours(world: World):
    assert words(await answered(await world.fake.tap(world.ada, "nonsense"))) == NOT_OURS
    assert world.port.received == 0


async def test_the_same_interaction_twice_says_nothing_new(world: World):
    world.port.answer = lambda event: Answer(card={"text": "Once."})
    found = await world.fake.tap(world.ada, "iv.7:yes")
    await answered(found)
    await world.fake.gateway.again("INTERACTION_CREATE")
    await world.port.until(lambda port: port.received == 2)
    await world.fake.until(lambda: world.fake.counts["POST callback"] == 2)
    assert len(world.port.events) == 1
    assert len(found.shown()) == 1


async def test_what_takes_long_is_deferred_and_answered_later(unconnected: World):
    unconnected.renewed(patience=0.05)
    await unconnected.connect()
    unconnected.port.hold = asyncio.Event()
    unconnected.port.answer = lambda event: Answer(card={"text": "Here you are."})
    tap = await unconnected.fake.tap(unconnected.ada, "iv.7:yes")
    slash = await unconnected.fake.slash(unconnected.ada, "interview", sub("status"), unconnected.team)
    assert (await answered(tap))["type"] == DEFER_UPDATE
    assert (await answered(slash))["type"] == DEFER
    assert unconnected.port.events == []
    unconnected.port.hold.set()
    for found in (tap, slash):
        await asyncio.wait_for(found.followed.wait(), 3)
        assert [m["content"] for m in found.followups] == ["Here you are."]
        assert found.followups[0]["flags"] & EPHEMERAL


async def test_an_answer_that_comes_too_late_goes_to_the_chat(world: World):
    world.port.answer = lambda event: Answer(card={"text": "Here you are."})
    world.port.hold = asyncio.Event()
    await world.fake.tap(world.ada, "iv.7:yes")
    await world.port.until(lambda port: port.received)
    world.fake.advance(4)
    world.port.hold.set()
    await world.fake.until(lambda: world.fake.said(world.dm))
    assert world.fake.said(world.dm) == ["Here you are."]
    assert len(world.port.events) == 1


async def test_an_expired_token_goes_to_the_chat(unconnected: World):
    unconnected.renewed(patience=0.05)
    await unconnected.connect()
    unconnected.port.hold = asyncio.Event()
    unconnected.port.answer = lambda event: Answer(card={"text": "At last."})
    tap = await unconnected.fake.tap(unconnected.ada, "iv.7:yes")
    await answered(tap)
    unconnected.fake.advance(901)
    unconnected.port.hold.set()
    await unconnected.fake.until(lambda: unconnected.fake.said(unconnected.dm))
    assert unconnected.fake.said(unconnected.dm) == ["At last."]


async def test_a_shut_store_is_said_and_nothing_is_taken(world: World):
    world.port.unavailable = True
    for found in (
        await world.fake.tap(world.ada, "iv.7:yes"),
        await world.fake.tap(world.ada, button("iv.7", FILL_IN)),
        await world.fake.slash(world.ada, "interview", sub("status"), world.team),
    ):
        assert words(await answered(found)) == NOT_NOW
    assert world.port.events == []


async def test_a_bad_interaction_is_answered_kindly(world: World):
    found = await world.fake.tap(world.ada, "iv.7:~pick0", values=[])
    assert words(await answered(found)) == BROKEN
    await answered(await world.fake.tap(world.ada, "iv.7:yes"))
    assert len(world.port.events) == 1


# -- forms


async def test_a_short_form(world: World):
    card = {"text": "About you", "fields": [{"key": "name", "label": "Your name", "value": "Ada"}], "submit": "Go on"}
    world.port.forms["f.1"] = card
    await world.adapter.deliver([outgoing("ms_1", f"user/{world.ada}", card, "f.1")])
    opened = await world.fake.tap(world.ada, button("f.1", FILL_IN))
    await answered(opened)
    sent = await world.fake.submit(opened, {"name": "Ada Okoye"})
    assert (await answered(sent))["type"] == DEFER_UPDATE
    [event] = world.port.events
    assert event.act == Form("f.1", {"name": "Ada Okoye"})
    assert event.id == sent.id


async def test_people_and_channels_are_picked(world: World):
    bo = world.fake.person("Bo")
    panel = {"key": "panel", "label": "Panel", "kind": "people", "value": world.ada, "required": False}
    place = {"key": "channel", "label": "Channel", "kind": "channel"}
    world.port.forms["f.1"] = {"text": "New", "fields": [panel, place]}
    opened = await world.fake.tap(world.ada, button("f.1", FILL_IN), world.team)
    await answered(opened)
    await answered(await world.fake.submit(opened, {"channel": world.team}))
    opened = await world.fake.tap(world.ada, button("f.1", FILL_IN), world.team)
    await answered(opened)
    await answered(await world.fake.submit(opened, {"panel": f"{world.ada},{bo}", "channel": world.team}))
    first, second = [e.act.fields for e in world.port.events if isinstance(e.act, Form)]
    assert first == {"panel": world.ada, "channel": world.team}
    assert second["panel"] == f"{world.ada},{bo}"
    assert await world.adapter.name_of(GUILD, bo) == "Bo"
    assert await world.adapter.name_of(GUILD, "1") == ""
    assert world.adapter.private(Who("discord", GUILD, bo)) == f"user/{bo}"


async def test_a_way_in_for_somebody_with_an_invitation(world: World):
    door = world.adapter.door("SeCrEt_1")
    assert door is not None
    assert BOT in door.url
    await world.fake.say(world.ada, door.code)
    [event] = await world.port.until_events(1)
    assert event.act == Start("SeCrEt_1")


async def test_a_scorecard_of_three_pages(world: World):
    world.port.forms["f.1"] = scorecard()
    await world.adapter.deliver([outgoing("ms_1", f"{GUILD}/{world.team}", scorecard(), "f.1")])
    opened = await world.fake.tap(world.ada, button("f.1", FILL_IN), world.team)
    for page in (1, 2, 3):
        await answered(opened)
        fields = [c["component"] for c in opened.modal["components"]]
        given = {f["custom_id"]: f"because of {f['custom_id']}" for f in fields if f["type"] == 4}
        given |= {
            f["custom_id"]: "yes" if f["custom_id"] == "recommendation" else "4" for f in fields if f["type"] == 21
        }
        sent = await world.fake.submit(opened, given)
        if page < 3:
            assert f"Part {page} of 3 is kept" in words(await answered(sent))
            opened = await world.fake.tap(world.ada, f"f.1:~fill.{page + 1}", world.team)
    await answered(sent)
    [event] = world.port.events
    wanted = {f"{n}.level": "4" for n in NAMES} | {f"{n}.why": f"because of {n}.why" for n in NAMES}
    assert event.act == Form("f.1", {**wanted, "recommendation": "yes"})


async def test_problems_lead_back_to_the_form_with_everything_kept(world: World):
    world.port.forms["f.1"] = scorecard()

    def judge(event: Incoming) -> Answer:
        assert isinstance(event.act, Form)
        return Answer() if event.act.fields["care.why"] else Answer(problems={"care.why": "Please give a reason."})

    world.port.answer = judge
    opened = await world.fake.tap(world.ada, button("f.1", FILL_IN))
    for page in (1, 2, 3):
        await answered(opened)
        radios = [c["component"] for c in opened.modal["components"] if c["component"]["type"] == 21]
        sent = await world.fake.submit(opened, {r["custom_id"]: r["options"][0]["value"] for r in radios})
        answer = await answered(sent)
        if page < 3:
            opened = await world.fake.tap(world.ada, f"f.1:~fill.{page + 1}")
    assert "Care: why?: Please give a reason." in words(answer).replace("*", "")
    [again] = [c["custom_id"] for c in answer["data"]["components"][0]["components"]]
    assert again == "f.1:~fill.2"
    opened = await world.fake.tap(world.ada, again)
    await answered(opened)
    care = next(c["component"] for c in opened.modal["components"] if c["component"]["custom_id"] == "care.level")
    assert [o["value"] for o in care["options"] if o.get("default")] == ["1"]
    await answered(await world.fake.submit(opened, {"care.why": "She helped."}))
    opened = await world.fake.tap(world.ada, "f.1:~fill.3")
    await answered(opened)
    assert (await answered(await world.fake.submit(opened, {})))["type"] == DEFER_UPDATE
    assert isinstance(world.port.events[-1].act, Form)
    assert world.port.events[-1].act.fields["care.why"] == "She helped."


async def test_a_form_whose_beginning_was_lost(world: World):
    world.port.forms["f.1"] = scorecard()
    opened = await world.fake.tap(world.ada, "f.1:~fill.3")
    await answered(opened)
    given = {"pace.level": "1", "recommendation": "no"}
    assert words(await answered(await world.fake.submit(opened, given))) == LOST
    assert world.port.events == []


async def test_a_form_that_is_closed_or_slow(unconnected: World):
    unconnected.renewed(patience=0.05)
    await unconnected.connect()
    tap = await unconnected.fake.tap(unconnected.ada, button("f.1", FILL_IN))
    assert words(await answered(tap)) == CLOSED
    unconnected.port.hold = asyncio.Event()
    tap = await unconnected.fake.tap(unconnected.ada, button("f.1", FILL_IN))
    assert words(await answered(tap)) == SLOW
    unconnected.port.hold.set()


@pytest.mark.parametrize("slow", [False, True])
async def test_a_command_that_opens_a_form(unconnected: World, slow: bool):
    unconnected.renewed(patience=0.05 if slow else 2.0)
    await unconnected.connect()
    card = {"text": "A requisition", "fields": [{"key": "title", "label": "Title"}]}
    unconnected.port.answer = lambda event: Answer(card=card, token="f.2") if isinstance(event.act, Slash) else Answer()
    unconnected.port.forms["f.2"] = card
    unconnected.port.hold = asyncio.Event()
    opened = await unconnected.fake.slash(unconnected.ada, "interview", sub("new"), unconnected.team)
    if slow:
        await answered(opened)
        unconnected.port.hold.set()
        await asyncio.wait_for(opened.followed.wait(), 3)
        opened = await unconnected.fake.tap(unconnected.ada, button("f.2", FILL_IN), unconnected.team)
    unconnected.port.hold.set()
    await answered(opened)
    sent = await unconnected.fake.submit(opened, {"title": "Support engineer"})
    await answered(sent)
    assert unconnected.port.events[-1].act == Form("f.2", {"title": "Support engineer"})


def test_every_command_of_the_desk_can_be_given_though_discord_lists_only_so_many():
    assert len(commands.SUBCOMMANDS) <= commands.MOST
    assert commands.RUN in commands.SUBCOMMANDS
    left_out = [name for name in USAGE if name not in commands.SUBCOMMANDS]
    assert len(left_out) == max(0, len(USAGE) + 1 - commands.MOST)
    for name in left_out:
        assert commands.line_of({"options": sub(commands.RUN, {**LINE, "value": name})}) == name
