"""Hashing and checking passwords."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, Type

from server import passwords as module
from server.errors import BadPasswordError, BusyError
from server.passwords import Passwords

CHEAP = PasswordHasher(1, 8, 1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """Yield a hasher that takes no time."""
    hasher = Passwords(CHEAP)
    yield hasher
    hasher.close()


async def test_parameters_are_owasps_or_above() -> None:
    hasher = Passwords()
    assert (await hasher.hash("correct horse")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    hasher.close()


async def test_passwords_are_hashed_where_a_thread_may_not_stand_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbidden)
    hasher = Passwords(CHEAP)
    assert await hasher.verify(await hasher.hash("correct horse"), "correct horse")
    hasher.close()


async def test_right_password_is_told_from_a_wrong_one(passwords: Passwords) -> None:
    known = await passwords.hash("correct horse")
    assert await passwords.verify(known, "correct horse")
    assert not await passwords.verify(known, "Correct horse")


async def test_nobodys_password_is_always_wrong_and_takes_as_much_work(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def verify(_: PasswordHasher, known: str, password: str) -> bool:
        checked.append(known)
        return True

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    assert not await passwords.verify(None, "the password of nobody")
    assert len(checked) == 1


async def test_accents_may_be_typed_in_either_way(passwords: Passwords) -> None:
    known = await passwords.hash("caf\u00e9 au lait")
    assert await passwords.verify(known, "cafe\u0301 au lait")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257, "lone \ud800 surrogate"])
async def test_bad_password_is_refused(passwords: Passwords, password: str) -> None:
    with pytest.raises(BadPasswordError):
        await passwords.hash(password)
    assert not await passwords.verify(await passwords.hash("something else"), password)


@pytest.mark.parametrize("password", ["12345678", "😀" * 256])
async def test_shortest_and_longest_password_are_good(passwords: Passwords, password: str) -> None:
    assert await passwords.verify(await passwords.hash(password), password)


async def test_hash_of_other_parameters_is_outdated(passwords: Passwords) -> None:
    assert not passwords.outdated(await passwords.hash("correct horse"))
    assert passwords.outdated(PasswordHasher(2, 16, 1).hash("correct horse"))
    assert passwords.outdated(PasswordHasher(1, 8, 1, type=Type.I).hash("correct horse"))


async def test_no_more_than_two_run_at_once_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(CHEAP)
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    running, most, lock, gate = 0, 0, threading.Lock(), threading.Event()

    def slow(_: PasswordHasher, password: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        assert gate.wait(10)
        with lock:
            running -= 1
        return password

    monkeypatch.setattr(PasswordHasher, "hash", slow)
    waiting = [asyncio.create_task(passwords.hash(f"password {number}")) for number in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await passwords.hash("one too many")
    gate.set()
    await asyncio.gather(*waiting)
    assert most <= module.AT_ONCE
    passwords.close()


async def test_those_who_are_known_have_places_that_strangers_cannot_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, gate = Passwords(CHEAP), threading.Event()
    known = await passwords.hash("correct horse")
    monkeypatch.setattr(module, "MAX_WAITING", 1)
    monkeypatch.setattr(module, "RESERVED", 1)
    verify = PasswordHasher.verify

    def slow(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        assert gate.wait(10)
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", slow)
    strangers = [asyncio.create_task(passwords.verify(known, "a guess")) for _ in range(module.AT_ONCE + 1)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await passwords.verify(known, "another guess")
    friend = asyncio.create_task(passwords.verify(known, "correct horse", reserved=True))
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await passwords.verify(known, "correct horse", reserved=True)
    assert len(passwords) == module.AT_ONCE + 2
    gate.set()
    assert await friend
    assert await asyncio.gather(*strangers) == [False] * len(strangers)
    passwords.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
async def test_hashing_stands_back_behind_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(CHEAP)
    monkeypatch.setattr(PasswordHasher, "hash", lambda *_: str(os.getpriority(os.PRIO_PROCESS, 0)))
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert int(await passwords.hash("correct horse")) == module.NICENESS
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
    passwords.close()
