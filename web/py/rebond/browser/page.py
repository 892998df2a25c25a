"""What the page knows about itself: whether it is looked at, whether there is a network, whether it was away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import js
from pyodide.ffi import create_proxy

from rebond import events

_WINDOW_KINDS = ("online", "offline", "pageshow")
_DOCUMENT_KINDS = ("visibilitychange", "resume")


class _Event(Protocol):
    type: str


class Signals:
    """Tells ``feed`` what happens to the page, from :meth:`start` to :meth:`stop`."""

    def __init__(self, feed: Callable[[events.Event], None]) -> None:
        self._feed = feed
        self._proxy = create_proxy(self._handle)
        self._listening = False

    def start(self) -> None:
        """Listen, and say how things stand now: while nobody listened, anything may have changed."""
        if self._listening:
            return
        self._listening = True
        for kind in _WINDOW_KINDS:
            js.window.addEventListener(kind, self._proxy)
        for kind in _DOCUMENT_KINDS:
            js.document.addEventListener(kind, self._proxy)
        self._feed(events.Hidden() if js.document.hidden else events.Woke())
        self._feed(events.Online() if js.navigator.onLine else events.Offline())

    def stop(self) -> None:
        """Listen no more."""
        if not self._listening:
            return
        self._listening = False
        for kind in _WINDOW_KINDS:
            js.window.removeEventListener(kind, self._proxy)
        for kind in _DOCUMENT_KINDS:
            js.document.removeEventListener(kind, self._proxy)

    def destroy(self) -> None:
        """Listen no more for good, and let go of the proxy."""
        self.stop()
        self._proxy.destroy()

    def _handle(self, event: _Event) -> None:
        match event.type:
            case "online":
                self._feed(events.Online())
            case "offline":
                self._feed(events.Offline())
            case "visibilitychange" if js.document.hidden:
                self._feed(events.Hidden())
            case _:
                self._feed(events.Woke())
                if js.document.hidden:
                    self._feed(events.Hidden())  # it was thawed or restored, and still nobody looks at it
