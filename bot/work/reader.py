"""One answer read for one competency: all its runs asked for at once, each answer of the model checked word for word."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from bot.work.llm import Budget, Failed, ModelClient
from bot.work.shelf import Shelf
from bot.work.together import together
from flows.kits.model import Competency, Kit, Question
from flows.rating import protocol
from flows.rating.blind import blinded
from flows.rating.card import Answered, competency_maps
from flows.rating.evidence import EvidenceMap, Utterances
from flows.rating.flags import speaks_to_the_reader
from flows.rating.followup import forbidden_quotes
from flows.rating.protocol import Line, Malformed, Sample
from flows.rating.runs import Runs, differ

MAX_ANSWER_CHARS = 24_000


@dataclass(frozen=True, slots=True)
class Task:
    """One (question, competency) to read, with everything that stays the same over its runs.

    `names`: parts of the candidate's name, which no model reads.
    """

    question: Question
    name: str
    competency: Competency
    keys: tuple[str, ...]
    utterances: Utterances
    map: EvidenceMap
    interviewer: tuple[str, ...]
    forbidden: tuple[str, ...]
    names: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return protocol.numbered(self.utterances, names=self.names)

    @property
    def unflagged(self) -> tuple[Line, ...]:
        """The answer without its flagged sentences, and without what else turns to the reader beside them."""
        flagged = frozenset(f.span for f in self.map.flags)
        kept = protocol.numbered(self.utterances, flagged, self.names)
        return tuple(line for line in kept if not speaks_to_the_reader(line.text))


def tasks_of(
    kit: Kit, name: str, answers: Sequence[Answered], languages: Mapping[str, str | None],
    interviewer: Mapping[str, Sequence[str]], names: tuple[str, ...] = (),
) -> list[Task]:  # fmt: skip
    """What there is to read for the competency `name`. interviewer: question id -> follow-ups that were asked in it."""
    competency, said = kit.competencies[name], {a.question_id: a.utterances for a in answers}
    found: list[Task] = []
    for id, mapped in competency_maps(kit, name, answers, languages).items():
        question, asked = kit.question(id), tuple(interviewer.get(id, ()))
        forbidden = forbidden_quotes(kit, question, asked)
        blind = tuple(blinded(text, names) for text in asked)
        keys = question.competencies[name]
        found.append(Task(question, name, competency, keys, said[id], mapped, blind, forbidden, names))
    return found


@dataclass(frozen=True, slots=True)
class Session:
    """One piece of reading: what it may spend, and whether it is still wanted."""

    budget: Budget
    shelf: Shelf


class Reader:
    """Asks a model for the runs of a task. `samples` readings, and `more` when they differ.

    `seed` makes the order of indicators repeatable; `token` makes delimiters and the canary, which must not be guessable.
    """

    def __init__(
        self, llm: ModelClient, *, seed: int, samples: int, more: int, token: Callable[[], str]
    ) -> None:  # fmt: skip
        self.llm, self.seed, self.samples, self.more = llm, seed, samples, more
        self.token, self.canary = token, f"mark-{token()}"

    def digest(self, task: Task) -> str:
        """The name of everything that a reading of this task depends on."""
        lines = [(line.id, line.span.utterance_id, line.span.start, line.text, line.clean) for line in task.lines]
        about = [protocol.prompt_hash(), self.llm.model, self.llm.host, self.llm.temperature, self.seed, self.samples]
        rubric = task.competency.model_dump(mode="json")
        parts = [*about, self.more, task.question.ask, task.name, task.keys, rubric, task.interviewer, task.forbidden]
        return hashlib.sha256(orjson.dumps([*parts, lines])).hexdigest()[:32]

    async def read(self, task: Task, session: Session) -> Runs:
        """All runs of a task in one round; a second one only where the samples come to different levels."""
        full = task.lines
        plain = protocol.neutral(full)
        without = task.unflagged if task.map.flags else full
        apart = plain not in (full, without)  # otherwise the counterfactual is the length-neutral reading too
        asked = [full] * self.samples
        asked += [plain] if apart else []
        asked += [without] * self.samples if without != full else []
        found = await self._all(task, asked, session, 0)
        rest = found[self.samples :]
        runs = _runs(found[: self.samples])
        if apart:
            runs = _with_neutral(runs, rest.pop(0))
        if without != full:
            runs = _with_counterfactual(runs, rest)
        return await self.top_up(task, runs, session) if differ(runs.samples, task.competency) else runs

    async def top_up(self, task: Task, runs: Runs, session: Session) -> Runs:
        """More samples, where there are not as many as there may be."""
        have = len(runs.samples) + len(runs.failures)
        if have >= self.samples + self.more:
            return runs
        more = _runs(await self._all(task, [task.lines] * self.more, session, have))
        return replace(runs, samples=runs.samples + more.samples, failures=runs.failures + more.failures)

    async def _all(
        self, task: Task, asked: Sequence[Sequence[Line]], session: Session, first: int
    ) -> list[Sample | Failed]:
        return await together(*(self._one(task, lines, session, first + n) for n, lines in enumerate(asked)))

    async def _one(self, task: Task, lines: Sequence[Line], session: Session, nth: int) -> Sample | Failed:
        """One call and its check."""
        if not lines:
            nothing = tuple(protocol.Checked(key, "no_evidence", question_id=task.question.id) for key in task.keys)
            return Sample(nothing, insufficient=True)
        if sum(len(line.clean) for line in lines) > MAX_ANSWER_CHARS:
            return Failed("over_budget")
        order = protocol.shuffled(task.keys, self.seed, nth)
        messages = protocol.judge_messages(
            task.question, task.competency, order, lines, task.interviewer,
            delimiter=f"----{self.token()}----", canary=self.canary,
        )  # fmt: skip
        raw = await self.llm.ask(
            messages, "reading", protocol.judge_schema(order), session.budget, before=session.shelf.go_on
        )
        if isinstance(raw, Failed):
            return raw
        sample = protocol.verify(
            raw, keys=task.keys, lines=lines, canary=self.canary, question_id=task.question.id, forbidden=task.forbidden
        )
        return Failed("schema_failure") if isinstance(sample, Malformed) else sample


def _runs(found: Sequence[Sample | Failed]) -> Runs:
    samples = tuple(r for r in found if isinstance(r, Sample))
    return Runs(samples, failures=tuple(r.reason for r in found if isinstance(r, Failed)))


def _with_neutral(runs: Runs, found: Sample | Failed) -> Runs:
    return replace(runs, broken=found.reason) if isinstance(found, Failed) else replace(runs, neutral=found)


def _with_counterfactual(runs: Runs, found: Sequence[Sample | Failed]) -> Runs:
    again = _runs(found)
    if len(again.samples) <= len(again.failures):
        return replace(runs, broken=runs.broken or again.problem)
    return replace(runs, without=again.samples)
