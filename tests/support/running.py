"""A real server: a process of its own, on a free port, with its data in a folder of its own.

Used by the tests of the server and by those in a browser.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import free_port

PATIENCE = 20.0
"""Seconds after which what has not happened is taken for never happening."""

UNLIMITED = {
    f"REBOND_{name}": "0"
    for name in (
        "LOGIN_FAILURES_PER_ADDRESS",
        "LOGIN_FAILURES_PER_ACCOUNT",
        "REGISTRATIONS_PER_ADDRESS",
        "ROOMS_PER_ACCOUNT",
        "MESSAGES_PER_SECOND",
        "REQUESTS_PER_ACCOUNT",
        "REQUESTS_PER_ADDRESS",
    )
}
"""A test has a whole crowd at one address, and writes faster than people do; those of the limits set their own."""


class RunningServer:
    """``rebond serve`` in a process that can be stopped, killed and started again on the same port and data.

    ``settings`` are REBOND_ variables without their prefix, in lower case: ``RunningServer(path, token_seconds=1)``.
    ``patience`` is how many seconds it may take to start or to end, ``slowest`` how many its slowest start has taken.
    """

    def __init__(self, folder: Path, **settings: object) -> None:
        self.data = folder / "data"
        self.slowest = 0.0
        self.patience = PATIENCE
        self.port = free_port()
        self.settings = {name: str(value) for name, value in settings.items()}
        self.command = [sys.executable, "-m", "server.main", "serve"]
        self._process: subprocess.Popen[str] | None = None
        self._lines: list[str] = []
        self._said = threading.Condition()

    @property
    def url(self) -> str:
        """The address of the pages and of the HTTP interface."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """The address of the WebSocket endpoint."""
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.data / "rebond.sqlite3"

    def output(self) -> str:
        """Return all that the server has written so far, over all its lives."""
        with self._said:
            return "".join(self._lines)

    def start(self) -> Self:
        """Start the server and return once it says that it is up."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REBOND_")}
        environment |= UNLIMITED | {
            "REBOND_PORT": str(self.port),
            "REBOND_DATA": str(self.data),
            "PYTHONUNBUFFERED": "1",
        }
        environment |= {f"REBOND_{name.upper()}": value for name, value in self.settings.items()}
        with self._said:
            already = len(self._lines)
        begun = time.monotonic()
        self._process = subprocess.Popen(
            self.command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        self.wait_for("Rebond is at", after=already)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return self

    def wait_for(self, text: str, after: int = 0) -> None:
        """Wait until the server has written a line with ``text``, not counting the first ``after`` lines."""
        with self._said:
            heard = self._said.wait_for(
                lambda: any(text in line for line in self._lines[after:]) or self._ended(), self.patience
            )
            lines = self._lines[after:]
        if not heard or not any(text in line for line in lines):
            raise AssertionError(f"the server never said {text!r}; it said:\n{''.join(lines)}")

    def kill(self) -> None:
        """End the process at once, as a crash or a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the process to end, wait until it has (SIGTERM), and return its exit status."""
        return self._end(signal.SIGTERM)

    def call_back(self) -> None:
        """Have the server tell everybody to come anew (SIGUSR1)."""
        assert self._process is not None, "the server is not running"
        self._process.send_signal(signal.SIGUSR1)

    def restart(self) -> None:
        """Kill the server and start it again."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()

    def _end(self, number: int) -> int:
        assert self._process is not None, "the server is not running"
        process, self._process = self._process, None
        process.send_signal(number)
        return process.wait(self.patience)

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                with self._said:
                    self._lines.append(line)
                    self._said.notify_all()
        process.wait()
        with self._said:
            self._said.notify_all()
