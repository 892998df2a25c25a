"""How many sockets a session, an account and an address may hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Socket, Visitor, fresh


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server with small caps."""
    caps = {"sockets_per_session": 2, "sockets_per_account": 3, "sockets_per_address": 5}
    with RunningServer(tmp_path_factory.mktemp("caps"), **caps) as running:
        yield running


async def test_session_holds_no_more_than_its_share(server: RunningServer) -> None:
    async with Visitor.registered(server) as visitor, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(visitor.connected()) for _ in range(2)]
        third = await stack.enter_async_context(Socket.open(server.ws_url))
        await third.say(t="hello", token=visitor.token, v=1, tab="third", cursors={})
        assert (await third.closed())[0] == 4429
        assert [await socket.alive() for socket in sockets] == [True, True]


async def test_tab_that_comes_back_takes_its_own_place(server: RunningServer) -> None:
    async with Visitor.registered(server) as visitor, AsyncExitStack() as stack:
        first = await stack.enter_async_context(visitor.connected(tab="first"))
        await stack.enter_async_context(visitor.connected(tab="second"))
        again = await stack.enter_async_context(visitor.connected(tab="first"))
        assert (await first.closed())[0] == 4409
        assert await again.alive()


async def test_place_is_free_again_once_a_socket_is_closed(server: RunningServer) -> None:
    async with Visitor.registered(server) as visitor, visitor.connected():
        for _ in range(5):
            async with visitor.connected() as socket:
                assert await socket.alive()


async def test_account_holds_no_more_than_its_share_over_all_sessions(server: RunningServer) -> None:
    async with Visitor.registered(server) as here, AsyncExitStack() as stack:
        there = Visitor(server)
        await stack.enter_async_context(there.http)
        there.take(await there.post("/api/login", name=here.name, password=PASSWORD))
        for visitor in (here, here, there):
            await stack.enter_async_context(visitor.connected())
        fourth = await stack.enter_async_context(Socket.open(server.ws_url))
        await fourth.say(t="hello", token=there.token, v=1, tab=fresh("tab-"), cursors={})
        assert (await fourth.closed())[0] == 4429


async def test_address_is_refused_before_the_upgrade(server: RunningServer) -> None:
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(Socket.open(server.ws_url, **elsewhere))
        with pytest.raises(InvalidStatus) as refused:
            await stack.enter_async_context(Socket.open(server.ws_url, **elsewhere))
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"] == "5"
        await stack.enter_async_context(Socket.open(server.ws_url))
