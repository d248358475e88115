"""What must hold after the kills, judged from outside: the clients' logs against the interface, then the database."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.chaos_client import Person
from bench.chaos_wire import Refused, fetch
from bot.app import build
from bot.replay import replay
from bot.settings import Settings
from bot.store.rows import Conversation

if TYPE_CHECKING:
    from bench.chaos import Chaos

_REMINDER = "A reminder:"
_TOO_LATE = ("~old", "~late", "~placed")


async def judge(chaos: "Chaos") -> None:
    """Fill in `chaos.report`. The server runs at first; it is stopped before the journals are replayed."""
    report, people = chaos.report, chaos.people
    for person in people:
        await _client(chaos, person)
    for person in people:
        await person.stop()
    chaos.server.stop()
    await chaos.server.gone()
    with closing(sqlite3.connect(chaos.database)) as db, db:
        _inbox(chaos, db)
        _said_once(chaos, db)
    replayed = journals(chaos)
    _reminders(chaos)
    _log(chaos)
    report.figures |= {
        "events": sum(len(p.events) for p in people),
        "answers": sum(len(p.said) for p in people),
        "said_while_down": sum(p.while_down for p in people),
        "messages": sum(len(p.shown) for p in people),
        "redeliveries": sum(p.again for p in people),
        "pauses_that_ended_an_answer": sum(p.silences for p in people),
        "reminders": len(chaos.reminders),
        "journals_replayed": replayed,
    }
    # A check that looked at nothing has shown nothing.
    for what in ("events", "said_while_down", "messages", "pauses_that_ended_an_answer", "reminders"):
        if not report.figures[what]:
            report.violations.append(f"nothing was tried: {what} is 0")


async def _client(chaos: "Chaos", person: Person) -> None:
    """One chat as its client saw it against what the server says of it now."""
    wrong, port = chaos.report.violations, chaos.world.port
    state = await fetch(port, person.session, person.path)
    own = Counter(m["text"] for m in state["messages"] if m["from"] == "me")
    _compare(wrong, f"{person.name}: in the history", Counter(person.said), own)
    theirs = {m["id"] for m in state["messages"] if m["from"] == "parley"}
    wrong += [f"{person.name}: never saw the message {m}" for m in sorted(theirs - set(person.shown))]
    wrong += [f"{person.name}: saw {m}, which is not in the history" for m in sorted(set(person.shown) - theirs)]
    order = list(person.shown.values())
    if order != sorted(set(order)):
        wrong.append(f"{person.name}: messages out of order: {order}")
    missing = set(person.events) - person.accepted
    wrong += [f"{person.name}: {e} was never accepted" for e in sorted(missing)]
    await _export(chaos, person)


async def _export(chaos: "Chaos", person: Person) -> None:
    """The candidate's own copy of everything."""
    with closing(sqlite3.connect(f"file:{chaos.database}?mode=ro", uri=True)) as db, db:
        row = db.execute(
            "SELECT interview_id FROM conversation WHERE thread_id = ? AND interview_id <> ''", (person.thread,)
        ).fetchone()
    if row is None:
        chaos.report.violations.append(f"{person.name}: no conversation ever began")
        return
    try:
        export: Any = await fetch(chaos.world.port, person.session, f"/api/v1/interviews/{row[0]}/export")
    except Refused as refusal:
        chaos.report.violations.append(f"{person.name}: {refusal}")
        return
    kept = Counter(u["text"] for u in export["utterances"])
    _compare(chaos.report.violations, f"{person.name}: in the export", Counter(person.said), kept)


def _compare(wrong: list[str], where: str, said: Counter[str], kept: Counter[str]) -> None:
    wrong += [f"{where} {n} x missing: {text}" for text, n in (said - kept).items()]
    wrong += [f"{where} {n} x too often: {text}" for text, n in (kept - said).items()]


def _inbox(chaos: "Chaos", db: sqlite3.Connection) -> None:
    """Every event that was ever sent was taken in, once (the key is unique), and nothing waits."""
    for person in chaos.people:
        rows = db.execute("SELECT event_id FROM inbox WHERE source = 'web' AND thread_id = ?", (person.thread,))
        # That somebody opened their link is a letter of the page itself, and none of the client's events.
        taken = {e.partition("/")[2] for (e,) in rows.fetchall() if not e.startswith("arrived/")}
        for event in sorted(set(person.events) ^ taken):
            chaos.report.violations.append(f"{person.name}: {event} is only on one side of the line")
    chaos.report.violations += chaos.world.refused


def _said_once(chaos: "Chaos", db: sqlite3.Connection) -> None:
    """Nothing is said twice: one message for each step and token of a conversation.

    The exception is a question put again because something came too late for the one before it (a pause had ended
    that answer while the server was down): then the message that says so stands before it.
    """
    rows = db.execute(
        "SELECT conversation_id, step, token FROM outbox WHERE act = 'send' AND conversation_id <> '' ORDER BY lane, seq"
    ).fetchall()
    said, excuse, again = Counter[tuple[str, str, str]](), dict[str, bool](), 0
    for conversation, step, token in rows:
        excused = excuse.get(conversation, False)
        excuse[conversation] = step in _TOO_LATE
        if step.startswith("~"):
            continue
        said[conversation, step, token] += 1
        if said[conversation, step, token] > 1:
            again += excused
            if not excused:
                chaos.report.violations.append(f"said again: {step} of {conversation}")
    chaos.report.figures["asked_again_after_late_words"] = again
    undone = db.execute("SELECT id, state FROM outbox WHERE state = 'failed'")
    chaos.report.violations += [f"message {m} is {state}" for m, state in undone.fetchall()]
    aside = db.execute("SELECT event_id, state FROM inbox WHERE state NOT IN ('done', 'pending') OR attempts > 0")
    chaos.report.violations += [f"letter {e} is {state} or was tried again" for e, state in aside.fetchall()]


def journals(chaos: "Chaos") -> int:
    """Every journal still replays, and no question was answered, and nobody nudged, twice: so no timer fired twice."""
    app = build(Settings(home=Path(chaos.database).parent), migrate=False)
    rows = app.store.read_now(lambda tx: tx.find(Conversation, {"tenant_id": app.tenant_id}))
    for row in rows:
        told = app.store.read_now(lambda tx, c=row["id"]: replay(app, tx, c))
        if told is None or not told.fits:
            chaos.report.violations.append(f"{row['id']}: {told.verdict if told else 'is gone'}")
            continue
        once = Counter((kind, key) for _, _, kind, key, _ in told.rows if kind in ("answer", "nudged", "parked"))
        chaos.report.violations += [f"{row['id']}: {k} {n} x" for k, n in once.items() if n > 1]
    app.store.engine.dispose()
    return len(rows)


def _reminders(chaos: "Chaos") -> None:
    for person in chaos.people:
        got = sum(json.loads(t).get("text", "").startswith(_REMINDER) for t in person.texts)
        due = person.thread in chaos.reminders
        if got > due or (due and not got and not _is_over(person)):
            chaos.report.violations.append(f"{person.name}: {got} reminders, {int(due)} due")


def _is_over(person: Person) -> bool:
    """An interview that has been sent off is not reminded of."""
    return any(e.get("option") == "submit" for e in person.events.values())


def _log(chaos: "Chaos") -> None:
    lines = chaos.server.log.read_text().splitlines()
    bad = [x for x in lines if '"level": "error"' in x or '"level": "critical"' in x or x.startswith("Traceback")]
    chaos.report.violations += [f"the server's log: {x[:300]}" for x in bad[:5]]
