"""A message of one's own that was deleted a moment ago, and that one may still want back.

It is in no outbox yet: there it would hold back what one does next (rule 1 of docs/delivery.md), and once it was on its
way nobody could stop it. So whatever one does next sends it first, and so does leaving the page.
"""

from __future__ import annotations

PATIENCE = 6.0
"""Seconds for which one may want it back."""

AGAIN = 2.0
"""Seconds that are left at least once one turns away from the button."""


class Withdrawal:
    """At most one at a time. Times are in seconds on the link's clock."""

    def __init__(self) -> None:
        self.of: tuple[str, str] | None = None
        """The room and the id of the message."""
        self._until: float | None = None
        self._left = 0.0

    def begin(self, room: str, target: str, now: float) -> None:
        """A message was deleted."""
        self.of = (room, target)
        self._until = now + PATIENCE

    def hold(self, now: float) -> None:
        """One is about to decide: time stands still."""
        if self._until is not None:
            self._left = max(AGAIN, self._until - now)
            self._until = None

    def go_on(self, now: float) -> None:
        """One has turned away."""
        if self.of is not None and self._until is None:
            self._until = now + self._left

    def take(self) -> tuple[str, str] | None:
        """It is decided; return what was deleted, None if nothing was."""
        of, self.of, self._until = self.of, None, None
        return of

    @property
    def due(self) -> float | None:
        """When nobody has wanted it back for long enough; None while time stands still."""
        return self._until
