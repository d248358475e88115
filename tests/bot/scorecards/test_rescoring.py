"""Reading the answers again: versions that are all kept, sealed as long as the others are; and stopping a reading."""

import asyncio
import json
from pathlib import Path
from typing import Any

from bot import hiring, kits
from bot.store.rows import Requisition, Scorecard, Work
from bot.store.store import Tx
from flows.kits.model import Kit
from flows.words import rescore_en
from tests.bot.stagehand import Seat, Stage, acting, settle
from tests.bot.test_model_path import KIT, asks, model, with_model
from tests.bot.test_reading_ahead import opened, readings_of, tap, told
from tests.fakes.openai import error

MODEL = model(asks("What would you have done, had nobody answered you?"))


async def machine_cards(stage: Stage, seat: Seat) -> list[dict[str, Any]]:
    interview = await stage.interview(seat)
    rows = await stage.rows(Scorecard, interview_id=interview["id"], rater_id="machine")
    return sorted(rows, key=lambda r: r["version"])


async def presses(stage: Stage, name: str, option: str) -> str:
    """Noor looks at somebody's machine cards and presses a button there; the text of what she is told."""
    noor = stage.seats["Noor"]
    card = await noor.orders(f"/interview rescore {name}")
    assert option in [o["id"] for o in card["options"]], card
    token = (await noor.messages())[-1]["token"]
    await noor.taps(option, token)
    return (await noor.texts())[-1]


async def test_answers_that_are_read_again_make_a_new_version_and_stay_sealed(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await stage.finished()
        noor = stage.seats["Noor"]
        before = readings_of(fake, "mail server")
        said = await presses(stage, "Ada", "again")
        assert "have been read again. It stays sealed" in said or rescore_en.ASKED in said
        assert readings_of(fake, "mail server") == 2 * before
        cards = await machine_cards(stage, ada)
        assert [(c["version"], c["state"]) for c in cards] == [(1, "submitted"), (2, "submitted")]
        card = await noor.orders("/interview rescore Ada")
        assert [r["value"] for r in card["rows"][1:]] == [rescore_en.SEALED, rescore_en.SEALED]
        assert not [x for x in ("band", "test-model", "met", "mail") if x in json.dumps(card)]
        assert [t for t in await noor.texts() if "have been read again. It stays sealed" in t]
        for name in ("Priya", "Tom"):
            await stage.seats[name].rates("Ada Okoye")
        assert {c["state"] for c in await machine_cards(stage, ada)} == {"revealed"}
        listed = (await noor.orders("/interview rescore Ada"))["rows"][1:]
        assert len(listed) == 2
        assert all("kit test-engineer version 3, test-model at 127.0.0.1" in r["value"] for r in listed)


async def test_a_newer_kit_reads_the_machines_card_only_and_nothing_breaks(home: Path, tmp_path: Path):
    """Competencies differ between the ratings' kit and the card's: both are shown, each in its own words."""
    async with with_model(home, MODEL) as (stage, _):
        ada = await stage.finished()
        for name in ("Priya", "Tom"):
            await stage.seats[name].rates("Ada Okoye")
        later = newer(KIT)
        await stage.app.store.commit(lambda tx: known(tx, stage))
        stage.app.kits.folder = shelf(tmp_path, later)
        await presses(stage, "Ada", "newer")
        cards = await machine_cards(stage, ada)
        assert [(c["version"], c["state"]) for c in cards] == [(1, "revealed"), (2, "revealed")]
        body = await opened(stage, ada)
        assert (body["kit"], body["kit_version"]) == (later.kit, 9)
        post = (await stage.seats["Noor"].post("Ada Okoye"))["card"]
        titles = {s["title"]: s for s in post["scores"]}
        assert set(titles) == {"Ownership", "Care", "Kindness"}
        assert titles["Care"]["levels"]
        assert not titles["Kindness"]["levels"]
        assert titles["Kindness"]["machine"].startswith("4 (band 4")
        assert titles["Care"]["machine"] == "read by people only"
        rows = (await stage.seats["Noor"].orders("/interview rescore Ada"))["rows"][1:]
        assert ["version 3" in rows[0]["value"], "version 9" in rows[1]["value"]] == [True, True]


def newer(kit: Kit) -> Kit:
    """A later version in which one competency has another key."""
    raw = kit.model_dump(mode="json")
    competencies = dict(raw["competencies"])
    competencies["kindness"] = {**competencies.pop("care"), "title": "Kindness"}
    questions = [
        {**q, "competencies": {"kindness" if k == "care" else k: v for k, v in q["competencies"].items()}}
        for q in raw["questions"]
    ]
    return Kit.model_validate({**raw, "version": 9, "competencies": competencies, "questions": questions})


def known(tx: Tx, stage: Stage) -> None:
    """The requisition's kit as the library calls it."""
    requisition = hiring.get_requisition(tx, stage.app.tenant_id, stage.requisition_id)
    tx.change(Requisition, {"tenant_id": requisition["tenant_id"], "id": requisition["id"]}, {"kit_name": KIT.kit})


def shelf(folder: Path, kit: Kit) -> Path:
    """A folder with this kit as the library has it. JSON is YAML too."""
    (folder / f"{kit.kit}.yaml").write_text(kit.model_dump_json(), "utf-8")
    assert kits.KitLibrary(folder).load(kit.kit).version == kit.version
    return folder


async def test_a_reading_can_be_stopped_and_words_are_matched_instead(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await stage.invite()
        await ada.plays(until="end.look")
        fake.hold = asyncio.Event()
        waiting = await ada.must_wait()
        stage.clock.forward(1000)
        await stage.app.port.receive(ada.who, ada.who.thread_id, "person", tap(stage, waiting.token))
        await fake.held(3)
        noor = stage.seats["Noor"].who
        assert "competencies read" in await told(stage.seats["Noor"], stage, "/interview rescore Ada")
        token = (await stage.seats["Noor"].messages())[-1]["token"]
        await stage.app.port.receive(noor, noor.thread_id, "person", tap(stage, token, "stop"))
        fake.hold.set()
        await settle()
        (card,) = await machine_cards(stage, ada)
        body = await opened(stage, ada)
        assert (card["kind"], body["fallback"], body["stopped_by"]) == ("evidence-map", "stopped", noor.person_id)
        assert all(r["level"] is None for r in body["results"])
        for name in ("Priya", "Tom"):
            await stage.seats[name].rates("Ada Okoye")
        assert "a recruiter stopped the reading" in (await stage.seats["Noor"].post("Ada Okoye"))["card"]["foot"]
        assert "stopped by Noor" in str((await stage.seats["Noor"].orders("/interview rescore Ada"))["rows"])


async def test_a_model_that_fails_the_second_time_changes_nothing(home: Path):
    async with with_model(home, MODEL) as (stage, fake):
        ada = await stage.finished()
        fake.refusals += [(503, {}, error("down", "server_error"))] * 100
        await presses(stage, "Ada", "again")
        (card,) = await machine_cards(stage, ada)
        assert (card["version"], card["kind"]) == (1, "llm-evidence")
        assert [t for t in await stage.seats["Noor"].texts() if "could not be read again" in t]


async def test_the_candidate_hears_their_feedback_once_however_often_they_are_read(home: Path):
    async with with_model(home, MODEL) as (stage, _):
        ada = await stage.finished()
        for name in ("Priya", "Tom"):
            await stage.seats[name].rates("Ada Okoye")
        told = len(await ada.messages())
        await presses(stage, "Ada", "again")
        assert len(await machine_cards(stage, ada)) == 2
        assert len(await ada.messages()) == told


async def test_it_is_for_recruiters_and_only_where_there_is_something_to_read(home: Path):
    async with with_model(home, MODEL) as (stage, _):
        ada = await stage.invite()
        noor, priya = stage.seats["Noor"], stage.seats["Priya"]
        assert (await noor.orders("/interview rescore Ada"))["text"] == rescore_en.NO_ANSWERS
        await ada.plays()
        assert "Only recruiters" in (await priya.orders("/interview rescore Ada"))["text"]
        await noor.orders("/interview rescore Ada")
        token = (await noor.messages())[-1]["token"]
        await priya.taps("again", token)
        assert len(await machine_cards(stage, ada)) == 1
        await noor.taps("stop", token)
        assert (await noor.texts())[-1] == rescore_en.NONE_UNDER_WAY
        await noor.taps("newer", token)
        assert (await noor.texts())[-1] == rescore_en.NO_NEWER


async def test_without_a_model_a_newer_kit_can_be_read_too(home: Path, tmp_path: Path):
    async with acting(home, kit=KIT) as stage:
        ada = await stage.finished()
        stage.app.kits.folder = shelf(tmp_path, newer(KIT))
        await presses(stage, "Ada", "newer")
        assert [c["kind"] for c in await machine_cards(stage, ada)] == ["evidence-map", "evidence-map"]
        assert (await opened(stage, ada))["kit_version"] == 9
        works = await stage.rows(Work, kind="Assess")
        assert {w["state"] for w in works} == {"done"}
