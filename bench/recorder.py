"""Listens to what is said to SQLite, and says the same again to a copy of the database, with nothing else around it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import common
from sqlalchemy import event
from sqlalchemy.engine import Engine


class Recorder:
    """Every statement in order: (connection, sql, row or rows, whether it was executemany)."""

    def __init__(self) -> None:
        self.said = list[tuple[int, str, Any, bool]]()
        self.on = False

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Connections that are opened meanwhile are listened to."""

        def connect(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
            options["factory"] = _connection(self)

        event.listen(Engine, "do_connect", connect)
        try:
            yield
        finally:
            event.remove(Engine, "do_connect", connect)

    def keep(self, conn: sqlite3.Connection, sql: str, row: Any, many: bool) -> None:
        if self.on:
            self.said.append((id(conn), sql, row, many))

    def replay(self, path: Path) -> float:
        """Say everything again to the database at `path`, in the same order and groups; the seconds it takes."""
        conns = {name: common.bare(path) for name in dict.fromkeys(name for name, *_ in self.said)}
        begin = perf_counter()
        for name, sql, row, many in self.said:
            cursor = (conns[name].executemany if many else conns[name].execute)(sql, row)
            cursor.fetchall()
        seconds = perf_counter() - begin
        for conn in conns.values():
            conn.close()
        return seconds


def _connection(recorder: Recorder) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, row: Any = (), /) -> Any:
            recorder.keep(self.connection, sql, row, False)
            return super().execute(sql, row)

        def executemany(self, sql: str, rows: Any, /) -> Any:
            rows = list(rows)
            recorder.keep(self.connection, sql, rows, True)
            return super().executemany(sql, rows)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, row: Any = (), /) -> Any:
            return self.cursor().execute(sql, row)

        def commit(self) -> None:
            if self.in_transaction:
                recorder.keep(self, "COMMIT", (), False)
            super().commit()

        def rollback(self) -> None:
            if self.in_transaction:
                recorder.keep(self, "ROLLBACK", (), False)
            super().rollback()

    return Connection
