"""The HTTP interface to who may come in, and to keeping order: JSON in, JSON out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Concatenate, ParamSpec

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rebond import wire
from server import acts, moderation, registration, standing
from server.access import Access, Identity
from server.accounts import User
from server.bearer import bearer
from server.bodies import read_json, read_query
from server.database import Database, Transaction
from server.invitation import Origin, drawn, link
from server.registration import Policy
from server.roles import Role
from server.standing import Standing

P = ParamSpec("P")

Reason = Annotated[str, Meta(max_length=acts.MAX_REASON)]


class Registration(Struct, frozen=True):
    """Who may make an account."""

    policy: Policy


class NewCode(Struct, frozen=True):
    """How long a join code is to be good, and for how many accounts; without an end if not said."""

    hours: Annotated[int, Meta(ge=1, le=registration.MAX_HOURS)] | None = None
    uses: Annotated[int, Meta(ge=1, le=registration.MAX_USES)] | None = None


class Drawing(Struct, frozen=True):
    """Where the link of a QR code is to lead, if not to where it was asked for: on to the host's other name, say."""

    origin: Origin = ""


class Mute(Struct, frozen=True):
    """For how long somebody is to be muted, and why."""

    minutes: Annotated[int, Meta(ge=1, le=moderation.MAX_MINUTES)]
    reason: Reason = ""


class Why(Struct, frozen=True):
    """Why something is done."""

    reason: Reason = ""


class NewRole(Struct, frozen=True):
    """What somebody is to be."""

    role: Role


class ActsQuery(Struct, frozen=True):
    """Which acts are asked for: those before a number, or the newest."""

    before: Annotated[int, Meta(ge=1, le=wire.MAX_INTEGER)] | None = None
    limit: Annotated[int, Meta(ge=1, le=acts.MAX_PAGE)] = 50


class MembersApi:
    """The endpoints, and what they need."""

    def __init__(self, access: Access, database: Database) -> None:
        self._access = access
        self._database = database

    def routes(self) -> list[Route]:
        """Return the paths of this part of the interface."""
        person, post, get = "/api/people/{account}", ["POST"], ["GET"]
        return [
            Route("/join/{code}", self.follow, methods=get),
            Route("/api/door", self.door, methods=get),
            Route("/api/registration", self.set_registration, methods=post),
            Route("/api/codes", self.codes, methods=get),
            Route("/api/codes", self.make_code, methods=post),
            Route("/api/codes/{code}/revoke", self.revoke_code, methods=post),
            Route("/api/codes/{code}/qr", self.draw_code, methods=get),
            Route(person, self.person, methods=get),
            Route(f"{person}/role", self.set_role, methods=post),
            Route(f"{person}/mute", self.mute, methods=post),
            Route(f"{person}/unmute", self.unmute, methods=post),
            Route(f"{person}/ban", self.ban, methods=post),
            Route(f"{person}/unban", self.unban, methods=post),
            Route("/api/rooms/{room}/messages/{account}/{message}/remove", self.remove_message, methods=post),
            Route("/api/rooms/{room}/people/{account}/expel", self.expel, methods=post),
            Route("/api/acts", self.acts, methods=get),
        ]

    # Coming in.

    async def follow(self, request: Request) -> Response:
        """Lead a link that was typed on to the page, where the code is in the fragment: no server is told that."""
        return RedirectResponse(link("", request.path_params["code"]), 303)

    async def door(self, _: Request) -> Response:
        """Say who may make an account, and whether the first is yet to be made: it will own the place."""
        policy = await self._database.read(registration.policy)
        owner = await self._database.read(standing.owner)
        return JSONResponse({"registration": policy.value, "first": owner is None})

    async def set_registration(self, request: Request) -> Response:
        """Say who may make an account from now on."""
        identity, wanted = await self._identify(request), await read_json(request, Registration)
        set_policy = partial(registration.set_policy, by=identity.user, wanted=wanted.policy)
        policy = await self._access.write(identity, set_policy)
        return JSONResponse({"registration": policy.value})

    async def codes(self, request: Request) -> Response:
        """List the join codes."""
        user = (await self._identify(request)).user
        found = await self._database.read(partial(registration.every, by=user, now=_now()))
        return JSONResponse({"codes": [code.as_json() for code in found]})

    async def make_code(self, request: Request) -> Response:
        """Make a join code."""
        identity, wanted = await self._identify(request), await read_json(request, NewCode)
        make = partial(registration.make, by=identity.user, hours=wanted.hours, uses=wanted.uses)
        return JSONResponse({"code": (await self._access.write(identity, make)).as_json()}, 201)

    async def revoke_code(self, request: Request) -> Response:
        """Take a join code back."""
        identity = await self._identify(request)
        revoke = partial(registration.revoke, by=identity.user, identifier=request.path_params["code"])
        return JSONResponse({"code": (await self._access.write(identity, revoke)).as_json()})

    async def draw_code(self, request: Request) -> Response:
        """Draw the QR code of the link that a join code stands in."""
        user, drawing = (await self._identify(request)).user, read_query(request, Drawing)
        find = partial(registration.one, by=user, identifier=request.path_params["code"], now=_now())
        code = await self._database.read(find)
        origin = drawing.origin or f"{request.url.scheme}://{request.url.netloc}"
        return Response(drawn(link(origin, code.code)), media_type="image/svg+xml")

    # Keeping order.

    async def person(self, request: Request) -> Response:
        """Tell about somebody; moderators and whom it concerns learn as well whether they are muted."""
        identity = await self._identify(request)
        found = await self._database.read(partial(standing.of, identifier=request.path_params["account"]))
        told = found.as_json()
        if identity.standing.role is not Role.MEMBER or identity.user.id == found.user.id:
            told["muted_until"] = found.muted_until
        return JSONResponse({"user": told})

    async def set_role(self, request: Request) -> Response:
        """Give somebody a role."""
        identity, wanted = await self._identify(request), await read_json(request, NewRole)
        return await self._act(request, identity, moderation.set_role, wanted.role)

    async def mute(self, request: Request) -> Response:
        """Let somebody write nothing for a time."""
        identity, asked = await self._identify(request), await read_json(request, Mute)
        return await self._act(request, identity, moderation.mute, asked.minutes, asked.reason)

    async def unmute(self, request: Request) -> Response:
        """Let them write again."""
        identity, why = await self._identify(request), await read_json(request, Why)
        return await self._act(request, identity, moderation.unmute, why.reason)

    async def ban(self, request: Request) -> Response:
        """Keep somebody out."""
        identity, why = await self._identify(request), await read_json(request, Why)
        return await self._act(request, identity, moderation.ban, why.reason)

    async def unban(self, request: Request) -> Response:
        """Let them in again."""
        identity, why = await self._identify(request), await read_json(request, Why)
        return await self._act(request, identity, moderation.unban, why.reason)

    async def remove_message(self, request: Request) -> Response:
        """Take away what somebody has written."""
        identity, why = await self._identify(request), await read_json(request, Why)
        remove = partial(
            moderation.remove_message,
            by=identity.user,
            room=request.path_params["room"],
            author=request.path_params["account"],
            message=request.path_params["message"],
            reason=why.reason,
        )
        await self._access.write(identity, remove)
        return Response(status_code=204)

    async def expel(self, request: Request) -> Response:
        """Take somebody out of a private room."""
        identity, why = await self._identify(request), await read_json(request, Why)
        expel = partial(
            moderation.expel,
            by=identity.user,
            room=request.path_params["room"],
            whom=request.path_params["account"],
            reason=why.reason,
        )
        await self._access.write(identity, expel)
        return Response(status_code=204)

    async def acts(self, request: Request) -> Response:
        """Return a page of the log of acts."""
        user, query = (await self._identify(request)).user, read_query(request, ActsQuery)
        page = partial(acts.page, reader=user.id, before=query.before, limit=query.limit)
        return JSONResponse(asdict(await self._database.read(page)))

    async def _identify(self, request: Request) -> Identity:
        return await self._access.identify(bearer(request))

    async def _act(
        self,
        request: Request,
        identity: Identity,
        act: Callable[Concatenate[Transaction, User, str, P], Standing],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Response:
        """Carry out an act on the person that the path names, and tell what they are now."""
        whom: str = request.path_params["account"]
        now = await self._access.write(
            identity, lambda transaction: act(transaction, identity.user, whom, *args, **kwargs)
        )
        return JSONResponse({"user": {**now.as_json(), "muted_until": now.muted_until}})


def _now() -> int:
    return time.time_ns() // 1_000_000
