"""Registering and logging in by a plain form, before Python is up in the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.access import Access, Caller
from server.api import Credentials
from server.bodies import read_form
from server.cookies import RefreshCookie
from server.devices import Devices
from server.errors import ServiceError
from server.sessions import Grant


class Forms:
    """The endpoints of the two forms. The page that follows finds its session by the cookie."""

    def __init__(self, access: Access, cookie: RefreshCookie, devices: Devices) -> None:
        self._access = access
        self._cookie = cookie
        self._devices = devices

    def routes(self) -> list[Route]:
        """Return the paths that the forms are sent to."""
        return [
            Route("/register", self.register, methods=["POST"]),
            Route("/login", self.log_in, methods=["POST"]),
        ]

    async def register(self, request: Request) -> Response:
        """Make an account."""
        return await self._enter(request, self._access.register)

    async def log_in(self, request: Request) -> Response:
        """Begin a session."""
        return await self._enter(request, self._access.log_in)

    async def _enter(self, request: Request, way_in: Callable[[str, str, Caller], Awaitable[Grant]]) -> Response:
        try:
            credentials = await read_form(request, Credentials)
            grant = await way_in(
                credentials.name, credentials.password, self._devices.caller(request, credentials.code)
            )
        except ServiceError as error:
            return RedirectResponse(f"/?{urlencode({'problem': error.code})}", 303)
        response = RedirectResponse("/", 303)
        self._cookie.set(request, response, grant.refresh, grant.user.id)
        self._devices.mark(request, response, grant.user.id)
        return response
