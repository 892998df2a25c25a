"""The try that a link makes, and how long it may take. Times are seconds on the link's clock."""

from __future__ import annotations

import math

from rebond.liveness import LATE
from rebond.options import GRACE, QUARREL


class Attempt:
    """A link's tries, one after the other: never two at a time."""

    def __init__(self) -> None:
        self.number = 0
        """Whose word counts: events bear the number of the try they belong to."""
        self.count = 0
        """How many there have been since the link was last live."""
        self.probing = False
        """Whether the answer to the probe is still awaited."""
        self.slot: float | None = None
        """When the server wants to see this link again, if it said so before it closed."""
        self._replaced_at = -math.inf
        self._deadline = 0.0
        self._graced = False
        self._ticked_at = 0.0

    def begin(self, now: float, seconds: float, *, probing: bool) -> None:
        """Make another try, whose first step may take ``seconds``."""
        self.number += 1
        self.count += 1
        self.probing = probing
        self.slot = None
        self._graced = False
        self._ticked_at = now
        self.allow(now, seconds)

    def allow(self, now: float, seconds: float) -> None:
        """Let the next step of the try take ``seconds``."""
        self._deadline = now + seconds

    def hurry(self, now: float, seconds: float) -> None:
        """Let what is left of the try take ``seconds`` at most."""
        self._deadline = min(self._deadline, now + seconds)

    def overdue(self, now: float) -> bool:
        """Take a tick; tell whether the try has had its time. A late tick gives it some more: this end has slept."""
        slept = now - self._ticked_at > LATE
        self._ticked_at = now
        if slept and not self._graced:
            # Once only: in a hidden page every tick is late.
            self._graced = True
            self._deadline = max(self._deadline, now + GRACE)
            return False
        return now >= self._deadline

    def quarrels(self, now: float) -> bool:
        """The connection was replaced; tell whether another link bears the same name.

        It may have been this link's own earlier hello that was heard after the later one. Two pages of one name are
        known by its happening again.
        """
        again = now - self._replaced_at <= QUARREL
        self._replaced_at = now
        return again

    def succeeded(self) -> None:
        """The link is live."""
        self.count = 0
        self.slot = None

    def give_up(self) -> None:
        """Make no more tries; what the last one still says counts no more."""
        self.number += 1
        self.count = 0
