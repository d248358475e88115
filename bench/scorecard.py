"""How soon after a candidate's last answer the machine's scorecard is ready, and what checking its quotes costs.

An interview of ten questions in the real app. The clock runs from the tap that closes the last answer until the sealed
card is stored: the goodbye, the last look and the submission are in between. With a model, the nine answers before have
been read while the interview went on, as they are when people take minutes for each; the model is a server on this machine
that takes 2 seconds for every reading.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from itertools import cycle
from time import perf_counter
from typing import Any

import common
import uvicorn
from client import Chat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from turns import DirectLink, on_our_loop

from bot import facts, hiring, log, people
from bot.app import App, build
from bot.kits import KitLibrary
from bot.scene import After, Scene
from bot.settings import Settings
from bot.store.rows import Consent, FactRow, Scorecard, Thread
from bot.store.store import Tx
from bot.web.demo import Cast, set_stage
from bot.work.reading import read_by_matching
from flows.kits.lint import lint
from flows.kits.model import Kit
from flows.rating import protocol
from flows.rating.card import Answered
from flows.rating.followup import forbidden_quotes
from flows.rating.protocol import Sample
from flows.rating.text import folded

NAMES = ("scorecard_local", "scorecard_llm", "quote_check")
QUESTIONS, ROUNDS, LATENCY = 10, 5, 2.0
CHOICES = ("none", "go", "submit", "no")
MB = 1_000_000


def ten_questions() -> Kit:
    """The shipped kit with its questions asked until there are ten of them; no follow-ups."""
    kit = KitLibrary().load(common.KIT)
    asked = [
        q.model_copy(update={"id": f"{q.id}_{n}", "max_follow_ups": 0})
        for n, q in zip(range(QUESTIONS), cycle(kit.questions), strict=False)
    ]
    return kit.model_copy(update={"questions": tuple(asked), "warm_up": None})


class Willing(Chat):
    """Answers every question, asks none, and sends everything off."""

    @property
    def at_the_end(self) -> bool:
        return any(o["id"] == "submit" for o in self.card.get("options", ()))

    def heard(self, kind: str, data: Any) -> None:
        if kind in ("message", "update", "asked"):
            super().heard(kind, data)

    async def send_off(self) -> None:
        """The last tap; nothing is asked after it."""
        self.n += 1
        await self.link.send({"id": f"event-{self.n:06d}", **self._next()}, self.unseen)
        self.unseen = []

    def _next(self) -> dict[str, Any]:
        options = [o["id"] for o in self.card.get("options", ())]
        chosen = next((c for c in CHOICES if c in options), None)
        if chosen is not None and not self.half:
            return {"kind": "tapped", "token": self.token, "option": chosen}
        return super()._next()


# -- the model ----------------------------------------------------------------------------------------------------------


class Model:
    """A model on this machine that reads honestly. `moody`: its third reading of the same text sees one thing less."""

    def __init__(self) -> None:
        self.moody, self.calls, self.seen = False, 0, dict[str, int]()
        self.base_url = ""

    async def answer(self, request: Request) -> JSONResponse:
        body = await request.json()
        lines = body["messages"][1]["content"].split("\n")
        material, said = json.loads(lines[0]), json.loads(lines[2])["candidate_sentences"]
        self.calls += 1
        await asyncio.sleep(LATENCY)
        return JSONResponse(_completion(body["model"], self._reading(material, said)))

    def _reading(self, material: dict[str, Any], said: list[dict[str, Any]]) -> str:
        name = material["question"] + material["topic"]
        self.seen[name] = self.seen.get(name, 0) + 1
        less = self.moody and self.seen[name] % 3 == 0
        keys = sorted(i["id"] for i in material["indicators"])
        found = [_entry(k, said[n] if n < len(said) and not (less and n == 0) else None) for n, k in enumerate(keys)]
        return json.dumps({"indicators": found, "contradictions": [], "insufficient_evidence": False})

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Model"]:
        listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        app = Starlette(routes=[Route("/v1/chat/completions", self.answer, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield self
        finally:
            server.should_exit = True
            await serving
            listener.close()


def _entry(key: str, sentence: dict[str, Any] | None) -> dict[str, Any]:
    if sentence is None:
        return {"id": key, "sentence_ids": [], "quote": "", "status": "no_evidence"}
    return {"id": key, "sentence_ids": [sentence["id"]], "quote": sentence["text"], "status": "met"}


def _completion(model: str, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 900, "completion_tokens": 200, "total_tokens": 1100}
    return {
        "id": "c", "object": "chat.completion", "created": 1, "model": model, "choices": [choice], "usage": usage
    }  # fmt: skip


# -- the interview --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def parley(base_url: str) -> AsyncIterator[tuple[App, Cast]]:
    with common.folder() as home:
        log.configure("error")
        options: dict[str, Any] = {"openai_base_url": base_url, "openai_model": "stub" if base_url else ""}
        app = build(Settings(home=home, public_url="", host="127.0.0.1", **options))
        cast = app.store.commit_now(lambda tx: set_stage(app, tx, ten_questions()))
        await app.start()
        try:
            yield app, cast
        finally:
            await app.stop()


def begin(app: App, tx: Tx, cast: Cast) -> tuple[dict[str, str], After]:
    """A candidate who has agreed to everything and is about to be asked the first question."""
    requisition, at = hiring.get_requisition(tx, app.tenant_id, cast.requisition_id), app.clock.now()
    interview_id, _ = hiring.invite(tx, app.keys, app.ids, requisition, "Ada Lovelace", at, app.settings.invite_days)
    interview = hiring.get_interview(tx, app.tenant_id, interview_id)
    person = interview["candidate_id"]
    thread = people.thread_of(tx, app.tenant_id, person)
    session = people.open_session(tx, app.ids, app.tenant_id, person, at)
    who = {"thread": thread, "session": session, "person": person, "interview": interview_id}
    consent = {"tenant_id": app.tenant_id, "id": app.ids.new("cs"), "interview_id": interview["id"], "kind": "notice"}
    consent |= {"answer": "given", "text_version": "1", "text_hash": "", "language": "en", "platform": "web"}
    tx.insert(Consent, {**consent, "at": at})
    for fact in ("opened", "consented"):
        moved = hiring.step(tx, interview, fact)
        assert isinstance(moved, dict)
        interview = moved
    interview = hiring.set_flags(tx, interview, residence="GB", consents={"scoring": "yes"})
    row = tx.one(Thread, tenant_id=app.tenant_id, id=thread)
    assert row is not None
    scene = Scene(tx, app.keys, app.ids, row, at)
    facts.begin_interview(scene, interview)
    return who, scene.close()


async def after_the_last_answer(app: App, cast: Cast) -> float:
    """Seconds from the tap that closes the last answer until the machine's card is stored."""
    who, after = await app.store.commit(lambda tx: begin(app, tx, cast))
    app.runner.committed(who["thread"], after)
    chat = Willing(DirectLink(app, who), common.ANSWER, prompt=True)
    await chat.open()
    await chat.until(lambda: bool(chat.token))
    while not (chat.half and await _asked(app, who, QUESTIONS)):
        await chat.turn()
    await app.runner.quiet()  # people take minutes for an answer: the earlier ones have been read
    began = perf_counter()
    while not chat.at_the_end:
        await chat.turn()
    await chat.send_off()
    while not await _card(app, who):
        await asyncio.sleep(0.002)
    took = perf_counter() - began
    await chat.finish()
    await app.runner.quiet()
    return took


async def _asked(app: App, who: dict[str, str], many: int) -> bool:
    where = {"tenant_id": app.tenant_id, "interview_id": who["interview"], "name": "question_shown"}
    return len(await app.store.read(lambda tx: tx.find(FactRow, where))) == many


async def _card(app: App, who: dict[str, str]) -> bool:
    where = {"tenant_id": app.tenant_id, "interview_id": who["interview"], "rater_id": "machine"}
    return bool(await app.store.read(lambda tx: tx.find(Scorecard, where)))


async def _several(rounds: int, app: App, cast: Cast) -> list[float]:
    return [await after_the_last_answer(app, cast) for _ in range(rounds)]


async def local() -> None:
    kit = ten_questions()
    answers = [Answered(q.id, ((f"u_{q.id}", common.ANSWER),)) for q in kit.questions]
    read_by_matching(kit, answers)  # the language model of langid is loaded once, as in a server that runs
    bare = _median(lambda: read_by_matching(kit, answers))
    async with parley("") as (app, cast):
        took = sorted(await _several(ROUNDS + 1, app, cast))  # the first one of a server loads what it needs
    ms, baseline = took[len(took) // 2] * 1000, "the evidence map of the same ten answers alone, ms"
    common.context("scorecard_local", questions=QUESTIONS, slowest_ms=took[-1] * 1000, rounds=len(took))
    common.Figure("scorecard_local", ms, "ms", baseline, bare * 1000, "under 300 ms", ms < 300).print()


async def with_model() -> None:
    kit = ten_questions()
    wrong = [p for p in lint(kit) if p.severity == "error"]
    if wrong:
        raise SystemExit(f"The kit of this benchmark fails lint, so no model would read with it: {wrong[0]}")
    async with Model().running() as model, parley(model.base_url) as (app, cast):
        took = sorted(await _several(2, app, cast))
        each, model.calls, model.moody = model.calls // 2, 0, True
        again = await after_the_last_answer(app, cast)
        facts_ = {"questions": QUESTIONS, "calls": each, "at_once": app.settings.openai_at_once, "slowest": took[-1]}
        common.context("scorecard_llm", **facts_, two_rounds=again, calls_of_two_rounds=model.calls)
    seconds = took[len(took) // 2]
    baseline = "one reading by the model, s"
    common.Figure("scorecard_llm", seconds, "s", baseline, LATENCY, "under 2.5 s", seconds < 2.5).print()
    common.Figure("scorecard_llm_two_rounds", again, "s", baseline, LATENCY).print()


def quotes() -> None:
    """Numbering the sentences of a transcript and checking a reading of each answer, a megabyte of text at a time."""
    kit = KitLibrary().load(common.KIT)
    question = kit.questions[0]
    name, keys = next(iter(question.competencies.items()))
    text = f"{common.ANSWER} " * 4
    lines = protocol.numbered((("u", text),))
    entries = [_entry(k, {"id": lines[n].id, "text": lines[n].clean}) for n, k in enumerate(keys)]
    raw = json.dumps({"indicators": entries, "contradictions": [], "insufficient_evidence": False})
    forbidden, wanted = forbidden_quotes(kit, question), [" ".join(folded(e["quote"])) for e in entries]

    def checked() -> None:
        found = protocol.verify(
            raw, keys=keys, lines=protocol.numbered((("u", text),)), forbidden=forbidden, canary="mark-1"
        )
        assert isinstance(found, Sample), found
        assert found.rejected == 0, name

    def plain() -> None:
        whole = " ".join(folded(text))
        assert all(whole.find(quote) >= 0 for quote in wanted)

    each = MB / len(text.encode())
    ms, bare = _median(checked) * 1000 * each, _median(plain) * 1000 * each
    common.context("quote_check", characters=len(text), quotes=len(wanted), sentences=len(lines))
    common.Figure(
        "quote_check", ms, "ms per MB", "folding the text and str.find of each quote, ms per MB", bare
    ).print()


def _median(run: Callable[[], object], rounds: int = 21) -> float:
    took: list[float] = []
    for _ in range(rounds):
        at = perf_counter()
        run()
        took.append(perf_counter() - at)
    return sorted(took)[rounds // 2]


def main(names: set[str]) -> None:
    if "scorecard_local" in names:
        on_our_loop(local())
    if "scorecard_llm" in names:
        on_our_loop(with_model())
    if "quote_check" in names:
        quotes()
