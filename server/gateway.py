"""The WebSocket endpoint: who may connect at all, before the upgrade; from then on the connection is its own."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable

from starlette.websockets import WebSocket

from rebond.session import Session
from server.connection import Connection, Services
from server.errors import ServiceError
from server.roster import Seat

WINDOW_MS = 250
"""The width of the retry window that clients are told, in milliseconds."""

BEAT_MS = 10_000
"""The silence after which a client pings, in milliseconds."""


class Gateway:
    """Admits connections, and tells them of what happens. ``build`` returns the name of the pages' build."""

    def __init__(self, services: Services, build: Callable[[], str]) -> None:
        self._services = services
        self._build = build

    async def connect(self, websocket: WebSocket) -> None:
        """Keep a connection from its handshake to its close, or refuse it with a plain HTTP answer."""
        address = network(websocket.client.host if websocket.client is not None else "")
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
            except ServiceError as error:
                await websocket.send_denial_response(error.response())
                return
        await websocket.accept()
        now = asyncio.get_running_loop().time()
        session = Session(build=self._build(), window_ms=WINDOW_MS, beat_ms=BEAT_MS, now=now)
        await Connection(websocket, session, self._services, token).run()


def network(host: str) -> str:
    """Return what counts as one address: in IPv6 a whole subnet, of which every household has one (RFC 6177)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network((int(address), 64), strict=False))
