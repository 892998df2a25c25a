"""Finds out when a server begins to answer."""

from __future__ import annotations

import socket
import threading
import time
from urllib.parse import urlsplit

PAUSE = 0.002
"""Seconds between two attempts."""


class FirstAnswer:
    """Asks ``url`` over and over, from now until it answers 200; :meth:`wait` tells when that was."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._where = (parts.hostname or "", parts.port or 80)
        self._request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
        self._at: float | None = None
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def wait(self, patience: float) -> float:
        """Return when the answer came, in seconds since the Unix epoch. Raises TimeoutError."""
        self._thread.join(patience)
        self._given_up.set()
        if self._at is None:
            raise TimeoutError(f"{self._where} has not answered for {patience} s")
        return self._at

    def _ask(self) -> None:
        while not self._given_up.is_set():
            if self._answered():
                self._at = time.time()
                return
            time.sleep(PAUSE)

    def _answered(self) -> bool:
        try:
            with socket.create_connection(self._where, 10) as connection:
                connection.sendall(self._request)
                return connection.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False
