"""Whether this end slept: while the machine sleeps, the monotonic clock may stand still, but the wall's goes on."""

from __future__ import annotations

import time

JUMP = 2.0
"""Seconds by which the wall clock may run ahead of the monotonic one before it means that the machine slept."""


class Sleep:
    """Compares the two clocks, from one look to the next."""

    def __init__(self) -> None:
        self._lead = _lead()

    def slept(self) -> bool:
        """Tell whether the wall clock has jumped ahead since the last look."""
        before, self._lead = self._lead, _lead()
        return self._lead - before > JUMP


def _lead() -> float:
    return time.time() - time.monotonic()
