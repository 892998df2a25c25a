"""The link as a page uses it: a thin carrier of what :class:`rebond.link.Link` wants done."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from typing import Unpack, overload

import js
from pyodide.ffi import JsException

from rebond import events, wire
from rebond.browser.page import Signals
from rebond.browser.probe import Probe
from rebond.browser.socket import Socket
from rebond.browser.timers import Alarm, Interval
from rebond.codes import Close
from rebond.face.link import PROBE, Face
from rebond.face.listening import AllListeners, Incoming, PlainListeners, ProtocolListeners
from rebond.face.names import fresh_name
from rebond.face.subprotocols import checked
from rebond.face.token import TokenProvider
from rebond.options import TICK
from rebond.storage import TabStorage

_SCHEMES = frozenset({"ws:", "wss:", "http:", "https:"})


class Link(Face[Incoming]):
    """A WebSocket that comes back by itself.

    ``url`` is the WebSocket's, absolute or relative to the page. ``token``, an access token or an async function that
    returns one, makes the link speak docs/protocol.md; without it, it works with any WebSocket server. ``probe`` is an
    address that answers by HTTP while the server is there, relative to ``url``: with it a link is back much sooner.
    ``ping``, without a token, is a frame that the server answers: with it a connection that has died is noticed.
    With a ``storage``, of the ``account`` of that id, the outbox and the cursors outlive the page: :meth:`restore`.
    The ``listeners`` are functions that are called with what happens (:mod:`rebond.face.listening`); what neither
    ``on_data`` nor ``on_event`` takes waits for ``async for``. The link does nothing before :meth:`start`, which
    ``async with`` calls.

    Raises ValueError if an address or a subprotocol cannot be one.
    """

    @overload
    def __init__(
        self: Link[str | bytes],
        url: str,
        *,
        probe: str | None = None,
        ping: str | bytes | None = None,
        subprotocols: Sequence[str] = (),
        **listeners: Unpack[PlainListeners],
    ) -> None: ...
    @overload
    def __init__(
        self: Link[wire.Event],
        url: str,
        *,
        token: str | TokenProvider,
        probe: str | None = None,
        subprotocols: Sequence[str] = (),
        storage: TabStorage | None = None,
        account: str | None = None,
        **listeners: Unpack[ProtocolListeners],
    ) -> None: ...
    def __init__(
        self,
        url: str,
        *,
        token: str | TokenProvider | None = None,
        probe: str | None = None,
        ping: str | bytes | None = None,
        subprotocols: Sequence[str] = (),
        storage: TabStorage | None = None,
        account: str | None = None,
        **listeners: Unpack[AllListeners],
    ) -> None:
        self._url = _absolute(url, js.location.href, "ws")
        self._subprotocols = checked(subprotocols)
        if probe is None and token is not None:
            probe = PROBE
        asked = _absolute(probe or "", self._url, "http")
        tab = None if storage is None else storage.tab
        super().__init__(
            token,
            probed=probe is not None,
            ping=ping,
            listeners=listeners,
            storage=storage,
            tab=tab,
            account=account,
        )
        self._kept = storage
        # A server that speaks the protocol lets a page it is meant for read its answers.
        opaque = token is None and js.URL.new(asked).origin != js.location.origin
        self._probe = Probe(asked, self.feed, self.spawn, opaque=opaque)
        self._socket: Socket | None = None
        self._interval = Interval(self.tick, TICK)
        self._alarm = Alarm(self.ring)
        self._signals = Signals(self.signal)

    @property
    def subprotocol(self) -> str | None:
        return None if self._socket is None else self._socket.subprotocol

    @property
    def buffered(self) -> int:
        return 0 if self._socket is None else self._socket.buffered

    async def restore(self) -> None:
        """Take up what the storage kept. Before :meth:`start`."""
        if self._kept is not None:
            self.feed(await self._kept.load())

    def adopt(self) -> None:
        """Take over now what tabs that are gone have left to be sent, without waiting for the connection."""
        if self._kept is not None:
            self._kept.adopt(self.feed)

    def start(self) -> None:
        """Connect, and stay connected."""
        self._signals.start()
        super().start()

    def stop(self) -> None:
        """Close, and stay closed until :meth:`start`: no socket, no timer and no listener is left."""
        super().stop()
        self._probe.abandon()
        self._signals.stop()

    def destroy(self) -> None:
        """Stop for good, and let go of everything that the browser holds for this link."""
        self.stop()
        for part in (self._interval, self._alarm, self._signals):
            part.destroy()

    async def aclose(self) -> None:
        self.destroy()

    # What touches the outside world.

    def clock(self) -> float:
        return time.monotonic()

    def new_id(self) -> str:
        return fresh_name(16)

    def start_ticking(self) -> None:
        self._interval.start()

    def stop_ticking(self) -> None:
        self._interval.clear()

    def set_alarm(self, at: float | None) -> None:
        self._alarm.set(None if at is None else at - self.clock())

    def probe(self, attempt: int) -> None:
        self._probe.send(attempt)

    def open(self, attempt: int) -> None:
        try:
            self._socket = Socket(
                self._url,
                self._subprotocols,
                lambda: self.feed(events.Opened(attempt)),
                lambda data: self.feed(events.Received(attempt, data)),
                lambda code, reason: self._closed(attempt, code, reason),
            )
        except ValueError as error:
            self.report("the browser refuses to connect", error)
            self.feed(events.Closed(attempt, Close.ABNORMAL))

    def transmit(self, data: str | bytes) -> None:
        if self._socket is not None:
            self._socket.send(data)

    def abandon(self, code: Close) -> None:
        self._probe.abandon()
        if self._socket is not None:
            self._socket.close(code)
            self._socket = None

    def report(self, message: str, error: Exception | None = None) -> None:
        trace = "" if error is None else "\n" + "".join(traceback.format_exception(error))
        js.console.error(f"rebond: {message}{trace}")

    def _closed(self, attempt: int, code: int, reason: str) -> None:
        self._socket = None  # what it had yet to send is lost, and keeps nothing else waiting
        self.feed(events.Closed(attempt, code, reason))


def _absolute(url: str, base: str, scheme: str) -> str:
    """Return ``url``, seen from ``base``, as ``ws`` or ``http``, with an s at the end where it had one."""
    try:
        found = js.URL.new(url, base)
    except JsException as error:
        raise ValueError(f"{url} is no address") from error
    if found.protocol not in _SCHEMES:
        raise ValueError(f"{url} is no address of a WebSocket: it has to begin with ws or wss, or be relative")
    found.protocol = scheme + ("s" if found.protocol in ("wss:", "https:") else "")
    return str(found.href)
