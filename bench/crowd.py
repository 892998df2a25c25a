"""Many connections to one server, of any kind: Rebond's, a bare WebSocket, Socket.IO."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from websockets.asyncio.client import ClientConnection, connect

from rebond import wire

ROOM = "general"
MARK = "a message of the bench"
"""Begins every message's text; what arrives is counted by it, unparsed."""

TEXT = f"{MARK}, as long as people write them: the train is late, start without me."
PASSWORD = "a password for the bench"
PATIENCE = 60.0
"""Seconds after which what has not arrived is taken for lost."""

AT_ONCE = 8
"""Registrations in flight: the server hashes no more passwords at once anyway."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one speaks to a kind of server: where, what comes before the first message, and what a message is."""

    name: str
    url: str
    greet: Callable[[ClientConnection, int], Awaitable[None]]
    compose: Callable[[], str]


class Crowd:
    """Connections that are all in one room, and how many messages have arrived at them together."""

    def __init__(self, manner: Manner, connections: list[ClientConnection]) -> None:
        self.arrived = 0
        self._manner = manner
        self._connections = connections
        self._news = asyncio.Event()

    async def read(self, connection: ClientConnection) -> None:
        """Count what arrives at one connection, until it closes."""
        async for frame in connection:
            assert isinstance(frame, str), "every server here sends text"
            if frame == "2":  # Socket.IO asks whether we are there
                await connection.send("3")
            self.arrived += frame.count(MARK)
            self._news.set()

    async def say(self, messages: int) -> None:
        """Send messages from the first connection, one right after the other."""
        for _ in range(messages):
            await self._connections[0].send(self._manner.compose())

    async def wait(self, arrived: int) -> None:
        """Wait until so many messages have arrived in all. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while self.arrived < arrived:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def gathered(manner: Manner, members: int) -> AsyncIterator[Crowd]:
    """Connect so many members; yield the crowd once all are greeted."""
    async with AsyncExitStack() as stack:
        connections = []
        for number in range(members):
            opening = connect(manner.url, compression=None, ping_interval=None, max_size=None, proxy=None)
            connections.append(await stack.enter_async_context(opening))
            await manner.greet(connections[-1], number)
        crowd = Crowd(manner, connections)
        async with asyncio.TaskGroup() as group:
            readers = [group.create_task(crowd.read(connection)) for connection in connections]
            yield crowd
            for reader in readers:
                reader.cancel()


async def register(url: str, members: int) -> list[str]:
    """Make so many accounts; return an access token of each."""
    places = asyncio.Semaphore(AT_ONCE)

    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as http:

        async def one(number: int) -> str:
            async with places:
                answer = await http.post("/api/register", json={"name": f"member {number}", "password": PASSWORD})
            http.cookies.clear()
            return str(answer.raise_for_status().json()["token"])

        return list(await asyncio.gather(*map(one, range(members))))


def rebond(url: str, tokens: list[str]) -> Manner:
    """Speak docs/protocol.md; member n has the n-th token."""

    async def greet(connection: ClientConnection, number: int) -> None:
        await connection.send(wire.encode(wire.Hello(tokens[number], wire.VERSION, f"bench-{number}", {})))
        while not any(isinstance(frame, wire.Welcome) for frame in wire.decode_server(str(await connection.recv()))):
            continue

    return Manner("Rebond", url, greet, lambda: wire.encode(wire.Send(secrets.token_urlsafe(16), ROOM, TEXT)))


def plain(url: str) -> Manner:
    """Speak nothing at all: whatever is sent comes back to everybody. It is as long as Rebond's event."""

    async def greet(_: ClientConnection, __: int) -> None:
        """There is no greeting."""

    event = _event()
    return Manner("node + ws, which stores nothing", f"{url.replace('http', 'ws', 1)}/plain", greet, lambda: event)


def socket_io(url: str) -> Manner:
    """Speak Engine.IO 4 and Socket.IO 5 over a WebSocket from the first, as far as that is needed here."""

    async def greet(connection: ClientConnection, _: int) -> None:
        await connection.recv()
        await connection.send("40")
        await connection.recv()

    event = json.dumps(["say", _event()], separators=(",", ":"))
    where = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    return Manner("Socket.IO, which stores nothing", where, greet, lambda: f"42{event}")


def _event() -> str:
    body = {"id": secrets.token_urlsafe(16), "author": {"id": secrets.token_urlsafe(9), "name": "member 0"}}
    return wire.encode(wire.Event(f"room:{ROOM}", 100, "message", 1_800_000_000_000, {**body, "text": TEXT}))
