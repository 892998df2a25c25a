"""Rooms and their history, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.support.visitor import Visitor, fresh


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


async def test_rooms_are_listed_the_general_one_first_then_by_name(ada: Visitor) -> None:
    for name in ("zèbre", "Arbre", "âne"):
        await ada.post("/api/rooms", name=fresh(f"{name} "))
    names = [room["name"] for room in (await ada.get("/api/rooms")).json()["rooms"]]
    assert names[0] == "general"
    assert names[1:] == sorted(names[1:], key=str.casefold)


async def test_new_room_is_joined_by_its_maker_alone(ada: Visitor, bob: Visitor) -> None:
    name = fresh("  Le  salon ")
    answer = await ada.post("/api/rooms", name=name)
    assert answer.status_code == 201
    room = answer.json()["room"]
    assert room == {
        "id": room["id"],
        "kind": "public",
        "name": " ".join(name.split()),
        "topic": "",
        "archived": False,
        "joined": True,
        "head": 0,
        "members": 1,
        "people": [],
    }
    his = {found["id"]: found for found in (await bob.get("/api/rooms")).json()["rooms"]}
    assert his[room["id"]] == room | {"joined": False}


async def test_joining_and_leaving_change_the_list_and_are_harmless_twice(ada: Visitor, bob: Visitor) -> None:
    room = (await ada.post("/api/rooms", name=fresh("room "))).json()["room"]
    for _ in range(2):
        joined = (await bob.post(f"/api/rooms/{room['id']}/join")).json()["room"]
        assert (joined["joined"], joined["members"]) == (True, 2)
    for _ in range(2):
        left = (await bob.post(f"/api/rooms/{room['id']}/leave")).json()["room"]
        assert (left["joined"], left["members"]) == (False, 1)


async def test_nobody_leaves_the_general_room(ada: Visitor) -> None:
    answer = await ada.post("/api/rooms/general/leave")
    assert (answer.status_code, code(answer)) == (409, "cannot_leave")


@pytest.mark.parametrize("path", ["join", "leave", "messages"])
async def test_unknown_room_is_not_found(ada: Visitor, path: str) -> None:
    answer = await ada.http.request("GET" if path == "messages" else "POST", f"/api/rooms/nowhere/{path}")
    assert (answer.status_code, code(answer)) == (404, "no_such_room")


async def test_room_name_is_taken_in_whatever_case(ada: Visitor) -> None:
    name = fresh("salon ")
    await ada.post("/api/rooms", name=name)
    answer = await ada.post("/api/rooms", name=name.upper())
    assert (answer.status_code, code(answer)) == (409, "name_taken")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "bell\x07", "turn\u202earound"])
async def test_bad_room_name_is_refused(ada: Visitor, name: str) -> None:
    answer = await ada.post("/api/rooms", name=name)
    assert (answer.status_code, code(answer)) == (422, "bad_room_name")


async def test_history_is_read_backwards_page_by_page(ada: Visitor) -> None:
    room = (await ada.post("/api/rooms", name=fresh("history "))).json()["room"]["id"]
    async with ada.connected() as socket:
        for number in range(1, 8):
            await socket.send(f"{room}-{number}", f"text {number}", room)
        await socket.acked(f"{room}-7")
    page = (await ada.get(f"/api/rooms/{room}/messages", limit=3)).json()
    assert (page["head"], page["more"]) == (7, True)
    assert [message["seq"] for message in page["messages"]] == [5, 6, 7]
    page = (await ada.get(f"/api/rooms/{room}/messages", limit=3, before=5)).json()
    assert [message["seq"] for message in page["messages"]] == [2, 3, 4]
    page = (await ada.get(f"/api/rooms/{room}/messages", limit=3, before=2)).json()
    assert page["more"] is False
    message = page["messages"][0]
    assert message == {
        "id": f"{room}-1",
        "room": room,
        "seq": 1,
        "author": {"id": ada.id, "name": ada.name},
        "text": "text 1",
        "at": message["at"],
        "changed": 1,
        "edited": None,
        "deleted": False,
        "removed": False,
        "mentions": [],
        "reactions": [],
    }


async def test_history_is_for_members_only(ada: Visitor, bob: Visitor) -> None:
    room = (await ada.post("/api/rooms", name=fresh("members "))).json()["room"]["id"]
    answer = await bob.get(f"/api/rooms/{room}/messages")
    assert (answer.status_code, code(answer)) == (403, "not_a_member")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "before=0", "before=-1", "before=100000000000000000000"]
)
async def test_bad_query_is_refused(ada: Visitor, query: str) -> None:
    answer = await ada.http.get(f"/api/rooms/general/messages?{query}")
    assert (answer.status_code, code(answer)) == (400, "bad_request")
