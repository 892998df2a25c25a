"""How many requests one address may make, before anything is done about them."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from server.addresses import address_of
from server.limits import Limits

PREFIX = "/api/"

FREE = frozenset({"/api/alive", "/api/refresh"})
"""What a crowd that comes back from one address asks for all at once; :mod:`server.door` has a limit of its own."""


class Throttle:
    """Refuses requests to the HTTP interface from an address that makes too many."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it with 429."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX) and scope["path"] not in FREE:
            refusal = self._limits.address_requests.refusal(address_of(HTTPConnection(scope)))
            if refusal is not None:
                await refusal.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)
