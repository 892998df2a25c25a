"""The application: everything wired together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import ASGIApp

from server import place
from server.access import Access
from server.api import Api
from server.connection import Services
from server.cookies import RefreshCookie
from server.database import Database
from server.errors import BadRequestError, MethodNotAllowedError, NotFoundError, ServiceError
from server.forms import Forms
from server.gateway import Gateway
from server.hub import Hub
from server.log import AccessLog
from server.notices import Event, Notice, SessionEnded
from server.origins import SameOrigin
from server.pages import Pages
from server.passwords import Passwords
from server.roster import Caps, Roster
from server.security import SecurityHeaders
from server.settings import Settings
from server.tokens import Tokens

DAY = 24 * 60 * 60
"""Seconds."""


def create(settings: Settings, key: str, pages: Pages, ready: Callable[[], None]) -> ASGIApp:
    """Return the application. Its database has to be migrated; ``key`` signs the access tokens.

    ``ready`` is called when everything is up.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        hub, roster = Hub(), Roster(_caps(settings))

        def publish(notice: Notice) -> None:
            match notice:
                case Event():
                    hub.publish(notice)
                case SessionEnded(session, code):
                    roster.end_session(session, code)

        database = Database(settings.url, publish)
        passwords = Passwords()
        idle = settings.session_days * DAY
        access = Access(database, passwords, Tokens(key, settings.token_seconds), idle * 1000)
        counter = place.Counter(settings.database_file.with_suffix(".starts"))
        life = await database.write(partial(place.start, counted=counter.read()))
        counter.write(life.starts)
        gateway = Gateway(Services(access, database, hub, roster, life.epoch), pages.build)
        cookie = RefreshCookie(idle)
        routes: list[BaseRoute] = [
            WebSocketRoute("/ws", gateway.connect),
            *Api(access, database, cookie, pages).routes(),
            *Forms(access, cookie).routes(),
            *pages.routes(),
        ]
        app.router.routes.extend(routes)
        ready()
        yield
        passwords.close()
        await database.close()

    app = Starlette(
        lifespan=lifespan,
        exception_handlers={ServiceError: _refused, HTTPException: _http_refused, Exception: _failed},
    )
    app.router.redirect_slashes = False
    # Outside the application, so that its answer to a fault of its own gets its headers and its line in the log too.
    return AccessLog(SecurityHeaders(SameOrigin(app, settings.allowed_origins)))


def _caps(settings: Settings) -> Caps:
    return Caps(settings.sockets_per_session, settings.sockets_per_account, settings.sockets_per_address)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    return error.response()


async def _http_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kinds: dict[int, type[ServiceError]] = {404: NotFoundError, 405: MethodNotAllowedError}
    response = _answer(request, kinds.get(error.status_code, BadRequestError)())
    response.headers.update(error.headers or {})
    return response


async def _failed(request: Request, _: Exception) -> Response:
    return _answer(request, ServiceError())


def _answer(request: Request, error: ServiceError) -> Response:
    if request.url.path.startswith("/api/"):
        return error.response()
    return PlainTextResponse(f"{error.message}\n", error.status)
