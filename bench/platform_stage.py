"""Parley with candidates who come to a platform, before it is served."""

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

sys.path.append(str(Path(__file__).resolve().parent))  # what is measured by path imports its neighbours by name

from bench import common, turns
from bench.wires import Wire
from bot import hiring, log, people
from bot.app import App, build
from bot.scene import Scene
from bot.settings import Settings
from bot.store.rows import Thread
from bot.store.store import Row, Tx


class Numbered(Protocol):
    number: int


def parley(home: Path) -> App:
    """What is stored in `home`. Not started."""
    log.configure("error")
    return build(Settings(home=home, public_url="", host="127.0.0.1", openai_base_url=""))


async def placed(home: Path, fresh: int, underway: int, turns_before: int, quiet: int = 0) -> list[str]:
    """The secrets of `fresh` candidates who are only invited, and of `underway` who bring their interview over from the
    web after so many turns. quiet: seconds that end an answer, where a kit's minute would be waited for by nobody."""
    app, cast = common.parley(home)
    if quiet:
        with closing(sqlite3.connect(app.settings.database_path)) as db, db:
            db.execute("UPDATE requisition SET kit = json_set(kit, '$.quiet_seconds', ?)", (quiet,))
    requisition = app.store.read_now(lambda tx: hiring.get_requisition(tx, app.tenant_id, cast.requisition_id))
    secrets = app.store.commit_now(lambda tx: [_invite(app, tx, requisition, f"Candidate {n}") for n in range(fresh)])
    await app.start()
    stage = turns.Stage(app, cast, 0, app.settings.database_path)
    found = await stage.candidates(underway, turns_before)

    def unit(tx: Tx) -> list[str]:
        at, link = app.clock.now(), people.issue_link
        return [link(tx, app.ids, app.tenant_id, "handover", p["person"], p["interview"], at, 1) for p in found]

    secrets += await app.store.commit(unit)
    await app.stop()
    return secrets


def _invite(app: App, tx: Tx, requisition: Row, name: str) -> str:
    """As a recruiter's command does."""
    at = app.clock.now()
    interview_id, secret = hiring.invite(tx, app.keys, app.ids, requisition, name, at, app.settings.invite_days)
    interview = hiring.get_interview(tx, app.tenant_id, interview_id)
    thread = people.thread_of(tx, app.tenant_id, interview["candidate_id"])
    row = tx.one(Thread, tenant_id=app.tenant_id, id=thread)
    assert row is not None
    hiring.open_invitation(Scene(tx, app.keys, app.ids, row, at), interview, thread, requisition["channel_id"])
    return secret


def threads(database: Path, wire: Wire, everybody: Sequence[Numbered]) -> dict[int, str]:
    """Person -> their chat, for everybody whose chat is shown on this platform."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db, db:
        rows = db.execute("SELECT address, id FROM thread WHERE platform = ? AND kind = 'person'", (wire.name,))
        chats = dict(rows.fetchall())
    named = {p.number: wire.address(p.number)[2] for p in everybody}
    return {n: chats[address] for n, address in named.items() if address in chats}


def reachable(database: Path, wire: Wire, everybody: Sequence[Numbered]) -> bool:
    """Has everybody arrived?"""
    return len(threads(database, wire, everybody)) == len(everybody)
