"""What the store promises, on SQLite and on PostgreSQL alike."""

import asyncio
import os
import resource
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from bot import threads
from bot.ids import SeededIds
from bot.keyring import Erased, Keyring
from bot.scene import Scene
from bot.store.rows import Conversation, DataKey, JournalEntry, Outbox, Person, Role, Tenant, Thread, Timer, Utterance
from bot.store.store import Conflict, Row, Store, StoreUnavailable, Tx
from bot.vault import Sealed, Vault
from flows.ledger import Entry

T = "t_1"
DUPLICATE = (sqlite3.IntegrityError, psycopg.errors.UniqueViolation)
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize(
    "database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def person(key: str, body: bytes = b"b", at: int = 1, kind: str = "candidate") -> Row:
    return {"tenant_id": T, "id": key, "kind": kind, "body": body, "created_at": at}


def chat(key: str = "th_1", subject: str = "p_1") -> Row:
    names = {"kind": "dm", "person_id": "p_1", "platform": "web", "address": key, "title": "", "subject_id": subject}
    return {"tenant_id": T, "id": key, **names, "next_seq": 0, "version": 0, "blocked": ""}


def role(name: str) -> Row:
    return {"tenant_id": T, "requisition_id": "*", "person_id": "p_1", "role": name}


async def names(store: Store) -> set[str]:
    return {r["id"] for r in await store.read(lambda tx: tx.find(Person, {"tenant_id": T}))}


# -- what is committed, and what is not -------------------------------------------------------------


async def test_a_commit_is_durable_and_visible(store: Store, database_url: str) -> None:
    def unit(tx: Tx) -> str:
        tx.insert(Person, [person("p_1"), person("p_2")])
        return "done"

    assert await store.commit(unit) == "done"
    assert await names(store) == {"p_1", "p_2"}
    # Somebody who opens the same database anew, without the first having been closed.
    other = Store.at(database_url)
    assert other.read_now(lambda tx: len(tx.find(Person, {}))) == 2
    await other.close()


async def test_a_failing_unit_takes_back_only_itself(store: Store) -> None:
    def unit(n: int) -> Any:
        def run(tx: Tx) -> int:
            tx.insert(Person, person(f"p_{n}"))
            if n % 3 == 0:
                raise ValueError(n)
            if n % 3 == 1:
                tx.insert(Person, person(f"p_{n}"))
            return n

        return run

    results = await asyncio.gather(*(store.commit(unit(n)) for n in range(60)), return_exceptions=True)
    for n, result in enumerate(results):
        if n % 3 == 0:
            assert isinstance(result, ValueError)
            assert result.args == (n,)
        elif n % 3 == 1:
            assert isinstance(result, DUPLICATE)
        else:
            assert result == n
    assert await names(store) == {f"p_{n}" for n in range(60) if n % 3 == 2}


@only_sqlite
async def test_units_that_wait_together_share_a_commit_and_keep_their_order(store: Store) -> None:
    said: list[str] = []
    event.listen(store.engine, "connect", lambda raw, _: raw.set_trace_callback(said.append))

    def unit(tx: Tx) -> int:
        # Each sees what those before it did, although nothing is committed yet.
        n = len(tx.find(Person, {"tenant_id": T}))
        tx.insert(Person, person(f"p_{n}"))
        return n

    assert await asyncio.gather(*(store.commit(unit) for _ in range(100))) == list(range(100))
    assert said.count("COMMIT") == 1


async def test_set_up_is_one_transaction_too(store: Store) -> None:
    def unit(tx: Tx) -> None:
        tx.insert(Person, person("p_1"))
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        store.commit_now(unit)
    assert await names(store) == set()
    store.commit_now(lambda tx: tx.insert(Person, person("p_2")))
    assert await names(store) == {"p_2"}


async def test_a_look_sees_one_state(store: Store, database_url: str) -> None:
    writer = Store.at(database_url)

    def unit(tx: Tx) -> tuple[int, int]:
        before = len(tx.find(Person, {}))
        writer.commit_now(lambda other: other.insert(Person, person("p_late")))
        return before, len(tx.find(Person, {}))

    assert await store.read(unit) == (0, 0)
    assert await names(store) == {"p_late"}
    await writer.close()


async def test_a_look_changes_nothing(store: Store) -> None:
    with pytest.raises((StoreUnavailable, psycopg.errors.ReadOnlySqlTransaction)):
        await store.read(lambda tx: tx.insert(Person, person("p_1")))
    assert await names(store) == set()
    await store.commit(lambda tx: tx.insert(Person, person("p_2")))
    assert await names(store) == {"p_2"}


async def test_a_look_inside_a_look(store: Store) -> None:
    await store.commit(lambda tx: tx.insert(Person, person("p_1")))
    assert await store.read(lambda _: store.read_now(lambda tx: len(tx.find(Person, {})))) == 1


# -- the verbs --------------------------------------------------------------------------------------


async def test_add_takes_the_first(store: Store) -> None:
    def adding(n: int) -> Any:
        return lambda tx: tx.add(Person, person("p_1", at=n))

    taken = await asyncio.gather(*(store.commit(adding(n)) for n in range(12)))
    assert taken.count(True) == 1
    (row,) = await store.read(lambda tx: tx.find(Person, {}))
    assert row["created_at"] == taken.index(True)


async def test_put_takes_the_last(store: Store) -> None:
    for n in range(3):
        await store.commit(lambda tx, n=n: tx.put(Person, person("p_1", bytes([n]), at=n)))
    assert await store.read(lambda tx: tx.find(Person, {})) == [person("p_1", b"\x02", at=2)]
    # A row that is nothing but its key.
    for _ in range(2):
        await store.commit(lambda tx: tx.put(Role, role("recruiter")))
    assert await store.read(lambda tx: tx.find(Role, {})) == [role("recruiter")]


async def test_insert_of_a_known_key_raises(store: Store) -> None:
    await store.commit(lambda tx: tx.insert(Person, []))
    await store.commit(lambda tx: tx.insert(Person, person("p_1")))
    with pytest.raises(DUPLICATE):
        await store.commit(lambda tx: tx.insert(Person, [person("p_2"), person("p_1")]))
    assert await names(store) == {"p_1"}


async def test_change_and_delete_say_how_many(store: Store) -> None:
    await store.commit(lambda tx: tx.insert(Person, [person("p_1"), person("p_2"), person("p_3", kind="member")]))
    assert await store.commit(lambda tx: tx.change(Person, {"kind": "candidate"}, {"created_at": 7})) == 2
    # The column that is compared may be the one that is set.
    swap = {"id": "p_1", "created_at": 7}, {"created_at": 8}
    assert await store.commit(lambda tx: tx.change(Person, *swap)) == 1
    assert await store.commit(lambda tx: tx.change(Person, *swap)) == 0
    assert await store.commit(lambda tx: tx.delete(Person, {"kind": "member"})) == 1
    assert await store.commit(lambda tx: tx.delete(Person, {"kind": "member"})) == 0
    rows = await store.read(lambda tx: tx.find(Person, {}, "id"))
    assert [(r["id"], r["created_at"]) for r in rows] == [("p_1", 8), ("p_2", 7)]


async def test_find_orders_and_limits(store: Store) -> None:
    rows = [person("p_c", at=2), person("p_a", at=1), person("p_d", at=2), person("p_b", at=3)]
    await store.commit(lambda tx: tx.insert(Person, rows))

    async def found(order: str, limit: int = 0, **where: Any) -> list[str]:
        return [r["id"][-1] for r in await store.read(lambda tx: tx.find(Person, where, order, limit))]

    assert await found("id") == ["a", "b", "c", "d"]
    assert await found("-id", 2) == ["d", "c"]
    assert await found("created_at,-id") == ["a", "d", "c", "b"]
    assert await found("-created_at,id", 3) == ["b", "c", "d"]
    assert await found("id", 1, created_at=2, tenant_id=T) == ["c"]
    assert await found("id", 9, kind="member") == []
    assert await store.read(lambda tx: tx.one(Person, id="p_b")) == rows[3]
    assert await store.read(lambda tx: tx.one(Person, id="p_x")) is None


@pytest.mark.parametrize("body", [b"", bytes(range(256)), b"\x00" * 70_000], ids=["none", "every byte", "many"])
async def test_bytes_numbers_and_letters_come_back(store: Store, body: bytes) -> None:
    row = person("p_\N{SNOWMAN} \N{WAVING HAND SIGN} ' \" \\ % :x", body, at=2**62)
    entry = {"tenant_id": T, "conversation_id": "c", "n": 0, "key": "k", "kind": "asked", "body": None, "at": -1}
    await store.commit(lambda tx: (tx.insert(Person, row), tx.insert(JournalEntry, entry)))
    assert await store.read(lambda tx: tx.find(Person, {"id": row["id"]})) == [row]
    assert await store.read(lambda tx: tx.find(JournalEntry, {})) == [entry]
    assert type((await store.read(lambda tx: tx.find(Person, {})))[0]["body"]) is bytes


# -- turns of one chat ------------------------------------------------------------------------------


def keyring() -> Keyring:
    return Keyring(Vault(b"m" * 32))


async def test_of_two_turns_at_once_one_wins(store: Store) -> None:
    await store.commit(lambda tx: tx.insert(Thread, chat()))
    loaded = await store.read(lambda tx: tx.one(Thread, id="th_1"))
    assert loaded is not None
    keys, ids = keyring(), SeededIds("turns")

    def turn(n: int) -> Any:
        def unit(tx: Tx) -> int:
            scene = Scene(tx, keys, ids, dict(loaded), at=5)
            scene.timer(f"c_{n}", "silence", 9)
            scene.next_seq()
            return scene.close().seq

        return unit

    results = await asyncio.gather(*(store.commit(turn(n)) for n in range(2)), return_exceptions=True)
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "int"]
    winner = next(n for n, r in enumerate(results) if not isinstance(r, Conflict))
    row = await store.read(lambda tx: tx.one(Thread, id="th_1"))
    assert row == {**loaded, "version": 1, "next_seq": 1}
    # The loser left nothing behind.
    assert [t["owner_id"] for t in await store.read(lambda tx: tx.find(Timer, {}))] == [f"c_{winner}"]


@only_postgres
async def test_a_deadlock_is_run_again(store: Store) -> None:
    await store.commit(lambda tx: tx.insert(Person, [person("p_1", at=0), person("p_2", at=0)]))
    both, runs = threading.Barrier(2), list[str]()

    def crossing(first: str, second: str, mark: int) -> Any:
        def unit(tx: Tx) -> None:
            runs.append(first)
            tx.change(Person, {"id": first}, {"created_at": mark})
            if runs.count(first) == 1:
                both.wait(timeout=20)
            tx.change(Person, {"id": second}, {"created_at": mark})

        return unit

    await asyncio.gather(store.commit(crossing("p_1", "p_2", 1)), store.commit(crossing("p_2", "p_1", 2)))
    # Whoever is run again may be quick enough to cross the other once more; in the end both are whole.
    assert len(runs) >= 3
    marks = {r["created_at"] for r in await store.read(lambda tx: tx.find(Person, {}))}
    assert marks in ({1}, {2})


# -- when the database cannot -----------------------------------------------------------------------


def pair(n: int, size: int) -> Any:
    """A small row, then a large one: what is half done would show."""

    def unit(tx: Tx) -> int:
        tx.insert(Person, person(f"small_{n}"))
        tx.insert(Person, person(f"large_{n}", b"x" * size))
        return n

    return unit


@only_sqlite
async def test_a_full_disk_keeps_what_fitted(store: Store) -> None:
    def room(pages: int) -> Any:
        def unit(tx: Tx) -> None:
            used = tx.conn.exec_driver_sql("PRAGMA page_count").scalar_one()
            tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")

        return unit

    await store.commit(room(50))
    # Too much at first; the last one is short enough for what room is left.
    sizes = [40_000] * 12 + [10]
    results = await asyncio.gather(*(store.commit(pair(n, s)) for n, s in enumerate(sizes)), return_exceptions=True)
    kept = [r for r in results if isinstance(r, int)]
    assert kept == [0, 1, 2, 3, 12] or kept == [0, 1, 2, 3, 4, 12]
    assert all(isinstance(r, int | StoreUnavailable) for r in results)
    assert "full" in str(next(r for r in results if isinstance(r, StoreUnavailable)))
    assert await names(store) == {f"{size}_{n}" for n in kept for size in ("small", "large")}

    await store.commit(room(10_000))
    assert await asyncio.gather(*(store.commit(pair(n, 40_000)) for n in range(100, 112))) == list(range(100, 112))
    assert len(await names(store)) == 2 * (len(kept) + 12)


@only_sqlite
async def test_a_disk_that_is_full_at_the_commit_keeps_nothing_of_the_group(store: Store, database_url: str) -> None:
    await store.commit(pair(0, 10))
    log = os.stat(f"{database_url.removeprefix('sqlite:///')}-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The write-ahead log may not grow; what is in memory until the commit does not notice.
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.st_size, hard))
    try:
        results = await asyncio.gather(*(store.commit(pair(n, 40_000)) for n in range(1, 9)), return_exceptions=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [type(r) for r in results] == [StoreUnavailable] * 8
    assert await names(store) == {"small_0", "large_0"}
    assert await asyncio.gather(*(store.commit(pair(n, 40_000)) for n in range(1, 9))) == list(range(1, 9))
    assert len(await names(store)) == 18


@only_sqlite
async def test_a_writer_that_ends_tells_everybody_and_is_replaced(store: Store) -> None:
    def cancelling(tx: Tx) -> None:
        tx.insert(Person, person("p_0"))
        raise asyncio.CancelledError

    ahead, behind = store.commit(pair(1, 10)), store.commit(pair(2, 10))
    results = await asyncio.gather(ahead, store.commit(cancelling), behind, return_exceptions=True)
    assert [type(r) for r in results] == [StoreUnavailable] * 3
    assert await names(store) == set()
    assert await store.commit(pair(3, 10)) == 3
    assert await names(store) == {"small_3", "large_3"}


async def test_an_exception_that_a_future_cannot_carry(store: Store) -> None:
    units = [pair(1, 10), lambda _: next(iter(())), pair(2, 10)]
    results = await asyncio.gather(*(store.commit(u) for u in units), return_exceptions=True)
    assert [type(r) for r in results] == [int, RuntimeError, int]
    assert len(await names(store)) == 4


async def test_a_caller_who_gives_up_disturbs_nobody(store: Store) -> None:
    tasks = [asyncio.create_task(store.commit(pair(n, 10))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(r) for r in results] == [int, asyncio.CancelledError, int]
    assert {"large_0", "large_2"} <= await names(store)


@pytest.mark.parametrize("scheme", ["sqlite:///{}", "postgresql+psycopg://nobody@/parley?host={}"])
async def test_a_database_that_is_not_there(scheme: str, tmp_path: Path) -> None:
    away = Store.at(scheme.format(tmp_path))
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(away.commit(pair(1, 10)), 20)
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(away.read(lambda tx: tx.find(Person, {})), 20)
    with pytest.raises(StoreUnavailable):
        away.commit_now(pair(1, 10))
    await away.close()


@only_postgres
async def test_a_lost_connection_is_told_and_the_next_commit_finds_another(store: Store) -> None:
    def losing(tx: Tx) -> None:
        tx.insert(Person, person("p_0"))
        tx.conn.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(StoreUnavailable):
        await store.commit(losing)
    assert await store.commit(pair(1, 10)) == 1
    assert await names(store) == {"small_1", "large_1"}


async def test_a_mistake_in_a_statement_is_not_blamed_on_the_database(store: Store) -> None:
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)) as caught:
        await store.commit(lambda tx: tx.conn.connection.driver_connection.execute("SELECT 1 FROM nowhere"))
    assert not isinstance(caught.value, StoreUnavailable)
    assert await store.commit(pair(1, 10)) == 1


async def test_closing_finishes_what_is_queued(store: Store, database_url: str) -> None:
    tasks = [asyncio.create_task(store.commit(pair(n, 10))) for n in range(300)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == list(range(300))
    await store.close()
    for late in (store.commit(pair(301, 10)), store.read(lambda tx: tx.find(Person, {}))):
        with pytest.raises(StoreUnavailable, match="closed"):
            await late
    reopened = Store.at(database_url)
    assert len(await names(reopened)) == 600
    await reopened.close()


# -- keys and conversations -------------------------------------------------------------------------


async def founded(store: Store, keys: Keyring) -> None:
    def unit(tx: Tx) -> bool:
        new = keys.found_tenant(tx, T, "Example", 1)
        for subject in ("p_1", "p_2"):
            keys.create(tx, T, subject, 1)
            keys.load(tx, T, subject)
        return new

    assert await store.commit(unit) is True


async def test_keys_are_kept_and_destroyed(store: Store) -> None:
    keys = keyring()
    await founded(store, keys)
    value = {"said": "Hello", "n": [1, None, "\N{WAVING HAND SIGN}"]}
    blob = keys.seal(T, "p_1", value)
    await store.commit(lambda tx: tx.insert(Person, person("p_1", blob)))

    def opened(tx: Tx, keys: Keyring) -> object:
        keys.load(tx, T, "p_1")
        row = tx.one(Person, id="p_1")
        assert row is not None
        return keys.open(T, "p_1", row["body"])

    later = keyring()
    with pytest.raises(LookupError, match="not loaded"):
        later.open(T, "p_1", blob)
    assert await store.read(lambda tx: opened(tx, later)) == value
    assert await store.commit(lambda tx: later.found_tenant(tx, T, "Again", 2)) is False
    assert await store.commit(lambda tx: later.create(tx, T, "p_1", 2)) is None
    assert await store.read(lambda tx: opened(tx, keyring())) == value

    with pytest.raises(Sealed):
        keys.open(T, "p_2", blob)
    with pytest.raises(Sealed):
        keys.open(T, "p_1", blob[:-1] + bytes([blob[-1] ^ 1]))
    with pytest.raises(Sealed):
        await store.read(lambda tx: opened(tx, Keyring(Vault(b"n" * 32))))

    assert await store.commit(lambda tx: tx.delete(DataKey, {"tenant_id": T, "subject_id": "p_1"})) == 1
    keys.forget(T, "p_1")
    for ring in (keys, keyring()):
        with pytest.raises(Erased):
            await store.read(lambda tx, ring=ring: opened(tx, ring))
    await store.read(lambda tx: keys.load(tx, T, "p_2"))


def conversation(key: str, state: str, sealed: bytes, at: int, token: str = "") -> Row:
    names = {"thread_id": "th_1", "flow": "interview", "flow_version": 1, "interview_id": "iv_1", "subject_id": "p_1"}
    times = {"state": state, "step": "q1", "token": token, "entries": 2, "opened_at": at, "last_at": at}
    return {"tenant_id": T, "id": key, **names, "sealed": sealed, **times}


def utterance(key: str, version: int, body: bytes | None) -> Row:
    names = {"thread_id": "th_1", "conversation_id": "c_2", "interview_id": "iv_1", "person_id": "p_1"}
    place = {"subject_id": "p_1", "step": "q1", "reply_to": "", "seq": version, "at": 1}
    return {"tenant_id": T, "id": key, "version": version, **names, **place, "body": body}


def shown(key: str, seq: int, token: str) -> Row:
    names = {"lane": "th_1", "thread_id": "th_1", "conversation_id": "c_2", "interview_id": "iv_1", "subject_id": "p_1"}
    state = {"act": "send", "target": "", "seq": seq, "state": "sent", "step": "q1", "token": token, "chosen": ""}
    rest = {"body": None, "platform_id": "1", "attempts": 1, "due_at": 1, "at": 1, "sent_at": 1, "under": ""}
    return {"tenant_id": T, "id": key, **names, **state, **rest}


def fill(tx: Tx, keys: Keyring) -> None:
    """A chat with one ended and two open conversations; the second of these has been talked in."""

    def seal(value: object) -> bytes:
        return keys.seal(T, "p_1", value)

    tx.insert(Thread, chat())
    tx.insert(Conversation, conversation("c_1", "ended", seal({}), 1))
    tx.insert(Conversation, conversation("c_3", "open", seal({"later": True}), 3))
    tx.insert(Conversation, conversation("c_2", "open", seal({"interview": "iv_1"}), 2, token="k2"))
    for n, (kind, body) in reversed(list(enumerate([("asked", None), ("part", seal({"id": "u_1", "version": 2}))]))):
        row = {"conversation_id": "c_2", "n": n, "key": "q1", "kind": kind, "body": body, "at": 10 + n}
        tx.insert(JournalEntry, {"tenant_id": T, **row})
    tx.insert(Utterance, [utterance("u_1", 2, seal("better")), utterance("u_1", 1, seal("good"))])
    tx.insert(Utterance, utterance("u_2", 1, None))
    tx.insert(Outbox, [shown("m_1", 1, "k2"), shown("m_2", 2, "k2"), shown("m_3", 3, "k1")])
    timer = {"owner_id": "c_2", "about": "silence", "thread_id": "th_1", "token": "k2", "due_at": 99}
    tx.insert(Timer, {"tenant_id": T, **timer})


async def test_a_conversation_is_read_back_whole(store: Store) -> None:
    keys = keyring()
    await founded(store, keys)
    await store.commit(lambda tx: fill(tx, keys))

    state = await store.read(lambda tx: threads.load(tx, keyring(), T, "th_1"))
    assert state.row == chat()
    assert state.last_ended is not None
    assert state.last_ended["id"] == "c_1"
    assert list(state.convs) == ["c_2", "c_3"]
    assert next(reversed(state.convs.values()), None) is state.convs["c_3"]
    talked = state.convs["c_2"]
    assert talked.args == {"interview": "iv_1"}
    said = {"id": "u_1", "version": 2}
    assert talked.journal.entries == [Entry("q1", "asked", None, 10), Entry("q1", "part", said, 11)]
    assert talked.journal.told == {"u_1": ["good", "better"], "u_2": [""]}
    assert talked.n == 2
    assert talked.live == ("k2", "m_2")
    assert talked.timers == {"silence"}
    assert (state.convs["c_3"].live, state.convs["c_3"].timers) == (None, set())


async def test_a_chat_of_others_and_a_chat_that_was_erased(store: Store) -> None:
    keys = keyring()
    await founded(store, keys)
    await store.commit(lambda tx: fill(tx, keys))
    for tenant_id, thread_id in ((T, "th_2"), ("t_2", "th_1")):
        with pytest.raises(threads.NoSuchThread):
            await store.read(lambda tx, t=tenant_id, th=thread_id: threads.load(tx, keyring(), t, th))
    await store.commit(lambda tx: tx.delete(DataKey, {"subject_id": "p_1"}))
    with pytest.raises(Erased):
        await store.read(lambda tx: threads.load(tx, keyring(), T, "th_1"))


@only_sqlite
async def test_the_file_is_sound_after_all_that(store: Store, database_url: str) -> None:
    await asyncio.gather(*(store.commit(pair(n, 9_000)) for n in range(50)))
    await store.commit(lambda tx: tx.delete(Person, {"tenant_id": T}))
    await store.commit(lambda tx: tx.insert(Tenant, {"tenant_id": T, "name": "", "wrapped_key": b"", "created_at": 0}))
    await store.close()
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
