"""No path and no frame without a rule: each stands in a table here, and each that is not open to all is refused to
those who are not signed in. A path that is added and not put in makes this fail.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, cast

import httpx
import pytest
from starlette.routing import BaseRoute, Route

from rebond.wire import CLIENT_KINDS
from server.api import Api
from server.api_account import AccountApi
from server.api_members import MembersApi
from server.api_rooms import RoomsApi
from server.forms import Forms
from server.metrics import Metrics
from server.pages import Pages
from server.practice import Practice
from server.roles import Act
from tests.server.integration.test_rules import ACTS, SAID
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import PASSWORD, Socket, Visitor


class Part(Protocol):
    """A part of the application."""

    def routes(self) -> Sequence[BaseRoute]: ...


PARTS: tuple[type, ...] = (Api, RoomsApi, AccountApi, MembersApi, Forms, Metrics, Practice, Pages)


@dataclass(frozen=True)
class Open:
    """For everybody, and why."""

    why: str


@dataclass(frozen=True)
class Own:
    """About whoever asks, or what all who are in may know: tests/server/integration/test_account.py."""


@dataclass(frozen=True)
class InRoom:
    """Depends on the room, or is asked by members of any kind: a row of ``ACTS`` in test_rules.py."""


@dataclass(frozen=True)
class ByRole:
    """Depends on one's role: a row of ``ASKED`` in test_acts.py."""

    act: Act


Rule = Open | Own | InRoom | ByRole

OWN, IN_ROOM = Own(), InRoom()
ROOM, PERSON = "/api/rooms/{room}", "/api/people/{account}"

RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/"): Open("the page"),
    ("GET", "/{page}"): Open("the lesson"),
    ("GET", "/static/{path:path}"): Open("what the pages are made of"),
    ("GET", "/worker.js"): Open("keeps the page for a start without a network"),
    ("GET", "/practice"): Open("the lesson's line to practise on: test_practice.py"),
    ("GET", "/healthz"): Open("says that the server is well, and nothing else"),
    ("GET", "/metrics"): Open("has a rule of its own: test_metrics.py"),
    ("GET", "/api/alive"): Open("the probe"),
    ("GET", "/api/door"): Open("who may come in"),
    ("GET", "/join/{code}"): Open("leads to the door"),
    ("POST", "/register"): Open("the form without Python"),
    ("POST", "/login"): Open("the same"),
    ("POST", "/api/register"): Open("a way in: test_registration.py"),
    ("POST", "/api/login"): Open("a way in: test_accounts.py"),
    ("POST", "/api/refresh"): Open("by the cookie, and refused without: test_accounts.py"),
    ("POST", "/api/logout"): Open("harmless to those who are not in"),
    ("GET", "/api/me"): OWN,
    ("POST", "/api/me/name"): OWN,
    ("POST", "/api/me/display"): OWN,
    ("POST", "/api/me/password"): OWN,
    ("GET", "/api/me/sessions"): OWN,
    ("POST", "/api/me/sessions/end"): OWN,
    ("POST", "/api/me/sessions/{session}/end"): OWN,
    ("GET", "/api/me/export"): OWN,
    ("POST", "/api/me/leave"): OWN,
    ("GET", PERSON): OWN,
    ("GET", "/api/rooms"): IN_ROOM,
    ("POST", "/api/rooms"): IN_ROOM,
    ("POST", "/api/direct"): IN_ROOM,
    ("GET", "/api/search"): IN_ROOM,
    ("GET", "/api/people"): IN_ROOM,
    ("GET", f"{ROOM}/people"): IN_ROOM,
    ("GET", f"{ROOM}/messages"): IN_ROOM,
    ("POST", f"{ROOM}/join"): IN_ROOM,
    ("POST", f"{ROOM}/leave"): IN_ROOM,
    ("POST", f"{ROOM}/invite"): IN_ROOM,
    ("POST", f"{ROOM}/name"): IN_ROOM,
    ("POST", f"{ROOM}/topic"): IN_ROOM,
    ("POST", f"{ROOM}/archive"): IN_ROOM,
    ("POST", f"{ROOM}/unarchive"): IN_ROOM,
    ("POST", f"{ROOM}/heed"): IN_ROOM,
    ("POST", "/api/registration"): ByRole(Act.SET_REGISTRATION),
    ("GET", "/api/codes"): ByRole(Act.READ_CODES),
    ("GET", "/api/codes/{code}/qr"): ByRole(Act.READ_CODES),
    ("POST", "/api/codes"): ByRole(Act.MAKE_CODE),
    ("POST", "/api/codes/{code}/revoke"): ByRole(Act.REVOKE_CODE),
    ("GET", "/api/acts"): ByRole(Act.READ_ACTS),
    ("POST", f"{PERSON}/role"): ByRole(Act.SET_ROLE),
    ("POST", f"{PERSON}/mute"): ByRole(Act.MUTE),
    ("POST", f"{PERSON}/unmute"): ByRole(Act.UNMUTE),
    ("POST", f"{PERSON}/ban"): ByRole(Act.BAN),
    ("POST", f"{PERSON}/unban"): ByRole(Act.UNBAN),
    ("POST", f"{ROOM}/people/{{account}}/expel"): ByRole(Act.EXPEL),
    ("POST", f"{ROOM}/messages/{{account}}/{{message}}/remove"): ByRole(Act.REMOVE_MESSAGE),
}

HELD = [asked for asked, rule in RULES.items() if not isinstance(rule, Open)]

FRAMES = {
    "hello": "is where the token is: below",
    "auth": "bears a token: test_tokens.py",
    "send": "SAID",
    "edit": "SAID",
    "delete": "SAID",
    "react": "SAID",
    "sync": "test_the_stream_of_a_room_is_for_its_members in test_rules.py",
    "state": "test_nobody_types_in_a_room_they_are_not_in in test_states.py",
    "ping": "is about nobody",
}
"""Each kind that a client may send, and where it is shown that it is for those alone who may."""


def paths() -> list[tuple[str, str]]:
    """Return each method and path that is answered."""
    # What the parts need to answer is not needed to say what they answer to.
    parts = [cast(Part, object.__new__(part)).routes() for part in PARTS]
    routes = [route for route in chain(*parts) if isinstance(route, Route)]
    return [(method, route.path) for route in routes for method in (route.methods or ()) if method != "HEAD"]


def test_every_path_has_a_rule() -> None:
    assert sorted(paths()) == sorted(RULES)


def test_every_path_that_depends_on_a_room_or_a_role_is_in_its_table() -> None:
    in_tables = {(act.method, act.path.partition("?")[0]) for act in ACTS.values()}
    assert in_tables == {asked for asked, rule in RULES.items() if isinstance(rule, InRoom)}
    assert {rule.act for rule in RULES.values() if isinstance(rule, ByRole)} == set(Act)


def test_every_frame_has_a_rule() -> None:
    assert set(FRAMES) == set(CLIENT_KINDS)
    assert {kind for kind, where in FRAMES.items() if where == "SAID"} == {said.kind for said in SAID.values()}


BODY = {
    "name": "Somebody",
    "display": "Somebody",
    "current": PASSWORD,
    "password": PASSWORD,
    "people": ["x"],
    "topic": "bears",
    "account": "x",
    "minutes": 1,
    "role": "member",
    "policy": "open",
    "heed": "muted",
}
"""Makes sense wherever one is needed: it is the token, or the session, that is missing."""

NONSENSE = b"{"
"""Makes sense nowhere: who is not in is not told so."""


async def refusals(http: httpx.AsyncClient) -> dict[tuple[str, str], tuple[int, str]]:
    found = {}
    for method, path in HELD:
        answer = await http.request(method, path, content=NONSENSE if method == "POST" else None)
        found[method, path] = (answer.status_code, answer.json()["error"]["code"])
    return found


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer nonsense", "Basic YWRhOnNlY3JldA=="])
async def test_without_a_token_that_is_one_nothing_is_answered(server: RunningServer, token: str) -> None:
    headers = {"authorization": token} if token else {}
    async with httpx.AsyncClient(base_url=server.url, verify=False, headers=headers) as http:
        assert await refusals(http) == dict.fromkeys(HELD, (401, "bad_token"))


async def test_of_a_session_that_was_ended_nothing_is_answered(server: RunningServer, ada: Visitor) -> None:
    assert (await ada.post("/api/logout")).status_code == 204
    assert await refusals(ada.http) == dict.fromkeys(HELD, (401, "session_ended"))


WITHOUT_A_BODY = {
    ("POST", "/api/me/sessions/end"),
    ("POST", "/api/me/sessions/{session}/end"),
    ("POST", f"{ROOM}/join"),
    ("POST", f"{ROOM}/leave"),
    ("POST", f"{ROOM}/archive"),
    ("POST", f"{ROOM}/unarchive"),
    ("POST", "/api/codes/{code}/revoke"),
}


class Slow:
    """A request whose body comes later than its token."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def begin(cls, visitor: Visitor, port: int, path: str) -> Slow:
        """Send the head, and return once the server waits for the body (RFC 9110, section 10.1.1)."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = cls(reader, writer)
        fields = {
            "host": f"127.0.0.1:{port}",
            "authorization": f"Bearer {visitor.token}",
            "content-length": len(json.dumps(BODY)),
            "expect": "100-continue",
            "connection": "close",
        }
        writer.write(f"POST {path} HTTP/1.1\r\n".encode())
        writer.write("".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n")
        async with asyncio.timeout(PATIENCE):
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n", path
        return asked

    async def end(self) -> tuple[int, str]:
        """Send the body, and return status and code of the error that comes back."""
        self._writer.write(json.dumps(BODY).encode())
        async with asyncio.timeout(PATIENCE):
            head, _, body = (await self._reader.read()).partition(b"\r\n\r\n")
        self._writer.close()
        return int(head.split()[1]), json.loads(body)["error"]["code"]


async def test_who_is_out_before_the_body_has_come_does_nothing(server: RunningServer, ada: Visitor) -> None:
    paths_ = [asked for asked in HELD if asked[0] == "POST" and asked not in WITHOUT_A_BODY]
    slow = {asked: await Slow.begin(ada, server.port, asked[1]) for asked in paths_}
    assert (await ada.post("/api/logout")).status_code == 204
    answers = {asked: await request.end() for asked, request in slow.items()}
    assert answers == dict.fromkeys(paths_, (401, "session_ended"))


@pytest.mark.parametrize("kind", sorted(FRAMES.keys() - {"hello"}))
async def test_before_a_token_no_frame_is_heard(server: RunningServer, kind: str) -> None:
    needed: dict[str, object] = {
        "token": "x",
        "id": "operation-1",
        "room": "general",
        "text": "hello",
        "target": "message-1",
        "emoji": "x",
        "on": True,
        "kind": "typing",
        "stream": "place",
        "from": 1,
        "to": 1,
    }
    async with Socket.open(server.ws_url) as socket:
        await socket.say(t=kind, **needed)
        assert (await socket.refused())["code"] == "no_hello"
        assert (await socket.closed())[0] == 4400


async def test_a_greeting_with_a_token_that_is_none_is_refused(server: RunningServer) -> None:
    async with Socket.open(server.ws_url) as socket:
        await socket.say(t="hello", token="nonsense", v=1, tab="tab-one", cursors={})
        assert (await socket.refused())["code"] == "bad_token"
        assert (await socket.closed())[0] == 4401
