"""Asks by ``fetch`` whether the server is there: Chromium slows WebSocket handshakes down after failures, not this."""

from __future__ import annotations

import asyncio
from typing import Protocol

import js
from pyodide.ffi import JsException, to_js

from rebond import events
from rebond.face.token import Feed, Spawn
from rebond.probe import reading


class _Controller(Protocol):
    """The bit of ``AbortController`` that is used here."""

    signal: object

    def abort(self) -> None: ...


class Probe:
    """One request at a time to ``url``, which need not know anything of Rebond.

    ``opaque`` asks a server of another origin that does not allow reading its answers (CORS): that it answers is then
    all there is to know.
    """

    def __init__(self, url: str, feed: Feed, spawn: Spawn, *, opaque: bool) -> None:
        self._url = url
        self._feed = feed
        self._spawn = spawn
        # A request in the mode "no-cors" has to follow redirects (the Fetch standard, "main fetch", step 11).
        manner = {"mode": "no-cors"} if opaque else {"redirect": "manual"}
        self._init = {"cache": "no-store", "credentials": "omit", **manner}
        self._task: asyncio.Task[None] | None = None
        self._controller: _Controller | None = None

    def send(self, attempt: int) -> None:
        """Ask; the answer is fed as ProbeAnswered or ProbeFailed of ``attempt``."""
        self.abandon()
        self._controller = js.AbortController.new()
        self._task = self._spawn(self._ask(attempt, self._controller))

    def abandon(self) -> None:
        """Want no answer any more."""
        # The request ends by its signal alone: older Pyodides stumble over a promise that is settled after the task
        # that awaits it was cancelled.
        if self._controller is not None:
            self._controller.abort()
            self._controller = None

    async def _ask(self, attempt: int, controller: _Controller) -> None:
        init = to_js({**self._init, "signal": controller.signal}, dict_converter=js.Object.fromEntries)
        event: events.Event
        try:
            response = await js.fetch(self._url, init)
            text = await response.text() if "json" in (response.headers.get("content-type") or "") else ""
            event = reading(attempt, response.status, text)
        except (JsException, OSError):
            event = events.ProbeFailed(attempt)
        if self._controller is controller:
            self._controller = None
            self._feed(event)
