"""The link in CPython against a real WebSocket server that comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from rebond import Cause, State, Status
from rebond.asyncio import Link
from tests.support.plain import PlainServer
from tests.support.watch import Watch


@pytest.fixture
async def server() -> AsyncIterator[PlainServer]:
    async with PlainServer() as server:
        yield server


@pytest.fixture
def watch() -> Watch:
    return Watch()


# What goes over it.


async def test_text_and_bytes_go_and_come(server: PlainServer) -> None:
    async with Link(server.url) as link:
        link.send("né")
        link.send(b"\x00\xff")
        assert [await anext(link), await anext(link)] == ["né", b"\x00\xff"]


async def test_a_function_can_take_what_arrives(server: PlainServer) -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()
    async with Link(server.url, on_data=heard.put_nowait) as link:
        link.send("one")
        assert await heard.get() == "one"


async def test_a_large_frame_passes_up_to_the_limit(server: PlainServer) -> None:
    async with Link(server.url, max_size=2_000_000) as link:
        link.send(b"x" * 2_000_000)
        assert len(await anext(link)) == 2_000_000


async def test_a_frame_beyond_the_limit_ends_the_connection_and_the_link_comes_back(
    server: PlainServer, watch: Watch
) -> None:
    async with Link(server.url, max_size=1_000, on_status=watch) as link:
        await watch.state(State.LIVE)
        link.send("x" * 1_001)
        await watch.state(State.WAITING)
        await watch.state(State.LIVE)
        link.send("small")
        assert await anext(link) == "small"


async def test_the_server_chooses_a_subprotocol(server: PlainServer, watch: Watch) -> None:
    async with Link(server.url, subprotocols=["chat.v1", "chat.v9"], on_status=watch) as link:
        await watch.state(State.LIVE)
        assert link.subprotocol == "chat.v1"
    assert link.subprotocol is None


async def test_headers_go_with_the_handshake(server: PlainServer, watch: Watch) -> None:
    async with Link(server.url, headers={"Authorization": "Bearer secret"}, on_status=watch):
        await watch.state(State.LIVE)
    assert server.requests[-1].headers["Authorization"] == "Bearer secret"


# Coming back.


async def test_the_server_may_come_later_than_the_link(watch: Watch) -> None:
    server = PlainServer()
    async with Link(server.url, on_status=watch) as link:
        link.send("early")
        await watch.state(State.WAITING)
        async with server:
            assert await anext(link) == "early"


@pytest.mark.parametrize("probe", [None, "/alive"])
async def test_it_comes_back_time_after_time_with_one_connection(
    server: PlainServer, watch: Watch, probe: str | None
) -> None:
    async with Link(server.url, probe=probe, on_status=watch) as link:
        for turn in range(5):
            await watch.state(State.LIVE)
            link.send(f"{turn}")
            assert await anext(link) == f"{turn}"
            await server.kill()
            await watch.state(State.WAITING)
            await watch.until(lambda status: status.attempt >= 2)
            await server.start()
        await watch.state(State.LIVE)
        assert len(link._tasks) == 1
    assert (server.greeted, server.most) == (6, 1)
    assert bool(server.probed) is (probe is not None)


@pytest.mark.parametrize(
    ("code", "cause"), [(1000, Cause.LOST), (1012, Cause.RESTART), (1013, Cause.BUSY), (4000, Cause.LOST)]
)
async def test_the_servers_close_code_is_the_cause(server: PlainServer, watch: Watch, code: int, cause: Cause) -> None:
    async with Link(server.url, on_status=watch):
        await watch.state(State.LIVE)
        for connection in list(server.connections):
            await connection.close(code)
        assert (await watch.state(State.WAITING)).cause is cause
        await watch.state(State.LIVE)


async def test_retry_now_does_not_wait_for_the_turn(server: PlainServer, watch: Watch) -> None:
    async with Link(server.url, on_status=watch) as link:
        await watch.state(State.LIVE)
        link._machine._window.width = 3_600.0
        await server.kill()
        await watch.state(State.WAITING)
        await server.start()
        link.retry_now()
        await watch.state(State.LIVE)


async def test_a_name_that_no_server_has_is_a_server_that_is_down(watch: Watch) -> None:
    async with Link("ws://nowhere.invalid/", on_status=watch):
        assert (await watch.state(State.WAITING)).cause is Cause.LOST


async def test_a_server_that_speaks_no_websocket_is_tried_again(watch: Watch) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(EOFError):  # at the end the link leaves in the middle of a try
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server, Link(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", on_status=watch):
        await watch.until(lambda status: status.attempt == 3)


# The program's mistakes.


async def test_a_function_that_raises_is_reported_and_the_link_lives_on(
    server: PlainServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()

    def stumble(data: str | bytes) -> None:
        heard.put_nowait(data)
        raise ZeroDivisionError

    async with Link(server.url, on_data=stumble) as link:
        link.send("one")
        link.send("two")
        assert [await heard.get(), await heard.get()] == ["one", "two"]
    assert [record.exc_info and record.exc_info[0] for record in caplog.records if record.name == "rebond"] == [
        ZeroDivisionError
    ] * 2


async def test_a_function_that_raises_what_is_no_exception_costs_a_connection_but_not_the_link(
    server: PlainServer, watch: Watch
) -> None:
    def give_up(_: object) -> None:
        raise asyncio.CancelledError

    async with Link(server.url, on_data=give_up, on_status=watch) as link:
        await watch.state(State.LIVE)
        link.send("one")
        await watch.state(State.WAITING)
        await watch.state(State.LIVE)


async def test_of_a_lost_connection_nothing_is_left_but_why(server: PlainServer, watch: Watch) -> None:
    left: list[tuple[str | None, int]] = []

    def look(status: Status) -> None:
        watch(status)
        if status.state is State.WAITING and status.code is not None:
            left.append((link.subprotocol, link.buffered))

    async with Link(server.url, subprotocols=["chat.v1"], on_status=look) as link:
        await watch.state(State.LIVE)
        await server.kill()
        await watch.state(State.WAITING)
    assert left[0] == (None, 0)


@pytest.mark.parametrize("url", ["", "/ws", "example.org", "ftp://example.org", "wss://", "ws://a:b:c"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="is no address of a WebSocket"):
        Link(url)
