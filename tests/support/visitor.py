"""Someone who uses a running server over HTTP and its WebSocket, without a browser."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rebond.asyncio import Token, TokenProvider, Unavailable
from tests.support.running import PATIENCE

Object = dict[str, object]

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


def fresh(stem: str) -> str:
    """Return a name that no other test uses."""
    return f"{stem}{next(_numbers)}"


class Reachable(Protocol):
    """A server somewhere."""

    @property
    def url(self) -> str: ...

    @property
    def ws_url(self) -> str: ...


class Visitor:
    """An account with a session: its cookie jar, its access token."""

    def __init__(self, server: Reachable) -> None:
        self.server = server
        self.http = httpx.AsyncClient(base_url=server.url, timeout=PATIENCE, verify=False)
        self.name = ""
        self.id = ""
        self.token = ""

    @classmethod
    @asynccontextmanager
    async def registered(cls, server: Reachable, stem: str = "visitor") -> AsyncIterator[Self]:
        """Yield someone with a new account."""
        visitor = cls(server)
        async with visitor.http:
            visitor.name = fresh(stem)
            visitor.take(await visitor.post("/api/register", name=visitor.name, password=PASSWORD))
            yield visitor

    def take(self, answer: httpx.Response) -> Object:
        """Keep the token of an answer that grants one, and return the answer's body."""
        assert answer.is_success, answer.text
        body: Object = answer.json()
        user = body["user"]
        assert isinstance(user, dict)
        self.id, self.name, self.token = user["id"], user["name"], str(body["token"])
        self.http.headers["authorization"] = f"Bearer {self.token}"
        return body

    async def post(self, path: str, **body: object) -> httpx.Response:
        """Send JSON, as the pages do."""
        return await self.http.post(path, json=body)

    async def get(self, path: str, **query: str | int) -> httpx.Response:
        """Ask for something."""
        return await self.http.get(path, params=query)

    @asynccontextmanager
    async def connected(
        self, *, cursors: Mapping[str, int] | None = None, epoch: str | None = None, tab: str | None = None
    ) -> AsyncIterator[Socket]:
        """Yield a socket that has been welcomed."""
        async with Socket.open(self.server.ws_url) as socket:
            await socket.hello(self.token, cursors=cursors, epoch=epoch, tab=tab or fresh("tab-"))
            yield socket


def provider_for(visitor: Visitor) -> TokenProvider:
    """Return a provider of tokens that has the visitor's renewed, as a page would."""

    async def token() -> Token | None:
        try:
            answer = await visitor.post("/api/refresh")
        except httpx.TransportError as error:
            raise Unavailable(str(error)) from error
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return None
        if answer.is_error:
            raise Unavailable(answer.text)
        body = answer.json()
        return Token(body["token"], body["expires_in"])

    return token


class Socket:
    """A WebSocket that speaks the protocol, one object at a time."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.welcome: Object = {}
        self._objects: deque[Object] = deque()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, **headers: str) -> AsyncIterator[Self]:
        """Yield a socket that is open and has said nothing yet. Raises InvalidStatus if it is refused."""
        async with connect(url, additional_headers=headers, max_size=None, proxy=None) as connection:
            yield cls(connection)

    async def hello(
        self, token: str, *, cursors: Mapping[str, int] | None = None, epoch: str | None = None, tab: str = "tab-one"
    ) -> Object:
        """Say hello and return the welcome."""
        await self.say(t="hello", token=token, v=1, tab=tab, cursors=cursors or {}, epoch=epoch)
        self.welcome = await self.hear("welcome")
        return self.welcome

    async def say(self, **frame: object) -> None:
        """Send one object."""
        await self.connection.send(json.dumps(frame))

    async def send(self, id: str, text: str = "hello", room: str = "general", after: str | None = None) -> None:  # noqa: A002 -- its name on the wire
        """Send a message."""
        await self.say(t="send", id=id, room=room, text=text, after=after)

    async def next(self) -> Object:
        """Return the next object that comes. Raises ConnectionClosed."""
        async with asyncio.timeout(PATIENCE):
            while not self._objects:
                value = json.loads(await self.connection.recv())
                self._objects.extend(value if isinstance(value, list) else [value])
        return self._objects.popleft()

    async def hear(self, kind: str, matches: Callable[[Object], bool] = lambda _: True) -> Object:
        """Return the next object of a kind, and drop what comes before it."""
        while True:
            frame = await self.next()
            if frame["t"] == kind and matches(frame):
                return frame

    async def acked(self, id: str) -> Object:  # noqa: A002 -- its name on the wire
        """Return the ack of a message, dropping what comes before it."""
        return await self.hear("ack", lambda frame: frame["id"] == id)

    async def refused(self) -> Object:
        """Return the next error."""
        return await self.hear("error")

    async def closed(self) -> tuple[int, str]:
        """Wait until the server closes, dropping what comes before, and return code and reason."""
        try:
            while True:
                await self.next()
        except ConnectionClosed:
            code = self.connection.close_code
            assert code is not None
            return code, self.connection.close_reason or ""

    async def alive(self) -> bool:
        """Tell whether the server still answers here."""
        await self.say(t="ping")
        return (await self.hear("pong"))["t"] == "pong"
