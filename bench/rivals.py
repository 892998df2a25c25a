"""Other people's clients, and the servers they connect to: bench/server.mjs, on Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.alive import FirstAnswer
from tests.support.ports import free_port
from web.runtime.install import bring_npm, find_npm, run

HERE = Path(__file__).parent
PATIENCE = 20.0
"""Seconds that the server has to begin to answer."""


def install() -> str:
    """Install what bench/package-lock.json pins, if that has not been done; return the Node to run it on.

    Raises web.runtime.install.InstallError when something is missing.
    """
    npm = find_npm(os.environ.get("PATH", os.defpath)) or bring_npm()
    folder = str(Path(npm).parent)
    lock, done = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        print("Installing the clients to compare with into bench/node_modules …", file=sys.stderr, flush=True)
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], HERE, beside=Path(folder))
    node = shutil.which("node", path=f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    assert node is not None, "there is no npm without a Node beside it"
    return node


class RivalServer:
    """The Node server in a process that can be killed and started again on the same port."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """The address of its pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> str:
        """What to ask to find out whether it is there."""
        return f"{self.url}/alive"

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        self._process = subprocess.Popen([self._node, str(HERE / "server.mjs"), str(self.port)])

    def kill(self) -> None:
        """End it at once (SIGKILL), if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None

    def start(self) -> Self:
        """Start it, and return once it answers."""
        self.begin()
        FirstAnswer(self.alive).wait(PATIENCE)
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
