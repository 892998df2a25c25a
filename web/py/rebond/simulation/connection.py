"""What a browser opens over its path: WebSockets, and single requests by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rebond.codes import Close
from rebond.simulation.network import Block, Path, Pipe

INSTANT = 0.001
"""Seconds after which a browser without a network says that a connection failed."""

KEEPALIVE = 40.0
"""Seconds after which a server has noticed that a client is gone: uvicorn pings after 20, and gives it 20 to answer."""


class Peer(Protocol):
    """The server's end of a WebSocket."""

    def received(self, text: str) -> None:
        """The client sent a frame."""

    def gone(self) -> None:
        """The connection is no more; nothing that is still sent will arrive."""


class Door(Protocol):
    """Where connections arrive."""

    def accept(self, socket: Socket) -> Peer | None:
        """Take in a WebSocket, or refuse it."""


class Socket:
    """A WebSocket. The first five functions are the browser's, the next two the server's, the others the network's.

    ``opened()``, ``received(text)`` and ``closed(code, reason)`` are called as the browser would; after :meth:`close`,
    none of them is.
    """

    def __init__(
        self,
        path: Path,
        door: Door,
        opened: Callable[[], None],
        received: Callable[[str], None],
        closed: Callable[[int, str], None],
    ) -> None:
        self._path = path
        self._door = door
        self._opened, self._received, self._closed = opened, received, closed
        self._peer: Peer | None = None
        self._up, self._down = path.pipe(up=True), path.pipe(up=False)
        self.connecting = True
        self.open = False

    @property
    def pipes(self) -> tuple[Pipe, Pipe]:
        """What it sends and receives through, for whoever looks on."""
        return self._up, self._down

    def connect(self) -> None:
        """Begin the handshake, unless the socket was closed before."""
        if not self.connecting:
            return
        if Block.CUT in self._path.blocks:
            self._path.clock.after(INSTANT, lambda: self._end(Close.ABNORMAL, ""))
        else:
            self._up.send("handshake", self._knock)

    def send(self, text: str) -> None:
        """Send a frame to the server."""
        self._up.send(text, lambda: self._to_peer(text))

    def close(self) -> None:
        """Close, and hear nothing more of it. The server hears of it when the network lets it."""
        self._let_go()
        self._up.send("close", self._hang_up)

    # The server's end.

    def transmit(self, text: str) -> None:
        """Send a frame to the browser."""
        self._down.send(text, lambda: self._to_page(text))

    def shut(self, code: int, reason: str) -> None:
        """Close from the server's side: the browser hears of it after all that was sent before."""
        self._peer = None
        self._down.send(f"close {code}", lambda: self._end(code, reason))

    # The network.

    def reset(self) -> None:
        """The connection breaks, and both ends know at once."""
        self._hang_up()
        self._end(Close.ABNORMAL, "")

    def drop(self) -> None:
        """Somebody on the way, such as a proxy, ends the connection in good order."""
        self._hang_up(cut=False)
        self._down.send("close 1001", lambda: self._end(Close.GOING_AWAY, ""))

    def lose(self) -> None:
        """The connection is gone without a word: the page will see by the silence, the server by its own pings."""
        self._up.sever()
        self._down.sever()
        self._path.clock.after(KEEPALIVE, self._hang_up)

    # How it works.

    def _knock(self) -> None:
        self._peer = self._door.accept(self)
        if self._peer is None:
            self._down.send("refused", lambda: self._end(Close.ABNORMAL, ""))
        else:
            self._down.send("accepted", self._accepted)

    def _accepted(self) -> None:
        if self.connecting:
            self.connecting, self.open = False, True
            self._opened()

    def _to_peer(self, text: str) -> None:
        if self._peer is not None:
            self._peer.received(text)

    def _to_page(self, text: str) -> None:
        if self.open:
            self._received(text)

    def _hang_up(self, *, cut: bool = True) -> None:
        peer, self._peer = self._peer, None
        if peer is not None:
            peer.gone()
        if cut:
            self._up.sever()
            self._down.sever()

    def _end(self, code: int, reason: str) -> None:
        self._up.sever()
        self._down.sever()
        if self.connecting or self.open:
            self._let_go()
            self._closed(code, reason)

    def _let_go(self) -> None:
        self.connecting = self.open = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict)


class Request:
    """One request: ``ask`` is called at the server and returns its answer, or None where none is listening.

    ``answered`` is called in the page, with None if there was no answer.
    """

    def __init__(
        self,
        path: Path,
        label: str,
        ask: Callable[[], Answer | None],
        answered: Callable[[Answer | None], None],
    ) -> None:
        self._ask, self._answered = ask, answered
        self._up, self._down = path.pipe(up=True), path.pipe(up=False)
        self.waiting = True
        if Block.CUT in path.blocks:
            path.clock.after(INSTANT, lambda: self._finish(None))
        else:
            self._up.send(label, self._arrive)

    def cancel(self) -> None:
        """Want no answer any more."""
        self.waiting = False
        self._up.sever()
        self._down.sever()

    def _arrive(self) -> None:
        answer = self._ask()
        self._down.send("refused" if answer is None else f"{answer.status}", lambda: self._finish(answer))

    def _finish(self, answer: Answer | None) -> None:
        if self.waiting:
            self.cancel()
            self._answered(answer)
