"""The WebSocket endpoint: who may connect at all, before the upgrade; from then on the connection is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.websockets import WebSocket

from rebond.codes import Close
from rebond.session import Session
from server.addresses import address_of
from server.connection import Connection, Services
from server.errors import ServiceError
from server.roster import Seat

FAREWELL = 1.0
"""Seconds that those who are sent away have to take what was sent to them."""


class Gateway:
    """Admits connections. ``build`` returns the name of the pages' build; ``beat_ms`` is what clients are told."""

    def __init__(self, services: Services, build: Callable[[], str], beat_ms: int) -> None:
        self._services = services
        self._build = build
        self._beat_ms = beat_ms
        self._open: dict[Connection, asyncio.Task[None]] = {}

    async def connect(self, websocket: WebSocket) -> None:
        """Keep a connection from its handshake to its close, or refuse it with a plain HTTP answer."""
        address = address_of(websocket)
        roster = self._services.roster
        try:
            roster.arrive(address)
        except ServiceError as error:
            await websocket.send_denial_response(error.response())
            return
        try:
            await self._serve(websocket)
        finally:
            roster.depart(address)

    async def _serve(self, websocket: WebSocket) -> None:
        token = websocket.query_params.get("token")
        if token is not None:
            try:
                identity = await self._services.access.identify(token)
                self._services.roster.check(Seat(identity.user.id, identity.session, None))
                self._services.door.admit()
            except ServiceError as error:
                await websocket.send_denial_response(error.response())
                return
        await websocket.accept()
        now = asyncio.get_running_loop().time()
        window_ms = self._services.door.window_ms
        session = Session(build=self._build(), window_ms=window_ms, beat_ms=self._beat_ms, now=now)
        connection = Connection(websocket, session, self._services, token)
        self._open[connection] = running = asyncio.create_task(connection.run())
        try:
            await running
        finally:
            del self._open[connection]

    def __len__(self) -> int:
        """Return how many connections there are."""
        return len(self._open)

    def hear_no_more(self) -> None:
        """Take in nothing more that is said: whoever said it will say it again to the next server."""
        for connection in self._open:
            connection.hear_no_more()

    def call_back(self) -> None:
        """Have everybody come anew, each in a slot of its own, to be told which page is served now."""
        self._services.door.dismiss(0)

    async def drain(self) -> None:
        """Send everybody away, each with a slot of its own, and wait until they have heard it."""
        self._services.door.dismiss()
        for connection in tuple(self._open):
            connection.end(Close.RESTART, "the server restarts")
        if self._open:
            await asyncio.wait(self._open.values(), timeout=FAREWELL)
