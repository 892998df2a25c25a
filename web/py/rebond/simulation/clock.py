"""Virtual time: a clock that jumps from one timer to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Action = Callable[[], None]


STANDSTILL = 100_000
"""Things that may happen at one moment; more, and time will never go on."""


class Timer:
    """Something that will happen, unless it is cancelled."""

    __slots__ = ("action", "at")

    def __init__(self, at: float, action: Action) -> None:
        self.at = at
        self.action: Action | None = action

    def cancel(self) -> None:
        """It will not happen."""
        self.action = None


class Clock:
    """Time in seconds, from 0. Timers for one moment go off in the order in which they were set."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, int, Timer]] = []
        self._set = 0
        self._still = 0

    def at(self, moment: float, action: Action) -> Timer:
        """Call ``action`` at ``moment``, or now if that has gone by."""
        timer = Timer(max(moment, self.now), action)
        self._set += 1
        heapq.heappush(self._timers, (timer.at, self._set, timer))
        return timer

    def after(self, seconds: float, action: Action) -> Timer:
        """Call ``action`` in so many seconds."""
        return self.at(self.now + seconds, action)

    def step(self, until: float) -> bool:
        """Let the next thing happen, if there is one before ``until`` or at it; else move on to ``until``.

        Raises RuntimeError if time stands still, for ever one thing leads to another at the same moment.
        """
        while self._timers and self._timers[0][0] <= until:
            moment, _, timer = heapq.heappop(self._timers)
            if timer.action is not None:
                self._still = self._still + 1 if moment == self.now else 0
                if self._still > STANDSTILL:
                    raise RuntimeError(f"time stands still at {moment} s")
                self.now = moment
                action, timer.action = timer.action, None
                action()
                return True
        self.now = max(self.now, until)
        return False

    def run(self, seconds: float) -> None:
        """Let so many seconds go by."""
        until = self.now + seconds
        while self.step(until):
            pass

    def run_until(self, condition: Callable[[], bool], limit: float) -> bool:
        """Go on until ``condition`` holds; return False if it does not within ``limit`` seconds."""
        until = self.now + limit
        while not condition():
            if not self.step(until):
                return condition()
        return True
