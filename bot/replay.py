"""`parley replay`: the journal of a conversation as a person reads it, and whether it still fits."""

import datetime as dt
from dataclasses import dataclass

import orjson

from bot import hiring
from bot.app import App
from bot.store.rows import Conversation, FactRow
from bot.store.store import Row, Tx
from bot.threads import load_conversation
from flows.engine import Drift, ForeignAwait, turn
from flows.playbill import PLAYBILL
from flows.registry import Flow, UnknownConversation

_MOST = 200
SEALED = "(sealed until the reveal)"
RATERS = ("review", "guide")  # conversations in which somebody rates, or notes what they will rate by


@dataclass(frozen=True, slots=True)
class Replay:
    """Rows of (n, at, kind, step, value), and whether the screenplay still plays them."""

    rows: list[tuple[str, str, str, str, str]]
    fits: bool
    verdict: str


def replay(app: App, tx: Tx, conversation_id: str) -> Replay | None:
    """Read and replay one conversation; None when there is none of that id."""
    row = tx.one(Conversation, tenant_id=app.tenant_id, id=conversation_id)
    if row is None:
        return None
    conv = load_conversation(tx, app.keys, row)
    sealed = row["flow"] in RATERS and not _is_open(tx, row)
    rows = [
        (
            str(n),
            f"{dt.datetime.fromtimestamp(e.at / 1000, dt.UTC):%Y-%m-%d %H:%M:%S}",
            e.kind,
            e.key,
            SEALED if sealed and e.kind == "answer" else _short(e.value),
        )
        for n, e in enumerate(conv.journal.entries, 1)
    ]
    try:
        play = PLAYBILL.get(row["flow"], row["flow_version"])
        args = app.intake.casting.args(app.tenant_id, play.name, conv.args)
        now = turn(Flow(play, conv.id, args), conv.journal, None, None, row["last_at"])
    except (Drift, ForeignAwait, UnknownConversation) as problem:
        return Replay(rows, False, f"It does not fit any more: {problem}")
    where = f"waits at {now.waiting.key}" if now.waiting else f"is {now.state}"
    return Replay(rows, True, f"{play.id} still plays these {len(rows)} entries; it {where}.")


def _short(value: object) -> str:
    text = "" if value is None else orjson.dumps(value).decode()
    return text if len(text) <= _MOST else text[: _MOST - 1] + "\u2026"


def _is_open(tx: Tx, row: Row) -> bool:
    """Can the panel read what a rater's conversation holds? Notes once the cards are open; a rating once it was submitted,
    too: what was never submitted is its rater's alone for ever."""
    interview = hiring.get_interview(tx, row["tenant_id"], row["interview_id"])
    if row["flow"] != "review":
        return interview["revealed_at"] is not None
    submitted = tx.find(FactRow, {"tenant_id": row["tenant_id"], "conversation_id": row["id"], "name": "rated"})
    return interview["revealed_at"] is not None and bool(submitted)
