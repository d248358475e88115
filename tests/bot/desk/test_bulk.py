"""Many at once: shown before, done once, one person per transaction, and harmless to open in a spreadsheet."""

import csv
import io
from typing import Any

import pytest

from bot import people
from bot.mail import Mail
from bot.scene import Scene
from bot.store.rows import Batch, BatchItem, Inbox, Interview, Role, Thread
from bot.store.store import Tx
from flows.words import desk_en as words
from tests.bot.desk.conftest import Counter, options_of, text_of
from tests.bot.stagehand import DAY, Stage
from tests.bot.test_commands import ODD

THREE = "name,requisition,note\nAda Okoye,Customer,met at the fair\nLin Chen,,\nZoë Ångström,,\n"


async def table(stage: Stage) -> list[dict[str, str]]:
    """What the recruiter was told about everybody, as a spreadsheet reads it."""
    rows: list[dict[str, str]] = []
    for text in await stage.seats["Noor"].texts():
        if text.startswith("name,requisition,outcome,link"):
            rows += list(csv.DictReader(io.StringIO(text)))
    return rows


async def names(stage: Stage) -> list[str]:
    """Everybody who is invited, in order."""
    app, found = stage.app, await stage.rows(Interview, "created_at,id")
    return sorted(
        await app.store.read(lambda tx: [people.name_of(tx, app.keys, app.tenant_id, r["candidate_id"]) for r in found])
    )


async def test_nobody_is_invited_before_it_was_confirmed_and_everybody_once_after(stage: Stage, noor: Counter):
    shown = await noor.uploads(THREE)
    assert text_of(shown) == "people.csv: 3 people can be invited."
    assert options_of(shown) == ["invite", "cancel"]
    assert await stage.rows(Interview) == []
    assert "3 people" in text_of(await noor.presses(shown.token, "invite"))
    assert text_of(await noor.presses(shown.token, "invite")) == words.BATCH_OVER
    assert await names(stage) == ["Ada Okoye", "Lin Chen", "Zoë Ångström"]
    told = await table(stage)
    assert [(r["name"], r["outcome"]) for r in told] == [
        (n, "invited") for n in ("Ada Okoye", "Lin Chen", "Zoë Ångström")
    ]
    seat = await stage.seat("Ada", await redeemed(stage, told[0]["link"]))
    assert seat.who.name == "Ada Okoye"
    assert {i["body"] for i in await stage.rows(BatchItem)} == {None}, "every word of the list is forgotten"
    card = await noor.presses("do:board:all", (await stage.interview(seat))["id"])
    assert ("Note", "met at the fair") in [(r.label, r.value) for r in (card.card.rows if card.card else ())]


async def redeemed(stage: Stage, link: str) -> str:
    secret = link.rpartition("/")[2]
    used = await stage.app.store.commit(lambda tx: people.redeem(tx, stage.app.ids, secret, stage.clock.now()))
    assert not isinstance(used, people.Refused)
    return used[1]


async def test_every_line_that_does_not_work_is_named_with_its_reason(stage: Stage, noor: Counter):
    await noor.line("invite Ada Okoye")
    shown = await noor.uploads(
        f"name,requisition,note\nAda Okoye,,\n,Customer,\n{'x' * 121},,\nLin,Astronaut,\nLin Chen,,\nlin  chen,,\nBo,,{'n' * 501}\n"
    )
    assert text_of(shown) == "people.csv: 1 person can be invited. 6 lines need a look and are left out."
    assert shown.card is not None
    told = {r.label: r.value for r in shown.card.rows}
    assert told["Line 2"] == f"Ada Okoye: {words.ROW_INVITED}"
    assert told["Line 3"] == words.ROW_NAME
    assert told["Line 4"].endswith(words.ROW_LONG)
    assert told["Line 5"] == f"Lin: {words.row_unknown('Astronaut')}"
    assert told["Line 7"] == f"lin chen: {words.ROW_TWICE}"
    assert told["Line 8"] == f"Bo: {words.ROW_NOTE_LONG}"


@pytest.mark.parametrize("data", ["", "name\n,\n", b"PK\x03\x04", b"\xff\xfe\x00", 'name\n"Ada\n'])
async def test_a_file_without_anybody_offers_no_button(stage: Stage, noor: Counter, data: bytes | str):
    shown = await noor.uploads(data)
    assert (options_of(shown), shown.token) == ([], "")
    assert await stage.rows(Batch) == []


async def test_hostile_names_are_only_names(stage: Stage, noor: Counter):
    hostile = [*ODD, "+49 30 1234", "-1", "@SUM(A1)", "\t=1+1"]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("name",), *((n,) for n in hostile)])
    shown = await noor.uploads(out.getvalue())
    await noor.presses(shown.token, "invite")
    wanted = sorted(" ".join(n.strip("\"' \t").split()) for n in hostile)
    assert await names(stage) == wanted
    told = await table(stage)
    assert len(told) == len(hostile)
    assert not [r for r in told for c in r.values() if c.startswith(("=", "+", "-", "@", "\t"))]
    assert sum(c.startswith("'") for r in told for c in r.values()) == 6


async def test_cancelled_or_a_day_old_lists_invite_nobody(stage: Stage, noor: Counter):
    first, second = await noor.uploads(THREE), await noor.uploads(THREE)
    assert text_of(await noor.presses(first.token, "cancel")) == words.BATCH_CANCELLED
    assert text_of(await noor.presses(first.token, "invite")) == words.BATCH_OVER
    stage.clock.forward(DAY + 1)
    for _ in range(2):
        assert text_of(await noor.presses(second.token, "invite")) == words.BATCH_OLD
    assert await stage.rows(Interview) == []
    assert {i["body"] for i in await stage.rows(BatchItem)} == {None}


async def test_what_changed_between_the_preview_and_the_yes_is_seen(stage: Stage, noor: Counter):
    shown = await noor.uploads(THREE)
    await noor.line("invite Lin Chen")
    await noor.presses(shown.token, "invite")
    assert await names(stage) == ["Ada Okoye", "Lin Chen", "Zoë Ångström"]
    assert [r["outcome"] for r in await table(stage)] == ["invited", words.ROW_INVITED, "invited"]


async def test_who_may_no_longer_recruit_invites_nobody_more(stage: Stage, noor: Counter):
    shown = await noor.uploads(THREE)
    key = {"person_id": noor.who.person_id}

    def lose(scene: Scene) -> Any:
        reply = noor.desk.act(scene, noor.who.person_id, shown.token, "invite")
        scene.tx.delete(Role, key)
        return reply

    await noor.does(lose)
    assert await stage.rows(Interview) == []
    assert len(await table(stage)) == 3


async def test_a_stop_between_two_people_loses_nobody_and_invites_nobody_twice(stage: Stage, noor: Counter):
    """The letter of each item is handled in one transaction with the item: stop after every one of them."""
    shown = await noor.uploads(THREE)
    app = stage.app
    real, stops = app.intake.deeds["batch"], list[int]()

    def stopping(scene: Scene, mail: Mail) -> None:
        real(scene, mail)
        if mail.data["n"] not in stops:
            stops.append(mail.data["n"])
            raise ConnectionError("killed before the commit")

    app.intake.deeds["batch"] = stopping
    await noor.presses(shown.token, "invite")
    assert stops == [0, 1, 2, 3], "each was rolled back once"
    assert await names(stage) == ["Ada Okoye", "Lin Chen", "Zoë Ångström"]
    assert len(await table(stage)) == 3


async def test_a_restart_in_the_middle_goes_on_where_it_was(stage: Stage, noor: Counter):
    shown, app = await noor.uploads(THREE), stage.app

    def go(tx: Tx) -> None:
        thread = tx.find(Thread, {"id": noor.who.thread_id})[0]
        scene = Scene(tx, app.keys, app.ids, thread, stage.clock.now())
        noor.desk.act(scene, noor.who.person_id, shown.token, "invite")
        scene.close()
        # The first letter is done as the runner would, and then the machine is gone: only the rows are left.
        (letter,) = tx.find(Inbox, {"thread_id": noor.who.thread_id, "state": "pending"})
        (batch,) = tx.find(Batch, {})
        again = Scene(tx, app.keys, app.ids, tx.find(Thread, {"id": noor.who.thread_id})[0], stage.clock.now())
        noor.desk.batch(again, Mail(app.tenant_id, "", "", "", "batch", again.at, {"batch": batch["id"], "n": 0}))
        tx.change(Inbox, {"event_id": letter["event_id"]}, {"state": "done", "body": None})
        again.close()

    await app.store.commit(go)
    assert await names(stage) == ["Ada Okoye"]
    await stage.restart()
    assert await names(stage) == ["Ada Okoye", "Lin Chen", "Zoë Ångström"]
    assert len(await table(stage)) == 3
