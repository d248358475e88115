"""Privacy through the whole application: what is asked in which order, who sees what, and what is left where."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from itertools import product
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import structlog

from bot import log, people
from bot.ids import digest
from bot.runner import embedded
from bot.scene import Scene
from bot.store.rows import AccessToken, Consent, FactRow, Inbox, Requisition, Scorecard, Session, Thread, Work
from bot.store.schema import current
from bot.store.store import Tx
from flows.words import legal_en, panel_en
from tests.bot.stagehand import DAY, HOUR, Seat, Stage, acting, settle
from tests.flows.rating.small_kit import GOOD

NAME, ANSWER, EDIT, ASIDE, CONTEST = "Mk1name Qz", "mk2answer", "mk3edit", "mk4aside", "mk5contest"
REASON, TEAM, QUESTION = "mk6reason", "mk7team", "mk8question"
MARKS = (NAME.split()[0], ANSWER, EDIT, ASIDE, CONTEST, REASON, TEAM, QUESTION)


@pytest.fixture
async def stage(home: Path) -> AsyncIterator[Stage]:
    async with acting(home) as stage:
        yield stage


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged, at the most talkative level, as the server writes it."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    log.configure("debug", stream, readable=False)
    yield stream
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


# -- R14, security 8: marker strings ---------------------------------------------------------------------------


async def marked(stage: Stage) -> Seat:
    """A whole interview with a marker in every field that a person can fill."""
    ada = await stage.invite(NAME)
    await ada.says(f"{ASIDE} I live somewhere in Wakanda", None)
    await ada.plays(until="outage", adjust="time")
    await ada.says(f"What do you mean, {QUESTION}?")
    if ".whose" in (await ada.must_wait()).key:
        await ada.taps("pass")
    u = await ada.says(f"{GOOD} {ANSWER}")
    await ada.edits(u, f"{GOOD} {EDIT}")
    await ada.taps("done")
    await ada.plays()
    priya, tom = stage.seats["Priya"], stage.seats["Tom"]
    questions = [m for m in await priya.messages(stage.channel_id) if "has a question" in str(m)]
    for message in questions:
        await priya.writes(f"We mean this: {TEAM}", reply_to=message["id"])
    await priya.rates(NAME, why=f"because {REASON}")
    await tom.says(f"/interview invite {ASIDE}", None)
    await tom.rates(NAME, why=f"because {REASON}", vote="no")
    await ada.taps("wrong")
    await ada.taps("other")
    await ada.says(f"This is not what I said: {CONTEST}")
    await ada.taps("done")
    assert questions
    assert (await stage.interview(ada))["status"] == "scored"
    return ada


def files(home: Path) -> dict[str, bytes]:
    """Every file under a folder, in raw bytes."""
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


async def fails(stage: Stage, seat: Seat, words: str) -> None:
    """A letter to a candidate's chat that cannot be handled, with an exception that quotes people."""

    def broken(*_: Any) -> None:
        raise ValueError(words)

    def write(tx: Tx) -> None:
        thread = tx.find(Thread, {"id": stage.channel_id})[0]
        scene = Scene(tx, stage.app.keys, stage.app.ids, thread, stage.clock.now())
        scene.send(seat.who.thread_id, "broken", seat.who.person_id, text=words)

    stage.app.intake.deeds["broken"] = broken
    await stage.app.store.commit(write)
    await stage.app.runner.recover()
    await settle()
    assert await stage.rows(Inbox, state="failed")


async def test_what_people_write_is_in_no_log_and_in_no_file_in_clear(
    home: Path, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(embedded, "_MAIL_ATTEMPTS", 2)
    async with acting(home) as stage:
        ada = await marked(stage)
        export = await stage.seats["Noor"].exports((await stage.interview(ada))["id"])
        everything = (
            str(export) + str(await ada.messages()) + str(await stage.seats["Priya"].messages(stage.channel_id))
        )
        assert [m for m in MARKS if m not in everything] == []  # people do see it: so there is something to find
        await fails(stage, ada, f"cannot read {ANSWER!r} of {NAME}")
        await stage.restart()
        raw = files(home)
        assert {"parley.db", "parley.db-wal"} <= set(raw)
    raw |= {f"{name}, closed": data for name, data in files(home).items()}
    found = [(name, m) for name, data in raw.items() for m in MARKS if m.encode() in data]
    assert found == []
    assert current(f"sqlite:///{home / 'parley.db'}") is not None
    written = logs.getvalue()
    assert [m for m in MARKS if m in written] == []
    assert "letter_failed" in written  # something was logged, and its exception quoted the candidate


async def test_links_and_sessions_are_stored_as_digests_only(stage: Stage, home: Path):
    card = await stage.seats["Noor"].orders("/interview invite Ada Okoye")
    secret = card["rows"][0]["value"].rpartition("/")[2]
    used = await stage.app.store.commit(lambda tx: people.redeem(tx, stage.app.ids, secret, stage.clock.now()))
    assert not isinstance(used, people.Refused)
    assert [t["digest"] for t in await stage.rows(AccessToken)] == [digest(secret)]
    assert digest(used[1]) in {s["digest"] for s in await stage.rows(Session)}
    assert "parley.db" in files(home)
    assert [(n, s) for n, data in files(home).items() for s in (secret, used[1]) if s.encode() in data] == []


async def test_facts_hold_ids_and_never_words(stage: Stage):
    await marked(stage)
    rows = await stage.rows(FactRow, "at,id")
    assert {"team_question", "contested", "submitted", "rated", "accommodation_asked"} <= {r["name"] for r in rows}
    for row in rows:
        for word in _strings(orjson.loads(row["data"])):
            assert " " not in word, row
            assert len(word) <= 64, row
            assert not [m for m in MARKS if m in word], row


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for v in cast("dict[str, Any]", value).values() for s in _strings(v)]
    if isinstance(value, list):
        return [s for v in cast("list[Any]", value) for s in _strings(v)]
    return [value] if isinstance(value, str) else []


# -- R1, R2, R3: what comes first ---------------------------------------------------------------------------------


async def test_nothing_but_the_disclosure_comes_before_the_place_of_residence(stage: Stage):
    ada = await stage.invite()
    disclosure = legal_en.AI_DISCLOSURE.filled(
        name="Ada Okoye", company="Our company", role="Customer support specialist"
    )
    first, question = await ada.texts()
    assert first == disclosure
    assert "Which country do you live in?" in question
    assert await stage.rows(Consent) == []
    await ada.says("SW1A 1AA")  # a postcode is refused, and nothing else is said meanwhile
    assert len(await ada.texts()) <= 4
    assert await stage.rows(Consent) == []
    assert (await ada.must_wait()).key == "residence"
    await ada.says("London")
    notices = [c for c in await stage.rows(Consent, "at,id") if c["answer"] == "given"]
    assert {(c["kind"], c["text_hash"]) for c in notices} == {
        (t.id, t.hash) for t in (legal_en.NOTICE_SHORT, legal_en.NOTICE_LONG)
    }
    assert (await ada.must_wait()).key == "consent.interview"
    texts = await ada.texts()
    assert texts.index(question) < next(i for i, t in enumerate(texts) if t.startswith("What this is about"))


async def test_every_session_and_every_return_begins_with_the_disclosure(stage: Stage):
    ada = await stage.invite()
    again = legal_en.AI_AGAIN.filled(company="Our company")
    await ada.plays(until="start")
    await ada.taps("later")
    await stage.wait(DAY)
    before = len(await ada.texts())
    await ada.says("Here I am.")
    assert (await ada.texts())[before] == again
    await ada.says("pause")
    before = len(await ada.texts())
    await ada.says("continue")
    assert (await ada.texts())[before] == again
    await stage.wait(3 * HOUR)
    await stage.wait(3 * HOUR)
    assert (await stage.interview(ada))["status"] == "paused"
    before = len(await ada.texts())
    await ada.says("Back now.")
    assert (await ada.texts())[before] == again
    await ada.plays()
    for name in ("Priya", "Tom"):
        await stage.seats[name].rates("Ada Okoye")
    texts = await ada.texts()
    assert texts[next(n for n, t in enumerate(texts) if "You took the time" in t) - 1] == again


# -- R4: consents, and the gates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("talk", "scoring", "recording"), list(product(["yes", "no"], repeat=3)))
async def test_each_agreement_can_be_refused_by_itself(stage: Stage, talk: str, scoring: str, recording: str):
    """Who first prefers a person and then stays is asked the other two as well; so all eight come to an end."""
    ada = await stage.invite()
    plan: dict[str, Any] = {
        "consent_interview": talk,
        "instead": "bot",
        "consent_scoring": scoring,
        "consent_recording": recording,
    }
    await ada.plays(**plan)
    interview = await stage.interview(ada)
    assert interview["status"] == "submitted"
    stored = {c["kind"]: c for c in await stage.rows(Consent, "at,id") if c["answer"] != "given"}
    assert {k: c["answer"] for k, c in stored.items()} == {
        "interview": "yes",
        "scoring": scoring,
        "recording": recording,
    }
    texts = {k: getattr(legal_en, f"CONSENT_{k.upper()}") for k in stored}
    assert {k: (c["text_version"], c["text_hash"]) for k, c in stored.items()} == {
        k: (str(t.version), t.hash) for k, t in texts.items()
    }
    machine = await machine_card(stage, ada)
    assert ("results" in machine) == (scoring == "yes")
    card = (await stage.seats["Noor"].post("Ada Okoye"))["card"]
    assert card.get("foot", "").startswith("Human scorecard only.") == (scoring == "no")
    for name in ("Priya", "Tom"):
        await stage.seats[name].rates("Ada Okoye")
    card = (await stage.seats["Noor"].post("Ada Okoye"))["card"]
    assert (await stage.interview(ada))["status"] == "scored"
    if scoring == "no":
        # Why is for recruiters alone: what a candidate chose must not colour a rating.
        assert card["foot"] == "Human scorecard only."
        assert {s["machine"] for s in card["scores"]} == {panel_en.NO_MACHINE}
        assert not [s for s in card["scores"] if s.get("marks") or s.get("quotes")]
    assert (await ada.must_wait()).key == "close"  # feedback either way


async def machine_card(stage: Stage, seat: Seat) -> dict[str, Any]:
    """The machine's stored card, opened."""
    interview = await stage.interview(seat)
    (row,) = await stage.rows(Scorecard, interview_id=interview["id"], rater_id="machine")
    app = stage.app

    def opened(tx: Tx) -> Any:
        app.keys.load(tx, app.tenant_id, row["subject_id"])
        return app.keys.open(app.tenant_id, row["subject_id"], row["body"])

    return await app.store.read(opened)


async def test_who_prefers_a_person_gets_one_and_is_asked_nothing_more(stage: Stage):
    ada = await stage.invite()
    asked = await ada.plays(consent_interview="no", instead="human")
    assert not [k for k in asked if k.startswith(("consent.scoring", "consent.recording"))]
    assert (await stage.interview(ada))["status"] == "declined"
    assert [t for t in await stage.seats["Noor"].texts(stage.channel_id) if "prefers an interview with a person" in t]
    assert await stage.rows(Work) == []


@pytest.mark.parametrize(
    ("place", "open_"),
    [("London", True), ("New York", False), ("NYC", False), ("Berlin", False), ("I'd rather not say", False)],
)
async def test_the_place_of_residence_closes_the_gate(stage: Stage, place: str, open_: bool):
    ada = await stage.finished(residence=place)
    assert ("results" in await machine_card(stage, ada)) is open_
    foot = (await stage.seats["Noor"].post("Ada Okoye"))["card"].get("foot", "")
    assert (foot == "Human scorecard only.") is not open_
    status = await stage.seats["Noor"].orders("/interview status")
    waits = next(r["value"] for r in status["rows"] if r["label"] == "Ada Okoye")
    assert ("Read by people only" in waits) is not open_
    if "New York" in place:
        assert "New York City" in waits


async def test_the_place_of_the_role_closes_the_gate_too(stage: Stage):
    key = {"tenant_id": stage.app.tenant_id, "id": stage.requisition_id}
    await stage.app.store.commit(lambda tx: tx.change(Requisition, key, {"role_site": "US-NYC"}))
    ada = await stage.finished()
    assert "results" not in await machine_card(stage, ada)


# -- R6: adjustments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["before", "during", "in words"])
async def test_an_adjustment_is_for_the_recruiters_alone(stage: Stage, where: str):
    observer = await stage.join("Olga", "observer")
    ada = await stage.invite()
    if where == "before":
        await ada.plays(adjust="time")
    else:
        await ada.plays(until="outage")
        if where == "during":
            await ada.taps("~accommodate")
            await ada.taps("time")
        else:
            await ada.says("I need more time please")
            await ada.says("No reminders, no hurry")
        assert (await ada.must_wait()).key == "outage"
        await stage.wait(12 * HOUR)
        assert (await stage.interview(ada))["status"] == "in_progress"  # every timer is off
        await ada.plays()
    priya, tom, noor = (stage.seats[n] for n in ("Priya", "Tom", "Noor"))
    told = [t for t in await noor.texts() if "asked for an adjustment" in t]
    assert len(told) == 1
    interview = await stage.interview(ada)
    for stop in ("sealed", "open"):
        for seat in (priya, tom, observer):
            seen = [await seat.messages(), await seat.messages(stage.channel_id), await seat.reviews(interview["id"])]
            seen += [await seat.exports(interview["id"]), *(s.frames for s in (seat.own, seat.channel) if s)]
            words = ("adjustment", "accommodat", "no hurry", "more time", "reminders", "unhurried")
            leaked = [w for w in words if w in str(seen).casefold()]
            assert not leaked, (stop, seat.name, leaked)
        if stop == "sealed":
            await priya.rates("Ada Okoye")
            await tom.rates("Ada Okoye")
    assert (await stage.interview(ada))["status"] == "scored"
