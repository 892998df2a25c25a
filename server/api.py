"""The HTTP interface: JSON in, JSON out. See also :mod:`server.api_rooms`."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rebond import wire
from server.access import Access
from server.bearer import bearer
from server.bodies import read_json
from server.cookies import RefreshCookie
from server.database import Database
from server.devices import Devices
from server.door import Door
from server.errors import BannedError, SessionEndedError
from server.pages import Pages
from server.sessions import Grant


class Credentials(Struct, frozen=True):
    """What one registers and logs in with; ``code`` is a join code, where one is needed to register."""

    name: str
    password: str
    code: str | None = None


class Api:
    """The endpoints, and what they need."""

    def __init__(
        self,
        access: Access,
        database: Database,
        door: Door,
        cookie: RefreshCookie,
        devices: Devices,
        pages: Pages,
    ) -> None:
        self._access = access
        self._database = database
        self._door = door
        self._cookie = cookie
        self._devices = devices
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the paths of the interface."""
        return [
            Route("/healthz", self.healthz),
            Route("/api/alive", self.alive),
            Route("/api/register", self.register, methods=["POST"]),
            Route("/api/login", self.log_in, methods=["POST"]),
            Route("/api/refresh", self.refresh, methods=["POST"]),
            Route("/api/logout", self.log_out, methods=["POST"]),
        ]

    async def alive(self, _: Request) -> Response:
        """Say that the server is there, and has a place; it costs next to nothing, since a whole crowd may ask."""
        self._door.invite()
        window_ms = self._door.window_ms
        return JSONResponse({"ok": True, "build": self._pages.build(), "window_ms": window_ms, "v": wire.VERSION})

    async def healthz(self, _: Request) -> Response:
        """Say whether the database answers."""
        await self._database.read(lambda connection: connection.execute(select(1)))
        return JSONResponse({"ok": True})

    async def register(self, request: Request) -> Response:
        """Make an account."""
        credentials = await read_json(request, Credentials)
        caller = self._devices.caller(request, credentials.code)
        return self._granted(request, await self._access.register(credentials.name, credentials.password, caller), 201)

    async def log_in(self, request: Request) -> Response:
        """Begin a session."""
        credentials = await read_json(request, Credentials)
        return self._granted(
            request,
            await self._access.log_in(credentials.name, credentials.password, self._devices.caller(request)),
            200,
        )

    async def refresh(self, request: Request) -> Response:
        """Exchange the refresh token of the cookie for an access token and a new cookie."""
        refresh = self._cookie.get(request)
        try:
            if refresh is None:
                raise SessionEndedError
            self._door.pass_by()
            return self._granted(request, await self._access.renew(refresh), 200)
        except (SessionEndedError, BannedError) as error:
            response = error.response()
            self._cookie.clear(request, response)
            return response

    async def log_out(self, request: Request) -> Response:
        """End the session, whether it is known by its cookie or by an access token."""
        await self._access.log_out(bearer(request), self._cookie.get(request))
        response = Response(status_code=204)
        self._cookie.clear(request, response)
        return response

    def _granted(self, request: Request, grant: Grant, status: int) -> Response:
        token, expires_in = self._access.token(grant)
        response = JSONResponse({"user": grant.user.as_json(), "token": token, "expires_in": expires_in}, status)
        self._cookie.set(request, response, grant.refresh, grant.user.id)
        self._devices.mark(request, response, grant.user.id)
        return response
