"""Whether the other end is still there.

A page cannot see WebSocket pings, and a connection whose network has gone says nothing at all, so the protocol has
beats of its own: after a silence of one beat a ``ping``, and when that is not answered in time the link is dead,
whatever ``readyState`` says. Times are seconds on the link's clock.
"""

from __future__ import annotations

from enum import Enum, auto

DEFAULT_BEAT = 10.0
"""Seconds of silence before a ping, as long as the server does not name its own."""

PATIENCE = 5.0
"""Seconds that an ordinary ping has for its answer."""

URGENT = 2.0
"""Seconds that a ping has when there is reason to doubt: the page woke, or the network changed."""

PATIENT = 3
"""Unanswered pings after which another one gives no more time: a network that flaps is not asked for ever."""

LATE = 1.0
"""Seconds by which a timer may be late before it proves nothing: then it was this end that slept."""


class Finding(Enum):
    """What a look at the clock says."""

    FINE = auto()
    PING = auto()
    DEAD = auto()


class Liveness:
    """The beats of a link's connections, one after the other; ``beat`` is in seconds."""

    def __init__(self) -> None:
        self.beat = DEFAULT_BEAT
        self.heard_at: float | None = None
        self.round_trip_ms: int | None = None
        self.answered_at: float | None = None
        self._pinged_at: float | None = None
        self._unanswered = 0
        self._look_at = 0.0

    def opened(self, now: float) -> None:
        """A fresh connection: what was asked on the last one will not be answered."""
        self._pinged_at = None
        self.heard(now)

    def heard(self, now: float) -> None:
        """Something arrived, whatever it was: the other end is there."""
        self.heard_at = now
        self._unanswered = 0
        self._look_at = now + self.beat

    def answered(self, now: float) -> None:
        """A pong arrived: measure the round trip."""
        if self._pinged_at is not None:
            self.round_trip_ms = round((now - self._pinged_at) * 1_000)
            self.answered_at = now
            self._pinged_at = None

    def pinged(self, now: float, patience: float = PATIENCE) -> None:
        """A ping has been sent, with ``patience`` seconds for the answer."""
        self._pinged_at = now
        self._unanswered += 1
        if self._unanswered <= PATIENT:
            self._look_at = now + patience

    def due(self) -> float:
        """Return when to look at the clock next."""
        return self._look_at

    def look(self, now: float) -> Finding:
        """Look at the clock. A late look asks once more before it finds the other end dead.

        Once only: in a hidden page every look is late, by up to a minute, and frames arrive there all the same.
        """
        if now < self._look_at:
            return Finding.FINE
        late = now > self._look_at + LATE
        return Finding.PING if self._unanswered < (2 if late else 1) else Finding.DEAD
