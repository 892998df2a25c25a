"""How many clients a server takes in, and how wide it spreads the others: its half of the window.

The width of the window is W = max(0.25 s, 1.1 x crowd / rate). The crowd is the larger of the clients held now and of
the recent peak; the rate, in clients a second, comes from what greeting one was measured to cost. A crowd that comes
back spread over W is then no more than what can be taken in (docs/architecture.md, "The window").

For those who come faster all the same there is a bucket of places, in the form of virtual scheduling (the generic cell
rate algorithm, ITU-T I.371, annex A). Whoever finds it empty is not only refused: the next place to come free is kept,
and the client is told when. So a refused crowd comes back at the rate at which it can be taken in, never all at once.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from rebond.window import DEFAULT_WINDOW

FLOOR, CEILING = 50.0, 5_000.0
"""The least and the greatest rate that is ever assumed from a measurement, in clients a second."""

SHARE = 0.5
"""The part of the server's time that may go into greeting clients."""

FIRST_COST = 0.000_5
"""Seconds that a greeting is taken to cost as long as none was measured."""

WEIGHT = 1 / 32
"""How much one measurement moves the figure: after 22 greetings an old one counts half."""

OUTLIER = 8.0
"""How many times the figure a measurement counts at most: one pause of the machine says nothing about greetings."""

FORGETTING = 600.0
"""Seconds in which the peak comes down to a third of its height over the clients held."""

HEADROOM = 1.1
"""By how much W is wider than the crowd needs: spread at random it has its crests, and some have yet to hear of it."""

NOTABLE = 0.25
"""The part by which W has to change before everybody is told."""

BURST = 1.0
"""Seconds' worth of places that may be taken at once: a crowd that is spread at random has its crests."""

LONGEST = 30.0
"""Seconds that a refused client is told to wait at most."""

PROMISE = 10.0
"""Seconds for which a place is kept for a client that was sent on or told when to come."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What bounds the rate, in clients a second. ``fixed`` puts an end to all measuring."""

    fixed: float | None = None
    floor: float = FLOOR
    ceiling: float = CEILING
    share: float = SHARE


class Admission:
    """The window and the places of one server process. Times are in seconds on the clock of whoever calls.

    ``peak`` is the crowd that the process before this one knew of, where that was kept.
    """

    def __init__(self, now: float, *, peak: float = 0.0, rates: Rates | None = None) -> None:
        self.held = 0
        self._rates = Rates() if rates is None else rates
        self._cost = FIRST_COST
        self._peak = peak
        self._peak_at = now
        self._told = self.window(now)
        # When the bucket will be full again (the "theoretical arrival time"); a BURST ahead of now, it is empty.
        self._full_at = now
        self._turn = 0.0
        self._promises: deque[float] = deque()
        self._slots: deque[float] = deque()

    # The crowd.

    def joined(self, now: float) -> None:
        """One client more is held."""
        self._settle(now)
        self.held += 1
        self._peak = max(self._peak, self.held)

    def left(self, now: float) -> None:
        """One client less is held."""
        self._settle(now)
        self.held -= 1

    def peak(self, now: float) -> float:
        """Return the recent peak of clients held: what to keep for the next start."""
        self._settle(now)
        return self._peak

    def _settle(self, now: float) -> None:
        excess = self._peak - self.held
        if excess > 0:
            self._peak = self.held + excess * math.exp((self._peak_at - now) / FORGETTING)
        self._peak_at = now

    # The window.

    def greeted(self, seconds: float) -> None:
        """A greeting has cost so many seconds of the server's time."""
        self._cost += (min(seconds, self._cost * OUTLIER) - self._cost) * WEIGHT

    @property
    def rate(self) -> float:
        """How many clients can be taken in, in clients a second."""
        rates = self._rates
        if rates.fixed is not None:
            return rates.fixed
        return min(max(rates.share / self._cost, rates.floor), rates.ceiling)

    def window(self, now: float) -> float:
        """Return W in seconds."""
        return max(DEFAULT_WINDOW, HEADROOM * self.peak(now) / self.rate)

    def changed(self, now: float) -> float | None:
        """Return W if it is so far from what everybody was told last that they should be told now, else None."""
        window = self.window(now)
        if abs(window - self._told) <= self._told * NOTABLE:
            return None
        self._told = window
        return window

    # The places.

    def admit(self, now: float) -> float | None:
        """Take in a client at the door: None if there is a place, else the seconds after which there is one for it."""
        if self._redeem(self._promises, now):
            return None
        return self._take(now)

    def invite(self, now: float) -> float | None:
        """Do the same for a client that asks first and comes then: its place is kept for it until :meth:`admit`."""
        retry = self._take(now)
        if retry is None:
            self._promises.append(now)
        return retry

    def on_its_way(self, now: float) -> float | None:
        """Do the same for a client that may have been invited already, and stops by on its way to the door."""
        self._expire(self._promises, now)
        return None if self._promises else self.invite(now)

    def slot(self, number: int, now: float) -> float:
        """Return when a client is to come back from a planned restart, in seconds after the server is back.

        ``number`` counts the clients held, from 0. Their places within W are even: the crowd comes as fast as it can be
        taken in.
        """
        return self.window(now) * number / max(self.held, 1)

    def _take(self, now: float) -> float | None:
        if self._redeem(self._slots, now):
            return None
        self._full_at = max(self._full_at, now)
        step = 1 / self.rate
        wait = self._full_at + step - now - BURST
        if wait <= 0:
            self._full_at += step
            return None
        if wait <= LONGEST:
            self._full_at += step
            self._slots.append(now + wait)
            return wait
        # More than can be kept places for. They are sent away for long, but not all to the same moment: one after the
        # other over the last third of LONGEST, and round again.
        self._turn = (self._turn + step) % (LONGEST / 3)
        return LONGEST - self._turn

    def _redeem(self, kept: deque[float], now: float) -> bool:
        self._expire(kept, now)
        if kept and kept[0] <= now:
            kept.popleft()
            return True
        return False

    def _expire(self, kept: deque[float], now: float) -> None:
        while kept and kept[0] < now - PROMISE:
            kept.popleft()
