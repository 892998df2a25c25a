"""The application: everything wired together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Receive, Scope, Send

from rebond.admission import Admission, Rates
from rebond.streams import ROOMS
from server import people, place, rooms
from server.access import Access
from server.api import Api
from server.api_account import AccountApi
from server.api_members import MembersApi
from server.api_rooms import RoomsApi
from server.connection import Services
from server.cookies import RefreshCookie
from server.database import Database, forget
from server.departures import Departures
from server.devices import Devices
from server.door import Door
from server.errors import BadRequestError, BusyError, MethodNotAllowedError, NotFoundError, ServiceError
from server.forms import Forms
from server.gateway import Gateway
from server.host import Host
from server.hub import Hub
from server.indexer import Indexer
from server.limits import Limits
from server.log import AccessLog
from server.metrics import Measured, Metrics, Tally
from server.notices import AccountEnded, Event, Marked, Notice, SessionEnded, StandingChanged
from server.origins import SameOrigin
from server.pages import Pages
from server.passwords import Passwords
from server.practice import Practice
from server.roster import Caps, Roster
from server.security import SecurityHeaders
from server.settings import Settings
from server.states import States
from server.throttle import Throttle
from server.tokens import Tokens

DAY = 24 * 60 * 60
"""Seconds."""


class Application:
    """The ASGI application. Its database has to be migrated; ``key`` signs the access tokens.

    ``ready`` is called when everything is up.
    """

    def __init__(self, settings: Settings, key: str, pages: Pages, ready: Callable[[], None]) -> None:
        self._settings = settings
        self._key = key
        self._pages = pages
        self._ready = ready
        self._drain: Callable[[], Awaitable[None]] | None = None
        self._call_back: Callable[[], None] | None = None
        app = Starlette(
            lifespan=self._live,
            exception_handlers={ServiceError: _refused, HTTPException: _http_refused, Exception: _failed},
        )
        app.router.redirect_slashes = False
        self._limits = Limits(settings, time.monotonic)
        # Outside of it, so that its answer to a fault of its own gets its headers and its line in the log too.
        checked = SameOrigin(Throttle(app, self._limits), settings.allowed_origins)
        self._outermost = AccessLog(SecurityHeaders(checked))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await self._outermost(scope, receive, send)

    async def drain(self) -> None:
        """Let nobody in any more, finish what is in flight, and send everybody away."""
        if self._drain is not None:
            await self._drain()

    def call_back(self) -> None:
        """Have everybody come anew, since the page that is served is another."""
        if self._call_back is not None:
            self._call_back()

    @asynccontextmanager
    async def _live(self, app: Starlette) -> AsyncIterator[None]:
        settings, limits, hub, roster = self._settings, self._limits, Hub(), Roster(_caps(self._settings))
        tally = Tally()

        def publish(notice: Notice) -> None:
            match notice:
                case Event(kind=kind):
                    if kind == "message":
                        tally.messages += 1
                        indexer.wanted()
                    if kind == "archived" and notice.stream.startswith(ROOMS):
                        states.archive(notice.stream, on=bool(notice.body["on"]))
                    hub.publish(notice)
                case SessionEnded(session, code):
                    roster.end_session(session, code)
                case AccountEnded(account, code, besides):
                    roster.end_account(account, code, besides)
                case StandingChanged(user, muted_until):
                    roster.stand(user, muted_until)
                case Marked():
                    states.marked(notice)

        database = Database(settings.url, publish)
        indexer = Indexer(database)
        counter = place.Counter(settings.database_file.with_suffix(".starts"))
        life = await database.write(partial(place.start, counted=counter.read()))
        counter.write(life.starts)

        expected = await database.write(people.expect)
        states = States(hub, expected, await database.read(rooms.archived), partial(_keep_seen, database))
        passwords = Passwords()
        idle = settings.session_days * DAY
        access = Access(database, passwords, Tokens(self._key, settings.token_seconds), idle * 1000, limits)
        clock = asyncio.get_running_loop().time
        rates = Rates(fixed=settings.admission_rate or None)
        door = Door(Admission(clock(), peak=life.peak, rates=rates), clock, partial(_keep_peak, database))
        services = Services(access, database, door, hub, roster, limits, states, life.epoch)
        gateway = Gateway(services, self._pages.build, settings.beat_seconds * 1_000)
        cookie, devices, departures = RefreshCookie(idle), Devices(self._key), Departures(database)
        measured = Measured(database, door, gateway, access.guard, hub, limits, passwords, roster, tally)
        routes: list[BaseRoute] = [
            WebSocketRoute("/ws", gateway.connect),
            *Api(access, database, door, cookie, devices, self._pages).routes(),
            *RoomsApi(access, database, states, indexer, limits).routes(),
            *AccountApi(access, database, cookie, departures, idle * 1000).routes(),
            *MembersApi(access, database).routes(),
            *Forms(access, cookie, devices).routes(),
            *Metrics(measured.collect, settings.metrics_token).routes(),
            *Practice(clock).routes(),
            *self._pages.routes(),
        ]
        app.router.routes.extend(routes)

        async def drain() -> None:
            door.close()
            gateway.hear_no_more()
            # Operations are carried out in order: after this one, all that were heard are acknowledged.
            with suppress(BusyError):
                await database.write(partial(place.keep_peak, peak=door.peak))
            states.close()
            await gateway.drain()

        self._drain, self._call_back = drain, gateway.call_back
        host = Host(settings.data_folder, database)
        await host.open()
        await departures.resume()
        self._ready()
        yield
        host.close()
        await departures.stop()
        await indexer.close()
        passwords.close()
        await database.close()


def _keep_peak(database: Database, peak: float) -> None:
    with suppress(BusyError):
        database.submit(partial(place.keep_peak, peak=peak)).add_done_callback(forget)


def _keep_seen(database: Database, account: str, at: int | None) -> None:
    with suppress(BusyError):
        database.submit(partial(people.keep_seen, account_id=account, at=at)).add_done_callback(forget)


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
