"""Ports for servers that are stopped and started again: each is one process's alone for as long as that lives.

A port that the system hands out may go to somebody else while its server is down. These lie below those that Linux
gives to outgoing connections (net.ipv4.ip_local_port_range), and a lock on a file keeps other test processes off.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

FIRST, LAST = 10_000, 32_767

_claims: list[int] = []
"""The open files whose locks hold the claimed ports; closed when the process ends."""


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens and that no other process of the tests will be given.

    Raises OSError if there is none left.
    """
    for port in random.SystemRandom().sample(range(FIRST, LAST + 1), LAST + 1 - FIRST):
        if _claim(port):
            return port
    raise OSError(f"all ports from {FIRST} to {LAST} are taken")


def _claim(port: int) -> bool:
    folder = Path(tempfile.gettempdir()) / f"rebond-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    claim = os.open(folder / str(port), os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            # As servers do: connections that have just ended do not make a port unusable.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError:
        os.close(claim)
        return False
    _claims.append(claim)
    return True
