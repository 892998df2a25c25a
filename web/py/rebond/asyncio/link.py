"""The link in CPython: a thin carrier of what :class:`rebond.link.Link` wants done, on asyncio."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Unpack, overload

from websockets.typing import Subprotocol

from rebond import events, wire
from rebond.asyncio.address import address
from rebond.asyncio.probe import Probe
from rebond.asyncio.socket import Manner, Socket
from rebond.asyncio.timers import Alarm, Interval
from rebond.codes import Close
from rebond.face.link import PROBE, Face
from rebond.face.listening import AllListeners, Incoming, PlainListeners, ProtocolListeners
from rebond.face.names import fresh_name
from rebond.face.subprotocols import checked
from rebond.face.token import TokenProvider
from rebond.options import TICK

MAX_SIZE = 1024 * 1024
"""The largest frame that is taken, in bytes, unless a link is told otherwise."""

_log = logging.getLogger("rebond")


class Link(Face[Incoming]):
    """A WebSocket that comes back by itself. Use it inside one running event loop.

    ``url`` is the WebSocket's. ``token``, an access token or an async function that returns one, makes the link speak
    docs/protocol.md; without it, it works with any WebSocket server. ``probe`` is an address that answers by HTTP while
    the server is there, relative to ``url``; behind a proxy it is not asked. ``ping``, without a token, is a frame that
    the server answers: with it a connection that has died is noticed sooner than by the WebSocket's own pings. The
    ``listeners`` are functions that are called with what happens (:mod:`rebond.face.listening`); what neither
    ``on_data`` nor ``on_event`` takes waits for ``async for``. The link does nothing before :meth:`start`, which
    ``async with`` calls.

    ``headers`` go with the WebSocket's handshake, ``context`` is for TLS, ``max_size`` is the largest frame taken, in
    bytes: a larger one ends the connection.

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
        headers: Mapping[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        max_size: int = MAX_SIZE,
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
        headers: Mapping[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        max_size: int = MAX_SIZE,
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
        headers: Mapping[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        max_size: int = MAX_SIZE,
        **listeners: Unpack[AllListeners],
    ) -> None:
        server = address(url)
        if probe is None and token is not None:
            probe = PROBE
        asked = address(probe or "", server.url)
        probed = probe is not None and not asked.proxied
        super().__init__(token, probed=probed, ping=ping, listeners=listeners)
        self._url = server.url
        self._manner = Manner(
            subprotocols=[Subprotocol(name) for name in checked(subprotocols)] or None,
            additional_headers=headers,
            max_size=max_size,
            # With a token the protocol's own beats notice a dead connection sooner.
            ping_interval=20 if token is None else None,
        )
        if context is None and (server.secure or asked.secure):
            context = ssl.create_default_context()
        if server.secure:
            self._manner["ssl"] = context
        self._tasks: set[asyncio.Task[None]] = set()
        self._interval = Interval(self.tick, TICK)
        self._alarm = Alarm(self.ring)
        self._probe = Probe(asked, context if asked.secure else None, self.feed, self.spawn)
        self._socket: Socket | None = None

    @property
    def subprotocol(self) -> str | None:
        return None if self._socket is None else self._socket.subprotocol

    @property
    def buffered(self) -> int:
        return 0 if self._socket is None else self._socket.buffered

    def stop(self) -> None:
        """Close, and stay closed until :meth:`start`. What is left is on its way out; :meth:`aclose` waits for it."""
        super().stop()
        self._probe.abandon()

    async def aclose(self) -> None:
        self.stop()
        left = self._tasks - {asyncio.current_task()}
        await asyncio.gather(*left, return_exceptions=True)

    # What touches the outside world.

    def clock(self) -> float:
        return time.monotonic()

    def new_id(self) -> str:
        return fresh_name(16)

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

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
            self._manner,
            self.spawn,
            lambda: self.feed(events.Opened(attempt)),
            lambda data: self.feed(events.Received(attempt, data)),
            lambda code, reason: self._closed(attempt, code, reason),
        )

    def transmit(self, data: str | bytes) -> None:
        if self._socket is not None:
            self._socket.send(data)

    def abandon(self, code: Close) -> None:
        self._probe.abandon()
        if self._socket is not None:
            self._socket.close(code)
            self._socket = None

    def report(self, message: str, error: Exception | None = None) -> None:
        _log.error(message, exc_info=error)

    def _closed(self, attempt: int, code: int, reason: str) -> None:
        _log.info("try %d ended with code %d: %s", attempt, code, reason or "no reason given")
        self._socket = None  # what it had yet to send is lost, and keeps nothing else waiting
        self.feed(events.Closed(attempt, code, reason))
