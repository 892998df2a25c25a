"""A browser for the naive clients: timers, WebSockets and ``fetch`` as a page has them, in virtual time.

The clients' texts (:mod:`lesson.clients`) and what the reader makes of them run in it, with these names as globals. An
error in a callback is written to the console and ends nothing, as in a browser.
"""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable
from typing import Protocol

from rebond.codes import Close
from rebond.simulation.connection import Answer, Door, Request, Socket
from rebond.simulation.network import Path
from rebond.simulation.page import Page, PageTimer
from rebond.simulation.throttler import Throttler

NAME = "client.py"
"""The name of a client's text, in what is said of its errors."""

FORGOTTEN = 60.0
"""Seconds after which a browser gives up waiting for the good-bye of a line on which nothing comes through."""

LEAST = 0.004
"""Seconds that an interval has at least, as the HTML standard bounds nested timers."""

Listener = Callable[["Event"], object]


class Server(Protocol):
    """What a page connects to."""

    def door(self, url: str) -> Door:
        """Return where the WebSocket of a URL arrives."""

    def answer(self, url: str) -> Answer | None:
        """Answer a request, or None where nobody is listening."""


def explain(error: BaseException) -> str:
    """Say what an error was and, where it can be told, in which line of the client's text."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == NAME]
    if isinstance(error, SyntaxError) and error.lineno is not None:
        lines = [error.lineno]
    where = f" ({NAME}, {lines[-1]})" if lines else ""
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {what}{where}"


class Event:
    """What a listener of a WebSocket is called with."""

    def __init__(self, *, data: str = "", code: int = 0, reason: str = "") -> None:
        self.data = data
        self.code = code
        self.reason = reason


class Response:
    """What ``fetch`` came back with. ``json()`` returns the body at once, where a browser's has to be awaited."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.ok = answer.status < 400
        self._body = dict(answer.body)

    def json(self) -> dict[str, object]:
        """Return the body."""
        return self._body


class Promise:
    """What ``fetch`` returns. ``then`` takes what to do with the response, and what to do without one."""

    def __init__(self, call: Callable[..., None]) -> None:
        self._call = call
        self._then: Callable[[Response], object] | None = None
        self._failed: Callable[[str], object] | None = None

    def then(self, then: Callable[[Response], object], failed: Callable[[str], object] | None = None) -> Promise:
        """Call ``then`` with the response, or ``failed`` with the reason why there is none."""
        self._then, self._failed = then, failed
        return self

    def settle(self, answer: Answer | None) -> None:
        """The request is over."""
        if answer is not None:
            self._call(self._then, Response(answer))
        else:
            self._call(self._failed, "Failed to fetch")


class WebSocket:
    """A page's WebSocket: ``onopen``, ``onmessage`` and ``onclose`` are called with an :class:`Event`."""

    CONNECTING, OPEN, CLOSING, CLOSED = range(4)

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.onopen: Listener | None = None
        self.onmessage: Listener | None = None
        self.onclose: Listener | None = None
        self.readyState = WebSocket.CONNECTING
        self.dead = False
        self._browser = browser
        self._counted = browser.throttler is not None
        self._opened_once = False
        self.socket = Socket(browser.path, browser.server.door(url), self._opened, self._received, self._ended)
        delay = browser.throttler.delay(browser.page.clock.now) if browser.throttler is not None else 0.0
        browser.page.clock.after(delay, self.socket.connect)

    def send(self, data: str) -> None:
        """Send a frame. Raises RuntimeError before the socket is open; afterwards it is silently dropped."""
        if self.readyState == WebSocket.CONNECTING:
            raise RuntimeError("InvalidStateError: Still in CONNECTING state.")
        if self.readyState == WebSocket.OPEN:
            self.socket.send(data)

    def close(self) -> None:
        """Say good-bye; ``onclose`` follows when the other end has answered, or a minute later on a dead line."""
        if self.readyState >= WebSocket.CLOSING:
            return
        self.readyState = WebSocket.CLOSING
        path = self._browser.path
        self.socket.close()
        waits = FORGOTTEN if path.blocks or self.dead else 2 * path.latency
        path.clock.after(waits, lambda: self._ended(1000, ""))

    def _opened(self) -> None:
        self.readyState = WebSocket.OPEN
        self._handshaken(succeeded=True)
        self._browser.happened("opened")
        self._browser.call(self.onopen, Event())

    def _received(self, text: str) -> None:
        self._browser.call(self.onmessage, Event(data=text))

    def _ended(self, code: int, reason: str) -> None:
        if self.readyState == WebSocket.CLOSED:
            return
        self.readyState = WebSocket.CLOSED
        self._handshaken(succeeded=False)
        self._browser.sockets.pop(self, None)
        self._browser.happened("closed" if code != Close.ABNORMAL or self._opened_once else "failed")
        self._browser.call(self.onclose, Event(code=code, reason=reason))

    def _handshaken(self, *, succeeded: bool) -> None:
        self._opened_once = self._opened_once or succeeded
        if self._counted and self._browser.throttler is not None:
            self._counted = False
            self._browser.throttler.ended(self._browser.page.clock.now, succeeded=succeeded)


class Browser:
    """One page. ``watch`` is called with ``open``, ``opened``, ``closed``, ``failed``, ``probe``, ``shown``."""

    def __init__(
        self, page: Page, path: Path, server: Server, randomness: random.Random, throttler: Throttler | None = None
    ) -> None:
        self.page = page
        self.path = path
        self.server = server
        self.throttler = throttler
        self.sockets: dict[WebSocket, None] = {}
        self.requests: dict[Request, None] = {}
        self.attempts = 0
        self.probes = 0
        self.shown: list[str] = []
        self.console: list[str] = []
        self.signed_in = True
        self.watch: Callable[[str], object] = len
        self.names: dict[str, object] = {
            "setInterval": self.setInterval,
            "clearInterval": self.clearInterval,
            "setTimeout": self.setTimeout,
            "clearTimeout": self.clearInterval,
            "WebSocket": self.WebSocket,
            "CONNECTING": WebSocket.CONNECTING,
            "OPEN": WebSocket.OPEN,
            "CLOSING": WebSocket.CLOSING,
            "CLOSED": WebSocket.CLOSED,
            "fetch": self.fetch,
            "show": self.show,
            "sign_out": self.sign_out,
            "now": page.time,
            "random": randomness,
            "json": json,
            "print": lambda *words: self.console.append(" ".join(map(str, words))),
        }
        self._timers: dict[int, PageTimer] = {}
        self._last = 0

    def run(self, source: str) -> None:
        """Run a client's text. What it raises is raised."""
        exec(compile(source, NAME, "exec"), self.names)  # noqa: S102 - this is what the lesson is for

    def call(self, listener: Callable[..., object] | None, *values: object) -> None:
        """Call what the page asked to have called."""
        if listener is None:
            return
        try:
            listener(*values)
        except Exception as error:  # noqa: BLE001 - a browser goes on, whatever the page's callback raised
            self.console.append(explain(error))

    def happened(self, what: str) -> None:
        """Tell whoever watches."""
        self.watch(what)

    # What the page calls.

    def setInterval(self, call: Callable[..., object], ms: float, *values: object) -> int:
        """Call again and again, every ``ms`` milliseconds; return the handle."""
        return self._keep(self.page.interval(max(ms / 1_000, LEAST), lambda: self.call(call, *values)))

    def setTimeout(self, call: Callable[..., object], ms: float = 0, *values: object) -> int:
        """Call once, in ``ms`` milliseconds; return the handle."""
        return self._keep(self.page.alarm(self.page.time() + ms / 1_000, lambda: self.call(call, *values)))

    def clearInterval(self, handle: int | None = None) -> None:
        """Never call again. A handle that nobody has is ignored, as in a browser."""
        timer = self._timers.pop(handle, None) if handle is not None else None
        if timer is not None:
            timer.clear()
        self.happened("cleared")

    def WebSocket(self, url: str) -> WebSocket:
        """Open a WebSocket."""
        self.attempts += 1
        socket = WebSocket(self, url)
        self.sockets[socket] = None
        self.happened("open")
        return socket

    def fetch(self, url: str) -> Promise:
        """Send a request."""
        promise = Promise(self.call)
        self.probes += 1

        def answered(answer: Answer | None) -> None:
            self.requests.pop(request, None)
            promise.settle(answer)

        request = Request(self.path, f"GET {url}", lambda: self.server.answer(url), answered)
        self.requests[request] = None
        self.happened("probe")
        return promise

    def show(self, text: object) -> None:
        """Show the user a message."""
        self.shown.append(str(text))
        self.happened("shown")

    def sign_out(self) -> None:
        """Show the user the form to log in with."""
        self.signed_in = False
        self.happened("signed out")

    def _keep(self, timer: PageTimer) -> int:
        self._last += 1
        self._timers[self._last] = timer
        self.happened("set")
        return self._last
