"""One's own account: names, password, sessions, taking along what one wrote, and leaving for good."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from tests.support.company import Company, company, say
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import PASSWORD, Object, Socket, Visitor, fresh

OTHER = "another password altogether"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@asynccontextmanager
async def also(server: RunningServer, visitor: Visitor, password: str = PASSWORD) -> AsyncIterator[Visitor]:
    """Yield the same account with another session."""
    other = Visitor(server)
    async with other.http:
        other.http.headers["user-agent"] = FIREFOX
        other.take(await other.post("/api/login", name=visitor.name, password=password))
        yield other


async def person(socket: Socket, visitor: Visitor) -> Object:
    """Return what the place tells next of somebody."""

    def about(frame: Object) -> bool:
        user = frame.get("user")
        return frame["kind"] == "person" and isinstance(user, dict) and user["id"] == visitor.id

    user = (await socket.hear("event", about))["user"]
    assert isinstance(user, dict)
    return user


# Names.


async def test_display_name_is_told_to_all_and_the_name_stays(ada: Visitor, bob: Visitor) -> None:
    async with bob.connected() as socket:
        answer = await ada.post("/api/me/display", display="  Ada\u00a0 Lovelace 👩‍💻 ")
        assert answer.json()["user"]["display"] == "Ada Lovelace 👩‍💻"
        told = await person(socket, ada)
        assert (told["name"], told["display"]) == (ada.name, "Ada Lovelace 👩‍💻")
    people = {user["id"]: user for user in (await bob.get("/api/people")).json()["people"]}
    assert people[ada.id]["display"] == "Ada Lovelace 👩‍💻"
    assert (await ada.post("/api/me/display", display="")).json()["user"]["display"] == ""


@pytest.mark.parametrize("display", ["x" * 41, "two\x00lines", "turned \u202e round", "\ud800"])
async def test_display_name_is_something_that_can_be_seen(ada: Visitor, display: str) -> None:
    body = json.dumps({"display": display})
    answer = await ada.http.post("/api/me/display", content=body, headers={"content-type": "application/json"})
    assert code(answer) in {(422, "bad_display_name"), (400, "bad_json")}


async def test_name_is_changed_for_logging_in_and_in_what_one_writes(server: RunningServer, ada: Visitor) -> None:
    before, name = ada.name, fresh("Augusta")
    async with ada.connected() as socket:
        assert (await ada.post("/api/me/name", name=name)).json()["user"]["name"] == name
        assert (await person(socket, ada))["name"] == name
        identifier = fresh("message-")
        await socket.send(identifier)
        event = await socket.hear("event", lambda frame: frame.get("id") == identifier)
        assert event["author"] == {"id": ada.id, "name": name}
    ada.name = name
    async with also(server, ada) as again:
        assert again.id == ada.id
    assert code(await ada.post("/api/login", name=before, password=PASSWORD)) == (401, "wrong_credentials")


async def test_name_must_be_one_and_be_free(ada: Visitor, bob: Visitor) -> None:
    assert code(await ada.post("/api/me/name", name=bob.name.upper())) == (409, "name_taken")
    assert code(await ada.post("/api/me/name", name="x")) == (422, "bad_name")
    assert (await ada.post("/api/me/name", name=ada.name.upper())).status_code == 200


# Password and sessions.


async def test_new_password_ends_the_other_sessions_and_keeps_this_one(server: RunningServer, ada: Visitor) -> None:
    async with also(server, ada) as other, other.connected() as there, ada.connected() as here:
        answer = await ada.post("/api/me/password", current="not the password", password=OTHER)
        assert code(answer) == (401, "wrong_credentials")
        assert code(await ada.post("/api/me/password", current=PASSWORD, password="short")) == (422, "bad_password")
        assert await there.alive()
        assert (await ada.post("/api/me/password", current=PASSWORD, password=OTHER)).status_code == 204
        assert (await there.closed())[0] == 4401
        assert (await other.post("/api/refresh")).status_code == 401
        assert await here.alive()
        assert (await ada.post("/api/refresh")).status_code == 200
    assert (await ada.post("/api/login", name=ada.name, password=PASSWORD)).status_code == 401
    async with also(server, ada, OTHER):
        pass


async def test_sessions_say_what_they_run_on_and_can_be_ended(
    server: RunningServer, ada: Visitor, bob: Visitor
) -> None:
    async with also(server, ada) as other, other.connected() as there:
        sessions = (await ada.get("/api/me/sessions")).json()["sessions"]
        assert [(seen["browser"], seen["system"], seen["current"]) for seen in sessions] == [
            ("Firefox", "Linux", False),
            ("", "", True),
        ]
        assert all(seen["made_at"] <= seen["used_at"] for seen in sessions)
        end = f"/api/me/sessions/{sessions[0]['id']}/end"
        assert code(await bob.post(end)) == (404, "no_such_session")
        assert (await ada.post(end)).status_code == 204
        assert (await there.closed())[0] == 4401
        assert (await other.get("/api/me")).status_code == 401
    assert len((await ada.get("/api/me/sessions")).json()["sessions"]) == 1


async def test_all_other_sessions_are_ended_at_once(server: RunningServer, ada: Visitor) -> None:
    async with also(server, ada) as one, also(server, ada) as two, one.connected() as here, two.connected() as there:
        assert (await ada.post("/api/me/sessions/end")).status_code == 204
        assert [(await socket.closed())[0] for socket in (here, there)] == [4401, 4401]
        async with ada.connected() as mine:
            assert await mine.alive()


# Without a token.


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/me"),
        ("POST", "/api/me/name"),
        ("POST", "/api/me/display"),
        ("POST", "/api/me/password"),
        ("GET", "/api/me/sessions"),
        ("POST", "/api/me/sessions/end"),
        ("POST", "/api/me/sessions/x/end"),
        ("GET", "/api/me/export"),
        ("POST", "/api/me/leave"),
        ("GET", "/api/people"),
        ("GET", "/api/people/x"),
    ],
)
async def test_nothing_of_it_without_a_token(server: RunningServer, method: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        assert code(await client.request(method, path)) == (401, "bad_token")


# What one wrote.


async def test_export_holds_all_that_one_wrote_in_order_and_nothing_else(ada: Visitor, bob: Visitor) -> None:
    room = (await ada.post("/api/rooms", name=fresh("den"))).json()["room"]
    first = await say(ada, 'quotes " and \n lines, 👩‍💻')
    await say(bob, "not hers")
    second = await say(ada, "in the den", room["id"])
    gone = await say(ada, "taken back")
    async with ada.connected() as socket:
        await socket.say(t="delete", id=fresh("delete-"), room="general", target=gone)
        edit = fresh("edit-----")
        await socket.say(t="edit", id=edit, room=room["id"], target=second, text="better")
        await socket.acked(edit)
    answer = await ada.get("/api/me/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="rebond-export.json"'
    document = answer.json()
    assert document["account"]["name"] == ada.name
    assert [(wrote["id"], wrote["room"]["name"], wrote["text"]) for wrote in document["messages"]] == [
        (first, "general", 'quotes " and \n lines, 👩‍💻'),
        (second, room["name"], "better"),
    ]
    assert document["messages"][0]["edited_at"] is None
    assert document["messages"][1]["edited_at"] >= document["messages"][1]["at"]


async def test_export_of_many_pages_is_whole(ada: Visitor) -> None:
    async with ada.connected() as socket:
        for number in range(1_100):
            await socket.send(f"exported-{number:04}", str(number))
        await socket.acked("exported-1099")
    document = (await ada.get("/api/me/export")).json()
    assert [wrote["text"] for wrote in document["messages"]] == [str(number) for number in range(1_100)]


async def test_export_of_nothing_is_empty(ada: Visitor) -> None:
    assert (await ada.get("/api/me/export")).json()["messages"] == []


# Leaving for good.


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Company]:
    """Yield a place of one's own."""
    with RunningServer(tmp_path) as server:
        async with company(server) as made:
            yield made


async def cleared(server: RunningServer, *names: str) -> None:
    """Return once the database tells none of these names any more."""

    def wait() -> None:
        deadline = time.monotonic() + PATIENCE
        while any(name in told for told in _texts(server) for name in names):
            assert time.monotonic() < deadline, "they are still told"
            time.sleep(0.02)

    await asyncio.to_thread(wait)


def _texts(server: RunningServer) -> list[str]:
    with closing(sqlite3.connect(server.database)) as database:
        pending = database.execute("SELECT key FROM meta WHERE key LIKE 'departure:%'").fetchall()
        people = database.execute("SELECT name || folded || display FROM account").fetchall()
        events = database.execute("SELECT body FROM event").fetchall()
    return [row[0] for row in (*people, *events)] + ["still at it: " + str(row) for row in pending]


async def test_who_leaves_is_nameless_and_what_they_wrote_stays(place: Company) -> None:
    member, name = place.member, place.member.name
    await member.post("/api/me/display", display="Somebody Special")
    message = await say(member, "this stays")
    direct = (await member.post("/api/direct", people=[place.owner.id])).json()["room"]["id"]
    async with member.connected() as socket, place.owner.connected() as here:
        assert code(await member.post("/api/me/leave", password="not the password")) == (401, "wrong_credentials")
        assert await socket.alive()
        answer = await member.post("/api/me/leave", password=PASSWORD)
        assert answer.status_code == 204
        assert "rebond_refresh" not in member.http.cookies
        assert (await socket.closed())[0] == 4403
        told = await person(here, member)
        assert (told["name"], told["display"], told["left"]) == ("", "", True)
    assert (await member.get("/api/me")).status_code == 401
    assert code(await member.post("/api/login", name=name, password=PASSWORD)) == (401, "wrong_credentials")
    row = (await place.owner.get("/api/rooms/general/messages")).json()["messages"][-1]
    assert (row["id"], row["text"], row["author"]) == (message, "this stays", {"id": member.id, "name": ""})
    await cleared(place.server, name, "Somebody Special", "still at it")
    assert member.id not in {user["id"] for user in (await place.owner.get("/api/people")).json()["people"]}
    rooms = {room["id"]: room for room in (await place.owner.get("/api/rooms")).json()["rooms"]}
    assert {"id": member.id, "name": ""} in rooms[direct]["people"]
    answer = await place.owner.post("/api/direct", people=[member.id, place.moderator.id])
    assert code(answer) == (404, "no_such_person")
    for act in ("ban", "role"):
        answer = await place.owner.post(f"/api/people/{member.id}/{act}", role="moderator")
        assert code(answer) == (404, "no_such_person")
    # The name is free, and a new account of that name is another.
    again = Visitor(place.server)
    async with again.http:
        again.take(await again.post("/api/register", name=name, password=PASSWORD))
        assert again.id != member.id


async def test_who_leaves_can_take_all_they_wrote_away(place: Company) -> None:
    for number in range(3):
        await say(place.member, f"secret {number}")
    kept = await say(place.owner, "not theirs")
    assert (await place.member.post("/api/me/leave", password=PASSWORD, messages="remove")).status_code == 204
    await cleared(place.server, "secret", "still at it")
    rows = (await place.owner.get("/api/rooms/general/messages")).json()["messages"]
    assert [(row["text"], row["deleted"]) for row in rows] == [("", True)] * 3 + [("not theirs", False)]
    assert rows[-1]["id"] == kept


async def test_a_moderator_still_removes_what_those_wrote_who_have_left(place: Company) -> None:
    message = await say(place.member, "unkind")
    await place.member.post("/api/me/leave", password=PASSWORD)
    path = f"/api/rooms/general/messages/{place.member.id}/{message}/remove"
    assert (await place.moderator.post(path)).status_code == 204


async def test_owner_hands_over_first(place: Company) -> None:
    assert code(await place.owner.post("/api/me/leave", password=PASSWORD)) == (409, "owner_stays")


async def test_clearing_up_goes_on_after_a_crash(place: Company) -> None:
    """As if the server had been killed just after it had answered."""
    name = place.member.name
    await say(place.member)
    await place.member.post("/api/me/leave", password=PASSWORD)
    await cleared(place.server, name, "still at it")
    place.server.kill()
    with closing(sqlite3.connect(place.server.database)) as database, database:
        database.execute("INSERT INTO meta VALUES (?, 'keep')", (f"departure:{place.member.id}",))
        body = json.dumps({"id": "m", "author": {"id": place.member.id, "name": name}}, separators=(",", ":"))
        database.execute("UPDATE event SET body = ? WHERE kind = 'message'", (body,))
    place.server.start()
    await cleared(place.server, name, "still at it")
