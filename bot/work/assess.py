"""The worker behind an assessment: asks a model for evidence, and lets code check it and compute the level.

It fails closed: an answer of the model that can't be verified is no score with a reason, never a guess. When the model
can't be used at all, the card is the evidence map. The client may point at any OpenAI-compatible server.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.work.language import detect
from bot.work.llm import Budget, Failed, ModelClient
from flows.kits.model import Competency, Kit, Question
from flows.rating import protocol
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
)
from flows.rating.evidence import EvidenceMap, Span, Status, Utterances, evidence_map
from flows.rating.followup import check_follow_up, follow_up_text, forbidden_quotes
from flows.rating.levels import Verdict
from flows.rating.protocol import Judgement, Line, Malformed, Sample

FAILURES = frozenset({"schema_failure", "model_unreachable", "over_budget"})
# These abstain before a model is asked; too few words do not (the lowest level asks for them, see `combine`).
CLOSED = ("unsupported_language", "rubric_copied")
STATUS: dict[Verdict, Status] = {"met": "found", "partly": "unclear", "not_met": "missing", "no_evidence": "missing"}
MAX_ANSWER_CHARS = 24_000
PATIENCE = 8.0  # seconds that a candidate should wait for a follow-up before the kit's own probe is asked


@dataclass(frozen=True, slots=True)
class _Task:
    """One (question, competency) to read, with everything that stays the same over its runs."""

    question: Question
    competency: Competency
    keys: tuple[str, ...]
    utterances: Utterances
    map: EvidenceMap
    interviewer: tuple[str, ...] = ()

    @property
    def flagged(self) -> frozenset[Span]:
        return frozenset(f.span for f in self.map.flags)


@dataclass(slots=True)
class _Runs:
    """What K runs over all answers of one competency gave: merged readings, those per answer, and failures."""

    merged: list[Sample] = field(default_factory=lambda: [])
    single: dict[str, list[Sample]] = field(default_factory=lambda: {})
    failures: list[str] = field(default_factory=lambda: [])


class Assessor:
    """Scores interviews with a model behind an OpenAI-compatible `base_url`.

    `samples` readings of each answer, and `more` when they differ. `seed` makes the order of indicators repeatable;
    `token` makes delimiters and the canary, which must not be guessable.
    """

    def __init__(
        self, base_url: str, api_key: str, model: str, *, seed: int = 0, samples: int = 3, more: int = 2,
        temperature: float = 0.2, tokens_per_interview: int = 150_000, timeout: float = 60.0, max_retries: int = 2,
        token: Callable[[], str] = lambda: secrets.token_hex(12),
    ) -> None:  # fmt: skip
        self._llm = ModelClient(
            base_url, api_key, model, seed=seed, temperature=temperature, timeout=timeout, max_retries=max_retries
        )
        self._seed, self._samples, self._more, self._temperature = seed, samples, more, temperature
        self._tokens, self._token, self._canary = tokens_per_interview, token, f"mark-{token()}"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._llm.aclose()

    # --- the scorecard -----------------------------------------------------------------------------------------------

    async def assess(
        self, kit: Kit, answers: Sequence[Answered], interviewer: Mapping[str, Sequence[str]] | None = None,
        report: Callable[[int, int], Awaitable[None]] | None = None,
    ) -> MachineCard:  # fmt: skip
        """The machine's card of one interview. `interviewer`: question id -> follow-ups that were asked in it.
        `report(competencies read, of how many)` is awaited before each of them.

        The kit must have passed lint. Never raises for what a model or a server does.
        """
        said = {a.question_id: a for a in answers if not a.skipped and any(t.strip() for _, t in a.utterances)}
        languages = {id: detect("\n".join(t for _, t in a.utterances), kit.languages) for id, a in said.items()}
        budget = Budget(self._tokens)
        results: list[CompetencyResult] = []
        records: list[AnswerResult] = []
        for n, name in enumerate(kit.competencies):
            if report is not None:
                await report(n, len(kit.competencies))
            tasks = _tasks(kit, name, said, languages, interviewer or {})
            result, runs = await self._competency(kit, name, tasks, budget)
            results.append(result)
            records += [
                answer_result(t.question.id, name, t.map, tuple(runs.single.get(t.question.id, ()))) for t in tasks
            ]
        failed = {r.reason for r in results if r.level is None and r.reason in FAILURES}
        if failed and not any(record.samples for record in records):
            return evidence_card(kit, list(said.values()), languages, fallback=sorted(failed)[0])
        return MachineCard(
            "llm-evidence", kit.kit, kit.version, tuple(results), tuple(records), model=self._llm.model,
            host=self._llm.host, prompt_hash=protocol.prompt_hash(), seed=self._seed, temperature=self._temperature, tokens=budget.spent,
        )  # fmt: skip

    async def _competency(
        self, kit: Kit, name: str, tasks: Sequence[_Task], budget: Budget
    ) -> tuple[CompetencyResult, _Runs]:
        competency = kit.competencies[name]
        open_tasks = [t for t in tasks if not _closed(t)]
        shown = {key for q in kit.questions for key in q.competencies.get(name, ())}
        if shown - {key for t in open_tasks for key in t.keys}:
            # Some indicators could not be looked at. Counting them as missing would be a low score by another name.
            reason = next((_closed(t) for t in tasks if _closed(t)), "no_answer")
            return _without_level(name, competency, tasks, reason), _Runs()
        runs = await self._runs(kit, open_tasks, budget, self._samples)
        if len({protocol.sample_level(s, competency) for s in runs.merged}) > 1:
            _extend(runs, await self._runs(kit, open_tasks, budget, self._more))
        if len(runs.merged) * 2 <= len(runs.merged) + len(runs.failures):
            return _without_level(name, competency, tasks, (runs.failures or ["schema_failure"])[0]), runs
        plain = await self._neutral(kit, open_tasks, budget)
        if isinstance(plain, Failed):
            return _without_level(name, competency, tasks, plain.reason), runs
        said = sum(t.map.words for t in open_tasks)
        judgement = protocol.combine(runs.merged, competency, said, plain)
        reason = judgement.reason or await self._moved(kit, open_tasks, judgement, budget)
        return _judged(name, competency, judgement, reason), runs

    async def _runs(
        self, kit: Kit, tasks: Sequence[_Task], budget: Budget, count: int,
        without_flagged: bool = False,
    ) -> _Runs:  # fmt: skip
        """`count` readings of every task. A run in which one reading failed is a failed run."""
        runs = _Runs()
        for readings in await asyncio.gather(*(self._run(kit, tasks, budget, without_flagged) for _ in range(count))):
            good = [r for r in readings if isinstance(r, Sample)]
            if len(good) < len(readings):
                runs.failures += [r.reason for r in readings if isinstance(r, Failed)][:1]
                continue
            runs.merged.append(protocol.merge(good))
            for task, sample in zip(tasks, good, strict=True):
                runs.single.setdefault(task.question.id, []).append(sample)
        return runs

    async def _run(
        self, kit: Kit, tasks: Sequence[_Task], budget: Budget, without_flagged: bool
    ) -> list[Sample | Failed]:
        lines = [protocol.numbered(t.utterances, t.flagged if without_flagged else ()) for t in tasks]
        pairs = zip(tasks, lines, strict=True)
        return list(await asyncio.gather(*(self._read(kit, t, read, budget) for t, read in pairs)))

    async def _neutral(self, kit: Kit, tasks: Sequence[_Task], budget: Budget) -> Sample | Failed | None:
        """The length-neutral run; None when there is nothing to take out, so that it would be the same question."""
        full = [protocol.numbered(t.utterances) for t in tasks]
        plain = [protocol.neutral(lines) for lines in full]
        if plain == full:
            return None
        pairs = zip(tasks, plain, strict=True)
        readings = await asyncio.gather(*(self._read(kit, t, lines, budget) for t, lines in pairs))
        failed = [r for r in readings if isinstance(r, Failed)]
        return failed[0] if failed else protocol.merge([r for r in readings if isinstance(r, Sample)])

    async def _moved(self, kit: Kit, tasks: Sequence[_Task], judgement: Judgement, budget: Budget) -> str:
        """Score again without the flagged sentences: the reason to freeze the level, or "" when it stays."""
        if not any(t.map.flags for t in tasks):
            return ""
        runs = await self._runs(kit, tasks, budget, self._samples, without_flagged=True)
        if not runs.merged or len(runs.failures) >= len(runs.merged):
            return (runs.failures or ["schema_failure"])[0]
        words = sum(t.map.words for t in tasks)
        again = protocol.combine(runs.merged, tasks[0].competency, words)
        return "" if again.level == judgement.level else "injection_moved_score"

    async def _read(self, kit: Kit, task: _Task, lines: Sequence[Line], budget: Budget) -> Sample | Failed:
        """One call and its check."""
        order = protocol.shuffled(task.keys, self._seed, budget.calls)
        if not lines:
            nothing = tuple(protocol.Checked(key, "no_evidence", question_id=task.question.id) for key in task.keys)
            return Sample(nothing, insufficient=True)
        if sum(len(line.clean) for line in lines) > MAX_ANSWER_CHARS:
            return Failed("over_budget")
        messages = protocol.judge_messages(
            task.question, task.competency, order, lines, task.interviewer,
            delimiter=f"----{self._token()}----", canary=self._canary,
        )  # fmt: skip
        raw = await self._llm.ask(messages, "reading", protocol.judge_schema(order), budget)
        if isinstance(raw, Failed):
            return raw
        sample = protocol.verify(
            raw, keys=task.keys, lines=lines, canary=self._canary, question_id=task.question.id,
            forbidden=forbidden_quotes(kit, task.question, task.interviewer),
        )  # fmt: skip
        return Failed("schema_failure") if isinstance(sample, Malformed) else sample

    # --- the follow-up -----------------------------------------------------------------------------------------------

    async def follow_up(self, kit: Kit, question_id: str, competency: str, utterances: Utterances) -> str | None:
        """A follow-up question that may be sent as it is; None where the kit's own probe should be asked instead."""
        question, lines = kit.question(question_id), protocol.numbered(utterances)
        title = kit.competencies[competency].title or competency
        if not lines or sum(len(line.clean) for line in lines) > MAX_ANSWER_CHARS:
            return None
        messages = protocol.follow_up_messages(
            question.ask, title, lines, delimiter=f"----{self._token()}----", canary=self._canary
        )
        try:
            async with asyncio.timeout(PATIENCE):
                raw = await self._llm.ask(
                    messages, "follow_up", protocol.FOLLOW_UP_SCHEMA, Budget(self._tokens), retries=0
                )
        except TimeoutError:
            return None
        text = None if isinstance(raw, Failed) else follow_up_text(raw)
        return None if text is None else check_follow_up(text, kit, question, self._canary)


def _tasks(
    kit: Kit, name: str, said: Mapping[str, Answered], languages: Mapping[str, str | None],
    interviewer: Mapping[str, Sequence[str]],
) -> list[_Task]:  # fmt: skip
    found: list[_Task] = []
    for question in kit.questions:
        if name in question.competencies and question.id in said:
            competency, keys = kit.competencies[name], question.competencies[name]
            utterances = said[question.id].utterances
            mapped = evidence_map(competency, keys, utterances, languages[question.id], kit.languages)
            asked = tuple(interviewer.get(question.id, ()))
            found.append(_Task(question, competency, keys, utterances, mapped, asked))
    return found


def _closed(task: _Task) -> str:
    return next((reason for reason in CLOSED if reason in task.map.abstain), "")


def _extend(runs: _Runs, more: _Runs) -> None:
    runs.merged += more.merged
    runs.failures += more.failures
    for id, samples in more.single.items():
        runs.single.setdefault(id, []).extend(samples)


def _without_level(name: str, competency: Competency, tasks: Sequence[_Task], reason: str) -> CompetencyResult:
    """No score: the marks are those of text matching, so that a person still finds the places."""
    marks = best_marks(competency, {t.question.id: t.map for t in tasks})
    return CompetencyResult(name, competency.title or name, not_scored(reason), marks, reason=reason)


def _judged(name: str, competency: Competency, j: Judgement, reason: str) -> CompetencyResult:
    by_key = {c.indicator: c for c in j.checked}
    marks = tuple(
        MachineMark(key, i.text, STATUS[c.status], c.quote, c.span, c.question_id)
        if (c := by_key.get(key)) is not None
        else MachineMark(key, i.text, "missing")
        for key, i in competency.indicators.items()
    )
    level = None if reason else j.level
    title = competency.title or name
    if level is None or j.band is None:
        return CompetencyResult(
            name, title, not_scored(reason), marks, band=j.band, reason=reason, quotes_rejected=j.quotes_rejected
        )
    low, high = j.band
    band = f"band {low}-{high}" if low != high else f"band {low}"
    phrase = f"{level} ({band}, {'stable' if j.stable else 'one run only'})"
    return CompetencyResult(name, title, phrase, marks, level, j.band, j.stable, "", j.quotes_rejected)
