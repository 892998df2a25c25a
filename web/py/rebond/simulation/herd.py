"""A herd: thousands of clients that lose the server at once and come back, arrival by arrival.

What the simulated links of :mod:`rebond.simulation.world` do one effect after the other is here cut down to what
matters for a crowd: when each arrives at the server. The schedule of a link is that of :class:`rebond.window.Window`
and of the ticks of its interval, the server's part that of :class:`rebond.admission.Admission`, as they ship; a test
holds the arrivals against those of whole links. Times are in seconds.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import cache

from rebond.admission import Admission, Rates
from rebond.liveness import DEFAULT_BEAT
from rebond.options import TICK
from rebond.simulation.network import LATENCY
from rebond.window import Window

BIN = 0.1
"""Seconds over which arrivals are counted together."""

Delays = Callable[[int, random.Random], float]
"""The schedule of a client that knows nothing of the server: seconds before try n, counted from 1 after the loss."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A crowd and what happens to it: they join one after the other, then the server is away for ``seconds``."""

    clients: int = 10_000
    rate: float = 1_000.0
    """Clients that the server admits in a second."""
    joining: float = 500.0
    """Seconds in which they join."""
    held: float = 20.0
    """Seconds after that until the server goes away: two beats, so that every link has heard of the whole crowd."""
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Result:
    """``arrivals`` and ``recoveries`` are in seconds after the server was lost, and after it was back."""

    arrivals: list[float]
    recoveries: list[float]

    def peak(self, since: float = 0.0) -> int:
        """Return the most arrivals in one bin, of those from ``since`` on."""
        return max(Counter([int(moment / BIN + 1e-9) for moment in self.arrivals if moment >= since]).values())

    def recovered(self, share: float) -> float:
        """Return the seconds after which that share of the clients was back."""
        ordered = sorted(self.recoveries)
        return ordered[math.ceil(share * len(ordered)) - 1]


def rebond(outage: Outage, seed: int) -> Result:
    """Let a crowd of links go through the outage."""
    randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated
    widths = known_widths(outage)
    return come_back(outage, widths, [randomness.random() for _ in widths])


@cache
def known_widths(outage: Outage) -> tuple[float, ...]:
    """Return which W each link knows when the server goes away: as welcomed, as pushed, or from its last pong."""
    admission = Admission(0.0, rates=Rates(fixed=outage.rate))
    step = outage.joining / outage.clients
    history: list[float] = []
    pushed: float | None = None
    for number in range(outage.clients):
        admission.joined(number * step)
        history.append(admission.window(number * step))
        if admission.changed(number * step) is not None:
            pushed = number * step
    widths = []
    for number in range(outage.clients):
        heard = number * step if pushed is None else max(number * step, pushed)
        heard += math.floor((outage.joining + outage.held - heard) / DEFAULT_BEAT) * DEFAULT_BEAT
        widths.append(history[min(int(heard / step + 1e-9), outage.clients - 1)])
    return tuple(widths)


def come_back(outage: Outage, widths: Iterable[float], phases: Iterable[float]) -> Result:
    """Let links with these windows and phases find the server gone, and back with an empty memory."""
    result = Result([], [])
    _exhaust(coming_back(outage, widths, phases, result))
    return result


def coming_back(
    outage: Outage, widths: Iterable[float], phases: Iterable[float], result: Result
) -> Generator[None, None, None]:
    """Do the same little by little, a client or a try at each step, for a page that has to draw meanwhile."""
    admission = Admission(outage.seconds, rates=Rates(fixed=outage.rate))
    # A close takes one way, a probe and its answer two; then handshake, hello and welcome take two ways each.
    lost = LATENCY
    tries: list[tuple[float, int, Window]] = []
    drawn = _Drawn(phases)
    for number, width in enumerate(widths):
        window = Window(drawn)
        window.width = width
        window.lost(lost)
        tried = _tick(window, lost)
        while tried + LATENCY < outage.seconds:
            result.arrivals.append(tried + LATENCY)
            window.failed(tried + 2 * LATENCY, hidden=False)
            tried = _tick(window, lost)
        tries.append((tried, number, window))
        yield
    heapq.heapify(tries)
    while tries:
        tried, number, window = heapq.heappop(tries)
        arrival, answered = tried + LATENCY, tried + 2 * LATENCY
        result.arrivals.append(arrival)
        retry = admission.invite(arrival)
        if retry is None:
            admission.admit(arrival)
            result.recoveries.append(answered + 4 * LATENCY - outage.seconds)
        else:
            window.failed(answered, hidden=False)
            window.at(answered + retry)
            heapq.heappush(tries, (_tick(window, lost), number, window))
        yield


def _exhaust(steps: Generator[None, None, None]) -> None:
    for _ in steps:
        pass


def _tick(window: Window, started: float) -> float:
    """Return the turn of the interval at which the next try is made."""
    assert window.due is not None, "a link that is down has a next try"
    return started + math.ceil((window.due - started) / TICK - 1e-9) * TICK


class _Drawn(random.Random):
    """A generator that draws what was drawn before."""

    def __init__(self, values: Iterable[float]) -> None:
        super().__init__()
        self._values = iter(values)

    def random(self) -> float:
        return next(self._values)


def others(outage: Outage, delays: Delays, seed: int) -> Result:
    """Let a crowd with another schedule go through the same; whoever comes when the server is up is taken in."""
    result = Result([], [])
    _exhaust(others_coming_back(outage, delays, seed, result))
    return result


def others_coming_back(outage: Outage, delays: Delays, seed: int, result: Result) -> Generator[None, None, None]:
    """Do the same little by little, a client at each step."""
    randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated
    for _ in range(outage.clients):
        moment, number = LATENCY, 0
        while True:
            number += 1
            moment += delays(number, randomness)
            result.arrivals.append(moment + LATENCY)
            if moment + LATENCY >= outage.seconds:
                break
            moment += 2 * LATENCY
        result.recoveries.append(moment + 4 * LATENCY - outage.seconds)
        yield
