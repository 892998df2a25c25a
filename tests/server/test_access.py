"""Registering and logging in, with what only the inside shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from server import accounts
from server.access import Access, Caller
from server.errors import BadNameError, WrongCredentialsError
from server.passwords import Passwords
from server.schema import account
from server.tokens import Tokens
from tests.support.store import Store, unlimited

KEY = "a key for the tests that is long enough"
HERE = Caller("192.0.2.1", lambda _: None)


@pytest.fixture
def door(store: Store) -> Callable[[PasswordHasher], Access]:
    """Return a maker of doors that hash with other parameters."""
    return lambda hasher: Access(store.database, Passwords(hasher), Tokens(KEY, 60), 1_000_000, unlimited())


async def test_hash_is_made_anew_at_log_in_when_the_parameters_have_changed(
    store: Store, door: Callable[[PasswordHasher], Access]
) -> None:
    async def stored() -> str:
        found = await store.database.read(lambda connection: accounts.find(connection, "ada"))
        assert found is not None
        return found.password_hash

    await door(PasswordHasher(1, 8, 1)).register("ada", "correct horse", HERE)
    assert "m=8,t=1" in await stored()
    with pytest.raises(WrongCredentialsError):
        await door(PasswordHasher(2, 16, 1)).log_in("ada", "wrong horse", HERE)
    assert "m=8,t=1" in await stored()
    await door(PasswordHasher(2, 16, 1)).log_in("ada", "correct horse", HERE)
    renewed = await stored()
    assert "m=16,t=2" in renewed
    await door(PasswordHasher(2, 16, 1)).log_in("ada", "correct horse", HERE)
    assert await stored() == renewed


async def test_bad_name_costs_no_hash(
    store: Store, door: Callable[[PasswordHasher], Access], monkeypatch: pytest.MonkeyPatch
) -> None:
    access = door(PasswordHasher(1, 8, 1))
    monkeypatch.setattr(PasswordHasher, "hash", lambda *_: pytest.fail("a password was hashed"))
    with pytest.raises(BadNameError):
        await access.register("x", "correct horse", HERE)
    count = await store.database.read(lambda c: c.execute(select(func.count()).select_from(account)).scalar_one())
    assert count == 0
