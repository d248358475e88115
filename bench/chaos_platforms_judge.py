"""What must be true after a chaos run over a platform: the database, the platform and what people did, compared."""

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, cast

from adapters.contract import position
from bench.chaos_judge import journals
from bench.common import ANSWER
from bench.platform_stage import parley, threads
from bench.wires import Seen, Slack
from bot.store.rows import Utterance
from bot.store.store import Row, Tx
from flows.words.reception_en import HERE_NOW

if TYPE_CHECKING:
    from bench.chaos_platforms import Person, Run


def judge(run: "Run") -> None:
    """Fill in `run.report`. The bot has been stopped."""
    report, chats = run.report, threads(run.database, run.wire, run.people)
    lost = [p.number for p in run.people if p.number not in chats]
    report.violations += [f"c{n} was invited and never arrived" for n in lost]
    _transcripts(run, chats)
    with closing(sqlite3.connect(run.database)) as db, db:
        _said_once(run, db)
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
            found.append(cast("str", app.keys.open(row["tenant_id"], row["subject_id"], row["body"])))
        return [text for text in found if text != ANSWER]  # that one was said on the web, before

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


def _said_once(run: "Run", db: sqlite3.Connection) -> None:
    """Nothing is put twice on this platform: one message for each step and token of a conversation, but where something
    came too late and the message that says so stands before it. Nothing was given up, and no event handled in vain."""
    found, report = "SELECT conversation_id, step, token FROM outbox", run.report
    rows = db.execute(f"{found} WHERE act = 'send' AND platform_id LIKE ? ORDER BY lane, seq", (f"{run.wire.name}:%",))
    said, excuse, again = Counter[tuple[str, str, str]](), dict[str, bool](), 0
    for conversation, step, token in rows.fetchall():
        excused, excuse[conversation] = excuse.get(conversation, False), step in ("~old", "~late", "~placed")
        if not conversation or step.startswith("~"):
            continue
        said[conversation, step, token] += 1
        if said[conversation, step, token] > 1:
            again += excused
            report.violations += [] if excused else [f"said again: {step} of {conversation}"]
    report.figures["asked_again_after_late_words"] = again
    failed = db.execute("SELECT id FROM outbox WHERE state = 'failed'").fetchall()
    report.violations += [f"message {m} is failed" for (m,) in failed]
    aside = db.execute("SELECT event_id, state FROM inbox WHERE state NOT IN ('done', 'pending') OR attempts > 0")
    report.violations += [f"letter {e} is {state} or was tried again" for e, state in aside.fetchall()]


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


def is_courtesy(message: Seen) -> bool:
    """Said in direct reply to somebody who comes with a link, and no part of any lane."""
    return HERE_NOW.text in message.text


def _extras(run: "Run", person: int, shown: list[str], named: set[str]) -> None:
    """What is there besides: a message of ours a second time, or a courtesy that no lane knows of."""
    figures, first = run.report.figures, {n: run.sent[person, n] for n in shown}
    for number in shown:
        if number in named:
            continue
        # The second copy follows the first; Telegram's may begin with an excuse.
        token, text = first[number].token, first[number].text
        later = [n for n in shown[shown.index(number) :] if n in named]
        twin = next((n for n in later if first[n].token == token and text in first[n].text), None)
        what = "courtesies" if twin is None else "duplicates"
        figures[what] = figures.get(what, 0) + 1
        figures["with_an_excuse"] = figures.get("with_an_excuse", 0) + (twin is not None and text != first[twin].text)
        inside = shown[shown.index(number) : shown.index(twin)] if twin else []
        if any(n in named for n in inside):
            texts = [first[n].text[:40] for n in [*inside, str(twin)]]
            run.report.violations.append(f"c{person}: something stands between a message and its second copy: {texts}")


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
