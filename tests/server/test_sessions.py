"""Refresh tokens: generations, reuse, idleness and forgetting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Table, func, select

from rebond.codes import Close
from server import sessions
from server.accounts import User
from server.database import Transaction
from server.notices import SessionEnded
from server.schema import refresh_token, session
from server.sessions import DAY, Grant
from tests.support.store import Store

IDLE = 30 * DAY
T = TypeVar("T")


class Clock:
    """Runs operations at a time of the test's choosing."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = 1_000 * DAY

    async def run(self, operation: Callable[[Transaction], T]) -> T:
        """Carry an operation out as if it were ``now``."""

        def at(transaction: Transaction) -> T:
            return operation(Transaction(transaction.connection, self.now, transaction.notices))

        return await self.store.database.write(at)

    async def begin(self, user: User) -> Grant:
        return await self.run(lambda transaction: sessions.begin(transaction, user, IDLE))

    async def renew(self, refresh: str) -> Grant | None:
        return await self.run(lambda transaction: sessions.renew(transaction, refresh, IDLE))

    async def count(self, table: Table) -> int:
        query = select(func.count()).select_from(table)
        return await self.store.database.read(lambda connection: connection.execute(query).scalar_one())


async def test_token_is_good_again_and_again_until_its_successor_is_used(store: Store) -> None:
    clock = Clock(store)
    first = await clock.begin(await store.account("ada"))
    second = await clock.renew(first.refresh)
    also_second = await clock.renew(first.refresh)
    assert second is not None
    assert also_second is not None
    assert len({first.refresh, second.refresh, also_second.refresh}) == 3
    assert await clock.renew(second.refresh) is not None
    assert await clock.renew(also_second.refresh) is not None


async def test_reuse_of_an_older_token_ends_the_session_and_says_so(store: Store) -> None:
    clock = Clock(store)
    first = await clock.begin(await store.account("ada"))
    second = await clock.renew(first.refresh)
    assert second is not None
    third = await clock.renew(second.refresh)
    assert third is not None
    assert await clock.renew(first.refresh) is None
    assert store.notices[-1] == SessionEnded(first.session, Close.TOKEN)
    assert await clock.renew(third.refresh) is None


async def test_session_lives_for_as_long_as_it_is_used(store: Store) -> None:
    clock = Clock(store)
    grant: Grant | None = await clock.begin(await store.account("ada"))
    for _ in range(5):
        assert grant is not None
        clock.now += 29 * DAY
        grant = await clock.renew(grant.refresh)
    assert grant is not None
    clock.now += 31 * DAY
    assert await clock.renew(grant.refresh) is None


async def test_old_tokens_are_forgotten_after_a_day_and_then_end_nothing(store: Store) -> None:
    clock = Clock(store)
    first = await clock.begin(await store.account("ada"))
    grant: Grant | None = first
    for _ in range(10):
        assert grant is not None
        clock.now += DAY // 2
        grant = await clock.renew(grant.refresh)
    assert grant is not None
    assert await clock.count(refresh_token) <= 5
    assert await clock.renew(first.refresh) is None
    assert await clock.renew(grant.refresh) is not None


async def test_sessions_that_are_over_are_forgotten_at_the_next_log_in(store: Store) -> None:
    clock = Clock(store)
    ada = await store.account("ada")
    ended = await clock.begin(ada)
    await clock.run(lambda transaction: sessions.end(transaction, ended.session))
    await clock.begin(ada)
    assert await clock.count(session) == 1
    clock.now += 31 * DAY
    await clock.begin(ada)
    assert (await clock.count(session), await clock.count(refresh_token)) == (1, 1)


async def test_sessions_of_one_account_are_independent(store: Store) -> None:
    clock = Clock(store)
    ada = await store.account("ada")
    here, there = await clock.begin(ada), await clock.begin(ada)
    await clock.run(lambda transaction: sessions.end_by_refresh(transaction, here.refresh))
    assert await clock.renew(here.refresh) is None
    assert await clock.renew(there.refresh) is not None
