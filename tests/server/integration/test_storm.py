"""A crowd that comes faster than it can be taken in, and a server that goes away in good order."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.running import RunningServer
from tests.support.visitor import Socket, Visitor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server that takes in three clients a second."""
    with RunningServer(tmp_path_factory.mktemp("storm"), admission_rate=3) as running:
        yield running


async def full(client: httpx.AsyncClient) -> httpx.Response:
    """Ask until there is no place left, and return that answer."""
    while True:
        answer = await client.get("/api/alive")
        if answer.status_code != 200:
            return answer


async def test_probe_is_told_when_there_is_a_place(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        answer = await full(client)
    assert answer.status_code == 503
    error = answer.json()["error"]
    assert error["code"] == "busy"
    assert 0 < error["retry_ms"] <= 30_000


async def test_socket_without_a_place_is_told_its_slot_and_closed(server: RunningServer) -> None:
    async with Visitor.registered(server) as visitor, AsyncExitStack() as stack:
        for number in range(20):
            socket = await stack.enter_async_context(Socket.open(server.ws_url))
            await socket.say(t="hello", token=visitor.token, v=1, tab=f"tab-{number}", cursors={})
            frame = await socket.next()
            if frame["t"] == "bye":
                assert isinstance(frame["slot_ms"], int)
                assert (await socket.closed())[0] == 1013
                return
        pytest.fail("everybody was taken in")


async def test_socket_of_the_article_without_a_place_is_refused_before_the_upgrade(server: RunningServer) -> None:
    async with Visitor.registered(server) as visitor, AsyncExitStack() as stack:

        async def crowd() -> None:
            for _ in range(16):
                await stack.enter_async_context(connect(f"{server.ws_url}?token={visitor.token}", proxy=None))

        with pytest.raises(InvalidStatus) as refused:
            await crowd()
        assert refused.value.response.status_code == 503


async def test_garbage_takes_no_place(tmp_path: Path) -> None:
    with RunningServer(tmp_path, admission_rate=3) as server:
        async with Visitor.registered(server) as visitor:
            for number in range(10):
                async with Socket.open(server.ws_url) as socket:
                    await socket.say(t="hello", token="garbage", v=1, tab=f"tab-{number}", cursors={})
                    assert (await socket.closed())[0] == 4401
            async with visitor.connected() as socket:
                assert await socket.alive()


async def test_window_follows_the_crowd_and_outlives_a_restart(tmp_path: Path) -> None:
    with RunningServer(tmp_path, admission_rate=10) as server:
        async with Visitor.registered(server) as visitor, AsyncExitStack() as stack:
            first = await stack.enter_async_context(visitor.connected())
            for _ in range(7):
                await stack.enter_async_context(visitor.connected())
            pushed = await first.hear("pong")
            assert pushed == {"t": "pong", "heads": {}, "window_ms": pushed["window_ms"]}
            await first.say(t="ping")
            while (pong := await first.hear("pong"))["heads"] == {}:
                continue
            assert pong["window_ms"] == 880
            server.stop()
            server.start()
            async with visitor.connected() as socket:
                assert isinstance(socket.welcome["window_ms"], int)
                assert socket.welcome["window_ms"] > 700


class Talker:
    """Talks until it is sent away."""

    def __init__(self, visitor: Visitor, tab: str) -> None:
        self.visitor, self.tab = visitor, tab
        self.acked: list[str] = []
        self.slot: int | None = None
        self.code = 0
        self.talking = asyncio.Event()
        self._turn = asyncio.Semaphore(2)

    async def talk(self) -> None:
        """Send one message after the other, and hear everything that is said."""
        async with self.visitor.connected(tab=self.tab) as socket:
            sending = asyncio.create_task(self._send(socket))
            try:
                while True:
                    frame = await socket.next()
                    if frame["t"] == "bye":
                        self.slot = int(str(frame["slot_ms"]))
                    if frame["t"] == "ack":
                        self.acked.append(str(frame["id"]))
                        self.talking.set()
                        self._turn.release()
            except ConnectionClosed:
                self.code = (await socket.closed())[0]
            self._turn.release()
            await sending

    async def _send(self, socket: Socket) -> None:
        try:
            for number in range(10_000):
                await self._turn.acquire()
                await socket.send(f"{self.tab}-{number}")
        except ConnectionClosed:
            return


async def test_asked_to_end_it_gives_everybody_a_slot_and_loses_nothing(tmp_path: Path) -> None:
    with RunningServer(tmp_path, sockets_per_session=100, admission_rate=100) as server:
        async with Visitor.registered(server) as visitor:
            talkers = [Talker(visitor, f"talker-{number:02}") for number in range(50)]
            talking = [asyncio.create_task(talker.talk()) for talker in talkers]
            await asyncio.gather(*(talker.talking.wait() for talker in talkers))
            async with Socket.open(server.ws_url) as silent:
                began = time.monotonic()
                status = await asyncio.to_thread(server.stop)
                took = time.monotonic() - began
                assert (await silent.closed())[0] == 1012
            await asyncio.gather(*talking)
        assert status == 0
        assert took < 5
        assert {talker.code for talker in talkers} == {1012}
        slots = [talker.slot for talker in talkers]
        assert None not in slots
        assert len(set(slots)) == 50
        with closing(sqlite3.connect(server.database)) as database:
            stored = {row[0] for row in database.execute("SELECT id FROM operation")}
        assert {identifier for talker in talkers for identifier in talker.acked} == stored
        assert "Traceback" not in server.output()
        server.start()


async def test_for_another_page_everybody_comes_anew_and_nothing_restarts(tmp_path: Path) -> None:
    with RunningServer(tmp_path, sockets_per_session=100) as server:
        async with Visitor.registered(server) as visitor:
            async with visitor.connected() as one, visitor.connected() as other:
                server.call_back()
                slots = [(await socket.hear("bye"))["slot_ms"] for socket in (one, other)]
                assert [(await socket.closed())[0] for socket in (one, other)] == [1012, 1012]
            assert len(set(slots)) == 2
            async with visitor.connected() as again:
                assert again.welcome["epoch"] == one.welcome["epoch"]
        assert server.stop() == 0
        server.start()
