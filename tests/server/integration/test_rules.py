"""Every act, by everybody who may not do it: without a token, and where one is not a member.

A row of ``ACTS`` is what one does over HTTP or over the WebSocket. What a room's kind or its archive forbids is in
``FORBIDDEN``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.support.running import RunningServer
from tests.support.visitor import Object, Visitor, fresh

OK = ""


@dataclass(frozen=True)
class Act:
    """A request to the room that is put in for ``{room}``, and the errors of those who are not members of it."""

    method: str
    path: str
    stranger_to_public: str
    stranger_to_private: str = "no_such_room"
    body: Object = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A frame that is about a room, likewise. What it needs besides is put in."""

    kind: str
    stranger_to_public: str
    stranger_to_private: str = "no_such_room"
    body: Object = field(default_factory=dict)


ACTS = {
    "list rooms": Act("GET", "/api/rooms", OK, OK),
    "make a room": Act("POST", "/api/rooms", OK, OK, {"name": "{fresh}"}),
    "talk to somebody": Act("POST", "/api/direct", OK, OK, {"people": ["{bob}"]}),
    "search": Act("GET", "/api/search?q=hello", OK, OK),
    "see people": Act("GET", "/api/people", OK, OK),
    "see members": Act("GET", "/api/rooms/{room}/people", "not_a_member"),
    "read": Act("GET", "/api/rooms/{room}/messages", "not_a_member"),
    "join": Act("POST", "/api/rooms/{room}/join", OK),
    "leave": Act("POST", "/api/rooms/{room}/leave", OK),
    "invite": Act("POST", "/api/rooms/{room}/invite", "not_a_member", body={"account": "{bob}"}),
    "rename": Act("POST", "/api/rooms/{room}/name", "not_a_member", body={"name": "{fresh}"}),
    "describe": Act("POST", "/api/rooms/{room}/topic", "not_a_member", body={"topic": "bears"}),
    "heed": Act("POST", "/api/rooms/{room}/heed", "not_a_member", body={"heed": "followed"}),
    "archive": Act("POST", "/api/rooms/{room}/archive", "not_a_member"),
    "unarchive": Act("POST", "/api/rooms/{room}/unarchive", "not_a_member"),
}

SAID = {
    "send": Said("send", "not_a_member", body={"text": "hello"}),
    "edit": Said("edit", "not_a_member", body={"target": "message-1", "text": "hello"}),
    "delete": Said("delete", "not_a_member", body={"target": "message-1"}),
    "react": Said(
        "react", "not_a_member", body={"target": "{bob}/message-1", "emoji": "\N{THUMBS UP SIGN}", "on": True}
    ),
}

FORBIDDEN = {
    "invite to a public room": ("public", "invite", "not_allowed"),
    "leave a conversation": ("direct", "leave", "cannot_leave"),
    "invite to a conversation": ("direct", "invite", "not_allowed"),
    "rename a conversation": ("direct", "rename", "not_allowed"),
    "describe a conversation": ("direct", "describe", "not_allowed"),
    "archive a conversation": ("direct", "archive", "not_allowed"),
    "leave the room of everybody": ("general", "leave", "cannot_leave"),
    "rename the room of everybody": ("general", "rename", "not_allowed"),
    "archive the room of everybody": ("general", "archive", "not_allowed"),
    "rename an archived room": ("archived", "rename", "archived"),
    "describe an archived room": ("archived", "describe", "archived"),
    "invite to an archived room": ("archived", "invite", "archived"),
    "send to an archived room": ("archived", "send", "archived"),
    "edit in an archived room": ("archived", "edit", "archived"),
    "delete in an archived room": ("archived", "delete", "archived"),
    "react in an archived room": ("archived", "react", "archived"),
}


async def room_of(owner: Visitor, kind: str, other: Visitor) -> str:
    """Return a room of a kind that ``owner`` is in; ``other`` is in it where it is direct."""
    if kind == "general":
        return "general"
    if kind == "direct":
        answer = await owner.post("/api/direct", people=[other.id])
    else:
        answer = await owner.post("/api/rooms", name=fresh("room "), private=kind != "public")
    room = str(answer.json()["room"]["id"])
    if kind == "archived":
        assert (await owner.post(f"/api/rooms/{room}/archive")).is_success
    return room


def filled(value: object, room: str, bob: Visitor) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [filled(each, room, bob) for each in value]
    return str(value).replace("{room}", room).replace("{bob}", bob.id).replace("{fresh}", fresh("name "))


async def done(who: Visitor, act: Act | Said, room: str, bob: Visitor) -> str:
    """Let somebody do something; return the code of the error, empty if there was none."""
    body = {name: filled(value, room, bob) for name, value in act.body.items()}
    if isinstance(act, Act):
        answer = await who.http.request(act.method, str(filled(act.path, room, bob)), json=body)
        return OK if answer.is_success else str(answer.json()["error"]["code"])
    async with who.connected() as socket:
        await socket.say(t=act.kind, id=fresh("operation-"), room=room, **body)
        answered = await socket.hear("error", lambda frame: True)
        return str(answered["code"])


@asynccontextmanager
async def stranger(server: RunningServer) -> AsyncIterator[Visitor]:
    """Yield somebody without an account."""
    visitor = Visitor(server)
    async with visitor.http:
        yield visitor


@pytest.mark.parametrize("name", ACTS)
async def test_without_a_token_nothing_can_be_done(
    server: RunningServer, ada: Visitor, bob: Visitor, name: str
) -> None:
    room = await room_of(ada, "public", bob)
    async with stranger(server) as nobody:
        assert await done(nobody, ACTS[name], room, bob) == "bad_token"


@pytest.mark.parametrize("name", [*ACTS, *SAID])
async def test_who_is_no_member_of_a_public_room_is_told_so(ada: Visitor, bob: Visitor, name: str) -> None:
    room, act = await room_of(ada, "public", bob), (ACTS | SAID)[name]
    assert await done(bob, act, room, ada) == act.stranger_to_public


@pytest.mark.parametrize("kind", ["private", "direct"])
@pytest.mark.parametrize("name", [*ACTS, *SAID])
async def test_who_is_no_member_of_another_room_does_not_learn_of_it(
    server: RunningServer, ada: Visitor, bob: Visitor, name: str, kind: str
) -> None:
    async with Visitor.registered(server) as eve:
        room, act = await room_of(ada, kind, bob), (ACTS | SAID)[name]
        assert await done(eve, act, room, bob) == act.stranger_to_private


@pytest.mark.parametrize("name", [*ACTS, *SAID])
async def test_there_is_nothing_to_do_in_a_room_that_is_not_there(ada: Visitor, bob: Visitor, name: str) -> None:
    act = (ACTS | SAID)[name]
    expected = OK if isinstance(act, Act) and "{room}" not in act.path else "no_such_room"
    assert await done(ada, act, "nowhere", bob) == expected


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_what_a_room_does_not_allow_its_members(ada: Visitor, bob: Visitor, name: str) -> None:
    kind, act, error = FORBIDDEN[name]
    room = await room_of(ada, kind, bob)
    assert await done(ada, (ACTS | SAID)[act], room, bob) == error


async def test_the_stream_of_a_room_is_for_its_members(ada: Visitor, bob: Visitor) -> None:
    room = await room_of(ada, "private", bob)
    async with bob.connected(cursors={f"room:{room}": 0}) as socket:
        heads = socket.welcome["heads"]
        assert isinstance(heads, dict)
        assert f"room:{room}" not in heads
        await socket.say(t="sync", stream=f"room:{room}", **{"from": 1, "to": 2})
        assert (await socket.refused())["code"] == "no_such_stream"


async def test_who_comes_into_a_private_room_hears_nothing_of_before(ada: Visitor, bob: Visitor) -> None:
    room = await room_of(ada, "private", bob)
    async with ada.connected() as hers, bob.connected() as his:
        await hers.send("before-he-came", "a secret", room)
        await hers.acked("before-he-came")
        await ada.post(f"/api/rooms/{room}/invite", account=bob.id)
        assert (await his.hear("event"))["kind"] == "joined"
        joined = await his.hear("event")
        assert (joined["stream"], joined["kind"], joined["seq"]) == (f"room:{room}", "joined", 2)
        await hers.say(t="edit", id="edit-of-before", room=room, target="before-he-came", text="another secret")
        await hers.acked("edit-of-before")
        assert await his.hear("span") == {"t": "span", "stream": f"room:{room}", "from": 3, "to": 3}
        epoch = str(his.welcome["epoch"])
    async with bob.connected(cursors={f"room:{room}": 0}, epoch=epoch) as his:
        assert await his.hear("span") == {"t": "span", "stream": f"room:{room}", "from": 1, "to": 1}
        assert (await his.hear("event"))["kind"] == "joined"
        assert await his.hear("span") == {"t": "span", "stream": f"room:{room}", "from": 3, "to": 3}
    assert (await bob.get(f"/api/rooms/{room}/messages")).json()["messages"] == []
