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
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    event,
    literal_column,
    select,
    update,
)
from sqlalchemy import delete as sa_delete
from sqlalchemy import exc as sa_exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

T = TypeVar("T")
Row = dict[str, Any]
_Waiting = tuple[Callable[["Tx"], Any], "asyncio.Future[Any]"]
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


class Conflict(RuntimeError):
    """A compare-and-set found that somebody else was first. Load again and try again."""


class _Compiled:
    """One statement, compiled once for a dialect and then given straight to the driver."""

    __slots__ = ("keys", "named", "sql")

    def __init__(self, statement: Any, dialect: Any) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self.named = not dialect.positional
        self.keys: tuple[str, ...] = tuple(compiled.positiontup or ())

    def bind(self, row: Mapping[str, Any]) -> Any:
        return row if self.named else tuple([row[k] for k in self.keys])


class Tx:
    """One transaction. All methods are synchronous and take plain dictionaries of column values."""

    def __init__(self, conn: Connection, cache: dict[Any, _Compiled]) -> None:
        self.conn, self._cache = conn, cache
        self._cursor = cast("Any", conn.connection.driver_connection).cursor()

    def _compiled(self, key: Any, build: Callable[[], Any]) -> _Compiled:
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = _Compiled(build(), self.conn.dialect)
        return found

    def _run(self, compiled: _Compiled, row: Mapping[str, Any]) -> Any:
        self._cursor.execute(compiled.sql, compiled.bind(row))
        return self._cursor

    def insert(self, model: type[SQLModel], rows: Row | Sequence[Row]) -> None:
        """Insert one row or several. A duplicate key raises: use `add` where that can happen."""
        many = [rows] if isinstance(rows, dict) else rows
        compiled = self._compiled(("insert", model), lambda: table(model).insert())
        if len(many) == 1:
            self._run(compiled, many[0])
        elif many:
            self._cursor.executemany(compiled.sql, [compiled.bind(r) for r in many])

    def add(self, model: type[SQLModel], row: Row) -> bool:
        """Insert unless a row with its key exists; False when it does."""
        compiled = self._compiled(("add", model), lambda: self._dialect_insert(model).on_conflict_do_nothing())
        return self._run(compiled, row).rowcount == 1

    def put(self, model: type[SQLModel], row: Row) -> None:
        """Insert, or replace the row with the same primary key."""

        def build() -> Any:
            keys = [c.name for c in table(model).primary_key]
            base = self._dialect_insert(model)
            if len(keys) == len(table(model).c):
                return base.on_conflict_do_nothing()
            rest = {c.name: base.excluded[c.name] for c in table(model).c if c.name not in keys}
            return base.on_conflict_do_update(index_elements=keys, set_=rest)

        self._run(self._compiled(("put", model), build), row)

    def change(self, model: type[SQLModel], where: Row, values: Row) -> int:
        """Update the rows that match all of `where`; the number of rows changed."""

        def build() -> Any:
            t = table(model)
            found = [t.c[k] == bindparam(f"w_{k}") for k in where]
            return update(t).where(*found).values({k: bindparam(f"v_{k}") for k in values})

        compiled = self._compiled(("change", model, tuple(where), tuple(values)), build)
        return self._run(
            compiled, {**{f"w_{k}": v for k, v in where.items()}, **{f"v_{k}": v for k, v in values.items()}}
        ).rowcount

    def delete(self, model: type[SQLModel], where: Row) -> int:
        """Delete the rows that match all of `where`; how many there were."""

        def build() -> Any:
            return sa_delete(table(model)).where(*[table(model).c[k] == bindparam(k) for k in where])

        return self._run(self._compiled(("delete", model, tuple(where)), build), where).rowcount

    def find(self, model: type[SQLModel], where: Row, order: str = "", limit: int = 0) -> list[Row]:
        """All rows that match `where` (equality), by `order` ("seq", "-seq", "at,id")."""

        def build() -> Any:
            t = table(model)
            query = select(t).where(*[t.c[k] == bindparam(k) for k in where])
            query = query.order_by(
                *[t.c[o.lstrip("-")].desc() if o[0] == "-" else t.c[o] for o in order.split(",") if o]
            )
            # Literals: bound ones would be parameters that `where` does not have (SQLite adds the offset itself).
            return query.limit(literal_column(str(limit))).offset(literal_column("0")) if limit else query

        compiled = self._compiled(("find", model, tuple(where), order, limit), build)
        cursor = self._run(compiled, where)
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, r, strict=True)) for r in cursor.fetchall()]

    def one(self, model: type[SQLModel], **where: Any) -> Row | None:
        """The row that matches, or None."""
        found = self.find(model, where)
        return found[0] if found else None

    def find_any(self) -> bool:
        """Does the database answer at all?"""
        self._cursor.execute("SELECT 1")
        return bool(self._cursor.fetchone())

    def query(self, statement: Any, params: Row | None = None) -> list[Row]:
        """Any other SELECT, as a Core statement."""
        return self._rows(self.conn.execute(statement, params or {}).mappings())

    def execute(self, statement: Any, params: Row | None = None) -> int:
        """Any other Core statement that changes rows; how many it changed."""
        return self.conn.execute(statement, params or {}).rowcount

    @staticmethod
    def _rows(rows: Iterable[Any]) -> list[Row]:
        return [dict(r) for r in rows]

    def _dialect_insert(self, model: type[SQLModel]) -> Any:
        return (sqlite.insert if self.conn.dialect.name == "sqlite" else postgresql.insert)(table(model))


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a row class."""
    return cast("Table", model.__table__)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def column(model: type[SQLModel], name: str) -> Column[Any]:
    """A column of a row class, for Core statements."""
    return table(model).c[name]


class Store:
    """The database. `commit` for units that write, `read` for units that only look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._cache: dict[Any, _Compiled] = {}
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
        cause = getattr(problem, "orig", None) or problem
        code = getattr(cause, "sqlite_errorcode", None)
        if code is not None:
            return code & 0xFF in _FAULTS
        # TimeoutError: no connection of the pool became free.
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
        loop = asyncio.get_running_loop()
        raw: Any = conn.connection.driver_connection
        group: list[_Waiting] = []
        try:
            while True:
                group = [await self._waiting.get()]
                while not self._waiting.empty() and len(group) < _GROUP:
                    group.append(self._waiting.get_nowait())
                try:
                    outcome = self._run_group(conn, raw, group)
                    await loop.run_in_executor(self._pool, raw.commit)
                except (sa_exc.SQLAlchemyError, self._driver.Error) as problem:
                    if raw.in_transaction:
                        raw.rollback()
                    _refuse(group, _words(problem))
                    continue
                finally:
                    conn.rollback()  # the driver is done; this only resets SQLAlchemy's own notion of a transaction
                for (_, done), (value, error) in zip(group, outcome, strict=True):
                    if not done.cancelled():
                        done.set_result(value) if error is None else done.set_exception(error)
        finally:
            # However the writer ends, nobody may wait for ever; the next commit starts another one.
            while not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            _refuse(group, "the writer stopped")
            conn.close()

    def _run_group(self, conn: Connection, raw: Any, group: Sequence[_Waiting]) -> list[tuple[Any, Exception | None]]:
        raw.execute("BEGIN IMMEDIATE")
        tx, outcome = Tx(conn, self._cache), list[tuple[Any, Exception | None]]()
        for unit, _ in group:
            raw.execute("SAVEPOINT unit")
            try:
                outcome.append((_run(unit, tx), None))
            # Whatever a unit raises belongs to its caller; the other units of the group go on.
            except Exception as error:  # noqa: BLE001
                raw.execute("ROLLBACK TO unit")
                outcome.append((None, StoreUnavailable(_words(error)) if self._at_fault(error) else error))
            raw.execute("RELEASE unit")
        return outcome


def _run(unit: Callable[[Tx], T], tx: Tx) -> T:
    try:
        return unit(tx)
    except StopIteration as stray:
        # A future cannot carry it: whoever waits for the unit would wait for ever.
        raise RuntimeError("a unit let a StopIteration out") from stray


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
