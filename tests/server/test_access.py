"""Registering and logging in, with what only the inside shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from server import accounts
from server.access import Access, Caller
from server.errors import BadNameError, SessionEndedError, WrongCredentialsError
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


@pytest.mark.parametrize("before", [1, 2], ids=["as it is", "to be made anew"])
async def test_password_that_is_changed_while_it_is_looked_at_lets_nobody_in(
    store: Store, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    def access(hasher: PasswordHasher) -> tuple[Access, Passwords]:
        passwords = Passwords(hasher)
        return Access(store.database, passwords, Tokens(KEY, 60), 1_000_000, unlimited()), passwords

    old, _ = access(PasswordHasher(before, 8, 1))
    user = (await old.register("ada", "correct horse", HERE)).user
    door, passwords = access(PasswordHasher(1, 8, 1))
    another = await passwords.hash("another horse")
    verify = passwords.verify

    async def slowly(known: str | None, password: str, *, reserved: bool = False) -> bool:
        right = await verify(known, password, reserved=reserved)
        await store.database.write(partial(accounts.change_password_hash, user=user, password_hash=another))
        return right

    with monkeypatch.context() as patched:
        patched.setattr(passwords, "verify", slowly)
        with pytest.raises(WrongCredentialsError):
            await door.log_in("ada", "correct horse", HERE)
    assert (await door.log_in("ada", "another horse", HERE)).user == user


async def test_two_log_ins_at_once_both_get_in_though_the_hash_is_made_anew(
    store: Store, door: Callable[[PasswordHasher], Access]
) -> None:
    user = (await door(PasswordHasher(1, 8, 1)).register("ada", "correct horse", HERE)).user
    access = door(PasswordHasher(2, 16, 1))
    grants = await asyncio.gather(*(access.log_in("ada", "correct horse", HERE) for _ in range(8)))
    assert [grant.user for grant in grants] == [user] * 8


async def test_name_that_is_changed_meanwhile_makes_no_password_wrong(
    store: Store, door: Callable[[PasswordHasher], Access]
) -> None:
    access = door(PasswordHasher(1, 8, 1))
    grant = await access.register("ada", "correct horse", HERE)
    identity = await access.identify(access.token(grant)[0])
    await access.write(identity, partial(accounts.rename, user=identity.user, name="countess"))
    await access.change_password(identity, "correct horse", "another horse")
    assert (await access.log_in("countess", "another horse", HERE)).user.id == identity.user.id


async def test_nothing_is_changed_for_a_session_that_has_ended_meanwhile(
    store: Store, door: Callable[[PasswordHasher], Access]
) -> None:
    access = door(PasswordHasher(1, 8, 1))
    grant = await access.register("ada", "correct horse", HERE)
    token, _ = access.token(grant)
    identity = await access.identify(token)
    rename = partial(accounts.rename, user=identity.user, name="eve")
    await access.log_out(token, None)
    with pytest.raises(SessionEndedError):
        await access.write(identity, rename)
    assert await store.database.read(lambda connection: accounts.find(connection, "eve")) is None


async def test_bad_name_costs_no_hash(
    store: Store, door: Callable[[PasswordHasher], Access], monkeypatch: pytest.MonkeyPatch
) -> None:
    access = door(PasswordHasher(1, 8, 1))
    monkeypatch.setattr(PasswordHasher, "hash", lambda *_: pytest.fail("a password was hashed"))
    with pytest.raises(BadNameError):
        await access.register("x", "correct horse", HERE)
    count = await store.database.read(lambda c: c.execute(select(func.count()).select_from(account)).scalar_one())
    assert count == 0
