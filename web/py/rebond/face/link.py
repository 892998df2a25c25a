"""A link as a program holds it: ``async with``, ``async for`` or callbacks, ``send``, ``status``, ``retry_now``."""

from __future__ import annotations

import asyncio
import random
from abc import abstractmethod
from collections.abc import Coroutine
from types import TracebackType
from typing import Generic, Self, cast, overload

from rebond import events, link
from rebond.face.inbox import Inbox
from rebond.face.listening import AllListeners, Incoming, check
from rebond.face.names import fresh_name
from rebond.face.sleep import Sleep
from rebond.face.token import Renewal, TokenProvider, provider_of
from rebond.options import MAX_BUFFERED, Options
from rebond.shell import Listeners, Shell
from rebond.states import State
from rebond.status import Status
from rebond.storage import Storage
from rebond.text import well_formed

PROBE = "/api/alive"
"""Where a server that speaks docs/protocol.md says that it is there."""

_SILENT = frozenset({State.STOPPED, State.SIGNED_OUT})
"""The states in which nothing arrives until the program does something about it."""


class Face(Shell, Generic[Incoming]):
    """What the links of all platforms have in common for whoever uses one.

    Without a token a link works with any WebSocket server; with one it speaks docs/protocol.md. What arrives is
    ``Incoming``: frames from the one, events from the other. It goes to ``on_data`` or ``on_event`` where that is
    given, and otherwise waits for ``async for``.
    """

    def __init__(
        self,
        token: str | TokenProvider | None,
        *,
        probed: bool,
        ping: str | bytes | None = None,
        listeners: AllListeners,
        storage: Storage | None = None,
        tab: str | None = None,
        account: str | None = None,
    ) -> None:
        plain = token is None
        check(listeners, plain=plain)
        if ping is not None:
            if not plain:
                raise TypeError("a link with a token has beats of its own: ping is for one without")
            _check_frame(ping)
        self._inbox: Inbox[Incoming] | None = None if {"on_data", "on_event"} & listeners.keys() else Inbox()
        self._on_status = listeners.get("on_status")
        options = Options(
            tab=tab or fresh_name(),
            plain=plain,
            ping=ping,
            probe=probed,
            token=not plain,
            durable=storage is not None,
            account=account,
        )
        # SystemRandom: a memory snapshot of Pyodide freezes the state of `random`, and with it everybody's jitter.
        super().__init__(link.Link(options, random.SystemRandom()), self._wired(listeners), storage)
        self._sleep = Sleep()
        self._hidden = False
        self._renewal: Renewal | None = None
        if token is not None:
            self._renewal = Renewal(provider_of(token), self.feed, self.spawn, self.report)

    # What a program does with it, besides what every shell offers.

    @property
    @abstractmethod
    def subprotocol(self) -> str | None:
        """The subprotocol that the server chose for the open connection."""

    @property
    @abstractmethod
    def buffered(self) -> int:
        """How many bytes that were sent have yet to leave for the network."""

    @overload
    def send(self, room: str, text: str, *, re: str | None = None) -> str: ...
    @overload
    def send(self, room: str | bytes, /) -> None: ...
    def send(self, room: str | bytes, text: str | None = None, *, re: str | None = None) -> str | None:
        """Send a frame to a plain server, or a message to a room; now, or once the link is live.

        ``send(data)`` takes the frame's text or bytes. On a connection that breaks, frames on their way are lost.
        ``send(room, text)`` returns the message's id; it reaches the room exactly once, or ``on_refused`` is called.
        ``re`` names the message that it replies to, as ``author/id``.

        Raises ValueError if the text can be no frame or no message, and OverflowError when too much waits already: for
        the link to come back, or for a network that is too slow.
        """
        if self._machine.options.plain:
            if text is not None:
                raise TypeError("a link without a token has no rooms: send(data) takes one frame, text or bytes")
            _check_frame(room)
            if self.buffered > MAX_BUFFERED:
                raise OverflowError(f"{self.buffered} bytes are waiting for the network already")
            self.send_raw(room)
            return None
        if not isinstance(room, str) or not isinstance(text, str):
            raise TypeError("a link with a token sends messages to rooms: send(room, text)")
        return super().send(room, text, re=re)

    def start(self) -> None:
        """Connect, and stay connected."""
        self._sleep = Sleep()
        super().start()

    def stop(self) -> None:
        """Close, and stay closed until :meth:`start`."""
        super().stop()
        if self._renewal is not None:
            self._renewal.cancel()

    @abstractmethod
    async def aclose(self) -> None:
        """Stop, and return when nothing of the link is left."""

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        """Iterate over what arrives, until the link stops or has no token any more: ``status.cause`` says why."""
        if self._inbox is None:
            raise TypeError("what arrives goes to on_data or on_event; leave that out to iterate")
        return self

    async def __anext__(self) -> Incoming:
        """Return what arrived next. Raises OverflowError where the program was too slow and something was lost."""
        if self._inbox is None:
            raise TypeError("what arrives goes to on_data or on_event; leave that out to iterate")
        return await self._inbox.get()

    # How it works.

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run ``work`` beside everything else."""
        return asyncio.ensure_future(work)

    def tick(self) -> None:
        """Take a tick of the interval."""
        self._look_at_clocks()
        self.feed(events.Tick())

    def ring(self) -> None:
        """Take the alarm."""
        self._look_at_clocks()
        self.feed(events.Alarm())

    def signal(self, event: events.Event) -> None:
        """Take what the page says of itself: that it woke, is hidden, is online …"""
        if isinstance(event, events.Woke):
            # The clocks would soon say so too; heard twice, a dead connection would be given twice the time.
            self._sleep.slept()
        if isinstance(event, events.Woke | events.Hidden):
            self._hidden = isinstance(event, events.Hidden)
        self.feed(event)

    def renew(self) -> None:
        if self._renewal is not None:
            self._renewal.ask()

    def _look_at_clocks(self) -> None:
        if self._sleep.slept():
            self.feed(events.Woke())
            if self._hidden:
                self.feed(events.Hidden())  # the machine woke, and still nobody looks at the page

    def _wired(self, given: AllListeners) -> Listeners:
        # Only one of data and event is ever called, and `Incoming` is what it is called with.
        listeners = Listeners()
        if self._inbox is not None:
            listeners.event = listeners.data = cast("Inbox[object]", self._inbox).put
        for name, function in given.items():
            setattr(listeners, name.removeprefix("on_"), function)
        listeners.status = self._tell_status
        return listeners

    def _tell_status(self, status: Status) -> None:
        if self._inbox is not None:
            if status.state in _SILENT:
                self._inbox.close()
            else:
                self._inbox.reopen()
        if self._on_status is not None:
            self._on_status(status)


def _check_frame(data: str | bytes) -> None:
    """Raise TypeError or ValueError for what can be no frame."""
    if not isinstance(data, str | bytes):
        raise TypeError(f"a frame is str or bytes, not {type(data).__name__}; json.dumps makes a str of most things")
    if isinstance(data, str) and not well_formed(data):
        raise ValueError("the text holds half a surrogate pair, which cannot be written as UTF-8")
