"""How much one may do in a time: logging in, registering, sending, asking.

A limit is a token bucket for each key (an address, an account …): it is full at first, each deed takes a token, and
tokens come back evenly. What is stored of a bucket is one number, the time at which it will be full again: the generic
cell rate algorithm (ITU-T I.371, annex A), which decides as a bucket does that is refilled drop by drop.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from server.errors import SlowDownError
from server.settings import Settings

K = TypeVar("K", bound=Hashable)

MAX_KEYS = 50_000
"""Buckets of one limit that are kept in mind. Beyond that the one used longest ago is forgotten, as if it were full."""

BURST = 10
"""Seconds: what is limited by the second may come all at once, as much as ten seconds allow."""

MINUTE, HOUR = 60, 60 * 60
"""Seconds."""

SLACK = 1e-9
"""Seconds by which floating-point sums may be off."""


class Buckets(Generic[K]):
    """``amount`` tokens for each key, refilled evenly over ``seconds``. None ever run out if ``amount`` is 0.

    ``now`` is in seconds on a monotonic clock.
    """

    def __init__(self, amount: int, seconds: float, most: int = MAX_KEYS) -> None:
        self._each = seconds / amount if amount else 0.0
        self._seconds = seconds
        self._most = most
        self._full_at: dict[K, float] = {}  # in the order of their last use

    def take(self, key: K, now: float) -> float:
        """Take a token and return 0; or take none, and return the seconds after which there will be one."""
        if not self._each:
            return 0.0
        before = self._full_at.pop(key, now)
        full_at = max(before, now) + self._each
        wait = full_at - now - self._seconds
        if wait > SLACK:
            self._full_at[key] = before
            return wait
        self._full_at[key] = full_at
        self._forget(now)
        return 0.0

    def give_back(self, key: K) -> None:
        """Put a token back."""
        if key in self._full_at:
            self._full_at[key] -= self._each

    def __len__(self) -> int:
        """Return how many buckets are kept in mind."""
        return len(self._full_at)

    def _forget(self, now: float) -> None:
        """Let go of a bucket or two that are full again, so that they never pile up, and of what is too many."""
        for _ in range(2):
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= self._most:
                return
            del self._full_at[oldest]


class Limit(Generic[K]):
    """Buckets that refuse in so many words, and count how often they did."""

    def __init__(self, amount: int, seconds: float, clock: Callable[[], float]) -> None:
        self._buckets: Buckets[K] = Buckets(amount, seconds)
        self._clock = clock
        self.refused = 0

    def refusal(self, key: K) -> SlowDownError | None:
        """Take a token; if there is none, return the error that says when to come back."""
        wait = self._buckets.take(key, self._clock())
        if not wait:
            return None
        self.refused += 1
        return SlowDownError(retry_ms=int(wait * 1_000) + 1)

    def spend(self, key: K) -> None:
        """Take a token. Raises SlowDownError if there is none."""
        error = self.refusal(key)
        if error is not None:
            raise error

    def give_back(self, key: K) -> None:
        """Put the token back: what it was taken for has not happened, or was not what is to be limited."""
        self._buckets.give_back(key)


class Limits:
    """Every limit of the server. ``clock`` gives monotonic seconds."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        address, account = settings.login_failures_per_address, settings.login_failures_per_account
        self.logins: Limit[str] = Limit(address, 10 * MINUTE, clock)
        """Wrong passwords, by address."""
        self.account_logins: Limit[tuple[str, str]] = Limit(account, 10 * MINUTE, clock)
        """Wrong passwords, by account and address, or by account and device."""
        self.registrations: Limit[str] = Limit(settings.registrations_per_address, HOUR, clock)
        """Accounts, and wrong join codes, by address."""
        self.rooms: Limit[str] = Limit(settings.rooms_per_account, HOUR, clock)
        """Rooms and conversations that are begun, by account: others may be in them without having been asked."""
        self.messages: Limit[str] = Limit(settings.messages_per_second * BURST, BURST, clock)
        """Messages, by account."""
        self.requests: Limit[str] = Limit(settings.requests_per_account * BURST, BURST, clock)
        """HTTP requests, by account."""
        self.address_requests: Limit[str] = Limit(settings.requests_per_address * BURST, BURST, clock)
        """HTTP requests, by address."""

    def refused(self) -> dict[str, int]:
        """Return how often each limit has refused something."""
        return {name: limit.refused for name, limit in vars(self).items()}
