"""The handshake of the article, ``/ws?token=JWT``: no hello, no cursors, every new event."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import Visitor, fresh

KEY = "the key of the server under test, long enough"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server whose key is known, and which lets a session hold four sockets."""
    with RunningServer(tmp_path_factory.mktemp("article"), secret=KEY, sockets_per_session=4) as running:
        yield running


async def test_every_new_event_arrives_one_object_a_frame(server: RunningServer) -> None:
    async with (
        Visitor.registered(server, "author") as author,
        Visitor.registered(server, "reader") as reader,
        author.connected() as writing,
        connect(f"{server.ws_url}?token={reader.token}", proxy=None) as socket,
    ):
        async with asyncio.timeout(PATIENCE):
            assert json.loads(await socket.recv())["t"] == "welcome"
            identifiers = [fresh("message-") for _ in range(50)]
            await writing.connection.send(
                json.dumps([{"t": "send", "id": name, "room": "general", "text": name} for name in identifiers])
            )
            frames = [json.loads(await socket.recv()) for _ in identifiers]
    assert [(frame["t"], frame["id"]) for frame in frames] == [("event", name) for name in identifiers]


async def test_connection_ends_when_its_token_does_and_later_attempts_are_refused(server: RunningServer) -> None:
    async with Visitor.registered(server, "reader") as reader:
        claims = jwt.decode(reader.token, options={"verify_signature": False})
        short = jwt.encode(claims | {"exp": time.time() + 1}, KEY, "HS256")
        async with asyncio.timeout(PATIENCE), connect(f"{server.ws_url}?token={short}", proxy=None) as socket:
            await socket.wait_closed()
            assert socket.close_code == 4401
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{server.ws_url}?token={short}", proxy=None)
        assert refused.value.response.status_code == 401


async def test_sockets_of_a_session_are_capped_before_the_upgrade(server: RunningServer) -> None:
    async with Visitor.registered(server, "reader") as reader:
        url = f"{server.ws_url}?token={reader.token}"
        sockets = [await connect(url, proxy=None) for _ in range(4)]
        for socket in sockets:
            await socket.recv()
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, proxy=None)
        assert refused.value.response.status_code == 429
        assert json.loads(refused.value.response.body or b"")["error"]["code"] == "too_many"
        await sockets.pop().close()
        sockets.append(await connect(url, proxy=None))
        for socket in sockets:
            await socket.close()
