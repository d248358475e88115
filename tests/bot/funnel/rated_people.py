"""Candidates who have been rated, as the rows that a played interview leaves. (Playing hundreds would take minutes.)"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import hiring
from bot.store.rows import DataKey, Interview, Scorecard
from bot.store.store import Row, Tx
from flows.rating.card import CompetencyResult, MachineCard, MachineMark
from flows.rating.evidence import Span
from tests.bot.stagehand import Stage
from tests.flows.rating.small_kit import KIT

Levels = Mapping[str, int | None]
VOTE = "yes"
QUOTE = "I restarted the server myself."


def body(levels: Levels) -> dict[str, Any]:
    return {
        "ratings": {k: {"level": v, "why": "Says what was done."} for k, v in levels.items()},
        "recommendation": VOTE,
    }


class People:
    """Puts rated candidates on a stage. `cards`: rater's name -> competency -> level; "machine": its card."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def add(
        self,
        name: str,
        cards: Mapping[str, Levels],
        *,
        machine: Mapping[str, tuple[int | None, tuple[int, int] | None]] | None = None,
        sealed: bool = False,
        late: Sequence[str] = (),
        **flags: Any,
    ) -> Row:
        """One candidate; their interview. late: raters whose card came after the reveal."""
        return await self.stage.app.store.commit(lambda tx: self._add(tx, name, cards, machine, sealed, late, flags))

    def _add(
        self,
        tx: Tx,
        name: str,
        cards: Mapping[str, Levels],
        machine: Mapping[str, tuple[int | None, tuple[int, int] | None]] | None,
        sealed: bool,
        late: Sequence[str],
        flags: dict[str, Any],
    ) -> Row:
        stage, app = self.stage, self.stage.app
        stage.clock.forward(1000)
        at, tenant = stage.clock.now(), app.tenant_id
        requisition = hiring.get_requisition(tx, tenant, stage.requisition_id)
        interview_id, _ = hiring.invite(tx, app.keys, app.ids, requisition, name, at, 7)
        status = "submitted" if sealed else "scored"
        values: Row = {"status": status, "submitted_at": at, "revealed_at": None if sealed else at}
        tx.change(Interview, {"tenant_id": tenant, "id": interview_id}, values)
        interview = hiring.set_flags(tx, hiring.get_interview(tx, tenant, interview_id), **flags)
        for rater, levels in cards.items():
            opened = None if sealed or rater in late else at
            self._card(tx, interview, stage.seats[rater].who.person_id, "human", body(levels), sealed, opened)
        if machine is not None:
            self._card(tx, interview, "machine", "llm-evidence", self._machine(machine), sealed, None if sealed else at)
        return interview

    def _card(self, tx: Tx, interview: Row, rater: str, kind: str, said: Any, sealed: bool, opened: int | None) -> None:
        app, subject = self.stage.app, interview["candidate_id"]
        row: Row = {"tenant_id": app.tenant_id, "id": app.ids.new("sc"), "interview_id": interview["id"]}
        row |= {"rater_id": rater, "kind": kind, "state": "submitted" if sealed else "revealed", "version": 1}
        row |= {"subject_id": subject, "at": self.stage.clock.now(), "revealed_at": opened}
        app.keys.load(tx, app.tenant_id, subject)
        tx.insert(Scorecard, {**row, "body": app.keys.seal(app.tenant_id, subject, said)})

    def _machine(self, read: Mapping[str, tuple[int | None, tuple[int, int] | None]]) -> dict[str, Any]:
        """A model's card, with one quote for every competency that it read."""
        mark = MachineMark("own_step", "Says what they did", "found", QUOTE, Span("u_1", 0, len(QUOTE)), "outage")
        results = tuple(CompetencyResult(k, k, "", (mark,), level, band) for k, (level, band) in read.items())
        return MachineCard("llm-evidence", KIT.kit, KIT.version, results, ()).to_json()

    async def erase(self, interview: Row) -> None:
        """Remove a candidate as an erasure does: their key is destroyed."""
        where = {"tenant_id": interview["tenant_id"], "subject_id": interview["candidate_id"]}
        await self.stage.app.store.commit(lambda tx: tx.delete(DataKey, where))
        self.stage.app.keys.forget(interview["tenant_id"], interview["candidate_id"])


async def settings(stage: Stage, **changes: Any) -> None:
    """Change what is chosen for the requisition."""

    def go(tx: Tx) -> None:
        hiring.set_settings(tx, hiring.get_requisition(tx, stage.app.tenant_id, stage.requisition_id), **changes)

    await stage.app.store.commit(go)


async def blind(stage: Stage) -> None:
    """Switch names off for the requisition."""
    await settings(stage, blind=True)
