"""What goes out on one connection: a bounded queue, and one writer that sends all that is pending as one frame."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from rebond import wire
from rebond.codes import Close

MAX_QUEUED = 1024 * 1024
"""Characters that may wait for a slow reader. A slice of a stream has to fit in (see :mod:`server.streams`)."""

MAX_LATEST = 1_000
"""Values of state that may wait besides; the one that has waited longest gives way."""

MAX_JOINED = 32 * 1024
"""Characters beyond which a frame is not made longer by what else is pending. (A write that the system takes at once
is the dearest part of sending; beyond this size that is no longer so.)"""


class Sender(Protocol):
    """The bit of Starlette's WebSocket that is needed here."""

    async def send_text(self, data: str) -> None:
        """Send a text frame, once the network takes it."""

    async def close(self, code: int, reason: str | None) -> None:
        """Begin the closing handshake."""


class Outbound:
    """The queue towards one client. With ``joined`` false every item is a frame of its own."""

    def __init__(self, sender: Sender, *, joined: bool) -> None:
        self._sender = sender
        self._joined = joined
        self._pending: deque[str] = deque()
        self._length = 0
        self._latest: dict[tuple[str, ...], str] = {}
        self._farewell: tuple[Close, str] | None = None
        self._wanted = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, text: str) -> bool:
        """Queue a frame; False if the queue is full, and the reader too slow for it."""
        if self._farewell is not None:
            return True
        if self._length + len(text) > MAX_QUEUED:
            return False
        self._pending.append(text)
        self._length += len(text)
        self._idle.clear()
        self._wanted.set()
        return True

    def show(self, key: tuple[str, ...], text: str) -> None:
        """Queue a frame that is only state behind all others, in the place of one of the same key."""
        if self._farewell is not None:
            return
        if key not in self._latest and len(self._latest) >= MAX_LATEST:
            del self._latest[next(iter(self._latest))]
        self._latest[key] = text
        self._idle.clear()
        self._wanted.set()

    def close(self, code: Close, reason: str) -> None:
        """Close the connection once what is queued has been sent, or at once if its reader is too slow for that."""
        if code is Close.SLOW_READER:
            self._pending.clear()
            self._latest.clear()
            self._length = 0
        self._farewell = (code, reason)
        self._wanted.set()

    async def idle(self) -> None:
        """Wait until the network has taken all that was queued."""
        await self._idle.wait()

    async def run(self) -> None:
        """Send what is queued, as it comes, until the connection is closed from here or lost."""
        try:
            while self._farewell is None or self._pending or self._latest:
                await self._wanted.wait()
                while self._pending or self._latest:
                    await self._sender.send_text(self._next())
                self._wanted.clear()
                self._idle.set()
            await self._sender.close(*self._farewell)
        finally:
            self._idle.set()  # nobody is to wait for a network that is gone

    def _next(self) -> str:
        if not self._pending:
            self._pending.extend(self._latest.values())
            self._length += sum(map(len, self._pending))
            self._latest.clear()
        frames = [self._pending.popleft()]
        length = len(frames[0])
        while self._joined and self._pending and length + len(self._pending[0]) <= MAX_JOINED:
            frames.append(self._pending.popleft())
            length += len(frames[-1])
        self._length -= length
        return wire.join(frames)
