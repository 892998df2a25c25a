"""The one interval and the one alarm of a link. Each owns a single proxy for as long as it lives.

``js.setInterval(function, ms)`` with a bare Python function never ticks: Pyodide destroys the proxy it made for the
call when the call returns ("borrowed proxy was automatically destroyed"). Hence :func:`create_proxy`, and ``destroy``.
"""

from __future__ import annotations

from collections.abc import Callable

import js
from pyodide.ffi import create_proxy


class Interval:
    """Calls ``function`` every ``seconds`` while it runs."""

    def __init__(self, function: Callable[[], None], seconds: float) -> None:
        self._proxy = create_proxy(lambda *_: function())
        self._milliseconds = seconds * 1_000
        self._handle: int | None = None

    def start(self) -> None:
        """Run. One that runs already goes on as it is: there is never a second interval."""
        if self._handle is None:
            self._handle = js.setInterval(self._proxy, self._milliseconds)

    def clear(self) -> None:
        """Stop."""
        if self._handle is not None:
            js.clearInterval(self._handle)
            self._handle = None

    def destroy(self) -> None:
        """Stop for good, and let go of the proxy."""
        self.clear()
        self._proxy.destroy()


class Alarm:
    """Calls ``function`` once, at the time it is set to."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._proxy = create_proxy(self._ring)
        self._handle: int | None = None

    def set(self, seconds: float | None) -> None:
        """Go off in ``seconds`` from now, in place of any earlier setting; None: not at all."""
        if self._handle is not None:
            js.clearTimeout(self._handle)
            self._handle = None
        if seconds is not None:
            self._handle = js.setTimeout(self._proxy, max(0.0, seconds) * 1_000)

    def destroy(self) -> None:
        """Never go off again, and let go of the proxy."""
        self.set(None)
        self._proxy.destroy()

    def _ring(self, *_: object) -> None:
        self._handle = None
        self._function()
