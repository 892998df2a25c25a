"""A plain WebSocket server, which knows nothing of Rebond: it echoes. Inside a test, or as a process to be killed.

``python -m tests.support.plain 8765`` runs it on a port and says so on its output.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.support.ports import free_port
from tests.support.running import PATIENCE

SUBPROTOCOLS = {Subprotocol("chat.v1"), Subprotocol("chat.v2")}

DROP = "drop me"
"""The frame upon which the server resets the connection it came by."""


class PlainServer:
    """Echoes every frame, from :meth:`start` to :meth:`kill`.

    Over HTTP ``/alive`` answers, and ``/say/<text>`` sends a frame to everybody who is connected.
    """

    def __init__(self, port: int | None = None, context: ssl.SSLContext | None = None) -> None:
        self.port = free_port() if port is None else port
        self.connections: set[ServerConnection] = set()
        self.greeted = 0
        """How many connections there were in all."""
        self.most = 0
        """The most connections that there were at one time."""
        self.probed = 0
        """How often ``/alive`` was asked."""
        self.requests: list[Request] = []
        self.frames: list[str | bytes] = []
        self._saying: set[asyncio.Task[None]] = set()
        self._echoing: set[asyncio.Task[None]] = set()
        self._context = context
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """The address of the WebSocket."""
        return f"ws{'' if self._context is None else 's'}://127.0.0.1:{self.port}/feed"

    async def start(self) -> None:
        """Listen."""
        self._server = await serve(
            self._echo,
            "127.0.0.1",
            self.port,
            process_request=self._answer,
            select_subprotocol=lambda _, offered: next((name for name in offered if name in SUBPROTOCOLS), None),
            ssl=self._context,
            max_size=None,
            max_queue=None,
        )

    async def kill(self) -> None:
        """End as a crash would: listen no more, and reset every connection."""
        server, self._server = self._server, None
        if server is not None:
            for connection in self.connections:
                connection.transport.abort()
            server.close()
            await server.wait_closed()

    async def finished(self) -> None:
        """Return once every connection that there was is over, and all it brought has been read."""
        if self._echoing:
            await asyncio.wait(self._echoing)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        path = request.path
        if path.startswith("/alive"):
            self.probed += 1
            return connection.respond(http.HTTPStatus.OK, "here\n")
        if path.startswith("/say/"):
            for listener in self.connections:
                self._saying.add(saying := asyncio.ensure_future(listener.send(path.removeprefix("/say/"))))
                saying.add_done_callback(self._saying.discard)
            return connection.respond(http.HTTPStatus.OK, f"{len(self.connections)}\n")
        return None

    async def _echo(self, connection: ServerConnection) -> None:
        echoing = asyncio.current_task()
        assert echoing is not None
        self._echoing.add(echoing)
        self.greeted += 1
        self.connections.add(connection)
        self.most = max(self.most, len(self.connections))
        try:
            with contextlib.suppress(ConnectionClosed):
                async for frame in connection:
                    self.frames.append(frame)
                    if frame == DROP:
                        connection.transport.abort()
                    with contextlib.suppress(ConnectionClosed):  # what came before the end is read all the same
                        await connection.send(frame)
        finally:
            self.connections.discard(connection)
            self._echoing.discard(echoing)


class PlainProcess:
    """The same in a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of the WebSocket."""
        return f"ws://127.0.0.1:{self.port}/feed"

    def freeze(self) -> None:
        """Let it run no further: its connections stay open and say nothing any more (SIGSTOP)."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def start(self) -> None:
        """Return once it listens."""
        command = [sys.executable, "-m", "tests.support.plain", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the plain server did not start"

    def say(self, text: str) -> None:
        """Send a frame to everybody, once there is somebody."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/say/{text}", timeout=PATIENCE) as answer:
                if int(answer.read()):
                    return
            time.sleep(0.02)
        raise AssertionError(f"nobody was there to hear {text!r}")

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            assert process.stdout is not None
            process.stdout.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


async def main() -> None:
    """Run until killed."""
    async with PlainServer(int(sys.argv[1])):
        print("listening", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
