"""With a language model configured: follow-ups in its words, a card with bands, and calm when it fails."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.web.parse import SaidIn
from bot.store.rows import Work
from bot.work import assess, progress
from flows.kits.model import Kit
from flows.words import panel_en
from tests.bot.stagehand import SECOND, Seat, Stage, acting, settle
from tests.fakes.openai import FakeOpenAI, error, honest
from tests.flows.rating.small_kit import GOOD, RAW

# A model reads only with a kit that passes lint, which asks for a probe for every indicator.
_OUTAGE, _UPSET = RAW["questions"]
_TELLS = {**_UPSET["probes"], "tells": "What did you tell them about the next step?"}
KIT = Kit.model_validate({**RAW, "questions": [_OUTAGE, {**_UPSET, "probes": _TELLS}]})
THIN = "Something broke once and then it was fine again, that was on a Friday, as far as I can still remember it today."
ASKED = "What would you have done, had the vendor not answered you at all?"
PROBES = {p for q in KIT.questions for p in q.probes.values()}


def model(follow_up: Callable[[], str]) -> Callable[[dict[str, Any]], str]:
    """A model that reads honestly, and words its follow-ups by `follow_up`."""

    def answer(body: dict[str, Any]) -> str:
        form = body.get("response_format", {}).get("json_schema", {}).get("name", "")
        return follow_up() if form == "follow_up" else honest(body)

    return answer


@asynccontextmanager
async def with_model(home: Path, answer: Callable[[dict[str, Any]], str]) -> AsyncGenerator[tuple[Stage, FakeOpenAI]]:
    async with FakeOpenAI(answer).running() as fake:
        async with acting(home, kit=KIT, openai_base_url=fake.base_url, openai_model="test-model") as stage:
            yield stage, fake
        assert not fake.violations, "\n".join(fake.violations)


def asks(text: str) -> Callable[[], str]:
    return lambda: json.dumps({"question": text})


async def at_the_follow_up(stage: Stage, answer: str = THIN) -> tuple[Seat, str]:
    """A candidate whose first answer was thin: the follow-up that they were asked."""
    ada = await stage.invite()
    await ada.plays(until="outage")
    await ada.says(answer)
    await ada.taps("done")
    assert (await ada.must_wait()).key == "outage.follow#1"
    return ada, (await ada.texts())[-1]


async def test_a_follow_up_is_asked_in_the_models_words(home: Path):
    async with with_model(home, model(asks(ASKED))) as (stage, fake):
        _, asked = await at_the_follow_up(stage)
        assert asked == ASKED
        (request,) = fake.requests
        sent = json.dumps(request)
        assert "Friday" in sent
        assert not [a for c in KIT.competencies.values() for a in c.anchors.values() if a in sent]
        assert "Ada" not in sent


@pytest.mark.parametrize(
    "wrong",
    [
        "Great answer. Could you tell me your age, and are you married?",
        "Says what they did themselves, in the first person?",
        "Tell me about a time when something you were responsible for broke. What did you do?",
        "Click https://example.org to go on?",
        "What happened? And why? And who did it?",
        "",
    ],
)
async def test_a_follow_up_that_does_not_pass_the_checks_is_the_kits_own(home: Path, wrong: str):
    async with with_model(home, model(asks(wrong))) as (stage, fake):
        _, asked = await at_the_follow_up(stage)
        assert asked in PROBES
        assert len(fake.requests) == 1


async def test_the_number_of_follow_ups_is_bounded_whatever_the_model_says(home: Path):
    async with with_model(home, model(asks(ASKED))) as (stage, _):
        ada = await stage.invite()
        answers = {q.id: THIN for q in KIT.questions} | {f"{q.id}.follow": THIN for q in KIT.questions}
        steps = await ada.plays(answers=answers)
        follow_ups = [s for s in steps if ".follow#" in s]
        assert 0 < len(follow_ups) <= 2 * len(KIT.questions)
        assert (await stage.interview(ada))["status"] == "submitted"


async def test_a_model_that_is_down_costs_nothing_but_its_words(home: Path):
    async with with_model(home, model(asks(ASKED))) as (stage, fake):
        fake.refusals += [(503, {}, error("overloaded", "server_error"))] * 1
        _, asked = await at_the_follow_up(stage)
        assert asked in PROBES


async def test_no_server_at_all_is_the_kits_probe_too(home: Path):
    async with acting(home, kit=KIT, openai_base_url="http://127.0.0.1:9/v1", openai_model="test-model") as stage:
        _, asked = await at_the_follow_up(stage)
        assert asked in PROBES


async def test_a_model_that_never_answers_does_not_hold_the_candidate_up(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assess, "PATIENCE", 0.3)
    gate = asyncio.Event()
    asked_for = asyncio.Event()

    async def silent(self: FakeOpenAI, request: Any) -> Any:
        asked_for.set()
        await gate.wait()
        return await answered(self, request)

    answered = FakeOpenAI._completions  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(FakeOpenAI, "_completions", silent)
    async with with_model(home, model(asks(ASKED))) as (stage, _):
        ada = await stage.invite()
        await ada.plays(until="outage")
        await ada.says(THIN)
        tapping = asyncio.create_task(ada.taps("done"))
        async with asyncio.timeout(10):
            await asked_for.wait()
        assert ada.own.events("typing") == [{"on": True}]
        # Meanwhile the candidate may write: it is kept, and the chat isn't stuck.
        event = stage.event_id()
        thread = ada.who.thread_id
        await stage.app.port.receive(
            ada.who, thread, "person", SaidIn(id=event, kind="said", text="And one thing more.")
        )
        await tapping
        await settle()
        assert (await ada.must_wait()).key == "outage.follow#1"
        shown = await ada.texts()
        assert [t for t in shown if t in PROBES]
        assert "And one thing more." in str(await ada.messages())
        assert any("moved on" in t or "kept it" in t for t in shown)
        gate.set()


async def test_the_models_card_is_revealed_with_its_band(home: Path):
    async with with_model(home, model(asks(ASKED))) as (stage, fake):
        ada = await stage.finished()
        cards = await stage.cards(ada)
        assert (cards["machine"]["kind"], cards["machine"]["state"]) == ("llm-evidence", "submitted")
        assert len(fake.requests) >= 6
        assert not [b for b in fake.requests if "Ada" in json.dumps(b) or "Okoye" in json.dumps(b)]
        post = await stage.seats["Noor"].post("Ada Okoye")
        assert "band" not in str(post)
        for name in ("Priya", "Tom"):
            await stage.seats[name].rates("Ada Okoye")
        card = (await stage.seats["Noor"].post("Ada Okoye"))["card"]
        phrases = {s["title"]: s["machine"] for s in card["scores"]}
        assert phrases["Ownership"] == "5 (band 5, stable)"
        assert "Evidence by test-model at 127.0.0.1" in card["foot"]
        quotes = [q["text"] for s in card["scores"] for q in s["quotes"]]
        assert quotes
        assert [q for q in quotes if q in GOOD]
        assert "5 (band" not in str(await ada.messages())


async def test_a_model_that_fails_while_reading_leaves_the_evidence_map(home: Path):
    def nonsense(body: dict[str, Any]) -> str:
        return "I would give this candidate a five."

    async with with_model(home, nonsense) as (stage, fake):
        ada = await stage.finished()
        assert (await stage.cards(ada))["machine"]["kind"] == "evidence-map"
        assert fake.requests


async def reading_shown(home: Path, seconds: int) -> list[tuple[list[int], str]]:
    """What the channel saw while answers were read, each call of the model taking `seconds`: (progress, its words)."""
    moves: list[int] = []

    def slow(body: dict[str, Any]) -> str:
        moves.append(stage.clock.forward(seconds * SECOND))
        return honest(body)

    async with with_model(home, slow) as (stage, _):
        ada = await stage.finished()
        noor = stage.seats["Noor"]
        assert noor.channel is not None
        assert moves
        updates = [u["card"] for u in noor.channel.events("update") if "card" in u]
        shown = [c for c in updates if "progress" in c]
        assert all("band" not in str(c) and "level" not in str(c) for c in shown)
        assert "progress" not in (await noor.post("Ada Okoye"))["card"]
        assert (await stage.cards(ada))["machine"]["state"] == "submitted"
        words = [next(r["value"] for r in c["rows"] if r["label"] == panel_en.READING) for c in shown]
        return list(zip([c["progress"] for c in shown], words, strict=True))


async def test_the_post_shows_how_far_the_reading_is(home: Path):
    """The first answer was read while the second question was on the screen."""
    assert await reading_shown(home, seconds=2) == [([1, 2], "1 of 2 competencies")]


async def test_a_quick_reading_does_not_keep_changing_the_post(home: Path):
    assert [p for p, _ in await reading_shown(home, seconds=0)] == [[1, 2]]


async def test_an_answer_that_is_read_again_after_a_stop_counts_from_the_start(home: Path):
    """What was kept of the progress belongs to the work that was interrupted; nobody is shown it afterwards."""
    async with with_model(home, model(asks(ASKED))) as (stage, _):
        ada = await stage.finished()
        interview = await stage.interview(ada)
        (work,) = await stage.rows(Work, interview_id=interview["id"], kind="Assess")
        assert work["state"] == "done"
        assert await stage.app.store.read(lambda tx: progress.so_far(tx, interview)) is None
        late = await stage.app.store.commit(lambda tx: progress.note(tx, stage.app.keys, work, 1, 2, stage.clock.now()))
        assert late == ""
