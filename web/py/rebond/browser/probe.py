"""Asks by ``fetch`` whether the server is there: Chromium slows WebSocket handshakes down after failures, not this."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import js
from pyodide.ffi import JsException, to_js

from rebond import events


class Probe:
    """One request at a time to ``url``, which need not know anything of Rebond.

    Its answer is read for ``window_ms`` where it is JSON, and for ``error.retry_ms`` where it is a 503.
    """

    def __init__(self, url: str, feed: Callable[[events.Event], None]) -> None:
        self._url = url
        self._feed = feed
        self._task: asyncio.Task[None] | None = None
        self._controller: js.AbortController | None = None

    def send(self, attempt: int) -> None:
        """Ask; the answer is fed as ProbeAnswered or ProbeFailed of ``attempt``."""
        self.abandon()
        self._controller = js.AbortController.new()
        self._task = asyncio.ensure_future(self._ask(attempt, self._controller.signal))

    def abandon(self) -> None:
        """Want no answer any more."""
        if self._controller is not None:
            self._controller.abort()
            self._controller = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _ask(self, attempt: int, signal: object) -> None:
        init = {"cache": "no-store", "credentials": "omit", "redirect": "manual", "signal": signal}
        try:
            response = await js.fetch(self._url, to_js(init, dict_converter=js.Object.fromEntries))
            status, text = int(response.status), str(await response.text())
        except (JsException, OSError):
            self._feed(events.ProbeFailed(attempt))
            return
        self._feed(reading(attempt, status, text))


def reading(attempt: int, status: int, text: str) -> events.ProbeAnswered | events.ProbeFailed:
    """Say what an HTTP answer means: any but a server's error shows that a server is there."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    if status < 500:
        window_ms = body.get("window_ms")
        return events.ProbeAnswered(attempt, window_ms if isinstance(window_ms, int) else None)
    error = body.get("error")
    retry_ms = error.get("retry_ms") if isinstance(error, dict) else None
    return events.ProbeFailed(attempt, busy=status == 503, retry_ms=retry_ms if isinstance(retry_ms, int) else None)
