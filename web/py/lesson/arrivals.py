"""The herd as arrivals over time, for four schedules side by side, worked out little by little.

:mod:`rebond.simulation.herd` does the work; here it is counted for a drawing. Times are seconds since the loss.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator, Mapping

from rebond.simulation.herd import BIN, Delays, Outage, Result, coming_back, others_coming_back
from rebond.simulation.schedules import backoff, fixed, full_jitter

WINDOW = "window"
"""The name of the schedule that is the server's to set."""

SCHEDULES: Mapping[str, Delays | None] = {"fixed": fixed, "backoff": backoff, "jitter": full_jitter, WINDOW: None}
"""What is compared, by name. None: W from the server, at a phase of one's own."""

AWAY = 20.0
"""Seconds for which the server is away."""

SPREAD = 10.0
"""Seconds that the server needs to take the whole crowd in, one after the other: W."""

SHOWN = 36.0
"""Seconds that are drawn."""


def outage_of(clients: int) -> Outage:
    """Return the outage of a crowd: the server needs ``SPREAD`` to take it in."""
    return Outage(clients=clients, rate=clients / SPREAD, seconds=AWAY)


class Arrivals:
    """How one schedule comes back; ``advance`` until it is ``done``. ``bins`` are the arrivals in each 100 ms."""

    def __init__(self, delays: Delays | None, clients: int, seed: int) -> None:
        self.outage = outage_of(clients)
        self.result = Result([], [])
        self.bins: list[int] = []
        self.done = False
        self._counted = 0
        self._steps = self._start(delays, seed)

    def _start(self, delays: Delays | None, seed: int) -> Generator[None, None, None]:
        if delays is not None:
            return others_coming_back(self.outage, delays, seed, self.result)
        randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated
        # Everybody has heard how large the crowd is: the last to join was there for more than a beat.
        phases = [randomness.random() for _ in range(self.outage.clients)]
        return coming_back(self.outage, [SPREAD] * self.outage.clients, phases, self.result)

    def advance(self, steps: int) -> None:
        """Work out so many steps more: clients, or tries."""
        for _ in range(steps):
            if next(self._steps, self) is self:
                self.done = True
                break
        self._count()

    def _count(self) -> None:
        fresh, self._counted = self.result.arrivals[self._counted :], len(self.result.arrivals)
        places = [int(moment / BIN + 1e-9) for moment in fresh]
        if places:
            self.bins += [0] * (max(places) + 1 - len(self.bins))
        for place in places:
            self.bins[place] += 1

    # What is said of it, once it is done.

    @property
    def admitted(self) -> float:
        """How many clients the server can take in within 100 ms."""
        return self.outage.rate * BIN

    def peak(self) -> int:
        """Return the most arrivals in 100 ms once the server is back."""
        return max(self.bins[round(AWAY / BIN) :], default=0)

    def median(self) -> float:
        """Return the seconds from the server's return until half of the crowd is in, taken one after the other."""
        taken = self._taken()
        return taken[len(taken) // 2][1] - AWAY

    def wait(self) -> float:
        """Return the longest that anybody stands at the door of a server that takes them in one after the other."""
        return max(end - start for start, end in self._taken())

    def _taken(self) -> list[tuple[float, float]]:
        """When each comes who finds the server up, and when their turn is over; in that order."""
        door = [recovery + AWAY for recovery in self.result.recoveries]
        heapq.heapify(door)
        step, free, taken = 1 / self.outage.rate, 0.0, []
        while door:
            came = heapq.heappop(door)
            free = max(free, came) + step
            taken.append((came, free))
        return taken


class Herd:
    """All schedules with the same crowd and the same seed."""

    def __init__(self, clients: int, seed: int) -> None:
        self.clients = clients
        self.seed = seed
        self.arrivals = {name: Arrivals(delays, clients, seed) for name, delays in SCHEDULES.items()}

    @property
    def done(self) -> bool:
        """Whether everything is worked out."""
        return all(each.done for each in self.arrivals.values())

    def advance(self, steps: int) -> None:
        """Work out so many steps more of the first schedule that is not done."""
        for each in self.arrivals.values():
            if not each.done:
                each.advance(steps)
                return

    def finish(self) -> Herd:
        """Work everything out, at once."""
        while not self.done:
            self.advance(self.clients)
        return self

    def answer(self) -> int:
        """Say how many of the fixed interval's come within 100 ms: 0 a tenth of what is admitted in a second and less,
        1 up to half of the crowd, 2 more than that.
        """
        peak = self.arrivals["fixed"].peak()
        return 0 if peak <= self.clients / 100 else 1 if peak <= self.clients / 2 else 2
