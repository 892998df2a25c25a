"""Group commit: who fails fails alone, who is told is stored, and everything happens in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from rebond.codes import Close
from server import database as module
from server import sqlite, streams
from server.database import Database, Transaction, _Job
from server.errors import BusyError
from server.migrations import migrate
from server.notices import Event, Notice, SessionEnded
from server.schema import meta, stream
from tests.support.running import PATIENCE
from tests.support.store import Store


def put(key: str) -> Callable[[Transaction], str]:
    def operation(transaction: Transaction) -> str:
        transaction.connection.execute(insert(meta).values(key=key, value=key))
        transaction.announce(Event("place", 0, key, transaction.now, {}))
        return key

    return operation


async def keys(database: Database) -> set[str]:
    found = await database.read(lambda connection: connection.scalars(select(meta.c.key)).all())
    return set(found) - {"epoch", "starts"}


class Gate:
    """An operation that holds the writer up, so that what follows has to share a transaction."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()
        self.held: asyncio.Future[None] | None = None

    def __call__(self, _: Transaction) -> None:
        self.entered.set()
        assert self.open.wait(10)


async def hold(database: Database) -> Gate:
    gate = Gate()
    gate.held = database.submit(gate)
    assert await asyncio.to_thread(gate.entered.wait, 10)
    return gate


async def test_result_of_an_operation_is_returned(store: Store) -> None:
    assert await store.database.write(put("a")) == "a"
    assert await keys(store.database) == {"a"}


async def test_operations_that_wait_share_a_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.notices.clear()
    gate = await hold(store.database)
    commits: list[int] = []
    commit = store.database._commit

    def count(jobs: list[_Job[object]]) -> None:
        commits.append(len(jobs))
        commit(jobs)

    monkeypatch.setattr(store.database, "_commit", count)
    waiting = [store.database.submit(put(f"key{number}")) for number in range(20)]
    gate.open.set()
    assert await asyncio.gather(*waiting) == [f"key{number}" for number in range(20)]
    assert commits == [20]


async def test_operation_that_fails_is_refused_alone_with_its_own_error(store: Store) -> None:
    store.notices.clear()

    def fail(transaction: Transaction) -> None:
        put("half")(transaction)
        raise LookupError("mine")

    gate = await hold(store.database)
    first, failing, last = (store.database.submit(op) for op in (put("first"), fail, put("last")))
    gate.open.set()
    assert await first == "first"
    with pytest.raises(LookupError, match="mine"):
        await failing
    assert await last == "last"
    assert await keys(store.database) == {"first", "last"}
    assert [notice.kind for notice in store.notices if isinstance(notice, Event)] == ["first", "last"]


async def test_constraint_that_fails_is_refused_alone(store: Store) -> None:
    gate = await hold(store.database)
    first, again, last = (store.database.submit(op) for op in (put("same"), put("same"), put("other")))
    gate.open.set()
    await asyncio.gather(first, last)
    with pytest.raises(Exception, match="UNIQUE"):
        await again


async def test_refused_operation_uses_up_no_seq(store: Store) -> None:
    def fail(transaction: Transaction) -> None:
        streams.publish(transaction, "place", "lost", {})
        raise LookupError

    def publish(transaction: Transaction) -> int:
        return streams.publish(transaction, "place", "kept", {})

    gate = await hold(store.database)
    outcomes = [store.database.submit(op) for op in (publish, fail, publish, fail, publish)]
    gate.open.set()
    results = await asyncio.gather(*outcomes, return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3]


async def test_failed_commit_fails_everybody_and_publishes_nothing(store: Store) -> None:
    store.notices.clear()

    def defer(transaction: Transaction) -> None:
        """Break a foreign key in a way that only the commit notices."""
        transaction.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        event = "INSERT INTO event (stream, seq, kind, body, at) VALUES ('nowhere', 1, 'k', '{}', 0)"
        transaction.connection.exec_driver_sql(event)

    gate = await hold(store.database)
    outcomes = [store.database.submit(op) for op in (put("a"), defer, put("b"))]
    gate.open.set()
    results = await asyncio.gather(*outcomes, return_exceptions=True)
    assert [type(result) for result in results] == [IntegrityError] * 3
    assert store.notices == []
    assert await keys(store.database) == set()
    assert await store.database.write(put("after")) == "after"


async def test_full_disk_is_busy_and_recovers_without_a_restart(store: Store) -> None:
    def limit(pages: int) -> Callable[[Transaction], None]:
        return lambda transaction: transaction.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    def big(transaction: Transaction) -> None:
        transaction.connection.execute(insert(meta).values(key="big", value="x" * 1_000_000))

    await store.database.write(limit(1))
    with pytest.raises(BusyError) as caught:
        await store.database.write(big)
    assert caught.value.retry_ms
    assert await keys(store.database) == set()
    await store.database.write(limit(1_000_000))
    await store.database.write(big)
    assert await keys(store.database) == {"big"}


async def test_file_that_cannot_be_written_is_busy_and_recovers_without_a_restart(store: Store) -> None:
    def query_only(value: int) -> None:
        connection = store.database._write_engine.raw_connection()
        connection.cursor().execute(f"PRAGMA query_only = {value}")
        connection.close()

    query_only(1)
    # SQLite says of it what it says of a file on a disk that was remounted read-only: SQLITE_READONLY.
    with pytest.raises(BusyError):
        await store.database.write(put("a"))
    assert await keys(store.database) == set()
    query_only(0)
    assert await store.database.write(put("a")) == "a"


async def test_what_is_stored_is_acknowledged_even_if_telling_of_it_fails(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data.sqlite3"
    migrate(url)
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context["exception"]))

    def publish(_: Notice) -> None:
        raise ZeroDivisionError

    database = Database(url, publish)

    def announce(transaction: Transaction) -> str:
        transaction.announce(SessionEnded("session", Close.TOKEN))
        return "stored"

    async with asyncio.timeout(PATIENCE):
        assert await database.write(announce) == "stored"
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    await database.close()


async def test_events_are_published_before_the_operation_returns_and_in_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'order.sqlite3'}"
    migrate(url)
    seen: list[str] = []
    database = Database(url, lambda notice: seen.append(notice.kind if isinstance(notice, Event) else ""))

    async def write(key: str) -> None:
        await database.write(put(key))
        seen.append(f"{key} returned")

    gate = await hold(database)
    tasks = [asyncio.create_task(write(key)) for key in "abc"]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(*tasks)
    assert seen == ["a", "b", "c", "a returned", "b returned", "c returned"]
    await database.close()


async def test_abandoned_operation_is_still_carried_out(store: Store) -> None:
    gate = await hold(store.database)
    task = asyncio.create_task(store.database.write(put("abandoned")))
    await asyncio.sleep(0)
    task.cancel()
    gate.open.set()
    await store.database.write(put("next"))
    assert await keys(store.database) == {"abandoned", "next"}


async def test_too_many_waiting_are_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PENDING", 2)
    gate = await hold(store.database)
    waiting = [store.database.submit(put(key)) for key in "ab"]
    with pytest.raises(BusyError):
        await store.database.write(put("c"))
    gate.open.set()
    await asyncio.gather(*waiting)
    await store.database.write(put("c"))


async def test_reader_sees_one_state_throughout(store: Store) -> None:
    between, done = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[int, int]:
        count = text("SELECT count(*) FROM meta")
        first = connection.execute(count).scalar_one()
        between.set()
        assert done.wait(10)
        return first, connection.execute(count).scalar_one()

    reading = asyncio.create_task(store.database.read(twice))
    assert await asyncio.to_thread(between.wait, 10)
    await store.database.write(put("new"))
    done.set()
    first, second = await reading
    assert first == second


async def test_reader_cannot_write(store: Store) -> None:
    with pytest.raises(BusyError):
        await store.database.read(lambda connection: connection.execute(insert(meta).values(key="a", value="")))


async def test_close_finishes_what_was_submitted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'close.sqlite3'}"
    migrate(url)
    notices: list[Notice] = []
    database = Database(url, notices.append)
    waiting = [database.submit(put(f"key{number}")) for number in range(50)]
    await database.close()
    assert len(await asyncio.gather(*waiting)) == 50
    with pytest.raises(BusyError):
        await database.write(put("late"))


def test_database_is_written_through_to_the_disk(tmp_path: Path) -> None:
    engine = sqlite.writer(f"sqlite:///{tmp_path / 'pragma.sqlite3'}")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}


async def test_seq_is_gapless_under_concurrency(store: Store) -> None:
    def publish(number: int) -> Callable[[Transaction], int]:
        def operation(transaction: Transaction) -> int:
            seq = streams.publish(transaction, "place", "number", {"number": number})
            if number % 3 == 0:
                raise LookupError
            return seq

        return operation

    async def many(start: int) -> list[int]:
        outcomes = [store.database.submit(publish(start + number)) for number in range(60)]
        results = await asyncio.gather(*outcomes, return_exceptions=True)
        return [result for result in results if isinstance(result, int)]

    given = await asyncio.gather(*(many(start) for start in range(0, 600, 60)))
    assert sorted(seq for some in given for seq in some) == list(range(1, 401))
    assert all(some == sorted(some) for some in given)
    head = await store.database.read(lambda c: c.scalar(select(stream.c.head).where(stream.c.name == "place")))
    assert head == 400
    assert [seq for seq, _ in store.events("place")] == list(range(1, 401))


async def test_error_that_is_logged_does_not_tell_what_was_written(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    secret = f"what {store.url} wrote"  # lest the line of the source that is shown has it

    def fail(transaction: Transaction) -> None:
        transaction.connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            transaction.connection.execute(insert(meta).values(key="a", value=secret))
        finally:
            transaction.connection.exec_driver_sql("PRAGMA query_only = OFF")

    with pytest.raises(BusyError):
        await store.database.write(fail)
    assert "cannot write to the database" in caplog.text
    assert secret not in caplog.text
    assert await keys(store.database) == set()
