"""What may happen between two awaits of a connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.types import Message
from starlette.websockets import WebSocket

from rebond.admission import Admission
from rebond.codes import Close
from rebond.session import Session
from server import place, rooms, sessions, streams
from server.access import Access, Caller
from server.connection import Connection, Services
from server.database import Database
from server.door import Door
from server.hub import Hub
from server.migrations import migrate
from server.notices import AccountEnded, Event, Marked, Notice, SessionEnded, StandingChanged
from server.passwords import Passwords
from server.roster import Caps, Roster
from server.sessions import Grant
from server.states import States
from server.tokens import Tokens
from tests.support.store import unlimited

Object = dict[str, object]


class Client:
    """The other end of a WebSocket, in this process."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.heard: asyncio.Queue[Message] = asyncio.Queue()
        self.reading = asyncio.Event()
        self.reading.set()

    def say(self, **frame: object) -> None:
        self.inbox.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def send(self, message: Message) -> None:
        await self.reading.wait()
        self.heard.put_nowait(message)
        if message["type"] == "websocket.close":
            self.inbox.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    async def hear(self, kind: str) -> Object:
        """Return the next object of a kind."""
        while True:
            message = await self.next()
            value = json.loads(message.get("text", "[]"))
            for frame in value if isinstance(value, list) else [value]:
                if frame["t"] == kind:
                    found: Object = frame
                    return found

    async def closed(self) -> int:
        """Return the code with which the server closes."""
        while True:
            message = await self.next()
            if message["type"] == "websocket.close":
                code: int = message["code"]
                return code

    async def next(self) -> Message:
        async with asyncio.timeout(10):
            return await self.heard.get()


@dataclass
class House:
    """Everything a connection needs, on a real database."""

    services: Services
    tokens: Tokens
    connections: list[Connection] = field(default_factory=list)

    async def accept(self) -> tuple[Client, asyncio.Task[None]]:
        """Accept a connection."""
        client = Client()
        websocket = WebSocket({"type": "websocket"}, client.inbox.get, client.send)
        client.inbox.put_nowait({"type": "websocket.connect"})
        await websocket.accept()
        session = Session(build="b", window_ms=250, beat_ms=10_000, now=asyncio.get_running_loop().time())
        self.connections.append(Connection(websocket, session, self.services))
        return client, asyncio.create_task(self.connections[-1].run())

    async def publish(self, kind: str) -> None:
        """Have something happen in the place."""
        await self.services.database.write(partial(streams.publish, name="place", kind=kind, body={"text": "x" * 100}))

    async def connect(
        self, grant: Grant, tab: str = "tab", cursors: dict[str, int] | None = None
    ) -> tuple[Client, asyncio.Task[None]]:
        """Accept a connection that says hello."""
        client, running = await self.accept()
        token = self.tokens.make(grant.user.id, grant.session)
        client.say(t="hello", token=token, v=1, tab=tab, cursors=cursors or {}, epoch=self.services.epoch)
        return client, running

    def before_the_next_look_is_told(
        self, monkeypatch: pytest.MonkeyPatch, happening: Callable[[], Awaitable[object]]
    ) -> None:
        """Have something happen after the next read has looked, and before its reader hears what it saw."""
        database = self.services.database
        read = database.read

        async def late(operation: Callable[..., object]) -> object:
            monkeypatch.setattr(database, "read", read)
            seen = await read(operation)
            await happening()
            return seen

        monkeypatch.setattr(database, "read", late)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Yield a house with nobody in it."""
    url = f"sqlite:///{tmp_path / 'house.sqlite3'}"
    migrate(url)
    hub, roster = Hub(), Roster(Caps(10, 10, 10))

    states = States(hub, {}, (), lambda *_: None)

    def publish(notice: Notice) -> None:
        match notice:
            case Event():
                hub.publish(notice)
            case SessionEnded(session, code):
                roster.end_session(session, code)
            case AccountEnded(account, code, besides):
                roster.end_account(account, code, besides)
            case StandingChanged(user, muted_until):
                roster.stand(user, muted_until)
            case Marked():
                states.marked(notice)

    database = Database(url, publish)
    tokens = Tokens("a key for the tests that is long enough", 900)
    passwords, limits = Passwords(PasswordHasher(1, 8, 1)), unlimited()
    access = Access(database, passwords, tokens, 10**12, limits)
    life = await database.write(partial(place.start, counted=None))
    clock = asyncio.get_running_loop().time
    door = Door(Admission(clock()), clock, lambda _: None)
    yield House(Services(access, database, door, hub, roster, limits, states, life.epoch), tokens)
    states.close()
    passwords.close()
    await database.close()


@pytest.fixture
async def ada(house: House) -> Grant:
    """Return someone with a session."""
    return await house.services.access.register("ada", "correct horse", Caller("192.0.2.1", lambda _: None))


async def test_session_that_ends_during_the_look_is_not_welcomed(
    house: House, ada: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = house.services.database

    async def log_out() -> None:
        await database.write(lambda transaction: sessions.end(transaction, ada.session))

    house.before_the_next_look_is_told(monkeypatch, log_out)
    client, running = await house.connect(ada)
    assert await client.closed() == 4401
    await running


async def test_room_joined_during_the_look_is_in_the_welcome(
    house: House, ada: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = house.services.database
    room = await database.write(partial(rooms.create, name="den", user=ada.user))
    await database.write(partial(rooms.leave, room_id=room.id, user=ada.user))

    async def join() -> None:
        await database.write(partial(rooms.join, room_id=room.id, user=ada.user))

    house.before_the_next_look_is_told(monkeypatch, join)
    client, running = await house.connect(ada)
    heads = (await client.hear("welcome"))["heads"]
    assert isinstance(heads, dict)
    assert f"room:{room.id}" in heads
    client.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await running


async def test_what_is_published_while_the_last_page_is_read_is_not_lost(
    house: House, ada: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.publish("missed")
    read = house.services.database.read

    async def replay(operation: Callable[..., object]) -> object:
        seen = await read(operation)
        if isinstance(seen, streams.Slice):
            monkeypatch.setattr(house.services.database, "read", read)
            await house.publish("meanwhile")
        return seen

    monkeypatch.setattr(house.services.database, "read", replay)
    client, running = await house.connect(ada, cursors={"place": 1})
    assert [(await client.hear("event"))["kind"] for _ in range(2)] == ["missed", "meanwhile"]
    client.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await running


async def test_slow_reader_is_closed_and_the_others_go_on(
    house: House, ada: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.outbound.MAX_QUEUED", 1_000)
    slow, slow_running = await house.connect(ada, "slow")
    quick, quick_running = await house.connect(ada, "quick")
    await slow.hear("welcome")
    await quick.hear("welcome")
    slow.reading.clear()
    for number in range(20):
        await house.publish(f"event-{number}")
        assert (await quick.hear("event"))["kind"] == f"event-{number}"
    slow.reading.set()
    assert await slow.closed() == 4413
    await slow_running
    quick.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await quick_running


async def test_connection_that_is_gone_leaves_nothing_behind(house: House, ada: Grant) -> None:
    client, running = await house.connect(ada)
    await client.hear("welcome")
    client.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await running
    assert house.services.hub._subscribers == {}
    assert house.services.roster._seats == {}
    assert house.services.roster._accounts == {}
    assert house.services.door._guests == {}


async def test_slow_reader_that_comes_into_a_room_just_then_leaves_nothing_behind(
    house: House, ada: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, running = await house.connect(ada)
    await client.hear("welcome")
    monkeypatch.setattr("server.outbound.MAX_QUEUED", 10)
    await house.services.database.write(partial(rooms.create, user=ada.user, name="tea", private=True))
    assert await client.closed() == 4413
    await running
    assert house.services.hub._subscribers == {}


async def test_messages_of_a_client_that_is_gone_are_stored_all_the_same(house: House, ada: Grant) -> None:
    client, running = await house.connect(ada)
    await client.hear("welcome")
    client.say(t="send", id="last-words", room="general", text="goodbye")
    client.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await running
    stored = await house.services.database.write(
        lambda transaction: streams.head(transaction.connection, "room:general")
    )
    assert stored == 1


async def test_before_a_restart_what_was_heard_is_acknowledged_and_nothing_more_is_heard(
    house: House, ada: Grant
) -> None:
    client, running = await house.connect(ada)
    await client.hear("welcome")
    [connection] = house.connections
    client.say(t="ping")
    client.say(t="send", id="operation-1", room="general", text="heard")
    await client.hear("pong")
    connection.hear_no_more()
    client.say(t="send", id="operation-2", room="general", text="too late")
    assert (await client.hear("ack"))["id"] == "operation-1"
    stored = await house.services.database.write(
        lambda transaction: streams.head(transaction.connection, "room:general")
    )
    assert stored == 1
    assert client.inbox.empty()
    connection.end(Close.RESTART, "the server restarts")
    assert await client.closed() == 1012
    await running


async def test_socket_that_says_nothing_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rebond.session.HELLO_TIMEOUT", 0.01)
    client, running = await house.accept()
    assert await client.closed() == 4408
    await running


async def test_fault_in_one_connection_is_not_anothers(
    house: House, ada: Grant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client, running = await house.connect(ada, "one")
    other, other_running = await house.connect(ada, "two")
    await client.hear("welcome")
    await other.hear("welcome")
    broken = iter([RuntimeError("a fault of ours")])
    handle = Session.handle

    def fail_once(self: Session, event: object, now: float) -> object:
        for error in broken:
            raise error
        return handle(self, event, now)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "handle", fail_once)
    client.say(t="ping")
    assert await client.closed() == 1011
    assert "a fault of ours" in caplog.text
    other.say(t="ping")
    await other.hear("pong")
    await running
    other.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await other_running
