"""The line to practise on: what it answers, the trouble it makes, and for whom alone."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.practice import BURST, MAX_TEXT, MOST_FROM_ADDRESS
from tests.support.running import PATIENCE, RunningServer

_lines = (f"practice-{number}" for number in itertools.count())


class Line:
    """A reader's line, with one connection open."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def ask(self, do: str, **more: object) -> None:
        await self.socket.send(json.dumps({"do": do, **more}))

    async def hear(self) -> object:
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self.socket.recv())

    async def ended(self) -> int:
        """Wait for the end; return its code, 1006 where there was no word of farewell."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd is not None else 1006


def address(server: RunningServer, line: str) -> str:
    return f"{server.ws_url.removesuffix('/ws')}/practice?line={line}"


@asynccontextmanager
async def on(server: RunningServer, line: str | None = None, **options: str) -> AsyncIterator[Line]:
    async with connect(address(server, line or next(_lines)), additional_headers=options) as socket:
        yield Line(socket)


async def knock(server: RunningServer, line: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
        return await client.get("/practice", params={"line": line})


async def test_it_answers(server: RunningServer) -> None:
    async with on(server) as line:
        await line.ask("say", text="Grüße, 🏓")
        await line.ask("ping")
        assert [await line.hear(), await line.hear()] == [{"did": "say", "text": "Grüße, 🏓"}, {"did": "ping"}]


async def test_cut_ends_without_a_word(server: RunningServer) -> None:
    async with on(server) as line:
        await line.ask("cut")
        assert await line.ended() == 1006


async def test_ignored_line_stays_open_and_hears_nothing(server: RunningServer) -> None:
    name = next(_lines)
    async with on(server, name) as ignored:
        await ignored.ask("ignore")
        await ignored.ask("say", text="anybody there?")
        async with on(server, name) as again:  # which is how a link gets out of it
            await again.ask("ping")
            assert await again.hear() == {"did": "ping"}
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ignored.socket.recv()
        # Its pings are answered all the while, by what is below: that is why a page needs beats of its own.
        await asyncio.wait_for(await ignored.socket.ping(), PATIENCE)


async def test_refused_line_gets_in_nowhere_and_others_do(server: RunningServer) -> None:
    name, other = next(_lines), next(_lines)
    async with on(server, name) as line:
        assert (await knock(server, name)).status_code == 200
        await line.ask("refuse")
        assert await line.ended() == 1013
    with pytest.raises(InvalidStatus) as refused:
        await connect(address(server, name))
    assert refused.value.response.status_code == 503
    answer = await knock(server, name)
    assert (answer.status_code, answer.json()["error"]) == (503, {"code": "busy", "message": "as you wished"})
    assert (await knock(server, other)).status_code == 200
    async with on(server, other) as line:
        await line.ask("ping")
        assert await line.hear() == {"did": "ping"}


async def test_late_answers_come(server: RunningServer) -> None:
    async with on(server) as line:
        await line.ask("late")
        assert await line.hear() == {"did": "late"}
        before = asyncio.get_running_loop().time()
        await line.ask("ping")
        assert await line.hear() == {"did": "ping"}
        assert asyncio.get_running_loop().time() - before >= 1.5


@pytest.mark.parametrize(
    "frame",
    [
        "{",
        "[]",
        '{"do": "dig"}',
        '{"do": "say", "text": 1}',
        '{"do": "say", "text": "\\ud800"}',
        json.dumps({"do": "say", "text": "x" * (MAX_TEXT + 1)}),
        json.dumps({"do": "ping", "more": "x" * 4_000}),
    ],
)
async def test_anything_else_ends_the_connection(server: RunningServer, frame: str) -> None:
    async with on(server) as line:
        await line.socket.send(frame)
        assert await line.ended() == 1008


async def test_binary_frames_end_the_connection(server: RunningServer) -> None:
    async with on(server) as line:
        await line.socket.send(b"bytes")
        assert await line.ended() == 1008


async def test_a_flood_ends_the_connection(server: RunningServer) -> None:
    async with on(server) as line:
        for _ in range(2 * BURST):
            await line.ask("ping")
        assert await line.ended() == 1008


@pytest.mark.parametrize("line", ["", "short", "x" * 65, "with space", "%00%00%00%00%00%00%00%00"])
async def test_a_line_needs_a_name(server: RunningServer, line: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(address(server, line.replace(" ", "%20")))
    assert refused.value.response.status_code == 400


async def test_other_sites_are_refused(server: RunningServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with on(server, origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403
    async with on(server, origin=server.url) as line:
        await line.ask("ping")
        assert await line.hear() == {"did": "ping"}


async def test_one_address_holds_no_more_than_its_share(server: RunningServer) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(MOST_FROM_ADDRESS):
            await stack.enter_async_context(on(server))
        with pytest.raises(InvalidStatus) as refused:
            async with on(server):
                pass
        assert refused.value.response.status_code == 429
    async with on(server) as line:  # and there is room again
        await line.ask("ping")
        assert await line.hear() == {"did": "ping"}


async def test_the_chat_is_not_touched(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, verify=False) as client, on(server) as line:
        await line.ask("refuse")
        await line.ended()
        assert (await client.get("/api/alive")).status_code == 200


async def test_a_server_that_stops_waits_for_no_line(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with on(server) as ignored, on(server) as line:
            await ignored.ask("ignore")
            await line.ask("ping")
            await line.hear()
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            assert [await ignored.ended(), await line.ended()] == [1012, 1012]
            await stopping
        assert "Traceback" not in server.output()
