"""The server's HTTP interface as the chat uses it. How a request is carried is the business of a ``Transport``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from chat.messages import Malformed, Message, message
from chat.rooms import Room, read_room
from chat.roster import Member, member

if TYPE_CHECKING:
    from chat.search import Found

PAGE = 50
"""How many messages are asked for at once."""

FOUND = 20
"""How many hits of a search."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: a status and a JSON object."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict)


class Unreachable(OSError):  # noqa: N818 - it says what holds
    """No answer came, or one that says to try later; ``retry_ms`` is when, if the server said so."""

    def __init__(self, message: str = "", retry_ms: int | None = None) -> None:
        super().__init__(message)
        self.retry_ms = retry_ms


class Problem(Exception):  # noqa: N818 - what the server calls an error; ``code`` names it
    """The server refused, with an error code; ``retry_ms`` is when another try is worth it, if it said so."""

    def __init__(self, code: str, status: int, retry_ms: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.code = code
        self.status = status
        self.retry_ms = retry_ms


class Transport(Protocol):
    """Carries one request."""

    async def __call__(
        self, method: str, path: str, body: Mapping[str, object] | None = None, token: str | None = None
    ) -> Answer:
        """Return the answer, whatever its status. Raises Unreachable if there is none."""
        ...


class Access(Protocol):
    """Who gives access tokens."""

    async def access(self, *, renew: bool = False) -> str:
        """Return a token; a new one if the last was refused. Raises Problem if signed out, or Unreachable."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a room's history. ``more``: there is more before it; ``newer``: there is more after it."""

    messages: Sequence[Message]
    head: int
    more: bool
    newer: bool = False


def checked(answer: Answer) -> Mapping[str, object]:
    """Return what a good answer holds. Raises Problem for a refusal, Unreachable for a server in trouble."""
    if answer.status < 400:
        return answer.body
    error = answer.body.get("error")
    details = error if isinstance(error, dict) else {}
    code = details.get("code")
    told = details.get("retry_ms")
    retry_ms = told if isinstance(told, int) else None
    if answer.status >= 500:
        raise Unreachable(f"{answer.status} {code}", retry_ms)
    raise Problem(code if isinstance(code, str) else str(answer.status), answer.status, retry_ms)


class Api:
    """The requests of somebody who is signed in. All raise Problem, Unreachable or Malformed."""

    def __init__(self, transport: Transport, access: Access, me: str = "") -> None:
        self._transport = transport
        self._access = access
        self._me = me

    async def rooms(self) -> list[Room]:
        """Return all rooms one may know of."""
        body = await self._ask("GET", "/api/rooms")
        return [read_room(entry, self._me) for entry in _list(body, "rooms")]

    async def make_room(self, name: str, *, private: bool = False) -> Room:
        """Make a room and be its first member."""
        return self._room(await self._ask("POST", "/api/rooms", {"name": name, "private": private}))

    async def direct(self, people: Sequence[str]) -> Room:
        """Return the conversation with these people."""
        return self._room(await self._ask("POST", "/api/direct", {"people": list(people)}))

    async def join(self, room: str) -> Room:
        """Become a member."""
        return self._room(await self._ask("POST", f"{_path(room)}/join"))

    async def leave(self, room: str) -> Room | None:
        """Be a member no more; None if the room is none of one's business then."""
        body = await self._ask("POST", f"{_path(room)}/leave")
        return None if body.get("room") is None else self._room(body)

    async def change_room(self, room: str, what: str, body: Mapping[str, object] | None = None) -> Room:
        """Change a room: ``name``, ``topic``, ``invite``, ``archive``, ``unarchive`` or ``heed``."""
        return self._room(await self._ask("POST", f"{_path(room)}/{what}", body))

    async def roster(self, named: str = "") -> list[Member]:
        """Return the people of the place, or those whose names begin so; a thousand at most."""
        query = f"?name={quote(named, safe='')}" if named else ""
        return [member(entry) for entry in _list(await self._ask("GET", f"/api/people{query}"), "people")]

    async def members(self, room: str) -> list[Member]:
        """Return the members of a room."""
        return [member(entry) for entry in _list(await self._ask("GET", f"{_path(room)}/people"), "people")]

    async def search(self, query: str, cursor: int | None = None) -> Found:
        """Return the newest messages that match a query, or those before ``cursor``."""
        from chat.search import Found, read

        before = "" if cursor is None else f"&cursor={cursor}"
        match await self._ask("GET", f"/api/search?q={quote(query, safe='')}&limit={FOUND}{before}"):
            case {"hits": list(hits), "cursor": (int() | None) as following}:
                return Found([read(each) for each in hits], following)
            case _:
                raise Malformed("what was found are hits and a cursor")

    async def messages(self, room: str, before: int | None) -> Page:
        """Return the page of history that ends right before a seq, or at the newest message."""
        query = f"limit={PAGE}" if before is None else f"before={before}&limit={PAGE}"
        return await self._page(room, query)

    async def after(self, room: str, seq: int) -> Page:
        """Return the page of history that begins right after a seq."""
        return await self._page(room, f"after={seq}&limit={PAGE}")

    async def around(self, room: str, seq: int, limit: int = PAGE) -> Page:
        """Return the page of history with a seq in its middle."""
        return await self._page(room, f"around={seq}&limit={limit}")

    async def _page(self, room: str, query: str) -> Page:
        match await self._ask("GET", f"/api/rooms/{quote(room, safe='')}/messages?{query}"):
            case {"messages": list(entries), "head": int(head), "more": bool(more)} as body:
                return Page([message(entry) for entry in entries], head, more, body.get("newer") is True)
            case _:
                raise Malformed("a page of history has messages, a head and more")

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Mapping[str, object]:
        answer = await self._transport(method, path, body, await self._access.access())
        if answer.status == 401:
            answer = await self._transport(method, path, body, await self._access.access(renew=True))
        return checked(answer)

    def _room(self, body: Mapping[str, object]) -> Room:
        return read_room(body.get("room"), self._me)


def _path(room: str) -> str:
    return f"/api/rooms/{quote(room, safe='')}"


def _list(body: Mapping[str, object], name: str) -> list[object]:
    entries = body.get(name)
    if not isinstance(entries, list):
        raise Malformed(f"the list of {name} is not a list")
    return entries
