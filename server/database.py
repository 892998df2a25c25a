"""Reading and writing: one writer with group commit, a few readers, one SQLite file.

What arrives while a transaction is being flushed goes into the next one, so that the cost of a flush is shared by all
who wait for it (rule 3 of docs/delivery.md). Each operation runs in a savepoint of its own: one that fails is refused
alone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection

from server import sqlite
from server.errors import BusyError
from server.histogram import Histogram
from server.notices import Notice

logger = logging.getLogger(__name__)

READERS = 3
"""Threads that read. A read takes a fraction of a millisecond; more would only fight over the interpreter."""

MAX_PENDING = 10_000
"""Operations, and likewise reads, that may wait; beyond that the server is busy."""

MAX_BATCH = 500
"""Operations in one transaction: what waits behind it waits no longer than these take."""

COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""The bounds between which the lengths of transactions are told apart."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What an operation may use. ``now`` is in milliseconds since the Unix epoch."""

    connection: Connection
    now: int
    notices: list[Notice] = field(default_factory=list)

    def announce(self, notice: Notice) -> None:
        """Make ``notice`` known once this transaction is committed, in the order of all operations."""
        self.notices.append(notice)


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    """An operation on its way through the writer."""

    operation: Callable[[Transaction], T]
    future: asyncio.Future[T]
    result: T | None = None
    error: Exception | None = None
    notices: list[Notice] = field(default_factory=list)

    def run(self, connection: Connection, now: int) -> None:
        """Carry the operation out in a savepoint. A fault of the database itself is not this operation's alone."""
        transaction = Transaction(connection, now)
        sqlite.run(connection, "SAVEPOINT operation")
        try:
            self.result = self.operation(transaction)
        except sqlite.UNAVAILABLE:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is raised again where the operation is awaited
            self.error = error
            sqlite.run(connection, "ROLLBACK TO operation")
        else:
            self.notices = transaction.notices
        sqlite.run(connection, "RELEASE operation")

    def fail(self, error: Exception) -> None:
        """The transaction as a whole was not committed."""
        self.error, self.notices = error, []

    def settle(self) -> None:
        """Hand the outcome to whoever awaits it, if they still do."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # there is a result where there is no error


def forget(outcome: asyncio.Future[None]) -> None:
    """Take in an outcome that changes nothing now: that the disk refused it was logged."""
    outcome.exception()


class Database:
    """The database of the process that holds it.

    ``publish`` is called on the event loop with every notice of a committed operation, in the order of the commits
    and before any waiting operation of that batch returns. The tables must be there (see :mod:`server.migrations`).
    """

    def __init__(self, url: str, publish: Callable[[Notice], None]) -> None:
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._write_engine = sqlite.writer(url)
        self._read_engine = sqlite.reader(url, READERS)
        self._jobs: deque[_Job[object]] = deque()
        self._wanted = threading.Condition()
        self._closing = False
        self._reading = 0
        self.commits = Histogram(COMMIT_SECONDS)
        """Seconds that a transaction took, from the first of its operations until it was on the disk."""
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._writer.start()

    @property
    def pending(self) -> int:
        """Operations that wait for their transaction."""
        return len(self._jobs)

    @property
    def reading(self) -> int:
        """Reads under way or waiting."""
        return self._reading

    def submit(self, operation: Callable[[Transaction], T]) -> asyncio.Future[T]:
        """Queue ``operation`` and return its outcome-to-be. Operations are carried out in the order submitted.

        Raises BusyError when too many wait already. The outcome is an exception of the operation's own, or BusyError
        if the disk refused the transaction: then nothing of it was stored.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        job: _Job[T] = _Job(operation, future)
        with self._wanted:
            if self._closing or len(self._jobs) >= MAX_PENDING:
                raise BusyError
            self._jobs.append(job)  # type: ignore[arg-type]  # the queue holds jobs of every result
            self._wanted.notify()
        return future

    async def write(self, operation: Callable[[Transaction], T]) -> T:
        """Carry ``operation`` out in a transaction and return its result once that is committed. See :meth:`submit`."""
        return await self.submit(operation)

    async def read(self, operation: Callable[[Connection], T]) -> T:
        """Carry ``operation`` out on one state of the database. Raises BusyError when too many wait already."""
        if self._closing or self._reading >= MAX_PENDING:
            raise BusyError
        self._reading += 1
        try:
            return await self._loop.run_in_executor(self._readers, self._read, operation)
        finally:
            self._reading -= 1

    async def close(self) -> None:
        """Finish what was submitted, then let go of the file."""
        with self._wanted:
            self._closing = True
            self._wanted.notify()
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _read(self, operation: Callable[[Connection], T]) -> T:
        try:
            with self._read_engine.begin() as connection:
                return operation(connection)
        except sqlite.UNAVAILABLE as error:
            logger.exception("cannot read from the database")
            raise BusyError from error

    def _write(self) -> None:
        while jobs := self._take():
            try:
                self._commit(jobs)
            except sqlite.UNAVAILABLE:
                logger.exception("cannot write to the database")
                for job in jobs:
                    job.fail(BusyError())
            except Exception as error:
                logger.exception("a transaction failed")
                for job in jobs:
                    job.fail(error)
            self._loop.call_soon_threadsafe(self._settle, jobs)

    def _take(self) -> list[_Job[object]]:
        """Wait for operations and return all that are there, in order; none when the database closes."""
        with self._wanted:
            self._wanted.wait_for(lambda: self._jobs or self._closing)
            return [self._jobs.popleft() for _ in range(min(len(self._jobs), MAX_BATCH))]

    def _commit(self, jobs: list[_Job[object]]) -> None:
        began = time.perf_counter()
        with self._write_engine.begin() as connection:
            now = time.time_ns() // 1_000_000
            for job in jobs:
                job.run(connection, now)
        self.commits.observe(time.perf_counter() - began)

    def _settle(self, jobs: list[_Job[object]]) -> None:
        try:
            for job in jobs:
                for notice in job.notices:
                    self._publish(notice)
        finally:  # What is stored is acknowledged, even if telling of it has failed.
            for job in jobs:
                job.settle()
