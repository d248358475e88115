"""Transactions: one writer that commits several turns together on SQLite, a pool on PostgreSQL.

A unit of work is a plain function `unit(tx) -> T`. It may run again from the start when the database
asks for it, so it must not have effects outside `tx`. On SQLite units that wait at the same moment
share one commit: each runs in a SAVEPOINT (a failure rolls back only itself), then one COMMIT makes
all of them durable, and only then are their callers told. The statements run on the event loop's own thread,
because they touch memory only and a thread hand-over costs more than they do; COMMIT, which waits for
the disk, runs in a helper thread. On PostgreSQL every unit is a transaction of its own.
"""

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import exc as sa_exc

from bot.store.tx import Compiled, Conflict, Row, Tx, column, table

__all__ = ["Conflict", "Lru", "Row", "Store", "StoreUnavailable", "Tx", "column", "open_engine", "sqlite_url", "table"]

T = TypeVar("T")
_Waiting = tuple[Callable[[Tx], Any], "asyncio.Future[Any]"]
_GROUP = 256
_TRIES = 4
# Serialisation failure and deadlock: PostgreSQL asks for the transaction to be run again.
_AGAIN = {"40001", "40P01"}
# What SQLite says when the disk, the file or a lock is at fault, and not the statement.
_FAULTS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


class StoreUnavailable(RuntimeError):
    """The database could not keep what it was given (disk full, connection lost). Nothing was half done."""


class _TakenBack(Exception):
    """SQLite has rolled back the whole transaction of its own accord, as it does when the disk is full."""


class Store:
    """The database. `commit` for units that write, `read` for units that only look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._cache: dict[Any, Compiled] = {}
        self._sqlite = engine.dialect.name == "sqlite"
        # Statements go straight to the driver, so its exceptions arrive bare as well as wrapped.
        self._driver: Any = engine.dialect.loaded_dbapi
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._pool = ThreadPoolExecutor(1 if self._sqlite else 8, "store")
        self._reader: Connection | None = None
        # One snapshot for the whole unit. Both are attributes of the driver's BEGIN: no round trip.
        snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._looking = engine if self._sqlite else engine.execution_options(**snapshot)
        self._closed = False

    @classmethod
    def at(cls, url: str) -> "Store":
        """Open the database at a SQLAlchemy URL. It must exist and be migrated (`bot.store.schema`)."""
        return cls(open_engine(url))

    async def commit(self, unit: Callable[[Tx], T]) -> T:
        """Run `unit` and make it durable; its result once it is. Raises what the unit raised, or
        `StoreUnavailable` when the database could not commit: then nothing of the unit is kept."""
        self._not_closed()
        if not self._sqlite:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._own, unit)
        return await self._enqueue(unit)

    async def read(self, unit: Callable[[Tx], T]) -> T:
        """Run a unit that only reads. It sees everything that was committed before, and one state of it."""
        self._not_closed()
        if not self._sqlite:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._look, unit)
        return self.read_now(unit)

    def read_now(self, unit: Callable[[Tx], T]) -> T:
        """As `read`, for callers without an event loop (the command line)."""
        self._not_closed()
        if not self._sqlite:
            return self._look(unit)
        try:
            return self._look_here(unit)
        except (sa_exc.SQLAlchemyError, self._driver.Error) as problem:
            if self._at_fault(problem):
                raise StoreUnavailable(_words(problem)) from problem
            raise

    def commit_now(self, unit: Callable[[Tx], T]) -> T:
        """One unit in one transaction, without an event loop (set-up and the command line)."""
        self._not_closed()
        return self._own(unit)

    async def close(self) -> None:
        """Finish what is queued, then let go of the database. Later units are refused."""
        if self._closed:
            return
        self._closed = True
        if self._writer is not None and not self._writer.done():
            # First in, first out: when this one is done, so is everything before it.
            with suppress(StoreUnavailable):
                await self._enqueue(lambda _: None)
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        await asyncio.to_thread(self._pool.shutdown)
        if self._reader is not None:
            self._reader.close()
        self.engine.dispose()

    def _not_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")

    def _at_fault(self, problem: Exception) -> bool:
        """Whether the database is to blame, and not the statement or the unit."""
        if (code := _code(problem)) is not None:
            return code in _FAULTS
        # TimeoutError: no connection of the pool became free.
        cause = getattr(problem, "orig", None) or problem
        return isinstance(cause, (sa_exc.TimeoutError, self._driver.OperationalError))

    # -- PostgreSQL, and both without an event loop ---------------------------------------------------

    def _own(self, unit: Callable[[Tx], T]) -> T:
        for tries in range(1, _TRIES + 1):
            try:
                with self.engine.begin() as conn:
                    if self._sqlite:
                        # Parley's SQLite connections begin nothing by themselves (`open_engine`).
                        cast("Any", conn.connection.driver_connection).execute("BEGIN IMMEDIATE")
                    return _run(unit, Tx(conn, self._cache))
            except (sa_exc.SQLAlchemyError, self._driver.Error) as problem:
                state = getattr(getattr(problem, "orig", None) or problem, "sqlstate", None)
                if state not in _AGAIN or tries == _TRIES:
                    if self._at_fault(problem):
                        raise StoreUnavailable(_words(problem)) from problem
                    raise
        raise AssertionError("the last try returns or raises")

    def _look(self, unit: Callable[[Tx], T]) -> T:
        try:
            with self._looking.begin() as conn:
                return _run(unit, Tx(conn, self._cache))
        except (sa_exc.SQLAlchemyError, self._driver.Error) as problem:
            if self._at_fault(problem):
                raise StoreUnavailable(_words(problem)) from problem
            raise

    # -- SQLite ---------------------------------------------------------------------------------------

    def _look_here(self, unit: Callable[[Tx], T]) -> T:
        if self._reader is None:
            self._reader = self.engine.connect()
            cast("Any", self._reader.connection.driver_connection).execute("PRAGMA query_only=ON")
        raw: Any = self._reader.connection.driver_connection
        if raw.in_transaction:  # a look inside a look shares its snapshot
            return _run(unit, Tx(self._reader, self._cache))
        raw.execute("BEGIN")
        try:
            return _run(unit, Tx(self._reader, self._cache))
        finally:
            self._reader.rollback()
            raw.rollback()

    def _enqueue(self, unit: Callable[[Tx], T]) -> "asyncio.Future[T]":
        if self._writer is None or self._writer.done():
            # Opened here: a database that cannot be opened is told to this caller, and to nobody too late.
            try:
                conn = self.engine.connect()
            except (sa_exc.SQLAlchemyError, self._driver.Error) as problem:
                raise StoreUnavailable(_words(problem)) from problem
            self._writer = asyncio.create_task(self._write_groups(conn), name="store-writer")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((unit, done))
        return done

    async def _write_groups(self, conn: Connection) -> None:
        group: list[_Waiting] = []
        try:
            while True:
                group = [await self._waiting.get()]
                while not self._waiting.empty() and len(group) < _GROUP:
                    group.append(self._waiting.get_nowait())
                await self._commit_group(conn, group)
        finally:
            # However the writer ends, nobody may wait for ever; the next commit starts another one.
            while not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            _refuse(group, "the writer stopped")
            conn.close()

    async def _commit_group(self, conn: Connection, group: Sequence[_Waiting]) -> None:
        raw: Any = conn.connection.driver_connection
        try:
            outcome = self._run_group(conn, raw, group)
            await asyncio.get_running_loop().run_in_executor(self._pool, raw.commit)
        except (_TakenBack, sa_exc.SQLAlchemyError, self._driver.Error) as problem:
            if raw.in_transaction:
                raw.rollback()
            full = isinstance(problem, _TakenBack) or _code(problem) == sqlite3.SQLITE_FULL
            if len(group) == 1 or not full:
                _refuse(group, _words(problem))
                return
            # One large unit must not take the others with it: a short message may still fit.
            for one in group:
                await self._commit_group(conn, [one])
            return
        finally:
            conn.rollback()  # the driver is done; this only resets SQLAlchemy's own notion of a transaction
        for (_, done), (value, error) in zip(group, outcome, strict=True):
            if not done.cancelled():
                done.set_result(value) if error is None else done.set_exception(error)

    def _run_group(self, conn: Connection, raw: Any, group: Sequence[_Waiting]) -> list[tuple[Any, Exception | None]]:
        raw.execute("BEGIN IMMEDIATE")
        tx, outcome = Tx(conn, self._cache), list[tuple[Any, Exception | None]]()
        # A unit that is alone needs no savepoint: there is nobody else whose work its failure could undo.
        alone = len(group) == 1
        for unit, _ in group:
            if not alone:
                raw.execute("SAVEPOINT unit")
            try:
                outcome.append((_run(unit, tx), None))
            # Whatever a unit raises belongs to its caller; the other units of the group go on.
            except Exception as error:
                if not raw.in_transaction:
                    raise _TakenBack(_words(error)) from error
                raw.execute("ROLLBACK" if alone else "ROLLBACK TO unit")
                outcome.append((None, StoreUnavailable(_words(error)) if self._at_fault(error) else error))
            if not alone:
                raw.execute("RELEASE unit")
        return outcome


def _run(unit: Callable[[Tx], T], tx: Tx) -> T:
    try:
        return unit(tx)
    except StopIteration as stray:
        # A future cannot carry it: whoever waits for the unit would wait for ever.
        raise RuntimeError("a unit let a StopIteration out") from stray


def _code(problem: Exception) -> int | None:
    """SQLite's primary result code, such as sqlite3.SQLITE_FULL; None when the problem is of another kind."""
    code = getattr(getattr(problem, "orig", None) or problem, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _words(problem: Exception) -> str:
    """What the driver said. SQLAlchemy's own text would add the statement and its parameters."""
    return str(getattr(problem, "orig", None) or problem)


def _refuse(group: Iterable[_Waiting], why: str) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(StoreUnavailable(why))


def open_engine(url: str) -> Engine:
    """An engine with Parley's settings: WAL, FULL sync, secure delete and a busy timeout on SQLite."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8, max_overflow=2, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 5, "isolation_level": None})

    def pragmas(raw: Any, _: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "secure_delete=FAST",
            "cache_size=-16000",
        ):
            raw.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", pragmas)
    return engine


def sqlite_url(home: Path) -> str:
    """The database of a data folder."""
    return f"sqlite:///{home / 'parley.db'}"


class Lru(OrderedDict[str, T]):
    """A dictionary that forgets what was not used for longest."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def take(self, key: str) -> T | None:
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key]

    def keep(self, key: str, value: T) -> None:
        self[key] = value
        self.move_to_end(key)
        while len(self) > self.size:
            self.popitem(last=False)
