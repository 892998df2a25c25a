"""Guessing passwords, slowed down without locking anybody out.

Only wrong passwords count. A guess takes a token before its password is looked at, and gets it back if the password
was right, so that many guesses at once are counted like many one after the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from server.errors import WrongCredentialsError
from server.limits import Limits


@dataclass(frozen=True, slots=True)
class Guesser:
    """Whose password is tried, from what address, and on which device if its owner has logged in there before."""

    account: str
    address: str
    device: str | None = None


class Guard:
    """Counts wrong passwords."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.failures = 0
        """Wrong passwords since the start."""

    @asynccontextmanager
    async def watch(self, guesser: Guesser) -> AsyncIterator[None]:
        """Let a password be tried within the block, which raises WrongCredentialsError if it is wrong.

        Raises SlowDownError instead if there were too many wrong ones. A known device has a budget of its own, that
        strangers cannot use up, neither those of the same address nor those who try the same account.
        """
        limits = self._limits
        one = (guesser.account, guesser.device or guesser.address)
        limits.account_logins.spend(one)
        if guesser.device is None:
            refusal = limits.logins.refusal(guesser.address)
            if refusal is not None:
                limits.account_logins.give_back(one)
                raise refusal
        try:
            yield
        except WrongCredentialsError:
            self.failures += 1
            raise
        except BaseException:
            self._forgive(guesser, one)
            raise
        self._forgive(guesser, one)

    def _forgive(self, guesser: Guesser, one: tuple[str, str]) -> None:
        self._limits.account_logins.give_back(one)
        if guesser.device is None:
            self._limits.logins.give_back(guesser.address)
