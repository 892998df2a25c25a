"""How the server opens an SQLite file: what is particular to that database stands here."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy import ClauseElement, Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT = 5_000
"""Milliseconds to wait for another process that holds the file, such as a backup."""


UNAVAILABLE = (OperationalError, sqlite3.OperationalError)
"""What is raised when the disk is full, the file read-only or held by another process."""

_DIALECT = dialect(paramstyle="named")


def prepare(statement: ClauseElement, columns: Sequence[str] | None = None) -> str:
    """Compile a statement once, for :func:`run`; an insert fills all columns, or those named."""
    return str(statement.compile(dialect=_DIALECT, column_keys=columns))


def run(connection: Connection, statement: str, **values: object) -> sqlite3.Cursor:
    """Run a prepared statement, for what every message needs.

    The driver itself takes a tenth of the time that SQLAlchemy takes to hand it a statement (measured: 6 µs, 60 µs).
    """
    cursor: sqlite3.Cursor = connection.connection.cursor()  # type: ignore[assignment]  # there is but one driver
    return cursor.execute(statement, values)


def writer(url: str, *, foreign_keys: bool = True) -> Engine:
    """Return an engine of one connection whose transactions take the right to write from the start."""
    return _engine(url, "BEGIN IMMEDIATE", 1, {"foreign_keys": foreign_keys})


def reader(url: str, connections: int) -> Engine:
    """Return an engine whose transactions see one state of the database, and can change nothing in it."""
    return _engine(url, "BEGIN", connections, {"query_only": True})


def _engine(url: str, begin: str, connections: int, pragmas: dict[str, bool]) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error that is logged does not tell what people have written
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver begins transactions of its own accord, and too late: BEGIN is ours to say.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # In WAL mode only FULL makes a commit survive a loss of power (sqlite.org/pragma.html#pragma_synchronous).
        cursor.execute("PRAGMA synchronous = FULL")
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name} = {'ON' if value else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
