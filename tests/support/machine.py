"""A machine as docs/deploy.md sets one up, in a folder: releases, data, and a stand-in for systemd.

As rebond.socket has it, the listening socket is not the server's: it stays open while that restarts.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from server.listening import BACKLOG, HANDED_OVER
from tests.support.running import PATIENCE, UNLIMITED

ASK = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); sys.exit(s.recv(1) != b'.')"
"""What `systemctl restart` is here: asks the stand-in, and ends when that is done."""

AS_SYSTEMD = f"""import os, sys
os.dup2(int(sys.argv[1]), {HANDED_OVER})
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], [sys.argv[2], "serve"])
"""
"""Hands the socket over and becomes the server, whose process is known only here (sd_listen_fds(3))."""


class Machine:
    """Stands while the block runs. ``folder`` is to be empty."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.root = folder / "srv"
        self.data = folder / "data"
        self.log = folder / "log"
        self.restarts = 0
        self._settings = {f"REBOND_{name.upper()}": str(value) for name, value in settings.items()}
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._bell = socket.socket(socket.AF_UNIX)
        self._bell.bind(str(folder / "bell"))
        self._bell.listen()
        self._thread = threading.Thread(target=self._attend, daemon=True)
        self.root.mkdir()

    @property
    def url(self) -> str:
        """The address of the chat."""
        return f"http://127.0.0.1:{self._port.getsockname()[1]}"

    @property
    def ws_url(self) -> str:
        """The address of the WebSocket endpoint."""
        return f"ws{self.url.removeprefix('http')}/ws"

    @property
    def runs(self) -> str:
        """The name of the release that ``current`` leads to."""
        return (self.root / "current").resolve().name

    def release(self, script: Path, archive: Path) -> subprocess.CompletedProcess[str]:
        """Put a release in place, as the one who hosts would."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REBOND_")}
        environment |= {
            "RELEASE_ROOT": str(self.root),
            "REBOND_DATA": str(self.data),
            "RELEASE_URL": self.url,
            "RELEASE_PATIENCE": "5",
            "RELEASE_RESTART": f"{self._folder / 'restart'}",
            "PYTHON": sys.executable,
            "PIP_NO_COMPILE": "1",  # to be quick; the server compiles what it imports
        }
        return subprocess.run([script, archive], env=environment, capture_output=True, text=True, check=False)

    def __enter__(self) -> Self:
        restart = self._folder / "restart"
        restart.write_text(f"#!{sys.executable}\nimport sys; sys.argv[1:] = [{str(self._folder / 'bell')!r}]\n{ASK}\n")
        restart.chmod(0o755)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone would not wake the thread that waits for somebody to ring.
        self._bell.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._bell.close()
        self._stop()
        self._port.close()

    def _attend(self) -> None:
        while True:
            try:
                caller, _ = self._bell.accept()
            except OSError:
                return  # the machine is shut down
            with caller:
                self._stop()
                self._start()
                self.restarts += 1
                caller.send(b".")

    def _start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REBOND_")}
        environment |= UNLIMITED | {"REBOND_DATA": str(self.data), "PYTHONUNBUFFERED": "1"} | self._settings
        number = self._port.fileno()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", AS_SYSTEMD, str(number), str(self.root / "current/.venv/bin/rebond")],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[number],
                cwd=self.root,
            )

    def _stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE)
            self._process = None
