"""The questions about a whole requisition at once: who is where, and every open scorecard, in one query each.

A board of three hundred people must not ask the database three hundred times.
"""

from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal_column, or_, select

from bot.store.rows import DataKey, FactRow, Interview, Outbox, Person, Scorecard, Thread
from bot.store.store import Row, Tx, table

_ABOUT = ("tenant_id", "id", "candidate_id", "status", "flags", "submitted_at", "revealed_at")


def opened_cards(tx: Tx, tenant_id: str, requisition_id: str, interview_id: str = "") -> list[Row]:
    """Every open scorecard of a requisition (or of one of its interviews), all versions, in the order in which the answers were sent off.

    Rows: tenant_id, id (of the interview), candidate_id, status, flags, submitted_at, revealed_at; and of the card, None where an
    interview was opened without any: rater_id, kind, version, subject_id, opened_at (when it was revealed; None: it was
    given after that), body. The body is left out of a card that has no levels (kind `evidence-map`, `none`, `failed`).

    An interview that isn't revealed has no row here, and neither has a card that is still sealed or frozen.
    """

    def build() -> Any:
        i, s = table(Interview), table(Scorecard)
        about = tuple(i.c[name] for name in _ABOUT)
        card = (s.c.rater_id, s.c.kind, s.c.version, s.c.subject_id, s.c.revealed_at.label("opened_at"))
        graded = or_(s.c.rater_id != literal_column("'machine'"), s.c.kind == literal_column("'llm-evidence'"))
        mine = and_(s.c.tenant_id == i.c.tenant_id, s.c.interview_id == i.c.id)
        body = case((graded, s.c.body)).label("body")
        opened = and_(mine, s.c.state == literal_column("'revealed'"))
        query = select(*about, *card, body).select_from(i).join(s, opened, isouter=True)
        where = (i.c.tenant_id == bindparam("tenant"), i.c.requisition_id == bindparam("requisition"))
        if interview_id:
            where = (*where, i.c.id == bindparam("interview"))
        return query.where(*where, i.c.revealed_at.is_not(None)).order_by(
            i.c.submitted_at, i.c.id, s.c.rater_id, s.c.version
        )

    one: Row = {"interview": interview_id} if interview_id else {}
    named = "opened cards of one" if one else "opened cards"
    return tx.select(named, build, {"tenant": tenant_id, "requisition": requisition_id, **one})


def invited(tx: Tx, tenant_id: str, requisition_id: str) -> list[Row]:
    """Everybody who was ever invited for a requisition, each once, in that order.

    Rows: candidate_id, at (ms, of the first invitation); body and wrapped, of the person and their key: None once they
    have been removed.
    """

    def build() -> Any:
        i, p, k = table(Interview), table(Person), table(DataKey)
        theirs = and_(p.c.tenant_id == i.c.tenant_id, p.c.id == i.c.candidate_id)
        key = and_(k.c.tenant_id == i.c.tenant_id, k.c.subject_id == i.c.candidate_id)
        at = func.min(i.c.created_at).label("at")
        query = select(i.c.candidate_id, at, p.c.body, k.c.wrapped)
        query = query.select_from(i).join(p, theirs, isouter=True).join(k, key, isouter=True)
        query = query.where(i.c.tenant_id == bindparam("tenant"), i.c.requisition_id == bindparam("requisition"))
        return query.group_by(i.c.candidate_id, p.c.body, k.c.wrapped).order_by(at, i.c.candidate_id)

    return tx.select("invited", build, {"tenant": tenant_id, "requisition": requisition_id})


def by_status(tx: Tx, tenant_id: str, requisition_id: str) -> dict[str, int]:
    """How many interviews of a requisition are in each status."""

    def build() -> Any:
        i = table(Interview)
        query = select(i.c.status, func.count().label("n"))
        query = query.where(i.c.tenant_id == bindparam("tenant"), i.c.requisition_id == bindparam("requisition"))
        return query.group_by(i.c.status)

    return {
        r["status"]: r["n"] for r in tx.select("by status", build, {"tenant": tenant_id, "requisition": requisition_id})
    }


def moments(tx: Tx, tenant_id: str, requisition_id: str) -> dict[str, int]:
    """When something last happened in each interview of a requisition (ms); those without any news are left out."""

    def build() -> Any:
        i, f = table(Interview), table(FactRow)
        theirs = and_(f.c.tenant_id == i.c.tenant_id, f.c.interview_id == i.c.id)
        query = select(i.c.id, func.max(f.c.at).label("at")).select_from(i).join(f, theirs)
        query = query.where(i.c.tenant_id == bindparam("tenant"), i.c.requisition_id == bindparam("requisition"))
        return query.group_by(i.c.id)

    found = tx.select("moments", build, {"tenant": tenant_id, "requisition": requisition_id})
    return {r["id"]: r["at"] for r in found}


def greeted(tx: Tx, tenant_id: str, requisition_id: str) -> set[str]:
    """The interviews of a requisition, of those that are "opened", whose candidate has been shown something."""

    def build() -> Any:
        i, t, o = table(Interview), table(Thread), table(Outbox)
        chat = and_(t.c.tenant_id == i.c.tenant_id, t.c.person_id == i.c.candidate_id)
        shown = and_(o.c.tenant_id == t.c.tenant_id, o.c.thread_id == t.c.id, o.c.state == literal_column("'sent'"))
        query = select(i.c.id).select_from(i).join(t, and_(chat, t.c.kind == literal_column("'person'"))).join(o, shown)
        where = (i.c.tenant_id == bindparam("tenant"), i.c.requisition_id == bindparam("requisition"))
        return query.where(*where, i.c.status == literal_column("'opened'")).distinct()

    found = tx.select("greeted", build, {"tenant": tenant_id, "requisition": requisition_id})
    return {r["id"] for r in found}


def submitted_cards(tx: Tx, tenant_id: str, requisition_id: str) -> dict[str, set[str]]:
    """Who has handed in a scorecard (or the machine's is ready), by interview, for those that are being rated."""

    def build() -> Any:
        i, s = table(Interview), table(Scorecard)
        theirs = and_(s.c.tenant_id == i.c.tenant_id, s.c.interview_id == i.c.id)
        query = select(i.c.id, s.c.rater_id).select_from(i).join(s, theirs)
        where = (i.c.tenant_id == bindparam("tenant"), i.c.requisition_id == bindparam("requisition"))
        there = (i.c.status == literal_column("'submitted'"), s.c.state != literal_column("'draft'"))
        return query.where(*where, *there).distinct()

    found: dict[str, set[str]] = {}
    for row in tx.select("submitted cards", build, {"tenant": tenant_id, "requisition": requisition_id}):
        found.setdefault(row["id"], set()).add(row["rater_id"])
    return found
