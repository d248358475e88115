"""What must be true after a chaos run over a platform: the database, the platform and what people did, compared."""

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from adapters.contract import position
from bench.chaos_judge import journals, said_once
from bench.platform_stage import parley, threads
from bench.wires import Slack
from bot.store.rows import Utterance
from bot.store.store import Row, Tx

if TYPE_CHECKING:
    from bench.chaos_platforms import Person, Run


def judge(run: "Run") -> None:
    """Fill in `run.report`. The bot has been stopped."""
    report, chats = run.report, threads(run.database, run.wire, run.people)
    lost = [p.number for p in run.people if p.number not in chats]
    report.violations += [f"c{n} was invited and never arrived" for n in lost]
    _transcripts(run, chats)
    with closing(sqlite3.connect(run.database)) as db, db:
        said_once(run, db)  # type: ignore[arg-type]  # it needs the report alone
        for person in run.people:
            if person.number in chats:
                _seen(run, db, person, chats[person.number])
    replayed = journals(run)  # type: ignore[arg-type]  # likewise, and the database
    _log(run)
    report.violations += [f"wirespec: {v}" for v in run.wire.violations[:10]]
    figures: dict[str, int] = {
        "answers": sum(len(p.said) for p in run.people),
        "presses": sum(p.presses for p in run.people),
        "presses_made_again": sum(p.presses_again for p in run.people),
        "messages": sum(len(run.wire.shown(p.number)) for p in run.people),
        "pauses_that_ended_an_answer": sum(p.silences for p in run.people),
        "events_sent_twice": run.wire.trouble.duplicates,
        "events_reordered": run.wire.trouble.reordered,
        "journals_replayed": replayed,
        "checked_by_wirespec": run.wire.checks(),
        "wirespec_violations": len(run.wire.violations),
    }
    if isinstance(run.wire, Slack):
        figures["interactions_cut_off_by_a_kill"] = run.wire.cut_off
    report.figures |= figures
    # A check that looked at nothing has shown nothing.
    for what in ("answers", "presses", "messages", "checked_by_wirespec"):
        if not figures[what]:
            report.violations.append(f"nothing was tried: {what} is 0")


def _transcripts(run: "Run", chats: dict[int, str]) -> None:
    """Every answer is stored once, in the order in which it was said."""
    app = parley(run.home)
    out_of_order = 0

    def words(tx: Tx, thread: str) -> list[str]:
        rows: list[Row] = tx.find(Utterance, {"tenant_id": app.tenant_id, "thread_id": thread, "version": 0}, "seq")
        found = list[str]()
        for row in rows:
            app.keys.load(tx, row["tenant_id"], row["subject_id"])
            body: Any = app.keys.open(row["tenant_id"], row["subject_id"], row["body"])
            found.append(body["text"])
        return found

    for person in run.people:
        if person.number not in chats:
            continue
        kept = app.store.read_now(lambda tx, p=person: words(tx, chats[p.number]))
        missing, extra = Counter(person.said) - Counter(kept), Counter(kept) - Counter(person.said)
        run.report.violations += [f"c{person.number}: {n} x missing: {t}" for t, n in missing.items()]
        run.report.violations += [f"c{person.number}: {n} x too often: {t}" for t, n in extra.items()]
        out_of_order += kept != person.said and not missing and not extra
    app.store.engine.dispose()
    run.report.figures["transcripts_out_of_order"] = out_of_order
    # Only Telegram numbers what it hands out; elsewhere a platform that swaps two messages has swapped them for good.
    if out_of_order and (run.wire.patient or not run.wire.trouble.reordered):
        run.report.violations.append(f"{out_of_order} transcripts are not in the order in which they were said")


def _seen(run: "Run", db: sqlite3.Connection, person: "Person", thread: str) -> None:
    """What the person sees against what the bot says it has sent: all of it, in order, and nothing twice."""
    name, report = f"c{person.number}", run.report
    rows = db.execute(
        "SELECT id, platform_id, state, token FROM outbox WHERE thread_id = ? AND act = 'send' ORDER BY seq", (thread,)
    ).fetchall()
    shown = {m.number: m for m in run.wire.shown(person.number)}
    named, last = set[str](), 0
    for message, platform_id, state, _ in rows:
        if state != "sent" or not platform_id.startswith(f"{run.wire.name}:"):
            report.violations += [f"{name}: message {message} is {state} {platform_id}"] if state != "sent" else []
            continue
        numbers = platform_id.rpartition(":")[2].split("+")
        report.violations += [f"{name}: message {message} was never seen" for n in numbers if n not in shown]
        if position(platform_id) <= last:
            report.violations.append(f"{name}: message {message} is not in its place")
        last = position(platform_id)
        named |= set(numbers)
    _extras(run, person.number, list(shown), named)


def _extras(run: "Run", person: int, shown: list[str], named: set[str]) -> None:
    """What is there besides: a message of ours a second time, or a courtesy that no lane knows of."""
    figures, first = run.report.figures, {n: run.sent[person, n] for n in shown}
    for number in shown:
        if number in named:
            continue
        said = first[number].token, first[number].text
        twin = next((n for n in shown if n in named and (first[n].token, first[n].text) == said), None)
        what = "courtesies" if twin is None else "duplicates"
        figures[what] = figures.get(what, 0) + 1
        inside = shown[shown.index(number) : shown.index(twin)] if twin else []
        if any(n in named for n in inside):
            run.report.violations.append(f"c{person}: something stands between a message and its second copy")


def _log(run: "Run") -> None:
    """Errors; and what the adapter says that it may have sent twice."""
    lines = run.server.log.read_text().splitlines()
    bad = [x for x in lines if '"level": "error"' in x or '"level": "critical"' in x or x.startswith("Traceback")]
    run.report.violations += [f"the server's log: {x[:300]}" for x in bad[:5]]
    figures = run.report.figures
    figures["said_again_to_be_sure"] = sum("possible duplicate" in x for x in lines)
    figures.setdefault("duplicates", 0)
    figures.setdefault("courtesies", 0)
    if figures["duplicates"] > (0 if run.wire.keyed else figures["said_again_to_be_sure"]):
        run.report.violations.append(f"{figures['duplicates']} messages were seen twice")
