"""The other clients' schedules, delay by delay."""

from __future__ import annotations

import random

import pytest

from rebond.simulation.herd import Delays
from rebond.simulation.schedules import backoff, centrifugo, fixed, full_jitter, partysocket, phoenix, socket_io


class Drawn(random.Random):
    """A generator that always draws the same share of what it is asked for."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def random(self) -> float:
        return self._share

    def randint(self, a: int, b: int) -> int:
        return a + int(self._share * (b - a))


@pytest.mark.parametrize(
    ("delays", "share", "expected"),
    [
        (fixed, 0.5, [1.0, 1.0, 1.0]),
        (backoff, 0.5, [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
        (partysocket, 0.5, [3.0, 3.9, 5.07, 6.591, 8.5683, 10.0, 10.0]),
        (phoenix, 0.5, [0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 5.0]),
        # The tenths of what is drawn say whether the deviation is taken off (even) or added (odd).
        (socket_io, 0.0, [1.0, 2.0, 4.0, 5.0, 5.0]),
        (socket_io, 0.25, [0.875, 1.75, 3.5, 5.0, 5.0]),
        (socket_io, 0.5, [1.25, 2.5, 5.0, 5.0, 5.0]),
        (socket_io, 0.875, [0.563, 1.125, 2.25, 4.5, 5.0]),
        (centrifugo, 0.0, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
        (centrifugo, 0.5, [0.75, 1.0, 1.5, 2.5, 4.5, 8.5, 10.5, 10.5]),
        (centrifugo, 1.0, [1.0, 1.5, 2.5, 4.5, 8.5, 16.5, 20.0, 20.0]),
        (full_jitter, 0.5, [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]),
        (full_jitter, 1.0, [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
    ],
)
def test_delays(delays: Delays, share: float, expected: list[float]) -> None:
    drawn = Drawn(share)
    assert [delays(number, drawn) for number in range(1, len(expected) + 1)] == pytest.approx(expected)
