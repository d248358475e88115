"""One transaction, with the few verbs that the rest of Parley uses, and statements compiled once.

A statement is built with SQLAlchemy Core, compiled for the dialect the first time, and then given straight to the
driver: building and executing it through SQLAlchemy each time costs several times what the database does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Column, Connection, Table, bindparam, literal_column, select, update
from sqlalchemy import delete as sa_delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

Row = dict[str, Any]


class Conflict(RuntimeError):
    """A compare-and-set found that somebody else was first. Load again and try again."""


class Compiled:
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

    def __init__(self, conn: Connection, cache: dict[Any, Compiled]) -> None:
        self.conn, self._cache = conn, cache
        self._cursor = cast("Any", conn.connection.driver_connection).cursor()

    def _compiled(self, key: Any, build: Callable[[], Any]) -> Compiled:
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = Compiled(build(), self.conn.dialect)
        return found

    def _run(self, compiled: Compiled, row: Mapping[str, Any]) -> Any:
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

        nulls = tuple(k for k in where if where[k] is None)  # "= NULL" would match nothing

        def build() -> Any:
            t = table(model)
            found = [t.c[k].is_(None) if k in nulls else t.c[k] == bindparam(f"w_{k}") for k in where]
            return update(t).where(*found).values({k: bindparam(f"v_{k}") for k in values})

        compiled = self._compiled(("change", model, tuple(where), nulls, tuple(values)), build)
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
        return self._fetched(compiled, where)

    def select(self, name: str, build: Callable[[], Any], params: Row) -> list[Row]:
        """A SELECT that is asked often: built and compiled once under its `name`. All that varies is in `params`.

        It must be without lists of values and without `limit(n)`, which SQLAlchemy fills in at each execution.
        """
        return self._fetched(self._compiled(("select", name), build), params)

    def _fetched(self, compiled: Compiled, params: Row) -> list[Row]:
        cursor = self._run(compiled, params)
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
