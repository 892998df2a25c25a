"""One WebSocket of the browser, with its one proxy, which is destroyed when the socket is done with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

from rebond.codes import Close

_KINDS = ("open", "message", "close")
_OPEN = 1
"""``WebSocket.OPEN``."""


class _Data(Protocol):
    def to_bytes(self) -> bytes: ...


class _Event(Protocol):
    """The bit of ``Event``, ``MessageEvent`` and ``CloseEvent`` that is used here."""

    type: str
    data: str | _Data
    code: int
    reason: str


class Socket:
    """Connects to ``url``; calls ``opened()``, ``received(data)`` and at the end ``closed(code, reason)``.

    Raises ValueError if the browser will not have it, such as a plain ``ws`` from a page that came by https.
    """

    def __init__(
        self,
        url: str,
        subprotocols: Sequence[str],
        opened: Callable[[], None],
        received: Callable[[str | bytes], None],
        closed: Callable[[int, str], None],
    ) -> None:
        self._opened, self._received, self._closed = opened, received, closed
        try:
            self._socket = js.WebSocket.new(url, to_js(list(subprotocols)))
        except JsException as error:
            raise ValueError(str(error)) from error
        self._socket.binaryType = "arraybuffer"
        self._proxy: JsProxy | None = create_proxy(self._handle)
        for kind in _KINDS:
            self._socket.addEventListener(kind, self._proxy)

    @property
    def subprotocol(self) -> str | None:
        """What the server chose of the subprotocols, once open."""
        return str(self._socket.protocol) or None

    @property
    def buffered(self) -> int:
        """How many bytes the browser has yet to give to the network."""
        return int(self._socket.bufferedAmount)

    def send(self, data: str | bytes) -> None:
        """Put a frame on the wire. On a socket that is closing it is dropped, and ``closed`` follows."""
        # The browser would drop it too, but not without a complaint in its console.
        if self._socket.readyState == _OPEN:
            self._socket.send(data if isinstance(data, str) else to_js(data))

    def close(self, code: Close) -> None:
        """Close, and say nothing more, without waiting for an answer that may take minutes on a dead network."""
        self._let_go()
        # A page may give no code but 1000 and those from 3000 (the WebSocket standard, section 3.1).
        if code is Close.NORMAL:
            self._socket.close(int(code))
        else:
            self._socket.close()

    def _handle(self, event: _Event) -> None:
        if event.type == "message":
            data = event.data
            self._received(data if isinstance(data, str) else data.to_bytes())
        elif event.type == "open":
            self._opened()
        else:
            self._let_go()
            self._closed(event.code, event.reason)

    def _let_go(self) -> None:
        if self._proxy is not None:
            for kind in _KINDS:
                self._socket.removeEventListener(kind, self._proxy)
            self._proxy.destroy()
            self._proxy = None
