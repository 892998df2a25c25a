"""The HTTP interface to rooms and people: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rebond import wire
from server import history, marks, people, queries, rooms, search
from server.access import Access, Identity
from server.accounts import User
from server.bearer import bearer
from server.bodies import read_json, read_query
from server.database import Database, Transaction
from server.errors import BadRequestError, ServiceError
from server.history import Where
from server.indexer import Indexer
from server.limits import Limits
from server.people import Person
from server.rooms import Room
from server.states import States


class NewRoom(Struct, frozen=True):
    """What a room is made of."""

    name: str
    private: bool = False


class Conversation(Struct, frozen=True):
    """Whom a direct conversation is with: the ids of accounts."""

    people: list[str]


class Invited(Struct, frozen=True):
    """Who is invited: the id of an account."""

    account: str


class Name(Struct, frozen=True):
    """What a room is to be called."""

    name: str


class Topic(Struct, frozen=True):
    """What a room is to be about."""

    topic: str


class Heeded(Struct, frozen=True):
    """How one heeds a room from now on."""

    heed: marks.Heed


class HistoryQuery(Struct, frozen=True):
    """Which messages of a room are asked for: before, after or around a seq, or the newest."""

    before: Annotated[int, Meta(ge=1, le=wire.MAX_INTEGER)] | None = None
    after: Annotated[int, Meta(ge=0, le=wire.MAX_INTEGER)] | None = None
    around: Annotated[int, Meta(ge=1, le=wire.MAX_INTEGER)] | None = None
    limit: Annotated[int, Meta(ge=1, le=history.MAX_PAGE)] = history.DEFAULT_PAGE


class PeopleQuery(Struct, frozen=True):
    """Which people are asked for: those whose names begin with ``name``."""

    name: Annotated[str, Meta(max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=people.MAX_PEOPLE)] = people.MAX_PEOPLE


class SearchQuery(Struct, frozen=True):
    """What is looked for, and from where on."""

    q: str
    cursor: Annotated[int, Meta(ge=1, le=wire.MAX_INTEGER)] | None = None
    limit: Annotated[int, Meta(ge=1, le=search.MAX_PAGE)] = search.DEFAULT_PAGE


class RoomsApi:
    """The endpoints of rooms and people, and what they need."""

    def __init__(self, access: Access, database: Database, states: States, indexer: Indexer, limits: Limits) -> None:
        self._access = access
        self._database = database
        self._states = states
        self._indexer = indexer
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the paths of this part of the interface."""
        room = "/api/rooms/{room}"
        return [
            Route("/api/rooms", self.rooms, methods=["GET"]),
            Route("/api/rooms", self.make, methods=["POST"]),
            Route("/api/direct", self.direct, methods=["POST"]),
            Route("/api/search", self.search, methods=["GET"]),
            Route("/api/people", self.people, methods=["GET"]),
            Route(f"{room}/people", self.members, methods=["GET"]),
            Route(f"{room}/messages", self.history, methods=["GET"]),
            Route(f"{room}/join", self.join, methods=["POST"]),
            Route(f"{room}/leave", self.leave, methods=["POST"]),
            Route(f"{room}/invite", self.invite, methods=["POST"]),
            Route(f"{room}/name", self.rename, methods=["POST"]),
            Route(f"{room}/topic", self.describe, methods=["POST"]),
            Route(f"{room}/archive", self.archive, methods=["POST"]),
            Route(f"{room}/unarchive", self.unarchive, methods=["POST"]),
            Route(f"{room}/heed", self.heed, methods=["POST"]),
        ]

    async def rooms(self, request: Request) -> Response:
        """List the rooms one may know of."""
        user = await self._user(request)
        found = await self._database.read(partial(rooms.every, user=user.id))
        return JSONResponse({"rooms": [room.as_json() for room in found]})

    async def make(self, request: Request) -> Response:
        """Make a public or a private room, and be in it."""
        identity, new = await self._identify(request), await read_json(request, NewRoom)
        make = partial(rooms.create, name=new.name, user=identity.user, private=new.private)
        return JSONResponse({"room": (await self._begin(identity, make, words=True)).as_json()}, 201)

    async def direct(self, request: Request) -> Response:
        """Return the conversation with certain people, whether it is new or not."""
        identity, wanted = await self._identify(request), await read_json(request, Conversation)
        begun = await self._database.read(partial(rooms.begun, user=identity.user, others=wanted.people))
        direct = partial(rooms.direct, user=identity.user, others=wanted.people)
        room = await (self._access.write(identity, direct) if begun else self._begin(identity, direct))
        return JSONResponse({"room": room.as_json()})

    async def join(self, request: Request) -> Response:
        """Join a public room."""
        return await self._change(request, await self._identify(request), rooms.join)

    async def leave(self, request: Request) -> Response:
        """Leave a room; of a private one there is nothing to be said afterwards."""
        return await self._change(request, await self._identify(request), rooms.leave)

    async def invite(self, request: Request) -> Response:
        """Make somebody a member of a private room."""
        identity, whom = await self._identify(request), await read_json(request, Invited)
        return await self._change(request, identity, partial(rooms.invite, invited=whom.account))

    async def rename(self, request: Request) -> Response:
        """Give a room another name."""
        identity, wanted = await self._identify(request), await read_json(request, Name)
        return await self._change(request, identity, partial(rooms.rename, name=wanted.name), words=True)

    async def describe(self, request: Request) -> Response:
        """Say what a room is about."""
        identity, wanted = await self._identify(request), await read_json(request, Topic)
        return await self._change(request, identity, partial(rooms.describe, topic=wanted.topic), words=True)

    async def archive(self, request: Request) -> Response:
        """Let a room only be read from now on."""
        return await self._change(request, await self._identify(request), partial(rooms.archive, on=True))

    async def unarchive(self, request: Request) -> Response:
        """Let an archived room be written in again."""
        return await self._change(request, await self._identify(request), partial(rooms.archive, on=False))

    async def heed(self, request: Request) -> Response:
        """Follow a room, mute it, or neither, for oneself."""
        identity, wanted = await self._identify(request), await read_json(request, Heeded)
        return await self._change(request, identity, partial(marks.heed, how=wanted.heed))

    async def history(self, request: Request) -> Response:
        """Return a page of a room's messages."""
        user = await self._user(request)
        query = read_query(request, HistoryQuery)
        if sum(each is not None for each in (query.before, query.after, query.around)) > 1:
            raise BadRequestError("ask for one of before, after and around")
        where = Where(query.before, query.after, query.around)
        room: str = request.path_params["room"]
        page = partial(history.page, room=room, reader=user.id, where=where, limit=query.limit)
        return JSONResponse(asdict(await self._database.read(page)))

    async def search(self, request: Request) -> Response:
        """Return what is found of all that one may see."""
        user = await self._user(request)
        asked = read_query(request, SearchQuery)
        await self._indexer.catch_up()
        find = partial(
            search.find, reader=user.id, query=queries.parse(asked.q), cursor=asked.cursor, limit=asked.limit
        )
        return JSONResponse(asdict(await self._database.read(find)))

    async def people(self, request: Request) -> Response:
        """List the people of the place."""
        await self._user(request)
        query = read_query(request, PeopleQuery)
        found = await self._database.read(partial(people.everyone, named=query.name, limit=query.limit))
        return self._people(found)

    async def members(self, request: Request) -> Response:
        """List the members of a room."""
        user = await self._user(request)
        members = partial(people.members, room=request.path_params["room"], reader=user.id, limit=people.MAX_PEOPLE)
        return self._people(await self._database.read(members))

    def _people(self, found: Iterable[Person]) -> Response:
        return JSONResponse({"people": [asdict(person) | {"here": self._states.here(person.id)} for person in found]})

    async def _user(self, request: Request) -> User:
        return (await self._identify(request)).user

    async def _identify(self, request: Request) -> Identity:
        return await self._access.identify(bearer(request))

    async def _begin(self, identity: Identity, begin: Callable[[Transaction], Room], *, words: bool = False) -> Room:
        """Begin a room or a conversation, and count that if it comes to it. Raises SlowDownError."""
        self._limits.rooms.spend(identity.user.id)
        try:
            return await self._access.write(identity, begin, words=words)
        except ServiceError:
            self._limits.rooms.give_back(identity.user.id)
            raise

    async def _change(
        self,
        request: Request,
        identity: Identity,
        change: Callable[[Transaction, str, User], Room | None],
        *,
        words: bool = False,
    ) -> Response:
        """Carry out a change of the room that the path names, on behalf of who asks, and return the room."""
        room_id: str = request.path_params["room"]
        room = await self._access.write(
            identity, lambda transaction: change(transaction, room_id, identity.user), words=words
        )
        return JSONResponse({"room": None if room is None else room.as_json()})
