"""The worker behind an assessment: asks a model for evidence, and lets code check it and compute the level.

It fails closed: an answer of the model that can't be verified is no score with a reason, never a guess. When the model
can't be used at all, the card is the evidence map. The client may point at any OpenAI-compatible server.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.work.language import detect
from bot.work.llm import Budget, Failed, ModelClient
from bot.work.reader import MAX_ANSWER_CHARS, Reader, Session, Task, tasks_of
from bot.work.shelf import NoShelf, Shelf
from bot.work.together import together
from flows.kits.model import Competency, Kit
from flows.rating import protocol
from flows.rating.blind import name_parts
from flows.rating.card import (
    Answered,
    AnswerResult,
    CompetencyResult,
    MachineCard,
    MachineMark,
    answer_result,
    best_marks,
    evidence_card,
    not_scored,
    unheard,
    why_unheard,
    with_disclosed,
    with_overall,
)
from flows.rating.evidence import Status, Utterances
from flows.rating.followup import check_follow_up, follow_up_text
from flows.rating.levels import Verdict
from flows.rating.matching import Trust, worst
from flows.rating.runs import Judgement, Runs, differ, judged, merged
from flows.rating.topic import Near
from flows.words import scoring_en as words

FAILURES = frozenset({"schema_failure", "model_unreachable", "over_budget", "refused", "truncated"})
# These abstain before a model is asked; too few words do not (the lowest level asks for them, see `combine`).
CLOSED = ("unsupported_language", "rubric_copied")
STATUS: dict[Verdict, Status] = {"met": "found", "partly": "unclear", "not_met": "missing", "no_evidence": "missing"}
PATIENCE = 8.0  # seconds that a candidate should wait for a follow-up before the kit's own probe is asked

Report = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around an interview's answers. `names`: the candidate's, which no model reads. `trust`: what the
    team's calibration says of the model (of text matching: `matching`); None: it was never asked. `near`: cosines by
    sentence embeddings, for the evidence map."""

    names: tuple[str, ...] = ()
    trust: Trust | None = None
    matching: Trust | None = None
    near: Near | None = None


class Assessor:
    """Scores interviews with a model behind an OpenAI-compatible `base_url`.

    `samples` readings of each answer, and `more` when they differ. `seed` makes the order of indicators repeatable;
    `token` makes delimiters and the canary, which must not be guessable. `at_once`: calls under way at a time.
    """

    def __init__(
        self, base_url: str, api_key: str, model: str, *, seed: int = 0, samples: int = 3, more: int = 2,
        temperature: float = 0.2, tokens_per_interview: int = 300_000, timeout: float = 60.0, max_retries: int = 2,
        at_once: int = 8, token: Callable[[], str] = lambda: secrets.token_hex(12),
    ) -> None:  # fmt: skip
        self._llm = ModelClient(
            base_url, api_key, model, seed=seed, temperature=temperature, timeout=timeout, max_retries=max_retries,
            at_once=at_once,
        )  # fmt: skip
        self._reader = Reader(self._llm, seed=seed, samples=samples, more=more, token=token)
        self._tokens = tokens_per_interview

    @property
    def scorer(self) -> str:
        """The name under which measurements of this very scorer are kept."""
        return f"llm-evidence/{self._llm.model}@{self._llm.host}/{protocol.prompt_hash()}"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._llm.aclose()

    # --- the scorecard -----------------------------------------------------------------------------------------------

    async def assess(
        self, kit: Kit, answers: Sequence[Answered], interviewer: Mapping[str, Sequence[str]] | None = None,
        report: Report | None = None, *, around: Around = Around(), shelf: Shelf | None = None,
    ) -> MachineCard:  # fmt: skip
        """The machine's card of one interview. `interviewer`: question id -> follow-ups that were asked in it.
        `report(competencies read, of how many)` is awaited at the start and whenever one is done, but the last. `shelf`: readings made
        before, which are used where they still fit.

        The kit must have passed lint. Never raises for what a model or a server does; raises what the shelf raises.
        """
        shelf = shelf or NoShelf()
        said = [a for a in answers if not a.skipped and any(t.strip() for _, t in a.utterances)]
        languages = await asyncio.to_thread(spoken, kit, said)
        parts, session = name_parts(around.names), Session(Budget(self._tokens, shelf.spent), shelf)
        tasks = {n: tasks_of(kit, n, said, languages, interviewer or {}, parts) for n in kit.competencies}
        read = {name for name, some in tasks.items() if all(self._known(t, shelf) for t in some if not _closed(t))}
        progress = _Progress(report, len(kit.competencies), len(read))
        await progress.tell()

        async def one(name: str) -> tuple[CompetencyResult, list[AnswerResult]]:
            found = await self._competency(kit, name, tasks[name], session, around.trust, unheard(kit, name, answers))
            if name not in read:
                await progress.step()
            return found

        found = await together(*(one(name) for name in kit.competencies))
        results = tuple(result for result, _ in found)
        records = with_disclosed([record for _, some in found for record in some], answers)
        failed = {r.reason for r in results if r.level is None and r.reason in FAILURES}
        if failed and not any(record.samples for record in records):
            told = [a for a in answers if a in said or a.unheard]
            return evidence_card(kit, told, languages, sorted(failed)[0], around.matching, around.near)
        card = MachineCard(
            "llm-evidence", kit.kit, kit.version, results, tuple(records), model=self._llm.model, host=self._llm.host,
            prompt_hash=protocol.prompt_hash(), seed=self._reader.seed, temperature=self._llm.temperature,
            tokens=session.budget.spent,
        )  # fmt: skip
        return with_overall(card, kit)

    async def read_ahead(
        self, kit: Kit, answer: Answered, interviewer: Mapping[str, Sequence[str]], names: tuple[str, ...], shelf: Shelf
    ) -> None:
        """Read one answer that has closed, for each of its competencies, and put the readings on the shelf."""
        languages = await asyncio.to_thread(spoken, kit, [answer])
        session, parts = Session(Budget(self._tokens, shelf.spent), shelf), name_parts(names)
        shown = kit.question(answer.question_id).competencies
        tasks = [t for name in shown for t in tasks_of(kit, name, [answer], languages, interviewer, parts)]
        await together(*(self._reading(t, session) for t in tasks if not _closed(t)))

    async def _competency(
        self, kit: Kit, name: str, tasks: Sequence[Task], session: Session, trust: Trust | None,
        unheard: Mapping[str, str],
    ) -> tuple[CompetencyResult, list[AnswerResult]]:  # fmt: skip
        competency = kit.competencies[name]
        open_tasks = [t for t in tasks if not _closed(t)]
        shown = {key for q in kit.questions for key in q.competencies.get(name, ())}
        if shown - {key for t in open_tasks for key in t.keys}:
            # Some indicators could not be looked at. Counting them as missing would be a low score by another name.
            reason = next((_closed(t) for t in tasks if _closed(t)), "") or next(iter(unheard.values()), "no_answer")
            return _without_level(name, competency, tasks, reason), _records(tasks, {})
        runs = await together(*(self._reading(t, session) for t in open_tasks))
        if not any(r.problem for r in runs) and differ(merged(runs), competency):
            # Each answer's readings agree and the whole does not: then all of them are read as often as may be.
            runs = await together(*(self._again(t, r, session) for t, r in zip(open_tasks, runs, strict=True)))
        read = {t.question.id: r for t, r in zip(open_tasks, runs, strict=True)}
        problem = next((r.problem for r in runs if r.problem), "")
        if problem:
            return _without_level(name, competency, tasks, problem), _records(tasks, read)
        judgement = judged(runs, competency, sum(t.map.words for t in open_tasks))
        allowed = worst(name, [t.question.id for t in open_tasks], trust or {})
        result = _judged(name, competency, judgement, allowed)
        if not result.reason and (reason := why_unheard(result.marks, unheard)):
            result = _without_level(name, competency, tasks, reason)
        return result, _records(tasks, read)

    def _known(self, task: Task, shelf: Shelf) -> bool:
        return shelf.get(task.question.id, task.name, self._reader.digest(task)) is not None

    async def _reading(self, task: Task, session: Session) -> Runs:
        """The runs of one task: from the shelf where they still fit, else read now and put there."""
        digest = self._reader.digest(task)
        known = session.shelf.get(task.question.id, task.name, digest)
        if known is not None:
            return known
        part = Session(session.budget.part(), session.shelf)
        runs = await self._reader.read(task, part)
        await session.shelf.keep(task.question.id, task.name, digest, runs, part.budget.spent)
        return runs

    async def _again(self, task: Task, runs: Runs, session: Session) -> Runs:
        part = Session(session.budget.part(), session.shelf)
        more = await self._reader.top_up(task, runs, part)
        if more is not runs:
            await session.shelf.keep(task.question.id, task.name, self._reader.digest(task), more, part.budget.spent)
        return more

    # --- the follow-up -----------------------------------------------------------------------------------------------

    async def follow_up(
        self, kit: Kit, question_id: str, competency: str, utterances: Utterances, names: tuple[str, ...] = ()
    ) -> str | None:
        """A follow-up question that may be sent as it is; None where the kit's own probe should be asked instead."""
        question, lines = kit.question(question_id), protocol.numbered(utterances, names=name_parts(names))
        title, canary = kit.competencies[competency].title or competency, self._reader.canary
        if not lines or sum(len(line.clean) for line in lines) > MAX_ANSWER_CHARS:
            return None
        delimiter = f"----{self._reader.token()}----"
        messages = protocol.follow_up_messages(question.ask, title, lines, delimiter=delimiter, canary=canary)
        try:
            async with asyncio.timeout(PATIENCE):
                raw = await self._llm.ask(
                    messages, "follow_up", protocol.FOLLOW_UP_SCHEMA, Budget(self._tokens), retries=0, urgent=True
                )
        except TimeoutError:
            return None
        text = None if isinstance(raw, Failed) else follow_up_text(raw)
        return None if text is None else check_follow_up(text, kit, question, canary)


class _Progress:
    """Counts competencies as they are done, whatever their order."""

    def __init__(self, report: Report | None, total: int, done: int) -> None:
        self._report, self._total, self._done = report, total, done

    async def step(self) -> None:
        self._done += 1
        await self.tell()

    async def tell(self) -> None:
        if self._report is not None and self._done < self._total:
            await self._report(self._done, self._total)


def spoken(kit: Kit, answers: Iterable[Answered]) -> dict[str, str | None]:
    """Question id -> the language of its answer; None where it can't be told. Takes some milliseconds of computing."""
    return {a.question_id: detect("\n".join(t for _, t in a.utterances), kit.languages) for a in answers}


def _closed(task: Task) -> str:
    return next((reason for reason in CLOSED if reason in task.map.abstain), "")


def _records(tasks: Sequence[Task], read: Mapping[str, Runs]) -> list[AnswerResult]:
    found: list[AnswerResult] = []
    for t in tasks:
        runs = read.get(t.question.id, Runs())
        record = answer_result(t.question.id, t.name, t.map, runs.samples)
        found.append(replace(record, neutral=runs.neutral, without=runs.without))
    return found


def _without_level(name: str, competency: Competency, tasks: Sequence[Task], reason: str) -> CompetencyResult:
    """No score: the marks are those of text matching, so that a person still finds the places."""
    marks, title = best_marks(competency, {t.question.id: t.map for t in tasks}), competency.title or name
    return CompetencyResult(name, title, not_scored(reason), marks, reason=reason, weight=competency.weight)


def _judged(name: str, competency: Competency, j: Judgement, allowed: str | None) -> CompetencyResult:
    by_key = {c.indicator: c for c in j.checked}
    marks = tuple(
        MachineMark(key, i.text, STATUS[c.status], c.quote, c.span, c.question_id, grow=i.grow)
        if (c := by_key.get(key)) is not None
        else MachineMark(key, i.text, "missing", grow=i.grow)
        for key, i in competency.indicators.items()
    )
    reason = j.reason or ("calibration_off" if allowed == "off" else "")
    plain = CompetencyResult(
        name, competency.title or name, not_scored(reason), marks, band=j.band, reason=reason,
        quotes_rejected=j.quotes_rejected, moved=j.moved, weight=competency.weight,
    )  # fmt: skip
    if j.moved is not None:
        return replace(plain, phrase=words.moved(*j.moved))
    if reason or j.level is None or j.band is None:
        return plain if j.reason else replace(plain, band=None)
    phrase = words.by_model(j.level, *j.band, j.stable, j.runs)
    hint = f"{phrase}, {words.ASSIST_ONLY}" if allowed == "assist-only" else phrase
    return replace(plain, phrase=hint, level=j.level, stable=j.stable)
