"""Where the server listens: a port of its own, or a socket that systemd holds for it."""

from __future__ import annotations

import errno
import os
import socket

from server.settings import PREFIX

BACKLOG = 2048
"""Connections that may wait to be accepted: a crowd that comes back at once."""

HANDED_OVER = 3
"""The file descriptor of the first socket that systemd hands over (sd_listen_fds(3))."""

ELSEWHERE = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737): which of ours would be used to reach it is asked, and nothing is sent."""


class ListenError(Exception):
    """The server cannot listen; the message is one line that says why."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port and begin to listen: who comes from now on waits until the server is up.

    A socket that systemd has made for this process is taken instead: it goes on listening while the server restarts,
    so that nobody is ever refused. Raises ListenError if somebody has the port, or the host is none of this machine's.
    """
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and int(os.environ.get("LISTEN_FDS", "0")) > 0:
        return socket.socket(fileno=HANDED_OVER)
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(where[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ListenError(
                f"port {port} of {host} is taken: free it, or choose another with {PREFIX}PORT"
            ) from error
        raise ListenError(f"port {port} of {host} cannot be used: {error.strerror}") from error


def address(listener: socket.socket, host: str | None = None) -> str:
    """Return the address of the chat, as one types it into a browser; ``host`` is its name as others know it."""
    own, port = listener.getsockname()[:2]
    host = own if host is None else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def local_address() -> str | None:
    """Return this machine's address in the network that it is in, or None if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return None
        found: str = probe.getsockname()[0]
        return None if found.startswith("127.") else found
