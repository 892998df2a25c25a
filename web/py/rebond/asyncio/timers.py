"""The one interval and the one alarm of a link, each a single timer of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Interval:
    """Calls ``function`` every ``seconds`` while it runs."""

    def __init__(self, function: Callable[[], None], seconds: float) -> None:
        self._function = function
        self._seconds = seconds
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Run. One that runs already goes on as it is: there is never a second interval."""
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self._seconds, self._fire)

    def clear(self) -> None:
        """Stop."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        # The next one is set first: the function may clear the interval.
        self._handle = asyncio.get_running_loop().call_later(self._seconds, self._fire)
        self._function()


class Alarm:
    """Calls ``function`` once, at the time it is set to."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float | None) -> None:
        """Go off in ``seconds`` from now, in place of any earlier setting; None: not at all."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if seconds is not None:
            self._handle = asyncio.get_running_loop().call_later(max(0.0, seconds), self._ring)

    def _ring(self) -> None:
        self._handle = None
        self._function()
