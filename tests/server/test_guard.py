"""Wrong passwords: whom they keep out, and whom they do not."""

from __future__ import annotations

import pytest

from server.errors import BusyError, SlowDownError, WrongCredentialsError
from server.guard import Guard, Guesser
from server.limits import Limits
from server.settings import Settings

HERE, THERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def guard() -> Guard:
    """Return a guard that allows two wrong passwords for an account, and five from an address."""
    settings = Settings(login_failures_per_account=2, login_failures_per_address=5)
    return Guard(Limits(settings, lambda: 0.0))


async def guess(guard: Guard, guesser: Guesser, error: Exception | None = None) -> None:
    async with guard.watch(guesser):
        if error is not None:
            raise error


async def fail(guard: Guard, *guessers: Guesser) -> None:
    for guesser in guessers:
        with pytest.raises(WrongCredentialsError):
            await guess(guard, guesser, WrongCredentialsError())


async def test_right_password_costs_nothing(guard: Guard) -> None:
    for _ in range(20):
        await guess(guard, Guesser("ada", HERE))
    assert guard.failures == 0


async def test_account_is_closed_to_the_address_that_guesses_and_to_no_other(guard: Guard) -> None:
    await fail(guard, *[Guesser("ada", HERE)] * 2)
    with pytest.raises(SlowDownError) as refused:
        await guess(guard, Guesser("ada", HERE))
    assert refused.value.retry_ms == 300_001
    await guess(guard, Guesser("ada", THERE))
    await guess(guard, Guesser("bob", HERE))
    assert guard.failures == 2


async def test_address_that_tries_everybody_is_refused_for_all(guard: Guard) -> None:
    await fail(guard, *[Guesser(f"account {number}", HERE) for number in range(5)])
    with pytest.raises(SlowDownError):
        await guess(guard, Guesser("ada", HERE))
    await guess(guard, Guesser("ada", THERE))


async def test_known_device_gets_in_whatever_strangers_do_at_its_address(guard: Guard) -> None:
    await fail(guard, *[Guesser("ada", HERE)] * 2, *[Guesser(f"account {number}", HERE) for number in range(3)])
    await guess(guard, Guesser("ada", HERE, "her laptop"))


async def test_known_device_may_not_guess_without_end_either(guard: Guard) -> None:
    await fail(guard, *[Guesser("ada", HERE, "her laptop")] * 2)
    with pytest.raises(SlowDownError):
        await guess(guard, Guesser("ada", HERE, "her laptop"))


async def test_password_that_was_not_looked_at_does_not_count(guard: Guard) -> None:
    for _ in range(20):
        with pytest.raises(BusyError):
            await guess(guard, Guesser("ada", HERE), BusyError())
    await fail(guard, *[Guesser("ada", HERE)] * 2)


async def test_refusal_by_address_costs_the_account_nothing(guard: Guard) -> None:
    await fail(guard, *[Guesser(f"account {number}", HERE) for number in range(5)])
    for _ in range(20):
        with pytest.raises(SlowDownError):
            await guess(guard, Guesser("ada", HERE))
    assert guard._limits.account_logins.refused == 0
