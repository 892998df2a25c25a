"""Whether somebody looks at this page."""

from __future__ import annotations

PATIENCE = 180.0
"""Seconds after which one is away whose page is hidden or untouched."""


class Attention:
    """``now`` is in seconds on a monotonic clock."""

    def __init__(self, now: float) -> None:
        self._touched = now
        self._hidden = False

    def touch(self, now: float) -> None:
        """A key, a pointer or a finger has moved."""
        if not self._hidden:
            self._touched = now

    def show(self, now: float, *, shown: bool) -> None:
        """The page can be seen now, or cannot."""
        if self._hidden == shown:
            self._touched = now
        self._hidden = not shown

    def away(self, now: float) -> bool:
        """Tell whether one is away."""
        return now >= self.due

    @property
    def due(self) -> float:
        """When one is away if nothing happens until then."""
        return self._touched + PATIENCE
