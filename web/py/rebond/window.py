"""When to try again: every W, at a phase drawn at random when the link is lost.

The server chooses W so that its whole crowd, spread evenly over one W, is no more than it can admit
(docs/architecture.md, "The window"). The phase is kept while the outage lasts, so the crowd stays as evenly spread as
it was drawn: nobody needs to back off to be kind, and nobody waits longer than W for a server that is back.
"""

from __future__ import annotations

import math
import random

DEFAULT_WINDOW = 0.25
"""Seconds between two tries as long as no server has said otherwise."""

PATIENCE = 60.0
"""Seconds of outage after which W begins to grow: by its own length every further minute."""

LONGEST_GROWN = 10.0
"""Seconds that growth alone never goes beyond; what the server says may."""

STEADY = 5.0
"""Seconds that a connection has to last to end an outage: a server may take links in only to drop them."""

HIDDEN = 2.0
"""The least W, in seconds, while nobody looks at the page."""


class Window:
    """The schedule of one link's tries. Times are seconds on the clock of whoever calls.

    ``randomness`` gives the phase; a seeded generator makes the schedule known beforehand.
    """

    def __init__(self, randomness: random.Random) -> None:
        self.width = DEFAULT_WINDOW
        self.due: float | None = None
        self._randomness = randomness
        self._lost_at: float | None = None
        self._live_at: float | None = None

    def told(self, window_ms: int | None) -> None:
        """The server may have said how wide W is, in milliseconds. One of no width would have no next turn."""
        if window_ms:
            self.width = window_ms / 1_000

    def lost(self, now: float) -> None:
        """The link is gone: draw the phase. A loss within an outage, of an attempt, changes nothing."""
        if self.due is not None:
            return
        if self._live_at is None or now - self._live_at >= STEADY:
            self._lost_at = now
        self.due = now + self._step(now, hidden=False) * self._randomness.random()

    def failed(self, now: float, *, hidden: bool) -> None:
        """A try has failed: set the next one, at the same phase. One made ahead of its turn uses up no turn."""
        if self.due is None or self.due > now:
            return
        step = self._step(now, hidden=hidden)
        # A try that took longer than W, or a late one, leaves out the turns that have gone by.
        self.due += step * max(1, math.ceil((now - self.due) / step))

    def at(self, moment: float) -> None:
        """Set the next try to ``moment``, as the server or the user asked."""
        self.due = moment

    def recovered(self, now: float) -> None:
        """The link is live: nothing is due."""
        self.due = None
        self._live_at = now

    def forget(self) -> None:
        """No more tries are to be made: nothing is due, and the outage, if there was one, is over."""
        self._lost_at = self._live_at = self.due = None

    def _step(self, now: float, *, hidden: bool) -> float:
        outage = now - (now if self._lost_at is None else self._lost_at)
        grown = self.width * (1 + max(0.0, outage - PATIENCE) / PATIENCE)
        step = max(self.width, min(grown, LONGEST_GROWN))
        return max(step, HIDDEN) if hidden else step
