"""The WebSocket: hello and welcome, messages and their acks, replay, and all that can be wrong with a frame."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.running import RunningServer
from tests.support.visitor import Socket, Visitor, fresh


async def test_welcome_tells_who_one_is_and_where_the_streams_are(ada: Visitor) -> None:
    async with ada.connected() as socket:
        welcome = socket.welcome
    assert welcome["user"] == {"id": ada.id, "name": ada.name}
    assert welcome["window_ms"] == 250
    assert isinstance(welcome["epoch"], str)
    heads = welcome["heads"]
    assert isinstance(heads, dict)
    assert heads.keys() == {"place", "account", "room:general"}
    assert heads["account"] == 1


async def test_message_is_acked_and_reaches_everyone_in_the_room(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        identifier = fresh("message-")
        await hers.send(identifier, "bonjour <script>")
        ack = await hers.acked(identifier)
        event = await his.hear("event")
    assert event["kind"] == "message"
    assert event["stream"] == "room:general"
    assert event["author"] == {"id": ada.id, "name": ada.name}
    assert event["text"] == "bonjour <script>"
    assert (event["id"], event["seq"], event["at"]) == (identifier, ack["seq"], ack["at"])


async def test_own_message_comes_back_as_an_event_on_every_connection(ada: Visitor) -> None:
    async with ada.connected() as first, ada.connected() as second:
        identifier = fresh("message-")
        await first.send(identifier)
        assert (await first.hear("event"))["id"] == identifier
        assert (await second.hear("event"))["id"] == identifier


async def test_message_sent_twice_is_stored_once_and_acked_alike(ada: Visitor) -> None:
    async with ada.connected() as socket:
        identifier = fresh("message-")
        await socket.send(identifier, "once")
        first = await socket.acked(identifier)
        await socket.send(identifier, "and again, with another text")
        assert await socket.acked(identifier) == first
    messages = (await ada.get("/api/rooms/general/messages")).json()["messages"]
    assert [message["text"] for message in messages if message["id"] == identifier] == ["once"]


async def test_message_twice_in_one_frame_is_stored_once(ada: Visitor) -> None:
    async with ada.connected() as socket:
        identifier = fresh("message-")
        message = {"t": "send", "id": identifier, "room": "general", "text": "twin"}
        await socket.connection.send(json.dumps([message, message]))
        assert await socket.acked(identifier) == await socket.acked(identifier)


async def test_messages_of_one_frame_keep_their_order(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        identifiers = [fresh("message-") for _ in range(100)]
        frame = [{"t": "send", "id": name, "room": "general", "text": name} for name in identifiers]
        await hers.connection.send(json.dumps(frame))
        events = [await his.hear("event") for _ in identifiers]
        acks = [await hers.hear("ack") for _ in identifiers]
    assert [event["id"] for event in events] == identifiers
    assert [ack["id"] for ack in acks] == identifiers
    first = events[0]["seq"]
    assert isinstance(first, int)
    assert [event["seq"] for event in events] == list(range(first, first + 100))


async def test_seq_is_gapless_however_many_write_at_once(server: RunningServer) -> None:
    async with Visitor.registered(server) as reader, reader.connected() as listening:

        async def write(number: int) -> None:
            async with Visitor.registered(server) as visitor, visitor.connected() as socket:
                for message in range(20):
                    await socket.send(f"gapless-{number}-{message}")
                    await socket.send(f"bad-{number}-{message}", text="")
                await socket.acked(f"gapless-{number}-19")

        async with asyncio.TaskGroup() as tasks:
            for number in range(8):
                tasks.create_task(write(number))
        events = [await listening.hear("event", lambda frame: frame["kind"] == "message") for _ in range(160)]
    seqs = [event["seq"] for event in events]
    first = seqs[0]
    assert isinstance(first, int)
    assert seqs == list(range(first, first + 160))
    for number in range(8):
        mine = [e["id"] for e in events if str(e["id"]).startswith(f"gapless-{number}-")]
        assert mine == [f"gapless-{number}-{message}" for message in range(20)]


async def test_message_whose_predecessor_is_missing_waits_with_its_sender(ada: Visitor) -> None:
    async with ada.connected() as socket:
        first, second = fresh("message-"), fresh("message-")
        await socket.send(second, after=first)
        error = await socket.refused()
        assert (error["code"], error["id"]) == ("predecessor", second)
        assert error["retry_ms"]
        await socket.send(first)
        await socket.send(second, after=first)
        assert (await socket.acked(first))["seq"] < (await socket.acked(second))["seq"]  # type: ignore[operator]


async def test_missed_events_are_replayed_from_the_cursor_then_live_ones_follow(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers:
        async with bob.connected() as his:
            cursors, epoch = his.welcome["heads"], str(his.welcome["epoch"])
        assert isinstance(cursors, dict)
        missed = [fresh("message-") for _ in range(500)]  # more than one slice of the stream
        for identifier in missed:
            await hers.send(identifier)
        await hers.acked(missed[-1])
        async with bob.connected(cursors=cursors, epoch=epoch) as his:
            assert [(await his.hear("event"))["id"] for _ in missed] == missed
            live = fresh("message-")
            await hers.send(live)
            assert (await his.hear("event"))["id"] == live


async def test_nothing_falls_between_replay_and_live(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers:
        async with bob.connected() as his:
            cursors, epoch = his.welcome["heads"], str(his.welcome["epoch"])
        assert isinstance(cursors, dict)
        identifiers = [fresh("message-") for _ in range(600)]

        async def write() -> None:
            for identifier in identifiers:
                await hers.send(identifier)
            await hers.acked(identifiers[-1])

        writing = asyncio.create_task(write())
        async with bob.connected(cursors=cursors, epoch=epoch) as his:
            heard = [await his.hear("event") for _ in identifiers]
        await writing
    assert [event["id"] for event in heard] == identifiers
    seqs = [event["seq"] for event in heard]
    assert seqs == list(range(cursors["room:general"] + 1, cursors["room:general"] + 601))


async def test_who_missed_too_much_gets_a_hole_the_changes_in_it_and_the_newest(ada: Visitor, bob: Visitor) -> None:
    room = (await ada.post("/api/rooms", name=fresh("busy "))).json()["room"]["id"]
    stream = f"room:{room}"
    await bob.post(f"/api/rooms/{room}/join")  # the first event of the room
    async with ada.connected() as hers:
        await hers.send("known-message", "helo", room)
        await hers.acked("known-message")
        async with bob.connected() as his:
            epoch = str(his.welcome["epoch"])
        for number in range(600):
            await hers.send(f"missed-{number}", room=room)
            if number == 100:
                await hers.say(t="edit", id="edit-of-known", room=room, target="known-message", text="hello")
        await hers.acked("missed-599")
        async with bob.connected(cursors={stream: 2}, epoch=epoch) as his:
            assert await his.hear("hole") == {"t": "hole", "stream": stream, "from": 3, "to": 553}
            event = await his.hear("event")
            assert (event["kind"], event["id"], event["text"]) == ("edited", "known-message", "hello")
            assert await his.hear("span") == {"t": "span", "stream": stream, "from": 3, "to": 553}
            assert [(await his.hear("event"))["seq"] for _ in range(50)] == list(range(554, 604))
            await hers.say(t="delete", id="delete-of-known", room=room, target="known-message")
            event = await his.hear("event")
            assert (event["kind"], event["id"], event["seq"]) == ("deleted", "known-message", 604)


async def test_cursors_of_another_epoch_are_ignored(ada: Visitor) -> None:
    async with ada.connected() as socket:
        await socket.send(fresh("message-"))
        await socket.hear("ack")
    async with ada.connected(cursors={"room:general": 0}, epoch="another life") as socket:
        await socket.say(t="ping")
        while (frame := await socket.next())["t"] != "pong":
            assert frame["t"] == "state"


async def test_range_of_a_stream_can_be_asked_for(ada: Visitor) -> None:
    async with ada.connected() as socket:
        identifiers = [fresh("message-") for _ in range(3)]
        for identifier in identifiers:
            await socket.send(identifier)
        seqs = [(await socket.acked(identifier))["seq"] for identifier in identifiers]
        await socket.say(t="sync", stream="room:general", **{"from": seqs[0], "to": seqs[1]})
        assert [(await socket.hear("event"))["id"] for _ in range(2)] == identifiers[:2]
        assert await socket.hear("span") == {"t": "span", "stream": "room:general", "from": seqs[0], "to": seqs[1]}


async def test_span_promises_nothing_of_what_is_yet_to_happen(ada: Visitor) -> None:
    async with ada.connected() as socket:
        heads = socket.welcome["heads"]
        assert isinstance(heads, dict)
        head = heads["account"]
        await socket.say(t="sync", stream="account", **{"from": 1, "to": head + 500})
        assert (await socket.hear("span"))["to"] == head


async def test_ping_is_answered_with_the_heads(ada: Visitor) -> None:
    async with ada.connected() as socket:
        await socket.say(t="ping")
        pong = await socket.hear("pong")
        heads = pong["heads"]
        assert isinstance(heads, dict)
        assert heads.keys() == {"place", "account", "room:general"}


async def test_room_joined_meanwhile_is_heard_at_once_and_no_more_when_left(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        room = (await ada.post("/api/rooms", name=fresh("den "))).json()["room"]
        assert (await his.hear("event"))["room"] == {"id": room["id"], "name": room["name"]}
        await bob.post(f"/api/rooms/{room['id']}/join")
        joined = await his.hear("event")
        assert (joined["stream"], joined["kind"]) == ("account", "joined")
        joined = await his.hear("event")
        assert (joined["stream"], joined["kind"]) == (f"room:{room['id']}", "joined")
        await hers.send("in-the-den-1", room=room["id"])
        assert (await his.hear("event"))["id"] == "in-the-den-1"
        await bob.post(f"/api/rooms/{room['id']}/leave")
        assert (await his.hear("event"))["kind"] == "left"
        await hers.send("in-the-den-2", room=room["id"])
        await hers.acked("in-the-den-2")
        await hers.send("in-general-1")
        assert (await his.hear("event"))["id"] == "in-general-1"


async def test_tab_that_connects_anew_ends_its_older_connection(ada: Visitor) -> None:
    async with ada.connected(tab="same") as old, ada.connected(tab="other") as bystander:
        async with ada.connected(tab="same") as new:
            assert (await old.closed())[0] == 4409
            assert await new.alive()
        assert await bystander.alive()


BAD_MESSAGES: list[tuple[str, dict[str, object], str]] = [
    ("empty", {"text": ""}, "empty_text"),
    ("blank", {"text": " \n\t "}, "empty_text"),
    ("long", {"text": "x" * 4_001}, "text_too_long"),
    ("lone surrogate", {"text": "\ud800"}, "bad_text"),
    ("nul", {"text": "a\0b"}, "bad_text"),
    ("unknown room", {"room": "nowhere"}, "no_such_room"),
    ("bad id", {"id": "has space"}, "bad_id"),
    ("text of the wrong type", {"text": 5}, "bad_frame"),
    ("no room", {"room": None}, "bad_frame"),
]


@pytest.mark.parametrize(("change", "code"), [case[1:] for case in BAD_MESSAGES], ids=[c[0] for c in BAD_MESSAGES])
async def test_bad_message_is_refused_with_its_code_and_nothing_else_suffers(
    ada: Visitor, bob: Visitor, change: dict[str, object], code: str
) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        bad = {"t": "send", "id": fresh("message-"), "room": "general", "text": "fine"} | change
        good = fresh("message-")
        await hers.connection.send(json.dumps([bad, {"t": "send", "id": good, "room": "general", "text": "fine"}]))
        error = await hers.refused()
        assert (error["code"], error["id"]) == (code, bad["id"])
        assert "retry_ms" not in error
        await hers.acked(good)
        assert (await his.hear("event"))["id"] == good


async def test_longest_text_is_stored_to_the_letter(ada: Visitor) -> None:
    text = "\U0001f600" * 3_999 + " "
    async with ada.connected() as socket:
        await socket.send("longest-text", text)
        await socket.acked("longest-text")
    messages = (await ada.get("/api/rooms/general/messages", limit=1)).json()["messages"]
    assert messages[0]["text"] == text


async def test_room_one_has_not_joined_is_refused(ada: Visitor, bob: Visitor) -> None:
    room = (await ada.post("/api/rooms", name=fresh("private den "))).json()["room"]["id"]
    async with bob.connected() as his:
        await his.send(fresh("message-"), room=room)
        assert (await his.refused())["code"] == "not_a_member"
        await his.say(t="sync", stream=f"room:{room}", **{"from": 1, "to": 1})
        assert (await his.refused())["code"] == "no_such_stream"


BAD_FRAMES = [
    ("not json", "{", "bad_json"),
    ("deep", "[" * 30_000, "bad_json"),
    ("not a number", '{"t":"ping","x":NaN}', "bad_json"),
    ("a string", '"ping"', "bad_frame"),
    ("unknown kind", '{"t":"explode"}', "unknown_kind"),
    ("kind of the wrong type", '{"t":7}', "unknown_kind"),
    ("no kind", "{}", "unknown_kind"),
    ("second hello", '{"t":"hello","token":"x","v":1,"tab":"t","cursors":{}}', "bad_frame"),
    ("sync of the wrong type", '{"t":"sync","stream":"place","from":"1","to":2}', "bad_frame"),
    ("sync backwards", '{"t":"sync","stream":"place","from":2,"to":1}', "bad_frame"),
    ("sync of too much", '{"t":"sync","stream":"place","from":1,"to":100000}', "bad_frame"),
]


@pytest.mark.parametrize(("frame", "code"), [case[1:] for case in BAD_FRAMES], ids=[case[0] for case in BAD_FRAMES])
async def test_bad_frame_has_its_own_error_and_harms_nobody(ada: Visitor, bob: Visitor, frame: str, code: str) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        await hers.connection.send(frame)
        assert (await hers.refused())["code"] == code
        assert await his.alive()


async def test_frame_over_64_kib_is_refused_and_closes_with_1009(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        frame = {"t": "send", "id": "too-big-a-frame", "room": "general", "text": "é" * 33_000}
        await hers.connection.send(json.dumps(frame, ensure_ascii=False))
        assert (await hers.refused())["code"] == "frame_too_big"
        assert (await hers.closed())[0] == 1009
        assert await his.alive()


async def test_frame_far_too_big_closes_with_1009(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        await hers.say(t="send", id="too-big-a-frame", room="general", text="x" * 1_000_000)
        assert (await hers.closed())[0] == 1009
        assert await his.alive()


async def test_binary_frame_closes_with_1003(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        await hers.connection.send(b"\x00")
        assert (await hers.closed())[0] == 1003
        assert await his.alive()


async def test_text_frame_that_is_not_utf8_closes_with_1007(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        await hers.connection.send(b"\xff", text=True)
        assert (await hers.closed())[0] == 1007
        assert await his.alive()


async def test_anything_before_hello_closes_with_4400(server: RunningServer) -> None:
    async with Socket.open(server.ws_url) as socket:
        await socket.say(t="ping")
        assert (await socket.refused())["code"] == "no_hello"
        assert (await socket.closed())[0] == 4400


async def test_other_version_is_told_to_reload(ada: Visitor, server: RunningServer) -> None:
    async with Socket.open(server.ws_url) as socket:
        await socket.say(t="hello", token=ada.token, v=2, tab="t", cursors={})
        assert (await socket.refused())["code"] == "outdated"
        assert (await socket.closed())[0] == 4426


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "not an origin", "http://["])
async def test_other_origin_is_refused_before_the_upgrade(server: RunningServer, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with Socket.open(server.ws_url, origin=origin):
            pass
    assert refused.value.response.status_code == 403
    body = refused.value.response.body
    assert body is not None
    assert json.loads(body)["error"]["code"] == "cross_site"


async def test_own_origin_is_let_in(server: RunningServer) -> None:
    async with Socket.open(server.ws_url, origin=server.url):
        pass


async def test_reader_too_slow_for_its_queue_is_closed_and_harms_nobody(ada: Visitor, bob: Visitor) -> None:
    async with ada.connected() as hers, bob.connected() as his:
        his.connection.transport.pause_reading()
        text = "x" * 4_000
        for number in range(3_000):
            await hers.send(f"flood-{number}", text)
            if number % 50 == 49:
                await hers.acked(f"flood-{number}")
        his.connection.transport.resume_reading()
        assert (await his.closed())[0] == 4413
        assert await hers.alive()
