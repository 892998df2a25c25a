"""The HTTP interface to one's own account: JSON in, JSON out."""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rebond.codes import Close
from server import accounts, departures, sessions, standing
from server.access import Access, Identity
from server.bearer import bearer
from server.bodies import read_json
from server.cookies import RefreshCookie
from server.database import Database, Transaction
from server.departures import Departures, Wish
from server.export import export
from server.names import display_name
from server.standing import Standing


class NewName(Struct, frozen=True):
    """What one wants to log in with from now on."""

    name: str


class NewDisplay(Struct, frozen=True):
    """How one wants to be shown; empty for the name."""

    display: Annotated[str, Meta(max_length=200)]


class NewPassword(Struct, frozen=True):
    """The password that is, and the one to be."""

    current: str
    password: str


class Farewell(Struct, frozen=True):
    """That one wants to leave for good, and what is to become of one's messages."""

    password: str
    messages: Wish = "keep"


class AccountApi:
    """The endpoints, and what they need. ``idle`` is in milliseconds."""

    def __init__(
        self, access: Access, database: Database, cookie: RefreshCookie, departures: Departures, idle: int
    ) -> None:
        self._access = access
        self._database = database
        self._cookie = cookie
        self._departures = departures
        self._idle = idle

    def routes(self) -> list[Route]:
        """Return the paths of this part of the interface."""
        post, get = ["POST"], ["GET"]
        return [
            Route("/api/me", self.me, methods=get),
            Route("/api/me/name", self.rename, methods=post),
            Route("/api/me/display", self.show_as, methods=post),
            Route("/api/me/password", self.change_password, methods=post),
            Route("/api/me/sessions", self.sessions, methods=get),
            Route("/api/me/sessions/end", self.end_others, methods=post),
            Route("/api/me/sessions/{session}/end", self.end_one, methods=post),
            Route("/api/me/export", self.export, methods=get),
            Route("/api/me/leave", self.leave, methods=post),
        ]

    async def me(self, request: Request) -> Response:
        """Say who is logged in."""
        return _told((await self._identify(request)).standing)

    async def rename(self, request: Request) -> Response:
        """Give the account another name to log in with; everybody is told."""
        identity, name = await self._identify(request), (await read_json(request, NewName)).name

        def rename(transaction: Transaction) -> Standing:
            accounts.rename(transaction, identity.user, name)
            return standing.tell_all(transaction, identity.user.id)

        return _told(await self._access.write(identity, rename))

    async def show_as(self, request: Request) -> Response:
        """Show the account by another name; everybody is told."""
        identity, display = await self._identify(request), display_name((await read_json(request, NewDisplay)).display)
        change = partial(standing.change, identifier=identity.user.id, display=display)
        return _told(await self._access.write(identity, change))

    async def change_password(self, request: Request) -> Response:
        """Give the account another password, and end its other sessions."""
        identity, wanted = await self._identify(request), await read_json(request, NewPassword)
        await self._access.change_password(identity, wanted.current, wanted.password)
        return Response(status_code=204)

    async def sessions(self, request: Request) -> Response:
        """List where one is logged in."""
        identity = await self._identify(request)
        since = time.time_ns() // 1_000_000 - self._idle
        every = partial(sessions.every, user=identity.user, current=identity.session, since=since)
        return JSONResponse({"sessions": [asdict(session) for session in await self._database.read(every)]})

    async def end_others(self, request: Request) -> Response:
        """End all sessions but this one."""
        identity = await self._identify(request)
        end = partial(sessions.end_all, identifier=identity.user.id, code=Close.TOKEN, besides=identity.session)
        await self._access.write(identity, end)
        return Response(status_code=204)

    async def end_one(self, request: Request) -> Response:
        """End a session."""
        identity = await self._identify(request)
        end = partial(sessions.end_one, user=identity.user, identifier=request.path_params["session"])
        await self._access.write(identity, end)
        return Response(status_code=204)

    async def export(self, request: Request) -> Response:
        """Send all that one has written."""
        identity = await self._identify(request)
        headers = {"content-disposition": 'attachment; filename="rebond-export.json"'}
        written = export(self._database, identity.standing)
        return StreamingResponse(written, headers=headers, media_type="application/json")

    async def leave(self, request: Request) -> Response:
        """Leave for good."""
        identity, farewell = await self._identify(request), await read_json(request, Farewell)
        await self._access.check_password(identity.user, farewell.password)
        await self._access.write(identity, partial(departures.close, user=identity.user, wish=farewell.messages))
        self._departures.begin(identity.user.id, farewell.messages)
        response = Response(status_code=204)
        self._cookie.clear(request, response)
        return response

    async def _identify(self, request: Request) -> Identity:
        return await self._access.identify(bearer(request))


def _told(found: Standing) -> Response:
    return JSONResponse({"user": {**found.as_json(), "muted_until": found.muted_until}})
