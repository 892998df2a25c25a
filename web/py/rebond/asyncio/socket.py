"""One WebSocket over the library websockets: one task that reads, one that writes, both gone when it is done with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from ssl import SSLContext
from typing import TypedDict

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from rebond.codes import Close
from rebond.face.token import Spawn

FAREWELL = 2.0
"""Seconds that what was sent last and the closing handshake have when the program stops."""


class Manner(TypedDict, total=False):
    """How to connect, in the words of :func:`websockets.asyncio.client.connect`."""

    subprotocols: Sequence[Subprotocol] | None
    additional_headers: Mapping[str, str] | None
    max_size: int
    ping_interval: float | None
    ssl: SSLContext | None


class Socket:
    """Connects; calls ``opened()``, ``received(data)`` and at the end ``closed(code, reason)``."""

    def __init__(
        self,
        url: str,
        manner: Manner,
        spawn: Spawn,
        opened: Callable[[], None],
        received: Callable[[str | bytes], None],
        closed: Callable[[int, str], None],
    ) -> None:
        self._opened, self._received, self._closed = opened, received, closed
        # The link has a time-out of its own for the handshake.
        self._connect = connect(url, open_timeout=None, close_timeout=FAREWELL, **manner)
        self._outgoing: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.subprotocol: str | None = None
        self.buffered = 0
        """How much the network has yet to take: bytes, and of texts their characters."""
        self._open = False
        self._abandoned = False
        self._deadline: asyncio.TimerHandle | None = None
        self._task = spawn(self._run())

    def send(self, data: str | bytes) -> None:
        """Put a frame on the wire, after those before it."""
        self.buffered += len(data)
        self._outgoing.put_nowait(data)

    def close(self, code: Close) -> None:
        """Close, and say nothing more; politely if there is no hurry, at once if the network is thought dead."""
        if self._abandoned:
            return
        self._abandoned = True
        if self._open and code is Close.NORMAL:
            self._outgoing.put_nowait(None)
            self._deadline = asyncio.get_running_loop().call_later(FAREWELL, self._task.cancel)
        else:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            connection = await self._connect
        except (OSError, WebSocketException, ValueError, ImportError) as error:
            self._end(Close.ABNORMAL, str(error))
            return
        writer = asyncio.ensure_future(self._write(connection))
        # What holds if a listener broke off the reading, as one does that raises CancelledError.
        code, reason = int(Close.ABNORMAL), "the reading was broken off"
        try:
            code, reason = await self._read(connection)
        finally:
            self._open = False
            if self._deadline is not None:
                self._deadline.cancel()
            writer.cancel()
            connection.transport.abort()
            await asyncio.gather(writer, connection.wait_closed(), return_exceptions=True)
            self._end(code, reason)

    async def _read(self, connection: ClientConnection) -> tuple[int, str]:
        """Hand on what arrives; return why nothing more does."""
        self._open = True
        self.subprotocol = connection.subprotocol
        if not self._abandoned:
            self._opened()
        try:
            while True:
                data = await connection.recv()
                if not self._abandoned:
                    self._received(data)
        except ConnectionClosed as error:
            close = error.rcvd
            return (Close.ABNORMAL, str(error)) if close is None else (close.code, close.reason)

    async def _write(self, connection: ClientConnection) -> None:
        try:
            while (data := await self._outgoing.get()) is not None:
                await connection.send(data)
                self.buffered -= len(data)
            await connection.close(Close.NORMAL)
        except ConnectionClosed:
            pass  # The reader learns of it too, and tells.

    def _end(self, code: int, reason: str) -> None:
        if not self._abandoned:
            self._closed(code, reason)
