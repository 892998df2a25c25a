"""What is only state, between people who are connected: reading marks, typing, presence."""

from __future__ import annotations

from pathlib import Path

from tests.support.running import RunningServer
from tests.support.visitor import Object, Socket, Visitor, fresh


async def heard(socket: Socket, kind: str, **wanted: object) -> Object:
    """Return the next state of a kind that says what is wanted."""
    return await socket.hear("state", lambda frame: frame["kind"] == kind and wanted.items() <= frame.items())


async def den(host: Visitor, guest: Visitor) -> str:
    room = str((await host.post("/api/rooms", name=fresh("den "), private=True)).json()["room"]["id"])
    assert (await host.post(f"/api/rooms/{room}/invite", account=guest.id)).is_success
    return room


async def test_badges_are_there_before_any_history_is_read(ada: Visitor, bob: Visitor) -> None:
    room = await den(ada, bob)
    async with ada.connected() as hers:
        await hers.send("unread-1", f"hello @{bob.name}", room)
        await hers.acked("unread-1")
    async with bob.connected() as his:
        mark = await heard(his, "mark", room=room)
    assert (mark["unread"], mark["mentions"], mark["heed"]) == (1, 1, "normal")


async def test_what_is_read_in_one_tab_is_read_in_the_other_and_others_see_it(ada: Visitor, bob: Visitor) -> None:
    room = await den(ada, bob)
    async with ada.connected() as hers, bob.connected() as first, bob.connected() as second:
        await hers.send("read-in-tab", "hello", room)
        seq = (await hers.acked("read-in-tab"))["seq"]
        await first.say(t="state", kind="read", room=room, seq=seq)
        for tab in (first, second):
            assert (await heard(tab, "mark", room=room, seq=seq))["unread"] == 0
        await heard(hers, "read", room=room, user=bob.id, seq=seq)
    people = (await ada.get(f"/api/rooms/{room}/people")).json()["people"]
    assert {person["id"]: person["read"] for person in people}[bob.id] == seq


async def test_how_one_heeds_a_room_reaches_the_other_tab(ada: Visitor) -> None:
    async with ada.connected() as tab:
        for how in ("muted", "followed", "normal"):
            await ada.post("/api/rooms/general/heed", heed=how)
            await heard(tab, "mark", room="general", heed=how)
    answer = await ada.post("/api/rooms/general/heed", heed="loudly")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_typing_is_shown_to_the_others_in_the_room_for_a_time(ada: Visitor, bob: Visitor) -> None:
    room = await den(ada, bob)
    async with ada.connected() as hers, ada.connected() as hers_too, bob.connected() as his:
        await hers.say(t="state", kind="typing", room=room, on=True)
        typing = await heard(his, "typing", room=room)
        assert typing["user"] == {"id": ada.id, "name": ada.name}
        assert typing["for_ms"] == 6_000
        await hers.say(t="state", kind="typing", room=room, on=False)
        assert (await heard(his, "typing", room=room))["for_ms"] == 0
        await hers_too.say(t="ping")
        while (frame := await hers_too.next())["t"] != "pong":
            assert frame.get("kind") != "typing"


async def test_nobody_types_in_a_room_they_are_not_in(server: RunningServer, ada: Visitor, bob: Visitor) -> None:
    room = await den(ada, bob)
    async with Visitor.registered(server) as eve, ada.connected() as hers, eve.connected() as theirs:
        await theirs.say(t="state", kind="typing", room=room, on=True)
        await theirs.say(t="state", kind="read", room=room, seq=1)
        assert await theirs.alive()
        await hers.say(t="ping")
        while (frame := await hers.next())["t"] != "pong":
            assert frame.get("kind") not in {"typing", "read"}


async def test_nobody_types_in_an_archived_room_not_even_after_a_restart(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server) as ada, Visitor.registered(server) as bob:
            room = await den(ada, bob)
            assert (await ada.post(f"/api/rooms/{room}/archive")).is_success
            assert await seen_typing(ada, bob, room) == "general"
            server.stop()
            server.start()
            assert await seen_typing(ada, bob, room) == "general"
            assert (await ada.post(f"/api/rooms/{room}/unarchive")).is_success
            assert await seen_typing(ada, bob, room) == room


async def seen_typing(writer: Visitor, reader: Visitor, room: str) -> object:
    """Return where somebody is seen typing first, who does in a room and then, in another tab, in that of everybody."""
    async with writer.connected() as one, writer.connected() as other, reader.connected() as seen:
        for tab, where in ((one, room), (other, "general")):
            await tab.say(t="state", kind="typing", room=where, on=True)
            assert await tab.alive()
        return (await heard(seen, "typing", for_ms=6_000))["room"]


async def test_who_is_there_is_known_to_those_who_share_a_room(ada: Visitor, bob: Visitor) -> None:
    await den(ada, bob)
    async with ada.connected() as hers:
        async with bob.connected() as first:
            await heard(first, "presence", user=ada.id, here="online")
            await heard(hers, "presence", user=bob.id, here="online")
            async with bob.connected() as second:
                await first.say(t="state", kind="away", on=True)
                await second.say(t="state", kind="away", on=True)
                await heard(hers, "presence", user=bob.id, here="away")
                await second.say(t="state", kind="away", on=False)
                await heard(hers, "presence", user=bob.id, here="online")
            await heard(hers, "presence", user=bob.id, here="away")
        gone = await heard(hers, "presence", user=bob.id, here="offline")
        # Operations are stored in order: once this one is, so is it when he was last there.
        await hers.send("after-he-left")
        await hers.acked("after-he-left")
    people = {person["id"]: person for person in (await ada.get("/api/people")).json()["people"]}
    assert people[bob.id]["here"] == "offline"
    assert people[bob.id]["seen_at"] == gone["at"]


async def test_who_does_not_come_back_after_a_crash_of_the_server_is_told_to_be_gone(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server) as ada, Visitor.registered(server) as bob:
            async with ada.connected() as hers, bob.connected():
                await heard(hers, "presence", user=bob.id, here="online")
                # Operations are stored in order: once this one is, so is it that he is there.
                await hers.send("before-the-crash")
                await hers.acked("before-the-crash")
                server.kill()
            server.start()
            async with ada.connected() as hers:
                await heard(hers, "presence", user=bob.id, here="offline")


async def test_a_client_of_the_article_is_told_events_alone(server: RunningServer, ada: Visitor, bob: Visitor) -> None:
    async with Socket.open(f"{server.ws_url}?token={ada.token}") as simple, bob.connected() as his:
        assert (await simple.next())["t"] == "welcome"
        await his.say(t="state", kind="typing", room="general", on=True)
        await his.send(fresh("message-"))
        assert (await simple.next())["t"] == "event"
