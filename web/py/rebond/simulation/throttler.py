"""Chromium's brake on WebSocket handshakes, one for each renderer process (services/network/websocket_throttler.cc).

A handshake waits 1 to 5 seconds, times 2^(p + f / (s + 1)) / 65,536, where p handshakes are pending and f have failed
and s have succeeded in the current period and the one before it. Sixteen failures make it whole seconds. ``fetch``
knows no such thing: hence probe first.
"""

from __future__ import annotations

import random

PERIOD = 180.0
"""Seconds after which the counts begin anew."""


class Throttler:
    """The brake of one process. Times in seconds."""

    def __init__(self, randomness: random.Random) -> None:
        self._randomness = randomness
        self._period = 0.0
        self.pending = 0
        self._failed = self._failed_before = 0
        self._succeeded = self._succeeded_before = 0

    def delay(self, now: float) -> float:
        """Return how long the handshake that begins now has to wait, and count it as pending."""
        self._roll(now)
        failed = self._failed + self._failed_before
        succeeded = self._succeeded + self._succeeded_before
        power = min(self.pending + failed // (succeeded + 1), 16)
        self.pending += 1
        return (self._randomness.randint(1_000, 5_000) * (1 << power) // 65_536) / 1_000

    def ended(self, now: float, *, succeeded: bool) -> None:
        """A handshake is over, one way or the other."""
        self._roll(now)
        self.pending -= 1
        if succeeded:
            self._succeeded += 1
        else:
            self._failed += 1

    def _roll(self, now: float) -> None:
        period = now // PERIOD
        if period > self._period:
            kept = period == self._period + 1
            self._failed_before, self._failed = self._failed if kept else 0, 0
            self._succeeded_before, self._succeeded = self._succeeded if kept else 0, 0
            self._period = period
