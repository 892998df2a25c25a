"""The link as a page uses it: a thin carrier of what :class:`rebond.link.Link` wants done."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Sequence

import js

from rebond import events, link, wire
from rebond.browser.page import Signals
from rebond.browser.probe import Probe
from rebond.browser.socket import Socket
from rebond.browser.timers import Alarm, Interval
from rebond.browser.token import TokenProvider, Unavailable
from rebond.codes import Close
from rebond.options import TICK, Options
from rebond.outbox import Refusal
from rebond.shell import Listeners, Shell
from rebond.status import Status

RENEW_TIMEOUT = 10.0
"""Seconds that the provider of tokens has."""


def _nothing(_: object) -> None:
    """Nobody listens."""


class Link(Shell):
    """A WebSocket that comes back by itself.

    ``url`` is the WebSocket's, absolute or relative to the page; ``probe`` is an address that answers by HTTP while
    the server is there. ``token`` gives access tokens and makes the link speak docs/protocol.md; without it, and with
    ``plain``, the link works with any WebSocket server and hands on frames as they come. The other arguments are
    functions that are called with what arrives. The link does nothing before :meth:`start`.
    """

    def __init__(
        self,
        url: str,
        *,
        token: TokenProvider | None = None,
        probe: str | None = None,
        plain: bool = False,
        subprotocols: Sequence[str] = (),
        on_event: Callable[[wire.Event], None] = _nothing,
        on_ack: Callable[[wire.Ack], None] = _nothing,
        on_refused: Callable[[Refusal], None] = _nothing,
        on_welcome: Callable[[wire.Welcome], None] = _nothing,
        on_status: Callable[[Status], None] = _nothing,
        on_data: Callable[[str | bytes], None] = _nothing,
        on_reset: Callable[[None], None] = _nothing,
    ) -> None:
        options = Options(tab=secrets.token_hex(8), plain=plain, probe=probe is not None, token=token is not None)
        # SystemRandom: a memory snapshot of Pyodide freezes the state of `random`, and with it everybody's jitter.
        machine = link.Link(options, random.SystemRandom())
        listeners = Listeners(on_event, on_ack, on_refused, on_welcome, on_status, on_data, on_reset)
        super().__init__(machine, listeners)
        self._url = _absolute(url)
        self._subprotocols = subprotocols
        self._provider = token
        self._renewal: asyncio.Task[None] | None = None
        self._interval = Interval(self._tick, TICK)
        self._alarm = Alarm(self._ring)
        self._signals = Signals(self.feed)
        self._probe = Probe(probe or "", self.feed)
        self._socket: Socket | None = None

    def start(self) -> None:
        """Connect, and stay connected."""
        self._signals.start()
        super().start()

    def stop(self) -> None:
        """Close, and stay closed until :meth:`start`: no socket, no timer and no listener is left."""
        super().stop()
        self._signals.stop()

    def destroy(self) -> None:
        """Stop for good, and let go of everything that the browser holds for this link."""
        self.stop()
        if self._renewal is not None:
            self._renewal.cancel()
        for part in (self._interval, self._alarm, self._signals):
            part.destroy()

    # What touches the outside world.

    def clock(self) -> float:
        return time.monotonic()

    def new_id(self) -> str:
        return secrets.token_urlsafe(16)

    def start_ticking(self) -> None:
        self._interval.start()

    def stop_ticking(self) -> None:
        self._interval.clear()

    def set_alarm(self, at: float | None) -> None:
        self._alarm.set(None if at is None else at - self.clock())

    def probe(self, attempt: int) -> None:
        self._probe.send(attempt)

    def open(self, attempt: int) -> None:
        self._socket = Socket(
            self._url,
            self._subprotocols,
            lambda: self.feed(events.Opened(attempt)),
            lambda data: self.feed(events.Received(attempt, data)),
            lambda code, reason: self.feed(events.Closed(attempt, code, reason)),
        )

    def transmit(self, data: str | bytes) -> None:
        if self._socket is not None:
            self._socket.send(data)

    def abandon(self, code: Close) -> None:
        self._probe.abandon()
        if self._socket is not None:
            self._socket.close(code)
            self._socket = None

    def renew(self) -> None:
        if self._provider is not None and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.ensure_future(self._ask_for_token(self._provider))

    def report(self, message: str, error: Exception | None = None) -> None:
        js.console.error(f"rebond: {message}" if error is None else f"rebond: {message}: {error!r}")

    def _tick(self) -> None:
        self._signals.look_at_clocks()
        self.feed(events.Tick())

    def _ring(self) -> None:
        self._signals.look_at_clocks()
        self.feed(events.Alarm())

    async def _ask_for_token(self, provider: TokenProvider) -> None:
        try:
            async with asyncio.timeout(RENEW_TIMEOUT):
                token = await provider()
        except Unavailable as error:
            self.feed(events.TokenFailed(error.retry_ms))
        except OSError:  # TimeoutError is one
            self.feed(events.TokenFailed())
        except Exception as error:  # noqa: BLE001 - the program's own code; the link must have its answer all the same
            self.report("the provider of tokens raised", error)
            self.feed(events.TokenFailed())
        else:
            if token is None:
                self.feed(events.TokenRefused())
            else:
                self.feed(events.TokenRenewed(token.value, token.expires_in))


def _absolute(url: str) -> str:
    """Make a WebSocket address of one that may be relative to the page or begin with http."""
    absolute = str(js.URL.new(url, js.location.href).href)
    return absolute.replace("http", "ws", 1) if absolute.startswith("http") else absolute
